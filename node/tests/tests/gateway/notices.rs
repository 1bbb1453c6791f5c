//! Word to patients, over a running node.

use super::{application, applied, import, is_silent, mail, tried, CONTACT, LICENCE};
use salus::words;
use salus_primitives::{DAY, MINUTE};
use salus_tests::{
	account,
	consortium::{signer, Council},
	fhir_example, text, until, Gateway, Messages, Mode, Node, Patient,
};
use serde_json::{json, Value as Json};
use std::collections::BTreeSet;
use subxt::dynamic::{self, Value};

const ASKS: &str = "Somebody asks for your consent";
const OPENED: &str = "Somebody opened a part";
const OFFERED: &str = "An appointment is offered to you";

/// Waits until so many messages to this address were taken.
async fn taken(messages: &Messages, to: &str, count: usize) -> Vec<Json> {
	let hers = || {
		let all = messages.taken().into_iter();
		all.filter(|mail| mail["to"][0] == to).collect::<Vec<_>>()
	};
	until(&format!("{count} messages to {to}"), || async {
		let hers = hers();
		(hers.len() >= count).then_some(hers)
	})
	.await
}

fn reaches(gateway: &Gateway, patient: &str, contact: &str) {
	let file = gateway.write("contact.txt", contact);
	let line = format!("patient add {patient} --contact-file {file}");
	gateway.run(&line).refused_as("NoConsent");
	gateway.run(&format!("{line} --consent")).ok();
}

/// A doctor of hospital B asks for consent.
fn asks(patient: &Patient) {
	let ask = format!("consent ask --patient {} --institution 1", patient.id);
	let terms = "--purpose treatment --action view --category laboratory --for 30d";
	patient.salus.types_as("//Bob//doctor", &format!("{ask} {terms}")).ok();
}

/// Waits until so many notices wait, or are the desk's.
async fn outbox(gateway: &Gateway, state: &str, count: u64) {
	let line = format!("salus_gateway_outbox{{channel=\"mail\",state=\"{state}\"}} {count}");
	until(&line, || async {
		gateway.metrics().await.contains(&line).then_some(())
	})
	.await;
}

/// Waits until the gateway tells of what happens from now on.
async fn follows(gateway: &Gateway) {
	until("it follows", || async {
		let metrics = gateway.metrics().await;
		metrics
			.lines()
			.any(|line| line.starts_with("salus_gateway_handled_block ") && !line.ends_with(" 0"))
			.then_some(())
	})
	.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_is_told_what_she_is_offered() {
	let node = Node::start().await;
	let genesis = node.rpc("chain_getBlockHash", json!([0])).await.unwrap();
	let (first, second) = (Patient::registered(&node), Patient::registered(&node));
	let gateway = Gateway::new(genesis.as_str().unwrap(), &node.url).registrar();
	let messages = Messages::start(gateway.folder(), Mode::Starttls);
	let mut gateway = gateway.configured(&format!("[notices]\n{}", mail(&messages, "starttls")));
	reaches(&gateway, &second.id, "jane@example.org");
	gateway.start().await;
	follows(&gateway).await;

	// The only half hour is the first patient's; she gives it up, and it is held for who waits.
	let doctor = account("//Alice//doctor");
	let day = words::show_moment(node.time().await + 2 * DAY)[..10].to_owned();
	let open =
		format!("appointment open --institution 0 --practitioner {doctor} --day {day} --hours 09:00-09:30 --every 15m");
	let opened = first.salus.types_as("//Alice//admin", &open).ok();
	let start = opened["slots"][0]["start"].as_u64().unwrap();
	let book = format!(
		"appointment book --patient {} --institution 0 --with {doctor} --start {start} --for 30m",
		first.id
	);
	let hers = text(&first.types(&book).ok()["appointment"]);
	let wait = format!(
		"appointment wait --patient {} --institution 0 --with {doctor} --for 30m --from {start} --to {}",
		second.id,
		start + 30 * MINUTE
	);
	let waiting = text(&second.types(&wait).ok()["appointment"]);
	first.types(&format!("appointment cancel {hers} --reason patient")).ok();
	let told = taken(&messages, "jane@example.org", 1).await;
	assert!(told[0]["text"].as_str().unwrap().starts_with(OFFERED), "{told:?}");

	// Whoever is killed meanwhile, what she accepts is confirmed to her, and the offer is told once: a message that comes
	// again has the same name.
	gateway.crash().await;
	second.types(&format!("appointment accept {waiting}")).ok();
	let told = until("her appointment is confirmed", || async {
		let told = taken(&messages, "jane@example.org", 1).await;
		let is_confirmed = |mail: &Json| mail["text"].as_str().unwrap().starts_with("An appointment of yours");
		told.iter().any(is_confirmed).then_some(told)
	})
	.await;
	let offers = told
		.iter()
		.filter(|mail| mail["text"].as_str().unwrap().starts_with(OFFERED));
	let names: BTreeSet<_> = offers.map(|mail| mail["id"].to_string()).collect();
	assert_eq!(names.len(), 1, "{told:?}");
	is_silent(&gateway, &["example.org"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_is_told_once_of_each_event_whoever_is_killed() {
	let node = Node::start().await;
	let genesis = node.rpc("chain_getBlockHash", json!([0])).await.unwrap();
	let (jane, john, jack) = (
		Patient::in_care(&node),
		Patient::registered(&node),
		Patient::registered(&node),
	);
	let gateway = Gateway::new(genesis.as_str().unwrap(), &node.url).registrar();
	let mut messages = Messages::start(gateway.folder(), Mode::Starttls);
	let notices = "[notices]\nattempts = 8\npause = 1\n";
	let mut gateway = gateway.configured(&format!("{notices}{}", mail(&messages, "starttls")));
	reaches(&gateway, &jane.id, "jane@example.org");
	reaches(&gateway, &john.id, "slow@example.org");
	reaches(&gateway, &jack.id, "gone@example.org");
	gateway.start().await;
	follows(&gateway).await;

	// Somebody asks; a doctor of her own hospital writes a record and opens it.
	asks(&jane);
	let told = taken(&messages, "jane@example.org", 1).await;
	assert!(told[0]["text"].as_str().unwrap().starts_with(ASKS), "{told:?}");
	let put = format!(
		"record put {} --patient {} --institution 0 --category laboratory",
		fhir_example("Bundle-report.json").display(),
		jane.id
	);
	let record = text(&jane.salus.types_as("//Alice//doctor", &put).ok()["record"]);
	let get = format!(
		"record get {record} --institution 0 --out {}",
		jane.salus.file("read.json")
	);
	jane.salus.types_as("//Alice//doctor", &get).ok();
	let told = taken(&messages, "jane@example.org", 2).await;
	assert!(told[1]["text"].as_str().unwrap().starts_with(OPENED), "{told:?}");
	for mail in &told {
		let said = mail.to_string().to_lowercase();
		assert!(
			!said.contains("laboratory") && !said.contains("doctor") && !said.contains("bundle"),
			"{said}"
		);
		assert!(mail["headers"].as_array().unwrap().contains(&json!("Auto-Submitted")));
	}

	// The gateway is killed between outbox and delivery, while the mail server is down.
	messages.stop();
	asks(&jane);
	outbox(&gateway, "waiting", 1).await;
	gateway.kill();
	messages.start_again();
	asks(&jane);
	gateway.start().await;
	let told = taken(&messages, "jane@example.org", 4).await;
	outbox(&gateway, "waiting", 0).await;

	// Killed while the server takes the message and has not said so yet: it comes again, under the same name.
	asks(&john);
	let first = taken(&messages, "slow@example.org", 1).await;
	gateway.crash().await;
	let both = taken(&messages, "slow@example.org", 2).await;
	outbox(&gateway, "waiting", 0).await;
	assert_eq!(first[0]["id"], both[1]["id"], "whoever sorts by Message-ID has it once");

	// An address that is no more: the desk is told, and nobody else learns the address.
	asks(&jack);
	outbox(&gateway, "undelivered", 1).await;
	let undelivered = gateway.run("undelivered").ok();
	let notice = &undelivered[0];
	assert_eq!(text(&notice["patient"]), jack.id);
	assert_eq!(
		(&notice["event"], &notice["error"], &notice["attempts"]),
		(&json!("asked"), &json!("Rejected 550"), &json!(1))
	);
	assert_eq!(
		gateway.run(&format!("undelivered --told {}", notice["notice"])).ok(),
		json!([])
	);

	// Two officers name the registrar, and what it found proven comes onto the chain.
	let act = Value::unnamed_variant("NameRegistrar", [Value::from_bytes(signer("//Alice//admin").id().0)]);
	let council = Council::at(&node).await;
	for (officer, call) in [("//Alice", "propose_act"), ("//Charlie", "confirm_act")] {
		let call = dynamic::tx("Roles", call, vec![Value::u128(0), act.clone()]);
		council.sends(officer, &call).await;
	}
	import(&gateway, LICENCE, CONTACT);
	let body = application(words::hash(genesis.as_str().unwrap()).unwrap(), LICENCE);
	let (case, code) = applied(&gateway, &messages, &body).await;
	assert_eq!(tried(&gateway, &case, &code).await.0, 200);
	until("the attestation is final", || async {
		let (_, case) = gateway.get(&case).await;
		assert!(
			["proven", "submitted"].contains(&case["state"].as_str().unwrap()),
			"{case}"
		);
		case["block"].is_number().then_some(())
	})
	.await;

	gateway.stop().await;
	let names: BTreeSet<_> = told.iter().map(|mail| mail["id"].to_string()).collect();
	assert_eq!((told.len(), names.len()), (4, 4), "each event once");
	gateway.start().await;
	node.blocks(2).await;
	assert_eq!(taken(&messages, "jane@example.org", 4).await.len(), 4);
	assert!(undelivered.to_string().find('@').is_none(), "{undelivered}");
	is_silent(&gateway, &["example.org", CONTACT, LICENCE, &code]).await;
}
