use crate::{mock::*, GenesisConfig, MinValidators, SessionBlocks, SessionLength, Validators, SESSION_LENGTH};
use frame_support::traits::Get;
use sp_runtime::BuildStorage;

fn built(validators: Vec<u64>, min_validators: u32) {
	let consortium = GenesisConfig {
		validators,
		min_validators,
		..Default::default()
	};
	build(consortium);
}

fn build(consortium: GenesisConfig<Test>) {
	RuntimeGenesisConfig {
		system: Default::default(),
		consortium,
	}
	.build_storage()
	.unwrap();
}

#[test]
fn genesis_fixes_the_validators_and_the_floor() {
	story(|| {
		assert_eq!(Validators::<Test>::get().into_inner(), [1, 2, 3]);
		assert_eq!(MinValidators::<Test>::get(), 2);
	});
}

#[test]
#[should_panic(expected = "a validator is named twice")]
fn a_validator_named_twice_is_refused() {
	built(vec![1, 1], 1);
}

#[test]
#[should_panic(expected = "fewer validators than min_validators")]
fn a_set_below_the_floor_is_refused() {
	built(vec![1], 2);
}

#[test]
#[should_panic(expected = "more validators than MaxMembers")]
fn too_many_validators_are_refused() {
	built((1..=13).collect(), 1);
}

#[test]
fn a_session_is_as_long_as_the_genesis_says() {
	story(|| assert_eq!(SessionLength::<Test>::get(), SESSION_LENGTH));
	let short = GenesisConfig {
		session_length: 10,
		..Default::default()
	};
	let genesis = RuntimeGenesisConfig {
		system: Default::default(),
		consortium: short,
	};
	sp_io::TestExternalities::new(genesis.build_storage().unwrap()).execute_with(|| {
		let length: u64 = SessionBlocks::<Test>::get();
		assert_eq!(length, 10);
	});
}

#[test]
#[should_panic(expected = "session_length is less than 2 blocks")]
fn a_session_without_room_for_calls_is_refused() {
	build(GenesisConfig {
		session_length: 1,
		..Default::default()
	});
}
