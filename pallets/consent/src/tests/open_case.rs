use super::*;
use crate::{CaseOf, CasesOfDay, Event, NextCase, Openers};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{EmergencyLimits, InstitutionKind, Kind, PatientStatus, Role, Verdict};

#[test]
fn a_case_is_what_its_opener_said() {
	story(|| {
		let id = open();
		let entry = last_entry(PATIENT);
		assert_eq!((&entry.kind, entry.actor), (&Kind::CaseOpened { case: id }, Some(BEA)));
		System::assert_last_event(
			Event::CaseOpened {
				patient: PATIENT,
				case: id,
				opener: BEA,
				institution: AWAY,
				entry,
			}
			.into(),
		);
		let case = case(id);
		assert_eq!(
			(case.opener, case.institution, case.reason),
			(BEA, AWAY, EmergencyReason::Unconscious)
		);
		assert_eq!((case.opened_at, case.ends_at), (NOON, NOON + 6 * HOUR));
		assert_eq!((case.justification, case.approvals_needed), (H256::repeat_byte(9), 1));
		assert_eq!(CaseOf::<Test>::get(PATIENT, BEA), Some(id));
	});
}

#[test]
fn only_a_doctor_or_nurse_of_a_hospital_or_clinic_opens_one() {
	let others = Role::ALL
		.into_iter()
		.filter(|role| ![Role::Doctor, Role::Nurse].contains(role));
	for role in others {
		ExtBuilder::default().credential(55, AWAY, role).build_and_execute(|| {
			assert_noop!(break_glass(55, AWAY, NOON + 1), E::NotAClinician);
		});
	}
	story(|| {
		assert_noop!(break_glass(BEA, 9, NOON + 1), E::UnknownInstitution);
		assert_noop!(break_glass(BEA, HOME, NOON + 1), E::NoCredential);
		assert_noop!(break_glass(PIA, HOME, NOON + 1), E::NoCredential);
		for kind in InstitutionKind::ALL {
			Kinds::insert(AWAY, kind);
			if [InstitutionKind::Hospital, InstitutionKind::Clinic].contains(&kind) {
				let id = open_by(NED, AWAY);
				assert_ok!(Consent::close_case(signed(NED), PATIENT, id));
			} else {
				assert_noop!(break_glass(NED, AWAY, NOON + 1), E::NotAClinician);
			}
		}
		Credentials::insert((BEA, AWAY), (Role::Doctor, false));
		assert_noop!(break_glass(BEA, AWAY, NOON + 1), E::Inactive);
		Credentials::insert((BEA, AWAY), (Role::Doctor, true));
		Institutions::insert(AWAY, false);
		assert_noop!(break_glass(BEA, AWAY, NOON + 1), E::Inactive);
		let nobody = RuntimeOrigin::none();
		assert_noop!(
			Consent::open_case(nobody, PATIENT, AWAY, EmergencyReason::Other, H256::zero(), NOON + 1),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}

#[test]
fn a_credential_of_less_than_seven_days_opens_none() {
	story(|| {
		Since::insert((BEA, AWAY), NOON - 7 * DAY + 1);
		assert_noop!(break_glass(BEA, AWAY, NOON + HOUR), E::CredentialTooYoung);
		wait(1);
		assert_ok!(break_glass(BEA, AWAY, NOON + HOUR));
	});
}

#[test]
fn only_for_a_patient_who_lives() {
	story(|| {
		let open = |patient| {
			Consent::open_case(
				signed(BEA),
				patient,
				AWAY,
				EmergencyReason::Other,
				H256::zero(),
				NOON + HOUR,
			)
		};
		assert_noop!(open(12_345), E::UnknownPatient);
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(NOON)
		});
		assert_noop!(open(PATIENT), E::PatientNotActive);
		assert_ok!(open(OTHER_PATIENT));
	});
}

/// Her allergies may be noted under the id that was merged.
#[test]
fn for_an_id_that_was_merged_too() {
	story(|| {
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::MergedInto(OTHER_PATIENT)
		});
		let id = open();
		let permitted = Decision::Permit(salus_primitives::Basis::BreakGlass(id));
		assert_eq!(decide(&emergency(Category::Allergy)), permitted);
	});
}

#[test]
fn for_a_day_at_most() {
	story(|| {
		assert_noop!(break_glass(BEA, AWAY, NOON), E::CaseEndsInPast);
		assert_noop!(break_glass(BEA, AWAY, NOON + DAY + 1), E::CaseTooLong);
		assert_ok!(break_glass(BEA, AWAY, NOON + DAY));
	});
}

#[test]
fn nobody_is_in_two_open_cases_of_a_patient() {
	story(|| {
		let id = open();
		assert_noop!(break_glass(BEA, AWAY, NOON + HOUR), E::AlreadyInvolved);
		assert_ok!(Consent::join_case(signed(NED), PATIENT, id));
		assert_noop!(break_glass(NED, AWAY, NOON + HOUR), E::AlreadyInvolved);
		open_by(CLEO, AWAY);
		wait(6 * HOUR);
		open();
		open_by(NED, AWAY);
	});
}

#[test]
fn three_open_cases_and_no_more() {
	story(|| {
		for patient in 100..104 {
			Patients::insert(patient, patient_of(1_000 + patient, HOME));
		}
		let open = |patient| {
			let ends_at = now() + HOUR;
			Consent::open_case(
				signed(BEA),
				patient,
				AWAY,
				EmergencyReason::MassCasualty,
				H256::zero(),
				ends_at,
			)
		};
		for patient in 100..103 {
			assert_ok!(open(patient));
		}
		assert_noop!(open(103), E::TooManyOpenCases);
		assert_ok!(Consent::close_case(signed(BEA), 101, 1));
		assert_ok!(open(103));
		assert_noop!(open(101), E::TooManyOpenCases);
		wait(HOUR);
		assert_ok!(open(101));
		assert_eq!(Openers::<Test>::get(BEA).open.len(), 1, "ended ones went out");
	});
}

#[test]
fn an_institution_opens_as_many_a_day_as_the_council_says() {
	story(|| {
		let limits = EmergencyLimits {
			approvals: 1,
			cases_a_day: 2,
		};
		assert_ok!(Consent::set_emergency_limits(RuntimeOrigin::root(), AWAY, limits));
		open();
		open_by(NED, AWAY);
		assert_noop!(break_glass(CLEO, AWAY, NOON + HOUR), E::TooManyCasesToday);
		open_by(ADA, HOME);
		wait(DAY - 1);
		assert_noop!(break_glass(CLEO, AWAY, now() + HOUR), E::TooManyCasesToday);
		wait(1);
		open_by(CLEO, AWAY);
		assert_eq!(CasesOfDay::<Test>::get(AWAY), (1_001, 1));
	});
}

#[test]
fn whoever_opened_a_case_that_was_not_reviewed_in_time_is_barred_until_it_is_justified() {
	story(|| {
		let id = open();
		assert_ok!(Consent::close_case(signed(BEA), PATIENT, id));
		wait(7 * DAY - 1);
		let other = open();
		assert_ok!(Consent::close_case(signed(BEA), PATIENT, other));
		wait(1);
		assert_noop!(break_glass(BEA, AWAY, now() + HOUR), E::Barred);
		let colleagues = open_by(NED, AWAY);
		assert_eq!(
			case(colleagues).approvals_needed,
			2,
			"the emergency goes on with one approval more"
		);
		assert_ok!(Consent::review_case(signed(PAUL), PATIENT, id, Verdict::Justified));
		assert_eq!(case(open()).approvals_needed, 1);
	});
}

#[test]
fn ids_run_out_without_harm() {
	story(|| {
		NextCase::<Test>::put(u64::MAX);
		assert_noop!(break_glass(BEA, AWAY, NOON + HOUR), E::IdsExhausted);
		NextCase::<Test>::put(0);
	});
}
