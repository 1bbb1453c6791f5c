//! Bindings: which device measures whom, from when to when. A device measures one patient at a time, and nobody without her
//! consent.

use crate::{
	Bindings, BindingsOf, Config, Devices, Error, Event, NextBinding, Offers, Pallet, MAX_BINDING, OFFER_LIFETIME,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	wrapped, AuditTrail, Binding, BindingConsent, BindingId, Device, DeviceKey, DeviceOffer, Kind, Moment, PatientId,
	Role, Status, BIND_TAG,
};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::Verify;

/// From when, and until before when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Interval {
	/// From when; from when it is made on where that is later.
	pub starts: Moment,
	/// Until before when.
	pub ends: Moment,
}

/// A patient's consent to a binding, as she or her guardian signed it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Statement<AccountId, Signature> {
	/// Who signed.
	pub signer: AccountId,
	/// It is void from this time on.
	pub not_after: Moment,
	/// Under a `BindingConsent`.
	pub signature: Signature,
}

impl<T: Config> Pallet<T> {
	/// Whether the device can be bound for this time.
	fn ensure_free(device: &Device, time: Interval) -> Result<(), Error<T>> {
		let now = T::Time::now();
		ensure!(matches!(device.status, Status::Active), Error::DeviceInactive);
		ensure!(time.starts.max(now) < time.ends, Error::IntervalInverted);
		ensure!(time.ends <= now.saturating_add(MAX_BINDING), Error::IntervalTooLong);
		ensure!(device.latest.and_then(Self::running).is_none(), Error::StillBound);
		Ok(())
	}

	/// The binding, if it is not over.
	pub(crate) fn running(id: BindingId) -> Option<(BindingId, Binding)> {
		let binding = Bindings::<T>::get(id)?;
		(T::Time::now() < binding.ends).then_some((id, binding))
	}

	/// Whether nobody else may accept the device: a lapsed offer stands in nobody's way.
	fn ensure_unoffered(key: &DeviceKey) -> Result<(), Error<T>> {
		let offered = Offers::<T>::get(key).is_some_and(|offer| T::Time::now() < offer.until);
		ensure!(!offered, Error::DeviceOffered);
		Ok(())
	}

	/// Whether the patient, or who may in her place, signed for the device's next binding.
	pub(crate) fn check_statement(
		key: DeviceKey,
		device: &Device,
		patient: PatientId,
		time: Interval,
		statement: &Statement<T::AccountId, T::Signature>,
	) -> Result<(), Error<T>> {
		let entry = Self::ensure_patient_of(patient, device.institution)?;
		ensure!(T::Time::now() < statement.not_after, Error::ConsentExpired);
		let until = Self::consents_until(&statement.signer, patient, &entry).ok_or(Error::NotTheirConsent)?;
		ensure!(time.ends <= until, Error::BeyondGuardianship);
		Self::ensure_key_held(&statement.signer, patient, &entry)?;
		let consent = BindingConsent {
			genesis: Self::genesis(),
			device: key,
			number: device.bindings,
			patient,
			starts: time.starts,
			ends: time.ends,
			not_after: statement.not_after,
		};
		let message = wrapped(BIND_TAG, &consent);
		let signed = statement.signature.verify(message.as_slice(), &statement.signer);
		ensure!(signed, Error::ConsentInvalid);
		Ok(())
	}

	/// Binds a device, on a statement or another's acceptance.
	pub(crate) fn attach(
		who: T::AccountId,
		key: DeviceKey,
		mut device: Device,
		patient: PatientId,
		time: Interval,
	) -> Result<(), Error<T>> {
		Self::ensure_free(&device, time)?;
		let id = NextBinding::<T>::get();
		let next = id.checked_add(1).ok_or(Error::IdsExhausted)?;
		device.bindings = device.bindings.checked_add(1).ok_or(Error::IdsExhausted)?;
		device.latest = Some(id);
		Self::list(patient, id)?;
		NextBinding::<T>::put(next);
		Devices::<T>::insert(key, device);
		Offers::<T>::remove(key);
		let binding = Binding {
			device: key,
			patient,
			starts: time.starts.max(T::Time::now()),
			ends: time.ends,
			last_at: None,
		};
		let (starts, ends) = (binding.starts, binding.ends);
		Bindings::<T>::insert(id, binding);
		let kind = Kind::DeviceBound {
			binding: id,
			device: key,
		};
		let entry = T::Audit::append(patient, Some(who), kind);
		Self::deposit_event(Event::Bound {
			patient,
			device: key,
			binding: id,
			starts,
			ends,
			entry,
		});
		Ok(())
	}

	/// Puts a binding onto the patient's list. Where that is full, the oldest that is over makes room; if nothing was
	/// measured in it, nothing of it remains but the entries in her trail.
	fn list(patient: PatientId, id: BindingId) -> Result<(), Error<T>> {
		let mut list = BindingsOf::<T>::get(patient);
		if list.is_full() {
			let over = list.iter().position(|id| Self::running(*id).is_none());
			let oldest = list.remove(over.ok_or(Error::TooManyBindings)?);
			if Bindings::<T>::get(oldest).is_some_and(|binding| binding.last_at.is_none()) {
				Bindings::<T>::remove(oldest);
			}
		}
		list.try_push(id).map_err(|_| Error::TooManyBindings)?;
		BindingsOf::<T>::insert(patient, list);
		Ok(())
	}

	/// Offers a device. On paper, the patient has signed already, and the desk saw her do so.
	pub(crate) fn propose(
		who: T::AccountId,
		key: DeviceKey,
		patient: PatientId,
		time: Interval,
		scan: Option<H256>,
	) -> Result<(), Error<T>> {
		let device = Self::ensure_device(&key)?;
		match scan {
			Some(_) => Self::ensure_desk(&who, device.institution)?,
			None => Self::ensure_ward(&who, device.institution)?,
		}
		let entry = Self::ensure_patient_of(patient, device.institution)?;
		ensure!(scan.is_none() || entry.controller.is_none(), Error::NotOnPaper);
		Self::ensure_free(&device, time)?;
		Self::ensure_unoffered(&key)?;
		let until = T::Time::now().saturating_add(OFFER_LIFETIME).min(time.ends);
		let offer = DeviceOffer {
			patient,
			by: who.clone(),
			starts: time.starts,
			ends: time.ends,
			scan,
			until,
		};
		Offers::<T>::insert(key, offer);
		let entry = T::Audit::append(patient, Some(who), Kind::DeviceOffered { device: key });
		Self::deposit_event(Event::Offered {
			patient,
			device: key,
			until,
			entry,
		});
		Ok(())
	}

	/// Accepts an offered device: the patient or who may in her place, or of one on paper the second witness.
	pub(crate) fn take_up(who: T::AccountId, key: DeviceKey) -> Result<(), Error<T>> {
		let device = Self::ensure_device(&key)?;
		let offer = Offers::<T>::get(key).ok_or(Error::NoOffer)?;
		ensure!(T::Time::now() < offer.until, Error::NoOffer);
		let patient = offer.patient;
		let entry = Self::ensure_patient_of(patient, device.institution)?;
		if let Some(scan) = offer.scan {
			ensure!(entry.controller.is_none(), Error::NotOnPaper);
			ensure!(
				Self::works_as(&who, device.institution, &Role::ALL)?,
				Error::NotPermitted
			);
			ensure!(who != offer.by, Error::OwnOffer);
			let with = offer.by;
			let desk = Self::works_as(&with, device.institution, &[Role::Administrator])?;
			ensure!(desk, Error::WitnessLeft);
			let entry = T::Audit::append(patient, Some(who.clone()), Kind::PaperWitnessed { with, scan });
			Self::deposit_event(Event::PaperWitnessed { patient, entry });
		} else {
			let until = Self::consents_until(&who, patient, &entry).ok_or(Error::NotPermitted)?;
			ensure!(offer.ends <= until, Error::BeyondGuardianship);
			Self::ensure_key_held(&who, patient, &entry)?;
		}
		let time = Interval {
			starts: offer.starts,
			ends: offer.ends,
		};
		Self::attach(who, key, device, patient, time)
	}

	/// Binds a device on the patient's signed consent.
	pub(crate) fn attach_on_statement(
		who: T::AccountId,
		key: DeviceKey,
		patient: PatientId,
		time: Interval,
		statement: &Statement<T::AccountId, T::Signature>,
	) -> Result<(), Error<T>> {
		let device = Self::ensure_device(&key)?;
		Self::ensure_ward(&who, device.institution)?;
		Self::ensure_unoffered(&key)?;
		Self::check_statement(key, &device, patient, time, statement)?;
		Self::attach(who, key, device, patient, time)
	}

	/// Ends a binding.
	pub(crate) fn detach(who: &T::AccountId, id: BindingId) -> Result<(), Error<T>> {
		let binding = Bindings::<T>::get(id).ok_or(Error::UnknownBinding)?;
		let device = Self::ensure_device(&binding.device)?;
		Self::ensure_involved(who, binding.patient, device.institution)?;
		ensure!(T::Time::now() < binding.ends, Error::BindingOver);
		Self::cut_off(who, id, binding);
		Ok(())
	}

	/// Ends a binding that is not over: now, and not before the latest reading that was anchored, whose clock can be ahead
	/// a little. One that has not begun never does.
	pub(crate) fn cut_off(who: &T::AccountId, id: BindingId, mut binding: Binding) {
		let now = T::Time::now();
		let after_last = binding.last_at.map_or(0, |last| last.saturating_add(1));
		binding.ends = binding.ends.min(now.max(after_last));
		binding.starts = binding.starts.min(binding.ends);
		let (patient, ends) = (binding.patient, binding.ends);
		Bindings::<T>::insert(id, binding);
		let entry = T::Audit::append(patient, Some(who.clone()), Kind::DeviceUnbound { binding: id });
		Self::deposit_event(Event::Unbound {
			patient,
			binding: id,
			ends,
			entry,
		});
	}
}
