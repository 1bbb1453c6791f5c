//! Weights of pallet-consent.

use frame_support::weights::Weight;

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `ask`.
	fn ask() -> Weight;
	/// `withdraw`.
	fn withdraw() -> Weight;
	/// `approve` with a full list of grants.
	fn approve() -> Weight;
	/// `decline`.
	fn decline() -> Weight;
	/// `grant` with a full list of grants.
	fn grant() -> Weight;
	/// `revoke` in a full list of grants.
	fn revoke() -> Weight;
	/// `deny` with a list that is full but for the last two slots.
	fn deny() -> Weight;
	/// `lift_denial` in a full list of denials.
	fn lift_denial() -> Weight;
	/// `AccessControl::decide` with full lists of denials and of all four grantees, and no grant that permits.
	fn decide() -> Weight;
	/// `AccessControl::take_use` of the last grant of the last of four full lists.
	fn take_use() -> Weight;
	/// `Admission::admit` with a full list of grants.
	fn admit() -> Weight;
}

macro_rules! flat {
	($($name:ident),+ $(,)?) => {
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
	take_use,
	admit
);
