//! Who signs, and who and what is named.

use crate::{Config, Error, Grants, Pallet};
use frame_support::{dispatch::DispatchResult, ensure, traits::Time};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use salus_primitives::{
	ActionSet, GrantId, Grantee, InstitutionId, Moment, PatientId, PatientStatus, Registry, Role, Terms,
};
use sp_runtime::DispatchError;

/// What the signer may give: the patient everything, a guardian what she may do herself, for as long as she may, outside
/// of compartments, and nothing beyond the patient's life, with which she is no guardian any more.
pub(crate) struct Scope(Option<(ActionSet, Moment)>);

impl Scope {
	/// The patient's own.
	pub const PATIENT: Self = Self(None);

	/// Whether it is a guardian's.
	pub fn is_guardians(&self) -> bool {
		self.0.is_some()
	}

	/// Whether the terms are within it.
	pub fn covers(&self, terms: &Terms) -> bool {
		self.0.is_none_or(|(actions, until)| {
			terms.actions.is_subset(actions) && terms.ends <= until && terms.compartments.is_empty() && !terms.outlives
		})
	}
}

impl<T: Config> Pallet<T> {
	/// The signer, who has to be the patient.
	pub(crate) fn ensure_patient(origin: OriginFor<T>, patient: PatientId) -> Result<T::AccountId, DispatchError> {
		let who = ensure_signed(origin)?;
		if !T::Registry::is_controller(&who, patient) {
			let known = T::Registry::patient(patient).is_some();
			return Err(if known {
				Error::<T>::NotThePatient
			} else {
				Error::<T>::UnknownPatient
			}
			.into());
		}
		Ok(who)
	}

	/// The signer, who has to be the patient or a guardian who may consent in her place, and how far that goes.
	pub(crate) fn ensure_acts_for(
		origin: OriginFor<T>,
		patient: PatientId,
	) -> Result<(T::AccountId, Scope), DispatchError> {
		let who = ensure_signed(origin.clone())?;
		let consents = T::Registry::guardianship(patient, &who).filter(|guardianship| {
			let status = T::Registry::patient(patient).map(|patient| patient.status);
			guardianship.consents && status.is_some_and(|status| guardianship.is_active(T::Time::now(), status))
		});
		match consents {
			Some(guardianship) => Ok((who, Scope(Some((guardianship.actions, guardianship.ends))))),
			None => Ok((Self::ensure_patient(origin, patient)?, Scope::PATIENT)),
		}
	}

	/// The signer, who may open again what a denial closes: the patient, or, while no key of her own says what she wants,
	/// a guardian who may consent in her place.
	pub(crate) fn ensure_opens(
		origin: OriginFor<T>,
		patient: PatientId,
	) -> Result<(T::AccountId, Scope), DispatchError> {
		let has_key = T::Registry::patient(patient).is_some_and(|patient| patient.controller.is_some());
		if has_key {
			return Ok((Self::ensure_patient(origin, patient)?, Scope::PATIENT));
		}
		Self::ensure_acts_for(origin, patient)
	}

	/// The signer, who has to act for the patient or have passed the grant on.
	pub(crate) fn ensure_revokes(
		origin: OriginFor<T>,
		patient: PatientId,
		grantee: &Grantee<T::AccountId>,
		grant: GrantId,
	) -> Result<T::AccountId, DispatchError> {
		let who = ensure_signed(origin.clone())?;
		let passed_on = Grants::<T>::get(patient, grantee)
			.iter()
			.any(|given| given.id == grant && given.parent.is_some() && given.given_by == who);
		if passed_on {
			return Ok(who);
		}
		Self::ensure_acts_for(origin, patient).map(|(who, _)| who)
	}

	/// Whether the patient lives, under this id.
	pub(crate) fn ensure_alive(patient: PatientId) -> DispatchResult {
		let entry = T::Registry::patient(patient).ok_or(Error::<T>::UnknownPatient)?;
		ensure!(
			matches!(entry.status, PatientStatus::Active),
			Error::<T>::PatientNotActive
		);
		Ok(())
	}

	/// Whether the patient is not known to have died. What stands under an id that was merged can save her life.
	pub(crate) fn ensure_not_deceased(patient: PatientId) -> DispatchResult {
		let entry = T::Registry::patient(patient).ok_or(Error::<T>::UnknownPatient)?;
		ensure!(
			!matches!(entry.status, PatientStatus::Deceased(_)),
			Error::<T>::PatientNotActive
		);
		Ok(())
	}

	/// Whether there is such an institution; one that is suspended can be named.
	pub(crate) fn ensure_institution(institution: InstitutionId) -> Result<(), Error<T>> {
		ensure!(
			T::Registry::institution(institution).is_some(),
			Error::UnknownInstitution
		);
		Ok(())
	}

	/// The role of somebody whose credential at the institution counts now.
	pub(crate) fn ensure_active(account: &T::AccountId, institution: InstitutionId) -> Result<Role, Error<T>> {
		let Some(standing) = T::Registry::standing(account, institution) else {
			Self::ensure_institution(institution)?;
			return Err(Error::NoCredential);
		};
		ensure!(standing.active, Error::Inactive);
		Ok(standing.role)
	}
}
