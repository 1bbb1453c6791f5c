//! From the layout before to this one.

use crate::{
	keys,
	migrations::{v3, V2, V3, V4, V5, V6},
	mock::*,
	Act, Error, Institutions, KeyLosses, Pallet, ProposedActs, Recoveries, Recovery, Ties, TiesOf,
};
use codec::{Compact, Encode};
use frame_support::traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Institution, InstitutionId, KeyLoss, Role};
use sp_core::H256;
use sp_runtime::AccountId32;
use std::collections::BTreeMap;

/// Writes the institutions as an older runtime did, and says how they are read by this one.
fn write_as_before() -> Vec<(InstitutionId, Institution<AccountId32>)> {
	let now: Vec<_> = Institutions::<Test>::iter().collect();
	for (id, institution) in now.clone() {
		let fields: v3::Fields<AccountId32> = (
			institution.kind,
			institution.region,
			institution.time_zone,
			institution.officers,
			institution.status,
			institution.hpke,
			institution.peer_ids,
			institution.addresses,
			institution.admission_terms.into(),
			institution.seat,
			institution.validator,
		);
		v3::Institutions::<Test>::insert(id, fields);
	}
	now
}

#[test]
fn ties_are_counted_once() {
	story(|| {
		let counted: Vec<_> = TiesOf::<Test>::iter().collect();
		assert!(!counted.is_empty());
		let _ = TiesOf::<Test>::clear(u32::MAX, None);
		let institutions = write_as_before();
		StorageVersion::new(1).put::<Pallet<Test>>();
		V2::<Test>::on_runtime_upgrade();
		assert_eq!(TiesOf::<Test>::iter().collect::<Vec<_>>(), counted);
		// The seat is one of the officers.
		let ties = Ties {
			offices: 2,
			credentials: 0,
		};
		assert_eq!(TiesOf::<Test>::get(id("a1")), ties);
		assert_eq!(Pallet::<Test>::on_chain_storage_version(), 2);

		V2::<Test>::on_runtime_upgrade();
		assert_eq!(
			TiesOf::<Test>::iter().collect::<Vec<_>>(),
			counted,
			"the second run changes nothing"
		);

		V3::<Test>::on_runtime_upgrade();
		V4::<Test>::on_runtime_upgrade();
		assert_eq!(Institutions::<Test>::iter().collect::<Vec<_>>(), institutions);
		V5::<Test>::on_runtime_upgrade();
		V6::<Test>::on_runtime_upgrade();
		assert_eq!(Pallet::<Test>::on_chain_storage_version(), 6);
	});
}

#[test]
fn admission_terms_from_before_outlive_nobody() {
	story(|| {
		let institutions = write_as_before();
		assert!(institutions.len() > 1);
		assert!(institutions.iter().all(|(_, one)| !one.admission_terms.outlives));
		StorageVersion::new(3).put::<Pallet<Test>>();
		assert_ne!(
			Institutions::<Test>::iter().collect::<Vec<_>>(),
			institutions,
			"the layouts differ"
		);
		V4::<Test>::on_runtime_upgrade();
		assert_eq!(Institutions::<Test>::iter().collect::<Vec<_>>(), institutions);
		assert_eq!(Pallet::<Test>::on_chain_storage_version(), 4);
		V4::<Test>::on_runtime_upgrade();
		assert_eq!(
			Institutions::<Test>::iter().collect::<Vec<_>>(),
			institutions,
			"the second run changes nothing"
		);
	});
}

#[test]
fn keys_whose_recovery_waits_are_lost_since_its_proposal() {
	story(|| {
		let (first, second) = (register(1), register(2));
		let recovery = Recovery {
			controller: id("new"),
			hpke: hpke(9),
			evidence: H256::zero(),
			since: START,
			objected: true,
			vouched: false,
		};
		Recoveries::<Test>::insert(second, recovery);
		StorageVersion::new(2).put::<Pallet<Test>>();
		V3::<Test>::on_runtime_upgrade();
		let loss = KeyLoss {
			waiting: Some(START),
			recovered: None,
		};
		assert_eq!(KeyLosses::<Test>::iter().collect::<Vec<_>>(), [(second, loss)]);
		assert!(!KeyLosses::<Test>::contains_key(first));
		assert_eq!(Pallet::<Test>::on_chain_storage_version(), 3);

		assert_noop!(keys::claim::<Test>(&hpke(9)), Error::<Test>::HpkeKeyInUse);
		assert_ok!(keys::release::<Test>(&hpke(9)));
		KeyLosses::<Test>::remove(second);
		Recoveries::<Test>::remove(second);
		V3::<Test>::on_runtime_upgrade();
		assert_eq!(KeyLosses::<Test>::iter().count(), 0, "the second run changes nothing");
	});
}

#[test]
fn a_recovery_whose_key_was_taken_since_is_begun_again() {
	story(|| {
		let patient = register(1);
		let recovery = Recovery {
			controller: id("new"),
			hpke: hpke(1),
			evidence: H256::zero(),
			since: START,
			objected: false,
			vouched: false,
		};
		Recoveries::<Test>::insert(patient, recovery);
		StorageVersion::new(2).put::<Pallet<Test>>();
		V3::<Test>::on_runtime_upgrade();
		assert!(!Recoveries::<Test>::contains_key(patient));
		assert!(!KeyLosses::<Test>::contains_key(patient));
	});
}

#[test]
fn acts_that_can_be_read_no_more_are_proposed_again() {
	story(|| {
		assert_ok!(Roles::propose_act(by("b1"), B, Act::AddOfficer(id("b3"))));
		let kept = Roles::proposed_acts(B);
		// An `Identify` of layout 4: its index, the patient and the evidence; who proposed it, and until when.
		let identify = (9u8, 7u64, H256::zero(), id("a1"), START);
		let waiting = (Compact(1u32), identify).encode();
		frame_support::storage::unhashed::put_raw(&ProposedActs::<Test>::hashed_key_for(A), &waiting);
		StorageVersion::new(4).put::<Pallet<Test>>();
		V5::<Test>::on_runtime_upgrade();
		assert!(!ProposedActs::<Test>::contains_key(A));
		assert_eq!(Roles::proposed_acts(B), kept);
		assert_eq!(Pallet::<Test>::on_chain_storage_version(), 5);
		assert_ok!(Roles::propose_act(by("a1"), A, Act::AddOfficer(id("a3"))));
	});
}

#[test]
fn what_was_revoked_counts_no_more() {
	story(|| {
		for name in ["nurse", "admin-b"] {
			assert_ok!(Roles::leave(
				by(name),
				vec![Roles::home(&id(name)).unwrap()].try_into().unwrap()
			));
		}
		assert_ok!(Roles::issue(&id("doctor"), B, credential(Role::Doctor)));
		assert_ok!(Roles::revoke_credential(by("a1"), id("doctor"), A));
		let counted: BTreeMap<_, _> = TiesOf::<Test>::iter().collect();
		// As layout 4 counted it.
		TiesOf::<Test>::mutate(id("doctor"), |ties| ties.credentials = 2);
		StorageVersion::new(5).put::<Pallet<Test>>();
		for _ in 0..2 {
			V6::<Test>::on_runtime_upgrade();
			assert_eq!(TiesOf::<Test>::iter().collect::<BTreeMap<_, _>>(), counted);
			assert_eq!(Pallet::<Test>::on_chain_storage_version(), 6);
		}
		assert_ok!(Roles::leave(by("doctor"), vec![B].try_into().unwrap()));
	});
}
