//! Who else acts for a patient: the caregivers she names and the guardians she is given.

use crate::{
	acts::Officers, patients::is_first_of_month, CaregiversOf, Config, Error, GuardiansOf, GuardianshipTerms, KinOf,
	Pallet, PaperRecords, PatientOf, Patients, OBJECTION_WINDOW,
};
use frame_support::{ensure, traits::Time};
use salus_primitives::{Action, Capacity, Guardianship, GuardianshipChange, Kind, Moment, PatientId, PatientStatus};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Enters a caregiver whom the patient names.
	pub(crate) fn add_caregiver(
		who: T::AccountId,
		patient: PatientId,
		caregiver: T::AccountId,
		signature: &T::Signature,
	) -> Result<(), Error<T>> {
		let institution = Self::active_patient(patient)?.institution;
		CaregiversOf::<T>::try_mutate(patient, |caregivers| {
			ensure!(!caregivers.contains(&caregiver), Error::CaregiverExists);
			Self::check_acceptance(patient, Capacity::Caregiver, &caregiver, None, signature)?;
			Self::join_kin(&caregiver, patient, institution)?;
			caregivers
				.try_push(caregiver.clone())
				.map_err(|_| Error::TooManyCaregivers)
		})?;
		Self::append(patient, Some(who), Kind::CaregiverNamed { caregiver });
		Ok(())
	}

	/// Ends a caregiver's part.
	pub(crate) fn drop_caregiver(who: T::AccountId, patient: PatientId, caregiver: T::AccountId) -> DispatchResult {
		let mut caregivers = CaregiversOf::<T>::get(patient);
		let before = caregivers.len();
		caregivers.retain(|one| *one != caregiver);
		ensure!(caregivers.len() < before, Error::<T>::UnknownCaregiver);
		if caregivers.is_empty() {
			CaregiversOf::<T>::remove(patient);
		} else {
			CaregiversOf::<T>::insert(patient, caregivers);
		}
		Self::leave_kin(&caregiver, patient)?;
		Self::append(patient, Some(who), Kind::CaregiverRemoved { caregiver });
		Ok(())
	}

	/// Enters a guardianship: at once for a patient who is registered as a minor, after the time for objections for
	/// everybody else.
	pub(crate) fn give_guardian(
		officers: &Officers<T>,
		patient: PatientId,
		terms: GuardianshipTerms<T::AccountId>,
		signature: &T::Signature,
	) -> DispatchResult {
		let now = T::Time::now();
		let entry = Self::patient_here(officers.institution, patient)?;
		let theirs = match entry.status {
			PatientStatus::Active => !terms.executor,
			PatientStatus::Deceased(_) => terms.executor,
			PatientStatus::MergedInto(_) => false,
		};
		ensure!(theirs, Error::<T>::WrongCapacity);
		ensure!(!terms.actions.is_empty() || terms.consents, Error::<T>::EmptyScope);
		// She acts in the patient's place, who never amends what a clinician wrote.
		ensure!(!terms.actions.contains(Action::Amend), Error::<T>::GuardianAmends);
		ensure!(now < terms.ends, Error::<T>::DatesInPast);
		ensure!(is_first_of_month(terms.ends), Error::<T>::NotFirstOfMonth);
		// The dead come of age no more: an executor's time is her own.
		let majority = Self::majority(patient).filter(|majority| now < *majority && !terms.executor);
		ensure!(
			majority.is_none_or(|majority| terms.ends <= majority),
			Error::<T>::BeyondMajority
		);
		let capacity = if terms.executor {
			Capacity::Executor
		} else {
			Capacity::Guardian
		};
		Self::check_acceptance(patient, capacity, &terms.guardian, None, signature)?;
		Self::drop_ended(patient, now)?;
		Self::join_kin(&terms.guardian, patient, officers.institution)?;
		let notice = if majority.is_some() { 0 } else { OBJECTION_WINDOW };
		let guardian = terms.guardian.clone();
		let guardianship = Guardianship {
			guardian: terms.guardian,
			executor: terms.executor,
			actions: terms.actions,
			consents: terms.consents,
			evidence: terms.evidence,
			starts: now.saturating_add(notice),
			ends: terms.ends,
			contested: false,
		};
		GuardiansOf::<T>::try_mutate(patient, |guardians| {
			ensure!(
				guardians.iter().all(|one| one.guardian != guardian),
				Error::<T>::GuardianExists
			);
			guardians
				.try_push(guardianship)
				.map_err(|_| Error::<T>::TooManyGuardians)
		})?;
		let with = officers.proposer.clone();
		Self::tell(officers, patient, Kind::GuardianshipProposed { guardian, with });
		Ok(())
	}

	/// Ends a guardianship that has not begun, as the patient or one of her guardians objects.
	pub(crate) fn object(who: T::AccountId, patient: PatientId, guardian: &T::AccountId) -> DispatchResult {
		let now = T::Time::now();
		let status = Patients::<T>::get(patient).ok_or(Error::<T>::UnknownPatient)?.status;
		let proposed = Self::guardianship_of(patient, guardian).ok_or(Error::<T>::UnknownGuardian)?;
		let may_object = PatientOf::<T>::get(&who) == Some(patient)
			|| Self::guardianship_of(patient, &who).is_some_and(|one| one.is_active(now, status));
		ensure!(may_object, Error::<T>::NotInvolved);
		ensure!(now < proposed.starts, Error::<T>::ObjectionTooLate);
		Self::end_guardian(patient, guardian)?;
		Self::note_guardian(patient, Some(who), guardian, GuardianshipChange::Objected);
		Ok(())
	}

	/// Suspends a guardianship until the council decides, as the patient contests it.
	pub(crate) fn contest(who: T::AccountId, patient: PatientId, guardian: &T::AccountId) -> Result<(), Error<T>> {
		Self::change_guardian(patient, guardian, |guardianship| {
			ensure!(!guardianship.contested, Error::AlreadyContested);
			guardianship.contested = true;
			Ok(())
		})?;
		Self::note_guardian(patient, Some(who), guardian, GuardianshipChange::Contested);
		Ok(())
	}

	/// The council's word about a contested guardianship.
	pub(crate) fn judge_guardian(patient: PatientId, guardian: &T::AccountId, upheld: bool) -> DispatchResult {
		Self::change_guardian(patient, guardian, |guardianship| {
			ensure!(guardianship.contested, Error::NotContested);
			guardianship.contested = false;
			Ok(())
		})?;
		let change = if upheld {
			GuardianshipChange::Upheld
		} else {
			Self::end_guardian(patient, guardian)?;
			GuardianshipChange::Ended
		};
		Self::note_guardian(patient, None, guardian, change);
		Ok(())
	}

	/// Ends a guardianship, as the guardian or two officers want.
	pub(crate) fn dismiss_guardian(who: T::AccountId, patient: PatientId, guardian: &T::AccountId) -> DispatchResult {
		Self::end_guardian(patient, guardian)?;
		Self::note_guardian(patient, Some(who), guardian, GuardianshipChange::Ended);
		Ok(())
	}

	/// The account's guardianship of the patient, in force or not.
	pub fn guardianship_of(patient: PatientId, account: &T::AccountId) -> Option<Guardianship<T::AccountId>> {
		GuardiansOf::<T>::get(patient)
			.into_iter()
			.find(|guardianship| guardianship.guardian == *account)
	}

	/// Lets no guardianship of a patient outlast her majority, which was not known before.
	pub(crate) fn end_by_majority(patient: PatientId, majority: Moment) {
		let mut guardians = GuardiansOf::<T>::get(patient);
		for guardianship in guardians.iter_mut().filter(|one| !one.executor && majority < one.ends) {
			guardianship.ends = majority;
		}
		if !guardians.is_empty() {
			GuardiansOf::<T>::insert(patient, guardians);
		}
	}

	/// When the patient comes of age, if she was registered as a minor.
	pub(crate) fn majority(patient: PatientId) -> Option<Moment> {
		PaperRecords::<T>::get(patient).and_then(|paper| paper.majority)
	}

	/// Makes room: guardianships whose time is over go, with the accounts that had no other part.
	fn drop_ended(patient: PatientId, now: Moment) -> Result<(), DispatchError> {
		for ended in GuardiansOf::<T>::get(patient).into_iter().filter(|one| one.ends <= now) {
			Self::end_guardian(patient, &ended.guardian)?;
		}
		Ok(())
	}

	fn change_guardian(
		patient: PatientId,
		guardian: &T::AccountId,
		change: impl FnOnce(&mut Guardianship<T::AccountId>) -> Result<(), Error<T>>,
	) -> Result<(), Error<T>> {
		GuardiansOf::<T>::try_mutate(patient, |guardians| {
			let guardianship = guardians.iter_mut().find(|one| one.guardian == *guardian);
			change(guardianship.ok_or(Error::UnknownGuardian)?)
		})
	}

	fn end_guardian(patient: PatientId, guardian: &T::AccountId) -> Result<(), DispatchError> {
		let mut guardians = GuardiansOf::<T>::get(patient);
		let before = guardians.len();
		guardians.retain(|one| one.guardian != *guardian);
		ensure!(guardians.len() < before, Error::<T>::UnknownGuardian);
		if guardians.is_empty() {
			GuardiansOf::<T>::remove(patient);
		} else {
			GuardiansOf::<T>::insert(patient, guardians);
		}
		Self::leave_kin(guardian, patient)
	}

	/// Buries an account that acts for the patient no more, as guardian or caregiver.
	fn leave_kin(account: &T::AccountId, patient: PatientId) -> Result<(), DispatchError> {
		let acts =
			CaregiversOf::<T>::get(patient).contains(account) || Self::guardianship_of(patient, account).is_some();
		if !acts {
			KinOf::<T>::remove(account);
			Self::bury(account)?;
		}
		Ok(())
	}

	fn note_guardian(
		patient: PatientId,
		actor: Option<T::AccountId>,
		guardian: &T::AccountId,
		change: GuardianshipChange,
	) {
		let guardian = guardian.clone();
		Self::append(patient, actor, Kind::GuardianshipChanged { guardian, change });
	}
}
