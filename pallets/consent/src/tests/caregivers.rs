//! Caregivers: accounts that the patient names, with a row of the matrix and no credential.

use super::*;
use frame_support::assert_ok;
use salus_primitives::{Basis, DenialTerms, ErrorReason, PatientStatus, Role};

/// Carl's question, to look after her.
fn care() -> AccessRequest<u64> {
	AccessRequest {
		purpose: Purpose::CareManagement,
		..private(CARL)
	}
}

fn care_terms() -> Terms {
	Terms {
		actions: ActionSet::ALL,
		purposes: PurposeSet::of(&[Purpose::Family, Purpose::CareManagement]),
		categories: CategorySet::ALL,
		compartments: compartments(&[1]),
		..terms()
	}
}

#[test]
fn a_caregiver_sees_exactly_her_row_of_the_matrix_and_what_she_was_granted() {
	story(|| {
		let grant = give(Grantee::Account(CARL), care_terms());
		assert_eq!(decide(&care()), denied(Reason::Unknown));
		Caregivers::insert((PATIENT, CARL), ());
		for (purpose, action) in Purpose::ALL.into_iter().flat_map(|p| Action::ALL.map(|a| (p, a))) {
			for category in Category::ALL {
				let asked = AccessRequest {
					purpose,
					action,
					category,
					..care()
				};
				let reads = [Action::View, Action::Share].contains(&action);
				let row = [Purpose::Family, Purpose::CareManagement].contains(&purpose)
					&& (reads || category == Category::Vitals);
				let expected = if row {
					Decision::Permit(Basis::Grant(grant))
				} else {
					denied(Reason::RoleForbids)
				};
				assert_eq!(decide(&asked), expected, "{asked:?}");
			}
		}
		assert_ok!(take_use(CARL, None, grant));
		let at_work = AccessRequest {
			on_behalf_of: Some(AWAY),
			..care()
		};
		assert_eq!(decide(&at_work), denied(Reason::Unknown));
	});
}

#[test]
fn only_grants_to_her_account_reach_her() {
	story(|| {
		Caregivers::insert((PATIENT, CARL), ());
		for grantee in [
			Grantee::Institution(HOME),
			Grantee::Role(Role::Nurse, HOME),
			Grantee::Assigned(HOME),
			Grantee::Account(BEA),
		] {
			give(grantee, care_terms());
		}
		assert_eq!(decide(&care()), denied(Reason::NoGrant));
		let drawer = AccessRequest {
			compartment: Some(1),
			..care()
		};
		let grant = give(Grantee::Account(CARL), care_terms());
		assert_eq!(decide(&drawer), Decision::Permit(Basis::Grant(grant)));
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(NOON)
		});
		assert_eq!(decide(&care()), denied(Reason::Expired));
	});
}

#[test]
fn denials_reach_her_save_those_of_a_role_or_an_institution() {
	story(|| {
		Caregivers::insert((PATIENT, CARL), ());
		give(Grantee::Account(CARL), care_terms());
		for terms in [
			DenialTerms {
				role: Some(Role::Nurse),
				..DenialTerms::all()
			},
			DenialTerms {
				institution: Some(HOME),
				..DenialTerms::all()
			},
		] {
			assert_ok!(Consent::deny(signed(PIA), PATIENT, terms));
		}
		assert!(decide(&care()).is_permit());
		let by_name = DenialTerms {
			account: Some(CARL),
			..DenialTerms::all()
		};
		assert_ok!(Consent::deny(signed(PIA), PATIENT, by_name));
		assert_eq!(decide(&care()), denied(Reason::Refused));
	});
}

#[test]
fn the_records_status_is_judged_as_for_staff() {
	story(|| {
		Caregivers::insert((PATIENT, CARL), ());
		give(Grantee::Account(CARL), care_terms());
		let asked = |status| AccessRequest {
			status: Some(status),
			author: CARL,
			..care()
		};
		for status in [
			RecordStatus::Restricted,
			RecordStatus::Erased,
			RecordStatus::EnteredInError(ErrorReason::Other),
		] {
			assert_eq!(decide(&asked(status)), denied(Reason::Unavailable));
		}
		let in_error = AccessRequest {
			purpose: Purpose::Treatment,
			..asked(RecordStatus::EnteredInError(ErrorReason::Other))
		};
		assert_eq!(decide(&in_error), denied(Reason::RoleForbids), "rule 3 comes first");
	});
}
