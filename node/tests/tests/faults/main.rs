//! Faults: processes that are killed in the midst of something, a daemon that fails, a partitioned network, floods.
//!
//! After each of them the same holds: what was final is final, with the same hash, on every node; no key was released
//! without a finalised permit; nothing is there by half; and the command that was interrupted can be repeated.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod client;
mod custodian;
mod daemon;
mod flood;
mod partition;
mod stream;
mod validator;

use salus_tests::{agree, text, Node, Patient};
use serde_json::{json, Value};
use std::{
	future::Future,
	time::{Duration, Instant},
};

const DOCTOR: &str = "//Alice//doctor";
const REQUESTER: &str = "//Bob//doctor";
const MEBIBYTE: usize = 1 << 20;
/// What holds a document's bytes and nothing else does.
const MARKER: &[u8] = b"potassium 3.9 mmol/l, sodium 141 mmol/l; ";

/// A document of about so many bytes, the same each time.
fn document(bytes: usize) -> Vec<u8> {
	MARKER.iter().copied().cycle().take(bytes).collect()
}

/// What was final at a time: it has to stay.
struct Final {
	number: u64,
	hash: Value,
	trail: Vec<Value>,
}

impl Final {
	/// The finalised head of a node, and a patient's trail.
	async fn of(node: &Node, patient: &str) -> Self {
		let trail = node.trail(patient).await;
		let number = node.finalised().await.unwrap();
		Self {
			hash: node.asked("chain_getBlockHash", json!([number])).await,
			number,
			trail,
		}
	}

	/// Waits until these nodes have finalised as much, and fails unless it is the same, entry by entry.
	async fn stands_on(&self, nodes: &[&Node], patient: &str) {
		assert_eq!(agree(nodes, self.number).await, self.hash, "block {}", self.number);
		for node in nodes {
			let trail = node.trail(patient).await;
			assert!(
				trail.starts_with(&self.trail),
				"the trail of patient {patient}: {trail:?}"
			);
		}
	}
}

/// What a node's vault has: rows that are pending and live, and bytes.
async fn vault(node: &Node) -> (u64, u64, u64) {
	let status = node.asked("vault_status", json!([])).await;
	let number = |field: &str| text(&status[field]).parse().unwrap();
	(number("pending"), number("live"), number("stored"))
}

/// The ids of a patient's records, newest first.
async fn records(node: &Node, patient: &str) -> Vec<String> {
	let id: u64 = patient.parse().unwrap();
	let list = node.asked("records_list", json!([id])).await;
	list["items"]
		.as_array()
		.unwrap()
		.iter()
		.map(|item| text(&item["id"]))
		.collect()
}

/// Has a patient registered who is assigned to the doctor of hospital A.
fn patient(node: &Node) -> Patient {
	let patient = Patient::registered(node);
	patient.assigned(DOCTOR);
	patient
}

/// Whether a transaction is on its way: in the pool, or in a block that is not older than the next.
async fn is_under_way(node: &Node) -> bool {
	let pool = node.asked("author_pendingExtrinsics", json!([])).await;
	let best = node.asked("chain_getBlock", json!([])).await;
	// Each block has its timestamp.
	let own = best["block"]["extrinsics"].as_array().unwrap().len() > 1;
	own || !pool.as_array().unwrap().is_empty()
}

/// Looks without a pause worth mentioning, to be there in the midst of something.
async fn catch<F: Future<Output = bool>>(what: &str, mut look: impl FnMut() -> F) {
	const PATIENCE: Duration = Duration::from_secs(120);
	let start = Instant::now();
	while !look().await {
		assert!(start.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
		tokio::time::sleep(Duration::from_millis(1)).await;
	}
}
