//! Payloads: a document encrypted in segments under a key of its own, bound to its record's context.
//!
//! The format stands byte by byte in the crate's README.

mod header;
mod keys;
mod layout;
mod open;
mod pipeline;
mod seal;

pub use header::{Header, MAGIC};
pub use keys::{Context, DataKey, CONTEXT_LEN};
pub use layout::{
	padded_len, padded_len_of_payload, payload_len, segment_count, HEADER_LEN, MAX_PADDED_LEN, MIN_PADDED_LEN,
	SEGMENT_LEN, TAG_LEN,
};
pub use open::{decrypt, decrypt_to_file, Opener};
pub use seal::{encrypt, Sealed};

#[cfg(test)]
pub(crate) use seal::seal;

/// Version of the format.
pub const VERSION: u8 = 1;
/// AES-256-GCM in STREAM BE32, HKDF-SHA256.
pub const CONTENT_SUITE: u8 = 1;

/// Why a payload was not read or written. The first four say no more than they do, on purpose.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
	/// The bytes are not what was written. Fetch the payload again, from another custodian if it persists.
	#[error("the payload is corrupt; fetch it again")]
	Corrupt,
	/// The key is not this payload's, or the payload belongs to another record.
	#[error("the key does not open this payload under this record; ask for its release again")]
	WrongKey,
	/// The payload ends too early. Fetch the rest.
	#[error("the payload is incomplete; fetch the rest of it")]
	Truncated,
	/// A newer program wrote the payload.
	#[error("the payload's version is not supported; update this program")]
	UnsupportedVersion,
	/// Reading or writing failed, or the caller's length or range was wrong.
	#[error("input or output failed: {0}")]
	Io(#[from] std::io::Error),
}

fn no_randomness(error: getrandom::Error) -> EnvelopeError {
	EnvelopeError::Io(std::io::Error::other(error.to_string()))
}

fn to_usize(len: u64) -> Result<usize, EnvelopeError> {
	usize::try_from(len).map_err(|_| EnvelopeError::Corrupt)
}
