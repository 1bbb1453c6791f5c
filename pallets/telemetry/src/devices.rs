//! Devices: how they come, and whether their readings are taken.

use crate::{Config, Devices, Error, Event, Offers, Pallet};
use frame_support::ensure;
use salus_primitives::{
	is_canonical_ed25519, is_weak_ed25519, tagged, AuditTrail, Device, DeviceClaim, DeviceKey, DeviceKeys,
	InstitutionId, Kind, PatientId, Registry, Status, DEVICE_TAG,
};
use sp_core::{ed25519, H256};
use sp_runtime::traits::Verify;

impl<T: Config> Pallet<T> {
	/// Enters a device whose key signed that it is to report there.
	pub(crate) fn admit(
		institution: InstitutionId,
		key: DeviceKey,
		codes: H256,
		signature: [u8; 64],
	) -> Result<(), Error<T>> {
		ensure!(!is_weak_ed25519(&key) && is_canonical_ed25519(&key), Error::WeakKey);
		ensure!(!Devices::<T>::contains_key(key), Error::AlreadyProvisioned);
		ensure!(!T::Registry::knows_key(&key), Error::KeyInUse);
		let claim = DeviceClaim {
			genesis: Self::genesis(),
			institution,
			device: key,
			codes,
		};
		let message = tagged(DEVICE_TAG, &claim);
		let signature = ed25519::Signature::from_raw(signature);
		let signed = signature.verify(message.as_slice(), &ed25519::Public::from_raw(key));
		ensure!(signed, Error::ClaimInvalid);
		let device = Device {
			institution,
			codes,
			status: Status::Active,
			bindings: 0,
			latest: None,
			anchored: None,
			next_seq: 0,
			missing: 0,
		};
		Devices::<T>::insert(key, device);
		Ok(())
	}

	/// Sets a device's status, and tells who is measured by it. One that is revoked measures nobody any more.
	pub(crate) fn change_status(
		who: &T::AccountId,
		key: DeviceKey,
		mut device: Device,
		status: Status,
	) -> Result<(), Error<T>> {
		ensure!(!matches!(device.status, Status::Revoked), Error::DeviceRevoked);
		ensure!(device.status != status, Error::StatusUnchanged);
		device.status = status;
		let running = device.latest.and_then(Self::running);
		Devices::<T>::insert(key, device);
		match (status, running) {
			(Status::Revoked, Some((id, binding))) => Self::cut_off(who, id, binding),
			(Status::Suspended, Some((id, binding))) => {
				Self::interrupted(who, binding.patient, Kind::DeviceSuspended { binding: id });
			}
			(Status::Active, Some((id, binding))) => {
				Self::interrupted(who, binding.patient, Kind::DeviceReinstated { binding: id });
			}
			(_, None) => (),
		}
		if matches!(status, Status::Revoked) && Offers::<T>::contains_key(key) {
			Self::drop_offer(who, key)?;
		}
		Ok(())
	}

	fn interrupted(who: &T::AccountId, patient: PatientId, kind: Kind<T::AccountId>) {
		let entry = T::Audit::append(patient, Some(who.clone()), kind);
		Self::deposit_event(Event::Interrupted { patient, entry });
	}

	/// The device.
	pub(crate) fn ensure_device(key: &DeviceKey) -> Result<Device, Error<T>> {
		Devices::<T>::get(key).ok_or(Error::UnknownDevice)
	}

	/// Ends an offer, lapsed or not.
	pub(crate) fn drop_offer(who: &T::AccountId, device: DeviceKey) -> Result<(), Error<T>> {
		let patient = Offers::<T>::take(device).ok_or(Error::NoOffer)?.patient;
		let entry = T::Audit::append(patient, Some(who.clone()), Kind::DeviceOfferEnded { device });
		Self::deposit_event(Event::OfferEnded { patient, device, entry });
		Ok(())
	}
}

impl<T: Config> DeviceKeys for Pallet<T> {
	fn is_device(key: &DeviceKey) -> bool {
		Devices::<T>::contains_key(key)
	}
}
