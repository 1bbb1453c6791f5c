use super::*;
use crate::Grants;
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use salus_primitives::Role;

fn left(grantee: Grantee<u64>, id: u64) -> Option<u32> {
	Grants::<Test>::get(PATIENT, grantee)
		.iter()
		.find(|grant| grant.id == id)
		.unwrap()
		.uses_left
}

#[test]
fn a_use_is_taken_from_whichever_list_the_grant_stands_in() {
	let grantees = [
		Grantee::Account(BEA),
		Grantee::Institution(AWAY),
		Grantee::Role(Role::Doctor, AWAY),
		Grantee::Assigned(AWAY),
	];
	ExtBuilder::default().assigned(BEA, AWAY).build_and_execute(|| {
		for (id, grantee) in grantees.iter().enumerate() {
			give(grantee.clone(), uses(2));
			let id = id as u64;
			assert_ok!(take_use(BEA, Some(AWAY), id));
			assert_eq!(left(grantee.clone(), id), Some(1));
			assert_ok!(take_use(BEA, Some(AWAY), id));
			assert_eq!(decide(&question()), denied(Reason::Exhausted));
			assert_noop!(take_use(BEA, Some(AWAY), id), E::UsesExhausted);
			assert_eq!(left(grantee.clone(), id), Some(0));
		}
	});
}

#[test]
fn any_number_of_uses_is_never_used_up() {
	story(|| {
		let grant = give(Grantee::Account(BEA), terms());
		for _ in 0..3 {
			assert_ok!(take_use(BEA, Some(AWAY), grant));
		}
		assert_eq!(left(Grantee::Account(BEA), grant), None);
	});
}

#[test]
fn nobody_takes_uses_of_anothers_grant() {
	story(|| {
		let hers = give(Grantee::Account(BEA), uses(2));
		let theirs = give(Grantee::Institution(AWAY), uses(2));
		assert_noop!(take_use(NED, Some(AWAY), hers), E::UnknownGrant);
		assert_noop!(take_use(ADA, Some(HOME), theirs), E::UnknownGrant);
		assert_noop!(take_use(BEA, None, theirs), E::UnknownGrant);
		assert_noop!(take_use(STRANGER, Some(AWAY), theirs), E::UnknownGrant);
		assert_noop!(take_use(BEA, Some(AWAY), 77), E::UnknownGrant);
		assert_ok!(take_use(NED, Some(AWAY), theirs));
	});
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

	/// However often uses are taken, as many succeed as were given, and none goes below zero.
	#[test]
	fn uses_never_go_below_zero(given in 1u32..6, tries in 0u32..12) {
		ExtBuilder::default().build_and_execute(|| {
			let grant = give(Grantee::Account(BEA), uses(given));
			let taken = (0..tries).filter(|_| take_use(BEA, Some(AWAY), grant).is_ok()).count() as u32;
			assert_eq!(taken, given.min(tries));
			assert_eq!(left(Grantee::Account(BEA), grant), Some(given - taken));
			assert_eq!(decide(&question()).is_permit(), taken < given);
		});
	}
}
