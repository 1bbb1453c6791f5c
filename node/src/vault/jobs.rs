//! What the vault does by itself: rows become live as their records and batches are finalised, and what is never
//! registered goes.

use std::{sync::Arc, time::Duration};

use futures::{future, StreamExt};
use salus_primitives::{HOUR, MINUTE};
use salus_vault::{
	chain::{FinalisedChain, Object},
	holdings::{Differing, Reaped},
	key_table::{KeyTable, KeyTableError},
	Clock,
};
use sc_client_api::BlockchainEvents;
use tokio::{task, time};

use super::{
	chain::NodeChain,
	custody::{self, Unchecked},
	Desks,
};
use crate::service::FullClient;

/// What is not registered an hour after its ticket ended is never registered.
const GRACE: u64 = HOUR;
const EVERY: Duration = Duration::from_millis(10 * MINUTE);
/// How often an institution that the chain did not know is looked for.
const AGAIN: Duration = Duration::from_secs(10);
/// A head older than this knows too little to reap by.
const FRESH: u64 = MINUTE;

/// Marks rows live as the blocks that register their records, or anchor their batches, are finalised. Whatever this misses while the node is
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
	for object in chain.registered_in(block).unwrap_or_default() {
		if let Err(error) = mark_object(chain, desks.holdings().table(), object) {
			log::warn!(target: "salus", "{object}: {error}");
		}
	}
}

/// Most of what a block registers is other hospitals', and costs one look.
fn mark_object(chain: &NodeChain, table: &KeyTable, object: Object) -> Result<(), KeyTableError> {
	let Ok(Some(sha256)) = chain.payload_of(object) else {
		return Ok(());
	};
	if !table.has_row(&sha256)? {
		return Ok(());
	}
	let Ok(Some(record)) = chain.record(object) else {
		return Ok(());
	};
	match table.mark_live(&sha256, &record) {
		Err(KeyTableError::NotFound) => Ok(()),
		result => result,
	}
}

/// Deletes uploads that were never registered, and what failures left in the store.
pub async fn reap(chain: Arc<dyn FinalisedChain>, desks: Arc<Desks>, clock: Arc<dyn Clock>) {
	let mut turns = time::interval(EVERY);
	turns.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
	let mut known = Vec::new();
	loop {
		turns.tick().await;
		let now = clock.now();
		let asked = Arc::clone(&chain);
		let head = task::spawn_blocking(move || asked.head()).await;
		let fresh = matches!(head, Ok(Ok(head)) if now.saturating_sub(head.time) <= FRESH);
		// What needs no chain is done by one that is behind too.
		let ended_before = if fresh { now.saturating_sub(GRACE) } else { 0 };
		match desks.holdings().reap(&chain, ended_before).await {
			Ok(reaped) => tell(reaped, &mut known),
			Err(error) => log::warn!(target: "salus", "reaping failed, and is tried again: {error}"),
		}
	}
}

/// Says what was done, and of what stays as it is no more than once.
fn tell(reaped: Reaped, known: &mut Vec<Differing>) {
	let Reaped {
		forgotten,
		differing,
		damaged,
		swept,
		..
	} = reaped;
	if forgotten > 0 {
		log::info!(target: "salus", "{forgotten} uploads were never registered and are deleted");
	}
	for Differing { sha256, object, field } in differing.iter().filter(|found| !known.contains(found)) {
		log::warn!(
			target: "salus",
			"{object} has the payload 0x{}, but another {field} than the upload: its key is not released, and \
			 the payload stays; its author registers what was uploaded, or uploads what was registered",
			hex::encode(sha256)
		);
	}
	if damaged > 0 {
		log::warn!(target: "salus", "{damaged} rows of the key table do not open; restore the table from a backup");
	}
	if swept.unreadable > 0 {
		log::warn!(
			target: "salus",
			"{} payloads in the store are damaged, and nothing is collected until they are whole; have them uploaded \
			 again, or restore the store from a backup",
			swept.unreadable
		);
	}
	*known = differing;
}

/// Compares the keys of institutions that the chain did not know at the start, once it does. Ends, and the node with
/// it, at a key that is not the chain's.
pub async fn check_keys(chain: Arc<NodeChain>, mut unchecked: Vec<Unchecked>) {
	while !unchecked.is_empty() {
		time::sleep(AGAIN).await;
		let asked = Arc::clone(&chain);
		let checked = task::spawn_blocking(move || custody::check(&*asked, unchecked)).await;
		match checked {
			Ok(Ok(left)) => unchecked = left,
			Ok(Err(error)) => {
				log::error!(target: "salus", "{error}");
				return;
			}
			Err(error) => {
				log::error!(target: "salus", "the custodians' keys were not checked: {error}");
				return;
			}
		}
	}
	future::pending().await
}
