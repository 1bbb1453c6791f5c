//! What the other pallets and the runtime API ask.

use crate::{
	Applications, Assignments, AttestedApplication, CaregiversOf, ComingKeys, ComingKeysOf, Config, Credentials,
	GuardiansOf, Home, HpkeKeys, Institutions, KeyLosses, NextInstitution, Pallet, PatientOf, Patients, Registrars,
	Tombstones, MAX_INSTITUTIONS_PAGE,
};
use alloc::vec::Vec;
use codec::DecodeAll;
use frame_support::traits::Time;
use salus_primitives::{
	Assignment, Credential, Guardianship, Institution, InstitutionId, KeyLoss, Moment, Patient, PatientId, Registry,
	Standing, Status,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;

impl<T: Config> Pallet<T> {
	/// The institution's entry.
	pub fn institution(id: InstitutionId) -> Option<Institution<T::AccountId>> {
		Institutions::<T>::get(id)
	}

	/// The institutions with ids from `from` on, at most `limit` and never more than [`MAX_INSTITUTIONS_PAGE`].
	pub fn institutions(from: InstitutionId, limit: u32) -> Vec<(InstitutionId, Institution<T::AccountId>)> {
		let end = NextInstitution::<T>::get().min(from.saturating_add(limit.min(MAX_INSTITUTIONS_PAGE)));
		(from..end)
			.filter_map(|id| Institutions::<T>::get(id).map(|institution| (id, institution)))
			.collect()
	}

	/// The account's credential at the institution, and whether both count now.
	pub fn credential_view(account: &T::AccountId, institution: InstitutionId) -> Option<(Credential, bool)> {
		let credential = Credentials::<T>::get((account, institution))?;
		let active = credential.is_active(T::Time::now()) && Self::active_institution(institution).is_ok();
		Some((credential, active))
	}

	/// Who attests the institution's applications.
	pub fn registrar(institution: InstitutionId) -> Option<T::AccountId> {
		Registrars::<T>::get(institution)
	}

	/// The attested application of an account that waits at an institution, or has lapsed there.
	pub fn application(
		applicant: &T::AccountId,
		institution: InstitutionId,
	) -> Option<AttestedApplication<T::AccountId>> {
		Applications::<T>::get((applicant, institution))
	}

	/// What the institution announced and is not in force.
	pub fn coming_keys(institution: InstitutionId) -> Option<ComingKeys> {
		ComingKeysOf::<T>::get(institution)
	}

	/// The patient's entry.
	pub fn patient(id: PatientId) -> Option<Patient<T::AccountId>> {
		Patients::<T>::get(id)
	}

	/// The id of which the account is the controller.
	pub fn patient_of(controller: &T::AccountId) -> Option<PatientId> {
		PatientOf::<T>::get(controller)
	}

	/// The patient's guardians, whether they are in force or not.
	pub fn guardianships(patient: PatientId) -> Vec<Guardianship<T::AccountId>> {
		GuardiansOf::<T>::get(patient).into_inner()
	}

	/// The patient's caregivers.
	pub fn caregivers(patient: PatientId) -> Vec<T::AccountId> {
		CaregiversOf::<T>::get(patient).into_inner()
	}

	/// The institution whose quota the account uses.
	pub fn home(account: &T::AccountId) -> Option<InstitutionId> {
		Home::<T>::get(account)
	}
}

impl<T: Config> Registry<T::AccountId> for Pallet<T> {
	fn institution(id: InstitutionId) -> Option<Institution<T::AccountId>> {
		Self::institution(id)
	}

	fn is_officer(account: &T::AccountId, institution: InstitutionId) -> bool {
		Self::active_institution(institution).is_ok_and(|institution| institution.officers.contains(account))
	}

	fn standing(account: &T::AccountId, institution: InstitutionId) -> Option<Standing> {
		let (credential, active) = Self::credential_view(account, institution)?;
		Some(Standing {
			role: credential.role,
			active,
			begun: credential.valid_from,
		})
	}

	fn is_revoked(account: &T::AccountId, institution: InstitutionId) -> bool {
		Credentials::<T>::get((account, institution)).is_some_and(|credential| credential.status == Status::Revoked)
	}

	fn patient(id: PatientId) -> Option<Patient<T::AccountId>> {
		Self::patient(id)
	}

	fn is_controller(account: &T::AccountId, patient: PatientId) -> bool {
		PatientOf::<T>::get(account) == Some(patient)
	}

	fn is_assigned(practitioner: &T::AccountId, patient: PatientId, institution: InstitutionId) -> bool {
		matches!(
			Self::assignment(patient, practitioner, institution),
			Some(Assignment::Accepted(_))
		)
	}

	fn is_assigned_since(
		practitioner: &T::AccountId,
		patient: PatientId,
		institution: InstitutionId,
		begun: Moment,
	) -> bool {
		let assignment = Assignments::<T>::get(patient, (practitioner, institution));
		matches!(assignment, Some(Assignment::Accepted(at)) if begun <= at)
	}

	fn guardianships(patient: PatientId) -> Vec<Guardianship<T::AccountId>> {
		Self::guardianships(patient)
	}

	fn is_caregiver(patient: PatientId, account: &T::AccountId) -> bool {
		CaregiversOf::<T>::get(patient).contains(account)
	}

	fn key_loss(patient: PatientId) -> KeyLoss {
		KeyLosses::<T>::get(patient)
	}

	fn home(account: &T::AccountId) -> Option<InstitutionId> {
		Self::home(account)
	}

	fn knows_key(key: &[u8; 32]) -> bool {
		// An account of other than 32 bytes is nobody's key.
		let account = T::AccountId::decode_all(&mut &key[..]);
		account.is_ok_and(|account| Home::<T>::contains_key(&account) || Tombstones::<T>::contains_key(&account))
			|| HpkeKeys::<T>::contains_key(H256(blake2_256(key)))
	}

	fn active_since(account: &T::AccountId, institution: InstitutionId) -> Option<Moment> {
		Self::since(account, institution)
	}
}
