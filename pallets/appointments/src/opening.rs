//! Which slots there are: opened, blocked, free again, closed.

use crate::{
	weights::count, Config, Diary, Error, Pallet, HORIZON, MAX_CLOSED_TIME, MAX_LOCAL_DAY, MAX_OPENED_DAYS, MIN_SLOT,
};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::Time};
use salus_primitives::{InstitutionId, Moment, Period, Slot, SlotState, UtcDay, DAY, MINUTE};

impl<T: Config> Pallet<T> {
	/// Opens slots, and offers them to who waits.
	pub(crate) fn open_all(
		practitioner: &T::AccountId,
		institution: InstitutionId,
		periods: &[Period],
	) -> Result<(), Error<T>> {
		ensure!(!periods.is_empty(), Error::NoSlots);
		let spans = spans_of(periods);
		ensure!(count(spans.len()) <= MAX_OPENED_DAYS, Error::TooManyDays);
		let now = T::Time::now();
		let mut diary = Diary::<T>::new();
		for period in periods {
			check_slot::<T>(period, now)?;
			let slots = diary.day_mut(practitioner, period.start / DAY);
			ensure!(
				!slots.iter().any(|slot| slot.period.overlaps(period)),
				Error::SlotOverlaps
			);
			let at = slots.partition_point(|slot| slot.period.start < period.start);
			let slot = Slot {
				period: *period,
				institution,
				state: SlotState::Free,
			};
			slots.try_insert(at, slot).map_err(|_| Error::CalendarFull)?;
		}
		for span in spans.into_values() {
			Self::offer_within(&mut diary, practitioner, institution, span, None);
		}
		diary.save();
		Ok(())
	}

	/// Blocks the slots of a time, if nobody has one of them.
	pub(crate) fn block_all(
		practitioner: &T::AccountId,
		institution: InstitutionId,
		period: Period,
	) -> Result<(), Error<T>> {
		check_local_day::<T>(period)?;
		let now = T::Time::now();
		let mut diary = Diary::<T>::new();
		let mut refused = None;
		let mut any = false;
		diary.visit(practitioner, period, |slot| {
			if slot.institution != institution {
				return;
			}
			any = true;
			match slot.state {
				SlotState::Busy(_) => refused = refused.take().or(Some(Error::SlotTaken)),
				SlotState::BusyTentative { .. } if !slot.is_free(now) => {
					refused = refused.take().or(Some(Error::SlotHeld));
				}
				_ => slot.state = SlotState::BusyUnavailable,
			}
		});
		if let Some(error) = refused {
			return Err(error);
		}
		ensure!(any, Error::NoSlot);
		diary.save();
		Ok(())
	}

	/// Frees the blocked slots of a time, and offers them to who waits.
	pub(crate) fn unblock_all(
		practitioner: &T::AccountId,
		institution: InstitutionId,
		period: Period,
	) -> Result<(), Error<T>> {
		check_local_day::<T>(period)?;
		let mut diary = Diary::<T>::new();
		let mut any = false;
		diary.visit(practitioner, period, |slot| {
			if slot.institution == institution && slot.state == SlotState::BusyUnavailable {
				slot.state = SlotState::Free;
				any = true;
			}
		});
		ensure!(any, Error::NoSlot);
		Self::offer_within(&mut diary, practitioner, institution, period, None);
		diary.save();
		Ok(())
	}

	/// Removes the slots of a time, but for those that somebody has or holds. How many.
	pub(crate) fn close_all(
		practitioner: &T::AccountId,
		institution: InstitutionId,
		period: Period,
	) -> Result<u32, Error<T>> {
		ensure!(period.start < period.end, Error::PeriodInverted);
		ensure!(period.length() <= MAX_CLOSED_TIME, Error::TooLong);
		let now = T::Time::now();
		let mut diary = Diary::<T>::new();
		let closed = diary.remove(practitioner, period, |slot| {
			let nobodys = slot.is_free(now) || slot.state == SlotState::BusyUnavailable;
			slot.institution == institution && nobodys
		});
		ensure!(closed > 0, Error::NoSlot);
		diary.save();
		Ok(count(closed))
	}
}

/// All of a UTC day.
pub(crate) fn day_period(day: UtcDay) -> Period {
	let start = day.saturating_mul(DAY);
	Period::new(start, start.saturating_add(DAY))
}

/// Of each UTC day on which some of these begin, from the first of them until the last.
pub(crate) fn spans_of(periods: &[Period]) -> BTreeMap<UtcDay, Period> {
	let mut spans = BTreeMap::new();
	for period in periods {
		let span = spans.entry(period.start / DAY).or_insert(*period);
		*span = Period::new(span.start.min(period.start), span.end.max(period.end));
	}
	spans
}

/// Whether a slot can be so.
fn check_slot<T: Config>(period: &Period, now: Moment) -> Result<(), Error<T>> {
	ensure!(period.start < period.end, Error::PeriodInverted);
	ensure!(
		period.start.is_multiple_of(MINUTE) && period.end.is_multiple_of(MINUTE),
		Error::NotWholeMinutes
	);
	ensure!(MIN_SLOT <= period.length(), Error::SlotTooShort);
	ensure!(period.end <= day_period(period.start / DAY).end, Error::CrossesMidnight);
	ensure!(now <= period.start, Error::InPast);
	ensure!(period.start < now.saturating_add(HORIZON), Error::TooFarAhead);
	Ok(())
}

/// Whether a time is no longer than a local day.
pub(crate) fn check_local_day<T: Config>(period: Period) -> Result<(), Error<T>> {
	ensure!(period.start < period.end, Error::PeriodInverted);
	ensure!(period.length() <= MAX_LOCAL_DAY, Error::TooLong);
	Ok(())
}
