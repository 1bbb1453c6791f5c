//! Every way to fail, each with what to do about it.

mod alert;
mod chain;
mod local;
mod vault;
mod vitals;

pub use alert::AlertError;
pub use chain::{ConnectionError, ProofError, SubmissionError};
pub use local::{DataError, DocumentError, FileError, KeyError, PutError, SubjectError};
pub use vault::{shown, shown_decision, PayloadError, Refusal, VaultError};
pub use vitals::{SendError, VitalsError};

use salus_primitives::{AppointmentId, Reason, ReceiptId};
use salus_vault::{chain::Object, envelope::EnvelopeError};
use serde_json::{Map, Value};

use super::{
	broker::BrokerError, fhir_appointment::SchedulingError, fhir_consent::ConsentError, rejections::after_refusal,
	words,
};

/// The process's exit codes.
pub mod exit {
	/// Done; or, in a dry run, it would be.
	pub const DONE: u8 = 0;
	/// Anything without a code of its own.
	pub const FAILED: u8 = 1;
	/// The command line is wrong.
	pub const USAGE: u8 = 2;
	/// The chain or the custodian refused access to a record.
	pub const REFUSED: u8 = 3;
	/// The chain rejected the transaction, or would have; nothing was changed.
	pub const REJECTED: u8 = 4;
	/// The node or its vault can't be reached or answered with an error.
	pub const UNREACHABLE: u8 = 5;
	/// A local file or key is missing, unreadable or wrong.
	pub const LOCAL: u8 = 6;
	/// Something did not verify: a proof, a hash, a signature, a trail, the chain's identity.
	pub const UNVERIFIED: u8 = 7;
	/// A person has to confirm first.
	pub const CONFIRM: u8 = 8;
	/// A transaction was sent and its outcome is unknown.
	pub const UNKNOWN: u8 = 9;
	/// SIGINT or SIGTERM ended the command.
	pub const INTERRUPTED: u8 = 130;
}

/// What failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// The node can't be used.
	#[error(transparent)]
	Connection(#[from] ConnectionError),
	/// The transaction did not take effect, or that is not known.
	#[error(transparent)]
	Submission(#[from] SubmissionError),
	/// A key can't be used.
	#[error(transparent)]
	Key(#[from] KeyError),
	/// A card, voucher, application or other document can't be used.
	#[error(transparent)]
	Document(#[from] DocumentError),
	/// A FHIR Consent can't be read or written.
	#[error(transparent)]
	Consent(#[from] ConsentError),
	/// A FHIR Schedule, Slot or Appointment can't be read or written.
	#[error(transparent)]
	Scheduling(#[from] SchedulingError),
	/// Readings, or the proof of one, can't be used.
	#[error(transparent)]
	Vitals(#[from] VitalsError),
	/// What an alert says can't be opened.
	#[error(transparent)]
	Alert(#[from] AlertError),
	/// Readings can't be sent to a gateway.
	#[error(transparent)]
	Send(#[from] SendError),
	/// An MQTT broker can't be spoken to.
	#[error(transparent)]
	Broker(#[from] BrokerError),
	/// What the node answered doesn't verify.
	#[error(transparent)]
	Proof(#[from] ProofError),
	/// The file is about somebody else.
	#[error(transparent)]
	Subject(#[from] SubjectError),
	/// The file can't be put.
	#[error(transparent)]
	Put(#[from] PutError),
	/// The vault can't be used.
	#[error(transparent)]
	Vault(#[from] VaultError),
	/// Access to a record was refused.
	#[error(transparent)]
	Refused(#[from] Refusal),
	/// The chain kept somebody from joining a tele-consultation.
	#[error("joining the tele-consultation of appointment {appointment} is refused: {}{}; {}", shown(*.reason).name(), in_block(*.block), after_refusal(shown(*.reason)))]
	NotAdmitted {
		/// The appointment.
		appointment: AppointmentId,
		/// Why.
		reason: Reason,
		/// The finalised block with the refusal; none in a dry run.
		block: Option<u64>,
	},
	/// The payload can't be encrypted, decrypted or unwrapped.
	#[error(transparent)]
	Payload(#[from] PayloadError),
	/// The folder this client keeps its files in can't be used.
	#[error(transparent)]
	Data(#[from] DataError),
	/// A local file can't be read or written.
	#[error(transparent)]
	File(#[from] FileError),
	/// Something failed after access had been permitted, so that a use of the consent is taken already.
	#[error("{error} (receipt {receipt}; `--receipt {receipt}` goes on without asking again)")]
	AfterReceipt {
		/// The receipt of the permit.
		receipt: ReceiptId,
		/// What failed.
		error: Box<Error>,
	},
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
	/// What can't be taken back is not done by mistake.
	#[error("{what}; confirm with {flag}")]
	Unconfirmed {
		/// What would be done.
		what: String,
		/// What confirms it.
		flag: &'static str,
	},
	/// A thread of this program ended early.
	#[error("the work was broken off; run the command again")]
	BrokenOff,
}

impl Error {
	/// The exit code of the command.
	pub fn exit_code(&self) -> u8 {
		match self {
			Self::Connection(error) | Self::Submission(SubmissionError::Connection(error)) => match error {
				ConnectionError::WrongGenesis { .. } | ConnectionError::OtherRuntime { .. } => exit::UNVERIFIED,
				ConnectionError::OtherChain { .. } => exit::CONFIRM,
				_ => exit::UNREACHABLE,
			},
			Self::Submission(SubmissionError::Unknown { .. } | SubmissionError::NoEvent { .. }) => exit::UNKNOWN,
			Self::Submission(SubmissionError::DryRun(_)) => exit::DONE,
			Self::Submission(SubmissionError::Encoding(_)) | Self::NotFound { .. } | Self::BrokenOff => exit::FAILED,
			Self::Submission(_) => exit::REJECTED,
			Self::Vault(VaultError::Refused { .. }) | Self::Refused(_) | Self::NotAdmitted { .. } => exit::REFUSED,
			Self::Vault(VaultError::OtherBytes | VaultError::NotTrusted { .. }) | Self::Proof(_) => exit::UNVERIFIED,
			Self::Vault(VaultError::Plain(_)) => exit::USAGE,
			Self::Vault(VaultError::BadRoots(_)) => exit::LOCAL,
			Self::Vault(_) => exit::UNREACHABLE,
			Self::Payload(PayloadError::Envelope(EnvelopeError::Io(_))) => exit::LOCAL,
			Self::Payload(PayloadError::KeyChanged { .. }) => exit::CONFIRM,
			Self::Payload(_) => exit::UNVERIFIED,
			Self::Consent(ConsentError::Ambiguous { .. }) => exit::CONFIRM,
			Self::Vitals(error) => error.exit_code(),
			Self::Alert(error) => error.exit_code(),
			Self::Send(error) => error.exit_code(),
			Self::Broker(BrokerError::File(_) | BrokerError::NoRoots { .. }) => exit::LOCAL,
			Self::Broker(BrokerError::NotTrusted(_)) => exit::UNVERIFIED,
			Self::Broker(_) => exit::UNREACHABLE,
			Self::Consent(_) | Self::Scheduling(_) | Self::Document(DocumentError::Malformed { .. }) => exit::LOCAL,
			Self::Document(_) => exit::UNVERIFIED,
			Self::Put(PutError::AlreadyRecorded { .. }) => exit::CONFIRM,
			Self::Key(_) | Self::Put(_) | Self::Data(_) | Self::File(_) => exit::LOCAL,
			Self::Subject(SubjectError::Unreadable { .. }) => exit::LOCAL,
			Self::Subject(_) | Self::Unconfirmed { .. } => exit::CONFIRM,
			Self::AfterReceipt { error, .. } => error.exit_code(),
			Self::Usage(_) => exit::USAGE,
		}
	}

	/// A stable name, for `--json`.
	pub fn name(&self) -> String {
		let debug = match self {
			Self::Submission(
				SubmissionError::Rejected { pallet, error, .. } | SubmissionError::Foreseen { pallet, error, .. },
			) => return format!("{pallet}.{error}"),
			Self::Submission(SubmissionError::Connection(error)) => format!("{error:?}"),
			Self::Vault(VaultError::Refused { name, .. } | VaultError::Answered { name, .. }) => return name.clone(),
			Self::Refused(refusal) => return refusal.shown().name().to_string(),
			Self::NotAdmitted { reason, .. } => return shown(*reason).name().to_string(),
			Self::AfterReceipt { error, .. } => return error.name(),
			Self::Broker(error) => return error.name().to_string(),
			Self::Connection(error) => format!("{error:?}"),
			Self::Submission(error) => format!("{error:?}"),
			Self::Key(error) => format!("{error:?}"),
			Self::Document(error) => format!("{error:?}"),
			Self::Consent(error) => format!("{error:?}"),
			Self::Scheduling(error) => format!("{error:?}"),
			Self::Vitals(error) => format!("{error:?}"),
			Self::Send(SendError::Refused { name, .. }) => return name.clone(),
			Self::Alert(error) => format!("{error:?}"),
			Self::Send(error) => format!("{error:?}"),
			Self::Proof(error) => format!("{error:?}"),
			Self::Subject(error) => format!("{error:?}"),
			Self::Put(error) => format!("{error:?}"),
			Self::Vault(error) => format!("{error:?}"),
			Self::Payload(error) => format!("{error:?}"),
			Self::Data(DataError::File(error)) => format!("{error:?}"),
			Self::Data(error) => format!("{error:?}"),
			other => format!("{other:?}"),
		};
		debug
			.split(|letter: char| !letter.is_alphanumeric())
			.next()
			.unwrap_or_default()
			.to_string()
	}

	/// What a program goes on with, for `--json`: ids, and the block where there is one.
	pub fn details(&self) -> Map<String, Value> {
		let fields: Vec<(&str, Option<Value>)> = match self {
			Self::Refused(refusal) => vec![
				("record", record_of(refusal.object).map(words::number)),
				("batch", batch_of(refusal.object).map(words::number)),
				("receipt", refusal.receipt.map(words::number)),
				("block", refusal.block.map(words::number)),
			],
			Self::NotAdmitted { appointment, block, .. } => vec![
				("appointment", Some(words::number(*appointment))),
				("block", block.map(words::number)),
			],
			Self::Put(PutError::AlreadyRecorded { record, .. }) => vec![("record", Some(words::number(*record)))],
			Self::Consent(error) => vec![("path", Some(error.path().into()))],
			Self::Submission(SubmissionError::Unknown { extrinsic, .. }) => {
				vec![("extrinsic", Some(words::hex(extrinsic).into()))]
			}
			Self::Submission(
				SubmissionError::Rejected { block, .. }
				| SubmissionError::Failed { block, .. }
				| SubmissionError::NoEvent { block, .. },
			) => vec![("block", Some(words::number(*block)))],
			Self::Connection(ConnectionError::OtherChain { found, .. }) => {
				vec![("genesis", Some(words::hex(found).into()))]
			}
			Self::AfterReceipt { receipt, error } => {
				let mut details = error.details();
				details.insert("receipt".into(), words::number(*receipt));
				return details;
			}
			_ => vec![],
		};
		fields
			.into_iter()
			.filter_map(|(name, value)| Some((name.to_string(), value?)))
			.collect()
	}
}

fn record_of(object: Option<Object>) -> Option<u64> {
	match object? {
		Object::Record(id) => Some(id),
		Object::Batch(_) => None,
	}
}

fn batch_of(object: Option<Object>) -> Option<u64> {
	match object? {
		Object::Batch(id) => Some(id),
		Object::Record(_) => None,
	}
}

/// Where a refusal stands.
fn in_block(block: Option<u64>) -> String {
	block.map_or_else(String::new, |block| {
		format!(" (in block {block}; the refusal is in the patient's trail)")
	})
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Hash;
	use salus_primitives::Reason;
	use serde_json::json;

	fn refusal(reason: Reason) -> Refusal {
		Refusal {
			object: Some(Object::Record(7)),
			receipt: Some(3),
			block: Some(40),
			reason,
		}
	}

	#[test]
	fn a_requester_is_not_told_that_she_is_refused_by_name() {
		for reason in [Reason::Refused, Reason::Sealed, Reason::NoGrant] {
			let refusal = refusal(reason);
			assert_eq!(refusal.shown(), Reason::NoGrant);
			assert!(refusal.to_string().contains("salus consent ask"));
			assert!(!refusal.to_string().contains("Sealed"));
			assert_eq!(Error::from(refusal).name(), "NoGrant");
			assert_eq!(Error::from(refusal).exit_code(), exit::REFUSED);
		}
	}

	#[test]
	fn a_refusal_names_its_receipt_and_block() {
		let error = Error::from(refusal(Reason::NoGrant));
		assert!(error.to_string().contains("receipt 3 in block 40"), "{error}");
		let details = Value::Object(error.details());
		assert_eq!(details, json!({ "record": 7, "receipt": 3, "block": 40 }));
		let batch = Error::from(Refusal {
			object: Some(Object::Batch(7)),
			..refusal(Reason::NoGrant)
		});
		assert!(batch.to_string().starts_with("access to batch 7 is refused"), "{batch}");
		let details = Value::Object(batch.details());
		assert_eq!(details, json!({ "batch": 7, "receipt": 3, "block": 40 }));
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
			place: None,
			block: 1,
		};
		assert_eq!(Error::from(rejected).name(), "Consent.TermsWider");
		let foreseen = SubmissionError::Foreseen {
			pallet: "Records".into(),
			error: "RecordedInFuture".into(),
			next: String::new(),
		};
		let foreseen = Error::from(foreseen);
		assert_eq!(
			(foreseen.name().as_str(), foreseen.exit_code()),
			("Records.RecordedInFuture", exit::REJECTED)
		);
	}

	#[test]
	fn what_fails_after_a_permit_keeps_its_code_and_says_how_to_go_on() {
		let error = Error::AfterReceipt {
			receipt: 12,
			error: Box::new(VaultError::Interrupted("gone".into()).into()),
		};
		assert_eq!(
			(error.name().as_str(), error.exit_code()),
			("Interrupted", exit::UNREACHABLE)
		);
		assert!(error.to_string().contains("`--receipt 12`"), "{error}");
		assert_eq!(Value::Object(error.details()), json!({ "receipt": 12 }));
	}

	#[test]
	fn a_consent_that_is_refused_names_the_path() {
		let path = "Consent.provision.type".to_string();
		let ambiguous = Error::from(ConsentError::Ambiguous { path: path.clone() });
		assert_eq!(
			(ambiguous.name().as_str(), ambiguous.exit_code()),
			("Ambiguous", exit::CONFIRM)
		);
		assert_eq!(Value::Object(ambiguous.details()), json!({ "path": path }));
		assert_eq!(Error::from(ConsentError::TooLarge).exit_code(), exit::LOCAL);
	}

	#[test]
	fn an_unknown_outcome_is_neither_a_rejection_nor_an_unreachable_node() {
		let error = Error::from(SubmissionError::Unknown {
			extrinsic: Hash::repeat_byte(1),
			reason: "the connection broke".into(),
		});
		assert_eq!((error.name().as_str(), error.exit_code()), ("Unknown", exit::UNKNOWN));
		assert!(error.to_string().contains("before you repeat"), "{error}");
		assert!(error.details().contains_key("extrinsic"));
	}

	#[test]
	fn documents_that_do_not_verify_have_the_code_for_it() {
		let what = "voucher";
		for error in [
			DocumentError::TooLong { what },
			DocumentError::OtherChain {
				what,
				found: Hash::zero(),
			},
			DocumentError::OtherPatient {
				what,
				found: 1,
				wanted: 2,
			},
			DocumentError::OtherCapacity {
				found: "Guardian",
				wanted: "Executor",
			},
			DocumentError::OtherTerms,
			DocumentError::OtherScan,
			DocumentError::NotTheController(1),
			DocumentError::Expired {
				what,
				until: String::new(),
			},
		] {
			assert_eq!(Error::from(error).exit_code(), exit::UNVERIFIED);
		}
		let malformed = DocumentError::Malformed {
			what,
			reason: String::new(),
		};
		assert_eq!(Error::from(malformed).exit_code(), exit::LOCAL);
	}
}
