use super::*;
use frame_support::assert_noop;
use salus_primitives::{PatientStatus, Role};

#[test]
fn a_booking_is_kept_as_it_was_made() {
	story(|| {
		morning(DOCTOR);
		morning(NURSE);
		let half = from(at(1, 9, 0), 30);
		let id = booked(ADA, &[DOCTOR, NURSE], half);
		assert_eq!(
			appointment(id),
			Appointment {
				patient: ADA,
				institution: A,
				practitioners: list([DOCTOR, NURSE]),
				period: half,
				mode: Mode::InPerson,
				status: AppointmentStatus::Booked,
				made_at: now(),
				made_by: ADAS,
				replaces: None,
				previous: None,
			}
		);
		for practitioner in [DOCTOR, NURSE] {
			assert_eq!(slot(practitioner, at(1, 9, 0)), Some(SlotState::Busy(id)));
			assert_eq!(slot(practitioner, at(1, 9, 15)), Some(SlotState::Busy(id)));
			assert_eq!(slot(practitioner, at(1, 9, 30)), Some(SlotState::Free));
		}
		assert_noted(ADA, ADAS, Kind::AppointmentBooked { appointment: id });
	});
}

#[test]
fn the_desks_booking_is_in_the_patients_trail() {
	story(|| {
		morning(DOCTOR);
		assert_ok!(book(DESK, ADA, &[DOCTOR], from(at(1, 9, 0), 15)));
		assert_noted(ADA, DESK, Kind::AppointmentBooked { appointment: 0 });
		assert_eq!(appointment(0).made_by, DESK);
	});
}

#[test]
fn a_guardian_in_force_books() {
	story(|| {
		morning(DOCTOR);
		assert_noop!(
			book(GUARDIAN, ADA, &[DOCTOR], from(at(1, 9, 0), 15)),
			Error::NotPermitted
		);
		guard();
		assert_ok!(book(GUARDIAN, ADA, &[DOCTOR], from(at(1, 9, 0), 15)));
		assert_noop!(
			book(GUARDIAN, BEN, &[DOCTOR], from(at(1, 9, 15), 15)),
			Error::NotPermitted
		);
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(2, 9, 0), 1)));
		set_time(at(1, 12, 0));
		assert_noop!(
			book(GUARDIAN, ADA, &[DOCTOR], from(at(2, 9, 0), 15)),
			Error::NotPermitted
		);
	});
}

#[test]
fn a_patient_without_a_device_is_booked_for() {
	story(|| {
		morning(DOCTOR);
		Patients::mutate(ADA, |patient| patient.as_mut().unwrap().controller = None);
		assert_ok!(book(DESK, ADA, &[DOCTOR], from(at(1, 9, 0), 15)));
	});
}

#[test]
fn not_permitted_by_strangers() {
	story(|| {
		morning(DOCTOR);
		for who in [BENS, DOCTOR, DESK_AWAY, STRANGER] {
			assert_noop!(book(who, ADA, &[DOCTOR], from(at(1, 9, 0), 15)), Error::NotPermitted);
		}
		Credentials::insert((DESK, A), (Role::Administrator, false));
		assert_noop!(book(DESK, ADA, &[DOCTOR], from(at(1, 9, 0), 15)), Error::NotPermitted);
	});
}

#[test]
fn four_practitioners_or_none() {
	story(|| {
		let all = [DOCTOR, SURGEON, NURSE, PHARMACIST];
		for practitioner in all {
			morning(practitioner);
		}
		booked(BEN, &[PHARMACIST], from(at(1, 9, 15), 15));
		assert_noop!(book(ADAS, ADA, &all, from(at(1, 9, 0), 30)), Error::SlotTaken);
		assert_eq!(slot(DOCTOR, at(1, 9, 0)), Some(SlotState::Free));
		let id = booked(ADA, &all, from(at(1, 9, 30), 30));
		for practitioner in all {
			assert_eq!(slot(practitioner, at(1, 9, 45)), Some(SlotState::Busy(id)));
		}
	});
}

#[test]
fn slots_of_other_lengths_make_up_the_same_time() {
	story(|| {
		morning(DOCTOR);
		assert_ok!(open(DESK, NURSE, A, vec![from(at(1, 9, 0), 60)]));
		assert_noop!(book(ADAS, ADA, &[DOCTOR, NURSE], from(at(1, 9, 0), 30)), Error::NoSlot);
		booked(ADA, &[DOCTOR, NURSE], from(at(1, 9, 0), 60));
	});
}

#[test]
fn unknown_patient() {
	story(|| {
		assert_noop!(book(ADAS, 9, &[DOCTOR], from(at(1, 9, 0), 15)), Error::UnknownPatient);
	});
}

#[test]
fn patient_not_active() {
	story(|| {
		morning(DOCTOR);
		for status in [PatientStatus::Deceased(0), PatientStatus::MergedInto(BEN)] {
			Patients::mutate(ADA, |patient| patient.as_mut().unwrap().status = status);
			assert_noop!(
				book(ADAS, ADA, &[DOCTOR], from(at(1, 9, 0), 15)),
				Error::PatientNotActive
			);
		}
	});
}

#[test]
fn foreign_patient() {
	story(|| {
		morning(DOCTOR);
		assert_noop!(book(FAYS, FAY, &[DOCTOR], from(at(1, 9, 0), 15)), Error::ForeignPatient);
		assert_noop!(book(DESK, FAY, &[DOCTOR], from(at(1, 9, 0), 15)), Error::ForeignPatient);
	});
}

#[test]
fn unknown_institution() {
	story(|| {
		Patients::mutate(ADA, |patient| patient.as_mut().unwrap().institution = 9);
		let practitioners = list([DOCTOR]);
		let period = from(at(1, 9, 0), 15);
		assert_noop!(
			Appointments::book(signed(ADAS), ADA, 9, practitioners, period, Mode::Tele),
			Error::UnknownInstitution
		);
	});
}

#[test]
fn a_suspended_institution_or_practitioner() {
	story(|| {
		morning(DOCTOR);
		let quarter = from(at(1, 9, 0), 15);
		Institutions::insert(A, false);
		assert_noop!(book(ADAS, ADA, &[DOCTOR], quarter), Error::InstitutionInactive);
		Institutions::insert(A, true);
		Credentials::insert((DOCTOR, A), (Role::Doctor, false));
		assert_noop!(book(ADAS, ADA, &[DOCTOR], quarter), Error::PractitionerInactive);
		Credentials::insert((DOCTOR, A), (Role::Auditor, true));
		assert_noop!(book(ADAS, ADA, &[DOCTOR], quarter), Error::NotAPractitioner);
		Credentials::remove((DOCTOR, A));
		assert_noop!(book(ADAS, ADA, &[DOCTOR], quarter), Error::NoCredential);
	});
}

#[test]
fn no_practitioner_and_duplicate_practitioner() {
	story(|| {
		morning(DOCTOR);
		let quarter = from(at(1, 9, 0), 15);
		assert_noop!(book(ADAS, ADA, &[], quarter), Error::NoPractitioner);
		assert_noop!(
			book(ADAS, ADA, &[DOCTOR, DOCTOR], quarter),
			Error::DuplicatePractitioner
		);
	});
}

#[test]
fn in_past() {
	story(|| {
		morning(DOCTOR);
		set_time(at(1, 9, 0));
		booked(ADA, &[DOCTOR], from(at(1, 9, 0), 15));
		set_time(at(1, 9, 15) + 1);
		assert_noop!(book(BENS, BEN, &[DOCTOR], from(at(1, 9, 15), 15)), Error::InPast);
	});
}

#[test]
fn period_inverted_and_too_long() {
	story(|| {
		morning(DOCTOR);
		let inverted = Period::new(at(1, 9, 15), at(1, 9, 0));
		assert_noop!(book(ADAS, ADA, &[DOCTOR], inverted), Error::PeriodInverted);
		assert_noop!(book(ADAS, ADA, &[DOCTOR], from(at(1, 9, 0), 0)), Error::PeriodInverted);
		assert_noop!(
			book(ADAS, ADA, &[DOCTOR], from(at(1, 9, 0), 24 * 60 + 1)),
			Error::TooLong
		);
		assert_noop!(book(ADAS, ADA, &[DOCTOR], Period::new(0, u64::MAX)), Error::TooLong);
	});
}

#[test]
fn no_slot_outside_opening_hours() {
	story(|| {
		morning(DOCTOR);
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(1, 13, 0), 1)));
		assert_ok!(open(DESK_AWAY, DOCTOR, B, quarters(at(1, 12, 0), 4)));
		for period in [
			from(at(1, 8, 45), 15),
			from(at(1, 8, 45), 30),
			// Another hospital's time.
			from(at(1, 11, 45), 30),
			from(at(1, 11, 45), 90),
			// Parts of slots.
			from(at(1, 9, 5), 10),
			from(at(1, 9, 0), 10),
			from(at(1, 9, 0), 20),
			from(at(2, 9, 0), 15),
		] {
			assert_noop!(book(ADAS, ADA, &[DOCTOR], period), Error::NoSlot);
		}
		assert_noop!(book(ADAS, ADA, &[SURGEON], from(at(1, 9, 0), 15)), Error::NoSlot);
	});
}

#[test]
fn an_appointment_takes_32_slots_and_no_more() {
	story(|| {
		let slots = (0..40).map(|n| from(at(1, 22, 0) + n * 10 * MINUTE, 10));
		assert_ok!(open(DESK, DOCTOR, A, slots.collect()));
		assert_noop!(book(ADAS, ADA, &[DOCTOR], from(at(1, 22, 0), 330)), Error::TooManySlots);
		// Over midnight.
		let id = booked(ADA, &[DOCTOR], from(at(1, 22, 0), 320));
		assert_eq!(slot(DOCTOR, at(2, 3, 10)), Some(SlotState::Busy(id)));
		assert_eq!(slot(DOCTOR, at(2, 3, 20)), Some(SlotState::Free));
	});
}

#[test]
fn the_last_slot_goes_to_one_and_the_others_get_slot_taken() {
	story(|| {
		assert_ok!(open(DESK, DOCTOR, A, vec![from(at(1, 9, 0), 15)]));
		let last = from(at(1, 9, 0), 15);
		assert_ok!(book(BENS, BEN, &[DOCTOR], last));
		for (who, patient) in [(ADAS, ADA), (CATS, CAT), (DESK, ADA), (BENS, BEN)] {
			assert_noop!(book(who, patient, &[DOCTOR], last), Error::SlotTaken);
		}
	});
}

#[test]
fn patient_overlaps() {
	story(|| {
		morning(DOCTOR);
		morning(SURGEON);
		booked(ADA, &[DOCTOR], from(at(1, 9, 0), 30));
		assert_noop!(
			book(ADAS, ADA, &[SURGEON], from(at(1, 9, 15), 30)),
			Error::PatientOverlaps
		);
		assert_noop!(
			book(DESK, ADA, &[SURGEON], from(at(1, 9, 0), 60)),
			Error::PatientOverlaps
		);
		booked(ADA, &[SURGEON], from(at(1, 9, 30), 15));
		booked(BEN, &[SURGEON], from(at(1, 9, 15), 15));
	});
}

#[test]
fn too_many_appointments() {
	story(|| {
		morning(DOCTOR);
		assert_ok!(open(DESK, DOCTOR, A, quarters(at(2, 9, 0), 12)));
		for n in 0..8 {
			booked(ADA, &[DOCTOR], from(at(1, 9, 0) + n * 15 * MINUTE, 15));
			booked(ADA, &[DOCTOR], from(at(2, 9, 0) + n * 15 * MINUTE, 15));
		}
		let more = from(at(2, 11, 0), 15);
		assert_noop!(book(ADAS, ADA, &[DOCTOR], more), Error::TooManyAppointments);
		// What is past is not before her.
		set_time(at(1, 9, 15));
		booked(ADA, &[DOCTOR], more);
	});
}

#[test]
fn ids_exhausted() {
	world().execute_with(|| {
		morning(DOCTOR);
		NextAppointment::<Test>::put(u64::MAX);
		assert_noop!(book(ADAS, ADA, &[DOCTOR], from(at(1, 9, 0), 15)), Error::IdsExhausted);
	});
}
