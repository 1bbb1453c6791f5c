//! What is held for a patient.

use super::*;

#[test]
fn two_sets_of_slots_are_not_held_from_one_time_on() {
	story(|| {
		mornings();
		let hour = from(at(1, 9, 0), 60);
		assert_ok!(hold(ADAS, ADA, &[DOCTOR, SURGEON], hour));
		assert_noop!(hold(ADAS, ADA, &[NURSE, PHARMACIST], hour), Error::HoldOverlaps);
		assert_noop!(hold(ADAS, ADA, &[NURSE], from(at(1, 9, 45), 30)), Error::HoldOverlaps);
		booked(BEN, &[NURSE, PHARMACIST], hour);
	});
}

#[test]
fn a_part_that_is_released_does_not_hide_the_rest() {
	story(|| {
		mornings();
		let hour = from(at(1, 9, 0), 60);
		assert_ok!(hold(ADAS, ADA, &[DOCTOR, SURGEON], hour));
		for (practitioners, part) in [
			(&[DOCTOR][..], from(at(1, 9, 0), 15)),
			(&[DOCTOR], hour),
			(&[DOCTOR, SURGEON], from(at(1, 9, 0), 15)),
			(&[DOCTOR, SURGEON, NURSE], hour),
			(&[DOCTOR, SURGEON], from(at(1, 9, 0), 75)),
		] {
			assert_noop!(release(ADAS, ADA, practitioners, part), Error::NotHeld);
		}
		assert_ok!(hold(ADAS, ADA, &[NURSE], from(at(1, 10, 0), 15)));
		assert_noop!(hold(ADAS, ADA, &[NURSE], from(at(1, 10, 30), 15)), Error::TooManyHolds);
		// As it was made, in whatever order.
		assert_ok!(release(ADAS, ADA, &[SURGEON, DOCTOR], hour));
		booked(BEN, &[DOCTOR, SURGEON], hour);
		assert_ok!(hold(ADAS, ADA, &[NURSE], from(at(1, 10, 30), 15)));
	});
}

#[test]
fn another_booking_does_not_hide_a_hold() {
	story(|| {
		mornings();
		let hour = from(at(1, 9, 0), 60);
		assert_ok!(hold(ADAS, ADA, &[DOCTOR, SURGEON], hour));
		booked(ADA, &[NURSE], from(at(1, 9, 0), 15));
		assert_ok!(hold(ADAS, ADA, &[DOCTOR], from(at(1, 10, 0), 15)));
		assert_noop!(hold(ADAS, ADA, &[DOCTOR], from(at(1, 11, 0), 15)), Error::TooManyHolds);
		// A part of it is none of it.
		assert_noop!(book(ADAS, ADA, &[DOCTOR], from(at(1, 9, 30), 15)), Error::HoldOverlaps);
	});
}

#[test]
fn a_hold_is_not_prolonged() {
	story(|| {
		morning(DOCTOR);
		let quarter = from(at(1, 9, 0), 15);
		assert_ok!(hold(ADAS, ADA, &[DOCTOR], quarter));
		set_time(at(0, 8, 14));
		assert_noop!(hold(ADAS, ADA, &[DOCTOR], quarter), Error::HoldOverlaps);
		set_time(at(0, 8, 15));
		booked(BEN, &[DOCTOR], quarter);
	});
}

#[test]
fn a_hold_takes_32_slots_and_no_more() {
	story(|| {
		mornings();
		let all = [DOCTOR, SURGEON, NURSE, PHARMACIST];
		assert_noop!(hold(ADAS, ADA, &all, from(at(1, 9, 0), 135)), Error::TooManySlots);
		assert_ok!(hold(ADAS, ADA, &all, from(at(1, 9, 0), 120)));
		booked(BEN, &all, from(at(1, 11, 0), 60));
		// Who books takes more.
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(2, 9, 0), 12)));
		assert_ok!(open(DESK, SURGEON, A, quarters(at(2, 9, 0), 12)));
		assert_ok!(open(DESK, NURSE, A, quarters(at(2, 9, 0), 12)));
		booked(CAT, &[DOCTOR, SURGEON, NURSE], from(at(2, 9, 0), 180));
	});
}
