//! Which ed25519 keys are taken, against the arithmetic of curve25519-dalek.

use crate::{is_canonical_ed25519, is_weak_ed25519};
use curve25519_dalek::{
	constants::EIGHT_TORSION,
	edwards::{CompressedEdwardsY, EdwardsPoint},
};
use sp_core::{ed25519, Pair};

fn point(key: &[u8; 32]) -> Option<EdwardsPoint> {
	CompressedEdwardsY(*key).decompress()
}

/// A little-endian number of the topmost ones below 2^255, and the sign of x.
fn near_the_top(low: u8, sign: bool) -> [u8; 32] {
	let mut bytes = [0xff; 32];
	bytes[0] = low;
	bytes[31] = if sign { 0xff } else { 0x7f };
	bytes
}

#[test]
fn the_eight_points_of_low_order_are_weak() {
	for point in EIGHT_TORSION {
		assert!(is_weak_ed25519(&point.compress().0));
	}
}

#[test]
fn a_key_is_weak_or_not_canonical_exactly_as_the_curve_says() {
	let mut found = (0, 0);
	// All encodings of y that are not below p, and some that are, with both signs of x.
	for (low, sign) in (0xd0..=0xff).flat_map(|low| [(low, false), (low, true)]) {
		let key = near_the_top(low, sign);
		let Some(point) = point(&key) else {
			continue;
		};
		assert_eq!(is_weak_ed25519(&key), point.is_small_order(), "{key:02x?}");
		if is_weak_ed25519(&key) {
			found.0 += 1;
		} else {
			assert_eq!(is_canonical_ed25519(&key), point.compress().0 == key, "{key:02x?}");
			found.1 += u32::from(!is_canonical_ed25519(&key));
		}
	}
	assert!(found.0 >= 6 && found.1 >= 10, "{found:?}");
}

#[test]
fn keys_as_they_are_made_are_neither() {
	for seed in 0..=255 {
		let key = ed25519::Pair::from_seed(&[seed; 32]).public().0;
		assert!(!is_weak_ed25519(&key) && is_canonical_ed25519(&key));
		assert!(!point(&key).unwrap().is_small_order());
	}
}
