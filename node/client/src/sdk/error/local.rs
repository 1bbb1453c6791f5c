//! Failures of keys, documents and files on this machine.

use std::{io, path::PathBuf};

use salus_primitives::{InstitutionId, PatientId, RecordId};
use salus_vault::{keystore::KeystoreError, wrap::WrapError};
use salus_vitals::{batch::BatchError, batch_file::BatchFileError, signature::SignatureError};

use crate::sdk::{AccountId, Hash};

/// Why a key can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
	/// The keystore file can't be used.
	#[error(transparent)]
	Keystore(#[from] KeystoreError),
	/// The phrase is none.
	#[error("the phrase is neither a BIP-39 mnemonic nor 64 hex digits of seed; check each word")]
	BadPhrase,
	/// The derivation path is none.
	#[error("`{0}` is no development key; use a path such as //Alice//doctor")]
	BadPath(String),
	/// The key came without a seed.
	#[error("this key has no seed to derive a patient's ids or an HPKE key from; make one with `salus key new`")]
	NoSeed,
	/// The file holds something else.
	#[error("{} holds no usable key; make one with `salus key new`", .0.display())]
	BadContent(PathBuf),
	/// The file holds something else than a device's key.
	#[error("{} holds no key of a device; make one with `salus device key new`", .0.display())]
	NoDevice(PathBuf),
	/// The Polkadot.js account can't be read.
	#[error("the Polkadot.js account can't be read ({0}); export an sr25519 account as JSON again")]
	BadPolkadotJs(String),
	/// The password is not the Polkadot.js account's.
	#[error("wrong password for the Polkadot.js account; try again")]
	WrongPolkadotJsPassword,
	/// No key was named.
	#[error("this command signs; name your key with --key FILE (or --dev --dev-key //Alice on a development chain)")]
	Missing,
	/// The passphrase can't be had.
	#[error("no passphrase: {0}; type it on a terminal, or name a file of mode 0600 with --passphrase-file")]
	NoPassphrase(String),
	/// Development keys are for development chains.
	#[error("{0} is no development chain, so --dev is refused; use a key of your own with --key")]
	NotDevelopment(String),
	/// The key is not the patient's.
	#[error("this key is not patient {patient}'s; use the key she registered with, or that of a guardian of hers")]
	NotThePatient {
		/// Which patient.
		patient: PatientId,
	},
	/// The guardianship doesn't count now.
	#[error("your guardianship of patient {patient} is not in force: {why}; see salus guardian list")]
	GuardianshipNotInForce {
		/// Which patient.
		patient: PatientId,
		/// Why.
		why: String,
	},
	/// The guardian may not do this in the patient's place.
	#[error("your guardianship of patient {patient} is not for consent; another guardian or the patient signs this")]
	GuardianMayNotConsent {
		/// Which patient.
		patient: PatientId,
	},
	/// Every key of the person at the institution was used.
	#[error("all your keys at institution {institution} were used before; make another key file with `salus key new`")]
	AllUsed {
		/// Where.
		institution: InstitutionId,
	},
	/// The HPKE key can't be derived.
	#[error(transparent)]
	Hpke(WrapError),
	/// The system has no randomness.
	#[error("the system has no randomness; try again")]
	NoRandomness,
}

/// Why a card, voucher, application or acceptance can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
	/// The text is none.
	#[error("this is no {what} ({reason}); check that it was copied whole")]
	Malformed {
		/// What it should be.
		what: &'static str,
		/// What is wrong with it.
		reason: String,
	},
	/// The signature is not the signer's.
	#[error("the signature under this {what} is not {signer}'s; ask for a new one")]
	BadSignature {
		/// What it is.
		what: &'static str,
		/// Who should have signed.
		signer: AccountId,
	},
	/// The device's key is none that a device can have.
	#[error("the device's key: {0}")]
	BadDevice(SignatureError),
	/// The device did not sign its claim.
	#[error("the signature under this claim is not the device's ({0:?}); have it signed again: salus device claim")]
	BadDeviceSignature(Hash),
	/// It is for another chain.
	#[error("this {what} is for the chain with genesis {found:?}; connect to a node of that chain")]
	OtherChain {
		/// What it is.
		what: &'static str,
		/// Its chain.
		found: Hash,
	},
	/// Its time is over.
	#[error("this {what} was good until {until}; ask for a new one")]
	Expired {
		/// What it is.
		what: &'static str,
		/// Until when it was good.
		until: String,
	},
	/// Its time is further ahead than can be.
	#[error("this {what} is good for longer than it may be; check the clocks and ask for a new one")]
	TooLong {
		/// What it is.
		what: &'static str,
	},
	/// It is for another patient.
	#[error("this {what} is for patient {found}, not {wanted}; check the patient, or ask for one that is for her")]
	OtherPatient {
		/// What it is.
		what: &'static str,
		/// For whom it is.
		found: PatientId,
		/// For whom it should be.
		wanted: PatientId,
	},
	/// The scan is not that of the paper.
	#[error(
		"this scan is another than the one that the first witness brought; compare both with what the patient signed"
	)]
	OtherScan,
	/// Another part was accepted.
	#[error("this acceptance is a {}'s; ask for a {}'s: salus accept {}", .found.to_lowercase(), .wanted.to_lowercase(), .wanted.to_lowercase())]
	OtherCapacity {
		/// What was accepted.
		found: &'static str,
		/// What should have been.
		wanted: &'static str,
	},
	/// The hospital's terms have changed since.
	#[error("the hospital's admission terms have changed since this voucher was written; ask for a new one")]
	OtherTerms,
	/// The card's signer is not the patient's controller any more.
	#[error("patient {0} has another key by now; ask her for a new card")]
	NotTheController(PatientId),
	/// The recovery is to another account than the contact was told.
	#[error("the recovery of patient {patient} is to account {found}, another than she told you; sign nothing, and tell her hospital")]
	OtherAccount {
		/// Whose.
		patient: PatientId,
		/// To which account it is.
		found: AccountId,
	},
	/// A contact vouched for other keys than the recovery is to.
	#[error("{0} vouched for another patient, or for other keys than the recovery is to; have it signed again: salus recovery vouch-sign")]
	OtherKeys(AccountId),
	/// A contact signed another time of the loss, or another end, than the recovery or the other contacts say.
	#[error("{0} signed another time of the loss, or another end, than the recovery or the other contacts say; have it signed again, with the same --lost-at and --until: salus recovery vouch-sign")]
	OtherTimes(AccountId),
	/// What a contact signed was for an earlier recovery.
	#[error("{0} vouched before a recovery of this patient ended; have it signed again: salus recovery vouch-sign")]
	EarlierRecovery(AccountId),
	/// Somebody vouched who is no contact.
	#[error("{0} is none of the contacts in the contacts file; send the others' files only")]
	NotAContact(AccountId),
	/// Too few contacts vouched.
	#[error("{found} of the contacts vouched, and it takes {wanted}; ask the others: salus recovery vouch-sign")]
	TooFewVouches {
		/// How many did.
		found: usize,
		/// How many are needed.
		wanted: u8,
	},
}

/// Why a file is not taken for a patient.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubjectError {
	/// The file can't be read as what it is said to be.
	#[error("{} can't be read as {format} ({reason}); name what it is with --media", .path.display())]
	Unreadable {
		/// The file.
		path: PathBuf,
		/// As what.
		format: &'static str,
		/// What is wrong.
		reason: String,
	},
	/// The file is about several people.
	#[error("the file names several subjects ({}); split it, or confirm the right one with --subject", .0.join(", "))]
	Several(Vec<String>),
	/// The file is about somebody else than before.
	#[error("the file's subject is {found}, another than in the files before it for patient {patient}; check the patient, or confirm with --subject {found}")]
	Other {
		/// For which patient.
		patient: PatientId,
		/// Who the file is about.
		found: String,
	},
	/// The confirmed subject is not in the file.
	#[error("the file does not name the subject {wanted} but {}; check the file", named(.found))]
	NotNamed {
		/// What was confirmed.
		wanted: String,
		/// What the file names.
		found: Vec<String>,
	},
}

fn named(subjects: &[String]) -> String {
	if subjects.is_empty() {
		"nobody".into()
	} else {
		subjects.join(", ")
	}
}

/// Why a file is not uploaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PutError {
	/// There is nothing in it.
	#[error("{} is empty; name the document", .0.display())]
	Empty(PathBuf),
	/// It is no file.
	#[error("{} is a folder; name one document", .0.display())]
	Folder(PathBuf),
	/// It is not what was checked any more.
	#[error("{} was changed while it was read; run the command again", .0.display())]
	Changed(PathBuf),
	/// The readings make no batch.
	#[error(transparent)]
	NoBatch(#[from] BatchError),
	/// They can't be written as a file.
	#[error(transparent)]
	BatchFile(#[from] BatchFileError),
	/// The batch is not what its upload says.
	#[error(
		"the {field} of this batch is not what its upload says; seal it for the patient to whom the device was bound"
	)]
	OtherBatch {
		/// The first field that differs.
		field: &'static str,
	},
	/// The bytes of a sealed batch are not as they were written.
	#[error("this is no sealed batch, or it is damaged ({0}); seal the batch anew")]
	DamagedBatch(&'static str),
	/// This client registered the same document for the same patient before.
	#[error("this document is already record {record} of patient {patient}; confirm with --again that there shall be a second record of it")]
	AlreadyRecorded {
		/// Whose.
		patient: PatientId,
		/// The record.
		record: RecordId,
	},
}

/// Why the folder this client keeps its files in can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
	/// Nobody said where it is.
	#[error(
		"neither HOME nor XDG_DATA_HOME says where this client keeps its files; name a folder of your own with --data"
	)]
	NoHome,
	/// It is somebody else's.
	#[error("{} belongs to another user; name a folder of your own with --data", .0.display())]
	Foreign(PathBuf),
	/// Others may look into it.
	#[error("{path} is open to others; run: chmod 700 {path}", path = .0.display())]
	Open(PathBuf),
	/// Another process is at the same transfer.
	#[error("another `salus` is at the same {0}; wait until it is done")]
	Busy(&'static str),
	/// A file in it.
	#[error(transparent)]
	File(#[from] FileError),
}

/// A local file that can't be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}; check the path and its permissions", .path.display())]
pub struct FileError {
	/// The file.
	pub path: PathBuf,
	/// What failed.
	pub source: io::Error,
}

impl FileError {
	/// Names the file that an operation failed on.
	pub fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
		let path = path.into();
		move |source| Self { path, source }
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn nobody_is_named_in_words() {
		let error = SubjectError::NotNamed {
			wanted: "Patient/1".into(),
			found: vec![],
		};
		assert!(error.to_string().contains("but nobody"), "{error}");
	}
}
