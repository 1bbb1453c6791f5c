//! Every way to fail, each with what to do about it.

use std::{io, path::PathBuf};

use salus_primitives::{Decision, PatientId, Reason, ReceiptId, RecordId};
use salus_vault::{envelope::EnvelopeError, keystore::KeystoreError, wrap::WrapError};

use super::{rejections, AccountId, Hash};

/// The process's exit codes.
pub mod exit {
	/// Anything without a code of its own.
	pub const FAILED: u8 = 1;
	/// The command line is wrong.
	pub const USAGE: u8 = 2;
	/// The chain or the custodian refused access to a record.
	pub const REFUSED: u8 = 3;
	/// The chain rejected the transaction.
	pub const REJECTED: u8 = 4;
	/// The node or its vault can't be reached or answered with an error.
	pub const UNREACHABLE: u8 = 5;
	/// A local file or key is missing, unreadable or wrong.
	pub const LOCAL: u8 = 6;
	/// Something did not verify: a proof, a hash, a signature, a trail, the chain's identity.
	pub const UNVERIFIED: u8 = 7;
	/// A person has to confirm first.
	pub const CONFIRM: u8 = 8;
}

/// What failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// The node can't be used.
	#[error(transparent)]
	Connection(#[from] ConnectionError),
	/// The transaction did not take effect.
	#[error(transparent)]
	Submission(#[from] SubmissionError),
	/// A key can't be used.
	#[error(transparent)]
	Key(#[from] KeyError),
	/// A card, voucher, application or other document can't be used.
	#[error(transparent)]
	Document(#[from] DocumentError),
	/// What the node answered doesn't verify.
	#[error(transparent)]
	Proof(#[from] ProofError),
	/// The file is about somebody else.
	#[error(transparent)]
	Subject(#[from] SubjectError),
	/// The vault can't be used.
	#[error(transparent)]
	Vault(#[from] VaultError),
	/// Access to a record was refused.
	#[error(transparent)]
	Refused(#[from] Refusal),
	/// The payload can't be encrypted, decrypted or unwrapped.
	#[error(transparent)]
	Payload(#[from] PayloadError),
	/// A local file can't be read or written.
	#[error(transparent)]
	File(#[from] FileError),
	/// There is no such thing on the chain.
	#[error("{what} {id} is not on this chain at the finalised head; check the id, or wait until it is finalised")]
	NotFound {
		/// What was looked for.
		what: &'static str,
		/// Its id.
		id: String,
	},
	/// The command line asks for something that can't be.
	#[error("{0}")]
	Usage(String),
}

impl Error {
	/// The exit code of the command.
	pub fn exit_code(&self) -> u8 {
		match self {
			Self::Connection(ConnectionError::WrongGenesis { .. } | ConnectionError::OtherRuntime { .. }) => {
				exit::UNVERIFIED
			}
			Self::Connection(_) => exit::UNREACHABLE,
			Self::Submission(SubmissionError::Connection(_)) => exit::UNREACHABLE,
			Self::Submission(_) => exit::REJECTED,
			Self::Vault(VaultError::Refused { .. }) => exit::REFUSED,
			Self::Vault(VaultError::OtherBytes) => exit::UNVERIFIED,
			Self::Vault(_) => exit::UNREACHABLE,
			Self::Refused(_) => exit::REFUSED,
			Self::Proof(_) => exit::UNVERIFIED,
			Self::Payload(PayloadError::Envelope(EnvelopeError::Io(_))) => exit::LOCAL,
			Self::Payload(PayloadError::KeyChanged { .. }) => exit::CONFIRM,
			Self::Payload(_) => exit::UNVERIFIED,
			Self::Document(DocumentError::BadSignature { .. } | DocumentError::Expired { .. }) => exit::UNVERIFIED,
			Self::Key(_) | Self::Document(_) | Self::File(_) => exit::LOCAL,
			Self::Subject(SubjectError::Unreadable { .. }) => exit::LOCAL,
			Self::Subject(_) => exit::CONFIRM,
			Self::NotFound { .. } => exit::FAILED,
			Self::Usage(_) => exit::USAGE,
		}
	}

	/// A stable name, for `--json`.
	pub fn name(&self) -> String {
		let debug = match self {
			Self::Submission(SubmissionError::Rejected { pallet, error, .. }) => return format!("{pallet}.{error}"),
			Self::Vault(VaultError::Refused { name, .. } | VaultError::Answered { name, .. }) => return name.clone(),
			Self::Refused(refusal) => return refusal.shown().name().to_string(),
			Self::Connection(error) => format!("{error:?}"),
			Self::Submission(error) => format!("{error:?}"),
			Self::Key(error) => format!("{error:?}"),
			Self::Document(error) => format!("{error:?}"),
			Self::Proof(error) => format!("{error:?}"),
			Self::Subject(error) => format!("{error:?}"),
			Self::Vault(error) => format!("{error:?}"),
			Self::Payload(error) => format!("{error:?}"),
			other => format!("{other:?}"),
		};
		debug
			.split(|letter: char| !letter.is_alphanumeric())
			.next()
			.unwrap_or_default()
			.to_string()
	}
}

/// Why the node can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionError {
	/// Nobody answers at the URL.
	#[error("no node answers at {url} ({reason}); start one, or name another with --url")]
	NoNode {
		/// Where.
		url: String,
		/// What the transport said.
		reason: String,
	},
	/// It is another chain.
	#[error("{url} is on the chain with genesis {found:?}, not {wanted:?}; connect to a node of your consortium")]
	WrongGenesis {
		/// Where.
		url: String,
		/// The chain's genesis hash.
		found: Hash,
		/// The genesis hash that was asked for.
		wanted: Hash,
	},
	/// The node's runtime is another than this client was made for.
	#[error("the node runs version {spec_version} of a runtime that this client was not made for; install the `salus` that comes with it")]
	OtherRuntime {
		/// The runtime's version.
		spec_version: u32,
	},
	/// The connection broke, or the node failed.
	#[error("the node did not answer ({0}); check its log and try again")]
	Broken(String),
	/// The node answered with an error of its API.
	#[error("{method}: {message} ({name}, {code})")]
	Answered {
		/// The RPC.
		method: String,
		/// The error's code.
		code: i32,
		/// Its name.
		name: String,
		/// What it says.
		message: String,
	},
	/// The node's answer can't be read.
	#[error("the node's answer to {what} can't be read ({reason}); use the `salus` that comes with the node")]
	Unreadable {
		/// The question.
		what: String,
		/// What is wrong with it.
		reason: String,
	},
}

/// Why a transaction did not take effect.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmissionError {
	/// The node can't be used.
	#[error(transparent)]
	Connection(#[from] ConnectionError),
	/// A call was in a block and failed; nothing was changed.
	#[error("{pallet}.{error}: {next} (block {block})")]
	Rejected {
		/// The pallet that refused.
		pallet: String,
		/// The error's name.
		error: String,
		/// What to do.
		next: String,
		/// In which block.
		block: u64,
	},
	/// A call was in a block and failed for a reason of no pallet; nothing was changed.
	#[error("the chain refused the call: {reason} (block {block}); sign it with an account that may make it")]
	Failed {
		/// The reason.
		reason: String,
		/// In which block.
		block: u64,
	},
	/// The account was never registered.
	#[error("{0} has no standing on this chain, so its transactions are not taken; have a hospital approve it (`salus apply`), or register as a patient (`salus patient register`)")]
	Unregistered(String),
	/// The transaction is not valid in the pool.
	#[error("{name}: {next}")]
	Invalid {
		/// Why.
		name: String,
		/// What to do.
		next: String,
	},
	/// The transaction left the pool before it was in a block.
	#[error("the transaction left the node's pool ({0}); check whether it took effect, then try again")]
	Dropped(String),
	/// Finality took too long.
	#[error("extrinsic {extrinsic:?} was sent but not finalised within {seconds} s; see whether the chain finalises (`salus node status`) before you repeat the command")]
	NotFinalised {
		/// The extrinsic's hash.
		extrinsic: Hash,
		/// How long was waited.
		seconds: u64,
	},
	/// The call can't be encoded for this chain.
	#[error("the transaction can't be made ({0}); use the `salus` that comes with the node")]
	Encoding(String),
	/// The event that the call should have left is missing.
	#[error("the transaction is in block {block} but left no event of {pallet}; report this")]
	NoEvent {
		/// In which block.
		block: u64,
		/// Of which pallet.
		pallet: &'static str,
	},
}

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
	#[error("this key has no seed to derive a patient's ids from; make one with `salus key new`")]
	NoSeed,
	/// The file holds something else.
	#[error("{} holds no usable key; make one with `salus key new`", .0.display())]
	BadContent(PathBuf),
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
	#[error("this key is not patient {patient}'s; use the key she registered with")]
	NotThePatient {
		/// Which patient.
		patient: PatientId,
	},
	/// The HPKE key can't be derived.
	#[error(transparent)]
	Hpke(WrapError),
	/// The system has no randomness.
	#[error("the system has no randomness; try again")]
	NoRandomness,
}

/// Why a card, voucher or application can't be used.
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
	/// The hospital's terms have changed since.
	#[error("the hospital's admission terms have changed since this voucher was written; ask for a new one")]
	OtherTerms,
	/// The card's signer is not the patient's controller any more.
	#[error("patient {0} has another key by now; ask her for a new card")]
	NotTheController(PatientId),
}

/// Why something doesn't verify.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
	/// The header is not the block's.
	#[error("the node's header does not hash to the block {0:?}; use another node")]
	WrongHeader(Hash),
	/// The proof doesn't lead to the state root.
	#[error("the state proof does not lead to the state root of block {0:?}; use another node")]
	WrongProof(Hash),
	/// The proven value can't be read.
	#[error("the proven {0} can't be read; use the `salus` that comes with the node")]
	UnreadableValue(&'static str),
	/// An entry is missing or out of order.
	#[error("the trail of patient {patient} has entry {found} where {wanted} should be; the node's index is incomplete: ask another hospital's node")]
	Gap {
		/// Whose.
		patient: PatientId,
		/// Which entry should come.
		wanted: u64,
		/// Which came.
		found: u64,
	},
	/// There are fewer entries than the head says.
	#[error("the node lists {found} entries of patient {patient}, the chain has {wanted}; wait for the node's index, or ask another node")]
	Short {
		/// Whose.
		patient: PatientId,
		/// How many the chain has.
		wanted: u64,
		/// How many the node lists.
		found: u64,
	},
	/// The entries don't end in the head.
	#[error("the {entries} entries of patient {patient} do not end in the head on the chain; the node's index is wrong: ask another hospital's node")]
	WrongHead {
		/// Whose.
		patient: PatientId,
		/// How many entries.
		entries: u64,
	},
	/// The node's record is not the proven one.
	#[error("record {0} as the node tells it is not the one in the chain's state; use another node")]
	OtherRecord(RecordId),
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
	#[error("the file does not name the subject {wanted} but {}; check the file", .found.join(", "))]
	NotNamed {
		/// What was confirmed.
		wanted: String,
		/// What the file names.
		found: Vec<String>,
	},
}

/// Why the vault can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
	/// Nobody answers.
	#[error("no vault answers at {url} ({reason}); check --vault and that the node keeps payloads")]
	NoVault {
		/// Where.
		url: String,
		/// What the transport said.
		reason: String,
	},
	/// The vault refused.
	#[error("{message}")]
	Refused {
		/// The refusal's name.
		name: String,
		/// What it says.
		message: String,
	},
	/// The vault, or the custodian's desk, can't do it.
	#[error("the vault answered {name}: {message}")]
	Answered {
		/// The error's name.
		name: String,
		/// What it says.
		message: String,
	},
	/// The transfer broke off.
	#[error("the transfer broke off ({0}); run the same command again, it goes on where it stopped")]
	Interrupted(String),
	/// What came is not the payload.
	#[error("what the vault sent is not the payload on the chain; ask another custodian's node")]
	OtherBytes,
}

/// Why access to a record was refused, or a document was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
	/// Which record; none for a document that was to be added.
	pub record: Option<RecordId>,
	/// The receipt that says so; none when the refusal came later.
	pub receipt: Option<ReceiptId>,
	/// Why.
	pub reason: Reason,
}

impl Refusal {
	/// The reason as a requester is told it: that the patient refuses her, or sealed a drawer, is not hers to know.
	pub fn shown(&self) -> Reason {
		shown(self.reason)
	}
}

/// A reason as a requester is told it.
pub fn shown(reason: Reason) -> Reason {
	match reason {
		Reason::Refused | Reason::Sealed => Reason::NoGrant,
		other => other,
	}
}

/// A decision as a requester is told it.
pub fn shown_decision(decision: Decision) -> Decision {
	match decision {
		Decision::Deny(reason) => Decision::Deny(shown(reason)),
		permit => permit,
	}
}

impl std::fmt::Display for Refusal {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		let reason = self.shown();
		match self.record {
			Some(record) => write!(f, "access to record {record} is refused: {}", reason.name())?,
			None => write!(f, "the document may not be added: {}", reason.name())?,
		}
		if let Some(receipt) = self.receipt {
			write!(f, " (receipt {receipt}; the refusal is in the patient's trail)")?;
		}
		write!(f, "; {}", rejections::after_refusal(reason))
	}
}

impl std::error::Error for Refusal {}

/// Why a payload can't be made or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PayloadError {
	/// The envelope.
	#[error(transparent)]
	Envelope(#[from] EnvelopeError),
	/// The key wrap.
	#[error(transparent)]
	Wrap(#[from] WrapError),
	/// The recipient's key on chain has changed.
	#[error("institution {institution} has another key than when this client last saw it ({pinned} before, {found} now); ask the hospital whether it changed its key, then confirm with --accept-new-key")]
	KeyChanged {
		/// Whose key.
		institution: u32,
		/// The pinned key.
		pinned: String,
		/// The key on chain.
		found: String,
	},
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
	fn a_requester_is_not_told_that_she_is_refused_by_name() {
		for reason in [Reason::Refused, Reason::Sealed, Reason::NoGrant] {
			let refusal = Refusal {
				record: Some(7),
				receipt: Some(3),
				reason,
			};
			assert_eq!(refusal.shown(), Reason::NoGrant);
			assert!(refusal.to_string().contains("salus consent ask"));
			assert!(!refusal.to_string().contains("Sealed"));
			assert_eq!(Error::from(refusal).name(), "NoGrant");
			assert_eq!(Error::from(refusal).exit_code(), exit::REFUSED);
		}
	}

	#[test]
	fn names_are_the_innermost() {
		assert_eq!(Error::from(KeyError::NoSeed).name(), "NoSeed");
		assert_eq!(Error::from(SubjectError::Several(vec![])).name(), "Several");
		assert_eq!(Error::from(SubjectError::Several(vec![])).exit_code(), exit::CONFIRM);
		let rejected = SubmissionError::Rejected {
			pallet: "Consent".into(),
			error: "TermsWider".into(),
			next: String::new(),
			block: 1,
		};
		assert_eq!(Error::from(rejected).name(), "Consent.TermsWider");
	}
}
