//! What the runtime API answers. Every range and every page is bounded.

use crate::{Agendas, Appointments, Calendar, Config, Consultations, Pallet, Waiting, MAX_PAGE};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::traits::Time;
use salus_primitives::{
	Appointment, AppointmentId, Consultation, PatientId, Period, Slot, SlotState, Wish, MAX_DAYS_ASKED,
};

/// An appointment and its id.
pub type Listed<AccountId> = (AppointmentId, Appointment<AccountId>);

impl<T: Config> Pallet<T> {
	/// The practitioner's slots that have a moment of the period, in the order of time. Holds that have lapsed are free.
	/// Of a longer period, the first [`MAX_DAYS_ASKED`] days.
	pub fn availability(practitioner: &T::AccountId, period: Period) -> Vec<Slot> {
		let now = T::Time::now();
		let last = period
			.start
			.saturating_add(MAX_DAYS_ASKED.saturating_mul(salus_primitives::DAY));
		let asked = Period::new(period.start, period.end.min(last));
		asked
			.days()
			.flat_map(|day| Calendar::<T>::get(practitioner, day))
			.filter(|slot| slot.period.overlaps(&asked))
			.map(|mut slot| {
				if slot.is_free(now) {
					slot.state = SlotState::Free;
				}
				slot
			})
			.collect()
	}

	/// The appointments that have slots of the practitioner in the period, in the order of time; as many days as for
	/// [`Pallet::availability`].
	pub fn appointments_with(practitioner: &T::AccountId, period: Period) -> Vec<Listed<T::AccountId>> {
		let mut seen = BTreeSet::new();
		Self::availability(practitioner, period)
			.into_iter()
			.filter_map(|slot| match slot.state {
				SlotState::Busy(id) if seen.insert(id) => Some((id, Appointments::<T>::get(id)?)),
				_ => None,
			})
			.collect()
	}

	/// The appointment.
	pub fn appointment(id: AppointmentId) -> Option<Appointment<T::AccountId>> {
		Appointments::<T>::get(id)
	}

	/// The patient's appointments before `before`, newest first, at most `limit` and at most [`MAX_PAGE`]; and where to
	/// go on.
	pub fn appointments_of(
		patient: PatientId,
		before: Option<AppointmentId>,
		limit: u32,
	) -> (Vec<Listed<T::AccountId>>, Option<AppointmentId>) {
		let mut next = match before {
			None => Agendas::<T>::get(patient).latest,
			Some(id) => Appointments::<T>::get(id)
				.filter(|appointment| appointment.patient == patient)
				.and_then(|appointment| appointment.previous),
		};
		let mut page: Vec<Listed<T::AccountId>> = Vec::new();
		for _ in 0..limit.min(MAX_PAGE) {
			let Some((id, appointment)) = next.and_then(|id| Some((id, Appointments::<T>::get(id)?))) else {
				break;
			};
			next = appointment.previous;
			page.push((id, appointment));
		}
		let last = page.last().map(|(id, _)| *id).or(before);
		(page, last.filter(|_| next.is_some()))
	}

	/// Who waits for the practitioner and still can have what she wishes, in the order of the list.
	pub fn waiting(practitioner: &T::AccountId) -> Vec<Wish> {
		let now = T::Time::now();
		let list = Waiting::<T>::get(practitioner);
		list.into_iter().filter(|wish| now < wish.wanted.end).collect()
	}

	/// The log of an appointment's tele-consultation.
	pub fn consultation(id: AppointmentId) -> Option<Consultation<T::AccountId>> {
		Consultations::<T>::get(id)
	}
}
