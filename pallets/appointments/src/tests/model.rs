//! What the pallet should do, said again in plain maps: no calendars by day, no agendas, no bounds but those that the
//! random histories reach.

mod merges;
mod waiting;

use super::*;
use crate::{EARLY_ARRIVAL, HOLD_LIFETIME, HORIZON, LATE_NOTE, MAX_HELD, MAX_HOLDS};
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
	pub holds: Vec<Held>,
	/// Whose id was merged into whose.
	pub merged: BTreeMap<PatientId, PatientId>,
	/// What was begun under an id that was merged: in whose agenda, which appointment, when.
	pub carried: Vec<(PatientId, AppointmentId, Period)>,
}

/// A hold as the model keeps it.
#[derive(Clone, Debug)]
pub struct Held {
	pub patient: PatientId,
	pub practitioners: Vec<u64>,
	pub period: Period,
	pub until: Moment,
}

impl Held {
	fn is_within(&self, practitioners: &[u64], period: Period) -> bool {
		let all = self.practitioners.iter().all(|one| practitioners.contains(one));
		all && period.start <= self.period.start && self.period.end <= period.end
	}
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
			let on_it: Vec<_> = periods.iter().filter(|period| period.start / DAY == day).collect();
			let first = on_it.iter().map(|period| period.start).min().unwrap();
			let last = on_it.iter().map(|period| period.end).max().unwrap();
			self.offer(practitioner, Period::new(first, last), None);
		}
		Ok(())
	}

	/// What is blocked is free again.
	pub fn unblock(&mut self, practitioner: u64, period: Period) -> Result<(), Error> {
		let mut any = false;
		for start in quarters_of(period) {
			if let Some(state @ SlotState::BusyUnavailable) = self.slots.get_mut(&(practitioner, start)) {
				*state = SlotState::Free;
				any = true;
			}
		}
		if !any {
			return Err(Error::NoSlot);
		}
		self.offer(practitioner, period, None);
		Ok(())
	}

	/// What nobody has or holds is there no more.
	pub fn close(&mut self, practitioner: u64, period: Period) -> Result<(), Error> {
		let before = self.slots.len();
		self.slots.retain(|(whose, start), state| {
			let within = *whose == practitioner && period.start <= *start && start + QUARTER <= period.end;
			let nobodys = match *state {
				SlotState::Free | SlotState::BusyUnavailable => true,
				SlotState::BusyTentative { until, .. } => until <= now(),
				SlotState::Busy(_) => false,
			};
			!(within && nobodys)
		});
		if self.slots.len() == before {
			return Err(Error::NoSlot);
		}
		Ok(())
	}

	/// Whether the patient could have this time; of what is held for her, whole holds, or what she is offered and accepts.
	fn available(&self, patient: PatientId, practitioners: &[u64], period: Period, accepts: bool) -> Result<(), Error> {
		for practitioner in practitioners {
			let starts: Vec<_> = quarters_of(period).collect();
			let state = |start: &Moment| self.slots.get(&(*practitioner, *start)).copied();
			if starts.iter().any(|start| state(start).is_none()) {
				return Err(Error::NoSlot);
			}
			for (start, state) in starts.iter().filter_map(|start| Some((*start, state(start)?))) {
				match state {
					SlotState::Free => (),
					SlotState::BusyTentative { until, .. } if until <= now() => (),
					SlotState::BusyTentative { patient: holder, until } if holder == patient => {
						let hold = self.held(patient, *practitioner, start, until);
						match hold {
							_ if accepts => (),
							Some(hold) if hold.is_within(practitioners, period) => (),
							Some(_) => return Err(Error::HoldOverlaps),
							None => return Err(Error::SlotOffered),
						}
					}
					SlotState::BusyTentative { .. } => return Err(Error::SlotHeld),
					SlotState::Busy(_) => return Err(Error::SlotTaken),
					SlotState::BusyUnavailable => return Err(Error::SlotBlocked),
				}
			}
		}
		Ok(())
	}

	/// The hold that a slot is of.
	fn held(&self, patient: PatientId, practitioner: u64, start: Moment, until: Moment) -> Option<&Held> {
		self.holds.iter().find(|hold| {
			hold.patient == patient
				&& hold.until == until
				&& hold.practitioners.contains(&practitioner)
				&& hold.period.start <= start
				&& start < hold.period.end
		})
	}

	fn elsewhere(&self, patient: PatientId, period: Period, but: Option<AppointmentId>) -> bool {
		let own = self.made.iter().zip(0..).any(|(made, id)| {
			let current = matches!(made.status, AppointmentStatus::Booked | AppointmentStatus::Arrived);
			made.patient == patient && current && meets(made.period, period) && Some(id) != but
		});
		let carried = |(whose, _, time): &(PatientId, AppointmentId, Period)| *whose == patient && meets(*time, period);
		own || self.carried.iter().any(carried)
	}

	fn set(&mut self, practitioners: &[u64], period: Period, state: SlotState) {
		for practitioner in practitioners {
			for start in quarters_of(period) {
				self.slots.insert((*practitioner, start), state);
			}
		}
	}

	pub fn book(&mut self, patient: PatientId, practitioners: &[u64], period: Period) -> Result<(), Error> {
		self.ensure_active(patient)?;
		if period.start < now() {
			return Err(Error::InPast);
		}
		self.available(patient, practitioners, period, false)?;
		if self.elsewhere(patient, period, None) {
			return Err(Error::PatientOverlaps);
		}
		let id = self.made.len() as u64;
		self.set(practitioners, period, SlotState::Busy(id));
		self.unhold(patient, practitioners, period);
		self.made.push(Made {
			patient,
			practitioners: practitioners.to_vec(),
			period,
			status: AppointmentStatus::Booked,
		});
		for practitioner in practitioners {
			self.make_up(patient, *practitioner);
		}
		Ok(())
	}

	pub fn hold(&mut self, patient: PatientId, practitioners: &[u64], period: Period) -> Result<(), Error> {
		self.ensure_active(patient)?;
		if period.start < now() {
			return Err(Error::InPast);
		}
		self.available(patient, practitioners, period, false)?;
		self.holds.retain(|hold| now() < hold.until);
		let own: Vec<_> = self.holds.iter().filter(|hold| hold.patient == patient).collect();
		if own.iter().any(|hold| meets(hold.period, period)) {
			return Err(Error::HoldOverlaps);
		}
		if own.len() >= 2 {
			return Err(Error::TooManyHolds);
		}
		let until = (now() + HOLD_LIFETIME).min(period.start);
		self.holds.push(Held {
			patient,
			practitioners: practitioners.to_vec(),
			period,
			until,
		});
		self.set(practitioners, period, SlotState::BusyTentative { patient, until });
		Ok(())
	}

	fn unhold(&mut self, patient: PatientId, practitioners: &[u64], period: Period) {
		self.holds
			.retain(|hold| hold.patient != patient || !hold.is_within(practitioners, period));
	}

	fn let_go(&mut self, patient: PatientId, practitioner: u64, period: Period, until: Moment) {
		for start in quarters_of(period) {
			if let Some(state) = self.slots.get_mut(&(practitioner, start)) {
				if *state == (SlotState::BusyTentative { patient, until }) {
					*state = SlotState::Free;
				}
			}
		}
	}

	pub fn release(&mut self, patient: PatientId, practitioners: &[u64], period: Period) -> Result<(), Error> {
		let just = |hold: &Held| {
			let same = hold.patient == patient && hold.period == period && now() < hold.until;
			same && hold.practitioners.len() == practitioners.len() && hold.is_within(practitioners, period)
		};
		let at = self.holds.iter().position(just).ok_or(Error::NotHeld)?;
		let hold = self.holds.remove(at);
		for practitioner in practitioners {
			self.let_go(patient, *practitioner, period, hold.until);
			self.offer(*practitioner, period, Some(patient));
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
					self.leave(at, made.patient);
				}
			}
			AppointmentStatus::Booked if made.period.end <= now() => return Err(Error::TooLate),
			AppointmentStatus::Arrived if made.period.end + LATE_NOTE <= now() => return Err(Error::TooLate),
			AppointmentStatus::Booked | AppointmentStatus::Arrived => {
				self.free(id);
				for practitioner in &made.practitioners {
					self.offer(*practitioner, made.period, Some(made.patient));
				}
			}
			_ => return Err(Error::WrongStatus),
		}
		self.over(id, AppointmentStatus::Cancelled { by, reason });
		Ok(())
	}

	pub fn reschedule(&mut self, id: AppointmentId, practitioners: &[u64], period: Period) -> Result<(), Error> {
		let made = self.get(id)?;
		self.ensure_active(made.patient)?;
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
		if let Err(error) = self.available(made.patient, practitioners, period, false) {
			self.slots = before;
			return Err(error);
		}
		if self.elsewhere(made.patient, period, Some(id)) {
			self.slots = before;
			return Err(Error::PatientOverlaps);
		}
		self.set(practitioners, period, SlotState::Busy(id));
		self.unhold(made.patient, practitioners, period);
		let kept = &mut self.made[id as usize];
		kept.practitioners = practitioners.to_vec();
		kept.period = period;
		for practitioner in &made.practitioners {
			self.offer(*practitioner, made.period, Some(made.patient));
		}
		Ok(())
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
			let (by, reason) = (AppointmentParty::Desk, CancelReason::Provider);
			self.over(*id, AppointmentStatus::Cancelled { by, reason });
			let made = &self.made[*id as usize];
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
		let mut parts = vec![];
		for at in 0..self.waiting.len() {
			let waits = self.waiting[at].clone();
			let meets = |(offer, until): &(Period, Moment)| {
				now() < *until && offer.start < period.end && period.start < offer.end
			};
			if let Some((offer, until)) = waits.offer.filter(meets).filter(|_| waits.practitioner == practitioner) {
				self.let_go(self.made[waits.id as usize].patient, practitioner, offer, until);
				self.waiting[at].offer = None;
				parts.push(offer);
			}
		}
		for id in ids {
			let made = self.made[id as usize].clone();
			for colleague in made.practitioners {
				self.offer(colleague, made.period, None);
			}
		}
		for part in parts {
			self.offer(practitioner, part, None);
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
		if to != AppointmentStatus::NoShow && made.period.end + LATE_NOTE <= now() {
			return Err(Error::TooLate);
		}
		if to != AppointmentStatus::NoShow {
			self.carry(id, &made)?;
		}
		match to {
			AppointmentStatus::Arrived => self.made[id as usize].status = to,
			_ => self.over(id, to),
		}
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
		self.nothing_is_held_for_nothing(&chain);
		Appointments::check_state().unwrap();
	}

	/// What is held now is of a hold or an offer, as they were made, and no patient holds more than two holds take.
	fn nothing_is_held_for_nothing(&self, chain: &BTreeMap<(u64, Moment), SlotState>) {
		let mut count: BTreeMap<PatientId, usize> = BTreeMap::new();
		for ((practitioner, start), state) in chain {
			let SlotState::BusyTentative { patient, until } = *state else {
				continue;
			};
			if until <= now() {
				continue;
			}
			if self.held(patient, *practitioner, *start, until).is_some() {
				*count.entry(patient).or_default() += 1;
				continue;
			}
			let is_offered = |waits: &Waits| {
				let offers =
					|(period, end): (Period, Moment)| end == until && period.start <= *start && *start < period.end;
				waits.practitioner == *practitioner
					&& self.made[waits.id as usize].patient == patient
					&& waits.offer.is_some_and(offers)
			};
			assert!(
				self.waiting.iter().any(is_offered),
				"{practitioner} at {start} is held for nothing"
			);
		}
		assert!(count.values().all(|held| *held <= MAX_HELD * MAX_HOLDS as usize));
	}
}

/// When the quarter-hours of a period begin.
fn quarters_of(period: Period) -> impl Iterator<Item = Moment> {
	(period.start..period.end).step_by(QUARTER as usize)
}

fn meets(one: Period, other: Period) -> bool {
	one.start < other.end && other.start < one.end
}
