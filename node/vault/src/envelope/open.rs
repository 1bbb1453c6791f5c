//! Reading a payload, whole or in part.

use std::{
	io::{self, Read, Write},
	ops::Range,
	path::Path,
};

use aead_stream::{StreamBE32, StreamPrimitive};
use aes_gcm::{AeadInOut, Aes256Gcm};
use subtle::ConstantTimeEq;

use super::{
	header::Header,
	keys::{Context, DataKey, PayloadKeys},
	layout::{padded_len, segment_count, HEADER, HEADER_LEN, SEGMENT, TAG},
	pipeline, to_usize, EnvelopeError,
};
use crate::file::AtomicFile;

/// Decrypts a payload of `size` bytes (from the finalised record) and returns the document's length.
///
/// Each segment is verified before it is written, but only the last one proves that nothing is missing: until this
/// returns, what went to `sink` is not to be used. [`decrypt_to_file`] takes care of that.
///
/// # Errors
/// `WrongKey`, `Corrupt`, `Truncated`, `UnsupportedVersion`; `Io` when reading or writing fails.
pub fn decrypt<R: Read, W: Write>(
	mut payload: R,
	size: u64,
	context: &Context,
	key: &DataKey,
	mut sink: W,
) -> Result<u64, EnvelopeError> {
	let mut header = [0; HEADER_LEN];
	read_exact(&mut payload, &mut header)?;
	let opener = Opener::new(&header, size, context, key)?;
	let all = 0..segment_count(opener.padded);
	opener.segments(all, 0..opener.len, &mut payload, &mut sink)?;
	if payload.read(&mut [0])? != 0 {
		return Err(EnvelopeError::Corrupt);
	}
	sink.flush()?;
	Ok(opener.len)
}

/// [`decrypt`] into a file that appears under its name only after the last segment was verified.
///
/// # Errors
/// As [`decrypt`]; on any error the temporary file is gone and `target` is untouched.
pub fn decrypt_to_file<R: Read>(
	payload: R,
	size: u64,
	context: &Context,
	key: &DataKey,
	target: &Path,
) -> Result<u64, EnvelopeError> {
	let mut file = AtomicFile::create(target)?;
	let len = decrypt(payload, size, context, key, io::BufWriter::new(&mut file))?;
	file.replace()?;
	Ok(len)
}

/// A payload whose header was authenticated, ready for reads of any part of it.
pub struct Opener {
	header: [u8; HEADER_LEN],
	stream: StreamBE32<Aes256Gcm>,
	padded: u64,
	len: u64,
}

impl Opener {
	/// Authenticates a header against key, context and the payload's size.
	///
	/// # Errors
	/// `WrongKey` when key or context are not this payload's; `Corrupt`, `Truncated`, `UnsupportedVersion`.
	pub fn new(header: &[u8], size: u64, context: &Context, key: &DataKey) -> Result<Self, EnvelopeError> {
		let parsed = Header::parse(header, size)?;
		let keys = PayloadKeys::derive(key, &parsed.salt, context, parsed.padded)?;
		if !bool::from(keys.commitment.ct_eq(&parsed.commitment)) {
			return Err(EnvelopeError::WrongKey);
		}
		let mut len = parsed.sealed_len.to_vec();
		keys.length()
			.decrypt_in_place(&[0; 12].into(), &parsed.prefix(), &mut len)
			.map_err(|_| EnvelopeError::Corrupt)?;
		let len = u64::from_be_bytes(len.try_into().map_err(|_| EnvelopeError::Corrupt)?);
		if padded_len(len) != Some(parsed.padded) {
			return Err(EnvelopeError::Corrupt);
		}
		Ok(Self {
			header: parsed.to_bytes(),
			stream: keys.segments(),
			padded: parsed.padded,
			len,
		})
	}

	/// Bytes of the document.
	pub fn document_len(&self) -> u64 {
		self.len
	}

	/// The bytes of the payload that [`read_range`](Self::read_range) needs for a range of the document: whole
	/// segments, and none for an empty range.
	///
	/// # Errors
	/// `Io` (`InvalidInput`) when the range reaches beyond the document.
	pub fn payload_range(&self, document: &Range<u64>) -> Result<Range<u64>, EnvelopeError> {
		let segments = self.segments_of(document)?;
		let at = |segment: u64| {
			let plain = segment.saturating_mul(SEGMENT).min(self.padded);
			HEADER.saturating_add(plain).saturating_add(segment.saturating_mul(TAG))
		};
		Ok(at(segments.start)..at(segments.end))
	}

	/// Decrypts a range of the document out of the bytes that [`payload_range`](Self::payload_range) names, and
	/// writes exactly the range.
	///
	/// # Errors
	/// As [`decrypt`]; the range is judged as in [`payload_range`](Self::payload_range).
	pub fn read_range<R: Read, W: Write>(
		&self,
		document: &Range<u64>,
		mut ciphertext: R,
		mut sink: W,
	) -> Result<(), EnvelopeError> {
		let segments = self.segments_of(document)?;
		self.segments(segments, document.clone(), &mut ciphertext, &mut sink)
	}

	fn segments_of(&self, document: &Range<u64>) -> Result<Range<u64>, EnvelopeError> {
		if document.start > document.end || document.end > self.len {
			let beyond = "the range reaches beyond the document";
			return Err(io::Error::new(io::ErrorKind::InvalidInput, beyond).into());
		}
		if document.is_empty() {
			return Ok(0..0);
		}
		Ok(document.start / SEGMENT..document.end.div_ceil(SEGMENT))
	}

	fn segments(
		&self,
		segments: Range<u64>,
		wanted: Range<u64>,
		ciphertext: &mut impl Read,
		sink: &mut impl Write,
	) -> Result<(), EnvelopeError> {
		let count = segment_count(self.padded);
		let mut next = segments.start;
		pipeline::run(
			self.padded,
			|segment| {
				if next == segments.end {
					return Ok(false);
				}
				let sealed = self.segment_len(next).saturating_add(TAG);
				let found = ciphertext.by_ref().take(sealed).read_to_end(&mut segment.bytes.0)?;
				if found as u64 != sealed {
					return Err(EnvelopeError::Truncated);
				}
				segment.index = next;
				next += 1;
				Ok(true)
			},
			|segment| {
				let counter = u32::try_from(segment.index).map_err(|_| EnvelopeError::Corrupt)?;
				let last = segment.index + 1 == count;
				self.stream
					.decrypt_in_place(counter, last, &self.header, &mut segment.bytes.0)
					.map_err(|_| EnvelopeError::Corrupt)?;
				self.check_padding(&segment.bytes.0, segment.index.saturating_mul(SEGMENT))
			},
			|segment| {
				let start = segment.index.saturating_mul(SEGMENT);
				let end = start.saturating_add(segment.bytes.0.len() as u64);
				let within = |at: u64| to_usize(at.clamp(start, end) - start);
				let part = within(wanted.start)?..within(wanted.end)?;
				let part = segment.bytes.0.get(part).ok_or(EnvelopeError::Corrupt)?;
				Ok(sink.write_all(part)?)
			},
		)
	}

	/// Plaintext bytes of a segment.
	fn segment_len(&self, index: u64) -> u64 {
		self.padded.saturating_sub(index.saturating_mul(SEGMENT)).min(SEGMENT)
	}

	fn check_padding(&self, segment: &[u8], start: u64) -> Result<(), EnvelopeError> {
		let document = self.len.saturating_sub(start).min(segment.len() as u64);
		let padding = segment.get(to_usize(document)?..).ok_or(EnvelopeError::Corrupt)?;
		if padding.iter().all(|byte| *byte == 0) {
			Ok(())
		} else {
			Err(EnvelopeError::Corrupt)
		}
	}
}

impl std::fmt::Debug for Opener {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Opener")
			.field("padded", &self.padded)
			.finish_non_exhaustive()
	}
}

fn read_exact(source: &mut impl Read, buffer: &mut [u8]) -> Result<(), EnvelopeError> {
	source.read_exact(buffer).map_err(|error| match error.kind() {
		io::ErrorKind::UnexpectedEof => EnvelopeError::Truncated,
		_ => EnvelopeError::Io(error),
	})
}
