use crate::{
	ciphertext_size, is_cid, is_cid_of_bytes, is_cid_of_size, is_ciphertext_size, MAX_BLOCK, MAX_SIZE, MIN_PADDED,
};
use proptest::prelude::*;
use sp_core::H256;

const MIB: u64 = 1 << 20;

/// Padmé as its paper writes it.
fn padme(length: u64) -> u64 {
	let exponent = (length as f64).log2().floor() as u64;
	let bits = (exponent as f64).log2().floor() as u64 + 1;
	let unit = 1_u64 << (exponent - bits);
	length.div_ceil(unit) * unit
}

/// The size of an envelope as the format writes it, segment by segment.
fn sealed(padded: u64) -> u64 {
	let (mut size, mut left) = (104, padded);
	while left > 0 {
		let segment = left.min(MIB);
		size += segment + 16;
		left -= segment;
	}
	size
}

#[test]
fn every_padded_length_makes_a_size_that_is_accepted() {
	let mut length = MIN_PADDED;
	while sealed(length) < 70 * MIB {
		assert_eq!(ciphertext_size(length), Some(sealed(length)));
		assert!(is_ciphertext_size(sealed(length)), "{length}");
		length = padme(length + 1);
	}
}

#[test]
fn every_other_size_is_refused() {
	let mut length = MIN_PADDED;
	let mut size = 0;
	while size < 3 * MIB {
		if size == sealed(length) {
			assert!(is_ciphertext_size(size));
			length = padme(length + 1);
		} else {
			assert!(!is_ciphertext_size(size), "{size}");
		}
		size += 1;
	}
}

#[test]
fn the_ends_of_the_range() {
	assert!(!is_ciphertext_size(0));
	assert!(!is_ciphertext_size(104));
	assert!(!is_ciphertext_size(sealed(8 * 1024)));
	assert!(is_ciphertext_size(sealed(MIN_PADDED)));
	assert!(!is_ciphertext_size(ciphertext_size(1 << 40).unwrap()));
	assert!(is_ciphertext_size(ciphertext_size(1 << 39).unwrap()));
	assert!(!is_ciphertext_size(MAX_SIZE + 1));
	assert!(!is_ciphertext_size(u64::MAX));
	assert_eq!(ciphertext_size(u64::MAX), None);
}

#[test]
fn cids_of_both_codecs_are_accepted_and_nothing_else() {
	let raw = [&[0x01, 0x55, 0x12, 0x20][..], &[9; 32]].concat();
	let dag_pb = [&[0x01, 0x70, 0x12, 0x20][..], &[9; 32]].concat();
	assert!(is_cid(&raw));
	assert!(is_cid(&dag_pb));
	assert!(!is_cid(&[]));
	// CIDv0, a bare SHA-256 multihash.
	assert!(!is_cid(&raw[2..]));
	// Too short and too long.
	assert!(!is_cid(&raw[..35]));
	assert!(!is_cid(&[&raw[..], &[0]].concat()));
	for at in 0..4 {
		let mut other = raw.clone();
		other[at] ^= 0x80;
		assert!(!is_cid(&other), "byte {at}");
	}
}

#[test]
fn a_payload_of_one_block_has_its_own_digest_in_its_cid() {
	let raw = [&[0x01, 0x55, 0x12, 0x20][..], &[9; 32]].concat();
	let dag_pb = [&[0x01, 0x70, 0x12, 0x20][..], &[9; 32]].concat();
	for size in [1, MAX_BLOCK - 1, MAX_BLOCK] {
		assert!(is_cid_of_size(&raw, size) && !is_cid_of_size(&dag_pb, size));
	}
	for size in [MAX_BLOCK + 1, MAX_SIZE, u64::MAX] {
		assert!(!is_cid_of_size(&raw, size) && is_cid_of_size(&dag_pb, size));
	}
	let (own, other) = (H256([9; 32]), H256([8; 32]));
	assert!(is_cid_of_bytes(&raw, &own) && !is_cid_of_bytes(&raw, &other));
	assert!(is_cid_of_bytes(&dag_pb, &other));
}

proptest! {
	#[test]
	fn sizes_have_one_inverse(document in 1_u64..(1 << 39)) {
		let length = padme(document.max(MIN_PADDED));
		let size = sealed_fast(length);
		prop_assert_eq!(ciphertext_size(length), Some(size));
		prop_assert!(is_ciphertext_size(size));
		prop_assert!(!is_ciphertext_size(size + 1));
		prop_assert!(!is_ciphertext_size(size - 1));
	}
}

fn sealed_fast(padded: u64) -> u64 {
	let segments = (padded + MIB - 1) >> 20;
	104 + padded + 16 * segments
}
