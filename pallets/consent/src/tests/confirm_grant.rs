use super::*;
use crate::{Event, Grants};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, Kind};

const NEW: u64 = 71;

fn grantee() -> Grantee<u64> {
	Grantee::Account(BEA)
}

/// A grant of a key that was lost before it was given, and recovered since.
fn suspended(terms: Terms) -> GrantId {
	let grant = give(grantee(), terms);
	lost_since(NOON);
	wait(DAY);
	recovered(NEW);
	wait(1);
	grant
}

fn confirm(who: u64, grant: GrantId) -> sp_runtime::DispatchResult {
	Consent::confirm_grant(signed(who), PATIENT, grantee(), grant)
}

#[test]
fn a_confirmed_grant_counts_again_as_of_now() {
	story(|| {
		let grant = suspended(terms());
		assert_eq!(decide(&question()), denied(Reason::Suspended));
		assert_ok!(confirm(NEW, grant));
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(grant)));
		let given = Grants::<Test>::get(PATIENT, grantee())[0].clone();
		assert_eq!((given.given_at, given.given_by), (now(), NEW));
		let entry = last_entry(PATIENT);
		assert_eq!((&entry.kind, entry.actor), (&Kind::GrantConfirmed { grant }, Some(NEW)));
		System::assert_last_event(
			Event::Confirmed {
				patient: PATIENT,
				grantee: grantee(),
				grant,
				entry,
			}
			.into(),
		);
		assert_noop!(confirm(NEW, grant), E::NotSuspended);
	});
}

#[test]
fn uses_that_were_taken_stay_taken() {
	story(|| {
		let grant = give(grantee(), uses(2));
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		lost_since(NOON);
		wait(1);
		recovered(NEW);
		wait(1);
		assert_ok!(confirm(NEW, grant));
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		assert_eq!(decide(&question()), denied(Reason::Exhausted));
	});
}

#[test]
fn only_who_acts_for_the_patient_confirms() {
	story(|| {
		let grant = suspended(terms());
		for who in [PIA, BEA, OLE, STRANGER] {
			assert_noop!(confirm(who, grant), E::NotThePatient);
		}
		assert_noop!(
			Consent::confirm_grant(RuntimeOrigin::none(), PATIENT, grantee(), grant),
			sp_runtime::DispatchError::BadOrigin
		);
		assert_noop!(
			Consent::confirm_grant(signed(NEW), 12_345, grantee(), grant),
			E::UnknownPatient
		);
		assert_noop!(confirm(NEW, grant + 1), E::UnknownGrant);
		assert_noop!(
			Consent::confirm_grant(signed(NEW), PATIENT, Grantee::Account(NED), grant),
			E::UnknownGrant
		);
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = salus_primitives::PatientStatus::Deceased(NOON)
		});
		assert_noop!(confirm(NEW, grant), E::PatientNotActive);
	});
}

#[test]
fn a_dead_grant_is_not_confirmed() {
	story(|| {
		let [over, revoked, used] = [
			give(
				grantee(),
				Terms {
					ends: NOON + HOUR,
					..terms()
				},
			),
			give(grantee(), terms()),
			give(grantee(), uses(1)),
		];
		assert_ok!(take_use(BEA, Some(AWAY), used));
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee(), revoked));
		lost_since(NOON);
		wait(DAY);
		recovered(NEW);
		wait(1);
		for dead in [over, revoked, used] {
			assert_noop!(confirm(NEW, dead), E::GrantNotLive);
		}
	});
}

#[test]
fn the_key_that_is_said_to_be_lost_confirms_nothing() {
	story(|| {
		let grant = give(grantee(), terms());
		lost_since(NOON);
		wait(DAY);
		assert_noop!(confirm(PIA, grant), E::RecoveryOpen);
		recovered(NEW);
		// The block of the completion belongs to both keys.
		assert_noop!(confirm(NEW, grant), E::RecoveryOpen);
		wait(1);
		assert_ok!(confirm(NEW, grant));
	});
}

#[test]
fn a_guardian_confirms_while_the_recovery_waits_what_she_may_give() {
	story(|| {
		let short = Terms {
			ends: NOON + 5 * DAY,
			..terms()
		};
		let (narrow, long) = (give(grantee(), short), give(grantee(), terms()));
		let wide = give(grantee(), shareable());
		Guardianships::insert(
			(PATIENT, GINA),
			Guardianship {
				consents: true,
				..guardianship(&[Action::View])
			},
		);
		lost_since(NOON);
		for beyond in [wide, long] {
			assert_noop!(confirm(GINA, beyond), E::BeyondGuardianship);
		}
		assert_ok!(confirm(GINA, narrow));
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(narrow)));
	});
}

#[test]
fn what_was_passed_on_counts_with_the_grant_that_is_confirmed() {
	story(|| {
		let own = give(grantee(), shareable());
		let passed = pass_on(BEA, AWAY, from(grantee(), own), CLEO, terms()).unwrap();
		lost_since(NOON);
		wait(DAY);
		recovered(NEW);
		wait(1);
		assert_noop!(
			Consent::confirm_grant(signed(NEW), PATIENT, Grantee::Account(CLEO), passed),
			E::NotSuspended
		);
		let cleo = AccessRequest {
			requester: CLEO,
			..question()
		};
		assert_eq!(decide(&cleo), denied(Reason::Suspended));
		assert_ok!(confirm(NEW, own));
		assert_eq!(decide(&cleo), Decision::Permit(Basis::Grant(passed)));
	});
}
