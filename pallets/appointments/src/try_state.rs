//! What always holds.

#![cfg(any(feature = "try-runtime", feature = "std"))]

use crate::{
	waiting::is_held, Agenda, Agendas, Appointments, Calendar, Config, Consultations, NextAppointment, Pallet, Waiting,
	HOLD_LIFETIME, MAX_HELD, MAX_LENGTH, MAX_WAITING, MIN_SLOT, RETENTION,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	Appointment, AppointmentId, AppointmentStatus, Mode, Moment, PatientId, Period, Registry, SlotState, DAY, MINUTE,
};
use sp_runtime::TryRuntimeError;

type Kept<AccountId> = BTreeMap<AppointmentId, Appointment<AccountId>>;

impl<T: Config> Pallet<T> {
	/// What always holds, for `try_state` and for the tests of a runtime:
	/// - a calendar's slots lie within its day, in the order of time, and no two overlap; what is busy is an appointment
	///   of this practitioner, at that institution, that has that time and was not cancelled;
	/// - an appointment that was booked and not cancelled has, of each of its practitioners, its whole time and nothing
	///   else, for as long as calendars are kept; so no practitioner has two at a time;
	/// - no two current appointments of a patient overlap, and her agenda has each that is not past, and no other;
	/// - nor do they overlap one that was begun under an id that was merged into hers;
	/// - a waiting list is in its order, and has every proposed appointment that can still be had, once; 32 are there for
	///   themselves, of 32 patients, and those whose day was cancelled;
	/// - what is held now is of a hold of the patient's, or of an offer to her, as they were made; of an offer that can be
	///   accepted all is held; a patient's holds do not overlap, are two at most, and take 32 slots each at most;
	/// - appointment ids are dense, and a patient's list meets each of hers, newest first;
	/// - only tele appointments have a log, of distinct participants, that ends after it began.
	pub fn check_state() -> Result<(), TryRuntimeError> {
		let appointments: Kept<T::AccountId> = Appointments::<T>::iter().collect();
		Self::check_calendars(&appointments)?;
		Self::check_appointments(&appointments)?;
		Self::check_patients(&appointments)?;
		Self::check_waiting(&appointments)?;
		Self::check_held()?;
		Self::check_consultations(&appointments)
	}

	fn check_calendars(appointments: &Kept<T::AccountId>) -> Result<(), TryRuntimeError> {
		for (practitioner, day, slots) in Calendar::<T>::iter() {
			ensure!(!slots.is_empty(), "appointments: an empty calendar");
			let mut reached = day.saturating_mul(DAY);
			let end = reached.saturating_add(DAY);
			for slot in slots {
				let Period { start, end: until } = slot.period;
				ensure!(reached <= start, "appointments: slots overlap or are out of order");
				ensure!(until <= end, "appointments: a slot leaves its day");
				ensure!(
					start.saturating_add(MIN_SLOT) <= until && start % MINUTE == 0 && until % MINUTE == 0,
					"appointments: a slot of odd length"
				);
				reached = until;
				if let SlotState::Busy(id) = slot.state {
					let appointment = appointments.get(&id).ok_or("appointments: a slot of no appointment")?;
					ensure!(
						has_time(appointment.status)
							&& appointment.practitioners.contains(&practitioner)
							&& appointment.institution == slot.institution
							&& appointment.period.contains(&slot.period),
						"appointments: a slot that its appointment does not have"
					);
				}
			}
		}
		Ok(())
	}

	fn check_appointments(appointments: &Kept<T::AccountId>) -> Result<(), TryRuntimeError> {
		ensure!(
			(0..NextAppointment::<T>::get()).eq(appointments.keys().copied()),
			"appointments: ids are not dense"
		);
		let now = T::Time::now();
		for (id, appointment) in appointments {
			let Appointment {
				practitioners, period, ..
			} = appointment;
			let distinct: BTreeSet<_> = practitioners.iter().collect();
			ensure!(
				!distinct.is_empty() && distinct.len() == practitioners.len(),
				"appointments: with nobody, or with somebody twice"
			);
			ensure!(period.start < period.end, "appointments: an empty appointment");
			if let Some(replaced) = appointment.replaces {
				ensure!(replaced < *id, "appointments: one replaces a later one");
				let cancelled = appointments.get(&replaced).is_some_and(|replaced| {
					let is = matches!(replaced.status, AppointmentStatus::Cancelled { .. });
					is && replaced.patient == appointment.patient
				});
				ensure!(cancelled, "appointments: one replaces what was not cancelled");
			}
			if !has_time(appointment.status) {
				continue;
			}
			ensure!(period.length() <= MAX_LENGTH, "appointments: too long");
			let kept = now
				< (period.start / DAY)
					.saturating_add(1)
					.saturating_mul(DAY)
					.saturating_add(RETENTION);
			for practitioner in practitioners.iter().filter(|_| kept) {
				let mut reached = period.start;
				for slot in period.days().flat_map(|day| Calendar::<T>::get(practitioner, day)) {
					if slot.state == SlotState::Busy(*id) {
						ensure!(slot.period.start == reached, "appointments: a gap in an appointment");
						reached = slot.period.end;
					}
				}
				ensure!(reached == period.end, "appointments: an appointment without its slots");
			}
		}
		Ok(())
	}

	fn check_patients(appointments: &Kept<T::AccountId>) -> Result<(), TryRuntimeError> {
		let now = T::Time::now();
		let mut of_patient: BTreeMap<PatientId, BTreeSet<AppointmentId>> = BTreeMap::new();
		let mut current: BTreeMap<PatientId, Vec<(Period, AppointmentId)>> = BTreeMap::new();
		for (id, appointment) in appointments {
			of_patient.entry(appointment.patient).or_default().insert(*id);
			if appointment.status.is_current() {
				current
					.entry(appointment.patient)
					.or_default()
					.push((appointment.period, *id));
			}
		}
		for list in current.values_mut() {
			list.sort();
			let disjoint = list
				.windows(2)
				.all(|pair| matches!(pair, [(before, _), (after, _)] if before.end <= after.start));
			ensure!(disjoint, "appointments: a patient in two places at once");
		}
		for (patient, agenda) in Agendas::<T>::iter() {
			ensure!(
				T::Registry::patient(patient).is_some(),
				"appointments: an agenda of an unknown patient"
			);
			let own = current.remove(&patient).unwrap_or_default();
			let listed: BTreeSet<_> = agenda
				.engagements
				.iter()
				.map(|engagement| (engagement.period, engagement.appointment))
				.collect();
			ensure!(
				listed.len() == agenda.engagements.len() && listed.iter().all(|engagement| own.contains(engagement)),
				"appointments: an agenda with what is not current"
			);
			Self::check_carried(patient, &agenda, appointments)?;
			ensure!(
				own.iter()
					.all(|(period, id)| period.end <= now || listed.contains(&(*period, *id))),
				"appointments: an agenda that leaves something out"
			);
			Self::check_holds(&agenda)?;
			for hope in &agenda.hopes {
				let proposed = appointments.get(&hope.appointment).is_some_and(|proposed| {
					let is = matches!(proposed.status, AppointmentStatus::Proposed);
					is && proposed.patient == patient && proposed.period.end == hope.until
				});
				ensure!(proposed, "appointments: a hope of what was not proposed");
			}
			let mut next = agenda.latest;
			for id in of_patient.remove(&patient).unwrap_or_default().iter().rev() {
				ensure!(next == Some(*id), "appointments: a list that leaves one out");
				next = appointments.get(id).and_then(|appointment| appointment.previous);
			}
			ensure!(next.is_none(), "appointments: a list that does not end");
		}
		ensure!(of_patient.is_empty(), "appointments: a patient without an agenda");
		Ok(())
	}

	/// What came into a patient's agenda from ids that were merged into hers: of a merge that was taken back, until it is
	/// past.
	fn check_carried(
		patient: PatientId,
		agenda: &Agenda<T::AccountId>,
		appointments: &Kept<T::AccountId>,
	) -> Result<(), TryRuntimeError> {
		for carried in &agenda.carried {
			let came = appointments.get(&carried.appointment).is_some_and(|appointment| {
				let merged = Self::heir(appointment.patient) == Some(patient);
				appointment.patient != patient
					&& appointment.period == carried.period
					&& (!merged || matches!(appointment.status, AppointmentStatus::Arrived))
			});
			ensure!(came, "appointments: an agenda with what nobody began");
		}
		let mut all: Vec<_> = agenda.engagements.iter().chain(&agenda.carried).collect();
		all.sort_by_key(|engagement| engagement.period);
		let disjoint = all
			.windows(2)
			.all(|pair| matches!(pair, [before, after] if before.period.end <= after.period.start));
		ensure!(disjoint, "appointments: a merged patient in two places at once");
		Ok(())
	}

	/// The holds of one patient.
	fn check_holds(agenda: &Agenda<T::AccountId>) -> Result<(), TryRuntimeError> {
		let now = T::Time::now();
		let live: Vec<_> = agenda.holds.iter().filter(|hold| now < hold.until).collect();
		for (at, hold) in live.iter().enumerate() {
			ensure!(
				!hold.practitioners.is_empty() && hold.period.start < hold.period.end,
				"appointments: a hold of nothing"
			);
			ensure!(
				hold.until <= now.saturating_add(HOLD_LIFETIME),
				"appointments: a hold that lasts too long"
			);
			let mut others = live.iter().skip(at.saturating_add(1));
			let apart = others.all(|other| !other.period.overlaps(&hold.period));
			ensure!(apart, "appointments: two holds at the same time");
			let held = hold.practitioners.iter().flat_map(|practitioner| {
				let days = hold.period.days();
				let slots = days.flat_map(move |day| Calendar::<T>::get(practitioner, day));
				slots.filter(move |slot| hold.has(practitioner, slot))
			});
			ensure!(held.count() <= MAX_HELD, "appointments: a hold of too much");
		}
		Ok(())
	}

	/// What each slot is held for.
	fn check_held() -> Result<(), TryRuntimeError> {
		let now = T::Time::now();
		for (practitioner, _, slots) in Calendar::<T>::iter() {
			for slot in slots {
				let SlotState::BusyTentative { patient, until } = slot.state else {
					continue;
				};
				if until <= now {
					continue;
				}
				let held = Agendas::<T>::get(patient)
					.holds
					.iter()
					.any(|hold| hold.has(&practitioner, &slot));
				let offered = Waiting::<T>::get(&practitioner).iter().any(|wish| {
					let offer = wish.live_offer(now).filter(|offer| offer.until == until);
					let hers = wish.patient == patient && wish.institution == slot.institution;
					hers && offer.is_some_and(|offer| offer.period.contains(&slot.period))
				});
				ensure!(held != offered, "appointments: a slot that is held for nothing");
			}
		}
		Ok(())
	}

	fn check_waiting(appointments: &Kept<T::AccountId>) -> Result<(), TryRuntimeError> {
		let now = T::Time::now();
		let mut waiting: BTreeSet<AppointmentId> = BTreeSet::new();
		for (practitioner, list) in Waiting::<T>::iter() {
			ensure!(!list.is_empty(), "appointments: an empty waiting list");
			ensure!(
				list.iter().is_sorted_by(|before, after| before.rank() < after.rank()),
				"appointments: a waiting list out of order"
			);
			let ordinary: Vec<_> = list.iter().filter(|wish| !wish.displaced).collect();
			let patients: BTreeSet<_> = ordinary.iter().map(|wish| wish.patient).collect();
			ensure!(
				ordinary.len() <= MAX_WAITING && patients.len() == ordinary.len(),
				"appointments: too many wait, or one for two things"
			);
			for wish in list {
				let appointment = appointments
					.get(&wish.appointment)
					.ok_or("appointments: a wish for no appointment")?;
				let agrees = matches!(appointment.status, AppointmentStatus::Proposed)
					&& appointment.practitioners.iter().eq([&practitioner])
					&& appointment.patient == wish.patient
					&& appointment.institution == wish.institution
					&& appointment.period == wish.wanted
					&& appointment.replaces.is_some() == wish.displaced;
				ensure!(agrees, "appointments: a wish that is not its appointment's");
				ensure!(waiting.insert(wish.appointment), "appointments: one waits twice");
				let offered = wish
					.offer
					.is_none_or(|offer| offer.period.length() == wish.length && wish.wanted.contains(&offer.period));
				ensure!(offered, "appointments: an offer of what was not wished");
				let held = wish
					.live_offer(now)
					.is_none_or(|offer| is_held::<T>(&practitioner, &wish, offer));
				ensure!(held, "appointments: an offer of what is not held");
			}
		}
		for (id, appointment) in appointments {
			if matches!(appointment.status, AppointmentStatus::Proposed) && is_ahead(appointment.period, now) {
				ensure!(waiting.contains(id), "appointments: a proposal on no list");
				let hoped = Agendas::<T>::get(appointment.patient);
				ensure!(
					hoped.hopes.iter().any(|hope| hope.appointment == *id),
					"appointments: a proposal on no agenda"
				);
			}
		}
		Ok(())
	}

	fn check_consultations(appointments: &Kept<T::AccountId>) -> Result<(), TryRuntimeError> {
		for (id, consultation) in Consultations::<T>::iter() {
			let appointment = appointments.get(&id).ok_or("appointments: a log of no appointment")?;
			ensure!(
				matches!(appointment.mode, Mode::Tele),
				"appointments: a log of a meeting in person"
			);
			let distinct: BTreeSet<_> = consultation.participants.iter().map(|one| &one.account).collect();
			ensure!(
				!distinct.is_empty() && distinct.len() == consultation.participants.len(),
				"appointments: a log of nobody, or of somebody twice"
			);
			let in_order = consultation
				.ended_at
				.is_none_or(|ended| consultation.started_at <= ended)
				&& consultation.participants.iter().is_sorted_by_key(|one| one.joined_at);
			ensure!(in_order, "appointments: a log out of order");
		}
		Ok(())
	}
}

/// Whether an appointment of this status has its time in the calendars.
fn has_time(status: AppointmentStatus) -> bool {
	!matches!(
		status,
		AppointmentStatus::Proposed | AppointmentStatus::Cancelled { .. }
	)
}

fn is_ahead(period: Period, now: Moment) -> bool {
	now < period.end
}
