use super::*;
use frame_support::assert_ok;
use salus_primitives::{Basis, DenialTerms, Receipt, Role};

/// What `access` does: it decides each record, takes one use of each grant, and writes down the outcomes.
fn access(ids: &[u64]) -> Receipt<u64> {
	let outcomes: Vec<_> = ids
		.iter()
		.map(|id| {
			(
				*id,
				decide(&AccessRequest {
					record: Some(*id),
					..question()
				}),
			)
		})
		.collect();
	let mut grants: Vec<_> = outcomes
		.iter()
		.filter_map(|(_, outcome)| match outcome {
			Decision::Permit(Basis::Grant(grant)) => Some(*grant),
			_ => None,
		})
		.collect();
	grants.sort();
	grants.dedup();
	for grant in grants {
		assert_ok!(take_use(BEA, Some(AWAY), grant));
	}
	Receipt {
		requester: BEA,
		on_behalf_of: Some(AWAY),
		patient: PATIENT,
		purpose: Purpose::Treatment,
		at: now(),
		outcomes: outcomes.try_into().unwrap(),
	}
}

fn still(receipt: &Receipt<u64>, id: u64) -> bool {
	<Consent as AccessControl<u64>>::still_permits(receipt, id, &record())
}

#[test]
fn the_last_use_is_given_back_to_the_receipt_that_took_it() {
	story(|| {
		give(Grantee::Account(BEA), uses(1));
		let receipt = access(&[1, 2]);
		assert_eq!(decide(&question()), denied(Reason::Exhausted));
		assert!(still(&receipt, 1) && still(&receipt, 2));
		assert!(!still(&receipt, 3), "the receipt names other records");
		let refused = access(&[1]);
		assert_eq!(refused.outcomes[0].1, denied(Reason::Exhausted));
		assert!(!still(&refused, 1), "a refusal is never turned into a permit");
		give(Grantee::Account(BEA), terms());
		assert!(!still(&refused, 1), "not even by a new grant");
	});
}

#[test]
fn no_grant_that_the_receipt_does_not_rest_on_has_a_use_given_back() {
	story(|| {
		let first = give(Grantee::Account(BEA), uses(1));
		let receipt = access(&[1]);
		let second = give(Grantee::Account(BEA), uses(1));
		let later = access(&[1]);
		assert_eq!(later.outcomes[0].1, Decision::Permit(Basis::Grant(second)));
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, Grantee::Account(BEA), first));
		assert!(
			!still(&receipt, 1),
			"the second grant's use was taken by another receipt"
		);
		assert!(still(&later, 1));
	});
}

#[test]
fn everything_but_the_use_is_judged_anew() {
	let changes: [fn(); 8] = [
		|| {
			assert_ok!(Consent::revoke(signed(PIA), PATIENT, Grantee::Account(BEA), 0));
		},
		|| {
			assert_ok!(Consent::deny(
				signed(PIA),
				PATIENT,
				DenialTerms {
					record: Some(1),
					..DenialTerms::all()
				}
			));
		},
		|| wait(30 * DAY),
		|| Credentials::insert((BEA, AWAY), (Role::Doctor, false)),
		|| Credentials::remove((BEA, AWAY)),
		|| Credentials::insert((BEA, AWAY), (Role::Auditor, true)),
		|| Institutions::insert(AWAY, false),
		|| Patients::remove(PATIENT),
	];
	for change in changes {
		ExtBuilder::default().build().execute_with(|| {
			give(Grantee::Account(BEA), uses(1));
			let receipt = access(&[1]);
			assert!(still(&receipt, 1));
			change();
			assert!(!still(&receipt, 1));
		});
	}
}

#[test]
fn the_record_is_judged_as_it_is_now() {
	story(|| {
		give(Grantee::Account(BEA), terms());
		let receipt = access(&[1]);
		let judge = |record: Record<u64>| <Consent as AccessControl<u64>>::still_permits(&receipt, 1, &record);
		assert!(judge(record()));
		assert!(!judge(Record {
			status: RecordStatus::Erased,
			..record()
		}));
		assert!(!judge(Record {
			status: RecordStatus::Restricted,
			..record()
		}));
		assert!(!judge(Record {
			patient: OTHER_PATIENT,
			..record()
		}));
		assert!(!judge(Record {
			category: Category::Genomic,
			..record()
		}));
	});
}

#[test]
fn a_permit_that_rests_on_no_grant_needs_no_use() {
	story(|| {
		let receipt = Receipt {
			requester: ADA,
			on_behalf_of: Some(HOME),
			patient: PATIENT,
			purpose: Purpose::Treatment,
			at: now(),
			outcomes: vec![(1, Decision::Permit(Basis::Author))].try_into().unwrap(),
		};
		assert!(still(&receipt, 1));
		Credentials::insert((ADA, HOME), (Role::Doctor, false));
		assert!(!still(&receipt, 1));
	});
}

#[test]
fn one_call_takes_one_use_of_each_grant_it_rests_on_and_gets_each_back() {
	story(|| {
		let narrow = give(
			Grantee::Account(BEA),
			Terms {
				records: records(&[1]),
				..uses(1)
			},
		);
		let wide = give(Grantee::Institution(AWAY), uses(1));
		let receipt = access(&[1, 2]);
		assert_eq!(receipt.outcomes[0].1, Decision::Permit(Basis::Grant(narrow)));
		assert_eq!(receipt.outcomes[1].1, Decision::Permit(Basis::Grant(wide)));
		assert!(still(&receipt, 1) && still(&receipt, 2));
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, Grantee::Institution(AWAY), wide));
		assert!(still(&receipt, 1) && !still(&receipt, 2));
	});
}
