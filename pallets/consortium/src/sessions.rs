//! When a session ends, what set the session pallet is handed, and who may set session keys.

use crate::{Changes, Config, Pallet, SessionLength, Sessions, ValidatorAccounts, Validators, MIN_SESSION_LENGTH};
use alloc::vec::Vec;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_session::historical;
use salus_primitives::{Registry, Status};
use sp_runtime::{traits::Convert, SaturatedConversion};
use sp_staking::SessionIndex;

impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
	fn new_session(index: SessionIndex) -> Option<Vec<T::AccountId>> {
		let kept = T::HistoryBlocks::get()
			.checked_div(SessionBlocks::<T>::number())
			.unwrap_or_default();
		T::Sessions::prune_history(index.saturating_sub(kept));
		Changes::<T>::kill();
		let validators = Self::next_set();
		// A proof of key ownership is made against the root of its session, and a root is made only for a set that is
		// handed over: other keys are another set.
		T::Sessions::changed(&validators).then_some(validators)
	}

	fn new_session_genesis(_: SessionIndex) -> Option<Vec<T::AccountId>> {
		Some(Validators::<T>::get().into_inner())
	}

	/// The session pallet has forgotten who is disabled if the set changed.
	fn start_session(_: SessionIndex) {
		Self::disable_offenders();
	}

	fn end_session(_: SessionIndex) {}
}

impl<T: Config> historical::SessionManager<T::AccountId, ()> for Pallet<T> {
	fn new_session(index: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		<Self as pallet_session::SessionManager<_>>::new_session(index).map(identified)
	}

	fn new_session_genesis(index: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		<Self as pallet_session::SessionManager<_>>::new_session_genesis(index).map(identified)
	}

	fn start_session(index: SessionIndex) {
		<Self as pallet_session::SessionManager<_>>::start_session(index);
	}

	fn end_session(index: SessionIndex) {
		<Self as pallet_session::SessionManager<_>>::end_session(index);
	}
}

fn identified<AccountId>(validators: Vec<AccountId>) -> Vec<(AccountId, ())> {
	validators.into_iter().map(|validator| (validator, ())).collect()
}

/// The length of a session, for `PeriodicSessions`.
pub struct SessionBlocks<T>(core::marker::PhantomData<T>);

impl<T: Config> SessionBlocks<T> {
	fn number() -> u32 {
		SessionLength::<T>::get().max(MIN_SESSION_LENGTH)
	}
}

impl<T: Config> Get<BlockNumberFor<T>> for SessionBlocks<T> {
	fn get() -> BlockNumberFor<T> {
		Self::number().saturated_into()
	}
}

/// The validator account of an active institution can set session keys, in the set or not: an institution sets them
/// before the council names its validator.
pub struct ValidatorOf<T>(core::marker::PhantomData<T>);

impl<T: Config> Convert<T::AccountId, Option<T::AccountId>> for ValidatorOf<T> {
	fn convert(account: T::AccountId) -> Option<T::AccountId> {
		let institution = T::Registry::institution(ValidatorAccounts::<T>::get(&account)?)?;
		(institution.status == Status::Active).then_some(account)
	}
}

/// A validator is identified by its account alone.
pub struct Identified;

impl<AccountId> Convert<AccountId, Option<()>> for Identified {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}
