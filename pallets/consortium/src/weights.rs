//! Weights of pallet-consortium.
//!
//! The benchmarks measure whole calls on the real runtime, where no vote is open: what open votes cost when a hospital
//! takes its seat is `Config::CouncilChange`, added to `admitted`. The validator set is as large as it can be.

use frame_support::weights::Weight;

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `authorise_upgrade`.
	fn authorise_upgrade() -> Weight;
	/// `add_validator`.
	fn add_validator() -> Weight;
	/// `remove_validator`.
	fn remove_validator() -> Weight;
	/// `reinstate_validator` of a validator that is in the session.
	fn reinstate_validator() -> Weight;
	/// What the pool does with `report_author`.
	fn authorize_report_author() -> Weight;
	/// `report_author`, with what follows for the validator.
	fn report_author() -> Weight;
	/// `Seating::admitted` with a council that is full but for one seat and votes on nothing.
	fn admitted() -> Weight;
	/// The `Quota` extension, reading the payer and writing its load.
	fn quota() -> Weight;
}

const FOR_TESTS: Weight = Weight::from_parts(10_000_000, 0);

/// For tests.
impl WeightInfo for () {
	fn authorise_upgrade() -> Weight {
		FOR_TESTS
	}
	fn add_validator() -> Weight {
		FOR_TESTS
	}
	fn remove_validator() -> Weight {
		FOR_TESTS
	}
	fn reinstate_validator() -> Weight {
		FOR_TESTS
	}
	fn authorize_report_author() -> Weight {
		FOR_TESTS
	}
	fn report_author() -> Weight {
		FOR_TESTS
	}
	fn admitted() -> Weight {
		FOR_TESTS
	}
	fn quota() -> Weight {
		FOR_TESTS
	}
}
