use super::*;
use frame_support::assert_noop;
use salus_primitives::PatientStatus;

fn cancel(who: u64, id: AppointmentId) -> DispatchResult {
	Appointments::cancel(signed(who), id, CancelReason::Other)
}

#[test]
fn a_cancelled_appointment_gives_its_slots_back() {
	story(|| {
		morning(DOCTOR);
		morning(NURSE);
		let id = booked(ADA, &[DOCTOR, NURSE], from(at(1, 9, 0), 30));
		assert_ok!(Appointments::cancel(signed(ADAS), id, CancelReason::Patient));
		let reason = CancelReason::Patient;
		let by = AppointmentParty::Patient;
		assert_eq!(status(id), AppointmentStatus::Cancelled { by, reason });
		assert_noted(
			ADA,
			ADAS,
			Kind::AppointmentCancelled {
				appointment: id,
				reason,
			},
		);
		booked(BEN, &[DOCTOR], from(at(1, 9, 15), 15));
		// She is free again, too.
		booked(ADA, &[NURSE], from(at(1, 9, 0), 30));
	});
}

#[test]
fn it_says_on_whose_side() {
	story(|| {
		morning(DOCTOR);
		guard();
		for (n, (who, party)) in [
			(ADAS, AppointmentParty::Patient),
			(GUARDIAN, AppointmentParty::Guardian),
			(DESK, AppointmentParty::Desk),
			(DOCTOR, AppointmentParty::Practitioner),
		]
		.into_iter()
		.enumerate()
		{
			let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0) + n as u64 * 15 * MINUTE, 15));
			assert_ok!(cancel(who, id));
			assert!(matches!(status(id), AppointmentStatus::Cancelled { by, .. } if by == party));
		}
	});
}

#[test]
fn what_becomes_free_is_offered_to_the_first() {
	story(|| {
		assert_ok!(open(DESK, DOCTOR, A, vec![from(at(1, 9, 0), 30)]));
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 30));
		let first = wished(BEN);
		let second = wished(CAT);
		assert_ok!(cancel(ADAS, id));
		assert_eq!((offered(first), offered(second)), (Some(from(at(1, 9, 0), 30)), None));
		// She leaves the list: the next.
		assert_ok!(cancel(BENS, first));
		assert_eq!(offered(second), Some(from(at(1, 9, 0), 30)));
		assert_eq!(places(DOCTOR), vec![second]);
	});
}

#[test]
fn the_desk_cancels_for_who_died() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		Patients::mutate(ADA, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(0)
		});
		assert_ok!(cancel(DESK, id));
	});
}

#[test]
fn an_arrived_patient_can_leave() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		set_time(at(1, 9, 0));
		assert_ok!(Appointments::arrive(signed(DESK), id));
		assert_ok!(cancel(ADAS, id));
	});
}

#[test]
fn wrong_status() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		assert_ok!(cancel(ADAS, id));
		assert_noop!(cancel(ADAS, id), Error::WrongStatus);
		let missed = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		let kept = booked(BEN, &[DOCTOR], from(at(1, 9, 15), 15));
		set_time(at(1, 9, 15));
		assert_ok!(Appointments::mark_no_show(signed(DESK), missed));
		assert_noop!(cancel(ADAS, missed), Error::WrongStatus);
		assert_ok!(Appointments::arrive(signed(DESK), kept));
		assert_ok!(Appointments::fulfil(signed(DESK), kept));
		assert_noop!(cancel(BENS, kept), Error::WrongStatus);
	});
}

#[test]
fn not_permitted_and_unknown_appointment() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		for who in [BENS, SURGEON, DESK_AWAY, STRANGER] {
			assert_noop!(cancel(who, id), Error::NotPermitted);
		}
		Credentials::insert((DOCTOR, A), (salus_primitives::Role::Doctor, false));
		assert_noop!(cancel(DOCTOR, id), Error::NotPermitted);
		assert_noop!(cancel(ADAS, 9), Error::UnknownAppointment);
	});
}
