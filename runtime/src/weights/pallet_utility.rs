//! Weights of `pallet_utility`, measured by `scripts/weights` on the real runtime.
//!
//! 2026-11-21; AMD EPYC; 50 steps, 20 repeats. Times are in picoseconds; database weights are
//! added by `DbWeight`.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What the benchmarks measured.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_utility::WeightInfo for WeightInfo<T> {
	fn batch(c: u32) -> Weight {
		Weight::from_parts(3_204_000, 0).saturating_add(Weight::from_parts(2_573_150, 0).saturating_mul(c.into()))
	}

	fn as_derivative() -> Weight {
		Weight::from_parts(3_416_000, 0)
	}

	fn batch_all(c: u32) -> Weight {
		Weight::from_parts(1_698_961, 0).saturating_add(Weight::from_parts(2_788_074, 0).saturating_mul(c.into()))
	}

	fn dispatch_as() -> Weight {
		Weight::from_parts(4_907_000, 0)
	}

	fn force_batch(c: u32) -> Weight {
		Weight::from_parts(11_286_095, 0).saturating_add(Weight::from_parts(2_573_703, 0).saturating_mul(c.into()))
	}

	fn dispatch_as_fallible() -> Weight {
		Weight::from_parts(4_927_000, 0)
	}

	fn if_else() -> Weight {
		Weight::from_parts(6_179_000, 0)
	}
}
