//! A patient dies, and what she marked to outlive her goes on.

use super::{
	acts::Desk,
	kin::{get, put},
	DOCTOR, REQUESTER,
};
use salus_tests::{account, text, Node, Patient};
use serde_json::{json, Value};
use std::fs;

const REPORT: &str = "haemoglobin 12.9";
const NURSE: &str = "//Bob//nurse";

/// The doctor of hospital B was given a report for longer than the patient's life, its nurses for her life: once two
/// officers have noted her death the doctor still gets the document, and the nurse a refusal.
#[tokio::test(flavor = "multi_thread")]
async fn what_she_marked_is_released_after_her_death() {
	let node = Node::start().await;
	let desk = Desk::of(&node);
	let patient = Patient::registered(&node);
	patient.assigned(DOCTOR);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let record = put(salus, id, "laboratory", REPORT);
	let terms = "--purpose treatment --category laboratory --for 10d";
	let ask = format!("consent ask --patient {id} --institution 1 {terms} --outlives");
	let request = text(&salus.types_as(REQUESTER, &ask).ok()["request"]);
	let approved = patient
		.types(&format!("consent approve --patient {id} --request {request}"))
		.ok();
	assert!(
		text(&approved["sentence"]).contains(", also after your death"),
		"{approved}"
	);
	let nurses = format!("consent grant --patient {id} --to role:nurse@1 {terms}");
	let granted = patient.types(&nurses).ok();
	assert!(!text(&granted["sentence"]).contains("death"), "{granted}");
	let marks = || {
		let listed = salus.types(&format!("consent list --patient {id}")).ok();
		let grants = listed["grants"].as_array().unwrap().clone();
		let mark = |grant: &Value| grant["terms"]["outlives"].clone();
		grants.iter().map(mark).collect::<Vec<_>>()
	};
	assert_eq!(marks(), [json!(false), json!(true), json!(false)]);

	desk.does(&format!("note-death --patient {id} --at {}", node.time().await));
	let (line, out) = get(salus, &record, "--institution 1");
	salus.types_as(REQUESTER, &line).ok();
	assert_eq!(fs::read_to_string(out).unwrap(), REPORT);
	let (line, _) = get(salus, &record, "--institution 1");
	salus.types_as(NURSE, &line).fails(3, "Expired");
	let whom = format!("--patient {id} --requester {} --institution 1", account(NURSE));
	let explained = salus.types(&format!("consent explain {whom} --record {record}")).ok();
	assert_eq!(explained["decision"], json!({ "deny": "Expired" }));
}
