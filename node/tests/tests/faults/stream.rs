//! A stream of transactions from many accounts, and what became final of it.

use salus::{api, calls, Acknowledgement, Client, Identity, SubmissionError};
use salus_primitives::{Purpose, RecordId};
use salus_tests::{agree, Node};
use salus_vault::hash::blake2_256;
use serde_json::{json, Value};
use std::{
	collections::BTreeMap,
	sync::{
		atomic::{AtomicBool, AtomicU64, Ordering},
		Arc,
	},
};
use tokio::task::JoinSet;

/// Bytes of a remark: enough that a block of them takes its importer a while.
const REMARK: usize = 16 << 10;

/// Sends until it is told to end: each account one transaction after the other, each waited for until it is final.
pub struct Stream {
	stop: Arc<AtomicBool>,
	finals: Arc<AtomicU64>,
	late: Arc<AtomicU64>,
	accounts: JoinSet<Vec<Acknowledgement>>,
}

impl Stream {
	/// Remarks from these development accounts through a node; and from the doctor of hospital A, if there is a record, one
	/// access to it after the other.
	pub async fn begin(node: &Node, remarking: &[String], record: Option<RecordId>) -> Self {
		let mut stream = Self {
			stop: Arc::default(),
			finals: Arc::default(),
			late: Arc::default(),
			accounts: JoinSet::new(),
		};
		let client = Client::connect(&node.url).await.unwrap();
		let reading = record.map(|record| (super::DOCTOR, Some(record)));
		for (uri, record) in remarking.iter().map(|uri| (uri.as_str(), None)).chain(reading) {
			let account = Identity::development(uri).unwrap().account().clone();
			let (client, stop) = (client.clone(), stream.stop.clone());
			let (finals, late) = (stream.finals.clone(), stream.late.clone());
			stream.accounts.spawn(async move {
				let mut acknowledged = Vec::new();
				while !stop.load(Ordering::SeqCst) {
					let sent = if let Some(record) = record {
						let call = calls::access(&[record], Purpose::Treatment, Some(0));
						client.submit(&call, &account).await
					} else {
						let call = api::tx().system().remark(vec![7; REMARK]);
						client.submit(&call, &account).await
					};
					match sent {
						Ok(one) => {
							acknowledged.push(one);
							finals.fetch_add(1, Ordering::SeqCst);
						}
						// It waited in the pool until its time was over: nothing was changed, and another is sent.
						Err(SubmissionError::Invalid { name, .. }) if name.contains("ancient birth block") => {
							late.fetch_add(1, Ordering::SeqCst);
						}
						Err(error) => panic!("{error}"),
					}
				}
				acknowledged
			});
		}
		stream
	}

	/// How many are final by now.
	pub fn finals(&self) -> u64 {
		self.finals.load(Ordering::SeqCst)
	}

	/// How many waited in the pool until their time was over, and were sent again.
	pub fn late(&self) -> u64 {
		self.late.load(Ordering::SeqCst)
	}

	/// Ends it when what is under way is final.
	pub async fn end(self) -> Vec<Acknowledgement> {
		self.stop.store(true, Ordering::SeqCst);
		self.accounts.join_all().await.concat()
	}
}

/// Fails unless every one of these is in the very block, on all of these nodes.
pub async fn assert_kept(acknowledged: &[Acknowledgement], nodes: &[&Node]) {
	let mut blocks = BTreeMap::<u64, Vec<&Acknowledgement>>::new();
	for one in acknowledged {
		blocks.entry(one.block).or_default().push(one);
	}
	let last = *blocks.keys().next_back().unwrap();
	agree(nodes, last).await;
	for (number, all) in blocks {
		let hash = agree(nodes, number).await;
		for node in nodes {
			let extrinsics = extrinsics(node, &hash).await;
			for one in &all {
				assert_eq!(hash, json!(format!("{:#x}", one.hash)), "block {number}");
				let index = usize::try_from(one.index).unwrap();
				assert_eq!(
					extrinsics[index], one.extrinsic.0,
					"extrinsic {index} of block {number}"
				);
			}
		}
	}
}

/// The hashes of a block's extrinsics.
pub async fn extrinsics(node: &Node, block: &Value) -> Vec<[u8; 32]> {
	let found = node.asked("chain_getBlock", json!([block])).await;
	let extrinsics = found["block"]["extrinsics"].as_array().unwrap();
	let hash = |extrinsic: &Value| {
		let bytes = hex::decode(extrinsic.as_str().unwrap().trim_start_matches("0x")).unwrap();
		blake2_256(&bytes)
	};
	extrinsics.iter().map(hash).collect()
}
