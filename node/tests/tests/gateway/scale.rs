//! The scale that a saturation is read on: only a doctor of the institution chooses the second, as the chain has her.

use salus_tests::{account, Answer, Gateway, Node, Patient, Salus};
use serde_json::{json, Value};

const OFFICER: &str = "//Alice";
const NURSE: &str = "//Alice//nurse";
const DOCTOR: &str = "//Alice//doctor";
const FOREIGN: &str = "//Bob//doctor";

/// A doctor with a key of her own, whom hospital A's officer approved.
fn approved(node: &Node) -> String {
	let salus = Salus::new(node);
	let (key, doctor) = salus.key("doctor.key");
	let (application, salts) = (salus.file("application.json"), salus.file("salts.json"));
	let apply = format!("--key {key} apply --institution 0 --role doctor --licence D-1 --speciality Pneumology");
	salus
		.types(&format!("{apply} --out {application} --salts {salts}"))
		.ok();
	salus
		.types_as(OFFICER, &format!("approve {application} --salts {salts}"))
		.ok();
	doctor
}

/// Who chose which scale for the patient, one after the other.
fn chosen(gateway: &Gateway) -> Vec<(String, Value)> {
	let log = gateway.run("vitals log").ok();
	let entries = log.as_array().unwrap().iter();
	entries
		.map(|entry| (entry["by"].as_str().unwrap().to_owned(), entry["set"].clone()))
		.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_doctor_of_the_institution_chooses_the_second_scale() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let salus = &patient.salus;
	let gateway = Gateway::new(&node.genesis().await, &node.url).telemetry(&node.vault, "");
	let chooses =
		|who: &str, scale: u8| -> Answer { gateway.run(&format!("vitals scale {} {scale} --by {who}", patient.id)) };
	let is_refused = |who: &str| {
		let before = chosen(&gateway);
		for scale in [2, 1] {
			let message = chooses(who, scale).refused_as("NotADoctor");
			assert!(message.contains(who), "{message}");
		}
		assert_eq!(chosen(&gateway), before, "nothing is written");
	};
	let (_, stranger) = salus.key("stranger.key");
	for who in [account(NURSE), account(FOREIGN), account(OFFICER), stranger] {
		is_refused(&who);
	}
	assert_eq!(chosen(&gateway), []);

	let (doctor, second) = (account(DOCTOR), approved(&node));
	chooses(&doctor, 2).ok();
	chooses(&second, 1).ok();
	let hers: u64 = patient.id.parse().unwrap();
	let set = |two: bool| json!({ "what": "scale", "patient": hers, "two": two });
	let mut expected = vec![(doctor.clone(), set(true)), (second.clone(), set(false))];
	assert_eq!(chosen(&gateway), expected);

	// A credential counts or does not in the moment in which she chooses.
	let officer = |verb: &str| {
		let line = format!("credential {verb} {second} --institution 0");
		salus.types_as(OFFICER, &line).ok();
	};
	officer("suspend");
	is_refused(&second);
	officer("reinstate");
	chooses(&second, 2).ok();
	expected.push((second.clone(), set(true)));
	officer("revoke");
	is_refused(&second);
	salus.types_as(DOCTOR, "credential leave --for-ever").ok();
	is_refused(&doctor);
	assert_eq!(chosen(&gateway), expected);
}
