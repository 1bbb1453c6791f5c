//! An alert over a running node: from what a device measured and a nurse saw to whoever has it.

use super::{hook, is_silent, mail};
use salus::{alert, open_device_key, words};
use salus_primitives::{DAY, HOUR, SECOND};
use salus_tests::{account, kinds, text, until, Gateway, Messages, Mode, Node, Patient, Salus, Worn, PASSPHRASE};
use salus_vault::keystore::Strength;
use salus_vitals::{Reading, SignedReading};
use serde_json::{json, Value};
use std::path::Path;

const DESK: &str = "//Alice//admin";
const NURSE: &str = "//Alice//nurse";
const DOCTOR: &str = "//Alice//doctor";
/// Whom the ladder names as doctor; she is not on call, and on chain nobody.
const RESTING: &str = "//Alice//doctor//resting";
const KIN: &str = "kin@example.org";
const NURSES: &str = "+41791234567";
const DOCTORS: &str = "doctor@example.org";
const RESTS: &str = "resting@example.org";
/// How long the caregiver and the nurse have: the least there is.
const WITHIN: u64 = 60;
/// Breaths, saturation, systolic pressure, pulse and temperature: 2 points, one each for saturation and pressure.
const MEASURED: [(&str, &str, &str); 5] = [
	("9279-1", "16", "/min"),
	("59408-5", "94", "%"),
	("8480-6", "105", "mm[Hg]"),
	("8867-4", "70", "/min"),
	("8310-5", "37.0", "Cel"),
];

/// A device measures all of it at one time, and hands it in until it is kept.
async fn measures(device: &Worn, node: &Node, gateway: &Gateway, bearer: &str) {
	let (genesis, at) = (words::hash(&node.genesis().await).unwrap().0, node.time().await);
	let key = open_device_key(Path::new(&device.key), PASSPHRASE, Strength::Development).unwrap();
	for (seq, (code, value, unit)) in (0..).zip(MEASURED) {
		let reading = Reading {
			genesis,
			device: hex::decode(&device.id).unwrap().try_into().unwrap(),
			binding: device.binding,
			seq,
			at,
			code: code.parse().unwrap(),
			value: value.parse::<salus_vitals::Decimal>().unwrap().into(),
			unit: unit.parse().unwrap(),
			group: 0,
		};
		let signed = SignedReading::sign(reading, &key).unwrap().encode();
		until("the gateway keeps it", || async {
			let answer = gateway.hand_in(bearer, &signed).await;
			answer.starts_with("kept").then_some(())
		})
		.await;
	}
}

/// Whom the patient names as her caregiver: the account.
fn caregiver(patient: &Patient, carer: &Salus) -> String {
	let (key, account) = carer.key("carer.key");
	let out = carer.file("acceptance.json");
	let accepts = format!("--key {key} accept caregiver --patient {} --out {out}", patient.id);
	carer.types(&accepts).ok();
	patient
		.types(&format!("caregiver name {out} --patient {}", patient.id))
		.ok();
	account
}

/// Waits until so many messages were taken.
async fn taken(messages: &Messages, count: usize) -> Vec<Value> {
	until(&format!("{count} messages"), || async {
		let taken = messages.taken();
		(taken.len() >= count).then_some(taken)
	})
	.await
}

/// Waits until the gateway has counted so many of an event since it was started.
async fn counted(gateway: &Gateway, event: &str, count: u64) {
	until(&format!("{event} {count} times"), || async {
		let label = format!("\"{event}\"");
		let found = gateway.metric("salus_gateway_alerts_total", &[&label]).await;
		(found >= count).then_some(())
	})
	.await;
}

/// The alert that a message is about; of what it is about it says nothing that can be read.
fn opaque(message: &Value) -> String {
	assert_eq!(message["subject"], "An alert that waits for you");
	let said = message["text"].as_str().unwrap();
	let read = said.split("What it is about").next().unwrap().to_lowercase();
	for word in [
		"news", "score", "mmhg", "%", "consci", "confus", "patient", "urgent", "8480-6", "59408-5",
	] {
		assert!(!read.contains(word), "{word}: {said}");
	}
	let number = said.strip_prefix("Alert ").and_then(|rest| rest.split(' ').next());
	number.unwrap_or_else(|| panic!("it has no number: {said}")).to_owned()
}

/// What became of alerts, as the patient's trail says.
async fn noted(node: &Node, patient: &Patient) -> Vec<String> {
	let trail = node.trail(&patient.id).await;
	let about = kinds(&trail).into_iter().map(ToOwned::to_owned);
	about.filter(|kind| kind.starts_with("Alert")).collect()
}

/// What a device measured and what a nurse saw come to a score of 5. The caregiver is told, the nurse when she has let her time
/// pass, and then the doctor whom the roster has on call, who has it; the gateway is killed after the first, and away at the
/// first's deadline.
#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_told_to_one_after_the_other_until_somebody_has_it() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let carer = Salus::new(&node);
	let kin = caregiver(&patient, &carer);
	let monitor = patient.wears("monitor", &MEASURED.map(|(code, ..)| code));
	// It anchors nothing meanwhile, with the same account.
	let gateway = Gateway::new(&node.genesis().await, &node.url).telemetry(&node.vault, "age = 3600");
	let messages = Messages::start(gateway.folder(), Mode::Starttls);
	let mut gateway = gateway.configured(&format!(
		"[alarms]\ndevelopment_key = \"{DESK}\"\n{}\n{}",
		mail(&messages, "starttls"),
		hook(&messages)
	));
	gateway.run(&format!("telemetry codes add {}", monitor.codes)).ok();
	let bearer = text(&gateway.run(&format!("token new {}", monitor.id)).ok()["bearer"]);
	let (nurse, doctor, resting) = (account(NURSE), account(DOCTOR), account(RESTING));
	let hers = text(&salus.types_as(DOCTOR, "key hpke").ok()["hpke"]);
	for (who, contact, more) in [
		(&kin, KIN, String::new()),
		(&nurse, NURSES, String::new()),
		(&doctor, DOCTORS, format!("--hpke {hers}")),
		(&resting, RESTS, String::new()),
	] {
		let file = gateway.write("contact.txt", contact);
		let line = format!("vitals addressee add {who} --contact-file {file} {more}");
		gateway.run(&line).ok();
	}
	let enters = |gateway: &Gateway, line: &str| gateway.run(&format!("vitals {line} --by {nurse}")).ok();
	enters(&gateway, &format!("person {id} --born 1980-05-17 --pregnant no"));
	enters(&gateway, &format!("oxygen {id} air"));
	let ladder = format!("--caregiver {kin}={WITHIN}s --nurse {nurse}={WITHIN}s --doctor {resting}=1h");
	enters(&gateway, &format!("ladder --patient {id} {ladder}"));
	let now = node.time().await;
	let (from, end) = (words::show_moment(now - HOUR), words::show_moment(now + DAY));
	enters(&gateway, &format!("duty {doctor} --from {from} --until {end}"));
	gateway.start().await;

	// Nobody has looked at her yet: there is no score, and no alert.
	measures(&monitor, &node, &gateway, &bearer).await;
	until("the rules have looked at what was measured", || async {
		let judged = gateway
			.metric("salus_gateway_judged_readings_total", &["\"judged\""])
			.await;
		(judged == MEASURED.len() as u64).then_some(())
	})
	.await;
	assert_eq!(gateway.run("vitals alerts").ok(), json!([]));
	enters(&gateway, &format!("consciousness {id} confusion"));

	let told = taken(&messages, 1).await;
	assert_eq!((&told[0]["by"], &told[0]["to"]), (&json!("mail"), &json!([KIN])));
	let alert = opaque(&told[0]);
	assert!(
		alert::sealed_in(told[0]["text"].as_str().unwrap()).is_err(),
		"she has no key here"
	);
	counted(&gateway, "told", 1).await;
	assert_eq!(noted(&node, &patient).await, ["AlertRaised"]);
	let shown = || salus.types(&format!("alert show {alert}")).ok()["alert"].clone();
	let raised = shown();
	let rung = |to: &str, within: u64| json!({ "to": to, "within": within * SECOND });
	assert_eq!(
		raised["ladder"],
		json!([rung(&kin, WITHIN), rung(&nurse, WITHIN), rung(&doctor, 3_600)])
	);
	assert_eq!((&raised["to"], &raised["step"]), (&json!(kin), &json!(0)));

	// Its time is up while nobody runs the gateway.
	gateway.kill();
	let due = raised["due"].as_u64().unwrap();
	until("the caregiver has let her time pass", || async {
		(node.time().await >= due).then_some(())
	})
	.await;
	assert_eq!(shown()["state"], "Overdue");
	gateway.start().await;
	let told = taken(&messages, 2).await;
	assert_eq!((&told[1]["by"], &told[1]["to"]), (&json!("hook"), &json!(NURSES)));
	assert_eq!((&told[1]["kind"], &told[1]["what"]), (&json!("phone"), &json!("alert")));
	assert_eq!(opaque(&told[1]), alert);
	assert_eq!(noted(&node, &patient).await[..2], ["AlertRaised", "AlertEscalated"]);
	let late = format!("--key {} alert acknowledge {alert}", carer.file("carer.key"));
	carer.types(&late).fails(4, "Telemetry.NotAddressed");

	// The nurse lets hers pass too. What it says goes to the doctor, who has a key.
	let told = taken(&messages, 3).await;
	assert_eq!((&told[2]["by"], &told[2]["to"]), (&json!("mail"), &json!([DOCTORS])));
	assert_eq!(opaque(&told[2]), alert);
	let ways = ["AlertRaised", "AlertEscalated", "AlertEscalated"];
	assert_eq!(noted(&node, &patient).await, ways);
	let message = salus.write("message.txt", told[2]["text"].as_str().unwrap());
	let opened = salus
		.types_as(DOCTOR, &format!("alert show {alert} --from {message}"))
		.ok();
	let content = &opened["content"];
	assert_eq!(
		(&content["rule"], &content["severity"], &content["value"]),
		(&json!("news2"), &json!("urgent"), &json!("5"))
	);

	// She has it, and nothing more is sent, by a gateway that is started anew either.
	salus.types_as(DOCTOR, &format!("alert acknowledge {alert}")).ok();
	until("the gateway knows that she has it", || async {
		(gateway.run("vitals alerts").ok() == json!([])).then_some(())
	})
	.await;
	gateway.crash().await;
	node.blocks(3).await;
	assert_eq!(messages.taken().len(), 3);
	assert_eq!(shown()["state"], "Acknowledged");
	assert_eq!(
		noted(&node, &patient).await,
		[&ways[..], &["AlertAcknowledged"]].concat()
	);
	let names: Vec<_> = told.iter().map(|message| text(&message["id"])).collect();
	assert!(names[0] != names[1] && names[1] != names[2], "{names:?}");
	is_silent(&gateway, &[KIN, NURSES, DOCTORS, RESTS, "confusion", "8480-6"]).await;
}
