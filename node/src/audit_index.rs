//! The audit index beside the chain's database.

use std::{path::PathBuf, sync::Arc};

use futures::{stream, StreamExt};
use salus_index::{AuditIndex, ClientBlocks, Follower, HeldPruning, IndexError, Progress, Signal};
use salus_runtime::opaque::Block;
use sc_client_api::BlockchainEvents;
use sc_network::config::SyncMode;
use sc_service::{Configuration, PruningMode, SpawnEssentialTaskHandle};
use sp_blockchain::HeaderBackend;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::UnboundedReceiverStream;

use crate::service::FullClient;

/// How many finalised blocks' states a node keeps unless it is told.
const DEFAULT_WINDOW: u32 = 256;

/// Where a chain's index is.
pub fn folder(config: &Configuration) -> PathBuf {
	config.data_path.join("audit")
}

/// Opens the index, catches up with the finalised chain, and follows it from then on; not on a node that joins by warp
/// sync. To be called before any block is
/// imported: what is pruned afterwards was indexed.
pub async fn start(
	client: Arc<FullClient>,
	config: &Configuration,
	spawner: &SpawnEssentialTaskHandle,
) -> Result<(Option<AuditIndex>, watch::Receiver<Progress>), sc_service::Error> {
	let window = window(config);
	let (index, mut follower) = open(client.clone(), folder(config)).await.map_err(failed)?;
	let progress = follower.progress();
	if config.network.sync_mode == SyncMode::Warp && progress.borrow().number == 0 {
		// The follower ends here, and whoever waits for it waits no longer.
		log::warn!(
			target: "salus",
			"a node that joins by warp sync has not executed the past: it keeps no audit index, and refuses records_audit \
			 and lists by grantee or requester; for one, purge the chain and sync in full"
		);
		return Ok((None, progress));
	}
	if !follower.is_listed() && progress.borrow().number > 0 {
		log::info!(target: "salus", "an older program wrote the audit index: its lists are filled from the finalised state");
	}
	follower.catch_up().await.map_err(failed)?;
	let (signals, held) = mpsc::unbounded_channel();
	if let Some(window) = window {
		HeldPruning {
			window,
			progress: progress.clone(),
			signals,
		}
		.hold::<Block>(&*client);
	}
	let finality = client.finality_notification_stream().map(|_| Signal::Finalised);
	let signals = stream::select(finality, UnboundedReceiverStream::new(held));
	spawner.spawn("audit-index", Some("salus"), async move {
		if let Err(error) = follower.follow(signals).await {
			log::error!(target: "salus", "{error}");
		}
	});
	Ok((Some(index), progress))
}

/// Waits until every finalised block is indexed, or the index has failed.
pub async fn settle(client: &FullClient, mut progress: watch::Receiver<Progress>) {
	let head = client.info().finalized_number;
	let _settled = progress.wait_for(|progress| progress.number >= head).await;
}

async fn open(
	client: Arc<FullClient>,
	folder: PathBuf,
) -> Result<(AuditIndex, Follower<ClientBlocks<FullClient, Block>>), IndexError> {
	let genesis = client.info().genesis_hash;
	let index = AuditIndex::open(&folder.join("entries.sqlite"), genesis).await?;
	let follower = Follower::resume(index.clone(), Arc::new(ClientBlocks::new(client))).await?;
	Ok((index, follower))
}

fn window(config: &Configuration) -> Option<u32> {
	match &config.state_pruning {
		None => Some(DEFAULT_WINDOW),
		Some(PruningMode::Constrained(limits)) => Some(limits.max_blocks.unwrap_or(DEFAULT_WINDOW)),
		Some(PruningMode::ArchiveAll | PruningMode::ArchiveCanonical) => None,
	}
}

fn failed(error: IndexError) -> sc_service::Error {
	sc_service::Error::Application(Box::new(error))
}
