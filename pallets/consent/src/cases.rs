//! The life of a break-glass case: opened, joined, approved, closed, reviewed, sent to the council, judged.

use crate::{
	CaseOf, Cases, CasesOfDay, Config, Dockets, EmergencyLimitsOf, Error, NextCase, Openers, Pallet, MAX_CASE_LIFETIME,
	MIN_ACTIVE,
};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
	Approval, Case, CaseId, Discipline, EmergencyReason, InstitutionId, InstitutionKind, Moment, PatientId, Registry,
	Review, Role, Verdict, DAY,
};
use sp_core::H256;
use sp_runtime::{BoundedVec, DispatchError};

impl<T: Config> Pallet<T> {
	/// Opens a case.
	pub(crate) fn break_glass(
		opener: &T::AccountId,
		patient: PatientId,
		institution: InstitutionId,
		reason: EmergencyReason,
		justification: H256,
		ends_at: Moment,
	) -> Result<CaseId, DispatchError> {
		let now = T::Time::now();
		Self::ensure_clinician(opener, institution)?;
		let since = T::Registry::active_since(opener, institution).ok_or(Error::<T>::Inactive)?;
		ensure!(since.saturating_add(MIN_ACTIVE) <= now, Error::<T>::CredentialTooYoung);
		ensure!(now < ends_at, Error::<T>::CaseEndsInPast);
		ensure!(
			ends_at <= now.saturating_add(MAX_CASE_LIFETIME),
			Error::<T>::CaseTooLong
		);
		Self::ensure_free(patient, opener, now)?;

		let case = Case {
			opener: opener.clone(),
			institution,
			reason,
			justification,
			opened_at: now,
			ends_at,
			approvals_needed: Self::count_case(institution, now)?,
			team: BoundedVec::new(),
			approvals: BoundedVec::new(),
			closed_at: None,
			review: None,
			appealed_at: None,
			judgement: None,
		};
		let id = NextCase::<T>::get();
		NextCase::<T>::put(id.checked_add(1).ok_or(Error::<T>::IdsExhausted)?);
		Openers::<T>::try_mutate(opener, |record| {
			ensure!(!record.docket.is_overdue(now), Error::<T>::Barred);
			record.open.retain(|(_, ends_at)| now < *ends_at);
			record
				.open
				.try_push((id, ends_at))
				.map_err(|_| Error::<T>::TooManyOpenCases)?;
			record.docket.add(case.review_due(), now);
			Ok::<_, Error<T>>(())
		})?;
		Dockets::<T>::mutate(institution, |docket| docket.add(case.review_due(), now));
		CaseOf::<T>::insert(patient, opener, id);
		Cases::<T>::insert(patient, id, case);
		Ok(id)
	}

	/// Counts a case of today and says how many approvals it needs: one more while a review is overdue.
	fn count_case(institution: InstitutionId, now: Moment) -> Result<u8, Error<T>> {
		let limits = EmergencyLimitsOf::<T>::get(institution);
		CasesOfDay::<T>::try_mutate(institution, |(day, count)| {
			let today = now / DAY;
			if *day != today {
				(*day, *count) = (today, 0);
			}
			ensure!(*count < limits.cases_a_day, Error::<T>::TooManyCasesToday);
			*count = count.saturating_add(1);
			Ok::<_, Error<T>>(())
		})?;
		let late = Dockets::<T>::get(institution).is_overdue(now);
		Ok(limits.approvals.saturating_add(u8::from(late)))
	}

	/// Joins an open case.
	pub(crate) fn join(clinician: &T::AccountId, patient: PatientId, id: CaseId) -> Result<(), DispatchError> {
		let now = T::Time::now();
		let mut case = Self::open_case_of(patient, id, now)?;
		Self::ensure_clinician(clinician, case.institution)?;
		Self::ensure_free(patient, clinician, now)?;
		ensure!(!case.is_approved_by(clinician), Error::<T>::AlreadyApproved);
		case.team
			.try_push(clinician.clone())
			.map_err(|_| Error::<T>::TeamFull)?;
		CaseOf::<T>::insert(patient, clinician, id);
		Cases::<T>::insert(patient, id, case);
		Ok(())
	}

	/// Signs under an open case of others.
	pub(crate) fn support(
		approver: &T::AccountId,
		patient: PatientId,
		id: CaseId,
		institution: InstitutionId,
	) -> Result<(), DispatchError> {
		let mut case = Self::open_case_of(patient, id, T::Time::now())?;
		Self::ensure_clinician(approver, institution)?;
		ensure!(!case.involves(approver), Error::<T>::OwnCase);
		ensure!(!case.is_approved_by(approver), Error::<T>::AlreadyApproved);
		let approval = Approval {
			approver: approver.clone(),
			institution,
		};
		case.approvals
			.try_push(approval)
			.map_err(|_| Error::<T>::TooManyApprovals)?;
		Cases::<T>::insert(patient, id, case);
		Ok(())
	}

	/// Closes an open case: its review falls due earlier.
	pub(crate) fn close(who: &T::AccountId, patient: PatientId, id: CaseId) -> Result<(), DispatchError> {
		let now = T::Time::now();
		let mut case = Self::open_case_of(patient, id, now)?;
		let privacy = T::Registry::standing(who, case.institution)
			.is_some_and(|standing| standing.active && standing.role == Role::PrivacyOfficer);
		ensure!(case.involves(who) || privacy, Error::<T>::NotInvolved);
		let was_due = case.review_due();
		case.closed_at = Some(now);
		Openers::<T>::mutate(&case.opener, |record| {
			record.open.retain(|(open, _)| *open != id);
			record.docket.remove(was_due, now);
			record.docket.add(case.review_due(), now);
		});
		Dockets::<T>::mutate(case.institution, |docket| {
			docket.remove(was_due, now);
			docket.add(case.review_due(), now);
		});
		Cases::<T>::insert(patient, id, case);
		Ok(())
	}

	/// Enters what a privacy officer found.
	pub(crate) fn review(
		officer: &T::AccountId,
		patient: PatientId,
		id: CaseId,
		verdict: Verdict,
	) -> Result<(), DispatchError> {
		let now = T::Time::now();
		let mut case = Self::ended_case_of(patient, id, now)?;
		let role = Self::ensure_active(officer, case.institution)?;
		ensure!(role == Role::PrivacyOfficer, Error::<T>::NotAPrivacyOfficer);
		let own = case.involves(officer) || case.is_approved_by(officer);
		ensure!(!own, Error::<T>::OwnCase);
		ensure!(!case.is_reviewed(), Error::<T>::AlreadyReviewed);
		Self::strike(&case, now);
		case.review = Some(Review {
			verdict,
			by: Some(officer.clone()),
			at: now,
		});
		Self::enter(patient, id, case, verdict);
		Ok(())
	}

	/// Sends an ended case to the council.
	pub(crate) fn appeal(patient: PatientId, id: CaseId) -> Result<(), DispatchError> {
		let now = T::Time::now();
		let mut case = Self::ended_case_of(patient, id, now)?;
		ensure!(case.judgement.is_none(), Error::<T>::AlreadyJudged);
		ensure!(case.appealed_at.is_none(), Error::<T>::AlreadyAppealed);
		case.appealed_at = Some(now);
		Cases::<T>::insert(patient, id, case);
		Ok(())
	}

	/// Enters what the council found.
	pub(crate) fn judge(patient: PatientId, id: CaseId, verdict: Verdict) -> Result<(), DispatchError> {
		let now = T::Time::now();
		let mut case = Cases::<T>::get(patient, id).ok_or(Error::<T>::UnknownCase)?;
		ensure!(case.judgement.is_none(), Error::<T>::AlreadyJudged);
		let overdue = !case.is_reviewed() && case.review_due() <= now;
		ensure!(overdue || case.appealed_at.is_some(), Error::<T>::NotBeforeTheCouncil);
		if !case.is_reviewed() {
			Self::strike(&case, now);
		}
		case.judgement = Some(Review {
			verdict,
			by: None,
			at: now,
		});
		Self::enter(patient, id, case, verdict);
		Ok(())
	}

	/// Takes a case off the dockets.
	fn strike(case: &Case<T::AccountId>, now: Moment) {
		Openers::<T>::mutate(&case.opener, |record| record.docket.remove(case.review_due(), now));
		Dockets::<T>::mutate(case.institution, |docket| docket.remove(case.review_due(), now));
	}

	/// Stores a case with its finding; a violation suspends the opener's credential.
	fn enter(patient: PatientId, id: CaseId, case: Case<T::AccountId>, verdict: Verdict) {
		if verdict == Verdict::Violation {
			T::Discipline::suspend(&case.opener, case.institution);
		}
		Cases::<T>::insert(patient, id, case);
	}

	fn open_case_of(patient: PatientId, id: CaseId, now: Moment) -> Result<Case<T::AccountId>, Error<T>> {
		let case = Cases::<T>::get(patient, id).ok_or(Error::UnknownCase)?;
		ensure!(case.is_open(now), Error::CaseEnded);
		Ok(case)
	}

	fn ended_case_of(patient: PatientId, id: CaseId, now: Moment) -> Result<Case<T::AccountId>, Error<T>> {
		let case = Cases::<T>::get(patient, id).ok_or(Error::UnknownCase)?;
		ensure!(!case.is_open(now), Error::CaseStillOpen);
		Ok(case)
	}

	/// Whether she may treat emergencies: an active doctor or nurse of a hospital or clinic.
	fn ensure_clinician(account: &T::AccountId, institution: InstitutionId) -> Result<(), Error<T>> {
		let role = Self::ensure_active(account, institution)?;
		let kind = T::Registry::institution(institution).map(|institution| institution.kind);
		ensure!(
			matches!(role, Role::Doctor | Role::Nurse)
				&& matches!(kind, Some(InstitutionKind::Hospital | InstitutionKind::Clinic)),
			Error::NotAClinician
		);
		Ok(())
	}

	/// Whether she is in no open case of this patient.
	fn ensure_free(patient: PatientId, account: &T::AccountId, now: Moment) -> Result<(), Error<T>> {
		let last = CaseOf::<T>::get(patient, account).and_then(|id| Cases::<T>::get(patient, id));
		ensure!(!last.is_some_and(|case| case.is_open(now)), Error::AlreadyInvolved);
		Ok(())
	}
}
