//! The main job: a FHIR bundle and a CT image from one hospital's doctor to another's, and back byte for byte.

use crate::{ct_image, fhir_example, text, Answer, Node, Patient, Salus};
use serde_json::Value;
use std::{fs, path::Path};

/// The main job, done: who took part in it, and what was put.
pub struct MainJob {
	/// The doctor of hospital A, with her key in `doctor.key`.
	pub doctor: Salus,
	/// The patient of hospital A.
	pub patient: Patient,
	/// The doctor of hospital B, `//Bob//doctor`, with what he got in `report.json` and `scan.dcm`, and their payloads
	/// in `report.payload` and `scan.payload`.
	pub requester: Salus,
	/// What `record put` answered for the FHIR bundle.
	pub report: Value,
	/// What `record put` answered for the CT image.
	pub scan: Value,
}

impl MainJob {
	/// The doctor's licence, which is in clear in her salt file only.
	pub const LICENCE: &str = "MCI-7041-KQX";
	/// Her speciality, likewise.
	pub const SPECIALITY: &str = "Cardiothoracic-Surgery";

	/// Does it on one node, from the doctor's application to the refusal after revocation.
	pub async fn run(node: &Node) -> Self {
		Self::between(node, node).await
	}

	/// The same between hospitals: A's people speak to A's node only, and B's doctor to B's.
	pub async fn between(node: &Node, other: &Node) -> Self {
		let (doctor, account) = Self::doctor(node);
		let patient = Patient::registered(node);
		let id = patient.id.as_str();
		let propose = format!("assign propose --patient {id} --practitioner {account}");
		doctor.types_as("//Alice//admin", &propose).ok();
		signed(&doctor, &format!("assign accept --patient {id} --institution 0"));

		// She uploads two real documents.
		let (bundle, image) = (fhir_example("Bundle-report.json"), ct_image());
		let put = |file: &Path, more: &str| {
			let file = file.display();
			signed(
				&doctor,
				&format!("record put {file} --patient {id} --institution 0 {more}"),
			)
		};
		let report = put(&bundle, "--category laboratory");
		let scan = put(&image, "--category imaging --subject 1CT1");

		// The patient shows a doctor of B her card.
		let card = patient.salus.file("card.txt");
		patient.types(&format!("patient card --patient {id} --out {card}")).ok();
		let requester = Salus::new(other);
		let shown = requester.types(&format!("patient read-card {card}")).ok();
		assert_eq!(text(&shown["patient"]), id);

		// He asks and is refused.
		other.follows(node).await;
		let (report_id, scan_id) = (text(&report["record"]), text(&scan["record"]));
		get(&requester, &report_id, "early", "").fails(3, "NoGrant");
		assert!(
			!requester.folder().join("early").exists(),
			"nothing is written on a refusal"
		);

		// He asks for consent; she narrows it and approves.
		let ask = format!("consent ask --patient {id} --institution 1 --purpose treatment --action view");
		let terms = "--category laboratory,imaging,vitals --for 30d";
		let asked = requester.types_as("//Bob//doctor", &format!("{ask} {terms}")).ok();
		node.follows(other).await;
		let approve = format!("consent approve --patient {id} --request {}", text(&asked["request"]));
		let narrowed = "--category laboratory,imaging --for 1d";
		let grant = text(&patient.types(&format!("{approve} {narrowed}")).ok()["grant"]);

		// Now the custodian releases the keys to him alone.
		other.follows(node).await;
		let mut receipt = String::new();
		for (record, original, out) in [(&scan_id, &image, "scan.dcm"), (&report_id, &bundle, "report.json")] {
			let payload = requester.folder().join(out).with_extension("payload");
			let got = get(
				&requester,
				record,
				out,
				&format!("--keep-payload {}", payload.display()),
			)
			.ok();
			receipt = text(&got["receipt"]);
			let same = fs::read(requester.folder().join(out)).unwrap() == fs::read(original).unwrap();
			assert!(same, "{out} is its original, byte for byte");
		}

		// She revokes: the next request is refused, and so is what was permitted before.
		patient
			.types(&format!("consent revoke --patient {id} --grant {grant}"))
			.ok();
		other.follows(node).await;
		get(&requester, &report_id, "late", "").fails(3, "Revoked");
		get(&requester, &report_id, "late", &format!("--receipt {receipt}")).fails(3, "Revoked");
		assert!(
			!requester.folder().join("late").exists(),
			"nothing is written on a refusal"
		);
		Self {
			doctor,
			patient,
			requester,
			report,
			scan,
		}
	}

	/// A doctor applies with her licence and an officer approves.
	fn doctor(node: &Node) -> (Salus, String) {
		let salus = Salus::new(node);
		let (_, account) = salus.key("doctor.key");
		let (application, salts) = (salus.file("application.json"), salus.file("salts.json"));
		let licence = salus.write("licence.txt", Self::LICENCE);
		let apply = format!("apply --institution 0 --role doctor --licence-file {licence} --speciality");
		let files = format!("--out {application} --salts {salts}");
		signed(&salus, &format!("{apply} {} {files}", Self::SPECIALITY));
		salus
			.types_as("//Alice", &format!("approve {application} --salts {salts}"))
			.ok();
		let credential = salus.types(&format!("credential show {account} --institution 0")).ok();
		assert_eq!(credential["active"], true, "{credential}");
		(salus, account)
	}
}

/// A command line that the doctor of A signs.
fn signed(doctor: &Salus, line: &str) -> Value {
	doctor
		.types(&format!("--key {} {line}", doctor.file("doctor.key")))
		.ok()
}

/// Has the doctor of B read a record.
fn get(requester: &Salus, record: &str, out: &str, more: &str) -> Answer {
	let out = requester.file(out);
	let get = format!("record get {record} --institution 1 --purpose treatment --out {out} {more}");
	requester.types_as("//Bob//doctor", &get)
}
