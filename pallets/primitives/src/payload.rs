//! What the chain can check of a payload without its bytes: the shape of its CID and of its size, and that its CID, its
//! size and its hash are of one payload.

use sp_core::H256;

/// The smallest padded length, 16 KiB.
pub const MIN_PADDED: u64 = 16 * 1024;
/// The largest ciphertext, 1 TiB.
pub const MAX_SIZE: u64 = 1 << 40;

/// The most bytes of one block, 1 MiB: a payload of more is a tree of blocks.
pub const MAX_BLOCK: u64 = 1 << 20;

/// Bytes of the envelope's header.
const HEADER: u64 = 104;
/// Bytes of plaintext in a segment.
const SEGMENT: u64 = 1 << 20;
/// Bytes of a segment's authentication tag.
const TAG: u64 = 16;

/// CIDv1, codec raw, SHA-256 of 32 bytes.
pub(crate) const RAW: [u8; 4] = [0x01, 0x55, 0x12, 0x20];
/// CIDv1, codec dag-pb, SHA-256 of 32 bytes.
pub(crate) const DAG_PB: [u8; 4] = [0x01, 0x70, 0x12, 0x20];

/// Whether these bytes are a CID as both payload stores make it: version 1, raw or dag-pb, SHA-256.
pub fn is_cid(bytes: &[u8]) -> bool {
	bytes.len() == RAW.len() + 32 && (bytes.starts_with(&RAW) || bytes.starts_with(&DAG_PB))
}

/// Whether a payload of this many bytes can have the CID: one raw block, or the dag-pb root of several.
pub fn is_cid_of_size(cid: &[u8], size: u64) -> bool {
	cid.starts_with(&RAW) == (size <= MAX_BLOCK)
}

/// Whether a payload with this SHA-256 can have the CID: that of a raw block has the payload's own digest.
pub fn is_cid_of_bytes(cid: &[u8], sha256: &H256) -> bool {
	!cid.starts_with(&RAW) || cid.ends_with(sha256.as_bytes())
}

/// Bytes of ciphertext for this padded length.
pub const fn ciphertext_size(padded: u64) -> Option<u64> {
	let Some(tags) = padded.div_ceil(SEGMENT).checked_mul(TAG) else {
		return None;
	};
	let Some(body) = padded.checked_add(tags) else {
		return None;
	};
	body.checked_add(HEADER)
}

/// Whether an envelope can have this many bytes: a padded length of at least 16 KiB, a tag for each segment, the
/// header, and no more than [`MAX_SIZE`].
pub const fn is_ciphertext_size(size: u64) -> bool {
	if size > MAX_SIZE {
		return false;
	}
	let Some(body) = size.checked_sub(HEADER) else {
		return false;
	};
	let Some(padded) = body.checked_sub(body.div_ceil(SEGMENT + TAG) * TAG) else {
		return false;
	};
	// The inverse is no inverse where the last segment would be shorter than its tag.
	padded >= MIN_PADDED && is_padded(padded) && matches!(ciphertext_size(padded), Some(back) if back == size)
}

/// Whether Padmé (Nikitin et al., PETS 2019, section 4) leaves this length as it is: an exponent of `e` bits
/// leaves no more than as many bits of mantissa.
const fn is_padded(length: u64) -> bool {
	let Some(exponent) = length.checked_ilog2() else {
		return false;
	};
	let Some(bits) = exponent.checked_ilog2() else {
		return false;
	};
	length & ((1 << (exponent - bits - 1)) - 1) == 0
}
