//! The recovery of a lost key: two officers propose it and the council completes it, or enough of the contacts whom the
//! patient chose before vouch for it and seven days complete it. Whoever holds the old key can object, a thief too: then
//! the council decides, and contacts outweigh the objection. What nobody decides lapses.

use crate::{
	acts::Officers, keys, Config, Contacts, ContactsCommitment, ContactsOf, ContestedDeaths, Error, KeyLosses, Pallet,
	PatientOf, Recoveries, Recovery, RecoveryRounds, Vouching, CONTESTED_RECOVERY_NOTICE, MAX_CONTACTS,
	RECOVERY_LIFETIME, RECOVERY_NOTICE, VOUCHING_LIFETIME,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	contacts_commitment, wrapped, Capacity, ControllerCause, HpkeKey, KeyLoss, Kind, Moment, PatientId, RecoveryChange,
	Vouch, VOUCH_TAG,
};
use sp_core::H256;
use sp_runtime::{traits::Verify, DispatchError, DispatchResult};

/// The contacts whom a patient committed to, and what some of them sign.
pub(crate) struct Shown<T: Config> {
	/// From when on it is void.
	pub not_after: Moment,
	/// The salt of the commitment.
	pub salt: [u8; 32],
	/// The contacts, in the order of the commitment.
	pub contacts: Contacts<T::AccountId>,
	/// Who of them signs, and the signatures.
	pub signatures: Vouching<T::Signature>,
}

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
		shown: &Shown<T>,
		signature: &T::Signature,
	) -> Result<(), Error<T>> {
		let entry = Self::active_patient(patient)?;
		ensure!(entry.controller.is_some(), Error::NoController);
		ensure!(!Recoveries::<T>::contains_key(patient), Error::RecoveryOpen);
		let evidence = Self::check_shown(patient, shown)?;
		Self::check_vouches(patient, &to, lost_at, shown)?;
		let (controller, hpke) = to;
		let recovery = Recovery {
			controller: controller.clone(),
			hpke,
			evidence,
			since: T::Time::now(),
			objected: false,
			vouched: true,
		};
		Self::enter_recovery(patient, recovery, lost_at, signature)?;
		Self::append(patient, Some(who), Kind::RecoveryBegunByContacts { controller });
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
		// Instead of an earlier recovery: what was in doubt by that one is still.
		KeyLosses::<T>::mutate(patient, |loss| {
			loss.waiting = Some(loss.waiting.map_or(lost_at, |earlier| earlier.min(lost_at)));
		});
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

	/// Notes that enough of the contacts vouch for a recovery: they are shown, and sign the new keys and since when the old
	/// one is lost, as those who began it said.
	pub(crate) fn hear_contacts(who: T::AccountId, patient: PatientId, shown: &Shown<T>) -> Result<(), Error<T>> {
		Self::check_shown(patient, shown)?;
		Self::change_recovery(patient, |recovery| {
			ensure!(!recovery.vouched, Error::AlreadyVouched);
			let lost_at = KeyLosses::<T>::get(patient).waiting.ok_or(Error::NoRecovery)?;
			let keys = (recovery.controller.clone(), recovery.hpke.clone());
			Self::check_vouches(patient, &keys, lost_at, shown)?;
			recovery.vouched = true;
			Ok(())
		})?;
		Self::note_recovery(patient, Some(who), RecoveryChange::Vouched);
		Ok(())
	}

	/// It is those whom the patient committed to who are shown, and enough of them sign for now. The commitment they open.
	fn check_shown(patient: PatientId, shown: &Shown<T>) -> Result<H256, Error<T>> {
		let committed = ContactsOf::<T>::get(patient).ok_or(Error::NoContacts)?;
		let opened = contacts_commitment(&shown.salt, committed.threshold, &shown.contacts);
		ensure!(opened == committed.commitment, Error::ContactsDiffer);
		let places: BTreeSet<_> = shown.signatures.iter().map(|(place, _)| *place).collect();
		let enough = places.len() == shown.signatures.len() && places.len() >= usize::from(committed.threshold);
		ensure!(enough, Error::TooFewContacts);
		let now = T::Time::now();
		ensure!(now < shown.not_after, Error::VouchingExpired);
		ensure!(
			shown.not_after <= now.saturating_add(VOUCHING_LIFETIME),
			Error::VouchingTooLong
		);
		Ok(committed.commitment)
	}

	/// Each who signs, signs these keys, lost since then, in the round that the patient is in.
	fn check_vouches(
		patient: PatientId,
		(controller, hpke): &(T::AccountId, HpkeKey),
		lost_at: Moment,
		shown: &Shown<T>,
	) -> Result<(), Error<T>> {
		let vouch = Vouch {
			genesis: Self::genesis(),
			patient,
			round: RecoveryRounds::<T>::get(patient),
			controller: controller.clone(),
			hpke: hpke.clone(),
			lost_at,
			not_after: shown.not_after,
		};
		let message = wrapped(VOUCH_TAG, &vouch);
		for (place, signature) in shown.signatures.iter() {
			let contact = shown.contacts.get(usize::from(*place)).ok_or(Error::VouchInvalid)?;
			ensure!(signature.verify(message.as_slice(), contact), Error::VouchInvalid);
		}
		Ok(())
	}

	/// Completes a recovery that the contacts vouch for and nobody objects to.
	pub(crate) fn complete_vouched(patient: PatientId) -> DispatchResult {
		let recovery = Recoveries::<T>::get(patient).ok_or(Error::<T>::NoRecovery)?;
		ensure!(recovery.vouched && !recovery.objected, Error::<T>::CouncilDecides);
		Self::judge_recovery(patient, true)
	}

	/// The council's word about a recovery. Refusing one needs no waiting.
	pub(crate) fn judge_recovery(patient: PatientId, complete: bool) -> DispatchResult {
		let recovery = Self::end_recovery(patient)?;
		if !complete {
			Self::end_doubt(patient);
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

	/// Ends a recovery that nobody decided in time, as if it had been refused.
	pub(crate) fn forget_recovery(who: T::AccountId, patient: PatientId) -> DispatchResult {
		let recovery = Recoveries::<T>::get(patient).ok_or(Error::<T>::NoRecovery)?;
		let until = recovery.since.saturating_add(RECOVERY_LIFETIME);
		ensure!(until <= T::Time::now(), Error::<T>::RecoveryNotExpired);
		// What was in doubt when she died stays so, also while it is contested that she did.
		Self::active_patient(patient)?;
		ensure!(!ContestedDeaths::<T>::contains_key(patient), Error::<T>::DeathContested);
		Self::end_recovery(patient)?;
		Self::end_doubt(patient);
		Self::note_recovery(patient, Some(who), RecoveryChange::Lapsed);
		Ok(())
	}

	/// Takes the recovery that waits. What contacts signed before counts no more: whatever became of it, they signed for
	/// this one.
	fn end_recovery(patient: PatientId) -> Result<Recovery<T::AccountId>, DispatchError> {
		let recovery = Recoveries::<T>::take(patient).ok_or(Error::<T>::NoRecovery)?;
		keys::release::<T>(&recovery.hpke)?;
		RecoveryRounds::<T>::mutate(patient, |round| *round = round.saturating_add(1));
		Ok(recovery)
	}

	/// What was granted since the loss counts again.
	fn end_doubt(patient: PatientId) {
		KeyLosses::<T>::mutate_exists(patient, |slot| {
			let loss = slot.take().unwrap_or_default();
			let before = KeyLoss { waiting: None, ..loss };
			*slot = Some(before).filter(|loss| !loss.is_none());
		});
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
