//! Weights of `frame_system_extensions`, measured by `scripts/weights` on the real runtime.
//!
//! 2026-11-21; AMD EPYC; 50 steps, 20 repeats. Times are in picoseconds; database weights are
//! added by `DbWeight`.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What the benchmarks measured.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> frame_system::ExtensionsWeightInfo for WeightInfo<T> {
	fn check_genesis() -> Weight {
		Weight::from_parts(1_523_000, 0)
	}

	fn check_mortality_mortal_transaction() -> Weight {
		Weight::from_parts(3_205_000, 0)
	}

	fn check_mortality_immortal_transaction() -> Weight {
		Weight::from_parts(3_185_000, 0)
	}

	fn check_non_zero_sender() -> Weight {
		Weight::from_parts(500_000, 0)
	}

	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn check_nonce() -> Weight {
		Weight::from_parts(6_329_000, 3_529)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	fn check_spec_version() -> Weight {
		Weight::from_parts(381_000, 0)
	}

	fn check_tx_version() -> Weight {
		Weight::from_parts(390_000, 0)
	}

	fn check_weight() -> Weight {
		Weight::from_parts(2_995_000, 0)
	}

	fn weight_reclaim() -> Weight {
		Weight::from_parts(1_702_000, 0)
	}
}
