//! Notes of patients' deaths: two officers make them and take them back, and whoever lives contests hers.

use crate::{
	acts::Officers, Config, ContestedDeath, ContestedDeaths, Error, GuardiansOf, KeyLosses, Pallet, PatientOf,
	Patients, OBJECTION_WINDOW,
};
use frame_support::{ensure, traits::Time};
use salus_primitives::{DeathChange, Kind, Moment, PatientId, PatientStatus};

impl<T: Config> Pallet<T> {
	/// Notes a patient's death.
	pub(crate) fn note_death(officers: &Officers<T>, patient: PatientId, at: Moment) -> Result<(), Error<T>> {
		Self::active_patient_here(officers.institution, patient)?;
		ensure!(!ContestedDeaths::<T>::contains_key(patient), Error::DeathContested);
		ensure!(at <= T::Time::now(), Error::DeathInFuture);
		Self::set_status(patient, PatientStatus::Deceased(at));
		// An executor of an earlier note has to be objected to anew.
		let objectable = T::Time::now().saturating_add(OBJECTION_WINDOW);
		GuardiansOf::<T>::mutate_extant(patient, |guardians| {
			for executor in guardians.iter_mut().filter(|one| one.executor) {
				executor.starts = executor.starts.max(objectable);
			}
		});
		let with = officers.proposer.clone();
		Self::tell(officers, patient, Kind::PatientDeceased { at, with });
		Ok(())
	}

	/// Takes the note of a death back, contested or not: it was another's.
	pub(crate) fn retract_death(officers: &Officers<T>, patient: PatientId) -> Result<(), Error<T>> {
		let entry = Self::patient_here(officers.institution, patient)?;
		let deceased = matches!(entry.status, PatientStatus::Deceased(_));
		let contested = ContestedDeaths::<T>::take(patient).is_some();
		ensure!(deceased || contested, Error::PatientNotDeceased);
		if deceased {
			Self::set_status(patient, PatientStatus::Active);
		}
		let with = officers.proposer.clone();
		Self::tell(officers, patient, Kind::DeathRetracted { with });
		Ok(())
	}

	/// Suspends the note of a death until the council decides, as the patient contests it or a guardian who acted for her.
	pub(crate) fn contest_note(who: T::AccountId, patient: PatientId) -> Result<(), Error<T>> {
		let status = Patients::<T>::get(patient).ok_or(Error::UnknownPatient)?.status;
		let guards = |account| {
			let guardianship = Self::guardianship_of(patient, account);
			guardianship.is_some_and(|one| one.is_active(T::Time::now(), PatientStatus::Active))
		};
		let involved = PatientOf::<T>::get(&who) == Some(patient) || guards(&who);
		ensure!(involved, Error::NotInvolved);
		// Whoever holds a key that is said to be lost may be no relative of hers; a guardian contests it then.
		let lost = KeyLosses::<T>::get(patient).waiting.is_some();
		ensure!(!lost || guards(&who), Error::RecoveryOpen);
		let PatientStatus::Deceased(at) = status else {
			return Err(Error::PatientNotDeceased);
		};
		ensure!(!ContestedDeaths::<T>::contains_key(patient), Error::DeathUpheld);
		ContestedDeaths::<T>::insert(patient, ContestedDeath { at, upheld: false });
		Self::set_status(patient, PatientStatus::Active);
		let change = DeathChange::Contested;
		Self::append(patient, Some(who), Kind::DeathChanged { change });
		Ok(())
	}

	/// The council's word about a contested death. What it upholds is not contested again.
	pub(crate) fn judge_death(patient: PatientId, upheld: bool) -> Result<(), Error<T>> {
		let contested = ContestedDeaths::<T>::get(patient).filter(|contested| !contested.upheld);
		let at = contested.ok_or(Error::NotContested)?.at;
		let change = if upheld {
			Self::active_patient(patient)?;
			Self::set_status(patient, PatientStatus::Deceased(at));
			ContestedDeaths::<T>::insert(patient, ContestedDeath { at, upheld });
			DeathChange::Upheld
		} else {
			ContestedDeaths::<T>::remove(patient);
			DeathChange::Retracted
		};
		Self::append(patient, None, Kind::DeathChanged { change });
		Ok(())
	}
}
