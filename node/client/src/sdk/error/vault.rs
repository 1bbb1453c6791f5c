//! Failures of the vault and refusals of access.

use std::path::PathBuf;

use salus_primitives::{AnchorId, Decision, Reason, ReceiptId};
use salus_vault::{chain::Object, envelope::EnvelopeError, wrap::WrapError};
use salus_vitals::batch_file::BatchFileError;

use crate::sdk::rejections;

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
	/// It would be spoken to in clear over a network.
	#[error("{0} is not encrypted and not on this machine; name the vault's https:// URL with --vault")]
	Plain(String),
	/// Its certificate is not trusted.
	#[error("the certificate of {url} is not trusted ({reason}); check --vault, and name the file of the hospital's CA with --vault-ca")]
	NotTrusted {
		/// Where.
		url: String,
		/// What is wrong with it.
		reason: String,
	},
	/// The trusted roots can't be read.
	#[error("{} holds no certificate; name a file of PEM certificates with --vault-ca", .0.display())]
	BadRoots(PathBuf),
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

/// Why access to a record or batch was refused, or a document was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
	/// Which record or batch; none for a document that was to be added.
	pub object: Option<Object>,
	/// The receipt that says so; none when the refusal came later.
	pub receipt: Option<ReceiptId>,
	/// The finalised block with that receipt, or the one at which the chain says why.
	pub block: Option<u64>,
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
		match self.object {
			Some(object) => write!(f, "access to {object} is refused: {}", reason.name())?,
			None => write!(f, "the document may not be added: {}", reason.name())?,
		}
		match (self.receipt, self.block) {
			(Some(receipt), Some(block)) => write!(
				f,
				" (receipt {receipt} in block {block}; the refusal is in the patient's trail)"
			)?,
			(Some(receipt), None) => write!(f, " (receipt {receipt})")?,
			(None, Some(block)) => write!(f, " (as of block {block})")?,
			(None, None) => {}
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
	/// What was opened is no batch of readings.
	#[error("batch {anchor} can't be read: {error}; tell the hospital that measured it")]
	Batch {
		/// Which.
		anchor: AnchorId,
		/// What is wrong with it.
		error: BatchFileError,
	},
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
