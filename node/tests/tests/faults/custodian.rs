//! A custodian's node that is killed while keys and ciphertexts are asked of it.

use super::{catch, document, is_under_way, patient, Final, DOCTOR, MEBIBYTE, REQUESTER};
use salus_tests::{files, kinds, text, Answer, Fault, Node, Proxy, Salus, Stopped, Way};
use serde_json::{json, Value};
use std::{fs, path::Path};

/// More than the buffers of a connection hold.
const LARGE: usize = 24 * MEBIBYTE;
/// After how many keys and ciphertexts the node is killed while several ask.
const RELEASES: [u64; 2] = [1, 4];
const READERS: usize = 3;

/// A doctor of hospital B who reads a record.
struct Reader {
	salus: Salus,
	record: String,
}

impl Reader {
	fn new(node: &Node, record: &str) -> Self {
		let salus = Salus::new(node);
		let record = record.to_owned();
		Self { salus, record }
	}

	fn line(&self, more: &str) -> String {
		let (record, out) = (&self.record, self.out());
		format!("record get {record} --institution 1 --purpose treatment --out {out} {more}")
	}

	fn out(&self) -> String {
		self.salus.file("read.bin")
	}

	/// Whether nothing stands under the document's name, and no part of it anywhere.
	fn has_nothing(&self) -> bool {
		let kept = files(self.salus.folder());
		!Path::new(&self.out()).exists() && !kept.values().any(|bytes| contains(bytes, super::MARKER))
	}

	/// Reads it to the end; takes away what it got.
	fn reads(&self, more: &str, document: &[u8]) -> Value {
		let got = self.salus.types_as(REQUESTER, &self.line(more)).ok();
		assert!(fs::read(self.out()).unwrap() == document, "the same bytes");
		fs::remove_file(self.out()).unwrap();
		got
	}
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
	bytes.windows(what.len()).any(|window| window == what)
}

/// What a command may end in whose node was killed.
fn interrupted(answer: &Answer) {
	assert!(
		answer.code == 5 || answer.code == 9,
		"{} {}",
		answer.code,
		answer.stderr
	);
	let message = answer.error["message"].as_str().unwrap();
	assert!(!message.is_empty(), "{}", answer.stderr);
}

/// What the desk of hospital A released since its node was started, keys and ciphertexts.
async fn releases(node: &Node) -> u64 {
	let status = node.asked("vault_status", json!([])).await;
	text(&status["custodians"][0]["releases"]).parse().unwrap()
}

async fn again(stopped: Stopped, before: Final, patient: &str) -> Node {
	let node = stopped.start().await;
	before.stands_on(&[&node], patient).await;
	node
}

/// Killed amidst a download, while several ask for the key, before a permit is final, and after a consent was revoked.
#[tokio::test(flavor = "multi_thread")]
async fn a_custodian_that_is_killed_during_a_release_releases_the_same_again() {
	let node = Node::start().await;
	let patient = patient(&node);
	let id = patient.id.clone();
	let id = id.as_str();
	let content = document(LARGE);
	let file = patient.salus.write("large.bin", &content);
	let put = format!("record put {file} --patient {id} --institution 0 --category laboratory");
	let record = text(&patient.salus.types_as(DOCTOR, &put).ok()["record"]);
	let terms = "--purpose treatment --category laboratory";
	let give = format!("consent grant --patient {id} --to role:doctor@1 {terms}");
	let grant = text(&patient.types(&give).ok()["grant"]);
	let mut reader = Reader::new(&node, &record);

	// Amidst a download.
	let proxy = Proxy::to(&node.vault).await;
	reader.salus.vault_at(&proxy.url());
	proxy.set(Fault::Held(Way::Back, MEBIBYTE as u64));
	let reading = reader.salus.starts_as(REQUESTER, &reader.line(""));
	catch("a part of the ciphertext", || async {
		proxy.passed(Way::Back) > MEBIBYTE as u64 / 2
	})
	.await;
	let before = Final::of(&node, id).await;
	let stopped = node.kill();
	proxy.set(Fault::None);
	let broken = reading.answer();
	interrupted(&broken);
	assert_eq!(broken.error["name"], "Interrupted", "{}", broken.stderr);
	assert!(reader.has_nothing(), "nothing is there in clear");
	let receipt = text(&broken.error["receipt"]);
	let mut node = again(stopped, before, id).await;
	reader.salus.speak_to(&node);
	let got = reader.reads("", &content);
	assert_eq!(
		(text(&got["receipt"]), &got["acknowledgement"]),
		(receipt.clone(), &Value::Null),
		"under the same permit"
	);

	// While several ask for key and ciphertext.
	let on_receipt = format!("--receipt {receipt}");
	for few in RELEASES {
		let readers = [(); READERS].map(|()| Reader::new(&node, &record));
		let before = Final::of(&node, id).await;
		let had = releases(&node).await;
		let reading = readers
			.each_ref()
			.map(|one| one.salus.starts_as(REQUESTER, &one.line(&on_receipt)));
		catch("releases", || async { releases(&node).await >= had + few }).await;
		let stopped = node.kill();
		for (reading, reader) in reading.into_iter().zip(&readers) {
			let answer = reading.answer();
			if answer.code == 0 {
				assert!(fs::read(reader.out()).unwrap() == content, "the same bytes");
				fs::remove_file(reader.out()).unwrap();
			} else {
				interrupted(&answer);
				assert!(reader.has_nothing(), "nothing is there in clear");
			}
		}
		node = again(stopped, before, id).await;
		for mut reader in readers {
			reader.salus.speak_to(&node);
			reader.reads(&on_receipt, &content);
		}
	}

	// Before the permit is final: whether it becomes so or not, nothing was released under it, and one permit is enough.
	let entries = node.trail(id).await.len();
	let mut late = Reader::new(&node, &record);
	let before = Final::of(&node, id).await;
	let reading = late.salus.starts_as(REQUESTER, &late.line(""));
	catch("the access", || is_under_way(&node)).await;
	let stopped = node.kill();
	interrupted(&reading.answer());
	assert!(late.has_nothing(), "nothing is there in clear");
	let node = again(stopped, before, id).await;
	late.salus.speak_to(&node);
	late.reads("", &content);
	let trail = node.trail(id).await;
	let permits = kinds(&trail[entries..]);
	assert!(permits.iter().all(|kind| *kind == "AccessPermitted"), "{permits:?}");

	// Of this run of the node each key and ciphertext went out under the finalised permit of the last reading.
	assert_eq!(releases(&node).await, 2, "a key and a ciphertext");

	// What is revoked stays revoked.
	let revoke = format!("consent revoke --patient {id} --grant {grant}");
	let mut patient = patient;
	patient.salus.speak_to(&node);
	patient.types(&revoke).ok();
	let node = again_after(node, id).await;
	reader.salus.speak_to(&node);
	let refused = reader.salus.types_as(REQUESTER, &reader.line(&on_receipt));
	refused.fails(3, "Revoked");
	assert!(reader.has_nothing(), "nothing is there in clear");
	assert_eq!(releases(&node).await, 0);
}

async fn again_after(node: Node, patient: &str) -> Node {
	let before = Final::of(&node, patient).await;
	again(node.kill(), before, patient).await
}
