//! Weights of `pallet_records`, measured by `scripts/weights` on the real runtime.
//!
//! 2026-11-21; AMD EPYC; 50 steps, 20 repeats. Times are in picoseconds; database weights are
//! added by `DbWeight`.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What the benchmarks measured.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_records::WeightInfo for WeightInfo<T> {
	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Records::ByHash` (r:1 w:1)
	// Proof: `Records::ByHash` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Denials` (r:1 w:0)
	// Proof: `Consent::Denials` (`max_values`: None, `max_size`: Some(2961), added: 5436, mode: `MaxEncodedLen`)
	// Storage: `Roles::Assignments` (r:1 w:0)
	// Proof: `Roles::Assignments` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	// Storage: `Records::NextRecord` (r:1 w:1)
	// Proof: `Records::NextRecord` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `Records::Records` (r:0 w:1)
	// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	fn register() -> Weight {
		Weight::from_parts(47_641_000, 6_426)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Records::ByHash` (r:1 w:1)
	// Proof: `Records::ByHash` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Records::Records` (r:1 w:2)
	// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Denials` (r:1 w:0)
	// Proof: `Consent::Denials` (`max_values`: None, `max_size`: Some(2961), added: 5436, mode: `MaxEncodedLen`)
	// Storage: `Roles::Assignments` (r:1 w:0)
	// Proof: `Roles::Assignments` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	// Storage: `Records::NextRecord` (r:1 w:1)
	// Proof: `Records::NextRecord` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn register_replacement() -> Weight {
		Weight::from_parts(65_217_000, 6_426)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	// Storage: `Roles::Patients` (r:8 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Records::ByHash` (r:64 w:64)
	// Proof: `Records::ByHash` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Denials` (r:8 w:0)
	// Proof: `Consent::Denials` (`max_values`: None, `max_size`: Some(2961), added: 5436, mode: `MaxEncodedLen`)
	// Storage: `Roles::Assignments` (r:8 w:0)
	// Proof: `Roles::Assignments` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	// Storage: `Records::NextRecord` (r:1 w:1)
	// Proof: `Records::NextRecord` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:8 w:8)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `Records::Records` (r:32 w:96)
	// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	fn register_batch(n: u32, p: u32, r: u32) -> Weight {
		Weight::from_parts(0, 6_040)
			.saturating_add(Weight::from_parts(26_881_157, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(14_832_000, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(45_728_166, 0).saturating_mul(r.into()))
			.saturating_add(Weight::from_parts(0, 2_531).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 5_436).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(0, 2_723).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(2).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(r.into()))
	}

	// Storage: `Records::Records` (r:10 w:2)
	// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn mark_entered_in_error() -> Weight {
		Weight::from_parts(57_396_000, 28_220)
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Storage: `Records::Records` (r:64 w:0)
	// Proof: `Records::Records` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Denials` (r:1 w:0)
	// Proof: `Consent::Denials` (`max_values`: None, `max_size`: Some(2961), added: 5436, mode: `MaxEncodedLen`)
	// Storage: `Roles::Assignments` (r:1 w:0)
	// Proof: `Roles::Assignments` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	// Storage: `Records::NextReceipt` (r:1 w:1)
	// Proof: `Records::NextReceipt` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::OldestReceipt` (r:1 w:1)
	// Proof: `Records::OldestReceipt` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::Receipts` (r:2 w:3)
	// Proof: `Records::Receipts` (`max_values`: None, `max_size`: Some(1224), added: 3699, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn access(n: u32) -> Weight {
		Weight::from_parts(33_148_808, 8_388)
			.saturating_add(Weight::from_parts(18_818_297, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2_723).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(6))
	}
}
