//! Patients whose id was merged.

use super::{
	consultations::{join, on_screen},
	*,
};
use salus_primitives::{Basis, Decision};

fn merge(from: PatientId, into: PatientId) {
	Patients::mutate(from, |kept| {
		kept.as_mut().unwrap().status = PatientStatus::MergedInto(into)
	});
}

/// Ada and Ben turn out to be one person, with two appointments at nine.
fn two_at_nine() -> (AppointmentId, AppointmentId) {
	mornings();
	let first = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 30));
	merge(ADA, BEN);
	let second = booked(BEN, &[NURSE], from(at(1, 9, 15), 15));
	set_time(at(1, 9, 0));
	(first, second)
}

#[test]
fn of_two_appointments_of_a_merged_patient_one_takes_place() {
	story(|| {
		let (first, second) = two_at_nine();
		assert_noop!(Appointments::arrive(signed(DESK), first), Error::PatientOverlaps);
		// Either goes; she cancels it by the key she has left.
		assert_ok!(Appointments::cancel(signed(BENS), second, CancelReason::Patient));
		assert_ok!(Appointments::arrive(signed(DESK), first));
		assert_noop!(
			book(BENS, BEN, &[NURSE], from(at(1, 9, 15), 15)),
			Error::PatientOverlaps
		);
		booked(BEN, &[NURSE], from(at(1, 9, 30), 15));
		assert_ok!(Appointments::fulfil(signed(DESK), first));
		booked(BEN, &[NURSE], from(at(1, 9, 15), 15));
	});
}

#[test]
fn who_arrived_before_the_merge_is_not_seen_twice() {
	story(|| {
		mornings();
		let first = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 30));
		set_time(at(1, 9, 0));
		assert_ok!(Appointments::arrive(signed(DESK), first));
		merge(ADA, BEN);
		let second = booked(BEN, &[NURSE], from(at(1, 9, 15), 15));
		assert_ok!(Appointments::arrive(signed(DESK), second));
		assert_noop!(Appointments::fulfil(signed(DESK), first), Error::PatientOverlaps);
		assert_ok!(Appointments::cancel(signed(DESK), second, CancelReason::Other));
		assert_ok!(Appointments::fulfil(signed(DESK), first));
	});
}

#[test]
fn who_was_merged_twice_is_one_person_too() {
	story(|| {
		let (first, second) = two_at_nine();
		merge(BEN, CAT);
		let third = booked(CAT, &[SURGEON], from(at(1, 9, 0), 15));
		assert_noop!(Appointments::arrive(signed(DESK), first), Error::PatientOverlaps);
		assert_ok!(Appointments::arrive(signed(DESK), second));
		assert_ok!(Appointments::cancel(signed(CATS), third, CancelReason::Patient));
		assert_noop!(Appointments::arrive(signed(DESK), first), Error::PatientOverlaps);
		assert_ok!(Appointments::cancel(signed(CATS), first, CancelReason::Patient));
		set_time(at(1, 9, 15));
		assert_ok!(Appointments::fulfil(signed(DESK), second));
	});
}

#[test]
fn a_merge_that_is_taken_back_leaves_her_time_until_it_is_past() {
	story(|| {
		mornings();
		let first = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 30));
		merge(ADA, BEN);
		set_time(at(1, 9, 0));
		assert_ok!(Appointments::arrive(signed(DESK), first));
		Patients::insert(ADA, patient_of(ADAS, A));
		assert_ok!(Appointments::fulfil(signed(DESK), first));
		let other = from(at(1, 9, 15), 15);
		assert_noop!(book(BENS, BEN, &[NURSE], other), Error::PatientOverlaps);
		set_time(at(1, 9, 30));
		booked(BEN, &[NURSE], from(at(1, 9, 30), 15));
		assert!(crate::Agendas::<Test>::get(BEN).carried.is_empty());
	});
}

#[test]
fn who_goes_on_under_another_id_joins_by_its_key() {
	story(|| {
		let id = on_screen();
		merge(ADA, BEN);
		judge(|_| Decision::Permit(Basis::Subject));
		assert_ok!(join(BENS, id, None, 1));
		assert_eq!(status(id), AppointmentStatus::Arrived);
		morning(NURSE);
		assert_noop!(
			book(BENS, BEN, &[NURSE], from(at(1, 9, 15), 15)),
			Error::PatientOverlaps
		);
		assert_ok!(Appointments::end_consultation(signed(BENS), id));
	});
}

#[test]
fn a_day_that_is_cancelled_frees_her_under_her_other_id_too() {
	story(|| {
		let (first, second) = two_at_nine();
		assert_ok!(Appointments::cancel(signed(BENS), second, CancelReason::Patient));
		set_time(at(1, 8, 0));
		assert_ok!(Appointments::arrive(signed(DESK), first));
		let day = Period::new(at(1, 0, 0), at(2, 0, 0));
		assert_ok!(Appointments::cancel_day(signed(DESK), DOCTOR, A, day, 96, list([])));
		booked(BEN, &[NURSE], from(at(1, 9, 0), 30));
	});
}
