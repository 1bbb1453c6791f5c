//! `join` and `end_consultation`.

use super::*;
use crate::WeightInfo;
use frame_support::{assert_noop, dispatch::GetDispatchInfo};
use salus_primitives::{
	AccessRequest, Action, Basis, Category, Consultation, Decision, Participant, Purpose, Reason, Role,
};
use sp_core::H256;

const SESSION: H256 = H256::repeat_byte(5);

fn join(who: u64, id: AppointmentId, institution: Option<InstitutionId>) -> DispatchResult {
	Appointments::join(signed(who), id, institution, SESSION)
		.map(drop)
		.map_err(|error| error.error)
}

fn end(who: u64, id: AppointmentId) -> DispatchResult {
	Appointments::end_consultation(signed(who), id)
}

/// A tele-consultation at nine tomorrow, to which Ada has consented; it is ten to nine.
fn on_screen() -> AppointmentId {
	morning(DOCTOR);
	let id = NextAppointment::<Test>::get();
	let practitioners = list([DOCTOR]);
	assert_ok!(Appointments::book(
		signed(ADAS),
		ADA,
		A,
		practitioners,
		from(at(1, 9, 0), 30),
		Mode::Tele
	));
	Consents::insert((ADA, DOCTOR), 4);
	set_time(at(1, 8, 50));
	id
}

fn log(id: AppointmentId) -> Consultation<u64> {
	Appointments::consultation(id).unwrap()
}

#[test]
fn start_participants_and_end_are_logged() {
	story(|| {
		let id = on_screen();
		assert_ok!(join(DOCTOR, id, Some(A)));
		assert_noted(ADA, DOCTOR, Kind::ConsultationJoined { appointment: id });
		assert_eq!(status(id), AppointmentStatus::Booked);
		set_time(at(1, 9, 0));
		assert_ok!(join(ADAS, id, None));
		assert_eq!(status(id), AppointmentStatus::Arrived);
		set_time(at(1, 9, 20));
		assert_ok!(end(DOCTOR, id));
		assert_noted(ADA, DOCTOR, Kind::ConsultationEnded { appointment: id });
		let one = |account, on_behalf_of, joined_at| Participant {
			account,
			on_behalf_of,
			joined_at,
		};
		assert_eq!(
			log(id),
			Consultation {
				session: SESSION,
				started_at: at(1, 8, 50),
				ended_at: Some(at(1, 9, 20)),
				participants: list([one(DOCTOR, Some(A), at(1, 8, 50)), one(ADAS, None, at(1, 9, 0))]),
			}
		);
		assert_ok!(Appointments::fulfil(signed(DOCTOR), id));
	});
}

#[test]
fn the_engine_is_asked_whether_she_may_view_the_encounter() {
	story(|| {
		let id = on_screen();
		assert_ok!(join(DOCTOR, id, Some(A)));
		let request = AccessRequest {
			requester: DOCTOR,
			on_behalf_of: Some(A),
			patient: ADA,
			record: None,
			custodian: A,
			category: Category::Encounter,
			compartment: None,
			recorded_at: now(),
			author: ADAS,
			status: None,
			action: Action::View,
			purpose: Purpose::Treatment,
		};
		assert_eq!(asked(), vec![request.clone()]);
		guard();
		assert_ok!(join(GUARDIAN, id, None));
		let hers = AccessRequest {
			requester: GUARDIAN,
			on_behalf_of: None,
			purpose: Purpose::Family,
			..request
		};
		assert_eq!(asked(), vec![hers]);
	});
}

#[test]
fn without_consent_it_is_refused_and_written_down() {
	story(|| {
		let id = on_screen();
		Consents::remove((ADA, DOCTOR));
		assert_ok!(join(DOCTOR, id, Some(A)));
		let reason = Reason::NoGrant;
		assert_noted(
			ADA,
			DOCTOR,
			Kind::ConsultationRefused {
				appointment: id,
				reason,
			},
		);
		assert_eq!(Appointments::consultation(id), None);
		assert_ok!(join(STRANGER, id, None));
		let reason = Reason::Unknown;
		assert_noted(
			ADA,
			STRANGER,
			Kind::ConsultationRefused {
				appointment: id,
				reason,
			},
		);
		// A suspended doctor.
		Consents::insert((ADA, DOCTOR), 4);
		Credentials::insert((DOCTOR, A), (Role::Doctor, false));
		assert_ok!(join(DOCTOR, id, Some(A)));
		let reason = Reason::Inactive;
		assert_noted(
			ADA,
			DOCTOR,
			Kind::ConsultationRefused {
				appointment: id,
				reason,
			},
		);
		// Consent that was given helps.
		Credentials::insert((DOCTOR, A), (Role::Doctor, true));
		assert_ok!(join(DOCTOR, id, Some(A)));
		assert_eq!(log(id).participants.len(), 1);
	});
}

#[test]
fn nobody_joins_as_an_author() {
	story(|| {
		let id = on_screen();
		Patients::mutate(ADA, |patient| patient.as_mut().unwrap().controller = None);
		judge(|_| Decision::Permit(Basis::Author));
		assert_ok!(join(DOCTOR, id, Some(A)));
		let reason = Reason::NoGrant;
		assert_noted(
			ADA,
			DOCTOR,
			Kind::ConsultationRefused {
				appointment: id,
				reason,
			},
		);
		assert!(![ADAS, DOCTOR].contains(&asked()[0].author));
	});
}

#[test]
fn too_early_and_too_late() {
	story(|| {
		let id = on_screen();
		set_time(at(1, 8, 45) - 1);
		assert_noop!(join(ADAS, id, None), Error::TooEarly);
		set_time(at(1, 9, 30));
		assert_noop!(join(ADAS, id, None), Error::TooLate);
		set_time(at(1, 9, 30) - 1);
		assert_ok!(join(ADAS, id, None));
	});
}

#[test]
fn not_tele_and_wrong_status_and_unknown_appointment() {
	story(|| {
		let id = on_screen();
		let in_person = booked(BEN, &[DOCTOR], from(at(1, 9, 30), 15));
		assert_noop!(join(BENS, in_person, None), Error::NotTele);
		assert_noop!(join(ADAS, 9, None), Error::UnknownAppointment);
		assert_ok!(Appointments::cancel(signed(ADAS), id, CancelReason::Patient));
		assert_noop!(join(ADAS, id, None), Error::WrongStatus);
	});
}

#[test]
fn not_a_participant() {
	story(|| {
		let id = on_screen();
		Consents::insert((ADA, SURGEON), 5);
		assert_noop!(join(SURGEON, id, Some(A)), Error::NotAParticipant);
		assert_noop!(join(DESK, id, Some(A)), Error::NotAParticipant);
		assert_ok!(join(DOCTOR, id, Some(A)));
		assert_noop!(end(ADAS, id), Error::NotAParticipant);
	});
}

#[test]
fn session_differs() {
	story(|| {
		let id = on_screen();
		assert_ok!(join(DOCTOR, id, Some(A)));
		assert_noop!(
			Appointments::join(signed(ADAS), id, None, H256::zero()),
			Error::SessionDiffers
		);
	});
}

#[test]
fn already_joined() {
	story(|| {
		let id = on_screen();
		assert_ok!(join(DOCTOR, id, Some(A)));
		assert_noop!(join(DOCTOR, id, Some(A)), Error::AlreadyJoined);
	});
}

#[test]
fn too_many_participants() {
	story(|| {
		let id = on_screen();
		judge(|_| Decision::Permit(Basis::Grant(1)));
		assert_ok!(join(DOCTOR, id, Some(A)));
		for who in 100..107 {
			assert_ok!(join(who, id, None));
		}
		assert_noop!(join(107, id, None), Error::TooManyParticipants);
	});
}

#[test]
fn no_consultation_and_consultation_over() {
	story(|| {
		let id = on_screen();
		assert_noop!(end(DOCTOR, id), Error::NoConsultation);
		assert_noop!(end(DOCTOR, 9), Error::UnknownAppointment);
		assert_ok!(join(DOCTOR, id, Some(A)));
		assert_ok!(end(DOCTOR, id));
		assert_noop!(end(DOCTOR, id), Error::ConsultationOver);
	});
}

#[test]
fn what_the_decision_cost_is_paid() {
	story(|| {
		let id = on_screen();
		let weight = |who, institution| {
			Appointments::join(signed(who), id, institution, SESSION)
				.unwrap()
				.actual_weight
				.unwrap()
		};
		let call = crate::Call::<Test>::join {
			appointment: id,
			institution: None,
			session: SESSION,
		};
		let declared = call.get_dispatch_info().call_weight;
		assert_eq!(weight(ADAS, None), <()>::join());
		assert_eq!(weight(DOCTOR, Some(A)), declared);
		assert!(<()>::join().ref_time() < declared.ref_time());
	});
}
