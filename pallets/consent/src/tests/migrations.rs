//! From the layout before to this one.

use super::*;
use crate::{
	migrations::{v1, ToVersion2},
	Grants, Pallet, Requests,
};
use frame_support::{
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
};

type Layout = (
	Vec<(u64, Grantee<u64>, crate::GrantList<u64>)>,
	Vec<(u64, u64, crate::RequestList)>,
);

fn layout() -> Layout {
	(Grants::<Test>::iter().collect(), Requests::<Test>::iter().collect())
}

/// Writes everything as an older runtime did.
fn write_as_before() {
	let (grants, requests) = layout();
	for (patient, grantee, list) in grants {
		let old = |grant: salus_primitives::Grant<u64>| -> v1::Grant<u64> {
			(
				grant.id,
				grant.terms.into(),
				grant.uses_left,
				grant.given_at,
				grant.given_by,
				grant.request,
				grant.parent,
				grant.revoked_at,
			)
		};
		let list: Vec<_> = list.into_iter().map(old).collect();
		unhashed::put(&Grants::<Test>::hashed_key_for(patient, grantee), &list);
	}
	for (patient, requester, list) in requests {
		let old = |request: salus_primitives::ConsentRequest| -> v1::Request {
			(
				request.id,
				request.institution,
				request.terms.into(),
				request.asked_at,
				request.expires_at,
			)
		};
		let list: Vec<_> = list.into_iter().map(old).collect();
		unhashed::put(&Requests::<Test>::hashed_key_for(patient, requester), &list);
	}
	StorageVersion::new(1).put::<Pallet<Test>>();
}

#[test]
fn grants_and_requests_from_before_stand_as_they_were_and_outlive_nobody() {
	story(|| {
		let longest = Terms {
			records: records(&(0..16).collect::<Vec<_>>()),
			compartments: compartments(&[0, 1, 2, 3, 4, 5, 6, 255]),
			recorded_from: Some(1),
			recorded_until: Some(u64::MAX),
			uses: Some(5),
			erase_after: Some(NOON + 40 * DAY),
			..shareable()
		};
		let request = ask(terms());
		frame_support::assert_ok!(Consent::approve(signed(PIA), PATIENT, BEA, request, uses(2)));
		frame_support::assert_ok!(take_use(BEA, Some(AWAY), 0));
		let parent = give(Grantee::Role(Role::Doctor, AWAY), longest);
		let narrow = Terms {
			records: records(&[3]),
			uses: Some(1),
			erase_after: Some(NOON + 40 * DAY),
			recorded_from: Some(1),
			recorded_until: Some(9),
			..terms()
		};
		pass_on(BEA, AWAY, from(Grantee::Role(Role::Doctor, AWAY), parent), NED, narrow).unwrap();
		for _ in 0..16 {
			give(Grantee::Institution(AWAY), terms());
		}
		frame_support::assert_ok!(Consent::revoke(
			signed(PIA),
			PATIENT,
			Grantee::Institution(AWAY),
			parent + 2
		));
		for uses in 1..=8 {
			ask(super::uses(uses));
		}
		let before = layout();
		assert_eq!(before.0.iter().map(|(.., list)| list.len()).sum::<usize>(), 19);
		let decisions = || [question(), private(PIA), emergency(Category::Allergy)].map(|asked| decide(&asked));
		let decided = decisions();

		write_as_before();
		assert_ne!(layout(), before, "the layouts differ");
		ToVersion2::<Test>::on_runtime_upgrade();
		assert_eq!(layout(), before);
		assert_eq!(decisions(), decided);
		assert_eq!(Pallet::<Test>::on_chain_storage_version(), 2);

		ToVersion2::<Test>::on_runtime_upgrade();
		assert_eq!(layout(), before, "the second run changes nothing");
	});
}
