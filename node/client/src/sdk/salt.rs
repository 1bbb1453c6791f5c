//! Salts of commitments.

use salus_primitives::commitment;

use super::{words, DocumentError, Hash, KeyError};

/// 32 random bytes.
pub(crate) fn random_salt() -> Result<[u8; 32], KeyError> {
	let mut salt = [0; 32];
	getrandom::fill(&mut salt).map_err(|_| KeyError::NoRandomness)?;
	Ok(salt)
}

/// 32 random bytes, hex.
pub(crate) fn fresh_salt() -> Result<String, KeyError> {
	random_salt().map(words::hex)
}

/// The commitment to a value of this kind, under a salt in hex.
pub(crate) fn salted(kind: &[u8], salt: &str, value: impl AsRef<[u8]>) -> Result<Hash, DocumentError> {
	let salt = words::hash(salt).map_err(|reason| DocumentError::Malformed {
		what: "salt file",
		reason,
	})?;
	Ok(commitment(kind, &salt.0, value.as_ref()))
}
