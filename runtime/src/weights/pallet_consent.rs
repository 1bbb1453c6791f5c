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
		Weight::from_parts(42_603_000, 6_040)
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
		Weight::from_parts(23_215_000, 5_282)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::GuardiansOf` (r:1 w:0)
	// Proof: `Roles::GuardiansOf` (`max_values`: None, `max_size`: Some(353), added: 2828, mode: `MaxEncodedLen`)
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
		Weight::from_parts(50_396_000, 8_395)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	// Storage: `Roles::GuardiansOf` (r:1 w:0)
	// Proof: `Roles::GuardiansOf` (`max_values`: None, `max_size`: Some(353), added: 2828, mode: `MaxEncodedLen`)
	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Consent::Requests` (r:1 w:1)
	// Proof: `Consent::Requests` (`max_values`: None, `max_size`: Some(1817), added: 4292, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn decline() -> Weight {
		Weight::from_parts(29_995_000, 5_282)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::GuardiansOf` (r:1 w:0)
	// Proof: `Roles::GuardiansOf` (`max_values`: None, `max_size`: Some(353), added: 2828, mode: `MaxEncodedLen`)
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
		Weight::from_parts(46_689_000, 8_395)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Storage: `Consent::Grants` (r:1 w:1)
	// Proof: `Consent::Grants` (`max_values`: None, `max_size`: Some(4930), added: 7405, mode: `MaxEncodedLen`)
	// Storage: `Roles::GuardiansOf` (r:1 w:0)
	// Proof: `Roles::GuardiansOf` (`max_values`: None, `max_size`: Some(353), added: 2828, mode: `MaxEncodedLen`)
	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn revoke() -> Weight {
		Weight::from_parts(43_605_000, 8_395)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::GuardiansOf` (r:1 w:0)
	// Proof: `Roles::GuardiansOf` (`max_values`: None, `max_size`: Some(353), added: 2828, mode: `MaxEncodedLen`)
	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
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
		Weight::from_parts(39_399_000, 6_426)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Storage: `Roles::GuardiansOf` (r:1 w:0)
	// Proof: `Roles::GuardiansOf` (`max_values`: None, `max_size`: Some(353), added: 2828, mode: `MaxEncodedLen`)
	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Consent::Denials` (r:1 w:1)
	// Proof: `Consent::Denials` (`max_values`: None, `max_size`: Some(2961), added: 5436, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `Roles::KeyLosses` (r:1 w:0); added by hand until it is measured again
	fn lift_denial() -> Weight {
		Weight::from_parts(26_690_000, 6_426)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Roles::ActiveSince` (r:1 w:0)
	// Proof: `Roles::ActiveSince` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
	// Storage: `Consent::CaseOf` (r:1 w:1)
	// Proof: `Consent::CaseOf` (`max_values`: None, `max_size`: Some(72), added: 2547, mode: `MaxEncodedLen`)
	// Storage: `Consent::Cases` (r:1 w:1)
	// Proof: `Consent::Cases` (`max_values`: None, `max_size`: Some(768), added: 3243, mode: `MaxEncodedLen`)
	// Storage: `Consent::EmergencyLimitsOf` (r:1 w:0)
	// Proof: `Consent::EmergencyLimitsOf` (`max_values`: None, `max_size`: Some(17), added: 2492, mode: `MaxEncodedLen`)
	// Storage: `Consent::CasesOfDay` (r:1 w:1)
	// Proof: `Consent::CasesOfDay` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
	// Storage: `Consent::Dockets` (r:1 w:1)
	// Proof: `Consent::Dockets` (`max_values`: None, `max_size`: Some(2334), added: 4809, mode: `MaxEncodedLen`)
	// Storage: `Consent::NextCase` (r:1 w:1)
	// Proof: `Consent::NextCase` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Consent::Openers` (r:1 w:1)
	// Proof: `Consent::Openers` (`max_values`: None, `max_size`: Some(2419), added: 4894, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn open_case() -> Weight {
		Weight::from_parts(127_010_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(7))
	}

	// Storage: `Consent::Cases` (r:1 w:1)
	// Proof: `Consent::Cases` (`max_values`: None, `max_size`: Some(768), added: 3243, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::CaseOf` (r:1 w:1)
	// Proof: `Consent::CaseOf` (`max_values`: None, `max_size`: Some(72), added: 2547, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn join_case() -> Weight {
		Weight::from_parts(71_687_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Storage: `Consent::Cases` (r:1 w:1)
	// Proof: `Consent::Cases` (`max_values`: None, `max_size`: Some(768), added: 3243, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn approve_case() -> Weight {
		Weight::from_parts(65_097_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Consent::Cases` (r:1 w:1)
	// Proof: `Consent::Cases` (`max_values`: None, `max_size`: Some(768), added: 3243, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Openers` (r:1 w:1)
	// Proof: `Consent::Openers` (`max_values`: None, `max_size`: Some(2419), added: 4894, mode: `MaxEncodedLen`)
	// Storage: `Consent::Dockets` (r:1 w:1)
	// Proof: `Consent::Dockets` (`max_values`: None, `max_size`: Some(2334), added: 4809, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn close_case() -> Weight {
		Weight::from_parts(85_808_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	// Storage: `Consent::Cases` (r:1 w:1)
	// Proof: `Consent::Cases` (`max_values`: None, `max_size`: Some(768), added: 3243, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:2 w:1)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Openers` (r:1 w:1)
	// Proof: `Consent::Openers` (`max_values`: None, `max_size`: Some(2419), added: 4894, mode: `MaxEncodedLen`)
	// Storage: `Consent::Dockets` (r:1 w:1)
	// Proof: `Consent::Dockets` (`max_values`: None, `max_size`: Some(2334), added: 4809, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn review_case() -> Weight {
		Weight::from_parts(77_786_000, 6_208)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	// Storage: `Roles::GuardiansOf` (r:1 w:0)
	// Proof: `Roles::GuardiansOf` (`max_values`: None, `max_size`: Some(353), added: 2828, mode: `MaxEncodedLen`)
	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Consent::Cases` (r:1 w:1)
	// Proof: `Consent::Cases` (`max_values`: None, `max_size`: Some(768), added: 3243, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn appeal_case() -> Weight {
		Weight::from_parts(27_812_000, 4_233)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Consent::Cases` (r:1 w:1)
	// Proof: `Consent::Cases` (`max_values`: None, `max_size`: Some(768), added: 3243, mode: `MaxEncodedLen`)
	// Storage: `Consent::Openers` (r:1 w:1)
	// Proof: `Consent::Openers` (`max_values`: None, `max_size`: Some(2419), added: 4894, mode: `MaxEncodedLen`)
	// Storage: `Consent::Dockets` (r:1 w:1)
	// Proof: `Consent::Dockets` (`max_values`: None, `max_size`: Some(2334), added: 4809, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:1)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn judge_case() -> Weight {
		Weight::from_parts(55_723_000, 5_884)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::EmergencyLimitsOf` (r:0 w:1)
	// Proof: `Consent::EmergencyLimitsOf` (`max_values`: None, `max_size`: Some(17), added: 2492, mode: `MaxEncodedLen`)
	fn set_emergency_limits() -> Weight {
		Weight::from_parts(15_193_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::IncidentProposals` (r:1 w:1)
	// Proof: `Consent::IncidentProposals` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Consent::Incidents` (r:0 w:1)
	// Proof: `Consent::Incidents` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
	fn declare_incident() -> Weight {
		Weight::from_parts(22_013_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Incidents` (r:1 w:1)
	// Proof: `Consent::Incidents` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
	fn end_incident() -> Weight {
		Weight::from_parts(20_932_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Storage: `Roles::GuardiansOf` (r:1 w:0)
	// Proof: `Roles::GuardiansOf` (`max_values`: None, `max_size`: Some(353), added: 2828, mode: `MaxEncodedLen`)
	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Consent::Sealed` (r:1 w:1)
	// Proof: `Consent::Sealed` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn seal() -> Weight {
		Weight::from_parts(23_405_000, 3_818)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Consent::Sealed` (r:1 w:1)
	// Proof: `Consent::Sealed` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `Roles::KeyLosses` (r:1 w:0); added by hand until it is measured again
	fn unseal() -> Weight {
		Weight::from_parts(22_073_000, 3_530)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Grants` (r:4 w:1)
	// Proof: `Consent::Grants` (`max_values`: None, `max_size`: Some(4930), added: 7405, mode: `MaxEncodedLen`)
	// Storage: `Consent::NextGrant` (r:1 w:1)
	// Proof: `Consent::NextGrant` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `Roles::KeyLosses` (r:1 w:0); added by hand until it is measured again
	fn pass_on() -> Weight {
		Weight::from_parts(94_521_000, 30_610)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:2 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Consent::Successors` (r:0 w:1)
	// Proof: `Consent::Successors` (`max_values`: None, `max_size`: Some(92), added: 2567, mode: `MaxEncodedLen`)
	fn name_successor() -> Weight {
		Weight::from_parts(30_485_000, 6_208)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Storage: `Consent::Erasures` (r:1 w:1)
	// Proof: `Consent::Erasures` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn attest_erasure() -> Weight {
		Weight::from_parts(36_875_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// The next four are neither measured nor weighed with their proofs yet: as `revoke`, `name_successor` and
	// `attest_erasure` were, with what they read and write besides.
	fn confirm_grant() -> Weight {
		Weight::from_parts(47_000_000, 8_395)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	fn witness_paper() -> Weight {
		Weight::from_parts(30_000_000, 6_300)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	fn confirm_paper() -> Weight {
		Weight::from_parts(40_000_000, 6_300)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	fn withdraw_paper() -> Weight {
		Weight::from_parts(15_000_000, 3_600)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Denials` (r:1 w:0)
	// Proof: `Consent::Denials` (`max_values`: None, `max_size`: Some(2961), added: 5436, mode: `MaxEncodedLen`)
	// Storage: `Consent::CaseOf` (r:1 w:0)
	// Proof: `Consent::CaseOf` (`max_values`: None, `max_size`: Some(72), added: 2547, mode: `MaxEncodedLen`)
	// Storage: `Consent::Cases` (r:1 w:0)
	// Proof: `Consent::Cases` (`max_values`: None, `max_size`: Some(768), added: 3243, mode: `MaxEncodedLen`)
	// Storage: `Consent::Incidents` (r:1 w:0)
	// Proof: `Consent::Incidents` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
	// Storage: `Roles::Assignments` (r:1 w:0)
	// Proof: `Roles::Assignments` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	// Storage: `Consent::Successors` (r:1 w:0)
	// Proof: `Consent::Successors` (`max_values`: None, `max_size`: Some(92), added: 2567, mode: `MaxEncodedLen`)
	// Storage: `Consent::Grants` (r:7 w:0)
	// Proof: `Consent::Grants` (`max_values`: None, `max_size`: Some(4930), added: 7405, mode: `MaxEncodedLen`)
	// Storage: `Roles::KeyLosses` (r:1 w:0); added by hand until it is measured again
	fn decide() -> Weight {
		Weight::from_parts(137_986_000, 52_825).saturating_add(T::DbWeight::get().reads(18))
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
		Weight::from_parts(30_535_000, 6_426).saturating_add(T::DbWeight::get().reads(5))
	}

	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Consent::Denials` (r:1 w:0)
	// Proof: `Consent::Denials` (`max_values`: None, `max_size`: Some(2961), added: 5436, mode: `MaxEncodedLen`)
	// Storage: `Consent::CaseOf` (r:1 w:0)
	// Proof: `Consent::CaseOf` (`max_values`: None, `max_size`: Some(72), added: 2547, mode: `MaxEncodedLen`)
	// Storage: `Roles::Assignments` (r:1 w:0)
	// Proof: `Roles::Assignments` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	// Storage: `Consent::Successors` (r:1 w:0)
	// Proof: `Consent::Successors` (`max_values`: None, `max_size`: Some(92), added: 2567, mode: `MaxEncodedLen`)
	// Storage: `Consent::Grants` (r:7 w:4)
	// Proof: `Consent::Grants` (`max_values`: None, `max_size`: Some(4930), added: 7405, mode: `MaxEncodedLen`)
	// Storage: `Consent::Erasures` (r:1 w:1)
	// Proof: `Consent::Erasures` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
	// Storage: `Roles::KeyLosses` (r:1 w:0); added by hand until it is measured again
	fn decide_and_take_use() -> Weight {
		Weight::from_parts(205_125_000, 52_825)
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().writes(5))
	}
}
