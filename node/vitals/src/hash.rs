//! The chain's hash.

use blake2::{digest::consts::U32, Blake2b, Digest};

/// BLAKE2b with 32 bytes of output, over parts in a row.
pub(crate) fn blake2_256<const N: usize>(parts: [&[u8]; N]) -> [u8; 32] {
	let mut hasher = Blake2b::<U32>::new();
	for part in parts {
		hasher.update(part);
	}
	hasher.finalize().into()
}
