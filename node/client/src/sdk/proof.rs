//! State proofs: what the node says is in the state of a finalised block, checked against that block's state root.

use codec::{Decode, Encode};
use salus_primitives::{
	Anchor, AnchorId, AuditHead, Binding, BindingId, Device, DeviceKey, Institution, InstitutionId, KeyLoss, Moment,
	Patient, PatientId, Record, RecordId,
};
use serde_json::{json, Value};
use sp_core::Blake2Hasher;
use sp_trie::{read_trie_value, LayoutV1, StorageProof};
use subxt::{config::substrate::SubstrateHeader, utils::H256};

use super::{
	client::{hash_of, not_found},
	storage_key::{
		anchor_key, binding_key, contacts_key, device_key, institution_key, key_loss_key, patient_key, record_key,
		recovery_key, recovery_round_key, time_key, trail_key,
	},
	words, AccountId, Client, ConnectionError, ContactsCommitment, Error, Hash, ProofError, Recovery,
};

/// A value that was proven to be in the state of a block.
#[derive(Clone, Debug)]
pub struct Proven<T> {
	/// The value; none when there is none in the state.
	pub value: Option<T>,
	/// The block's number.
	pub number: u64,
	/// The block's hash.
	pub hash: Hash,
	/// The chain's time at that block, proven with it; 0 in the genesis block.
	pub at: Moment,
}

impl Client {
	/// An institution's entry as the state of the finalised head proves it.
	///
	/// # Errors
	/// `NotFound`, the kinds of `ProofError`
	pub async fn proven_institution(&self, id: InstitutionId) -> Result<Institution<AccountId>, Error> {
		self.proven("institution", &institution_key(id))
			.await?
			.value
			.ok_or_else(|| not_found("institution", id))
	}

	/// A patient's entry as the state of the finalised head proves it.
	///
	/// # Errors
	/// `NotFound`, the kinds of `ProofError`
	pub async fn proven_patient(&self, id: PatientId) -> Result<Patient<AccountId>, Error> {
		self.proven("patient", &patient_key(id))
			.await?
			.value
			.ok_or_else(|| not_found("patient", id))
	}

	/// A record's metadata as the state of the finalised head proves it.
	///
	/// # Errors
	/// `NotFound`, the kinds of `ProofError`
	pub async fn proven_record(&self, id: RecordId) -> Result<Proven<Record<AccountId>>, Error> {
		self.proven("record", &record_key(id)).await
	}

	/// A batch's anchor as the state of the finalised head proves it.
	///
	/// # Errors
	/// `NotFound`, the kinds of `ProofError`
	pub async fn proven_anchor(&self, id: AnchorId) -> Result<Anchor, Error> {
		self.proven("batch", &anchor_key(id))
			.await?
			.value
			.ok_or_else(|| not_found("batch", id))
	}

	/// A binding as the state of the finalised head proves it.
	///
	/// # Errors
	/// `NotFound`, the kinds of `ProofError`
	pub async fn proven_binding(&self, id: BindingId) -> Result<Binding, Error> {
		self.proven("binding", &binding_key(id))
			.await?
			.value
			.ok_or_else(|| not_found("binding", id))
	}

	/// A device as the state of the finalised head proves it.
	///
	/// # Errors
	/// `NotFound`, the kinds of `ProofError`
	pub async fn proven_device(&self, key: &DeviceKey) -> Result<Device, Error> {
		self.proven("device", &device_key(key))
			.await?
			.value
			.ok_or_else(|| not_found("device", words::hex(key)))
	}

	/// The end of a patient's trail as the state of the finalised head proves it; none for a patient without entries.
	///
	/// # Errors
	/// The kinds of `ProofError`
	pub async fn proven_trail(&self, patient: PatientId) -> Result<Proven<AuditHead>, Error> {
		let trail = self
			.proven::<(AuditHead, Option<RecordId>)>("trail", &trail_key(patient))
			.await?;
		Ok(Proven {
			value: trail.value.map(|(head, _)| head),
			number: trail.number,
			hash: trail.hash,
			at: trail.at,
		})
	}

	/// The recovery of a patient's key that waits, as the state of the finalised head proves it.
	///
	/// # Errors
	/// The kinds of `ProofError`
	pub async fn proven_recovery(&self, patient: PatientId) -> Result<Option<Recovery>, Error> {
		Ok(self.proven("recovery", &recovery_key(patient)).await?.value)
	}

	/// Since when a patient's key may have been in other hands, as the state of the finalised head proves it.
	///
	/// # Errors
	/// The kinds of `ProofError`
	pub async fn proven_key_loss(&self, patient: PatientId) -> Result<KeyLoss, Error> {
		let loss = self.proven("key loss", &key_loss_key(patient)).await?;
		Ok(loss.value.unwrap_or_default())
	}

	/// How many recoveries of a patient's key have ended, as the state of the finalised head proves it.
	///
	/// # Errors
	/// The kinds of `ProofError`
	pub async fn proven_recovery_round(&self, patient: PatientId) -> Result<u32, Error> {
		let round = self.proven("recovery round", &recovery_round_key(patient)).await?;
		Ok(round.value.unwrap_or_default())
	}

	/// A patient's recovery contacts, as the state of the finalised head proves them.
	///
	/// # Errors
	/// The kinds of `ProofError`
	pub async fn proven_contacts(&self, patient: PatientId) -> Result<Option<ContactsCommitment>, Error> {
		Ok(self.proven("recovery contacts", &contacts_key(patient)).await?.value)
	}

	/// Reads an entry of the state at the finalised head, and the chain's time, with their proof, and checks proof and
	/// header.
	pub(super) async fn proven<T: Decode>(&self, what: &'static str, key: &[u8]) -> Result<Proven<T>, Error> {
		let block = self.request("chain_getFinalizedHead", &[]).await?;
		let hash = hash_of("chain_getFinalizedHead", &block)?;
		let header = self.request("chain_getHeader", std::slice::from_ref(&block)).await?;
		let header: SubstrateHeader<H256> =
			serde_json::from_value(header).map_err(|error| ConnectionError::Unreadable {
				what: "chain_getHeader".into(),
				reason: error.to_string(),
			})?;
		if Hash::from(header.using_encoded(sp_io::hashing::blake2_256)) != hash {
			return Err(ProofError::WrongHeader(hash).into());
		}
		let keys = json!([words::hex(key), words::hex(time_key())]);
		let answer = self.request("state_getReadProof", &[keys, block]).await?;
		let nodes = nodes(&answer)?;
		let time = verify(hash, header.state_root, nodes.clone(), &time_key())?;
		let bytes = verify(hash, header.state_root, nodes, key)?;
		Ok(Proven {
			value: bytes.map(|bytes| decode(what, &bytes)).transpose()?,
			number: header.number,
			hash,
			at: time.map_or(Ok(0), |bytes| decode("time", &bytes))?,
		})
	}
}

/// The nodes in the answer of `state_getReadProof`.
fn nodes(answer: &Value) -> Result<Vec<Vec<u8>>, ConnectionError> {
	let unreadable = || ConnectionError::Unreadable {
		what: "state_getReadProof".into(),
		reason: "it holds no list of nodes".into(),
	};
	let list = answer.get("proof").and_then(Value::as_array).ok_or_else(unreadable)?;
	list.iter()
		.map(|node| {
			node.as_str()
				.and_then(|node| words::hex_bytes(node).ok())
				.ok_or_else(unreadable)
		})
		.collect()
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
