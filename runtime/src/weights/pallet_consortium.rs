//! Weights of `pallet_consortium`, measured by `scripts/weights` on the real runtime.
//!
//! 2026-11-22; AMD EPYC; 12 steps, 8 repeats. Times are in picoseconds; database weights are
//! added by `DbWeight`.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What the benchmarks measured.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_consortium::WeightInfo for WeightInfo<T> {
	// Storage: `System::AuthorizedUpgrade` (r:0 w:1)
	// Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
	fn authorise_upgrade() -> Weight {
		Weight::from_parts(6_169_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}

	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2576), added: 5051, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Offenders` (r:1 w:0)
	// Proof: `Consortium::Offenders` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Session::NextKeys` (r:1 w:0)
	// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	// Storage: `Consortium::Validators` (r:1 w:1)
	// Proof: `Consortium::Validators` (`max_values`: Some(1), `max_size`: Some(3202), added: 3697, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Changes` (r:1 w:1)
	// Proof: `Consortium::Changes` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	// Storage: `Session::QueuedKeys` (r:1 w:0)
	// Proof: `Session::QueuedKeys` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	fn add_validator() -> Weight {
		Weight::from_parts(44_567_000, 23_832)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::Institutions` (r:100 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2576), added: 5051, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Validators` (r:1 w:1)
	// Proof: `Consortium::Validators` (`max_values`: Some(1), `max_size`: Some(3202), added: 3697, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Offenders` (r:100 w:0)
	// Proof: `Consortium::Offenders` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Consortium::ValidatorAccounts` (r:100 w:0)
	// Proof: `Consortium::ValidatorAccounts` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Consortium::MinValidators` (r:1 w:0)
	// Proof: `Consortium::MinValidators` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Changes` (r:1 w:1)
	// Proof: `Consortium::Changes` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	// Storage: `Session::QueuedKeys` (r:1 w:0)
	// Proof: `Session::QueuedKeys` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	fn remove_validator() -> Weight {
		Weight::from_parts(1_063_796_000, 506_090)
			.saturating_add(T::DbWeight::get().reads(304))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Storage: `Roles::Institutions` (r:1 w:0)
	// Proof: `Roles::Institutions` (`max_values`: None, `max_size`: Some(2576), added: 5051, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Offenders` (r:1 w:1)
	// Proof: `Consortium::Offenders` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Session::CurrentIndex` (r:1 w:0)
	// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Session::Validators` (r:1 w:0)
	// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Session::DisabledValidators` (r:1 w:1)
	// Proof: `Session::DisabledValidators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Consortium::Pardons` (r:0 w:1)
	// Proof: `Consortium::Pardons` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	fn reinstate_validator() -> Weight {
		Weight::from_parts(42_643_000, 8_565)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Storage: `Session::CurrentIndex` (r:1 w:0)
	// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Historical::HistoricalSessions` (r:1 w:0)
	// Proof: `Historical::HistoricalSessions` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Offenders` (r:1 w:0)
	// Proof: `Consortium::Offenders` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Pardons` (r:1 w:0)
	// Proof: `Consortium::Pardons` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	fn authorize_report_author() -> Weight {
		Weight::from_parts(109_614_000, 3_517).saturating_add(T::DbWeight::get().reads(4))
	}

	// Storage: `Session::CurrentIndex` (r:1 w:0)
	// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Historical::HistoricalSessions` (r:1 w:0)
	// Proof: `Historical::HistoricalSessions` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Offenders` (r:1 w:1)
	// Proof: `Consortium::Offenders` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Pardons` (r:1 w:0)
	// Proof: `Consortium::Pardons` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Offences::ConcurrentReportsIndex` (r:1 w:1)
	// Proof: `Offences::ConcurrentReportsIndex` (`max_values`: None, `max_size`: None, mode: `Measured`)
	// Storage: `Offences::Reports` (r:1 w:1)
	// Proof: `Offences::Reports` (`max_values`: None, `max_size`: None, mode: `Measured`)
	// Storage: `Session::Validators` (r:1 w:0)
	// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Session::DisabledValidators` (r:1 w:1)
	// Proof: `Session::DisabledValidators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Session::QueuedKeys` (r:1 w:0)
	// Proof: `Session::QueuedKeys` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Consortium::MinValidators` (r:1 w:0)
	// Proof: `Consortium::MinValidators` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn report_author() -> Weight {
		Weight::from_parts(165_867_000, 20_005)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	// Storage: `Consortium::ValidatorAccounts` (r:1 w:1)
	// Proof: `Consortium::ValidatorAccounts` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Seats` (r:1 w:1)
	// Proof: `Consortium::Seats` (`max_values`: Some(1), `max_size`: Some(3602), added: 4097, mode: `MaxEncodedLen`)
	// Storage: `Council::Proposals` (r:1 w:0)
	// Proof: `Council::Proposals` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Council::Members` (r:0 w:1)
	// Proof: `Council::Members` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Council::Prime` (r:0 w:1)
	// Proof: `Council::Prime` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	fn admitted() -> Weight {
		Weight::from_parts(16_124_000, 5_365)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	// Storage: `Roles::Home` (r:1 w:0)
	// Proof: `Roles::Home` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Loads` (r:1 w:1)
	// Proof: `Consortium::Loads` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	fn quota() -> Weight {
		Weight::from_parts(9_864_000, 3_517)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
}
