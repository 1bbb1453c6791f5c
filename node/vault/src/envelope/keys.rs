//! The data key of a payload and what is derived from it.

use aead_stream::{NewStream, StreamBE32};
use aes_gcm::{Aes256Gcm, KeyInit};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{header::fill, no_randomness, EnvelopeError, CONTENT_SUITE, VERSION};

/// The 256-bit key of one payload. It is made by [`encrypt`](super::encrypt), leaves only wrapped
/// ([`wrap`](crate::wrap::wrap)), and cannot be used to encrypt a second time. Wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

impl DataKey {
	pub(crate) fn generate() -> Result<Self, EnvelopeError> {
		let mut key = Self([0; 32]);
		getrandom::fill(&mut key.0).map_err(no_randomness)?;
		Ok(key)
	}

	/// Copied into place at once: an array on the way would stay in memory.
	pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
		let mut key = Self([0; 32]);
		if bytes.len() != key.0.len() {
			return None;
		}
		key.0.copy_from_slice(bytes);
		Some(key)
	}

	pub(crate) fn expose(&self) -> &[u8; 32] {
		&self.0
	}
}

impl PartialEq for DataKey {
	fn eq(&self, other: &Self) -> bool {
		self.0.ct_eq(&other.0).into()
	}
}

impl Eq for DataKey {}

impl std::fmt::Debug for DataKey {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("DataKey(..)")
	}
}

/// What a payload belongs to. It stands in no payload: the writer takes it from her ticket, the reader from the
/// finalised record, and a payload opened under another context is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// Patient whose record it is.
	pub patient: u64,
	/// Index of the record's category.
	pub category: u8,
	/// Index of the record's media type.
	pub media: u8,
	/// Institution that registers the record.
	pub institution: u32,
}

/// Bytes of an encoded context.
pub const CONTEXT_LEN: usize = 56;

impl Context {
	/// The context's fixed form: version, suite, genesis, patient, category, media, institution, padded length.
	pub fn encode(&self, padded: u64) -> [u8; CONTEXT_LEN] {
		let mut bytes = [0; CONTEXT_LEN];
		let fields: [&[u8]; 6] = [
			&[VERSION, CONTENT_SUITE],
			&self.genesis,
			&self.patient.to_be_bytes(),
			&[self.category, self.media],
			&self.institution.to_be_bytes(),
			&padded.to_be_bytes(),
		];
		fill(&mut bytes, &fields);
		bytes
	}
}

/// Keys and commitment of one payload under one context.
pub(super) struct PayloadKeys {
	content: Zeroizing<[u8; 32]>,
	length: Zeroizing<[u8; 32]>,
	pub(super) commitment: [u8; 32],
}

impl PayloadKeys {
	pub(super) fn derive(
		key: &DataKey,
		salt: &[u8; 32],
		context: &Context,
		padded: u64,
	) -> Result<Self, EnvelopeError> {
		let hkdf = Hkdf::<Sha256>::new(Some(salt), key.expose());
		let context = Sha256::digest(context.encode(padded));
		let expand = |label: &[u8]| {
			let mut output = Zeroizing::new([0; 32]);
			hkdf.expand_multi_info(&[label, &context], output.as_mut())
				.map_err(|_| EnvelopeError::Corrupt)
				.map(|()| output)
		};
		Ok(Self {
			content: expand(b"salus/content/1")?,
			length: expand(b"salus/length/1")?,
			commitment: *expand(b"salus/commit/1")?,
		})
	}

	/// The cipher of the segments: STREAM with a 32-bit big-endian counter and seven zero bytes as prefix.
	pub(super) fn segments(&self) -> StreamBE32<Aes256Gcm> {
		StreamBE32::from_aead(Aes256Gcm::new((&*self.content).into()), &[0; 7].into())
	}

	/// The cipher of the true length.
	pub(super) fn length(&self) -> Aes256Gcm {
		Aes256Gcm::new((&*self.length).into())
	}
}
