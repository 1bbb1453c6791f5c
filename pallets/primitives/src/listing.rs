//! Lists that run across patients. The chain does not keep them: an index does, and looks up in the state what it finds.

use crate::{Grantee, InstitutionId, Moment, PatientId};
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// Whose list it is. Indices are for ever: an index off chain stores them.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub enum Party<AccountId> {
	/// The grants to a grantee.
	#[codec(index = 0)]
	Grantee(Grantee<AccountId>),
	/// The requests of an account that can still be answered.
	#[codec(index = 1)]
	Requester(AccountId),
	/// The open cases that a clinician opened or joined.
	#[codec(index = 2)]
	Clinician(AccountId),
	/// The cases of an institution that nobody has reviewed.
	#[codec(index = 3)]
	Reviewer(InstitutionId),
	/// The erasures that a grantee has not attested.
	#[codec(index = 4)]
	Eraser(Grantee<AccountId>),
}

/// Something of a patient on a list.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Listing<AccountId> {
	/// Whose list.
	pub party: Party<AccountId>,
	/// The patient.
	pub patient: PatientId,
	/// The grant, request or case; an erasure has its grant's.
	pub id: u64,
	/// From when on it is certainly not on the list.
	pub until: Option<Moment>,
}
