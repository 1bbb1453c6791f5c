//! What the chain says, asked behind the command's back.

use crate::{until, Node};
use salus_vault::hash::blake2_256;
use serde_json::{json, Value};

impl Node {
	/// An RPC that must answer.
	pub async fn asked(&self, method: &str, params: Value) -> Value {
		self.rpc(method, params.clone())
			.await
			.unwrap_or_else(|error| panic!("{method} {params}: {error:?}"))
	}

	/// The events that a command acknowledged, `Pallet.Event`. Fails unless the acknowledgement names a finalised block
	/// and the very extrinsic in it.
	pub async fn acknowledged(&self, answer: &Value) -> Vec<String> {
		let said = &answer["acknowledgement"];
		let block = said["block"]
			.as_u64()
			.unwrap_or_else(|| panic!("no acknowledgement: {answer}"));
		let hash = self.asked("chain_getBlockHash", json!([block])).await;
		assert_eq!(said["hash"], hash, "the hash of block {block}");
		assert!(self.finalised().await.unwrap() >= block, "block {block} is final");
		let found = self.asked("chain_getBlock", json!([hash])).await;
		let index = usize::try_from(said["index"].as_u64().unwrap()).unwrap();
		let extrinsic = found["block"]["extrinsics"][index].as_str().unwrap().to_owned();
		let bytes = hex::decode(extrinsic.trim_start_matches("0x")).unwrap();
		let extrinsic = format!("0x{}", hex::encode(blake2_256(&bytes)));
		assert_eq!(
			said["extrinsic"],
			json!(extrinsic),
			"extrinsic {index} of block {block}"
		);
		let events = said["events"].as_array().unwrap();
		let name = |event: &Value| {
			let word = |field: &str| event[field].as_str().unwrap().to_owned();
			format!("{}.{}", word("pallet"), word("name"))
		};
		events.iter().map(name).collect()
	}

	/// Waits until this node has finalised what the other one has finalised now.
	pub async fn follows(&self, other: &Node) {
		let number = other.finalised().await.unwrap();
		until("the other node's blocks are final here", || async {
			self.finalised().await.filter(|found| *found >= number)
		})
		.await;
	}

	/// The value of a metric, all its labels that hold these words together; 0 where there is none yet.
	pub async fn metric(&self, name: &str, labels: &[&str]) -> u64 {
		value_of(&self.metrics().await, name, labels)
	}

	/// A patient's trail, as soon as the index has all that the chain counts.
	pub async fn trail(&self, patient: &str) -> Vec<Value> {
		let patient: u64 = patient.parse().unwrap();
		until("the index has followed", || async {
			let head = self.asked("records_auditHead", json!([patient])).await;
			let page = self.asked("records_audit", json!([patient, 1, 256])).await;
			let entries = page["items"].as_array().unwrap().clone();
			(entries.len() as u64 == head["entries"].as_u64().unwrap()).then_some(entries)
		})
		.await
	}

	/// The chain's time at the finalised head, in milliseconds since the Unix epoch.
	pub async fn time(&self) -> u64 {
		let head = self.asked("chain_getFinalizedHead", json!([])).await;
		let key = format!("0x{}", hex::encode(salus::time_key()));
		let stored = self.asked("state_getStorage", json!([key, head])).await;
		let bytes = hex::decode(stored.as_str().unwrap().trim_start_matches("0x")).unwrap();
		u64::from_le_bytes(bytes.try_into().unwrap())
	}

	/// The chain's genesis hash, in hex.
	pub async fn genesis(&self) -> String {
		let hash = self.asked("chain_getBlockHash", json!([0])).await;
		hash.as_str().unwrap().to_owned()
	}
}

/// The value of a metric in what Prometheus reads.
pub(crate) fn value_of(metrics: &str, name: &str, labels: &[&str]) -> u64 {
	let lines = metrics.lines().filter(|line| {
		let rest = line.strip_prefix(name);
		rest.is_some_and(|rest| rest.starts_with(['{', ' '])) && labels.iter().all(|label| line.contains(label))
	});
	let values = lines.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap());
	values.map(|value| value as u64).sum()
}

/// What became of a record in an entry of a trail: its kind, without the ids.
pub fn kinds(trail: &[Value]) -> Vec<&str> {
	trail
		.iter()
		.map(|entry| entry["kind"]["type"].as_str().unwrap())
		.collect()
}
