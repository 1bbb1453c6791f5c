//! Why a desk refuses.

use crate::{chain::ChainUnavailable, key_table::KeyTableError};

/// Why the desk refused. Codes and numbers are stable. Exhaustive on purpose: whoever answers with them has to have an
/// answer for each.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
	/// The request is of another version.
	#[error("the request's version is not supported; update the client")]
	WrongVersion,
	/// The request is for another chain.
	#[error("the request is for another chain; check which node the client is connected to")]
	WrongGenesis,
	/// The request is for another institution's desk, or the record is another's.
	#[error("the key is not kept here; ask the record's custodian")]
	WrongCustodian,
	/// The signature is not the requester's.
	#[error("the signature is not the requester's over this request; sign it anew")]
	BadSignature,
	/// The desk's finalised head is too far from its clock.
	#[error("this custodian is cut off from the chain; try again once its node has caught up")]
	StaleChain,
	/// The anchor is not on the desk's finalised chain or too old.
	#[error("the anchor is not a finalised block of the last 60 seconds; ask again with a new one")]
	StaleAnchor,
	/// This version cannot seal to the recipient's key.
	#[error("the recipient's key is of a suite that is not supported; use an X25519 key")]
	UnsupportedRecipientKey,
	/// The recipient's key is no usable point.
	#[error("the recipient's key is not valid; make a new one")]
	InvalidRecipientKey,
	/// No such receipt is finalised.
	#[error("no such receipt is finalised; wait for finality, or ask for access again")]
	UnknownReceipt,
	/// The receipt names another requester or does not name the object.
	#[error("the receipt is not for this requester and what she asks for; ask for access with your account")]
	ForeignReceipt,
	/// The receipt is older than an hour.
	#[error("the receipt is older than an hour; ask for access again")]
	OldReceipt,
	/// The receipt records a refusal.
	#[error("access was refused when it was asked for; ask the patient for consent")]
	RefusedInReceipt(u8),
	/// The record is not finalised.
	#[error("no such record or batch is finalised; check its id")]
	UnknownRecord,
	/// The chain does not permit it any more.
	#[error("access is not permitted any more; ask the patient for consent")]
	NotPermitted(u8),
	/// No live key: never uploaded here, or the upload is not what was registered.
	#[error("no key is kept for it; who uploaded it has to upload it again")]
	NoKey,
	/// The custodian's wrap does not open with its present key.
	#[error("the custodian's key does not open the kept wrap; its operator has to restore the key")]
	UnreadableKey,
	/// The chain could not be read.
	#[error(transparent)]
	Chain(#[from] ChainUnavailable),
	/// The key table failed.
	#[error("the custodian's key table failed; its operator has to look at the node's log")]
	KeyTable(#[source] KeyTableError),
	/// The system gave no random bytes.
	#[error("the custodian's system has no randomness; try again")]
	NoRandomness,
}

impl ReleaseError {
	/// A stable name, for RPC data and metric labels.
	pub fn code(&self) -> &'static str {
		self.entry().1
	}

	/// A stable number, for RPC errors.
	pub fn number(&self) -> u16 {
		self.entry().0
	}

	fn entry(&self) -> (u16, &'static str) {
		match self {
			Self::WrongVersion => (1, "WrongVersion"),
			Self::WrongGenesis => (2, "WrongGenesis"),
			Self::WrongCustodian => (3, "WrongCustodian"),
			Self::BadSignature => (4, "BadSignature"),
			Self::StaleChain => (5, "StaleChain"),
			Self::StaleAnchor => (6, "StaleAnchor"),
			Self::UnsupportedRecipientKey => (7, "UnsupportedRecipientKey"),
			Self::InvalidRecipientKey => (8, "InvalidRecipientKey"),
			Self::UnknownReceipt => (9, "UnknownReceipt"),
			Self::ForeignReceipt => (10, "ForeignReceipt"),
			Self::OldReceipt => (11, "OldReceipt"),
			Self::RefusedInReceipt(_) => (12, "RefusedInReceipt"),
			Self::UnknownRecord => (13, "UnknownRecord"),
			Self::NotPermitted(_) => (14, "NotPermitted"),
			Self::NoKey => (15, "NoKey"),
			Self::UnreadableKey => (16, "UnreadableKey"),
			Self::Chain(_) => (17, "ChainUnavailable"),
			Self::KeyTable(_) => (18, "KeyTable"),
			Self::NoRandomness => (19, "NoRandomness"),
		}
	}

	/// The refusal that another institution's desk answered with, from its number and reason; `None` for a number that
	/// this version does not know.
	pub fn of_another_desk(number: u16, reason: Option<u8>) -> Option<Self> {
		Some(match (number, reason) {
			(12, Some(reason)) => Self::RefusedInReceipt(reason),
			(14, Some(reason)) => Self::NotPermitted(reason),
			(_, Some(_)) => return None,
			(1, _) => Self::WrongVersion,
			(2, _) => Self::WrongGenesis,
			(3, _) => Self::WrongCustodian,
			(4, _) => Self::BadSignature,
			(5, _) => Self::StaleChain,
			(6, _) => Self::StaleAnchor,
			(7, _) => Self::UnsupportedRecipientKey,
			(8, _) => Self::InvalidRecipientKey,
			(9, _) => Self::UnknownReceipt,
			(10, _) => Self::ForeignReceipt,
			(11, _) => Self::OldReceipt,
			(13, _) => Self::UnknownRecord,
			(15, _) => Self::NoKey,
			(16, _) => Self::UnreadableKey,
			(17, _) => Self::Chain(ChainUnavailable),
			(18, _) => Self::KeyTable(KeyTableError::Elsewhere),
			(19, _) => Self::NoRandomness,
			_ => return None,
		})
	}

	/// The index of the runtime's `Reason`, where the chain refused.
	pub fn reason(&self) -> Option<u8> {
		match self {
			Self::RefusedInReceipt(reason) | Self::NotPermitted(reason) => Some(*reason),
			_ => None,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_refusal_is_the_same_at_another_desk() {
		let mut known = 0;
		for number in 0..=100 {
			for reason in [None, Some(6)] {
				if let Some(error) = ReleaseError::of_another_desk(number, reason) {
					known += 1;
					assert_eq!((error.number(), error.reason()), (number, reason));
				}
			}
		}
		assert_eq!(known, 19);
	}
}
