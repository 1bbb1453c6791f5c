//! The upload ticket: what a payload is and where it belongs, signed by who uploads it.

use codec::{Decode, Encode};

use crate::signing::{signing_payload, UPLOAD_TAG};

/// Version of the ticket.
pub const TICKET_VERSION: u8 = 1;
/// The longest CID, as on chain.
pub const MAX_CID_LEN: usize = 64;
/// The media type of a batch of readings; none of the runtime's.
pub const BATCH_MEDIA: u8 = 0xff;
/// What category a batch is judged as: Vitals.
pub const BATCH_CATEGORY: u8 = 8;
/// For which purpose a batch is written: Treatment.
pub const BATCH_PURPOSE: u8 = 0;

/// An upload ticket. Enumerations are their SCALE index: `purpose`, `category` and `media` as in the runtime.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct UploadTicket {
	/// 1.
	pub version: u8,
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// Institution that keeps the payload and registers the record.
	pub institution: u32,
	/// Purpose of use under which it is written.
	pub purpose: u8,
	/// Patient of the record.
	pub patient: u64,
	/// Kind of document.
	pub category: u8,
	/// Drawer, if any.
	pub compartment: Option<u8>,
	/// Media type.
	pub media: u8,
	/// When the content was recorded, in milliseconds since the Unix epoch.
	pub recorded_at: u64,
	/// CID of the payload in binary form, at most 64 bytes.
	pub cid: Vec<u8>,
	/// SHA-256 of the payload.
	pub sha256: [u8; 32],
	/// Root of the tree over the payload.
	pub tree: [u8; 32],
	/// Bytes of the payload.
	pub size: u64,
	/// Hash of the wraps sent beside it.
	pub wraps: [u8; 32],
	/// The ticket is void after this time, in milliseconds since the Unix epoch.
	pub not_after: u64,
}

impl UploadTicket {
	/// Whether it is for a batch of readings, which is anchored, and no record.
	pub fn is_batch(&self) -> bool {
		self.media == BATCH_MEDIA
	}

	/// The bytes its author signs.
	pub fn signing_payload(&self) -> Vec<u8> {
		signing_payload(UPLOAD_TAG, self)
	}
}
