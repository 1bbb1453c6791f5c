//! Appointments: a day that is opened, booked, moved and waited for; word of it as it is finalised; a tele-consultation.

use super::{each, DOCTOR};
use salus::{appointments, words};
use salus_primitives::{Period, DAY, MINUTE};
use salus_tests::{account, consortium::Council, kinds, text, Answer, Node, Patient, Salus};
use serde_json::{json, Value};
use subxt::rpcs::client::{RpcClient, RpcParams, RpcSubscription};

const DESK: &str = "//Alice//admin";

fn params(values: &[Value]) -> RpcParams {
	let mut list = RpcParams::new();
	for value in values {
		list.push(value).unwrap();
	}
	list
}

async fn next(subscription: &mut RpcSubscription<Value>) -> Value {
	let message = tokio::time::timeout(std::time::Duration::from_secs(120), subscription.next());
	message.await.unwrap().unwrap().unwrap()
}

fn states(slots: &Value) -> Vec<&str> {
	let slots = slots.as_array().unwrap().iter();
	slots.map(|slot| slot["state"]["type"].as_str().unwrap()).collect()
}

/// The desk opens an hour of a day by the hospital's clocks. A patient books half of it, another finds it taken and waits;
/// when the first moves, the second is offered what is free and accepts. Whoever subscribed is told each change.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_opened_booked_and_waited_for() {
	let node = Node::start().await;
	let (patient, other) = (Patient::registered(&node), Patient::registered(&node));
	let (salus, doctor) = (&patient.salus, account(DOCTOR));
	let day = words::show_moment(node.time().await + 2 * DAY)[..10].to_owned();

	let open =
		format!("appointment open --institution 0 --practitioner {doctor} --day {day} --hours 09:00-10:00 --every 15m");
	let opened = salus.types_as(DESK, &open).ok();
	assert_eq!(node.acknowledged(&opened).await, ["Appointments.Opened"]);
	let starts: Vec<u64> = each(&opened, "slots", "start")
		.iter()
		.map(|start| start.as_u64().unwrap())
		.collect();
	assert_eq!(starts.len(), 4);
	let (first, third, end) = (starts[0], starts[2], starts[3] + 15 * MINUTE);
	salus.types_as(DESK, &open).fails(4, "Appointments.SlotOverlaps");
	// Two weeks are ten working days of sixteen slots, more than one call opens.
	let on = |days: u64| words::show_moment(first + days * DAY)[..10].to_owned();
	let weeks = format!(
		"appointment open --institution 0 --practitioner {doctor} --weekly mon,tue,wed,thu,fri --from {} --to {} \
		 --hours 09:00-13:00 --every 15m",
		on(7),
		on(21)
	);
	let opened = salus.types_as(DESK, &weeks).ok();
	assert_eq!(each(&opened, "slots", "start").len(), 160);
	salus.types_as(DESK, &weeks).fails(4, "Appointments.SlotOverlaps");

	let show = || {
		let line = format!("appointment availability --practitioner {doctor} --institution 0 --day {day}");
		salus.types(&line).ok()["slots"].clone()
	};
	assert_eq!(states(&show()), ["Free"; 4]);
	let client = RpcClient::from_insecure_url(&node.url).await.unwrap();
	let watched = params(&[json!(doctor), json!(first), json!(end)]);
	let mut news: RpcSubscription<Value> = client
		.subscribe(
			"appointments_subscribeAvailability",
			watched,
			"appointments_unsubscribeAvailability",
		)
		.await
		.unwrap();
	assert_eq!(states(&next(&mut news).await["slots"]), ["Free"; 4]);

	// She books, and is told before what she signs.
	let book = |who: &Patient, start: u64| {
		format!(
			"appointment book --patient {} --institution 0 --with {doctor} --start {start} --for 30m",
			who.id
		)
	};
	let booked = patient.types(&book(&patient, first)).ok();
	assert_eq!(node.acknowledged(&booked).await, ["Appointments.Booked"]);
	assert!(text(&booked["sentence"]).starts_with("You book"), "{booked}");
	let hers = text(&booked["appointment"]);
	assert_eq!(
		states(&next(&mut news).await["slots"]),
		["Busy", "Busy", "Free", "Free"]
	);

	// Who comes second is told so, in a dry run too, and waits.
	for line in [book(&other, first), format!("--dry-run {}", book(&other, first))] {
		other.types(&line).fails(4, "Appointments.SlotTaken");
	}
	let wait = format!(
		"appointment wait --patient {} --institution 0 --with {doctor} --for 30m --from {first} --to {third}",
		other.id
	);
	let waits = other.types(&wait).ok();
	assert_eq!(node.acknowledged(&waits).await, ["Appointments.Proposed"]);
	let waiting = text(&waits["appointment"]);
	other
		.types(&format!("appointment accept {waiting}"))
		.fails(4, "Appointments.NoOffer");

	// The first moves: what becomes free is offered to the second at once.
	let moved = patient
		.types(&format!("appointment reschedule {hers} --start {third}"))
		.ok();
	let events = node.acknowledged(&moved).await;
	assert_eq!(events, ["Appointments.Offered", "Appointments.Rescheduled"]);
	let held = next(&mut news).await;
	assert_eq!(
		states(&held["slots"]),
		["BusyTentative", "BusyTentative", "Busy", "Busy"]
	);
	let list = salus
		.types(&format!("appointment waiting --practitioner {doctor}"))
		.ok();
	assert_eq!(list["waiting"][0]["offer"]["start"], first);
	let accepted = other.types(&format!("appointment accept {waiting}")).ok();
	assert_eq!(node.acknowledged(&accepted).await, ["Appointments.Booked"]);
	let last = next(&mut news).await;
	assert_eq!(states(&last["slots"]), ["Busy"; 4]);

	// JSON-RPC and command say the same.
	let asked = node
		.asked("appointments_availability", json!([doctor, first, end]))
		.await;
	assert_eq!(asked, json!({ "items": show(), "next": null }));
	assert_eq!(asked["items"], last["slots"]);
	let mine = salus.types(&format!("appointment list --patient {}", patient.id)).ok();
	let of = json!({ "patient": patient.id });
	let by_rpc = node.asked("appointments_list", json!({ "of": of })).await;
	assert_eq!(by_rpc["items"], mine["appointments"]);
	assert_eq!(
		(
			&mine["appointments"][0]["start"],
			&mine["appointments"][0]["status"]["type"]
		),
		(&json!(third), &json!("Booked"))
	);
	let line = format!("appointment list --practitioner {doctor} --from {first} --to {end}");
	let both = salus.types(&line).ok();
	let of = json!({ "practitioner": doctor, "from": first, "to": end });
	let by_rpc = node.asked("appointments_list", json!({ "of": of })).await;
	assert_eq!(by_rpc["items"], both["appointments"]);
	assert_eq!(
		each(&both, "appointments", "patient"),
		[
			&json!(other.id.parse::<u64>().unwrap()),
			&json!(patient.id.parse::<u64>().unwrap())
		]
	);

	// The desk cancels, and nobody comes too early.
	salus
		.types_as(DESK, &format!("appointment arrive {hers}"))
		.fails(4, "Appointments.TooEarly");
	let cancelled = salus
		.types_as(DESK, &format!("appointment cancel {hers} --reason provider"))
		.ok();
	assert_eq!(node.acknowledged(&cancelled).await, ["Appointments.Cancelled"]);
	assert_eq!(
		states(&next(&mut news).await["slots"]),
		["Busy", "Busy", "Free", "Free"]
	);
	let trail = node.trail(&patient.id).await;
	let about: Vec<_> = kinds(&trail)
		.into_iter()
		.filter(|kind| kind.starts_with("Appointment"))
		.collect();
	assert_eq!(
		about,
		["AppointmentBooked", "AppointmentRescheduled", "AppointmentCancelled"]
	);

	// What nobody has any more the desk closes, once.
	let close = format!("appointment close --institution 0 --practitioner {doctor} --start {first} --for 1h");
	let closed = salus.types_as(DESK, &close).ok();
	assert_eq!(node.acknowledged(&closed).await, ["Appointments.Closed"]);
	assert_eq!(closed["slots"], 2);
	assert_eq!(states(&next(&mut news).await["slots"]), ["Busy", "Busy"]);
	salus.types_as(DESK, &close).fails(4, "Appointments.NoSlot");
	is_told_to_others(salus, &patient.id);
}

/// A calendar program is told what became of the patient's one appointment, and FHIR the same, read again.
fn is_told_to_others(salus: &Salus, patient: &str) {
	let file = salus.file("mine.ics");
	for _ in 0..2 {
		let written = salus
			.types(&format!("appointment ics --patient {patient} --out {file}"))
			.ok();
		assert_eq!(written["events"], 1);
	}
	let calendar = std::fs::read_to_string(&file).unwrap();
	for told in ["SUMMARY:Appointment\r\n", "SEQUENCE:2\r\n", "STATUS:CANCELLED\r\n"] {
		assert!(calendar.contains(told), "{told}: {calendar}");
	}
	let listed = salus.types(&format!("appointment list --patient {patient}")).ok();
	let who = json!({ "Patient/ada": format!("patient:{patient}"), "Practitioner/bob": format!("account:{}", account(DOCTOR)) });
	let (who, list) = (
		salus.write("who.json", who.to_string()),
		salus.write("list.json", listed.to_string()),
	);
	let bundle = salus
		.types(&format!("appointment to-fhir {list} --directory {who}"))
		.ok();
	let resource = &bundle["entry"][0]["resource"];
	assert_eq!(resource["status"], "cancelled");
	let appointment = salus.write("appointment.json", resource.to_string());
	let read = salus
		.types(&format!("appointment from-fhir {appointment} --directory {who}"))
		.ok();
	for name in [
		"id",
		"patient",
		"institution",
		"practitioners",
		"start",
		"end",
		"mode",
		"status",
	] {
		assert_eq!(read["appointment"][name], listed["appointments"][0][name], "{name}");
	}
}

/// An electronic record speaks IHE: it finds a time, holds it and books it. Whoever wants the same time is told of the
/// conflict in FHIR.
#[tokio::test(flavor = "multi_thread")]
async fn a_time_is_found_held_and_booked_in_fhir() {
	let node = Node::start().await;
	let (patient, other) = (Patient::registered(&node), Patient::registered(&node));
	let (salus, doctor) = (&patient.salus, account(DOCTOR));
	let day = words::show_moment(node.time().await + 2 * DAY)[..10].to_owned();
	let open = format!(
		"appointment open --institution 0 --practitioner {doctor} --start {day}T09:00:00Z --for 1h --every 30m"
	);
	salus.types_as(DESK, &open).ok();
	let who = json!({
		"Patient/ada": format!("patient:{}", patient.id),
		"Patient/eve": format!("patient:{}", other.id),
		"Practitioner/bob": format!("account:{doctor}"),
	});
	let parameters = |list: Value| json!({ "resourceType": "Parameters", "parameter": list }).to_string();
	let refers = |name: &str, reference: &str| json!({ "name": name, "valueReference": { "reference": reference } });
	let operation = |of: &Patient, verb: &str, asked: String, more: &str| {
		let (who, file) = (
			of.salus.write("who.json", who.to_string()),
			of.salus.write("parameters.json", asked),
		);
		of.types(&format!("appointment operation {verb} {file} --directory {who} {more}"))
	};
	let finds = |of: &Patient, reference: &str| {
		let asked = parameters(json!([
			{ "name": "start", "valueDateTime": day },
			{ "name": "end", "valueDateTime": day },
			refers("practitioner", "Practitioner/bob"),
			refers("patient-reference", reference),
		]));
		operation(of, "find", asked, "").ok()
	};
	let outcome = |answer: &Answer| answer.out["entry"][0]["resource"].clone();

	// Both find both times; each Bundle is its own patient's.
	let (hers, others) = (finds(&patient, "Patient/ada"), finds(&other, "Patient/eve"));
	assert_eq!((&hers["total"], &others["total"]), (&json!(2), &json!(2)));
	let first = |bundle: &Value| format!("Appointment/{}", text(&bundle["entry"][0]["resource"]["id"]));
	let chosen = |bundle: &Value| parameters(json!([refers("appointment-reference", &first(bundle))]));
	let found = format!("--found {}", salus.write("found.json", hers.to_string()));
	let others_found = format!("--found {}", other.salus.write("found.json", others.to_string()));

	// She holds the first. The other finds one time from then on, and can't have the first.
	let held = operation(&patient, "hold", chosen(&hers), &found);
	assert!(held.stderr.contains("Appointments"), "{}", held.stderr);
	let held = held.ok();
	let held = &held["entry"][0]["resource"];
	assert_eq!(held["status"], "pending");
	assert_eq!(finds(&patient, "Patient/ada")["total"], 2);
	assert_eq!(finds(&other, "Patient/eve")["total"], 1);
	let refused = operation(&other, "hold", chosen(&others), &others_found);
	assert_eq!(outcome(&refused)["issue"][0]["code"], "conflict");
	refused.fails(4, "Appointments.SlotHeld");

	// She books what she holds, after a dry run that sends nothing.
	let book = parameters(json!([{ "name": "appointment-resource", "resource": held }]));
	let tried = operation(&patient, "book", book.clone(), "--dry-run").ok();
	assert_eq!(each(&tried["dryRun"], "events", "name"), ["Booked"]);
	let booked = operation(&patient, "book", book.clone(), "").ok();
	let booked = &booked["entry"][0]["resource"];
	assert_eq!(booked["status"], "booked");
	let shown = salus.types(&format!("appointment show {}", text(&booked["id"]))).ok();
	assert_eq!(
		(
			&shown["appointment"]["status"]["type"],
			text(&shown["appointment"]["patient"])
		),
		(&json!("Booked"), patient.id.clone())
	);
	assert_eq!(
		words::moment(&text(&booked["start"])).unwrap(),
		shown["appointment"]["start"].as_u64().unwrap()
	);

	// The other comes too late, tried or sent; she herself can't have two at once.
	for more in ["--dry-run ", ""] {
		let refused = operation(&other, "book", chosen(&others), &format!("{more}{others_found}"));
		let outcome = outcome(&refused);
		assert_eq!(outcome["resourceType"], "OperationOutcome");
		assert_eq!(outcome["issue"][0]["code"], "conflict");
		let message = outcome["issue"][0]["diagnostics"].clone();
		assert_eq!(json!(refused.fails(4, "Appointments.SlotTaken")), message);
	}
	assert_eq!(finds(&patient, "Patient/ada")["total"], 1);
	// Nobody books for another patient, and what is malformed is told with its path.
	let foreign = operation(
		&other,
		"book",
		chosen(&hers),
		&format!("--found {}", other.salus.write("hers.json", hers.to_string())),
	);
	assert_eq!(outcome(&foreign)["issue"][0]["severity"], "error");
	assert_ne!(foreign.code, 0);
	let nobody = operation(&patient, "find", parameters(json!([])), "");
	assert_eq!(
		outcome(&nobody)["issue"][0]["expression"],
		json!(["Parameters.parameter"])
	);
	nobody.fails(6, "Missing");
}

/// A tele-consultation needs consent: a doctor is refused until the patient is assigned to her. Then both are in it, the
/// patient has arrived, and either ends it.
#[tokio::test(flavor = "multi_thread")]
async fn a_tele_consultation_needs_consent() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let (salus, doctor) = (&patient.salus, account(DOCTOR));
	// Soon enough to join, late enough to book, and not across midnight UTC.
	let soon = (node.time().await / MINUTE + 6) * MINUTE;
	let length = 5 * MINUTE;
	let start = if soon % DAY > DAY - length {
		soon.next_multiple_of(DAY)
	} else {
		soon
	};
	let slot = [Period::new(start, start + length)];
	let council = Council::at(&node).await;
	let practitioner = words::account(&doctor).unwrap();
	council.sends(DOCTOR, &appointments::open(practitioner, 0, &slot)).await;
	let book = format!(
		"appointment book --patient {} --institution 0 --with {doctor} --start {start} --for 5m --mode tele",
		patient.id
	);
	let id = text(&salus.types_as(DESK, &book).ok()["appointment"]);

	let session = format!("0x{}", "5a".repeat(32));
	let join = format!("appointment join {id} --institution 0 --session {session}");
	for line in [format!("--dry-run {join}"), join.clone()] {
		salus.types_as(DOCTOR, &line).fails(3, "NoGrant");
	}
	patient.types(&format!("appointment join {id}")).fails(2, "Usage");
	patient.assigned(DOCTOR);
	let joined = salus.types_as(DOCTOR, &join).ok();
	assert_eq!(node.acknowledged(&joined).await, ["Appointments.Joined"]);
	let joined = patient.types(&format!("appointment join {id}")).ok();
	assert_eq!(node.acknowledged(&joined).await, ["Appointments.Joined"]);
	assert_eq!(joined["session"], session.as_str());
	let ended = patient.types(&format!("appointment end {id}")).ok();
	assert_eq!(node.acknowledged(&ended).await, ["Appointments.ConsultationEnded"]);

	let shown = salus.types(&format!("appointment show {id}")).ok();
	assert_eq!(shown["appointment"]["status"]["type"], "Arrived");
	let participants = shown["consultation"]["participants"].as_array().unwrap();
	let sides: Vec<_> = participants.iter().map(|one| &one["onBehalfOf"]).collect();
	assert_eq!(sides, [&json!(0), &Value::Null]);
	let log = node.asked("appointments_consultation", json!([id])).await;
	assert_eq!(log, shown["consultation"]);
	let trail = node.trail(&patient.id).await;
	let about: Vec<_> = kinds(&trail)
		.into_iter()
		.filter(|kind| kind.starts_with("Consultation"))
		.collect();
	assert_eq!(
		about,
		[
			"ConsultationRefused",
			"ConsultationJoined",
			"ConsultationJoined",
			"ConsultationEnded"
		]
	);
}
