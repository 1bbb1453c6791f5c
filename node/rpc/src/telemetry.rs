//! Devices, bindings, batches of readings, and alerts.

use std::sync::Arc;

use jsonrpsee::{
	core::{async_trait, server::SubscriptionCloseResponse},
	proc_macros::rpc,
	PendingSubscriptionSink,
};
use pallet_records_runtime_api::RecordsApi;
use pallet_telemetry_runtime_api::TelemetryApi;
use salus_primitives::LeafPath;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};

use crate::{
	availability::Finality,
	chain::Chain,
	input::{given, limit, Input},
	page::{List, Page},
	telemetry_events::{Followed, Followers},
	view::{AlertView, AnchorFilterView, AnchorView, BindingView, DeviceView, LeafPathView},
	AccountId, Indexed, RpcError,
};

/// Devices, bindings, batches of readings, and alerts.
#[rpc(server)]
pub trait TelemetryRpc {
	/// A device, and to whom it is offered; null where there is none of this key.
	#[method(name = "telemetry_device", blocking)]
	fn device(&self, device: Input, at: Option<Input>) -> Result<Option<DeviceView>, RpcError>;

	/// A binding; null where there is none of this id.
	#[method(name = "telemetry_binding", blocking)]
	fn binding(&self, id: Input, at: Option<Input>) -> Result<Option<BindingView>, RpcError>;

	/// A patient's bindings, oldest first: those that are not over, and of the others the latest.
	#[method(name = "telemetry_bindings", blocking)]
	fn bindings(&self, patient: Input, at: Option<Input>) -> Result<Vec<BindingView>, RpcError>;

	/// A batch; null where there is none of this id.
	#[method(name = "telemetry_anchor", blocking)]
	fn anchor(&self, id: Input, at: Option<Input>) -> Result<Option<AnchorView>, RpcError>;

	/// A patient's batches that the filter keeps, newest first.
	#[method(name = "telemetry_anchors", blocking)]
	fn anchors(
		&self,
		patient: Input,
		filter: Option<Input>,
		cursor: Option<Input>,
		limit: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<AnchorView>, RpcError>;

	/// Whether a leaf is in a batch. It takes the hash of a leaf and never a reading.
	#[method(name = "telemetry_verify", blocking)]
	fn verify(&self, leaf: Input, path: Input, anchor: Input, at: Option<Input>) -> Result<bool, RpcError>;

	/// An alert; null where there is none of this id.
	#[method(name = "telemetry_alert", blocking)]
	fn alert(&self, id: Input, at: Option<Input>) -> Result<Option<AlertView>, RpcError>;

	/// A patient's alerts, newest first.
	#[method(name = "telemetry_alerts", blocking)]
	fn alerts(
		&self,
		patient: Input,
		cursor: Option<Input>,
		limit: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<AlertView>, RpcError>;

	/// What happens of a patient's devices, batches and alerts, as it is finalised.
	#[subscription(
		name = "telemetry_subscribeEvents" => "telemetry_event",
		unsubscribe = "telemetry_unsubscribeEvents",
		item = crate::view::TelemetryEventView
	)]
	async fn subscribe_events(&self, patient: Input, cursor: Option<Input>) -> SubscriptionCloseResponse;
}

/// Answers from the runtime, and tells of events from the index.
pub struct Telemetry<Client, Block> {
	chain: Arc<Chain<Client, Block>>,
	followers: Followers,
}

impl<Client, Block> Telemetry<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block>,
{
	/// Answers from this client's runtime, and tells subscribers from this index as finality moves on.
	pub fn new(client: Arc<Client>, indexed: Option<Indexed>, finality: Finality) -> Self {
		Self {
			chain: Arc::new(Chain::new(client)),
			followers: Followers::new(indexed, finality),
		}
	}
}

#[async_trait]
impl<Client, Block> TelemetryRpcServer for Telemetry<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Block::Header: HeaderT<Number = u32>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
	Client::Api: TelemetryApi<Block, AccountId> + RecordsApi<Block, AccountId>,
{
	fn device(&self, device: Input, at: Option<Input>) -> Result<Option<DeviceView>, RpcError> {
		let key = device.hash("device")?.0;
		let (found, offer) = self
			.chain
			.ask(&at, |api, at| Ok((api.device(at, key)?, api.offer(at, key)?)))?;
		Ok(found.map(|device| DeviceView::new(key, device, offer)))
	}

	fn binding(&self, id: Input, at: Option<Input>) -> Result<Option<BindingView>, RpcError> {
		let id = id.integer("id")?;
		let binding = self.chain.ask(&at, |api, at| api.binding(at, id))?;
		Ok(binding.map(|binding| BindingView::new(id, binding)))
	}

	fn bindings(&self, patient: Input, at: Option<Input>) -> Result<Vec<BindingView>, RpcError> {
		let patient = patient.integer("patient")?;
		let bindings = self.chain.ask(&at, |api, at| api.bindings(at, patient))?;
		let bindings = bindings.into_iter();
		Ok(bindings.map(|(id, binding)| BindingView::new(id, binding)).collect())
	}

	fn anchor(&self, id: Input, at: Option<Input>) -> Result<Option<AnchorView>, RpcError> {
		let id = id.integer("id")?;
		let anchor = self.chain.ask(&at, |api, at| api.anchor(at, id))?;
		Ok(anchor.map(|anchor| AnchorView::new(id, anchor)))
	}

	fn anchors(
		&self,
		patient: Input,
		filter: Option<Input>,
		cursor: Option<Input>,
		items: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<AnchorView>, RpcError> {
		let patient = patient.integer("patient")?;
		let filter = match given(&filter) {
			Some(filter) => filter.object::<AnchorFilterView>("filter")?.into(),
			None => Default::default(),
		};
		let (before, most) = (List::Anchors.read(&cursor)?, limit(&items)?);
		let (anchors, next) = self
			.chain
			.ask(&at, |api, at| api.anchors(at, patient, filter, before, most))?;
		let anchors = anchors.into_iter();
		Ok(Page {
			items: anchors.map(|(id, anchor)| AnchorView::new(id, anchor)).collect(),
			next: next.map(|before| List::Anchors.cursor(before)),
		})
	}

	fn verify(&self, leaf: Input, path: Input, anchor: Input, at: Option<Input>) -> Result<bool, RpcError> {
		let leaf = leaf.hash("leaf")?;
		let path = LeafPath::try_from(path.object::<LeafPathView>("path")?)
			.map_err(|problem| RpcError::parameter("path", problem))?;
		let anchor = anchor.integer("anchor")?;
		self.chain.ask(&at, |api, at| api.verify(at, leaf, path, anchor))
	}

	fn alert(&self, id: Input, at: Option<Input>) -> Result<Option<AlertView>, RpcError> {
		let id = id.integer("id")?;
		let alert = self.chain.ask(&at, |api, at| api.alert(at, id))?;
		Ok(alert.map(|alert| AlertView::new(id, alert)))
	}

	fn alerts(
		&self,
		patient: Input,
		cursor: Option<Input>,
		items: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<AlertView>, RpcError> {
		let patient = patient.integer("patient")?;
		let (before, most) = (List::Alerts.read(&cursor)?, limit(&items)?);
		let (alerts, next) = self.chain.ask(&at, |api, at| api.alerts(at, patient, before, most))?;
		let alerts = alerts.into_iter();
		Ok(Page {
			items: alerts.map(|(id, alert)| AlertView::new(id, alert)).collect(),
			next: next.map(|before| List::Alerts.cursor(before)),
		})
	}

	async fn subscribe_events(
		&self,
		pending: PendingSubscriptionSink,
		patient: Input,
		cursor: Option<Input>,
	) -> SubscriptionCloseResponse {
		let followed = || {
			Ok(Followed {
				patient: patient.integer("patient")?,
				known: List::TelemetryEvents.read(&cursor)?,
			})
		};
		match followed() {
			Ok(followed) => self.followers.serve(&self.chain, followed, pending).await,
			Err(error) => {
				let error: RpcError = error;
				pending.reject(error).await;
				SubscriptionCloseResponse::None
			}
		}
	}
}
