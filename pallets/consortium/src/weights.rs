//! Weights of pallet-consortium.

use frame_support::weights::Weight;

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `authorise_upgrade`.
	fn authorise_upgrade() -> Weight;
	/// `OnAdmitted::admitted` with a council that is full but for one seat.
	fn admitted() -> Weight;
	/// The `Quota` extension, reading the payer and writing its load.
	fn quota() -> Weight;
}

impl WeightInfo for () {
	fn authorise_upgrade() -> Weight {
		Weight::from_parts(10_000_000, 0)
	}
	fn admitted() -> Weight {
		Weight::from_parts(10_000_000, 0)
	}
	fn quota() -> Weight {
		Weight::from_parts(10_000_000, 0)
	}
}
