//! What the pallet should do, said again in plain maps: no calendars by day, no agendas, no bounds but those that the
//! random histories reach.

use super::*;
use crate::{EARLY_ARRIVAL, HOLD_LIFETIME, HORIZON, MAX_WISHES, OFFER_LIFETIME};
use std::collections::BTreeMap;

pub const QUARTER: Moment = 15 * MINUTE;

/// A wish as the model keeps it.
#[derive(Clone, Debug)]
pub struct Waits {
	pub id: AppointmentId,
	pub practitioner: u64,
	pub displaced: bool,
	pub since: Moment,
	pub wanted: Period,
	pub length: Moment,
	pub offer: Option<(Period, Moment)>,
}

/// An appointment as the model keeps it.
#[derive(Clone, Debug)]
pub struct Made {
	pub patient: PatientId,
	pub practitioners: Vec<u64>,
	pub period: Period,
	pub status: AppointmentStatus,
}

/// Everything, in slots of a quarter-hour.
#[derive(Default)]
pub struct Model {
	pub slots: BTreeMap<(u64, Moment), SlotState>,
	pub made: Vec<Made>,
	pub waiting: Vec<Waits>,
	/// Whose, when it begins, until when.
	pub holds: Vec<(PatientId, Moment, Moment)>,
}

impl Model {
	pub fn open(&mut self, practitioner: u64, periods: &[Period]) -> Result<(), Error> {
		for (n, period) in periods.iter().enumerate() {
			if period.start < now() {
				return Err(Error::InPast);
			}
			let there = self.slots.contains_key(&(practitioner, period.start));
			if there || periods[..n].contains(period) {
				return Err(Error::SlotOverlaps);
			}
		}
		for period in periods {
			self.slots.insert((practitioner, period.start), SlotState::Free);
		}
		// Day by day.
		let days: std::collections::BTreeSet<_> = periods.iter().map(|period| period.start / DAY).collect();
		for day in days {
			self.offer(practitioner, Period::new(day * DAY, (day + 1) * DAY), None);
		}
		Ok(())
	}

	/// Whether the patient could have this time.
	fn available(&self, patient: PatientId, practitioners: &[u64], period: Period) -> Result<(), Error> {
		for practitioner in practitioners {
			let states: Vec<_> = quarters_of(period)
				.map(|start| self.slots.get(&(*practitioner, start)).copied())
				.collect();
			if states.iter().any(Option::is_none) {
				return Err(Error::NoSlot);
			}
			for state in states.into_iter().flatten() {
				match state {
					SlotState::Free => (),
					SlotState::BusyTentative { patient: holder, until } if until <= now() || holder == patient => (),
					SlotState::BusyTentative { .. } => return Err(Error::SlotHeld),
					SlotState::Busy(_) => return Err(Error::SlotTaken),
					SlotState::BusyUnavailable => return Err(Error::SlotBlocked),
				}
			}
		}
		Ok(())
	}

	fn elsewhere(&self, patient: PatientId, period: Period, but: Option<AppointmentId>) -> bool {
		self.made.iter().zip(0..).any(|(made, id)| {
			let current = matches!(made.status, AppointmentStatus::Booked | AppointmentStatus::Arrived);
			let meets = made.period.start < period.end && period.start < made.period.end;
			made.patient == patient && current && meets && Some(id) != but
		})
	}

	fn set(&mut self, practitioners: &[u64], period: Period, state: SlotState) {
		for practitioner in practitioners {
			for start in quarters_of(period) {
				self.slots.insert((*practitioner, start), state);
			}
		}
	}

	pub fn book(&mut self, patient: PatientId, practitioners: &[u64], period: Period) -> Result<(), Error> {
		if period.start < now() {
			return Err(Error::InPast);
		}
		self.available(patient, practitioners, period)?;
		if self.elsewhere(patient, period, None) {
			return Err(Error::PatientOverlaps);
		}
		let id = self.made.len() as u64;
		self.set(practitioners, period, SlotState::Busy(id));
		self.unhold(patient, period);
		self.made.push(Made {
			patient,
			practitioners: practitioners.to_vec(),
			period,
			status: AppointmentStatus::Booked,
		});
		Ok(())
	}

	pub fn hold(&mut self, patient: PatientId, practitioners: &[u64], period: Period) -> Result<(), Error> {
		if period.start < now() {
			return Err(Error::InPast);
		}
		self.available(patient, practitioners, period)?;
		let others = self
			.holds
			.iter()
			.filter(|(whose, start, until)| *whose == patient && now() < *until && *start != period.start);
		if others.count() >= 2 {
			return Err(Error::TooManyHolds);
		}
		let until = (now() + HOLD_LIFETIME).min(period.start);
		self.holds
			.retain(|(whose, start, _)| (*whose, *start) != (patient, period.start));
		self.holds.push((patient, period.start, until));
		self.set(practitioners, period, SlotState::BusyTentative { patient, until });
		Ok(())
	}

	fn unhold(&mut self, patient: PatientId, period: Period) {
		self.holds
			.retain(|(whose, start, _)| *whose != patient || *start < period.start || period.end <= *start);
	}

	fn let_go(&mut self, patient: PatientId, practitioner: u64, period: Period) -> bool {
		let mut any = false;
		for start in quarters_of(period) {
			match self.slots.get_mut(&(practitioner, start)) {
				Some(state @ SlotState::BusyTentative { .. }) => {
					let SlotState::BusyTentative { patient: holder, until } = *state else {
						unreachable!()
					};
					if holder == patient && now() < until {
						*state = SlotState::Free;
						any = true;
					}
				}
				_ => continue,
			}
		}
		any
	}

	pub fn release(&mut self, patient: PatientId, practitioners: &[u64], period: Period) -> Result<(), Error> {
		let found: Vec<_> = practitioners
			.iter()
			.map(|practitioner| self.let_go(patient, *practitioner, period))
			.collect();
		if !found.contains(&true) {
			return Err(Error::NotHeld);
		}
		self.unhold(patient, period);
		for practitioner in practitioners {
			self.offer(*practitioner, period, None);
		}
		Ok(())
	}

	fn free(&mut self, id: AppointmentId) {
		for state in self.slots.values_mut() {
			if *state == SlotState::Busy(id) {
				*state = SlotState::Free;
			}
		}
	}

	pub fn cancel(&mut self, id: AppointmentId, by: AppointmentParty, reason: CancelReason) -> Result<(), Error> {
		let made = self.get(id)?;
		match made.status {
			AppointmentStatus::Proposed => {
				if let Some(at) = self.waiting.iter().position(|waits| waits.id == id) {
					let waits = self.waiting.remove(at);
					if let Some((period, _)) = waits.offer.filter(|(_, until)| now() < *until) {
						self.let_go(made.patient, waits.practitioner, period);
						self.offer(waits.practitioner, period, None);
					}
				}
			}
			AppointmentStatus::Booked | AppointmentStatus::Arrived => {
				self.free(id);
				for practitioner in &made.practitioners {
					self.offer(*practitioner, made.period, None);
				}
			}
			_ => return Err(Error::WrongStatus),
		}
		self.made[id as usize].status = AppointmentStatus::Cancelled { by, reason };
		Ok(())
	}

	pub fn reschedule(&mut self, id: AppointmentId, practitioners: &[u64], period: Period) -> Result<(), Error> {
		let made = self.get(id)?;
		if period.start < now() {
			return Err(Error::InPast);
		}
		if made.status != AppointmentStatus::Booked {
			return Err(Error::WrongStatus);
		}
		if made.period.start <= now() {
			return Err(Error::AlreadyBegun);
		}
		let before = self.slots.clone();
		self.free(id);
		if let Err(error) = self.available(made.patient, practitioners, period) {
			self.slots = before;
			return Err(error);
		}
		if self.elsewhere(made.patient, period, Some(id)) {
			self.slots = before;
			return Err(Error::PatientOverlaps);
		}
		self.set(practitioners, period, SlotState::Busy(id));
		self.unhold(made.patient, period);
		let kept = &mut self.made[id as usize];
		kept.practitioners = practitioners.to_vec();
		kept.period = period;
		for practitioner in &made.practitioners {
			self.offer(*practitioner, made.period, None);
		}
		Ok(())
	}

	/// How many proposals of a patient can still come true.
	fn hopes(&self, patient: PatientId) -> usize {
		let hoped = |made: &&Made| {
			made.patient == patient && made.status == AppointmentStatus::Proposed && now() < made.period.end
		};
		self.made.iter().filter(hoped).count()
	}

	pub fn propose(&mut self, patient: PatientId, practitioner: u64, length: Moment) -> Result<(), Error> {
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

	fn wait(&mut self, patient: PatientId, practitioner: u64, wanted: Period, length: Moment, displaced: bool) {
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
	fn offered(&self, id: AppointmentId) -> Result<(usize, Period), Error> {
		if self.get(id)?.status != AppointmentStatus::Proposed {
			return Err(Error::WrongStatus);
		}
		self.waiting
			.iter()
			.enumerate()
			.find(|(_, waits)| waits.id == id)
			.and_then(|(at, waits)| Some((at, waits.offer.filter(|(_, until)| now() < *until)?.0)))
			.ok_or(Error::NoOffer)
	}

	pub fn accept(&mut self, id: AppointmentId) -> Result<(), Error> {
		let (at, period) = self.offered(id)?;
		let made = self.get(id)?;
		self.available(made.patient, &made.practitioners, period)?;
		if self.elsewhere(made.patient, period, None) {
			return Err(Error::PatientOverlaps);
		}
		self.waiting.remove(at);
		self.unhold(made.patient, period);
		self.set(&made.practitioners, period, SlotState::Busy(id));
		let kept = &mut self.made[id as usize];
		kept.period = period;
		kept.status = AppointmentStatus::Booked;
		Ok(())
	}

	pub fn decline(&mut self, id: AppointmentId) -> Result<(), Error> {
		let (at, period) = self.offered(id)?;
		let patient = self.get(id)?.patient;
		self.waiting[at].offer = None;
		let practitioner = self.waiting[at].practitioner;
		self.let_go(patient, practitioner, period);
		self.offer(practitioner, period, Some(id));
		Ok(())
	}

	/// Offers to each in turn the first time that suits her.
	fn offer(&mut self, practitioner: u64, within: Period, except: Option<AppointmentId>) {
		for at in 0..self.waiting.len() {
			let waits = self.waiting[at].clone();
			let has_one = waits.offer.is_some_and(|(_, until)| now() < until);
			if waits.practitioner != practitioner || has_one || except == Some(waits.id) {
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
				now() < *start && one_day && wanted && free
			};
			let Some(start) = quarters_of(within).find(suits) else {
				continue;
			};
			let period = Period::new(start, start + waits.length);
			let until = (now() + OFFER_LIFETIME).min(start);
			let patient = self.made[waits.id as usize].patient;
			self.set(&[practitioner], period, SlotState::BusyTentative { patient, until });
			self.waiting[at].offer = Some((period, until));
		}
	}

	/// Cancels a time of a practitioner.
	pub fn cancel_day(&mut self, practitioner: u64, period: Period, most: usize) -> Result<(), Error> {
		if period.end <= now() {
			return Err(Error::InPast);
		}
		let ahead: Vec<_> = quarters_of(period)
			.filter(|start| now() < start + QUARTER && self.slots.contains_key(&(practitioner, *start)))
			.collect();
		if ahead.is_empty() {
			return Err(Error::NoSlot);
		}
		let mut ids: Vec<AppointmentId> = vec![];
		for start in &ahead {
			if let SlotState::Busy(id) = self.slots[&(practitioner, *start)] {
				if !ids.contains(&id) && now() < self.made[id as usize].period.start {
					ids.push(id);
				}
			}
		}
		ids.truncate(most);
		for id in &ids {
			self.free(*id);
			let made = &mut self.made[*id as usize];
			made.status = AppointmentStatus::Cancelled {
				by: AppointmentParty::Desk,
				reason: CancelReason::Provider,
			};
			let (patient, length) = (made.patient, made.period.end - made.period.start);
			if self.hopes(patient) < 24 {
				self.wait(patient, practitioner, Period::new(now(), now() + HORIZON), length, true);
			}
		}
		for start in ahead {
			let state = self.slots.get_mut(&(practitioner, start)).unwrap();
			if !matches!(state, SlotState::Busy(_)) {
				*state = SlotState::BusyUnavailable;
			}
		}
		for waits in &mut self.waiting {
			let meets = |(offer, _): &(Period, Moment)| offer.start < period.end && period.start < offer.end;
			if waits.practitioner == practitioner && waits.offer.as_ref().is_some_and(meets) {
				waits.offer = None;
			}
		}
		for id in ids {
			let made = self.made[id as usize].clone();
			for colleague in made.practitioners {
				self.offer(colleague, made.period, None);
			}
		}
		Ok(())
	}

	pub fn advance(&mut self, id: AppointmentId, to: AppointmentStatus) -> Result<(), Error> {
		let made = self.get(id)?;
		let start = made.period.start;
		let (from, earliest) = match to {
			AppointmentStatus::Arrived => (AppointmentStatus::Booked, start - EARLY_ARRIVAL),
			AppointmentStatus::Fulfilled => (AppointmentStatus::Arrived, start),
			_ => (AppointmentStatus::Booked, start),
		};
		if made.status != from {
			return Err(Error::WrongStatus);
		}
		if now() < earliest {
			return Err(Error::TooEarly);
		}
		self.made[id as usize].status = to;
		Ok(())
	}

	fn get(&self, id: AppointmentId) -> Result<Made, Error> {
		self.made.get(id as usize).cloned().ok_or(Error::UnknownAppointment)
	}

	/// The chain says the same, and its own invariants hold.
	pub fn compare(&self) {
		let chain: BTreeMap<_, _> = Calendar::<Test>::iter()
			.flat_map(|(practitioner, _, slots)| {
				slots
					.into_iter()
					.map(move |slot| ((practitioner, slot.period.start), slot.state))
			})
			.collect();
		assert_eq!(chain, self.slots);
		assert_eq!(NextAppointment::<Test>::get(), self.made.len() as u64);
		for (made, id) in self.made.iter().zip(0..) {
			let kept = appointment(id);
			assert_eq!(
				(kept.patient, kept.practitioners.into_inner(), kept.period, kept.status),
				(made.patient, made.practitioners.clone(), made.period, made.status)
			);
		}
		for practitioner in [DOCTOR, NURSE] {
			let chain: Vec<_> = crate::Waiting::<Test>::get(practitioner)
				.into_iter()
				.map(|wish| (wish.appointment, wish.offer.map(|offer| (offer.period, offer.until))))
				.collect();
			let own = self.waiting.iter().filter(|waits| waits.practitioner == practitioner);
			assert_eq!(chain, own.map(|waits| (waits.id, waits.offer)).collect::<Vec<_>>());
		}
		Appointments::check_state().unwrap();
	}
}

/// When the quarter-hours of a period begin.
fn quarters_of(period: Period) -> impl Iterator<Item = Moment> {
	(period.start..period.end).step_by(QUARTER as usize)
}
