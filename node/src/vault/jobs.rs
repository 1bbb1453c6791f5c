//! What the vault does by itself: rows become live as their records are finalised, and what is never registered goes.

use std::{sync::Arc, thread, time::Duration};

use futures::StreamExt;
use salus_primitives::{DAY, HOUR, MINUTE};
use salus_vault::{
	chain::{ChainUnavailable, FinalisedChain, RecordView},
	key_table::{KeyTableError, Upload},
	Clock,
};
use sc_client_api::BlockchainEvents;
use tokio::{runtime::Handle, task, time};

use super::{chain::NodeChain, Desks};
use crate::service::FullClient;

/// The longest that an upload ticket may be valid from now on. The reaper relies on it.
pub const MAX_TICKET_LIFE: u64 = DAY;
/// What is not registered an hour after the last moment of the longest ticket is never registered.
const GRACE: u64 = MAX_TICKET_LIFE + HOUR;
const EVERY: Duration = Duration::from_millis(10 * MINUTE);
const RETRY: Duration = Duration::from_secs(1);
/// A head older than this knows too little to reap by.
const FRESH: u64 = MINUTE;

/// Marks rows live as the blocks that register their records are finalised. Whatever this misses while the node is
/// down, the desk does when the key is first asked for, and the reaper before it deletes.
pub async fn mark_live(client: Arc<FullClient>, chain: Arc<NodeChain>, desks: Arc<Desks>) {
	let mut finality = client.finality_notification_stream();
	while let Some(block) = finality.next().await {
		let (chain, desks) = (Arc::clone(&chain), Arc::clone(&desks));
		let marked = task::spawn_blocking(move || {
			let blocks = block.tree_route.iter().copied().chain([block.hash]);
			for block in blocks {
				mark_block(&chain, &desks, block);
			}
		});
		if let Err(error) = marked.await {
			log::error!(target: "salus", "marking rows live failed: {error}");
		}
	}
}

fn mark_block(chain: &NodeChain, desks: &Desks, block: salus_runtime::Hash) {
	// The chain's failure is logged where it happens.
	let Ok(records) = chain.registered_in(block) else {
		return;
	};
	for record in records {
		match desks.table().mark_live(&record.sha256, &record) {
			Ok(()) | Err(KeyTableError::NotFound) => {}
			Err(error) => log::warn!(target: "salus", "record {}: {error}", record.id),
		}
	}
}

/// Deletes uploads that were never registered.
pub async fn reap(chain: Arc<NodeChain>, desks: Arc<Desks>, clock: Arc<dyn Clock>) {
	let mut turns = time::interval(EVERY);
	turns.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
	loop {
		turns.tick().await;
		let now = clock.now();
		if !chain.head().is_ok_and(|head| now.saturating_sub(head.time) <= FRESH) {
			continue;
		}
		let Some(intake) = desks.any().map(|custodian| Arc::clone(&custodian.intake)) else {
			return;
		};
		let (chain, runtime) = (Arc::clone(&chain), Handle::current());
		let reaped = task::spawn_blocking(move || {
			runtime.block_on(intake.reap(now.saturating_sub(GRACE), |upload| registered(&chain, upload)))
		});
		match reaped.await {
			Ok(Ok(0)) => {}
			Ok(Ok(count)) => log::info!(target: "salus", "{count} uploads were never registered and are deleted"),
			Ok(Err(error)) => log::warn!(target: "salus", "reaping failed: {error}"),
			Err(error) => log::error!(target: "salus", "reaping failed: {error}"),
		}
	}
}

/// Asks until the chain answers: an answer that failed must not read as "never registered".
fn registered(chain: &NodeChain, upload: &Upload) -> Option<RecordView> {
	loop {
		match chain.registered(upload) {
			Ok(record) => return record,
			Err(ChainUnavailable) => thread::sleep(RETRY),
		}
	}
}
