//! What hospitals' nodes say to each other: `/salus/release/1` and `/salus/block/1`, one request and one reply each.
//!
//! ```
//! use codec::{DecodeAll, Encode};
//! use salus_vault::between::BlockReply;
//!
//! let reply = BlockReply::Block(b"block".to_vec());
//! assert_eq!(BlockReply::decode_all(&mut reply.encode().as_slice()), Ok(reply));
//! ```

use cid::Cid;
use codec::{Decode, Encode, Output};

use crate::{
	desk::{Release, ReleaseError},
	request::{ReleaseRequest, MAX_REQUEST_LEN},
	unixfs::{parse_cid, DagError, MAX_BLOCK_LEN},
};

/// Name of the protocol by which a release is asked of the custodian's node.
pub const RELEASE_PROTOCOL: &str = "/salus/release/1";
/// Name of the protocol by which a block is asked of another node's store.
pub const BLOCK_PROTOCOL: &str = "/salus/block/1";
/// The longest request, and the longest reply, of a release.
pub const MAX_RELEASE_LEN: usize = MAX_REQUEST_LEN;
/// The longest request for a block: a binary CID with its length.
pub const MAX_BLOCK_REQUEST_LEN: usize = 64;
/// The longest reply with a block: the block, its length, and which reply it is.
pub const MAX_BLOCK_REPLY_LEN: usize = MAX_BLOCK_LEN + 8;
/// The longest signature of any scheme, SCALE encoded.
pub const MAX_SIGNATURE_LEN: usize = 66;

/// A release request as one node relays it to another: what its requester signed, unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RelayedRequest {
	/// What she asks for.
	pub request: ReleaseRequest,
	/// Her signature, at most [`MAX_SIGNATURE_LEN`] bytes.
	pub signature: Vec<u8>,
}

/// What the custodian's node answers.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub enum ReleaseReply {
	/// The key, sealed to the request's recipient key.
	#[codec(index = 0)]
	Released(Release),
	/// The desk refused.
	#[codec(index = 1)]
	Refused {
		/// [`ReleaseError::number`].
		number: u16,
		/// [`ReleaseError::reason`].
		reason: Option<u8>,
	},
	/// That node keeps no desk of the institution asked for.
	#[codec(index = 2)]
	NoDesk,
	/// Too many requests came from the node that relayed this one; it asks again later.
	#[codec(index = 3)]
	Busy,
}

// By hand, since the derived form casts indices.
impl Encode for ReleaseReply {
	fn encode_to<T: Output + ?Sized>(&self, target: &mut T) {
		match self {
			Self::Released(release) => (0u8, release).encode_to(target),
			Self::Refused { number, reason } => (1u8, number, reason).encode_to(target),
			Self::NoDesk => 2u8.encode_to(target),
			Self::Busy => 3u8.encode_to(target),
		}
	}
}

impl From<&ReleaseError> for ReleaseReply {
	fn from(error: &ReleaseError) -> Self {
		Self::Refused {
			number: error.number(),
			reason: error.reason(),
		}
	}
}

/// A request for one block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BlockRequest {
	/// Its binary CID.
	cid: Vec<u8>,
}

impl BlockRequest {
	/// A request for this block.
	pub fn new(cid: &Cid) -> Self {
		Self { cid: cid.to_bytes() }
	}

	/// The block asked for.
	///
	/// # Errors
	/// `UnsupportedCid`
	pub fn cid(&self) -> Result<Cid, DagError> {
		parse_cid(&self.cid)
	}
}

/// What the other node answers. Who asked verifies the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub enum BlockReply {
	/// The block's bytes.
	#[codec(index = 0)]
	Block(Vec<u8>),
	/// That node does not have it.
	#[codec(index = 1)]
	NotFound,
	/// Too many blocks were asked for; later again.
	#[codec(index = 2)]
	Busy,
}

impl Encode for BlockReply {
	fn size_hint(&self) -> usize {
		match self {
			Self::Block(bytes) => bytes.len().saturating_add(5),
			Self::NotFound | Self::Busy => 1,
		}
	}

	fn encode_to<T: Output + ?Sized>(&self, target: &mut T) {
		match self {
			Self::Block(bytes) => (0u8, bytes).encode_to(target),
			Self::NotFound => 1u8.encode_to(target),
			Self::Busy => 2u8.encode_to(target),
		}
	}
}
