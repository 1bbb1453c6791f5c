//! Calendars in memory: a call reads each day once, and writes it once, after all was found to be in order.

use crate::{Calendar, Config, Error, Visit, HOLD_LIFETIME, MAX_SPAN};
use alloc::collections::BTreeMap;
use core::marker::PhantomData;
use frame_support::ensure;
use salus_primitives::{AppointmentId, InstitutionId, Moment, PatientId, Period, Slot, SlotState, Slots, UtcDay, Wish};

/// The days that a call looks at.
pub(crate) struct Diary<T: Config> {
	days: BTreeMap<(T::AccountId, UtcDay), (Slots, bool)>,
	config: PhantomData<T>,
}

impl<T: Config> Diary<T> {
	/// Nothing is read yet.
	pub fn new() -> Self {
		Self {
			days: BTreeMap::new(),
			config: PhantomData,
		}
	}

	/// A day's slots.
	pub fn day(&mut self, practitioner: &T::AccountId, day: UtcDay) -> &Slots {
		&self.entry(practitioner, day).0
	}

	/// A day's slots, to be changed.
	pub fn day_mut(&mut self, practitioner: &T::AccountId, day: UtcDay) -> &mut Slots {
		let (slots, changed) = self.entry(practitioner, day);
		*changed = true;
		slots
	}

	fn entry(&mut self, practitioner: &T::AccountId, day: UtcDay) -> &mut (Slots, bool) {
		self.days
			.entry((practitioner.clone(), day))
			.or_insert_with(|| (Calendar::<T>::get(practitioner, day), false))
	}

	/// Visits the slots that have a moment of the period, in the order of time.
	pub fn visit(&mut self, practitioner: &T::AccountId, period: Period, mut visitor: impl FnMut(&mut Slot)) {
		for day in period.days() {
			self.day_mut(practitioner, day)
				.iter_mut()
				.filter(|slot| slot.period.overlaps(&period))
				.for_each(&mut visitor);
		}
	}

	/// Takes a practitioner's whole time of a visit, without a gap and without a part of a slot left over. A slot is taken
	/// that is free; of what is held for this patient, `own` says why not. How many slots it took.
	pub fn take(
		&mut self,
		practitioner: &T::AccountId,
		visit: &Visit<T::AccountId>,
		state: SlotState,
		now: Moment,
		own: impl Fn(&Slot) -> Option<Error<T>>,
	) -> Result<usize, Error<T>> {
		let (period, institution) = (visit.period, visit.institution);
		let mut reached = period.start;
		let mut found = 0_usize;
		let mut refused = None;
		for day in period.days() {
			let slots = self.day(practitioner, day).iter();
			for slot in slots.filter(|slot| slot.period.overlaps(&period)) {
				let follows = slot.period.start == reached && slot.institution == institution;
				ensure!(follows, Error::NoSlot);
				reached = slot.period.end;
				found = found.saturating_add(1);
				refused = refused.or_else(|| {
					if slot.is_held_for(visit.patient, now) {
						own(slot)
					} else {
						refusal(slot, now)
					}
				});
			}
		}
		ensure!(reached == period.end, Error::NoSlot);
		ensure!(found <= MAX_SPAN, Error::TooManySlots);
		if let Some(error) = refused {
			return Err(error);
		}
		self.visit(practitioner, period, |slot| slot.state = state);
		Ok(found)
	}

	/// Frees what an appointment has of a practitioner's time.
	pub fn give_back(&mut self, practitioner: &T::AccountId, period: Period, appointment: AppointmentId) {
		self.visit(practitioner, period, |slot| {
			if slot.state == SlotState::Busy(appointment) {
				slot.state = SlotState::Free;
			}
		});
	}

	/// Frees what is held for a patient at an institution until then.
	pub fn let_go(
		&mut self,
		practitioner: &T::AccountId,
		institution: InstitutionId,
		period: Period,
		patient: PatientId,
		until: Moment,
	) {
		self.visit(practitioner, period, |slot| {
			if slot.institution == institution && slot.state == (SlotState::BusyTentative { patient, until }) {
				slot.state = SlotState::Free;
			}
		});
	}

	/// The first free time that begins within this period and is as somebody wishes, on one day. Each slot is looked at
	/// once, however long the wish: the time between the first and the last slot of a run grows at its end, and while it is
	/// too long shrinks at its beginning.
	pub fn find(&mut self, practitioner: &T::AccountId, wish: &Wish, within: Period, now: Moment) -> Option<Period> {
		let soonest = now.saturating_add(HOLD_LIFETIME);
		let earliest = within.start.max(wish.wanted.start);
		within.days().find_map(|day| {
			let slots = self.day(practitioner, day);
			let mut first = slots.partition_point(|slot| slot.period.start < earliest);
			let mut reached = Moment::MAX;
			for (last, slot) in slots.iter().enumerate().skip(first) {
				if slot.institution != wish.institution || !slot.is_free(now) {
					first = last.saturating_add(1);
					continue;
				}
				if slot.period.start != reached {
					first = last;
				}
				reached = slot.period.end;
				for begin in slots.iter().take(last.saturating_add(1)).skip(first) {
					let period = Period::new(begin.period.start, reached);
					if within.end <= period.start {
						return None;
					}
					let short = period.length() <= wish.length && last.saturating_sub(first) < MAX_SPAN;
					if short && soonest < period.start {
						let suits = period.length() == wish.length && wish.wanted.contains(&period);
						if suits {
							return Some(period);
						}
						break;
					}
					first = first.saturating_add(1);
				}
			}
			None
		})
	}

	/// Takes out the slots of a time of which it is said that they go. How many went.
	pub fn remove(
		&mut self,
		practitioner: &T::AccountId,
		period: Period,
		mut goes: impl FnMut(&Slot) -> bool,
	) -> usize {
		let mut gone = 0_usize;
		for day in period.days() {
			let (slots, changed) = self.entry(practitioner, day);
			let before = slots.len();
			slots.retain(|slot| !(period.contains(&slot.period) && goes(slot)));
			let left = before.saturating_sub(slots.len());
			*changed |= left > 0;
			gone = gone.saturating_add(left);
		}
		gone
	}

	/// Writes what was changed. A day without slots is not kept.
	pub fn save(self) {
		for ((practitioner, day), (slots, changed)) in self.days {
			if !changed {
				continue;
			}
			if slots.is_empty() {
				Calendar::<T>::remove(practitioner, day);
			} else {
				Calendar::<T>::insert(practitioner, day, slots);
			}
		}
	}
}

/// Why a patient can't have a slot that is not held for her.
fn refusal<T: Config>(slot: &Slot, now: Moment) -> Option<Error<T>> {
	match slot.state {
		_ if slot.is_free(now) => None,
		SlotState::Busy(_) => Some(Error::SlotTaken),
		SlotState::BusyUnavailable => Some(Error::SlotBlocked),
		SlotState::BusyTentative { .. } | SlotState::Free => Some(Error::SlotHeld),
	}
}
