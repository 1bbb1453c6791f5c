//! Devices, whom they measure, and their anchored batches, as a hospital's gateway needs them: many at a time.

use std::collections::BTreeSet;

use codec::Decode;
use salus_primitives::{
	Anchor, AnchorFilter, AnchorId, Binding, BindingId, Device, DeviceKey, InstitutionId, PatientId,
};
use serde_json::{json, Value};

use super::{
	client::broken,
	storage_key::{binding_key, device_key, devices_prefix},
	words, At, Client, ConnectionError, Hash,
};

/// How many batches a page has.
const PAGE: u32 = 256;

/// What a block's events say was changed of devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
	/// These devices.
	pub devices: BTreeSet<DeviceKey>,
	/// These bindings.
	pub bindings: BTreeSet<BindingId>,
}

impl Client {
	/// All devices of an institution, at a block.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub async fn devices_of(
		&self,
		block: Hash,
		institution: InstitutionId,
	) -> Result<Vec<(DeviceKey, Device)>, ConnectionError> {
		let keys = self.keys_under(&devices_prefix(), &at(block)).await?;
		let keys = keys.iter().filter_map(|key| key.last_chunk().copied());
		let keys: Vec<DeviceKey> = keys.collect();
		let devices = self.devices(block, &keys).await?;
		let ours = keys
			.into_iter()
			.zip(devices)
			.filter_map(|(key, device)| Some((key, device.filter(|device| device.institution == institution)?)));
		Ok(ours.collect())
	}

	/// These devices, at a block, in their order; none where there is no such device.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub async fn devices(&self, block: Hash, devices: &[DeviceKey]) -> Result<Vec<Option<Device>>, ConnectionError> {
		let keys: Vec<_> = devices.iter().map(device_key).collect();
		self.values_at("a device", &keys, &at(block)).await
	}

	/// These bindings, at a block, in their order; none where there is no such binding.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub async fn bindings(&self, block: Hash, ids: &[BindingId]) -> Result<Vec<Option<Binding>>, ConnectionError> {
		let keys: Vec<_> = ids.iter().copied().map(binding_key).collect();
		self.values_at("a binding", &keys, &at(block)).await
	}

	/// The patient's anchored batch with this root, of this filter.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub async fn anchor_with_root(
		&self,
		block: &At,
		patient: PatientId,
		filter: &AnchorFilter,
		root: Hash,
	) -> Result<Option<AnchorId>, ConnectionError> {
		let mut before: Option<AnchorId> = None;
		loop {
			let (page, next): (Vec<(AnchorId, Anchor)>, Option<AnchorId>) = self
				.ask(block, "TelemetryApi_anchors", (patient, filter, before, PAGE))
				.await?;
			if let Some((id, _)) = page.into_iter().find(|(_, anchor)| anchor.root == root) {
				return Ok(Some(id));
			}
			if next.is_none() {
				return Ok(None);
			}
			before = next;
		}
	}

	/// What a block's events say was changed of devices.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub async fn device_changes(&self, block: &At) -> Result<Changes, ConnectionError> {
		let mut changes = Changes::default();
		let events = block.events().fetch().await.map_err(broken)?;
		for event in events.iter() {
			let event = event.map_err(broken)?;
			if event.pallet_name() == "Telemetry" {
				changes.note(event.event_name(), event.field_bytes())?;
			}
		}
		Ok(changes)
	}
}

impl Changes {
	fn note(&mut self, event: &str, mut fields: &[u8]) -> Result<(), ConnectionError> {
		let unreadable = |_| ConnectionError::Unreadable {
			what: format!("the event Telemetry.{event}"),
			reason: "it does not decode".into(),
		};
		let input = &mut fields;
		match event {
			"Provisioned" | "StatusSet" => {
				self.devices.insert(DeviceKey::decode(input).map_err(unreadable)?);
			}
			"Bound" => {
				let (_, device, binding) = <(PatientId, DeviceKey, BindingId)>::decode(input).map_err(unreadable)?;
				self.devices.insert(device);
				self.bindings.insert(binding);
			}
			"Anchored" => {
				let (_, device) = <(PatientId, DeviceKey)>::decode(input).map_err(unreadable)?;
				self.devices.insert(device);
			}
			"Unbound" => {
				let (_, binding) = <(PatientId, BindingId)>::decode(input).map_err(unreadable)?;
				self.bindings.insert(binding);
			}
			// They change nothing of what is measured.
			_ => {}
		}
		Ok(())
	}
}

fn at(block: Hash) -> Value {
	json!(words::hex(block))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
	use super::*;
	use codec::Encode;
	use subxt::Metadata;

	#[test]
	fn events_name_what_changed() {
		let mut changes = Changes::default();
		changes.note("Provisioned", &([1u8; 32], 0u32).encode()).unwrap();
		changes.note("StatusSet", &([2u8; 32], 1u8).encode()).unwrap();
		changes.note("Bound", &(7u64, [3u8; 32], 4u64).encode()).unwrap();
		changes.note("Anchored", &(7u64, [4u8; 32], 4u64).encode()).unwrap();
		changes.note("Unbound", &(7u64, 9u64, 5u64).encode()).unwrap();
		changes.note("Gap", &[]).unwrap();
		let devices: BTreeSet<DeviceKey> = (1..=4).map(|byte| [byte; 32]).collect();
		assert_eq!(changes.devices, devices);
		assert_eq!(changes.bindings, BTreeSet::from([4, 9]));
		assert!(changes.note("Unbound", &[0; 9]).is_err());
	}

	/// The fields are read by their places: they are where the chain has them.
	#[test]
	fn the_chains_events_begin_with_what_is_read_of_them() {
		let metadata = Metadata::decode(&mut include_bytes!("../../metadata.scale").as_slice()).unwrap();
		let events = metadata.pallet_by_name("Telemetry").unwrap().event_variants().unwrap();
		for (event, fields) in [
			("Provisioned", &["device"][..]),
			("StatusSet", &["device"]),
			("Bound", &["patient", "device", "binding"]),
			("Anchored", &["patient", "device"]),
			("Unbound", &["patient", "binding"]),
		] {
			let found = events.iter().find(|variant| variant.name == event).unwrap();
			let names: Vec<_> = found.fields.iter().map(|field| field.name.clone().unwrap()).collect();
			assert_eq!(names[..fields.len()], *fields, "{event}");
		}
	}
}
