//! What a block tells an index of lists that run across patients.

use super::{
	records::{admit, register, NOW},
	*,
};
use frame_support::assert_ok;
use salus_primitives::{
	Action, ActionSet, Category, CategorySet, Grant, Grantee, Listing, Party, PatientId, Purpose, PurposeSet, Terms,
	DAY,
};

const PATIENT: PatientId = 7;

/// A grant of the patient to the other hospital's doctors, with copies to be erased.
fn grant(id: u64, erase_after: Option<u64>) -> Grant<AccountId> {
	Grant {
		id,
		terms: Terms {
			actions: ActionSet::of(&[Action::View]),
			purposes: PurposeSet::of(&[Purpose::Treatment]),
			categories: CategorySet::of(&[Category::Laboratory]),
			starts: NOW,
			ends: NOW + DAY,
			erase_after,
			..Terms::none()
		},
		uses_left: None,
		given_at: NOW,
		given_by: account("//Patient"),
		request: None,
		parent: None,
		revoked_at: None,
	}
}

fn access(uri: &str, records: &[u64]) {
	let records = records.to_vec().try_into().unwrap();
	let doctor = RuntimeOrigin::signed(account(uri));
	assert_ok!(Records::access(doctor, records, Purpose::Treatment, Some(1)));
}

#[test]
fn a_use_of_a_grant_tells_of_the_erasure_that_is_owed_for_it() {
	let to = Grantee::Role(Role::Doctor, 1);
	for (erase_after, owed) in [(Some(NOW + 2 * DAY), true), (None, false)] {
		chain(genesis::DEVELOPMENT).execute_with(|| {
			System::set_block_number(1);
			admit(PATIENT);
			register(PATIENT, 1);
			register(PATIENT, 2);
			let list: pallet_consent::GrantList<AccountId> = vec![grant(0, erase_after)].try_into().unwrap();
			pallet_consent::Grants::<Runtime>::insert(PATIENT, to.clone(), list);
			// One who is refused owes nothing.
			access("//Bob//nurse", &[0]);
			assert_eq!(Runtime::listings(), []);
			access("//Bob//doctor", &[0, 1]);
			let listing = Listing {
				party: Party::Eraser(to.clone()),
				patient: PATIENT,
				id: 0,
				until: None,
			};
			assert_eq!(
				Runtime::listings(),
				if owed { vec![listing.clone()] } else { Vec::new() }
			);
			let stands = Consent::listings_of(PATIENT);
			assert_eq!(stands.contains(&listing), owed);
		});
	}
}
