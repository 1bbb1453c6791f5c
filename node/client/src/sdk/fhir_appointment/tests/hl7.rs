//! HL7's own ten examples.

use std::path::PathBuf;

use salus_primitives::{AppointmentParty, CancelReason, Mode, Period, Priority};

use super::*;

const ALL: [&str; 10] = [
	"Appointment-2docs",
	"Appointment-example",
	"Appointment-examplereq",
	"Schedule-example",
	"Schedule-exampleloc1",
	"Schedule-exampleloc2",
	"Slot-1",
	"Slot-2",
	"Slot-3",
	"Slot-example",
];

fn folder() -> PathBuf {
	let inputs = std::env::var_os("SALUS_INPUTS").map(PathBuf::from);
	let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/salus/inputs");
	inputs.unwrap_or_else(home).join("fhir")
}

fn example(name: &str) -> Value {
	let text = std::fs::read(folder().join(format!("{name}.json"))).expect("run scripts/inputs first");
	serde_json::from_slice(&text).unwrap()
}

fn reading(name: &str) -> Reading {
	read_value(&example(name), &everybody()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn written(reading: &Reading) -> Writing {
	to_fhir(&reading.terms, Some(&reading.carried), &at_hospital(&everybody())).unwrap()
}

#[test]
fn each_comes_back_equal() {
	for name in ALL {
		let reading = reading(name);
		let writing = written(&reading);
		assert_eq!(writing.resource, example(name), "{name}");
		assert!(writing.notes.is_empty(), "{name}: {:?}", writing.notes);
		// What is carried is kept as JSON.
		let kept = serde_json::to_string(&reading.carried).unwrap();
		assert_eq!(
			serde_json::from_str::<Carried>(&kept).unwrap(),
			reading.carried,
			"{name}"
		);
		leave(&format!("hl7-{name}"), &writing.resource);
	}
}

#[test]
fn what_goes_on_chain_says_the_same_without_what_is_carried() {
	let directory = everybody();
	for name in ALL {
		let terms = reading(name).terms;
		let alone = to_fhir(&terms, None, &at_hospital(&directory)).unwrap().resource;
		let nowhere = Context {
			directory: &directory,
			institution: None,
		};
		let again = from_fhir(alone.to_string().as_bytes(), &nowhere).unwrap();
		assert_eq!(again.terms, terms, "{name}");
		for told in ["Chalmers", "MRI", "Crusher", "Immunization", "394814009", "Careful"] {
			assert!(!alone.to_string().contains(told), "{name} tells {told}");
		}
		leave(&format!("alone-{name}"), &alone);
	}
}

#[test]
fn a_booked_appointment_is_a_patient_with_those_who_have_calendars() {
	let expected = AppointmentTerms {
		id: None,
		patient: 2,
		institution: 10,
		practitioners: vec![account(2), account(4)],
		period: Period::new(at("2013-12-10T09:00:00Z"), at("2013-12-10T11:00:00Z")),
		mode: Mode::InPerson,
		state: AppointmentState::Booked,
		made_at: None,
		replaces: None,
	};
	assert_eq!(reading("Appointment-example").terms, Terms::Appointment(expected));
	let two = reading("Appointment-2docs");
	assert_eq!(appointment_of(&two).practitioners, [account(2), account(3)]);
	assert_eq!(two.notes[0].path, "Appointment.participant[3]");
}

#[test]
fn a_proposed_appointment_is_an_entry_of_a_waiting_list() {
	let terms = appointment_of(&reading("Appointment-examplereq"));
	let wanted = Wanted {
		length: 15 * MINUTE,
		priority: Priority::Routine,
	};
	assert_eq!(terms.state, AppointmentState::Proposed(Some(wanted)));
	assert_eq!(terms.practitioners, [account(4)]);
	// Both days are in it, each in UTC.
	assert_eq!(terms.period, Period::new(at("2016-06-02"), at("2016-06-10")));
}

#[test]
fn a_schedule_is_a_calendar_and_a_slot_a_part_of_it() {
	let horizon = Period::new(at("2017-12-25T09:15:00Z"), at("2017-12-25T09:30:00Z"));
	for name in ["Schedule-exampleloc1", "Schedule-exampleloc2"] {
		let expected = ScheduleTerms {
			practitioner: account(1),
			institution: 10,
			horizon: Some(horizon),
		};
		assert_eq!(reading(name).terms, Terms::Schedule(expected), "{name}");
	}
	let statuses = ["Slot-1", "Slot-2", "Slot-3", "Slot-example"].map(|name| match reading(name).terms {
		Terms::Slot(slot) => {
			assert_eq!((slot.practitioner, slot.institution), (account(4), 10));
			slot.status
		}
		other => panic!("{other:?}"),
	});
	let expected = [
		SlotStatus::Busy,
		SlotStatus::BusyTentative,
		SlotStatus::BusyUnavailable,
		SlotStatus::Free,
	];
	assert_eq!(statuses, expected);
}

#[test]
fn whatever_changes_on_the_chain_is_written_and_the_rest_comes_back() {
	let directory = everybody().with("Practitioner/new", Entity::Account(account(9)));
	let original = reading("Appointment-example");
	let booked = appointment_of(&original);
	let moved = Period::new(at("2014-01-10T09:00:00Z"), at("2014-01-10T09:30:00Z"));
	let cancelled = AppointmentState::Cancelled {
		by: Some(AppointmentParty::Desk),
		reason: Some(CancelReason::Provider),
	};
	let changes = [
		AppointmentTerms {
			period: moved,
			..booked.clone()
		},
		AppointmentTerms {
			practitioners: vec![account(9)],
			..booked.clone()
		},
		AppointmentTerms {
			state: AppointmentState::Arrived,
			..booked.clone()
		},
		AppointmentTerms {
			state: cancelled,
			..booked.clone()
		},
		AppointmentTerms {
			mode: Mode::Tele,
			id: Some(4),
			replaces: Some(3),
			..booked.clone()
		},
	];
	for (index, terms) in changes.into_iter().enumerate() {
		let context = at_hospital(&directory);
		let changed = Terms::Appointment(terms);
		let writing = to_fhir(&changed, Some(&original.carried), &context).unwrap();
		let again = from_fhir(writing.resource.to_string().as_bytes(), &context).unwrap();
		assert_eq!(again.terms, changed, "{index}");
		for kept in ["comment", "description", "reasonReference", "created", "basedOn", "id"] {
			assert_eq!(writing.resource[kept], example("Appointment-example")[kept], "{index}");
		}
		let names_her = writing.resource.to_string().contains("Dr Adam Careful");
		assert_eq!(names_her, index != 1, "{index}");
		leave(&format!("changed-{index}"), &writing.resource);
	}
}

#[test]
fn a_narrative_of_how_things_were_is_left_out_and_named() {
	let original = reading("Appointment-example");
	let mut terms = appointment_of(&original);
	terms.state = AppointmentState::NoShow;
	let writing = to_fhir(
		&Terms::Appointment(terms),
		Some(&original.carried),
		&at_hospital(&everybody()),
	)
	.unwrap();
	assert!(writing.resource.get("text").is_none());
	assert_eq!(writing.notes[0].path, "Appointment.text");
}

#[test]
fn a_wish_that_is_booked_keeps_what_was_said_about_it() {
	let original = reading("Appointment-examplereq");
	let mut terms = appointment_of(&original);
	terms.state = AppointmentState::Booked;
	terms.period = Period::new(at("2016-06-03T09:00:00Z"), at("2016-06-03T09:15:00Z"));
	let changed = Terms::Appointment(terms);
	let writing = to_fhir(&changed, Some(&original.carried), &at_hospital(&everybody())).unwrap();
	assert_eq!(read_value(&writing.resource, &everybody()).unwrap().terms, changed);
	assert_eq!(
		writing.resource["reasonCode"],
		example("Appointment-examplereq")["reasonCode"]
	);
	let paths: Vec<_> = writing.notes.iter().map(|note| note.path.as_str()).collect();
	assert!(paths.contains(&"Appointment.requestedPeriod"), "{paths:?}");
	leave("booked-wish", &writing.resource);
}

/// Every place in a document.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
	let below: Vec<_> = match value {
		Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
		Value::Array(items) => (0..).map(|index: usize| index.to_string()).zip(items).collect(),
		_ => Vec::new(),
	};
	for (name, value) in below {
		places(value, format!("{at}/{name}"), found);
	}
	found.push(at);
}

#[test]
fn whatever_is_read_comes_back_equal_and_the_rest_is_refused_with_a_path() {
	let (mut read, mut refused) = (0, 0);
	let others = [
		json!(null),
		json!(7),
		json!(true),
		json!("x"),
		json!("2016-06-05"),
		json!([]),
		json!([{}]),
		json!({}),
	];
	for name in ALL {
		let original = example(name);
		let mut found = Vec::new();
		places(&original, String::new(), &mut found);
		for (place, other) in found
			.iter()
			.flat_map(|place| others.iter().map(move |other| (place, other)))
		{
			let mut changed = original.clone();
			*changed.pointer_mut(place).unwrap() = other.clone();
			match read_value(&changed, &everybody()) {
				Ok(reading) => {
					read += 1;
					assert_eq!(written(&reading).resource, changed, "{name} {place} {other}");
				}
				Err(SchedulingError::NotJson(_)) => assert_eq!(place, ""),
				Err(error) => {
					refused += 1;
					let kind = name.split('-').next().unwrap();
					let is_of_it = error.path().starts_with(kind) || error.path() == "resourceType";
					assert!(is_of_it, "{name} {place} {other}: {error}");
				}
			}
		}
	}
	assert!(read > 1_000 && refused > 300, "{read} read, {refused} refused");
}

#[test]
fn there_are_no_other_examples() {
	let mut names: Vec<_> = std::fs::read_dir(folder())
		.expect("run scripts/inputs first")
		.filter_map(|entry| entry.unwrap().file_name().into_string().ok())
		.filter(|name| {
			["Appointment-", "Schedule-", "Slot-"]
				.iter()
				.any(|kind| name.starts_with(kind))
		})
		.map(|name| name.trim_end_matches(".json").to_string())
		.collect();
	names.sort();
	assert_eq!(names, ALL);
}
