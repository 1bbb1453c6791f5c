//! Salts of commitments.

use super::{words, KeyError};

/// 32 random bytes, hex.
pub(crate) fn fresh_salt() -> Result<String, KeyError> {
	let mut salt = [0; 32];
	getrandom::fill(&mut salt)
		.map_err(|_| KeyError::NoRandomness)
		.map(|()| words::hex(salt))
}
