//! What a thief, a colluding insider or a guardian who went wrong tries across several calls.

use super::*;
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, DenialTerms, PatientStatus, Role};

/// A colleague's referral is no way around a denial.
#[test]
fn a_grant_passed_on_to_somebody_whom_the_patient_denied_opens_nothing() {
	story(|| {
		let grant = give(Grantee::Account(BEA), shareable());
		let by_name = DenialTerms {
			account: Some(CLEO),
			..DenialTerms::all()
		};
		assert_ok!(Consent::deny(signed(PIA), PATIENT, by_name));
		assert_ok!(pass_on(BEA, AWAY, from(Grantee::Account(BEA), grant), CLEO, terms()));
		let cleo = AccessRequest {
			requester: CLEO,
			..question()
		};
		assert_eq!(decide(&cleo), denied(Reason::Refused));
	});
}

/// Whoever is suspended in the middle of a case goes on with nothing of it, and her approval is no one's way in later.
#[test]
fn who_was_suspended_a_moment_ago_takes_no_part_in_a_case() {
	story(|| {
		let id = open();
		assert_ok!(Consent::join_case(signed(NED), PATIENT, id));
		Credentials::insert((NED, AWAY), (Role::Nurse, false));
		Credentials::insert((CLEO, AWAY), (Role::Doctor, false));
		let ned = AccessRequest {
			requester: NED,
			..emergency(Category::Allergy)
		};
		assert_eq!(decide(&ned), denied(Reason::Inactive));
		assert_noop!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY), E::Inactive);
		assert_noop!(Consent::join_case(signed(CLEO), PATIENT, id), E::Inactive);
		assert!(decide(&emergency(Category::Allergy)).is_permit(), "the opener goes on");
	});
}

/// What a guardian gave to a friend does not outlast her, and what is passed on from it neither.
#[test]
fn nothing_that_a_guardian_gave_outlasts_her() {
	story(|| {
		let consents = Guardianship {
			consents: true,
			..guardianship(&[Action::View, Action::Share])
		};
		Guardianships::insert((PATIENT, GINA), consents);
		let ends = NOON + 10 * DAY;
		let hers = Terms { ends, ..shareable() };
		assert_ok!(Consent::grant(signed(GINA), PATIENT, Grantee::Account(BEA), hers));
		let parent = from(Grantee::Account(BEA), 0);
		assert_noop!(
			pass_on(
				BEA,
				AWAY,
				parent.clone(),
				CLEO,
				Terms {
					ends: ends + 1,
					..terms()
				}
			),
			E::TermsWider
		);
		assert_ok!(pass_on(BEA, AWAY, parent, CLEO, Terms { ends, ..terms() }));
		let cleo = AccessRequest {
			requester: CLEO,
			..question()
		};
		assert_eq!(decide(&cleo), Decision::Permit(Basis::Grant(1)));
		wait(10 * DAY);
		for asked in [question(), cleo] {
			assert_eq!(decide(&asked), denied(Reason::Expired));
		}
	});
}

/// An executor sees and refuses; he gives nothing away of one who can't be asked any more.
#[test]
fn an_executor_gives_no_grant() {
	story(|| {
		let executor = Guardianship {
			executor: true,
			consents: true,
			..guardianship(&[Action::View])
		};
		Guardianships::insert((PATIENT, GINA), executor);
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(NOON)
		});
		let hers = Terms {
			ends: NOON + DAY,
			..terms()
		};
		assert_noop!(
			Consent::grant(signed(GINA), PATIENT, Grantee::Account(BEA), hers),
			E::PatientNotActive
		);
		assert_noop!(
			Consent::grant(signed(PIA), PATIENT, Grantee::Account(BEA), terms()),
			E::PatientNotActive
		);
		assert_ok!(Consent::deny(signed(GINA), PATIENT, DenialTerms::all()));
		assert_noop!(Consent::lift_denial(signed(GINA), PATIENT, 0), E::NotThePatient);
	});
}

/// A copy is owed an erasure for as long as nobody attests it, whatever became of the grant.
#[test]
fn neither_revocation_nor_a_full_list_makes_an_erasure_be_forgotten() {
	story(|| {
		let erased = Terms {
			erase_after: Some(NOON + 40 * DAY),
			..terms()
		};
		let grant = give(Grantee::Account(BEA), erased);
		assert_ok!(take_use(BEA, Some(AWAY), grant));
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, Grantee::Account(BEA), grant));
		for _ in 0..16 {
			give(Grantee::Account(BEA), terms());
		}
		let list = crate::Grants::<Test>::get(PATIENT, Grantee::Account(BEA));
		assert!(list.iter().all(|given| given.id != grant), "it gave way");
		assert!(Consent::overdue_erasures(PATIENT, None, 9).is_empty());
		wait(40 * DAY);
		let overdue = Consent::overdue_erasures(PATIENT, None, 9);
		assert_eq!(overdue.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [grant]);
	});
}
