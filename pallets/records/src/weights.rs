//! Weights of pallet-records.
//!
//! The benchmarks measure whole calls on the real runtime, so that a call's weight contains what roles and consent do for
//! it, with the cheapest decision that permits. The worst decision and the worst use are added, each as often as the call
//! may need it; what the cheap ones cost is counted twice.

use crate::Config;
use frame_support::weights::Weight;
use salus_primitives::{AccessControl, NewRecord, Relation};

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `register` of a replacement.
	fn register() -> Weight;
	/// `register_batch` of `n` replacements.
	fn register_batch(n: u32) -> Weight;
	/// `mark_entered_in_error` of a replacement, past as many versions in error as can be.
	fn mark_entered_in_error() -> Weight;
	/// `access` to `n` records, removing two receipts of 64 records.
	fn access(n: u32) -> Weight;
}

/// Cost of an `access` call that names `asked` records and takes a use of `taken` grants.
pub(crate) fn access<T: Config>(asked: u32, taken: u32) -> Weight {
	T::WeightInfo::access(asked)
		.saturating_add(T::AccessControl::decide_weight().saturating_mul(asked.into()))
		.saturating_add(T::AccessControl::take_use_weight().saturating_mul(taken.into()))
}

/// Cost of the decisions on new records: a replacement is decided at two dates.
pub(crate) fn decisions<'a, T: Config>(records: impl IntoIterator<Item = &'a NewRecord>) -> Weight {
	let asked = records.into_iter().fold(0_u64, |asked, record| {
		let replaces = matches!(record.relates_to, Some((Relation::Replaces, _)));
		asked.saturating_add(if replaces { 2 } else { 1 })
	});
	T::AccessControl::decide_weight().saturating_mul(asked)
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
	fn register_batch(n: u32) -> Weight {
		Self::register().saturating_mul(n.into())
	}
	fn mark_entered_in_error() -> Weight {
		Weight::from_parts(40_000_000, 0)
	}
	fn access(n: u32) -> Weight {
		Weight::from_parts(30_000_000, 0).saturating_add(Weight::from_parts(15_000_000, 0).saturating_mul(n.into()))
	}
}
