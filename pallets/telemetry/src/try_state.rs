//! What always holds.

#![cfg(any(feature = "try-runtime", feature = "std"))]

use crate::{
	Alerts, AlertsOf, Anchors, Bindings, BindingsOf, Config, Devices, LatestAnchor, NextAlert, NextAnchor, NextBinding,
	NextReceipt, Offers, OldestReceipt, Pallet, Receipts, MAX_SPAN,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use frame_support::ensure;
use salus_primitives::{
	is_canonical_ed25519, is_ciphertext_size, is_weak_ed25519, Anchor, AnchorId, Binding, BindingId, DeviceKey,
	PatientId, Status, MAX_READINGS,
};
use sp_runtime::TryRuntimeError;

/// All of the state that the invariants join.
struct Kept {
	bindings: BTreeMap<BindingId, Binding>,
	anchors: BTreeMap<AnchorId, Anchor>,
}

impl<T: Config> Pallet<T> {
	/// What always holds, for `try_state` and for the tests of a runtime:
	/// - a device's bindings follow one another, so that it never measures two patients at a time; each is listed with its
	///   patient or has readings;
	/// - batch ids are dense, and every batch is well-formed and lies in its binding;
	/// - a device's batches follow one another in number, and in binding; what is missing between them is as many as the
	///   device says;
	/// - along `previous` from `LatestAnchor`, every batch of a patient is met once, newest first;
	/// - the receipts are those from `OldestReceipt` to before `NextReceipt`, in the order of time, each about distinct
	///   batches of one patient;
	/// - each patient's list names her alerts, and nothing else; each alert has an addressee.
	pub fn check_state() -> Result<(), TryRuntimeError> {
		let kept = Kept {
			bindings: Bindings::<T>::iter().collect(),
			anchors: Anchors::<T>::iter().collect(),
		};
		Self::check_bindings(&kept)?;
		Self::check_lists(&kept)?;
		Self::check_anchors(&kept)?;
		Self::check_devices(&kept)?;
		Self::check_patients(&kept)?;
		Self::check_receipts(&kept)?;
		Self::check_alerts()
	}

	fn check_bindings(kept: &Kept) -> Result<(), TryRuntimeError> {
		let mut free_from: BTreeMap<DeviceKey, u64> = BTreeMap::new();
		for (id, binding) in &kept.bindings {
			ensure!(*id < NextBinding::<T>::get(), "telemetry: a binding of a coming id");
			ensure!(
				Devices::<T>::contains_key(binding.device),
				"telemetry: a binding of no device"
			);
			ensure!(binding.starts <= binding.ends, "telemetry: an inverted binding");
			let free = free_from.insert(binding.device, binding.ends).unwrap_or(0);
			ensure!(free <= binding.starts, "telemetry: a device with two patients at once");
		}
		Ok(())
	}

	fn check_lists(kept: &Kept) -> Result<(), TryRuntimeError> {
		let mut listed: BTreeSet<BindingId> = BTreeSet::new();
		for (patient, list) in BindingsOf::<T>::iter() {
			ensure!(
				!list.is_empty() && list.is_sorted(),
				"telemetry: a list of bindings out of order"
			);
			for id in list {
				ensure!(
					kept.bindings.get(&id).is_some_and(|binding| binding.patient == patient),
					"telemetry: a list with a binding that is not the patient's"
				);
				ensure!(listed.insert(id), "telemetry: a binding listed twice");
			}
		}
		let now = <T::Time as frame_support::traits::Time>::now();
		for (id, binding) in &kept.bindings {
			let unlisted = binding.last_at.is_some() && binding.ends <= now;
			ensure!(listed.contains(id) || unlisted, "telemetry: a binding on no list");
		}
		Ok(())
	}

	fn check_anchors(kept: &Kept) -> Result<(), TryRuntimeError> {
		ensure!(
			(0..NextAnchor::<T>::get()).eq(kept.anchors.keys().copied()),
			"telemetry: ids of batches are not dense"
		);
		let mut last_at: BTreeMap<BindingId, u64> = BTreeMap::new();
		for anchor in kept.anchors.values() {
			let binding = kept
				.bindings
				.get(&anchor.binding)
				.ok_or("telemetry: a batch of no binding")?;
			ensure!(
				binding.contains(anchor.first_at, anchor.last_at),
				"telemetry: a batch outside of its binding"
			);
			let span = anchor.last_at.saturating_sub(anchor.first_at);
			ensure!(
				(1..=MAX_READINGS).contains(&anchor.count) && span <= MAX_SPAN && is_ciphertext_size(anchor.size),
				"telemetry: a malformed batch"
			);
			let latest = last_at.entry(anchor.binding).or_default();
			*latest = anchor.last_at.max(*latest);
		}
		for (id, binding) in &kept.bindings {
			ensure!(
				binding.last_at == last_at.get(id).copied(),
				"telemetry: a binding with another latest reading"
			);
		}
		Ok(())
	}

	fn check_devices(kept: &Kept) -> Result<(), TryRuntimeError> {
		let mut batches: BTreeMap<DeviceKey, Vec<&Anchor>> = BTreeMap::new();
		for anchor in kept.anchors.values() {
			let binding = kept
				.bindings
				.get(&anchor.binding)
				.ok_or("telemetry: a batch of no binding")?;
			batches.entry(binding.device).or_default().push(anchor);
		}
		for (key, device) in Devices::<T>::iter() {
			ensure!(
				!is_weak_ed25519(&key) && is_canonical_ed25519(&key),
				"telemetry: a weak key"
			);
			let own = batches.remove(&key).unwrap_or_default();
			let (mut next_seq, mut missing, mut binding) = (0_u64, 0_u64, None);
			for anchor in own {
				let gap = anchor.first_seq.checked_sub(next_seq);
				missing = missing.saturating_add(gap.ok_or("telemetry: numbers that overlap")?);
				next_seq = anchor.first_seq.saturating_add(anchor.count.into());
				ensure!(
					binding <= Some(anchor.binding),
					"telemetry: readings of an earlier patient after those of a later"
				);
				binding = Some(anchor.binding);
			}
			ensure!(
				(device.next_seq, device.missing, device.anchored) == (next_seq, missing, binding),
				"telemetry: a device that counts otherwise than its batches"
			);
			let newest = kept.bindings.iter().filter(|(_, binding)| binding.device == key);
			let newest = newest.map(|(id, _)| *id).max();
			ensure!(newest <= device.latest, "telemetry: a device that forgot a binding");
			ensure!(
				device.latest.is_some() == (device.bindings > 0),
				"telemetry: a device that miscounts its bindings"
			);
		}
		let now = <T::Time as frame_support::traits::Time>::now();
		for (key, offer) in Offers::<T>::iter() {
			let device = Devices::<T>::get(key).ok_or("telemetry: an offer of no device")?;
			ensure!(
				!matches!(device.status, Status::Revoked),
				"telemetry: an offer of a revoked device"
			);
			let bound = device.latest.and_then(Self::running).is_some();
			ensure!(!bound || offer.until <= now, "telemetry: an offer of a device in use");
		}
		Ok(())
	}

	fn check_patients(kept: &Kept) -> Result<(), TryRuntimeError> {
		let mut of_patient: BTreeMap<PatientId, BTreeSet<AnchorId>> = BTreeMap::new();
		for (id, anchor) in &kept.anchors {
			let binding = kept
				.bindings
				.get(&anchor.binding)
				.ok_or("telemetry: a batch of no binding")?;
			of_patient.entry(binding.patient).or_default().insert(*id);
		}
		for (patient, latest) in LatestAnchor::<T>::iter() {
			let mut next = Some(latest);
			for id in of_patient.remove(&patient).unwrap_or_default().iter().rev() {
				ensure!(next == Some(*id), "telemetry: a list that leaves out a batch");
				next = kept.anchors.get(id).and_then(|anchor| anchor.previous);
			}
			ensure!(next.is_none(), "telemetry: a list that does not end");
		}
		ensure!(of_patient.is_empty(), "telemetry: a patient's batches without a list");
		Ok(())
	}

	fn check_receipts(kept: &Kept) -> Result<(), TryRuntimeError> {
		let (oldest, next) = (OldestReceipt::<T>::get(), NextReceipt::<T>::get());
		let receipts: BTreeMap<_, _> = Receipts::<T>::iter().collect();
		ensure!(
			oldest <= next && (oldest..next).eq(receipts.keys().copied()),
			"telemetry: receipts are not those between the pointers"
		);
		ensure!(
			receipts.values().is_sorted_by_key(|receipt| receipt.at),
			"telemetry: receipts out of order"
		);
		for receipt in receipts.values() {
			let patient_of = |id: &AnchorId| kept.bindings.get(&kept.anchors.get(id)?.binding).map(|one| one.patient);
			let distinct: BTreeSet<_> = receipt.outcomes.iter().map(|(anchor, _)| anchor).collect();
			ensure!(
				!distinct.is_empty() && distinct.len() == receipt.outcomes.len(),
				"telemetry: a receipt about nothing, or twice about a batch"
			);
			ensure!(
				distinct.iter().all(|id| patient_of(id) == Some(receipt.patient)),
				"telemetry: a receipt about another patient's batch"
			);
		}
		Ok(())
	}

	fn check_alerts() -> Result<(), TryRuntimeError> {
		let mut listed = BTreeSet::new();
		for (patient, list) in AlertsOf::<T>::iter() {
			ensure!(
				!list.is_empty() && list.is_sorted(),
				"telemetry: a list of alerts out of order"
			);
			for id in list {
				ensure!(
					Alerts::<T>::get(id).is_some_and(|alert| alert.patient == patient),
					"telemetry: a list with an alert that is not the patient's"
				);
				ensure!(listed.insert(id), "telemetry: an alert listed twice");
			}
		}
		for (id, alert) in Alerts::<T>::iter() {
			ensure!(id < NextAlert::<T>::get(), "telemetry: an alert of a coming id");
			ensure!(listed.contains(&id), "telemetry: an alert on no list");
			ensure!(alert.addressee().is_some(), "telemetry: an alert for nobody");
			let told: BTreeSet<_> = alert.ladder.iter().map(|rung| &rung.to).collect();
			ensure!(
				told.len() == alert.ladder.len(),
				"telemetry: an alert that tells somebody twice"
			);
			ensure!(
				alert.acknowledged_at.is_none_or(|at| alert.raised_at <= at),
				"telemetry: an alert acknowledged before it was raised"
			);
		}
		Ok(())
	}
}
