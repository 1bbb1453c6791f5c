//! Closed batches on their way into the vault. An envelope is on the disk before any of it leaves this machine: whatever
//! dies, the same bytes are sent again, and what is anchored is what was stored.

use std::sync::Arc;

use futures::{stream, StreamExt, TryStreamExt};
use salus::words;
use salus_primitives::Moment;
use tokio::{
	sync::{watch, Notify},
	time::{sleep, Duration},
};

use super::{
	chain::{pause, Failure, NotStored, Vault},
	devices::Devices,
	ledger::Ledger,
	Closed,
};
use crate::{metrics::Metrics, GatewayError};

/// How often closed batches are looked for without being told.
const GLANCE: Duration = Duration::from_secs(1);
/// Batches of a round.
const ROUND: u32 = 64;
/// Batches under way at a time.
const AT_ONCE: usize = 4;
/// Why a batch whose binding the chain does not have any more is not anchored.
const UNKNOWN_BINDING: &str = "BatchOfUnknownBinding";

/// Brings batches into the vault.
pub struct Depositor<V> {
	/// The batches.
	pub ledger: Ledger,
	/// Whose they are.
	pub devices: Devices,
	/// The vault.
	pub vault: V,
	/// What is counted.
	pub metrics: Arc<Metrics>,
	/// Told when there are more batches.
	pub closed: Arc<Notify>,
	/// Told when the vault has more.
	pub stored: Arc<Notify>,
}

/// What a round came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
	/// Batches that went on.
	pub done: usize,
	/// Batches that have to be tried again.
	pub failed: usize,
}

impl<V: Vault> Depositor<V> {
	/// Stores batches until told to end.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn work(self, mut end: watch::Receiver<bool>) -> Result<(), GatewayError> {
		let mut failures: u32 = 0;
		while !*end.borrow() {
			let round = self.round(words::now()).await?;
			failures = if round.failed > 0 {
				failures.saturating_add(1)
			} else {
				0
			};
			let wait = match (round.done, failures) {
				(_, 1..) => pause(failures),
				(0, _) => GLANCE,
				_ => continue,
			};
			tokio::select! {
				() = self.closed.notified(), if failures == 0 => {}
				() = sleep(wait) => {}
				_ = end.changed() => {}
			}
		}
		Ok(())
	}

	/// Stores the batches that wait.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn round(&self, now: Moment) -> Result<Round, GatewayError> {
		if !self.devices.are_known() {
			return Ok(Round::default());
		}
		let batches = self.ledger.to_store(now, ROUND).await?;
		let outcomes: Vec<bool> = stream::iter(batches)
			.map(|batch| async move { self.store(&batch, now).await })
			.buffer_unordered(AT_ONCE)
			.try_collect()
			.await?;
		let done = outcomes.iter().filter(|done| **done).count();
		if done > 0 {
			self.stored.notify_one();
		}
		Ok(Round {
			done,
			failed: outcomes.len().saturating_sub(done),
		})
	}

	/// Whether it went on.
	async fn store(&self, batch: &Closed, now: Moment) -> Result<bool, GatewayError> {
		let device = self.devices.get(&batch.device);
		let binding = device.and_then(|device| device.bindings.get(&batch.binding).copied());
		let Some(binding) = binding else {
			tracing::warn!(batch = batch.id, "a batch is put aside: {UNKNOWN_BINDING}");
			self.ledger.set_aside(batch, UNKNOWN_BINDING, now).await?;
			self.metrics.batch("aside");
			return Ok(true);
		};
		match self.try_to_store(batch, binding.patient).await? {
			Ok(()) => {
				self.ledger.store(batch.id, now).await?;
				self.metrics.batch("stored");
				Ok(true)
			}
			Err(NotStored::Never(failure)) => {
				tracing::warn!(batch = batch.id, "a batch is put aside: {failure}");
				self.ledger.set_aside(batch, &failure.name, now).await?;
				self.metrics.batch("aside");
				Ok(true)
			}
			Err(NotStored::Stale(failure)) => {
				self.ledger.unseal(batch.id).await?;
				self.again(batch, &failure, now).await
			}
			Err(NotStored::Later(failure)) => self.again(batch, &failure, now).await,
		}
	}

	async fn try_to_store(&self, batch: &Closed, patient: u64) -> Result<Result<(), NotStored>, GatewayError> {
		let sealed = match self.ledger.envelope(batch.id).await? {
			Some(sealed) => sealed,
			None => {
				let file = self.ledger.file(batch).await?;
				match self.vault.seal(batch, patient, file).await {
					Ok(sealed) => {
						self.ledger.seal(batch.id, &sealed).await?;
						sealed
					}
					Err(error) => return Ok(Err(error)),
				}
			}
		};
		Ok(self.vault.put(&sealed).await)
	}

	async fn again(&self, batch: &Closed, failure: &Failure, now: Moment) -> Result<bool, GatewayError> {
		tracing::info!(batch = batch.id, "a batch is stored later: {failure}");
		self.metrics.retried("store", &failure.name);
		let attempts = self.ledger.attempts(batch.id).await?;
		let until = now.saturating_add(words::milliseconds(pause(attempts.saturating_add(1))));
		self.ledger.postpone(batch.id, until, &failure.name).await?;
		Ok(false)
	}
}
