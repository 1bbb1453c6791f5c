//! A client, and a custodian's node, that are killed during an upload.

use super::{catch, document, is_under_way, patient, records, vault, Final, DOCTOR, MARKER, MEBIBYTE};
use salus_tests::{files, text, until, Fault, Node, Proxy, Salus, Way};
use salus_vault::fingerprint::fingerprint;
use serde_json::Value;
use std::{
	fs,
	path::{Path, PathBuf},
};

/// More than the buffers of a connection hold.
const LARGE: usize = 24 * MEBIBYTE;
const HELD: u64 = 4 * MEBIBYTE as u64;

/// What a client keeps of its uploads, by the file's name.
fn uploads(salus: &Salus, name: &str) -> Vec<PathBuf> {
	let kept = files(&salus.folder().join("data"));
	kept.into_keys()
		.map(PathBuf::from)
		.filter(|path| path.ends_with(name) && path.components().any(|part| part.as_os_str() == "uploads"))
		.collect()
}

/// Whether nothing that a client keeps for itself holds a part of the document.
fn nothing_in_clear(salus: &Salus) -> bool {
	let kept = files(&salus.folder().join("data"));
	!kept
		.values()
		.any(|bytes| bytes.windows(MARKER.len()).any(|window| window == MARKER))
}

/// Files that the store has begun to write.
fn staged(base: &Path) -> usize {
	files(&base.join("chains/salus_dev/vault/store/staging")).len()
}

/// The client is killed while it encrypts, while it uploads, when all is uploaded, and when the registration is sent; and
/// the node while it takes an upload. The same command in the end makes one record of one ciphertext.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_killed_is_repeated_and_registered_once() {
	let node = Node::start().await;
	let patient = patient(&node);
	let id = patient.id.as_str();
	let salus = &patient.salus;
	let content = document(LARGE);
	let file = salus.write("large.bin", &content);
	let line = |file: &str| format!("record put {file} --patient {id} --institution 0 --category laboratory");
	let mut doctor = Salus::new(&node);
	let proxy = Proxy::to(&node.vault).await;
	doctor.vault_at(&proxy.url());

	// While it encrypts; nothing would get through.
	proxy.set(Fault::Held(Way::Forth, 0));
	let putting = doctor.starts_as(DOCTOR, &line(&file));
	catch("the beginning of the ciphertext", || async {
		!uploads(&doctor, "payload").is_empty()
	})
	.await;
	putting.kill();
	assert!(nothing_in_clear(&doctor));
	assert_eq!(vault(&node).await, (0, 0, 0), "nothing was sent");

	// While it uploads: the vault notices and keeps nothing.
	proxy.set(Fault::Held(Way::Forth, HELD));
	let putting = doctor.starts_as(DOCTOR, &line(&file));
	catch("a part of the upload", || async { proxy.passed(Way::Forth) > HELD / 2 }).await;
	let before = Final::of(&node, id).await;
	putting.kill();
	proxy.set(Fault::None);
	until("the vault has noticed", || async {
		let metrics = node.metrics().await;
		let broken = metrics
			.lines()
			.find(|line| line.contains("uploads_refused_total") && line.contains("\"Body\""));
		broken.is_some_and(|line| !line.ends_with(" 0")).then_some(())
	})
	.await;
	assert_eq!(vault(&node).await, (0, 0, 0), "nothing is kept");
	assert_eq!(staged(node.base()), 0, "nothing is half-written");
	before.stands_on(&[&node], id).await;
	assert!(nothing_in_clear(&doctor));
	let payload = fs::read(&uploads(&doctor, "payload")[0]).unwrap();
	let sealed = format!("0x{}", hex::encode(fingerprint(&payload).sha256));

	// When all is uploaded, and the answer on its way.
	proxy.set(Fault::Held(Way::Back, 0));
	let putting = doctor.starts_as(DOCTOR, &line(&file));
	catch("the pending row", || async { vault(&node).await.0 == 1 }).await;
	putting.kill();
	proxy.set(Fault::None);
	assert_eq!(records(&node, id).await, [""; 0], "nothing is registered");

	// When the registration is sent.
	assert!(!is_under_way(&node).await);
	let putting = doctor.starts_as(DOCTOR, &line(&file));
	catch("the registration", || is_under_way(&node)).await;
	putting.kill();
	until("the record is final, and its row live", || async {
		(vault(&node).await.1 == 1).then_some(())
	})
	.await;

	// The same command finds what was done.
	let put = doctor.types_as(DOCTOR, &line(&file)).ok();
	assert_eq!(put["acknowledgement"], Value::Null, "nothing is registered again");
	assert_eq!(
		put["sha256"], sealed,
		"the ciphertext of the first run that came to its end"
	);
	assert_eq!(records(&node, id).await, [text(&put["record"])]);
	let (pending, live, stored) = vault(&node).await;
	assert_eq!((pending, live), (0, 1));
	assert!(uploads(&doctor, "payload").is_empty(), "the client keeps nothing of it");
	doctor.types_as(DOCTOR, &line(&file)).fails(8, "AlreadyRecorded");

	// The node is killed while it takes another upload.
	let other = document(LARGE + 1);
	let another = salus.write("another.bin", &other);
	proxy.set(Fault::Held(Way::Forth, HELD));
	let putting = doctor.starts_as(DOCTOR, &line(&another));
	catch("a part of the upload", || async { staged(node.base()) > 0 }).await;
	let before = Final::of(&node, id).await;
	let stopped = node.kill();
	proxy.set(Fault::None);
	let broken = putting.answer();
	assert_eq!(broken.error["name"], "Interrupted", "{}", broken.stderr);
	assert_eq!(broken.code, 5);
	let node = stopped.start().await;
	before.stands_on(&[&node], id).await;
	assert_eq!(vault(&node).await, (0, 1, stored), "nothing is kept");
	assert_eq!(staged(node.base()), 0, "nothing is half-written");
	doctor.speak_to(&node);
	let second = doctor.types_as(DOCTOR, &line(&another)).ok();
	assert_eq!(
		records(&node, id).await,
		[text(&second["record"]), text(&put["record"])]
	);
	until("both rows are live", || async {
		(vault(&node).await.1 == 2).then_some(())
	})
	.await;

	// Both are whole.
	for (record, content) in [(&put, &content), (&second, &other)] {
		let out = doctor.file("read.bin");
		let get = format!("record get {} --institution 0 --out {out}", text(&record["record"]));
		doctor.types_as(DOCTOR, &get).ok();
		assert!(fs::read(&out).unwrap() == *content, "the same bytes");
		fs::remove_file(&out).unwrap();
	}
}
