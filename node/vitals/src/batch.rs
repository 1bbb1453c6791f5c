//! Readings hashed into one root that the chain anchors, and proofs that one of them is below it.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
	hash::blake2_256,
	signature::{DeviceKey, SignatureError, SignedReading},
};

/// Label under which a reading's salt is derived from its batch's secret.
pub const SALT_LABEL: &[u8] = b"salus/leaf/1";

/// The most readings of a batch, as on chain.
pub const MAX_READINGS: usize = 65_536;

/// 32 bytes.
pub type Hash = [u8; 32];
/// What keeps a leaf from being guessed.
pub type Salt = [u8; 16];

/// The secret of one batch, random and never used for another: it makes the salts of all its readings.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct BatchSecret([u8; 32]);

/// Derives the salts of a batch.
pub struct Salts(Hkdf<Sha256>);

impl BatchSecret {
	/// These 32 random bytes.
	pub fn new(bytes: [u8; 32]) -> Self {
		Self(bytes)
	}

	pub(crate) fn as_bytes(&self) -> &[u8; 32] {
		&self.0
	}

	/// What derives the salts.
	pub fn salts(&self) -> Salts {
		Salts(Hkdf::new(None, &self.0))
	}
}

impl Salts {
	/// `HKDF-SHA256(salt empty, ikm = secret, info = "salus/leaf/1" ++ seq (8 bytes, little-endian), 16 bytes)`.
	pub fn of(&self, seq: u64) -> Salt {
		let mut salt = Salt::default();
		// It fails only for more than 255 hashes of output.
		let derived = self.0.expand_multi_info(&[SALT_LABEL, &seq.to_le_bytes()], &mut salt);
		debug_assert!(derived.is_ok());
		salt
	}
}

/// `blake2_256(00 ++ salt ++ reading ++ signature)`.
pub fn leaf_hash(salt: &Salt, signed: &[u8]) -> Hash {
	blake2_256([&[0], salt, signed])
}

/// `blake2_256(01 ++ left ++ right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
	blake2_256([&[1], left, right])
}

/// The tree over a batch's leaves, shaped as RFC 6962, 2.1, with all its nodes: a path is read off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
	/// From the leaves up; a node without a sibling moves up as it is.
	levels: Vec<Vec<Hash>>,
}

impl Tree {
	/// The tree over these leaves; none over nothing.
	pub fn new(leaves: Vec<Hash>) -> Option<Self> {
		let mut levels = Vec::new();
		let mut level = leaves;
		while level.len() > 1 {
			let above = level
				.chunks(2)
				.filter_map(|pair| match pair {
					[left, right] => Some(node_hash(left, right)),
					[alone] => Some(*alone),
					_ => None,
				})
				.collect();
			levels.push(std::mem::replace(&mut level, above));
		}
		let is_tree = !level.is_empty();
		levels.push(level);
		is_tree.then_some(Self { levels })
	}

	/// The root, as anchored.
	pub fn root(&self) -> Hash {
		self.levels
			.last()
			.and_then(|top| top.first())
			.copied()
			.unwrap_or_default()
	}

	/// How many leaves it has.
	pub fn leaves(&self) -> usize {
		self.levels.first().map_or(0, Vec::len)
	}

	/// The siblings from a leaf up (PATH of RFC 6962, 2.1.1); none where there is no such leaf.
	pub fn path(&self, index: usize) -> Option<Vec<Hash>> {
		let mut here = (index < self.leaves()).then_some(index)?;
		let mut path = Vec::with_capacity(self.levels.len());
		for level in &self.levels {
			path.extend(level.get(here ^ 1));
			here >>= 1;
		}
		Some(path)
	}
}

/// A batch of one device's readings, hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
	/// The tree.
	pub tree: Tree,
	/// The first reading's number.
	pub first_seq: u64,
	/// The last one's.
	pub last_seq: u64,
	/// The earliest time of a reading.
	pub first_at: u64,
	/// The latest.
	pub last_at: u64,
}

/// Why readings make no batch. Nothing was hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
	/// There is none.
	#[error("a batch has one reading at least; wait for one")]
	Empty,
	/// There are more than an anchor can say.
	#[error("a batch has {MAX_READINGS} readings at most; make two of it")]
	TooMany,
	/// The reading at this place is of another chain, device or binding than those before it.
	#[error("reading {0} is of another chain, device or binding than those before it; begin another batch with it")]
	Mixed(usize),
	/// The reading at this place does not follow on the one before it.
	#[error("reading {0} does not have the number after the one before it; begin another batch with it, and let the gap show")]
	NotContiguous(usize),
}

impl Batch {
	/// Hashes readings of one device and binding, whose numbers follow on one another. Signatures are not checked.
	///
	/// # Errors
	/// `Empty`, `TooMany`, `Mixed` and `NotContiguous`.
	pub fn new(secret: &BatchSecret, readings: &[SignedReading]) -> Result<Self, BatchError> {
		let first = &readings.first().ok_or(BatchError::Empty)?.reading;
		if readings.len() > MAX_READINGS {
			return Err(BatchError::TooMany);
		}
		let salts = secret.salts();
		let mut leaves = Vec::with_capacity(readings.len());
		let (mut last_seq, mut first_at, mut last_at) = (first.seq, first.at, first.at);
		for (place, signed) in readings.iter().enumerate() {
			let reading = &signed.reading;
			if (reading.genesis, reading.device, reading.binding) != (first.genesis, first.device, first.binding) {
				return Err(BatchError::Mixed(place));
			}
			if place > 0 && last_seq.checked_add(1) != Some(reading.seq) {
				return Err(BatchError::NotContiguous(place));
			}
			last_seq = reading.seq;
			first_at = first_at.min(reading.at);
			last_at = last_at.max(reading.at);
			leaves.push(leaf_hash(&salts.of(reading.seq), &signed.encode()));
		}
		Ok(Self {
			tree: Tree::new(leaves).ok_or(BatchError::Empty)?,
			first_seq: first.seq,
			last_seq,
			first_at,
			last_at,
		})
	}

	/// The proof of one of its readings; none where it is not its reading.
	pub fn prove(&self, secret: &BatchSecret, signed: &SignedReading) -> Option<ReadingProof> {
		let index = signed.reading.seq.checked_sub(self.first_seq)?;
		let salt = secret.salts().of(signed.reading.seq);
		let position = usize::try_from(index).ok()?;
		let leaf = self.tree.levels.first()?.get(position)?;
		if *leaf != leaf_hash(&salt, &signed.encode()) {
			return None;
		}
		Some(ReadingProof {
			signed: signed.clone(),
			salt,
			index,
			leaves: u64::try_from(self.tree.leaves()).ok()?,
			path: self.tree.path(position)?,
		})
	}
}

/// One reading with what leads to the anchored root. It discloses no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingProof {
	/// The reading and its device's signature.
	pub signed: SignedReading,
	/// Its salt.
	pub salt: Salt,
	/// Its place in the batch.
	pub index: u64,
	/// How many readings the batch has.
	pub leaves: u64,
	/// Siblings from the leaf up.
	pub path: Vec<Hash>,
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
	/// The path leads to another root.
	#[error("the reading is not in the batch with this root; check that proof and anchor belong together")]
	NotInBatch,
	/// The device did not sign.
	#[error(transparent)]
	Signature(#[from] SignatureError),
}

impl ReadingProof {
	/// The leaf's hash: what a chain is asked about, which never sees the reading.
	pub fn leaf(&self) -> Hash {
		leaf_hash(&self.salt, &self.signed.encode())
	}

	/// Checks reading to root, and the device's signature strictly. Root and number of leaves are the anchor's.
	///
	/// # Errors
	/// `NotInBatch` and `Signature`.
	pub fn verify(&self, root: &Hash, leaves: u64, key: &DeviceKey) -> Result<(), ProofError> {
		if self.leaves != leaves || !verify_path(&self.leaf(), self.index, leaves, &self.path, root) {
			return Err(ProofError::NotInBatch);
		}
		Ok(self.signed.verify(key)?)
	}
}

/// Whether a path leads from a leaf to the root. What it takes is what RFC 9162, 2.1.3.2 does.
pub fn verify_path(leaf: &Hash, index: u64, leaves: u64, path: &[Hash], root: &Hash) -> bool {
	let Some(mut last) = leaves.checked_sub(1).filter(|last| index <= *last) else {
		return false;
	};
	let (mut index, mut node, mut siblings) = (index, *leaf, path.iter());
	while last > 0 {
		// The last of an odd number has no sibling and moves up as it is.
		let is_alone = index == last && index & 1 == 0;
		if !is_alone {
			let Some(sibling) = siblings.next() else {
				return false;
			};
			node = match index & 1 {
				0 => node_hash(&node, sibling),
				_ => node_hash(sibling, &node),
			};
		}
		index >>= 1;
		last >>= 1;
	}
	siblings.next().is_none() && node == *root
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
	use proptest::prelude::*;

	use super::*;
	use crate::{
		reading::tests::systolic,
		signature::tests::{key, signed, signer},
	};

	/// MTH as RFC 6962, 2.1 defines it.
	fn by_definition(leaves: &[Hash]) -> Hash {
		match leaves {
			[leaf] => *leaf,
			_ => {
				let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
				node_hash(&by_definition(left), &by_definition(right))
			}
		}
	}

	fn secret() -> BatchSecret {
		BatchSecret::new([5; 32])
	}

	fn readings(count: u64) -> Vec<SignedReading> {
		(10..10 + count).map(|seq| signed(&signer(9), seq)).collect()
	}

	#[test]
	fn salts_leaves_and_roots_are_those_of_the_vectors() {
		let vectors: serde_json::Value = serde_json::from_str(include_str!("../vectors/reading.json")).unwrap();
		let readings = readings(5);
		let batch = Batch::new(&secret(), &readings).unwrap();
		assert_eq!(vectors["batch"]["secret"], hex::encode([5; 32]));
		for (place, signed) in readings.iter().enumerate() {
			let proof = batch.prove(&secret(), signed).unwrap();
			let vector = &vectors["batch"]["leaves"][place];
			assert_eq!(vector["signed"], hex::encode(signed.encode()));
			assert_eq!(vector["salt"], hex::encode(proof.salt));
			assert_eq!(vector["leaf"], hex::encode(proof.leaf()));
			let path: Vec<_> = proof.path.iter().map(hex::encode).collect();
			assert_eq!(vector["path"], serde_json::json!(path));
		}
		assert_eq!(vectors["batch"]["root"], hex::encode(batch.tree.root()));
	}

	#[test]
	fn trees_of_every_shape_are_as_defined_and_prove_each_leaf() {
		for count in 1..=70u8 {
			let leaves: Vec<Hash> = (0..count).map(|byte| [byte; 32]).collect();
			let tree = Tree::new(leaves.clone()).unwrap();
			assert_eq!(tree.root(), by_definition(&leaves), "{count}");
			for (index, leaf) in leaves.iter().enumerate() {
				let path = tree.path(index).unwrap();
				let holds = |index: u64, count: u64| verify_path(leaf, index, count, &path, &tree.root());
				assert!(holds(index as u64, count.into()), "{index} of {count}");
				assert!(
					!holds(index as u64 ^ 1, count.into()) || count == 1,
					"{index} of {count}"
				);
				assert!(!holds(count.into(), count.into()));
			}
			assert_eq!(tree.path(count.into()), None);
		}
		assert_eq!(Tree::new(Vec::new()), None);
	}

	#[test]
	fn one_reading_is_proven_and_no_other() {
		let readings = readings(9);
		let batch = Batch::new(&secret(), &readings).unwrap();
		assert_eq!((batch.first_seq, batch.last_seq), (10, 18));
		let device = key(&signer(9));
		let root = batch.tree.root();
		let proof = batch.prove(&secret(), &readings[8]).unwrap();
		assert_eq!(proof.verify(&root, 9, &device), Ok(()));
		assert_eq!(proof.verify(&root, 10, &device), Err(ProofError::NotInBatch));
		assert_eq!(proof.verify(&[0; 32], 9, &device), Err(ProofError::NotInBatch));
		let foreign = SignatureError::ForeignDevice;
		assert_eq!(
			proof.verify(&root, 9, &key(&signer(8))),
			Err(ProofError::Signature(foreign))
		);
		let mut other = proof.clone();
		other.signed.reading.value = crate::Decimal::new(121, 0).into();
		assert_eq!(other.verify(&root, 9, &device), Err(ProofError::NotInBatch));
		assert_eq!(batch.prove(&secret(), &signed(&signer(9), 19)), None);
		assert_eq!(batch.prove(&secret(), &other.signed), None);
	}

	#[test]
	fn an_unsigned_reading_in_an_anchored_batch_proves_nothing() {
		let mut readings = readings(3);
		readings[1].signature[0] ^= 1;
		let batch = Batch::new(&secret(), &readings).unwrap();
		let proof = batch.prove(&secret(), &readings[1]).unwrap();
		let error = proof.verify(&batch.tree.root(), 3, &key(&signer(9)));
		assert_eq!(error, Err(ProofError::Signature(SignatureError::BadSignature)));
	}

	/// Which of all plausible values of a reading lead to this leaf under a salt.
	fn confirmed(of: &SignedReading, salt: &Salt, leaf: &Hash) -> Vec<i64> {
		let leads = |value: &i64| {
			let guess = SignedReading {
				reading: crate::reading::Reading {
					value: crate::Decimal::new(*value, 0).into(),
					..of.reading.clone()
				},
				signature: of.signature,
			};
			leaf_hash(salt, &guess.encode()) == *leaf
		};
		(0..300).filter(leads).collect()
	}

	#[test]
	fn who_knows_all_but_the_salt_cannot_confirm_a_value() {
		let hers = signed(&signer(9), 10);
		let batch = Batch::new(&secret(), std::slice::from_ref(&hers)).unwrap();
		let root = batch.tree.root();
		// Who has the salt finds the value: the guesses are the right ones.
		assert_eq!(confirmed(&hers, &secret().salts().of(10), &root), [120]);
		// Salts that an observer can make.
		let observer = BatchSecret::new([0; 32]);
		for salt in [Salt::default(), observer.salts().of(10)] {
			assert_eq!(confirmed(&hers, &salt, &root), [0; 0]);
		}
	}

	#[test]
	fn a_proof_that_was_disclosed_confirms_no_neighbour() {
		let readings = readings(2);
		let [disclosed, neighbour] = [0, 1].map(|place| &readings[place]);
		let batch = Batch::new(&secret(), &readings).unwrap();
		let proof = batch.prove(&secret(), disclosed).unwrap();
		assert_eq!(
			proof.verify(&batch.tree.root(), 2, &key(&signer(9))),
			Ok(()),
			"whoever it was disclosed to"
		);
		// The path is the neighbour's leaf, with the salt of its own that nobody disclosed.
		let leaf = proof.path[0];
		assert_eq!(confirmed(disclosed, &proof.salt, &proof.leaf()), [120]);
		assert_eq!(confirmed(neighbour, &secret().salts().of(11), &leaf), [120]);
		assert_eq!(confirmed(neighbour, &proof.salt, &leaf), [0; 0]);
	}

	#[test]
	fn a_batch_is_of_one_device_and_binding_without_a_gap() {
		assert_eq!(Batch::new(&secret(), &[]), Err(BatchError::Empty));
		let too_many = vec![signed(&signer(9), 1); MAX_READINGS + 1];
		assert_eq!(Batch::new(&secret(), &too_many), Err(BatchError::TooMany));
		let [a, b, c] = [10, 11, 13].map(|seq| signed(&signer(9), seq));
		let gap = [a.clone(), b.clone(), c];
		assert_eq!(Batch::new(&secret(), &gap), Err(BatchError::NotContiguous(2)));
		assert_eq!(
			Batch::new(&secret(), &[b.clone(), a.clone()]),
			Err(BatchError::NotContiguous(1))
		);
		assert_eq!(
			Batch::new(&secret(), &[a.clone(), a.clone()]),
			Err(BatchError::NotContiguous(1))
		);
		let mut rebound = b;
		rebound.reading.binding += 1;
		assert_eq!(Batch::new(&secret(), &[a.clone(), rebound]), Err(BatchError::Mixed(1)));
		let others = signed(&signer(8), 11);
		assert_eq!(Batch::new(&secret(), &[a, others]), Err(BatchError::Mixed(1)));
		let [mut end, mut over] = [0, 1].map(|_| SignedReading {
			reading: systolic(),
			signature: [0; 64],
		});
		end.reading.seq = u64::MAX;
		over.reading.seq = 0;
		assert_eq!(Batch::new(&secret(), &[end, over]), Err(BatchError::NotContiguous(1)));
	}

	proptest! {
		#[test]
		fn no_path_panics_or_proves_another_leaf(leaf: Hash, index: u64, leaves: u64, path in prop::collection::vec(any::<Hash>(), 0..70)) {
			let root = Tree::new(vec![[1; 32], [2; 32], [3; 32]]).unwrap().root();
			prop_assert!(!verify_path(&leaf, index, leaves, &path, &root));
		}
	}
}
