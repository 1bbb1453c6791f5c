//! Waiting lists: who waits for a practitioner is offered, as a hold, what becomes free, in her turn.

use crate::{
	opening::day_period, weights::count, Agendas, Appointments, Calendar, Config, Diary, Error, Event, Pallet, Visit,
	Waiting, WaitingList, HORIZON, MAX_LENGTH, MAX_OWN_LENGTH, MAX_STRUCK, MAX_WAITING, OFFER_LIFETIME,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	Appointment, AppointmentId, AppointmentParty, AppointmentStatus, AuditTrail, CancelReason, InstitutionId, Kind,
	Mode, Moment, Offer, PatientId, Period, Practitioners, Priority, SlotState, UtcDay, Wish, DAY,
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
		let may = proposal.length <= MAX_OWN_LENGTH || matches!(party, AppointmentParty::Desk);
		ensure!(may, Error::LengthByDeskOnly);
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
		let period = Self::offer_of(id, &appointment)?.period;
		let practitioners = appointment.practitioners.clone();
		let visit = Visit::new(appointment.patient, appointment.institution, &practitioners, period);
		Self::ensure_visit(who, &visit)?;
		let mut diary = Diary::<T>::new();
		Self::take_all(&mut diary, &visit, SlotState::Busy(id), None)?;
		let mut agenda = Agendas::<T>::get(appointment.patient);
		agenda.resign(id);
		agenda.engage(id, period, T::Time::now())?;
		Agendas::<T>::insert(appointment.patient, agenda);
		for practitioner in &practitioners {
			let mut list = Waiting::<T>::get(practitioner);
			list.retain(|wish| wish.appointment != id);
			Self::keep_list(practitioner, list);
		}
		appointment.period = period;
		appointment.status = AppointmentStatus::Booked;
		Appointments::<T>::insert(id, appointment);
		diary.save();
		Ok(period)
	}

	/// Gives up what a proposed appointment is offered, and keeps its place; the next is offered it.
	pub(crate) fn pass_offer(id: AppointmentId, appointment: &Appointment<T::AccountId>) -> Result<(), Error<T>> {
		let Offer { period, until } = Self::offer_of(id, appointment)?;
		let mut diary = Diary::<T>::new();
		for practitioner in &appointment.practitioners {
			diary.let_go(
				practitioner,
				appointment.institution,
				period,
				appointment.patient,
				until,
			);
			Waiting::<T>::mutate(practitioner, |list| {
				for wish in list.iter_mut().filter(|wish| wish.appointment == id) {
					wish.offer = None;
				}
			});
			Self::offer_within(
				&mut diary,
				practitioner,
				appointment.institution,
				period,
				Some(appointment.patient),
			);
		}
		diary.save();
		Ok(())
	}

	/// What a proposed appointment is offered and can accept.
	fn offer_of(id: AppointmentId, appointment: &Appointment<T::AccountId>) -> Result<Offer, Error<T>> {
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
		Self::keep_list(practitioner, list);
		if let Some(offer) = wish.live_offer(now) {
			diary.let_go(practitioner, wish.institution, offer.period, wish.patient, offer.until);
			Self::offer_within(diary, practitioner, wish.institution, offer.period, Some(wish.patient));
		}
	}

	/// Who books has found a time herself: she waits no more for what these practitioners were to make up for.
	pub(crate) fn make_up(who: &T::AccountId, by: AppointmentParty, visit: &Visit<T::AccountId>) {
		let mut diary = Diary::<T>::new();
		for practitioner in visit.practitioners {
			let list = Waiting::<T>::get(practitioner);
			let hers = |wish: &&Wish| wish.displaced && wish.patient == visit.patient;
			if let Some(wish) = list.iter().find(hers) {
				Self::leave_list(&mut diary, practitioner, wish.appointment);
				Self::withdraw(wish.appointment, by, Some(who.clone()));
			}
		}
		diary.save();
	}

	/// Offers what is free on a day to who waits.
	pub(crate) fn offer_day(
		practitioner: &T::AccountId,
		institution: InstitutionId,
		day: UtcDay,
	) -> Result<(), Error<T>> {
		let mut diary = Diary::<T>::new();
		let dealt_with = Self::offer_within(&mut diary, practitioner, institution, day_period(day), None);
		ensure!(dealt_with > 0, Error::NothingOffered);
		diary.save();
		Ok(())
	}

	/// Offers the free slots of an institution that begin within this time to who waits there, each a whole time as she
	/// wishes, in the order of the list: first to those who let no offer lapse. `except`, whose time it was, is offered
	/// nothing. How many were offered something, or went off the list because they died. Whether she is free at that time is
	/// seen when she accepts.
	pub(crate) fn offer_within(
		diary: &mut Diary<T>,
		practitioner: &T::AccountId,
		institution: InstitutionId,
		within: Period,
		except: Option<PatientId>,
	) -> u32 {
		let now = T::Time::now();
		let mut list = Waiting::<T>::get(practitioner);
		if list.is_empty() || Self::ensure_practitioner(practitioner, institution).is_err() {
			return 0;
		}
		let mut made = 0_u32;
		let mut struck: Vec<AppointmentId> = Vec::new();
		'list: for lapsed in [false, true] {
			for wish in list.iter_mut() {
				let waits = wish.institution == institution && wish.live_offer(now).is_none();
				let passed = wish.offer.is_some() != lapsed || except == Some(wish.patient);
				if !waits || passed || struck.contains(&wish.appointment) {
					continue;
				}
				let Some(period) = diary.find(practitioner, wish, within, now) else {
					continue;
				};
				let patient = wish.patient;
				if !Self::is_active(patient) {
					struck.push(wish.appointment);
					if struck.len() >= MAX_STRUCK {
						break 'list;
					}
					continue;
				}
				let until = now.saturating_add(OFFER_LIFETIME).min(period.start);
				diary.visit(practitioner, period, |slot| {
					slot.state = SlotState::BusyTentative { patient, until };
				});
				let offer = Offer { period, until };
				wish.offer = Some(offer);
				made = made.saturating_add(1);
				Self::deposit_event(Event::Offered {
					practitioner: practitioner.clone(),
					patient,
					appointment: wish.appointment,
					offer,
				});
			}
		}
		if made > 0 || !struck.is_empty() {
			list.retain(|wish| !struck.contains(&wish.appointment));
			Self::keep_list(practitioner, list);
		}
		let dealt_with = made.saturating_add(count(struck.len()));
		for id in struck {
			Self::withdraw(id, AppointmentParty::Desk, None);
		}
		dealt_with
	}

	/// Writes a list, if anybody is on it.
	fn keep_list(practitioner: &T::AccountId, list: WaitingList) {
		if list.is_empty() {
			Waiting::<T>::remove(practitioner);
		} else {
			Waiting::<T>::insert(practitioner, list);
		}
	}

	/// Cancels a proposal that has lost its place on a list.
	fn withdraw(id: AppointmentId, by: AppointmentParty, who: Option<T::AccountId>) {
		let Some(mut appointment) = Appointments::<T>::get(id) else {
			return;
		};
		let (patient, reason) = (appointment.patient, CancelReason::Other);
		appointment.status = AppointmentStatus::Cancelled { by, reason };
		Appointments::<T>::insert(id, appointment);
		Agendas::<T>::mutate(patient, |agenda| agenda.resign(id));
		let kind = Kind::AppointmentCancelled {
			appointment: id,
			reason,
		};
		let entry = T::Audit::append(patient, who, kind);
		Self::deposit_event(Event::Cancelled {
			patient,
			appointment: id,
			by,
			reason,
			entry,
		});
	}
}

/// Whether all of what is offered is held for her; it lies on one day.
pub(crate) fn is_held<T: Config>(practitioner: &T::AccountId, wish: &Wish, offer: Offer) -> bool {
	let state = SlotState::BusyTentative {
		patient: wish.patient,
		until: offer.until,
	};
	let mut reached = offer.period.start;
	for slot in Calendar::<T>::get(practitioner, offer.period.start / DAY) {
		let follows = slot.period.start == reached && slot.institution == wish.institution;
		if follows && slot.state == state {
			reached = slot.period.end;
		}
	}
	reached == offer.period.end
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
