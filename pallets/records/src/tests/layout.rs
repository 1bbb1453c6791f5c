//! What a record takes in storage, byte by byte.

use super::*;
use crate::mock::*;
use codec::Encode;
use sp_io::hashing::twox_128;
use std::collections::BTreeMap;

/// All of the state, or what begins so.
pub fn state(prefix: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
	let next = |key: &[u8]| sp_io::storage::next_key(key).filter(|key| key.starts_with(prefix));
	std::iter::successors(next(prefix), |key| next(key))
		.map(|key| {
			let value = sp_io::storage::get(&key).unwrap().to_vec();
			(key, value)
		})
		.collect()
}

/// Where a storage item of this pallet begins.
pub fn item(name: &str) -> Vec<u8> {
	[twox_128(b"Records"), twox_128(name.as_bytes())].concat()
}

#[test]
fn a_record_is_two_keys_of_these_bytes() {
	story(|| {
		registered(new(BEN, 9));
		let before = state(&[]);
		let given = NewRecord {
			compartment: Some(3),
			media: Media::Dicom,
			..related(BEN, 1, Relation::Appends, 0)
		};
		registered(given.clone());

		let id = 1u64.to_le_bytes();
		let record = [
			// The patient, compact.
			&[4][..],
			&DOCTOR.to_le_bytes(),
			// The custodian, compact; origin and category.
			&[0, 0, Category::Encounter as u8],
			&[1, 3, Media::Dicom as u8],
			&[36 << 2],
			&given.cid,
			given.sha256.as_bytes(),
			given.tree.as_bytes(),
			// 16,504 bytes, compact: four bytes, of which two bits say so.
			&(16_504u32 << 2 | 2).to_le_bytes(),
			// Two times, compact: six bytes after one that says so.
			&[(6 - 4) << 2 | 3],
			&START.to_le_bytes()[..6],
			&[(6 - 4) << 2 | 3],
			&START.to_le_bytes()[..6],
			&[1, Relation::Appends as u8],
			&0u64.to_le_bytes(),
			&[DocStatus::Final as u8],
			&RecordStatus::Current.encode(),
			&[1],
			&0u64.to_le_bytes(),
		]
		.concat();
		let patient = BEN.to_le_bytes();
		let by_hash = [&item("ByHash")[..], &patient, &given.sha256.as_bytes()[..16]].concat();
		let added: BTreeMap<_, _> = state(&[])
			.into_iter()
			.filter(|(key, _)| !before.contains_key(key) && !key.starts_with(&twox_128(b"System")))
			.collect();
		let expected = BTreeMap::from([([&item("Records")[..], &id].concat(), record), (by_hash, vec![4])]);
		assert_eq!(added, expected);
	});
}
