//! Telling subscribers what happens of a patient's devices, as finality moves on: her trail has all of it, each entry with
//! a number, so that nothing is told twice or left out.

use std::sync::Arc;

use futures::{FutureExt, StreamExt};
use jsonrpsee::{
	core::server::{SubscriptionCloseResponse, SubscriptionMessage},
	PendingSubscriptionSink, SubscriptionSink,
};
use pallet_records_runtime_api::RecordsApi;
use salus_index::IndexedEntry;
use salus_primitives::{Kind, PatientId};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};
use tokio::{sync::Semaphore, task};

use crate::{
	availability::{closing, Finality, MAX_WATCHES},
	chain::Chain,
	index::failed,
	page::{List, MAX_LIMIT},
	view::TelemetryEventView,
	AccountId, Indexed, RpcError,
};

/// Of whom a subscriber wants to be told, and the number of the last entry that she knows.
pub(crate) struct Followed {
	pub(crate) patient: PatientId,
	pub(crate) known: Option<u64>,
}

/// All subscriptions.
pub(crate) struct Followers {
	indexed: Option<Indexed>,
	finality: Finality,
	free: Semaphore,
}

/// Why a subscription ends.
enum End {
	/// Who subscribed is gone.
	Left,
	Failed(RpcError),
}

impl From<RpcError> for End {
	fn from(error: RpcError) -> Self {
		Self::Failed(error)
	}
}

impl Followers {
	pub(crate) fn new(indexed: Option<Indexed>, finality: Finality) -> Self {
		Self {
			indexed,
			finality,
			free: Semaphore::new(MAX_WATCHES),
		}
	}

	/// Tells a subscriber of each event behind the one she knows, or else from now on, until she or the node ends it. One
	/// who reads slowly is waited for.
	pub(crate) async fn serve<Client, Block>(
		&self,
		chain: &Arc<Chain<Client, Block>>,
		followed: Followed,
		pending: PendingSubscriptionSink,
	) -> SubscriptionCloseResponse
	where
		Block: BlockT<Hash = H256>,
		Block::Header: HeaderT<Number = u32>,
		Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
		Client::Api: RecordsApi<Block, AccountId>,
	{
		let Ok(_place) = self.free.try_acquire() else {
			pending.reject(RpcError::TooManySubscriptions).await;
			return SubscriptionCloseResponse::None;
		};
		// Before the first look, so that no block is missed.
		let mut finality = (self.finality)();
		let mut known = match self.start(chain, &followed).await {
			Ok(known) => known,
			Err(error) => {
				pending.reject(error).await;
				return SubscriptionCloseResponse::None;
			}
		};
		let Ok(sink) = pending.accept().await else {
			return SubscriptionCloseResponse::None;
		};
		loop {
			let (head, _) = chain.head();
			known = match self.tell(&sink, followed.patient, known, head).await {
				Ok(known) => known,
				Err(End::Left) => return SubscriptionCloseResponse::None,
				Err(End::Failed(error)) => return closing(error),
			};
			tokio::select! {
				() = sink.closed() => return SubscriptionCloseResponse::None,
				moved = finality.next() => if moved.is_none() {
					return SubscriptionCloseResponse::None;
				},
			}
			// Several blocks that became final meanwhile are read at once.
			while let Some(Some(())) = finality.next().now_or_never() {}
		}
	}

	/// The number of the last entry that is not told.
	async fn start<Client, Block>(
		&self,
		chain: &Arc<Chain<Client, Block>>,
		followed: &Followed,
	) -> Result<u64, RpcError>
	where
		Block: BlockT<Hash = H256>,
		Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
		Client::Api: RecordsApi<Block, AccountId>,
	{
		if self.indexed.is_none() {
			return Err(RpcError::NoIndex);
		}
		if let Some(known) = followed.known {
			return Ok(known);
		}
		let (chain, patient) = (Arc::clone(chain), followed.patient);
		let head = task::spawn_blocking(move || chain.ask(&None, |api, at| api.audit_head(at, patient)));
		let head = head.await.map_err(|error| {
			log::warn!(target: "salus-rpc", "a trail's head was not looked up: {error}");
			RpcError::RuntimeFailed
		})??;
		Ok(head.entries)
	}

	/// Tells all that is behind the entry of this number, up to the finalised head. The number of the last entry read.
	async fn tell(&self, sink: &SubscriptionSink, patient: PatientId, mut known: u64, head: u32) -> Result<u64, End> {
		let index = match Indexed::settled(&self.indexed, head).await {
			Ok(index) => index,
			// It is read when the next block is final.
			Err(RpcError::IndexBehind(_)) => return Ok(known),
			Err(error) => return Err(error.into()),
		};
		loop {
			let from = known.saturating_add(1);
			let entries = index.audit(patient, from, MAX_LIMIT, head).await.map_err(failed)?;
			let Some(last) = entries.last() else {
				return Ok(known);
			};
			known = last.entry.seq;
			for entry in entries {
				if is_telemetry(&entry.entry.kind) {
					let message = message(patient, entry)?;
					sink.send(message).await.map_err(|_| End::Left)?;
				}
			}
		}
	}
}

fn message(patient: PatientId, entry: IndexedEntry) -> Result<SubscriptionMessage, RpcError> {
	let view = TelemetryEventView {
		patient: patient.into(),
		cursor: List::TelemetryEvents.cursor(entry.entry.seq),
		entry: entry.into(),
	};
	SubscriptionMessage::from_json(&view).map_err(|_| RpcError::RuntimeFailed)
}

/// Whether an entry is about a device, a batch or an alert.
fn is_telemetry(kind: &Kind<AccountId>) -> bool {
	matches!(
		kind,
		Kind::DeviceOffered { .. }
			| Kind::DeviceOfferEnded { .. }
			| Kind::DeviceBound { .. }
			| Kind::DeviceUnbound { .. }
			| Kind::BatchAnchored { .. }
			| Kind::BatchAccessPermitted { .. }
			| Kind::BatchAccessRefused { .. }
			| Kind::AlertRaised { .. }
			| Kind::AlertAcknowledged { .. }
			| Kind::AlertEscalated { .. }
	)
}
