//! IHE's `$find`, `$hold` and `$book`.

use salus_primitives::{Period, Slot, SlotState, HOUR};

use super::*;

const START: &str = "2026-12-01T09:00:00Z";

fn asked(more: Vec<Value>) -> Value {
	let mut parameter = vec![
		json!({ "name": "start", "valueDateTime": "2026-12-01" }),
		json!({ "name": "end", "valueDateTime": "2026-12-02" }),
		json!({ "name": "practitioner", "valueReference": { "reference": "Practitioner/1" } }),
		json!({ "name": "patient-reference", "valueReference": { "reference": "Patient/example" } }),
	];
	parameter.extend(more);
	json!({ "resourceType": "Parameters", "parameter": parameter })
}

fn slots() -> Vec<(AccountId, Slot)> {
	let start = at(START);
	let states = [
		SlotState::Free,
		SlotState::BusyTentative {
			patient: 2,
			until: start,
		},
		SlotState::BusyTentative {
			patient: 3,
			until: start,
		},
		SlotState::Busy(4),
		SlotState::BusyUnavailable,
	];
	(0..)
		.zip(states)
		.map(|(index, state)| {
			let start = start + index * HOUR;
			let period = Period::new(start, start + HOUR);
			(
				account(1),
				Slot {
					period,
					institution: 10,
					state,
				},
			)
		})
		.collect()
}

#[test]
fn what_is_found_can_be_held_and_booked() {
	let directory = everybody();
	let context = at_hospital(&directory);
	let question = find(&asked(vec![]), &context).unwrap();
	assert_eq!(
		(question.practitioners.as_slice(), question.patient),
		([account(1)].as_slice(), Some(2))
	);
	assert_eq!(question.period, Period::new(at("2026-12-01"), at("2026-12-03")));
	let bundle = found(&question, &slots(), at("2026-12-01"), &context).unwrap();
	// The free one, and the one that is held for her.
	assert_eq!(bundle["total"], 2);
	leave("find", &bundle);
	let id = bundle["entry"][0]["resource"]["id"].as_str().unwrap();
	let reference = json!({ "reference": format!("Appointment/{id}") });
	let hold = json!({
		"resourceType": "Parameters",
		"parameter": [{ "name": "appointment-reference", "valueReference": reference }],
	});
	let terms = potential(&hold, Some(&bundle), &context).unwrap();
	assert_eq!(
		(terms.patient, terms.institution, terms.practitioners.as_slice()),
		(2, 10, [account(1)].as_slice())
	);
	assert_eq!(terms.period, Period::new(at(START), at(START) + HOUR));
	let held = to_fhir(&Terms::Appointment(terms.clone()), None, &context)
		.unwrap()
		.resource;
	assert_eq!(held["status"], "pending");
	leave("hold", &booked(held.clone()));
	// What is held is sent to be booked, as IHE has it: pending.
	let book = json!({
		"resourceType": "Parameters",
		"parameter": [{ "name": "appointment-resource", "resource": held }],
	});
	assert_eq!(potential(&book, None, &context).unwrap(), terms);
	let done = AppointmentTerms {
		id: Some(4),
		state: AppointmentState::Booked,
		..terms
	};
	let answer = booked(to_fhir(&Terms::Appointment(done), None, &context).unwrap().resource);
	assert_eq!(answer["entry"][0]["resource"]["status"], "booked");
	leave("book", &answer);
	leave("book-refused", &refused("the slot is taken; look for another", true));
	leave(
		"find-nothing",
		&found(&question, &[], at("2026-12-01"), &context).unwrap(),
	);
}

#[test]
fn what_begins_before_now_or_elsewhere_is_not_found() {
	let directory = everybody().with("Organization/b", Entity::Institution(11));
	let context = at_hospital(&directory);
	let question = find(&asked(vec![]), &context).unwrap();
	let later = found(&question, &slots(), at(START), &context).unwrap();
	// Holds have lapsed by then.
	assert_eq!(later["total"], 2);
	let elsewhere = json!({ "name": "organization", "valueReference": { "reference": "Organization/b" } });
	let question = find(&asked(vec![elsewhere]), &context).unwrap();
	let nothing = found(&question, &slots(), at("2026-12-01"), &context).unwrap();
	assert_eq!((&nothing["total"], nothing.get("entry")), (&json!(0), None));
}

#[test]
fn what_the_chain_can_not_look_for_is_refused() {
	let directory = everybody();
	let context = at_hospital(&directory);
	let token = json!({ "name": "specialty", "valueString": "http://snomed.info/sct|394814009" });
	let patient = json!({ "name": "patient-reference", "valueReference": { "reference": "Practitioner/1" } });
	let stranger = json!({ "name": "practitioner", "valueReference": { "reference": "Practitioner/9" } });
	let again = json!({ "name": "start", "valueDateTime": "2026-12-01" });
	for (parameter, path) in [
		(token, "Parameters.parameter[4].name"),
		(patient, "Parameters.parameter[4].valueReference"),
		(stranger, "Parameters.parameter[4].valueReference.reference"),
		(again, "Parameters.parameter[4]"),
	] {
		let error = find(&asked(vec![parameter]), &context).unwrap_err();
		assert_eq!(error.path(), path, "{error}");
	}
	let nobody = json!({ "resourceType": "Parameters", "parameter": [] });
	assert_eq!(find(&nobody, &context).unwrap_err().path(), "Parameters.parameter");
	assert_eq!(find(&json!({}), &context).unwrap_err().path(), "Parameters");
	let unknown = json!({
		"resourceType": "Parameters",
		"parameter": [{ "name": "appointment-reference", "valueReference": { "reference": "Appointment/9" } }],
	});
	let error = potential(&unknown, None, &context).unwrap_err();
	assert!(matches!(error, SchedulingError::UnknownReference { .. }), "{error}");
}
