//! The release request: who asks for which key, sealed to which recipient.

use codec::{Decode, Encode};

use crate::{
	chain::{AccountId, Object},
	hash::blake2_256,
	signing::{signing_payload, RELEASE_TAG},
	wrap::HpkeKey,
};

/// Version of the request.
pub const REQUEST_VERSION: u8 = 1;
/// The longest encoded request or reply.
pub const MAX_REQUEST_LEN: usize = 2048;

/// A release request.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReleaseRequest {
	/// 1.
	pub version: u8,
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// Institution whose desk is asked.
	pub custodian: u32,
	/// The access receipt that permits it.
	pub receipt: u64,
	/// What is asked for.
	pub object: Object,
	/// Who asks, and signs.
	pub requester: AccountId,
	/// A fresh public key; its secret is dropped after use.
	pub recipient_key: HpkeKey,
	/// Number and hash of a recent finalised block.
	pub anchor: (u32, [u8; 32]),
	/// Random.
	pub nonce: [u8; 16],
}

impl ReleaseRequest {
	/// The bytes the requester signs.
	pub fn signing_payload(&self) -> Vec<u8> {
		signing_payload(RELEASE_TAG, self)
	}

	/// BLAKE2b-256 of the SCALE form; the release wrap is bound to it.
	pub fn hash(&self) -> [u8; 32] {
		blake2_256(&self.encode())
	}
}
