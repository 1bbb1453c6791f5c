use super::*;
use frame_support::assert_noop;
use salus_primitives::Role;

fn reschedule(who: u64, id: AppointmentId, practitioners: &[u64], period: Period) -> DispatchResult {
	Appointments::reschedule(signed(who), id, list(practitioners.to_vec()), period)
}

#[test]
fn all_slots_change_or_none() {
	story(|| {
		for practitioner in [DOCTOR, SURGEON, NURSE] {
			morning(practitioner);
		}
		let id = booked(ADA, &[DOCTOR, SURGEON], from(at(1, 9, 0), 30));
		booked(BEN, &[NURSE], from(at(1, 10, 15), 15));
		assert_noop!(
			reschedule(ADAS, id, &[DOCTOR, NURSE], from(at(1, 10, 0), 30)),
			Error::SlotTaken
		);
		let later = from(at(1, 11, 0), 45);
		assert_ok!(reschedule(ADAS, id, &[DOCTOR, NURSE], later));
		let moved = appointment(id);
		assert_eq!((moved.period, moved.practitioners), (later, list([DOCTOR, NURSE])));
		assert_eq!(slot(DOCTOR, at(1, 9, 0)), Some(SlotState::Free));
		assert_eq!(slot(SURGEON, at(1, 9, 15)), Some(SlotState::Free));
		assert_eq!(slot(NURSE, at(1, 11, 30)), Some(SlotState::Busy(id)));
		assert_noted(ADA, ADAS, Kind::AppointmentRescheduled { appointment: id });
	});
}

#[test]
fn an_appointment_moves_into_its_own_time() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 30));
		assert_ok!(reschedule(DESK, id, &[DOCTOR], from(at(1, 9, 15), 30)));
		assert_eq!(slot(DOCTOR, at(1, 9, 0)), Some(SlotState::Free));
		assert_eq!(slot(DOCTOR, at(1, 9, 30)), Some(SlotState::Busy(id)));
	});
}

#[test]
fn what_becomes_free_is_offered() {
	story(|| {
		assert_ok!(open(
			DESK,
			DOCTOR,
			A,
			vec![from(at(1, 9, 0), 30), from(at(1, 11, 0), 15)]
		));
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 30));
		let waits = wished(BEN);
		assert_ok!(reschedule(ADAS, id, &[DOCTOR], from(at(1, 11, 0), 15)));
		assert_eq!(offered(waits), Some(from(at(1, 9, 0), 30)));
	});
}

#[test]
fn not_permitted_and_unknown_appointment() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		for who in [BENS, DOCTOR, DESK_AWAY, STRANGER] {
			assert_noop!(
				reschedule(who, id, &[DOCTOR], from(at(1, 10, 0), 15)),
				Error::NotPermitted
			);
		}
		assert_noop!(
			reschedule(ADAS, 9, &[DOCTOR], from(at(1, 10, 0), 15)),
			Error::UnknownAppointment
		);
	});
}

#[test]
fn wrong_status() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		let proposal = wished(BEN);
		let later = from(at(1, 10, 0), 15);
		assert_noop!(reschedule(BENS, proposal, &[DOCTOR], later), Error::WrongStatus);
		set_time(at(1, 8, 0));
		assert_ok!(Appointments::arrive(signed(DESK), id));
		assert_noop!(reschedule(ADAS, id, &[DOCTOR], later), Error::WrongStatus);
		assert_ok!(Appointments::cancel(signed(ADAS), id, CancelReason::Patient));
		assert_noop!(reschedule(ADAS, id, &[DOCTOR], later), Error::WrongStatus);
	});
}

#[test]
fn already_begun() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		set_time(at(1, 9, 0));
		assert_noop!(
			reschedule(ADAS, id, &[DOCTOR], from(at(1, 10, 0), 15)),
			Error::AlreadyBegun
		);
	});
}

#[test]
fn consultation_begun() {
	story(|| {
		morning(DOCTOR);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		make_tele(id);
		Consents::insert((ADA, DOCTOR), 1);
		set_time(at(1, 8, 50));
		assert_ok!(Appointments::join(signed(DOCTOR), id, Some(A), Default::default()));
		assert_noop!(
			reschedule(ADAS, id, &[DOCTOR], from(at(1, 10, 0), 15)),
			Error::ConsultationBegun
		);
	});
}

#[test]
fn it_asks_what_a_booking_asks() {
	story(|| {
		morning(DOCTOR);
		morning(SURGEON);
		let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		booked(ADA, &[SURGEON], from(at(1, 10, 0), 15));
		assert_noop!(
			reschedule(ADAS, id, &[DOCTOR], from(at(1, 9, 45), 30)),
			Error::PatientOverlaps
		);
		assert_noop!(reschedule(ADAS, id, &[DOCTOR], from(at(0, 7, 0), 15)), Error::InPast);
		assert_noop!(reschedule(ADAS, id, &[], from(at(1, 9, 0), 15)), Error::NoPractitioner);
		Credentials::insert((SURGEON, A), (Role::Doctor, false));
		assert_noop!(
			reschedule(ADAS, id, &[SURGEON], from(at(1, 9, 0), 15)),
			Error::PractitionerInactive
		);
	});
}
