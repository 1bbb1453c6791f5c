//! Records on the whole runtime: what one takes in storage, and what an older runtime left.

use super::*;
use frame_support::{
	assert_ok,
	traits::{GetStorageVersion, StorageVersion},
};
use pallet_records::{ciphertext_size, ByHash, NextRecord, MIN_PADDED};
use salus_primitives::{
	Assignment, Category, Cid, DocStatus, Media, Moment, NewRecord, Origin, Patient, PatientId, PatientStatus, Purpose,
	RecordId,
};
use sp_core::H256;
use sp_io::hashing::{sha2_256, twox_128, twox_64};
use std::collections::BTreeMap;

const HOSPITAL: salus_primitives::InstitutionId = 0;
/// 2027-01-15T08:00:00Z.
pub(super) const NOW: Moment = 1_800_000_000_000;

/// A patient of the first hospital who is assigned to its doctor.
pub(super) fn admit(patient: PatientId) {
	let admitted = Patient {
		controller: None,
		hpke: None,
		institution: HOSPITAL,
		status: PatientStatus::Active,
	};
	pallet_timestamp::Now::<Runtime>::put(NOW);
	pallet_roles::Patients::<Runtime>::insert(patient, admitted);
	let practitioner = (account("//Alice//doctor"), HOSPITAL);
	pallet_roles::Assignments::<Runtime>::insert(patient, practitioner, Assignment::Accepted(NOW));
}

/// The doctor registers a document of one block.
pub(super) fn register(patient: PatientId, seed: u8) -> NewRecord {
	let sha256 = sha2_256(&[seed]);
	let new = NewRecord {
		patient,
		origin: Origin::Clinician,
		category: Category::Laboratory,
		compartment: None,
		media: Media::FhirJson,
		cid: Cid::truncate_from([&[0x01, 0x55, 0x12, 0x20], &sha256[..]].concat()),
		sha256: H256(sha256),
		tree: H256(sha2_256(&sha256)),
		size: ciphertext_size(MIN_PADDED).unwrap(),
		recorded_at: NOW,
		relates_to: None,
		doc_status: DocStatus::Final,
	};
	let doctor = RuntimeOrigin::signed(account("//Alice//doctor"));
	assert_ok!(Records::register(
		doctor,
		new.clone(),
		Purpose::Treatment,
		Some(HOSPITAL)
	));
	new
}

/// The lengths of all keys and of their values, without those of `System`, which any call writes.
fn lengths() -> BTreeMap<Vec<u8>, usize> {
	std::iter::successors(sp_io::storage::next_key(&[]), |key| sp_io::storage::next_key(key))
		.filter(|key| !key.starts_with(&twox_128(b"System")))
		.map(|key| {
			let value = sp_io::storage::get(&key).unwrap();
			let length = key.len() + value.len();
			(key, length)
		})
		.collect()
}

/// How many keys and bytes of state a record adds where ids have come so far.
fn added(patient: PatientId, record: RecordId) -> (usize, usize) {
	chain(genesis::DEVELOPMENT).execute_with(|| {
		admit(patient);
		NextRecord::<Runtime>::put(record);
		register(patient, 1);
		let before = lengths();
		register(patient, 2);
		let after = lengths();
		let bytes = |state: &BTreeMap<_, _>| state.values().sum::<usize>();
		(after.len() - before.len(), bytes(&after) - bytes(&before))
	})
}

#[test]
fn a_record_takes_three_quarters_of_the_peers_384_bytes_at_most() {
	// At the beginning of a chain, with a thousand million records and patients, and with the last ids there are.
	for (patient, record, bytes) in [
		(0, 0, 266),
		((1 << 30) - 1, (1 << 30) - 2, 272),
		(u64::MAX, u64::MAX - 2, 282),
	] {
		assert_eq!(added(patient, record), (2, bytes));
		assert!(bytes * 4 <= 384 * 3);
	}
}

#[test]
fn a_chain_begins_with_the_layout_that_it_writes() {
	chain(genesis::DEVELOPMENT).execute_with(|| {
		assert_eq!(Records::on_chain_storage_version(), Records::in_code_storage_version());
		assert_eq!(Records::on_chain_storage_version(), 2);
	});
}

#[test]
fn an_upgrade_moves_what_an_older_runtime_wrote() {
	chain(genesis::DEVELOPMENT).execute_with(|| {
		admit(7);
		let new = register(7, 1);
		let expected = Records::record(0);
		let bytes = new.sha256.as_bytes();

		// As version 1 wrote it: keys with a hash of the id, the whole digest, and numbers of their full width.
		let record = pallet_records::Records::<Runtime>::take(0).unwrap();
		ByHash::<Runtime>::remove(7, pallet_records::digest_prefix(&new.sha256));
		let item = |name: &str| [twox_128(b"Records"), twox_128(name.as_bytes())].concat();
		let concat = |id: [u8; 8]| [&twox_64(&id)[..], &id].concat();
		let key = [item("Records"), concat([0; 8])].concat();
		let middle = (
			record.origin,
			record.category,
			record.compartment,
			record.media,
			record.cid,
		);
		let end = (record.relates_to, record.doc_status, record.status, record.previous);
		let numbers = (record.size, record.recorded_at, record.registered_at);
		let start = (7u64, record.author, HOSPITAL);
		let old = (start, middle, record.sha256, record.tree, numbers, end).encode();
		assert_eq!(key.len() + old.len(), 225, "with no record before it, and no relation");
		sp_io::storage::set(&key, &old);
		let key = [&item("ByHash")[..], &concat(7u64.to_le_bytes()), bytes].concat();
		sp_io::storage::set(&key, &[0; 8]);
		StorageVersion::new(1).put::<Records>();
		assert_eq!(Records::record(0), None);

		Executive::execute_on_runtime_upgrade();
		assert_eq!(Records::record(0), expected);
		assert_eq!(Records::by_hash(7, new.sha256), Some(0));
		assert_eq!(Records::on_chain_storage_version(), 2);
		Records::check_state().unwrap();
	});
}
