//! Break-glass cases.

use salus_primitives::{Case, CaseId, EmergencyReason, PatientId, Review, Verdict};
use serde::Serialize;

use super::{Account, Hex, Int, Of};
use crate::AccountId;

/// A signature under a case of others.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApprovalView {
	pub approver: Account,
	pub institution: u32,
}

/// A finding; `by` is null for the council's.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReviewView {
	pub verdict: Verdict,
	pub by: Option<Account>,
	pub at: Int,
}

impl From<Review<AccountId>> for ReviewView {
	fn from(review: Review<AccountId>) -> Self {
		Self {
			verdict: review.verdict,
			by: review.by.map(Account),
			at: review.at.into(),
		}
	}
}

/// A break-glass case.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseView {
	pub id: Int,
	pub opener: Account,
	pub institution: u32,
	pub reason: EmergencyReason,
	pub justification: Hex,
	pub opened_at: Int,
	pub ends_at: Int,
	pub closed_at: Option<Int>,
	pub approvals_needed: u8,
	pub approvals: Vec<ApprovalView>,
	pub team: Vec<Account>,
	pub review_due: Int,
	pub review: Option<ReviewView>,
	pub appealed_at: Option<Int>,
	pub judgement: Option<ReviewView>,
}

impl CaseView {
	/// The case of this id, of this patient.
	pub fn of((patient, id, case): (PatientId, CaseId, Case<AccountId>)) -> Of<Self> {
		let view = Self {
			id: id.into(),
			review_due: case.review_due().into(),
			opener: case.opener.into(),
			institution: case.institution,
			reason: case.reason,
			justification: case.justification.into(),
			opened_at: case.opened_at.into(),
			ends_at: case.ends_at.into(),
			closed_at: case.closed_at.map(Int),
			approvals_needed: case.approvals_needed,
			approvals: case
				.approvals
				.into_iter()
				.map(|approval| ApprovalView {
					approver: approval.approver.into(),
					institution: approval.institution,
				})
				.collect(),
			team: case.team.into_iter().map(Account).collect(),
			review: case.review.map(Into::into),
			appealed_at: case.appealed_at.map(Int),
			judgement: case.judgement.map(Into::into),
		};
		Of::new(patient, view)
	}
}
