//! `suspend_credential`, `reinstate_credential`, `revoke_credential`.

use crate::{mock::*, Act, ActiveSince, Error, Event, Violations};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Discipline, InstitutionId, Registry, Role, Status, DAY};
use sp_runtime::{AccountId32, DispatchResult};

type Change = fn(RuntimeOrigin, AccountId32, InstitutionId) -> DispatchResult;
const CHANGES: [Change; 3] = [
	Roles::suspend_credential,
	Roles::reinstate_credential,
	Roles::revoke_credential,
];

fn counts() -> bool {
	Roles::standing(&id("doctor"), A).unwrap().active
}

#[test]
fn a_credential_is_suspended_and_reinstated() {
	story(|| {
		let (account, institution) = (id("doctor"), A);
		assert_ok!(Roles::suspend_credential(by("a1"), account.clone(), institution));
		assert_eq!(
			last_event(),
			Event::CredentialSuspended {
				account: account.clone(),
				institution
			}
		);
		assert!(!counts());
		assert_ok!(Roles::reinstate_credential(by("a2"), account.clone(), institution));
		assert_eq!(last_event(), Event::CredentialReinstated { account, institution });
		assert!(counts());
	});
}

#[test]
fn a_revoked_credential_stays_revoked_and_its_holder_keeps_her_standing() {
	story(|| {
		let (account, institution) = (id("doctor"), A);
		assert_ok!(Roles::revoke_credential(by("a1"), account.clone(), institution));
		assert_eq!(
			last_event(),
			Event::CredentialRevoked {
				account: account.clone(),
				institution
			}
		);
		assert!(!counts());
		assert_eq!(System::providers(&account), 1);
		assert_noop!(
			Roles::revoke_credential(by("a1"), account.clone(), institution),
			Error::<Test>::CredentialRevokedBefore
		);
		assert_noop!(
			Roles::reinstate_credential(by("a1"), account.clone(), institution),
			Error::<Test>::CredentialNotSuspended
		);
		assert_noop!(
			Roles::suspend_credential(by("a1"), account, institution),
			Error::<Test>::CredentialNotActive
		);
	});
}

#[test]
fn a_suspended_credential_can_be_revoked() {
	story(|| {
		assert_ok!(Roles::suspend_credential(by("a1"), id("doctor"), A));
		assert_noop!(
			Roles::suspend_credential(by("a1"), id("doctor"), A),
			Error::<Test>::CredentialNotActive
		);
		assert_ok!(Roles::revoke_credential(by("a1"), id("doctor"), A));
		assert_eq!(
			Roles::credential_view(&id("doctor"), A).unwrap().0.status,
			Status::Revoked
		);
	});
}

#[test]
fn an_active_credential_is_not_reinstated() {
	story(|| {
		assert_noop!(
			Roles::reinstate_credential(by("a1"), id("doctor"), A),
			Error::<Test>::CredentialNotSuspended
		);
	});
}

#[test]
fn only_an_active_officer_of_that_institution_decides() {
	story(|| {
		for change in CHANGES {
			assert_noop!(change(by("b1"), id("doctor"), A), Error::<Test>::NotAnOfficer);
			assert_noop!(change(by("admin"), id("doctor"), A), Error::<Test>::NotAnOfficer);
			assert_noop!(change(by("a1"), id("doctor"), 9), Error::<Test>::UnknownInstitution);
			assert_noop!(change(by("b1"), id("doctor"), B), Error::<Test>::UnknownCredential);
		}
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		for change in CHANGES {
			assert_noop!(change(by("a1"), id("doctor"), A), Error::<Test>::InstitutionNotActive);
		}
	});
}

#[test]
fn an_officer_decides_nothing_about_herself() {
	story(|| {
		assert_ok!(Roles::issue(&id("a1"), A, credential(Role::Doctor)));
		for change in CHANGES {
			assert_noop!(change(by("a1"), id("a1"), A), Error::<Test>::OwnCredential);
		}
		assert_ok!(Roles::suspend_credential(by("a2"), id("a1"), A));
		assert_noop!(
			Roles::reinstate_credential(by("a1"), id("a1"), A),
			Error::<Test>::OwnCredential
		);
	});
}

#[test]
fn a_credential_counts_between_its_dates() {
	story(|| {
		let credential = credential(Role::Doctor);
		for (at, expected) in [
			(credential.valid_from - 1, false),
			(credential.valid_from, true),
			(credential.valid_until - 1, true),
			(credential.valid_until, false),
		] {
			set_time(at);
			assert_eq!(counts(), expected, "at {at}");
		}
	});
}

fn since() -> Option<u64> {
	Roles::active_since(&id("doctor"), A)
}

#[test]
fn a_credential_is_active_since_it_was_issued_or_reinstated() {
	story(|| {
		let issued = since().unwrap();
		assert!(issued <= now());
		set_time(now() + DAY);
		assert_eq!(since(), Some(issued));
		assert_ok!(Roles::suspend_credential(by("a1"), id("doctor"), A));
		assert_eq!(since(), None);
		assert_ok!(Roles::reinstate_credential(by("a1"), id("doctor"), A));
		assert_eq!(since(), Some(now()), "a break starts the count anew");
		ActiveSince::<Test>::remove((id("doctor"), A));
		let (credential, _) = Roles::credential_view(&id("doctor"), A).unwrap();
		assert_eq!(since(), Some(credential.valid_from), "one from before it was noted");
		assert_eq!(Roles::active_since(&id("doctor"), B), None);
	});
}

#[test]
fn a_violation_suspends_an_active_credential_and_changes_no_other() {
	story(|| {
		assert!(<Roles as Discipline<_>>::suspend(&id("doctor"), A));
		let (account, institution) = (id("doctor"), A);
		assert_eq!(last_event(), Event::CredentialSuspended { account, institution });
		assert!(!counts());
		System::reset_events();
		assert!(!<Roles as Discipline<_>>::suspend(&id("doctor"), A));
		assert!(!<Roles as Discipline<_>>::suspend(&id("nobody"), A));
		assert!(System::events().is_empty());
		assert_ok!(Roles::revoke_credential(by("a1"), id("doctor"), A));
		assert_eq!(Violations::<Test>::iter_keys().count(), 0);
		assert!(!<Roles as Discipline<_>>::suspend(&id("doctor"), A));
		let (credential, _) = Roles::credential_view(&id("doctor"), A).unwrap();
		assert_eq!(credential.status, Status::Revoked);
	});
}

#[test]
fn after_a_violation_two_officers_reinstate_and_one_does_not() {
	story(|| {
		let (account, institution) = (id("doctor"), A);
		let act = || Act::ReinstateCredential(id("doctor"));
		assert!(<Roles as Discipline<_>>::suspend(&account, A));
		for officer in ["a1", "a2"] {
			assert_noop!(
				Roles::reinstate_credential(by(officer), account.clone(), A),
				Error::<Test>::ViolationFound
			);
		}
		assert_ok!(Roles::propose_act(by("a1"), A, act()));
		assert_noop!(Roles::confirm_act(by("a1"), A, act()), Error::<Test>::OwnAct);
		assert!(!counts());
		set_time(now() + DAY);
		assert_ok!(Roles::confirm_act(by("a2"), A, act()));
		assert!(counts());
		assert_eq!(since(), Some(now()));
		assert!(events().contains(&Event::CredentialReinstated { account, institution }));
		// It is over: an officer suspends and reinstates as before.
		assert_ok!(Roles::suspend_credential(by("a1"), id("doctor"), A));
		assert_ok!(Roles::reinstate_credential(by("a1"), id("doctor"), A));
	});
}

#[test]
fn a_credential_that_was_suspended_before_the_violation_takes_two_officers_too() {
	story(|| {
		assert_ok!(Roles::suspend_credential(by("a1"), id("doctor"), A));
		assert!(!<Roles as Discipline<_>>::suspend(&id("doctor"), A));
		assert_noop!(
			Roles::reinstate_credential(by("a1"), id("doctor"), A),
			Error::<Test>::ViolationFound
		);
		assert_ok!(both(Act::ReinstateCredential(id("doctor"))));
		assert!(counts());
	});
}

#[test]
fn whoever_leaves_or_resigns_takes_a_violation_with_her() {
	story(|| {
		assert!(<Roles as Discipline<_>>::suspend(&id("doctor"), A));
		assert_ok!(Roles::resign_credential(by("doctor"), A));
		assert!(<Roles as Discipline<_>>::suspend(&id("nurse"), A));
		assert_ok!(Roles::leave(by("nurse"), vec![A].try_into().unwrap()));
		assert_eq!(Violations::<Test>::iter_keys().count(), 0);
	});
}

#[test]
fn two_officers_reinstate_what_is_suspended_and_never_their_own() {
	story(|| {
		let propose = |by, account| Roles::propose_act(by, A, Act::ReinstateCredential(account));
		assert_noop!(propose(by("a1"), id("doctor")), Error::<Test>::CredentialNotSuspended);
		assert_noop!(propose(by("a1"), id("doctor-b")), Error::<Test>::UnknownCredential);
		assert_ok!(Roles::issue(&id("a1"), A, credential(Role::Doctor)));
		assert!(<Roles as Discipline<_>>::suspend(&id("a1"), A));
		assert_noop!(propose(by("a1"), id("a1")), Error::<Test>::OwnCredential);
		assert_ok!(propose(by("a2"), id("a1")));
		assert_noop!(
			Roles::confirm_act(by("a1"), A, Act::ReinstateCredential(id("a1"))),
			Error::<Test>::OwnCredential
		);
		assert_ok!(both(Act::AddOfficer(id("a3"))));
		assert_ok!(Roles::confirm_act(by("a3"), A, Act::ReinstateCredential(id("a1"))));
		assert!(Roles::standing(&id("a1"), A).unwrap().active);
	});
}
