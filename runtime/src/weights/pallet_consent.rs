//! Weights of `pallet_consent`, measured by `scripts/weights` on the real runtime.
//!
//! 2026-11-21; AMD EPYC; 50 steps, 20 repeats. Times are in picoseconds; database weights are
//! added by `DbWeight`.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What the benchmarks measured.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_consent::WeightInfo for WeightInfo<T> {
	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Requests` (r:1 w:1)
	// Proof: `Consent::Requests` (`max_values`: None, `max_size`: Some(1817), added: 4292, mode: `MaxEncodedLen`)
	// Storage: `Consent::NextRequest` (r:1 w:1)
	// Proof: `Consent::NextRequest` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn ask() -> Weight {
		Weight::from_parts(40_811_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Storage: `Consent::Requests` (r:1 w:1)
	// Proof: `Consent::Requests` (`max_values`: None, `max_size`: Some(1817), added: 4292, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn withdraw() -> Weight {
		Weight::from_parts(22_504_000, 5_282)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Consent::Requests` (r:1 w:1)
	// Proof: `Consent::Requests` (`max_values`: None, `max_size`: Some(1817), added: 4292, mode: `MaxEncodedLen`)
	// Storage: `Consent::Grants` (r:1 w:1)
	// Proof: `Consent::Grants` (`max_values`: None, `max_size`: Some(4930), added: 7405, mode: `MaxEncodedLen`)
	// Storage: `Consent::NextGrant` (r:1 w:1)
	// Proof: `Consent::NextGrant` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn approve() -> Weight {
		Weight::from_parts(46_940_000, 8_395)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Consent::Requests` (r:1 w:1)
	// Proof: `Consent::Requests` (`max_values`: None, `max_size`: Some(1817), added: 4292, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn decline() -> Weight {
		Weight::from_parts(27_722_000, 5_282)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Grants` (r:1 w:1)
	// Proof: `Consent::Grants` (`max_values`: None, `max_size`: Some(4930), added: 7405, mode: `MaxEncodedLen`)
	// Storage: `Consent::NextGrant` (r:1 w:1)
	// Proof: `Consent::NextGrant` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn grant() -> Weight {
		Weight::from_parts(44_246_000, 8_395)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Consent::Grants` (r:1 w:1)
	// Proof: `Consent::Grants` (`max_values`: None, `max_size`: Some(4930), added: 7405, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn revoke() -> Weight {
		Weight::from_parts(33_480_000, 8_395)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:2 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Denials` (r:1 w:1)
	// Proof: `Consent::Denials` (`max_values`: None, `max_size`: Some(2961), added: 5436, mode: `MaxEncodedLen`)
	// Storage: `Consent::NextDenial` (r:1 w:1)
	// Proof: `Consent::NextDenial` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn deny() -> Weight {
		Weight::from_parts(39_449_000, 11_090)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Consent::Denials` (r:1 w:1)
	// Proof: `Consent::Denials` (`max_values`: None, `max_size`: Some(2961), added: 5436, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn lift_denial() -> Weight {
		Weight::from_parts(24_677_000, 6_426)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Not measured yet: estimated from its neighbours.
	fn open_case() -> Weight {
		Weight::from_parts(70_000_000, 12_000)
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().writes(8))
	}

	// Not measured yet: estimated from its neighbours.
	fn join_case() -> Weight {
		Weight::from_parts(50_000_000, 8_000)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Not measured yet: estimated from its neighbours.
	fn approve_case() -> Weight {
		Weight::from_parts(45_000_000, 8_000)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Not measured yet: estimated from its neighbours.
	fn close_case() -> Weight {
		Weight::from_parts(60_000_000, 9_000)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	// Not measured yet: estimated from its neighbours.
	fn review_case() -> Weight {
		Weight::from_parts(70_000_000, 9_000)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	// Not measured yet: estimated from its neighbours.
	fn appeal_case() -> Weight {
		Weight::from_parts(35_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Not measured yet: estimated from its neighbours.
	fn judge_case() -> Weight {
		Weight::from_parts(70_000_000, 9_000)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	// Not measured yet: estimated from its neighbours.
	fn set_emergency_limits() -> Weight {
		Weight::from_parts(20_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Not measured yet: estimated from its neighbours.
	fn declare_incident() -> Weight {
		Weight::from_parts(30_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Not measured yet: estimated from its neighbours.
	fn end_incident() -> Weight {
		Weight::from_parts(30_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Not measured yet: estimated from its neighbours.
	fn seal() -> Weight {
		Weight::from_parts(27_000_000, 5_000)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Not measured yet: estimated from its neighbours.
	fn unseal() -> Weight {
		Weight::from_parts(27_000_000, 5_000)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Not measured yet: estimated from its neighbours.
	fn pass_on() -> Weight {
		Weight::from_parts(130_000_000, 50_000)
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Not measured yet: estimated from its neighbours.
	fn name_successor() -> Weight {
		Weight::from_parts(35_000_000, 7_000)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Not measured yet: estimated from its neighbours.
	fn attest_erasure() -> Weight {
		Weight::from_parts(35_000_000, 7_000)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(2))
	}

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
	// Storage: `Consent::Grants` (r:4 w:0)
	// Proof: `Consent::Grants` (`max_values`: None, `max_size`: Some(4930), added: 7405, mode: `MaxEncodedLen`)
	// And, not measured yet: the requester's case, whether an incident is declared, the author's successor, and three
	// grants above one.
	fn decide() -> Weight {
		Weight::from_parts(114_342_000, 59_610).saturating_add(T::DbWeight::get().reads(17))
	}

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
	fn decide_without_grants() -> Weight {
		Weight::from_parts(25_288_000, 6_426).saturating_add(T::DbWeight::get().reads(5))
	}

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
	// Storage: `Consent::Grants` (r:4 w:1)
	// Proof: `Consent::Grants` (`max_values`: None, `max_size`: Some(4930), added: 7405, mode: `MaxEncodedLen`)
	// And, not measured yet: what `decide` reads besides, the grants above it, and the erasure owed.
	fn decide_and_take_use() -> Weight {
		Weight::from_parts(204_393_000, 105_220)
			.saturating_add(T::DbWeight::get().reads(19))
			.saturating_add(T::DbWeight::get().writes(5))
	}
}
