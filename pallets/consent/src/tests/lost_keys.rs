//! What was done with a key since it was lost, and what counts of it.

use super::*;
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, DenialTerms, Miss, Receipt, Rule};

/// Whom a recovered patient signs by.
const NEW: u64 = 71;

fn grantee() -> Grantee<u64> {
	Grantee::Account(BEA)
}

#[test]
fn what_was_granted_since_the_loss_is_suspended_at_once() {
	story(|| {
		let before = give(grantee(), uses(1));
		wait(DAY);
		let at_the_time = give(Grantee::Institution(AWAY), terms());
		wait(DAY);
		give(Grantee::Role(Role::Doctor, AWAY), terms());
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(at_the_time)));

		lost_since(NOON + DAY);
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(before)));
		assert_ok!(take_use(BEA, Some(AWAY), before));
		assert_eq!(decide(&question()), denied(Reason::Suspended));
		// Whoever has the key gives nothing else that counts, whatever the time.
		wait(20 * DAY);
		give(grantee(), terms());
		assert_eq!(decide(&question()), denied(Reason::Suspended));

		lost_since(now() + 1);
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(at_the_time)));
	});
}

#[test]
fn a_refused_recovery_leaves_everything_as_it_was() {
	story(|| {
		let grant = give(grantee(), terms());
		lost_since(NOON);
		assert_eq!(decide(&question()), denied(Reason::Suspended));
		KeyLosses::remove(PATIENT);
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(grant)));
	});
}

#[test]
fn a_completed_recovery_keeps_suspended_what_was_given_until_it() {
	story(|| {
		give(grantee(), terms());
		lost_since(NOON);
		wait(7 * DAY);
		// In the very block of the completion, by the old key.
		give(grantee(), terms());
		recovered(NEW);
		assert_eq!(decide(&question()), denied(Reason::Suspended));
		wait(1);
		assert_eq!(decide(&question()), denied(Reason::Suspended));
		let terms = Terms {
			starts: now(),
			..terms()
		};
		assert_ok!(Consent::grant(signed(NEW), PATIENT, grantee(), terms));
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(2)));
	});
}

#[test]
fn suspension_is_the_nearest_of_misses_and_is_explained() {
	story(|| {
		let suspended = give(grantee(), terms());
		let other = give(
			grantee(),
			Terms {
				compartments: compartments(&[7]),
				categories: CategorySet::of(&[Category::Genomic]),
				..terms()
			},
		);
		lost_since(NOON);
		let explained = Consent::explain(&question());
		assert_eq!(
			(explained.decision, explained.rule),
			(denied(Reason::Suspended), Rule::Nothing)
		);
		let miss = |grant, reason| Miss {
			grantee: grantee(),
			grant,
			reason,
		};
		assert_eq!(
			explained.misses,
			[
				miss(suspended, Reason::Suspended),
				miss(other, Reason::CategoryMismatch)
			]
		);
	});
}

#[test]
fn what_was_passed_on_stands_and_falls_with_the_patients_own_grant() {
	story(|| {
		let own = give(grantee(), shareable());
		wait(DAY);
		// A clinician passed it on after the loss, by her own key.
		let passed = pass_on(BEA, AWAY, from(grantee(), own), CLEO, terms()).unwrap();
		let cleo = AccessRequest {
			requester: CLEO,
			..question()
		};
		lost_since(NOON + 1);
		assert_eq!(decide(&cleo), Decision::Permit(Basis::Grant(passed)));
		lost_since(NOON);
		assert_eq!(decide(&cleo), denied(Reason::Suspended));
		assert_noop!(pass_on(BEA, AWAY, from(grantee(), own), NED, terms()), E::GrantNotLive);
		assert_noop!(
			pass_on(CLEO, AWAY, from(Grantee::Account(CLEO), passed), NED, terms()),
			E::GrantNotLive
		);
	});
}

#[test]
fn what_a_guardian_gives_by_her_own_key_counts() {
	story(|| {
		let consents = Guardianship {
			consents: true,
			..guardianship(&[Action::View])
		};
		Guardianships::insert((PATIENT, GINA), consents.clone());
		let hers = Terms {
			ends: NOON + 5 * DAY,
			..terms()
		};
		assert_ok!(Consent::grant(signed(GINA), PATIENT, grantee(), hers));
		lost_since(NOON);
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(0)));
		// Once she is none any more, nothing tells her grant from a thief's.
		let contested = Guardianship {
			contested: true,
			..consents
		};
		Guardianships::insert((PATIENT, GINA), contested);
		assert_eq!(decide(&question()), denied(Reason::Suspended));
	});
}

#[test]
fn no_key_is_released_for_a_receipt_that_rests_on_such_a_grant() {
	story(|| {
		let grant = give(grantee(), uses(1));
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		let receipt = Receipt {
			requester: BEA,
			on_behalf_of: Some(AWAY),
			patient: PATIENT,
			purpose: Purpose::Treatment,
			at: now(),
			outcomes: vec![(1, Decision::Permit(Basis::Grant(grant)))].try_into().unwrap(),
		};
		let still = || <Consent as AccessControl<u64>>::still_permits(&receipt, 1, &record());
		assert!(still());
		lost_since(NOON);
		assert!(!still());
	});
}

#[test]
fn while_a_recovery_waits_the_key_opens_nothing_that_was_closed_and_closes_what_it_likes() {
	story(|| {
		give(grantee(), terms());
		assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
		assert_ok!(Consent::seal(signed(PIA), PATIENT, 1));
		lost_since(NOON + DAY);
		assert_noop!(Consent::lift_denial(signed(PIA), PATIENT, 0), E::RecoveryOpen);
		assert_noop!(Consent::unseal(signed(PIA), PATIENT, 1), E::RecoveryOpen);
		// If it is the patient who has it, she is not kept from this.
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee(), 0));
		assert_ok!(Consent::seal(signed(PIA), PATIENT, 2));
		let by_name = DenialTerms {
			account: Some(BEA),
			..DenialTerms::all()
		};
		assert_ok!(Consent::deny(signed(PIA), PATIENT, by_name));

		Guardianships::insert(
			(PATIENT, GINA),
			Guardianship {
				consents: true,
				..guardianship(&[Action::View])
			},
		);
		assert_noop!(Consent::lift_denial(signed(GINA), PATIENT, 0), E::NotThePatient);
		recovered(NEW);
		for denial in [0, 1] {
			assert_ok!(Consent::lift_denial(signed(NEW), PATIENT, denial));
		}
		assert_ok!(Consent::unseal(signed(NEW), PATIENT, 1));
	});
}

#[test]
fn another_patients_loss_is_not_hers() {
	story(|| {
		let grant = give(grantee(), terms());
		let loss = KeyLoss {
			waiting: Some(0),
			recovered: Some((0, now())),
		};
		KeyLosses::insert(OTHER_PATIENT, loss);
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(grant)));
	});
}
