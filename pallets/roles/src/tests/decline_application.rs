//! `decline_application`.

use super::submit_application::{submit, with_registrar};
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{InstitutionId, Role, DAY};
use sp_runtime::{DispatchError, DispatchResult};

fn decline(officer: &str, applicant: &str, institution: InstitutionId) -> DispatchResult {
	Roles::decline_application(by(officer), id(applicant), institution)
}

#[test]
fn a_declined_application_is_gone_and_leaves_nothing() {
	story(|| {
		with_registrar();
		assert_ok!(submit("desk", &application("ada", A, Role::Doctor), "ada"));
		assert_ok!(decline("a2", "ada", A));
		assert_eq!(
			last_event(),
			Event::ApplicationDeclined {
				account: id("ada"),
				institution: A
			}
		);
		assert_eq!(Roles::application(&id("ada"), A), None);
		assert_eq!(Roles::home(&id("ada")), None);
		assert_noop!(decline("a2", "ada", A), Error::<Test>::UnknownApplication);
	});
}

#[test]
fn a_lapsed_one_is_declined_too() {
	story(|| {
		with_registrar();
		assert_ok!(submit("desk", &application("ada", A, Role::Doctor), "ada"));
		set_time(now() + 2 * DAY);
		assert_ok!(decline("a1", "ada", A));
	});
}

#[test]
fn only_an_active_officer_decides_and_never_about_herself() {
	story(|| {
		with_registrar();
		assert_ok!(submit("desk", &application("a1", A, Role::Doctor), "a1"));
		assert_noop!(decline("a1", "a1", A), Error::<Test>::OwnCredential);
		assert_noop!(decline("desk", "a1", A), Error::<Test>::NotAnOfficer);
		assert_noop!(decline("a2", "a1", 9), Error::<Test>::UnknownInstitution);
		assert_noop!(
			Roles::decline_application(RuntimeOrigin::none(), id("a1"), A),
			DispatchError::BadOrigin
		);
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		assert_noop!(decline("a2", "a1", A), Error::<Test>::InstitutionNotActive);
	});
}
