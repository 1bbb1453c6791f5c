//! What becomes of an appointment that was booked.

use crate::{Agendas, Appointments, Config, Error, Pallet, EARLY_ARRIVAL};
use frame_support::{ensure, traits::Time};
use salus_primitives::{Appointment, AppointmentId, AppointmentStatus, PatientId};

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
		let start = appointment.period.start;
		let (from, to, earliest) = match step {
			Step::Arrive => (
				AppointmentStatus::Booked,
				AppointmentStatus::Arrived,
				start.saturating_sub(EARLY_ARRIVAL),
			),
			Step::Fulfil => (AppointmentStatus::Arrived, AppointmentStatus::Fulfilled, start),
			Step::NoShow => (AppointmentStatus::Booked, AppointmentStatus::NoShow, start),
		};
		ensure!(appointment.status == from, Error::WrongStatus);
		ensure!(earliest <= T::Time::now(), Error::TooEarly);
		appointment.status = to;
		Ok(Self::keep(id, appointment))
	}

	/// Writes an appointment that has moved on. Whose it is.
	pub(crate) fn keep(id: AppointmentId, appointment: Appointment<T::AccountId>) -> PatientId {
		let patient = appointment.patient;
		if !appointment.status.is_current() {
			Agendas::<T>::mutate(patient, |agenda| agenda.disengage(id));
		}
		Appointments::<T>::insert(id, appointment);
		patient
	}
}
