//! `transfer`.

use crate::{mock::*, Act, Error, Event, Registrars};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Registry, Role, Status, DAY};
use sp_runtime::DispatchError;

#[test]
fn home_and_quota_follow_and_the_old_credential_ends() {
	story(|| {
		assert_ok!(Roles::issue(&id("doctor"), B, credential(Role::Doctor)));
		assert_ok!(Roles::transfer(by("doctor"), B));
		assert_eq!(
			last_event(),
			Event::HomeMoved {
				account: id("doctor"),
				from: A,
				institution: B
			}
		);
		assert_eq!(Roles::home(&id("doctor")), Some(B));
		assert!(!Roles::standing(&id("doctor"), A).unwrap().active);
		assert!(Roles::standing(&id("doctor"), B).unwrap().active);
		assert_eq!(System::providers(&id("doctor")), 1);
	});
}

#[test]
fn a_credential_that_has_not_begun_never_does() {
	story(|| {
		let mut later = credential(Role::Nurse);
		later.valid_from = START + DAY;
		assert_ok!(Roles::issue(&id("ada"), A, later));
		assert_ok!(Roles::issue(&id("ada"), B, credential(Role::Nurse)));
		assert_ok!(Roles::transfer(by("ada"), B));
		set_time(START + 2 * DAY);
		assert!(!Roles::standing(&id("ada"), A).unwrap().active);
	});
}

#[test]
fn leaving_a_hospital_frees_nobody_of_what_it_decided() {
	story(|| {
		assert_ok!(Roles::issue(&id("doctor"), B, credential(Role::Doctor)));
		assert_ok!(Roles::suspend_credential(by("a1"), id("doctor"), A));
		assert_ok!(Roles::transfer(by("doctor"), B));
		let (old, _) = Roles::credential_view(&id("doctor"), A).unwrap();
		assert_eq!(old.status, Status::Suspended);
		assert_ok!(Roles::reinstate_credential(by("a1"), id("doctor"), A));
		assert!(!Roles::standing(&id("doctor"), A).unwrap().active, "it ended");
	});
}

#[test]
fn an_ended_credential_is_left_as_it_was() {
	story(|| {
		let end = credential(Role::Doctor).valid_until;
		set_time(end + DAY);
		let mut at_b = credential(Role::Doctor);
		at_b.valid_until = end + 10 * DAY;
		assert_ok!(Roles::issue(&id("doctor"), B, at_b));
		assert_ok!(Roles::transfer(by("doctor"), B));
		assert_eq!(Roles::credential_view(&id("doctor"), A).unwrap().0.valid_until, end);
	});
}

#[test]
fn only_who_works_there_moves_there() {
	story(|| {
		assert_noop!(Roles::transfer(by("stranger"), B), Error::<Test>::NotRegistered);
		assert_noop!(Roles::transfer(by("doctor"), A), Error::<Test>::HomeUnchanged);
		assert_noop!(Roles::transfer(by("doctor"), 9), Error::<Test>::UnknownInstitution);
		assert_noop!(Roles::transfer(by("doctor"), B), Error::<Test>::CredentialNotActive);
		assert_noop!(Roles::transfer(RuntimeOrigin::none(), B), DispatchError::BadOrigin);
		register(1);
		assert_noop!(Roles::transfer(by("patient-1"), B), Error::<Test>::CredentialNotActive);
		assert_ok!(Roles::issue(&id("doctor"), B, credential(Role::Doctor)));
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), B));
		assert_noop!(Roles::transfer(by("doctor"), B), Error::<Test>::InstitutionNotActive);
	});
}

#[test]
fn who_acts_for_an_institution_stays() {
	story(|| {
		for name in ["a1", "a-node"] {
			assert_ok!(Roles::issue(&id(name), B, credential(Role::Administrator)));
			assert_noop!(Roles::transfer(by(name), B), Error::<Test>::HoldsOffice);
		}
		assert_ok!(both(Act::NameRegistrar(id("doctor"))));
		assert!(Registrars::<Test>::contains_key(A));
		assert_ok!(Roles::issue(&id("doctor"), B, credential(Role::Doctor)));
		assert_noop!(Roles::transfer(by("doctor"), B), Error::<Test>::HoldsOffice);
	});
}
