//! Who acts, and for whom.

use crate::{Config, Error, Pallet};
use frame_support::{ensure, pallet_prelude::Zero, traits::Time};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{InstitutionId, Moment, Patient, PatientId, PatientStatus, Registry, Role, Status};
use sp_core::H256;

/// Who binds devices to patients, besides the desk.
const AT_THE_BED: [Role; 2] = [Role::Doctor, Role::Nurse];

impl<T: Config> Pallet<T> {
	/// The signer has to be at the desk of an institution that counts: an officer or an administrator. Its gateway is.
	pub(crate) fn ensure_desk(who: &T::AccountId, id: InstitutionId) -> Result<(), Error<T>> {
		ensure!(Self::works_as(who, id, &[Role::Administrator])?, Error::NotPermitted);
		Ok(())
	}

	/// The signer has to be at the desk, or a doctor or nurse, of an institution that counts.
	pub(crate) fn ensure_ward(who: &T::AccountId, id: InstitutionId) -> Result<(), Error<T>> {
		let roles = [Role::Administrator, Role::Doctor, Role::Nurse];
		ensure!(Self::works_as(who, id, &roles)?, Error::NotPermitted);
		Ok(())
	}

	/// Whether the account is an officer of an institution that counts, or has one of these roles there now.
	pub(crate) fn works_as(who: &T::AccountId, id: InstitutionId, roles: &[Role]) -> Result<bool, Error<T>> {
		let institution = T::Registry::institution(id).ok_or(Error::UnknownInstitution)?;
		ensure!(matches!(institution.status, Status::Active), Error::InstitutionInactive);
		let standing = || T::Registry::standing(who, id);
		Ok(institution.officers.contains(who)
			|| standing().is_some_and(|standing| standing.active && roles.contains(&standing.role)))
	}

	/// A patient of the institution who lives, under this id.
	pub(crate) fn ensure_patient_of(
		patient: PatientId,
		institution: InstitutionId,
	) -> Result<Patient<T::AccountId>, Error<T>> {
		let entry = T::Registry::patient(patient).ok_or(Error::UnknownPatient)?;
		Self::ensure_lives_at(&entry, institution)?;
		Ok(entry)
	}

	/// She has to be a patient of the institution and to live, under the id that this is the entry of.
	pub(crate) fn ensure_lives_at(entry: &Patient<T::AccountId>, institution: InstitutionId) -> Result<(), Error<T>> {
		ensure!(entry.institution == institution, Error::ForeignPatient);
		ensure!(matches!(entry.status, PatientStatus::Active), Error::PatientNotActive);
		Ok(())
	}

	/// While a recovery waits, the key that is said to be lost lets nobody measure her. A guardian's does.
	pub(crate) fn ensure_key_held(
		who: &T::AccountId,
		id: PatientId,
		patient: &Patient<T::AccountId>,
	) -> Result<(), Error<T>> {
		let lost = patient.controller.as_ref() == Some(who) && T::Registry::key_loss(id).waiting.is_some();
		ensure!(!lost, Error::RecoveryOpen);
		Ok(())
	}

	/// Until when the account consents for the patient, if it does: her own for ever, a guardian's who may in her place for
	/// as long as she is one.
	pub(crate) fn consents_until(who: &T::AccountId, id: PatientId, patient: &Patient<T::AccountId>) -> Option<Moment> {
		if patient.controller.as_ref() == Some(who) {
			return Some(Moment::MAX);
		}
		T::Registry::guardianship(id, who)
			.filter(|guardianship| guardianship.consents && guardianship.is_active(T::Time::now(), patient.status))
			.map(|guardianship| guardianship.ends)
	}

	/// The signer has to consent for the patient, or to work at the bed or the desk of the institution.
	pub(crate) fn ensure_involved(
		who: &T::AccountId,
		patient: PatientId,
		institution: InstitutionId,
	) -> Result<(), Error<T>> {
		let entry = T::Registry::patient(patient).ok_or(Error::UnknownPatient)?;
		if Self::consents_until(who, patient, &entry).is_some() {
			return Ok(());
		}
		Self::ensure_ward(who, institution)
	}

	/// Whether an alert about the patient can go to the account: it is hers, a guardian's or caregiver's, or of a doctor or
	/// nurse of the institution.
	pub(crate) fn is_addressee(
		account: &T::AccountId,
		id: PatientId,
		patient: &Patient<T::AccountId>,
		institution: InstitutionId,
	) -> bool {
		let treats = || {
			T::Registry::standing(account, institution)
				.is_some_and(|standing| standing.active && AT_THE_BED.contains(&standing.role))
		};
		let guards = || {
			T::Registry::guardianship(id, account)
				.is_some_and(|guardianship| guardianship.is_active(T::Time::now(), patient.status))
		};
		patient.controller.as_ref() == Some(account) || treats() || T::Registry::is_caregiver(id, account) || guards()
	}

	/// The genesis hash of this chain: never pruned from `BlockHash`, and known from block 1 on.
	pub(crate) fn genesis() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}
}
