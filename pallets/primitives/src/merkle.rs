//! The tree over a batch's leaves, in the shape of RFC 6962 with blake2_256: where leaves do not make up a power of two,
//! the left part is the largest one below.

use alloc::{vec, vec::Vec};
use sp_core::H256;
use sp_io::hashing::blake2_256;

/// `blake2_256(0x01 ++ left ++ right)`.
pub fn node_hash(left: &H256, right: &H256) -> H256 {
	let mut bytes = [1; 65];
	let (first, second) = bytes.split_at_mut(33);
	if let Some(place) = first.get_mut(1..) {
		place.copy_from_slice(left.as_bytes());
	}
	second.copy_from_slice(right.as_bytes());
	H256(blake2_256(&bytes))
}

/// Computes a root over leaves as they come, in memory of a few hashes.
#[derive(Clone, Debug, Default)]
pub struct MerkleHasher {
	/// Complete subtrees from large to small, each with the logarithm of its leaves.
	subtrees: Vec<(u32, H256)>,
}

impl MerkleHasher {
	/// An empty tree.
	pub const fn new() -> Self {
		Self { subtrees: Vec::new() }
	}

	/// Adds the hash of the next leaf.
	pub fn push(&mut self, leaf: H256) {
		let (mut height, mut node) = (0_u32, leaf);
		while let Some((_, left)) = self.subtrees.pop_if(|(other, _)| *other == height) {
			node = node_hash(&left, &node);
			height = height.saturating_add(1);
		}
		self.subtrees.push((height, node));
	}

	/// The root; none of no leaves.
	pub fn root(&self) -> Option<H256> {
		let mut subtrees = self.subtrees.iter().rev().map(|(_, node)| *node);
		let last = subtrees.next()?;
		Some(subtrees.fold(last, |right, left| node_hash(&left, &right)))
	}
}

/// A tree that keeps its nodes, so that a path takes no hashing.
#[derive(Clone, Debug)]
pub struct MerkleTree {
	/// The leaves, then what is above them, up to the root. A node without a neighbour stands in the next level again,
	/// which gives the shape of RFC 6962.
	levels: Vec<Vec<H256>>,
}

impl MerkleTree {
	/// The tree over the hashes of leaves; none over no leaves.
	pub fn new(leaves: Vec<H256>) -> Option<Self> {
		let mut top = leaves;
		let mut levels = vec![];
		while top.len() > 1 {
			let above = top
				.chunks(2)
				.filter_map(|pair| match pair {
					[left, right] => Some(node_hash(left, right)),
					alone => alone.first().copied(),
				})
				.collect();
			levels.push(core::mem::replace(&mut top, above));
		}
		levels.push(top);
		levels
			.last()
			.is_some_and(|top| !top.is_empty())
			.then_some(Self { levels })
	}

	/// The root.
	pub fn root(&self) -> H256 {
		self.levels
			.last()
			.and_then(|top| top.first())
			.copied()
			.unwrap_or_default()
	}

	/// The path from the leaf with this index to the root: its siblings, from the leaf up (RFC 9162, 2.1.3.1).
	pub fn path(&self, index: usize) -> Option<Vec<H256>> {
		self.levels.first()?.get(index)?;
		let siblings = self.levels.iter().enumerate().filter_map(|(height, level)| {
			let place = index.checked_shr(u32::try_from(height).ok()?)?;
			level.get(place ^ 1).copied()
		});
		Some(siblings.collect())
	}
}

/// Whether the path leads from the leaf with this index, of so many, to the root (RFC 9162, 2.1.3.2).
pub fn is_included(leaf: &H256, index: u64, leaves: u64, path: &[H256], root: &H256) -> bool {
	if index >= leaves {
		return false;
	}
	let mut node = *leaf;
	let (mut index, mut last) = (index, leaves.saturating_sub(1));
	for sibling in path {
		if last == 0 {
			return false;
		}
		if index & 1 == 1 || index == last {
			node = node_hash(sibling, &node);
			while index & 1 == 0 && index != 0 {
				index >>= 1;
				last >>= 1;
			}
		} else {
			node = node_hash(&node, sibling);
		}
		index >>= 1;
		last >>= 1;
	}
	last == 0 && node == *root
}
