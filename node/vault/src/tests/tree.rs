use proptest::prelude::*;

use super::document;
use crate::{
	hash::sha256,
	tree::{prove, root, LeafProof, TreeHasher, LEAF_LEN},
};

/// MTH of RFC 6962, 2.1, word for word.
fn model(leaves: &[&[u8]]) -> [u8; 32] {
	match leaves {
		[] => sha256(&[]),
		[leaf] => sha256(&[&[0], *leaf].concat()),
		_ => {
			let mut split = 1;
			while split * 2 < leaves.len() {
				split *= 2;
			}
			let (left, right) = leaves.split_at(split);
			sha256(&[&[1][..], &model(left), &model(right)].concat())
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(300))]

	#[test]
	fn the_root_is_rfc_6962_s(len in 0usize..80_000, piece in 1usize..9000) {
		let bytes = document(len);
		let leaves: Vec<&[u8]> = bytes.chunks(LEAF_LEN).collect();
		let mut hasher = TreeHasher::new();
		bytes.chunks(piece).for_each(|piece| hasher.update(piece));
		prop_assert_eq!(hasher.finish(), model(&leaves));
	}

	#[test]
	fn a_proof_holds_for_its_leaf_alone(len in 1usize..80_000, at: prop::sample::Index, other: prop::sample::Index) {
		let bytes = document(len);
		let root = root(&bytes);
		let leaves = len.div_ceil(LEAF_LEN);
		let index = at.index(leaves) as u64;
		let proof = prove(&bytes[..], index).unwrap();
		prop_assert!(proof.verify(&root));

		let mut wrong = proof.clone();
		let byte = other.index(wrong.leaf.len());
		wrong.leaf[byte] ^= 1;
		prop_assert!(!wrong.verify(&root));
		let elsewhere = other.index(leaves) as u64;
		if elsewhere != index {
			let moved = LeafProof { index: elsewhere, ..proof.clone() };
			prop_assert!(!moved.verify(&root));
		}
		let mut longer = proof.clone();
		longer.path.push([0; 32]);
		prop_assert!(!longer.verify(&root));
		let mut shorter = proof.clone();
		if shorter.path.pop().is_some() {
			prop_assert!(!shorter.verify(&root));
		}
		let beyond = LeafProof { index: leaves as u64, ..proof };
		prop_assert!(!beyond.verify(&root));
	}
}

#[test]
fn boundaries_of_leaves_and_subtrees() {
	for leaves in [1usize, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33] {
		for len in [leaves * LEAF_LEN - 1, leaves * LEAF_LEN] {
			let bytes = document(len);
			assert_eq!(root(&bytes), model(&bytes.chunks(LEAF_LEN).collect::<Vec<_>>()));
			for index in 0..leaves as u64 {
				assert!(prove(&bytes[..], index).unwrap().verify(&root(&bytes)));
			}
		}
	}
}

#[test]
fn a_leaf_that_is_not_there_has_no_proof() {
	let error = prove(&document(LEAF_LEN)[..], 1).unwrap_err();
	assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}
