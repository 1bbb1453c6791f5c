use crate::{mock::*, GenesisConfig, MinValidators, Validators};
use sp_runtime::BuildStorage;

fn built(validators: Vec<u64>, min_validators: u32) {
	let consortium = GenesisConfig {
		validators,
		min_validators,
	};
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
	built(vec![1, 2, 3, 4, 5], 1);
}
