//! Why the decision engine decided as it did, so that a client can say what would change it.

use crate::{access::vocabulary, CaseId, Decision, DenialId, GrantId, Grantee, Reason};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

vocabulary! {
	/// A rule of the decision engine.
	pub enum Rule {
		/// 1: whether she is anybody here.
		Standing = 0,
		/// 1a: whether the record can be had at all.
		Status = 1,
		/// 2: the patient and her guardians.
		Subject = 2,
		/// 3: the role matrix.
		Matrix = 3,
		/// 4: break-glass.
		BreakGlass = 4,
		/// 5: the patient's denials.
		Denial = 5,
		/// 6: authors, and the assigned who write.
		Author = 6,
		/// 7: a live grant.
		Grant = 7,
		/// 8: nothing permits.
		Nothing = 8,
	}
}

impl Rule {
	/// Its number.
	pub const fn number(self) -> &'static str {
		match self {
			Self::Standing => "1",
			Self::Status => "1a",
			Self::Subject => "2",
			Self::Matrix => "3",
			Self::BreakGlass => "4",
			Self::Denial => "5",
			Self::Author => "6",
			Self::Grant => "7",
			Self::Nothing => "8",
		}
	}
}

/// A grant to the requester and the first check that it failed.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct Miss<AccountId> {
	/// In whose list it stands.
	pub grantee: Grantee<AccountId>,
	/// Which one.
	pub grant: GrantId,
	/// What it failed.
	pub reason: Reason,
}

/// A decision and what it came of.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct Explanation<AccountId> {
	/// The decision.
	pub decision: Decision,
	/// The rule that decided.
	pub rule: Rule,
	/// The denial that refused.
	pub denial: Option<DenialId>,
	/// The requester's open case that waits for approvals.
	pub waiting: Option<CaseId>,
	/// Where nothing permits, the grants to her, the nearest miss first, then the lowest id.
	pub misses: Vec<Miss<AccountId>>,
}
