//! What always holds.

#![cfg(any(feature = "try-runtime", feature = "std"))]

use crate::{
	Config, MinValidators, Pallet, Seats, SessionLength, Sessions, ValidatorAccounts, Validators, MIN_SESSION_LENGTH,
};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use salus_primitives::{Registry, Status};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// What always holds, for `try_state` and for the tests of a runtime:
	/// - no institution has two seats and no account sits for two, and none that was revoked has one;
	/// - no validator is named twice, there are never fewer than the floor, and each has session keys;
	/// - a validator's account is the one that its institution was admitted with;
	/// - a session has room for calls.
	pub fn check_state() -> Result<(), TryRuntimeError> {
		let seats = Seats::<T>::get();
		let institutions: BTreeSet<_> = seats.iter().map(|(institution, _)| institution).collect();
		let accounts: BTreeSet<_> = seats.iter().map(|(_, account)| account).collect();
		ensure!(
			institutions.len() == seats.len(),
			"consortium: an institution has two seats"
		);
		ensure!(
			accounts.len() == seats.len(),
			"consortium: an account sits for two institutions"
		);
		for (institution, _) in &seats {
			let revoked = T::Registry::institution(*institution).is_some_and(|entry| entry.status == Status::Revoked);
			ensure!(!revoked, "consortium: a revoked institution has a seat");
		}

		let validators = Validators::<T>::get();
		let distinct: BTreeSet<_> = validators.iter().collect();
		ensure!(
			distinct.len() == validators.len(),
			"consortium: a validator is named twice"
		);
		let floor = usize::try_from(MinValidators::<T>::get()).unwrap_or(usize::MAX);
		ensure!(validators.len() >= floor, "consortium: fewer validators than the floor");
		for validator in &validators {
			ensure!(
				ValidatorAccounts::<T>::contains_key(validator),
				"consortium: a validator is no institution's"
			);
			ensure!(
				T::Sessions::has_keys(validator),
				"consortium: a validator has no session keys"
			);
		}
		for (account, institution) in ValidatorAccounts::<T>::iter() {
			let admitted = T::Registry::institution(institution).and_then(|institution| institution.validator);
			ensure!(
				admitted == Some(account),
				"consortium: an account is not its institution's validator"
			);
		}
		ensure!(
			SessionLength::<T>::get() >= MIN_SESSION_LENGTH,
			"consortium: a session without room for calls"
		);
		Ok(())
	}
}
