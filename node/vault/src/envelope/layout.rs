//! Lengths of a payload: padding, segments and the on-chain size, all as functions of each other.

use super::EnvelopeError;

/// Bytes of the header.
pub const HEADER_LEN: usize = 104;
/// Plaintext bytes of a full segment.
pub const SEGMENT_LEN: usize = 1 << 20;
/// Bytes that AES-GCM adds to each segment.
pub const TAG_LEN: usize = 16;
/// The smallest padded length.
pub const MIN_PADDED_LEN: u64 = 16 * 1024;
/// The largest padded length: the counter of STREAM has 32 bits.
pub const MAX_PADDED_LEN: u64 = (u32::MAX as u64) * SEGMENT;

pub(super) const HEADER: u64 = HEADER_LEN as u64;
pub(super) const SEGMENT: u64 = SEGMENT_LEN as u64;
pub(super) const TAG: u64 = TAG_LEN as u64;

/// The length to which a document of `len` bytes is padded: its Padmé size, at least 16 KiB.
/// `None` when it would need more segments than the counter has.
///
/// Padmé (Nikitin et al., PETS 2019) leaks O(log log len) bits of the length and adds at most 12 %.
pub fn padded_len(len: u64) -> Option<u64> {
	if len <= MIN_PADDED_LEN {
		return Some(MIN_PADDED_LEN);
	}
	let exponent = len.ilog2();
	let kept = exponent.ilog2() + 1;
	let mask = (1u64 << (exponent - kept)) - 1;
	let padded = len.checked_add(mask)? & !mask;
	(padded <= MAX_PADDED_LEN).then_some(padded)
}

/// Number of segments of a payload of this padded length.
pub fn segment_count(padded: u64) -> u64 {
	padded.div_ceil(SEGMENT)
}

/// Bytes of the whole payload (what the chain stores as `size`) for a padded length.
pub fn payload_len(padded: u64) -> u64 {
	padded
		.saturating_add(TAG.saturating_mul(segment_count(padded)))
		.saturating_add(HEADER)
}

/// The padded length of a payload of `size` bytes.
///
/// # Errors
/// `Corrupt` when no payload has this size.
pub fn padded_len_of_payload(size: u64) -> Result<u64, EnvelopeError> {
	let sealed = size.checked_sub(HEADER).ok_or(EnvelopeError::Corrupt)?;
	let segments = sealed.div_ceil(SEGMENT + TAG);
	let padded = sealed
		.checked_sub(segments.saturating_mul(TAG))
		.ok_or(EnvelopeError::Corrupt)?;
	if payload_len(padded) == size && padded_len(padded) == Some(padded) {
		Ok(padded)
	} else {
		Err(EnvelopeError::Corrupt)
	}
}
