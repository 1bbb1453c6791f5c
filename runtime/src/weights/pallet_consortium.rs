//! Weights of `pallet_consortium`, measured by `scripts/weights` on the real runtime.
//!
//! 2026-11-21; AMD EPYC; 50 steps, 20 repeats. Times are in picoseconds; database weights are
//! added by `DbWeight`.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What the benchmarks measured.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_consortium::WeightInfo for WeightInfo<T> {
	// Storage: `System::AuthorizedUpgrade` (r:0 w:1)
	// Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
	fn authorise_upgrade() -> Weight {
		Weight::from_parts(6_009_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}

	// Storage: `Consortium::Seats` (r:1 w:1)
	// Proof: `Consortium::Seats` (`max_values`: Some(1), `max_size`: Some(3602), added: 4097, mode: `MaxEncodedLen`)
	// Storage: `Council::Proposals` (r:1 w:0)
	// Proof: `Council::Proposals` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Council::Members` (r:0 w:1)
	// Proof: `Council::Members` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	// Storage: `Council::Prime` (r:0 w:1)
	// Proof: `Council::Prime` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	fn admitted() -> Weight {
		Weight::from_parts(11_638_000, 5_254)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	// Storage: `Roles::Home` (r:1 w:0)
	// Proof: `Roles::Home` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Timestamp::Now` (r:1 w:0)
	// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `Consortium::Loads` (r:1 w:1)
	// Proof: `Consortium::Loads` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	fn quota() -> Weight {
		Weight::from_parts(10_495_000, 3_517)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// From here on estimates on the safe side, not measurements: `scripts/weights pallet_consortium` replaces them.
	fn add_validator() -> Weight {
		Weight::from_parts(400_000_000, 0).saturating_add(T::DbWeight::get().reads_writes(8, 2))
	}

	fn remove_validator() -> Weight {
		Weight::from_parts(1_000_000_000, 0).saturating_add(T::DbWeight::get().reads_writes(310, 2))
	}

	fn reinstate_validator() -> Weight {
		Weight::from_parts(100_000_000, 0).saturating_add(T::DbWeight::get().reads_writes(8, 4))
	}

	fn authorize_report_author() -> Weight {
		Weight::from_parts(500_000_000, 0).saturating_add(T::DbWeight::get().reads(8))
	}

	fn report_author() -> Weight {
		Weight::from_parts(700_000_000, 0).saturating_add(T::DbWeight::get().reads_writes(16, 8))
	}
}
