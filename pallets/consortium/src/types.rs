//! What the consortium keeps, and what it asks of the runtime.

use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use salus_primitives::{InstitutionId, Moment, HOUR};
use scale_info::TypeInfo;
use sp_staking::SessionIndex;

/// Length of the window over which an institution's load is measured.
pub const WINDOW: Moment = HOUR;
/// Blocks in a session where the genesis says nothing else.
pub const SESSION_LENGTH: u32 = 600;
/// The block that changes a session holds no ordinary call, so a session has another one.
pub const MIN_SESSION_LENGTH: u32 = 2;

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
pub trait Sessions<ValidatorId> {
	/// The current session.
	fn index() -> SessionIndex;
	/// The current session's validators, in the order of the authorities.
	fn validators() -> Vec<ValidatorId>;
	/// The set handed over last: the next session's.
	fn queued() -> Vec<ValidatorId>;
	/// Whether the account has set session keys.
	fn has_keys(account: &ValidatorId) -> bool;
	/// Whether these are other validators than those queued for the next session, or one of them has set other keys.
	fn changed(validators: &[ValidatorId]) -> bool;
	/// Whether the current session's validator of this index may not author.
	fn is_disabled(index: u32) -> bool;
	/// Leaves the slots of the current session's validator of this index empty.
	fn disable(index: u32);
	/// Lets it author again.
	fn enable(index: u32);
	/// Forgets the roots of the validator sets of sessions before this one.
	fn prune_history(before: SessionIndex);
}

/// Makes validators and evidence for the benchmarks, on the runtime they run on.
#[cfg(feature = "runtime-benchmarks")]
pub trait BenchmarkHelper<AccountId, Header> {
	/// An active institution with this id whose validator is this account, with session keys.
	fn validator(id: InstitutionId, validator: &AccountId);
	/// These validators are queued for the next session.
	fn queue(validators: &[AccountId]);
	/// Two sealed headers of the last of these validators for one slot, and the proof that the key is its own, against
	/// the root of a session that is over: the longer of the two ways to look a key's owner up.
	fn equivocation(
		validators: &[AccountId],
	) -> (
		sp_consensus_slots::EquivocationProof<Header, sp_consensus_aura::sr25519::AuthorityId>,
		sp_session::MembershipProof,
	);
}
