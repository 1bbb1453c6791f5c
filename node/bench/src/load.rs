//! Sends signed transactions and waits until each of them is final.

use std::{
	collections::HashMap,
	sync::{Arc, Mutex},
	time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
	error::{Error, Result},
	finality::Follower,
	rpc::Rpc,
	signing::Signed,
};

/// So long nothing may become final before the run has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// The transactions of one account, in the order of their nonces, and the connection they go over.
pub struct Sender {
	/// The connection.
	pub rpc: Rpc,
	/// What is sent.
	pub transactions: Vec<Signed>,
}

/// How fast is sent.
#[derive(Clone, Copy)]
pub enum Pace {
	/// As fast as they become final, with so many records on their way at most.
	Window(u32),
	/// So many transactions a second, whatever becomes of them.
	Rate(f64),
}

/// What became of it. Everything that was sent is final and succeeded, or there is no outcome.
pub struct Outcome {
	/// Records registered.
	pub records: usize,
	/// From the first submission to the last finalised event.
	pub took: Duration,
	/// From submission to finality, of each transaction, in order; empty where it was not asked for.
	pub latencies: Vec<Duration>,
	/// Finalised blocks that held some of it, with their records.
	pub blocks: Vec<(u32, usize)>,
}

impl Outcome {
	/// Records a second.
	pub fn rate(&self) -> f64 {
		crate::figures::per_second(self.records, self.took)
	}
}

type Sent = Arc<Mutex<HashMap<[u8; 32], Instant>>>;

/// Sends everything over its connections and follows finality at `watch`. With `each`, every single transaction is
/// looked for in the finalised blocks, which takes the driver some time; without, records are counted.
pub async fn run(watch: &Rpc, senders: Vec<Sender>, pace: Pace, each: bool) -> Result<Outcome> {
	let mut follower = Follower::new(watch, each).await?;
	let transactions: usize = senders.iter().map(|sender| sender.transactions.len()).sum();
	let records: usize = senders
		.iter()
		.flat_map(|sender| &sender.transactions)
		.map(|transaction| transaction.records as usize)
		.sum();
	let mut missing = if each { transactions } else { records };

	let accounts = senders.len();
	let sent = Sent::default();
	let window = Arc::new(Semaphore::new(match pace {
		Pace::Window(records) => records as usize,
		Pace::Rate(_) => Semaphore::MAX_PERMITS,
	}));
	let start = Instant::now();
	let mut tasks = JoinSet::new();
	for (account, sender) in (0_u32..).zip(senders) {
		let beat = match pace {
			Pace::Window(_) => None,
			Pace::Rate(rate) => {
				let apart = Duration::from_secs_f64(accounts as f64 / rate.max(0.001));
				let first = apart.mul_f64(f64::from(account) / accounts.max(1) as f64);
				Some((start + first, apart))
			}
		};
		tasks.spawn(send(sender, Arc::clone(&window), beat, each.then(|| Arc::clone(&sent))));
	}

	let mut outcome = Outcome {
		records: 0,
		took: Duration::ZERO,
		latencies: Vec::new(),
		blocks: Vec::new(),
	};
	let mut progress = Instant::now();
	while missing > 0 {
		let block = tokio::select! {
			block = tokio::time::timeout(PATIENCE, follower.next()) => block.ok().transpose()?,
			Some(done) = tasks.join_next() => {
				done.unwrap_or_else(|_| Err(Error::Refused("a sender ended early".into())))?;
				continue;
			}
		};
		if progress.elapsed() > PATIENCE {
			let waited = progress.elapsed();
			return Err(Error::Stalled { missing, waited });
		}
		let Some(block) = block else { continue };
		if block.failed > 0 {
			return Err(Error::Failed {
				failed: block.failed,
				block: block.number,
			});
		}
		let before = missing;
		if each {
			let sent = sent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
			let found = block.extrinsics.iter().filter_map(|hash| sent.get(hash));
			let found = found.map(|sent| block.at.saturating_duration_since(*sent));
			let known = outcome.latencies.len();
			outcome.latencies.extend(found);
			missing = missing.saturating_sub(outcome.latencies.len().saturating_sub(known));
		} else {
			missing = missing.saturating_sub(block.records);
		}
		outcome.records = outcome.records.saturating_add(block.records);
		if missing < before {
			progress = Instant::now();
			outcome.took = block.at.saturating_duration_since(start);
			outcome.blocks.push((block.number, block.records));
		}
		if matches!(pace, Pace::Window(_)) {
			window.add_permits(block.records);
		}
	}
	outcome.latencies.sort_unstable();
	Ok(outcome)
}

/// Sends one account's transactions, each after the node took the one before it.
async fn send(
	sender: Sender,
	window: Arc<Semaphore>,
	beat: Option<(Instant, Duration)>,
	sent: Option<Sent>,
) -> Result<()> {
	let mut due = beat.map(|(first, _)| first);
	for transaction in sender.transactions {
		if transaction.records > 0 {
			let permits = window.acquire_many(transaction.records).await;
			permits
				.map_err(|_| Error::Refused("the window was closed".into()))?
				.forget();
		}
		if let Some(due) = due {
			tokio::time::sleep_until(due.into()).await;
		}
		due = due.zip(beat).map(|(due, (_, apart))| due + apart);
		if let Some(sent) = &sent {
			let mut sent = sent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
			sent.insert(transaction.hash, Instant::now());
		}
		let params = [Value::String(transaction.hex)];
		let answer = sender.rpc.call("author_submitExtrinsic", &params).await;
		answer.map_err(|error| Error::Refused(error.to_string()))?;
	}
	Ok(())
}
