//! What follows from an offence, whichever kind: the validator authors nothing more and leaves the set where the floor
//! allows, until the council reinstates it.

use crate::{Config, Event, Offenders, Pallet, Pardons, Sessions};
use frame_support::weights::Weight;
use sp_runtime::Perbill;
use sp_staking::{
	offence::{OffenceDetails, OnOffenceHandler},
	SessionIndex,
};

/// How an offender is known: its validator account.
pub type Offender<T> = (<T as frame_system::Config>::AccountId, ());

impl<T: Config> OnOffenceHandler<T::AccountId, Offender<T>, Weight> for Pallet<T> {
	/// The weight is in the calls that report.
	fn on_offence(
		offenders: &[OffenceDetails<T::AccountId, Offender<T>>],
		_: &[Perbill],
		session: SessionIndex,
	) -> Weight {
		for OffenceDetails {
			offender: (validator, ()),
			..
		} in offenders
		{
			if !Self::is_judged(validator, session) {
				Self::condemn(validator, session);
			}
		}
		Weight::zero()
	}
}

impl<T: Config> Pallet<T> {
	/// Whether nothing more follows from an offence of this session: the validator is known as an offender, or the
	/// council has pardoned what it did until then.
	pub fn is_judged(validator: &T::AccountId, session: SessionIndex) -> bool {
		Self::is_offender(validator) || Pardons::<T>::get(validator).is_some_and(|pardoned| session <= pardoned)
	}

	/// Whether the validator has offended and was not reinstated.
	pub fn is_offender(validator: &T::AccountId) -> bool {
		Offenders::<T>::contains_key(validator)
	}

	fn condemn(validator: &T::AccountId, session: SessionIndex) {
		Offenders::<T>::insert(validator, session);
		Self::deposit_event(Event::ValidatorOffended {
			validator: validator.clone(),
			session,
		});
		if let Some((index, _)) = authorities::<T>().find(|(_, one)| one == validator) {
			disable::<T>(index);
		}
		let queued = T::Sessions::queued();
		if queued.contains(validator) && queued.len() <= Self::floor() {
			Self::deposit_event(Event::HeldByFloor {
				validator: validator.clone(),
			});
		}
	}

	/// Whatever it did until the end of this session is over, and it authors again.
	pub(crate) fn pardon(validator: &T::AccountId) {
		Offenders::<T>::remove(validator);
		Pardons::<T>::insert(validator, T::Sessions::index());
		if let Some((index, _)) = authorities::<T>().find(|(_, one)| one == validator) {
			T::Sessions::enable(index);
		}
	}

	/// Disables the offenders that are in the current session's set.
	pub(crate) fn disable_offenders() {
		for (index, validator) in authorities::<T>() {
			if Self::is_offender(&validator) {
				disable::<T>(index);
			}
		}
	}
}

/// The current session's validators, by their index.
fn authorities<T: Config>() -> impl Iterator<Item = (u32, T::AccountId)> {
	(0..).zip(T::Sessions::validators())
}

/// The last one that may author goes on: without a block not even the council could put things right.
fn disable<T: Config>(index: u32) {
	let another = authorities::<T>().any(|(one, _)| one != index && !T::Sessions::is_disabled(one));
	if another && !T::Sessions::is_disabled(index) {
		T::Sessions::disable(index);
	}
}
