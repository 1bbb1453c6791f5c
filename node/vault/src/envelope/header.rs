//! The 104 bytes in front of the segments.

use super::{
	layout::{padded_len_of_payload, HEADER_LEN},
	EnvelopeError, CONTENT_SUITE, VERSION,
};

/// First bytes of every payload.
pub const MAGIC: [u8; 4] = *b"SALV";

/// Bytes of the header that the sealed true length is bound to.
pub(super) const PREFIX_LEN: usize = 80;

/// A header whose shape was checked; nothing in it is authenticated yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
	pub(super) salt: [u8; 32],
	pub(super) commitment: [u8; 32],
	pub(super) padded: u64,
	pub(super) sealed_len: [u8; 24],
}

impl Header {
	/// Reads a header and compares its padded length with the payload's size.
	///
	/// # Errors
	/// `Truncated` for fewer than 104 bytes, `UnsupportedVersion` for another version or suite, `Corrupt` for the rest.
	pub fn parse(bytes: &[u8], size: u64) -> Result<Self, EnvelopeError> {
		let bytes = bytes.get(..HEADER_LEN).ok_or(EnvelopeError::Truncated)?;
		let (magic, rest) = take::<4>(bytes)?;
		let ([version, suite, zero @ ..], rest) = take::<4>(rest)?;
		let (salt, rest) = take::<32>(rest)?;
		let (commitment, rest) = take::<32>(rest)?;
		let (padded, rest) = take::<8>(rest)?;
		let (sealed_len, _) = take::<24>(rest)?;
		if magic != MAGIC {
			return Err(EnvelopeError::Corrupt);
		}
		if version != VERSION || suite != CONTENT_SUITE {
			return Err(EnvelopeError::UnsupportedVersion);
		}
		let padded = u64::from_be_bytes(padded);
		if zero != [0, 0] || padded != padded_len_of_payload(size)? {
			return Err(EnvelopeError::Corrupt);
		}
		Ok(Self {
			salt,
			commitment,
			padded,
			sealed_len,
		})
	}

	/// The header's first 80 bytes: all but the sealed true length.
	pub(super) fn prefix(&self) -> [u8; PREFIX_LEN] {
		let mut bytes = [0; PREFIX_LEN];
		let fields: [&[u8]; 5] = [
			&MAGIC,
			&[VERSION, CONTENT_SUITE, 0, 0],
			&self.salt,
			&self.commitment,
			&self.padded.to_be_bytes(),
		];
		fill(&mut bytes, &fields);
		bytes
	}

	pub(super) fn to_bytes(&self) -> [u8; HEADER_LEN] {
		let mut bytes = [0; HEADER_LEN];
		fill(&mut bytes, &[&self.prefix(), &self.sealed_len]);
		bytes
	}
}

fn take<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), EnvelopeError> {
	bytes
		.split_first_chunk::<N>()
		.map(|(head, rest)| (*head, rest))
		.ok_or(EnvelopeError::Truncated)
}

pub(super) fn fill(target: &mut [u8], fields: &[&[u8]]) {
	let source = fields.iter().flat_map(|field| field.iter());
	for (byte, value) in target.iter_mut().zip(source) {
		*byte = *value;
	}
}
