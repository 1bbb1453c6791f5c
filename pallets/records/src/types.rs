//! What this pallet stores besides the common types.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{AuditHead, RecordId};
use scale_info::TypeInfo;
use sp_core::H256;

/// Past how many versions in error the one before them is looked for, to make it current again.
pub const MAX_PASSED: u32 = 8;

/// As much of a ciphertext's SHA-256 as finds a patient's record: 128 bits.
pub type DigestPrefix = [u8; 16];

/// The first 16 bytes of a SHA-256.
pub fn digest_prefix(sha256: &H256) -> DigestPrefix {
	// 32 bytes begin with 16, so that there is always one.
	sha256.0.first_chunk().copied().unwrap_or_default()
}

/// Where a patient's audit trail and list of records end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct TrailEnd {
	/// How long the trail is and the hash it ends in.
	pub head: AuditHead,
	/// The newest record.
	pub latest_record: Option<RecordId>,
}
