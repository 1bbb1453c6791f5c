//! Alerts: who is told, acknowledges, and is told next.

use crate::{Alerts, AlertsOf, Config, Error, Event, NextAlert, Pallet, ALERT_RETENTION, MAX_DEADLINE};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	Alert, AlertId, AlertState, AuditTrail, InstitutionId, Kind, Ladder, Moment, PatientId, Registry,
};
use sp_core::H256;

impl<T: Config> Pallet<T> {
	/// Tells the first addressee.
	pub(crate) fn sound(
		who: T::AccountId,
		institution: InstitutionId,
		patient: PatientId,
		commitment: H256,
		ladder: Ladder<T::AccountId>,
	) -> Result<(), Error<T>> {
		let first = Self::check_ladder(patient, institution, &ladder)?;
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
		institution: InstitutionId,
		ladder: &Ladder<T::AccountId>,
	) -> Result<salus_primitives::Rung<T::AccountId>, Error<T>> {
		let entry = Self::ensure_patient_of(patient, institution)?;
		let distinct: BTreeSet<_> = ladder.iter().map(|rung| &rung.to).collect();
		ensure!(distinct.len() == ladder.len(), Error::DuplicateAddressee);
		for (index, rung) in (0..).zip(ladder) {
			ensure!(
				(1..=MAX_DEADLINE).contains(&rung.within),
				Error::DeadlineImpossible(index)
			);
			ensure!(
				Self::is_addressee(&rung.to, patient, &entry, institution),
				Error::NotAnAddressee(index)
			);
		}
		ladder.first().cloned().ok_or(Error::NoAddressee)
	}

	/// Puts an alert onto the patient's list. Where that is full, the oldest that was acknowledged makes room, or else the
	/// oldest whose last addressee let her time pass: no new alert waits for those.
	fn remember(patient: PatientId, id: AlertId) -> Result<(), Error<T>> {
		let mut list = AlertsOf::<T>::get(patient);
		if list.is_full() {
			let now = T::Time::now();
			let ranks = list.iter().enumerate().filter_map(|(place, id)| {
				let alert = Alerts::<T>::get(id)?;
				match alert.state(now) {
					AlertState::Acknowledged => Some((0, place)),
					AlertState::Overdue if alert.next().is_none() => Some((1, place)),
					AlertState::Overdue | AlertState::Waiting => None,
				}
			});
			let (_, oldest) = ranks.min().ok_or(Error::TooManyAlerts)?;
			Alerts::<T>::remove(list.remove(oldest));
		}
		list.try_push(id).map_err(|_| Error::TooManyAlerts)?;
		AlertsOf::<T>::insert(patient, list);
		Ok(())
	}

	/// Notes that who is told acknowledged: in time, or late where nobody else is left to tell.
	pub(crate) fn answer(who: T::AccountId, id: AlertId) -> Result<(), Error<T>> {
		let mut alert = Alerts::<T>::get(id).ok_or(Error::UnknownAlert)?;
		let now = T::Time::now();
		let state = alert.state(now);
		ensure!(!matches!(state, AlertState::Acknowledged), Error::AlreadyAcknowledged);
		ensure!(alert.addressee() == Some(&who), Error::NotAddressed);
		let in_time = matches!(state, AlertState::Waiting);
		ensure!(in_time || alert.next().is_none(), Error::Overdue);
		let patient = alert.patient;
		let entry = T::Registry::patient(patient).ok_or(Error::UnknownPatient)?;
		ensure!(
			Self::is_addressee(&who, patient, &entry, alert.institution),
			Error::NotPermitted
		);
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

	/// Tells the next addressee, as the one before let her time pass.
	pub(crate) fn pass_on(who: T::AccountId, id: AlertId) -> Result<(), Error<T>> {
		let mut alert = Alerts::<T>::get(id).ok_or(Error::UnknownAlert)?;
		let now = T::Time::now();
		match alert.state(now) {
			AlertState::Acknowledged => return Err(Error::AlreadyAcknowledged),
			AlertState::Waiting => return Err(Error::NotOverdue),
			AlertState::Overdue => (),
		}
		let next = alert.next().cloned().ok_or(Error::LadderEnded)?;
		alert.step = alert.step.saturating_add(1);
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
