//! Alerts: who is told, acknowledges, and is told next.

use crate::{Alerts, AlertsOf, Config, Error, Event, NextAlert, Pallet, ALERT_RETENTION, MAX_DEADLINE};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	Alert, AlertId, AlertState, AuditTrail, InstitutionId, Kind, Ladder, Moment, Patient, PatientId, Registry, Rung,
};
use sp_core::H256;

impl<T: Config> Pallet<T> {
	/// Tells the first addressee. Under an id that was merged devices go on measuring; who is told of it is told of the
	/// id that the patient goes on under.
	pub(crate) fn sound(
		who: T::AccountId,
		institution: InstitutionId,
		measured: PatientId,
		commitment: H256,
		ladder: Ladder<T::AccountId>,
	) -> Result<(), Error<T>> {
		let entry = T::Registry::patient(measured).ok_or(Error::UnknownPatient)?;
		let (patient, entry) = T::Registry::goes_on_as(entry.status).unwrap_or((measured, entry));
		Self::ensure_lives_at(&entry, institution)?;
		let first = Self::check_ladder(patient, &entry, institution, &ladder)?;
		let now = T::Time::now();
		let due = now.saturating_add(first.within);
		let id = NextAlert::<T>::get();
		let next = id.checked_add(1).ok_or(Error::IdsExhausted)?;
		Self::remember(patient, id)?;
		NextAlert::<T>::put(next);
		Alerts::<T>::insert(
			id,
			Alert {
				patient,
				institution,
				commitment,
				raised_at: now,
				ladder,
				step: 0,
				due,
				acknowledged_at: None,
			},
		);
		let entry = T::Audit::append(patient, Some(who), Kind::AlertRaised { alert: id });
		Self::deposit_event(Event::Raised {
			patient,
			alert: id,
			to: first.to,
			due,
			entry,
		});
		Ok(())
	}

	/// The first addressee of a ladder whose addressees all can be told.
	fn check_ladder(
		patient: PatientId,
		entry: &Patient<T::AccountId>,
		institution: InstitutionId,
		ladder: &Ladder<T::AccountId>,
	) -> Result<Rung<T::AccountId>, Error<T>> {
		let distinct: BTreeSet<_> = ladder.iter().map(|rung| &rung.to).collect();
		ensure!(distinct.len() == ladder.len(), Error::DuplicateAddressee);
		for (index, rung) in (0..).zip(ladder) {
			ensure!(
				(1..=MAX_DEADLINE).contains(&rung.within),
				Error::DeadlineImpossible(index)
			);
			ensure!(
				Self::is_addressee(&rung.to, patient, entry, institution),
				Error::NotAnAddressee(index)
			);
		}
		ladder.first().cloned().ok_or(Error::NoAddressee)
	}

	/// Puts an alert onto the patient's list. Where that is full, the oldest that was acknowledged makes room, or else the
	/// oldest whose last addressee let her time pass, or else the oldest that is overdue: no new alert waits for those.
	fn remember(patient: PatientId, id: AlertId) -> Result<(), Error<T>> {
		let mut list = AlertsOf::<T>::get(patient);
		if list.is_full() {
			let now = T::Time::now();
			let ranks = list.iter().enumerate().filter_map(|(place, id)| {
				let alert = Alerts::<T>::get(id)?;
				match alert.state(now) {
					AlertState::Acknowledged => Some((0, place)),
					AlertState::Overdue if alert.next().is_none() => Some((1, place)),
					AlertState::Overdue => Some((2, place)),
					AlertState::Waiting => None,
				}
			});
			let (rank, oldest) = ranks.min().ok_or(Error::TooManyAlerts)?;
			let alert = list.remove(oldest);
			Alerts::<T>::remove(alert);
			if rank > 0 {
				Self::deposit_event(Event::AlertDropped { patient, alert });
			}
		}
		list.try_push(id).map_err(|_| Error::TooManyAlerts)?;
		AlertsOf::<T>::insert(patient, list);
		Ok(())
	}

	/// Notes that who is told acknowledged in time, or late one of those who were told where nobody else is left to tell.
	pub(crate) fn answer(who: T::AccountId, id: AlertId) -> Result<(), Error<T>> {
		let mut alert = Alerts::<T>::get(id).ok_or(Error::UnknownAlert)?;
		let now = T::Time::now();
		let state = alert.state(now);
		ensure!(!matches!(state, AlertState::Acknowledged), Error::AlreadyAcknowledged);
		let step = usize::from(alert.step);
		let rung = alert.ladder.iter().position(|rung| rung.to == who);
		let rung = rung.filter(|rung| *rung <= step).ok_or(Error::NotAddressed)?;
		let patient = alert.patient;
		let entry = T::Registry::patient(patient).ok_or(Error::UnknownPatient)?;
		ensure!(
			Self::is_addressee(&who, patient, &entry, alert.institution),
			Error::NotPermitted
		);
		let in_time = rung == step && matches!(state, AlertState::Waiting);
		if !in_time {
			let left = Self::is_awaited(&alert, &entry, now) || Self::following(&alert, &entry).is_some();
			let late = if rung == step {
				Error::Overdue
			} else {
				Error::NotAddressed
			};
			ensure!(!left, late);
		}
		alert.acknowledged_at = Some(now);
		Alerts::<T>::insert(id, alert);
		let entry = T::Audit::append(patient, Some(who), Kind::AlertAcknowledged { alert: id });
		Self::deposit_event(Event::Acknowledged {
			patient,
			alert: id,
			entry,
		});
		Ok(())
	}

	/// Whether who is told now can still acknowledge in time: nobody waits for one who left.
	fn is_awaited(alert: &Alert<T::AccountId>, patient: &Patient<T::AccountId>, now: Moment) -> bool {
		let told = |to| Self::is_addressee(to, alert.patient, patient, alert.institution);
		matches!(alert.state(now), AlertState::Waiting) && alert.addressee().is_some_and(told)
	}

	/// The next addressee who still can be told, and her step.
	fn following(alert: &Alert<T::AccountId>, patient: &Patient<T::AccountId>) -> Option<(u8, Rung<T::AccountId>)> {
		let later = (0u8..).zip(&alert.ladder).filter(|(step, _)| *step > alert.step);
		let mut told =
			later.filter(|(_, rung)| Self::is_addressee(&rung.to, alert.patient, patient, alert.institution));
		told.next().map(|(step, rung)| (step, rung.clone()))
	}

	/// Tells the next addressee who still can be told, as the one before let her time pass or left.
	pub(crate) fn pass_on(who: T::AccountId, id: AlertId) -> Result<(), Error<T>> {
		let mut alert = Alerts::<T>::get(id).ok_or(Error::UnknownAlert)?;
		let now = T::Time::now();
		ensure!(alert.acknowledged_at.is_none(), Error::AlreadyAcknowledged);
		let entry = T::Registry::patient(alert.patient).ok_or(Error::UnknownPatient)?;
		ensure!(!Self::is_awaited(&alert, &entry, now), Error::NotOverdue);
		let (step, next) = Self::following(&alert, &entry).ok_or(Error::LadderEnded)?;
		alert.step = step;
		alert.due = now.saturating_add(next.within);
		let (patient, due) = (alert.patient, alert.due);
		Alerts::<T>::insert(id, alert);
		let entry = T::Audit::append(patient, Some(who), Kind::AlertEscalated { alert: id });
		Self::deposit_event(Event::Escalated {
			patient,
			alert: id,
			to: next.to,
			due,
			entry,
		});
		Ok(())
	}

	/// Removes an alert whose end is long past.
	pub(crate) fn forget(id: AlertId) -> Result<(), Error<T>> {
		let alert = Alerts::<T>::get(id).ok_or(Error::UnknownAlert)?;
		let end: Moment = alert.acknowledged_at.unwrap_or(alert.due);
		ensure!(end.saturating_add(ALERT_RETENTION) <= T::Time::now(), Error::TooRecent);
		Alerts::<T>::remove(id);
		let mut list = AlertsOf::<T>::get(alert.patient);
		list.retain(|listed| *listed != id);
		if list.is_empty() {
			AlertsOf::<T>::remove(alert.patient);
		} else {
			AlertsOf::<T>::insert(alert.patient, list);
		}
		Ok(())
	}
}
