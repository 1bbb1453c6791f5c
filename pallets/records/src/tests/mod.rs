#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::panic,
	clippy::cast_possible_truncation
)]

mod access;
mod audit;
mod layout;
mod mark_entered_in_error;
mod migrations;
mod model;
mod payload;
mod queries;
mod receipts;
mod register;
mod register_batch;
mod relations;
mod state_machine;
mod try_state;
mod weights;

use crate::{ciphertext_size, mock::*, Event, NextRecord, MIN_PADDED};
use frame_support::{assert_ok, dispatch::DispatchResultWithPostInfo, BoundedVec};
use salus_primitives::{
	AuditEntry, Category, Cid, DocStatus, InstitutionId, Media, NewRecord, Origin, PatientId, Purpose, Record,
	RecordId, RecordStatus, Relation,
};
use sp_core::H256;
use sp_runtime::{traits::ConstU32, DispatchResult};

/// SHA-256 of the ciphertext with this seed. Other seeds give other beginnings.
fn digest(seed: u64) -> H256 {
	H256(sp_io::hashing::sha2_256(&seed.to_be_bytes()))
}

/// The vault's CID of one block with this SHA-256.
fn cid_of(sha256: H256) -> Cid {
	Cid::truncate_from([&[0x01, 0x55, 0x12, 0x20], sha256.as_bytes()].concat())
}

fn cid(seed: u64) -> Cid {
	cid_of(digest(seed))
}

/// A clinician's new record; every seed is another ciphertext.
fn new(patient: PatientId, seed: u64) -> NewRecord {
	NewRecord {
		patient,
		origin: Origin::Clinician,
		category: Category::Encounter,
		compartment: None,
		media: Media::FhirJson,
		cid: cid(seed),
		sha256: digest(seed),
		tree: H256::repeat_byte(7),
		size: ciphertext_size(MIN_PADDED).unwrap(),
		recorded_at: now(),
		relates_to: None,
		doc_status: DocStatus::Final,
	}
}

/// A patient's own new record.
fn own(patient: PatientId, seed: u64) -> NewRecord {
	NewRecord {
		origin: Origin::Patient,
		..new(patient, seed)
	}
}

/// A new record that relates to another.
fn related(patient: PatientId, seed: u64, relation: Relation, to: RecordId) -> NewRecord {
	NewRecord {
		relates_to: Some((relation, to)),
		..new(patient, seed)
	}
}

fn register(who: u64, record: NewRecord, institution: Option<InstitutionId>) -> DispatchResult {
	without_weight(Records::register(
		RuntimeOrigin::signed(who),
		record,
		Purpose::Treatment,
		institution,
	))
}

/// What the doctor of A registers.
fn registered(record: NewRecord) -> RecordId {
	let id = NextRecord::<Test>::get();
	assert_ok!(register(DOCTOR, record, Some(A)));
	id
}

fn access(who: u64, records: &[RecordId], institution: Option<InstitutionId>) -> DispatchResult {
	let records = list(records.to_vec());
	without_weight(Records::access(
		RuntimeOrigin::signed(who),
		records,
		Purpose::Treatment,
		institution,
	))
}

fn without_weight(outcome: DispatchResultWithPostInfo) -> DispatchResult {
	outcome.map(drop).map_err(|error| error.error)
}

fn list<T>(items: Vec<T>) -> BoundedVec<T, ConstU32<64>> {
	items.try_into().unwrap_or_else(|_| panic!("more than 64"))
}

fn record(id: RecordId) -> Record<u64> {
	Records::record(id).unwrap()
}

fn status(id: RecordId) -> RecordStatus {
	record(id).status
}

/// Writes a status that no call of this version gives.
fn set_status(id: RecordId, status: RecordStatus) {
	crate::Records::<Test>::mutate(id, |record| record.as_mut().unwrap().status = status);
}

/// This pallet's events so far.
fn events() -> Vec<Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Records(event) => Some(event),
			_ => None,
		})
		.collect()
}

/// The entries of the latest event.
fn last_entries() -> Vec<(PatientId, AuditEntry<u64>)> {
	events().last().unwrap().audit()
}
