//! Weights of pallet-consortium.
//!
//! The benchmarks measure whole calls on the real runtime, where no vote is open: what open votes cost when a hospital
//! takes its seat is `Config::CouncilChange`, added to `admitted`.

use frame_support::weights::Weight;

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `authorise_upgrade`.
	fn authorise_upgrade() -> Weight;
	/// `OnAdmitted::admitted` with a council that is full but for one seat and votes on nothing.
	fn admitted() -> Weight;
	/// The `Quota` extension, reading the payer and writing its load.
	fn quota() -> Weight;
}

/// For tests.
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
