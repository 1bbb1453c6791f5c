//! The first free time that suits a wish, against the plainest search for it.

use super::*;
use crate::{Diary, HOLD_LIFETIME, MAX_SPAN};
use proptest::prelude::*;
use salus_primitives::{Slot, Slots};

/// From each slot on, as many as it takes.
fn plainly(slots: &[Slot], wish: &Wish, within: Period) -> Option<Period> {
	slots.iter().enumerate().find_map(|(at, first)| {
		let period = Period::new(first.period.start, first.period.start + wish.length);
		let mut reached = period.start;
		for slot in slots[at..].iter().take(MAX_SPAN) {
			let usable = slot.period.start == reached && slot.institution == A && slot.is_free(now());
			if !usable || period.end <= reached {
				break;
			}
			reached = slot.period.end;
		}
		let begins = within.start <= period.start && period.start < within.end;
		let soon = period.start <= now() + HOLD_LIFETIME;
		(begins && !soon && wish.wanted.contains(&period) && reached == period.end).then_some(period)
	})
}

fn wish_of(length: Moment, wanted: Period) -> Wish {
	Wish {
		appointment: 0,
		patient: ADA,
		institution: A,
		displaced: false,
		priority: Priority::Routine,
		since: 0,
		wanted,
		length,
		offer: None,
	}
}

/// Slots of five to thirty minutes, most of them free and one after the other.
fn days() -> impl Strategy<Value = Vec<(u64, u64, u8)>> {
	let gap = prop_oneof![12 => Just(0), 1 => Just(5)];
	let kind = prop_oneof![16 => Just(0_u8), 1 => Just(1), 1 => Just(2), 1 => Just(3)];
	proptest::collection::vec((gap, 1_u64..=6, kind), 0..96)
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 512, ..Default::default() })]

	#[test]
	fn the_first_that_suits(
		day in days(),
		length in 1_u64..80,
		(from, lasting) in (0_u64..288, 0_u64..288),
		(wanted, wants) in (0_u64..288, 0_u64..288),
		clock in 0_u64..60,
	) {
		story(|| {
			set_time(at(1, 0, 0) + clock * 5 * MINUTE);
			let mut reached = at(1, 0, 0);
			let mut slots = vec![];
			for (gap, steps, kind) in day {
				let start = reached + gap * MINUTE;
				reached = start + steps * 5 * MINUTE;
				if reached > at(2, 0, 0) {
					break;
				}
				let (institution, state) = match kind {
					0 => (A, SlotState::Free),
					1 => (A, SlotState::BusyUnavailable),
					2 => (B, SlotState::Free),
					_ => (A, SlotState::BusyTentative { patient: BEN, until: now() }),
				};
				slots.push(Slot { period: Period::new(start, reached), institution, state });
			}
			if !slots.is_empty() {
				Calendar::<Test>::insert(DOCTOR, TODAY + 1, Slots::truncate_from(slots.clone()));
			}
			let five = |steps: u64| at(1, 0, 0) + steps * 5 * MINUTE;
			let within = Period::new(five(from), five(from + lasting));
			let wish = wish_of(length * 5 * MINUTE, Period::new(five(wanted), five(wanted + wants)));
			let found = Diary::<Test>::new().find(&DOCTOR, &wish, within, now());
			assert_eq!(found, plainly(&slots, &wish, within));
		});
	}
}

#[test]
fn an_appointment_of_32_slots_is_found_and_no_longer_one() {
	story(|| {
		let slots = (0..95).map(|n| from(at(1, 8, 0) + n * 5 * MINUTE, 5));
		assert_ok!(open(DESK, DOCTOR, A, slots.collect()));
		let day = Period::new(at(1, 0, 0), at(2, 0, 0));
		let find = |minutes| Diary::<Test>::new().find(&DOCTOR, &wish_of(minutes * MINUTE, day), day, now());
		assert_eq!(find(160), Some(from(at(1, 8, 0), 160)));
		for minutes in [1, 161, 165, 475] {
			assert_eq!(find(minutes), None);
		}
	});
}
