//! What always holds of break-glass cases.

use crate::{
	CaseOf, Cases, CasesOfDay, Config, Docket, Dockets, EmergencyLimitsOf, IncidentProposals, Incidents, NextCase,
	Openers, Pallet, MAX_APPROVALS_NEEDED, MAX_CASE_LIFETIME,
};
use alloc::collections::{BTreeMap, BTreeSet};
use codec::Encode;
use frame_support::{ensure, traits::Time};
use salus_primitives::{Case, CaseId, InstitutionId, Moment, Registry, DAY};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	pub(super) fn check_cases() -> Result<(), TryRuntimeError> {
		let now = T::Time::now();
		let mut ids = BTreeSet::new();
		let mut today = BTreeMap::<InstitutionId, u32>::new();
		let mut dockets = BTreeMap::<InstitutionId, Docket>::new();
		// Accounts have no order, their encodings do.
		let mut openers = BTreeMap::<alloc::vec::Vec<u8>, (Docket, u32)>::new();
		for (patient, id, case) in Cases::<T>::iter() {
			ensure!(
				T::Registry::patient(patient).is_some(),
				"consent: a case of an unknown patient"
			);
			ensure!(ids.insert(id), "consent: a case id occurs twice");
			ensure!(id < NextCase::<T>::get(), "consent: a case id was not given yet");
			Self::check_case(&case)?;
			if case.is_open(now) {
				for account in case.team.iter().chain([&case.opener]) {
					ensure!(
						CaseOf::<T>::get(patient, account) == Some(id),
						"consent: somebody is in an open case and it is not her last"
					);
				}
				let listed = Openers::<T>::get(&case.opener).open.contains(&(id, case.ends_at));
				ensure!(listed, "consent: an open case is not its opener's");
			}
			if case.opened_at / DAY == now / DAY {
				let count = today.entry(case.institution).or_default();
				*count = count.saturating_add(1);
			}
			let (docket, open) = openers.entry(case.opener.encode()).or_default();
			*open = open.saturating_add(u32::from(case.is_open(now)));
			if !case.is_reviewed() {
				docket.add(case.review_due(), now);
				dockets.entry(case.institution).or_default().add(case.review_due(), now);
			}
		}
		for (institution, docket) in Dockets::<T>::iter() {
			let counted = dockets.remove(&institution).unwrap_or_default();
			ensure!(
				docket.rolled(now) == counted,
				"consent: an institution's docket miscounts its reviews"
			);
		}
		ensure!(dockets.is_empty(), "consent: an institution's docket is missing");
		for (account, opener) in Openers::<T>::iter() {
			let (docket, open) = openers.remove(&account.encode()).unwrap_or_default();
			ensure!(
				opener.docket.rolled(now) == docket,
				"consent: a clinician's docket miscounts her reviews"
			);
			let listed = opener.open.iter().filter(|(_, ends_at)| now < *ends_at).count();
			ensure!(
				u32::try_from(listed) == Ok(open),
				"consent: a clinician has an open case that is none"
			);
		}
		ensure!(openers.is_empty(), "consent: a clinician's docket is missing");
		for (institution, count) in today {
			ensure!(
				CasesOfDay::<T>::get(institution) == (now / DAY, count),
				"consent: the cases of a day are miscounted"
			);
		}
		Self::check_case_of(&ids)?;
		Self::check_incidents(now)
	}

	fn check_case(case: &Case<T::AccountId>) -> Result<(), TryRuntimeError> {
		let length = case.ends_at.checked_sub(case.opened_at);
		ensure!(
			length.is_some_and(|length| 0 < length && length <= MAX_CASE_LIFETIME),
			"consent: a case is open for too long"
		);
		let closed = case
			.closed_at
			.is_none_or(|closed_at| case.opened_at <= closed_at && closed_at < case.ends_at);
		ensure!(closed, "consent: a case was closed when it was not open");
		ensure!(
			(1..=MAX_APPROVALS_NEEDED.saturating_add(1)).contains(&case.approvals_needed),
			"consent: a case needs too few or too many approvals"
		);
		for (at, member) in case.team.iter().enumerate() {
			let others = case.team.iter().skip(at.saturating_add(1)).chain([&case.opener]);
			ensure!(
				!others.into_iter().any(|other| other == member),
				"consent: somebody is in a case twice"
			);
		}
		for (at, approval) in case.approvals.iter().enumerate() {
			ensure!(
				!case.involves(&approval.approver),
				"consent: somebody approved her own case"
			);
			let later = case.approvals.iter().skip(at.saturating_add(1));
			ensure!(
				!later.into_iter().any(|later| later.approver == approval.approver),
				"consent: somebody approved a case twice"
			);
		}
		let after_its_end = |at: Moment| case.end() <= at;
		let findings = case.review.iter().chain(&case.judgement).map(|review| review.at);
		ensure!(
			findings.chain(case.appealed_at).all(after_its_end),
			"consent: a case was reviewed or sent to the council while it was open"
		);
		ensure!(
			case.review.as_ref().is_none_or(|review| {
				review
					.by
					.as_ref()
					.is_some_and(|by| !case.involves(by) && !case.is_approved_by(by))
			}),
			"consent: somebody reviewed her own case"
		);
		Ok(())
	}

	fn check_case_of(ids: &BTreeSet<CaseId>) -> Result<(), TryRuntimeError> {
		for (patient, account, id) in CaseOf::<T>::iter() {
			ensure!(
				ids.contains(&id) && Cases::<T>::get(patient, id).is_some_and(|case| case.involves(&account)),
				"consent: somebody's case is not hers"
			);
		}
		Ok(())
	}

	fn check_incidents(now: Moment) -> Result<(), TryRuntimeError> {
		for (institution, ends_at) in Incidents::<T>::iter() {
			ensure!(
				T::Registry::institution(institution).is_some() && ends_at <= now.saturating_add(crate::MAX_INCIDENT),
				"consent: an incident lasts for too long, or is nowhere"
			);
		}
		for (institution, (_, ends_at)) in IncidentProposals::<T>::iter() {
			ensure!(
				T::Registry::institution(institution).is_some() && ends_at <= now.saturating_add(crate::MAX_INCIDENT),
				"consent: an incident was asked for that would last for too long, or be nowhere"
			);
		}
		for (institution, limits) in EmergencyLimitsOf::<T>::iter() {
			ensure!(
				T::Registry::institution(institution).is_some()
					&& (1..=MAX_APPROVALS_NEEDED).contains(&limits.approvals)
					&& limits.cases_a_day > 0,
				"consent: emergency limits out of range"
			);
		}
		Ok(())
	}
}
