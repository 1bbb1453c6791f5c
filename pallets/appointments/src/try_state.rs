//! What always holds.

#![cfg(any(feature = "try-runtime", feature = "std"))]

use crate::{
	Agendas, Appointments, Calendar, Config, Consultations, NextAppointment, Pallet, Waiting, MAX_HOLDS, MAX_LENGTH,
	MIN_SLOT, RETENTION,
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
	/// - a waiting list is in its order, and has every proposed appointment that can still be had, once;
	/// - appointment ids are dense, and a patient's list meets each of hers, newest first;
	/// - only tele appointments have a log, of distinct participants, that ends after it began.
	pub fn check_state() -> Result<(), TryRuntimeError> {
		let appointments: Kept<T::AccountId> = Appointments::<T>::iter().collect();
		Self::check_calendars(&appointments)?;
		Self::check_appointments(&appointments)?;
		Self::check_patients(&appointments)?;
		Self::check_waiting(&appointments)?;
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
			let earlier = appointment.replaces.is_none_or(|replaced| replaced < *id);
			ensure!(earlier, "appointments: one replaces a later one");
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
			ensure!(
				own.iter()
					.all(|(period, id)| period.end <= now || listed.contains(&(*period, *id))),
				"appointments: an agenda that leaves something out"
			);
			let starts: BTreeSet<_> = agenda.holds.iter().map(|hold| hold.start).collect();
			let holds = starts.len() == agenda.holds.len() && crate::weights::count(starts.len()) <= MAX_HOLDS;
			ensure!(holds, "appointments: two holds at the same time");
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

	fn check_waiting(appointments: &Kept<T::AccountId>) -> Result<(), TryRuntimeError> {
		let now = T::Time::now();
		let mut waiting: BTreeSet<AppointmentId> = BTreeSet::new();
		for (practitioner, list) in Waiting::<T>::iter() {
			ensure!(
				list.iter().is_sorted_by(|before, after| before.rank() < after.rank()),
				"appointments: a waiting list out of order"
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
