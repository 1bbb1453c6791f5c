//! Weights of pallet-appointments.
//!
//! The benchmarks measure whole calls on the real runtime, so that a call's weight contains what roles, consent and records
//! do for it; only what a decision that rests on a grant costs more than one that doesn't is added.

use crate::{consultations::beyond, opening::spans_of, Config, MAX_CLOSED};
use frame_support::weights::Weight;
use salus_primitives::{AccessControl, Period};

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `open` of `s` slots, the first and the last of `d` days, with a full waiting list: as many suit as there are slots,
	/// of the others the last slot is too long or too short.
	fn open(s: u32, d: u32) -> Weight;
	/// `block` of three full days.
	fn block() -> Weight;
	/// `unblock` of three full days, offered to a full waiting list.
	fn unblock() -> Weight;
	/// `hold` of the time of `p` practitioners, over midnight, on full days.
	fn hold(p: u32) -> Weight;
	/// `release` of the time of `p` practitioners, over midnight, on full days, offered to full waiting lists.
	fn release(p: u32) -> Weight;
	/// `book` of the time of `p` practitioners, over midnight, on full days; each offers her eight hours in place of a
	/// cancelled appointment, which full waiting lists are offered.
	fn book(p: u32) -> Weight;
	/// `reschedule` with four practitioners, over midnight, to other days, offered to full waiting lists.
	fn reschedule() -> Weight;
	/// `cancel` with four practitioners, over midnight, offered to full waiting lists.
	fn cancel() -> Weight;
	/// `propose` as the last of a waiting list.
	fn propose() -> Weight;
	/// `accept` over a full waiting list.
	fn accept() -> Weight;
	/// `decline` over a full waiting list.
	fn decline() -> Weight;
	/// `offer` of a full day to a full waiting list.
	fn offer() -> Weight;
	/// `cancel_day` of three full days with `n` appointments with four practitioners each, offered on `d` days.
	fn cancel_day(n: u32, d: u32) -> Weight;
	/// `arrive`.
	fn arrive() -> Weight;
	/// `fulfil`.
	fn fulfil() -> Weight;
	/// `mark_no_show`.
	fn mark_no_show() -> Weight;
	/// `join` by the patient, who begins another session and whom the engine permits without a grant.
	fn join() -> Weight;
	/// `end_consultation` of a full one, by the patient.
	fn end_consultation() -> Weight;
	/// `prune` of a full day.
	fn prune() -> Weight;
	/// `close` of `d` full days of which half stays.
	fn close(d: u32) -> Weight;
}

/// Cost of `open`.
pub(crate) fn open<T: Config>(slots: &[Period]) -> Weight {
	T::WeightInfo::open(count(slots.len()), count(spans_of(slots).len()))
}

/// Cost of `close`.
pub(crate) fn close<T: Config>(period: Period) -> Weight {
	let days = period.days();
	let touched = days.end().saturating_add(1).saturating_sub(*days.start());
	T::WeightInfo::close(u32::try_from(touched).unwrap_or(u32::MAX).min(MAX_CLOSED))
}

/// Worst case of `join`: by a grant, or refused.
pub(crate) fn join<T: Config>() -> Weight {
	T::WeightInfo::join().saturating_add(beyond::<T>(T::AccessControl::decide_weight()))
}

/// A length as the benchmarks count it.
pub(crate) fn count(length: usize) -> u32 {
	u32::try_from(length).unwrap_or(u32::MAX)
}

const fn micros(micros: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), 0)
}

macro_rules! flat {
	($($name:ident = $micros:literal),+ $(,)?) => {
		$(fn $name() -> Weight {
			micros($micros)
		})+
	};
}

/// For tests.
impl WeightInfo for () {
	fn open(s: u32, d: u32) -> Weight {
		micros(20)
			.saturating_add(micros(1).saturating_mul(s.into()))
			.saturating_add(micros(50).saturating_mul(d.into()))
	}
	fn hold(p: u32) -> Weight {
		micros(20).saturating_add(micros(30).saturating_mul(p.into()))
	}
	fn release(p: u32) -> Weight {
		micros(20).saturating_add(micros(60).saturating_mul(p.into()))
	}
	fn book(p: u32) -> Weight {
		micros(30).saturating_add(micros(90).saturating_mul(p.into()))
	}
	fn cancel_day(n: u32, d: u32) -> Weight {
		micros(100)
			.saturating_add(micros(400).saturating_mul(n.into()))
			.saturating_add(micros(60).saturating_mul(d.into()))
	}
	fn close(d: u32) -> Weight {
		micros(10).saturating_add(micros(10).saturating_mul(d.into()))
	}
	flat!(
		block = 50,
		unblock = 100,
		reschedule = 400,
		cancel = 300,
		propose = 50,
		accept = 60,
		decline = 80,
		offer = 60,
		arrive = 30,
		fulfil = 30,
		mark_no_show = 30,
		join = 40,
		end_consultation = 30,
		prune = 20,
	);
}
