//! The steps of an upload, each of which may find that an earlier run has done it.

use std::sync::Arc;

use salus_primitives::{InstitutionId, Moment, NewRecord, Record, RecordId, RecordStatus};
use salus_vault::ticket::UploadTicket;

use super::{
	memory::Documents,
	stored::{Kept, Stored},
	Put,
};
use crate::sdk::{
	calls,
	sealing::Recipients,
	subject::{About, SubjectMemory},
	threads::blocking,
	vault::good_from_now,
	AccountId, Acknowledgement, Actor, Client, DataDir, Error, Hash, KeyChange, Pins, Progress, ProofError, PutError,
	SubmissionError, Upload, VaultClient, VaultError,
};

/// The vault's refusals of a payload as it is.
const UNUSABLE: [&str; 14] = [
	"BadCid",
	"BadHeader",
	"BadSize",
	"BadWraps",
	"Duplicate",
	"ForeignCustodyWrap",
	"ForeignWraps",
	"TooLarge",
	"TooLong",
	"WrongCid",
	"WrongHash",
	"WrongLength",
	"WrongTree",
	"WrongVersion",
];

/// An upload under way.
pub(super) struct Job<'a> {
	pub(super) put: &'a Put,
	pub(super) client: &'a Client,
	pub(super) data: &'a DataDir,
	pub(super) actor: &'a Actor,
	/// The custodian.
	pub(super) institution: InstitutionId,
	pub(super) stored: Arc<Stored>,
	/// SHA-256 of the document.
	pub(super) document: [u8; 32],
}

/// What an upload came to.
pub(super) struct Done {
	pub(super) kept: Kept,
	pub(super) record: RecordId,
	pub(super) acknowledgement: Option<Acknowledgement>,
	pub(super) key: KeyChange,
}

impl Job<'_> {
	/// The record with the ticket's ciphertext, proven to be what was to be registered; none when there is none.
	pub(super) async fn registered(&self, ticket: &UploadTicket) -> Result<Option<RecordId>, Error> {
		let at = self.client.finalised().await?;
		let sha256 = Hash::from(ticket.sha256);
		let Some(record) = self.client.record_by_hash(&at, self.put.patient, sha256).await? else {
			return Ok(None);
		};
		let proven = self.client.proven_record(record).await?.value;
		let wanted = self.put.record(ticket)?;
		let author = self.actor.account.id();
		match proven.map(|found| difference(&wanted, author, self.institution, &found)) {
			Some(None) => Ok(Some(record)),
			Some(Some(field)) => Err(ProofError::OtherUpload { record, field }.into()),
			None => Err(ProofError::OtherRecord(record).into()),
		}
	}

	/// Refuses to make a second record of a document, unless that is wanted, or the first one does not count any more.
	pub(super) async fn check_again(&self, documents: &Documents<'_>) -> Result<(), Error> {
		let Some(record) = documents.record()?.filter(|_| !self.put.again) else {
			return Ok(());
		};
		let patient = self.put.patient;
		match self.client.proven_record(record).await?.value {
			Some(found) if found.patient == patient && counts(&found.status) => {
				Err(PutError::AlreadyRecorded { patient, record }.into())
			}
			_ => Ok(()),
		}
	}

	/// Encrypts where nothing usable is stored, uploads, registers. What fails for good leaves nothing behind.
	pub(super) async fn carry_out(
		&self,
		kept: Option<Kept>,
		recipients: Recipients,
		vault: &VaultClient,
		progress: impl Progress + 'static,
	) -> Result<Done, Error> {
		let done = self.steps(kept, recipients, vault, progress).await;
		done.inspect_err(|error| {
			if is_final(error) {
				self.stored.clear().ok();
			}
		})
	}

	async fn steps(
		&self,
		kept: Option<Kept>,
		recipients: Recipients,
		vault: &VaultClient,
		progress: impl Progress + 'static,
	) -> Result<Done, Error> {
		let kept = match kept {
			Some(kept) => self.usable(kept, recipients.clone()).await?,
			None => None,
		};
		let recorded_at = self.recorded_at(kept.as_ref()).await?;
		self.put
			.foresee(self.client, self.actor, self.institution, recorded_at)
			.await?;
		let accept = self.put.accept_new_key;
		let key = Pins::new(self.data).check(self.institution, &recipients.custodian, accept)?;
		let kept = match kept {
			Some(kept) => kept,
			None => self.seal(recipients, recorded_at).await?,
		};
		let (record, acknowledgement) = self.register(&kept, vault, progress).await?;
		Ok(Done {
			kept,
			record,
			acknowledgement,
			key,
		})
	}

	/// When the documented thing happened: as it was registered in an earlier run, as was said, or now.
	pub(super) async fn recorded_at(&self, kept: Option<&Kept>) -> Result<Moment, Error> {
		match (kept, self.put.recorded_at) {
			(Some(kept), _) => Ok(kept.ticket.recorded_at),
			(None, Some(given)) => Ok(given),
			(None, None) => Ok(self.client.time().await?),
		}
	}

	/// What an earlier run left, if it can be uploaded as it is.
	async fn usable(&self, kept: Kept, recipients: Recipients) -> Result<Option<Kept>, Error> {
		let stored = self.stored.clone();
		blocking(move || Ok(kept.is_usable(&stored, &recipients)?.then_some(kept))).await
	}

	async fn seal(&self, recipients: Recipients, recorded_at: Moment) -> Result<Kept, Error> {
		let (put, stored, document) = (self.put.clone(), self.stored.clone(), self.document);
		let context = self.put.context(self.client.genesis(), self.institution);
		blocking(move || put.seal(&stored, &context, recipients, recorded_at, &document)).await
	}

	async fn register(
		&self,
		kept: &Kept,
		vault: &VaultClient,
		progress: impl Progress + 'static,
	) -> Result<(RecordId, Option<Acknowledgement>), Error> {
		let Self { put, client, actor, .. } = self;
		let ticket = good_from_now(&kept.ticket);
		let upload = Upload::sign(&ticket, &kept.wraps, &actor.account);
		match vault.upload(&upload, &self.stored.payload(), progress).await {
			Err(Error::Vault(VaultError::Refused { name, .. })) if name == "NotPermitted" => {
				return Err(put.refused(client, actor, self.institution, ticket.recorded_at).await)
			}
			result => result?,
		}
		let call = calls::register(put.record(&ticket)?, put.purpose, actor.institution);
		match client.submit(&call, &actor.account).await {
			Ok(acknowledgement) => Ok((acknowledgement.number("Records", "record")?, Some(acknowledgement))),
			// An earlier transaction of ours came through after all.
			Err(error) if is_registered(&error) => match self.registered(&ticket).await? {
				Some(record) => Ok((record, None)),
				None => Err(error.into()),
			},
			Err(error) => Err(error.into()),
		}
	}

	/// Notes on this machine what became of the document. The record is final: what fails here is told, and no error.
	pub(super) fn remember(&self, documents: &Documents<'_>, about: &About, record: RecordId) -> Vec<String> {
		let subject = about.subject.as_ref().map_or(Ok(()), |subject| {
			SubjectMemory::new(self.data).remember(self.put.patient, subject)
		});
		[documents.remember(record), subject, self.stored.clear()]
			.into_iter()
			.filter_map(Result::err)
			.map(|error| format!("the record is registered, but this machine could not note it: {error}"))
			.collect()
	}
}

/// The first field in which a record is not what was to be registered.
fn difference(
	wanted: &NewRecord,
	author: AccountId,
	custodian: InstitutionId,
	found: &Record<AccountId>,
) -> Option<&'static str> {
	[
		("patient", wanted.patient == found.patient),
		("author", author == found.author),
		("custodian", custodian == found.custodian),
		("origin", wanted.origin == found.origin),
		("category", wanted.category == found.category),
		("drawer", wanted.compartment == found.compartment),
		("media", wanted.media == found.media),
		("CID", wanted.cid == found.cid),
		("SHA-256", wanted.sha256 == found.sha256),
		("tree", wanted.tree == found.tree),
		("size", wanted.size == found.size),
		("time", wanted.recorded_at == found.recorded_at),
		("relation", wanted.relates_to == found.relates_to),
		("document status", wanted.doc_status == found.doc_status),
	]
	.into_iter()
	.find_map(|(field, same)| (!same).then_some(field))
}

/// Whether a record of the document is enough.
fn counts(status: &RecordStatus) -> bool {
	matches!(
		status,
		RecordStatus::Current | RecordStatus::Superseded(_) | RecordStatus::Restricted
	)
}

fn is_registered(error: &SubmissionError) -> bool {
	matches!(error, SubmissionError::Rejected { pallet, error, .. } if pallet == "Records" && error == "AlreadyRegistered")
}

/// Whether the same upload would fail again, whatever changes elsewhere: then what is stored of it is of no use.
fn is_final(error: &Error) -> bool {
	match error {
		// A consent may come.
		Error::Submission(SubmissionError::Rejected { pallet, error, .. }) => {
			(pallet.as_str(), error.as_str()) != ("Records", "NotPermitted")
		}
		Error::Submission(SubmissionError::Foreseen { .. } | SubmissionError::Failed { .. }) => true,
		Error::Vault(VaultError::Refused { name, .. } | VaultError::Answered { name, .. }) => {
			UNUSABLE.contains(&name.as_str())
		}
		_ => false,
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::{super::tests::*, *};
	use salus_primitives::{Category, ErrorReason, Media, Relation};

	#[test]
	fn a_record_is_what_was_uploaded_in_every_field_or_it_is_not() {
		let world = World::new(b"a document");
		let found = record(&world.put);
		let ticket = world.seal(recipients()).unwrap().ticket;
		let mut wanted = world.put.record(&ticket).unwrap();
		(wanted.cid, wanted.sha256, wanted.tree) = (found.cid.clone(), found.sha256, found.tree);
		let author = AccountId::from([1; 32]);
		assert_eq!(difference(&wanted, author, 0, &found), None);
		assert_eq!(difference(&wanted, AccountId::from([2; 32]), 0, &found), Some("author"));
		assert_eq!(difference(&wanted, author, 1, &found), Some("custodian"));
		type Change = (&'static str, fn(&mut Record<AccountId>));
		let changes: [Change; 8] = [
			("patient", |found| found.patient = 8),
			("SHA-256", |found| found.sha256 = Hash::zero()),
			("category", |found| found.category = Category::Laboratory),
			("media", |found| found.media = Media::Pdf),
			("time", |found| found.recorded_at += 1),
			("relation", |found| found.relates_to = Some((Relation::Signs, 1))),
			("drawer", |found| found.compartment = None),
			("size", |found| found.size += 1),
		];
		for (field, change) in changes {
			let mut other = found.clone();
			change(&mut other);
			assert_eq!(difference(&wanted, author, 0, &other), Some(field));
		}
	}

	#[test]
	fn a_record_in_error_is_no_reason_not_to_upload_again() {
		assert!(counts(&RecordStatus::Current) && counts(&RecordStatus::Superseded(4)));
		for status in [
			RecordStatus::EnteredInError(ErrorReason::WrongContent),
			RecordStatus::Erasing,
			RecordStatus::Erased,
		] {
			assert!(!counts(&status));
		}
	}

	#[test]
	fn only_the_chains_word_says_that_the_record_is_there_already() {
		let rejected = |pallet: &str, error: &str| SubmissionError::Rejected {
			pallet: pallet.into(),
			error: error.into(),
			next: String::new(),
			place: None,
			block: 1,
		};
		assert!(is_registered(&rejected("Records", "AlreadyRegistered")));
		assert!(!is_registered(&rejected("Roles", "AlreadyRegistered")));
		assert!(!is_registered(&rejected("Records", "NotPermitted")));
	}

	#[test]
	fn only_what_fails_for_good_forgets_the_ciphertext() {
		let rejected = |error: &str| {
			Error::from(SubmissionError::Rejected {
				pallet: "Records".into(),
				error: error.into(),
				next: String::new(),
				place: None,
				block: 1,
			})
		};
		assert!(is_final(&rejected("RecordedInFuture")) && !is_final(&rejected("NotPermitted")));
		let answered = |name: &str| {
			Error::from(VaultError::Answered {
				name: name.into(),
				message: String::new(),
			})
		};
		for name in ["TooLarge", "WrongHash", "ForeignCustodyWrap", "Duplicate"] {
			assert!(is_final(&answered(name)), "{name}");
		}
		for name in [
			"Busy",
			"TooShort",
			"InProgress",
			"StaleChain",
			"DiskLimit",
			"NoDesk",
			"HttpError",
		] {
			assert!(!is_final(&answered(name)), "{name}");
		}
		let unknown = SubmissionError::Unknown {
			extrinsic: Hash::zero(),
			reason: String::new(),
		};
		assert!(!is_final(&unknown.into()));
		assert!(!is_final(&VaultError::Interrupted(String::new()).into()));
	}
}
