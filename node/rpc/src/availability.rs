//! Telling subscribers of a practitioner's availability as finality moves on.

use std::sync::Arc;

use futures::{stream::BoxStream, FutureExt, StreamExt};
use jsonrpsee::{
	core::server::{SubscriptionCloseResponse, SubscriptionMessage, TrySendError},
	types::ErrorObjectOwned,
	PendingSubscriptionSink,
};
use pallet_appointments_runtime_api::AppointmentsApi;
use salus_primitives::Period;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Block as BlockT, Hash, Header as HeaderT};
use tokio::{sync::Semaphore, task};

use crate::{chain::Chain, page::List, view::AvailabilityView, AccountId, RpcError};

/// The most days of a subscription, which is told all of them each time.
pub(crate) const MAX_DAYS_WATCHED: u64 = 7;
/// The most subscriptions of all callers: each asks the runtime once for a finalised block.
pub(crate) const MAX_WATCHES: usize = if cfg!(test) { 2 } else { 256 };

/// A stream with an item whenever finality has moved on, for each who asks; it ends with the node.
pub type Finality = Arc<dyn Fn() -> BoxStream<'static, ()> + Send + Sync>;

/// What a subscriber wants to be told of, and what she knows already.
pub(crate) struct Watch {
	pub(crate) practitioner: AccountId,
	pub(crate) period: Period,
	pub(crate) known: Option<u64>,
}

/// All subscriptions.
pub(crate) struct Watches {
	finality: Finality,
	free: Arc<Semaphore>,
}

impl Watches {
	pub(crate) fn new(finality: Finality) -> Self {
		Self {
			finality,
			free: Arc::new(Semaphore::new(MAX_WATCHES)),
		}
	}

	/// Tells a subscriber what she does not know yet, until she or the node ends it. Each message has all slots: one
	/// that finds the connection's buffer full is left out, and the next that finds a place says what is then.
	pub(crate) async fn serve<Client, Block>(
		&self,
		chain: Arc<Chain<Client, Block>>,
		watch: Watch,
		pending: PendingSubscriptionSink,
	) -> SubscriptionCloseResponse
	where
		Block: BlockT<Hash = H256>,
		Block::Header: HeaderT<Number = u32>,
		Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
		Client::Api: AppointmentsApi<Block, AccountId>,
	{
		let Ok(_place) = Arc::clone(&self.free).try_acquire_owned() else {
			pending.reject(RpcError::TooManySubscriptions).await;
			return SubscriptionCloseResponse::None;
		};
		// Before the first look, so that no block is missed.
		let mut finality = (self.finality)();
		let watch = Arc::new(watch);
		let mut known = watch.known;
		let mut seen = match look(&chain, &watch).await {
			Ok(seen) => seen,
			Err(error) => {
				pending.reject(error).await;
				return SubscriptionCloseResponse::None;
			}
		};
		let Ok(mut sink) = pending.accept().await else {
			return SubscriptionCloseResponse::None;
		};
		loop {
			if known != Some(seen.fingerprint) {
				let Ok(message) = SubscriptionMessage::from_json(&seen.view) else {
					return closing(RpcError::RuntimeFailed);
				};
				match sink.try_send(message) {
					Ok(()) => known = Some(seen.fingerprint),
					Err(TrySendError::Full(_)) => {}
					Err(TrySendError::Closed(_)) => return SubscriptionCloseResponse::None,
				}
			}
			tokio::select! {
				() = sink.closed() => return SubscriptionCloseResponse::None,
				moved = finality.next() => if moved.is_none() {
					return SubscriptionCloseResponse::None;
				},
			}
			// Of several blocks that became final meanwhile, the last one counts.
			while let Some(Some(())) = finality.next().now_or_never() {}
			seen = match look(&chain, &watch).await {
				Ok(seen) => seen,
				Err(error) => return closing(error),
			};
		}
	}
}

/// What was found at the finalised head.
struct Seen {
	view: AvailabilityView,
	/// Differs where the slots do, or what was asked.
	fingerprint: u64,
}

async fn look<Client, Block>(chain: &Arc<Chain<Client, Block>>, watch: &Arc<Watch>) -> Result<Seen, RpcError>
where
	Block: BlockT<Hash = H256>,
	Block::Header: HeaderT<Number = u32>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
	Client::Api: AppointmentsApi<Block, AccountId>,
{
	let (chain, watch) = (Arc::clone(chain), Arc::clone(watch));
	let found = task::spawn_blocking(move || {
		let Watch {
			practitioner, period, ..
		} = &*watch;
		let (number, hash) = chain.head();
		let slots = chain.ask_at(hash, |api, at| api.availability(at, practitioner.clone(), *period))?;
		let fingerprint = BlakeTwo256::hash_of(&(practitioner, period, &slots)).to_low_u64_be();
		let view = AvailabilityView {
			block: number,
			hash: hash.into(),
			slots: slots.into_iter().map(Into::into).collect(),
			cursor: List::Watched.cursor(fingerprint),
		};
		Ok(Seen { view, fingerprint })
	});
	found.await.map_err(|error| {
		log::warn!(target: "salus-rpc", "availability was not looked up: {error}");
		RpcError::RuntimeFailed
	})?
}

/// The subscription ends with this error.
pub(crate) fn closing(error: RpcError) -> SubscriptionCloseResponse {
	match SubscriptionMessage::from_json(&ErrorObjectOwned::from(error)) {
		Ok(message) => SubscriptionCloseResponse::NotifErr(message),
		Err(_) => SubscriptionCloseResponse::None,
	}
}
