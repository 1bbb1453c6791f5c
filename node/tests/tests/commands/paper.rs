//! What a patient without a device signs on paper.

use super::{acts::Desk, each, DOCTOR, REQUESTER};
use salus_tests::{account, kinds, text, Node};
use serde_json::{json, Value};
use std::{fs, path::Path};

const ADMIN: &str = "//Alice//admin";
const OFFICER: &str = "//Charlie";
const NURSE: &str = "//Alice//nurse";
const RESULT: &str = "haemoglobin 12.9";
const SCAN: &[u8] = b"\xff\xd8 what she signed";

/// At the desk of hospital A a patient without a device signs that its nurses may read her results. The administrator
/// brings the paper and the doctor confirms it; neither is enough, nor are two who hold different papers, or one whom it
/// would open something to. She revokes at the desk as she gave, and denies.
#[tokio::test(flavor = "multi_thread")]
async fn two_witnesses_bring_what_a_patient_signed_on_paper() {
	let node = Node::start().await;
	let desk = Desk::of(&node);
	let salus = &desk.salus;
	let patient = desk.registers("her.json");
	let assign = format!("assign propose --patient {patient} --practitioner {}", account(DOCTOR));
	salus.types_as(ADMIN, &assign).ok();
	let accept = format!("assign accept --patient {patient} --institution 0");
	salus.types_as(DOCTOR, &accept).ok();
	let document = salus.write("result.txt", RESULT);
	let put = format!("record put {document} --patient {patient} --institution 0 --category laboratory");
	let record = text(&salus.types_as(DOCTOR, &put).ok()["record"]);
	let out = salus.file("out.txt");
	let reads = || {
		fs::remove_file(&out).ok();
		salus.types_as(NURSE, &format!("record get {record} --institution 0 --out {out}"))
	};
	reads().refused(3);

	let scan = salus.write("scan.jpg", SCAN);
	let proposes = |uri: &str, salts: &str, says: &str| {
		let line = format!(
			"paper propose --patient {patient} --scan-file {scan} --salts {} {says}",
			salus.file(salts)
		);
		salus.types_as(uri, &line)
	};
	let confirms = |uri: &str, salts: &str| {
		let line = format!(
			"paper confirm --patient {patient} --scan-file {scan} --salts {}",
			salus.file(salts)
		);
		salus.types_as(uri, &line)
	};
	let waits = || salus.types(&format!("paper list --patient {patient}")).ok();

	// The first witness is at the desk, and what is refused leaves no salt file.
	let grants = "grant --to role:nurse@0 --purpose treatment --category laboratory --for 10d";
	proposes(DOCTOR, "refused.json", grants).fails(4, "Consent.NotAtTheDesk");
	assert!(!Path::new(&salus.file("refused.json")).exists());
	let earlier = proposes(ADMIN, "earlier.json", "seal --compartment 3").ok();
	let proposed = proposes(ADMIN, "paper.json", grants).ok();
	assert_eq!(node.acknowledged(&proposed).await, ["Consent.PaperProposed"]);
	let sentence = text(&proposed["sentence"]);
	let wanted = format!(
		"You witness that patient {patient} signed on paper: The patient lets every nurse at institution 0 view"
	);
	assert!(sentence.starts_with(&wanted), "{sentence}");
	assert_ne!(
		earlier["scan"], proposed["scan"],
		"each commitment has a salt of its own"
	);
	let listed = waits();
	assert_eq!(each(&listed, "papers", "witness"), [&json!(account(ADMIN))]);
	assert_eq!(
		(&listed["papers"][0]["until"], &listed["papers"][0]["lapsed"]),
		(&proposed["until"], &json!(false))
	);
	reads().refused(3);

	// Not by herself, a stranger or a nurse; not another paper, patient or scan.
	confirms(ADMIN, "paper.json").fails(4, "Consent.OwnPaper");
	confirms(REQUESTER, "paper.json").fails(4, "Consent.NotAWitness");
	confirms(NURSE, "paper.json").fails(4, "Consent.WitnessGains");
	confirms(DOCTOR, "earlier.json").fails(4, "Consent.UnknownPaper");
	let other = salus.write("other.jpg", b"\xff\xd8 something else");
	let salts = salus.file("paper.json");
	let with = |patient: &str, scan: &str| {
		let line = format!("paper confirm --patient {patient} --scan-file {scan} --salts {salts}");
		salus.types_as(DOCTOR, &line)
	};
	with(&patient, &other).fails(7, "OtherScan");
	with("999", &scan).fails(7, "OtherPatient");
	assert_eq!(waits(), listed, "nothing was changed");

	let confirmed = confirms(DOCTOR, "paper.json").ok();
	assert_eq!(
		node.acknowledged(&confirmed).await,
		["Consent.PaperConfirmed", "Consent.Granted"]
	);
	let told = text(&confirmed["sentence"]);
	assert!(
		told.starts_with(&format!("You confirm what account {} brought", account(ADMIN))),
		"{told}"
	);
	assert_eq!(waits()["papers"], json!([]));
	confirms(DOCTOR, "paper.json").fails(4, "Consent.UnknownPaper");
	reads().ok();
	assert_eq!(fs::read_to_string(&out).unwrap(), RESULT);

	// She revokes at the desk, and denies: an officer brings it, and a nurse may witness what closes.
	let revokes = format!("revoke --grant {}", text(&confirmed["grant"]));
	proposes(OFFICER, "taken-back.json", &revokes).ok();
	let withdraw = format!("paper withdraw --patient {patient} --witness {}", account(OFFICER));
	salus.types_as(ADMIN, &withdraw).fails(4, "Consent.PaperWaits");
	let withdrawn = salus
		.types_as(OFFICER, &format!("paper withdraw --patient {patient}"))
		.ok();
	assert_eq!(node.acknowledged(&withdrawn).await, ["Consent.PaperWithdrawn"]);
	confirms(NURSE, "taken-back.json").fails(4, "Consent.UnknownPaper");
	proposes(OFFICER, "revoked.json", &revokes).ok();
	let revoked = confirms(NURSE, "revoked.json").ok();
	assert_eq!(
		node.acknowledged(&revoked).await,
		["Consent.PaperConfirmed", "Consent.Revoked"]
	);
	reads().fails(3, "Revoked");
	proposes(ADMIN, "denied.json", "deny --institution 1").ok();
	let denied = confirms(OFFICER, "denied.json").ok();
	let consents = salus.types(&format!("consent list --patient {patient}")).ok();
	assert_eq!(each(&consents, "denials", "id"), [&denied["denial"]]);

	let trail = node.trail(&patient).await;
	let told: Vec<_> = kinds(&trail)
		.into_iter()
		.filter(|kind| !kind.starts_with("Access") && !kind.starts_with("Record"))
		.collect();
	assert_eq!(
		told[told.len() - 6..],
		[
			"PaperWitnessed",
			"GrantGiven",
			"PaperWitnessed",
			"GrantRevoked",
			"PaperWitnessed",
			"DenialMade"
		]
	);
	let witnessed: Vec<&Value> = trail
		.iter()
		.filter(|entry| entry["kind"]["type"] == "PaperWitnessed")
		.collect();
	assert_eq!(
		(
			&witnessed[0]["actor"],
			&witnessed[0]["kind"]["with"],
			&witnessed[0]["kind"]["scan"]
		),
		(&json!(account(DOCTOR)), &json!(account(ADMIN)), &proposed["scan"])
	);
}
