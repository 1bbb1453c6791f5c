//! Requests and replies of a protocol of ours, and who is refused before anybody reads what he asks.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::StreamExt;
use salus_runtime::{opaque::Block, Hash};
use salus_vault::Outcomes;
use sc_network::{
	config::{IncomingRequest, OutgoingResponse},
	NetworkBackend, PeerId, ReputationChange,
};

use super::{directory::Directory, pace::Pace};

/// Requests as they come in.
pub type Requests = async_channel::Receiver<IncomingRequest>;

/// Requests that wait for an answer.
const QUEUE: usize = 256;
/// Requests that are answered at a time.
const AT_ONCE: usize = 16;
/// How long the other node may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Nobody names this node: it has no business here.
const STRANGER: ReputationChange = ReputationChange::new(-(1 << 20), "not a node of any institution");
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
	/// What is asked.
	type Request: Send;
	/// What is given.
	type Given: Send;
	/// Why nothing is given.
	type Refusal: Send;
	/// How often one node may ask in a second.
	const EACH_SECOND: NonZeroU32;

	/// The request in these bytes, if there is one.
	fn read(payload: &[u8]) -> Option<Self::Request>;
	/// Answers one request.
	async fn answer(&self, request: Self::Request) -> Result<Self::Given, Self::Refusal>;
	/// A refusal's name in the metrics.
	fn code(refusal: &Self::Refusal) -> &'static str;
	/// The reply to a node; `Err(None)` where it asks too often.
	fn reply(result: Result<Self::Given, Option<Self::Refusal>>) -> Vec<u8>;
}

/// A desk behind its door.
pub struct Server<D> {
	desk: D,
	directory: Arc<Directory>,
	pace: Pace<PeerId>,
	outcomes: Arc<Outcomes>,
}

/// Why another node got nothing.
enum Refused<R> {
	Stranger,
	Malformed,
	Busy,
	Desk(R),
}

impl<D: Desk> Server<D> {
	/// Answers the nodes that active institutions name in this directory.
	pub fn new(desk: D, directory: Arc<Directory>) -> Self {
		Self {
			desk,
			directory,
			pace: Pace::new(D::EACH_SECOND),
			outcomes: Arc::default(),
		}
	}

	/// What was given to other nodes and refused to them.
	pub fn outcomes(&self) -> Arc<Outcomes> {
		Arc::clone(&self.outcomes)
	}

	/// Answers requests until the network ends.
	pub async fn serve(self, requests: Requests) {
		let server = &self;
		requests
			.for_each_concurrent(AT_ONCE, |request| async move {
				let IncomingRequest {
					peer,
					payload,
					pending_response,
				} = request;
				let (result, reputation_changes) = match server.answer(&peer, &payload).await {
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
			})
			.await;
	}

	/// A reply, or nothing and what the asker's reputation loses.
	async fn answer(&self, peer: &PeerId, payload: &[u8]) -> Result<Vec<u8>, ReputationChange> {
		let result = self.ask(peer, payload).await;
		let given = match self.outcomes.count(result, Refused::code::<D>) {
			Ok(given) => Ok(given),
			Err(Refused::Stranger) => return Err(STRANGER),
			Err(Refused::Malformed) => return Err(MALFORMED),
			Err(Refused::Busy) => Err(None),
			Err(Refused::Desk(refusal)) => Err(Some(refusal)),
		};
		Ok(D::reply(given))
	}

	async fn ask(&self, peer: &PeerId, payload: &[u8]) -> Result<D::Given, Refused<D::Refusal>> {
		if !self.directory.is_active(peer) {
			return Err(Refused::Stranger);
		}
		if !self.pace.allows(peer) {
			return Err(Refused::Busy);
		}
		let request = D::read(payload).ok_or(Refused::Malformed)?;
		self.desk.answer(request).await.map_err(Refused::Desk)
	}
}

impl<R> Refused<R> {
	fn code<D: Desk<Refusal = R>>(&self) -> &'static str {
		match self {
			Self::Stranger => "Stranger",
			Self::Malformed => "Malformed",
			Self::Busy => "Busy",
			Self::Desk(refusal) => D::code(refusal),
		}
	}
}
