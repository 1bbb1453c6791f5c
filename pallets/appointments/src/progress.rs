//! What becomes of an appointment that was booked.

use crate::{Appointments, Config, Error, Pallet, EARLY_ARRIVAL, LATE_NOTE};
use frame_support::{ensure, traits::Time};
use salus_primitives::{Appointment, AppointmentId, AppointmentStatus, Moment, PatientId, Period};

/// A step of an appointment's life.
#[derive(Clone, Copy)]
pub(crate) enum Step {
	Arrive,
	Fulfil,
	NoShow,
}

impl<T: Config> Pallet<T> {
	/// Takes a step, noted by somebody who works there. Whose appointment it is.
	pub(crate) fn advance(who: &T::AccountId, id: AppointmentId, step: Step) -> Result<PatientId, Error<T>> {
		let mut appointment = Self::ensure_appointment(id)?;
		Self::ensure_staff_of(who, &appointment)?;
		let Period { start, end } = appointment.period;
		let late = end.saturating_add(LATE_NOTE);
		let (from, to, earliest, latest) = match step {
			Step::Arrive => (
				AppointmentStatus::Booked,
				AppointmentStatus::Arrived,
				start.saturating_sub(EARLY_ARRIVAL),
				late,
			),
			Step::Fulfil => (AppointmentStatus::Arrived, AppointmentStatus::Fulfilled, start, late),
			// What nobody noted in time is over all the same.
			Step::NoShow => (AppointmentStatus::Booked, AppointmentStatus::NoShow, start, Moment::MAX),
		};
		let now = T::Time::now();
		ensure!(appointment.status == from, Error::WrongStatus);
		ensure!(earliest <= now, Error::TooEarly);
		ensure!(now < latest, Error::TooLate);
		if !matches!(step, Step::NoShow) {
			Self::carry_over(id, &appointment)?;
		}
		appointment.status = to;
		Ok(Self::keep(id, appointment))
	}

	/// Writes an appointment that has moved on. Whose it is.
	pub(crate) fn keep(id: AppointmentId, appointment: Appointment<T::AccountId>) -> PatientId {
		let patient = appointment.patient;
		if !appointment.status.is_current() {
			Self::end_engagement(id, patient);
		}
		Appointments::<T>::insert(id, appointment);
		patient
	}
}
