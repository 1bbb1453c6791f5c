//! The tree, against RFC 6962's definition read word by word.

use crate::{is_included, node_hash, MerkleHasher, MerkleTree};
use proptest::prelude::*;
use sp_core::H256;
use sp_io::hashing::blake2_256;

fn leaves(count: u32) -> Vec<H256> {
	(0..count).map(|n| H256(blake2_256(&n.to_le_bytes()))).collect()
}

/// The largest power of two below n.
fn split(n: usize) -> usize {
	let mut k = 1;
	while k * 2 < n {
		k *= 2;
	}
	k
}

/// MTH(D[n]) of RFC 6962, section 2.1.
fn defined_root(leaves: &[H256]) -> H256 {
	if let [leaf] = leaves {
		return *leaf;
	}
	let (left, right) = leaves.split_at(split(leaves.len()));
	let bytes = [&[1], defined_root(left).as_bytes(), defined_root(right).as_bytes()].concat();
	H256(blake2_256(&bytes))
}

/// PATH(m, D[n]) of RFC 6962, section 2.1.1.
fn defined_path(m: usize, leaves: &[H256]) -> Vec<H256> {
	if leaves.len() == 1 {
		return vec![];
	}
	let k = split(leaves.len());
	let (left, right) = leaves.split_at(k);
	let (mut path, sibling) = if m < k {
		(defined_path(m, left), defined_root(right))
	} else {
		(defined_path(m - k, right), defined_root(left))
	};
	path.push(sibling);
	path
}

fn hashed(leaves: &[H256]) -> Option<H256> {
	let mut hasher = MerkleHasher::new();
	leaves.iter().for_each(|leaf| hasher.push(*leaf));
	hasher.root()
}

#[test]
fn roots_and_paths_are_those_of_the_definition() {
	assert_eq!(hashed(&[]), None);
	assert!(MerkleTree::new(vec![]).is_none());
	for count in 1..=130 {
		let leaves = leaves(count);
		let tree = MerkleTree::new(leaves.clone()).unwrap();
		let root = defined_root(&leaves);
		assert_eq!((tree.root(), hashed(&leaves)), (root, Some(root)), "of {count}");
		for (index, leaf) in leaves.iter().enumerate() {
			let path = tree.path(index).unwrap();
			assert_eq!(path, defined_path(index, &leaves), "{index} of {count}");
			assert!(is_included(leaf, index as u64, count.into(), &path, &root));
		}
		assert_eq!(tree.path(leaves.len()), None);
	}
}

#[test]
fn a_node_begins_with_a_one() {
	let (left, right) = (H256::repeat_byte(2), H256::repeat_byte(3));
	let bytes = [&[1][..], &[2; 32], &[3; 32]].concat();
	assert_eq!(node_hash(&left, &right), H256(blake2_256(&bytes)));
}

#[test]
fn a_path_leads_from_its_own_leaf_alone() {
	for count in 1..=20 {
		let leaves = leaves(count);
		let tree = MerkleTree::new(leaves.clone()).unwrap();
		let (root, size) = (tree.root(), u64::from(count));
		for (at, leaf) in leaves.iter().enumerate() {
			let (index, path) = (at as u64, tree.path(at).unwrap());
			let included = |leaf: &H256, index, size, path: &[H256]| is_included(leaf, index, size, path, &root);
			for other in 0..size + 3 {
				assert_eq!(included(leaf, other, size, &path), other == index, "{other} of {count}");
			}
			assert!(!included(&H256::zero(), index, size, &path));
			assert!(!included(leaf, index, 0, &path));
			let longer = [&path[..], &[H256::zero()]].concat();
			assert!(!included(leaf, index, size, &longer));
			if let Some((_, shorter)) = path.split_last() {
				assert!(!included(leaf, index, size, shorter));
			}
			for place in 0..path.len() {
				let mut bent = path.clone();
				bent[place].0[31] ^= 1;
				assert!(!included(leaf, index, size, &bent));
			}
			assert!(!is_included(leaf, index, size, &path, &H256::zero()));
		}
	}
}

proptest! {
	#[test]
	fn whatever_leads_to_the_root_is_the_definitions_path(
		count in 1_u32..300, at in any::<u32>(), noise in proptest::collection::vec(any::<[u8; 32]>(), 0..10),
	) {
		let leaves = leaves(count);
		let at = (at % count) as usize;
		let root = defined_root(&leaves);
		let noise: Vec<H256> = noise.into_iter().map(H256).collect();
		let path = defined_path(at, &leaves);
		prop_assert!(is_included(&leaves[at], at as u64, count.into(), &path, &root));
		prop_assert_eq!(is_included(&leaves[at], at as u64, count.into(), &noise, &root), noise == path);
	}
}
