use super::*;
use crate::{Event, Grants};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, Kind, PatientStatus, Role};

/// Cleo's question, as Bea's.
fn by(requester: u64, on_behalf_of: InstitutionId) -> AccessRequest<u64> {
	AccessRequest {
		requester,
		on_behalf_of: Some(on_behalf_of),
		author: STRANGER,
		..question()
	}
}

fn account(who: u64) -> Grantee<u64> {
	Grantee::Account(who)
}

fn left(grantee: Grantee<u64>, id: GrantId) -> Option<u32> {
	let list = Grants::<Test>::get(PATIENT, grantee);
	list.iter().find(|grant| grant.id == id).unwrap().uses_left
}

#[test]
fn a_referral_opens_to_the_second_doctor_and_ends_with_the_first_ones_grant() {
	story(|| {
		let parent = give(account(BEA), shareable());
		assert_eq!(decide(&by(CLEO, AWAY)), denied(Reason::NoGrant));
		let grant = pass_on(BEA, AWAY, from(account(BEA), parent), CLEO, terms()).unwrap();
		let entry = last_entry(PATIENT);
		assert_eq!(
			(&entry.kind, entry.actor),
			(&Kind::GrantPassedOn { grant, parent }, Some(BEA))
		);
		System::assert_last_event(
			Event::PassedOn {
				patient: PATIENT,
				to: CLEO,
				grant,
				parent,
				entry,
			}
			.into(),
		);
		assert_eq!(decide(&by(CLEO, AWAY)), Decision::Permit(Basis::Grant(grant)));
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, account(BEA), parent));
		assert_eq!(decide(&by(CLEO, AWAY)), denied(Reason::Revoked), "in the same block");
		assert_eq!(decide(&by(BEA, AWAY)), denied(Reason::Revoked));
	});
}

#[test]
fn it_is_passed_on_by_whomever_it_was_given_to() {
	let grantees = [
		account(BEA),
		Grantee::Institution(AWAY),
		Grantee::Role(Role::Doctor, AWAY),
		Grantee::Assigned(AWAY),
	];
	for grantee in grantees {
		ExtBuilder::default().assigned(BEA, AWAY).build_and_execute(|| {
			let parent = give(grantee.clone(), shareable());
			assert_noop!(
				pass_on(ADA, HOME, from(grantee.clone(), parent), CLEO, terms()),
				E::NotTheGrantee
			);
			let grant = pass_on(BEA, AWAY, from(grantee.clone(), parent), ADA, terms()).unwrap();
			assert_eq!(decide(&by(ADA, HOME)), Decision::Permit(Basis::Grant(grant)));
			assert_ok!(Consent::revoke(signed(PIA), PATIENT, grantee.clone(), parent));
			assert_eq!(decide(&by(ADA, HOME)), denied(Reason::Revoked));
		});
	}
	story(|| {
		let parent = give(Grantee::Assigned(AWAY), shareable());
		assert_noop!(
			pass_on(BEA, AWAY, from(Grantee::Assigned(AWAY), parent), ADA, terms()),
			E::NotTheGrantee
		);
		let parent = give(Grantee::Role(Role::Nurse, AWAY), shareable());
		assert_noop!(
			pass_on(BEA, AWAY, from(Grantee::Role(Role::Nurse, AWAY), parent), ADA, terms()),
			E::NotTheGrantee
		);
	});
}

#[test]
fn only_with_a_credential_that_counts_and_for_a_patient_who_lives() {
	story(|| {
		let parent = give(account(BEA), shareable());
		let pass = |at| pass_on(BEA, at, from(account(BEA), parent), CLEO, terms());
		assert_noop!(pass(9), E::UnknownInstitution);
		assert_noop!(pass(HOME), E::NoCredential);
		Credentials::insert((BEA, AWAY), (Role::Doctor, false));
		assert_noop!(pass(AWAY), E::Inactive);
		Credentials::insert((BEA, AWAY), (Role::Doctor, true));
		assert_noop!(
			Consent::pass_on(signed(BEA), 12_345, AWAY, from(account(BEA), parent), CLEO, terms()),
			E::UnknownPatient
		);
		assert_noop!(
			Consent::pass_on(
				RuntimeOrigin::none(),
				PATIENT,
				AWAY,
				from(account(BEA), parent),
				CLEO,
				terms()
			),
			sp_runtime::DispatchError::BadOrigin
		);
		Patients::mutate(PATIENT, |patient| {
			patient.as_mut().unwrap().status = PatientStatus::Deceased(NOON)
		});
		assert_noop!(pass(AWAY), E::PatientNotActive);
	});
}

#[test]
fn never_wider_than_its_parent() {
	story(|| {
		let terms = Terms {
			records: records(&[1, 2]),
			recorded_from: Some(10),
			uses: Some(5),
			erase_after: Some(NOON + 60 * DAY),
			..shareable()
		};
		let parent = give(account(BEA), terms.clone());
		let wider = [
			Terms {
				actions: ActionSet::ALL,
				..terms.clone()
			},
			Terms {
				purposes: PurposeSet::ALL,
				..terms.clone()
			},
			Terms {
				categories: CategorySet::ALL,
				..terms.clone()
			},
			Terms {
				records: records(&[1, 3]),
				..terms.clone()
			},
			Terms {
				records: records(&[]),
				..terms.clone()
			},
			Terms {
				compartments: compartments(&[1]),
				..terms.clone()
			},
			Terms {
				recorded_from: Some(9),
				..terms.clone()
			},
			Terms {
				starts: NOON - 1,
				..terms.clone()
			},
			Terms {
				ends: NOON + 30 * DAY + 1,
				..terms.clone()
			},
			Terms {
				uses: Some(6),
				..terms.clone()
			},
			Terms {
				uses: None,
				..terms.clone()
			},
			Terms {
				erase_after: None,
				..terms.clone()
			},
			Terms {
				outlives: true,
				..terms.clone()
			},
		];
		for terms in wider {
			assert_noop!(
				pass_on(BEA, AWAY, from(account(BEA), parent), CLEO, terms),
				E::TermsWider
			);
		}
		assert_ok!(pass_on(BEA, AWAY, from(account(BEA), parent), CLEO, terms));
	});
}

#[test]
fn what_opens_no_compartment_passes_none_on() {
	story(|| {
		let terms = Terms {
			compartments: compartments(&[1]),
			..shareable()
		};
		let theirs = give(Grantee::Institution(AWAY), terms.clone());
		let from_all = from(Grantee::Institution(AWAY), theirs);
		assert_noop!(pass_on(BEA, AWAY, from_all, CLEO, terms.clone()), E::TermsWider);
		let hers = give(account(BEA), terms.clone());
		let grant = pass_on(BEA, AWAY, from(account(BEA), hers), CLEO, terms).unwrap();
		let drawer = AccessRequest {
			compartment: Some(1),
			..by(CLEO, AWAY)
		};
		assert_eq!(decide(&drawer), Decision::Permit(Basis::Grant(grant)));
	});
}

#[test]
fn only_what_allows_to_share_and_is_live() {
	story(|| {
		let view = give(account(BEA), terms());
		assert_noop!(
			pass_on(BEA, AWAY, from(account(BEA), view), CLEO, terms()),
			E::NotShareable
		);
		assert_noop!(
			pass_on(BEA, AWAY, from(account(BEA), 77), CLEO, terms()),
			E::UnknownGrant
		);
		let later = give(
			account(BEA),
			Terms {
				starts: NOON + DAY,
				..shareable()
			},
		);
		let later_terms = Terms {
			starts: NOON + DAY,
			..terms()
		};
		assert_noop!(
			pass_on(BEA, AWAY, from(account(BEA), later), CLEO, later_terms),
			E::GrantNotLive
		);
		let once = give(
			account(BEA),
			Terms {
				uses: Some(1),
				..shareable()
			},
		);
		let grant = pass_on(
			BEA,
			AWAY,
			from(account(BEA), once),
			CLEO,
			Terms {
				uses: Some(1),
				..shareable()
			},
		)
		.unwrap();
		assert_ok!(take_use(BEA, Some(AWAY), once));
		assert_noop!(
			pass_on(BEA, AWAY, from(account(BEA), once), NED, uses(1)),
			E::GrantNotLive
		);
		assert_noop!(
			pass_on(CLEO, AWAY, from(account(CLEO), grant), NED, uses(1)),
			E::GrantNotLive
		);
		let revoked = give(account(BEA), shareable());
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, account(BEA), revoked));
		assert_noop!(
			pass_on(BEA, AWAY, from(account(BEA), revoked), NED, terms()),
			E::GrantNotLive
		);
		wait(30 * DAY);
		assert_noop!(
			pass_on(BEA, AWAY, from(account(BEA), view), CLEO, terms()),
			E::GrantNotLive
		);
	});
}

#[test]
fn its_terms_are_terms() {
	story(|| {
		let parent = give(account(BEA), shareable());
		let pass = |terms| pass_on(BEA, AWAY, from(account(BEA), parent), CLEO, terms);
		let empty = Terms {
			actions: ActionSet::EMPTY,
			..terms()
		};
		assert_noop!(pass(empty), E::TermsEmpty);
		assert_noop!(pass(uses(0)), E::NoUses);
		let inverted = Terms { ends: NOON, ..terms() };
		assert_noop!(pass(inverted), E::TermsInverted);
		wait(DAY);
		let over = Terms {
			ends: NOON + DAY,
			..terms()
		};
		assert_noop!(pass(over), E::TermsInPast);
	});
}

#[test]
fn three_deep_and_no_deeper() {
	let staff = (100..104).fold(ExtBuilder::default(), |world, doctor| {
		world.credential(doctor, AWAY, Role::Doctor)
	});
	staff.build_and_execute(|| {
		let root = give(account(BEA), shareable());
		let mut holder = (BEA, root);
		for next in 100..103 {
			let grant = pass_on(holder.0, AWAY, from(account(holder.0), holder.1), next, shareable()).unwrap();
			assert_eq!(decide(&by(next, AWAY)), Decision::Permit(Basis::Grant(grant)));
			holder = (next, grant);
		}
		assert_noop!(
			pass_on(holder.0, AWAY, from(account(holder.0), holder.1), 103, shareable()),
			E::PassedOnTooFar
		);
		// The one in the middle ends all below it and none above.
		assert_ok!(Consent::revoke(signed(BEA), PATIENT, account(100), root + 1));
		assert!(decide(&by(BEA, AWAY)).is_permit());
		for below in 100..103 {
			assert_eq!(decide(&by(below, AWAY)), denied(Reason::Revoked));
		}
	});
}

#[test]
fn its_uses_are_its_parents_uses_too() {
	story(|| {
		let parent = give(
			account(BEA),
			Terms {
				uses: Some(3),
				..shareable()
			},
		);
		let grant = pass_on(BEA, AWAY, from(account(BEA), parent), CLEO, uses(2)).unwrap();
		assert_ok!(take_use(CLEO, Some(AWAY), grant));
		assert_eq!(
			(left(account(CLEO), grant), left(account(BEA), parent)),
			(Some(1), Some(2))
		);
		assert_ok!(take_use(BEA, Some(AWAY), parent));
		assert_ok!(take_use(BEA, Some(AWAY), parent));
		assert_eq!(
			decide(&by(CLEO, AWAY)),
			denied(Reason::Exhausted),
			"one is left, and none above it"
		);
		assert_noop!(take_use(CLEO, Some(AWAY), grant), E::UsesExhausted);
		assert_eq!(left(account(CLEO), grant), Some(1));
	});
}

#[test]
fn a_receipt_has_its_use_given_back_above_too() {
	story(|| {
		let parent = give(
			account(BEA),
			Terms {
				uses: Some(1),
				..shareable()
			},
		);
		let grant = pass_on(BEA, AWAY, from(account(BEA), parent), CLEO, uses(1)).unwrap();
		let receipt = salus_primitives::Receipt {
			requester: CLEO,
			on_behalf_of: Some(AWAY),
			patient: PATIENT,
			purpose: Purpose::Treatment,
			at: now(),
			outcomes: vec![(1, decide(&by(CLEO, AWAY)))].try_into().unwrap(),
		};
		assert_eq!(receipt.outcomes[0].1, Decision::Permit(Basis::Grant(grant)));
		assert_ok!(take_use(CLEO, Some(AWAY), grant));
		assert_eq!(decide(&by(BEA, AWAY)), denied(Reason::Exhausted));
		let still = || <Consent as AccessControl<u64>>::still_permits(&receipt, 1, &record());
		assert!(still());
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, account(BEA), parent));
		assert!(!still());
	});
}

#[test]
fn an_account_holds_one_such_grant_and_a_dead_one_makes_room() {
	story(|| {
		let parent = give(account(BEA), shareable());
		let other = give(Grantee::Institution(AWAY), shareable());
		let first = pass_on(BEA, AWAY, from(account(BEA), parent), CLEO, terms()).unwrap();
		let again = from(Grantee::Institution(AWAY), other);
		assert_noop!(pass_on(NED, AWAY, again.clone(), CLEO, terms()), E::PassedOnBefore);
		assert_ok!(Consent::revoke(signed(BEA), PATIENT, account(CLEO), first));
		let second = pass_on(NED, AWAY, again, CLEO, terms()).unwrap();
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, Grantee::Institution(AWAY), other));
		let third = pass_on(BEA, AWAY, from(account(BEA), parent), CLEO, terms()).unwrap();
		assert!(second < third, "what died with its parent makes room too");
		let ids: Vec<_> = Grants::<Test>::get(PATIENT, account(CLEO))
			.iter()
			.map(|grant| grant.id)
			.collect();
		assert_eq!(ids, [third]);
		assert_noop!(
			pass_on(BEA, AWAY, from(account(BEA), parent), BEA, terms()),
			E::PassedToSelf
		);
	});
}

#[test]
fn sixteen_live_grants_leave_no_room() {
	story(|| {
		let parent = give(account(BEA), shareable());
		for _ in 0..16 {
			give(account(CLEO), terms());
		}
		assert_noop!(
			pass_on(BEA, AWAY, from(account(BEA), parent), CLEO, terms()),
			E::TooManyGrants
		);
		crate::NextGrant::<Test>::put(u64::MAX);
		assert_noop!(
			pass_on(BEA, AWAY, from(account(BEA), parent), NED, terms()),
			E::IdsExhausted
		);
		crate::NextGrant::<Test>::put(100);
	});
}

#[test]
fn what_gave_way_in_a_full_list_takes_what_was_passed_on_with_it() {
	story(|| {
		let parent = give(
			account(BEA),
			Terms {
				uses: Some(1),
				..shareable()
			},
		);
		let grant = pass_on(BEA, AWAY, from(account(BEA), parent), CLEO, uses(1)).unwrap();
		assert_ok!(take_use(BEA, Some(AWAY), parent));
		assert_eq!(decide(&by(CLEO, AWAY)), denied(Reason::Exhausted));
		for _ in 0..16 {
			give(account(BEA), terms());
		}
		assert_eq!(decide(&by(CLEO, AWAY)), denied(Reason::Revoked));
		assert_noop!(take_use(CLEO, Some(AWAY), grant), E::UnknownGrant);
	});
}

#[test]
fn only_the_patient_and_whoever_passed_it_on_revoke_it() {
	for who in [PIA, BEA] {
		story(|| {
			let parent = give(account(BEA), shareable());
			let grant = pass_on(BEA, AWAY, from(account(BEA), parent), CLEO, terms()).unwrap();
			for other in [CLEO, NED, OLE] {
				assert_noop!(
					Consent::revoke(signed(other), PATIENT, account(CLEO), grant),
					E::NotThePatient
				);
			}
			assert_noop!(
				Consent::revoke(signed(BEA), PATIENT, account(BEA), parent),
				E::NotThePatient
			);
			assert_ok!(Consent::revoke(signed(who), PATIENT, account(CLEO), grant));
			assert_eq!(decide(&by(CLEO, AWAY)), denied(Reason::Revoked));
			assert!(decide(&by(BEA, AWAY)).is_permit());
		});
	}
}

/// A chain can run back to an account in it, and every grant in it is still younger than the one above: no ring.
#[test]
fn a_chain_that_comes_back_to_an_account_is_no_ring() {
	story(|| {
		let root = give(account(BEA), shareable());
		let there = pass_on(BEA, AWAY, from(account(BEA), root), CLEO, shareable()).unwrap();
		let back = pass_on(CLEO, AWAY, from(account(CLEO), there), BEA, shareable()).unwrap();
		assert!(root < there && there < back);
		assert_eq!(decide(&by(BEA, AWAY)), Decision::Permit(Basis::Grant(root)));
		assert_noop!(
			pass_on(BEA, AWAY, from(account(BEA), back), CLEO, terms()),
			E::PassedOnBefore
		);
		let out = pass_on(BEA, AWAY, from(account(BEA), back), NED, terms()).unwrap();
		let ned = by(NED, AWAY);
		assert_eq!(decide(&ned), Decision::Permit(Basis::Grant(out)));
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, account(CLEO), there));
		assert_eq!(decide(&ned), denied(Reason::Revoked));
		assert!(decide(&by(BEA, AWAY)).is_permit(), "by the patient's own grant");
	});
}
