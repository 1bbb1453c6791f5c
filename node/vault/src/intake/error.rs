//! Why an upload was refused.

use std::io;

use crate::{
	chain::ChainUnavailable, envelope::EnvelopeError, key_table::KeyTableError, store::StoreError, wrap::WrapError,
};

/// Why an upload was refused. Codes and numbers are stable; nothing is left behind by any of them. Exhaustive on
/// purpose: whoever answers with them has to have an answer for each.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
	/// The ticket is of another version.
	#[error("the ticket's version is not supported; update the client")]
	WrongVersion,
	/// The ticket is for another chain.
	#[error("the ticket is for another chain; check which node the client is connected to")]
	WrongGenesis,
	/// The ticket is for another institution.
	#[error("the ticket is for another institution; upload to that institution's node")]
	WrongInstitution,
	/// The signature is not the signer's.
	#[error("the signature is not the signer's over this ticket; sign it anew")]
	BadSignature,
	/// The ticket's time is over.
	#[error("the ticket has expired; sign a new one")]
	Expired,
	/// The node's finalised head is too far from its clock.
	#[error("this node is cut off from the chain; try again once it has caught up")]
	StaleChain,
	/// The chain does not let the signer add this document, for the reason with this index.
	#[error("the chain does not permit this document; see the signer's standing and the patient's consents")]
	NotPermitted(u8),
	/// The ticket's CID is not one of ours.
	#[error("the ticket's CID is not a CIDv1 as this program computes it; use the client's")]
	BadCid,
	/// No payload has the ticket's size.
	#[error("no payload has {0} bytes; encrypt the document with the client")]
	BadSize(u64),
	/// The payload is larger than this node takes.
	#[error("the payload has {size} bytes, this node takes {limit}; its operator has to raise the vault's limits")]
	TooLarge {
		/// Bytes of the payload.
		size: u64,
		/// The node's limit.
		limit: u64,
	},
	/// The node's store is full.
	#[error("this node's store is full; its operator has to raise the vault's limit")]
	DiskLimit,
	/// The wraps are not those of the ticket.
	#[error("the wraps are not those the ticket names; send them with it")]
	ForeignWraps,
	/// A wrap is malformed or of an unknown suite.
	#[error("a wrap is not usable: {0}")]
	BadWraps(WrapError),
	/// The custodian's wrap does not open.
	#[error("the custodian's wrap does not open; wrap to this institution's key on chain")]
	ForeignCustodyWrap,
	/// Another upload of this payload was accepted.
	#[error("a different upload of this payload exists; register that one, or encrypt anew")]
	Duplicate,
	/// The same payload is being uploaded right now.
	#[error("this payload is being uploaded; wait for that upload")]
	InProgress,
	/// The payload's header does not open with the wrapped key under the ticket's context.
	#[error("the payload is not the ticket's: {0}")]
	BadHeader(EnvelopeError),
	/// The body ended early.
	#[error("the body ended before the ticket's size; send it again")]
	TooShort,
	/// The body is longer than the ticket says.
	#[error("the body is longer than the ticket's size; send what was signed")]
	TooLong,
	/// The bytes have another SHA-256.
	#[error("the payload's SHA-256 is not the ticket's; send what was signed")]
	WrongHash,
	/// The bytes have another tree.
	#[error("the payload's tree is not the ticket's; sign what was encrypted")]
	WrongTree,
	/// The bytes have another CID.
	#[error("the payload's CID is not the ticket's; sign what was encrypted")]
	WrongCid,
	/// Reading the body failed.
	#[error("the upload broke off: {0}; send it again")]
	Body(io::Error),
	/// The chain could not be read.
	#[error(transparent)]
	Chain(#[from] ChainUnavailable),
	/// The store failed.
	#[error("the payload was not stored: {0}")]
	Store(StoreError),
	/// The key table failed.
	#[error("the key table failed; the node's operator has to look at its log")]
	KeyTable(#[source] KeyTableError),
	/// The node's own work was cut short.
	#[error("the node's work was cut short; try again, or its operator has to look at its log")]
	CutShort,
	/// The signer has too much in the store that is not registered.
	#[error("{waiting} bytes that this account uploaded wait for their records; register them first")]
	SignerLimit {
		/// Bytes that wait.
		waiting: u64,
	},
	/// The signer has too many uploads under way.
	#[error("this account has {0} uploads under way; wait until one has ended")]
	TooManyTransfers(usize),
	/// The node's disk has to keep room for the chain.
	#[error("this node's disk is nearly full; its operator has to make room")]
	DiskSpace,
	/// The ticket is valid for too long.
	#[error("the ticket is valid for more than a day; sign one that ends sooner")]
	TicketTooLong,
	/// The ticket is for a batch of readings, and says what no batch is.
	#[error(
		"a batch of readings is of category Vitals, in no drawer and for treatment; make its ticket with the client"
	)]
	BadBatch,
	/// The chain does not let the signer anchor batches of this patient's readings.
	#[error(
		"the signer may not anchor readings of this patient; sign at the desk of the institution whose device is bound to her"
	)]
	MayNotAnchor,
}

impl UploadError {
	/// A stable name, for HTTP bodies and metric labels.
	pub fn code(&self) -> &'static str {
		self.entry().1
	}

	/// A stable number, for HTTP bodies.
	pub fn number(&self) -> u16 {
		self.entry().0
	}

	/// The index of the runtime's `Reason`, where the chain refused.
	pub fn reason(&self) -> Option<u8> {
		match self {
			Self::NotPermitted(reason) => Some(*reason),
			_ => None,
		}
	}

	fn entry(&self) -> (u16, &'static str) {
		match self {
			Self::WrongVersion => (1, "WrongVersion"),
			Self::WrongGenesis => (2, "WrongGenesis"),
			Self::WrongInstitution => (3, "WrongInstitution"),
			Self::BadSignature => (4, "BadSignature"),
			Self::Expired => (5, "Expired"),
			Self::StaleChain => (6, "StaleChain"),
			Self::NotPermitted(_) => (7, "NotPermitted"),
			Self::BadCid => (8, "BadCid"),
			Self::BadSize(_) => (9, "BadSize"),
			Self::TooLarge { .. } => (10, "TooLarge"),
			Self::DiskLimit => (11, "DiskLimit"),
			Self::ForeignWraps => (12, "ForeignWraps"),
			Self::BadWraps(_) => (13, "BadWraps"),
			Self::ForeignCustodyWrap => (14, "ForeignCustodyWrap"),
			Self::Duplicate => (15, "Duplicate"),
			Self::InProgress => (16, "InProgress"),
			Self::BadHeader(_) => (17, "BadHeader"),
			Self::TooShort => (18, "TooShort"),
			Self::TooLong => (19, "TooLong"),
			Self::WrongHash => (20, "WrongHash"),
			Self::WrongTree => (21, "WrongTree"),
			Self::WrongCid => (22, "WrongCid"),
			Self::Body(_) => (23, "Body"),
			Self::Chain(_) => (24, "ChainUnavailable"),
			Self::Store(_) => (25, "Store"),
			Self::KeyTable(_) => (26, "KeyTable"),
			Self::CutShort => (27, "CutShort"),
			Self::SignerLimit { .. } => (28, "SignerLimit"),
			Self::TooManyTransfers(_) => (29, "TooManyTransfers"),
			Self::DiskSpace => (30, "DiskSpace"),
			Self::TicketTooLong => (31, "TicketTooLong"),
			Self::BadBatch => (32, "BadBatch"),
			Self::MayNotAnchor => (33, "MayNotAnchor"),
		}
	}
}
