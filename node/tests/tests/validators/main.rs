//! Validators come and go, others catch up, and who equivocates authors nothing more: over four real nodes with
//! sessions of ten blocks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod admission;
mod equivocation;
mod syncing;

use salus_tests::{until, Node};

/// Waits until all of these have finalised this block.
async fn finalised(nodes: &[&Node], number: u64) {
	for node in nodes {
		until("finality", || async {
			node.finalised().await.filter(|found| *found >= number)
		})
		.await;
	}
}
