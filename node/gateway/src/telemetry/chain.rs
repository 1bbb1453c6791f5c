//! What the gateway needs of the chain and of the vault. Tests have a model of both.

use std::{future::Future, time::Duration};

use salus_primitives::{AnchorId, Moment, NewBatch, PatientId, Status};
use salus_vitals::batch_file::BatchFile;

use super::{
	devices::{Binding, Device},
	ledger::Sealed,
	Closed, DeviceId,
};
use crate::store::Block;

/// What the finalised head says of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
	/// Whether its batches are taken.
	pub status: Status,
	/// The number of the next reading that can be anchored.
	pub next_seq: u64,
}

/// The chain, or the vault, did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
	/// A name, for metrics and JSON.
	pub name: String,
	/// What happened and what to do.
	pub message: String,
}

/// Why batches were not anchored, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnchored {
	/// The chain refused the call for the batch at this place; nothing of it was done.
	#[error("the chain refused the batch at place {place} of the call: {error}")]
	Batch {
		/// The place, from 0.
		place: usize,
		/// The pallet's error.
		error: String,
	},
	/// Something else. The call may be on the chain: it is looked up before anything is sent again.
	#[error(transparent)]
	Failed(#[from] Failure),
}

/// Why the vault does not have a batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
	/// It may have it later.
	#[error("{0}")]
	Later(Failure),
	/// It does not take this envelope: the batch is sealed anew.
	#[error("{0}")]
	Stale(Failure),
	/// It never will.
	#[error("{0}")]
	Never(Failure),
}

/// The chain, as anchoring needs it. All answers are of the finalised head.
pub trait Chain: Send + Sync + 'static {
	/// These devices, in their order; none where there is no such device.
	fn standing(&self, devices: &[DeviceId]) -> impl Future<Output = Result<Vec<Option<Standing>>, Failure>> + Send;

	/// A binding.
	fn binding(&self, id: u64) -> impl Future<Output = Result<Option<Binding>, Failure>> + Send;

	/// The anchor of this batch, if it is on the chain.
	fn find(&self, batch: &Closed) -> impl Future<Output = Result<Option<AnchorId>, Failure>> + Send;

	/// Anchors up to 256 batches in one call, all or none, and waits until that is final. Their anchors, in their order.
	fn anchor(&self, batches: Vec<NewBatch>) -> impl Future<Output = Result<Vec<AnchorId>, NotAnchored>> + Send;
}

/// The vault.
pub trait Vault: Send + Sync + 'static {
	/// Seals a batch for the institution and the patient, under a data key that is used once.
	fn seal(
		&self,
		batch: &Closed,
		patient: PatientId,
		file: BatchFile,
	) -> impl Future<Output = Result<Sealed, NotStored>> + Send;

	/// Stores what was sealed; the same again changes nothing.
	fn put(&self, sealed: &Sealed) -> impl Future<Output = Result<(), NotStored>> + Send;
}

/// The chain, as far as it says which devices there are.
pub trait Registry: Send + 'static {
	/// The finalised head.
	fn head(&mut self) -> impl Future<Output = Result<Block, Failure>> + Send;

	/// The chain's time at a block; that of its beginning before the first that has one.
	fn time(&mut self, at: Block) -> impl Future<Output = Result<Moment, Failure>> + Send;

	/// All devices of the institution, at a block.
	fn all(&mut self, at: Block) -> impl Future<Output = Result<Vec<Device>, Failure>> + Send;

	/// Which devices the blocks after one and up to another changed, and which bindings; none where these cannot be read
	/// one by one.
	fn changes(
		&mut self,
		after: Block,
		upto: Block,
	) -> impl Future<Output = Result<Option<salus::devices::Changes>, Failure>> + Send;

	/// These of the institution's devices, at a block, with their latest bindings and those of these that are theirs.
	fn some(
		&mut self,
		at: Block,
		devices: &[DeviceId],
		bindings: &[u64],
	) -> impl Future<Output = Result<Vec<Device>, Failure>> + Send;
}

/// How long to wait after so many failures in a row.
pub fn pause(failures: u32) -> Duration {
	const LONGEST: u64 = 60;
	let factor = 1u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX);
	Duration::from_secs(factor.min(LONGEST))
}
