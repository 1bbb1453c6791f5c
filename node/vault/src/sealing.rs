//! XChaCha20-Poly1305 with random nonces, for what rests on our own disks.

use chacha20poly1305::{
	aead::{Aead, KeyInit, Payload},
	XChaCha20Poly1305,
};
use zeroize::Zeroizing;

pub(crate) const NONCE_LEN: usize = 24;

/// Seals `message`; `None` only for messages beyond the cipher's 256 GiB.
pub(crate) fn seal(key: &[u8; 32], nonce: &[u8; NONCE_LEN], associated: &[u8], message: &[u8]) -> Option<Vec<u8>> {
	XChaCha20Poly1305::new(key.into())
		.encrypt(
			nonce.into(),
			Payload {
				msg: message,
				aad: associated,
			},
		)
		.ok()
}

/// Opens what [`seal`] made; `None` for another key, nonce, associated data or damaged bytes.
pub(crate) fn open(
	key: &[u8; 32],
	nonce: &[u8; NONCE_LEN],
	associated: &[u8],
	sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
	XChaCha20Poly1305::new(key.into())
		.decrypt(
			nonce.into(),
			Payload {
				msg: sealed,
				aad: associated,
			},
		)
		.ok()
		.map(Zeroizing::new)
}
