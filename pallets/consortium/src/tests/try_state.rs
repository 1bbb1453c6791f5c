//! The invariants are broken by hand, and each breach is found.

use crate::{mock::*, MinValidators, Seats, Validators};
use frame_support::BoundedVec;
use sp_runtime::DispatchError;

fn breach(what: &str, breaking: impl FnOnce()) {
	world().execute_with(|| {
		Seats::<Test>::put(BoundedVec::truncate_from(vec![(0, 70), (1, 60)]));
		Consortium::check_state().unwrap();
		breaking();
		let named: &'static str = Box::leak(format!("consortium: {what}").into_boxed_str());
		assert_eq!(Consortium::check_state(), Err(DispatchError::from(named)));
	});
}

#[test]
fn breaches_among_seats_are_found() {
	breach("an institution has two seats", || {
		Seats::<Test>::mutate(|seats| seats[1].0 = 0)
	});
	breach("an account sits for two institutions", || {
		Seats::<Test>::mutate(|seats| seats[1].1 = 70)
	});
}

#[test]
fn breaches_among_validators_are_found() {
	breach("a validator is named twice", || {
		Validators::<Test>::mutate(|validators| validators[1] = 1)
	});
	breach("fewer validators than the floor", || {
		Validators::<Test>::mutate(|validators| validators.truncate(1))
	});
	breach("fewer validators than the floor", || MinValidators::<Test>::put(4));
}
