//! Patients whose id was merged into another: two agendas are one person's from then on.
//!
//! Registry and merge say under which id she goes on, not which ids went into one. So her older appointments go into the
//! agenda of that id when they begin, and until then only those meet that are of one id.

use crate::{Agendas, Config, Error, Pallet};
use frame_support::traits::Time;
use salus_primitives::{Appointment, AppointmentId, PatientId, Registry};

impl<T: Config> Pallet<T> {
	/// An appointment begins: of a merged patient it goes into the agenda that she has now, if she has no other there at
	/// that time.
	pub(crate) fn carry_over(id: AppointmentId, appointment: &Appointment<T::AccountId>) -> Result<(), Error<T>> {
		if let Some(heir) = Self::heir(appointment.patient) {
			let mut agenda = Agendas::<T>::get(heir);
			agenda.carry(id, appointment.period, T::Time::now())?;
			Agendas::<T>::insert(heir, agenda);
		}
		Ok(())
	}

	/// Takes an appointment that is over out of the patient's agenda, and out of the one it was carried to.
	pub(crate) fn end_engagement(id: AppointmentId, patient: PatientId) {
		Agendas::<T>::mutate(patient, |agenda| agenda.disengage(id));
		if let Some(heir) = Self::heir(patient) {
			Agendas::<T>::mutate_exists(heir, |agenda| {
				if let Some(agenda) = agenda {
					agenda.disengage(id);
				}
			});
		}
	}

	/// The id that the patient of this one goes on under, where it was merged.
	pub(crate) fn heir(patient: PatientId) -> Option<PatientId> {
		T::Registry::goes_on_as(T::Registry::patient(patient)?.status).map(|(heir, _)| heir)
	}
}
