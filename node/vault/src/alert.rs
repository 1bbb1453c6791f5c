//! What an alert says, sealed to one who may acknowledge it. On chain there is a commitment to it.
//!
//! ```text
//! sealed alert = 01 ++ wrap of a fresh data key (81) ++ AES-256-GCM(key, nonce 0, message, commitment)
//! key          = HKDF-SHA256(salt empty, ikm data key, info "salus/alert/1" ++ genesis ++ commitment, 32 bytes)
//! message      = length of what it says (u16, big-endian) ++ what it says ++ zeros, to a multiple of 512 bytes
//! what it says = salt of the commitment (32) ++ content
//! commitment   = BLAKE2b-256("salus/commitment/1" ++ "alert" ++ what it says)
//! ```
//!
//! All alerts of a few hundred bytes are of one length, so that it does not show what they are about.

use aes_gcm::{
	aead::{Aead, Payload},
	Aes256Gcm, KeyInit,
};
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
	envelope::DataKey,
	hash::blake2_256,
	wrap::{self, Binding, HpkeKey, HpkeSecret, Purpose, Wrap, WrapError, WRAP_LEN},
};

/// The version written here.
pub const VERSION: u8 = 1;
/// Messages are padded to a multiple of this.
pub const BLOCK: usize = 512;
/// Bytes of the commitment's salt, which what an alert says begins with.
pub const SALT: usize = 32;
const TAG: usize = 16;
const LENGTH: usize = 2;

/// Which alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlertScope {
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// About whom.
	pub patient: u64,
	/// The commitment that stands on chain.
	pub commitment: [u8; 32],
}

/// Why what an alert says was not sealed or not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealedAlertError {
	/// It is too long.
	#[error("an alert says at most 65535 bytes; say less")]
	TooLong,
	/// The bytes are no sealed alert.
	#[error("this is no sealed alert of version {VERSION}; copy it whole from the message, or update this program")]
	Malformed,
	/// What was opened is not what was committed to on chain.
	#[error(
		"what was sealed as this alert is not what stands on chain for it; do not act on it, and tell the hospital"
	)]
	OtherContent,
	/// Its data key was not wrapped or not opened.
	#[error(transparent)]
	Wrap(#[from] WrapError),
	/// The system gave no random bytes.
	#[error("the system has no randomness; try again")]
	NoRandomness,
}

/// The commitment to what an alert says: 32 bytes of salt, and the content. None where it is shorter than a salt.
pub fn commitment(said: &[u8]) -> Option<[u8; 32]> {
	let (salt, content) = said.split_at_checked(SALT)?;
	let committed = Zeroizing::new([b"salus/commitment/1".as_slice(), b"alert", salt, content].concat());
	Some(blake2_256(&committed))
}

impl AlertScope {
	/// Seals what the alert says.
	///
	/// # Errors
	/// `TooLong`, `NoRandomness`; `UnsupportedKey` and `InvalidKey` of the recipient's
	pub fn seal(&self, content: &[u8], recipient: &HpkeKey) -> Result<Vec<u8>, SealedAlertError> {
		let length = u16::try_from(content.len()).map_err(|_| SealedAlertError::TooLong)?;
		let mut message = Zeroizing::new(length.to_be_bytes().to_vec());
		message.extend_from_slice(content);
		let padded = message.len().next_multiple_of(BLOCK);
		message.resize(padded, 0);
		let key = DataKey::generate().map_err(|_| SealedAlertError::NoRandomness)?;
		let wrap = wrap::wrap(&key, recipient, &self.binding())?;
		// The key is fresh and never used again, so that its nonce is used once.
		let sealed = self
			.cipher(&key)?
			.encrypt(&[0; 12].into(), self.payload(&message))
			.map_err(|_| SealedAlertError::TooLong)?;
		Ok([&[VERSION], wrap.0.as_slice(), &sealed].concat())
	}

	/// What the alert says.
	///
	/// # Errors
	/// `Malformed`; `WrongKey` where it is for somebody else, or of another alert
	pub fn open(&self, bytes: &[u8], secret: &HpkeSecret) -> Result<Zeroizing<Vec<u8>>, SealedAlertError> {
		let (version, rest) = bytes.split_first().ok_or(SealedAlertError::Malformed)?;
		let parts = rest.split_at_checked(WRAP_LEN).filter(|(_, sealed)| {
			let blocks = sealed.len().checked_sub(TAG);
			*version == VERSION && blocks.is_some_and(|length| length > 0 && length.is_multiple_of(BLOCK))
		});
		let (wrap, sealed) = parts.ok_or(SealedAlertError::Malformed)?;
		let key = wrap::open(&Wrap(wrap.to_vec()), secret, &self.binding())?;
		let opened = self.cipher(&key)?.decrypt(&[0; 12].into(), self.payload(sealed));
		let message = Zeroizing::new(opened.map_err(|_| WrapError::WrongKey)?);
		let (length, rest) = message
			.split_first_chunk::<LENGTH>()
			.ok_or(SealedAlertError::Malformed)?;
		let (content, zeros) = rest
			.split_at_checked(u16::from_be_bytes(*length).into())
			.ok_or(SealedAlertError::Malformed)?;
		if zeros.iter().any(|byte| *byte != 0) {
			return Err(SealedAlertError::Malformed);
		}
		Ok(Zeroizing::new(content.to_vec()))
	}

	/// The content, compared with the commitment in constant time.
	///
	/// # Errors
	/// As [`open`](Self::open), and `OtherContent`
	pub fn read(&self, bytes: &[u8], secret: &HpkeSecret) -> Result<Zeroizing<Vec<u8>>, SealedAlertError> {
		let said = self.open(bytes, secret)?;
		let found = commitment(&said).ok_or(SealedAlertError::OtherContent)?;
		if !bool::from(found.ct_eq(&self.commitment)) {
			return Err(SealedAlertError::OtherContent);
		}
		let content = said.get(SALT..).ok_or(SealedAlertError::OtherContent)?;
		Ok(Zeroizing::new(content.to_vec()))
	}

	fn binding(&self) -> Binding {
		Binding {
			genesis: self.genesis,
			sha256: self.commitment,
			patient: self.patient,
			purpose: Purpose::Alert,
		}
	}

	fn cipher(&self, key: &DataKey) -> Result<Aes256Gcm, SealedAlertError> {
		let mut derived = Zeroizing::new([0; 32]);
		Hkdf::<Sha256>::new(None, key.expose())
			.expand_multi_info(&[b"salus/alert/1", &self.genesis, &self.commitment], derived.as_mut())
			.map_err(|_| SealedAlertError::Malformed)?;
		Ok(Aes256Gcm::new((&*derived).into()))
	}

	fn payload<'a>(&'a self, message: &'a [u8]) -> Payload<'a, 'a> {
		Payload {
			msg: message,
			aad: &self.commitment,
		}
	}
}
