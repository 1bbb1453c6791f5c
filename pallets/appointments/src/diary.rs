//! Calendars in memory: a call reads each day once, and writes it once, after all was found to be in order.

use crate::{Calendar, Config, Error, MAX_SPAN};
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

	/// Takes a practitioner's whole time in this period, without a gap and without a part of a slot left over. A slot is
	/// taken that is free or held for this patient.
	pub fn take(
		&mut self,
		practitioner: &T::AccountId,
		institution: InstitutionId,
		period: Period,
		patient: PatientId,
		state: SlotState,
		now: Moment,
	) -> Result<(), Error<T>> {
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
				refused = refused.or(refusal::<T>(slot, patient, now));
			}
		}
		ensure!(reached == period.end, Error::NoSlot);
		ensure!(found <= MAX_SPAN, Error::TooManySlots);
		if let Some(error) = refused {
			return Err(error);
		}
		self.visit(practitioner, period, |slot| slot.state = state);
		Ok(())
	}

	/// Frees what an appointment has of a practitioner's time.
	pub fn give_back(&mut self, practitioner: &T::AccountId, period: Period, appointment: AppointmentId) {
		self.visit(practitioner, period, |slot| {
			if slot.state == SlotState::Busy(appointment) {
				slot.state = SlotState::Free;
			}
		});
	}

	/// Frees what is held for a patient at an institution. Whether anything was.
	pub fn let_go(
		&mut self,
		practitioner: &T::AccountId,
		institution: InstitutionId,
		period: Period,
		patient: PatientId,
		now: Moment,
	) -> bool {
		let mut any = false;
		self.visit(practitioner, period, |slot| {
			if slot.institution == institution && slot.is_held_for(patient, now) {
				slot.state = SlotState::Free;
				any = true;
			}
		});
		any
	}

	/// The first free time that begins within this period and is as somebody wishes, on one day.
	pub fn find(&mut self, practitioner: &T::AccountId, wish: &Wish, within: Period, now: Moment) -> Option<Period> {
		within.days().find_map(|day| {
			let slots = self.day(practitioner, day);
			slots.iter().enumerate().find_map(|(at, first)| {
				let start = first.period.start;
				let period = Period::new(start, start.checked_add(wish.length)?);
				let fits = now < start && within.start <= start && start < within.end && wish.wanted.contains(&period);
				if !fits {
					return None;
				}
				let mut reached = start;
				for slot in slots.iter().skip(at).take(MAX_SPAN) {
					let follows =
						slot.period.start == reached && slot.institution == wish.institution && slot.is_free(now);
					if !follows {
						return None;
					}
					reached = slot.period.end;
					if period.end <= reached {
						break;
					}
				}
				(reached == period.end).then_some(period)
			})
		})
	}

	/// Writes what was changed.
	pub fn save(self) {
		for ((practitioner, day), (slots, changed)) in self.days {
			// Days without slots were looked at too.
			if changed && !slots.is_empty() {
				Calendar::<T>::insert(practitioner, day, slots);
			}
		}
	}
}

/// Why a patient can't have a slot.
fn refusal<T: Config>(slot: &Slot, patient: PatientId, now: Moment) -> Option<Error<T>> {
	match slot.state {
		_ if slot.is_free(now) || slot.is_held_for(patient, now) => None,
		SlotState::Busy(_) => Some(Error::SlotTaken),
		SlotState::BusyUnavailable => Some(Error::SlotBlocked),
		SlotState::BusyTentative { .. } | SlotState::Free => Some(Error::SlotHeld),
	}
}
