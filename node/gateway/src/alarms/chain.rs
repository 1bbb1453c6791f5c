//! The chain as early warning sees it, and a node's.

use std::{future::Future, sync::Mutex};

use codec::Encode;
use salus::{words, Account, AccountId, Acknowledgement, At, Client, ConnectionError, Hash, SubmissionError};
use salus_primitives::{
	Alert, AlertId, AlertState, Binding, BindingId, Device, HpkeKey, InstitutionId, Moment, Patient, PatientId,
};
use serde_json::Value as Json;
use subxt::{
	dynamic::{self, Value},
	ext::scale_value::Composite,
	tx::DynamicPayload,
};

use crate::{submit::Node, telemetry::DeviceId, GatewayError};

const PALLET: &str = "Telemetry";
/// A patient's list on chain holds 64.
const LISTED: u32 = 64;

/// Whom a device measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
	/// The device.
	pub device: DeviceId,
	/// The patient.
	pub patient: PatientId,
	/// From when.
	pub starts: Moment,
	/// Until before when.
	pub ends: Moment,
}

/// An alert as it stands on chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
	/// Which of the ladder is told.
	pub step: usize,
	/// Until before when she acknowledges in time.
	pub due: Moment,
	/// Whether somebody is to be told after her, and her time is up.
	pub is_overdue: bool,
	/// When it was acknowledged.
	pub acknowledged: Option<Moment>,
}

/// What is known of an alert that may have been raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
	/// It is final.
	Raised(AlertId, Standing),
	/// It is on its way.
	OnItsWay,
	/// It is nowhere.
	Nowhere,
}

/// Why the chain did not do or say something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
	/// Nothing was sent; it may go later.
	#[error("the chain cannot be reached ({0}); see that the node runs")]
	Unavailable(String),
	/// It was sent, and nobody knows what became of it.
	#[error("a transaction was sent and may have taken effect ({0})")]
	Uncertain(String),
	/// The chain said no.
	#[error("the chain refused it: {0}")]
	Refused(String),
}

impl ChainError {
	/// Its name, without what it says.
	pub fn name(&self) -> &str {
		match self {
			Self::Unavailable(name) | Self::Uncertain(name) | Self::Refused(name) => name,
		}
	}
}

/// The chain.
pub trait Chain: Send + Sync + 'static {
	/// Whom a device measures under a binding, as it stands now.
	fn binding(&self, id: BindingId) -> impl Future<Output = Result<Option<Bound>, ChainError>> + Send;

	/// The latest binding of a device.
	fn latest(&self, device: DeviceId) -> impl Future<Output = Result<Option<(BindingId, Bound)>, ChainError>> + Send;

	/// Raises an alert and waits until it is final; its number.
	fn raise(
		&self,
		patient: PatientId,
		commitment: [u8; 32],
		ladder: &[(AccountId, Moment)],
	) -> impl Future<Output = Result<AlertId, ChainError>> + Send;

	/// What became of an alert with this commitment.
	fn find(&self, patient: PatientId, commitment: [u8; 32]) -> impl Future<Output = Result<Found, ChainError>> + Send;

	/// An alert as it stands; none where it has made room.
	fn alert(&self, id: AlertId) -> impl Future<Output = Result<Option<Standing>, ChainError>> + Send;

	/// Tells the next on the ladder, and waits until it is final.
	fn escalate(&self, id: AlertId) -> impl Future<Output = Result<(), ChainError>> + Send;

	/// The key that the patient is written to with, if the account is hers.
	fn key(
		&self,
		patient: PatientId,
		account: &AccountId,
	) -> impl Future<Output = Result<Option<HpkeKey>, ChainError>> + Send;
}

/// The chain over a node's RPC, connected to anew after each failure.
pub struct NodeChain {
	node: Node,
	institution: InstitutionId,
	account: Account,
	client: Mutex<Option<Client>>,
	/// Held while a connection is made: alerts that wait for one share it, and with it the order of their nonces.
	connecting: tokio::sync::Mutex<()>,
}

impl NodeChain {
	/// Signs as this account, which is at the desk of the institution.
	pub fn new(node: Node, institution: InstitutionId, account: Account) -> Self {
		Self {
			node,
			institution,
			account,
			client: Mutex::new(None),
			connecting: tokio::sync::Mutex::new(()),
		}
	}

	async fn client(&self) -> Result<Client, ChainError> {
		if let Some(client) = self.known() {
			return Ok(client);
		}
		let _connecting = self.connecting.lock().await;
		if let Some(client) = self.known() {
			return Ok(client);
		}
		let client = self.node.connect().await.map_err(|error| {
			tracing::warn!("{error}");
			match error {
				GatewayError::Node(error) => unavailable(&error),
				_ => ChainError::Unavailable("NotDevelopment".into()),
			}
		})?;
		self.remember(Some(client.clone()));
		Ok(client)
	}

	fn known(&self) -> Option<Client> {
		self.client.lock().ok().and_then(|client| client.clone())
	}

	fn remember(&self, client: Option<Client>) {
		if let Ok(mut slot) = self.client.lock() {
			*slot = client;
		}
	}

	/// What an answer came to; a connection that failed is not used again.
	fn heard<T>(&self, answer: Result<T, ConnectionError>) -> Result<T, ChainError> {
		answer.map_err(|error| {
			if !matches!(error, ConnectionError::Answered { .. }) {
				self.remember(None);
			}
			unavailable(&error)
		})
	}

	async fn ask<T: codec::Decode>(&self, function: &str, args: impl Encode) -> Result<T, ChainError> {
		let client = self.client().await?;
		let at = self.heard(client.finalised().await)?;
		self.heard(client.ask(&at, function, args).await)
	}

	async fn send(&self, call: DynamicPayload<Composite<()>>) -> Result<Acknowledgement, ChainError> {
		let client = self.client().await?;
		match client.submit(&call, &self.account).await {
			Ok(done) => Ok(done),
			Err(error) => {
				if matches!(error, SubmissionError::Connection(_) | SubmissionError::Unknown { .. }) {
					self.remember(None);
				}
				Err(outcome(&error))
			}
		}
	}

	/// The patient's alert with this commitment at a block, and the block's time.
	async fn listed(
		&self,
		client: &Client,
		at: &At,
		patient: PatientId,
		commitment: [u8; 32],
	) -> Result<Option<(AlertId, Alert<AccountId>)>, ChainError> {
		let args = (patient, None::<AlertId>, LISTED);
		let (listed, _): (Vec<(AlertId, Alert<AccountId>)>, Option<AlertId>) =
			self.heard(client.ask(at, "TelemetryApi_alerts", args).await)?;
		Ok(listed.into_iter().find(|(_, alert)| alert.commitment.0 == commitment))
	}

	/// Whether a transaction with this commitment waits in the node's pool.
	async fn is_in_pool(&self, client: &Client, commitment: [u8; 32]) -> Result<bool, ChainError> {
		let pool = self.heard(client.request("author_pendingExtrinsics", &[]).await)?;
		let digits = hex::encode(commitment);
		let waits = |extrinsic: &Json| extrinsic.as_str().is_some_and(|bytes| bytes.contains(&digits));
		Ok(pool.as_array().is_some_and(|pool| pool.iter().any(waits)))
	}
}

impl Chain for NodeChain {
	async fn binding(&self, id: BindingId) -> Result<Option<Bound>, ChainError> {
		let found: Option<Binding> = self.ask("TelemetryApi_binding", id).await?;
		Ok(found.map(Bound::from))
	}

	async fn latest(&self, device: DeviceId) -> Result<Option<(BindingId, Bound)>, ChainError> {
		let found: Option<Device> = self.ask("TelemetryApi_device", device).await?;
		let Some(id) = found.and_then(|device| device.latest) else {
			return Ok(None);
		};
		Ok(self.binding(id).await?.map(|bound| (id, bound)))
	}

	async fn raise(
		&self,
		patient: PatientId,
		commitment: [u8; 32],
		ladder: &[(AccountId, Moment)],
	) -> Result<AlertId, ChainError> {
		let done = self.send(raise(self.institution, patient, commitment, ladder)).await?;
		done.number(PALLET, "alert").map_err(|error| outcome(&error))
	}

	async fn find(&self, patient: PatientId, commitment: [u8; 32]) -> Result<Found, ChainError> {
		let client = self.client().await?;
		// The pool first: what leaves it in between is in the best block, which is asked after it.
		let is_in_pool = self.is_in_pool(&client, commitment).await?;
		let best = self.heard(client.request("chain_getBlockHash", &[]).await)?;
		let best: Hash = best
			.as_str()
			.and_then(|text| words::hash(text).ok())
			.ok_or_else(|| ChainError::Unavailable("Unreadable".into()))?;
		let at = self.heard(client.online_at(best).await)?;
		let in_best = self.listed(&client, &at, patient, commitment).await?.is_some();
		let finalised = self.heard(client.finalised().await)?;
		let time = self.heard(client.time().await)?;
		match self.listed(&client, &finalised, patient, commitment).await? {
			Some((id, alert)) => Ok(Found::Raised(id, standing(&alert, time))),
			None if is_in_pool || in_best => Ok(Found::OnItsWay),
			None => Ok(Found::Nowhere),
		}
	}

	async fn alert(&self, id: AlertId) -> Result<Option<Standing>, ChainError> {
		let found: Option<Alert<AccountId>> = self.ask("TelemetryApi_alert", id).await?;
		let Some(alert) = found else { return Ok(None) };
		let client = self.client().await?;
		let time = self.heard(client.time().await)?;
		Ok(Some(standing(&alert, time)))
	}

	async fn escalate(&self, id: AlertId) -> Result<(), ChainError> {
		let call = dynamic::tx(PALLET, "escalate", Composite::unnamed([Value::u128(id.into())]));
		self.send(call).await.map(|_| ())
	}

	async fn key(&self, patient: PatientId, account: &AccountId) -> Result<Option<HpkeKey>, ChainError> {
		let found: Option<Patient<AccountId>> = self.ask("RolesApi_patient", patient).await?;
		let hers = found.filter(|found| found.controller.as_ref() == Some(account));
		Ok(hers.and_then(|found| found.hpke))
	}
}

/// `Telemetry.raise`
pub(crate) fn raise(
	institution: InstitutionId,
	patient: PatientId,
	commitment: [u8; 32],
	ladder: &[(AccountId, Moment)],
) -> DynamicPayload<Composite<()>> {
	let rung = |(account, within): &(AccountId, Moment)| {
		Value::named_composite([
			("to", Value::from_bytes(account.0)),
			("within", Value::u128((*within).into())),
		])
	};
	let arguments = [
		Value::u128(institution.into()),
		Value::u128(patient.into()),
		Value::from_bytes(commitment),
		Value::unnamed_composite(ladder.iter().map(rung)),
	];
	dynamic::tx(PALLET, "raise", Composite::unnamed(arguments))
}

fn standing(alert: &Alert<AccountId>, time: Moment) -> Standing {
	Standing {
		step: alert.step.into(),
		due: alert.due,
		is_overdue: alert.state(time) == AlertState::Overdue && alert.next().is_some(),
		acknowledged: alert.acknowledged_at,
	}
}

impl From<Binding> for Bound {
	fn from(binding: Binding) -> Self {
		Self {
			device: binding.device,
			patient: binding.patient,
			starts: binding.starts,
			ends: binding.ends,
		}
	}
}

fn unavailable(error: &ConnectionError) -> ChainError {
	tracing::debug!("{error}");
	ChainError::Unavailable("NodeUnavailable".into())
}

/// What a failed submission means for whoever would send it again.
fn outcome(error: &SubmissionError) -> ChainError {
	match error {
		SubmissionError::Connection(error) => unavailable(error),
		SubmissionError::Unknown { .. } | SubmissionError::NoEvent { .. } => ChainError::Uncertain("Unknown".into()),
		// The pool's word is about now: another nonce, a quota that is used up.
		SubmissionError::Invalid { .. } => ChainError::Unavailable("Invalid".into()),
		SubmissionError::Rejected { error, .. } | SubmissionError::Foreseen { error, .. } => {
			ChainError::Refused(error.clone())
		}
		SubmissionError::Unregistered(_) => ChainError::Refused("Unregistered".into()),
		SubmissionError::Failed { .. } | SubmissionError::ForeseenFailure { .. } => {
			ChainError::Refused("Failed".into())
		}
		SubmissionError::Encoding(_) => ChainError::Refused("OtherCall".into()),
		_ => ChainError::Uncertain("Unknown".into()),
	}
}
