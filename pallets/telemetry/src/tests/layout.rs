//! What devices and batches take in the state.

use super::*;
use crate::{Anchors, Devices};
use codec::MaxEncodedLen;
use sp_io::hashing::twox_128;
use std::collections::BTreeMap;

/// All of this pallet's state: key to value.
fn state() -> BTreeMap<Vec<u8>, Vec<u8>> {
	let prefix = twox_128(b"Telemetry");
	let next = |key: &[u8]| sp_io::storage::next_key(key).filter(|key| key.starts_with(&prefix));
	std::iter::successors(next(&prefix), |key| next(key))
		.map(|key| {
			let value = sp_io::storage::get(&key).unwrap().to_vec();
			(key, value)
		})
		.collect()
}

fn bytes(state: &BTreeMap<Vec<u8>, Vec<u8>>) -> usize {
	state.iter().map(|(key, value)| key.len() + value.len()).sum()
}

#[test]
fn a_batch_takes_less_than_200_bytes_and_its_device_stays_as_it_was() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		// Large numbers, so that nothing is short by chance; and a tree of blocks, which has two digests.
		NextAnchor::<Test>::put(0);
		let large = |first_seq| NewBatch {
			cid: cid(0x70, H256::repeat_byte(4)),
			size: ciphertext_size(1 << 30).unwrap(),
			..batch(0, binding, first_seq, salus_primitives::MAX_READINGS)
		};
		anchored(large(u64::MAX / 2));
		let before = state();
		let device_key = Devices::<Test>::hashed_key_for(key(0));
		for n in 1..=50_u64 {
			anchored(large(u64::MAX / 2 + n * 70_000));
		}
		let after = state();
		let added: Vec<_> = after.keys().filter(|key| !before.contains_key(*key)).collect();
		// One key for each batch, and every other is as long as before.
		assert_eq!(added.len(), 50);
		for key in added {
			assert!(
				key.len() + after[key].len() < 200,
				"{} bytes",
				key.len() + after[key].len()
			);
		}
		for (key, value) in &before {
			assert_eq!(after[key].len(), value.len());
		}
		assert_eq!(after[&device_key].len(), before[&device_key].len());
		assert!(bytes(&after) - bytes(&before) < 50 * 200);
	});
}

/// No batch can take more, whatever stands in it.
#[test]
fn the_greatest_batch_takes_less_than_200_bytes() {
	let key = world().execute_with(|| Anchors::<Test>::hashed_key_for(u64::MAX).len());
	let greatest = Anchor {
		binding: u64::MAX,
		first_seq: u64::MAX,
		count: u32::MAX,
		first_at: Moment::MAX,
		last_at: Moment::MAX,
		root: H256::zero(),
		payload: salus_primitives::BatchPayload::Tree {
			root: H256::zero(),
			sha256: H256::zero(),
		},
		size: u64::MAX,
		previous: Some(u64::MAX),
	};
	let value = greatest.encoded_size();
	assert_eq!((key, value), (40, 156));
	assert!(key + value < 200);
}

/// Nor a device, whose bindings and batches are kept beside it.
#[test]
fn a_device_takes_what_it_takes_from_the_beginning() {
	let key = world().execute_with(|| Devices::<Test>::hashed_key_for(super::key(0)).len());
	// Of the value, two ids are there or not.
	assert_eq!((key, Device::max_encoded_len()), (80, 75));
}
