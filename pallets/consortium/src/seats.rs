//! The council has one seat for each admitted hospital.

use crate::{Config, Error, Event, Pallet, Seats, WeightInfo};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{ChangeMembers, Get},
};
use salus_primitives::{Institution, InstitutionId, OnAdmitted};
use sp_runtime::{DispatchError, Weight};

impl<T: Config> OnAdmitted<T::AccountId> for Pallet<T> {
	fn admitted(id: InstitutionId, institution: &Institution<T::AccountId>) -> Result<(), DispatchError> {
		let Some(seat) = institution.seat.clone() else {
			return Ok(());
		};
		let mut seats = Seats::<T>::get();
		ensure!(seats.iter().all(|(seated, _)| *seated != id), Error::<T>::AlreadySeated);
		ensure!(seats.iter().all(|(_, account)| *account != seat), Error::<T>::SeatTaken);
		seats
			.try_push((id, seat.clone()))
			.map_err(|_| Error::<T>::TooManySeats)?;

		let mut members: Vec<_> = seats.iter().map(|(_, account)| account.clone()).collect();
		members.sort();
		T::Council::change_members_sorted(core::slice::from_ref(&seat), &[], &members);
		Seats::<T>::put(seats);
		Self::deposit_event(Event::Seated { institution: id, seat });
		Ok(())
	}

	fn admitted_weight() -> Weight {
		T::WeightInfo::admitted().saturating_add(T::CouncilChange::get())
	}
}
