//! Waiting lists: who waits for a practitioner is offered, as a hold, what becomes free, in her turn.

use crate::{
	Agendas, Appointments, Config, Diary, Error, Event, Pallet, Visit, Waiting, HORIZON, MAX_LENGTH, MAX_WAITING,
	OFFER_LIFETIME,
};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	Appointment, AppointmentId, AppointmentParty, AppointmentStatus, InstitutionId, Mode, Moment, PatientId, Period,
	Practitioners, Priority, SlotState, Wish,
};

/// What somebody wants to wait for.
pub(crate) struct Proposal<AccountId> {
	pub patient: PatientId,
	pub institution: InstitutionId,
	pub practitioner: AccountId,
	pub wanted: Period,
	pub length: Moment,
	pub priority: Priority,
	pub mode: Mode,
}

impl<T: Config> Pallet<T> {
	/// Puts a patient on a practitioner's waiting list.
	pub(crate) fn put_on_list(who: &T::AccountId, proposal: Proposal<T::AccountId>) -> Result<AppointmentId, Error<T>> {
		let (party, patient) = Self::ensure_acts_for(who, proposal.patient, proposal.institution)?;
		Self::ensure_patient_of(&patient, proposal.institution)?;
		Self::ensure_practitioner(&proposal.practitioner, proposal.institution)?;
		let now = T::Time::now();
		check_wish::<T>(&proposal, now)?;
		let may = matches!(proposal.priority, Priority::Routine) || matches!(party, AppointmentParty::Desk);
		ensure!(may, Error::PriorityByDeskOnly);
		let mut list = Waiting::<T>::get(&proposal.practitioner);
		list.retain(|wish| now < wish.wanted.end);
		let ordinary = || list.iter().filter(|wish| !wish.displaced);
		ensure!(
			!ordinary().any(|wish| wish.patient == proposal.patient),
			Error::AlreadyWaiting
		);
		ensure!(ordinary().count() < MAX_WAITING, Error::WaitingListFull);
		let id = Self::next_id()?;
		let wish = Wish {
			appointment: id,
			patient: proposal.patient,
			institution: proposal.institution,
			displaced: false,
			priority: proposal.priority,
			since: now,
			wanted: proposal.wanted,
			length: proposal.length,
			offer: None,
		};
		let at = list.partition_point(|other| other.rank() < wish.rank());
		list.try_insert(at, wish).map_err(|_| Error::WaitingListFull)?;
		let mut agenda = Agendas::<T>::get(proposal.patient);
		agenda.hope(id, proposal.wanted.end, false, now)?;
		let appointment = Appointment {
			patient: proposal.patient,
			institution: proposal.institution,
			practitioners: Practitioners::truncate_from([proposal.practitioner.clone()].into()),
			period: proposal.wanted,
			mode: proposal.mode,
			status: AppointmentStatus::Proposed,
			made_at: now,
			made_by: who.clone(),
			replaces: None,
			previous: agenda.latest.replace(id),
		};
		Self::enter(id, appointment);
		Agendas::<T>::insert(proposal.patient, agenda);
		Waiting::<T>::insert(proposal.practitioner, list);
		Ok(id)
	}

	/// Books what a proposed appointment is offered.
	pub(crate) fn take_offer(
		who: &T::AccountId,
		id: AppointmentId,
		mut appointment: Appointment<T::AccountId>,
	) -> Result<Period, Error<T>> {
		let period = Self::offer_of(id, &appointment)?;
		let practitioners = appointment.practitioners.clone();
		let visit = Visit {
			patient: appointment.patient,
			institution: appointment.institution,
			practitioners: &practitioners,
			period,
		};
		Self::ensure_visit(who, &visit)?;
		let mut diary = Diary::<T>::new();
		Self::take_all(&mut diary, &visit, SlotState::Busy(id))?;
		let mut agenda = Agendas::<T>::get(appointment.patient);
		agenda.resign(id);
		agenda.engage(id, period, T::Time::now())?;
		Agendas::<T>::insert(appointment.patient, agenda);
		for practitioner in &practitioners {
			Waiting::<T>::mutate(practitioner, |list| list.retain(|wish| wish.appointment != id));
		}
		appointment.period = period;
		appointment.status = AppointmentStatus::Booked;
		Appointments::<T>::insert(id, appointment);
		diary.save();
		Ok(period)
	}

	/// Gives up what a proposed appointment is offered, and keeps its place; the next is offered it.
	pub(crate) fn pass_offer(id: AppointmentId, appointment: &Appointment<T::AccountId>) -> Result<(), Error<T>> {
		let period = Self::offer_of(id, appointment)?;
		let now = T::Time::now();
		let mut diary = Diary::<T>::new();
		for practitioner in &appointment.practitioners {
			diary.let_go(practitioner, appointment.institution, period, appointment.patient, now);
			Waiting::<T>::mutate(practitioner, |list| {
				for wish in list.iter_mut().filter(|wish| wish.appointment == id) {
					wish.offer = None;
				}
			});
			Self::offer_within(&mut diary, practitioner, period, Some(id));
		}
		diary.save();
		Ok(())
	}

	/// What a proposed appointment is offered and can accept.
	fn offer_of(id: AppointmentId, appointment: &Appointment<T::AccountId>) -> Result<Period, Error<T>> {
		ensure!(
			matches!(appointment.status, AppointmentStatus::Proposed),
			Error::WrongStatus
		);
		let now = T::Time::now();
		let practitioner = appointment.practitioners.first().ok_or(Error::NoPractitioner)?;
		Waiting::<T>::get(practitioner)
			.iter()
			.find(|wish| wish.appointment == id)
			.and_then(|wish| wish.live_offer(now))
			.map(|offer| offer.period)
			.ok_or(Error::NoOffer)
	}

	/// Takes a proposed appointment off a list; the next is offered what it was offered.
	pub(crate) fn leave_list(diary: &mut Diary<T>, practitioner: &T::AccountId, id: AppointmentId) {
		let now = T::Time::now();
		let mut list = Waiting::<T>::get(practitioner);
		let Some(at) = list.iter().position(|wish| wish.appointment == id) else {
			return;
		};
		let wish = list.remove(at);
		Waiting::<T>::insert(practitioner, list);
		if let Some(offer) = wish.live_offer(now) {
			diary.let_go(practitioner, wish.institution, offer.period, wish.patient, now);
			Self::offer_within(diary, practitioner, offer.period, None);
		}
	}

	/// Offers the free slots that begin within this time to who waits, each a whole time as she wishes, in the order of
	/// the list. `except` is offered nothing. How many offers were made. Whether she is free at that time is seen when
	/// she accepts.
	pub(crate) fn offer_within(
		diary: &mut Diary<T>,
		practitioner: &T::AccountId,
		within: Period,
		except: Option<AppointmentId>,
	) -> u32 {
		let now = T::Time::now();
		let mut list = Waiting::<T>::get(practitioner);
		let mut made = 0_u32;
		for wish in list.iter_mut() {
			if wish.live_offer(now).is_some() || except == Some(wish.appointment) {
				continue;
			}
			let Some(period) = diary.find(practitioner, wish, within, now) else {
				continue;
			};
			let until = now.saturating_add(OFFER_LIFETIME).min(period.start);
			let patient = wish.patient;
			diary.visit(practitioner, period, |slot| {
				slot.state = SlotState::BusyTentative { patient, until };
			});
			let offer = salus_primitives::Offer { period, until };
			wish.offer = Some(offer);
			made = made.saturating_add(1);
			Self::deposit_event(Event::Offered {
				practitioner: practitioner.clone(),
				patient,
				appointment: wish.appointment,
				offer,
			});
		}
		if made > 0 {
			Waiting::<T>::insert(practitioner, list);
		}
		made
	}
}

/// Whether somebody can wait for this.
fn check_wish<T: Config>(proposal: &Proposal<T::AccountId>, now: Moment) -> Result<(), Error<T>> {
	let Period { start, end } = proposal.wanted;
	ensure!(start < end, Error::PeriodInverted);
	ensure!(now < end, Error::InPast);
	ensure!(end <= now.saturating_add(HORIZON), Error::TooFarAhead);
	ensure!(proposal.length <= MAX_LENGTH, Error::TooLong);
	let possible = 0 < proposal.length && proposal.length <= proposal.wanted.length();
	ensure!(possible, Error::LengthImpossible);
	Ok(())
}
