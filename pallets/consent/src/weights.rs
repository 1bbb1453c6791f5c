//! Weights of pallet-consent.
//!
//! The benchmarks measure whole calls on the real runtime, so that a call's weight contains what roles and records do
//! for it; nothing is added. The last three are for the calls of records, which tell in advance what decisions and uses may
//! cost and afterwards what they did cost.

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
	/// The longest decision that permits and reads no grant: by assignment, past a full list of denials.
	fn decide_without_grants() -> Weight;
	/// `AccessControl::decide` that permits by a grant, and `take_use` of the last grant of the last of four full lists.
	fn decide_and_take_use() -> Weight;
}

macro_rules! flat {
	($($name:ident = $micros:literal),+ $(,)?) => {
		/// For tests.
		impl WeightInfo for () {
			$(fn $name() -> Weight {
				Weight::from_parts($micros * 1_000_000, 0)
			})+
		}
	};
}

flat!(
	ask = 10,
	withdraw = 10,
	approve = 10,
	decline = 10,
	grant = 10,
	revoke = 10,
	deny = 10,
	lift_denial = 10,
	decide = 30,
	decide_without_grants = 10,
	decide_and_take_use = 50,
);
