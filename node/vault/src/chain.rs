//! What the vault sees of the chain: one trait over finalised blocks, which the node implements.

use std::fmt;

use codec::{Decode, Encode, Output};

/// An account's public key.
pub type AccountId = [u8; 32];

/// The chain could not be read; nothing may be released then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node's finalised state could not be read; see the node's log")]
pub struct ChainUnavailable;

/// A finalised block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockView {
	/// Its number.
	pub number: u32,
	/// Its hash.
	pub hash: [u8; 32],
	/// Its timestamp in milliseconds since the Unix epoch.
	pub time: u64,
}

/// What a key is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Decode)]
pub enum Object {
	/// A record.
	#[codec(index = 0)]
	Record(u64),
	/// An anchored batch of readings.
	#[codec(index = 1)]
	Batch(u64),
}

// By hand, since the derived form casts indices.
impl Encode for Object {
	fn encode_to<T: Output + ?Sized>(&self, target: &mut T) {
		let (index, id) = match self {
			Self::Record(id) => (0u8, id),
			Self::Batch(id) => (1, id),
		};
		(index, id).encode_to(target);
	}
}

impl fmt::Display for Object {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Record(id) => write!(f, "record {id}"),
			Self::Batch(id) => write!(f, "batch {id}"),
		}
	}
}

/// A record as finalised. For a batch of readings: its anchor, in the same terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordView {
	/// Which record or batch.
	pub object: Object,
	/// Patient.
	pub patient: u64,
	/// Who registered it; an anchor names nobody.
	pub author: Option<AccountId>,
	/// Institution that registered it and keeps its key; of a batch the device's.
	pub custodian: u32,
	/// Kind of document.
	pub category: u8,
	/// Drawer, if any.
	pub compartment: Option<u8>,
	/// Media type.
	pub media: u8,
	/// CID in binary form.
	pub cid: Vec<u8>,
	/// SHA-256 of the payload.
	pub sha256: [u8; 32],
	/// Root of the tree over the payload; an anchor has none.
	pub tree: Option<[u8; 32]>,
	/// Bytes of the payload.
	pub size: u64,
	/// When the content was recorded; of a batch the earliest reading.
	pub recorded_at: u64,
}

/// Outcome of one object in an access receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptItem {
	/// The object asked for.
	pub object: Object,
	/// What the chain decided.
	pub verdict: Verdict,
}

/// An access receipt as finalised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptView {
	/// Id of the receipt.
	pub id: u64,
	/// Who asked.
	pub requester: AccountId,
	/// When, in milliseconds since the Unix epoch.
	pub at: u64,
	/// The outcomes.
	pub items: Vec<ReceiptItem>,
}

/// A decision; the reason is the index of the runtime's `Reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
	/// Allowed.
	Permit,
	/// Refused.
	Deny(u8),
}

/// The question whether somebody may add a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppendQuery {
	/// Who signed the ticket. As the patient herself she acts for no institution; which it is, the chain knows.
	pub requester: AccountId,
	/// Institution of the ticket.
	pub institution: u32,
	/// Purpose of use.
	pub purpose: u8,
	/// Patient.
	pub patient: u64,
	/// Kind of document.
	pub category: u8,
	/// Drawer, if any.
	pub compartment: Option<u8>,
	/// When the content was recorded.
	pub recorded_at: u64,
}

/// The question whether somebody may anchor batches of a patient's readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnchorQuery {
	/// Who signed the ticket.
	pub requester: AccountId,
	/// Institution of the ticket.
	pub institution: u32,
	/// Patient.
	pub patient: u64,
}

/// Some of a patient's batches, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchPage {
	/// Id of each, and SHA-256 of its payload.
	pub batches: Vec<(u64, [u8; 32])>,
	/// The batch before which the next page begins; `None` after the last.
	pub next: Option<u64>,
}

/// The chain at its finalised head. All answers of one call are of finalised blocks only.
pub trait FinalisedChain: Send + Sync {
	/// Hash of the genesis block.
	fn genesis(&self) -> [u8; 32];

	/// The finalised head.
	///
	/// # Errors
	/// When the state cannot be read, as in every method here.
	fn head(&self) -> Result<BlockView, ChainUnavailable>;

	/// The finalised block of a number; `None` above the head or where its header is no longer kept.
	///
	/// # Errors
	/// As [`head`](Self::head).
	fn block(&self, number: u32) -> Result<Option<BlockView>, ChainUnavailable>;

	/// A receipt in the finalised state, among those of access to objects of this kind: records and batches have receipts
	/// of their own, with ids of their own.
	///
	/// # Errors
	/// As [`head`](Self::head).
	fn receipt(&self, id: u64, object: Object) -> Result<Option<ReceiptView>, ChainUnavailable>;

	/// A record or batch in the finalised state.
	///
	/// # Errors
	/// As [`head`](Self::head).
	fn record(&self, object: Object) -> Result<Option<RecordView>, ChainUnavailable>;

	/// The patient's record with this payload, in the finalised state.
	///
	/// # Errors
	/// As [`head`](Self::head).
	fn registered(&self, patient: u64, sha256: &[u8; 32]) -> Result<Option<RecordView>, ChainUnavailable>;

	/// A page of the patient's batches in the finalised state: the newest, or those before this one. It can be short, even
	/// empty, and not the last.
	///
	/// # Errors
	/// As [`head`](Self::head).
	fn batches(&self, patient: u64, before: Option<u64>) -> Result<BatchPage, ChainUnavailable>;

	/// Whether what the receipt permitted would still be permitted at the finalised head, and if not, why; of a batch,
	/// about all of it.
	///
	/// # Errors
	/// As [`head`](Self::head).
	fn still_permits(&self, receipt: u64, object: Object) -> Result<Verdict, ChainUnavailable>;

	/// `AccessControl::decide` for Append at the finalised head, standing included.
	///
	/// # Errors
	/// As [`head`](Self::head).
	fn decide_append(&self, query: &AppendQuery) -> Result<Verdict, ChainUnavailable>;

	/// Whether somebody may anchor batches of the patient's readings at the finalised head.
	///
	/// # Errors
	/// As [`head`](Self::head).
	fn may_anchor(&self, query: &AnchorQuery) -> Result<bool, ChainUnavailable>;

	/// Whether `signature` is the account's over `message`.
	fn verify(&self, account: &AccountId, message: &[u8], signature: &[u8]) -> bool;
}
