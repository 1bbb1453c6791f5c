//! `approve_attested_application`, and renewal by either way of approving.

use super::submit_application::{submit, with_registrar};
use crate::{mock::*, Act, Error, Event, RENEWAL_WINDOW};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Application, Credential, Moment, Role, Status, DAY};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

fn approve(officer: &str, applicant: &str, from: Moment, until: Moment) -> DispatchResult {
	Roles::approve_attested_application(by(officer), id(applicant), A, from, until)
}

/// An application that waits at hospital A, for 30 days.
fn waiting(applicant: &str, role: Role) {
	let application = Application {
		not_after: now() + 400 * DAY,
		..application(applicant, A, role)
	};
	assert_ok!(submit("desk", &application, applicant));
}

#[test]
fn an_approved_applicant_holds_the_credential_and_has_standing() {
	story(|| {
		with_registrar();
		waiting("ada", Role::Doctor);
		assert_ok!(approve("a1", "ada", START, START + 365 * DAY));
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
		assert_eq!(Roles::application(&id("ada"), A), None);
	});
}

#[test]
fn it_is_approved_once() {
	story(|| {
		with_registrar();
		assert_noop!(
			approve("a1", "ada", START, START + DAY),
			Error::<Test>::UnknownApplication
		);
		waiting("ada", Role::Doctor);
		assert_ok!(approve("a1", "ada", START, START + DAY));
		assert_noop!(
			approve("a1", "ada", START, START + DAY),
			Error::<Test>::UnknownApplication
		);
	});
}

#[test]
fn only_an_active_officer_decides_and_never_about_herself() {
	story(|| {
		with_registrar();
		waiting("ada", Role::Doctor);
		waiting("a1", Role::Doctor);
		for stranger in ["b1", "desk", "admin", "ada"] {
			assert_noop!(
				approve(stranger, "ada", START, START + DAY),
				Error::<Test>::NotAnOfficer
			);
		}
		assert_noop!(approve("a1", "a1", START, START + DAY), Error::<Test>::OwnCredential);
		assert_ok!(approve("a2", "a1", START, START + DAY));
		assert_noop!(
			Roles::approve_attested_application(by("a1"), id("ada"), 9, START, START + DAY),
			Error::<Test>::UnknownInstitution
		);
		assert_noop!(
			Roles::approve_attested_application(RuntimeOrigin::none(), id("ada"), A, START, START + DAY),
			DispatchError::BadOrigin
		);
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		assert_noop!(
			approve("a1", "ada", START, START + DAY),
			Error::<Test>::InstitutionNotActive
		);
	});
}

#[test]
fn an_application_lapses() {
	story(|| {
		with_registrar();
		waiting("ada", Role::Doctor);
		let until = Roles::application(&id("ada"), A).unwrap().until;
		set_time(until);
		assert_noop!(
			approve("a1", "ada", until, until + DAY),
			Error::<Test>::ApplicationExpired
		);
		set_time(until - 1);
		assert_ok!(approve("a1", "ada", until, until + DAY));
	});
}

#[test]
fn dates_must_make_sense() {
	story(|| {
		with_registrar();
		waiting("ada", Role::Doctor);
		assert_noop!(approve("a1", "ada", START, START), Error::<Test>::DatesInverted);
		assert_noop!(approve("a1", "ada", START - DAY, START), Error::<Test>::DatesInPast);
	});
}

#[test]
fn what_changed_since_it_was_submitted_counts() {
	story(|| {
		with_registrar();
		waiting("patient-1", Role::Doctor);
		register(1);
		assert_noop!(
			approve("a1", "patient-1", START, START + DAY),
			Error::<Test>::AccountInUse
		);

		waiting("ada", Role::Doctor);
		assert_ok!(Roles::issue(&id("ada"), A, credential(Role::Nurse)));
		assert_noop!(
			approve("a1", "ada", START, START + DAY),
			Error::<Test>::CredentialExists
		);
		assert_ok!(Roles::revoke_credential(by("a1"), id("ada"), A));
		assert_noop!(
			approve("a1", "ada", START, START + DAY),
			Error::<Test>::CredentialRevokedBefore
		);

		assert_ok!(Roles::issue(&id("gone"), B, credential(Role::Nurse)));
		waiting("gone", Role::Nurse);
		assert_ok!(Roles::leave(by("gone"), vec![B].try_into().unwrap()));
		assert_noop!(approve("a1", "gone", START, START + DAY), Error::<Test>::AccountLeft);
	});
}

#[test]
fn a_credential_is_renewed_before_it_ends_and_stays_in_force() {
	story(|| {
		with_registrar();
		let end = credential(Role::Doctor).valid_until;
		set_time(end - RENEWAL_WINDOW - 1);
		let early = application("doctor", A, Role::Doctor);
		assert_noop!(submit("desk", &early, "doctor"), Error::<Test>::CredentialExists);
		set_time(end - RENEWAL_WINDOW);
		let other_role = application("doctor", A, Role::Nurse);
		assert_noop!(submit("desk", &other_role, "doctor"), Error::<Test>::CredentialExists);
		waiting("doctor", Role::Doctor);
		assert_noop!(approve("a1", "doctor", end + 1, end + DAY), Error::<Test>::RenewalGap);
		assert_noop!(approve("a1", "doctor", now(), end), Error::<Test>::RenewalNotLonger);
		assert_ok!(approve("a1", "doctor", end, end + DAY));
		assert_eq!(
			last_event(),
			Event::CredentialRenewed {
				account: id("doctor"),
				institution: A,
				role: Role::Doctor
			}
		);
		let (renewed, active) = Roles::credential_view(&id("doctor"), A).unwrap();
		assert!(active, "there is no gap");
		assert_eq!(
			(renewed.valid_from, renewed.valid_until, renewed.licence),
			(credential(Role::Doctor).valid_from, end + DAY, H256([3; 32]))
		);
	});
}

/// An earlier beginning would bring back what was hers before she was employed.
#[test]
fn a_renewal_begins_no_earlier_than_what_it_renews() {
	story(|| {
		with_registrar();
		let Credential {
			valid_from,
			valid_until: end,
			..
		} = credential(Role::Doctor);
		set_time(end - 1);
		waiting("doctor", Role::Doctor);
		assert_ok!(approve("a1", "doctor", valid_from - 1, end + DAY));
		let (renewed, _) = Roles::credential_view(&id("doctor"), A).unwrap();
		assert_eq!(renewed.valid_from, valid_from);
	});
}

#[test]
fn a_credential_is_renewed_after_it_ended_and_begins_anew() {
	story(|| {
		with_registrar();
		let end = credential(Role::Doctor).valid_until;
		set_time(end);
		waiting("doctor", Role::Administrator);
		assert_ok!(approve("a1", "doctor", end, end + DAY));
		let (renewed, _) = Roles::credential_view(&id("doctor"), A).unwrap();
		assert_eq!((renewed.role, renewed.valid_from), (Role::Administrator, end));
		assert_eq!(
			last_event(),
			Event::CredentialRenewed {
				account: id("doctor"),
				institution: A,
				role: Role::Administrator
			}
		);
	});
}

#[test]
fn a_suspended_credential_is_not_renewed() {
	story(|| {
		with_registrar();
		assert_ok!(Roles::suspend_credential(by("a1"), id("doctor"), A));
		for at in [START, credential(Role::Doctor).valid_until] {
			set_time(at);
			let again = application("doctor", A, Role::Doctor);
			assert_noop!(submit("desk", &again, "doctor"), Error::<Test>::CredentialExists);
		}
	});
}

#[test]
fn what_a_removed_registrar_attested_is_attested_again() {
	story(|| {
		with_registrar();
		waiting("dora", Role::Doctor);
		assert_ok!(both(Act::NameRegistrar(id("other-registrar"))));
		assert_noop!(
			approve("a1", "dora", START, START + DAY),
			Error::<Test>::RegistrarReplaced
		);
		assert_ok!(both(Act::RemoveRegistrar));
		assert_noop!(
			approve("a1", "dora", START, START + DAY),
			Error::<Test>::RegistrarReplaced
		);
		assert_ok!(Roles::decline_application(by("a1"), id("dora"), A));
	});
}
