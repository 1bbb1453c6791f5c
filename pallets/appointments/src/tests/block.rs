//! `block` and `unblock`.

use super::*;
use frame_support::assert_noop;

fn block(who: u64, period: Period) -> DispatchResult {
	Appointments::block(signed(who), DOCTOR, A, period)
}

fn unblock(who: u64, period: Period) -> DispatchResult {
	Appointments::unblock(signed(who), DOCTOR, A, period)
}

#[test]
fn blocked_slots_are_nobodys_until_they_are_free_again() {
	story(|| {
		morning(DOCTOR);
		let hour = from(at(1, 10, 0), 60);
		assert_ok!(block(DOCTOR, hour));
		assert_eq!(slot(DOCTOR, at(1, 10, 45)), Some(SlotState::BusyUnavailable));
		assert_eq!(slot(DOCTOR, at(1, 11, 0)), Some(SlotState::Free));
		assert_noop!(book(ADAS, ADA, &[DOCTOR], from(at(1, 10, 0), 15)), Error::SlotBlocked);
		assert_ok!(unblock(DESK, hour));
		booked(ADA, &[DOCTOR], from(at(1, 10, 0), 15));
	});
}

#[test]
fn what_is_unblocked_is_offered() {
	story(|| {
		morning(DOCTOR);
		assert_ok!(block(DESK, from(at(1, 9, 0), 180)));
		let id = wished(ADA);
		assert_ok!(unblock(DESK, from(at(1, 11, 0), 60)));
		assert_eq!(offered(id), Some(from(at(1, 11, 0), 30)));
	});
}

#[test]
fn slot_taken_and_slot_held() {
	story(|| {
		morning(DOCTOR);
		booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		assert_ok!(hold(BENS, BEN, &[DOCTOR], from(at(1, 10, 0), 15)));
		assert_noop!(block(DESK, from(at(1, 9, 0), 15)), Error::SlotTaken);
		assert_noop!(block(DESK, from(at(1, 9, 30), 60)), Error::SlotHeld);
		// The hold lapses.
		set_time(at(0, 8, 15));
		assert_ok!(block(DESK, from(at(1, 9, 30), 60)));
	});
}

#[test]
fn no_slot() {
	story(|| {
		morning(DOCTOR);
		assert_noop!(block(DESK, from(at(1, 12, 0), 60)), Error::NoSlot);
		assert_noop!(unblock(DESK, from(at(1, 9, 0), 60)), Error::NoSlot);
		// Another institution's slots are not this desk's.
		assert_ok!(open(DESK_AWAY, DOCTOR, B, quarters(at(1, 13, 0), 1)));
		assert_noop!(block(DESK, from(at(1, 13, 0), 15)), Error::NoSlot);
	});
}

#[test]
fn periods_that_are_inverted_or_too_long() {
	story(|| {
		morning(DOCTOR);
		let inverted = Period::new(at(1, 9, 0), at(1, 9, 0));
		let long = Period::new(at(1, 0, 0), at(2, 2, 0) + 1);
		for act in [block, unblock] {
			assert_noop!(act(DESK, inverted), Error::PeriodInverted);
			assert_noop!(act(DESK, long), Error::TooLong);
			assert_noop!(act(DESK, Period::new(0, u64::MAX)), Error::TooLong);
		}
		assert_ok!(block(DESK, Period::new(at(1, 0, 0), at(2, 2, 0))));
	});
}

#[test]
fn not_permitted() {
	story(|| {
		morning(DOCTOR);
		for who in [ADAS, SURGEON, DESK_AWAY, STRANGER] {
			assert_noop!(block(who, from(at(1, 9, 0), 15)), Error::NotPermitted);
			assert_noop!(unblock(who, from(at(1, 9, 0), 15)), Error::NotPermitted);
		}
	});
}
