//! Weights of pallet-records.
//!
//! The benchmarks measure this pallet's own work, with the cheapest decision the runtime has. What the decision
//! engine may need is added to it by its own worst case.

use crate::Config;
use frame_support::weights::Weight;
use salus_primitives::AccessControl;

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `register` of a replacement.
	fn register() -> Weight;
	/// `register_batch` of `n` replacements.
	fn register_batch(n: u32) -> Weight;
	/// `mark_entered_in_error` of a replacement.
	fn mark_entered_in_error() -> Weight;
	/// `access` to `n` records, removing two receipts of 64 records.
	fn access(n: u32) -> Weight;
	/// `AuditTrail::append`.
	fn append() -> Weight;
}

/// Cost of an `access` call that names `asked` records and takes a use of `taken` grants.
pub(crate) fn access<T: Config>(asked: u32, taken: u32) -> Weight {
	T::WeightInfo::access(asked)
		.saturating_add(T::AccessControl::decide_weight().saturating_mul(asked.into()))
		.saturating_add(T::AccessControl::take_use_weight().saturating_mul(taken.into()))
}

/// A length as the benchmarks count it.
pub(crate) fn count(length: usize) -> u32 {
	u32::try_from(length).unwrap_or(u32::MAX)
}

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
	fn append() -> Weight {
		Weight::from_parts(10_000_000, 0)
	}
}
