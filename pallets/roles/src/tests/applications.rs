//! `approve_application`.

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Application, Credential, InstitutionId, Role, Status, DAY};
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError, DispatchResult};

/// What the applicant signed as it stands, approved by an officer for a year from now.
fn approve(officer: &str, application: &Application<AccountId32>, applicant: &str) -> DispatchResult {
	let signature = signed_application(application, applicant);
	Roles::approve_application(by(officer), application.clone(), signature, now(), now() + 365 * DAY)
}

fn applies(role: Role) -> Application<AccountId32> {
	application("ada", A, role)
}

#[test]
fn an_approved_applicant_holds_the_credential_and_has_standing() {
	story(|| {
		assert_ok!(approve("a1", &applies(Role::Doctor), "ada"));
		assert_eq!(
			last_event(),
			Event::CredentialIssued {
				account: id("ada"),
				institution: A,
				role: Role::Doctor
			}
		);
		let credential = Credential {
			role: Role::Doctor,
			licence: H256([3; 32]),
			speciality: H256([4; 32]),
			valid_from: START,
			valid_until: START + 365 * DAY,
			status: Status::Active,
		};
		assert_eq!(Roles::credential_view(&id("ada"), A), Some((credential, true)));
		assert_eq!(Roles::home(&id("ada")), Some(A));
		assert_eq!(System::providers(&id("ada")), 1);
	});
}

#[test]
fn a_person_can_hold_credentials_at_several_institutions_and_has_one_home() {
	story(|| {
		assert_ok!(approve("a1", &applies(Role::Doctor), "ada"));
		assert_ok!(approve("b1", &application("ada", B, Role::Nurse), "ada"));
		assert_ok!(approve("l2", &application("ada", L, Role::LabTechnician), "ada"));
		assert_eq!(Roles::home(&id("ada")), Some(A));
		assert_eq!(System::providers(&id("ada")), 1);
	});
}

#[test]
fn an_officer_never_approves_her_own() {
	story(|| {
		let own = application("a1", A, Role::Doctor);
		assert_noop!(approve("a1", &own, "a1"), Error::<Test>::OwnCredential);
		assert_ok!(approve("a2", &own, "a1"));
	});
}

#[test]
fn only_an_active_officer_of_that_institution_approves() {
	story(|| {
		for stranger in ["b1", "admin", "doctor", "a-node", "nobody"] {
			assert_noop!(
				approve(stranger, &applies(Role::Doctor), "ada"),
				Error::<Test>::NotAnOfficer
			);
		}
		let nowhere: InstitutionId = 9;
		let lost = application("ada", nowhere, Role::Doctor);
		assert_noop!(approve("a1", &lost, "ada"), Error::<Test>::UnknownInstitution);
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		assert_noop!(
			approve("a1", &applies(Role::Doctor), "ada"),
			Error::<Test>::InstitutionNotActive
		);
		let signature = signed_application(&applies(Role::Doctor), "ada");
		let unsigned = RuntimeOrigin::none();
		assert_noop!(
			Roles::approve_application(unsigned, applies(Role::Doctor), signature, START, START + DAY),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn an_application_for_another_chain_is_refused() {
	story(|| {
		let foreign = Application {
			genesis: H256([1; 32]),
			..applies(Role::Doctor)
		};
		assert_noop!(approve("a1", &foreign, "ada"), Error::<Test>::ForeignGenesis);
	});
}

#[test]
fn an_application_is_void_from_its_last_moment_on() {
	story(|| {
		let application = applies(Role::Doctor);
		set_time(application.not_after);
		assert_noop!(approve("a1", &application, "ada"), Error::<Test>::ApplicationExpired);
		set_time(application.not_after - 1);
		assert_ok!(approve("a1", &application, "ada"));
	});
}

#[test]
fn only_the_applicants_own_signature_counts() {
	story(|| {
		assert_noop!(
			approve("a1", &applies(Role::Doctor), "eve"),
			Error::<Test>::ApplicantSignatureInvalid
		);
		let signature = signed_application(&applies(Role::Nurse), "ada");
		assert_noop!(
			Roles::approve_application(by("a1"), applies(Role::Doctor), signature, START, START + DAY),
			Error::<Test>::ApplicantSignatureInvalid
		);
	});
}

#[test]
fn dates_must_make_sense() {
	story(|| {
		let application = applies(Role::Doctor);
		let approve = |from, until| {
			let signature = signed_application(&application, "ada");
			Roles::approve_application(by("a1"), application.clone(), signature, from, until)
		};
		assert_noop!(approve(START + DAY, START + DAY), Error::<Test>::DatesInverted);
		assert_noop!(approve(START + 2 * DAY, START + DAY), Error::<Test>::DatesInverted);
		assert_noop!(approve(START - DAY, START), Error::<Test>::DatesInPast);
		assert_ok!(approve(START + DAY, START + 2 * DAY));
		assert!(!Roles::credential_view(&id("ada"), A).unwrap().1, "it has not begun");
	});
}

#[test]
fn a_credential_that_has_not_expired_is_not_written_over() {
	story(|| {
		let again = application("doctor", A, Role::Administrator);
		assert_noop!(approve("a1", &again, "doctor"), Error::<Test>::CredentialExists);
		assert_ok!(Roles::suspend_credential(by("a1"), id("doctor"), A));
		assert_noop!(approve("a1", &again, "doctor"), Error::<Test>::CredentialExists);
		set_time(START + 366 * DAY);
		let later = application("doctor", A, Role::Administrator);
		assert_noop!(approve("a1", &later, "doctor"), Error::<Test>::CredentialExists);
	});
}

#[test]
fn an_expired_credential_is_renewed() {
	story(|| {
		set_time(START + 365 * DAY);
		assert!(!Roles::credential_view(&id("doctor"), A).unwrap().1);
		assert_ok!(approve("a1", &application("doctor", A, Role::Doctor), "doctor"));
		assert!(Roles::credential_view(&id("doctor"), A).unwrap().1);
		assert_eq!(System::providers(&id("doctor")), 1);
	});
}

#[test]
fn a_revoked_credential_is_never_issued_again() {
	story(|| {
		assert_ok!(Roles::revoke_credential(by("a1"), id("doctor"), A));
		set_time(START + 366 * DAY);
		let again = application("doctor", A, Role::Doctor);
		assert_noop!(approve("a1", &again, "doctor"), Error::<Test>::CredentialRevokedBefore);
	});
}

#[test]
fn a_patients_account_gets_no_credential() {
	story(|| {
		register(1);
		let application = application("patient-1", B, Role::Doctor);
		assert_noop!(approve("b1", &application, "patient-1"), Error::<Test>::AccountInUse);
	});
}
