//! Which ed25519 keys are taken.

/// p = 2^255 - 19, little-endian.
const P: [u8; 32] = {
	let mut p = [0xff; 32];
	p[0] = 0xed;
	p[31] = 0x7f;
	p
};

/// A little-endian number with another lowest byte.
const fn with_low_byte(mut number: [u8; 32], low: u8) -> [u8; 32] {
	number[0] = low;
	number
}

/// The y-coordinates of the points of ed25519 whose order divides 8, with every encoding that decompression takes: 0 and
/// p, 1 and p + 1, p - 1, and two of order 8, the sign of x left out (Chalkias, Garillot, Nikolaenko, "Taming the many
/// EdDSAs", 2020, table 1).
const LOW_ORDER_Y: [[u8; 32]; 7] = [
	[0; 32],
	P,
	with_low_byte([0; 32], 0x01),
	with_low_byte(P, 0xee),
	with_low_byte(P, 0xec),
	[
		0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
		0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
	],
	[
		0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
		0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
	],
];

/// The y-coordinate of a key, the sign of x left out.
fn y_of(key: &[u8; 32]) -> [u8; 32] {
	let mut y = *key;
	if let Some(top) = y.last_mut() {
		*top &= 0x7f;
	}
	y
}

/// Whether anybody could sign by this ed25519 key. Signatures are verified as ZIP 215 has it, with the cofactor and for
/// every point: under a key of low order the neutral element as R and zero as S sign every message.
pub fn is_weak_ed25519(key: &[u8; 32]) -> bool {
	LOW_ORDER_Y.contains(&y_of(key))
}

/// Whether this is the one encoding of its point, as RFC 8032 wants it: y is below p. Where x is zero, and has no sign,
/// the key is weak.
pub fn is_canonical_ed25519(key: &[u8; 32]) -> bool {
	y_of(key).iter().rev().lt(P.iter().rev())
}
