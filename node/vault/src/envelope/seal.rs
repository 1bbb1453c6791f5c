//! Writing a payload.

use std::io::{self, Read, Write};

use aead_stream::StreamPrimitive;
use aes_gcm::AeadInOut;

use super::{
	header::Header,
	keys::{Context, DataKey, PayloadKeys},
	layout::{padded_len, payload_len, segment_count, HEADER_LEN, SEGMENT},
	no_randomness, pipeline, to_usize, EnvelopeError,
};

/// What [`encrypt`] leaves behind besides the payload.
#[derive(Debug)]
pub struct Sealed {
	/// Key of this payload, to be wrapped for the custodian and the patient.
	pub data_key: DataKey,
	/// The payload's header.
	pub header: [u8; HEADER_LEN],
	/// Bytes written: the `size` of the record.
	pub size: u64,
}

/// Encrypts a document of exactly `len` bytes under a fresh key and writes the payload to `sink`.
/// Memory is constant: four segments.
///
/// # Errors
/// `Io` when reading or writing fails, when the source holds fewer (`UnexpectedEof`) or more (`InvalidInput`) than
/// `len` bytes, or when the system has no randomness. What was written until then is to be thrown away.
pub fn encrypt<R: Read, W: Write>(source: R, len: u64, context: &Context, sink: W) -> Result<Sealed, EnvelopeError> {
	let mut salt = [0; 32];
	getrandom::fill(&mut salt).map_err(no_randomness)?;
	seal(source, len, context, sink, DataKey::generate()?, salt)
}

/// [`encrypt`] with key and salt given; crate-private, since a key that encrypts twice is broken.
pub(crate) fn seal<R: Read, W: Write>(
	mut source: R,
	len: u64,
	context: &Context,
	mut sink: W,
	data_key: DataKey,
	salt: [u8; 32],
) -> Result<Sealed, EnvelopeError> {
	let padded =
		padded_len(len).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the document is too long"))?;
	let keys = PayloadKeys::derive(&data_key, &salt, context, padded)?;
	let header = seal_header(&keys, salt, len, padded)?;
	sink.write_all(&header)?;

	let stream = keys.segments();
	let segments = segment_count(padded);
	let mut read = 0;
	pipeline::run(
		padded,
		|segment| {
			if read == segments {
				return Ok(false);
			}
			let start = read.saturating_mul(SEGMENT);
			let here = padded.saturating_sub(start).min(SEGMENT);
			let document = len.saturating_sub(start).min(here);
			let found = source.by_ref().take(document).read_to_end(&mut segment.bytes.0)?;
			if found as u64 != document {
				let shorter = "the document is shorter than announced";
				return Err(io::Error::new(io::ErrorKind::UnexpectedEof, shorter).into());
			}
			segment.bytes.0.resize(to_usize(here)?, 0);
			segment.index = read;
			read += 1;
			Ok(true)
		},
		|segment| {
			let counter = u32::try_from(segment.index).map_err(|_| EnvelopeError::Corrupt)?;
			let last = segment.index + 1 == segments;
			stream
				.encrypt_in_place(counter, last, &header, &mut segment.bytes.0)
				.map_err(|_| EnvelopeError::Corrupt)
		},
		|segment| Ok(sink.write_all(&segment.bytes.0)?),
	)?;
	if source.read(&mut [0])? != 0 {
		let longer = "the document is longer than announced";
		return Err(io::Error::new(io::ErrorKind::InvalidInput, longer).into());
	}
	sink.flush()?;
	Ok(Sealed {
		data_key,
		header,
		size: payload_len(padded),
	})
}

fn seal_header(keys: &PayloadKeys, salt: [u8; 32], len: u64, padded: u64) -> Result<[u8; HEADER_LEN], EnvelopeError> {
	let mut header = Header {
		salt,
		commitment: keys.commitment,
		padded,
		sealed_len: [0; 24],
	};
	let mut sealed = len.to_be_bytes().to_vec();
	keys.length()
		.encrypt_in_place(&[0; 12].into(), &header.prefix(), &mut sealed)
		.map_err(|_| EnvelopeError::Corrupt)?;
	header.sealed_len = sealed.try_into().map_err(|_| EnvelopeError::Corrupt)?;
	Ok(header.to_bytes())
}
