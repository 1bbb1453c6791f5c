//! One slot that many want, a doctor who falls ill, time that is held, blocked and offered, and what is noted of a visit.

use super::{each, DOCTOR};
use salus::{
	api::{self, runtime_types::sp_runtime::DispatchError},
	appointments::{self, Visit},
	open_key, words, Account, At, Client,
};
use salus_primitives::{Mode, Period, DAY, HOUR, MINUTE};
use salus_tests::{account, consortium::Council, fhir_example, kinds, text, until, Node, Patient, Salus, PASSPHRASE};
use salus_vault::keystore::Strength;
use serde_json::{json, Value};
use std::{fs, path::Path, thread};
use subxt::config::DefaultExtrinsicParamsBuilder;

const DESK: &str = "//Alice//admin";
const NURSE: &str = "//Alice//nurse";
/// How long the slots of these tests are.
const QUARTER: u64 = 15 * MINUTE;

/// So many patients of hospital A, who register side by side.
fn registered<const N: usize>(node: &Node) -> [Patient; N] {
	thread::scope(|scope| {
		let registering = [(); N].map(|()| scope.spawn(|| Patient::registered(node)));
		registering.map(|one| one.join().unwrap())
	})
}

/// When a day in so many days begins, by UTC.
async fn day(node: &Node, ahead: u64) -> u64 {
	(node.time().await / DAY + ahead) * DAY
}

/// The desk opens so many quarters of the doctor's from then on.
fn open(salus: &Salus, start: u64, quarters: u64) -> Value {
	let (doctor, minutes) = (account(DOCTOR), quarters * 15);
	let whose = format!("--institution 0 --practitioner {doctor}");
	let line = format!("appointment open {whose} --start {start} --for {minutes}m --every 15m");
	salus.types_as(DESK, &line).ok()
}

/// A quarter of the doctor's for a patient, from then on.
fn visit(patient: &Patient, start: u64) -> String {
	let (id, doctor) = (&patient.id, account(DOCTOR));
	format!("--patient {id} --institution 0 --with {doctor} --start {start} --for 15m")
}

/// A patient books a quarter of the doctor's: the appointment.
fn books(patient: &Patient, start: u64) -> String {
	let line = format!("appointment book {}", visit(patient, start));
	text(&patient.types(&line).ok()["appointment"])
}

/// What the doctor's slots of a day are.
fn states(salus: &Salus, day: u64) -> Vec<String> {
	let (doctor, end) = (account(DOCTOR), day + DAY);
	let line = format!("appointment availability --practitioner {doctor} --from {day} --to {end}");
	let slots = salus.types(&line).ok();
	each(&slots, "slots", "state")
		.iter()
		.map(|state| text(&state["type"]))
		.collect()
}

/// A patient's newest appointment: its number, and all that is shown of it.
fn newest(patient: &Patient) -> (String, Value) {
	let listed = patient
		.salus
		.types(&format!("appointment list --patient {}", patient.id))
		.ok();
	let id = text(&listed["appointments"][0]["id"]);
	let shown = patient.salus.types(&format!("appointment show {id}")).ok();
	(id, shown["appointment"].clone())
}

/// When what a patient is offered begins.
fn offered(patient: &Patient) -> Value {
	newest(patient).1["wish"]["offer"]["start"].clone()
}

/// What became of a patient's appointments, as her trail says.
async fn noted(node: &Node, patient: &Patient) -> Vec<String> {
	let trail = node.trail(&patient.id).await;
	let about = kinds(&trail).into_iter().map(ToOwned::to_owned);
	about.filter(|kind| kind.starts_with("Appointment")).collect()
}

/// A patient's signed booking, as it goes into the pool.
async fn signed(client: &Client, at: &At, patient: &Patient, period: Period) -> Value {
	let key = patient.salus.file("patient.key");
	let identity = open_key(Path::new(&key), PASSPHRASE, Strength::Development).unwrap();
	let id = patient.id.parse().unwrap();
	let account: Account = client.patient_keys(at, &identity, id).await.unwrap().account;
	let visit = Visit {
		patient: id,
		institution: 0,
		practitioners: vec![words::account(&self::account(DOCTOR)).unwrap()],
		period,
	};
	let call = appointments::book(visit, Mode::InPerson);
	let params = DefaultExtrinsicParamsBuilder::new().mortal(64).build();
	let mut signable = at.tx().create_signable(&call, &account.id(), params).await.unwrap();
	let bytes = signable.sign(&account).unwrap().into_encoded();
	json!([format!("0x{}", hex::encode(bytes))])
}

/// What the bookings in a block came to: the patients who have an appointment, and the names of the others' errors.
async fn outcomes(at: &At) -> (Vec<u64>, Vec<String>) {
	let events = at.events().fetch().await.unwrap();
	let booked = events.find::<api::appointments::events::Booked>();
	let failed = events.find::<api::system::events::ExtrinsicFailed>();
	let name = |error: DispatchError| match error {
		DispatchError::Module(module) => {
			let pallet = at.metadata_ref().pallet_by_error_index(module.index).unwrap();
			pallet.error_variant_by_index(module.error[0]).unwrap().name.clone()
		}
		_ => "no error of a pallet".into(),
	};
	(
		booked.map(|event| event.unwrap().patient).collect(),
		failed.map(|event| name(event.unwrap().dispatch_error)).collect(),
	)
}

/// Eight patients sign for the only slot, and all of it goes into the pool at once: one has it, and seven are told that it is
/// taken.
#[tokio::test(flavor = "multi_thread")]
async fn of_eight_who_want_the_last_slot_one_has_it() {
	let node = Node::start().await;
	let patients = registered::<8>(&node);
	let salus = &patients[0].salus;
	let start = day(&node, 2).await + 9 * HOUR;
	open(salus, start, 1);

	let client = Client::connect(&node.url).await.unwrap();
	let at = client.finalised().await.unwrap();
	let period = Period::new(start, start + QUARTER);
	let mut bookings = Vec::new();
	for patient in &patients {
		bookings.push(signed(&client, &at, patient, period).await);
	}
	let before = node.best().await.unwrap();
	let answers = node.batch("author_submitExtrinsic", &bookings).await;
	assert!(answers.iter().all(|answer| answer["result"].is_string()), "{answers:?}");

	let (mut have, mut refused, mut blocks, mut number) = (Vec::new(), Vec::new(), 0, before);
	while have.len() + refused.len() < patients.len() {
		number += 1;
		until("the block is final", || async {
			node.finalised().await.filter(|found| *found >= number)
		})
		.await;
		let hash = node.asked("chain_getBlockHash", json!([number])).await;
		let at = client
			.online_at(words::hash(hash.as_str().unwrap()).unwrap())
			.await
			.unwrap();
		let (booked, failed) = outcomes(&at).await;
		blocks += u32::from(!booked.is_empty() || !failed.is_empty());
		have.extend(booked);
		refused.extend(failed);
	}
	assert_eq!((have.len(), refused), (1, vec!["SlotTaken".to_owned(); 7]));
	// One block may have been under way when the first of them came.
	assert!(blocks <= 2, "{blocks}");

	let (doctor, end) = (account(DOCTOR), start + QUARTER);
	let slots = node
		.asked("appointments_availability", json!([doctor, start, end]))
		.await;
	assert_eq!(slots["items"][0]["state"]["type"], "Busy");
	for patient in &patients {
		let listed = salus.types(&format!("appointment list --patient {}", patient.id)).ok();
		let hers = listed["appointments"].as_array().unwrap().len();
		assert_eq!(hers == 1, patient.id == have[0].to_string(), "{listed}");
	}
	let taken = slots["items"][0]["state"]["appointment"].clone();
	let shown = salus.types(&format!("appointment show {}", text(&taken))).ok();
	assert_eq!(text(&shown["appointment"]["patient"]), have[0].to_string());
}

/// A doctor whose day is full falls ill. Her patients are cancelled in as many calls as the desk says, and offered other days
/// before whoever waits more urgently. One accepts, one declines, and what he declined goes to the next. No offer can lapse
/// here: it is of a time in more than a quarter of an hour.
#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_falls_ill_with_a_full_day() {
	let node = Node::start().await;
	let [ada, ben, cat, dan] = registered(&node);
	let (salus, doctor) = (&ada.salus, account(DOCTOR));
	let (ill, next, later) = (day(&node, 2).await, day(&node, 3).await, day(&node, 4).await);
	let nine = |day: u64| day + 9 * HOUR;
	open(salus, nine(ill), 3);
	open(salus, nine(next), 2);
	let cancelled = [&ada, &ben, &cat].map(|patient| patient.id.clone());
	let booked: Vec<String> = (0..)
		.zip([&ada, &ben, &cat])
		.map(|(quarter, patient)| books(patient, nine(ill) + quarter * QUARTER))
		.collect();
	assert_eq!(states(salus, ill), ["Busy"; 3]);
	let (id, end) = (&dan.id, later + DAY);
	let wait =
		format!("appointment wait --patient {id} --institution 0 --with {doctor} --for 15m --from {ill} --to {end}");
	dan.types(&format!("{wait} --priority stat"))
		.fails(4, "Appointments.PriorityByDeskOnly");
	salus.types_as(DESK, &format!("{wait} --priority stat")).ok();

	// As many at a time as the desk says; it is told how many are left.
	let of = |day: u64| words::show_moment(day)[..10].to_owned();
	let cancel = format!(
		"appointment cancel-day --institution 0 --practitioner {doctor} --start {} --for 12h --next {}",
		ill + 6 * HOUR,
		of(next)
	);
	salus.types_as(NURSE, &cancel).fails(4, "Appointments.NotPermitted");
	let first = salus.types_as(DESK, &format!("{cancel} --most 2")).ok();
	let each_of_two = ["Appointments.Cancelled", "Appointments.Proposed"];
	let events = [
		&each_of_two[..],
		&each_of_two,
		&[
			"Appointments.Offered",
			"Appointments.Offered",
			"Appointments.DayCancelled",
		],
	];
	assert_eq!(node.acknowledged(&first).await, events.concat());
	assert_eq!((&first["displaced"], &first["left"]), (&json!(2), &json!(1)));
	assert_eq!(states(salus, ill), ["BusyUnavailable", "BusyUnavailable", "Busy"]);
	assert_eq!(states(salus, next), ["BusyTentative"; 2]);
	let rest = salus.types_as(DESK, &cancel).ok();
	assert_eq!((&rest["displaced"], &rest["left"]), (&json!(1), &json!(0)));
	assert_eq!(states(salus, ill), ["BusyUnavailable"; 3]);

	// Who was cancelled comes before who is more urgent; the patients see what became of them and what they are offered.
	let waiting = || {
		salus
			.types(&format!("appointment waiting --practitioner {doctor}"))
			.ok()
	};
	let list = waiting();
	let order: Vec<_> = each(&list, "waiting", "patient").into_iter().map(text).collect();
	assert_eq!(order, [&cancelled[..], std::slice::from_ref(id)].concat());
	assert_eq!(each(&list, "waiting", "displaced"), [true, true, true, false]);
	for (patient, before) in [&ada, &ben, &cat].into_iter().zip(&booked) {
		let shown = salus.types(&format!("appointment show {before}")).ok();
		let status = json!({ "type": "Cancelled", "by": "Desk", "reason": "Provider" });
		assert_eq!(shown["appointment"]["status"], status);
		let (_, proposed) = newest(patient);
		assert_eq!(proposed["status"]["type"], "Proposed");
		assert_eq!(text(&proposed["replaces"]), *before);
	}
	let offers = || [&ada, &ben, &cat, &dan].map(offered);
	let (one, two) = (json!(nine(next)), json!(nine(next) + QUARTER));
	assert_eq!(offers(), [one, two.clone(), Value::Null, Value::Null]);

	// One accepts; another's is not hers to accept.
	let (adas, bens) = (newest(&ada).0, newest(&ben).0);
	ben.types(&format!("appointment accept {adas}"))
		.fails(6, "NotThePatient");
	let accepted = ada.types(&format!("appointment accept {adas}")).ok();
	assert_eq!(node.acknowledged(&accepted).await, ["Appointments.Booked"]);
	assert_eq!(accepted["period"]["start"], nine(next));
	assert!(text(&accepted["sentence"]).starts_with("You accept"), "{accepted}");
	let hers = [
		"AppointmentBooked",
		"AppointmentCancelled",
		"AppointmentProposed",
		"AppointmentBooked",
	];
	assert_eq!(noted(&node, &ada).await, hers);

	// One declines: the next is offered it. He keeps his place, and is first where other days are opened.
	let declined = ben.types(&format!("appointment decline {bens}")).ok();
	assert_eq!(
		node.acknowledged(&declined).await,
		["Appointments.Offered", "Appointments.Declined"]
	);
	assert_eq!(offers(), [Value::Null, Value::Null, two, Value::Null]);
	ben.types(&format!("appointment accept {bens}"))
		.fails(4, "Appointments.NoOffer");
	let reopened = open(salus, nine(later), 2);
	assert_eq!(
		node.acknowledged(&reopened).await,
		["Appointments.Offered", "Appointments.Offered", "Appointments.Opened"]
	);
	let two = json!(nine(next) + QUARTER);
	let (third, fourth) = (json!(nine(later)), json!(nine(later) + QUARTER));
	assert_eq!(offers(), [Value::Null, third, two, fourth]);
	ben.types(&format!("appointment accept {bens}")).ok();
	// The desk accepts for who rings up.
	let cats = newest(&cat).0;
	salus.types_as(DESK, &format!("appointment accept {cats}")).ok();
	assert_eq!(
		each(&waiting(), "waiting", "patient"),
		[&json!(dan.id.parse::<u64>().unwrap())]
	);
	assert_eq!(states(salus, next), ["Busy"; 2]);
	assert_eq!(states(salus, later), ["Busy", "BusyTentative"]);
}

/// A time is held and released; another is blocked, and offered to who waits once it is free again. He waits because of HL7's
/// example of a proposed appointment, by the command that is printed for it.
#[tokio::test(flavor = "multi_thread")]
async fn time_is_held_blocked_and_offered() {
	let node = Node::start().await;
	let [ada, ben] = registered(&node);
	let (salus, doctor) = (&ada.salus, account(DOCTOR));
	let day = day(&node, 2).await;
	let (nine, half) = (day + 9 * HOUR, day + 9 * HOUR + 2 * QUARTER);
	open(salus, nine, 4);
	let slots = |first: &str, last: &str| [first, "Free", last, last].map(ToOwned::to_owned);

	let held = ada.types(&format!("appointment hold {}", visit(&ada, nine))).ok();
	assert_eq!(node.acknowledged(&held).await, ["Appointments.Held"]);
	assert!(text(&held["sentence"]).starts_with("You hold"), "{held}");
	let (lasts, now) = (held["until"].as_u64().unwrap(), node.time().await);
	assert!((now..=now + QUARTER).contains(&lasts), "{held}");
	assert_eq!(states(salus, day), slots("BusyTentative", "Free"));
	let book = format!("appointment book {}", visit(&ben, nine));
	ben.types(&book).fails(4, "Appointments.SlotHeld");
	let release = |whose: &Patient| format!("appointment release {}", visit(whose, nine));
	ben.types(&release(&ben)).fails(4, "Appointments.NotHeld");
	let released = ada.types(&release(&ada)).ok();
	assert_eq!(node.acknowledged(&released).await, ["Appointments.Released"]);
	assert_eq!(states(salus, day), slots("Free", "Free"));
	ada.types(&release(&ada)).fails(4, "Appointments.NotHeld");

	// The doctor blocks her own second half, and nobody else's.
	let half_an_hour = format!("--institution 0 --start {half} --for 30m");
	let blocked = salus
		.types_as(DOCTOR, &format!("appointment block {half_an_hour}"))
		.ok();
	assert_eq!(node.acknowledged(&blocked).await, ["Appointments.Blocked"]);
	assert_eq!(states(salus, day), slots("Free", "BusyUnavailable"));
	let book = format!("appointment book {}", visit(&ben, half));
	ben.types(&book).fails(4, "Appointments.SlotBlocked");
	let unblock = format!("appointment unblock {half_an_hour} --practitioner {doctor}");
	salus.types_as(NURSE, &unblock).fails(4, "Appointments.NotPermitted");

	let id = waits_as_hl7_proposes(&node, &ben, day).await;
	let freed = salus.types_as(DESK, &unblock).ok();
	assert_eq!(
		node.acknowledged(&freed).await,
		["Appointments.Offered", "Appointments.Unblocked"]
	);
	assert_eq!(offered(&ben), half);
	let declined = ben.types(&format!("appointment decline {id}")).ok();
	assert_eq!(node.acknowledged(&declined).await, ["Appointments.Declined"]);
	assert_eq!(states(salus, day), ["Free"; 4]);

	// What he declined he can be offered again, the day's earliest first.
	let offer = format!(
		"appointment offer --institution 0 --practitioner {doctor} --day {}",
		&words::show_moment(day)[..10]
	);
	salus.types_as(NURSE, &offer).fails(4, "Appointments.NotPermitted");
	let again = salus.types_as(DESK, &offer).ok();
	assert_eq!(node.acknowledged(&again).await, ["Appointments.Offered"]);
	assert_eq!((&again["offers"], offered(&ben)), (&json!(1), json!(nine)));
	salus.types_as(DESK, &offer).fails(4, "Appointments.NothingOffered");
	ben.types(&format!("appointment accept {id}")).ok();
	assert_eq!(states(salus, day), slots("Busy", "Free"));
}

/// HL7's example, for this patient, this doctor and this day, is read, and the command that it is told with is run.
async fn waits_as_hl7_proposes(node: &Node, patient: &Patient, day: u64) -> String {
	let (salus, doctor) = (&patient.salus, account(DOCTOR));
	let example = fs::read(fhir_example("Appointment-examplereq.json")).unwrap();
	let mut example: Value = serde_json::from_slice(&example).unwrap();
	let date = words::show_moment(day)[..10].to_owned();
	example["requestedPeriod"] = json!([{ "start": date, "end": date }]);
	let resource = salus.write("proposed.json", example.to_string());
	let who = json!({
		"Patient/example": format!("patient:{}", patient.id),
		"Location/1": format!("account:{doctor}"),
	});
	let who = salus.write("who.json", who.to_string());
	let read = salus
		.types(&format!(
			"appointment from-fhir {resource} --directory {who} --institution 0"
		))
		.ok();
	let command = text(&read["command"]);
	let waits = patient.types(command.strip_prefix("salus ").unwrap()).ok();
	assert_eq!(node.acknowledged(&waits).await, ["Appointments.Proposed"]);
	let id = text(&waits["appointment"]);
	let list = salus
		.types(&format!("appointment waiting --practitioner {doctor}"))
		.ok();
	let wish = &list["waiting"][0];
	assert_eq!(
		(text(&wish["appointment"]), text(&wish["patient"])),
		(id.clone(), patient.id.clone())
	);
	assert_eq!(wish["wanted"], json!({ "start": day, "end": day + DAY }));
	assert_eq!(
		(&wish["length"], &wish["priority"]),
		(&json!(QUARTER), &json!("Routine"))
	);
	id
}

/// Whoever watches a doctor's day is told how it is, and then each change in a line of its own, until she ends it.
#[tokio::test(flavor = "multi_thread")]
async fn each_change_of_a_day_that_is_watched_is_a_line() {
	let node = Node::start().await;
	let ada = Patient::registered(&node);
	let (salus, doctor) = (&ada.salus, account(DOCTOR));
	let day = day(&node, 2).await;
	let (nine, quarter_past) = (day + 9 * HOUR, day + 9 * HOUR + QUARTER);
	open(salus, nine, 2);
	let file = salus.file("changes.jsonl");
	let asked = |to: u64| format!("appointment availability --practitioner {doctor} --from {day} --to {to} --watch");
	salus.types(&asked(day + 8 * DAY)).fails(2, "Usage");
	let mut watch = salus.starts_into(&file, &asked(day + DAY));
	let told = |count: usize| {
		let read = || {
			let text = fs::read_to_string(&file).unwrap();
			let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
			whole
				.lines()
				.map(|line| serde_json::from_str(line).unwrap())
				.collect::<Vec<Value>>()
		};
		async move {
			let change = || async { Some(read()).filter(|told| told.len() >= count) };
			until("the change is told", change).await
		}
	};
	let said = |told: &[Value]| -> Vec<(u64, Value)> {
		let each = told
			.iter()
			.map(|line| (line["start"].as_u64().unwrap(), line["state"].clone()));
		each.collect()
	};
	let is = |state: &str| json!({ "type": state });
	let mut expected = vec![(nine, is("Free")), (quarter_past, is("Free"))];
	assert_eq!(said(&told(2).await), expected);

	let appointment: u64 = books(&ada, nine).parse().unwrap();
	expected.push((nine, json!({ "type": "Busy", "appointment": appointment })));
	assert_eq!(said(&told(3).await), expected);
	let whose = format!("--institution 0 --start {quarter_past} --for 15m");
	salus.types_as(DOCTOR, &format!("appointment block {whose}")).ok();
	expected.push((quarter_past, is("BusyUnavailable")));
	assert_eq!(said(&told(4).await), expected);
	salus.types_as(DOCTOR, &format!("appointment close {whose}")).ok();
	expected.push((quarter_past, Value::Null));
	let all = told(5).await;
	assert_eq!(said(&all), expected);
	let blocks: Vec<_> = all.iter().map(|line| line["block"].as_u64().unwrap()).collect();
	assert!(blocks.is_sorted() && blocks[1] < blocks[2], "{blocks:?}");

	assert!(!watch.has_ended());
	assert_eq!(watch.interrupted().code, 130);
	assert_eq!(said(&told(5).await), expected, "nothing after the last whole line");
}

/// One patient arrives and is seen, another never comes: each is noted by who works there, and not before its time.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_visit_is_noted() {
	let node = Node::start().await;
	let [ada, ben] = registered(&node);
	let salus = &ada.salus;
	let council = Council::at(&node).await;
	// Late enough to be booked before it begins, and not across midnight UTC.
	let (soon, length) = ((node.time().await + MINUTE).next_multiple_of(MINUTE), 5 * MINUTE);
	let start = if soon % DAY > DAY - length {
		soon.next_multiple_of(DAY)
	} else {
		soon
	};
	let slot = [Period::new(start, start + length)];
	let opens = |uri: &'static str| {
		let practitioner = words::account(&account(uri)).unwrap();
		let call = appointments::open(practitioner, 0, &slot);
		let council = &council;
		async move { council.sends(uri, &call).await }
	};
	tokio::join!(opens(DOCTOR), opens(NURSE));
	let books = |patient: &Patient, uri: &str| {
		let (id, with) = (&patient.id, account(uri));
		let line = format!("appointment book --patient {id} --institution 0 --with {with} --start {start} --for 5m");
		text(&patient.types(&line).ok()["appointment"])
	};
	let (missed, seen) = thread::scope(|scope| {
		let seen = scope.spawn(|| books(&ada, DOCTOR));
		(books(&ben, NURSE), seen.join().unwrap())
	});
	let notes = |uri: &str, verb: &str, id: &str| salus.types_as(uri, &format!("appointment {verb} {id}"));

	// She is early, and another's nurse does not say so.
	notes(DOCTOR, "fulfil", &seen).fails(4, "Appointments.WrongStatus");
	notes(NURSE, "arrive", &seen).fails(4, "Appointments.NotPermitted");
	let arrived = notes(DESK, "arrive", &seen).ok();
	assert_eq!(node.acknowledged(&arrived).await, ["Appointments.Arrived"]);
	until("it begins", || async { (node.time().await >= start).then_some(()) }).await;

	let fulfilled = notes(DOCTOR, "fulfil", &seen).ok();
	assert_eq!(node.acknowledged(&fulfilled).await, ["Appointments.Fulfilled"]);
	let never_came = notes(NURSE, "noshow", &missed).ok();
	assert_eq!(node.acknowledged(&never_came).await, ["Appointments.NoShow"]);
	notes(DESK, "arrive", &missed).fails(4, "Appointments.WrongStatus");
	let status =
		|id: &str| salus.types(&format!("appointment show {id}")).ok()["appointment"]["status"]["type"].clone();
	assert_eq!((status(&seen), status(&missed)), (json!("Fulfilled"), json!("NoShow")));
	let hers = ["AppointmentBooked", "AppointmentArrived", "AppointmentFulfilled"];
	assert_eq!(noted(&node, &ada).await, hers);
	assert_eq!(noted(&node, &ben).await, ["AppointmentBooked", "AppointmentNoShow"]);

	// A calendar goes when it is 30 days past, and there is none that old.
	let today = words::show_moment(start)[..10].to_owned();
	let prune = |day: &str| format!("appointment prune --practitioner {} --day {day}", account(DOCTOR));
	salus.types_as(DESK, &prune(&today)).fails(4, "Appointments.TooRecent");
	salus
		.types_as(DESK, &prune("2020-01-01"))
		.fails(4, "Appointments.NoCalendar");
}
