//! Which devices report to this gateway, and whom each measures, as the chain says.

use std::{
	collections::HashMap,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc, PoisonError, RwLock,
	},
};

use salus_primitives::{Moment, PatientId, Status};
use salus_vitals::{signature::DeviceKey, Reading};

use super::{
	refusal::{Refusal, CLOCK_AHEAD},
	DeviceId,
};

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
	/// Its key.
	pub key: DeviceKey,
	/// Whether its readings are taken.
	pub status: Status,
	/// The commitment to the codes that it may report.
	pub codes: [u8; 32],
	/// The number of the next reading that can be anchored.
	pub next_seq: u64,
	/// The binding of the batch that was anchored last.
	pub anchored: Option<u64>,
	/// Its bindings, by id: all of which something can still be anchored.
	pub bindings: HashMap<u64, Binding>,
}

/// The time in which a device measures one patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
	/// Whom.
	pub patient: PatientId,
	/// From when.
	pub starts: Moment,
	/// Until before when.
	pub ends: Moment,
}

impl Binding {
	/// Whether the device measured the patient then.
	pub fn contains(&self, at: Moment) -> bool {
		(self.starts..self.ends).contains(&at)
	}
}

/// All devices of the institution, at the last look; nothing before the first.
#[derive(Clone, Default)]
pub struct Devices(Arc<RwLock<Option<Known>>>, Arc<AtomicU64>);

type Known = HashMap<DeviceId, Arc<Device>>;

impl Devices {
	/// The device with this id.
	pub fn get(&self, id: &DeviceId) -> Option<Arc<Device>> {
		let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
		all.as_ref()?.get(id).cloned()
	}

	/// The device with this id, for one that sends.
	///
	/// # Errors
	/// `NotReady`, `UnknownDevice`
	pub fn sender(&self, id: &DeviceId) -> Result<Arc<Device>, Refusal> {
		let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
		let all = all.as_ref().ok_or(Refusal::NotReady)?;
		all.get(id).cloned().ok_or(Refusal::UnknownDevice)
	}

	/// The devices that have one of these bindings.
	pub fn bound(&self, bindings: impl Fn(&u64) -> bool) -> Vec<DeviceId> {
		let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
		let found = all.iter().flatten();
		let found = found.filter(|(_, device)| device.bindings.keys().any(&bindings));
		found.map(|(id, _)| *id).collect()
	}

	/// The bindings of these devices.
	pub fn bindings(&self, ids: &[DeviceId]) -> Vec<u64> {
		let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
		let devices = ids.iter().filter_map(|id| all.as_ref()?.get(id));
		devices.flat_map(|device| device.bindings.keys().copied()).collect()
	}

	/// All that the chain has.
	pub fn replace(&self, devices: impl IntoIterator<Item = Device>) {
		let all = devices
			.into_iter()
			.map(|device| (*device.key.as_bytes(), Arc::new(device)));
		*self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(all.collect());
	}

	/// What the chain says of a device now.
	pub fn set(&self, device: Device) {
		let id = *device.key.as_bytes();
		let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
		if let Some(all) = all.as_mut() {
			all.insert(id, Arc::new(device));
		}
	}

	/// The chain's time at the last look: what it says of later ones is not known here.
	pub fn seen(&self) -> Moment {
		self.1.load(Ordering::Relaxed)
	}

	/// All that was final at this time of the chain's is known.
	pub fn see(&self, time: Moment) {
		self.1.fetch_max(time, Ordering::Relaxed);
	}

	/// Whether there was a first look.
	pub fn are_known(&self) -> bool {
		self.0.read().unwrap_or_else(PoisonError::into_inner).is_some()
	}

	/// How many there are.
	pub fn len(&self) -> usize {
		let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
		all.as_ref().map_or(0, HashMap::len)
	}
}

impl Device {
	/// Its latest binding.
	pub fn latest(&self) -> Option<u64> {
		self.bindings.keys().max().copied()
	}

	/// Whether the device may have measured this now.
	///
	/// # Errors
	/// `DeviceNotActive`, `UnknownBinding`, `PassedBinding`, `OutsideBinding`, `ClockAhead`, `LastNumber`
	pub fn may(&self, reading: &Reading, now: Moment) -> Result<(), Refusal> {
		if self.status != Status::Active {
			return Err(Refusal::DeviceNotActive);
		}
		if Some(reading.binding) < self.anchored {
			return Err(Refusal::PassedBinding);
		}
		let binding = self.bindings.get(&reading.binding).ok_or(Refusal::UnknownBinding)?;
		if reading.at > now.saturating_add(CLOCK_AHEAD) {
			return Err(Refusal::ClockAhead);
		}
		if !binding.contains(reading.at) {
			return Err(Refusal::OutsideBinding);
		}
		// The chain counts up to the number after it, and there is none.
		if reading.seq == u64::MAX {
			return Err(Refusal::LastNumber);
		}
		Ok(())
	}
}
