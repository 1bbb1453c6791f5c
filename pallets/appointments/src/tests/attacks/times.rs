//! Too much at once, too late, and for somebody else.

use super::*;

#[test]
fn a_call_opens_eight_days_and_no_more() {
	story(|| {
		let days = |most: u64| (1..=most).map(|day| from(at(day, 9, 0), 15)).collect();
		assert_noop!(open(DESK, DOCTOR, A, days(9)), Error::TooManyDays);
		assert_ok!(open(DESK, DOCTOR, A, days(8)));
	});
}

#[test]
fn what_is_opened_is_offered_and_not_what_was_free() {
	story(|| {
		assert_ok!(open(
			DESK,
			DOCTOR,
			A,
			vec![from(at(1, 8, 0), 30), from(at(1, 12, 0), 30)]
		));
		let waits = wished(ADA);
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(1, 9, 0), 4)));
		assert_eq!(offered(waits), Some(from(at(1, 9, 0), 30)));
	});
}

#[test]
fn who_never_came_does_not_cancel_weeks_later() {
	story(|| {
		morning(DOCTOR);
		let missed = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		set_time(at(1, 9, 15));
		for who in [ADAS, DESK, DOCTOR] {
			let cancelled = Appointments::cancel(signed(who), missed, CancelReason::Patient);
			assert_noop!(cancelled, Error::TooLate);
		}
		set_time(at(60, 0, 0));
		assert_ok!(Appointments::mark_no_show(signed(DESK), missed));
	});
}

#[test]
fn nobody_arrives_or_is_seen_a_week_later() {
	story(|| {
		morning(DOCTOR);
		let (late, seen) = (
			booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15)),
			booked(BEN, &[DOCTOR], from(at(1, 9, 0) + 15 * MINUTE, 15)),
		);
		set_time(at(8, 9, 15) - 1);
		assert_ok!(Appointments::arrive(signed(DESK), late));
		assert_ok!(Appointments::fulfil(signed(DESK), late));
		set_time(at(8, 9, 30) - 1);
		assert_ok!(Appointments::arrive(signed(DESK), seen));
		set_time(at(8, 9, 30));
		assert_noop!(Appointments::fulfil(signed(DESK), seen), Error::TooLate);
		assert_noop!(
			Appointments::cancel(signed(DESK), seen, CancelReason::Provider),
			Error::TooLate
		);
		set_status(seen, AppointmentStatus::Booked);
		assert_noop!(Appointments::arrive(signed(DESK), seen), Error::TooLate);
		assert_ok!(Appointments::mark_no_show(signed(DESK), seen));
	});
}

#[test]
fn who_came_and_was_not_seen_is_cancelled_within_a_week() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		set_time(at(1, 9, 0));
		assert_ok!(Appointments::arrive(signed(DESK), id));
		set_time(at(8, 9, 15) - 1);
		assert_ok!(Appointments::cancel(signed(DESK), id, CancelReason::Provider));
	});
}

#[test]
fn a_guardian_who_does_not_consent_for_her_makes_no_appointments() {
	story(|| {
		morning(DOCTOR);
		guard();
		let quarter = from(at(1, 9, 0), 15);
		let id = booked(ADA, &[DOCTOR], from(at(1, 10, 0), 15));
		Guardianships::mutate(ADA, |all| all[0].consents = false);
		assert_noop!(book(GUARDIAN, ADA, &[DOCTOR], quarter), Error::NotPermitted);
		assert_noop!(hold(GUARDIAN, ADA, &[DOCTOR], quarter), Error::NotPermitted);
		assert_noop!(
			Appointments::cancel(signed(GUARDIAN), id, CancelReason::Patient),
			Error::NotPermitted
		);
		Guardianships::mutate(ADA, |all| all[0].consents = true);
		assert_ok!(book(GUARDIAN, ADA, &[DOCTOR], quarter));
	});
}
