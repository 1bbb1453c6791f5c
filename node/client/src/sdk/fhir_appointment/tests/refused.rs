//! What can't be read is refused with the path of the element, and nothing of the resource is taken.

use super::*;

fn booked() -> Value {
	json!({
		"resourceType": "Appointment",
		"status": "booked",
		"start": "2026-12-01T09:00:00Z",
		"end": "2026-12-01T09:30:00Z",
		"participant": [
			{ "actor": { "reference": "Patient/example" }, "status": "accepted" },
			{ "actor": { "reference": "Practitioner/1" }, "status": "accepted" },
		],
	})
}

fn wanted() -> Value {
	let mut resource = booked();
	resource["status"] = "proposed".into();
	let fields = resource.as_object_mut().unwrap();
	fields.remove("start");
	fields.remove("end");
	fields.insert("minutesDuration".into(), 30.into());
	fields.insert(
		"requestedPeriod".into(),
		json!([{ "start": "2026-12-01", "end": "2026-12-08" }]),
	);
	resource
}

fn slot() -> Value {
	json!({
		"resourceType": "Slot",
		"schedule": { "reference": "Schedule/example" },
		"status": "free",
		"start": "2026-12-01T09:00:00Z",
		"end": "2026-12-01T09:30:00Z",
	})
}

fn schedule() -> Value {
	json!({ "resourceType": "Schedule", "actor": [{ "reference": "Practitioner/1" }] })
}

/// The base is read; with this at the pointer (nothing there where it is null) it is refused at the path.
fn refused(base: &Value, pointer: &str, value: Value, path: &str) {
	read_value(base, &everybody()).unwrap();
	let mut resource = base.clone();
	let (parent, name) = pointer.rsplit_once('/').unwrap();
	match resource.pointer_mut(parent).unwrap() {
		Value::Object(fields) if value.is_null() => {
			fields.remove(name);
		}
		Value::Object(fields) => {
			fields.insert(name.into(), value.clone());
		}
		Value::Array(items) => items.push(value.clone()),
		other => panic!("{other}"),
	}
	let error = read_value(&resource, &everybody()).unwrap_err();
	assert_eq!(error.path(), path, "{pointer} {value}: {error}");
	assert!(error.to_string().starts_with(path), "{error}");
}

#[test]
fn appointments() {
	let stranger = json!({ "actor": { "reference": "Practitioner/9" }, "status": "accepted" });
	let person = json!({ "actor": { "type": "Practitioner", "display": "Dr Who" }, "status": "accepted" });
	let by_number = json!({ "actor": { "identifier": { "system": "urn:x", "value": "1" } }, "status": "accepted" });
	for (pointer, value, path) in [
		("/status", json!(null), "Appointment.status"),
		("/status", json!("entered-in-error"), "Appointment.status"),
		("/status", json!("maybe"), "Appointment.status"),
		("/start", json!(null), "Appointment.start"),
		("/start", json!("2026-12-01"), "Appointment.start"),
		("/start", json!("2026-12-01T09:00:30Z"), "Appointment.start"),
		("/start", json!("1969-12-01T09:00:00Z"), "Appointment.start"),
		("/start", json!("2026-12-01T09:00:00"), "Appointment.start"),
		("/end", json!("2026-12-01T09:00:00Z"), "Appointment.end"),
		("/end", json!("2026-12-03T09:00:00Z"), "Appointment.end"),
		("/end", json!(7), "Appointment.end"),
		("/participant", json!(null), "Appointment.participant"),
		("/participant", json!([]), "Appointment.participant"),
		("/participant/-", stranger, "Appointment.participant[2].actor.reference"),
		("/participant/-", person, "Appointment.participant[2].actor.reference"),
		(
			"/participant/-",
			by_number,
			"Appointment.participant[2].actor.reference",
		),
		(
			"/participant/1/actor/reference",
			json!("Practitioner/9"),
			"Appointment.participant[1].actor.reference",
		),
		("/participant/1/status", json!("declined"), "Appointment.participant"),
		(
			"/participant/0/actor/reference",
			json!("Practitioner/1"),
			"Appointment.participant",
		),
		(
			"/participant/0/modifierExtension",
			json!([]),
			"Appointment.participant[0].modifierExtension",
		),
		(
			"/modifierExtension",
			json!([{ "url": "x" }]),
			"Appointment.modifierExtension",
		),
		("/implicitRules", json!("x"), "Appointment.implicitRules"),
		("/statuss", json!("booked"), "Appointment.statuss"),
		(
			"/meta",
			json!({ "tag": [{ "code": "SUBSETTED" }] }),
			"Appointment.meta.tag[0]",
		),
		(
			"/identifier",
			json!([{ "system": codes::APPOINTMENT, "value": "x" }]),
			"Appointment.identifier[0].value",
		),
		(
			"/extension",
			json!([{ "url": codes::TELE, "valueCode": "x" }]),
			"Appointment.extension[0]",
		),
		(
			"/extension",
			json!([{ "url": codes::CANCELLED_BY, "valueCode": "x" }]),
			"Appointment.extension[0]",
		),
		(
			"/extension",
			json!([{ "url": codes::REPLACES }]),
			"Appointment.extension[0]",
		),
		("/id", json!("a b"), "Appointment.id"),
		("/resourceType", json!("Patient"), "resourceType"),
	] {
		refused(&booked(), pointer, value, path);
	}
}

#[test]
fn more_than_the_chain_holds() {
	let directory = (1..=5).fold(everybody(), |all, byte| {
		all.with(format!("Practitioner/p{byte}"), Entity::Account(account(20 + byte)))
	});
	let mut many = booked();
	let also = |who: String| json!({ "actor": { "reference": who }, "status": "accepted" });
	let list = many["participant"].as_array_mut().unwrap();
	list.extend((1..=3).map(|byte| also(format!("Practitioner/p{byte}"))));
	read_value(&many, &directory).unwrap();
	many["participant"]
		.as_array_mut()
		.unwrap()
		.push(also("Practitioner/p4".into()));
	let error = read_value(&many, &directory).unwrap_err();
	assert!(matches!(error, SchedulingError::TooMany { most: 4, .. }), "{error}");
	let two = directory.with("Patient/other", Entity::Patient(3));
	let mut group = booked();
	group["participant"]
		.as_array_mut()
		.unwrap()
		.push(also("Patient/other".into()));
	let error = read_value(&group, &two).unwrap_err();
	assert!(matches!(error, SchedulingError::TooMany { most: 1, .. }), "{error}");
}

#[test]
fn wishes() {
	let two = json!([{ "start": "2026-12-01", "end": "2026-12-02" }, { "start": "2026-12-05", "end": "2026-12-06" }]);
	let other = json!({ "actor": { "reference": "Practitioner/example" }, "status": "needs-action" });
	for (pointer, value, path) in [
		("/requestedPeriod", json!(null), "Appointment.requestedPeriod"),
		("/requestedPeriod", two, "Appointment.requestedPeriod"),
		(
			"/requestedPeriod",
			json!([{ "start": "2026-12-01" }]),
			"Appointment.requestedPeriod[0].end",
		),
		(
			"/requestedPeriod",
			json!([{ "start": "2026-12-02", "end": "2026-12-01" }]),
			"Appointment.requestedPeriod[0].end",
		),
		("/minutesDuration", json!(null), "Appointment.minutesDuration"),
		("/minutesDuration", json!(0), "Appointment.minutesDuration"),
		("/minutesDuration", json!(99_999), "Appointment.minutesDuration"),
		("/minutesDuration", json!("30"), "Appointment.minutesDuration"),
		("/priority", json!(10), "Appointment.priority"),
		("/participant/-", other, "Appointment.participant"),
	] {
		refused(&wanted(), pointer, value, path);
	}
}

#[test]
fn slots_and_schedules() {
	for (pointer, value, path) in [
		("/status", json!("entered-in-error"), "Slot.status"),
		("/status", json!("open"), "Slot.status"),
		("/status", json!(null), "Slot.status"),
		("/overbooked", json!(true), "Slot.overbooked"),
		("/overbooked", json!("no"), "Slot.overbooked"),
		("/end", json!("2026-12-02T00:30:00Z"), "Slot.end"),
		("/start", json!(null), "Slot.start"),
		("/schedule", json!(null), "Slot.schedule.reference"),
		(
			"/schedule",
			json!({ "reference": "Schedule/9" }),
			"Slot.schedule.reference",
		),
		(
			"/schedule",
			json!({ "reference": "Patient/example" }),
			"Slot.schedule.reference",
		),
		("/participant", json!([]), "Slot.participant"),
	] {
		refused(&slot(), pointer, value, path);
	}
	for (pointer, value, path) in [
		("/actor", json!(null), "Schedule.actor"),
		("/actor", json!([{ "reference": "Location/9" }]), "Schedule.actor"),
		(
			"/actor",
			json!([{ "reference": "Practitioner/9" }]),
			"Schedule.actor[0].reference",
		),
		(
			"/actor",
			json!([{ "reference": "Patient/example" }]),
			"Schedule.actor[0]",
		),
		(
			"/actor/-",
			json!({ "reference": "Practitioner/example" }),
			"Schedule.actor",
		),
		(
			"/planningHorizon",
			json!({ "start": "2026-12-01" }),
			"Schedule.planningHorizon.end",
		),
	] {
		refused(&schedule(), pointer, value, path);
	}
}

#[test]
fn nobody_guesses_at_which_institution() {
	let directory = everybody();
	let nowhere = Context {
		directory: &directory,
		institution: None,
	};
	let error = from_fhir(booked().to_string().as_bytes(), &nowhere).unwrap_err();
	assert_eq!(error.path(), "Appointment.participant");
	assert!(error.to_string().contains("--institution"), "{error}");
}

#[test]
fn what_is_no_such_file() {
	let directory = everybody();
	let read = |bytes: &[u8]| from_fhir(bytes, &at_hospital(&directory)).unwrap_err();
	assert!(matches!(read(b"{"), SchedulingError::NotJson(_)));
	assert!(matches!(read(b"[]"), SchedulingError::NotJson(_)));
	let twice = br#"{"resourceType":"Slot","resourceType":"Slot"}"#;
	assert!(matches!(read(twice), SchedulingError::NotJson(_)));
	assert_eq!(read(&vec![b' '; MAX_BYTES + 1]), SchedulingError::TooLarge);
	let carried = read_value(&slot(), &everybody()).unwrap().carried;
	let terms = read_value(&booked(), &everybody()).unwrap().terms;
	let error = to_fhir(&terms, Some(&carried), &at_hospital(&everybody())).unwrap_err();
	assert_eq!(error.path(), "resourceType");
}

#[test]
fn other_forms_of_the_same_are_carried() {
	let mut resource = booked();
	resource["status"] = "checked-in".into();
	resource["start"] = "2026-12-01T10:00:00+01:00".into();
	resource["_start"] = json!({ "id": "a" });
	let reading = read_value(&resource, &everybody()).unwrap();
	let mut terms = appointment_of(&reading);
	assert_eq!(
		(terms.state, terms.period.start),
		(AppointmentState::Arrived, at("2026-12-01T09:00:00Z"))
	);
	let context = everybody();
	let write = |terms: AppointmentTerms| {
		to_fhir(
			&Terms::Appointment(terms),
			Some(&reading.carried),
			&at_hospital(&context),
		)
	};
	assert_eq!(write(terms.clone()).unwrap().resource, resource);
	terms.state = AppointmentState::Fulfilled;
	terms.period.start -= 5 * MINUTE;
	let written = write(terms).unwrap().resource;
	assert_eq!(
		(&written["status"], &written["start"]),
		(&json!("fulfilled"), &json!("2026-12-01T08:55:00Z"))
	);
	assert!(written.get("_start").is_none());
}
