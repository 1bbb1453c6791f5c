//! A runtime of this pallet alone.

use crate as pallet_consortium;
use crate::{Payer, SessionKeys};
use frame_support::{derive_impl, parameter_types, traits::ConstU32};
use frame_system::EnsureRoot;
use salus_primitives::InstitutionId;
use sp_runtime::{traits::IdentityLookup, BuildStorage, Weight};

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeTask)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(20)]
	pub type Consortium = pallet_consortium;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountId = u64;
	type Lookup = IdentityLookup<u64>;
	type Block = Block;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

parameter_types! {
	pub const CouncilChange: Weight = Weight::from_parts(5, 7);
	pub static Members: Vec<u64> = vec![];
	pub static KeysChanged: bool = false;
	pub static PrunedBefore: u32 = 0;
}

pub struct Council;
impl frame_support::traits::ChangeMembers<u64> for Council {
	fn change_members_sorted(incoming: &[u64], outgoing: &[u64], new: &[u64]) {
		let mut members: Vec<u64> = Members::get().into_iter().filter(|m| !outgoing.contains(m)).collect();
		members.extend(incoming);
		members.sort();
		assert_eq!(members, new, "the new list is the old one and the change");
		Members::set(members);
	}
}

/// Accounts above 100 belong to the institution of their hundreds.
pub struct Hundreds;
impl Payer<u64, RuntimeCall> for Hundreds {
	fn payer(signer: Option<&u64>, _: &RuntimeCall) -> Option<InstitutionId> {
		signer
			.filter(|who| **who >= 100)
			.and_then(|who| u32::try_from(who / 100).ok())
	}
}

pub struct Keys;
impl SessionKeys<u64> for Keys {
	fn changed(_: &[u64]) -> bool {
		KeysChanged::get()
	}
	fn prune_history(before: u32) {
		PrunedBefore::set(before);
	}
}

impl pallet_consortium::Config for Test {
	type CouncilOrigin = EnsureRoot<u64>;
	type Council = Council;
	type CouncilChange = CouncilChange;
	type Time = Timestamp;
	type Payer = Hundreds;
	type SessionKeys = Keys;
	type MaxMembers = ConstU32<4>;
	type HistoryDepth = ConstU32<10>;
	type WeightInfo = ();
}

/// A chain with validators 1, 2 and 3 and a floor of two.
pub fn world() -> sp_io::TestExternalities {
	let genesis = RuntimeGenesisConfig {
		system: Default::default(),
		consortium: pallet_consortium::GenesisConfig {
			validators: vec![3, 1, 2],
			min_validators: 2,
		},
	};
	let mut world = sp_io::TestExternalities::new(genesis.build_storage().unwrap());
	world.execute_with(|| System::set_block_number(1));
	world
}

/// Runs a story and checks the invariants at its end.
pub fn story(told: impl FnOnce()) {
	world().execute_with(|| {
		told();
		Consortium::check_state().unwrap();
	});
}
