//! Who opens what was measured, and how one reading is proven.

use super::{
	ward::{number, Ward, VALUE},
	DOCTOR,
};
use salus_primitives::AnchorId;
use salus_tests::{account, text, Answer, Node, Salus};
use salus_vitals::{Reading, SignedReading};
use serde_json::{json, Value};
use std::{
	collections::BTreeMap,
	process::{Command, Output},
};

const VERIFY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/telemetry/verify.py");

/// The doctor of B is refused, opens the batches through his own node while she consents, and is refused again.
pub async fn is_by_consent(ward: &Ward, alice: &Node, bob: &Node) {
	let (patient, id) = (&ward.patient, ward.patient.id.as_str());
	let doctor = Salus::new(bob);
	let batches = ward.batches(alice).await.len() as u64;
	bob.follows(alice).await;
	opens(&doctor, id, "").fails(3, "NoGrant");
	alice.follows(bob).await;
	assert_eq!(
		refusals(alice, id, "NoGrant").await,
		batches,
		"she sees that he was refused"
	);
	assert_eq!(bob.metric("salus_relayed_releases_total", &[]).await, 0);

	let terms = "--purpose treatment --action view --category vitals --for 10m";
	let grant = format!("consent grant --patient {id} --to account:{} {terms}", account(DOCTOR));
	let grant = text(&patient.types(&grant).ok()["grant"]);
	bob.follows(alice).await;
	let shown = opens(&doctor, id, "").ok();
	assert_eq!(shown["gaps"], json!([]));
	let curves = curves(&shown);
	for device in ward.devices() {
		assert_eq!(curves[&device.id], device.values, "what he sees is what was measured");
	}
	assert_eq!(bob.metric("salus_relayed_releases_total", &[]).await, batches);
	assert_eq!(alice.metric("salus_peer_releases_total", &[]).await, batches);

	patient
		.types(&format!("consent revoke --patient {id} --grant {grant}"))
		.ok();
	bob.follows(alice).await;
	opens(&doctor, id, "").fails(3, "Revoked");
	let receipt = receipt(alice, id).await;
	opens(&doctor, id, &format!("--receipt {receipt}")).fails(3, "Revoked");
	alice.follows(bob).await;
	assert_eq!(refusals(alice, id, "Revoked").await, batches);
	assert_eq!(
		bob.metric("salus_relayed_releases_total", &[]).await,
		batches,
		"no key more"
	);
}

/// She proves one reading to a stranger, who is shown no other: he checks it against B's node, and without a node.
pub async fn one_reading_is_proven(ward: &Ward, alice: &Node, bob: &Node) -> (SignedReading, AnchorId) {
	let (patient, monitor) = (&ward.patient, &ward.monitor);
	let batches = ward.batches(alice).await;
	let batch = batches
		.iter()
		.find(|batch| number(&batch["binding"]) == monitor.binding && number(&batch["count"]) > 1)
		.unwrap();
	let seq = number(&batch["firstSeq"]) + 1;
	let prove = format!("vitals prove --anchor {} --seq {seq}", text(&batch["id"]));
	let proof = patient.types(&prove).ok();
	bob.follows(alice).await;
	let stranger = Salus::new(bob);
	let file = stranger.write("proof.json", proof.to_string());
	let checked = stranger.types(&format!("vitals check {file}")).ok();
	assert_eq!(checked["verified"], true);
	assert_eq!(text(&checked["patient"]), patient.id);
	let value = &monitor.values[usize::try_from(seq).unwrap()];
	assert_eq!(&text(&checked["reading"]["value"]), value);
	let said = python(&file);
	let name = format!("reading {seq} of device {}, binding {}", monitor.id, monitor.binding);
	assert!(
		said.status.success() && String::from_utf8_lossy(&said.stdout).contains(&name),
		"{said:?}"
	);

	// Of another value than was measured.
	let part = |name: &str| hex::decode(text(&proof[name])).unwrap();
	let anchored = SignedReading::decode(&[part("reading"), part("signature")].concat()).unwrap();
	let mut forged = proof.clone();
	let value = VALUE.into();
	forged["reading"] = json!(hex::encode(
		Reading {
			value,
			..anchored.reading.clone()
		}
		.encode()
	));
	let forged = stranger.write("forged.json", forged.to_string());
	stranger.types(&format!("vitals check {forged}")).fails(7, "NotInBatch");
	assert_eq!(python(&forged).status.code(), Some(1));
	(anchored, number(&batch["id"]))
}

fn opens(doctor: &Salus, patient: &str, more: &str) -> Answer {
	doctor.types_as(
		DOCTOR,
		&format!("vitals show {patient} --institution 1 --code 8867-4 {more}"),
	)
}

/// The receipt that he was permitted under.
async fn receipt(node: &Node, patient: &str) -> String {
	let trail = node.trail(patient).await;
	let permitted = trail.iter().map(|entry| &entry["kind"]);
	let mut permitted = permitted.filter(|kind| kind["type"] == "BatchAccessPermitted");
	text(&permitted.next().unwrap()["receipt"])
}

/// How many batches the doctor was refused for this reason, as her trail says.
async fn refusals(node: &Node, patient: &str, reason: &str) -> u64 {
	let trail = node.trail(patient).await;
	let is = |entry: &&Value| {
		let kind = &entry["kind"];
		kind["type"] == "BatchAccessRefused" && kind["reason"] == reason && entry["actor"] == account(DOCTOR)
	};
	trail.iter().filter(is).count() as u64
}

/// Values by device, in the order of their numbers.
fn curves(shown: &Value) -> BTreeMap<String, Vec<String>> {
	let mut curves = BTreeMap::<String, Vec<String>>::new();
	let runs = shown["curves"].as_array().unwrap().iter();
	for run in runs.flat_map(|curve| curve["runs"].as_array().unwrap()) {
		let device = text(&run["device"]).trim_start_matches("0x").to_owned();
		let points = run["points"].as_array().unwrap().iter();
		curves
			.entry(device)
			.or_default()
			.extend(points.map(|point| text(&point["value"])));
	}
	curves
}

fn python(proof: &str) -> Output {
	let python = std::env::var("SALUS_PYTHON").expect("SALUS_PYTHON is not set: source ~/.cache/salus/env");
	Command::new(python).args([VERIFY, proof]).output().unwrap()
}
