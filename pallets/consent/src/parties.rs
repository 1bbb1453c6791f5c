//! Who signs, and who and what is named.

use crate::{Config, Error, Pallet};
use frame_support::{dispatch::DispatchResult, ensure};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use salus_primitives::{InstitutionId, PatientId, PatientStatus, Registry};
use sp_runtime::DispatchError;

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

	/// Whether the patient lives, under this id.
	pub(crate) fn ensure_alive(patient: PatientId) -> DispatchResult {
		let entry = T::Registry::patient(patient).ok_or(Error::<T>::UnknownPatient)?;
		ensure!(
			matches!(entry.status, PatientStatus::Active),
			Error::<T>::PatientNotActive
		);
		Ok(())
	}

	/// Whether there is such an institution; one that is suspended can be named.
	pub(crate) fn ensure_institution(institution: InstitutionId) -> DispatchResult {
		ensure!(
			T::Registry::institution(institution).is_some(),
			Error::<T>::UnknownInstitution
		);
		Ok(())
	}
}
