//! Holds and appointments: all the slots of all practitioners, or none.

use crate::{
	Agendas, Appointments, Config, Consultations, Diary, Error, NextAppointment, Pallet, HOLD_LIFETIME, MAX_LENGTH,
};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	Appointment, AppointmentId, AppointmentParty, AppointmentStatus, CancelReason, InstitutionId, Mode, Moment,
	PatientId, Period, Practitioners, SlotState,
};

/// What a hold or a booking is to take.
pub(crate) struct Visit<'a, AccountId> {
	pub patient: PatientId,
	pub institution: InstitutionId,
	pub practitioners: &'a Practitioners<AccountId>,
	pub period: Period,
}

impl<T: Config> Pallet<T> {
	/// The signer, who acts for the patient, and all that must hold of an appointment before its slots are looked at.
	pub(crate) fn ensure_visit(who: &T::AccountId, visit: &Visit<T::AccountId>) -> Result<(), Error<T>> {
		let (_, patient) = Self::ensure_acts_for(who, visit.patient, visit.institution)?;
		Self::ensure_patient_of(&patient, visit.institution)?;
		Self::ensure_practitioners(visit.practitioners, visit.institution)?;
		check_visit::<T>(visit.period, T::Time::now())
	}

	/// Holds the slots for the patient. Until when.
	pub(crate) fn hold_all(visit: &Visit<T::AccountId>) -> Result<Moment, Error<T>> {
		let now = T::Time::now();
		let until = now.saturating_add(HOLD_LIFETIME).min(visit.period.start);
		let patient = visit.patient;
		let mut diary = Diary::<T>::new();
		Self::take_all(&mut diary, visit, SlotState::BusyTentative { patient, until })?;
		let mut agenda = Agendas::<T>::get(patient);
		agenda.hold(visit.period.start, until, now)?;
		Agendas::<T>::insert(patient, agenda);
		diary.save();
		Ok(until)
	}

	/// Lets go of what is held for the patient, and offers it to who waits.
	pub(crate) fn release_all(
		patient: PatientId,
		institution: InstitutionId,
		practitioners: &Practitioners<T::AccountId>,
		period: Period,
	) -> Result<(), Error<T>> {
		ensure!(period.start < period.end, Error::PeriodInverted);
		ensure!(period.length() <= MAX_LENGTH, Error::TooLong);
		let now = T::Time::now();
		let mut diary = Diary::<T>::new();
		let mut any = false;
		for practitioner in practitioners {
			any |= diary.let_go(practitioner, institution, period, patient, now);
		}
		ensure!(any, Error::NotHeld);
		Agendas::<T>::mutate(patient, |agenda| agenda.free_holds(period));
		for practitioner in practitioners {
			Self::offer_within(&mut diary, practitioner, period, None);
		}
		diary.save();
		Ok(())
	}

	/// Books the slots for the patient.
	pub(crate) fn book_all(
		who: &T::AccountId,
		visit: Visit<T::AccountId>,
		mode: Mode,
	) -> Result<AppointmentId, Error<T>> {
		let now = T::Time::now();
		let id = Self::next_id()?;
		let mut diary = Diary::<T>::new();
		Self::take_all(&mut diary, &visit, SlotState::Busy(id))?;
		let mut agenda = Agendas::<T>::get(visit.patient);
		agenda.engage(id, visit.period, now)?;
		let appointment = Appointment {
			patient: visit.patient,
			institution: visit.institution,
			practitioners: visit.practitioners.clone(),
			period: visit.period,
			mode,
			status: AppointmentStatus::Booked,
			made_at: now,
			made_by: who.clone(),
			replaces: None,
			previous: agenda.latest.replace(id),
		};
		Self::enter(id, appointment);
		Agendas::<T>::insert(visit.patient, agenda);
		diary.save();
		Ok(id)
	}

	/// Gives an appointment another time, or other practitioners, or leaves all as it was.
	pub(crate) fn move_to(
		id: AppointmentId,
		mut appointment: Appointment<T::AccountId>,
		practitioners: Practitioners<T::AccountId>,
		period: Period,
	) -> Result<(), Error<T>> {
		let now = T::Time::now();
		ensure!(
			matches!(appointment.status, AppointmentStatus::Booked),
			Error::WrongStatus
		);
		ensure!(!Consultations::<T>::contains_key(id), Error::ConsultationBegun);
		ensure!(now < appointment.period.start, Error::AlreadyBegun);
		let mut diary = Diary::<T>::new();
		let (old, left) = (appointment.period, appointment.practitioners.clone());
		for practitioner in &left {
			diary.give_back(practitioner, old, id);
		}
		let visit = Visit {
			patient: appointment.patient,
			institution: appointment.institution,
			practitioners: &practitioners,
			period,
		};
		Self::take_all(&mut diary, &visit, SlotState::Busy(id))?;
		let mut agenda = Agendas::<T>::get(appointment.patient);
		agenda.disengage(id);
		agenda.engage(id, period, now)?;
		Agendas::<T>::insert(appointment.patient, agenda);
		appointment.practitioners = practitioners;
		appointment.period = period;
		Appointments::<T>::insert(id, appointment);
		for practitioner in &left {
			Self::offer_within(&mut diary, practitioner, old, None);
		}
		diary.save();
		Ok(())
	}

	/// Cancels an appointment that is not over; its slots, or what was offered, are offered to who waits.
	pub(crate) fn call_off(
		id: AppointmentId,
		mut appointment: Appointment<T::AccountId>,
		by: AppointmentParty,
		reason: CancelReason,
	) -> Result<(), Error<T>> {
		let mut diary = Diary::<T>::new();
		match appointment.status {
			AppointmentStatus::Proposed => {
				for practitioner in &appointment.practitioners {
					Self::leave_list(&mut diary, practitioner, id);
				}
			}
			AppointmentStatus::Booked | AppointmentStatus::Arrived => {
				for practitioner in &appointment.practitioners {
					diary.give_back(practitioner, appointment.period, id);
					Self::offer_within(&mut diary, practitioner, appointment.period, None);
				}
			}
			_ => return Err(Error::WrongStatus),
		}
		Agendas::<T>::mutate(appointment.patient, |agenda| {
			agenda.disengage(id);
			agenda.resign(id);
		});
		appointment.status = AppointmentStatus::Cancelled { by, reason };
		Appointments::<T>::insert(id, appointment);
		diary.save();
		Ok(())
	}

	/// Takes the slots of each practitioner.
	pub(crate) fn take_all(
		diary: &mut Diary<T>,
		visit: &Visit<T::AccountId>,
		state: SlotState,
	) -> Result<(), Error<T>> {
		let now = T::Time::now();
		let Visit {
			patient,
			institution,
			practitioners,
			period,
		} = visit;
		practitioners
			.iter()
			.try_for_each(|practitioner| diary.take(practitioner, *institution, *period, *patient, state, now))
	}

	/// The appointment.
	pub(crate) fn ensure_appointment(id: AppointmentId) -> Result<Appointment<T::AccountId>, Error<T>> {
		Appointments::<T>::get(id).ok_or(Error::UnknownAppointment)
	}

	/// The id of the next appointment.
	pub(crate) fn next_id() -> Result<AppointmentId, Error<T>> {
		let id = NextAppointment::<T>::get();
		ensure!(id < AppointmentId::MAX, Error::IdsExhausted);
		Ok(id)
	}

	/// Keeps a new appointment.
	pub(crate) fn enter(id: AppointmentId, appointment: Appointment<T::AccountId>) {
		NextAppointment::<T>::put(id.saturating_add(1));
		Appointments::<T>::insert(id, appointment);
	}
}

/// Whether an appointment can be then.
fn check_visit<T: Config>(period: Period, now: Moment) -> Result<(), Error<T>> {
	ensure!(period.start < period.end, Error::PeriodInverted);
	ensure!(period.length() <= MAX_LENGTH, Error::TooLong);
	ensure!(now <= period.start, Error::InPast);
	Ok(())
}
