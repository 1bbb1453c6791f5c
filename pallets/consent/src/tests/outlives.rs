//! Grants marked to outlive the patient.

use super::*;
use crate::Grants;
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, DenialTerms, PatientStatus};

fn marked() -> Terms {
	Terms {
		outlives: true,
		..shareable()
	}
}

fn is_now(status: PatientStatus) {
	Patients::mutate(PATIENT, |patient| patient.as_mut().unwrap().status = status);
}

/// Two officers note that the patient died at this time.
fn died_at(at: u64) {
	is_now(PatientStatus::Deceased(at));
}

fn by(requester: u64) -> AccessRequest<u64> {
	AccessRequest {
		requester,
		..question()
	}
}

#[test]
fn what_is_marked_goes_on_when_she_dies_and_nothing_else_does() {
	story(|| {
		let kept = give(Grantee::Account(BEA), marked());
		let ended = give(Grantee::Account(NED), shareable());
		wait(DAY);
		died_at(now());
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(kept)));
		assert_eq!(decide(&by(NED)), denied(Reason::Expired));
		let explained = Consent::explain(&by(NED));
		assert_eq!(
			(explained.misses[0].grant, explained.misses[0].reason),
			(ended, Reason::Expired)
		);
		// It is no right of her own, and no licence to write: she can't be asked any more.
		assert_eq!(decide(&private(PIA)), denied(Reason::Unknown));
		assert_noop!(
			Consent::grant(signed(PIA), PATIENT, Grantee::Account(NED), marked()),
			E::PatientNotActive
		);
		// The note of her death was wrong.
		is_now(PatientStatus::Active);
		assert!(decide(&by(NED)).is_permit());
	});
}

#[test]
fn every_grantee_keeps_it_a_caregiver_too() {
	ExtBuilder::default().assigned(BEA, AWAY).build_and_execute(|| {
		for grantee in [
			Grantee::Institution(AWAY),
			Grantee::Role(Role::Doctor, AWAY),
			Grantee::Assigned(AWAY),
		] {
			is_now(PatientStatus::Active);
			let grant = give(grantee.clone(), marked());
			died_at(now());
			assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(grant)));
			assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee, grant));
			assert_eq!(decide(&question()), denied(Reason::Revoked));
		}
		is_now(PatientStatus::Active);
		Caregivers::insert((PATIENT, CARL), ());
		let family = Terms {
			purposes: PurposeSet::of(&[Purpose::Family]),
			..marked()
		};
		let grant = give(Grantee::Account(CARL), family);
		died_at(now());
		let asked = AccessRequest {
			purpose: Purpose::Family,
			..private(CARL)
		};
		assert_eq!(decide(&asked), Decision::Permit(Basis::Grant(grant)));
	});
}

#[test]
fn its_other_terms_hold_after_her_death_as_before() {
	story(|| {
		let limited = Terms {
			uses: Some(1),
			recorded_from: Some(NOON - DAY),
			compartments: compartments(&[1]),
			..marked()
		};
		let grant = give(Grantee::Account(BEA), limited);
		died_at(now());
		for (refused, reason) in [
			(Action::Append, Reason::ActionMismatch),
			(Action::Share, Reason::CategoryMismatch),
		] {
			let asked = AccessRequest {
				action: refused,
				category: if reason == Reason::CategoryMismatch {
					Category::Vitals
				} else {
					Category::Laboratory
				},
				..question()
			};
			assert_eq!(decide(&asked), denied(reason));
		}
		let purpose = AccessRequest {
			purpose: Purpose::CareManagement,
			..question()
		};
		assert_eq!(decide(&purpose), denied(Reason::PurposeMismatch));
		let older = AccessRequest {
			recorded_at: NOON - DAY - 1,
			..question()
		};
		assert_eq!(decide(&older), denied(Reason::OutsideDateRange));
		let drawer = |compartment| AccessRequest {
			compartment: Some(compartment),
			..question()
		};
		assert_eq!(decide(&drawer(2)), denied(Reason::CompartmentMismatch));
		assert_eq!(decide(&drawer(1)), Decision::Permit(Basis::Grant(grant)));
		Credentials::insert((BEA, AWAY), (Role::Doctor, false));
		assert_eq!(decide(&question()), denied(Reason::Inactive));
		Credentials::insert((BEA, AWAY), (Role::Doctor, true));
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		assert_eq!(decide(&question()), denied(Reason::Exhausted));
		let again = AccessRequest {
			patient: OTHER_PATIENT,
			..question()
		};
		assert_eq!(decide(&again), denied(Reason::NoGrant));
		wait(30 * DAY);
		assert_eq!(decide(&question()), denied(Reason::Expired));
	});
}

/// Whoever has her key when she is dead can't have been given anything by her.
#[test]
fn what_was_given_after_she_died_does_not_outlive_her() {
	for (died, permits) in [(NOON + HOUR, true), (NOON, true), (NOON - 1, false)] {
		story(|| {
			let grant = give(Grantee::Account(BEA), marked());
			wait(DAY);
			// The death is noted later, with the time of it.
			died_at(died);
			let expected = if permits {
				Decision::Permit(Basis::Grant(grant))
			} else {
				denied(Reason::Expired)
			};
			assert_eq!(decide(&question()), expected);
		});
	}
}

#[test]
fn an_id_that_was_merged_keeps_no_grant_that_reaches_it() {
	story(|| {
		give(Grantee::Account(BEA), marked());
		is_now(PatientStatus::MergedInto(OTHER_PATIENT));
		assert_eq!(decide(&question()), denied(Reason::Expired));
	});
}

#[test]
fn an_answer_takes_the_mark_off_and_never_puts_it_on() {
	story(|| {
		let asked = ask(marked());
		assert_ok!(Consent::approve(signed(PIA), PATIENT, BEA, asked, shareable()));
		let grant = Grants::<Test>::get(PATIENT, Grantee::Account(BEA))[0].clone();
		assert!(!grant.terms.outlives);
		let asked = ask(shareable());
		assert_noop!(
			Consent::approve(signed(PIA), PATIENT, BEA, asked, marked()),
			E::TermsWider
		);
		assert_ok!(Consent::decline(signed(PIA), PATIENT, BEA, asked));
		let asked = ask(marked());
		assert_ok!(Consent::approve(signed(PIA), PATIENT, BEA, asked, marked()));
		died_at(now());
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(1)));
	});
}

#[test]
fn what_is_passed_on_outlives_her_only_with_what_it_came_from() {
	story(|| {
		let unmarked = give(Grantee::Account(BEA), shareable());
		let refused = pass_on(BEA, AWAY, from(Grantee::Account(BEA), unmarked), CLEO, marked());
		assert_eq!(refused, Err(E::TermsWider.into()));
		let root = give(Grantee::Account(BEA), marked());
		let kept = pass_on(BEA, AWAY, from(Grantee::Account(BEA), root), CLEO, marked()).unwrap();
		let ended = pass_on(BEA, AWAY, from(Grantee::Account(BEA), root), NED, shareable()).unwrap();
		let below = pass_on(CLEO, AWAY, from(Grantee::Account(CLEO), kept), ADA, marked()).unwrap();
		died_at(now());
		let at_home = AccessRequest {
			requester: ADA,
			on_behalf_of: Some(HOME),
			author: STRANGER,
			..question()
		};
		assert_eq!(decide(&by(CLEO)), Decision::Permit(Basis::Grant(kept)));
		assert_eq!(decide(&at_home), Decision::Permit(Basis::Grant(below)));
		assert_eq!(decide(&by(NED)), denied(Reason::Expired), "{ended}");
		// Nobody passes it on any more, and what ends above ends all below.
		assert_noop!(
			pass_on(BEA, AWAY, from(Grantee::Account(BEA), root), NED, marked()),
			E::PatientNotActive
		);
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, Grantee::Account(BEA), root));
		assert_eq!(decide(&by(CLEO)), denied(Reason::Revoked));
		assert_eq!(decide(&at_home), denied(Reason::Revoked));
	});
}

#[test]
fn a_guardian_marks_nothing_and_an_executor_revokes_and_refuses_what_is_marked() {
	story(|| {
		let consents = Guardianship {
			consents: true,
			..guardianship(&[Action::View])
		};
		Guardianships::insert((PATIENT, GINA), consents.clone());
		let hers = Terms {
			actions: ActionSet::of(&[Action::View]),
			ends: NOON + 9 * DAY,
			..marked()
		};
		let grantee = Grantee::Account(BEA);
		assert_noop!(
			Consent::grant(signed(GINA), PATIENT, grantee.clone(), hers.clone()),
			E::BeyondGuardianship
		);
		let asked = ask(hers.clone());
		assert_noop!(
			Consent::approve(signed(GINA), PATIENT, BEA, asked, hers.clone()),
			E::BeyondGuardianship
		);
		// The patient's own mark is in doubt with her key: no guardian puts it on by confirming.
		let grant = give(grantee.clone(), hers.clone());
		lost_since(NOON);
		assert_noop!(
			Consent::confirm_grant(signed(GINA), PATIENT, grantee.clone(), grant),
			E::BeyondGuardianship
		);
		KeyLosses::remove(PATIENT);
		assert_ok!(Consent::approve(
			signed(GINA),
			PATIENT,
			BEA,
			asked,
			Terms {
				outlives: false,
				..hers
			}
		));

		died_at(now());
		Guardianships::insert(
			(PATIENT, GINA),
			Guardianship {
				executor: true,
				..consents
			},
		);
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(grant)));
		assert_ok!(Consent::deny(signed(GINA), PATIENT, DenialTerms::all()));
		assert_eq!(decide(&question()), denied(Reason::Refused));
		assert_ok!(Consent::revoke(signed(GINA), PATIENT, grantee, grant));
	});
}

/// The paper is hers: two witnesses saw her sign that it goes on.
#[test]
fn a_patient_on_paper_marks_as_one_with_a_device_does() {
	story(|| {
		without_device();
		let wish = Wish::Grant {
			grantee: Grantee::Account(BEA),
			terms: marked(),
		};
		assert_ok!(on_paper(wish));
		died_at(now());
		assert_eq!(decide(&question()), Decision::Permit(Basis::Grant(0)));
	});
}

/// Nobody is left to say that she gave it.
#[test]
fn what_is_in_doubt_when_she_dies_stays_so() {
	story(|| {
		let before = give(Grantee::Account(NED), marked());
		wait(DAY);
		give(Grantee::Account(BEA), marked());
		lost_since(now());
		died_at(now());
		assert_eq!(decide(&by(NED)), Decision::Permit(Basis::Grant(before)));
		assert_eq!(decide(&question()), denied(Reason::Suspended));
		assert_noop!(
			Consent::confirm_grant(signed(PIA), PATIENT, Grantee::Account(BEA), 1),
			E::PatientNotActive
		);
	});
}

#[test]
fn a_receipt_of_one_who_died_stands_while_its_grant_does() {
	story(|| {
		let grant = give(
			Grantee::Account(BEA),
			Terms {
				uses: Some(1),
				..marked()
			},
		);
		died_at(now());
		let receipt = salus_primitives::Receipt {
			requester: BEA,
			on_behalf_of: Some(AWAY),
			patient: PATIENT,
			purpose: Purpose::Treatment,
			at: now(),
			outcomes: vec![(1, decide(&question()))].try_into().unwrap(),
		};
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		let still = || <Consent as AccessControl<u64>>::still_permits(&receipt, 1, &record());
		assert!(still());
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, Grantee::Account(BEA), grant));
		assert!(!still());
	});
}

/// Whoever has her key afterwards opens nothing that she closed.
#[test]
fn what_she_refused_and_sealed_stays_so_after_her_death() {
	story(|| {
		assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
		assert_ok!(Consent::seal(signed(PIA), PATIENT, 3));
		died_at(NOON);
		assert_noop!(Consent::lift_denial(signed(PIA), PATIENT, 0), E::PatientNotActive);
		assert_noop!(Consent::unseal(signed(PIA), PATIENT, 3), E::PatientNotActive);
	});
}
