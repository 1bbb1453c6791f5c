//! Uploading a document: encrypted here, wrapped to custodian and patient, stored, then registered.

mod document;
mod dry_run;
mod foresee;
mod job;
mod memory;
mod seal;
mod stored;

use std::{path::PathBuf, sync::Arc};

use codec::Encode;
use salus_primitives::{
	Category, Compartment, DocStatus, InstitutionId, Media, Moment, NewRecord, Origin, PatientId, Purpose, RecordId,
	Relation,
};
use salus_vault::{envelope::Context, ticket::UploadTicket};

use self::{
	job::{Done, Job},
	memory::Documents,
	stored::{Kept, Stored},
};
use super::{
	sealing::Recipients,
	subject::{self, About, SubjectMemory},
	threads::blocking,
	Acknowledgement, Actor, Client, DataDir, Error, FileError, Hash, KeyChange, Progress, VaultClient,
};

/// A document to upload.
#[derive(Clone, Debug)]
pub struct Put {
	/// The document.
	pub file: PathBuf,
	/// Whose it is.
	pub patient: PatientId,
	/// What it is.
	pub media: Media,
	/// What kind of document.
	pub category: Category,
	/// In which drawer.
	pub compartment: Option<Compartment>,
	/// When the documented thing happened. Without it the chain's time, and for an upload that is gone on with the time
	/// at which it was begun.
	pub recorded_at: Option<Moment>,
	/// To which record it relates, and how.
	pub relates_to: Option<(Relation, RecordId)>,
	/// Whether it is complete.
	pub doc_status: DocStatus,
	/// Where it comes from.
	pub origin: Origin,
	/// Under which purpose it is written.
	pub purpose: Purpose,
	/// The confirmed subject of the document.
	pub subject: Option<String>,
	/// Whether a changed key of the institution is accepted.
	pub accept_new_key: bool,
	/// Whether a document that is a record already becomes another one.
	pub again: bool,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct PutOutcome {
	/// The record.
	pub record: RecordId,
	/// Its payload's CID, binary.
	pub cid: Vec<u8>,
	/// SHA-256 of the ciphertext.
	pub sha256: Hash,
	/// SHA-256 of the document.
	pub document_sha256: Hash,
	/// Bytes of ciphertext.
	pub size: u64,
	/// The registration; none when an earlier run had registered it, which the chain's state proves then.
	pub acknowledgement: Option<Acknowledgement>,
	/// What became of the institution's pinned key.
	pub key: KeyChange,
	/// The document's subject, where it names one or the caller did.
	pub subject: Option<String>,
	/// Whether the document itself was read for its subject.
	pub subject_checked: bool,
	/// What failed on this machine after the record was final.
	pub warnings: Vec<String>,
}

impl Put {
	/// Uploads the document and registers it. A run that was broken off goes on with the stored ciphertext, as long as
	/// it is what would be encrypted now.
	///
	/// # Errors
	/// Of each step: the document, the subject check, keys and proofs, the vault, the chain. What the chain would reject
	/// is not uploaded, and nothing is registered that is not stored.
	pub async fn run(
		&self,
		client: &Client,
		vault: &VaultClient,
		data: &DataDir,
		actor: &Actor,
		progress: impl Progress + 'static,
	) -> Result<PutOutcome, Error> {
		let (document, about) = self.read(data).await?;
		let patient = client.proven_patient(self.patient).await?;
		let institution = actor.institution.unwrap_or(patient.institution);
		let custodian = client.proven_institution(institution).await?;
		let recipients = Recipients {
			custodian: custodian.hpke,
			patient: patient.hpke,
		};

		let documents = Documents::of(data, &document, self.patient, self.category)?;
		let job = Job {
			put: self,
			client,
			data,
			actor,
			institution,
			stored: Arc::new(Stored::open(data, &self.id(data, actor, institution, &document)?)?),
			document,
		};
		let mut kept = job.stored.read()?;
		if client.is_dry_run() {
			return Err(job.tried(kept, &recipients, &documents).await);
		}
		let mut registered = match &kept {
			Some(kept) => job.registered(&kept.ticket).await?,
			None => None,
		};
		if self.again && registered.is_some() && registered == documents.record()? {
			// That record was reported; only its folder stayed behind.
			(kept, registered) = (None, None);
		}
		let done = match (kept, registered) {
			(Some(kept), Some(record)) => Done {
				kept,
				record,
				acknowledgement: None,
				key: KeyChange::Same,
			},
			(kept, _) => {
				job.check_again(&documents).await?;
				job.carry_out(kept, recipients, vault, progress).await?
			}
		};
		let warnings = job.remember(&documents, &about, done.record);
		let ticket = done.kept.ticket;
		Ok(PutOutcome {
			record: done.record,
			cid: ticket.cid,
			sha256: Hash::from(ticket.sha256),
			document_sha256: Hash::from(document),
			size: ticket.size,
			acknowledgement: done.acknowledgement,
			key: done.key,
			subject: about.subject,
			subject_checked: about.checked,
			warnings,
		})
	}

	/// SHA-256 of the document, and whom it is about.
	async fn read(&self, data: &DataDir) -> Result<([u8; 32], About), Error> {
		let (put, data) = (self.clone(), data.clone());
		blocking(move || {
			let digest = document::digest(&put.file)?;
			let about = subject::about(&put.file, put.media, put.subject.as_deref())?;
			if let Some(subject) = &about.subject {
				SubjectMemory::new(&data).compare(put.patient, subject, put.subject.is_some())?;
			}
			Ok((digest, about))
		})
		.await
	}

	/// The name of this upload: the same command finds it again, one that differs in anything that is signed or
	/// registered does not, and nobody else learns of what it is.
	fn id(
		&self,
		data: &DataDir,
		actor: &Actor,
		institution: InstitutionId,
		document: &[u8; 32],
	) -> Result<[u8; 32], FileError> {
		let facts = (
			(self.patient, self.category, self.compartment, self.media),
			(self.origin, self.purpose, self.relates_to, self.doc_status),
			(institution, actor.account.id(), self.recorded_at),
		)
			.encode();
		data.salted(&[b"upload", document, &facts])
	}

	fn context(&self, genesis: Hash, institution: InstitutionId) -> Context {
		Context {
			genesis: genesis.0,
			patient: self.patient,
			category: self.category as u8,
			media: self.media as u8,
			institution,
		}
	}

	/// The record as it is registered: equal to the ticket in every field they share.
	fn record(&self, ticket: &UploadTicket) -> Result<NewRecord, Error> {
		Ok(NewRecord {
			patient: ticket.patient,
			origin: self.origin,
			category: self.category,
			compartment: ticket.compartment,
			media: self.media,
			cid: ticket
				.cid
				.clone()
				.try_into()
				.map_err(|_| Error::Usage("the CID is too long".into()))?,
			sha256: Hash::from(ticket.sha256),
			tree: Hash::from(ticket.tree),
			size: ticket.size,
			recorded_at: ticket.recorded_at,
			relates_to: self.relates_to,
			doc_status: self.doc_status,
		})
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{AccountId, Identity};
	use salus_primitives::{Record, RecordStatus};
	use std::path::Path;

	pub(super) const RECORDED: Moment = 1_600_000_000_000;

	/// A document and the upload of it.
	pub(super) struct World {
		pub(super) put: Put,
		pub(super) stored: Stored,
		document: [u8; 32],
		data: DataDir,
		_folder: tempfile::TempDir,
	}

	impl World {
		pub(super) fn new(document: &[u8]) -> Self {
			let folder = tempfile::tempdir().unwrap();
			let file = folder.path().join("scan.bin");
			std::fs::write(&file, document).unwrap();
			let data = DataDir::open(&folder.path().join("data"), &Hash::zero()).unwrap();
			let put = put(&file);
			Self {
				stored: Stored::open(&data, &[1; 32]).unwrap(),
				document: document::digest(&put.file).unwrap(),
				put,
				data,
				_folder: folder,
			}
		}

		pub(super) fn seal(&self, recipients: Recipients) -> Result<Kept, Error> {
			self.put
				.seal(&self.stored, &context(), recipients, RECORDED, &self.document)
		}

		fn id(&self, put: &Put, signer: u8, institution: InstitutionId, document: u8) -> [u8; 32] {
			let actor = Actor {
				account: Identity::from_seed(&[signer; 32]).account().clone(),
				institution: Some(institution),
			};
			put.id(&self.data, &actor, institution, &[document; 32]).unwrap()
		}
	}

	fn put(file: &Path) -> Put {
		Put {
			file: file.to_owned(),
			patient: 7,
			media: Media::Opaque,
			category: Category::Imaging,
			compartment: Some(3),
			recorded_at: None,
			relates_to: None,
			doc_status: DocStatus::Final,
			origin: Origin::Clinician,
			purpose: Purpose::Treatment,
			subject: None,
			accept_new_key: false,
			again: false,
		}
	}

	pub(super) fn context() -> Context {
		put(Path::new("x")).context(Hash::repeat_byte(1), 0)
	}

	pub(super) fn recipients() -> Recipients {
		let key = |byte| salus_vault::wrap::HpkeSecret::derive(&[byte; 32]).unwrap().public();
		Recipients {
			custodian: crate::sdk::registration::chain_key(key(1)),
			patient: None,
		}
	}

	/// The record that an upload becomes.
	pub(super) fn record(put: &Put) -> Record<AccountId> {
		let world = World::new(b"a document");
		let new = put.record(&world.seal(recipients()).unwrap().ticket).unwrap();
		Record {
			patient: new.patient,
			author: AccountId::from([1; 32]),
			custodian: 0,
			origin: new.origin,
			category: new.category,
			compartment: new.compartment,
			media: new.media,
			cid: new.cid,
			sha256: new.sha256,
			tree: new.tree,
			size: new.size,
			recorded_at: new.recorded_at,
			registered_at: new.recorded_at,
			relates_to: new.relates_to,
			doc_status: new.doc_status,
			status: RecordStatus::Current,
			previous: None,
		}
	}

	#[test]
	fn the_same_upload_has_the_same_name_and_another_does_not() {
		let world = World::new(b"a document");
		let put = world.put.clone();
		let id = world.id(&put, 1, 0, 1);
		assert_eq!(world.id(&put.clone(), 1, 0, 1), id);
		// Another signer, another institution, another document.
		for other in [
			world.id(&put, 2, 0, 1),
			world.id(&put, 1, 1, 1),
			world.id(&put, 1, 0, 2),
		] {
			assert_ne!(other, id);
		}
		let changes: [fn(&mut Put); 8] = [
			|put| put.patient = 8,
			|put| put.recorded_at = Some(RECORDED),
			|put| put.category = Category::Laboratory,
			|put| put.compartment = None,
			|put| put.media = Media::Pdf,
			|put| put.relates_to = Some((Relation::Appends, 1)),
			|put| put.doc_status = DocStatus::Preliminary,
			|put| put.origin = Origin::Scanned,
		];
		for (index, change) in changes.into_iter().enumerate() {
			let mut other = put.clone();
			change(&mut other);
			assert_ne!(world.id(&other, 1, 0, 1), id, "change {index}");
		}
	}
}
