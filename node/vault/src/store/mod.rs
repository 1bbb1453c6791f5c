//! Where payloads rest: one trait, two stores with equal CIDs for equal bytes.

mod embedded;
mod kubo;
mod walk;

use std::{ops::Range, pin::Pin, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::Stream;
use tokio::io::{AsyncRead, AsyncReadExt};

pub use embedded::Embedded;
pub use kubo::Kubo;
pub use walk::BlockSource;

use crate::unixfs::{verify_block, DagError, CHUNK_LEN};

/// Why a store refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
	/// Neither the store nor a peer it reached has this block.
	#[error("the store has no block {0}; fetch the payload from another custodian")]
	NotFound(Cid),
	/// A block's bytes are not its CID's.
	#[error("the store returned wrong bytes for block {0}; store the payload again")]
	WrongBytes(Cid),
	/// The CID names no payload that this program could have stored.
	#[error("{cid} is no payload: {reason}; check the record's CID")]
	NotAPayload {
		/// The block.
		cid: Cid,
		/// What is wrong with it.
		reason: DagError,
	},
	/// The daemon computed another CID than we did.
	#[error("the daemon stored {ours} as {theirs}; check its version")]
	CidMismatch {
		/// What we computed.
		ours: Cid,
		/// What the daemon said.
		theirs: String,
	},
	/// The range reaches beyond the payload.
	#[error("the range reaches beyond the payload of {0} bytes; ask for less")]
	OutOfRange(u64),
	/// No node that keeps the payload answered.
	#[error("no node of the payload's custodian answered; try again when it is back")]
	Unreachable,
	/// The daemon did not answer in time.
	#[error("the IPFS daemon did not answer in time; check that it runs and is reachable")]
	Deadline,
	/// The daemon cannot be reached or answered with an error.
	#[error("the IPFS daemon failed: {0}; check that it runs, its log, and its API.Authorizations")]
	Daemon(String),
	/// The daemon's address is not one that can be used.
	#[error("{0:?} is no address of an IPFS daemon; give one like http://127.0.0.1:5001")]
	BadEndpoint(String),
	/// The daemon's address is another machine's.
	#[error(
		"{0:?} is not on this machine, and whoever reaches a daemon's RPC rules it; give an address on loopback, and \
		 reach a daemon elsewhere through a tunnel"
	)]
	NotLoopback(String),
	/// Nothing can be collected while payloads are being stored.
	#[error("payloads are being stored, so that nothing can be collected now; try again later")]
	Busy,
	/// The disk, or the source of the bytes, failed.
	#[error("input or output failed: {0}; check the disk and the connection")]
	Io(#[from] std::io::Error),
}

/// The bytes of a payload or of a range of it; each piece was verified against its CID.
pub type PayloadStream = Pin<Box<dyn Stream<Item = Result<Bytes, StoreError>> + Send>>;

/// What a store knows of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadStat {
	/// Bytes of the payload.
	pub size: u64,
	/// Whether the store keeps it.
	pub pinned: bool,
}

/// What a collection freed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
	/// Blocks deleted.
	pub blocks: u64,
	/// Branches of pinned payloads that cannot be read. What they need is not known, so that nothing is deleted as long
	/// as there are any.
	pub unreadable: u64,
}

/// A store of payloads.
#[async_trait]
pub trait PayloadStore: Send + Sync {
	/// Stores the source's bytes and pins them. When this returns they are on the disk; when it fails, or is dropped
	/// half-way, nothing is pinned and what was written is left to [`collect`](Self::collect) at most.
	async fn put(&self, source: &mut (dyn AsyncRead + Send + Unpin)) -> Result<Cid, StoreError>;

	/// The payload's bytes, or those of a range, as a stream. The root is verified before this returns.
	async fn get(&self, cid: &Cid, range: Option<Range<u64>>) -> Result<PayloadStream, StoreError>;

	/// One block from this store's own disk, verified; no peer is asked for it.
	async fn own_block(&self, cid: &Cid) -> Result<Vec<u8>, StoreError>;

	/// Keeps a payload that is there or can be fetched. Pinning twice is pinning once.
	async fn pin(&self, cid: &Cid) -> Result<(), StoreError>;

	/// Keeps it no longer. Unpinning what is not pinned changes nothing.
	async fn unpin(&self, cid: &Cid) -> Result<(), StoreError>;

	/// Whether it is kept, by this store's own records alone.
	async fn is_pinned(&self, cid: &Cid) -> Result<bool, StoreError>;

	/// Size and pin of a payload whose root is in the store.
	async fn stat(&self, cid: &Cid) -> Result<PayloadStat, StoreError>;

	/// Peers that the store is connected to.
	async fn peers(&self) -> Result<Vec<String>, StoreError>;

	/// Bytes on the disk.
	async fn usage(&self) -> Result<u64, StoreError>;

	/// Bytes that are free on the disk; `None` where the store does not know.
	async fn free(&self) -> Result<Option<u64>, StoreError>;

	/// Deletes the blocks that no pin needs; those of a payload that is being put stay. A store that cannot do it while
	/// payloads are being put refuses with `Busy`.
	async fn collect(&self) -> Result<Collected, StoreError>;
}

/// The bytes of a payload, or those of a range of it, whose blocks come from anywhere: each is verified against its CID
/// before it is passed on. The root is verified before this returns.
///
/// # Errors
/// As [`PayloadStore::get`].
pub async fn fetch<S: BlockSource>(
	source: Arc<S>,
	cid: &Cid,
	range: Option<Range<u64>>,
) -> Result<PayloadStream, StoreError> {
	let root = walk::root(&*source, cid).await?;
	walk::stream(source, root, range)
}

/// Reads a whole payload into memory; for small payloads and tests.
///
/// # Errors
/// As the stream.
pub async fn read_all(mut payload: PayloadStream) -> Result<Vec<u8>, StoreError> {
	use futures::StreamExt;
	let mut bytes = Vec::new();
	while let Some(piece) = payload.next().await {
		bytes.extend_from_slice(&piece?);
	}
	Ok(bytes)
}

/// The next chunk of a source: full unless it is the last, empty at the end.
async fn next_chunk(source: &mut (dyn AsyncRead + Send + Unpin)) -> std::io::Result<Vec<u8>> {
	let mut chunk = Vec::with_capacity(CHUNK_LEN);
	source.take(CHUNK_LEN as u64).read_to_end(&mut chunk).await?;
	Ok(chunk)
}

fn verified(cid: &Cid, bytes: Vec<u8>) -> Result<Vec<u8>, StoreError> {
	verify_block(cid, &bytes).map_err(|error| dag_error(*cid, error))?;
	Ok(bytes)
}

fn dag_error(cid: Cid, reason: DagError) -> StoreError {
	match reason {
		DagError::WrongBytes => StoreError::WrongBytes(cid),
		reason => StoreError::NotAPayload { cid, reason },
	}
}

/// What a builder fails with, which no payload makes it do.
fn no_cid(error: DagError) -> StoreError {
	StoreError::Io(std::io::Error::other(error))
}
