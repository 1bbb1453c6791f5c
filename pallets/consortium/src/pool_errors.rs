//! Why the pool refuses a report of equivocation: the codes of `InvalidTransaction::Custom`. 32 to 47 are this pallet's.

use crate::{Config, Error};
use sp_runtime::transaction_validity::InvalidTransaction;

/// [`Error::EvidenceTooLarge`].
pub const EVIDENCE_TOO_LARGE: u8 = 32;
/// [`Error::KeyOwnerProofInvalid`].
pub const KEY_OWNER_PROOF_INVALID: u8 = 33;
/// [`Error::HeaderUnsealed`].
pub const HEADER_UNSEALED: u8 = 34;
/// [`Error::OtherSlot`].
pub const OTHER_SLOT: u8 = 35;
/// [`Error::SealInvalid`].
pub const SEAL_INVALID: u8 = 36;
/// [`Error::SameBlock`].
pub const SAME_BLOCK: u8 = 37;

/// The pool's word for what a report's check found.
pub(crate) fn of<T: Config>(error: Error<T>) -> InvalidTransaction {
	InvalidTransaction::Custom(match error {
		Error::AlreadyReported => return InvalidTransaction::Stale,
		Error::EvidenceTooLarge => EVIDENCE_TOO_LARGE,
		Error::KeyOwnerProofInvalid => KEY_OWNER_PROOF_INVALID,
		Error::HeaderUnsealed => HEADER_UNSEALED,
		Error::OtherSlot => OTHER_SLOT,
		Error::SealInvalid => SEAL_INVALID,
		Error::SameBlock => SAME_BLOCK,
		// The check of a report raises nothing else.
		_ => return InvalidTransaction::Call,
	})
}
