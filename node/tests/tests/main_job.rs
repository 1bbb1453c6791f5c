//! The main job: a FHIR bundle and a CT image from one hospital's doctor to another's, and back byte for byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use salus_tests::{account, ct_image, fhir_example, Node, Patient, Salus};
use std::fs;

/// The number in an answer, however it was written.
fn number(value: &serde_json::Value) -> String {
	value.to_string().trim_matches('"').to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_goes_from_one_hospital_to_the_other_and_back_byte_for_byte() {
	let node = Node::start().await;

	// A doctor applies with her licence and an officer approves.
	let ada = Salus::new(&node);
	let key = ada.file("doctor.key");
	let doctor = number(&ada.run(&["key", "new", "--out", &key, "--label", "Dr Ada"]).ok()["account"]);
	let application = ada.file("application.json");
	let apply = [
		"--key",
		&key,
		"apply",
		"--institution",
		"0",
		"--role",
		"doctor",
		"--licence",
		"MCI-12345",
	];
	let rest = [
		"--speciality",
		"Cardiology",
		"--out",
		&application,
		"--salts",
		&ada.file("salts.json"),
	];
	ada.run(&[&apply[..], &rest[..]].concat()).ok();
	ada.run_as("//Alice", &["approve", &application]).ok();
	let credential = ada.run(&["credential", "show", &doctor, "--institution", "0"]).ok();
	assert_eq!(credential["active"], true, "{credential}");

	// A patient registers herself, and is assigned to the doctor.
	let patient = Patient::registered(&node);
	let id = patient.id.as_str();
	ada.run_as(
		"//Alice//admin",
		&["assign", "propose", "--patient", id, "--practitioner", &doctor],
	)
	.ok();
	ada.run(&["--key", &key, "assign", "accept", "--patient", id, "--institution", "0"])
		.ok();

	// The doctor uploads two real documents.
	let bundle = fhir_example("Bundle-report.json");
	let image = ct_image();
	let put = |file: &std::path::Path, category: &str, subject: &[&str]| {
		let file = file.display().to_string();
		let args = [
			"--key",
			&key,
			"record",
			"put",
			&file,
			"--patient",
			id,
			"--institution",
			"0",
			"--category",
			category,
		];
		ada.run(&[&args[..], subject].concat()).ok()
	};
	let report = put(&bundle, "laboratory", &[]);
	let scan = put(&image, "imaging", &["--subject", "1CT1"]);

	// She shows a doctor of B her card.
	let card = patient.salus.file("card.txt");
	patient
		.signs(&["patient", "card", "--patient", id, "--out", &card])
		.ok();
	let bob = Salus::new(&node);
	let shown = bob.run(&["patient", "read-card", &card]).ok();
	assert_eq!(number(&shown["patient"]), id);

	// He asks and is refused; the refusal is on the trail.
	let get = |record: &str, out: &str| {
		let out = bob.file(out);
		let args = [
			"record",
			"get",
			record,
			"--institution",
			"1",
			"--purpose",
			"treatment",
			"--out",
			&out,
		];
		bob.run_as("//Bob//doctor", &args)
	};
	let (report_id, scan_id) = (number(&report["record"]), number(&scan["record"]));
	get(&report_id, "early.json").refused(3);
	assert!(
		!bob.folder().join("early.json").exists(),
		"nothing is written on a refusal"
	);

	// He asks for consent; she narrows it and approves.
	let ask = [
		"consent",
		"ask",
		"--patient",
		id,
		"--institution",
		"1",
		"--purpose",
		"treatment",
	];
	let terms = [
		"--category",
		"laboratory,imaging,vitals",
		"--action",
		"view",
		"--for",
		"30d",
	];
	let request = number(&bob.run_as("//Bob//doctor", &[&ask[..], &terms[..]].concat()).ok()["request"]);
	let narrowed = ["--category", "laboratory,imaging", "--for", "1d"];
	let approve = ["consent", "approve", "--patient", id, "--request", &request];
	let grant = number(&patient.signs(&[&approve[..], &narrowed[..]].concat()).ok()["grant"]);

	// Now the custodian releases the key to him alone.
	for (record, original, out) in [(&report_id, &bundle, "report.json"), (&scan_id, &image, "scan.dcm")] {
		get(record, out).ok();
		assert_eq!(
			fs::read(bob.folder().join(out)).unwrap(),
			fs::read(original).unwrap(),
			"byte for byte"
		);
	}

	// She revokes: the next request is refused.
	patient
		.signs(&["consent", "revoke", "--patient", id, "--grant", &grant])
		.ok();
	get(&report_id, "late.json").refused(3);

	// Her trail is complete.
	let proof = patient.salus.run(&["audit", "verify", "--patient", id]).ok();
	let trail = node
		.rpc("records_audit", serde_json::json!([id.parse::<u64>().unwrap(), 1, 256]))
		.await
		.unwrap();
	assert_eq!(
		proof["entries"].as_u64().unwrap(),
		trail["items"].as_array().unwrap().len() as u64
	);
	let kinds = trail["items"].to_string();
	for kind in [
		"PatientRegistered",
		"RecordRegistered",
		"AccessRefused",
		"RequestApproved",
		"AccessPermitted",
		"GrantRevoked",
	] {
		assert!(
			kinds.to_lowercase().contains(&kind.to_lowercase()),
			"{kind} is on the trail: {kinds}"
		);
	}
	assert!(kinds.contains(&account("//Bob//doctor")), "who did it is on the trail");
}
