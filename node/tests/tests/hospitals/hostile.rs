//! A node that a hospital names, in hostile hands.

use std::sync::{Arc, Mutex};

use codec::{DecodeAll, Encode};
use salus_tests::{node_key, Answers, Node, Peer, Protocol};
use salus_vault::{
	between::{BlockReply, BlockRequest},
	wrap::HpkeSecret,
};
use serde_json::{json, Value};

use crate::releases::{signed, Permitted};

/// So many malformed requests are sent to each protocol.
const MALFORMED: usize = 10_000;
/// So many at a time.
const AT_ONCE: usize = 64;
const REQUESTER: &str = "//Bob//doctor";

/// What a node holds.
async fn held(node: &Node) -> Value {
	let status = node.asked("vault_status", json!([])).await;
	json!([
		status["stored"],
		status["pending"],
		status["live"],
		status["custodians"][0]["releases"]
	])
}

/// Malformed requests are refused and counted, nothing changes, blocks keep coming and others are served.
pub async fn requests_change_nothing(alice: &Node, bob: &Node) {
	let peer = Peer::connected(node_key("eve-2"), alice, Arc::new(|_, _| None)).await;
	let before = held(alice).await;
	for (protocol, metric) in [
		(Protocol::Release, "salus_peer_releases_refused_total"),
		(Protocol::Block, "salus_peer_blocks_refused_total"),
	] {
		let counted = alice.metric(metric, &[]).await;
		let mut sent = 0;
		let mut answered = 0;
		while sent < MALFORMED {
			let requests = (sent..(sent + AT_ONCE).min(MALFORMED)).map(|number| {
				let length = number % 60 + 1;
				let filler = number.to_le_bytes()[0] | 1;
				peer.ask(protocol, vec![filler; length])
			});
			let replies = futures::future::join_all(requests).await;
			sent += replies.len();
			// A reply says that the node is busy, and nothing else.
			for reply in replies.into_iter().flatten() {
				answered += 1;
				assert!(reply == [2] || reply == [3], "{protocol:?}: {reply:?}");
			}
		}
		let refused = alice.metric(metric, &[]).await - counted;
		assert_eq!(refused, MALFORMED as u64, "{protocol:?}: {answered} were answered");
	}
	assert_eq!(held(alice).await, before);
	alice.blocks(1).await;
	let permitted = Permitted::new(alice, bob).await;
	let doctor = salus_tests::Salus::new(bob);
	let out = doctor.file("note.txt");
	let get = format!(
		"record get {} --institution 1 --purpose treatment --out {out}",
		permitted.record
	);
	doctor.types_as(REQUESTER, &get).ok();
}

/// The custodian's own node is down, and another one that it names answers with wrong blocks, none, or no reply at all.
pub async fn node_s_blocks_are_not_taken(nodes: [Node; 4]) {
	let [alice, bob, eve, ferdie] = nodes;
	let permitted = Permitted::new(&alice, &bob).await;
	let alice = alice.stop().await;
	let hostile: [(Option<Vec<u8>>, &str, u16); 4] = [
		(
			Some(BlockReply::Block(b"other bytes".to_vec()).encode()),
			"WrongBytes",
			502,
		),
		(Some(BlockReply::NotFound.encode()), "NotFound", 404),
		(Some(vec![0xff; 100]), "BadReply", 502),
		(None, "NoAnswer", 502),
	];
	let says = Arc::new(Mutex::new(None));
	let said = says.clone();
	let answers: Answers = Arc::new(move |protocol, request| {
		assert_eq!(protocol, Protocol::Block);
		let request = BlockRequest::decode_all(&mut request.as_slice()).unwrap();
		request.cid().unwrap();
		said.lock().unwrap().clone()
	});
	let _peer = Peer::connected(node_key("alice-2"), &bob, answers).await;
	for (reply, counted, status) in hostile {
		*says.lock().unwrap() = reply;
		let label = format!("error=\"{counted}\"");
		let label = [label.as_str()];
		let name = "salus_fetched_blocks_refused_total";
		let before = bob.metric(name, &label).await;
		let request = permitted
			.request(&bob, REQUESTER, &HpkeSecret::generate().unwrap())
			.await;
		let found = bob.download(&permitted.cid, &signed(request, REQUESTER)).await;
		assert_eq!(found, status, "{counted}");
		assert!(bob.metric(name, &label).await > before, "{counted} is counted");
	}

	// With the hospital's own node back, the document comes.
	let alice = alice.start().await;
	for node in [&alice, &bob, &eve, &ferdie] {
		node.blocks(1).await;
	}
	let doctor = salus_tests::Salus::new(&bob);
	let out = doctor.file("note.txt");
	let get = format!(
		"record get {} --institution 1 --purpose treatment --out {out}",
		permitted.record
	);
	doctor.types_as(REQUESTER, &get).ok();
	assert_eq!(std::fs::read_to_string(out).unwrap(), "a note");
}
