//! Break-glass: access in an emergency, against a review of it afterwards.

use crate::{access::vocabulary, InstitutionId, Moment, DAY, HOUR};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The most clinicians who can join the opener of a case.
pub const MAX_TEAM: u32 = 8;
/// The most approvals of a case.
pub const MAX_APPROVALS: u32 = 8;
/// How long after its end a case has to be reviewed.
pub const REVIEW_WITHIN: Moment = 7 * DAY;

vocabulary! {
	/// Why a clinician breaks the glass. What she saw and thought is in the written justification, off chain.
	pub enum EmergencyReason { LifeThreat = 0, Unconscious = 1, CannotConsent = 2, MassCasualty = 3, Other = 4 }
}

vocabulary! {
	/// What a review found.
	pub enum Verdict { Justified = 0, Violation = 1 }
}

/// A clinician's signature under a case that is not hers.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Approval<AccountId> {
	/// Who approved.
	pub approver: AccountId,
	/// Where she works.
	pub institution: InstitutionId,
}

/// A finding, and whose it is.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Review<AccountId> {
	/// What was found.
	pub verdict: Verdict,
	/// The privacy officer; `None` for the council.
	pub by: Option<AccountId>,
	/// When.
	pub at: Moment,
}

/// One emergency of one patient, at one institution.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Case<AccountId> {
	/// Who broke the glass.
	pub opener: AccountId,
	/// Where she and her team act.
	pub institution: InstitutionId,
	/// Why.
	pub reason: EmergencyReason,
	/// Salted commitment to the written justification.
	pub justification: H256,
	/// From when.
	pub opened_at: Moment,
	/// Until before when, if nobody closes it earlier.
	pub ends_at: Moment,
	/// How many approvals open more than the emergency set.
	pub approvals_needed: u8,
	/// Who joined.
	pub team: BoundedVec<AccountId, ConstU32<MAX_TEAM>>,
	/// Who approved.
	pub approvals: BoundedVec<Approval<AccountId>, ConstU32<MAX_APPROVALS>>,
	/// When somebody closed it.
	pub closed_at: Option<Moment>,
	/// What the privacy officer found.
	pub review: Option<Review<AccountId>>,
	/// When the patient sent it to the council.
	pub appealed_at: Option<Moment>,
	/// What the council found, which is the last word.
	pub judgement: Option<Review<AccountId>>,
}

impl<AccountId: PartialEq> Case<AccountId> {
	/// Whether it can permit anything at this time.
	pub fn is_open(&self, now: Moment) -> bool {
		now < self.end()
	}

	/// When it ends, or ended.
	pub fn end(&self) -> Moment {
		self.closed_at.unwrap_or(self.ends_at)
	}

	/// When its review is overdue: on the last full hour within seven days of its end.
	pub fn review_due(&self) -> Moment {
		let latest = self.end().saturating_add(REVIEW_WITHIN);
		latest.saturating_sub(latest % HOUR)
	}

	/// Whether somebody found something.
	pub fn is_reviewed(&self) -> bool {
		self.review.is_some() || self.judgement.is_some()
	}

	/// Whether she opened it or joined.
	pub fn involves(&self, account: &AccountId) -> bool {
		self.opener == *account || self.team.contains(account)
	}

	/// Whether she approved it.
	pub fn is_approved_by(&self, account: &AccountId) -> bool {
		self.approvals.iter().any(|approval| approval.approver == *account)
	}

	/// Whether it has its approvals.
	pub fn is_approved(&self) -> bool {
		self.approvals.len() >= usize::from(self.approvals_needed)
	}
}

/// What the council allows an institution.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct EmergencyLimits {
	/// How many approvals open more than the emergency set.
	pub approvals: u8,
	/// How many cases its clinicians may open in one day (UTC).
	pub cases_a_day: u32,
}

impl Default for EmergencyLimits {
	fn default() -> Self {
		Self {
			approvals: 1,
			cases_a_day: 50,
		}
	}
}

/// What waits for an institution's privacy officers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct Reviews {
	/// Reviews that can still be made in time.
	pub waiting: u32,
	/// Reviews that are overdue.
	pub overdue: u32,
	/// Until when an incident is declared.
	pub incident_until: Option<Moment>,
}
