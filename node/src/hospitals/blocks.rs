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

use super::protocol::{Desk, MALFORMED, WRONG_BYTES};

/// How long a busy node is left alone, at first and at last.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// This node's own blocks; none where it has no store.
pub struct OwnBlocks(pub Option<Arc<Holdings>>);

/// Why another node got no block.
#[derive(Clone, Copy)]
pub enum NoBlock {
	NotFound,
	Store,
}

#[async_trait]
impl Desk for OwnBlocks {
	type Request = Cid;
	type Given = Vec<u8>;
	type Refusal = NoBlock;

	/// 256 MiB.
	const EACH_SECOND: NonZeroU32 = match NonZeroU32::new(256) {
		Some(number) => number,
		None => NonZeroU32::MIN,
	};

	fn read(mut payload: &[u8]) -> Option<Cid> {
		BlockRequest::decode_all(&mut payload).ok()?.cid().ok()
	}

	async fn answer(&self, cid: Cid) -> Result<Vec<u8>, NoBlock> {
		let holdings = self.0.as_ref().ok_or(NoBlock::NotFound)?;
		holdings.store().own_block(&cid).await.map_err(|error| match error {
			StoreError::NotFound(_) => NoBlock::NotFound,
			error => {
				log::warn!(target: "salus", "a block was not read for another node: {error}");
				NoBlock::Store
			}
		})
	}

	fn code(refusal: &NoBlock) -> &'static str {
		match refusal {
			NoBlock::NotFound => "NotFound",
			NoBlock::Store => "Store",
		}
	}

	fn reply(result: Result<Vec<u8>, Option<NoBlock>>) -> Vec<u8> {
		let reply = match result {
			Ok(bytes) => BlockReply::Block(bytes),
			Err(Some(_)) => BlockReply::NotFound,
			Err(None) => BlockReply::Busy,
		};
		reply.encode()
	}
}

/// The blocks that an institution's nodes keep.
pub struct PeerBlocks {
	network: Arc<dyn NetworkService>,
	nodes: Vec<PeerId>,
	outcomes: Arc<Outcomes>,
}

/// Why a node gave no block; a later one says more than an earlier one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Failed {
	NoAnswer,
	NotFound,
	Busy,
	BadReply,
	WrongBytes,
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
			let (mut failed, mut busy) = (Failed::NoAnswer, false);
			for node in &self.nodes {
				let result = self.ask(*node, cid).await;
				match self.outcomes.count(result, Failed::code) {
					Ok(bytes) => return Ok(bytes),
					Err(error) => {
						failed = failed.max(error);
						busy |= error == Failed::Busy;
					}
				}
			}
			if !busy || pause > LONGEST_PAUSE {
				return Err(failed.into_error(cid));
			}
			tokio::time::sleep(pause).await;
			pause = pause.saturating_mul(2);
		}
	}
}
