//! Who measured it: a device's ed25519 signature under a reading, checked one by one or in bulk.

use ed25519_dalek::{ed25519, Signature, Signer, SigningKey, VerifyingKey};

use crate::reading::{Cursor, Reading, ReadingError};

/// How many signatures are checked at once: more gain little, and one bad signature costs this many checks.
pub const BULK: usize = 256;

/// A device's key: a point that no one else can sign for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceKey(VerifyingKey);

/// A reading and its device's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedReading {
	/// What was measured.
	pub reading: Reading,
	/// The device's signature over the reading's canonical bytes.
	pub signature: [u8; 64],
}

/// Why a key or a signature is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
	/// The bytes are no point of the curve.
	#[error("these are not the bytes of an ed25519 public key; read it from the device again")]
	InvalidKey,
	/// Anybody can make signatures that such a key verifies.
	#[error("this key is weak (of small order): anybody could sign for it; have the device make another")]
	WeakKey,
	/// The reading is of another device.
	#[error("the reading names another device than the key's; look its device up first")]
	ForeignDevice,
	/// The signature is another's or the reading was changed.
	#[error("the device did not sign this reading; drop it, and look at the device if it is repeated")]
	BadSignature,
}

impl DeviceKey {
	/// The key of these bytes.
	///
	/// # Errors
	/// `InvalidKey` and `WeakKey`.
	pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, SignatureError> {
		let key = VerifyingKey::from_bytes(bytes).map_err(|_| SignatureError::InvalidKey)?;
		if key.is_weak() {
			return Err(SignatureError::WeakKey);
		}
		// A point in its second encoding (RFC 8032, 5.1.3): one device would have two ids.
		if key.to_edwards().compress().as_bytes() != bytes {
			return Err(SignatureError::InvalidKey);
		}
		Ok(Self(key))
	}

	/// Its bytes, which are the device's id.
	pub fn as_bytes(&self) -> &[u8; 32] {
		self.0.as_bytes()
	}
}

impl SignedReading {
	/// Signs as the device does. Its key stands in the reading.
	///
	/// # Errors
	/// `ForeignDevice` when another key stands there.
	pub fn sign(reading: Reading, key: &SigningKey) -> Result<Self, SignatureError> {
		if reading.device != key.verifying_key().to_bytes() {
			return Err(SignatureError::ForeignDevice);
		}
		let signature = key.sign(&reading.encode()).to_bytes();
		Ok(Self { reading, signature })
	}

	/// The reading's bytes, then the signature.
	pub fn encode(&self) -> Vec<u8> {
		let mut bytes = self.reading.encode();
		bytes.extend_from_slice(&self.signature);
		bytes
	}

	/// The signed reading that these bytes are, all of them. The signature is not checked.
	///
	/// # Errors
	/// As [`Reading::decode`].
	pub fn decode(bytes: &[u8]) -> Result<Self, ReadingError> {
		let mut cursor = Cursor(bytes);
		let reading = cursor.reading()?;
		let signature = cursor.array("signature")?;
		match cursor.0.len() {
			0 => Ok(Self { reading, signature }),
			more => Err(ReadingError::Trailing(more)),
		}
	}

	/// Checks the signature strictly, as a proof has to be.
	///
	/// # Errors
	/// `ForeignDevice` and `BadSignature`.
	pub fn verify(&self, key: &DeviceKey) -> Result<(), SignatureError> {
		if self.reading.device != *key.as_bytes() {
			return Err(SignatureError::ForeignDevice);
		}
		let message = self.reading.encode();
		let signature = Signature::from_bytes(&self.signature);
		key.0
			.verify_strict(&message, &signature)
			.map_err(|_| SignatureError::BadSignature)
	}
}

/// Checks many signatures together and returns the places of the bad ones, in order.
///
/// A device that holds a key can make a signature that passes here and fails [`SignedReading::verify`] (a point with a
/// part of small order in it): of its own readings only, which then prove nothing to anybody.
#[must_use = "these readings were not signed by their devices"]
pub fn verify_bulk(signed: &[(&SignedReading, &DeviceKey)]) -> Vec<usize> {
	let mut bad = Vec::new();
	for (chunk, start) in signed.chunks(BULK).zip((0..).step_by(BULK)) {
		if !all_hold(chunk) {
			let failing = |(place, (signed, key)): (usize, &(&SignedReading, &DeviceKey))| {
				signed.verify(key).is_err().then_some(start + place)
			};
			bad.extend(chunk.iter().enumerate().filter_map(failing));
		}
	}
	bad
}

fn all_hold(signed: &[(&SignedReading, &DeviceKey)]) -> bool {
	let named = |(signed, key): &(&SignedReading, &DeviceKey)| signed.reading.device == *key.as_bytes();
	if !signed.iter().all(named) {
		return false;
	}
	let messages: Vec<_> = signed.iter().map(|(signed, _)| signed.reading.encode()).collect();
	let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
	let signatures: Vec<ed25519::Signature> = signed
		.iter()
		.map(|(signed, _)| Signature::from_bytes(&signed.signature))
		.collect();
	let keys: Vec<_> = signed.iter().map(|(_, key)| key.0).collect();
	ed25519_dalek::verify_batch(&messages, &signatures, &keys).is_ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
pub(crate) mod tests {
	use proptest::prelude::*;

	use super::*;
	use crate::reading::tests::systolic;

	pub(crate) fn signer(byte: u8) -> SigningKey {
		SigningKey::from_bytes(&[byte; 32])
	}

	pub(crate) fn key(signer: &SigningKey) -> DeviceKey {
		DeviceKey::from_bytes(&signer.verifying_key().to_bytes()).unwrap()
	}

	/// The `seq`th reading of a device.
	pub(crate) fn signed(signer: &SigningKey, seq: u64) -> SignedReading {
		let reading = Reading {
			device: signer.verifying_key().to_bytes(),
			seq,
			group: seq,
			..systolic()
		};
		SignedReading::sign(reading, signer).unwrap()
	}

	#[test]
	fn the_signature_is_that_of_the_vectors() {
		let vectors: serde_json::Value = serde_json::from_str(include_str!("../vectors/reading.json")).unwrap();
		let signed = signed(&signer(9), 1);
		assert_eq!(vectors["signed"]["seed"], hex::encode([9; 32]));
		assert_eq!(vectors["signed"]["message"], hex::encode(signed.reading.encode()));
		assert_eq!(vectors["signed"]["bytes"], hex::encode(signed.encode()));
		assert_eq!(SignedReading::decode(&signed.encode()), Ok(signed.clone()));
		assert_eq!(signed.verify(&key(&signer(9))), Ok(()));
	}

	#[test]
	fn a_device_signs_only_for_itself() {
		assert_eq!(
			SignedReading::sign(systolic(), &signer(9)),
			Err(SignatureError::ForeignDevice)
		);
		let hers = signed(&signer(9), 1);
		assert_eq!(hers.verify(&key(&signer(8))), Err(SignatureError::ForeignDevice));
		assert_eq!(verify_bulk(&[(&hers, &key(&signer(8)))]), [0]);
		let mut changed = hers.clone();
		changed.reading.value = crate::Decimal::new(1200, -1).into();
		assert_eq!(changed.verify(&key(&signer(9))), Err(SignatureError::BadSignature));
	}

	#[test]
	fn weak_and_impossible_keys_are_refused() {
		// The eight points of small order, and those of them that have a second encoding.
		for weak in [
			"0100000000000000000000000000000000000000000000000000000000000000",
			"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
			"0000000000000000000000000000000000000000000000000000000000000000",
			"0000000000000000000000000000000000000000000000000000000000000080",
			"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
			"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
			"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
			"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
			"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
			"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
			"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
			"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
			"0100000000000000000000000000000000000000000000000000000000000080",
		] {
			let bytes: [u8; 32] = hex::decode(weak).unwrap().try_into().unwrap();
			assert_eq!(DeviceKey::from_bytes(&bytes), Err(SignatureError::WeakKey), "{weak}");
		}
		let of_y = |y: u8| {
			let mut bytes = [0; 32];
			bytes[0] = y;
			bytes
		};
		assert_eq!(DeviceKey::from_bytes(&of_y(2)), Err(SignatureError::InvalidKey));
		// y = 3 is on the curve and of large order; p + 3 is the same point.
		assert!(DeviceKey::from_bytes(&of_y(3)).is_ok());
		let mut second = [0xff; 32];
		(second[0], second[31]) = (0xf0, 0x7f);
		assert_eq!(DeviceKey::from_bytes(&second), Err(SignatureError::InvalidKey));
	}

	#[test]
	fn a_signature_with_a_scalar_out_of_range_is_bad_in_bulk_too() {
		// s + l verifies with whoever does not check the range (RFC 8032, 5.1.7).
		let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
		let mut malleable = signed(&signer(9), 1);
		let mut carry = 0;
		for (byte, add) in malleable.signature[32..].iter_mut().zip(order) {
			let sum = u16::from(*byte) + u16::from(add) + carry;
			*byte = sum.to_le_bytes()[0];
			carry = sum >> 8;
		}
		let key = key(&signer(9));
		assert_eq!(malleable.verify(&key), Err(SignatureError::BadSignature));
		let good = signed(&signer(9), 2);
		assert_eq!(verify_bulk(&[(&good, &key), (&malleable, &key)]), [1]);
	}

	#[test]
	fn nothing_to_check_is_nothing_bad() {
		assert!(verify_bulk(&[]).is_empty());
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(8))]
		#[test]
		fn the_bad_ones_are_found_wherever_they_are(bad in prop::collection::btree_set(0usize..600, 0..5)) {
			let signers = [signer(1), signer(2), signer(3)];
			let keys = signers.each_ref().map(key);
			let mut all: Vec<_> = (0..600).map(|seq| signed(&signers[seq % 3], seq as u64)).collect();
			for place in &bad {
				all[*place].signature[place % 64] ^= 1;
			}
			let pairs: Vec<_> = all.iter().enumerate().map(|(place, signed)| (signed, &keys[place % 3])).collect();
			prop_assert_eq!(verify_bulk(&pairs), bad.into_iter().collect::<Vec<_>>());
		}
	}
}
