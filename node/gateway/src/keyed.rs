//! The gateway's own secret, and what is made with it and with the system's randomness.

use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use rand::{
	rngs::{StdRng, SysRng},
	RngExt, SeedableRng,
};
use salus_vault::keystore::read_private;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::GatewayError;

/// Length of keyed hashes.
pub const HASH: usize = 32;
/// Digits of a one-time code.
pub const DIGITS: usize = 6;
const CODES: u32 = 1_000_000;

/// What a keyed hash is for; two uses never share a hash.
#[derive(Clone, Copy)]
pub enum Use {
	/// A licence number, as the register is asked for it.
	Licence,
	/// A contact, as codes are counted for it.
	Contact,
	/// A one-time code of a case.
	Code,
	/// The name of a notice towards mail servers and hooks.
	Notice,
	/// A device's token.
	Device,
}

impl Use {
	fn tag(self) -> &'static [u8] {
		match self {
			Self::Licence => b"salus/gateway/licence/1",
			Self::Contact => b"salus/gateway/contact/1",
			Self::Code => b"salus/gateway/code/1",
			Self::Notice => b"salus/gateway/notice/1",
			Self::Device => b"salus/gateway/device/1",
		}
	}
}

/// A secret key of 32 bytes or more.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
	/// Reads a key, hexadecimal, from a file that only its owner may read.
	///
	/// # Errors
	/// `Secret`, `BadSecret`
	pub fn read(path: &Path) -> Result<Self, GatewayError> {
		let text = read_private(path)?;
		let bad = || GatewayError::BadSecret(path.to_owned());
		let mut bytes = Zeroizing::new(vec![0; text.len() / 2]);
		hex::decode_to_slice(text.as_bytes(), &mut bytes).map_err(|_| bad())?;
		match bytes.len() {
			32..=128 => Ok(Self(bytes)),
			_ => Err(bad()),
		}
	}

	/// A fresh key, and as it stands in a file.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn generate() -> Result<(Self, Zeroizing<String>), GatewayError> {
		let mut bytes = Zeroizing::new(vec![0; HASH]);
		randomness()?.fill(bytes.as_mut_slice());
		let text = Zeroizing::new(hex::encode(bytes.as_slice()));
		Ok((Self(bytes), text))
	}

	/// HMAC-SHA256 over parts, each with its length before it.
	pub fn hash(&self, usage: Use, parts: &[&[u8]]) -> [u8; HASH] {
		self.mac(usage, parts).finalize().into_bytes().into()
	}

	/// Whether a hash is that of the parts, in constant time.
	pub fn verify(&self, usage: Use, parts: &[&[u8]], hash: &[u8]) -> bool {
		self.mac(usage, parts).verify_slice(hash).is_ok()
	}

	/// HMAC-SHA256 of bytes, for a hook's header.
	pub fn sign(&self, bytes: &[u8]) -> Option<String> {
		let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
		mac.update(bytes);
		Some(hex::encode(mac.finalize().into_bytes()))
	}

	fn mac(&self, usage: Use, parts: &[&[u8]]) -> Hmac<Sha256> {
		// HMAC takes keys of every length: the other arm is never reached, and would verify nothing.
		let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).unwrap_or_else(|_| Hmac::new(&Default::default()));
		mac.update(usage.tag());
		for part in parts {
			mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
			mac.update(part);
		}
		mac
	}
}

impl std::fmt::Debug for Secret {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("Secret(..)")
	}
}

/// Six random digits, each code as likely as any other.
///
/// # Errors
/// `NoRandomness`
pub fn code() -> Result<Zeroizing<String>, GatewayError> {
	let number = randomness()?.random_range(0..CODES);
	Ok(Zeroizing::new(format!("{number:0DIGITS$}")))
}

/// A name that nobody guesses.
///
/// # Errors
/// `NoRandomness`
pub fn unguessable() -> Result<[u8; 16], GatewayError> {
	let mut bytes = [0; 16];
	randomness()?.fill(&mut bytes);
	Ok(bytes)
}

/// ChaCha with a fresh seed of the system's; unlike the system's generator it cannot fail on the way.
fn randomness() -> Result<StdRng, GatewayError> {
	StdRng::try_from_rng(&mut SysRng).map_err(|_| GatewayError::NoRandomness)
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::{collections::HashSet, os::unix::fs::PermissionsExt};

	#[test]
	fn a_hash_is_of_its_key_its_use_and_its_parts() {
		let (key, _) = Secret::generate().unwrap();
		let (other, _) = Secret::generate().unwrap();
		let hash = key.hash(Use::Code, &[b"case", b"123456"]);
		assert!(key.verify(Use::Code, &[b"case", b"123456"], &hash));
		assert!(!other.verify(Use::Code, &[b"case", b"123456"], &hash));
		assert!(!key.verify(Use::Contact, &[b"case", b"123456"], &hash));
		assert!(!key.verify(Use::Code, &[b"case1", b"23456"], &hash));
		assert!(!key.verify(Use::Code, &[b"case", b"123456"], &hash[..31]));
	}

	/// RFC 4231, test case 2 with its key made long enough to be one of ours is none of the RFC's; so case 3, whose key
	/// is 20 bytes, is checked on the construction beneath.
	#[test]
	fn a_header_is_hmac_sha256() {
		let secret = Secret(Zeroizing::new(vec![0xaa; 20]));
		assert_eq!(
			secret.sign(&[0xdd; 50]).unwrap(),
			"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
		);
	}

	#[test]
	fn codes_are_six_digits_and_differ() {
		let codes: HashSet<_> = (0..200).map(|_| code().unwrap().to_string()).collect();
		assert!(codes.len() > 190, "{} of 200 differ", codes.len());
		for code in &codes {
			assert!(
				code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()),
				"{code}"
			);
		}
		// One in ten begins with a zero: 200 without any would be a wrong format, not bad luck.
		assert!(codes.iter().any(|code| code.starts_with('0')));
	}

	#[test]
	fn a_secret_that_others_may_read_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("secret");
		let (_, text) = Secret::generate().unwrap();
		std::fs::write(&path, text.as_bytes()).unwrap();
		let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
		mode(0o640);
		assert!(matches!(Secret::read(&path), Err(GatewayError::Secret(_))));
		mode(0o600);
		Secret::read(&path).unwrap();
		for wrong in ["", "00", "zz", &"00".repeat(31), &"0".repeat(65), &"00".repeat(129)] {
			std::fs::write(&path, wrong).unwrap();
			assert!(
				matches!(Secret::read(&path), Err(GatewayError::BadSecret(_))),
				"{wrong}"
			);
		}
	}
}
