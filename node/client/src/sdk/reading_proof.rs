//! Batches compared with what the chain has of them, and one reading of a batch proven to a third party.

use salus_primitives::{Anchor, AnchorId, Binding, PatientId};
use salus_vitals::{
	batch::{Batch, ReadingProof},
	batch_file::BatchFile,
	DeviceKey, SignedReading,
};
use serde::{Deserialize, Serialize};

use super::{words, Hash, VitalsError};

/// Whether a batch file is what was anchored.
///
/// # Errors
/// `OtherBatch` with what differs first; `Batch` for readings that make none.
pub fn check_batch(file: &BatchFile, id: AnchorId, anchor: &Anchor) -> Result<Batch, VitalsError> {
	let batch = file.batch()?;
	let other = |what| VitalsError::OtherBatch { anchor: id, what };
	if Hash::from(batch.tree.root()) != anchor.root {
		return Err(other("root"));
	}
	// The root stands for all of it; what else the chain says is said by the gateway alone.
	if count(&batch) != u64::from(anchor.count) || batch.first_seq != anchor.first_seq {
		return Err(other("range of numbers"));
	}
	if (batch.first_at, batch.last_at) != (anchor.first_at, anchor.last_at) {
		return Err(other("time"));
	}
	if file
		.readings
		.iter()
		.any(|signed| signed.reading.binding != anchor.binding)
	{
		return Err(other("binding"));
	}
	Ok(batch)
}

/// The anchor of a batch file among a patient's.
///
/// # Errors
/// `NotAnchored` where none has its root, and as [`check_batch`].
pub fn find_batch<'a>(
	file: &BatchFile,
	patient: PatientId,
	anchors: &'a [(AnchorId, Anchor)],
) -> Result<&'a (AnchorId, Anchor), VitalsError> {
	let root = Hash::from(file.batch()?.tree.root());
	let found = anchors.iter().find(|(_, anchor)| anchor.root == root);
	let found = found.ok_or(VitalsError::NotAnchored { patient, root })?;
	check_batch(file, found.0, &found.1)?;
	Ok(found)
}

fn count(batch: &Batch) -> u64 {
	u64::try_from(batch.tree.leaves()).unwrap_or(u64::MAX)
}

/// One reading with what leads to the root on chain, as `scripts/telemetry/verify.py` reads it. It discloses no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadingProofFile {
	/// The batch on chain.
	pub anchor: AnchorId,
	/// The reading's bytes, hex.
	pub reading: String,
	/// The device's signature, hex.
	pub signature: String,
	/// The leaf's salt, hex.
	pub salt: String,
	/// The batch's root, hex.
	pub root: String,
	/// How many readings the batch has.
	pub count: u64,
	/// The number of its first.
	pub first_seq: u64,
	/// Siblings from the leaf up, hex.
	pub siblings: Vec<String>,
}

impl ReadingProofFile {
	/// The proof of the reading of this number.
	///
	/// # Errors
	/// `NoSuchReading`, and as [`check_batch`].
	pub fn new(file: &BatchFile, id: AnchorId, anchor: &Anchor, seq: u64) -> Result<Self, VitalsError> {
		let batch = check_batch(file, id, anchor)?;
		let missing = || VitalsError::NoSuchReading {
			seq,
			first: batch.first_seq,
			last: batch.last_seq,
		};
		let signed = file.readings.iter().find(|signed| signed.reading.seq == seq);
		let proof = signed
			.and_then(|signed| batch.prove(&file.secret, signed))
			.ok_or_else(missing)?;
		Ok(Self {
			anchor: id,
			reading: hex::encode(proof.signed.reading.encode()),
			signature: hex::encode(proof.signed.signature),
			salt: hex::encode(proof.salt),
			root: hex::encode(batch.tree.root()),
			count: proof.leaves,
			first_seq: batch.first_seq,
			siblings: proof.path.iter().map(hex::encode).collect(),
		})
	}

	/// Reads a proof's text.
	///
	/// # Errors
	/// `NoProof`
	pub fn read(text: &str) -> Result<Self, VitalsError> {
		serde_json::from_str(text).map_err(|error| VitalsError::NoProof(error.to_string()))
	}

	/// Checks all of it: the reading's bytes, that it is of this chain, binding and device, of the batch's numbers and
	/// times, that its path leads to the root on chain, and strictly the device's signature.
	///
	/// # Errors
	/// Each step has its own.
	pub fn check(&self, genesis: &Hash, anchor: &Anchor, binding: &Binding) -> Result<SignedReading, VitalsError> {
		let id = self.anchor;
		let proof = self.proof()?;
		let reading = &proof.signed.reading;
		if Hash::from(reading.genesis) != *genesis {
			return Err(VitalsError::OtherChain(Hash::from(reading.genesis)));
		}
		let other = |what| VitalsError::OtherAnchor { anchor: id, what };
		if bytes_32("root", &self.root)? != anchor.root.0 {
			return Err(other("root"));
		}
		if (self.count, self.first_seq) != (u64::from(anchor.count), anchor.first_seq) {
			return Err(other("range of numbers"));
		}
		if reading.binding != anchor.binding {
			return Err(VitalsError::OtherBinding {
				anchor: id,
				found: reading.binding,
				wanted: anchor.binding,
			});
		}
		if reading.device != binding.device {
			return Err(VitalsError::OtherDevice {
				found: Hash::from(reading.device),
				wanted: Hash::from(binding.device),
			});
		}
		if proof.index >= u64::from(anchor.count) {
			return Err(VitalsError::OutsideBatch {
				anchor: id,
				seq: reading.seq,
				first: anchor.first_seq,
				count: anchor.count,
			});
		}
		if !(anchor.first_at..=anchor.last_at).contains(&reading.at) {
			return Err(VitalsError::OutsideTime(id));
		}
		let key = DeviceKey::from_bytes(&binding.device)?;
		proof
			.verify(&anchor.root.0, anchor.count.into(), &key)
			.map_err(|error| match error {
				salus_vitals::batch::ProofError::Signature(error) => error.into(),
				_ => VitalsError::NotInBatch(id),
			})?;
		Ok(proof.signed)
	}

	fn proof(&self) -> Result<ReadingProof, VitalsError> {
		let signed = [
			bytes("reading", &self.reading)?,
			exactly::<64>("signature", &self.signature)?.to_vec(),
		]
		.concat();
		let signed = SignedReading::decode(&signed).map_err(VitalsError::BadReading)?;
		let siblings = self.siblings.iter().map(|sibling| bytes_32("siblings", sibling));
		Ok(ReadingProof {
			// One of before the batch is of no place in it.
			index: signed.reading.seq.checked_sub(self.first_seq).unwrap_or(u64::MAX),
			signed,
			salt: exactly("salt", &self.salt)?,
			leaves: self.count,
			path: siblings.collect::<Result<_, _>>()?,
		})
	}
}

fn bytes(what: &str, text: &str) -> Result<Vec<u8>, VitalsError> {
	words::hex_bytes(text).map_err(|error| VitalsError::NoProof(format!("{what}: {error}")))
}

fn exactly<const N: usize>(what: &str, text: &str) -> Result<[u8; N], VitalsError> {
	let wrong = || VitalsError::NoProof(format!("{what}: it has not {N} bytes"));
	bytes(what, text)?.try_into().map_err(|_| wrong())
}

fn bytes_32(what: &str, text: &str) -> Result<[u8; 32], VitalsError> {
	exactly(what, text)
}

#[cfg(test)]
pub(crate) mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
	use super::*;
	use ed25519_dalek::SigningKey;
	use salus_primitives::BatchPayload;
	use salus_vitals::{batch::BatchSecret, Decimal, Reading};

	const GENESIS: Hash = Hash::repeat_byte(1);

	pub(crate) fn signer() -> SigningKey {
		SigningKey::from_bytes(&[7; 32])
	}

	/// Heart rates of a device, one a second, numbered from here.
	pub(crate) fn batch(first: u64, count: u64) -> BatchFile {
		let key = signer();
		let reading = |seq| Reading {
			genesis: GENESIS.0,
			device: key.verifying_key().to_bytes(),
			binding: 3,
			seq,
			at: 1_000 * seq,
			code: "8867-4".parse().unwrap(),
			value: Decimal::new(60 + seq as i64, 0).into(),
			unit: "/min".parse().unwrap(),
			group: seq,
		};
		BatchFile {
			secret: BatchSecret::new([9; 32]),
			readings: (first..first + count)
				.map(|seq| SignedReading::sign(reading(seq), &key).unwrap())
				.collect(),
		}
	}

	pub(crate) fn anchor_of(file: &BatchFile) -> Anchor {
		let batch = file.batch().unwrap();
		Anchor {
			binding: 3,
			first_seq: batch.first_seq,
			count: file.readings.len() as u32,
			first_at: batch.first_at,
			last_at: batch.last_at,
			root: batch.tree.root().into(),
			payload: BatchPayload::Block { sha256: Hash::zero() },
			size: 100,
			previous: None,
		}
	}

	fn binding() -> Binding {
		Binding {
			device: signer().verifying_key().to_bytes(),
			patient: 5,
			starts: 0,
			ends: u64::MAX,
			last_at: None,
		}
	}

	fn proof(seq: u64) -> (ReadingProofFile, Anchor) {
		let file = batch(10, 9);
		let anchor = anchor_of(&file);
		(ReadingProofFile::new(&file, 4, &anchor, seq).unwrap(), anchor)
	}

	fn refused(proof: &ReadingProofFile, anchor: &Anchor) -> VitalsError {
		proof.check(&GENESIS, anchor, &binding()).unwrap_err()
	}

	#[test]
	fn each_reading_is_proven_against_the_anchor_and_read_again() {
		for seq in 10..19 {
			let (proof, anchor) = proof(seq);
			let text = serde_json::to_string(&proof).unwrap();
			let read = ReadingProofFile::read(&text).unwrap();
			assert_eq!(read, proof);
			let shown = read.check(&GENESIS, &anchor, &binding()).unwrap();
			assert_eq!((shown.reading.seq, shown.reading.at), (seq, 1_000 * seq));
		}
	}

	#[test]
	fn it_has_the_fields_that_the_script_reads() {
		let (proof, _) = proof(12);
		let value = serde_json::to_value(&proof).unwrap();
		for field in ["reading", "signature", "salt", "root"] {
			assert!(
				hex::decode(value[field].as_str().unwrap()).is_ok(),
				"{field} is plain hex"
			);
		}
		assert_eq!((&value["count"], &value["first_seq"]), (&9.into(), &10.into()));
		assert_eq!(value["siblings"].as_array().unwrap().len(), 4);
	}

	#[test]
	fn a_proof_that_says_otherwise_than_the_chain_is_refused() {
		let (proof, anchor) = proof(12);
		let root = ReadingProofFile {
			root: "00".repeat(32),
			..proof.clone()
		};
		assert!(matches!(
			refused(&root, &anchor),
			VitalsError::OtherAnchor { what: "root", .. }
		));
		for (count, first_seq) in [(8, 10), (9, 11)] {
			let other = ReadingProofFile {
				count,
				first_seq,
				..proof.clone()
			};
			assert!(matches!(
				refused(&other, &anchor),
				VitalsError::OtherAnchor {
					what: "range of numbers",
					..
				}
			));
		}
		let late = Anchor {
			first_at: 12_001,
			..anchor
		};
		assert!(matches!(refused(&proof, &late), VitalsError::OutsideTime(4)));
		let rebound = Anchor { binding: 4, ..anchor };
		assert!(matches!(
			refused(&proof, &rebound),
			VitalsError::OtherBinding {
				found: 3,
				wanted: 4,
				..
			}
		));
		assert!(matches!(
			proof.check(&Hash::zero(), &anchor, &binding()),
			Err(VitalsError::OtherChain(found)) if found == GENESIS
		));
		let other = Binding {
			device: SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes(),
			..binding()
		};
		assert!(matches!(
			proof.check(&GENESIS, &anchor, &other),
			Err(VitalsError::OtherDevice { .. })
		));
	}

	#[test]
	fn a_reading_of_another_number_or_place_is_refused() {
		let (_, anchor) = proof(12);
		for (first, seq) in [(0, 9), (19, 19)] {
			let elsewhere = batch(first, 10);
			let outside = ReadingProofFile::new(&elsewhere, 4, &anchor_of(&elsewhere), seq).unwrap();
			let outside = ReadingProofFile {
				root: hex::encode(anchor.root),
				count: 9,
				first_seq: 10,
				..outside
			};
			assert!(matches!(refused(&outside, &anchor), VitalsError::OutsideBatch { .. }));
		}
	}

	#[test]
	fn a_changed_reading_salt_path_or_signature_is_refused() {
		let (proof, anchor) = proof(12);
		let changed = |text: &str| {
			let mut bytes = hex::decode(text).unwrap();
			let last = bytes.len() - 1;
			bytes[last] ^= 1;
			hex::encode(bytes)
		};
		// The value's exponent: the reading stays well formed.
		let mut reading = hex::decode(&proof.reading).unwrap();
		let place = 89 + 7 + 1 + 8;
		reading[place] ^= 1;
		let salt = ReadingProofFile {
			salt: changed(&proof.salt),
			..proof.clone()
		};
		let value = ReadingProofFile {
			reading: hex::encode(reading),
			..proof.clone()
		};
		let mut path = proof.clone();
		path.siblings[0] = changed(&path.siblings[0]);
		let mut short = proof.clone();
		short.siblings.pop();
		let mut long = proof.clone();
		long.siblings.push("00".repeat(32));
		let signature = ReadingProofFile {
			signature: changed(&proof.signature),
			..proof.clone()
		};
		for wrong in [salt, value, path, short, long, signature] {
			assert!(
				matches!(refused(&wrong, &anchor), VitalsError::NotInBatch(4)),
				"{wrong:?}"
			);
		}
	}

	#[test]
	fn what_the_device_did_not_sign_proves_nothing_though_it_is_anchored() {
		let mut file = batch(10, 3);
		file.readings[1].signature[0] ^= 1;
		let anchor = anchor_of(&file);
		let proof = ReadingProofFile::new(&file, 4, &anchor, 11).unwrap();
		assert!(matches!(refused(&proof, &anchor), VitalsError::NotSigned(_)));
	}

	#[test]
	fn what_is_no_proof_is_told_apart_from_one_that_fails() {
		let (proof, anchor) = proof(12);
		for text in ["", "{}", "[]", &serde_json::to_string(&[1]).unwrap()] {
			assert!(matches!(ReadingProofFile::read(text), Err(VitalsError::NoProof(_))));
		}
		for broken in [
			ReadingProofFile {
				salt: "00".into(),
				..proof.clone()
			},
			ReadingProofFile {
				signature: proof.salt.clone(),
				..proof.clone()
			},
			ReadingProofFile {
				root: "x".into(),
				..proof.clone()
			},
			ReadingProofFile {
				siblings: vec!["00".into()],
				..proof.clone()
			},
		] {
			assert!(
				matches!(refused(&broken, &anchor), VitalsError::NoProof(_)),
				"{broken:?}"
			);
		}
		let cut = ReadingProofFile {
			reading: proof.reading[..40].into(),
			..proof
		};
		assert!(matches!(refused(&cut, &anchor), VitalsError::BadReading(_)));
	}

	#[test]
	fn a_reading_that_the_batch_does_not_have_is_not_proven() {
		let file = batch(10, 3);
		for seq in [9, 13] {
			let error = ReadingProofFile::new(&file, 4, &anchor_of(&file), seq).unwrap_err();
			assert!(matches!(
				error,
				VitalsError::NoSuchReading {
					first: 10,
					last: 12,
					..
				}
			));
		}
	}

	#[test]
	fn a_file_is_compared_with_all_that_the_chain_says_of_its_batch() {
		let file = batch(10, 3);
		let anchor = anchor_of(&file);
		check_batch(&file, 4, &anchor).unwrap();
		let others = [
			(
				Anchor {
					root: Hash::zero(),
					..anchor
				},
				"root",
			),
			(Anchor { count: 4, ..anchor }, "range of numbers"),
			(Anchor { first_seq: 9, ..anchor }, "range of numbers"),
			(Anchor { last_at: 1, ..anchor }, "time"),
			(Anchor { binding: 9, ..anchor }, "binding"),
		];
		for (other, what) in others {
			let error = check_batch(&file, 4, &other).unwrap_err();
			assert!(matches!(error, VitalsError::OtherBatch { anchor: 4, what: found } if found == what));
		}
		let anchors = [(7, anchor_of(&batch(0, 5))), (8, anchor)];
		assert_eq!(find_batch(&file, 5, &anchors).unwrap().0, 8);
		let unknown = batch(20, 2);
		assert!(matches!(
			find_batch(&unknown, 5, &anchors),
			Err(VitalsError::NotAnchored { patient: 5, .. })
		));
	}
}
