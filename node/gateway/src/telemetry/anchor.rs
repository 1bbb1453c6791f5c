//! Stored batches on their way onto the chain, each once. What is there already is told by the finalised head, before
//! anything is sent: a device's next number there, and the root of the batch that has the one before.

use std::{collections::HashMap, sync::Arc};

use salus::{words, Hash};
use salus_primitives::{Moment, NewBatch, Status, HOUR, MAX_ANCHORED, MINUTE};
use tokio::{
	sync::{watch, Notify},
	time::{sleep, Duration},
};

use super::{
	batches::OUTSIDE,
	chain::{pause, Chain, Failure, NotAnchored},
	ledger::{Ledger, Stored},
	DeviceId,
};
use crate::{metrics::Metrics, GatewayError};

/// How often stored batches are looked for without being told.
const GLANCE: Duration = Duration::from_secs(1);
/// How long a batch waits for a clock, or for a suspended device.
const LATER: Moment = MINUTE;
/// A vault keeps what nobody has anchored for half a day: what it has had for half of that is sent again before it is
/// anchored.
const HELD: Moment = 6 * HOUR;
/// Why a batch is not anchored whose numbers another one has.
const PASSED: &str = "BatchSequencePassed";
const AHEAD: &str = "BatchAhead";
const INACTIVE: &str = "BatchOfInactiveDevice";

/// Brings batches onto the chain.
pub struct Anchorer<C> {
	/// The batches.
	pub ledger: Ledger,
	/// The chain.
	pub chain: C,
	/// What is counted.
	pub metrics: Arc<Metrics>,
	/// Told when the vault has more.
	pub stored: Arc<Notify>,
}

/// What a round came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
	/// There was nothing to do.
	Idle,
	/// Something went on; there may be more.
	Done,
	/// Nobody knows, or nothing did: it is looked up and tried again.
	Failed,
}

impl<C: Chain> Anchorer<C> {
	/// Anchors batches until told to end.
	///
	/// # Errors
	/// `Sql`, `Damaged`, `NoRandomness`
	pub async fn work(self, mut end: watch::Receiver<bool>) -> Result<(), GatewayError> {
		let mut failures: u32 = 0;
		while !*end.borrow() {
			let wait = match self.round(words::now()).await? {
				Round::Done => {
					failures = 0;
					continue;
				}
				Round::Idle => {
					failures = 0;
					GLANCE
				}
				Round::Failed => {
					failures = failures.saturating_add(1);
					pause(failures)
				}
			};
			tokio::select! {
				() = self.stored.notified(), if failures == 0 => {}
				() = sleep(wait) => {}
				_ = end.changed() => {}
			}
		}
		Ok(())
	}

	/// Anchors the batches that can be, up to 256.
	///
	/// # Errors
	/// `Sql`, `Damaged`, `NoRandomness`
	pub async fn round(&self, now: Moment) -> Result<Round, GatewayError> {
		self.ledger.store_again(now.saturating_sub(HELD)).await?;
		let batches = self.ledger.to_anchor(now, MAX_ANCHORED).await?;
		if batches.is_empty() {
			return Ok(Round::Idle);
		}
		match self.steps(batches, now).await? {
			Ok(()) => Ok(Round::Done),
			Err(failure) => {
				tracing::warn!("batches are anchored later: {failure}");
				self.metrics.retried("anchor", &failure.name);
				Ok(Round::Failed)
			}
		}
	}

	async fn steps(&self, batches: Vec<Stored>, now: Moment) -> Result<Result<(), Failure>, GatewayError> {
		let fresh = match self.not_there_yet(batches, now).await? {
			Ok(fresh) if fresh.is_empty() => return Ok(Ok(())),
			Ok(fresh) => fresh,
			Err(failure) => return Ok(Err(failure)),
		};
		let anchors = match self.chain.anchor(fresh.iter().map(new_batch).collect()).await {
			Ok(anchors) => anchors,
			Err(NotAnchored::Failed(failure)) => return Ok(Err(failure)),
			Err(NotAnchored::Batch { place, error }) => {
				return match fresh.get(place) {
					Some(refused) => self.judge(refused, &error, now).await,
					None => Ok(Err(Failure {
						message: format!("the chain refused a batch that was not sent: {error} at {place}"),
						name: error,
					})),
				};
			}
		};
		if anchors.len() != fresh.len() {
			// The head says it.
			return Ok(Err(Failure {
				name: "OtherAnchors".into(),
				message: "the chain does not say what the batches became; they are looked up".into(),
			}));
		}
		let anchored: Vec<_> = fresh.iter().map(|stored| &stored.batch).zip(anchors).collect();
		self.ledger.anchored(&anchored, now).await?;
		self.metrics.batches("anchored", anchored.len());
		tracing::info!(batches = anchored.len(), "anchored");
		Ok(Ok(()))
	}

	/// The batches that are not on the chain; those that are, are noted.
	async fn not_there_yet(
		&self,
		batches: Vec<Stored>,
		now: Moment,
	) -> Result<Result<Vec<Stored>, Failure>, GatewayError> {
		let mut devices: Vec<DeviceId> = batches.iter().map(|stored| stored.batch.device).collect();
		devices.sort_unstable();
		devices.dedup();
		let standing = match self.chain.standing(&devices).await {
			Ok(standing) => standing,
			Err(failure) => return Ok(Err(failure)),
		};
		let next: HashMap<_, _> = devices
			.into_iter()
			.zip(standing)
			.filter_map(|(device, standing)| Some((device, standing?.next_seq)))
			.collect();
		let mut fresh = Vec::with_capacity(batches.len());
		for stored in batches {
			let batch = &stored.batch;
			let Some(next) = next.get(&batch.device).filter(|next| batch.first_seq < **next) else {
				fresh.push(stored);
				continue;
			};
			match self.chain.find(batch).await {
				Ok(Some(anchor)) => {
					self.ledger.anchored(&[(batch, anchor)], now).await?;
					self.metrics.batch("anchored");
				}
				Ok(None) => {
					// Another gateway had the device: what it left over can still be anchored.
					tracing::warn!(batch = batch.id, "readings are put aside: {PASSED}");
					let passed = |seq: u64| (seq < *next).then_some(PASSED);
					self.ledger.divide(batch, |reading| passed(reading.seq), now).await?;
					self.metrics.batch("divided");
				}
				Err(failure) => return Ok(Err(failure)),
			}
		}
		Ok(Ok(fresh))
	}

	/// What to do with a batch that the chain refused; the others are sent again without it.
	async fn judge(&self, refused: &Stored, error: &str, now: Moment) -> Result<Result<(), Failure>, GatewayError> {
		let batch = &refused.batch;
		let failure = || Failure {
			name: error.into(),
			message: format!("batch {} is anchored later: {error}", batch.id),
		};
		match error {
			// It may be there since: the next round looks.
			PASSED => return Ok(Err(failure())),
			AHEAD => return self.later(refused, error, now).await,
			INACTIVE => match self.chain.standing(&[batch.device]).await {
				Ok(standing) if matches!(standing.as_slice(), [Some(found)] if found.status != Status::Revoked) => {
					return self.later(refused, error, now).await;
				}
				Ok(_) => {}
				Err(failure) => return Ok(Err(failure)),
			},
			OUTSIDE => match self.chain.binding(batch.binding).await {
				Ok(Some(binding)) if !(binding.contains(batch.first_at) && binding.contains(batch.last_at)) => {
					tracing::warn!(batch = batch.id, "readings are put aside: {OUTSIDE}");
					let outside = |at| (!binding.contains(at)).then_some(OUTSIDE);
					self.ledger.divide(batch, |reading| outside(reading.at), now).await?;
					self.metrics.batch("divided");
					return Ok(Ok(()));
				}
				Ok(_) => {}
				Err(failure) => return Ok(Err(failure)),
			},
			_ => {}
		}
		tracing::warn!(batch = batch.id, "a batch is put aside: {error}");
		self.ledger.set_aside(batch, error, now).await?;
		self.metrics.batch("aside");
		Ok(Ok(()))
	}

	/// The batch waits, and with it the later ones of its device.
	async fn later(&self, refused: &Stored, error: &str, now: Moment) -> Result<Result<(), Failure>, GatewayError> {
		tracing::info!(batch = refused.batch.id, "a batch waits: {error}");
		self.metrics.retried("anchor", error);
		self.ledger
			.postpone(refused.batch.id, now.saturating_add(LATER), error)
			.await?;
		Ok(Ok(()))
	}
}

fn new_batch(stored: &Stored) -> NewBatch {
	let batch = &stored.batch;
	NewBatch {
		device: batch.device,
		binding: batch.binding,
		first_seq: batch.first_seq,
		count: batch.count,
		first_at: batch.first_at,
		last_at: batch.last_at,
		root: Hash::from(batch.root),
		cid: stored.cid.clone(),
		sha256: stored.sha256,
		size: stored.size,
	}
}
