use super::*;
use frame_support::assert_noop;

#[test]
fn a_calendar_goes_after_30_days_and_its_appointments_stay() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		let prune = |day| Appointments::prune(signed(STRANGER), DOCTOR, TODAY + day);
		set_time(at(32, 0, 0) - 1);
		assert_noop!(prune(1), Error::TooRecent);
		set_time(at(32, 0, 0));
		assert_noop!(prune(0), Error::NoCalendar);
		assert_ok!(prune(1));
		assert_eq!(Calendar::<Test>::iter().count(), 0);
		assert_eq!(status(id), AppointmentStatus::Booked);
		assert_noop!(prune(1), Error::NoCalendar);
		// It can still be closed.
		assert_ok!(Appointments::mark_no_show(signed(DESK), id));
	});
}

#[test]
fn too_recent() {
	story(|| {
		morning(DOCTOR);
		for day in [TODAY + 1, u64::MAX] {
			assert_noop!(Appointments::prune(signed(STRANGER), DOCTOR, day), Error::TooRecent);
		}
	});
}

#[test]
fn a_day_that_is_gone_does_not_come_back() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		set_time(at(32, 0, 0));
		assert_ok!(Appointments::prune(signed(DESK), DOCTOR, TODAY + 1));
		assert_ok!(Appointments::mark_no_show(signed(DESK), id));
		let cancelled = Appointments::cancel(signed(DESK), id, CancelReason::Other);
		assert_noop!(cancelled, Error::WrongStatus);
		assert_eq!(Calendar::<Test>::iter().count(), 0);
	});
}
