//! Records and receipts.

use salus_primitives::{
	Category, DocStatus, ErrorReason, Media, Origin, Purpose, Receipt, ReceiptId, Record, RecordFilter, RecordId,
	RecordStatus, Relation,
};
use serde::{Deserialize, Serialize};

use super::{cid_text, Account, DecisionView, Hex, Int};
use crate::AccountId;

/// The life of a record.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum RecordStatusView {
	Current,
	Superseded { by: Int },
	EnteredInError { reason: ErrorReason },
	Restricted,
	Erasing,
	Erased,
}

impl From<RecordStatus> for RecordStatusView {
	fn from(status: RecordStatus) -> Self {
		match status {
			RecordStatus::Current => Self::Current,
			RecordStatus::Superseded(by) => Self::Superseded { by: by.into() },
			RecordStatus::EnteredInError(reason) => Self::EnteredInError { reason },
			RecordStatus::Restricted => Self::Restricted,
			RecordStatus::Erasing => Self::Erasing,
			RecordStatus::Erased => Self::Erased,
		}
	}
}

impl From<RecordStatusView> for RecordStatus {
	fn from(status: RecordStatusView) -> Self {
		match status {
			RecordStatusView::Current => Self::Current,
			RecordStatusView::Superseded { by } => Self::Superseded(by.0),
			RecordStatusView::EnteredInError { reason } => Self::EnteredInError(reason),
			RecordStatusView::Restricted => Self::Restricted,
			RecordStatusView::Erasing => Self::Erasing,
			RecordStatusView::Erased => Self::Erased,
		}
	}
}

/// How a record relates to another.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RelationView {
	pub relation: Relation,
	pub record: Int,
}

/// A record's metadata. The CID is in its text form.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordView {
	pub id: Int,
	pub patient: Int,
	pub author: Account,
	pub custodian: u32,
	pub origin: Origin,
	pub category: Category,
	pub compartment: Option<u8>,
	pub media: Media,
	pub cid: String,
	pub sha256: Hex,
	pub tree: Hex,
	pub size: Int,
	pub recorded_at: Int,
	pub registered_at: Int,
	pub relates_to: Option<RelationView>,
	pub doc_status: DocStatus,
	pub status: RecordStatusView,
	pub previous: Option<Int>,
}

impl RecordView {
	/// The record of this id.
	pub fn new(id: RecordId, record: Record<AccountId>) -> Self {
		let cid = cid_text(&record.cid);
		Self {
			id: id.into(),
			patient: record.patient.into(),
			author: record.author.into(),
			custodian: record.custodian,
			origin: record.origin,
			category: record.category,
			compartment: record.compartment,
			media: record.media,
			cid,
			sha256: record.sha256.into(),
			tree: record.tree.into(),
			size: record.size.into(),
			recorded_at: record.recorded_at.into(),
			registered_at: record.registered_at.into(),
			relates_to: record.relates_to.map(|(relation, record)| RelationView {
				relation,
				record: record.into(),
			}),
			doc_status: record.doc_status,
			status: record.status.into(),
			previous: record.previous.map(Int),
		}
	}
}

/// What a list keeps, as a parameter.
#[allow(missing_docs)]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RecordFilterView {
	pub category: Option<Category>,
	pub custodian: Option<u32>,
	pub recorded_from: Option<Int>,
	pub recorded_until: Option<Int>,
	pub current_only: bool,
}

impl From<RecordFilterView> for RecordFilter {
	fn from(view: RecordFilterView) -> Self {
		Self {
			category: view.category,
			custodian: view.custodian,
			recorded_from: view.recorded_from.map(|from| from.0),
			recorded_until: view.recorded_until.map(|until| until.0),
			current_only: view.current_only,
		}
	}
}

/// The decision on one record.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutcomeView {
	pub record: Int,
	pub decision: DecisionView,
}

/// A receipt.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptView {
	pub id: Int,
	pub requester: Account,
	pub on_behalf_of: Option<u32>,
	pub patient: Int,
	pub purpose: Purpose,
	pub at: Int,
	pub outcomes: Vec<OutcomeView>,
}

impl ReceiptView {
	/// The receipt of this id.
	pub fn new(id: ReceiptId, receipt: Receipt<AccountId>) -> Self {
		let outcome = |(record, decision): (RecordId, salus_primitives::Decision)| OutcomeView {
			record: record.into(),
			decision: decision.into(),
		};
		Self {
			id: id.into(),
			requester: receipt.requester.into(),
			on_behalf_of: receipt.on_behalf_of,
			patient: receipt.patient.into(),
			purpose: receipt.purpose,
			at: receipt.at.into(),
			outcomes: receipt.outcomes.into_iter().map(outcome).collect(),
		}
	}
}
