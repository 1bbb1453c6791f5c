//! Which HPKE keys are taken, and which keys are none.

use crate::{Config, Error, HpkeKeys, RetiredKeys};
use frame_support::ensure;
use salus_primitives::{DeviceKeys, HpkeKey};
use sp_core::H256;
use sp_io::hashing::blake2_256;

/// Bytes of an X-Wing public key: ML-KEM-768's, then X25519's.
const X_WING: usize = 1_184 + 32;

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

/// The u-coordinates below p of the points whose order divides 8: 0, 1, p - 1 and two of order 8 (RFC 7748, section 6.1,
/// and Bernstein's list for Curve25519). A shared secret with them is zero whatever the other key is.
const LOW_ORDER: [[u8; 32]; 5] = [
	[0; 32],
	with_low_byte([0; 32], 0x01),
	with_low_byte(P, 0xec),
	[
		0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09,
		0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
	],
	[
		0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44,
		0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
	],
];

/// Under what a key stands in [`HpkeKeys`]: the hash of its X25519 half alone, which a client that makes both kinds of
/// key from one secret would use twice.
pub(crate) fn fingerprint<T: Config>(key: &HpkeKey) -> Result<H256, Error<T>> {
	let half = x25519_half(key).ok_or(Error::MalformedHpkeKey)?;
	Ok(H256(blake2_256(half)))
}

/// Whether a key can be taken.
pub(crate) fn check<T: Config>(key: &HpkeKey) -> Result<(), Error<T>> {
	ensure!(!HpkeKeys::<T>::contains_key(fingerprint(key)?), Error::HpkeKeyInUse);
	let is_device = x25519_half(key).is_some_and(T::Devices::is_device);
	ensure!(!is_device, Error::HpkeKeyInUse);
	Ok(())
}

/// Takes a key.
pub(crate) fn claim<T: Config>(key: &HpkeKey) -> Result<(), Error<T>> {
	check(key)?;
	HpkeKeys::<T>::insert(fingerprint(key)?, ());
	Ok(())
}

/// Notes that a key is in use no more. It stays taken.
pub(crate) fn retire<T: Config>(key: &HpkeKey) -> Result<(), Error<T>> {
	RetiredKeys::<T>::insert(fingerprint(key)?, ());
	Ok(())
}

/// Gives back a key that was taken for somebody and never used.
pub(crate) fn release<T: Config>(key: &HpkeKey) -> Result<(), Error<T>> {
	HpkeKeys::<T>::remove(fingerprint(key)?);
	Ok(())
}

/// The X25519 half of a well-formed key. A key has one encoding only, or the same key could be taken twice.
fn x25519_half(key: &HpkeKey) -> Option<&[u8; 32]> {
	match key {
		HpkeKey::X25519(u) => Some(u),
		HpkeKey::XWing(key) if key.len() == X_WING => key.last_chunk(),
		HpkeKey::XWing(_) => None,
	}
	.filter(|u| is_x25519(u))
}

fn is_x25519(u: &[u8; 32]) -> bool {
	u.iter().rev().lt(P.iter().rev()) && !LOW_ORDER.contains(u)
}
