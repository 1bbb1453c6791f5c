//! `accept`, `decline` and `offer`.

use super::*;
use frame_support::assert_noop;

/// One half-hour tomorrow, and two who wait.
fn half_an_hour() -> (AppointmentId, AppointmentId, Period) {
	let waiting = (wished(ADA), wished(BEN));
	let half = from(at(1, 9, 0), 30);
	assert_ok!(open(DESK, DOCTOR, A, vec![half]));
	(waiting.0, waiting.1, half)
}

fn accept(who: u64, id: AppointmentId) -> DispatchResult {
	Appointments::accept(signed(who), id)
}

fn decline(who: u64, id: AppointmentId) -> DispatchResult {
	Appointments::decline(signed(who), id)
}

fn offer_day(who: u64, day: u64) -> DispatchResult {
	Appointments::offer(signed(who), DOCTOR, A, TODAY + day)
}

#[test]
fn an_offer_is_accepted() {
	story(|| {
		let (first, second, half) = half_an_hour();
		assert_ok!(accept(ADAS, first));
		let accepted = appointment(first);
		assert_eq!((accepted.status, accepted.period), (AppointmentStatus::Booked, half));
		assert_eq!(slot(DOCTOR, half.start), Some(SlotState::Busy(first)));
		assert_eq!(places(DOCTOR), vec![second]);
		assert_noted(ADA, ADAS, Kind::AppointmentBooked { appointment: first });
	});
}

#[test]
fn who_declines_keeps_her_place() {
	story(|| {
		let (first, second, half) = half_an_hour();
		assert_ok!(decline(ADAS, first));
		assert_eq!((offered(first), offered(second)), (None, Some(half)));
		assert_eq!(places(DOCTOR), vec![first, second]);
		assert_ok!(decline(BENS, second));
		assert_eq!(offered(first), Some(half));
	});
}

#[test]
fn no_offer() {
	story(|| {
		let (first, second, _) = half_an_hour();
		assert_noop!(accept(BENS, second), Error::NoOffer);
		assert_noop!(decline(BENS, second), Error::NoOffer);
		// A day later the offer has lapsed.
		set_time(at(1, 8, 0));
		assert_noop!(accept(ADAS, first), Error::NoOffer);
		assert_noop!(decline(ADAS, first), Error::NoOffer);
	});
}

#[test]
fn a_lapsed_offer_is_anybodys() {
	story(|| {
		let (_, _, half) = half_an_hour();
		assert_noop!(book(CATS, CAT, &[DOCTOR], half), Error::SlotHeld);
		set_time(at(1, 8, 0));
		booked(CAT, &[DOCTOR], half);
	});
}

#[test]
fn a_lapsed_offer_can_be_made_again() {
	story(|| {
		let first = wished(ADA);
		let half = from(at(2, 9, 0), 30);
		assert_ok!(open(DESK, DOCTOR, A, vec![half]));
		set_time(at(1, 12, 0));
		assert_ok!(offer_day(DESK, 2));
		assert_eq!(offered(first), Some(half));
		// Until it begins.
		assert_eq!(on_list(DOCTOR)[0].offer.unwrap().until, half.start);
	});
}

#[test]
fn what_is_offered_is_accepted_or_declined() {
	story(|| {
		let (first, _, half) = half_an_hour();
		assert_noop!(book(ADAS, ADA, &[DOCTOR], half), Error::SlotOffered);
		assert_noop!(hold(ADAS, ADA, &[DOCTOR], half), Error::SlotOffered);
		assert_noop!(release(ADAS, ADA, &[DOCTOR], half), Error::NotHeld);
		assert_ok!(accept(ADAS, first));
	});
}

#[test]
fn who_is_elsewhere_at_that_time_cannot_accept() {
	story(|| {
		morning(NURSE);
		booked(ADA, &[NURSE], from(at(1, 9, 0), 15));
		let (first, _, _) = half_an_hour();
		assert_noop!(accept(ADAS, first), Error::PatientOverlaps);
	});
}

#[test]
fn an_offer_is_as_it_was_wished() {
	story(|| {
		let wanted = Period::new(at(1, 9, 30), at(1, 11, 0));
		let id = NextAppointment::<Test>::get();
		assert_ok!(wish_for(ADAS, ADA, wanted, HOUR, Priority::Routine));
		// Too early, too short, with a gap, elsewhere, too late.
		assert_ok!(open(
			DESK,
			DOCTOR,
			A,
			vec![from(at(1, 9, 0), 60), from(at(1, 10, 0), 15)]
		));
		assert_ok!(open(
			DESK,
			DOCTOR,
			A,
			vec![from(at(1, 10, 20), 40), from(at(1, 11, 0), 60)]
		));
		assert_eq!(offered(id), None);
		assert_ok!(Appointments::block(signed(DESK), DOCTOR, A, wanted));
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(2, 9, 0), 4)));
		assert_eq!(offered(id), None);
		let id = NextAppointment::<Test>::get();
		assert_ok!(wish_for(
			BENS,
			BEN,
			Period::new(now(), at(3, 0, 0)),
			HOUR,
			Priority::Routine
		));
		assert_ok!(offer_day(DOCTOR, 2));
		assert_eq!(offered(id), Some(from(at(2, 9, 0), 60)));
	});
}

#[test]
fn who_is_offered_something_is_offered_nothing_else() {
	story(|| {
		let (first, second, _) = half_an_hour();
		let held = offered(first);
		morning_of(2);
		assert_eq!(offered(first), held);
		assert_eq!(offered(second), Some(from(at(2, 9, 0), 30)));
	});
}

fn morning_of(day: u64) {
	assert_ok!(open(DESK, DOCTOR, A, quarters(at(day, 9, 0), 12)));
}

#[test]
fn nothing_offered() {
	story(|| {
		morning_of(1);
		assert_noop!(offer_day(DESK, 1), Error::NothingOffered);
		wished(ADA);
		assert_noop!(offer_day(DESK, 2), Error::NothingOffered);
		assert_ok!(offer_day(DESK, 1));
		assert_noop!(offer_day(DESK, 1), Error::NothingOffered);
		assert_noop!(
			Appointments::offer(signed(DESK), DOCTOR, A, u64::MAX),
			Error::NothingOffered
		);
	});
}

#[test]
fn wrong_status_and_strangers() {
	story(|| {
		let (first, _, _) = half_an_hour();
		for who in [BENS, DOCTOR, DESK_AWAY, STRANGER] {
			assert_noop!(accept(who, first), Error::NotPermitted);
			assert_noop!(decline(who, first), Error::NotPermitted);
		}
		for who in [ADAS, SURGEON, DESK_AWAY, STRANGER] {
			assert_noop!(offer_day(who, 1), Error::NotPermitted);
		}
		assert_noop!(accept(ADAS, 9), Error::UnknownAppointment);
		assert_noop!(decline(ADAS, 9), Error::UnknownAppointment);
		assert_ok!(accept(DESK, first));
		assert_noop!(accept(ADAS, first), Error::WrongStatus);
		assert_noop!(decline(ADAS, first), Error::WrongStatus);
	});
}

#[test]
fn a_suspended_doctors_offer_cannot_be_accepted() {
	story(|| {
		let (first, _, _) = half_an_hour();
		Credentials::insert((DOCTOR, A), (salus_primitives::Role::Doctor, false));
		assert_noop!(accept(ADAS, first), Error::PractitionerInactive);
	});
}
