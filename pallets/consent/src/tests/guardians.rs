//! Guardians: what they see and do by rule 2, and what they sign in the patient's place.

use super::*;
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, DenialTerms, ErrorReason, PatientStatus, Role};

const BY_GUARDIANSHIP: Decision = Decision::Permit(Basis::Guardian);

#[test]
fn a_guardian_does_what_her_guardianship_allows_while_it_lasts() {
	story(|| {
		assert_eq!(decide(&private(GINA)), denied(Reason::Unknown));
		guardian(&[Action::View, Action::Append]);
		for action in Action::ALL {
			let asked = AccessRequest {
				action,
				..private(GINA)
			};
			let expected = match action {
				Action::View | Action::Append => BY_GUARDIANSHIP,
				Action::Amend | Action::Share => denied(Reason::NoGrant),
			};
			assert_eq!(decide(&asked), expected);
		}
		for purpose in Purpose::ALL {
			assert_eq!(
				decide(&AccessRequest {
					purpose,
					..private(GINA)
				}),
				BY_GUARDIANSHIP
			);
		}
		let other = AccessRequest {
			patient: OTHER_PATIENT,
			..private(GINA)
		};
		assert_eq!(decide(&other), denied(Reason::Unknown));
		let at_work = AccessRequest {
			on_behalf_of: Some(AWAY),
			..private(GINA)
		};
		assert_eq!(decide(&at_work), denied(Reason::Unknown));
		wait(10 * DAY - 1);
		assert_eq!(decide(&private(GINA)), BY_GUARDIANSHIP);
		wait(1);
		assert_eq!(decide(&private(GINA)), denied(Reason::Unknown));
	});
}

#[test]
fn never_in_a_compartment_and_no_grant_helps() {
	story(|| {
		guardian(&Action::ALL);
		give(
			Grantee::Account(GINA),
			Terms {
				compartments: compartments(&[1]),
				..terms()
			},
		);
		let drawer = AccessRequest {
			compartment: Some(1),
			..private(GINA)
		};
		assert_eq!(decide(&drawer), denied(Reason::NoGrant));
	});
}

#[test]
fn whoever_is_a_caregiver_too_is_judged_on_as_one() {
	story(|| {
		guardian(&[Action::Append]);
		Caregivers::insert((PATIENT, GINA), ());
		let asked = AccessRequest {
			purpose: Purpose::Family,
			..private(GINA)
		};
		assert_eq!(
			decide(&private(GINA)),
			denied(Reason::RoleForbids),
			"no treatment by a caregiver"
		);
		assert_eq!(decide(&asked), denied(Reason::NoGrant));
		let grant = give(
			Grantee::Account(GINA),
			Terms {
				purposes: PurposeSet::of(&[Purpose::Family]),
				..terms()
			},
		);
		assert_eq!(decide(&asked), Decision::Permit(Basis::Grant(grant)));
		let restricted = AccessRequest {
			status: Some(RecordStatus::Restricted),
			..asked
		};
		assert_eq!(decide(&restricted), denied(Reason::Unavailable));
	});
}

#[test]
fn what_is_restricted_is_open_to_her_and_what_is_erased_or_in_error_is_not() {
	story(|| {
		guardian(&[Action::View]);
		let asked = |status| AccessRequest {
			status: Some(status),
			..private(GINA)
		};
		assert_eq!(decide(&asked(RecordStatus::Restricted)), BY_GUARDIANSHIP);
		for status in [
			RecordStatus::Erasing,
			RecordStatus::Erased,
			RecordStatus::EnteredInError(ErrorReason::Other),
		] {
			assert_eq!(decide(&asked(status)), denied(Reason::Unavailable));
		}
	});
}

#[test]
fn an_executor_sees_what_the_deceased_left() {
	story(|| {
		let executor = Guardianship {
			executor: true,
			..guardianship(&[Action::View])
		};
		Guardianships::insert((PATIENT, GINA), executor.clone());
		assert_eq!(decide(&private(GINA)), denied(Reason::Unknown), "while she lives");
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(NOON)
		});
		assert_eq!(decide(&private(GINA)), BY_GUARDIANSHIP);
		guardian(&[Action::View]);
		assert_eq!(
			decide(&private(GINA)),
			denied(Reason::Unknown),
			"a guardianship ends with her life"
		);
		Guardianships::insert((PATIENT, GINA), executor);
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::MergedInto(OTHER_PATIENT)
		});
		assert_eq!(decide(&private(GINA)), denied(Reason::Unknown));
	});
}

#[test]
fn one_that_has_not_begun_or_is_contested_is_none() {
	story(|| {
		let later = Guardianship {
			starts: NOON + 1,
			..guardianship(&Action::ALL)
		};
		Guardianships::insert((PATIENT, GINA), later);
		assert_eq!(decide(&private(GINA)), denied(Reason::Unknown));
		wait(1);
		assert_eq!(decide(&private(GINA)), BY_GUARDIANSHIP);
		let contested = Guardianship {
			contested: true,
			consents: true,
			..guardianship(&Action::ALL)
		};
		Guardianships::insert((PATIENT, GINA), contested);
		assert_eq!(decide(&private(GINA)), denied(Reason::Unknown));
		assert_noop!(Consent::seal(signed(GINA), PATIENT, 1), E::NotThePatient);
	});
}

#[test]
fn a_denial_does_not_reach_her() {
	story(|| {
		guardian(&[Action::View]);
		assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
		assert_eq!(decide(&private(GINA)), BY_GUARDIANSHIP);
	});
}

/// What a guardian may give: no longer than she is one.
fn hers() -> Terms {
	Terms {
		ends: NOON + 10 * DAY,
		..terms()
	}
}

#[test]
fn one_who_may_consent_gives_what_she_may_do_herself() {
	story(|| {
		let consents = Guardianship {
			consents: true,
			..guardianship(&[Action::View])
		};
		Guardianships::insert((PATIENT, GINA), consents);
		let grantee = Grantee::Account(BEA);
		assert_ok!(Consent::grant(signed(GINA), PATIENT, grantee.clone(), hers()));
		assert_eq!(last_entry(PATIENT).actor, Some(GINA));
		assert!(decide(&question()).is_permit());
		let amend = Terms {
			actions: ActionSet::of(&[Action::View, Action::Amend]),
			..hers()
		};
		let drawer = Terms {
			compartments: compartments(&[1]),
			..hers()
		};
		let longer = Terms {
			ends: NOON + 10 * DAY + 1,
			..hers()
		};
		for beyond in [amend, drawer, longer] {
			assert_noop!(
				Consent::grant(signed(GINA), PATIENT, grantee.clone(), beyond.clone()),
				E::BeyondGuardianship
			);
			Credentials::insert((BEA, AWAY), (Role::Doctor, true));
			let request = ask(beyond.clone());
			assert_noop!(
				Consent::approve(signed(GINA), PATIENT, BEA, request, beyond),
				E::BeyondGuardianship
			);
			assert_ok!(Consent::approve(signed(GINA), PATIENT, BEA, request, hers()));
		}
		let request = ask(terms());
		assert_ok!(Consent::decline(signed(GINA), PATIENT, BEA, request));
		assert_ok!(Consent::revoke(signed(GINA), PATIENT, grantee, 0));
		assert_ok!(Consent::deny(signed(GINA), PATIENT, DenialTerms::all()));
		assert_ok!(Consent::seal(signed(GINA), PATIENT, 1));
		assert_noop!(Consent::unseal(signed(GINA), PATIENT, 1), E::NotThePatient);
		let id = open();
		assert_ok!(Consent::close_case(signed(BEA), PATIENT, id));
		assert_ok!(Consent::appeal_case(signed(GINA), PATIENT, id));
	});
}

/// No stalker who is a guardian, and no parent of a child who has a phone, opens again what the patient closed.
#[test]
fn a_guardian_lifts_no_denial_of_a_patient_who_has_a_key() {
	story(|| {
		let consents = Guardianship {
			consents: true,
			..guardianship(&Action::ALL)
		};
		Guardianships::insert((PATIENT, GINA), consents);
		let against_her = DenialTerms {
			account: Some(GINA),
			..DenialTerms::all()
		};
		assert_ok!(Consent::deny(signed(PIA), PATIENT, against_her));
		assert_noop!(Consent::lift_denial(signed(GINA), PATIENT, 0), E::NotThePatient);
		Patients::mutate(PATIENT, |patient| patient.as_mut().unwrap().controller = None);
		assert_ok!(Consent::lift_denial(signed(GINA), PATIENT, 0));
		assert_noop!(Consent::lift_denial(signed(GINA), 12_345, 0), E::UnknownPatient);
	});
}

#[test]
fn one_who_may_not_consent_or_whose_time_is_over_signs_nothing() {
	story(|| {
		let until = |ends| Terms { ends, ..terms() };
		let grant = || Consent::grant(signed(GINA), PATIENT, Grantee::Account(BEA), until(now() + 1));
		guardian(&Action::ALL);
		assert_noop!(grant(), E::NotThePatient);
		let consents = Guardianship {
			consents: true,
			..guardianship(&Action::ALL)
		};
		Guardianships::insert((PATIENT, GINA), consents.clone());
		assert_noop!(
			Consent::deny(signed(GINA), OTHER_PATIENT, DenialTerms::all()),
			E::NotThePatient
		);
		assert_noop!(
			Consent::deny(signed(GINA), 12_345, DenialTerms::all()),
			E::UnknownPatient
		);
		wait(10 * DAY);
		assert_noop!(grant(), E::NotThePatient);
		assert_noop!(Consent::seal(signed(GINA), PATIENT, 1), E::NotThePatient);
		let longer = Guardianship {
			ends: now() + 1,
			..consents
		};
		Guardianships::insert((PATIENT, GINA), longer);
		assert_ok!(grant());
	});
}
