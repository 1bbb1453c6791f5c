//! Which practitioners a patient is assigned to.

use crate::{Assignments, Config, Credentials, Error, Pallet, PatientOf};
use frame_support::{ensure, traits::Time};
use salus_primitives::{Assignment, AuditEntry, AuditTrail, InstitutionId, Kind, PatientId, Role};

type Entry<T> = AuditEntry<<T as frame_system::Config>::AccountId>;

impl<T: Config> Pallet<T> {
	/// How the patient is assigned to the practitioner at the institution. What was made before the practitioner's
	/// credential began was made under an earlier one, and is over: who is hired again is assigned anew.
	pub fn assignment(
		patient: PatientId,
		practitioner: &T::AccountId,
		institution: InstitutionId,
	) -> Option<Assignment> {
		let assignment = Assignments::<T>::get(patient, (practitioner, institution))?;
		let made = match assignment {
			Assignment::Proposed(at) | Assignment::Accepted(at) => at,
			Assignment::Ended(_) => return Some(assignment),
		};
		let begun = Credentials::<T>::get((practitioner, institution))?.valid_from;
		Some(if begun <= made {
			assignment
		} else {
			Assignment::Ended(begun)
		})
	}

	/// Enters a proposal at the patient's institution.
	pub(crate) fn propose(
		administrator: T::AccountId,
		patient: PatientId,
		practitioner: &T::AccountId,
	) -> Result<(InstitutionId, Entry<T>), Error<T>> {
		let institution = Self::active_patient(patient)?.institution;
		Self::active_institution(institution)?;
		let role = Self::active_role(&administrator, institution);
		ensure!(role == Some(Role::Administrator), Error::NotAnAdministrator);
		Self::ensure_practises(practitioner, institution)?;
		let assignment = Self::assignment(patient, practitioner, institution);
		ensure!(
			matches!(assignment, None | Some(Assignment::Ended(_))),
			Error::AssignmentExists
		);
		Assignments::<T>::insert(
			patient,
			(practitioner, institution),
			Assignment::Proposed(T::Time::now()),
		);
		let kind = Kind::AssignmentProposed {
			institution,
			practitioner: practitioner.clone(),
		};
		Ok((institution, T::Audit::append(patient, Some(administrator), kind)))
	}

	/// Turns a proposal into an assignment.
	pub(crate) fn accept(
		practitioner: &T::AccountId,
		patient: PatientId,
		institution: InstitutionId,
	) -> Result<Entry<T>, Error<T>> {
		let assignment = Self::assignment(patient, practitioner, institution).ok_or(Error::UnknownAssignment)?;
		ensure!(
			matches!(assignment, Assignment::Proposed(_)),
			Error::AssignmentNotProposed
		);
		Self::active_patient(patient)?;
		Self::active_institution(institution)?;
		Self::ensure_practises(practitioner, institution)?;
		Assignments::<T>::insert(
			patient,
			(practitioner, institution),
			Assignment::Accepted(T::Time::now()),
		);
		let kind = Kind::AssignmentAccepted {
			institution,
			practitioner: practitioner.clone(),
		};
		Ok(T::Audit::append(patient, Some(practitioner.clone()), kind))
	}

	/// Ends a proposal or an assignment. A suspended institution or credential is no hindrance to leaving.
	pub(crate) fn end(
		who: T::AccountId,
		patient: PatientId,
		practitioner: &T::AccountId,
		institution: InstitutionId,
	) -> Result<Entry<T>, Error<T>> {
		let assignment = Self::assignment(patient, practitioner, institution).ok_or(Error::UnknownAssignment)?;
		let involved = who == *practitioner
			|| PatientOf::<T>::get(&who) == Some(patient)
			|| (Self::active_institution(institution).is_ok()
				&& Self::active_role(&who, institution) == Some(Role::Administrator));
		ensure!(involved, Error::NotInvolved);
		ensure!(!matches!(assignment, Assignment::Ended(_)), Error::AssignmentOver);
		Assignments::<T>::insert(patient, (practitioner, institution), Assignment::Ended(T::Time::now()));
		let kind = Kind::AssignmentEnded {
			institution,
			practitioner: practitioner.clone(),
		};
		Ok(T::Audit::append(patient, Some(who), kind))
	}

	/// Whether the account holds an active credential in a role that may see anything at all.
	fn ensure_practises(practitioner: &T::AccountId, institution: InstitutionId) -> Result<(), Error<T>> {
		let role = Self::active_role(practitioner, institution).ok_or(Error::PractitionerNotActive)?;
		ensure!(!role.limits().view.is_empty(), Error::NotAPractitioner);
		Ok(())
	}
}
