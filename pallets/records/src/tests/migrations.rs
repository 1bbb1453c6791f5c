use super::{
	layout::{item, state},
	*,
};
use crate::{migrations::ToVersion2, mock::*, Pallet};
use codec::Encode;
use frame_support::traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion};
use salus_primitives::ErrorReason;
use sp_io::hashing::{twox_128, twox_64};

fn twox_64_concat(key: &[u8]) -> Vec<u8> {
	[&twox_64(key)[..], key].concat()
}

/// An `Option` in SCALE.
fn optional(value: Option<Vec<u8>>) -> Vec<u8> {
	value.map_or(vec![0], |value| [vec![1], value].concat())
}

/// A record as version 1 wrote it.
fn old_record(record: &Record<u64>) -> Vec<u8> {
	let relates_to = |(relation, id): (Relation, RecordId)| [&[relation as u8][..], &id.to_le_bytes()].concat();
	[
		&record.patient.to_le_bytes()[..],
		&record.author.to_le_bytes(),
		&record.custodian.to_le_bytes(),
		&[record.origin as u8, record.category as u8],
		&optional(record.compartment.map(|drawer| vec![drawer])),
		&[record.media as u8],
		&[36 << 2],
		&record.cid,
		record.sha256.as_bytes(),
		record.tree.as_bytes(),
		&record.size.to_le_bytes(),
		&record.recorded_at.to_le_bytes(),
		&record.registered_at.to_le_bytes(),
		&optional(record.relates_to.map(relates_to)),
		&[record.doc_status as u8],
		&record.status.encode(),
		&optional(record.previous.map(|id| id.to_le_bytes().to_vec())),
	]
	.concat()
}

fn old_record_key(id: RecordId) -> Vec<u8> {
	[item("Records"), twox_64_concat(&id.to_le_bytes())].concat()
}

fn old_hash_key(patient: PatientId, sha256: &H256) -> Vec<u8> {
	let patient = twox_64_concat(&patient.to_le_bytes());
	[&item("ByHash")[..], &patient, sha256.as_bytes()].concat()
}

/// Puts the chain back to version 1, byte by byte.
fn as_version_1() {
	let records: Vec<_> = (0..NextRecord::<Test>::get()).map(|id| (id, record(id))).collect();
	for key in [state(&item("Records")), state(&item("ByHash"))]
		.iter()
		.flat_map(|state| state.keys())
	{
		sp_io::storage::clear(key);
	}
	for (id, record) in &records {
		sp_io::storage::set(&old_record_key(*id), &old_record(record));
		sp_io::storage::set(&old_hash_key(record.patient, &record.sha256), &id.to_le_bytes());
	}
	StorageVersion::new(1).put::<Pallet<Test>>();
}

fn upgrade() {
	#[cfg(feature = "try-runtime")]
	ToVersion2::<Test>::try_on_runtime_upgrade(true).unwrap();
	#[cfg(not(feature = "try-runtime"))]
	ToVersion2::<Test>::on_runtime_upgrade();
}

/// Records with each field both absent and present, small and large.
fn some_of_everything() {
	registered(new(ADA, 1));
	registered(NewRecord {
		compartment: Some(200),
		media: Media::Opaque,
		category: Category::Summary,
		doc_status: DocStatus::Preliminary,
		recorded_at: 0,
		..new(ADA, 2)
	});
	registered(related(ADA, 3, Relation::Replaces, 0));
	assert_ok!(register(ADAS, own(ADA, 4), None));
	let large = NewRecord {
		size: ciphertext_size(1 << 39).unwrap(),
		cid: Cid::truncate_from([&[0x01, 0x70, 0x12, 0x20], digest(55).as_bytes()].concat()),
		..related(BEN, 5, Relation::Appends, 4)
	};
	registered(new(BEN, 1));
	registered(large);
	let origin = RuntimeOrigin::signed(DOCTOR);
	assert_ok!(Records::mark_entered_in_error(
		origin,
		4,
		ErrorReason::WrongPatient,
		Some(A)
	));
	for id in 100..300 {
		registered(new(if id % 3 == 0 { ADA } else { BEN }, id));
	}
	assert_ok!(access(ADAS, &[0, 1], None));
}

#[test]
fn everything_is_what_it_was_under_shorter_keys() {
	story(|| {
		some_of_everything();
		StorageVersion::new(2).put::<Pallet<Test>>();
		let before = state(&twox_128(b"Records"));
		as_version_1();
		assert_eq!(state(&item("Records")).keys().next().unwrap().len(), 48);
		assert_ne!(state(&twox_128(b"Records")), before);

		upgrade();
		assert_eq!(state(&twox_128(b"Records")), before);
		assert_eq!(Pallet::<Test>::on_chain_storage_version(), 2);
		// It has run: what is there is left alone.
		upgrade();
		assert_eq!(state(&twox_128(b"Records")), before);
	});
}

#[test]
fn the_weight_is_that_of_all_keys() {
	story(|| {
		some_of_everything();
		let records = NextRecord::<Test>::get();
		as_version_1();
		let weight = ToVersion2::<Test>::on_runtime_upgrade();
		let database = <Test as frame_system::Config>::DbWeight::get();
		// Two entries for each record, each found, read, removed and written; and the version.
		assert_eq!(weight, database.reads_writes(4 * records + 1, 4 * records + 1));
		assert_eq!(ToVersion2::<Test>::on_runtime_upgrade(), database.reads(1));
	});
}

#[test]
fn a_chain_without_records_has_nothing_to_move() {
	story(|| {
		StorageVersion::new(1).put::<Pallet<Test>>();
		upgrade();
		assert_eq!(state(&item("Records")).len() + state(&item("ByHash")).len(), 0);
	});
}

/// Version 1 took two hashes of a patient with one beginning; today's second is refused.
#[test]
fn of_two_hashes_that_begin_alike_the_first_record_keeps_the_entry() {
	for (first, second) in [(0x00, 0xff), (0xff, 0x00)] {
		world().execute_with(|| {
			registered(new(ADA, 1));
			registered(new(ADA, 2));
			as_version_1();
			for (id, last) in [(0, first), (1, second)] {
				sp_io::storage::clear(&old_hash_key(ADA, &digest(id + 1)));
				let mut sha256 = digest(1);
				sha256.0[31] = last;
				sp_io::storage::set(&old_hash_key(ADA, &sha256), &u64::to_le_bytes(id));
			}
			#[cfg(feature = "try-runtime")]
			assert!(ToVersion2::<Test>::pre_upgrade().is_err());
			ToVersion2::<Test>::on_runtime_upgrade();
			assert_eq!(
				state(&item("ByHash")).into_values().collect::<Vec<_>>(),
				[vec![0]],
				"the first record's id, compact"
			);
			assert_eq!(NextRecord::<Test>::get(), 2);
			assert_eq!((record(0).sha256, record(1).sha256), (digest(1), digest(2)));
		});
	}
}
