//! The two hash functions, by the names the design uses.

use blake2::{digest::consts::U32, Blake2b};
use sha2::{Digest, Sha256};

/// BLAKE2b with 32 bytes of output, as on chain.
pub fn blake2_256(bytes: &[u8]) -> [u8; 32] {
	Blake2b::<U32>::digest(bytes).into()
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
	Sha256::digest(bytes).into()
}
