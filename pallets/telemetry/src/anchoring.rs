//! Batches of readings: what is checked of them, and how they come onto the chain.

use crate::{
	Anchors, Bindings, Config, Devices, Error, Event, LatestAnchor, NextAnchor, Pallet, CLOCK_TOLERANCE, MAX_SPAN,
};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	is_cid, is_cid_of_bytes, is_cid_of_size, is_ciphertext_size, Anchor, AuditTrail, BatchPayload, Binding, Device,
	InstitutionId, Kind, Moment, NewBatch, PatientId, PatientStatus, Registry, Status, MAX_READINGS,
};

impl<T: Config> Pallet<T> {
	/// Anchors one batch, the call's with this index.
	pub(crate) fn anchor_one(
		who: &T::AccountId,
		institution: InstitutionId,
		index: u8,
		batch: &NewBatch,
	) -> Result<(), Error<T>> {
		let payload = Self::well_formed(index, batch)?;
		let mut device = Devices::<T>::get(batch.device).ok_or(Error::BatchOfUnknownDevice(index))?;
		ensure!(device.institution == institution, Error::BatchOfForeignDevice(index));
		ensure!(
			matches!(device.status, Status::Active),
			Error::BatchOfInactiveDevice(index)
		);
		let mut binding = Bindings::<T>::get(batch.binding).ok_or(Error::BatchOfUnknownBinding(index))?;
		let missing = Self::fits(index, batch, &device, &binding)?;

		let id = NextAnchor::<T>::get();
		NextAnchor::<T>::put(id.checked_add(1).ok_or(Error::IdsExhausted)?);
		let patient = binding.patient;
		Self::ensure_lived(index, patient, batch.last_at)?;
		let anchor = Anchor {
			binding: batch.binding,
			first_seq: batch.first_seq,
			count: batch.count,
			first_at: batch.first_at,
			last_at: batch.last_at,
			root: batch.root,
			payload,
			size: batch.size,
			previous: LatestAnchor::<T>::get(patient),
		};
		Anchors::<T>::insert(id, anchor);
		LatestAnchor::<T>::insert(patient, id);
		binding.last_at = binding.last_at.max(Some(batch.last_at));
		Bindings::<T>::insert(batch.binding, binding);
		let gap_from = device.next_seq;
		device.next_seq = end_of(batch).ok_or(Error::BatchSequenceOverflows(index))?;
		device.missing = device.missing.saturating_add(missing);
		device.anchored = Some(batch.binding);
		Devices::<T>::insert(batch.device, device);

		if missing > 0 {
			Self::deposit_event(Event::Gap {
				device: batch.device,
				from: gap_from,
				missing,
			});
		}
		let kind = Kind::BatchAnchored { anchor: id, missing };
		let entry = T::Audit::append(patient, Some(who.clone()), kind);
		Self::deposit_event(Event::Anchored {
			patient,
			device: batch.device,
			anchor: id,
			entry,
		});
		Ok(())
	}

	/// What can be seen of a batch without the state, the clock aside.
	fn well_formed(index: u8, batch: &NewBatch) -> Result<BatchPayload, Error<T>> {
		let latest = T::Time::now().saturating_add(CLOCK_TOLERANCE);
		ensure!(batch.count > 0, Error::BatchEmpty(index));
		ensure!(batch.count <= MAX_READINGS, Error::BatchTooLarge(index));
		let span = batch.last_at.checked_sub(batch.first_at);
		ensure!(
			span.ok_or(Error::BatchInverted(index))? <= MAX_SPAN,
			Error::BatchTooLong(index)
		);
		ensure!(batch.last_at <= latest, Error::BatchAhead(index));
		ensure!(is_cid(&batch.cid), Error::BatchCidMalformed(index));
		ensure!(is_ciphertext_size(batch.size), Error::BatchSizeMalformed(index));
		ensure!(
			is_cid_of_size(&batch.cid, batch.size),
			Error::BatchCidOfOtherSize(index)
		);
		ensure!(
			is_cid_of_bytes(&batch.cid, &batch.sha256),
			Error::BatchCidOfOtherBytes(index)
		);
		BatchPayload::new(&batch.cid, batch.sha256).ok_or(Error::BatchCidMalformed(index))
	}

	/// Whether nothing of it is of after the patient's death. Under an id that was merged somebody lives, and is measured on
	/// until the binding ends.
	fn ensure_lived(index: u8, patient: PatientId, last_at: Moment) -> Result<(), Error<T>> {
		let status = T::Registry::patient(patient).map(|entry| entry.status);
		let after = matches!(status, Some(PatientStatus::Deceased(died)) if died < last_at);
		ensure!(!after, Error::BatchAfterDeath(index));
		Ok(())
	}

	/// Whether the batch follows what is anchored of its device, and lies in its binding. How many readings are missing
	/// before it.
	fn fits(index: u8, batch: &NewBatch, device: &Device, binding: &Binding) -> Result<u64, Error<T>> {
		ensure!(binding.device == batch.device, Error::BatchOfForeignBinding(index));
		// Readings of who was measured before would come after those of who is measured now: the device's clock is wrong, or
		// somebody holds them back.
		ensure!(
			device.anchored <= Some(batch.binding),
			Error::BatchOfPassedBinding(index)
		);
		ensure!(
			binding.contains(batch.first_at, batch.last_at),
			Error::BatchOutsideBinding(index)
		);
		end_of(batch).ok_or(Error::BatchSequenceOverflows(index))?;
		batch
			.first_seq
			.checked_sub(device.next_seq)
			.ok_or(Error::BatchSequencePassed(index))
	}
}

/// The number after the batch's last.
fn end_of(batch: &NewBatch) -> Option<u64> {
	batch.first_seq.checked_add(batch.count.into())
}
