//! What is asked of the decision engine and what it answers.

use crate::{CaseId, Compartment, GrantId, InstitutionId, Moment, PatientId, RecordId, RecordStatus};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Derives what a value needs that stands in storage, calls, events and JSON.
macro_rules! vocabulary {
	($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $index:literal),+ $(,)? }) => {
		$(#[$meta])*
		#[derive(
			Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode, DecodeWithMemTracking,
			MaxEncodedLen, TypeInfo, Serialize, Deserialize,
		)]
		pub enum $name { $($(#[$vmeta])* #[codec(index = $index)] $variant = $index),+ }

		impl $name {
			/// Every variant, in the order of the codec indices.
			pub const ALL: [Self; [$(Self::$variant),+].len()] = [$(Self::$variant),+];

			/// The name of the variant.
			pub const fn name(self) -> &'static str {
				match self { $(Self::$variant => stringify!($variant)),+ }
			}
		}
	};
}
pub(crate) use vocabulary;

vocabulary! {
	/// What is to be done with a record. Viewing and editing are different rights.
	pub enum Action { View = 0, Append = 1, Amend = 2, Share = 3 }
}

vocabulary! {
	/// Why it is to be done: HL7 v3 PurposeOfUse (TREAT, ETREAT, HPAYMT, HOPERAT, HRESCH, CLINTRCH, PUBHLTH,
	/// CAREMGT, FAMRQT, PATRQT).
	pub enum Purpose {
		Treatment = 0, Emergency = 1, Payment = 2, Operations = 3, Research = 4, ClinicalTrial = 5,
		PublicHealth = 6, CareManagement = 7, Family = 8, PatientRequest = 9,
	}
}

vocabulary! {
	/// What kind of document it is; never what it is about.
	pub enum Category {
		Summary = 0, Allergy = 1, Order = 2, Encounter = 3, Laboratory = 4, Imaging = 5, Prescription = 6,
		Immunisation = 7, Vitals = 8, Procedure = 9, Genomic = 10, Claims = 11, Other = 12,
	}
}

vocabulary! {
	/// The role a credential gives at one institution.
	pub enum Role {
		Doctor = 0, Nurse = 1, Pharmacist = 2, LabTechnician = 3, Researcher = 4, Insurer = 5,
		Administrator = 6, PrivacyOfficer = 7, Auditor = 8,
	}
}

/// One question to the decision engine.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct AccessRequest<AccountId> {
	/// Who asks.
	pub requester: AccountId,
	/// At which institution she acts; `None` for the patient, her guardians and the caregivers she names.
	pub on_behalf_of: Option<InstitutionId>,
	/// Whose record it is.
	pub patient: PatientId,
	/// Which record; `None` for one that is still to be registered.
	pub record: Option<RecordId>,
	/// The institution that registered the record, or is to register it.
	pub custodian: InstitutionId,
	/// The record's category.
	pub category: Category,
	/// The record's compartment, if it is in one.
	pub compartment: Option<Compartment>,
	/// When the documented thing happened.
	pub recorded_at: Moment,
	/// Who wrote it.
	pub author: AccountId,
	/// The record's status; `None` for one that is still to be registered.
	pub status: Option<RecordStatus>,
	/// What is to be done.
	pub action: Action,
	/// Why.
	pub purpose: Purpose,
}

/// What a permit rests on.
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
pub enum Basis {
	/// She is the patient.
	#[codec(index = 0)]
	Subject,
	/// She is the patient's guardian.
	#[codec(index = 1)]
	Guardian,
	/// She wrote it and still works for the institution that keeps it.
	#[codec(index = 2)]
	Author,
	/// She is assigned to the patient and may write.
	#[codec(index = 3)]
	Assignment,
	/// The patient granted it.
	#[codec(index = 4)]
	Grant(GrantId),
	/// An open break-glass case.
	#[codec(index = 5)]
	BreakGlass(CaseId),
}

vocabulary! {
	/// Why it is refused.
	pub enum Reason {
		/// The requester has no standing: no patient, and no credential at the institution named.
		Unknown = 0,
		/// The credential or its institution is suspended, expired or revoked.
		Inactive = 1,
		/// The record's status keeps it closed.
		Unavailable = 2,
		/// The role may never do this.
		RoleForbids = 3,
		/// The patient has denied it.
		Refused = 4,
		/// The compartment is sealed.
		Sealed = 5,
		/// No grant names this requester.
		NoGrant = 6,
		/// The nearest grant was revoked.
		Revoked = 7,
		/// The nearest grant has ended or has not begun.
		Expired = 8,
		/// The nearest grant has no uses left.
		Exhausted = 9,
		/// The nearest grant is for another action.
		ActionMismatch = 10,
		/// The nearest grant is for another purpose.
		PurposeMismatch = 11,
		/// The nearest grant is for another category.
		CategoryMismatch = 12,
		/// The nearest grant is for other records.
		RecordMismatch = 13,
		/// The record is older or newer than the nearest grant covers.
		OutsideDateRange = 14,
		/// The nearest grant doesn't name the compartment, or isn't to an account.
		CompartmentMismatch = 15,
		/// The nearest grant was given since the patient's key was lost, as it is said, and she has not confirmed it.
		Suspended = 16,
	}
}

/// The engine's answer.
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
pub enum Decision {
	/// It may be done.
	#[codec(index = 0)]
	Permit(Basis),
	/// It may not be done.
	#[codec(index = 1)]
	Deny(Reason),
}

impl Decision {
	/// Whether it may be done.
	pub const fn is_permit(&self) -> bool {
		matches!(self, Self::Permit(_))
	}
}
