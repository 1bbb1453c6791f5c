//! State proofs: what the node says is in the state of a finalised block, checked against that block's state root.

use codec::Decode;
use sp_core::Blake2Hasher;
use sp_trie::{read_trie_value, LayoutV1, StorageProof};

use super::{Hash, ProofError};

/// A value that was proven to be in the state of a block.
#[derive(Clone, Debug)]
pub struct Proven<T> {
	/// The value; none when there is none in the state.
	pub value: Option<T>,
	/// The block's number.
	pub number: u64,
	/// The block's hash.
	pub hash: Hash,
}

/// The value under `key` in the state with this root; none when the proof shows that there is none.
///
/// # Errors
/// `WrongProof`
pub fn verify(block: Hash, root: Hash, nodes: Vec<Vec<u8>>, key: &[u8]) -> Result<Option<Vec<u8>>, ProofError> {
	let database = StorageProof::new(nodes).into_memory_db::<Blake2Hasher>();
	read_trie_value::<LayoutV1<Blake2Hasher>, _>(&database, &root, key, None, None)
		.map_err(|_| ProofError::WrongProof(block))
}

/// Decodes all of a proven value.
///
/// # Errors
/// `UnreadableValue`
pub fn decode<T: Decode>(what: &'static str, bytes: &[u8]) -> Result<T, ProofError> {
	let mut input = bytes;
	let value = T::decode(&mut input).map_err(|_| ProofError::UnreadableValue(what))?;
	if input.is_empty() {
		Ok(value)
	} else {
		Err(ProofError::UnreadableValue(what))
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use sp_trie::{trie_types::TrieDBMutBuilderV1, MemoryDB, TrieMut};

	const BLOCK: Hash = Hash::repeat_byte(1);

	fn state() -> (Hash, Vec<Vec<u8>>) {
		let mut database = MemoryDB::<Blake2Hasher>::default();
		let mut root = Hash::default();
		{
			let mut trie = TrieDBMutBuilderV1::new(&mut database, &mut root).build();
			for n in 0..100u8 {
				trie.insert(&[n; 20], &[n; 50]).unwrap();
			}
		}
		let keys = [vec![7; 20], vec![200; 20]];
		let proof = sp_state_proof(&database, root, &keys);
		(root, proof)
	}

	fn sp_state_proof(database: &MemoryDB<Blake2Hasher>, root: Hash, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
		let recorder = sp_trie::recorder::Recorder::<Blake2Hasher>::default();
		{
			let mut recorder = recorder.as_trie_recorder(root);
			for key in keys {
				read_trie_value::<LayoutV1<Blake2Hasher>, _>(database, &root, key, Some(&mut recorder), None).unwrap();
			}
		}
		recorder.drain_storage_proof().into_iter_nodes().collect()
	}

	#[test]
	fn a_value_and_its_absence_are_proven() {
		let (root, proof) = state();
		assert_eq!(verify(BLOCK, root, proof.clone(), &[7; 20]).unwrap(), Some(vec![7; 50]));
		assert_eq!(verify(BLOCK, root, proof, &[200; 20]).unwrap(), None);
	}

	#[test]
	fn what_is_not_in_the_proof_is_not_taken_for_absent() {
		let (root, proof) = state();
		assert!(matches!(
			verify(BLOCK, root, proof, &[8; 20]),
			Err(ProofError::WrongProof(_))
		));
		assert!(matches!(
			verify(BLOCK, root, vec![], &[7; 20]),
			Err(ProofError::WrongProof(_))
		));
	}

	#[test]
	fn another_root_or_a_changed_node_is_refused() {
		let (root, proof) = state();
		assert!(verify(BLOCK, Hash::repeat_byte(2), proof.clone(), &[7; 20]).is_err());
		for index in 0..proof.len() {
			let mut changed = proof.clone();
			for byte in changed.iter_mut().skip(index).take(1).flatten().take(40) {
				*byte ^= 1;
			}
			// A node that lies on the way to the key breaks the proof; the others don't matter to it.
			if let Ok(value) = verify(BLOCK, root, changed, &[7; 20]) {
				assert_eq!(value, Some(vec![7; 50]), "node {index}");
			}
		}
	}

	#[test]
	fn values_are_decoded_whole() {
		assert_eq!(decode::<u32>("number", &[1, 0, 0, 0]).unwrap(), 1);
		assert!(decode::<u32>("number", &[1, 0, 0, 0, 0]).is_err());
		assert!(decode::<u32>("number", &[1]).is_err());
	}
}
