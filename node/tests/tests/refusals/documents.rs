//! Documents that are not taken.

use super::{refused, DOCTOR, REQUESTER};
use salus::{Actor, Client, Identity};
use salus_primitives::Purpose;
use salus_tests::{account, text, Node, Patient, World};
use serde_json::json;
use std::path::Path;

/// A document that is missing, empty, malformed, somebody else's, put before, too large, related to another patient's, or
/// put by whom the chain does not let, is not registered; nothing of it reaches the vault or stays on the client's disk.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_may_not_be_put_is_not_registered() {
	// Room for two payloads of the smallest size, 16,504 bytes.
	let node = Node::start_with(&["--vault-limit", "40KiB"]).await;
	let patient = Patient::registered(&node);
	patient.assigned(DOCTOR);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let put = |uri: &str, institution: &str, line: &str| {
		let to = format!("--patient {id} --institution {institution} --category laboratory");
		salus.types_as(uri, &format!("record put {line} {to}"))
	};
	let bundle = |name: &str, subjects: &[&str]| {
		let entry = |subject: &&str| {
			let subject = json!({ "reference": subject });
			json!({ "resource": { "resourceType": "Observation", "subject": subject } })
		};
		let entries: Vec<_> = subjects.iter().map(entry).collect();
		salus.write(name, json!({ "resourceType": "Bundle", "entry": entries }).to_string())
	};
	let hers = bundle("hers.json", &["Patient/eve"]);
	let first = text(&put(DOCTOR, "0", &hers).ok()["record"]);
	let other = Patient::registered(&node);
	let letter = other.salus.write("letter.txt", "my own words");
	let own = format!("record put {letter} --patient {} --category laboratory", other.id);
	let foreign = text(&other.types(&own).ok()["record"]);
	let before = World::of(&node, id, salus).await;

	// By what the file is.
	let file = |line: &str, code: i32, name: &str, next: &str| refused(put(DOCTOR, "0", line), code, name, next);
	file(&salus.file("none.json"), 6, "File", "check the path");
	file(&salus.write("empty.txt", ""), 6, "Empty", "is empty; name the document");
	let folder = salus.folder().display();
	file(
		&format!("{folder} --media opaque"),
		6,
		"Folder",
		"is a folder; name one document",
	);
	let half = salus.write("half.json", "{\"resourceType\":");
	file(&half, 6, "Unreadable", "name what it is with --media");
	let two = bundle("two.json", &["Patient/eve", "Patient/adam"]);
	file(&two, 8, "Several", "split it, or confirm the right one with --subject");
	file(
		&format!("{two} --subject Patient/abel"),
		8,
		"NotNamed",
		"check the file",
	);
	let adams = bundle("adams.json", &["Patient/adam"]);
	file(&adams, 8, "Other", "check the patient, or confirm with --subject");
	file(&hers, 8, "AlreadyRecorded", "confirm with --again");
	let large = salus.write("large.bin", [1; 100_000]);
	file(&large, 5, "TooLarge", "this node takes 40960");
	let note = salus.write("note.txt", "a note");
	file(
		&format!("{note} --relates-to replaces:{foreign}"),
		4,
		"Records.ForeignRelation",
		"is another patient's",
	);
	file(
		&format!("{note} --relates-to appends:404"),
		4,
		"Records.UnknownRecord",
		"No record has this id",
	);
	file(
		&format!("{note} --recorded-at 2100-01-01"),
		4,
		"Records.RecordedInFuture",
		"check the clock",
	);
	let nonsense = format!("record put {note} --patient {id} --institution 0 --category nonsense");
	refused(
		salus.types_as(DOCTOR, &nonsense),
		2,
		"ValueValidation",
		"use one of summary, allergy",
	);
	assert_eq!(World::of(&node, id, salus).await, before);

	// By who puts it.
	refused(put(REQUESTER, "1", &note), 3, "NoGrant", "salus consent ask");
	refused(
		put("//Alice//admin", "0", &note),
		3,
		"RoleForbids",
		"your role may never do this",
	);
	refused(
		put(DOCTOR, "1", &note),
		3,
		"Unknown",
		"name the institution you work for",
	);
	let doctor = account(DOCTOR);
	salus
		.types_as("//Alice", &format!("credential suspend {doctor} --institution 0"))
		.ok();
	refused(put(DOCTOR, "0", &note), 3, "Inactive", "see salus credential show");
	assert_eq!(World::of(&node, id, salus).await, before);
	let out = salus.file("out");
	let get = format!("record get {first} --institution 0 --out {out}");
	refused(salus.types_as(DOCTOR, &get), 3, "Inactive", "see salus credential show");
	assert!(!Path::new(&out).exists());
	let refusal = node.trail(id).await.pop().unwrap();
	assert_eq!(
		refusal["kind"]["type"], "AccessRefused",
		"a refused reading is on the trail: {refusal}"
	);
	salus
		.types_as("//Alice", &format!("credential reinstate {doctor} --institution 0"))
		.ok();

	// By what the vault has room for: the store is full of the two documents.
	let before = World::of(&node, id, salus).await;
	refused(
		put(DOCTOR, "0", &note),
		5,
		"DiskLimit",
		"its operator has to raise the vault's limit",
	);
	let after = World::of(&node, id, salus).await;
	assert_eq!(
		(&after.head, &after.hers, &after.rows),
		(&before.head, &before.hers, &before.rows)
	);
	assert_eq!(after.stored, before.stored);

	// Records of two patients in one access, as a program asks for them; the command names one record.
	let client = Client::connect(&node.url).await.unwrap();
	let actor = Actor {
		account: Identity::development(DOCTOR).unwrap().account().clone(),
		institution: Some(0),
	};
	let both = [first.parse().unwrap(), foreign.parse().unwrap()];
	let error = client.access(&both, Purpose::Treatment, &actor).await.unwrap_err();
	assert_eq!((error.name().as_str(), error.exit_code()), ("Records.MixedPatients", 4));
	assert!(error.to_string().contains("make one call for each"), "{error}");
	let explain = format!("consent explain --patient {id} --record {foreign} --requester {doctor}");
	let belongs = format!("record {foreign} belongs to patient {}", other.id);
	refused(salus.types(&explain), 2, "Usage", &belongs);
	assert_eq!(World::of(&node, id, salus).await, after);
}
