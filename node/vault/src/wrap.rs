//! Wrapping data keys: HPKE (RFC 9180) base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.

use std::convert::Infallible;

use codec::{Decode, Encode, Output};
use hkdf::Hkdf;
use hpke::{
	aead::AesGcm256,
	kdf::HkdfSha256,
	kem::{Kem as _, X25519HkdfSha256},
	rand_core::{TryCryptoRng, TryRng},
	Deserializable, OpModeR, OpModeS, Serializable,
};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{envelope::DataKey, hash::blake2_256};

/// Suite of a wrap: X25519, HKDF-SHA256, AES-256-GCM. 2 is kept for X-Wing.
pub const WRAP_SUITE_X25519: u8 = 1;
/// Bytes of a wrap of suite 1: suite, encapsulated key, sealed data key with its tag.
pub const WRAP_LEN: usize = 81;
/// Bytes of the longest public key (X-Wing's).
pub const MAX_KEY_LEN: usize = 1216;

const ENCAPSULATED_LEN: usize = 32;

/// Why a data key was not wrapped or not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WrapError {
	/// The recipient's key, or the wrap, is of a suite this version does not have.
	#[error("the key is of a suite that this version does not support; use an X25519 key")]
	UnsupportedKey,
	/// The recipient's public key is no usable point.
	#[error("the recipient's public key is not valid; make a new one")]
	InvalidKey,
	/// The wrap has not the length of its suite.
	#[error("the wrap is malformed; ask for it again")]
	Malformed,
	/// The private key does not open this wrap for this payload, patient and purpose.
	#[error("the key does not open this wrap; check that it is for this record and this recipient")]
	WrongKey,
	/// The system gave no random bytes.
	#[error("the system has no randomness; try again")]
	NoRandomness,
}

/// A public key as the chain stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HpkeKey {
	/// X25519.
	X25519([u8; 32]),
	/// X-Wing (X25519 with ML-KEM-768), at most 1216 bytes; not wrapped to by this version.
	XWing(Vec<u8>),
}

impl Encode for HpkeKey {
	fn encode_to<T: Output + ?Sized>(&self, target: &mut T) {
		match self {
			Self::X25519(key) => (0u8, key).encode_to(target),
			Self::XWing(key) => (1u8, key).encode_to(target),
		}
	}
}

impl Decode for HpkeKey {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		match input.read_byte()? {
			0 => Ok(Self::X25519(Decode::decode(input)?)),
			1 => {
				let len = codec::Compact::<u32>::decode(input)?.0 as usize;
				if len > MAX_KEY_LEN {
					return Err("a key is longer than 1216 bytes".into());
				}
				let mut key = vec![0; len];
				input.read(&mut key)?;
				Ok(Self::XWing(key))
			}
			_ => Err("unknown kind of key".into()),
		}
	}
}

impl HpkeKey {
	fn x25519(&self) -> Result<&[u8; 32], WrapError> {
		match self {
			Self::X25519(key) => Ok(key),
			Self::XWing(_) => Err(WrapError::UnsupportedKey),
		}
	}

	/// Whether keys can be wrapped to it.
	///
	/// # Errors
	/// `UnsupportedKey`
	pub fn check_supported(&self) -> Result<(), WrapError> {
		self.x25519().map(|_| ())
	}
}

type SecretKey = <X25519HkdfSha256 as hpke::Kem>::PrivateKey;
type PublicKey = <X25519HkdfSha256 as hpke::Kem>::PublicKey;

/// A private X25519 key with its public key; the private one is wiped when dropped.
#[derive(Clone)]
pub struct HpkeSecret {
	secret: SecretKey,
	public: [u8; 32],
}

impl HpkeSecret {
	/// A fresh key.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn generate() -> Result<Self, WrapError> {
		let mut seed = Zeroizing::new([0; 32]);
		getrandom::fill(seed.as_mut()).map_err(|_| WrapError::NoRandomness)?;
		Ok(Self::derive_key_pair(seed.as_ref()))
	}

	/// A person's key out of the 32-byte mini secret of her account's path:
	/// `DeriveKeyPair(HKDF-SHA256(salt empty, ikm = mini secret, info "salus/hpke/1", 32 bytes))`.
	///
	/// # Errors
	/// None occurs with 32 bytes of output; the type is HKDF's.
	pub fn derive(mini_secret: &[u8; 32]) -> Result<Self, WrapError> {
		let mut material = Zeroizing::new([0; 32]);
		Hkdf::<Sha256>::new(None, mini_secret)
			.expand(b"salus/hpke/1", material.as_mut())
			.map_err(|_| WrapError::InvalidKey)?;
		Ok(Self::derive_key_pair(material.as_ref()))
	}

	/// `DeriveKeyPair` of RFC 9180, 7.1.3.
	pub fn derive_key_pair(material: &[u8]) -> Self {
		let (secret, public) = X25519HkdfSha256::derive_keypair(material);
		Self {
			secret,
			public: public.to_bytes().into(),
		}
	}

	/// A key out of its 32 bytes, as a keystore holds it.
	///
	/// # Errors
	/// `InvalidKey` unless there are 32.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, WrapError> {
		let secret = SecretKey::from_bytes(bytes).map_err(|_| WrapError::InvalidKey)?;
		let public: PublicKey = X25519HkdfSha256::sk_to_pk(&secret);
		Ok(Self {
			secret,
			public: public.to_bytes().into(),
		})
	}

	/// The key's 32 bytes, for a keystore.
	pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
		let mut bytes = Zeroizing::new([0; 32]);
		self.secret.write_exact(bytes.as_mut());
		bytes
	}

	/// The public key.
	pub fn public(&self) -> HpkeKey {
		HpkeKey::X25519(self.public)
	}
}

impl std::fmt::Debug for HpkeSecret {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("HpkeSecret(..)")
	}
}

/// What a wrap is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
	/// The registering institution keeps it in its key table.
	Custody,
	/// The patient opens it.
	Subject,
	/// The desk made it for the request with this hash.
	Release([u8; 32]),
	/// What an alert says, for one who may acknowledge it; in the place of the payload's hash stands the alert's commitment.
	Alert,
}

/// What a wrap is bound to by HPKE's `info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// SHA-256 of the payload.
	pub sha256: [u8; 32],
	/// Patient of the record.
	pub patient: u64,
	/// What the wrap is for.
	pub purpose: Purpose,
}

impl Binding {
	/// "salus/wrap/1", suite, kind, genesis, SHA-256, patient, recipient's public key, and for a release its request.
	pub fn info(&self, recipient: &[u8; 32]) -> Vec<u8> {
		let kind = match self.purpose {
			Purpose::Custody => 1,
			Purpose::Subject => 2,
			Purpose::Release(_) => 3,
			Purpose::Alert => 4,
		};
		let mut info = b"salus/wrap/1".to_vec();
		info.extend_from_slice(&[WRAP_SUITE_X25519, kind]);
		info.extend_from_slice(&self.genesis);
		info.extend_from_slice(&self.sha256);
		info.extend_from_slice(&self.patient.to_be_bytes());
		info.extend_from_slice(recipient);
		if let Purpose::Release(request) = self.purpose {
			info.extend_from_slice(&request);
		}
		info
	}
}

/// A data key sealed to one recipient: suite, encapsulated key, sealed key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Wrap(pub Vec<u8>);

impl Wrap {
	/// Checks suite and length.
	///
	/// # Errors
	/// `UnsupportedKey`, `Malformed`
	pub fn check_shape(&self) -> Result<(), WrapError> {
		match self.0.first() {
			Some(&WRAP_SUITE_X25519) if self.0.len() == WRAP_LEN => Ok(()),
			Some(&WRAP_SUITE_X25519) | None => Err(WrapError::Malformed),
			Some(_) => Err(WrapError::UnsupportedKey),
		}
	}
}

/// The wraps made at upload. `subject` is absent for a patient without a key of her own.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Wraps {
	/// For the registering institution.
	pub custody: Wrap,
	/// For the patient.
	pub subject: Option<Wrap>,
}

impl Wraps {
	/// BLAKE2b-256 of the SCALE form; the upload ticket carries it.
	pub fn hash(&self) -> [u8; 32] {
		blake2_256(&self.encode())
	}

	/// Checks suite and length of each wrap.
	///
	/// # Errors
	/// `UnsupportedKey`, `Malformed`
	pub fn check_shape(&self) -> Result<(), WrapError> {
		self.custody.check_shape()?;
		self.subject.as_ref().map_or(Ok(()), Wrap::check_shape)
	}
}

/// Seals a data key to a recipient.
///
/// # Errors
/// `UnsupportedKey`, `InvalidKey`, `NoRandomness`
pub fn wrap(key: &DataKey, recipient: &HpkeKey, binding: &Binding) -> Result<Wrap, WrapError> {
	let mut material = Zeroizing::new([0; 32]);
	getrandom::fill(material.as_mut()).map_err(|_| WrapError::NoRandomness)?;
	wrap_with(key, recipient, binding, &material)
}

/// [`wrap`] with the ephemeral key's material given.
pub(crate) fn wrap_with(
	key: &DataKey,
	recipient: &HpkeKey,
	binding: &Binding,
	material: &[u8; 32],
) -> Result<Wrap, WrapError> {
	let bytes = recipient.x25519()?;
	let recipient = Deserializable::from_bytes(bytes).map_err(|_| WrapError::InvalidKey)?;
	let (encapsulated, sealed) = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
		&OpModeS::Base,
		&recipient,
		&binding.info(bytes),
		key.expose(),
		&[],
		&mut Drawn(material),
	)
	.map_err(|_| WrapError::InvalidKey)?;
	let mut wrap = vec![WRAP_SUITE_X25519];
	wrap.extend_from_slice(&encapsulated.to_bytes());
	wrap.extend_from_slice(&sealed);
	Ok(Wrap(wrap))
}

/// Opens a wrap with the recipient's private key.
///
/// # Errors
/// `UnsupportedKey`, `Malformed`, `WrongKey`
pub fn open(wrap: &Wrap, secret: &HpkeSecret, binding: &Binding) -> Result<DataKey, WrapError> {
	wrap.check_shape()?;
	let body = wrap.0.get(1..).ok_or(WrapError::Malformed)?;
	let (encapsulated, sealed) = body.split_at_checked(ENCAPSULATED_LEN).ok_or(WrapError::Malformed)?;
	let encapsulated = Deserializable::from_bytes(encapsulated).map_err(|_| WrapError::Malformed)?;
	let opened = hpke::single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
		&OpModeR::Base,
		&secret.secret,
		&encapsulated,
		&binding.info(&secret.public),
		sealed,
		&[],
	)
	.map_err(|_| WrapError::WrongKey)?;
	let opened = Zeroizing::new(opened);
	DataKey::from_slice(&opened).ok_or(WrapError::Malformed)
}

/// Bytes drawn from the system beforehand, so that a system without randomness is an error and not a panic.
struct Drawn<'a>(&'a [u8; 32]);

impl TryRng for Drawn<'_> {
	type Error = Infallible;

	fn try_next_u32(&mut self) -> Result<u32, Infallible> {
		let mut bytes = [0; 4];
		self.try_fill_bytes(&mut bytes).map(|()| u32::from_le_bytes(bytes))
	}

	fn try_next_u64(&mut self) -> Result<u64, Infallible> {
		let mut bytes = [0; 8];
		self.try_fill_bytes(&mut bytes).map(|()| u64::from_le_bytes(bytes))
	}

	/// HPKE asks once, for the 32 bytes of the ephemeral key.
	fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
		for (byte, drawn) in target.iter_mut().zip(self.0.iter().cycle()) {
			*byte = *drawn;
		}
		Ok(())
	}
}

impl TryCryptoRng for Drawn<'_> {}
