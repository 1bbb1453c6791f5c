//! The calls of devices and the batches of their readings, with the chain's own types; and what can be asked of them.

use salus_primitives::{
	Alert, AlertId, Anchor, AnchorFilter, AnchorId, Binding, BindingConsent, BindingId, Decision, Device, DeviceKey,
	DeviceOffer, InstitutionId, Moment, NewBatch, PatientId, Purpose, ReceiptId, Status,
};
use serde_json::json;
use subxt::{tx::Payload, utils::Static};

use super::{
	client::{not_found, PAGE},
	entries::last_32,
	storage_key::devices_prefix,
	words, AccountId, At, Client, ConnectionError, Error, Hash, Signature,
};
use crate::api::{
	self,
	runtime_types::{
		bounded_collections::bounded_vec::BoundedVec,
		pallet_telemetry::bindings::{Interval, Statement},
	},
};

/// The desk makes a device its institution's; the device signed that it is to report there.
pub fn provision(institution: InstitutionId, device: DeviceKey, codes: Hash, signature: [u8; 64]) -> impl Payload {
	api::tx().telemetry().provision(institution, device, codes, signature)
}

/// Who works at the bed or the desk binds a device to a patient, who signed for it, or a guardian of hers did.
pub fn bind(consent: &BindingConsent, signer: AccountId, signature: Signature) -> impl Payload {
	let time = Interval {
		starts: consent.starts,
		ends: consent.ends,
	};
	let statement = Statement {
		signer,
		not_after: consent.not_after,
		signature,
	};
	let patient: PatientId = consent.patient;
	api::tx().telemetry().bind(consent.device, patient, time, statement)
}

/// The desk anchors batches of its devices.
pub fn anchor(institution: InstitutionId, batches: Vec<NewBatch>) -> impl Payload {
	let batches = batches.into_iter().map(Static).collect();
	api::tx().telemetry().anchor(institution, BoundedVec(batches))
}

/// Asks for access to batches of one patient.
pub fn access(anchors: &[AnchorId], purpose: Purpose, institution: Option<InstitutionId>) -> impl Payload {
	let anchors = BoundedVec(anchors.to_vec());
	api::tx().telemetry().access(anchors, Static(purpose), institution)
}

/// From when and until before when a device measures a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wearing {
	/// From when.
	pub starts: Moment,
	/// Until before when.
	pub ends: Moment,
}

impl From<Wearing> for Interval {
	fn from(Wearing { starts, ends }: Wearing) -> Self {
		Self { starts, ends }
	}
}

/// The desk suspends, reinstates or revokes a device.
pub fn set_status(device: DeviceKey, status: Status) -> impl Payload {
	api::tx().telemetry().set_status(device, Static(status))
}

/// The ward offers a device to a patient; with a commitment to the scan of what she signed, the desk.
pub fn offer(device: DeviceKey, patient: PatientId, time: Wearing, scan: Option<Hash>) -> impl Payload {
	api::tx().telemetry().offer(device, patient, time.into(), scan)
}

/// The patient or her guardian accepts a device; of an offer on paper a second witness.
pub fn accept(device: DeviceKey) -> impl Payload {
	api::tx().telemetry().accept(device)
}

/// An offer is declined or taken back.
pub fn end_offer(device: DeviceKey) -> impl Payload {
	api::tx().telemetry().end_offer(device)
}

/// A binding ends.
pub fn unbind(binding: BindingId) -> impl Payload {
	api::tx().telemetry().unbind(binding)
}

/// Who is told of an alert acknowledges it.
pub fn acknowledge(alert: AlertId) -> impl Payload {
	api::tx().telemetry().acknowledge(alert)
}

/// Anybody registered has the next be told of an alert that nobody acknowledged in time.
pub fn escalate(alert: AlertId) -> impl Payload {
	api::tx().telemetry().escalate(alert)
}

/// Anybody registered removes alerts that are long over.
pub fn prune_alerts(alerts: &[AlertId]) -> impl Payload {
	api::tx().telemetry().prune_alerts(BoundedVec(alerts.to_vec()))
}

impl Client {
	/// A device.
	///
	/// # Errors
	/// `NotFound`
	pub async fn device(&self, at: &At, key: DeviceKey) -> Result<Device, Error> {
		let found: Option<_> = self.ask(at, "TelemetryApi_device", key).await?;
		found.ok_or_else(|| not_found("device", words::hex(key)))
	}

	/// To whom a device is offered, while she can accept it.
	///
	/// # Errors
	/// `Broken`
	pub async fn device_offer(
		&self,
		at: &At,
		key: DeviceKey,
	) -> Result<Option<DeviceOffer<AccountId>>, ConnectionError> {
		self.ask(at, "TelemetryApi_offer", key).await
	}

	/// A binding.
	///
	/// # Errors
	/// `NotFound`
	pub async fn binding(&self, at: &At, id: BindingId) -> Result<Binding, Error> {
		let found: Option<_> = self.ask(at, "TelemetryApi_binding", id).await?;
		found.ok_or_else(|| not_found("binding", id))
	}

	/// A patient's bindings, oldest first: those that are not over, and of the others the latest.
	///
	/// # Errors
	/// `Broken`
	pub async fn bindings_of(&self, at: &At, patient: PatientId) -> Result<Vec<(BindingId, Binding)>, ConnectionError> {
		self.ask(at, "TelemetryApi_bindings", patient).await
	}

	/// The keys of all devices there are.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub async fn device_keys(&self) -> Result<Vec<DeviceKey>, ConnectionError> {
		let block = self.request("chain_getFinalizedHead", &[]).await?;
		let keys = self.keys_under(&devices_prefix(), &json!(block)).await?;
		keys.iter().map(|key| last_32(key)).collect()
	}

	/// A batch.
	///
	/// # Errors
	/// `NotFound`
	pub async fn anchor(&self, at: &At, id: AnchorId) -> Result<Anchor, Error> {
		let found: Option<_> = self.ask(at, "TelemetryApi_anchor", id).await?;
		found.ok_or_else(|| not_found("batch", id))
	}

	/// Whether a batch would still be permitted by a receipt at this block, and if not, why.
	///
	/// # Errors
	/// `Broken`
	pub async fn still_permits_batch(
		&self,
		at: &At,
		receipt: ReceiptId,
		id: AnchorId,
	) -> Result<Decision, ConnectionError> {
		self.ask(at, "TelemetryApi_still_permits", (receipt, id)).await
	}

	/// A patient's batches that the filter keeps, newest first.
	///
	/// # Errors
	/// `Broken`
	pub async fn anchors(
		&self,
		at: &At,
		patient: PatientId,
		filter: &AnchorFilter,
	) -> Result<Vec<(AnchorId, Anchor)>, ConnectionError> {
		let mut found = Vec::new();
		let mut before: Option<AnchorId> = None;
		loop {
			let (page, next): (Vec<(AnchorId, Anchor)>, Option<AnchorId>) = self
				.ask(at, "TelemetryApi_anchors", (patient, filter, before, PAGE))
				.await?;
			found.extend(page);
			if next.is_none() {
				return Ok(found);
			}
			before = next;
		}
	}

	/// An alert.
	///
	/// # Errors
	/// `NotFound`
	pub async fn alert(&self, at: &At, id: AlertId) -> Result<Alert<AccountId>, Error> {
		let found: Option<_> = self.ask(at, "TelemetryApi_alert", id).await?;
		found.ok_or_else(|| not_found("alert", id))
	}

	/// A patient's alerts, newest first: her list holds 64.
	///
	/// # Errors
	/// `Broken`
	pub async fn alerts(
		&self,
		at: &At,
		patient: PatientId,
	) -> Result<Vec<(AlertId, Alert<AccountId>)>, ConnectionError> {
		let before: Option<AlertId> = None;
		let (alerts, _): (_, Option<AlertId>) = self.ask(at, "TelemetryApi_alerts", (patient, before, PAGE)).await?;
		Ok(alerts)
	}
}
