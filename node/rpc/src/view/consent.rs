//! Grants, requests, denials and decisions.

use salus_primitives::{
	AccessRequest, Action, Basis, Category, ConsentRequest, Decision, Denial, Erasure, Grant, GrantId, Grantee,
	PatientId, Purpose, Reason, Role, Terms,
};
use serde::{Deserialize, Serialize};

use super::{ints, Account, Int, Of, RecordStatusView};
use crate::AccountId;

/// What is asked, or granted.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TermsView {
	pub actions: Vec<Action>,
	pub purposes: Vec<Purpose>,
	pub categories: Vec<Category>,
	pub records: Vec<Int>,
	pub compartments: Vec<u8>,
	pub recorded_from: Option<Int>,
	pub recorded_until: Option<Int>,
	pub starts: Int,
	pub ends: Int,
	pub uses: Option<u32>,
	pub erase_after: Option<Int>,
	pub outlives: bool,
}

impl From<Terms> for TermsView {
	fn from(terms: Terms) -> Self {
		Self {
			actions: terms.actions.into(),
			purposes: terms.purposes.into(),
			categories: terms.categories.into(),
			records: ints(terms.records),
			compartments: terms.compartments.into_inner(),
			recorded_from: terms.recorded_from.map(Int),
			recorded_until: terms.recorded_until.map(Int),
			starts: terms.starts.into(),
			ends: terms.ends.into(),
			uses: terms.uses,
			erase_after: terms.erase_after.map(Int),
			outlives: terms.outlives,
		}
	}
}

/// To whom a grant is given.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum GranteeView {
	Account { account: Account },
	Institution { institution: u32 },
	Role { role: Role, institution: u32 },
	Assigned { institution: u32 },
}

impl From<Grantee<AccountId>> for GranteeView {
	fn from(grantee: Grantee<AccountId>) -> Self {
		match grantee {
			Grantee::Account(account) => Self::Account {
				account: account.into(),
			},
			Grantee::Institution(institution) => Self::Institution { institution },
			Grantee::Role(role, institution) => Self::Role { role, institution },
			Grantee::Assigned(institution) => Self::Assigned { institution },
		}
	}
}

impl From<GranteeView> for Grantee<AccountId> {
	fn from(view: GranteeView) -> Self {
		match view {
			GranteeView::Account { account } => Self::Account(account.0),
			GranteeView::Institution { institution } => Self::Institution(institution),
			GranteeView::Role { role, institution } => Self::Role(role, institution),
			GranteeView::Assigned { institution } => Self::Assigned(institution),
		}
	}
}

/// The grant that one was passed on from.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParentView {
	pub grantee: GranteeView,
	pub grant: Int,
}

/// A grant.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantView {
	pub id: Int,
	pub grantee: GranteeView,
	pub terms: TermsView,
	pub uses_left: Option<u32>,
	pub given_at: Int,
	pub given_by: Account,
	pub request: Option<Int>,
	pub parent: Option<ParentView>,
	pub revoked_at: Option<Int>,
}

impl GrantView {
	/// The grant in this grantee's list.
	pub fn new(grantee: Grantee<AccountId>, grant: Grant<AccountId>) -> Self {
		let parent = |parent: salus_primitives::Parent<AccountId>| ParentView {
			grantee: parent.grantee.into(),
			grant: parent.grant.into(),
		};
		Self {
			id: grant.id.into(),
			grantee: grantee.into(),
			terms: grant.terms.into(),
			uses_left: grant.uses_left,
			given_at: grant.given_at.into(),
			given_by: grant.given_by.into(),
			request: grant.request.map(Int),
			parent: grant.parent.map(parent),
			revoked_at: grant.revoked_at.map(Int),
		}
	}
}

/// A request for consent.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRequestView {
	pub id: Int,
	pub requester: Account,
	pub institution: u32,
	pub terms: TermsView,
	pub asked_at: Int,
	pub expires_at: Int,
}

impl ConsentRequestView {
	/// This requester's request.
	pub fn new(requester: AccountId, request: ConsentRequest) -> Self {
		Self {
			id: request.id.into(),
			requester: requester.into(),
			institution: request.institution,
			terms: request.terms.into(),
			asked_at: request.asked_at.into(),
			expires_at: request.expires_at.into(),
		}
	}
}

/// What a grantee owes who used a grant that ends with erasure.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErasureView {
	pub grant: Int,
	pub grantee: GranteeView,
	pub erase_after: Int,
}

impl ErasureView {
	/// What is owed for this grant of this patient.
	pub fn of((patient, grant, erasure): (PatientId, GrantId, Erasure<AccountId>)) -> Of<Self> {
		let view = Self {
			grant: grant.into(),
			grantee: erasure.grantee.into(),
			erase_after: erasure.erase_after.into(),
		};
		Of::new(patient, view)
	}
}

/// What a denial names.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DenialTermsView {
	pub account: Option<Account>,
	pub institution: Option<u32>,
	pub role: Option<Role>,
	pub category: Option<Category>,
	pub compartment: Option<u8>,
	pub source: Option<u32>,
	pub recorded_from: Option<Int>,
	pub recorded_until: Option<Int>,
	pub record: Option<Int>,
}

/// A denial.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DenialView {
	pub id: Int,
	pub terms: DenialTermsView,
	pub made_at: Int,
}

impl From<Denial<AccountId>> for DenialView {
	fn from(denial: Denial<AccountId>) -> Self {
		let terms = denial.terms;
		Self {
			id: denial.id.into(),
			terms: DenialTermsView {
				account: terms.account.map(Account),
				institution: terms.institution,
				role: terms.role,
				category: terms.category,
				compartment: terms.compartment,
				source: terms.source,
				recorded_from: terms.recorded_from.map(Int),
				recorded_until: terms.recorded_until.map(Int),
				record: terms.record.map(Int),
			},
			made_at: denial.made_at.into(),
		}
	}
}

/// What a permit rests on.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum BasisView {
	Subject,
	Guardian,
	Author,
	Assignment,
	Grant { grant: Int },
	BreakGlass { case: Int },
}

impl From<Basis> for BasisView {
	fn from(basis: Basis) -> Self {
		match basis {
			Basis::Subject => Self::Subject,
			Basis::Guardian => Self::Guardian,
			Basis::Author => Self::Author,
			Basis::Assignment => Self::Assignment,
			Basis::Grant(grant) => Self::Grant { grant: grant.into() },
			Basis::BreakGlass(case) => Self::BreakGlass { case: case.into() },
		}
	}
}

/// A decision: a permit has a basis, a refusal a reason.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum DecisionView {
	Permit { basis: BasisView },
	Deny { reason: Reason },
}

impl From<Decision> for DecisionView {
	fn from(decision: Decision) -> Self {
		match decision {
			Decision::Permit(basis) => Self::Permit { basis: basis.into() },
			Decision::Deny(reason) => Self::Deny { reason },
		}
	}
}

/// A question to the decision engine, as a parameter.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessRequestView {
	pub requester: Account,
	#[serde(default)]
	pub on_behalf_of: Option<u32>,
	pub patient: Int,
	#[serde(default)]
	pub record: Option<Int>,
	pub custodian: u32,
	pub category: Category,
	#[serde(default)]
	pub compartment: Option<u8>,
	pub recorded_at: Int,
	pub author: Account,
	#[serde(default)]
	pub status: Option<RecordStatusView>,
	pub action: Action,
	pub purpose: Purpose,
}

impl From<AccessRequestView> for AccessRequest<AccountId> {
	fn from(view: AccessRequestView) -> Self {
		Self {
			requester: view.requester.0,
			on_behalf_of: view.on_behalf_of,
			patient: view.patient.0,
			record: view.record.map(|record| record.0),
			custodian: view.custodian,
			category: view.category,
			compartment: view.compartment,
			recorded_at: view.recorded_at.0,
			author: view.author.0,
			status: view.status.map(Into::into),
			action: view.action,
			purpose: view.purpose,
		}
	}
}
