//! `--dry-run`: what would happen is told, and nothing happens.

use super::{DOCTOR, REQUESTER};
use salus_tests::{files, text, Answer, Node, Patient, Salus};
use serde_json::{json, Value};
use std::{fs, path::Path};

/// The events that a dry run foretells, as `Pallet.Name`.
fn foretold(answer: &Value) -> Vec<String> {
	assert_eq!(answer["acknowledgement"], Value::Null, "nothing was sent");
	let events = answer["dryRun"]["events"].as_array().unwrap();
	let name = |event: &Value| format!("{}.{}", text(&event["pallet"]), text(&event["name"]));
	events.iter().map(name).collect()
}

/// How a command failed: exit code, error and message, without where.
fn failed(answer: Answer) -> (i32, String, String) {
	let message = answer.error["message"].as_str().unwrap().to_owned();
	let said = message.split(" (").next().unwrap().to_owned();
	(answer.code, text(&answer.error["name"]), said)
}

/// Changes are foretold with their events and refused with the real refusals, and neither leaves anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_foretells_and_changes_nothing() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let trail = node.trail(id).await;
	let grants = || salus.types(&format!("consent list --patient {id}")).ok()["grants"].clone();
	let before = grants();

	// A grant.
	let grant =
		format!("consent grant --patient {id} --to role:doctor@1 --purpose treatment --category imaging --for 1d");
	let dry = patient.types(&format!("{grant} --dry-run")).ok();
	assert_eq!(foretold(&dry), ["Consent.Granted"]);
	assert_eq!(dry["dryRun"]["events"][0]["fields"]["patient"].to_string(), id);
	assert!(dry["dryRun"]["used"]["time"].as_u64().unwrap() > 0);
	let tried_on = dry["dryRun"]["block"].as_u64().unwrap();
	assert_eq!(
		node.asked("chain_getBlockHash", json!([tried_on])).await,
		dry["dryRun"]["hash"]
	);
	node.blocks(2).await;
	assert_eq!(grants(), before, "no such grant");
	assert_eq!(node.trail(id).await, trail);
	let granted = patient.types(&grant).ok();
	assert_eq!(node.acknowledged(&granted).await, foretold(&dry), "as it was foretold");

	// What the pallet refuses, what the pool refuses.
	for (uri, line) in [
		(REQUESTER, format!("assign accept --patient {id} --institution 0")),
		("//Mallory", format!("assign accept --patient {id} --institution 0")),
		(REQUESTER, format!("emergency close --patient {id} --case 77")),
	] {
		let dry = failed(salus.types_as(uri, &format!("--dry-run {line}")));
		assert_eq!(dry, failed(salus.types_as(uri, &line)), "{uri} {line}");
		assert_eq!(dry.0, 4, "{dry:?}");
	}

	// A case: no salt file, no case.
	let why = salus.write("why.txt", "unconscious, no relative");
	let salts = salus.file("why.salts.json");
	let open = format!(
		"emergency open --patient {id} --institution 1 --reason unconscious --justification-file {why} --salts {salts} --for 4h"
	);
	let dry = salus.types_as(REQUESTER, &format!("{open} --dry-run")).ok();
	assert_eq!(foretold(&dry), ["Consent.CaseOpened"]);
	assert!(!Path::new(&salts).exists());
	let cases = salus.types(&format!("emergency list --patient {id}")).ok();
	assert_eq!(cases["cases"], json!([]));
	fs::write(&salts, "of another case").unwrap();
	assert_eq!(
		salus.types_as(REQUESTER, &format!("{open} --dry-run")).refused(6),
		"File"
	);
	assert_eq!(fs::read_to_string(&salts).unwrap(), "of another case");
}

/// Of a document the registration and the access are tried: nothing is encrypted, uploaded, released or kept.
#[tokio::test(flavor = "multi_thread")]
async fn documents_and_registrations_are_tried_without_a_trace() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	patient.assigned(DOCTOR);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let document = salus.write("report.txt", "sodium 141");
	let data = salus.folder().join("data");
	let status = || async {
		let status = node.asked("vault_status", json!([])).await;
		let desk = &status["custodians"][0];
		let counted = |field: &str| desk[field].clone();
		(
			status["pending"].clone(),
			status["live"].clone(),
			counted("uploads"),
			counted("releases"),
		)
	};
	let (trail, vault) = (node.trail(id).await, status().await);

	let put = format!("record put {document} --patient {id} --institution 0 --category laboratory");
	let dry = salus.types_as(DOCTOR, &format!("{put} --dry-run")).ok();
	assert_eq!(foretold(&dry), ["Records.RecordRegistered"]);
	assert!(!dry["dryRun"]["unchecked"].as_array().unwrap().is_empty());
	assert!(!data.exists(), "no key is pinned, nothing is kept");
	let refused = salus.types_as(
		REQUESTER,
		&format!("--dry-run {}", put.replace("--institution 0", "--institution 1")),
	);
	refused.fails(3, "NoGrant");
	assert_eq!((node.trail(id).await, status().await), (trail, vault));

	let record = text(&salus.types_as(DOCTOR, &put).ok()["record"]);
	let (trail, vault, kept) = (node.trail(id).await, status().await, files(&data));
	salus
		.types_as(DOCTOR, &format!("{put} --dry-run"))
		.fails(8, "AlreadyRecorded");
	let again = salus.types_as(DOCTOR, &format!("{put} --again --dry-run")).ok();
	assert_eq!(foretold(&again), ["Records.RecordRegistered"]);
	let out = salus.file("out.txt");
	let get = |uri: &str, more: &str| salus.types_as(uri, &format!("record get {record} --out {out} {more} --dry-run"));
	let dry = get(DOCTOR, "--institution 0").ok();
	assert_eq!(foretold(&dry), ["Records.Accessed"]);
	get(REQUESTER, "--institution 1").fails(3, "NoGrant");
	get(DOCTOR, "--institution 0 --receipt 0").refused(2);
	assert!(!Path::new(&out).exists());
	assert_eq!((node.trail(id).await, status().await), (trail, vault));
	assert_eq!(files(&data), kept);

	// A registration, which nobody signs.
	let other = Salus::new(&node);
	let (key, _) = other.key("patient.key");
	let voucher = other.file("voucher.txt");
	let issue = format!("voucher issue --institution 0 --out {voucher}");
	other.types_as("//Alice", &format!("{issue} --dry-run")).refused(2);
	assert!(!Path::new(&voucher).exists());
	other.types_as("//Alice", &issue).ok();
	let register = format!("--key {key} patient register {voucher}");
	let dry = other.types(&format!("{register} --dry-run")).ok();
	assert!(foretold(&dry).contains(&"Roles.PatientRegistered".to_string()), "{dry}");
	let registered = other.types(&register).ok();
	assert_eq!(node.acknowledged(&registered).await, foretold(&dry));
	let used = format!("{register} --n 1");
	assert_eq!(
		failed(other.types(&format!("{used} --dry-run"))),
		failed(other.types(&used))
	);
}
