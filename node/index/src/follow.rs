//! Following finality, block by block.

use std::sync::Arc;

use futures::{Stream, StreamExt};
use sp_core::H256;
use tokio::{sync::watch, task};

use crate::{AuditIndex, BlockEntries, Cursor, FinalisedBlocks, IndexError, SourceError};

/// Blocks read and committed together while catching up.
const BATCH: u32 = 64;

/// What the follower is told.
#[derive(Debug)]
pub enum Signal {
	/// Finality has moved on.
	Finalised,
	/// Finality is about to move on to the last of these blocks (number and hash, ascending), after which the states of
	/// earlier ones are pruned. The sender waits until `done` is dropped.
	AboutToFinalise {
		/// The blocks.
		blocks: Vec<(u32, H256)>,
		/// Dropped once they are indexed.
		done: std::sync::mpsc::SyncSender<()>,
	},
}

/// How far the index has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
	/// The number of the last indexed block.
	pub number: u32,
	/// Entries of all patients.
	pub entries: u64,
}

/// Brings finalised entries into the index.
pub struct Follower<S> {
	index: AuditIndex,
	source: Arc<S>,
	cursor: Cursor,
	/// Whether the cursor was found on the finalised chain.
	anchored: bool,
	/// Whether the lists that run across patients are complete.
	listed: bool,
	progress: watch::Sender<Progress>,
}

impl<S: FinalisedBlocks> Follower<S> {
	/// Resumes at the index's cursor.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn resume(index: AuditIndex, source: Arc<S>) -> Result<Self, IndexError> {
		let cursor = index.cursor().await?;
		let listed = index.listed().await?.is_some();
		let (progress, _) = watch::channel(Progress {
			number: cursor.number,
			entries: index.count().await?,
		});
		Ok(Self {
			index,
			source,
			cursor,
			anchored: false,
			listed,
			progress,
		})
	}

	/// How far the index has come, now and later.
	pub fn progress(&self) -> watch::Receiver<Progress> {
		self.progress.subscribe()
	}

	/// Whether the lists that run across patients are complete. If not, the next [`catch_up`](Self::catch_up) reads them
	/// from the state of the finalised head.
	pub fn is_listed(&self) -> bool {
		self.listed
	}

	/// Indexes every finalised block behind the cursor.
	///
	/// # Errors
	/// `CursorNotOnChain`, `StatePruned`, `MissingBlock`, `BrokenTrail`, `Sql`, `Damaged`, `Source`
	pub async fn catch_up(&mut self) -> Result<Cursor, IndexError> {
		let (head, hash) = self.source.head();
		self.anchor(head, hash).await?;
		while self.cursor.number < head {
			let first = self.cursor.number.saturating_add(1);
			let last = head.min(self.cursor.number.saturating_add(BATCH));
			let source = Arc::clone(&self.source);
			let read = move || (first..=last).map(|number| read_numbered(&*source, number)).collect();
			self.append(read).await?;
		}
		if !self.listed && self.anchored {
			self.list_all(head, hash).await?;
		}
		Ok(self.cursor)
	}

	/// Follows the signals until they end.
	///
	/// # Errors
	/// As [`catch_up`](Self::catch_up). The node must not go on without its index.
	pub async fn follow(mut self, mut signals: impl Stream<Item = Signal> + Unpin) -> Result<(), IndexError> {
		while let Some(signal) = signals.next().await {
			self.catch_up().await?;
			if let Signal::AboutToFinalise { blocks, done } = signal {
				self.run_ahead(blocks).await?;
				drop(done);
			}
		}
		Ok(())
	}

	/// A block that was indexed just before a crash may not be final yet; it is checked as soon as it is.
	async fn anchor(&mut self, head: u32, hash: H256) -> Result<(), IndexError> {
		if self.anchored {
			return Ok(());
		}
		if self.cursor.number > head {
			if self.listed {
				return Ok(());
			}
			// What those blocks did to the lists is not in a file of an older version: they are read again.
			self.cursor = Cursor { number: head, hash };
			self.index.rewind(self.cursor).await?;
			let (number, entries) = (head, self.index.count().await?);
			self.progress.send_replace(Progress { number, entries });
		}
		let number = self.cursor.number;
		let hash = self.source.hash(number).map_err(|error| failed(number, error))?;
		if hash != Some(self.cursor.hash) {
			return Err(IndexError::CursorNotOnChain { number });
		}
		self.anchored = true;
		Ok(())
	}

	async fn run_ahead(&mut self, blocks: Vec<(u32, H256)>) -> Result<(), IndexError> {
		let cursor = self.cursor.number;
		let due: Vec<_> = blocks.into_iter().filter(|(number, _)| *number > cursor).collect();
		for batch in due.chunks(64) {
			let (source, batch) = (Arc::clone(&self.source), batch.to_vec());
			let read = move || {
				batch
					.into_iter()
					.map(|(number, hash)| read_block(&*source, number, hash))
					.collect()
			};
			self.append(read).await?;
		}
		Ok(())
	}

	/// Reads the lists from the state of the finalised head. Ended by a crash, it begins anew.
	async fn list_all(&mut self, number: u32, hash: H256) -> Result<(), IndexError> {
		let mut after = None;
		// The first question has no patients in it: whether the runtime can say.
		let mut patients = Vec::new();
		loop {
			let source = Arc::clone(&self.source);
			let listings = task::spawn_blocking(move || source.listings_of(hash, patients))
				.await
				.map_err(|error| IndexError::Source(error.into()))?
				.map_err(|error| failed(number, error))?;
			let Some(listings) = listings else {
				return Ok(());
			};
			self.index.list(&listings).await?;
			patients = self.index.patients(after, BATCH).await?;
			let Some(last) = patients.last() else {
				break;
			};
			after = Some(*last);
		}
		self.index.lists_are_complete(number).await?;
		self.listed = true;
		Ok(())
	}

	async fn append(
		&mut self,
		read: impl FnOnce() -> Result<Vec<BlockEntries>, IndexError> + Send + 'static,
	) -> Result<(), IndexError> {
		let blocks = task::spawn_blocking(read)
			.await
			.map_err(|error| IndexError::Source(error.into()))??;
		self.cursor = self.index.append(&blocks).await?;
		self.listed &= blocks.iter().all(|block| block.listings.is_some());
		let number = self.cursor.number;
		let added = blocks
			.iter()
			.fold(0u64, |sum, block| sum.saturating_add(block.entries.len() as u64));
		self.progress.send_modify(|progress| {
			*progress = Progress {
				number,
				entries: progress.entries.saturating_add(added),
			};
		});
		Ok(())
	}
}

fn read_numbered(source: &impl FinalisedBlocks, number: u32) -> Result<BlockEntries, IndexError> {
	let hash = source.hash(number).map_err(|error| failed(number, error))?;
	read_block(source, number, hash.ok_or(IndexError::MissingBlock { number })?)
}

fn read_block(source: &impl FinalisedBlocks, number: u32, hash: H256) -> Result<BlockEntries, IndexError> {
	let entries = source.entries(hash).map_err(|error| failed(number, error))?;
	// What concerns no patient is on no list.
	let listings = if entries.is_empty() {
		Some(Vec::new())
	} else {
		source.listings(hash).map_err(|error| failed(number, error))?
	};
	Ok(BlockEntries {
		number,
		hash,
		entries,
		listings,
	})
}

fn failed(number: u32, error: SourceError) -> IndexError {
	match error {
		SourceError::StatePruned => IndexError::StatePruned { number },
		SourceError::Failed(error) => IndexError::Source(error),
	}
}
