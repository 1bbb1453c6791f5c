//! Documents.

use super::{each, DOCTOR};
use salus_tests::{account, kinds, text, Node, Patient};
use serde_json::{json, Value};
use std::fs;

/// Documents are put with all that can be said of them, replaced, appended to, put again, read by their author and by the
/// patient, proven, listed by what they are, and marked as entered in error, which tells who had been permitted to read.
#[tokio::test(flavor = "multi_thread")]
async fn records_are_kept_with_all_that_is_said_of_them() {
	let node = Node::start().await;
	let patient = Patient::registered(&node);
	patient.assigned(DOCTOR);
	let (salus, id) = (&patient.salus, patient.id.as_str());
	let put = |name: &str, document: &str, said: &str| {
		let file = salus.write(name, document);
		let line = format!("record put {file} --patient {id} --institution 0 {said}");
		salus.types_as(DOCTOR, &line).ok()
	};
	let show = |record: &str| salus.types(&format!("record show {record}")).ok()["record"].clone();

	let said = "--category laboratory --recorded-at 2026-01-02T03:04:05Z --origin scanned --media pdf";
	let draft = put(
		"draft.txt",
		"sodium 141",
		&format!("{said} --preliminary --compartment 3 --purpose treatment"),
	);
	assert_eq!(node.acknowledged(&draft).await, ["Records.RecordRegistered"]);
	let first = text(&draft["record"]);
	let shown = show(&first);
	for (field, value) in [
		("recordedAt", json!(1_767_323_045_000_u64)),
		("origin", json!("Scanned")),
		("media", json!("Pdf")),
		("docStatus", json!("Preliminary")),
		("compartment", json!(3)),
		("author", json!(account(DOCTOR))),
		("cid", draft["cid"].clone()),
		("sha256", draft["sha256"].clone()),
		("size", draft["size"].clone()),
	] {
		assert_eq!(shown[field], value, "{field}");
	}

	// Another version, a note that leaves it as it is, and the note once more.
	let replaces = format!("--category laboratory --compartment 3 --relates-to replaces:{first}");
	let corrected = put("final.txt", "sodium 144", &replaces);
	let second = text(&corrected["record"]);
	let appends = format!("--category encounter --relates-to appends:{second}");
	let note = put("note.txt", "seen", &appends);
	let third = text(&note["record"]);
	assert_eq!(
		show(&first)["status"],
		json!({ "type": "Superseded", "by": corrected["record"] })
	);
	assert_eq!(show(&second)["status"], json!({ "type": "Current" }));
	assert_eq!(
		show(&third)["relatesTo"],
		json!({ "relation": "Appends", "record": corrected["record"] })
	);
	let history = salus.types(&format!("record history {third}")).ok();
	assert_eq!(
		each(&history, "records", "id"),
		[&draft["record"], &corrected["record"], &note["record"]]
	);
	let again = put("note.txt", "seen", &format!("{appends} --again"));
	assert_ne!(again["cid"], note["cid"], "the same document under another key");
	let again = text(&again["record"]);

	// The author reads it, keeps the ciphertext, and reads again on the same receipt.
	let (out, payload) = (salus.file("read.txt"), salus.file("read.payload"));
	let get = format!("record get {second} --institution 0 --out {out}");
	let got = salus.types_as(DOCTOR, &format!("{get} --keep-payload {payload}")).ok();
	assert_eq!(node.acknowledged(&got).await, ["Records.Accessed"]);
	assert_eq!(fs::read_to_string(&out).unwrap(), "sodium 144");
	assert_eq!(
		fs::metadata(&payload).unwrap().len(),
		corrected["size"].as_u64().unwrap()
	);
	assert_eq!(got["sha256"], corrected["documentSha256"]);
	let entries = node.trail(id).await.len();
	fs::remove_file(&out).unwrap();
	let receipt = text(&got["receipt"]);
	let resumed = salus.types_as(DOCTOR, &format!("{get} --receipt {receipt}")).ok();
	assert_eq!(
		(&resumed["receipt"], &resumed["acknowledgement"]),
		(&got["receipt"], &Value::Null)
	);
	assert_eq!(fs::read_to_string(&out).unwrap(), "sodium 144");
	assert_eq!(
		node.trail(id).await.len(),
		entries,
		"nothing new was asked of the chain"
	);

	// Its metadata is proven by the chain's state, and the ciphertext by the metadata.
	let verify = |payload: &str| salus.types(&format!("record verify {second} --payload {payload}"));
	let proof = verify(&payload).ok();
	assert_eq!(
		proof["hash"],
		node.asked("chain_getBlockHash", json!([proof["block"]])).await
	);
	assert_eq!((&proof["record"], &proof["payload"]), (&show(&second), &json!(true)));
	let mut bytes = fs::read(&payload).unwrap();
	bytes[5_000] ^= 1;
	verify(&salus.write("damaged.payload", bytes)).fails(7, "OtherBytes");

	// The patient's own document, which she reads as the patient, and what others wrote about her.
	let letter = salus.write("letter.txt", "I slept badly");
	let hers = patient
		.types(&format!("record put {letter} --patient {id} --category other"))
		.ok();
	assert_eq!(node.acknowledged(&hers).await, ["Records.RecordRegistered"]);
	let last = text(&hers["record"]);
	assert_eq!(
		(&show(&last)["origin"], &show(&last)["custodian"]),
		(&json!("Patient"), &json!(0))
	);
	let copy = salus.file("copy.txt");
	for (record, content) in [(&last, "I slept badly"), (&second, "sodium 144")] {
		patient.types(&format!("record get {record} --out {copy}")).ok();
		assert_eq!(fs::read_to_string(&copy).unwrap(), content);
	}

	// Lists.
	let list = |filter: &str| {
		let listed = salus.types(&format!("record list --patient {id} {filter}")).ok();
		each(&listed, "records", "id").into_iter().map(text).collect::<Vec<_>>()
	};
	assert_eq!(
		list(""),
		[&last, &again, &third, &second, &first].map(Clone::clone),
		"newest first"
	);
	assert_eq!(list("--current"), [&last, &again, &third, &second].map(Clone::clone));
	assert_eq!(list("--category laboratory"), [&second, &first].map(Clone::clone));
	assert_eq!(list("--recorded-until 2026-01-03"), std::slice::from_ref(&first));
	assert_eq!(
		list("--recorded-from 2026-01-03 --limit 1"),
		std::slice::from_ref(&last)
	);
	assert!(list("--custodian 1").is_empty());

	// Who was permitted to read, and errors, by the author and by the patient; what was replaced is current again.
	let readers = salus.types(&format!("audit readers {second}")).ok();
	let accounts = each(&readers, "readers", "account");
	assert_eq!(accounts.len(), 2, "the author and the patient: {readers}");
	assert!(accounts.contains(&&json!(account(DOCTOR))), "{readers}");
	let wrong = format!("record error {second} --reason wrong-patient --institution 0");
	let marked = salus.types_as(DOCTOR, &wrong).ok();
	assert_eq!(node.acknowledged(&marked).await, ["Records.RecordEnteredInError"]);
	assert_eq!(
		marked["readers"], readers["readers"],
		"whose copies have to be called back"
	);
	let marked = patient.types(&format!("record error {last} --reason duplicate")).ok();
	assert_eq!(node.acknowledged(&marked).await, ["Records.RecordEnteredInError"]);
	assert_eq!(
		show(&second)["status"],
		json!({ "type": "EnteredInError", "reason": "WrongPatient" })
	);
	assert_eq!(list("--current"), [&again, &third, &first].map(Clone::clone));
	let late = format!("record get {last} --out {}", salus.file("late.txt"));
	patient.types(&late).fails(3, "Unavailable");

	let shown = salus.types(&format!("audit show --patient {id} --from 5")).ok();
	let trail = node.trail(id).await;
	let numbers: Vec<_> = trail.iter().skip(4).map(|entry| &entry["seq"]).collect();
	assert_eq!(each(&shown, "entries", "seq"), numbers);
	let types = each(&shown, "entries", "kind")
		.into_iter()
		.map(|kind| kind["type"].as_str().unwrap());
	assert_eq!(types.collect::<Vec<_>>(), kinds(&trail)[4..]);
}
