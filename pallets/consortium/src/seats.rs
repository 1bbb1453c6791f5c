//! What an admitted institution has in the consortium: a hospital its seat on the council, and whoever names one the
//! account of its validator.

use crate::{Config, Error, Event, Pallet, Seats, Sessions, ValidatorAccounts, Validators, WeightInfo};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{ChangeMembers, Get},
	BoundedVec,
};
use salus_primitives::{Institution, InstitutionId, Seating};
use sp_runtime::{DispatchError, DispatchResult, Weight};

impl<T: Config> Seating<T::AccountId> for Pallet<T> {
	fn admitted(id: InstitutionId, institution: &Institution<T::AccountId>) -> Result<(), DispatchError> {
		if let Some(validator) = &institution.validator {
			Self::take_validator(validator, id)?;
		}
		if let Some(seat) = institution.seat.clone() {
			Self::take_seat(id, seat)?;
		}
		Ok(())
	}

	fn reseated(id: InstitutionId, seat: &T::AccountId) -> Result<(), DispatchError> {
		let mut seats = Seats::<T>::get();
		ensure!(seats.iter().all(|(_, account)| account != seat), Error::<T>::SeatTaken);
		let place = seats.iter_mut().find(|(seated, _)| *seated == id);
		let (_, account) = place.ok_or(Error::<T>::NotSeated)?;
		let before = core::mem::replace(account, seat.clone());
		Self::change_council(core::slice::from_ref(seat), core::slice::from_ref(&before), seats);
		Self::deposit_event(Event::Unseated {
			institution: id,
			seat: before,
		});
		Self::deposit_event(Event::Seated {
			institution: id,
			seat: seat.clone(),
		});
		Ok(())
	}

	fn unseated(id: InstitutionId) -> Result<(), DispatchError> {
		let mut seats = Seats::<T>::get();
		let Some(place) = seats.iter().position(|(seated, _)| *seated == id) else {
			return Ok(());
		};
		ensure!(seats.len() > 1, Error::<T>::LastSeat);
		let (_, seat) = seats.remove(place);
		Self::change_council(&[], core::slice::from_ref(&seat), seats);
		Self::deposit_event(Event::Unseated { institution: id, seat });
		Ok(())
	}

	fn admitted_weight() -> Weight {
		T::WeightInfo::admitted().saturating_add(T::CouncilChange::get())
	}
}

impl<T: Config> Pallet<T> {
	/// Lets an account be no institution's validator any more.
	///
	/// # Errors
	/// [`Error::StillValidates`], [`Error::ValidatorOffended`].
	pub fn release_validator(account: &T::AccountId) -> DispatchResult {
		let validates = Validators::<T>::get().contains(account)
			|| T::Sessions::validators().contains(account)
			|| T::Sessions::queued().contains(account);
		ensure!(!validates, Error::<T>::StillValidates);
		// An institution doesn't shake an offence off by changing the account.
		ensure!(!Self::is_offender(account), Error::<T>::ValidatorOffended);
		ValidatorAccounts::<T>::remove(account);
		Ok(())
	}

	/// Makes an account the institution's validator.
	///
	/// # Errors
	/// [`Error::ValidatorTaken`].
	pub fn take_validator(account: &T::AccountId, id: InstitutionId) -> DispatchResult {
		ensure!(
			!ValidatorAccounts::<T>::contains_key(account),
			Error::<T>::ValidatorTaken
		);
		ValidatorAccounts::<T>::insert(account, id);
		Ok(())
	}

	fn take_seat(id: InstitutionId, seat: T::AccountId) -> Result<(), Error<T>> {
		let mut seats = Seats::<T>::get();
		ensure!(seats.iter().all(|(seated, _)| *seated != id), Error::AlreadySeated);
		ensure!(seats.iter().all(|(_, account)| *account != seat), Error::SeatTaken);
		seats.try_push((id, seat.clone())).map_err(|_| Error::TooManySeats)?;

		Self::change_council(core::slice::from_ref(&seat), &[], seats);
		Self::deposit_event(Event::Seated { institution: id, seat });
		Ok(())
	}

	/// Enters the seats; the council's members follow.
	fn change_council(
		incoming: &[T::AccountId],
		outgoing: &[T::AccountId],
		seats: BoundedVec<(InstitutionId, T::AccountId), T::MaxMembers>,
	) {
		let mut members: Vec<_> = seats.iter().map(|(_, account)| account.clone()).collect();
		members.sort();
		T::Council::change_members_sorted(incoming, outgoing, &members);
		Seats::<T>::put(seats);
	}
}
