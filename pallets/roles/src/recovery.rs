//! The recovery of a lost key: two officers propose it and the council completes it, or enough of the contacts whom the
//! patient chose before vouch for it and seven days complete it. Whoever holds the old key can object, a thief too: then
//! the council decides, and contacts outweigh the objection.

use crate::{
	acts::Officers, keys, Config, Contacts, ContactsCommitment, ContactsOf, Error, KeyLosses, Pallet, PatientOf,
	Recoveries, Recovery, Vouching, CONTESTED_RECOVERY_NOTICE, MAX_CONTACTS, RECOVERY_NOTICE,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	contacts_commitment, wrapped, Capacity, ControllerCause, HpkeKey, KeyLoss, Kind, Moment, PatientId, RecoveryChange,
	VOUCH_TAG,
};
use sp_core::H256;
use sp_runtime::{traits::Verify, DispatchResult};

/// The salt and the contacts of a commitment, with what some of them sign.
pub(crate) type Shown<'a, T> = (
	&'a [u8; 32],
	&'a Contacts<<T as frame_system::Config>::AccountId>,
	&'a Vouching<<T as Config>::Signature>,
);

impl<T: Config> Pallet<T> {
	/// Enters a recovery, instead of an earlier one. Its HPKE key is taken from now on: it is public, and a thief who has
	/// the old key would take it for the patient and so end each recovery there is.
	pub(crate) fn begin_recovery(
		officers: &Officers<T>,
		patient: PatientId,
		recovery: Recovery<T::AccountId>,
		lost_at: Moment,
		signature: &T::Signature,
	) -> Result<(), Error<T>> {
		let entry = Self::active_patient_here(officers.institution, patient)?;
		ensure!(entry.controller.is_some(), Error::NoController);
		let controller = recovery.controller.clone();
		Self::enter_recovery(patient, recovery, lost_at, signature)?;
		let with = officers.proposer.clone();
		Self::tell(officers, patient, Kind::RecoveryProposed { controller, with });
		Ok(())
	}

	/// Enters a recovery for which enough of the patient's contacts vouch, and no officer.
	pub(crate) fn recover_by_contacts(
		who: T::AccountId,
		patient: PatientId,
		to: (T::AccountId, HpkeKey),
		lost_at: Moment,
		shown: &Shown<'_, T>,
		signature: &T::Signature,
	) -> Result<(), Error<T>> {
		let entry = Self::active_patient(patient)?;
		ensure!(entry.controller.is_some(), Error::NoController);
		ensure!(!Recoveries::<T>::contains_key(patient), Error::RecoveryOpen);
		let (controller, hpke) = to;
		let evidence = Self::check_vouching(patient, (&controller, &hpke), shown)?;
		let recovery = Recovery {
			controller: controller.clone(),
			hpke,
			evidence,
			since: T::Time::now(),
			objected: false,
			vouched: true,
		};
		Self::enter_recovery(patient, recovery, lost_at, signature)?;
		let with = who.clone();
		Self::append(patient, Some(who.clone()), Kind::RecoveryProposed { controller, with });
		Self::note_recovery(patient, Some(who), RecoveryChange::Vouched);
		Ok(())
	}

	fn enter_recovery(
		patient: PatientId,
		recovery: Recovery<T::AccountId>,
		lost_at: Moment,
		signature: &T::Signature,
	) -> Result<(), Error<T>> {
		ensure!(lost_at <= recovery.since, Error::LossInFuture);
		let controller = recovery.controller.clone();
		Self::ensure_unused(&controller)?;
		if let Some(earlier) = Recoveries::<T>::take(patient) {
			keys::release::<T>(&earlier.hpke)?;
		}
		keys::claim(&recovery.hpke)?;
		let capacity = Capacity::Controller;
		Self::check_acceptance(patient, capacity, &controller, Some(&recovery.hpke), signature)?;
		Recoveries::<T>::insert(patient, recovery);
		KeyLosses::<T>::mutate(patient, |loss| loss.waiting = Some(lost_at));
		Ok(())
	}

	/// Notes that whoever holds the old key objects.
	pub(crate) fn hear_objection(who: T::AccountId) -> Result<(), Error<T>> {
		let patient = PatientOf::<T>::get(&who).ok_or(Error::NotAPatient)?;
		Self::change_recovery(patient, |recovery| {
			ensure!(!recovery.objected, Error::AlreadyObjected);
			recovery.objected = true;
			Ok(())
		})?;
		Self::note_recovery(patient, Some(who), RecoveryChange::Objected);
		Ok(())
	}

	/// Commits the patient to contacts whom she can lose her key with.
	pub(crate) fn commit_contacts(who: T::AccountId, contacts: Option<ContactsCommitment>) -> Result<(), Error<T>> {
		let patient = PatientOf::<T>::get(&who).ok_or(Error::NotAPatient)?;
		Self::active_patient(patient)?;
		// A thief with the key would change them.
		ensure!(!Recoveries::<T>::contains_key(patient), Error::RecoveryOpen);
		match contacts {
			Some(contacts) => {
				let possible = 1 <= contacts.threshold && u32::from(contacts.threshold) <= MAX_CONTACTS;
				ensure!(possible, Error::ThresholdOutOfRange);
				ContactsOf::<T>::insert(patient, contacts);
			}
			None => ContactsOf::<T>::remove(patient),
		}
		Self::append(patient, Some(who), Kind::RecoveryContactsSet);
		Ok(())
	}

	/// Notes that enough of the contacts vouch for a recovery: they are shown, and sign the new keys.
	pub(crate) fn hear_contacts(who: T::AccountId, patient: PatientId, shown: &Shown<'_, T>) -> Result<(), Error<T>> {
		ensure!(ContactsOf::<T>::contains_key(patient), Error::NoContacts);
		Self::change_recovery(patient, |recovery| {
			ensure!(!recovery.vouched, Error::AlreadyVouched);
			Self::check_vouching(patient, (&recovery.controller, &recovery.hpke), shown)?;
			recovery.vouched = true;
			Ok(())
		})?;
		Self::note_recovery(patient, Some(who), RecoveryChange::Vouched);
		Ok(())
	}

	/// Enough of those whom the patient committed to sign these keys. The commitment they open.
	fn check_vouching(
		patient: PatientId,
		(controller, hpke): (&T::AccountId, &HpkeKey),
		(salt, contacts, signatures): &Shown<'_, T>,
	) -> Result<H256, Error<T>> {
		let committed = ContactsOf::<T>::get(patient).ok_or(Error::NoContacts)?;
		let shown = contacts_commitment(salt, committed.threshold, contacts);
		ensure!(shown == committed.commitment, Error::ContactsDiffer);
		let places: BTreeSet<_> = signatures.iter().map(|(place, _)| *place).collect();
		let enough = places.len() == signatures.len() && places.len() >= usize::from(committed.threshold);
		ensure!(enough, Error::TooFewContacts);
		let message = wrapped(VOUCH_TAG, &(Self::genesis(), patient, controller, hpke));
		for (place, signature) in signatures.iter() {
			let contact = contacts.get(usize::from(*place)).ok_or(Error::VouchInvalid)?;
			ensure!(signature.verify(message.as_slice(), contact), Error::VouchInvalid);
		}
		Ok(committed.commitment)
	}

	/// Completes a recovery that the contacts vouch for and nobody objects to.
	pub(crate) fn complete_vouched(patient: PatientId) -> DispatchResult {
		let recovery = Recoveries::<T>::get(patient).ok_or(Error::<T>::NoRecovery)?;
		ensure!(recovery.vouched && !recovery.objected, Error::<T>::CouncilDecides);
		Self::judge_recovery(patient, true)
	}

	/// The council's word about a recovery. Refusing one needs no waiting.
	pub(crate) fn judge_recovery(patient: PatientId, complete: bool) -> DispatchResult {
		let recovery = Recoveries::<T>::take(patient).ok_or(Error::<T>::NoRecovery)?;
		keys::release::<T>(&recovery.hpke)?;
		if !complete {
			KeyLosses::<T>::mutate_exists(patient, |slot| {
				let loss = slot.take().unwrap_or_default();
				let before = KeyLoss { waiting: None, ..loss };
				*slot = Some(before).filter(|loss| !loss.is_none());
			});
			Self::note_recovery(patient, None, RecoveryChange::Refused);
			return Ok(());
		}
		let notice = if recovery.objected && !recovery.vouched {
			CONTESTED_RECOVERY_NOTICE
		} else {
			RECOVERY_NOTICE
		};
		let due = recovery.since.saturating_add(notice);
		ensure!(due <= T::Time::now(), Error::<T>::RecoveryNotDue);
		let entry = Self::active_patient(patient)?;
		Self::change_keys(patient, entry, Some(&recovery.controller), Some(recovery.hpke))?;
		KeyLosses::<T>::mutate(patient, |loss| *loss = loss.completed(T::Time::now()));
		let kind = Kind::ControllerChanged {
			controller: recovery.controller,
			cause: ControllerCause::Recovered,
		};
		Self::append(patient, None, kind);
		Ok(())
	}

	fn change_recovery(
		patient: PatientId,
		change: impl FnOnce(&mut Recovery<T::AccountId>) -> Result<(), Error<T>>,
	) -> Result<(), Error<T>> {
		Recoveries::<T>::try_mutate(patient, |recovery| change(recovery.as_mut().ok_or(Error::NoRecovery)?))
	}

	fn note_recovery(patient: PatientId, actor: Option<T::AccountId>, change: RecoveryChange) {
		Self::append(patient, actor, Kind::RecoveryChanged { change });
	}
}
