//! Failures of the node, of transactions, and of proofs.

use salus_primitives::{AnchorId, PatientId, RecordId};

use crate::sdk::{Hash, Preview};

/// Why the node can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionError {
	/// Nobody answers at the URL.
	#[error("no node answers at {url} ({reason}); start one, or name another with --url")]
	NoNode {
		/// Where.
		url: String,
		/// What the transport said.
		reason: String,
	},
	/// It is another chain.
	#[error("{url} is on the chain with genesis {found:?}, not {wanted:?}; connect to a node of your consortium")]
	WrongGenesis {
		/// Where.
		url: String,
		/// The chain's genesis hash.
		found: Hash,
		/// The genesis hash that was asked for.
		wanted: Hash,
	},
	/// It was another chain when this client first connected.
	#[error("{url} was on the chain with genesis {known:?} until now and is on {found:?}; ask its operator why, then confirm with --genesis {found:?}")]
	OtherChain {
		/// Where.
		url: String,
		/// The chain's genesis hash.
		found: Hash,
		/// The genesis hash that was seen there first.
		known: Hash,
	},
	/// The node's runtime is another than this client was made for.
	#[error("the node runs version {spec_version} of a runtime that this client was not made for; install the `salus` that comes with it")]
	OtherRuntime {
		/// The runtime's version.
		spec_version: u32,
	},
	/// The connection broke, or the node failed.
	#[error("the node did not answer ({0}); check its log and try again")]
	Broken(String),
	/// No block became final while one was waited for.
	#[error("no block became final for {seconds} s; see whether the chain finalises: salus node status")]
	NoBlock {
		/// How long was waited.
		seconds: u64,
	},
	/// The chain has no time yet.
	#[error("the chain has only its first block so far; wait until the next one is final, or see whether its validators vote")]
	Young,
	/// The node answered with an error of its API.
	#[error("{method}: {message} ({name}, {code})")]
	Answered {
		/// The RPC.
		method: String,
		/// The error's code.
		code: i32,
		/// Its name.
		name: String,
		/// What it says.
		message: String,
	},
	/// The node's answer can't be read.
	#[error("the node's answer to {what} can't be read ({reason}); use the `salus` that comes with the node")]
	Unreadable {
		/// The question.
		what: String,
		/// What is wrong with it.
		reason: String,
	},
}

/// Why a transaction did not take effect.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmissionError {
	/// The node can't be used.
	#[error(transparent)]
	Connection(#[from] ConnectionError),
	/// A call was in a block and failed; nothing was changed.
	#[error("{pallet}.{error}: {next} (block {block})")]
	Rejected {
		/// The pallet that refused.
		pallet: String,
		/// The error's name.
		error: String,
		/// What to do.
		next: String,
		/// Which of the things that the call names it is about, from 0, where the error says so.
		place: Option<u8>,
		/// In which block.
		block: u64,
	},
	/// A call was in a block and failed for a reason of no pallet; nothing was changed.
	#[error("the chain refused the call: {reason} (block {block}); sign it with an account that may make it")]
	Failed {
		/// The reason.
		reason: String,
		/// In which block.
		block: u64,
	},
	/// The account was never registered.
	#[error("{0} has no standing on this chain, so its transactions are not taken; have a hospital approve it (`salus apply`), or register as a patient (`salus patient register`)")]
	Unregistered(String),
	/// The transaction is not valid in the pool.
	#[error("{name}: {next}")]
	Invalid {
		/// Why.
		name: String,
		/// What to do.
		next: String,
	},
	/// The chain would reject the call; it was not sent.
	#[error("{pallet}.{error}: {next} (not sent, and nothing was uploaded)")]
	Foreseen {
		/// The pallet that would refuse.
		pallet: String,
		/// The error's name.
		error: String,
		/// What to do.
		next: String,
	},
	/// The chain would refuse the call for a reason of no pallet; it was not sent.
	#[error("the chain would refuse the call: {reason} (not sent); sign it with an account that may make it")]
	ForeseenFailure {
		/// The reason.
		reason: String,
	},
	/// It was a dry run, and the transaction would have taken effect. No failure.
	#[error("{0}")]
	DryRun(Box<Preview>),
	/// The transaction was sent, and whether it took effect is not known.
	#[error("extrinsic {extrinsic:?} was sent and may have taken effect ({reason}); see `salus node status` and what is on the chain before you repeat the command")]
	Unknown {
		/// The extrinsic's hash.
		extrinsic: Hash,
		/// Why it is not known.
		reason: String,
	},
	/// The call can't be encoded for this chain.
	#[error("the transaction can't be made ({0}); use the `salus` that comes with the node")]
	Encoding(String),
	/// The call took effect, but the event that says how is missing.
	#[error("the transaction took effect in block {block} but left no event of {pallet} that this client reads; look at the chain before you repeat it, and report this")]
	NoEvent {
		/// In which block.
		block: u64,
		/// Of which pallet.
		pallet: &'static str,
	},
}

/// Why something doesn't verify.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
	/// The header is not the block's.
	#[error("the node's header does not hash to the block {0:?}; use another node")]
	WrongHeader(Hash),
	/// The proof doesn't lead to the state root.
	#[error("the state proof does not lead to the state root of block {0:?}; use another node")]
	WrongProof(Hash),
	/// The proven value can't be read.
	#[error("the proven {0} can't be read; use the `salus` that comes with the node")]
	UnreadableValue(&'static str),
	/// An entry is missing or out of order.
	#[error("the trail of patient {patient} has entry {found} where {wanted} should be; the node's index is incomplete: ask another hospital's node")]
	Gap {
		/// Whose.
		patient: PatientId,
		/// Which entry should come.
		wanted: u64,
		/// Which came.
		found: u64,
	},
	/// There are fewer entries than the head says.
	#[error("the node lists {found} entries of patient {patient}, the chain has {wanted}; wait for the node's index, or ask another node")]
	Short {
		/// Whose.
		patient: PatientId,
		/// How many the chain has.
		wanted: u64,
		/// How many the node lists.
		found: u64,
	},
	/// The entries don't end in the head.
	#[error("the {entries} entries of patient {patient} do not end in the head on the chain; the node's index is wrong: ask another hospital's node")]
	WrongHead {
		/// Whose.
		patient: PatientId,
		/// How many entries.
		entries: u64,
	},
	/// The entry of a change that is final is not in the trail.
	#[error("the trail of patient {0} does not hold the entry of the change that was just made; ask another hospital's node")]
	NoEntry(PatientId),
	/// The head is older, or newer, than the clock allows.
	#[error("the node's finalised block {block} is of {at}, {seconds} s from this machine's clock: later entries may be missing; use a node that is up to date, check the clock, or pass --stale-ok")]
	StaleHead {
		/// The block's number.
		block: u64,
		/// The block's time.
		at: String,
		/// How far it is from the clock.
		seconds: u64,
	},
	/// The record with this ciphertext is not what was uploaded.
	#[error("the node names record {record} for this upload, but its {field} in the chain's state is another; use another node")]
	OtherUpload {
		/// The record.
		record: RecordId,
		/// The first field that differs.
		field: &'static str,
	},
	/// The batch that was opened is not what was anchored.
	#[error("the {field} of batch {anchor} is not what was anchored; tell the hospital that measured it")]
	OtherBatch {
		/// The batch.
		anchor: AnchorId,
		/// The first field that differs.
		field: &'static str,
	},
	/// The device did not sign a reading of the batch.
	#[error("reading {seq} of batch {anchor} was not signed by its device; tell the hospital that measured it")]
	UnsignedReading {
		/// The batch.
		anchor: AnchorId,
		/// The reading's number.
		seq: u64,
	},
	/// The batch is of another patient.
	#[error("batch {anchor} is of patient {found}, not {wanted}; check the ids")]
	OtherPatientsBatch {
		/// The batch.
		anchor: AnchorId,
		/// Whose it is.
		found: PatientId,
		/// Whose it should be.
		wanted: PatientId,
	},
	/// The node's record is not the proven one.
	#[error("record {0} as the node tells it is not the one in the chain's state; use another node")]
	OtherRecord(RecordId),
}
