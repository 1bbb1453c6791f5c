//! Rule 4, and what follows from reviews that nobody made.

use super::*;
use frame_support::assert_ok;
use salus_primitives::{Basis, DenialTerms, ErrorReason, PatientStatus, Receipt, Role, Verdict};

fn permitted(id: CaseId) -> Decision {
	Decision::Permit(Basis::BreakGlass(id))
}

#[test]
fn the_emergency_set_opens_at_once_and_nothing_else() {
	story(|| {
		let id = open();
		for category in Category::ALL {
			let at_once = [
				Category::Summary,
				Category::Allergy,
				Category::Prescription,
				Category::Immunisation,
			];
			let expected = match category {
				Category::Claims => denied(Reason::RoleForbids),
				_ if at_once.contains(&category) => permitted(id),
				_ => denied(Reason::NoGrant),
			};
			assert_eq!(decide(&emergency(category)), expected, "{category:?}");
			let in_a_drawer = AccessRequest {
				compartment: Some(3),
				..emergency(category)
			};
			assert!(!decide(&in_a_drawer).is_permit());
		}
		assert_ok!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY));
		for category in Category::ALL {
			let open = category != Category::Claims;
			assert_eq!(decide(&emergency(category)).is_permit(), open);
			let in_a_drawer = AccessRequest {
				compartment: Some(3),
				..emergency(category)
			};
			assert_eq!(decide(&in_a_drawer).is_permit(), open);
		}
	});
}

#[test]
fn a_case_is_for_viewing_in_an_emergency_where_it_was_opened() {
	ExtBuilder::default()
		.credential(BEA, HOME, Role::Doctor)
		.build_and_execute(|| {
			let id = open();
			assert_ok!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY));
			let asked = emergency(Category::Summary);
			assert_eq!(decide(&asked), permitted(id));
			for action in [Action::Append, Action::Amend, Action::Share] {
				assert!(!decide(&AccessRequest {
					action,
					..asked.clone()
				})
				.is_permit());
			}
			for purpose in [Purpose::Treatment, Purpose::PublicHealth] {
				assert!(!decide(&AccessRequest {
					purpose,
					..asked.clone()
				})
				.is_permit());
			}
			let elsewhere = AccessRequest {
				on_behalf_of: Some(HOME),
				..asked.clone()
			};
			assert!(!decide(&elsewhere).is_permit());
			let other = AccessRequest {
				patient: OTHER_PATIENT,
				..asked.clone()
			};
			assert!(!decide(&other).is_permit());
			Credentials::insert((BEA, AWAY), (Role::Doctor, false));
			assert_eq!(decide(&asked), denied(Reason::Inactive));
		});
}

#[test]
fn a_denial_of_this_very_account_stands_and_no_other_does() {
	let by_name = || DenialTerms {
		account: Some(BEA),
		..DenialTerms::all()
	};
	let others = [
		DenialTerms::all(),
		DenialTerms {
			category: Some(Category::Summary),
			..by_name()
		},
		DenialTerms {
			account: Some(NED),
			..DenialTerms::all()
		},
		DenialTerms {
			institution: Some(AWAY),
			..DenialTerms::all()
		},
		DenialTerms {
			role: Some(Role::Doctor),
			..DenialTerms::all()
		},
	];
	story(|| {
		let id = open();
		for terms in others {
			assert_ok!(Consent::deny(signed(PIA), PATIENT, terms));
		}
		assert_eq!(decide(&emergency(Category::Summary)), permitted(id));
		assert_ok!(Consent::deny(signed(PIA), PATIENT, by_name()));
		assert_eq!(decide(&emergency(Category::Summary)), denied(Reason::Refused));
	});
}

#[test]
fn before_its_approvals_the_rules_that_follow_decide_the_rest() {
	story(|| {
		open();
		let imaging = AccessRequest {
			author: BEA,
			custodian: AWAY,
			..emergency(Category::Imaging)
		};
		assert_eq!(decide(&imaging), Decision::Permit(Basis::Author));
		let grant = give(
			Grantee::Account(BEA),
			Terms {
				purposes: PurposeSet::of(&[Purpose::Emergency]),
				..terms()
			},
		);
		assert_eq!(
			decide(&emergency(Category::Imaging)),
			Decision::Permit(Basis::Grant(grant))
		);
	});
}

#[test]
fn what_is_closed_by_its_status_stays_closed() {
	story(|| {
		open();
		let asked = |status| AccessRequest {
			status: Some(status),
			..emergency(Category::Summary)
		};
		for status in [
			RecordStatus::Restricted,
			RecordStatus::Erasing,
			RecordStatus::Erased,
			RecordStatus::EnteredInError(ErrorReason::WrongPatient),
		] {
			assert_eq!(decide(&asked(status)), denied(Reason::Unavailable));
		}
		assert!(decide(&asked(RecordStatus::Superseded(4))).is_permit());
		let own_error = AccessRequest {
			author: BEA,
			custodian: AWAY,
			..asked(RecordStatus::EnteredInError(ErrorReason::WrongPatient))
		};
		assert_eq!(decide(&own_error), Decision::Permit(Basis::Author));
	});
}

#[test]
fn a_case_goes_on_when_the_patient_dies() {
	story(|| {
		let id = open();
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(NOON)
		});
		assert_eq!(decide(&emergency(Category::Summary)), permitted(id));
	});
}

#[test]
fn overdue_reviews_suspend_payment_and_research_and_nothing_else() {
	let staff = ExtBuilder::default()
		.credential(60, AWAY, Role::Insurer)
		.credential(61, AWAY, Role::Researcher);
	staff.build_and_execute(|| {
		let asked = |requester, purpose| AccessRequest {
			requester,
			purpose,
			..question()
		};
		let suspended = [
			asked(60, Purpose::Payment),
			asked(61, Purpose::Research),
			asked(61, Purpose::ClinicalTrial),
		];
		let everything = Terms {
			purposes: PurposeSet::ALL,
			..terms()
		};
		give(Grantee::Institution(AWAY), everything);
		let treats = [asked(BEA, Purpose::Treatment), asked(BEA, Purpose::Emergency)];
		let id = open();
		wait(6 * HOUR + 7 * DAY - 1);
		for request in suspended.iter().chain(&treats) {
			assert!(decide(request).is_permit());
		}
		wait(1);
		for request in &suspended {
			assert_eq!(decide(request), denied(Reason::Inactive));
		}
		for request in &treats {
			assert!(decide(request).is_permit());
		}
		assert_ok!(Consent::review_case(signed(PAUL), PATIENT, id, Verdict::Justified));
		for request in suspended.iter().chain(&treats) {
			assert!(decide(request).is_permit(), "as soon as it is reviewed");
		}
	});
}

#[test]
fn a_receipt_that_rests_on_a_case_ends_with_it() {
	story(|| {
		let id = open();
		let receipt = Receipt {
			requester: BEA,
			on_behalf_of: Some(AWAY),
			patient: PATIENT,
			purpose: Purpose::Emergency,
			at: now(),
			outcomes: vec![(1, decide(&emergency(Category::Summary)))].try_into().unwrap(),
		};
		assert_eq!(receipt.outcomes[0].1, permitted(id));
		let record = Record {
			category: Category::Summary,
			..record()
		};
		let still = || <Consent as AccessControl<u64>>::still_permits(&receipt, 1, &record);
		assert!(still());
		assert_ok!(Consent::close_case(signed(BEA), PATIENT, id));
		assert!(!still());
		open();
		assert!(still(), "another case is open, which permits the same");
		wait(6 * HOUR);
		assert!(!still());
	});
}
