//! A batch as it is sealed, and kept until the vault has it.

use bytes::Bytes;
use codec::{DecodeAll, Encode};
use salus_primitives::{Binding, Category, Device, Purpose};
use salus_vault::{
	envelope::Context,
	ticket::{UploadTicket, BATCH_MEDIA},
	wrap::Wraps,
};
use salus_vitals::batch::BatchError;
use sha2::{Digest, Sha256};

use super::{BatchUpload, StoredBatch};
use crate::sdk::{
	sealing::{Recipients, Sealing},
	threads::blocking,
	Client, Error, Hash, PutError,
};

/// The version of the bytes that a sealed batch is kept as.
const VERSION: u8 = 1;

/// An encrypted batch with its wrapped keys, and nothing that opens it. One data key never encrypts twice: what is sent
/// again are these bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBatch {
	pub(super) ticket: UploadTicket,
	pub(super) wraps: Wraps,
	pub(super) payload: Bytes,
}

impl SealedBatch {
	/// Where it will be.
	pub fn stored(&self) -> StoredBatch {
		StoredBatch {
			cid: self.ticket.cid.clone(),
			sha256: self.ticket.sha256,
			size: self.ticket.size,
		}
	}

	/// The bytes to keep: version 1; ticket, wraps and ciphertext in SCALE; SHA-256 of all that.
	pub fn to_bytes(&self) -> Vec<u8> {
		let mut bytes = (VERSION, &self.ticket, &self.wraps, self.payload.as_ref()).encode();
		let checksum = Sha256::digest(&bytes);
		bytes.extend_from_slice(&checksum);
		bytes
	}

	/// The sealed batch of these bytes.
	///
	/// # Errors
	/// `DamagedBatch` unless they are as they were written.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, PutError> {
		let damaged = |why| PutError::DamagedBatch(why);
		let (kept, checksum) = bytes.split_last_chunk::<32>().ok_or(damaged("it is cut off"))?;
		if Sha256::digest(kept).as_slice() != checksum {
			return Err(damaged("its checksum is another"));
		}
		let (version, mut rest) = kept.split_first().ok_or(damaged("it is empty"))?;
		if *version != VERSION {
			return Err(damaged("its version is another"));
		}
		let (ticket, wraps, payload) =
			<(UploadTicket, Wraps, Vec<u8>)>::decode_all(&mut rest).map_err(|_| damaged("it does not decode"))?;
		Ok(Self {
			ticket,
			wraps,
			payload: payload.into(),
		})
	}
}

impl std::fmt::Debug for SealedBatch {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("SealedBatch")
			.field("ticket", &self.ticket)
			.finish_non_exhaustive()
	}
}

/// Encrypts a batch to its institution and its patient, by their keys on chain. The binding under which it was measured
/// has to be the patient's: nobody is sent what another's device measured.
///
/// # Errors
/// `NoBatch`, `BatchFile` and `OtherBatch` for readings that are not this patient's batch; `NotFound` and the kinds of
/// `ProofError` for what is read of the chain.
pub async fn seal_batch(client: &Client, batch: BatchUpload) -> Result<SealedBatch, Error> {
	let first = batch
		.file
		.readings
		.first()
		.ok_or(PutError::NoBatch(BatchError::Empty))?;
	let binding = client.proven_binding(first.reading.binding).await?;
	let device = client.proven_device(&binding.device).await?;
	let recipients = Recipients {
		custodian: client.proven_institution(batch.institution).await?.hpke,
		patient: client.proven_patient(batch.patient).await?.hpke,
	};
	let genesis = client.genesis();
	blocking(move || {
		check(&batch, genesis, &binding, &device)?;
		seal(&batch, genesis, &recipients)
	})
	.await
}

/// Whether the readings are a batch of this patient's.
fn check(batch: &BatchUpload, genesis: Hash, binding: &Binding, device: &Device) -> Result<(), PutError> {
	let hashed = batch.file.batch()?;
	// A batch has a reading, and all are of one chain, device and binding.
	let of_all = batch.file.readings.first().map(|signed| &signed.reading);
	let fields = [
		("chain", of_all.is_some_and(|reading| reading.genesis == genesis.0)),
		("device", of_all.is_some_and(|reading| reading.device == binding.device)),
		("institution", device.institution == batch.institution),
		("patient", binding.patient == batch.patient),
		("time", hashed.first_at == batch.first_at),
	];
	match fields.into_iter().find(|(_, same)| !same) {
		Some((field, _)) => Err(PutError::OtherBatch { field }),
		None => Ok(()),
	}
}

fn seal(batch: &BatchUpload, genesis: Hash, recipients: &Recipients) -> Result<SealedBatch, Error> {
	let context = Context {
		genesis: genesis.0,
		patient: batch.patient,
		category: Category::Vitals as u8,
		media: BATCH_MEDIA,
		institution: batch.institution,
	};
	let sealing = Sealing {
		context: &context,
		recipients,
		purpose: Purpose::Treatment,
		compartment: None,
		recorded_at: batch.first_at,
	};
	let plain = batch.file.encode().map_err(PutError::BatchFile)?;
	let (ticket, wraps, payload) = sealing.seal(&mut plain.as_slice(), plain.len() as u64, Vec::new())?;
	Ok(SealedBatch {
		ticket,
		wraps,
		payload: payload.into(),
	})
}

#[cfg(test)]
pub(super) mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
	use super::*;
	use crate::sdk::{exit, registration::chain_key};
	use ed25519_dalek::SigningKey;
	use salus_primitives::Status;
	use salus_vault::{
		envelope::decrypt,
		fingerprint::fingerprint,
		wrap::{self, HpkeSecret},
	};
	use salus_vitals::{
		batch::BatchSecret,
		batch_file::BatchFile,
		reading::{Reading, Value},
		Decimal, SignedReading,
	};

	pub(crate) const GENESIS: Hash = Hash::repeat_byte(1);
	pub(crate) const BINDING: u64 = 3;
	pub(crate) const AT: u64 = 1_800_000_000_000;

	fn signer() -> SigningKey {
		SigningKey::from_bytes(&[9; 32])
	}

	/// Readings of a pulse, a second apart, from number 10 on.
	pub(crate) fn file(count: u64) -> BatchFile {
		let signed = |seq: u64| {
			let reading = Reading {
				genesis: GENESIS.0,
				device: signer().verifying_key().to_bytes(),
				binding: BINDING,
				seq,
				at: AT + 1000 * (seq - 10),
				code: "8867-4".parse().unwrap(),
				value: Value::Decimal(Decimal::new(72, 0)),
				unit: "/min".parse().unwrap(),
				group: seq,
			};
			SignedReading::sign(reading, &signer()).unwrap()
		};
		BatchFile {
			secret: BatchSecret::new([5; 32]),
			readings: (10..10 + count).map(signed).collect(),
		}
	}

	pub(crate) fn binding() -> Binding {
		Binding {
			device: signer().verifying_key().to_bytes(),
			patient: 7,
			starts: AT,
			ends: AT + 1_000_000,
			last_at: None,
		}
	}

	pub(crate) fn device() -> Device {
		Device {
			institution: 0,
			codes: Hash::zero(),
			status: Status::Active,
			bindings: 1,
			latest: Some(BINDING),
			anchored: None,
			next_seq: 0,
			missing: 0,
		}
	}

	fn upload() -> BatchUpload {
		BatchUpload {
			institution: 0,
			patient: 7,
			first_at: AT,
			file: file(3),
		}
	}

	fn sealed() -> (SealedBatch, HpkeSecret) {
		let custodian = HpkeSecret::derive(&[1; 32]).unwrap();
		let recipients = Recipients {
			custodian: chain_key(custodian.public()),
			patient: None,
		};
		(seal(&upload(), GENESIS, &recipients).unwrap(), custodian)
	}

	#[test]
	fn a_sealed_batch_is_the_same_bytes_each_time_it_is_read() {
		let (sealed, custodian) = sealed();
		let bytes = sealed.to_bytes();
		let read = SealedBatch::from_bytes(&bytes).unwrap();
		assert_eq!((&read, read.to_bytes() == bytes), (&sealed, true));
		let print = fingerprint(&read.payload);
		let stored = read.stored();
		assert_eq!(
			(stored.cid, stored.sha256, stored.size),
			(print.cid.to_bytes(), print.sha256, print.size)
		);

		let ticket = &read.ticket;
		assert_eq!((ticket.media, ticket.category, ticket.compartment), (0xff, 8, None));
		assert_eq!((ticket.patient, ticket.recorded_at, ticket.not_after), (7, AT, 0));
		let binding = wrap::Binding {
			genesis: GENESIS.0,
			sha256: ticket.sha256,
			patient: 7,
			purpose: wrap::Purpose::Custody,
		};
		let key = wrap::open(&read.wraps.custody, &custodian, &binding).unwrap();
		let context = Context {
			genesis: GENESIS.0,
			patient: 7,
			category: 8,
			media: 0xff,
			institution: 0,
		};
		let mut plain = Vec::new();
		decrypt(&read.payload[..], ticket.size, &context, &key, &mut plain).unwrap();
		assert_eq!(BatchFile::decode(&plain).unwrap().readings, file(3).readings);
	}

	#[test]
	fn what_was_kept_badly_is_not_sent() {
		let (sealed, _) = sealed();
		let bytes = sealed.to_bytes();
		let refused = |bytes: &[u8]| SealedBatch::from_bytes(bytes).unwrap_err().to_string();
		for at in [0, 10, 200, bytes.len() - 1] {
			let mut damaged = bytes.clone();
			damaged[at] ^= 1;
			assert!(refused(&damaged).contains("its checksum is another"), "{at}");
		}
		let longer = [&bytes[..], &[0]].concat();
		for wrong in [&bytes[..bytes.len() - 1], &longer] {
			assert!(refused(wrong).contains("its checksum is another"));
		}
		assert!(refused(&bytes[..31]).contains("it is cut off"));
		// Whole, and not of this version; or with something that no version has.
		let again = |mut bytes: Vec<u8>| {
			let checksum = Sha256::digest(&bytes);
			bytes.extend_from_slice(&checksum);
			bytes
		};
		let mut other = bytes[..bytes.len() - 32].to_vec();
		other.push(0);
		assert!(refused(&again(other.clone())).contains("it does not decode"));
		other[0] = 2;
		assert!(refused(&again(other)).contains("its version is another"));
		assert!(refused(&again(Vec::new())).contains("it is empty"));
	}

	#[test]
	fn only_what_the_patients_own_device_measured_is_sealed_for_her() {
		check(&upload(), GENESIS, &binding(), &device()).unwrap();
		let refused = |upload: &BatchUpload, genesis, binding: &Binding, device: &Device| {
			let error = check(upload, genesis, binding, device).unwrap_err();
			let PutError::OtherBatch { field } = error else {
				panic!("{error}")
			};
			assert_eq!(Error::from(PutError::OtherBatch { field }).exit_code(), exit::LOCAL);
			field
		};
		let hers = upload();
		assert_eq!(refused(&hers, Hash::zero(), &binding(), &device()), "chain");
		let mut other = binding();
		other.patient = 8;
		assert_eq!(refused(&hers, GENESIS, &other, &device()), "patient");
		other.device = [0; 32];
		assert_eq!(refused(&hers, GENESIS, &other, &device()), "device");
		let mut elsewhere = device();
		elsewhere.institution = 1;
		assert_eq!(refused(&hers, GENESIS, &binding(), &elsewhere), "institution");
		let late = BatchUpload {
			first_at: AT + 1,
			..upload()
		};
		assert_eq!(refused(&late, GENESIS, &binding(), &device()), "time");
		let mut gap = upload();
		gap.file.readings.remove(1);
		let error = check(&gap, GENESIS, &binding(), &device()).unwrap_err();
		assert!(matches!(error, PutError::NoBatch(_)), "{error}");
	}
}
