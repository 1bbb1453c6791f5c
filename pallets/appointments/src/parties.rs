//! Who acts, for whom, and with whom.

use crate::{Config, Error, Pallet};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	Appointment, AppointmentParty, InstitutionId, Patient, PatientId, PatientStatus, Registry, Role, Status,
};

/// Who can have a calendar.
const PRACTITIONERS: [Role; 4] = [Role::Doctor, Role::Nurse, Role::Pharmacist, Role::LabTechnician];

impl<T: Config> Pallet<T> {
	/// On whose side the signer acts for a patient: her own, as her guardian in force who consents for her, or as an administrator of the
	/// institution.
	pub(crate) fn ensure_acts_for(
		who: &T::AccountId,
		id: PatientId,
		institution: InstitutionId,
	) -> Result<(AppointmentParty, Patient<T::AccountId>), Error<T>> {
		let patient = T::Registry::patient(id).ok_or(Error::UnknownPatient)?;
		let guards = || {
			T::Registry::guardianship(id, who).is_some_and(|guardianship| {
				guardianship.consents && guardianship.is_active(T::Time::now(), patient.status)
			})
		};
		// Who goes on under another id acts by that one's key.
		let heir =
			|| T::Registry::goes_on_as(patient.status).is_some_and(|(heir, _)| T::Registry::is_controller(who, heir));
		let party = if T::Registry::is_controller(who, id) || heir() {
			AppointmentParty::Patient
		} else if Self::is_desk(who, institution) {
			AppointmentParty::Desk
		} else if guards() {
			AppointmentParty::Guardian
		} else {
			return Err(Error::NotPermitted);
		};
		Ok((party, patient))
	}

	/// On whose side the signer has a part in an appointment: one of its practitioners, or as for
	/// [`Pallet::ensure_acts_for`].
	pub(crate) fn ensure_party(
		who: &T::AccountId,
		appointment: &Appointment<T::AccountId>,
	) -> Result<AppointmentParty, Error<T>> {
		if Self::is_practitioner_of(who, appointment) {
			return Ok(AppointmentParty::Practitioner);
		}
		Self::ensure_acts_for(who, appointment.patient, appointment.institution).map(|(party, _)| party)
	}

	/// The signer has to work where the appointment is: at the desk, or as one of its practitioners.
	pub(crate) fn ensure_staff_of(who: &T::AccountId, appointment: &Appointment<T::AccountId>) -> Result<(), Error<T>> {
		let staff = Self::is_practitioner_of(who, appointment) || Self::is_desk(who, appointment.institution);
		ensure!(staff, Error::NotPermitted);
		Ok(())
	}

	/// The signer has to keep the practitioner's calendar: she herself or an administrator, at an institution that
	/// counts.
	pub(crate) fn ensure_keeps(
		who: &T::AccountId,
		practitioner: &T::AccountId,
		institution: InstitutionId,
	) -> Result<AppointmentParty, Error<T>> {
		Self::ensure_institution(institution)?;
		if who == practitioner {
			Self::ensure_practitioner(practitioner, institution)?;
			return Ok(AppointmentParty::Practitioner);
		}
		ensure!(Self::is_desk(who, institution), Error::NotPermitted);
		Ok(AppointmentParty::Desk)
	}

	/// The signer has to be the practitioner, whose time it is wherever she works or worked, or to be at the desk.
	pub(crate) fn ensure_frees(
		who: &T::AccountId,
		practitioner: &T::AccountId,
		institution: InstitutionId,
	) -> Result<(), Error<T>> {
		ensure!(
			who == practitioner || Self::is_desk(who, institution),
			Error::NotPermitted
		);
		Ok(())
	}

	/// Whether the account is an administrator of the institution, and both count.
	pub(crate) fn is_desk(who: &T::AccountId, institution: InstitutionId) -> bool {
		T::Registry::standing(who, institution)
			.is_some_and(|standing| standing.active && standing.role == Role::Administrator)
	}

	fn is_practitioner_of(who: &T::AccountId, appointment: &Appointment<T::AccountId>) -> bool {
		appointment.practitioners.contains(who)
			&& T::Registry::standing(who, appointment.institution).is_some_and(|standing| standing.active)
	}

	/// Whether the patient can have an appointment there: she lives under this id, and is a patient of that
	/// institution. A person has an id at each of hers.
	pub(crate) fn ensure_patient_of(
		patient: &Patient<T::AccountId>,
		institution: InstitutionId,
	) -> Result<(), Error<T>> {
		ensure!(matches!(patient.status, PatientStatus::Active), Error::PatientNotActive);
		ensure!(patient.institution == institution, Error::ForeignPatient);
		Self::ensure_institution(institution)
	}

	/// Whether the patient lives, under this id.
	pub(crate) fn is_active(patient: PatientId) -> bool {
		T::Registry::patient(patient).is_some_and(|patient| matches!(patient.status, PatientStatus::Active))
	}

	/// Whether there is such an institution, and it counts.
	pub(crate) fn ensure_institution(id: InstitutionId) -> Result<(), Error<T>> {
		let institution = T::Registry::institution(id).ok_or(Error::UnknownInstitution)?;
		ensure!(matches!(institution.status, Status::Active), Error::InstitutionInactive);
		Ok(())
	}

	/// Whether each can be booked there, and none is named twice.
	pub(crate) fn ensure_practitioners(
		practitioners: &[T::AccountId],
		institution: InstitutionId,
	) -> Result<(), Error<T>> {
		ensure!(!practitioners.is_empty(), Error::NoPractitioner);
		let distinct: BTreeSet<_> = practitioners.iter().collect();
		ensure!(distinct.len() == practitioners.len(), Error::DuplicatePractitioner);
		practitioners
			.iter()
			.try_for_each(|practitioner| Self::ensure_practitioner(practitioner, institution))
	}

	/// Whether the account can be booked there: it has a credential that counts, in a role that sees patients.
	pub(crate) fn ensure_practitioner(account: &T::AccountId, institution: InstitutionId) -> Result<(), Error<T>> {
		let standing = T::Registry::standing(account, institution).ok_or(Error::NoCredential)?;
		ensure!(PRACTITIONERS.contains(&standing.role), Error::NotAPractitioner);
		ensure!(standing.active, Error::PractitionerInactive);
		Ok(())
	}
}
