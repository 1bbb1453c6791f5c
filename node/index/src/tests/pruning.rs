use std::sync::Arc;

use tokio::{sync::mpsc, task};
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::{hash, Chain, Disk};
use crate::{Follower, HeldPruning};

#[tokio::test]
async fn a_leap_of_finality_waits_until_its_blocks_are_indexed() {
	let disk = Disk::new();
	let index = disk.open().await;
	let chain = Chain::default();
	for _ in 0..1000 {
		chain.import(&[2]);
	}
	let follower = Follower::resume(index.clone(), Arc::new(chain.clone())).await.unwrap();
	let (signals, receiver) = mpsc::unbounded_channel();
	let held = HeldPruning {
		window: 256,
		progress: follower.progress(),
		signals,
	};
	let task = tokio::spawn(follower.follow(UnboundedReceiverStream::new(receiver)));

	let commit = chain.clone();
	task::spawn_blocking(move || {
		// What the backend does in one commit: finalise all, prune what is older than the window.
		held.wait(1000, (1..=1000).map(hash).collect());
		commit.finalise(1000);
		commit.prune(1000 - 256);
	})
	.await
	.unwrap();
	task.await.unwrap().unwrap();
	assert_eq!(index.cursor().await.unwrap().number, 1000);
	assert_eq!(index.audit(2, 990, 64, u32::MAX).await.unwrap().len(), 11);
}

#[tokio::test]
async fn ordinary_finality_does_not_wait() {
	let disk = Disk::new();
	let index = disk.open().await;
	let follower = Follower::resume(index, Arc::new(Chain::default())).await.unwrap();
	let (signals, mut receiver) = mpsc::unbounded_channel();
	let held = HeldPruning {
		window: 256,
		progress: follower.progress(),
		signals,
	};
	held.wait(128, vec![hash(128)]);
	assert!(receiver.try_recv().is_err());
}

#[tokio::test]
async fn a_dead_follower_never_blocks_the_node() {
	let disk = Disk::new();
	let index = disk.open().await;
	let follower = Follower::resume(index, Arc::new(Chain::default())).await.unwrap();
	let (signals, receiver) = mpsc::unbounded_channel();
	let held = HeldPruning {
		window: 1,
		progress: follower.progress(),
		signals,
	};
	drop(receiver);
	task::spawn_blocking(move || held.wait(5, vec![hash(5)])).await.unwrap();
}
