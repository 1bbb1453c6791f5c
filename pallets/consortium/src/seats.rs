//! What an admitted institution has in the consortium: a hospital its seat on the council, and whoever names one the
//! account of its validator.

use crate::{Config, Error, Event, Pallet, Seats, ValidatorAccounts, WeightInfo};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{ChangeMembers, Get},
};
use salus_primitives::{Institution, InstitutionId, OnAdmitted};
use sp_runtime::{DispatchError, Weight};

impl<T: Config> OnAdmitted<T::AccountId> for Pallet<T> {
	fn admitted(id: InstitutionId, institution: &Institution<T::AccountId>) -> Result<(), DispatchError> {
		if let Some(validator) = &institution.validator {
			ensure!(
				!ValidatorAccounts::<T>::contains_key(validator),
				Error::<T>::ValidatorTaken
			);
		}
		if let Some(seat) = institution.seat.clone() {
			Self::take_seat(id, seat)?;
		}
		if let Some(validator) = &institution.validator {
			ValidatorAccounts::<T>::insert(validator, id);
		}
		Ok(())
	}

	fn admitted_weight() -> Weight {
		T::WeightInfo::admitted().saturating_add(T::CouncilChange::get())
	}
}

impl<T: Config> Pallet<T> {
	fn take_seat(id: InstitutionId, seat: T::AccountId) -> Result<(), Error<T>> {
		let mut seats = Seats::<T>::get();
		ensure!(seats.iter().all(|(seated, _)| *seated != id), Error::AlreadySeated);
		ensure!(seats.iter().all(|(_, account)| *account != seat), Error::SeatTaken);
		seats.try_push((id, seat.clone())).map_err(|_| Error::TooManySeats)?;

		let mut members: Vec<_> = seats.iter().map(|(_, account)| account.clone()).collect();
		members.sort();
		T::Council::change_members_sorted(core::slice::from_ref(&seat), &[], &members);
		Seats::<T>::put(seats);
		Self::deposit_event(Event::Seated { institution: id, seat });
		Ok(())
	}
}
