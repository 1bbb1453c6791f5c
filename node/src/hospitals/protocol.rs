//! Requests and replies of a protocol of ours.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::StreamExt;
use salus_runtime::{opaque::Block, Hash};
use sc_network::{
	config::{IncomingRequest, OutgoingResponse},
	NetworkBackend, PeerId, ReputationChange,
};

/// What one request is answered with: a reply, or nothing and what the asker's reputation loses.
pub type Answer = Result<Vec<u8>, ReputationChange>;
/// Requests as they come in.
pub type Requests = async_channel::Receiver<IncomingRequest>;

/// Requests that wait for an answer.
const QUEUE: usize = 256;
/// Requests that are answered at a time.
const AT_ONCE: usize = 16;
/// How long the other node may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Nobody names this node: it has no business here.
pub const STRANGER: ReputationChange = ReputationChange::new(-(1 << 20), "not a node of any institution");
/// A hospital's node that sends something else than the protocol has. Small, since the chain needs the hospital: only
/// some twenty thousand of them in a row disconnect it for a while.
pub const MALFORMED: ReputationChange = ReputationChange::new(-(1 << 16), "malformed request or reply");
/// It answered with other bytes than it was asked for.
pub const WRONG_BYTES: ReputationChange = ReputationChange::new(-(1 << 22), "wrong bytes for a block");

/// A protocol's configuration, and where its requests come out.
pub fn new<N: NetworkBackend<Block, Hash>>(
	name: &'static str,
	max_request: usize,
	max_reply: usize,
) -> (N::RequestResponseProtocolConfig, Requests) {
	let (sender, receiver) = async_channel::bounded(QUEUE);
	let len = |len: usize| u64::try_from(len).unwrap_or(u64::MAX);
	let config = N::request_response_config(
		name.into(),
		Vec::new(),
		len(max_request),
		len(max_reply),
		PATIENCE,
		Some(sender),
	);
	(config, receiver)
}

/// Who answers a protocol's requests.
#[async_trait]
pub trait Desk: Send + Sync {
	/// Answers one request.
	async fn answer(&self, peer: PeerId, payload: Vec<u8>) -> Answer;
}

/// Answers requests until the network ends.
pub async fn serve(requests: Requests, desk: impl Desk) {
	let desk = Arc::new(desk);
	requests
		.for_each_concurrent(AT_ONCE, |request| {
			let desk = Arc::clone(&desk);
			async move {
				let IncomingRequest {
					peer,
					payload,
					pending_response,
				} = request;
				let (result, reputation_changes) = match desk.answer(peer, payload).await {
					Ok(reply) => (Ok(reply), Vec::new()),
					Err(change) => (Err(()), vec![change]),
				};
				let response = OutgoingResponse {
					result,
					reputation_changes,
					sent_feedback: None,
				};
				// Whoever asked may be gone.
				pending_response.send(response).ok();
			}
		})
		.await;
}
