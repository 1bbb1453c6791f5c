//! Holds and appointments: all the slots of all practitioners, or none.

use crate::{
	Agenda, Agendas, Appointments, Config, Consultations, Diary, Error, NextAppointment, Pallet, HOLD_LIFETIME,
	LATE_NOTE, MAX_HELD, MAX_LENGTH,
};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	Appointment, AppointmentId, AppointmentParty, AppointmentStatus, CancelReason, InstitutionId, Mode, Moment,
	PatientId, Period, Practitioners, Slot, SlotState,
};

/// What a hold or a booking is to take.
#[derive(Clone, Copy)]
pub(crate) struct Visit<'a, AccountId> {
	pub patient: PatientId,
	pub institution: InstitutionId,
	pub practitioners: &'a Practitioners<AccountId>,
	pub period: Period,
}

impl<'a, AccountId> Visit<'a, AccountId> {
	/// Of a patient, where, with whom, when.
	pub(crate) const fn new(
		patient: PatientId,
		institution: InstitutionId,
		practitioners: &'a Practitioners<AccountId>,
		period: Period,
	) -> Self {
		Self {
			patient,
			institution,
			practitioners,
			period,
		}
	}
}

impl<T: Config> Pallet<T> {
	/// On whose side the signer acts for the patient, and all that must hold of an appointment before its slots are looked
	/// at.
	pub(crate) fn ensure_visit(who: &T::AccountId, visit: &Visit<T::AccountId>) -> Result<AppointmentParty, Error<T>> {
		let (party, patient) = Self::ensure_acts_for(who, visit.patient, visit.institution)?;
		Self::ensure_patient_of(&patient, visit.institution)?;
		Self::ensure_practitioners(visit.practitioners, visit.institution)?;
		check_visit::<T>(visit.period, T::Time::now())?;
		Ok(party)
	}

	/// Holds the slots for the patient. Until when.
	pub(crate) fn hold_all(visit: &Visit<T::AccountId>) -> Result<Moment, Error<T>> {
		let now = T::Time::now();
		let until = now.saturating_add(HOLD_LIFETIME).min(visit.period.start);
		let patient = visit.patient;
		let mut agenda = Agendas::<T>::get(patient);
		let mut diary = Diary::<T>::new();
		let state = SlotState::BusyTentative { patient, until };
		let held = Self::take_all(&mut diary, visit, state, Some(&agenda))?;
		ensure!(held <= MAX_HELD, Error::TooManySlots);
		agenda.hold(visit, until, now)?;
		Agendas::<T>::insert(patient, agenda);
		diary.save();
		Ok(until)
	}

	/// Lets go of what is held for the patient, and offers it to who waits.
	pub(crate) fn release_all(visit: &Visit<T::AccountId>) -> Result<(), Error<T>> {
		let Visit {
			patient,
			institution,
			practitioners,
			period,
		} = *visit;
		let mut agenda = Agendas::<T>::get(patient);
		let hold = agenda
			.let_go(period, practitioners, T::Time::now())
			.ok_or(Error::NotHeld)?;
		Agendas::<T>::insert(patient, agenda);
		let mut diary = Diary::<T>::new();
		for practitioner in practitioners {
			diary.let_go(practitioner, institution, period, patient, hold.until);
			Self::offer_within(&mut diary, practitioner, institution, period, Some(patient));
		}
		diary.save();
		Ok(())
	}

	/// Books the slots for the patient.
	pub(crate) fn book_all(
		who: &T::AccountId,
		visit: &Visit<T::AccountId>,
		mode: Mode,
	) -> Result<AppointmentId, Error<T>> {
		let now = T::Time::now();
		let id = Self::next_id()?;
		let mut agenda = Agendas::<T>::get(visit.patient);
		let mut diary = Diary::<T>::new();
		Self::take_all(&mut diary, visit, SlotState::Busy(id), Some(&agenda))?;
		agenda.use_holds(visit);
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
		let (patient, institution) = (appointment.patient, appointment.institution);
		let (old, left) = (appointment.period, appointment.practitioners.clone());
		for practitioner in &left {
			diary.give_back(practitioner, old, id);
		}
		let visit = Visit::new(patient, institution, &practitioners, period);
		let mut agenda = Agendas::<T>::get(patient);
		Self::take_all(&mut diary, &visit, SlotState::Busy(id), Some(&agenda))?;
		agenda.use_holds(&visit);
		agenda.disengage(id);
		agenda.engage(id, period, now)?;
		Agendas::<T>::insert(patient, agenda);
		appointment.practitioners = practitioners;
		appointment.period = period;
		Appointments::<T>::insert(id, appointment);
		for practitioner in &left {
			Self::offer_within(&mut diary, practitioner, institution, old, Some(patient));
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
		let (patient, period) = (appointment.patient, appointment.period);
		let mut diary = Diary::<T>::new();
		match appointment.status {
			AppointmentStatus::Proposed => {
				for practitioner in &appointment.practitioners {
					Self::leave_list(&mut diary, practitioner, id);
				}
			}
			AppointmentStatus::Booked | AppointmentStatus::Arrived => {
				// Once a booked one is over, the patient came or she did not.
				let noted = matches!(appointment.status, AppointmentStatus::Arrived);
				let latest = period.end.saturating_add(if noted { LATE_NOTE } else { 0 });
				ensure!(T::Time::now() < latest, Error::TooLate);
				for practitioner in &appointment.practitioners {
					diary.give_back(practitioner, period, id);
					Self::offer_within(&mut diary, practitioner, appointment.institution, period, Some(patient));
				}
			}
			_ => return Err(Error::WrongStatus),
		}
		Agendas::<T>::mutate(patient, |agenda| agenda.resign(id));
		Self::end_engagement(id, patient);
		appointment.status = AppointmentStatus::Cancelled { by, reason };
		Appointments::<T>::insert(id, appointment);
		diary.save();
		Ok(())
	}

	/// Takes the slots of each practitioner: what is held for the patient as her agenda says, or, where an offer of hers is
	/// accepted, as it is. How many slots it took.
	pub(crate) fn take_all(
		diary: &mut Diary<T>,
		visit: &Visit<T::AccountId>,
		state: SlotState,
		agenda: Option<&Agenda<T::AccountId>>,
	) -> Result<usize, Error<T>> {
		let now = T::Time::now();
		let mut taken = 0_usize;
		for practitioner in visit.practitioners {
			let own = |slot: &Slot| agenda.and_then(|agenda| agenda.refusal(visit, practitioner, slot));
			taken = taken.saturating_add(diary.take(practitioner, visit, state, now, own)?);
		}
		Ok(taken)
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
