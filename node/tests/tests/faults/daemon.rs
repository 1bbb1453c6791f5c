//! An IPFS daemon that is killed, down, slow, or answers with other bytes.

use super::{catch, document, patient, records, vault, DOCTOR, MEBIBYTE};
use salus_tests::{text, until, Answer, Fault, Ipfs, Node, Proxy, Salus, Way};
use serde_json::json;
use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

/// How long the node gives the daemon for one answer, in seconds: more than a busy machine's daemon takes for 24 MiB.
const TIMEOUT: u64 = 10;
/// Slow, but in time.
const SLOW: Duration = Duration::from_millis(40);
const TOO_SLOW: Duration = Duration::from_millis(TIMEOUT * 1_000 + 500);
/// More than the buffers of a connection hold.
const LARGE: usize = 24 * MEBIBYTE;
const SMALL: usize = 3 * MEBIBYTE;
const HELD: u64 = 2 * MEBIBYTE as u64;

/// A doctor's client, the patient, and the file.
struct Doctor {
	salus: Salus,
	patient: String,
}

impl Doctor {
	fn put(&self, file: &str) -> String {
		format!(
			"record put {file} --patient {} --institution 0 --category laboratory",
			self.patient
		)
	}

	fn out(&self) -> String {
		self.salus.file("read.bin")
	}

	fn get(&self, record: &str) -> String {
		format!("record get {record} --institution 0 --out {}", self.out())
	}

	/// Reads a record, which must be this document.
	fn reads(&self, record: &str, document: &[u8]) {
		self.salus.types_as(DOCTOR, &self.get(record)).ok();
		assert!(fs::read(self.out()).unwrap() == document, "the same bytes");
		fs::remove_file(self.out()).unwrap();
	}

	/// Nothing was put or got, and the command says who can help.
	fn fails(&self, answer: Answer, names: &[&str]) {
		let message = answer.error["message"].as_str().unwrap_or_default().to_owned();
		let name = answer.refused(5);
		assert!(names.contains(&name.as_str()), "{name} is none of {names:?}: {message}");
		let next = ["operator has to look at the node's log", "run the same command again"];
		assert!(next.iter().any(|next| message.contains(next)), "{message}");
		assert!(!Path::new(&self.out()).exists(), "nothing is written");
	}
}

/// Words that a command of `ipfs` prints.
fn words(ipfs: &Ipfs, args: &[&str]) -> BTreeSet<String> {
	ipfs.run(args).split_whitespace().map(str::to_owned).collect()
}

fn pins(ipfs: &Ipfs) -> BTreeSet<String> {
	words(ipfs, &["pin", "ls", "--type=recursive", "--quiet"])
}

/// Between the node and its daemon something goes wrong in every way. Each command says so and changes nothing; when the
/// daemon is well, the same command does what it was to do; and what a killed daemon kept of an upload is swept.
#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_fails_loses_nothing_and_nothing_wrong_is_taken() {
	let mut ipfs = Ipfs::start();
	let proxy = Proxy::to(&ipfs.url()).await;
	let folder = tempfile::tempdir().unwrap();
	let credentials = folder.path().join("credentials");
	fs::write(&credentials, ipfs.credentials()).unwrap();
	fs::set_permissions(&credentials, fs::Permissions::from_mode(0o600)).unwrap();
	let (url, credentials, timeout) = (proxy.url(), credentials.display().to_string(), TIMEOUT.to_string());
	let store = ["--store", "kubo", "--ipfs-api", &url, "--ipfs-auth-file", &credentials];
	let node = Node::start_with(&[&store[..], &["--ipfs-timeout", &timeout]].concat()).await;

	let patient = patient(&node);
	let id = patient.id.clone();
	let mut doctor = Doctor {
		salus: Salus::new(&node),
		patient: id.clone(),
	};
	let make = |name: &str, bytes: usize| {
		let content = document(bytes);
		(patient.salus.write(name, &content), content)
	};
	let (file, content) = make("first.bin", LARGE);
	let first = text(&doctor.salus.types_as(DOCTOR, &doctor.put(&file)).ok()["record"]);
	let mut registered = vec![first.clone()];
	let newest_first = |registered: &[String]| registered.iter().rev().cloned().collect::<Vec<_>>();

	// Down, too slow, and with other bytes on the way in or out.
	let faults = [
		("down.bin", Fault::Down, Fault::Down, "the IPFS daemon failed"),
		(
			"slow.bin",
			Fault::Slow(TOO_SLOW),
			Fault::Slow(TOO_SLOW),
			"did not answer in time",
		),
		(
			"other.bin",
			Fault::Altered(Way::Forth),
			Fault::Altered(Way::Back),
			"the daemon stored",
		),
	];
	for (index, (name, on_put, on_get, said)) in faults.into_iter().enumerate() {
		let (file, content_put) = make(name, SMALL + index);
		let (pinned, had) = (pins(&ipfs), vault(&node).await);
		let logged = node.log().len();
		proxy.set(on_put);
		doctor.fails(doctor.salus.types_as(DOCTOR, &doctor.put(&file)), &["Store"]);
		proxy.set(on_get);
		doctor.fails(
			doctor.salus.types_as(DOCTOR, &doctor.get(&first)),
			&["Store", "Interrupted"],
		);
		let log = node.log()[logged..].to_owned();
		assert!(log.contains(said), "{said}: {log}");

		proxy.set(Fault::None);
		assert_eq!(pins(&ipfs), pinned, "nothing is pinned of {name}");
		let has = vault(&node).await;
		assert_eq!((has.0, has.1), (had.0, had.1), "no row of {name}");
		assert_eq!(
			records(&node, &id).await,
			newest_first(&registered),
			"no record of {name}"
		);
		doctor.reads(&first, &content);
		let record = text(&doctor.salus.types_as(DOCTOR, &doctor.put(&file)).ok()["record"]);
		registered.push(record.clone());
		doctor.reads(&record, &content_put);
	}

	// Slow, but in time.
	proxy.set(Fault::Slow(SLOW));
	let (file, slowly) = make("slowly.bin", MEBIBYTE);
	let record = text(&doctor.salus.types_as(DOCTOR, &doctor.put(&file)).ok()["record"]);
	doctor.reads(&record, &slowly);
	registered.push(record);

	// Killed while it sends a payload.
	proxy.set(Fault::Held(Way::Back, HELD));
	let reading = doctor.salus.starts_as(DOCTOR, &doctor.get(&first));
	catch("a part of the payload", || async { proxy.passed(Way::Back) > HELD / 2 }).await;
	ipfs.kill();
	proxy.set(Fault::None);
	doctor.fails(reading.answer(), &["Interrupted", "Store"]);
	ipfs.start_again();
	proxy.lead_to(&ipfs.url());
	doctor.reads(&first, &content);

	// Killed while it takes one: what it has of it is swept, and the rows are as before.
	let (file, last) = make("last.bin", LARGE + 1);
	let (pinned, had) = (pins(&ipfs), vault(&node).await);
	let blocks = words(&ipfs, &["refs", "local"]);
	proxy.set(Fault::Held(Way::Forth, HELD));
	let putting = doctor.salus.starts_as(DOCTOR, &doctor.put(&file));
	// More than a block, so that the daemon has one.
	catch("a part of the upload", || async {
		proxy.passed(Way::Forth) > HELD / 4 * 3
	})
	.await;
	ipfs.kill();
	proxy.set(Fault::None);
	doctor.fails(putting.answer(), &["Store"]);
	ipfs.start_again();
	proxy.lead_to(&ipfs.url());
	assert_eq!(pins(&ipfs), pinned, "nothing of it is pinned");
	assert!(
		words(&ipfs, &["refs", "local"]).difference(&blocks).next().is_some(),
		"but there are blocks"
	);
	let node = node.restart().await;
	until("the blocks are swept", || async {
		let left = words(&ipfs, &["refs", "local"]);
		left.is_subset(&blocks).then_some(())
	})
	.await;
	let has = vault(&node).await;
	assert_eq!((has.0, has.1), (had.0, had.1), "no row of it");
	assert_eq!(records(&node, &id).await, newest_first(&registered), "no record of it");
	doctor.salus.speak_to(&node);
	let record = text(&doctor.salus.types_as(DOCTOR, &doctor.put(&file)).ok()["record"]);
	doctor.reads(&record, &last);
	doctor.reads(&first, &content);
	let rows = node.asked("vault_status", json!([])).await;
	assert_eq!(rows["pending"], 0, "{rows}");
}
