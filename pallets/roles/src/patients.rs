//! The life of a patient's id after it was registered, and registration on paper.

use crate::{
	acts::Officers, keys, Config, Error, Event, Merge, Merges, NextPatient, Pallet, PaperRecord, PaperRecords,
	PatientOf, Patients, UNMERGE_WINDOW,
};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	wrapped, Acceptance, AuditTrail, Capacity, ControllerCause, HpkeKey, InstitutionId, Kind, Moment, Patient,
	PatientId, PatientStatus, ACCEPT_TAG, DAY, MERGE_TAG,
};
use sp_core::H256;
use sp_runtime::{traits::Verify, DispatchError, DispatchResult};

/// A child is registered with the month in which she comes of age, which is no further off than this.
const LONGEST_MINORITY: Moment = 25 * 366 * DAY;

impl<T: Config> Pallet<T> {
	/// Registers a patient without a device: nobody signs for her, and no key is hers.
	pub(crate) fn register_on_paper(
		officers: &Officers<T>,
		evidence: H256,
		identified: bool,
		majority: Option<Moment>,
	) -> Result<(), Error<T>> {
		if let Some(majority) = majority {
			Self::check_majority(majority)?;
		}
		let patient = NextPatient::<T>::get();
		NextPatient::<T>::put(patient.checked_add(1).ok_or(Error::IdsExhausted)?);
		let entry = Patient {
			controller: None,
			hpke: None,
			institution: officers.institution,
			status: PatientStatus::Active,
		};
		Patients::<T>::insert(patient, entry);
		let paper = PaperRecord {
			evidence,
			identified,
			majority,
		};
		PaperRecords::<T>::insert(patient, paper);
		let kind = Kind::PatientRegisteredOnPaper {
			institution: officers.institution,
			with: officers.proposer.clone(),
		};
		Self::tell(officers, patient, kind);
		Ok(())
	}

	/// Notes that it is known who a patient is and, of a child, when she comes of age: guardians whom she was given before
	/// that was known act no longer either.
	pub(crate) fn identify(
		officers: &Officers<T>,
		patient: PatientId,
		evidence: H256,
		majority: Option<Moment>,
	) -> Result<(), Error<T>> {
		Self::patient_here(officers.institution, patient)?;
		PaperRecords::<T>::try_mutate(patient, |paper| {
			let paper = paper.as_mut().filter(|paper| !paper.identified);
			let paper = paper.ok_or(Error::AlreadyIdentified)?;
			if let (Some(majority), None) = (majority, paper.majority) {
				Self::check_majority(majority)?;
				Self::end_by_majority(patient, majority);
			}
			let recorded = paper.majority.or(majority);
			ensure!(majority.is_none() || majority == recorded, Error::MajorityRecorded);
			paper.identified = true;
			paper.evidence = evidence;
			paper.majority = recorded;
			Ok::<_, Error<T>>(())
		})?;
		let with = officers.proposer.clone();
		Self::tell(officers, patient, Kind::PatientIdentified { with });
		Ok(())
	}

	/// Whether a minor could come of age then.
	fn check_majority(majority: Moment) -> Result<(), Error<T>> {
		let now = T::Time::now();
		let ahead = now < majority && majority <= now.saturating_add(LONGEST_MINORITY);
		ensure!(ahead, Error::MajorityOutOfRange);
		ensure!(is_first_of_month(majority), Error::NotFirstOfMonth);
		Ok(())
	}

	/// Hands the id to its patient, who has a device now.
	pub(crate) fn claim(
		officers: &Officers<T>,
		patient: PatientId,
		controller: &T::AccountId,
		hpke: HpkeKey,
		signature: &T::Signature,
	) -> DispatchResult {
		let entry = Self::active_patient_here(officers.institution, patient)?;
		Self::ensure_on_paper(patient)?;
		Self::check_acceptance(patient, Capacity::Controller, controller, Some(&hpke), signature)?;
		Self::change_keys(patient, entry, Some(controller), Some(hpke))?;
		let kind = Kind::ControllerChanged {
			controller: controller.clone(),
			cause: ControllerCause::Claimed,
		};
		Self::tell(officers, patient, kind);
		Ok(())
	}

	/// Gives the patient another account, another HPKE key, or both, as she signs by the old account. The old one never
	/// comes back.
	pub(crate) fn rotate(
		who: T::AccountId,
		controller: Option<(T::AccountId, T::Signature)>,
		hpke: Option<HpkeKey>,
	) -> DispatchResult {
		let patient = PatientOf::<T>::get(&who).ok_or(Error::<T>::NotAPatient)?;
		let entry = Self::active_patient(patient)?;
		let kind = match &controller {
			Some((controller, signature)) => {
				Self::check_acceptance(patient, Capacity::Controller, controller, hpke.as_ref(), signature)?;
				Kind::ControllerChanged {
					controller: controller.clone(),
					cause: ControllerCause::Rotated,
				}
			}
			None => Kind::HpkeKeyRotated,
		};
		ensure!(controller.is_some() || hpke.is_some(), Error::<T>::NothingToRotate);
		Self::change_keys(patient, entry, controller.as_ref().map(|(account, _)| account), hpke)?;
		Self::append(patient, Some(who), kind);
		Ok(())
	}

	/// Puts other keys in the place of a patient's, and buries the account that signed for her until now.
	pub(crate) fn change_keys(
		patient: PatientId,
		mut entry: Patient<T::AccountId>,
		controller: Option<&T::AccountId>,
		hpke: Option<HpkeKey>,
	) -> Result<(), DispatchError> {
		if let Some(key) = hpke {
			keys::claim::<T>(&key)?;
			if let Some(old) = entry.hpke.replace(key) {
				keys::retire::<T>(&old)?;
			}
		}
		if let Some(controller) = controller {
			Self::ensure_unused(controller)?;
			if let Some(old) = entry.controller.replace(controller.clone()) {
				PatientOf::<T>::remove(&old);
				Self::bury(&old)?;
			}
			Self::settle(controller, entry.institution);
			PatientOf::<T>::insert(controller, patient);
		}
		Patients::<T>::insert(patient, entry);
		Ok(())
	}

	/// Merges one id into another of the same institution, which belongs to the same person: she says so by the key of
	/// each that has one, until before a time of hers, or what she signed could be used again after a merge was taken
	/// back.
	pub(crate) fn merge(
		officers: &Officers<T>,
		from: PatientId,
		into: PatientId,
		not_after: Moment,
		signatures: [Option<&T::Signature>; 2],
	) -> Result<(), Error<T>> {
		ensure!(from != into, Error::MergeIntoItself);
		let ending = Self::active_patient_here(officers.institution, from)?;
		let staying = Self::active_patient_here(officers.institution, into)?;
		let message = wrapped(MERGE_TAG, &(Self::genesis(), from, into, not_after));
		for (entry, signature) in [ending, staying].into_iter().zip(signatures) {
			let agreed = match (entry.controller, signature) {
				(Some(controller), Some(signature)) => {
					ensure!(T::Time::now() < not_after, Error::MergeAgreementExpired);
					signature.verify(message.as_slice(), &controller)
				}
				(None, None) => true,
				_ => false,
			};
			ensure!(agreed, Error::MergeNotAgreed);
		}
		Self::set_status(from, PatientStatus::MergedInto(into));
		let merge = Merge {
			into,
			at: T::Time::now(),
		};
		Merges::<T>::insert(from, merge);
		let with = officers.proposer.clone();
		let kind = Kind::PatientsMerged { from, into, with };
		Self::tell(officers, from, kind.clone());
		Self::tell(officers, into, kind);
		Ok(())
	}

	/// Takes a merge back.
	pub(crate) fn unmerge(officers: &Officers<T>, from: PatientId) -> Result<(), Error<T>> {
		Self::patient_here(officers.institution, from)?;
		let merge = Merges::<T>::take(from).ok_or(Error::NotMerged)?;
		let until = merge.at.saturating_add(UNMERGE_WINDOW);
		ensure!(T::Time::now() < until, Error::MergeFinal);
		Self::set_status(from, PatientStatus::Active);
		let (into, with) = (merge.into, officers.proposer.clone());
		let kind = Kind::PatientsUnmerged { from, into, with };
		Self::tell(officers, from, kind.clone());
		Self::tell(officers, into, kind);
		Ok(())
	}

	/// Whether an account accepted what it is to be for a patient.
	pub(crate) fn check_acceptance(
		patient: PatientId,
		capacity: Capacity,
		account: &T::AccountId,
		hpke: Option<&HpkeKey>,
		signature: &T::Signature,
	) -> Result<(), Error<T>> {
		let acceptance = Acceptance {
			genesis: Self::genesis(),
			patient,
			capacity,
			account,
			hpke,
		};
		let message = wrapped(ACCEPT_TAG, &acceptance);
		ensure!(signature.verify(message.as_slice(), account), Error::AcceptanceInvalid);
		Ok(())
	}

	/// A patient whom this institution admitted.
	pub(crate) fn patient_here(
		institution: InstitutionId,
		patient: PatientId,
	) -> Result<Patient<T::AccountId>, Error<T>> {
		let entry = Patients::<T>::get(patient).ok_or(Error::UnknownPatient)?;
		ensure!(entry.institution == institution, Error::PatientElsewhere);
		Ok(entry)
	}

	/// A patient whom this institution admitted and who lives, under this id.
	pub(crate) fn active_patient_here(
		institution: InstitutionId,
		patient: PatientId,
	) -> Result<Patient<T::AccountId>, Error<T>> {
		Self::patient_here(institution, patient)?;
		Self::active_patient(patient)
	}

	/// Whether nobody signs for the patient, so that the desk acts on what she signed on paper.
	pub(crate) fn ensure_on_paper(patient: PatientId) -> Result<(), Error<T>> {
		let entry = Patients::<T>::get(patient).ok_or(Error::UnknownPatient)?;
		ensure!(entry.controller.is_none(), Error::HasController);
		Ok(())
	}

	/// A patient who lives, under this id.
	pub(crate) fn active_patient(patient: PatientId) -> Result<Patient<T::AccountId>, Error<T>> {
		let patient = Patients::<T>::get(patient).ok_or(Error::UnknownPatient)?;
		ensure!(patient.status == PatientStatus::Active, Error::PatientNotActive);
		Ok(patient)
	}

	/// Writes what two officers did into a patient's trail, by who confirmed it, and tells of it.
	pub(crate) fn tell(officers: &Officers<T>, patient: PatientId, kind: Kind<T::AccountId>) {
		Self::append(patient, Some(officers.confirmer.clone()), kind);
	}

	/// Writes something into a patient's trail and tells of it.
	pub(crate) fn append(patient: PatientId, actor: Option<T::AccountId>, kind: Kind<T::AccountId>) {
		let entry = T::Audit::append(patient, actor, kind);
		Self::deposit_event(Event::PatientChanged { patient, entry });
	}

	pub(crate) fn set_status(patient: PatientId, status: PatientStatus) {
		Patients::<T>::mutate(patient, |entry| {
			if let Some(entry) = entry {
				entry.status = status;
			}
		});
	}
}

/// Whether a time is the first moment of a month, in UTC (Hinnant, "chrono-compatible low-level date algorithms",
/// `civil_from_days`).
pub(crate) fn is_first_of_month(at: Moment) -> bool {
	const DAYS_BEFORE_EPOCH: u64 = 719_468;
	const DAYS_IN_ERA: u64 = 146_097;
	if !at.is_multiple_of(DAY) {
		return false;
	}
	// Days since 1 March of year 0, within its 400 years, then within a year that begins in March.
	let of_era = (at / DAY).saturating_add(DAYS_BEFORE_EPOCH) % DAYS_IN_ERA;
	let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
	let of_year = of_era - (365 * year + year / 4 - year / 100);
	let month = (5 * of_year + 2) / 153;
	of_year == (153 * month + 2) / 5
}
