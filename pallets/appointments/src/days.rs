//! Days that are cancelled, and days that are long past.

use crate::{
	opening::{check_local_day, day_period},
	weights::count,
	Agendas, Appointments, Calendar, Config, Diary, Error, Event, Pallet, Waiting, HORIZON, RETENTION,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	Appointment, AppointmentId, AppointmentParty, AppointmentStatus, AuditTrail, CancelReason, InstitutionId, Kind,
	Period, Practitioners, Priority, SlotState, UtcDay, Wish,
};

/// Which day is cancelled, by whom, and what its patients are offered instead.
pub(crate) struct Closing<'a, AccountId> {
	pub by: &'a AccountId,
	pub party: AppointmentParty,
	pub practitioner: &'a AccountId,
	pub institution: InstitutionId,
	pub period: Period,
	pub most: u32,
	pub next: &'a [UtcDay],
}

impl<T: Config> Pallet<T> {
	/// Blocks a time, cancels the appointments that are still to begin in it, as many as the caller asks for, and puts
	/// their patients first on the waiting list. How many were cancelled and how many are left.
	pub(crate) fn cancel_time(closing: &Closing<T::AccountId>) -> Result<(u32, u32), Error<T>> {
		let Closing {
			practitioner,
			institution,
			period,
			..
		} = *closing;
		check_local_day::<T>(period)?;
		let now = T::Time::now();
		ensure!(now < period.end, Error::InPast);
		let mut diary = Diary::<T>::new();
		let mut found: Vec<AppointmentId> = Vec::new();
		let mut any = false;
		diary.visit(practitioner, period, |slot| {
			if slot.institution != institution || slot.period.end <= now {
				return;
			}
			any = true;
			match slot.state {
				SlotState::Busy(id) => {
					if found.last() != Some(&id) {
						found.push(id);
					}
				}
				_ => slot.state = SlotState::BusyUnavailable,
			}
		});
		ensure!(any, Error::NoSlot);
		// What has begun is left to those who are in it; of one practitioner that is one appointment at most.
		let begun = |id: &AppointmentId| Appointments::<T>::get(id).is_some_and(|first| first.period.start <= now);
		if found.first().is_some_and(begun) {
			found.remove(0);
		}
		let mut displaced = 0_usize;
		let mut freed: Vec<(T::AccountId, Period)> = Vec::new();
		for id in found.iter().take(usize::try_from(closing.most).unwrap_or(usize::MAX)) {
			let appointment = Self::ensure_appointment(*id)?;
			for colleague in &appointment.practitioners {
				diary.give_back(colleague, appointment.period, *id);
				freed.push((colleague.clone(), appointment.period));
			}
			Self::displace(closing, *id, appointment)?;
			displaced = displaced.saturating_add(1);
		}
		diary.visit(practitioner, period, |slot| {
			let ahead = slot.institution == institution && now < slot.period.end;
			if ahead && slot.state == SlotState::Free {
				slot.state = SlotState::BusyUnavailable;
			}
		});
		let parts = Self::take_offers_back(&mut diary, practitioner, institution, period);
		for (colleague, part) in freed {
			Self::offer_within(&mut diary, &colleague, institution, part, None);
		}
		for part in parts {
			Self::offer_within(&mut diary, practitioner, institution, part, None);
		}
		for day in closing.next {
			Self::offer_within(&mut diary, practitioner, institution, day_period(*day), None);
		}
		diary.save();
		Ok((count(displaced), count(found.len().saturating_sub(displaced))))
	}

	/// Cancels one appointment of a cancelled day, and proposes another in its place. Where the lists are full the
	/// patient has to look for another time herself: the event says so.
	fn displace(
		closing: &Closing<T::AccountId>,
		id: AppointmentId,
		mut appointment: Appointment<T::AccountId>,
	) -> Result<(), Error<T>> {
		let now = T::Time::now();
		let patient = appointment.patient;
		let reason = CancelReason::Provider;
		Self::end_engagement(id, patient);
		let mut agenda = Agendas::<T>::get(patient);
		appointment.status = AppointmentStatus::Cancelled {
			by: closing.party,
			reason,
		};
		Appointments::<T>::insert(id, &appointment);
		let kind = Kind::AppointmentCancelled {
			appointment: id,
			reason,
		};
		let entry = T::Audit::append(patient, Some(closing.by.clone()), kind);
		Self::deposit_event(Event::Cancelled {
			patient,
			appointment: id,
			by: closing.party,
			reason,
			entry,
		});

		let proposal = Self::next_id()?;
		let wish = Wish {
			appointment: proposal,
			patient,
			institution: appointment.institution,
			displaced: true,
			priority: Priority::Routine,
			since: now,
			wanted: Period::new(now, now.saturating_add(HORIZON)),
			length: appointment.period.length(),
			offer: None,
		};
		let mut list = Waiting::<T>::get(closing.practitioner);
		list.retain(|wish| now < wish.wanted.end);
		let at = list.partition_point(|other| other.rank() < wish.rank());
		let placed =
			list.try_insert(at, wish).is_ok() && agenda.hope::<T>(proposal, wish.wanted.end, true, now).is_ok();
		if placed {
			let entry = T::Audit::append(
				patient,
				Some(closing.by.clone()),
				Kind::AppointmentProposed { appointment: proposal },
			);
			let proposed = Appointment {
				practitioners: Practitioners::truncate_from([closing.practitioner.clone()].into()),
				period: wish.wanted,
				status: AppointmentStatus::Proposed,
				made_at: now,
				made_by: closing.by.clone(),
				replaces: Some(id),
				previous: agenda.latest.replace(proposal),
				..appointment
			};
			Self::enter(proposal, proposed);
			Waiting::<T>::insert(closing.practitioner, list);
			Self::deposit_event(Event::Proposed {
				patient,
				appointment: proposal,
				replaces: Some(id),
				entry,
			});
		}
		Agendas::<T>::insert(patient, agenda);
		Ok(())
	}

	/// What an institution offered within a time that it cancels can't be accepted any more. Which of it has a part that is
	/// not cancelled, and free now: two at most.
	fn take_offers_back(
		diary: &mut Diary<T>,
		practitioner: &T::AccountId,
		institution: InstitutionId,
		period: Period,
	) -> Vec<Period> {
		let now = T::Time::now();
		let mut list = Waiting::<T>::get(practitioner);
		let (mut any, mut freed) = (false, Vec::new());
		for wish in list.iter_mut().filter(|wish| wish.institution == institution) {
			let Some(offer) = wish.live_offer(now).filter(|offer| offer.period.overlaps(&period)) else {
				continue;
			};
			any = true;
			wish.offer = None;
			if !period.contains(&offer.period) {
				diary.let_go(practitioner, institution, offer.period, wish.patient, offer.until);
				freed.push(offer.period);
			}
		}
		if any {
			Waiting::<T>::insert(practitioner, list);
		}
		freed
	}

	/// Removes the calendar of a day that is long past.
	pub(crate) fn forget(practitioner: &T::AccountId, day: UtcDay) -> Result<(), Error<T>> {
		let kept_until = day_period(day).end.saturating_add(RETENTION);
		ensure!(kept_until <= T::Time::now(), Error::TooRecent);
		ensure!(Calendar::<T>::contains_key(practitioner, day), Error::NoCalendar);
		Calendar::<T>::remove(practitioner, day);
		Ok(())
	}
}
