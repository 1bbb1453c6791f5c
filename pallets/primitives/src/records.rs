//! A record's metadata and the receipts of access to it.

use crate::{
	access::vocabulary, Category, Compartment, Decision, InstitutionId, Moment, PatientId, Purpose, RecordId, DAY,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// How long a receipt counts.
pub const RECEIPT_LIFETIME: Moment = DAY;

/// The most bytes of a binary CID.
pub const MAX_CID: u32 = 64;
/// The most records in one batch or one `access` call.
pub const MAX_BATCH: u32 = 64;

/// A binary CIDv1.
pub type Cid = BoundedVec<u8, ConstU32<MAX_CID>>;

vocabulary! {
	/// Where a record comes from.
	pub enum Origin { Clinician = 0, Patient = 1, Device = 2, Scanned = 3 }
}

vocabulary! {
	/// What the payload is.
	pub enum Media { FhirJson = 0, Dicom = 1, DicomStudy = 2, Pdf = 3, Cda = 4, Hl7v2 = 5, Opaque = 6 }
}

vocabulary! {
	/// How a record relates to another (FHIR R4 `DocumentReference.relatesTo.code`).
	pub enum Relation { Replaces = 0, Appends = 1, Transforms = 2, Signs = 3 }
}

vocabulary! {
	/// Whether the document is complete (FHIR R4 `DocumentReference.docStatus`).
	pub enum DocStatus { Preliminary = 0, Final = 1 }
}

vocabulary! {
	/// Why a record was entered in error.
	pub enum ErrorReason { WrongPatient = 0, WrongContent = 1, Duplicate = 2, Other = 3 }
}

/// The life of a record.
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
pub enum RecordStatus {
	/// The latest word.
	#[codec(index = 0)]
	Current,
	/// Replaced by another record.
	#[codec(index = 1)]
	Superseded(RecordId),
	/// It should never have been entered.
	#[codec(index = 2)]
	EnteredInError(ErrorReason),
	/// Kept by law, open to the subject only.
	#[codec(index = 3)]
	Restricted,
	/// Its erasure is under way.
	#[codec(index = 4)]
	Erasing,
	/// Its key is gone.
	#[codec(index = 5)]
	Erased,
}

/// What is said of a payload when it is registered.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct NewRecord {
	/// Whose record it is.
	pub patient: PatientId,
	/// Where it comes from.
	pub origin: Origin,
	/// What kind of document it is.
	pub category: Category,
	/// The drawer it goes into.
	pub compartment: Option<Compartment>,
	/// What the payload is.
	pub media: Media,
	/// The payload's CIDv1, binary.
	pub cid: Cid,
	/// SHA-256 of the ciphertext.
	pub sha256: H256,
	/// Root of the RFC 6962 shaped SHA-256 tree over 4 KiB leaves of the ciphertext.
	pub tree: H256,
	/// Bytes of ciphertext.
	pub size: u64,
	/// When the documented thing happened.
	pub recorded_at: Moment,
	/// The record it relates to.
	pub relates_to: Option<(Relation, RecordId)>,
	/// Whether the document is complete.
	pub doc_status: DocStatus,
}

/// A record's metadata. Numbers that are small for most records are stored short.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Record<AccountId> {
	/// Whose record it is.
	#[codec(compact)]
	pub patient: PatientId,
	/// Who registered it.
	pub author: AccountId,
	/// The institution that registered it, for the patient's own uploads hers; it never changes.
	#[codec(compact)]
	pub custodian: InstitutionId,
	/// Where it comes from.
	pub origin: Origin,
	/// What kind of document it is.
	pub category: Category,
	/// The drawer it is in.
	pub compartment: Option<Compartment>,
	/// What the payload is.
	pub media: Media,
	/// The payload's CIDv1, binary.
	pub cid: Cid,
	/// SHA-256 of the ciphertext.
	pub sha256: H256,
	/// Root of the RFC 6962 shaped SHA-256 tree over 4 KiB leaves of the ciphertext.
	pub tree: H256,
	/// Bytes of ciphertext.
	#[codec(compact)]
	pub size: u64,
	/// When the documented thing happened.
	#[codec(compact)]
	pub recorded_at: Moment,
	/// When it was registered.
	#[codec(compact)]
	pub registered_at: Moment,
	/// The record it relates to.
	pub relates_to: Option<(Relation, RecordId)>,
	/// Whether the document is complete.
	pub doc_status: DocStatus,
	/// The life of the record.
	pub status: RecordStatus,
	/// The patient's record before this one: lists run newest first along it.
	pub previous: Option<RecordId>,
}

/// The outcome of one `access` call: which records were decided, and how.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Receipt<AccountId> {
	/// Who asked.
	pub requester: AccountId,
	/// At which institution.
	pub on_behalf_of: Option<InstitutionId>,
	/// Whose records.
	pub patient: PatientId,
	/// Why.
	pub purpose: Purpose,
	/// When.
	pub at: Moment,
	/// The decision on each record.
	pub outcomes: BoundedVec<(RecordId, Decision), ConstU32<MAX_BATCH>>,
}

impl<AccountId> Receipt<AccountId> {
	/// Whether it still counts: one past its lifetime is as good as absent, removed or not.
	pub fn is_alive(&self, now: Moment) -> bool {
		now < self.at.saturating_add(RECEIPT_LIFETIME)
	}
}

/// What a query for a patient's records lists.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct RecordFilter {
	/// Only this category.
	pub category: Option<Category>,
	/// Only records kept by this institution.
	pub custodian: Option<InstitutionId>,
	/// Only things that happened at this time or later.
	pub recorded_from: Option<Moment>,
	/// Only things that happened before this time.
	pub recorded_until: Option<Moment>,
	/// Only records whose status is `Current`.
	pub current_only: bool,
}
