//! Holding state pruning back until the index has read what is about to be pruned.

use sc_client_api::{FinalityNotification, PreCommitActions};
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};
use tokio::sync::{mpsc, watch};

use crate::{Progress, Signal};

/// What finality has to wait for.
pub struct HeldPruning {
	/// How many finalised blocks' states the node keeps.
	pub window: u32,
	/// How far the index has come.
	pub progress: watch::Receiver<Progress>,
	/// To the follower.
	pub signals: mpsc::UnboundedSender<Signal>,
}

impl HeldPruning {
	/// From now on a commit that finalises more than half a window beyond the cursor waits for the index. States are
	/// pruned in that commit, so that nothing later could read them.
	pub fn hold<Block>(self, client: &impl PreCommitActions<Block>)
	where
		Block: BlockT<Hash = H256>,
		Block::Header: HeaderT<Number = u32>,
	{
		client.register_finality_action(Box::new(move |notification: &FinalityNotification<Block>| {
			let number = *notification.header.number();
			let hashes = notification.tree_route.iter().copied().chain([notification.hash]);
			self.wait(number, hashes.collect());
			Vec::new()
		}));
	}

	/// `hashes` end in the block of this number.
	pub(crate) fn wait(&self, number: u32, hashes: Vec<H256>) {
		let behind = number.saturating_sub(self.progress.borrow().number);
		if behind <= self.window / 2 {
			return;
		}
		let numbers = (0..=number).rev();
		let mut blocks: Vec<_> = numbers.zip(hashes.into_iter().rev()).collect();
		blocks.reverse();
		let (done, finished) = std::sync::mpsc::sync_channel(0);
		if self.signals.send(Signal::AboutToFinalise { blocks, done }).is_ok() {
			// Nothing is ever sent: this ends when the follower drops its end, done or failed. Failed, it takes the
			// node down with its error.
			let _ended = finished.recv();
		}
	}
}
