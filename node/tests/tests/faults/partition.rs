//! A partitioned network: four hospitals on hosts of their own, of which two and two do not reach each other.

use super::{document, patient, vault, Final, DOCTOR};
use salus_tests::{agree, hospitals, text, until, Node, Salus, Wires};
use serde_json::{json, Value};
use std::{
	fs,
	path::Path,
	time::{SystemTime, UNIX_EPOCH},
};

/// How many more blocks come on each side while finality stands still.
const ONWARD: u64 = 3;
/// What a desk's finalised head may be behind its clock, in milliseconds.
const FRESHNESS: u64 = 60_000;

/// Waits until so many more blocks have come to a node, final or not.
async fn blocks(node: &Node, more: u64) -> u64 {
	let from = node.best().await.unwrap();
	until("blocks", || async {
		node.best().await.filter(|found| *found >= from + more)
	})
	.await
}

/// How far a node's finalised head is behind the clock, in milliseconds.
async fn behind(node: &Node) -> u64 {
	let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
	u64::try_from(now).unwrap().saturating_sub(node.time().await)
}

/// How often a node's desk released something.
async fn releases(node: &Node) -> String {
	let status = node.asked("vault_status", json!([])).await;
	text(&status["custodians"][0]["releases"])
}

fn get(record: &str, salus: &Salus, more: &str) -> String {
	format!(
		"record get {record} --institution 0 --out {} {more}",
		salus.file("read.bin")
	)
}

/// Two and two: both sides make blocks and finalise none. A permit in such a block releases nothing. A desk that is cut
/// off for longer than its freshness refuses releases and uploads. Mended, all of them finalise one chain with all that
/// was final before, and what had waited goes on by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_partitioned_network_finalises_nothing_and_a_desk_that_is_cut_off_refuses() {
	let Some(wires) = Wires::lay([2, 2]) else {
		return;
	};
	let [alice, bob, eve, ferdie] = hospitals(Some(&wires.hosts), &[]);
	let (alice, bob, eve, ferdie) = tokio::join!(alice.start(), bob.start(), eve.start(), ferdie.start());
	let all = [&alice, &bob, &eve, &ferdie];
	agree(&all, 1).await;

	let patient = patient(&alice);
	let id = patient.id.as_str();
	let content = document(20_000);
	let file = patient.salus.write("report.txt", &content);
	let put = |file: &str| format!("record put {file} --patient {id} --institution 0 --category laboratory");
	let doctor = &patient.salus;
	let record = text(&doctor.types_as(DOCTOR, &put(&file)).ok()["record"]);
	let reads = |salus: &Salus, more: &str| {
		let got = salus.types_as(DOCTOR, &get(&record, salus, more)).ok();
		let out = salus.file("read.bin");
		assert!(fs::read(&out).unwrap() == content, "the same bytes");
		fs::remove_file(&out).unwrap();
		got
	};
	let receipt = format!("--receipt {}", text(&reads(doctor, "")["receipt"]));

	// Two and two: votes under way settle, then nothing more is final while blocks come.
	wires.cut();
	blocks(&alice, 2).await;
	blocks(&eve, 2).await;
	let before = Final::of(&alice, id).await;
	let mut settled = Vec::new();
	for node in all {
		settled.push(node.finalised().await.unwrap());
	}

	// A permit that is not final; the doctor's command waits.
	let late = Salus::new(&alice);
	let mut waiting = late.starts_as(DOCTOR, &get(&record, &late, ""));
	until("the access is in a block", || async {
		let best = alice.asked("chain_getBlock", json!([])).await;
		let extrinsics = best["block"]["extrinsics"].as_array().unwrap();
		(extrinsics.len() > 1).then_some(())
	})
	.await;
	let (released, rows) = (releases(&alice).await, vault(&alice).await);

	// Longer than the desk's freshness.
	let (ours, theirs) = tokio::join!(blocks(&alice, ONWARD), blocks(&eve, ONWARD));
	until("the desk's head is old", || async {
		(behind(&alice).await > FRESHNESS).then_some(())
	})
	.await;
	for (node, settled) in all.iter().zip(&settled) {
		assert_eq!(
			node.finalised().await.unwrap(),
			*settled,
			"two of four finalise nothing"
		);
	}
	let refused = doctor.types_as(DOCTOR, &get(&record, doctor, &receipt));
	let message = refused.fails(5, "StaleChain");
	assert!(message.contains("try again"), "{message}");
	let another = doctor.write("another.txt", "another report");
	doctor.types_as(DOCTOR, &put(&another)).fails(5, "StaleChain");
	assert!(!waiting.has_ended(), "a permit that is not final releases nothing");
	for salus in [doctor, &late] {
		assert!(!Path::new(&salus.file("read.bin")).exists());
	}
	assert_eq!(releases(&alice).await, released, "nothing was released");
	assert_eq!(vault(&alice).await, rows, "nothing was taken");
	let split = json!([ours.min(theirs)]);
	assert_ne!(
		alice.asked("chain_getBlockHash", split.clone()).await,
		eve.asked("chain_getBlockHash", split).await,
		"each side has a chain of its own"
	);

	// Mended.
	wires.mend();
	let both = ours.max(theirs);
	agree(&all, both).await;
	let late_got = waiting.answer().ok();
	assert!(fs::read(late.file("read.bin")).unwrap() == content, "the same bytes");
	assert_ne!(late_got["acknowledgement"], Value::Null, "its permit became final");
	before.stands_on(&all, id).await;
	reads(doctor, &receipt);
	let record = doctor.types_as(DOCTOR, &put(&another)).ok();
	let block = record["acknowledgement"]["block"].as_u64().unwrap();
	agree(&all, block).await;
	let trail = alice.trail(id).await;
	for node in all {
		assert_eq!(node.trail(id).await, trail, "the trail is the same everywhere");
	}
}
