//! `arrive`, `fulfil` and `mark_no_show`.

use super::*;
use frame_support::assert_noop;

type Call = fn(RuntimeOrigin, AppointmentId) -> DispatchResult;

const STEPS: [Call; 3] = [Appointments::arrive, Appointments::fulfil, Appointments::mark_no_show];

fn at_nine() -> AppointmentId {
	morning(DOCTOR);
	booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15))
}

#[test]
fn she_arrives_and_is_seen() {
	story(|| {
		let id = at_nine();
		set_time(at(1, 8, 50));
		assert_ok!(Appointments::arrive(signed(DESK), id));
		assert_eq!(status(id), AppointmentStatus::Arrived);
		assert_noted(ADA, DESK, Kind::AppointmentArrived { appointment: id });
		set_time(at(1, 9, 5));
		assert_ok!(Appointments::fulfil(signed(DOCTOR), id));
		assert_eq!(status(id), AppointmentStatus::Fulfilled);
		assert_noted(ADA, DOCTOR, Kind::AppointmentFulfilled { appointment: id });
		assert!(crate::Agendas::<Test>::get(ADA).engagements.is_empty());
		// The slot stays hers.
		assert_eq!(slot(DOCTOR, at(1, 9, 0)), Some(SlotState::Busy(id)));
	});
}

#[test]
fn she_never_came() {
	story(|| {
		let id = at_nine();
		set_time(at(1, 9, 20));
		assert_ok!(Appointments::mark_no_show(signed(DOCTOR), id));
		assert_eq!(status(id), AppointmentStatus::NoShow);
		assert_noted(ADA, DOCTOR, Kind::AppointmentNoShow { appointment: id });
	});
}

#[test]
fn too_early() {
	story(|| {
		let id = at_nine();
		set_time(at(1, 5, 0) - 1);
		assert_noop!(Appointments::arrive(signed(DESK), id), Error::TooEarly);
		set_time(at(1, 5, 0));
		assert_noop!(Appointments::mark_no_show(signed(DESK), id), Error::TooEarly);
		assert_ok!(Appointments::arrive(signed(DESK), id));
		set_time(at(1, 9, 0) - 1);
		assert_noop!(Appointments::fulfil(signed(DESK), id), Error::TooEarly);
		set_time(at(1, 9, 0));
		assert_ok!(Appointments::fulfil(signed(DESK), id));
	});
}

#[test]
fn every_other_transition_is_wrong_status() {
	use AppointmentStatus::*;
	let cancelled = Cancelled {
		by: AppointmentParty::Patient,
		reason: CancelReason::Patient,
	};
	world().execute_with(|| {
		let id = at_nine();
		set_time(at(1, 9, 0));
		for (from, allowed) in [
			(Proposed, [false; 3]),
			(Booked, [true, false, true]),
			(Arrived, [false, true, false]),
			(Fulfilled, [false; 3]),
			(cancelled, [false; 3]),
			(NoShow, [false; 3]),
		] {
			for (step, allowed) in STEPS.into_iter().zip(allowed) {
				set_status(id, from);
				if allowed {
					assert_ok!(step(signed(DESK), id));
				} else {
					assert_noop!(step(signed(DESK), id), Error::WrongStatus);
				}
			}
		}
	});
}

#[test]
fn not_permitted_and_unknown_appointment() {
	story(|| {
		let id = at_nine();
		guard();
		set_time(at(1, 9, 0));
		for step in STEPS {
			for who in [ADAS, GUARDIAN, SURGEON, DESK_AWAY, STRANGER] {
				assert_noop!(step(signed(who), id), Error::NotPermitted);
			}
			assert_noop!(step(signed(DESK), 9), Error::UnknownAppointment);
		}
		Credentials::insert((DOCTOR, A), (salus_primitives::Role::Doctor, false));
		assert_noop!(Appointments::arrive(signed(DOCTOR), id), Error::NotPermitted);
	});
}
