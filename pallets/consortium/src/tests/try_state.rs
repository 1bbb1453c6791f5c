//! The invariants are broken by hand, and each breach is found.

use crate::{mock::*, MinValidators, Seats, SessionLength, ValidatorAccounts, Validators};
use frame_support::BoundedVec;
use salus_primitives::Status;
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
fn a_revoked_institutions_seat_is_found() {
	breach("a revoked institution has a seat", || set_status(1, Status::Revoked));
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
	breach("a validator is no institution's", || {
		ValidatorAccounts::<Test>::remove(2)
	});
	breach("a validator has no session keys", || {
		WithKeys::mutate(|with| with.remove(&2));
	});
	breach("an account is not its institution's validator", || {
		ValidatorAccounts::<Test>::insert(7, 1)
	});
	breach("a session without room for calls", || SessionLength::<Test>::put(1));
}
