//! A node that no institution names.

use std::sync::Arc;

use salus_tests::{node_key, Node, Peer, Protocol, Slot};

/// A stranger gets no slot and no answer, and loses its connection when it insists; a hospital's second node gets both.
pub async fn get_no_slot_and_no_answer(node: &Node) {
	let silent: salus_tests::Answers = Arc::new(|_, _| None);
	let stranger = Peer::connected(node_key("nobody"), node, silent.clone()).await;
	assert_eq!(stranger.slot().await, Slot::Refused);
	for protocol in [Protocol::Release, Protocol::Block] {
		assert!(stranger.ask(protocol, vec![0; 40]).await.is_err(), "{protocol:?}");
	}
	let refused = ["error=\"Stranger\""];
	assert_eq!(node.metric("salus_peer_releases_refused_total", &refused).await, 1);
	assert_eq!(node.metric("salus_peer_blocks_refused_total", &refused).await, 1);

	let named = Peer::connected(node_key("ferdie-2"), node, silent).await;
	assert_eq!(named.slot().await, Slot::Opened);
	let unknown = salus_vault::unixfs::cid_of_bytes(b"unknown").unwrap();
	let request = codec::Encode::encode(&salus_vault::between::BlockRequest::new(&unknown));
	assert_eq!(named.ask(Protocol::Block, request).await.unwrap(), [1], "not found");
}
