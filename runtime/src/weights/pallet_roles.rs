//! Weights of `pallet_roles`, measured by `scripts/weights` on the real runtime.
//!
//! 2026-11-21; AMD EPYC; 50 steps, 20 repeats. Times are in picoseconds; database weights are
//! added by `DbWeight`.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What the benchmarks measured.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_roles::WeightInfo for WeightInfo<T> {
	// Storage: `Timestamp::Now` (r:1 w:0)
	// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Roles::NextInstitution` (r:1 w:1)
	// Proof: `Roles::NextInstitution` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	// Storage: `Roles::HpkeKeys` (r:1 w:1)
	// Proof: `Roles::HpkeKeys` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	// Storage: `Roles::PatientOf` (r:10 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Roles::Home` (r:10 w:10)
	// Proof: `Roles::Home` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:10 w:10)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Seats` (r:1 w:1)
	// Proof: `Consortium::Seats` (`max_values`: Some(1), `max_size`: Some(3602), added: 4097, mode: `MaxEncodedLen`)
	// Storage: `Council::Proposals` (r:1 w:0)
	// Proof: `Council::Proposals` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Roles::Institutions` (r:0 w:1)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Council::Members` (r:0 w:1)
	// Proof: `Council::Members` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Council::Prime` (r:0 w:1)
	// Proof: `Council::Prime` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	fn admit_institution() -> Weight {
		Weight::from_parts(118_667_000, 26_380)
			.saturating_add(T::DbWeight::get().reads(35))
			.saturating_add(T::DbWeight::get().writes(26))
	}

	// Storage: `Roles::Institutions` (r:1 w:1)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	fn suspend_institution() -> Weight {
		Weight::from_parts(12_839_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Storage: `Roles::Institutions` (r:1 w:1)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	fn reinstate_institution() -> Weight {
		Weight::from_parts(12_799_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `Timestamp::Now` (r:1 w:0)
	// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:1)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Roles::Home` (r:1 w:1)
	// Proof: `Roles::Home` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn approve_application() -> Weight {
		Weight::from_parts(71_977_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:1)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	fn suspend_credential() -> Weight {
		Weight::from_parts(17_105_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:1)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	fn reinstate_credential() -> Weight {
		Weight::from_parts(16_945_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:1)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	fn revoke_credential() -> Weight {
		Weight::from_parts(17_016_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Storage: `Timestamp::Now` (r:1 w:0)
	// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Roles::UsedVouchers` (r:1 w:1)
	// Proof: `Roles::UsedVouchers` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Roles::Home` (r:1 w:1)
	// Proof: `Roles::Home` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Roles::HpkeKeys` (r:1 w:1)
	// Proof: `Roles::HpkeKeys` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	// Storage: `Roles::NextPatient` (r:1 w:1)
	// Proof: `Roles::NextPatient` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `Consent::Grants` (r:1 w:1)
	// Proof: `Consent::Grants` (`max_values`: None, `max_size`: Some(4930), added: 7405, mode: `MaxEncodedLen`)
	// Storage: `Consent::NextGrant` (r:1 w:1)
	// Proof: `Consent::NextGrant` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Roles::Patients` (r:0 w:1)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Roles::PatientOf` (r:0 w:1)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	fn register_patient() -> Weight {
		Weight::from_parts(169_022_000, 8_395)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(10))
	}

	// Storage: `Timestamp::Now` (r:1 w:0)
	// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Roles::UsedVouchers` (r:1 w:0)
	// Proof: `Roles::UsedVouchers` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Roles::Home` (r:1 w:0)
	// Proof: `Roles::Home` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Roles::HpkeKeys` (r:1 w:0)
	// Proof: `Roles::HpkeKeys` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	fn authorize_register_patient() -> Weight {
		Weight::from_parts(129_463_000, 6_040).saturating_add(T::DbWeight::get().reads(6))
	}

	// Storage: `Roles::Home` (r:1 w:0)
	// Proof: `Roles::Home` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Timestamp::Now` (r:1 w:0)
	// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Roles::UsedVouchers` (r:64 w:64)
	// Proof: `Roles::UsedVouchers` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	fn prune_vouchers(n: u32) -> Weight {
		Weight::from_parts(12_516_179, 3_517)
			.saturating_add(Weight::from_parts(4_220_306, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2_531).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(n.into()))
	}

	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:2 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Timestamp::Now` (r:1 w:0)
	// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Roles::Assignments` (r:1 w:1)
	// Proof: `Roles::Assignments` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn propose_assignment() -> Weight {
		Weight::from_parts(38_538_000, 6_208)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::Assignments` (r:1 w:1)
	// Proof: `Roles::Assignments` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	// Storage: `Roles::Patients` (r:1 w:0)
	// Proof: `Roles::Patients` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Timestamp::Now` (r:1 w:0)
	// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn accept_assignment() -> Weight {
		Weight::from_parts(37_816_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::Assignments` (r:1 w:1)
	// Proof: `Roles::Assignments` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	// Storage: `Roles::PatientOf` (r:1 w:0)
	// Proof: `Roles::PatientOf` (`max_values`: None, `max_size`: Some(56), added: 2531, mode: `MaxEncodedLen`)
	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2575), added: 5050, mode: `MaxEncodedLen`)
	// Storage: `Roles::Credentials` (r:1 w:0)
	// Proof: `Roles::Credentials` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	// Storage: `Timestamp::Now` (r:1 w:0)
	// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Records::Trail` (r:1 w:1)
	// Proof: `Records::Trail` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn end_assignment() -> Weight {
		Weight::from_parts(38_037_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Provisional: not measured yet.
	fn submit_application() -> Weight {
		Weight::from_parts(72_000_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Provisional: not measured yet.
	fn approve_attested_application() -> Weight {
		Weight::from_parts(40_000_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	// Provisional: not measured yet.
	fn decline_application() -> Weight {
		Weight::from_parts(20_000_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Provisional: not measured yet.
	fn prune_application() -> Weight {
		Weight::from_parts(18_000_000, 3_655)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Provisional: not measured yet.
	fn transfer() -> Weight {
		Weight::from_parts(28_000_000, 6_099)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Provisional: not measured yet.
	fn propose_act() -> Weight {
		Weight::from_parts(60_000_000, 30_000)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Provisional: not measured yet.
	fn confirm_act() -> Weight {
		Weight::from_parts(60_000_000, 30_000)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Provisional: not measured yet.
	fn withdraw_act() -> Weight {
		Weight::from_parts(60_000_000, 30_000)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Provisional: not measured yet.
	fn institution_act() -> Weight {
		Weight::from_parts(45_000_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(8))
	}

	// Provisional: not measured yet.
	fn apply_keys() -> Weight {
		Weight::from_parts(30_000_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Provisional: not measured yet.
	fn replace_officer() -> Weight {
		Weight::from_parts(35_000_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	// Provisional: not measured yet.
	fn leave(n: u32) -> Weight {
		Weight::from_parts(35_000_000, 3_600)
			.saturating_add(Weight::from_parts(6_000_000, 2_609).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(4))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(n.into()))
	}

	// Provisional: not measured yet.
	fn patient_act() -> Weight {
		Weight::from_parts(75_000_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	// Provisional: not measured yet.
	fn guardian_act() -> Weight {
		Weight::from_parts(130_000_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(20))
			.saturating_add(T::DbWeight::get().writes(18))
	}

	// Provisional: not measured yet.
	fn rotate_keys() -> Weight {
		Weight::from_parts(95_000_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(11))
	}

	// Provisional: not measured yet.
	fn name_caregiver() -> Weight {
		Weight::from_parts(75_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	// Provisional: not measured yet.
	fn remove_caregiver() -> Weight {
		Weight::from_parts(40_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	// Provisional: not measured yet.
	fn object_to_guardian() -> Weight {
		Weight::from_parts(40_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	// Provisional: not measured yet.
	fn contest_guardian() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Provisional: not measured yet.
	fn decide_guardian() -> Weight {
		Weight::from_parts(40_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	// Provisional: not measured yet.
	fn resign_guardian() -> Weight {
		Weight::from_parts(40_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	// Provisional: not measured yet.
	fn set_recovery_contacts() -> Weight {
		Weight::from_parts(28_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Provisional: not measured yet.
	fn object_to_recovery() -> Weight {
		Weight::from_parts(28_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Provisional: not measured yet.
	fn decide_recovery() -> Weight {
		Weight::from_parts(50_000_000, 6_040)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(12))
	}

	// Provisional: not measured yet.
	fn vouch(n: u32) -> Weight {
		Weight::from_parts(40_000_000, 4_000)
			.saturating_add(Weight::from_parts(50_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}
}
