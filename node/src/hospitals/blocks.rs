//! `/salus/block/1`: blocks of ciphertext between hospitals' stores.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use async_trait::async_trait;
use cid::Cid;
use codec::{DecodeAll, Encode};
use salus_vault::{
	between::{BlockReply, BlockRequest, BLOCK_PROTOCOL},
	holdings::Holdings,
	store::{BlockSource, StoreError},
	unixfs::verify_block,
	Outcomes,
};
use sc_network::{service::traits::NetworkService, IfDisconnected, PeerId};

use super::{
	directory::Directory,
	pace::Pace,
	protocol::{Answer, Desk, MALFORMED, STRANGER, WRONG_BYTES},
};

/// Blocks that one node may ask for in a second: 256 MiB.
const EACH_SECOND: NonZeroU32 = match NonZeroU32::new(256) {
	Some(number) => number,
	None => NonZeroU32::MIN,
};

/// How long a busy node is left alone, at first and at last.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Answers other nodes' requests for blocks.
pub struct BlockDesk {
	holdings: Option<Arc<Holdings>>,
	directory: Arc<Directory>,
	pace: Pace<PeerId>,
	outcomes: Arc<Outcomes>,
}

/// Why another node got no block.
#[derive(Clone, Copy)]
enum Refused {
	Stranger,
	Malformed,
	Busy,
	NotFound,
	Store,
}

impl Refused {
	fn code(&self) -> &'static str {
		match self {
			Self::Stranger => "Stranger",
			Self::Malformed => "Malformed",
			Self::Busy => "Busy",
			Self::NotFound => "NotFound",
			Self::Store => "Store",
		}
	}
}

#[async_trait]
impl Desk for BlockDesk {
	async fn answer(&self, peer: PeerId, payload: Vec<u8>) -> Answer {
		let result = self.block(&peer, &payload).await;
		let reply = match self.outcomes.count(result, Refused::code) {
			Ok(bytes) => BlockReply::Block(bytes),
			Err(Refused::Stranger) => return Err(STRANGER),
			Err(Refused::Malformed) => return Err(MALFORMED),
			Err(Refused::Busy) => BlockReply::Busy,
			Err(Refused::NotFound | Refused::Store) => BlockReply::NotFound,
		};
		Ok(reply.encode())
	}
}

impl BlockDesk {
	/// Answers from this store, where this node has one.
	pub fn new(holdings: Option<Arc<Holdings>>, directory: Arc<Directory>) -> Self {
		Self {
			holdings,
			directory,
			pace: Pace::new(EACH_SECOND),
			outcomes: Arc::default(),
		}
	}

	/// What was sent to other nodes and refused to them.
	pub fn outcomes(&self) -> Arc<Outcomes> {
		Arc::clone(&self.outcomes)
	}

	async fn block(&self, peer: &PeerId, mut payload: &[u8]) -> Result<Vec<u8>, Refused> {
		if !self.directory.is_active(peer) {
			return Err(Refused::Stranger);
		}
		if !self.pace.allows(peer) {
			return Err(Refused::Busy);
		}
		let request = BlockRequest::decode_all(&mut payload).map_err(|_| Refused::Malformed)?;
		let cid = request.cid().map_err(|_| Refused::Malformed)?;
		let holdings = self.holdings.as_ref().ok_or(Refused::NotFound)?;
		holdings.store().own_block(&cid).await.map_err(|error| match error {
			StoreError::NotFound(_) => Refused::NotFound,
			error => {
				log::warn!(target: "salus", "a block was not read for another node: {error}");
				Refused::Store
			}
		})
	}
}

/// The blocks that an institution's nodes keep.
pub struct PeerBlocks {
	network: Arc<dyn NetworkService>,
	nodes: Vec<PeerId>,
	outcomes: Arc<Outcomes>,
}

/// Why a node gave no block.
enum Failed {
	NoAnswer,
	BadReply,
	WrongBytes,
	Busy,
	NotFound,
}

impl Failed {
	fn code(&self) -> &'static str {
		match self {
			Self::NoAnswer => "NoAnswer",
			Self::BadReply => "BadReply",
			Self::WrongBytes => "WrongBytes",
			Self::Busy => "Busy",
			Self::NotFound => "NotFound",
		}
	}

	fn into_error(self, cid: &Cid) -> StoreError {
		match self {
			Self::NoAnswer | Self::Busy => StoreError::Unreachable,
			Self::BadReply | Self::WrongBytes => StoreError::WrongBytes(*cid),
			Self::NotFound => StoreError::NotFound(*cid),
		}
	}
}

impl PeerBlocks {
	/// Those of these nodes.
	pub fn new(network: Arc<dyn NetworkService>, nodes: Vec<PeerId>, outcomes: Arc<Outcomes>) -> Self {
		Self {
			network,
			nodes,
			outcomes,
		}
	}

	async fn ask(&self, node: PeerId, cid: &Cid) -> Result<Vec<u8>, Failed> {
		let message = BlockRequest::new(cid).encode();
		let answer = self
			.network
			.request(node, BLOCK_PROTOCOL.into(), message, None, IfDisconnected::TryConnect)
			.await;
		let (bytes, _) = answer.map_err(|error| {
			log::debug!(target: "salus", "{node} sent no block: {error}");
			Failed::NoAnswer
		})?;
		match BlockReply::decode_all(&mut bytes.as_slice()) {
			Ok(BlockReply::Block(bytes)) if verify_block(cid, &bytes).is_ok() => Ok(bytes),
			Ok(BlockReply::Block(_)) => {
				log::warn!(target: "salus", "{node} sent other bytes than those of block {cid}");
				self.network.report_peer(node, WRONG_BYTES);
				Err(Failed::WrongBytes)
			}
			Ok(BlockReply::NotFound) => Err(Failed::NotFound),
			Ok(BlockReply::Busy) => Err(Failed::Busy),
			Err(_) => {
				self.network.report_peer(node, MALFORMED);
				Err(Failed::BadReply)
			}
		}
	}
}

#[async_trait]
impl BlockSource for PeerBlocks {
	async fn block(&self, cid: &Cid) -> Result<Vec<u8>, StoreError> {
		let mut pause = PAUSE;
		loop {
			let mut failed = Failed::NoAnswer;
			for node in &self.nodes {
				let result = self.ask(*node, cid).await;
				match self.outcomes.count(result, Failed::code) {
					Ok(bytes) => return Ok(bytes),
					// A node that is down says less than another one's answer.
					Err(Failed::NoAnswer) => {}
					Err(error) => failed = error,
				}
			}
			if !matches!(failed, Failed::Busy) || pause > LONGEST_PAUSE {
				return Err(failed.into_error(cid));
			}
			tokio::time::sleep(pause).await;
			pause = pause.saturating_mul(2);
		}
	}
}
