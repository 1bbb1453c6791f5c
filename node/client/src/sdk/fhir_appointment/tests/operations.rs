//! IHE's `$find`, `$hold` and `$book`.

use salus_primitives::{Mode, Period, Slot, SlotState, HOUR};

use super::*;
use crate::sdk::{ConnectionError, Error, SubmissionError};

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
	leave(
		"find-nothing",
		&found(&question, &[], at("2026-12-01"), &context).unwrap(),
	);
}

#[test]
fn what_fails_is_told_in_hl7_s_words_with_its_path() {
	let rejected = |pallet: &str, error: &str| {
		Error::from(SubmissionError::Rejected {
			pallet: pallet.into(),
			error: error.into(),
			next: "choose another, or wait".into(),
			place: None,
			block: 7,
		})
	};
	let path = || "Parameters.parameter[0].name".to_string();
	let unknown = SchedulingError::UnknownReference {
		path: path(),
		reference: "Practitioner/9".into(),
	};
	let broken = || ConnectionError::Broken("gone".into());
	for (name, error, code, expression) in [
		("taken", rejected("Appointments", "SlotTaken"), "conflict", None),
		("held", rejected("Appointments", "SlotHeld"), "conflict", None),
		("no-slot", rejected("Appointments", "NoSlot"), "not-found", None),
		(
			"not-permitted",
			rejected("Appointments", "NotPermitted"),
			"forbidden",
			None,
		),
		("in-past", rejected("Appointments", "InPast"), "business-rule", None),
		("other-pallet", rejected("Consent", "SlotTaken"), "business-rule", None),
		("unknown", unknown.into(), "not-found", Some(path())),
		(
			"not-on-chain",
			SchedulingError::none(path(), "no").into(),
			"not-supported",
			Some(path()),
		),
		(
			"missing",
			SchedulingError::missing(path(), "needed").into(),
			"required",
			Some(path()),
		),
		(
			"malformed",
			SchedulingError::malformed(path(), "a text").into(),
			"invalid",
			Some(path()),
		),
		("no-json", SchedulingError::NotJson("x".into()).into(), "invalid", None),
		(
			"unregistered",
			SubmissionError::Unregistered("5Grw".into()).into(),
			"forbidden",
			None,
		),
		("broken", broken().into(), "transient", None),
		(
			"broken-off",
			SubmissionError::Connection(broken()).into(),
			"transient",
			None,
		),
		("usage", Error::Usage("say which".into()), "exception", None),
	] {
		let bundle = refused(&error);
		assert_eq!(
			(&bundle["type"], &bundle["total"]),
			(&json!("searchset"), &json!(0)),
			"{name}"
		);
		let entry = &bundle["entry"][0];
		assert_eq!(entry["search"]["mode"], "outcome", "{name}");
		let issue = &entry["resource"]["issue"][0];
		assert_eq!(
			(&issue["severity"], &issue["code"]),
			(&json!("error"), &json!(code)),
			"{name}"
		);
		assert_eq!(issue["diagnostics"], error.to_string(), "{name}");
		assert_eq!(issue["expression"][0].as_str(), expression.as_deref(), "{name}");
		leave(&format!("refused-{name}"), &bundle);
	}
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
	let twice = json!({ "name": "practitioner", "valueReference": { "reference": "Practitioner/1" } });
	assert_eq!(find(&asked(vec![twice]), &context).unwrap().practitioners, [account(1)]);
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
	let mut long = asked(vec![]);
	long["parameter"][1]["valueDateTime"] = "2027-01-11".into();
	assert!(find(&long, &context).is_ok(), "42 days");
	long["parameter"][1]["valueDateTime"] = "2027-01-12".into();
	assert_eq!(find(&long, &context).unwrap_err().path(), "Parameters.parameter.end");
	let unknown = json!({
		"resourceType": "Parameters",
		"parameter": [{ "name": "appointment-reference", "valueReference": { "reference": "Appointment/9" } }],
	});
	let error = potential(&unknown, None, &context).unwrap_err();
	assert!(matches!(error, SchedulingError::UnknownReference { .. }), "{error}");
	let done = AppointmentTerms {
		id: Some(4),
		patient: 2,
		institution: 10,
		practitioners: vec![account(1)],
		period: Period::new(at(START), at(START) + HOUR),
		mode: Mode::InPerson,
		state: AppointmentState::Pending,
		made_at: None,
		replaces: None,
	};
	let resource = to_fhir(&Terms::Appointment(done), None, &context).unwrap().resource;
	let numbered = json!({
		"resourceType": "Parameters",
		"parameter": [{ "name": "appointment-resource", "resource": resource }],
	});
	let error = potential(&numbered, None, &context).unwrap_err();
	assert_eq!(error.path(), "Appointment.identifier");
}
