//! Reading a payload out of its blocks, each verified against its CID.

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::stream;

use super::{dag_error, PayloadStream, StoreError};
use crate::unixfs::{read_node, Node};

/// Where single blocks come from.
#[async_trait]
pub trait BlockSource: Send + Sync + 'static {
	/// The bytes kept under a CID, not verified.
	async fn block(&self, cid: &Cid) -> Result<Vec<u8>, StoreError>;
}

/// A verified root.
pub(super) struct Root {
	cid: Cid,
	bytes: Vec<u8>,
	node: Node,
	pub(super) len: u64,
}

/// Fetches and verifies the root of a payload.
pub(super) async fn root(source: &impl BlockSource, cid: &Cid) -> Result<Root, StoreError> {
	let bytes = source.block(cid).await?;
	let node = read_node(cid, &bytes).map_err(|error| dag_error(*cid, error))?;
	let len = file_len(&node, &bytes);
	Ok(Root {
		cid: *cid,
		bytes,
		node,
		len,
	})
}

/// The bytes of a range of the payload below a root.
pub(super) fn stream<S: BlockSource>(
	source: Arc<S>,
	root: Root,
	range: Option<Range<u64>>,
) -> Result<PayloadStream, StoreError> {
	let range = range.unwrap_or(0..root.len);
	if range.start > range.end || range.end > root.len {
		return Err(StoreError::OutOfRange(root.len));
	}
	let mut walk = Walk {
		source,
		range,
		open: Vec::new(),
	};
	let first = walk.enter(
		&Place {
			cid: root.cid,
			start: 0,
			len: root.len,
		},
		root.node,
		root.bytes,
	)?;
	let state = (walk, first);
	Ok(Box::pin(stream::try_unfold(state, |(mut walk, ready)| async move {
		if let Some(bytes) = ready {
			return Ok(Some((bytes, (walk, None))));
		}
		let next = walk.next().await?;
		Ok(next.map(|bytes| (bytes, (walk, None))))
	})))
}

struct Place {
	cid: Cid,
	start: u64,
	len: u64,
}

struct Walk<S> {
	source: Arc<S>,
	range: Range<u64>,
	/// Blocks still to visit, the next one last.
	open: Vec<Place>,
}

impl<S: BlockSource> Walk<S> {
	async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
		while let Some(place) = self.open.pop() {
			let bytes = self.source.block(&place.cid).await?;
			let node = read_node(&place.cid, &bytes).map_err(|error| dag_error(place.cid, error))?;
			if let Some(piece) = self.enter(&place, node, bytes)? {
				return Ok(Some(piece));
			}
		}
		Ok(None)
	}

	/// The wanted part of a leaf, or nothing after noting a branch's children.
	fn enter(&mut self, place: &Place, node: Node, bytes: Vec<u8>) -> Result<Option<Bytes>, StoreError> {
		if file_len(&node, &bytes) != place.len {
			return Err(StoreError::NotAPayload {
				cid: place.cid,
				reason: crate::unixfs::DagError::NotAFile,
			});
		}
		match node {
			Node::Leaf => Ok(self.part(place, bytes)),
			Node::Branch(children) => {
				let mut start = place.start;
				let mut below = Vec::with_capacity(children.len());
				for (cid, len) in children {
					let end = start.saturating_add(len);
					if start < self.range.end && end > self.range.start && len > 0 {
						below.push(Place { cid, start, len });
					}
					start = end;
				}
				self.open.extend(below.into_iter().rev());
				Ok(None)
			}
		}
	}

	fn part(&self, place: &Place, bytes: Vec<u8>) -> Option<Bytes> {
		let bytes = Bytes::from(bytes);
		let end = place.start.saturating_add(place.len);
		let within = |at: u64| usize::try_from(at.clamp(place.start, end) - place.start).ok();
		let (from, to) = (within(self.range.start)?, within(self.range.end)?);
		(from < to && to <= bytes.len()).then(|| bytes.slice(from..to))
	}
}

fn file_len(node: &Node, bytes: &[u8]) -> u64 {
	match node {
		Node::Leaf => bytes.len() as u64,
		Node::Branch(children) => children.iter().fold(0u64, |sum, (_, len)| sum.saturating_add(*len)),
	}
}
