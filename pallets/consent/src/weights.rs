//! Weights of pallet-consent.
//!
//! The benchmarks measure whole calls on the real runtime, so that a call's weight contains what roles and records do
//! for it; nothing is added. `decide` and `take_use` are what records adds to its own calls.

use frame_support::weights::Weight;

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `ask` with a full list of requests, of which one has expired and the others ask for nearly the same.
	fn ask() -> Weight;
	/// `withdraw` from a full list of requests.
	fn withdraw() -> Weight;
	/// `approve` with full lists of requests and grants.
	fn approve() -> Weight;
	/// `decline` in a full list of requests.
	fn decline() -> Weight;
	/// `grant` with a full list of grants.
	fn grant() -> Weight;
	/// `revoke` in a full list of grants.
	fn revoke() -> Weight;
	/// `deny` that names two institutions and takes the last slot.
	fn deny() -> Weight;
	/// `lift_denial` in a full list of denials.
	fn lift_denial() -> Weight;
	/// `AccessControl::decide` with full lists of denials and of all four grantees, and no grant that permits.
	fn decide() -> Weight;
	/// `AccessControl::take_use` of the last grant of the last of four full lists.
	fn take_use() -> Weight;
}

macro_rules! flat {
	($($name:ident),+ $(,)?) => {
		/// For tests.
		impl WeightInfo for () {
			$(fn $name() -> Weight {
				Weight::from_parts(10_000_000, 0)
			})+
		}
	};
}

flat!(
	ask,
	withdraw,
	approve,
	decline,
	grant,
	revoke,
	deny,
	lift_denial,
	decide,
	take_use
);
