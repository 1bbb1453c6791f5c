//! RFC 6962 shaped SHA-256 tree over 4 KiB leaves of a payload: the record's `tree`, and proofs that a leaf is held.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// Bytes of a leaf; the last may be shorter.
pub const LEAF_LEN: usize = 4096;

/// A leaf with its path to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafProof {
	/// Position of the leaf.
	pub index: u64,
	/// Number of leaves of the tree.
	pub leaves: u64,
	/// The leaf's bytes.
	pub leaf: Vec<u8>,
	/// Sibling hashes from the leaf up.
	pub path: Vec<[u8; 32]>,
}

impl LeafProof {
	/// Whether leaf and path lead to `root` (RFC 9162, 2.1.3.2).
	pub fn verify(&self, root: &[u8; 32]) -> bool {
		if self.index >= self.leaves || self.leaf.len() > LEAF_LEN {
			return false;
		}
		let mut node = leaf_hash(&self.leaf);
		let mut index = self.index;
		let mut last = self.leaves - 1;
		for sibling in &self.path {
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
}

/// Computes the root over bytes as they come, in memory of a few hashes.
#[derive(Clone, Default)]
pub struct TreeHasher {
	leaf: Option<Sha256>,
	filled: usize,
	/// Complete subtrees from large to small, each with the logarithm of its leaves.
	subtrees: Vec<(u32, [u8; 32])>,
}

impl TreeHasher {
	/// An empty tree.
	pub fn new() -> Self {
		Self::default()
	}

	/// Adds bytes.
	pub fn update(&mut self, mut bytes: &[u8]) {
		while !bytes.is_empty() {
			let (now, later) = bytes.split_at(bytes.len().min(LEAF_LEN - self.filled));
			self.leaf
				.get_or_insert_with(|| Sha256::new_with_prefix([0]))
				.update(now);
			self.filled += now.len();
			bytes = later;
			if self.filled == LEAF_LEN {
				self.close_leaf();
			}
		}
	}

	/// The root of what was added.
	pub fn finish(mut self) -> [u8; 32] {
		self.close_leaf();
		let mut subtrees = self.subtrees.into_iter().rev().map(|(_, hash)| hash);
		match subtrees.next() {
			Some(smallest) => subtrees.fold(smallest, |right, left| node_hash(&left, &right)),
			None => Sha256::digest([]).into(),
		}
	}

	fn close_leaf(&mut self) {
		let Some(leaf) = self.leaf.take() else { return };
		self.filled = 0;
		let mut level = 0;
		let mut hash = leaf.finalize().into();
		while let Some((_, left)) = self.subtrees.pop_if(|(other, _)| *other == level) {
			hash = node_hash(&left, &hash);
			level += 1;
		}
		self.subtrees.push((level, hash));
	}
}

/// The root over a whole slice.
pub fn root(bytes: &[u8]) -> [u8; 32] {
	let mut hasher = TreeHasher::new();
	hasher.update(bytes);
	hasher.finish()
}

/// The proof of the leaf at `index`, out of the whole payload. Memory is 32 bytes a leaf.
///
/// # Errors
/// `InvalidInput` when the payload has no such leaf; what reading it failed with.
pub fn prove<R: Read>(mut payload: R, index: u64) -> io::Result<LeafProof> {
	let mut hashes = Vec::new();
	let mut wanted = None;
	loop {
		let mut leaf = Vec::with_capacity(LEAF_LEN);
		payload.by_ref().take(LEAF_LEN as u64).read_to_end(&mut leaf)?;
		if leaf.is_empty() {
			break;
		}
		let end = leaf.len() < LEAF_LEN;
		hashes.push(leaf_hash(&leaf));
		if hashes.len() as u64 == index.saturating_add(1) {
			wanted = Some(leaf);
		}
		if end {
			break;
		}
	}
	let absent = || io::Error::new(io::ErrorKind::InvalidInput, "the payload has no such leaf");
	let leaf = wanted.ok_or_else(absent)?;
	let position = usize::try_from(index).map_err(|_| absent())?;
	Ok(LeafProof {
		index,
		leaves: hashes.len() as u64,
		leaf,
		path: path(&hashes, position),
	})
}

/// PATH of RFC 6962, 2.1.1: the sibling below comes before the sibling above.
fn path(hashes: &[[u8; 32]], index: usize) -> Vec<[u8; 32]> {
	let mut path = Vec::new();
	let mut here = hashes;
	let mut index = index;
	while here.len() > 1 {
		let (left, right) = here.split_at(here.len().next_power_of_two() / 2);
		if index < left.len() {
			path.push(subtree(right));
			here = left;
		} else {
			path.push(subtree(left));
			index -= left.len();
			here = right;
		}
	}
	path.reverse();
	path
}

fn subtree(hashes: &[[u8; 32]]) -> [u8; 32] {
	match hashes {
		[] => Sha256::digest([]).into(),
		[hash] => *hash,
		_ => {
			let (left, right) = hashes.split_at(hashes.len().next_power_of_two() / 2);
			node_hash(&subtree(left), &subtree(right))
		}
	}
}

fn leaf_hash(leaf: &[u8]) -> [u8; 32] {
	Sha256::new_with_prefix([0]).chain_update(leaf).finalize().into()
}

fn node_hash(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
	Sha256::new_with_prefix([1])
		.chain_update(left)
		.chain_update(right)
		.finalize()
		.into()
}
