//! Weights of pallet-records.
//!
//! The benchmarks measure whole calls on the real runtime, so that a call's weight contains what roles and consent do for
//! it, with decisions that permit and rest on no grant. What other decisions cost beyond these, and the uses they take,
//! is added: in advance the worst of what the call may need, afterwards what was really decided.

use crate::Config;
use alloc::collections::BTreeSet;
use frame_support::{
	dispatch::{DispatchErrorWithPostInfo, DispatchResultWithPostInfo},
	weights::Weight,
};
use salus_primitives::{AccessControl, AccessRequest, Decision, NewRecord, Relation};
use sp_runtime::DispatchResult;

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `register` of a record that relates to none.
	fn register() -> Weight;
	/// `register` of a replacement, which is decided at two dates.
	fn register_replacement() -> Weight;
	/// `register_batch` of `n` records that relate to none and `r` replacements at two dates, for `p` patients.
	fn register_batch(n: u32, p: u32, r: u32) -> Weight;
	/// `mark_entered_in_error` of a replacement, past as many versions in error as can be.
	fn mark_entered_in_error() -> Weight;
	/// `access` to `n` records, removing two receipts of 64 records.
	fn access(n: u32) -> Weight;
}

/// Cost of `register`, but for grants. Whatever relates to another record reads that one, and is weighed as if it
/// replaced it.
pub(crate) fn register<T: Config>(record: &NewRecord) -> Weight {
	match record.relates_to {
		None => T::WeightInfo::register(),
		Some(_) => T::WeightInfo::register_replacement(),
	}
}

/// Cost of `register_batch`, but for grants: each patient has denials, assignments and a trail of her own.
pub(crate) fn register_batch<T: Config>(records: &[NewRecord]) -> Weight {
	let patients: BTreeSet<_> = records.iter().map(|record| record.patient).collect();
	let related = records.iter().filter(|record| record.relates_to.is_some()).count();
	let plain = records.len().saturating_sub(related);
	T::WeightInfo::register_batch(count(plain), count(patients.len()), count(related))
}

/// What the decisions on new records cost beyond that at worst: a replacement is decided at two dates.
pub(crate) fn decisions<'a, T: Config>(records: impl IntoIterator<Item = &'a NewRecord>) -> Weight {
	let asked = records.into_iter().fold(0_u64, |asked, record| {
		let replaces = matches!(record.relates_to, Some((Relation::Replaces, _)));
		asked.saturating_add(if replaces { 2 } else { 1 })
	});
	beyond::<T>(T::AccessControl::decide_weight()).saturating_mul(asked)
}

/// Worst case of `access` to so many records: each is permitted by a grant of its own.
pub(crate) fn access<T: Config>(asked: u32) -> Weight {
	let each = beyond::<T>(T::AccessControl::decide_weight()).saturating_add(T::AccessControl::take_use_weight());
	T::WeightInfo::access(asked).saturating_add(each.saturating_mul(asked.into()))
}

/// What this decision cost beyond the benchmarks'.
pub(crate) fn decision<T: Config>(request: &AccessRequest<T::AccountId>, made: &Decision) -> Weight {
	beyond::<T>(T::AccessControl::weight_of(request, made))
}

/// What a decision of this cost adds to a call. The call's own benchmark makes each decision it needs on the real
/// runtime, as long as one without grants can be: patient, credential, institution, clock, denials and assignment are
/// read there, and a whole decision on top would declare them twice. So only the difference is added.
fn beyond<T: Config>(decision: Weight) -> Weight {
	decision.saturating_sub(T::AccessControl::least_weight())
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

/// For tests.
impl WeightInfo for () {
	fn register() -> Weight {
		Weight::from_parts(50_000_000, 0)
	}
	fn register_replacement() -> Weight {
		Weight::from_parts(70_000_000, 0)
	}
	fn register_batch(n: u32, p: u32, r: u32) -> Weight {
		Weight::from_parts(20_000_000, 0)
			.saturating_add(Weight::from_parts(30_000_000, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(10_000_000, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(50_000_000, 0).saturating_mul(r.into()))
	}
	fn mark_entered_in_error() -> Weight {
		Weight::from_parts(40_000_000, 0)
	}
	fn access(n: u32) -> Weight {
		Weight::from_parts(30_000_000, 0).saturating_add(Weight::from_parts(15_000_000, 0).saturating_mul(n.into()))
	}
}
