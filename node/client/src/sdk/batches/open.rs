//! Reading batches: access on the chain, release by the custodian, download, decryption, and what was anchored.

use std::{fs::File, io::BufReader, path::Path};

use salus_primitives::{Anchor, AnchorId, Binding, Category, Device, PatientId, Purpose, ReceiptId, MAX_BATCH};
use salus_vault::{
	chain::Object,
	envelope::{decrypt, Context, DataKey},
	ticket::BATCH_MEDIA,
};
use salus_vitals::{batch_file::BatchFile, signature::verify_bulk, DeviceKey};
use zeroize::Zeroizing;

use crate::sdk::{
	access::{after, permitted},
	release::{Sought, Why},
	threads::blocking,
	Actor, Client, Download, Error, FileError, Hash, Payload, PayloadError, ProofError, VaultClient,
};

/// Batches to read.
#[derive(Clone, Debug)]
pub struct OpenBatches {
	/// Whose.
	pub patient: PatientId,
	/// Which, up to 64.
	pub anchors: Vec<AnchorId>,
	/// Why.
	pub purpose: Purpose,
	/// The receipt of an earlier access to batches; none to ask for access now.
	pub receipt: Option<ReceiptId>,
}

/// A batch as the chain's state proves it.
struct Anchored {
	id: AnchorId,
	anchor: Anchor,
	binding: Binding,
	device: Device,
}

/// Reads batches of one patient: all of them, or none. What is returned is what was anchored, reading by reading, and
/// signed by the device.
///
/// # Errors
/// `Refused` when the chain or the desk refuses one; of each other step: proofs, the vault, the envelope, the file. What
/// fails after a permit is an `AfterReceipt`, and goes on under its receipt without taking another use.
pub async fn open_batches(
	client: &Client,
	vault: &VaultClient,
	actor: &Actor,
	wanted: &OpenBatches,
) -> Result<Vec<(AnchorId, BatchFile)>, Error> {
	let most = usize::try_from(MAX_BATCH).unwrap_or(usize::MAX);
	if wanted.anchors.is_empty() || wanted.anchors.len() > most {
		return Err(Error::Usage(format!("name between 1 and {MAX_BATCH} batches")));
	}
	let mut batches = Vec::with_capacity(wanted.anchors.len());
	for id in &wanted.anchors {
		batches.push(Anchored::proven(client, *id, wanted.patient).await?);
	}
	let receipt = match wanted.receipt {
		Some(receipt) => receipt,
		None => {
			let (id, receipt, acknowledgement) = client.access_batches(&wanted.anchors, wanted.purpose, actor).await?;
			for batch in &batches {
				permitted(batch.object(), id, &receipt, &acknowledgement)?;
			}
			id
		}
	};
	let mut files = Vec::with_capacity(batches.len());
	for batch in batches {
		let id = batch.id;
		let opened = batch.open(client, vault, actor, receipt).await;
		files.push((id, opened.map_err(after(receipt))?));
	}
	Ok(files)
}

impl Anchored {
	async fn proven(client: &Client, id: AnchorId, patient: PatientId) -> Result<Self, Error> {
		let anchor = client.proven_anchor(id).await?;
		let binding = client.proven_binding(anchor.binding).await?;
		if binding.patient != patient {
			return Err(ProofError::OtherPatientsBatch {
				anchor: id,
				found: binding.patient,
				wanted: patient,
			}
			.into());
		}
		let device = client.proven_device(&binding.device).await?;
		Ok(Self {
			id,
			anchor,
			binding,
			device,
		})
	}

	fn object(&self) -> Object {
		Object::Batch(self.id)
	}

	async fn open(
		self,
		client: &Client,
		vault: &VaultClient,
		actor: &Actor,
		receipt: ReceiptId,
	) -> Result<BatchFile, Error> {
		let released = self.sought().release(client, receipt, actor).await?;
		let folder = tempfile::tempdir().map_err(FileError::at(std::env::temp_dir()))?;
		let ciphertext = folder.path().join("batch");
		let cid = self.anchor.payload.cid();
		let download = Download {
			request: &released.request,
			signature: released.signature.clone(),
			payload: Payload {
				cid: &cid,
				sha256: self.anchor.payload.sha256().0,
				tree: None,
				size: self.anchor.size,
			},
		};
		vault.download(&download, &ciphertext, ()).await?;
		let genesis = client.genesis();
		blocking(move || {
			// The folder goes with the ciphertext once that is read.
			let plain = self.decrypt(genesis, folder.path(), &ciphertext, &released.key)?;
			let file = BatchFile::decode(&plain).map_err(|error| PayloadError::Batch { anchor: self.id, error })?;
			self.check(genesis, &file)?;
			Ok(file)
		})
		.await
	}

	/// The batch, as its custodian is asked for its key.
	fn sought(&self) -> Sought {
		Sought {
			object: self.object(),
			patient: self.binding.patient,
			custodian: self.device.institution,
			sha256: self.anchor.payload.sha256().0,
			why: Why::Batch(self.id),
		}
	}

	fn decrypt(
		&self,
		genesis: Hash,
		folder: &Path,
		ciphertext: &Path,
		key: &DataKey,
	) -> Result<Zeroizing<Vec<u8>>, Error> {
		let context = Context {
			genesis: genesis.0,
			patient: self.binding.patient,
			category: Category::Vitals as u8,
			media: BATCH_MEDIA,
			institution: self.device.institution,
		};
		let payload = File::open(ciphertext).map_err(FileError::at(folder))?;
		// Room for all of it: bytes that move while they grow would stay behind.
		let room = usize::try_from(self.anchor.size).unwrap_or_default();
		let mut plain = Zeroizing::new(Vec::with_capacity(room));
		let payload = BufReader::with_capacity(1 << 20, payload);
		decrypt(payload, self.anchor.size, &context, key, &mut *plain).map_err(PayloadError::Envelope)?;
		Ok(plain)
	}

	/// Whether the readings are those that were anchored, and the device's.
	fn check(&self, genesis: Hash, file: &BatchFile) -> Result<(), ProofError> {
		let other = |field| ProofError::OtherBatch { anchor: self.id, field };
		let found = file.batch().map_err(|_| other("order"))?;
		let anchor = &self.anchor;
		let of_all = file.readings.first().map(|signed| &signed.reading);
		let fields = [
			("chain", of_all.is_some_and(|reading| reading.genesis == genesis.0)),
			(
				"device",
				of_all.is_some_and(|reading| reading.device == self.binding.device),
			),
			(
				"binding",
				of_all.is_some_and(|reading| reading.binding == anchor.binding),
			),
			("first number", found.first_seq == anchor.first_seq),
			("count", u32::try_from(file.readings.len()) == Ok(anchor.count)),
			("earliest time", found.first_at == anchor.first_at),
			("latest time", found.last_at == anchor.last_at),
			("root", found.tree.root() == anchor.root.0),
		];
		if let Some((field, _)) = fields.into_iter().find(|(_, same)| !same) {
			return Err(other(field));
		}
		let key = DeviceKey::from_bytes(&self.binding.device).map_err(|_| other("device"))?;
		let pairs: Vec<_> = file.readings.iter().map(|signed| (signed, &key)).collect();
		match verify_bulk(&pairs).first().and_then(|place| file.readings.get(*place)) {
			Some(unsigned) => Err(ProofError::UnsignedReading {
				anchor: self.id,
				seq: unsigned.reading.seq,
			}),
			None => Ok(()),
		}
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
	use super::{
		super::seal::tests::{binding, device, file, BINDING, GENESIS},
		*,
	};
	use salus_primitives::BatchPayload;

	fn anchored(file: &BatchFile) -> Anchored {
		let batch = file.batch().unwrap();
		Anchored {
			id: 11,
			anchor: Anchor {
				binding: BINDING,
				first_seq: batch.first_seq,
				count: 3,
				first_at: batch.first_at,
				last_at: batch.last_at,
				root: Hash::from(batch.tree.root()),
				payload: BatchPayload::Block { sha256: Hash::zero() },
				size: 16_504,
				previous: None,
			},
			binding: binding(),
			device: device(),
		}
	}

	#[test]
	fn a_batch_is_what_was_anchored_in_every_field_or_it_is_not() {
		let file = file(3);
		anchored(&file).check(GENESIS, &file).unwrap();
		let refused = |change: fn(&mut Anchored), genesis| {
			let mut other = anchored(&file);
			change(&mut other);
			match other.check(genesis, &file).unwrap_err() {
				ProofError::OtherBatch { anchor: 11, field } => field,
				error => panic!("{error}"),
			}
		};
		assert_eq!(refused(|_| (), Hash::zero()), "chain");
		type Change = (&'static str, fn(&mut Anchored));
		let changes: [Change; 7] = [
			("device", |other| other.binding.device = [1; 32]),
			("binding", |other| other.anchor.binding += 1),
			("first number", |other| other.anchor.first_seq += 1),
			("count", |other| other.anchor.count += 1),
			("earliest time", |other| other.anchor.first_at -= 1),
			("latest time", |other| other.anchor.last_at += 1),
			("root", |other| other.anchor.root.0[0] ^= 1),
		];
		for (field, change) in changes {
			assert_eq!(refused(change, GENESIS), field);
		}
	}

	#[test]
	fn a_reading_that_the_device_did_not_sign_is_told() {
		let mut file = file(3);
		file.readings[1].signature[0] ^= 1;
		let error = anchored(&file).check(GENESIS, &file).unwrap_err();
		assert!(
			matches!(error, ProofError::UnsignedReading { anchor: 11, seq: 11 }),
			"{error}"
		);
		file.readings.swap(0, 1);
		let error = anchored(&super::super::seal::tests::file(3))
			.check(GENESIS, &file)
			.unwrap_err();
		assert!(
			matches!(error, ProofError::OtherBatch { field: "order", .. }),
			"{error}"
		);
	}

	#[test]
	fn a_batch_is_asked_of_the_institution_of_its_device() {
		let sought = anchored(&file(3)).sought();
		assert_eq!(
			(sought.object, sought.custodian, sought.patient),
			(Object::Batch(11), 0, 7)
		);
		assert!(matches!(sought.why, Why::Batch(11)));
	}
}
