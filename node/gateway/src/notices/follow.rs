//! Following finality, block by block, into the outbox.

use std::{fmt::Debug, future::Future, sync::Arc, time::Duration};

use salus::{words, Hash, Offered};
use salus_primitives::PatientId;
use tokio::sync::{watch, Notify};

use super::{offered, told, Entry};
use crate::{
	metrics::Metrics,
	store::{Block, NewNotice, Store},
	GatewayError,
};

/// How often finality is looked at.
const GLANCE: Duration = Duration::from_millis(500);
/// After the node failed.
const PAUSE: Duration = Duration::from_secs(3);
/// Blocks that are read one by one; who is further behind reads the trails of those who are reached.
const NEAR: u32 = 64;

/// A page of a trail: entries, each with its block.
pub type Page<A> = Vec<(u32, Entry<A>)>;

/// The finalised chain as a node tells it.
pub trait Blocks: Send + 'static {
	/// An account.
	type Account: Debug + Send;

	/// The finalised head.
	fn head(&mut self) -> impl Future<Output = Result<Block, GatewayError>> + Send;

	/// The hash of a block by its number.
	fn hash(&mut self, number: u32) -> impl Future<Output = Result<Option<Hash>, GatewayError>> + Send;

	/// The entries that a block's events carry.
	fn entries(&mut self, hash: Hash) -> impl Future<Output = Result<Vec<Entry<Self::Account>>, EntriesError>> + Send;

	/// The offers that a block's events make: no trail has them.
	fn offers(&mut self, hash: Hash) -> impl Future<Output = Result<Vec<Offered>, GatewayError>> + Send;

	/// The offers that stand at a block and can be accepted then.
	fn open_offers(&mut self, hash: Hash) -> impl Future<Output = Result<Vec<Offered>, GatewayError>> + Send;

	/// A page of a patient's entries from a number on, each with its block; empty behind the last.
	fn trail(
		&mut self,
		patient: PatientId,
		from: u64,
	) -> impl Future<Output = Result<Page<Self::Account>, GatewayError>> + Send;
}

/// Why a block's entries were not read.
#[derive(Debug, thiserror::Error)]
pub enum EntriesError {
	/// The node has pruned the block's state.
	#[error("the block's state was pruned")]
	Pruned,
	/// The node.
	#[error(transparent)]
	Gateway(#[from] GatewayError),
}

/// Brings finalised events into the outbox.
pub struct Follower<B> {
	store: Store,
	blocks: B,
	metrics: Arc<Metrics>,
	/// Told when the outbox has more.
	handed_over: Arc<Notify>,
	/// Whether the cursor was found on the node's chain.
	anchored: bool,
}

impl<B: Blocks> Follower<B> {
	/// Goes on behind the store's cursor.
	pub fn new(store: Store, blocks: B, metrics: Arc<Metrics>, handed_over: Arc<Notify>) -> Self {
		Self {
			store,
			blocks,
			metrics,
			handed_over,
			anchored: false,
		}
	}

	/// Follows until told to end. A node that fails is asked again.
	///
	/// # Errors
	/// `CursorNotOnChain`, `NotDevelopment`, `Sql`, `Damaged`
	pub async fn follow(mut self, mut end: watch::Receiver<bool>) -> Result<(), GatewayError> {
		while !*end.borrow() {
			let pause = match self.catch_up().await {
				Ok(_) => GLANCE,
				Err(GatewayError::Node(error)) => {
					tracing::warn!("{error}");
					// It may come back as another one.
					self.anchored = false;
					PAUSE
				}
				Err(error) => return Err(error),
			};
			tokio::select! {
				() = tokio::time::sleep(pause) => {}
				_ = end.changed() => {}
			}
		}
		Ok(())
	}

	/// Hands over what every finalised block behind the cursor tells. The first time there is nothing to tell: patients
	/// are told of what happens from then on.
	///
	/// # Errors
	/// `Node`, `CursorNotOnChain`, `Sql`, `Damaged`
	pub async fn catch_up(&mut self) -> Result<Block, GatewayError> {
		let head = self.blocks.head().await?;
		let Some(mut cursor) = self.store.cursor().await? else {
			self.store.hand_over(head, &[], &[], words::now()).await?;
			self.metrics.progress(head.number, head.number);
			return Ok(head);
		};
		self.metrics.progress(cursor.number, head.number);
		// A node that is itself behind has nothing new.
		if cursor.number > head.number {
			return Ok(cursor);
		}
		if !self.anchored {
			self.anchor(cursor).await?;
		}
		while cursor.number < head.number {
			cursor = match head.number.saturating_sub(cursor.number) {
				..=NEAR => match self.next(cursor).await {
					Err(EntriesError::Pruned) => self.leap(cursor, head).await?,
					Err(EntriesError::Gateway(error)) => return Err(error),
					Ok(cursor) => cursor,
				},
				_ => self.leap(cursor, head).await?,
			};
			self.metrics.progress(cursor.number, head.number);
		}
		Ok(cursor)
	}

	async fn anchor(&mut self, cursor: Block) -> Result<(), GatewayError> {
		let number = cursor.number;
		if self.blocks.hash(number).await? != Some(cursor.hash) {
			return Err(GatewayError::CursorNotOnChain { number });
		}
		self.anchored = true;
		Ok(())
	}

	/// The block after the cursor.
	async fn next(&mut self, cursor: Block) -> Result<Block, EntriesError> {
		let number = cursor.number.saturating_add(1);
		let hash = self.blocks.hash(number).await?;
		let hash = hash.ok_or(GatewayError::CursorNotOnChain { number })?;
		let entries = self.blocks.entries(hash).await?;
		let mut notices: Vec<_> = entries.iter().flat_map(|entry| told(number, entry)).collect();
		let offers = self.blocks.offers(hash).await?;
		notices.extend(offers.iter().map(|made| offered(number, made)));
		let read: Vec<_> = entries.iter().map(|(patient, entry)| (*patient, entry.seq)).collect();
		let block = Block { number, hash };
		self.hand_over(block, &notices, &read).await?;
		Ok(block)
	}

	/// All blocks up to the head at once, out of the trails of those who are reached: a node keeps trails for ever and
	/// the states of its last blocks only. Of offers those still stand that can be accepted: who is told of another one
	/// would come too late.
	async fn leap(&mut self, cursor: Block, head: Block) -> Result<Block, GatewayError> {
		tracing::info!(from = cursor.number, to = head.number, "catching up");
		let (mut notices, mut read) = (Vec::new(), Vec::new());
		for (patient, known) in self.store.trails().await? {
			let mut seq = known;
			loop {
				let page = self.blocks.trail(patient, seq.saturating_add(1)).await?;
				let Some((_, (_, last))) = page.last() else { break };
				let reached = last.seq;
				for (block, entry) in &page {
					// What is not final at this head comes with a later one.
					if *block <= head.number {
						seq = entry.1.seq;
						if *block > cursor.number {
							notices.extend(told(*block, entry));
						}
					}
				}
				if seq < reached {
					break;
				}
			}
			read.push((patient, seq));
		}
		let offers = self.blocks.open_offers(head.hash).await?;
		notices.extend(offers.iter().map(|made| offered(head.number, made)));
		notices.sort_by_key(|notice| notice.block);
		self.hand_over(head, &notices, &read).await?;
		Ok(head)
	}

	async fn hand_over(
		&self,
		block: Block,
		notices: &[NewNotice],
		read: &[(PatientId, u64)],
	) -> Result<(), GatewayError> {
		let added = self.store.hand_over(block, notices, read, words::now()).await?;
		if added > 0 {
			tracing::info!(block = block.number, notices = added, "notices handed over");
			self.handed_over.notify_waiters();
		}
		Ok(())
	}
}
