//! A dry run of an upload: all that is checked before it, and its registration with a made-up ciphertext. Nothing is
//! encrypted, kept on this machine, or sent to the vault.

use salus_primitives::{Cid, Moment, NewRecord};
use salus_vault::{
	envelope::{padded_len, payload_len, EnvelopeError},
	unixfs::CHUNK_LEN,
};
use sha2::{Digest, Sha256};

use super::{document, Job, Kept, Put};
use crate::sdk::{
	calls, put::memory::Documents, sealing::Recipients, threads::blocking, Error, Hash, PayloadError, Pins, PutError,
	SubmissionError,
};

/// What a dry run of an upload can't tell.
const UNCHECKED: [&str; 2] = [
	"nothing was encrypted or uploaded: whether the vault has room and takes it was not asked",
	"the CID and the hashes in the events are made up; the ciphertext's are known when it is made",
];

impl Job<'_> {
	/// What the registration would end in.
	pub(super) async fn tried(&self, kept: Option<Kept>, recipients: &Recipients, documents: &Documents<'_>) -> Error {
		match self.registration(kept, recipients, documents).await {
			Ok(record) => {
				let call = calls::register(record, self.put.purpose, self.actor.institution);
				match self.client.submit(&call, &self.actor.account).await {
					Err(SubmissionError::DryRun(mut preview)) => {
						preview.unchecked.extend(UNCHECKED);
						SubmissionError::DryRun(preview).into()
					}
					Err(error) => error.into(),
					// A client that sends nothing has no acknowledgement.
					Ok(_) => Error::BrokenOff,
				}
			}
			Err(error) => error,
		}
	}

	/// The record, after the checks of an upload.
	async fn registration(
		&self,
		kept: Option<Kept>,
		recipients: &Recipients,
		documents: &Documents<'_>,
	) -> Result<NewRecord, Error> {
		if let Some(kept) = &kept {
			if let Some(record) = self.registered(&kept.ticket).await? {
				let patient = self.put.patient;
				return Err(PutError::AlreadyRecorded { patient, record }.into());
			}
		}
		self.check_again(documents).await?;
		let recorded_at = self.recorded_at(kept.as_ref()).await?;
		self.put
			.foresee(self.client, self.actor, self.institution, recorded_at)
			.await?;
		Pins::new(self.data).look(self.institution, &recipients.custodian, self.put.accept_new_key)?;
		let (put, digest) = (self.put.clone(), self.document);
		blocking(move || put.made_up(recorded_at, &digest)).await
	}
}

impl Put {
	/// A record as the upload would have it, but for CID and hashes.
	fn made_up(&self, recorded_at: Moment, document: &[u8; 32]) -> Result<NewRecord, Error> {
		let (_, len) = document::open(&self.file)?;
		let padded = padded_len(len).ok_or(PayloadError::Envelope(EnvelopeError::Io(
			std::io::ErrorKind::InvalidInput.into(),
		)))?;
		let size = payload_len(padded);
		let digest =
			|what: &[u8]| -> [u8; 32] { Sha256::new_with_prefix(what).chain_update(document).finalize().into() };
		let sha256 = digest(b"salus/dry-run/sha256");
		// A raw block up to a chunk, a tree of them beyond.
		let one_block = usize::try_from(size).is_ok_and(|size| size <= CHUNK_LEN);
		let codec = if one_block { 0x55 } else { 0x70 };
		let cid = [&[0x01, codec, 0x12, 0x20], &sha256[..]].concat();
		Ok(NewRecord {
			patient: self.patient,
			origin: self.origin,
			category: self.category,
			compartment: self.compartment,
			media: self.media,
			cid: Cid::try_from(cid).map_err(|_| Error::Usage("the CID is too long".into()))?,
			sha256: Hash::from(sha256),
			tree: Hash::from(digest(b"salus/dry-run/tree")),
			size,
			recorded_at,
			relates_to: self.relates_to,
			doc_status: self.doc_status,
		})
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::super::tests::*;

	#[test]
	fn a_made_up_record_is_of_the_size_that_the_upload_would_have() {
		for document in [&b"a document"[..], &[7; 20_000], &[7; 3_000_000]] {
			let world = World::new(document);
			let made_up = world.put.made_up(RECORDED, &[1; 32]).unwrap();
			let sealed = world.seal(recipients()).unwrap().ticket;
			let real = world.put.record(&sealed).unwrap();
			assert_eq!((made_up.size, made_up.recorded_at), (real.size, real.recorded_at));
			let prefix = |cid: &[u8]| cid.iter().take(4).copied().collect::<Vec<_>>();
			assert_eq!(prefix(&made_up.cid), prefix(&real.cid), "{}", document.len());
			assert_eq!(made_up.cid.len(), real.cid.len());
		}
	}
}
