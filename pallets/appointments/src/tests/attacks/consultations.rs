//! Tele-consultations.

use super::*;
use salus_primitives::{Basis, Decision};
use sp_core::H256;

/// A tele-consultation of Ada's with the doctor at nine tomorrow, to which she has consented. It is a quarter to.
pub fn on_screen() -> AppointmentId {
	morning(DOCTOR);
	let id = booked(ADA, &[DOCTOR], from(at(1, 9, 0), 30));
	make_tele(id);
	Consents::insert((ADA, DOCTOR), 4);
	set_time(at(1, 8, 45));
	id
}

pub fn join(who: u64, id: AppointmentId, institution: Option<InstitutionId>, session: u8) -> DispatchResult {
	Appointments::join(signed(who), id, institution, H256::repeat_byte(session))
		.map(drop)
		.map_err(|error| error.error)
}

#[test]
fn a_guest_neither_begins_a_consultation_nor_ends_it() {
	story(|| {
		let id = on_screen();
		// A caregiver whom a grant lets view encounters.
		judge(|_| Decision::Permit(Basis::Grant(1)));
		assert_noop!(join(STRANGER, id, None, 1), Error::NoConsultation);
		assert_ok!(join(DOCTOR, id, Some(A), 2));
		assert_ok!(join(STRANGER, id, None, 2));
		assert_noop!(
			Appointments::end_consultation(signed(STRANGER), id),
			Error::NotPermitted
		);
		assert_ok!(join(ADAS, id, None, 2));
		assert_ok!(Appointments::end_consultation(signed(ADAS), id));
	});
}

#[test]
fn who_ends_a_consultation_too_soon_ends_it_for_a_while() {
	story(|| {
		let id = on_screen();
		assert_ok!(join(ADAS, id, None, 1));
		assert_ok!(Appointments::end_consultation(signed(ADAS), id));
		set_time(at(1, 9, 0));
		assert_noop!(
			Appointments::end_consultation(signed(ADAS), id),
			Error::ConsultationOver
		);
		// Another session, with another key.
		assert_ok!(join(DOCTOR, id, Some(A), 2));
		assert_noop!(join(ADAS, id, None, 1), Error::SessionDiffers);
		assert_ok!(join(ADAS, id, None, 2));
		let log = Appointments::consultation(id).unwrap();
		assert_eq!((log.started_at, log.ended_at), (at(1, 9, 0), None));
		assert_eq!(log.participants.len(), 2);
		// What was before stands in the trail.
		let kinds: Vec<_> = Entries::get(ADA).unwrap().into_iter().map(|entry| entry.kind).collect();
		let (joined, ended) = (
			Kind::ConsultationJoined { appointment: id },
			Kind::ConsultationEnded { appointment: id },
		);
		assert_eq!(kinds[1..], [joined.clone(), ended, joined.clone(), joined]);
	});
}

#[test]
fn a_guest_begins_no_second_session_either() {
	story(|| {
		let id = on_screen();
		judge(|_| Decision::Permit(Basis::Grant(1)));
		assert_ok!(join(DOCTOR, id, Some(A), 1));
		assert_ok!(Appointments::end_consultation(signed(DOCTOR), id));
		assert_noop!(join(STRANGER, id, None, 2), Error::NoConsultation);
	});
}

#[test]
fn a_consultation_is_not_ended_months_later() {
	story(|| {
		let id = on_screen();
		assert_ok!(join(DOCTOR, id, Some(A), 1));
		set_time(at(1, 13, 30));
		assert_noop!(Appointments::end_consultation(signed(DOCTOR), id), Error::TooLate);
		set_time(at(1, 13, 30) - 1);
		assert_ok!(Appointments::end_consultation(signed(DOCTOR), id));
	});
}

#[test]
fn who_does_not_practise_any_more_ends_no_consultation() {
	story(|| {
		let id = on_screen();
		assert_ok!(join(DOCTOR, id, Some(A), 1));
		Credentials::insert((DOCTOR, A), (salus_primitives::Role::Doctor, false));
		assert_noop!(Appointments::end_consultation(signed(DOCTOR), id), Error::NotPermitted);
	});
}

#[test]
fn a_practitioner_joins_where_the_appointment_is() {
	story(|| {
		let id = on_screen();
		judge(|_| Decision::Permit(Basis::Grant(1)));
		assert_noop!(join(DOCTOR, id, Some(B), 1), Error::NotAParticipant);
		assert_ok!(join(DOCTOR, id, Some(A), 1));
	});
}

#[test]
fn whoever_made_an_appointment_is_not_its_author() {
	story(|| {
		let id = on_screen();
		// She has no device, and the doctor made the appointment, as he does by cancelling a day.
		Patients::mutate(ADA, |patient| patient.as_mut().unwrap().controller = None);
		crate::Appointments::<Test>::mutate(id, |kept| kept.as_mut().unwrap().made_by = DOCTOR);
		assert_ok!(join(DOCTOR, id, Some(A), 1));
		let author = asked()[0].author;
		assert!(![DOCTOR, ADAS, DESK].contains(&author), "{author}");
	});
}
