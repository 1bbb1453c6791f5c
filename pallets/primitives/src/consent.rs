//! Grants, denials and requests: what a patient says about who may do what.

use crate::{
	ActionSet, Category, CategorySet, Compartment, DenialId, GrantId, InstitutionId, Moment, PurposeSet, RecordId,
	RequestId, Role,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The most denials of one patient. The last slot is only ever taken by a denial of everything.
pub const MAX_DENIALS: u32 = 32;
/// The most single records one grant can name.
pub const MAX_TERMS_RECORDS: u32 = 16;
/// The most compartments one grant can name.
pub const MAX_TERMS_COMPARTMENTS: u32 = 8;

/// To whom a grant is given.
#[derive(
	Clone,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Grantee<AccountId> {
	/// One account, wherever it acts.
	#[codec(index = 0)]
	Account(AccountId),
	/// Everybody with a credential at an institution.
	#[codec(index = 1)]
	Institution(InstitutionId),
	/// Everybody with a role at an institution.
	#[codec(index = 2)]
	Role(Role, InstitutionId),
	/// Whoever is assigned to the patient at an institution now.
	#[codec(index = 3)]
	Assigned(InstitutionId),
}

/// What is asked, or granted. Times are milliseconds since the Unix epoch; ranges are half-open.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Terms {
	/// What may be done.
	pub actions: ActionSet,
	/// For which purposes.
	pub purposes: PurposeSet,
	/// On which categories.
	pub categories: CategorySet,
	/// On which single records; none named means any.
	pub records: BoundedVec<RecordId, ConstU32<MAX_TERMS_RECORDS>>,
	/// In which compartments besides what is in none.
	pub compartments: BoundedVec<Compartment, ConstU32<MAX_TERMS_COMPARTMENTS>>,
	/// Records of things that happened at this time or later.
	pub recorded_from: Option<Moment>,
	/// Records of things that happened before this time.
	pub recorded_until: Option<Moment>,
	/// From this time on.
	pub starts: Moment,
	/// Until before this time.
	pub ends: Moment,
	/// How many `access` calls may rest on it; `None` for any number.
	pub uses: Option<u32>,
	/// When the grantee must have erased her copies.
	pub erase_after: Option<Moment>,
	/// Whether it goes on when the patient dies, until `ends`; it ends with her life otherwise.
	#[serde(default)]
	pub outlives: bool,
}

impl Terms {
	/// Terms that allow nothing: what an institution publishes that admits no patients, and a base for narrower ones.
	pub fn none() -> Self {
		Self {
			actions: ActionSet::EMPTY,
			purposes: PurposeSet::EMPTY,
			categories: CategorySet::EMPTY,
			records: BoundedVec::new(),
			compartments: BoundedVec::new(),
			recorded_from: None,
			recorded_until: None,
			starts: 0,
			ends: 0,
			uses: None,
			erase_after: None,
			outlives: false,
		}
	}

	/// Whether these terms allow nothing that `wider` does not.
	pub fn is_within(&self, wider: &Self) -> bool {
		let records = wider.records.is_empty()
			|| (!self.records.is_empty() && self.records.iter().all(|record| wider.records.contains(record)));
		self.actions.is_subset(wider.actions)
			&& self.purposes.is_subset(wider.purposes)
			&& self.categories.is_subset(wider.categories)
			&& records
			&& self
				.compartments
				.iter()
				.all(|compartment| wider.compartments.contains(compartment))
			&& self.recorded_from.unwrap_or(0) >= wider.recorded_from.unwrap_or(0)
			&& at_most(self.recorded_until, wider.recorded_until)
			&& self.starts >= wider.starts
			&& self.ends <= wider.ends
			&& at_most(self.uses, wider.uses)
			&& at_most(self.erase_after, wider.erase_after)
			&& (wider.outlives || !self.outlives)
	}
}

/// Whether a limit is no looser than another; `None` is no limit.
fn at_most<T: PartialOrd>(limit: Option<T>, other: Option<T>) -> bool {
	match (limit, other) {
		(_, None) => true,
		(None, Some(_)) => false,
		(Some(limit), Some(other)) => limit <= other,
	}
}

/// The grant that this one was passed on from.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Parent<AccountId> {
	/// In whose list it stands.
	pub grantee: Grantee<AccountId>,
	/// Which one.
	pub grant: GrantId,
}

/// A grant of the patient.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Grant<AccountId> {
	/// Its id.
	pub id: GrantId,
	/// What it allows.
	pub terms: Terms,
	/// How many uses are left; `None` for any number.
	pub uses_left: Option<u32>,
	/// When it was given.
	pub given_at: Moment,
	/// Who signed it: the patient, or who may sign for her.
	pub given_by: AccountId,
	/// The request it answers.
	pub request: Option<RequestId>,
	/// The grant it was passed on from.
	pub parent: Option<Parent<AccountId>>,
	/// When it was revoked.
	pub revoked_at: Option<Moment>,
}

impl<AccountId> Grant<AccountId> {
	/// Whether it can permit nothing any more.
	pub fn is_dead(&self, now: Moment) -> bool {
		self.revoked_at.is_some() || self.terms.ends <= now || self.uses_left == Some(0)
	}
}

/// A request for consent.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct ConsentRequest {
	/// Its id.
	pub id: RequestId,
	/// At which institution the requester acts.
	pub institution: InstitutionId,
	/// What is asked.
	pub terms: Terms,
	/// When it was made.
	pub asked_at: Moment,
	/// Until when it can be answered.
	pub expires_at: Moment,
}

/// What a denial names; it matches when all that it names holds. One that names nothing denies all.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct DenialTerms<AccountId> {
	/// This requester.
	pub account: Option<AccountId>,
	/// Whoever acts at this institution.
	pub institution: Option<InstitutionId>,
	/// Whoever acts in this role.
	pub role: Option<Role>,
	/// Records of this category.
	pub category: Option<Category>,
	/// Records in this compartment.
	pub compartment: Option<Compartment>,
	/// Records kept by this institution.
	pub source: Option<InstitutionId>,
	/// Records of things that happened at this time or later.
	pub recorded_from: Option<Moment>,
	/// Records of things that happened before this time.
	pub recorded_until: Option<Moment>,
	/// This record.
	pub record: Option<RecordId>,
}

impl<AccountId> DenialTerms<AccountId> {
	/// The denial that names nothing.
	pub const fn all() -> Self {
		Self {
			account: None,
			institution: None,
			role: None,
			category: None,
			compartment: None,
			source: None,
			recorded_from: None,
			recorded_until: None,
			record: None,
		}
	}
}

/// A denial of the patient.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Denial<AccountId> {
	/// Its id.
	pub id: DenialId,
	/// What it names.
	pub terms: DenialTerms<AccountId>,
	/// When it was made.
	pub made_at: Moment,
}

/// What a grantee owes once a grant that ends with erasure was used.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Erasure<AccountId> {
	/// Who holds, or held, the grant.
	pub grantee: Grantee<AccountId>,
	/// When her copies must have been erased.
	pub erase_after: Moment,
	/// Who attested that they were, and when; `None` again once the grant was used after that.
	pub attested: Option<(AccountId, Moment)>,
}

impl<AccountId> Erasure<AccountId> {
	/// Whether the attestation is missing.
	pub fn is_overdue(&self, now: Moment) -> bool {
		self.attested.is_none() && self.erase_after <= now
	}
}
