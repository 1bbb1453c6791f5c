use super::*;
use crate::MAX_WISHES;
use frame_support::assert_noop;
use salus_primitives::Role;

#[test]
fn a_proposal_is_a_place_on_the_list() {
	story(|| {
		let id = wished(ADA);
		let wanted = Period::new(now(), now() + 10 * DAY);
		let proposed = appointment(id);
		assert_eq!(
			(proposed.status, proposed.period),
			(AppointmentStatus::Proposed, wanted)
		);
		assert_eq!(
			on_list(DOCTOR),
			vec![Wish {
				appointment: id,
				patient: ADA,
				institution: A,
				displaced: false,
				priority: Priority::Routine,
				since: now(),
				wanted,
				length: 30 * MINUTE,
				offer: None,
			}]
		);
		assert_noted(ADA, ADAS, Kind::AppointmentProposed { appointment: id });
	});
}

#[test]
fn by_priority_and_then_by_time() {
	story(|| {
		let first = wished(ADA);
		set_time(at(0, 9, 0));
		let second = wished(BEN);
		let urgent = NextAppointment::<Test>::get();
		assert_ok!(wish(DESK, CAT, Priority::Urgent));
		assert_eq!(places(DOCTOR), vec![urgent, first, second]);
	});
}

#[test]
fn priority_by_desk_only() {
	story(|| {
		for priority in [Priority::Stat, Priority::Asap, Priority::Urgent] {
			assert_noop!(wish(ADAS, ADA, priority), Error::PriorityByDeskOnly);
		}
	});
}

#[test]
fn already_waiting() {
	story(|| {
		let id = wished(ADA);
		assert_noop!(wish(DESK, ADA, Priority::Stat), Error::AlreadyWaiting);
		assert_ok!(Appointments::cancel(signed(ADAS), id, CancelReason::Patient));
		wished(ADA);
	});
}

#[test]
fn waiting_list_full() {
	story(|| {
		for patient in 100..132 {
			Patients::insert(patient, patient_of(patient, A));
			assert_ok!(wish(DESK, patient, Priority::Routine));
		}
		assert_noop!(wish(DESK, ADA, Priority::Stat), Error::WaitingListFull);
		// Wishes that can't come true any more go out.
		set_time(now() + 10 * DAY);
		wished(ADA);
		assert_eq!(places(DOCTOR).len(), 1);
	});
}

#[test]
fn too_many_wishes() {
	story(|| {
		let wait_for = |practitioner| {
			let wanted = Period::new(now(), now() + DAY);
			let (priority, mode) = (Priority::Routine, Mode::Tele);
			Appointments::propose(signed(ADAS), ADA, A, practitioner, wanted, HOUR, priority, mode)
		};
		let practitioners = 200..=200 + MAX_WISHES as u64;
		for practitioner in practitioners.clone() {
			Credentials::insert((practitioner, A), (Role::Doctor, true));
		}
		let last = *practitioners.end();
		for practitioner in practitioners.take(MAX_WISHES) {
			assert_ok!(wait_for(practitioner));
		}
		assert_noop!(wait_for(last), Error::TooManyWishes);
		set_time(now() + DAY);
		assert_ok!(wait_for(last));
	});
}

#[test]
fn wishes_that_nobody_can_grant() {
	story(|| {
		fn refused(wanted: Period, length: Moment, error: Error) {
			assert_noop!(wish_for(ADAS, ADA, wanted, length, Priority::Routine), error);
		}
		let week = Period::new(now(), now() + 7 * DAY);
		refused(Period::new(now(), now()), 0, Error::PeriodInverted);
		refused(Period::new(now() - 2, now()), 1, Error::InPast);
		refused(Period::new(now(), now() + 400 * DAY + 1), HOUR, Error::TooFarAhead);
		refused(week, DAY + 1, Error::TooLong);
		refused(week, 0, Error::LengthImpossible);
		refused(from(now(), 30), HOUR, Error::LengthImpossible);
		assert_ok!(wish_for(ADAS, ADA, from(now(), 60), HOUR, Priority::Routine));
	});
}

#[test]
fn it_asks_what_a_booking_asks() {
	story(|| {
		assert_noop!(wish(BENS, ADA, Priority::Routine), Error::NotPermitted);
		assert_noop!(wish(DESK_AWAY, ADA, Priority::Routine), Error::NotPermitted);
		assert_noop!(wish(ADAS, 9, Priority::Routine), Error::UnknownPatient);
		assert_noop!(wish(FAYS, FAY, Priority::Routine), Error::ForeignPatient);
		Credentials::insert((DOCTOR, A), (Role::Doctor, false));
		assert_noop!(wish(ADAS, ADA, Priority::Routine), Error::PractitionerInactive);
		Institutions::insert(A, false);
		assert_noop!(wish(ADAS, ADA, Priority::Routine), Error::InstitutionInactive);
	});
}

#[test]
fn ids_exhausted() {
	world().execute_with(|| {
		NextAppointment::<Test>::put(u64::MAX);
		assert_noop!(wish(ADAS, ADA, Priority::Routine), Error::IdsExhausted);
	});
}
