//! `hold` and `release`.

use super::*;
use frame_support::assert_noop;

#[test]
fn a_hold_keeps_others_out_until_it_lapses() {
	story(|| {
		morning(DOCTOR);
		morning(NURSE);
		let hour = from(at(1, 9, 0), 60);
		assert_ok!(hold(ADAS, ADA, &[DOCTOR, NURSE], hour));
		let until = at(0, 8, 15);
		for practitioner in [DOCTOR, NURSE] {
			assert_eq!(
				slot(practitioner, at(1, 9, 45)),
				Some(SlotState::BusyTentative { patient: ADA, until })
			);
		}
		assert_eq!(
			events().last(),
			Some(&Event::Held {
				patient: ADA,
				practitioners: list([DOCTOR, NURSE]),
				period: hour,
				until
			})
		);
		assert_noop!(book(BENS, BEN, &[NURSE], from(at(1, 9, 15), 15)), Error::SlotHeld);
		assert_noop!(hold(BENS, BEN, &[NURSE], from(at(1, 9, 15), 15)), Error::SlotHeld);
		set_time(until - 1);
		assert_noop!(book(BENS, BEN, &[NURSE], from(at(1, 9, 15), 15)), Error::SlotHeld);
		set_time(until);
		booked(BEN, &[NURSE], from(at(1, 9, 15), 15));
		// No trail of what did not last.
		assert_eq!(Entries::get(ADA), None);
	});
}

#[test]
fn who_holds_a_time_books_it() {
	story(|| {
		morning(DOCTOR);
		let hour = from(at(1, 9, 0), 60);
		assert_ok!(hold(DESK, ADA, &[DOCTOR], hour));
		booked(ADA, &[DOCTOR], hour);
		assert!(crate::Agendas::<Test>::get(ADA).holds.is_empty());
	});
}

#[test]
fn a_hold_never_outlasts_the_begin() {
	story(|| {
		assert_ok!(open(DESK, DOCTOR, A, vec![from(at(0, 8, 5), 15)]));
		assert_ok!(hold(ADAS, ADA, &[DOCTOR], from(at(0, 8, 5), 15)));
		let until = at(0, 8, 5);
		assert_eq!(
			slot(DOCTOR, at(0, 8, 5)),
			Some(SlotState::BusyTentative { patient: ADA, until })
		);
	});
}

#[test]
fn too_many_holds() {
	story(|| {
		morning(DOCTOR);
		for start in [at(1, 9, 0), at(1, 9, 15)] {
			assert_ok!(hold(ADAS, ADA, &[DOCTOR], from(start, 15)));
		}
		assert_noop!(hold(DESK, ADA, &[DOCTOR], from(at(1, 9, 30), 15)), Error::TooManyHolds);
		// They lapse.
		set_time(at(0, 8, 15));
		for start in [at(1, 9, 30), at(1, 9, 45)] {
			assert_ok!(hold(ADAS, ADA, &[DOCTOR], from(start, 15)));
		}
		assert_noop!(hold(ADAS, ADA, &[DOCTOR], from(at(1, 10, 0), 15)), Error::TooManyHolds);
		assert_ok!(release(ADAS, ADA, &[DOCTOR], from(at(1, 9, 30), 15)));
		assert_ok!(hold(ADAS, ADA, &[DOCTOR], from(at(1, 10, 0), 15)));
		// What is booked is held no more.
		booked(ADA, &[DOCTOR], from(at(1, 9, 45), 15));
		assert_ok!(hold(ADAS, ADA, &[DOCTOR], from(at(1, 11, 0), 15)));
	});
}

#[test]
fn a_hold_asks_what_a_booking_asks() {
	story(|| {
		morning(DOCTOR);
		let quarter = from(at(1, 9, 0), 15);
		assert_noop!(hold(STRANGER, ADA, &[DOCTOR], quarter), Error::NotPermitted);
		assert_noop!(hold(FAYS, FAY, &[DOCTOR], quarter), Error::ForeignPatient);
		assert_noop!(hold(ADAS, ADA, &[], quarter), Error::NoPractitioner);
		assert_noop!(hold(ADAS, ADA, &[DOCTOR], from(at(0, 7, 0), 15)), Error::InPast);
		assert_noop!(hold(ADAS, ADA, &[DOCTOR], from(at(1, 12, 0), 15)), Error::NoSlot);
		booked(BEN, &[DOCTOR], quarter);
		assert_noop!(hold(ADAS, ADA, &[DOCTOR], quarter), Error::SlotTaken);
		// All or none.
		assert_noop!(
			hold(ADAS, ADA, &[DOCTOR, SURGEON], from(at(1, 9, 15), 15)),
			Error::NoSlot
		);
	});
}

#[test]
fn what_is_released_is_offered() {
	story(|| {
		morning(DOCTOR);
		let half = from(at(1, 9, 0), 30);
		assert_ok!(hold(ADAS, ADA, &[DOCTOR], half));
		let id = wished(BEN);
		assert_ok!(release(ADAS, ADA, &[DOCTOR], half));
		assert_eq!(offered(id), Some(half));
	});
}

#[test]
fn not_held() {
	story(|| {
		morning(DOCTOR);
		let quarter = from(at(1, 9, 0), 15);
		assert_noop!(release(ADAS, ADA, &[DOCTOR], quarter), Error::NotHeld);
		assert_ok!(hold(ADAS, ADA, &[DOCTOR], quarter));
		assert_noop!(release(BENS, BEN, &[DOCTOR], quarter), Error::NotHeld);
		assert_noop!(release(BENS, ADA, &[DOCTOR], quarter), Error::NotPermitted);
		// The desk of another hospital, under its own name.
		let elsewhere = Appointments::release(signed(DESK_AWAY), ADA, B, list([DOCTOR]), quarter);
		assert_noop!(elsewhere, Error::ForeignPatient);
		for other in [
			Period::new(quarter.end, quarter.start),
			Period::new(0, u64::MAX),
			from(at(1, 9, 0), 30),
		] {
			assert_noop!(release(ADAS, ADA, &[DOCTOR], other), Error::NotHeld);
		}
		assert_noop!(release(ADAS, 9, &[DOCTOR], quarter), Error::UnknownPatient);
		set_time(at(0, 8, 15));
		assert_noop!(release(ADAS, ADA, &[DOCTOR], quarter), Error::NotHeld);
	});
}
