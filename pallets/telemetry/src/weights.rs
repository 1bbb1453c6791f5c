//! Weights of pallet-telemetry.
//!
//! The benchmarks measure whole calls on the real runtime, so that a call's weight contains what roles, consent and records
//! do for it. What decisions and uses of grants cost is added to `access`: in advance the worst of what the call may need,
//! afterwards what was really decided.

use crate::Config;
use frame_support::{
	dispatch::{DispatchErrorWithPostInfo, DispatchResultWithPostInfo},
	traits::Get,
	weights::Weight,
};
use salus_primitives::AccessControl;
use sp_runtime::DispatchResult;

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `provision`.
	fn provision() -> Weight;
	/// `set_status` to revoked, of a device that is bound and offered, which is more than can be.
	fn set_status() -> Weight;
	/// `bind` by a guardian's consent, for a patient whose list is full.
	fn bind() -> Weight;
	/// `offer`.
	fn offer() -> Weight;
	/// `accept` of an offer on paper, for a patient whose list is full.
	fn accept() -> Weight;
	/// `end_offer`.
	fn end_offer() -> Weight;
	/// `unbind`.
	fn unbind() -> Weight;
	/// `anchor` of `b` batches, each of another device and patient, after a gap.
	fn anchor(b: u32) -> Weight;
	/// `access` of a patient to `n` batches, removing two receipts of 64 batches.
	fn access(n: u32) -> Weight;
	/// `raise` with `r` addressees, for a patient whose list is full.
	fn raise(r: u32) -> Weight;
	/// `acknowledge`.
	fn acknowledge() -> Weight;
	/// `escalate`.
	fn escalate() -> Weight;
	/// `prune_alerts` of `n` alerts, each of another patient.
	fn prune_alerts(n: u32) -> Weight;
}

/// Worst case of `access` to so many batches: each is decided by a grant of its own.
pub(crate) fn access<T: Config>(asked: u32) -> Weight {
	let each = T::AccessControl::decide_weight().saturating_add(T::AccessControl::take_use_weight());
	let decided = each.saturating_mul(u64::from(asked));
	T::WeightInfo::access(asked).saturating_add(decided)
}

/// Worst case of `raise` to so many: the benchmark's are nurses, and for others caregivers and guardians are read.
pub(crate) fn raise<T: Config>(rungs: u32) -> Weight {
	T::WeightInfo::raise(rungs).saturating_add(T::DbWeight::get().reads(2))
}

/// The outcome of a call, and what it cost whether it succeeded or not.
pub(crate) fn spent(weight: Weight, outcome: DispatchResult) -> DispatchResultWithPostInfo {
	let post_info = Some(weight).into();
	match outcome {
		Ok(()) => Ok(post_info),
		Err(error) => Err(DispatchErrorWithPostInfo { post_info, error }),
	}
}

/// A length as the benchmarks count it.
pub(crate) fn count(length: usize) -> u32 {
	u32::try_from(length).unwrap_or(u32::MAX)
}

const fn micros(micros: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), 0)
}

macro_rules! flat {
	($($name:ident = $micros:literal),+ $(,)?) => {
		$(fn $name() -> Weight {
			micros($micros)
		})+
	};
}

macro_rules! linear {
	($($name:ident = $micros:literal + $each:literal),+ $(,)?) => {
		$(fn $name(n: u32) -> Weight {
			micros($micros).saturating_add(micros($each).saturating_mul(n.into()))
		})+
	};
}

/// For tests.
impl WeightInfo for () {
	flat!(
		provision = 90,
		set_status = 60,
		bind = 120,
		offer = 50,
		accept = 80,
		end_offer = 40,
		unbind = 40,
		acknowledge = 40,
		escalate = 30,
	);
	linear!(
		anchor = 20 + 50,
		access = 40 + 20,
		raise = 60 + 20,
		prune_alerts = 10 + 20
	);
}
