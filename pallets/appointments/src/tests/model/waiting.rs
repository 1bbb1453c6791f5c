//! Waiting lists in the model.

use super::*;
use crate::{HOLD_LIFETIME, MAX_STRUCK, MAX_WISHES, OFFER_LIFETIME};

impl Model {
	/// The first that she waits for in place of what was cancelled with a day is over.
	pub fn make_up(&mut self, patient: PatientId, practitioner: u64) {
		let made = &self.made;
		let hers = |waits: &Waits| {
			waits.displaced && waits.practitioner == practitioner && made[waits.id as usize].patient == patient
		};
		if let Some(at) = self.waiting.iter().position(hers) {
			let id = self.waiting[at].id;
			self.leave(at, patient);
			let (by, reason) = (AppointmentParty::Patient, CancelReason::Other);
			self.made[id as usize].status = AppointmentStatus::Cancelled { by, reason };
		}
	}

	/// Off the list; the next is offered what she was.
	pub fn leave(&mut self, at: usize, patient: PatientId) {
		let waits = self.waiting.remove(at);
		if let Some((period, until)) = waits.offer.filter(|(_, until)| now() < *until) {
			self.let_go(patient, waits.practitioner, period, until);
			self.offer(waits.practitioner, period, Some(patient));
		}
	}

	/// How many proposals of a patient can still come true.
	pub fn hopes(&self, patient: PatientId) -> usize {
		let hoped = |made: &&Made| {
			made.patient == patient && made.status == AppointmentStatus::Proposed && now() < made.period.end
		};
		self.made.iter().filter(hoped).count()
	}

	pub fn propose(&mut self, patient: PatientId, practitioner: u64, length: Moment) -> Result<(), Error> {
		self.ensure_active(patient)?;
		let wanted = Period::new(now(), now() + 10 * DAY);
		let made = &self.made;
		let has = |waits: &Waits| {
			waits.practitioner == practitioner && !waits.displaced && made[waits.id as usize].patient == patient
		};
		if self.waiting.iter().any(has) {
			return Err(Error::AlreadyWaiting);
		}
		if self.hopes(patient) >= MAX_WISHES {
			return Err(Error::TooManyWishes);
		}
		self.wait(patient, practitioner, wanted, length, false);
		Ok(())
	}

	pub fn wait(&mut self, patient: PatientId, practitioner: u64, wanted: Period, length: Moment, displaced: bool) {
		self.waiting.push(Waits {
			id: self.made.len() as u64,
			practitioner,
			displaced,
			since: now(),
			wanted,
			length,
			offer: None,
		});
		self.waiting
			.sort_by_key(|waits| (!waits.displaced, waits.since, waits.id));
		self.made.push(Made {
			patient,
			practitioners: vec![practitioner],
			period: wanted,
			status: AppointmentStatus::Proposed,
		});
	}

	/// What a proposal is offered.
	pub fn offered(&self, id: AppointmentId) -> Result<(usize, Period, Moment), Error> {
		if self.get(id)?.status != AppointmentStatus::Proposed {
			return Err(Error::WrongStatus);
		}
		self.waiting
			.iter()
			.enumerate()
			.find(|(_, waits)| waits.id == id)
			.and_then(|(at, waits)| {
				let (period, until) = waits.offer.filter(|(_, until)| now() < *until)?;
				Some((at, period, until))
			})
			.ok_or(Error::NoOffer)
	}

	pub fn accept(&mut self, id: AppointmentId) -> Result<(), Error> {
		let (at, period, _) = self.offered(id)?;
		let made = self.get(id)?;
		self.ensure_active(made.patient)?;
		self.available(made.patient, &made.practitioners, period, true)?;
		if self.elsewhere(made.patient, period, None) {
			return Err(Error::PatientOverlaps);
		}
		self.waiting.remove(at);
		self.set(&made.practitioners, period, SlotState::Busy(id));
		let kept = &mut self.made[id as usize];
		kept.period = period;
		kept.status = AppointmentStatus::Booked;
		Ok(())
	}

	pub fn decline(&mut self, id: AppointmentId) -> Result<(), Error> {
		let (at, period, until) = self.offered(id)?;
		let patient = self.get(id)?.patient;
		self.waiting[at].offer = None;
		let practitioner = self.waiting[at].practitioner;
		self.let_go(patient, practitioner, period, until);
		self.offer(practitioner, period, Some(patient));
		Ok(())
	}

	/// Offers to each in turn the first time that suits her; to those who let an offer lapse after the others.
	pub fn offer(&mut self, practitioner: u64, within: Period, except: Option<PatientId>) {
		let (prompt, late): (Vec<_>, Vec<_>) =
			(0..self.waiting.len()).partition(|at| self.waiting[*at].offer.is_none());
		let mut struck = vec![];
		for at in prompt.into_iter().chain(late) {
			let waits = self.waiting[at].clone();
			let has_one = waits.offer.is_some_and(|(_, until)| now() < until);
			if waits.practitioner != practitioner || has_one || except == Some(self.made[waits.id as usize].patient) {
				continue;
			}
			let suits = |start: &Moment| {
				let period = Period::new(*start, start + waits.length);
				let one_day = start / DAY == (period.end - 1) / DAY;
				let wanted = waits.wanted.start <= period.start && period.end <= waits.wanted.end;
				let free = quarters_of(period).all(|start| match self.slots.get(&(practitioner, start)) {
					Some(SlotState::Free) => true,
					Some(SlotState::BusyTentative { until, .. }) => *until <= now(),
					_ => false,
				});
				now() + HOLD_LIFETIME < *start && one_day && wanted && free
			};
			let Some(start) = quarters_of(within).find(suits) else {
				continue;
			};
			if self.merged.contains_key(&self.made[waits.id as usize].patient) {
				struck.push(waits.id);
				if struck.len() == MAX_STRUCK {
					break;
				}
				continue;
			}
			let period = Period::new(start, start + waits.length);
			let until = (now() + OFFER_LIFETIME).min(start);
			let patient = self.made[waits.id as usize].patient;
			self.set(&[practitioner], period, SlotState::BusyTentative { patient, until });
			self.waiting[at].offer = Some((period, until));
		}
		self.waiting.retain(|waits| !struck.contains(&waits.id));
		for id in struck {
			let (by, reason) = (AppointmentParty::Desk, CancelReason::Other);
			self.made[id as usize].status = AppointmentStatus::Cancelled { by, reason };
		}
	}
}
