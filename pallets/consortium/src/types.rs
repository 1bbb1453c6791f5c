//! What the consortium keeps, and what it asks of the runtime.

use codec::{Decode, Encode, MaxEncodedLen};
use salus_primitives::{InstitutionId, Moment, HOUR};
use scale_info::TypeInfo;

/// Length of the window over which an institution's load is measured.
pub const WINDOW: Moment = HOUR;

/// What an institution's accounts used in one window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Load {
	/// Number of the window: time divided by [`WINDOW`].
	pub window: u64,
	/// Reference time of its calls after refunds, in picoseconds.
	pub ref_time: u64,
	/// How many calls.
	pub calls: u32,
}

/// Which institution's load a call counts to.
pub trait Payer<AccountId, Call> {
	/// The signer's home institution; for an authorised general transaction (no signer) the one the call names.
	fn payer(signer: Option<&AccountId>, call: &Call) -> Option<InstitutionId>;
}

/// The session pallet, as far as the validator set depends on it.
pub trait SessionKeys<ValidatorId> {
	/// Whether one of these validators has set other keys than those queued for the next session.
	fn changed(validators: &[ValidatorId]) -> bool;
	/// Forgets the roots of the validator sets of sessions before this one.
	fn prune_history(before: sp_staking::SessionIndex);
}
