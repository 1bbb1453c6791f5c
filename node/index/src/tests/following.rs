use std::sync::Arc;

use futures::StreamExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::{hash, Chain, Disk};
use crate::{AuditIndex, BlockEntries, Follower, IndexError, Signal};

async fn follower(index: &AuditIndex, chain: &Chain) -> Follower<Chain> {
	Follower::resume(index.clone(), Arc::new(chain.clone())).await.unwrap()
}

#[tokio::test]
async fn every_block_is_indexed_not_only_the_notified_ones() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	for _ in 0..200 {
		chain.import(&[3]);
	}
	let follower = follower(&index, &chain).await;
	let mut progress = follower.progress();
	let (signals, receiver) = mpsc::unbounded_channel();
	let task = tokio::spawn(follower.follow(UnboundedReceiverStream::new(receiver)));
	chain.finalise(150);
	signals.send(Signal::Finalised).unwrap();
	progress.wait_for(|progress| progress.number == 150).await.unwrap();
	chain.finalise(200);
	signals.send(Signal::Finalised).unwrap();
	drop(signals);
	task.await.unwrap().unwrap();
	assert_eq!(index.audit(3, 1, 256, u32::MAX).await.unwrap().len(), 200);
	assert_eq!(
		*progress.borrow(),
		crate::Progress {
			number: 200,
			entries: 200
		}
	);
}

#[tokio::test]
async fn a_restart_goes_on_behind_the_cursor() {
	let disk = Disk::new();
	let chain = Chain::default();
	for _ in 0..70 {
		chain.import(&[3]);
	}
	chain.finalise(40);
	let index = disk.open().await;
	follower(&index, &chain).await.catch_up().await.unwrap();
	drop(index);

	// What was indexed may be pruned; it is never read again.
	chain.prune(40);
	chain.finalise(70);
	let index = disk.open().await;
	follower(&index, &chain).await.catch_up().await.unwrap();
	let trail = index.audit(3, 1, 256, u32::MAX).await.unwrap();
	assert_eq!(
		trail.iter().map(|indexed| indexed.entry.seq).collect::<Vec<_>>(),
		(1..=70).collect::<Vec<_>>()
	);
}

#[tokio::test]
async fn a_pruned_state_behind_the_cursor_says_what_to_do() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	for _ in 0..10 {
		chain.import(&[3]);
	}
	chain.prune(4);
	chain.finalise(10);
	let error = follower(&index, &chain).await.catch_up().await.unwrap_err();
	assert!(matches!(error, IndexError::StatePruned { number: 1 }), "{error}");
	assert!(error.to_string().contains("--state-pruning archive"));
	assert_eq!(index.cursor().await.unwrap().number, 0);
}

#[tokio::test]
async fn a_cursor_off_the_chain_is_refused() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	chain.import(&[]);
	chain.import(&[]);
	let foreign = BlockEntries {
		number: 1,
		hash: hash(77),
		entries: Vec::new(),
		listings: Some(Vec::new()),
	};
	index.append(&[foreign]).await.unwrap();
	chain.finalise(2);
	let error = follower(&index, &chain).await.catch_up().await.unwrap_err();
	assert!(matches!(error, IndexError::CursorNotOnChain { number: 1 }), "{error}");
}

#[tokio::test]
async fn an_index_ahead_of_finality_waits_for_it() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	for _ in 0..3 {
		chain.import(&[9]);
	}
	follower(&index, &chain).await.catch_up().await.unwrap();
	index.append(&chain.blocks(1..=2)).await.unwrap();
	chain.finalise(1);
	let mut follower = follower(&index, &chain).await;
	assert_eq!(follower.catch_up().await.unwrap().number, 2);
	chain.finalise(3);
	assert_eq!(follower.catch_up().await.unwrap().number, 3);
	assert_eq!(index.audit(9, 1, 64, u32::MAX).await.unwrap().len(), 3);
}

#[tokio::test]
async fn the_follower_ends_with_the_error() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	chain.import(&[1]);
	chain.prune(1);
	chain.finalise(1);
	let follower = follower(&index, &chain).await;
	let signals = futures::stream::iter([Signal::Finalised]).chain(futures::stream::pending());
	let error = follower.follow(Box::pin(signals)).await.unwrap_err();
	assert!(matches!(error, IndexError::StatePruned { number: 1 }), "{error}");
}
