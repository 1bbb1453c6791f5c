//! What can be asked of the role registry.
//!
//! ```
//! use pallet_roles_runtime_api::CredentialView;
//! # fn shows(view: &CredentialView) -> bool {
//! // `active` already takes the institution's status and the validity dates into account.
//! view.active
//! # }
//! ```
#![cfg_attr(not(feature = "std"), no_std)]
// The macro below repeats the bound of `AccountId` on what it makes of each method.
#![allow(clippy::multiple_bound_locations)]

extern crate alloc;

use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use salus_primitives::{
	Assignment, Credential, DidDocument, DidSubject, Guardianship, Institution, InstitutionId, Patient, PatientId,
};
use scale_info::TypeInfo;

/// A credential and whether it counts now.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct CredentialView {
	/// The credential.
	pub credential: Credential,
	/// Whether it and its institution count at the block's time.
	pub active: bool,
}

sp_api::decl_runtime_apis! {
	/// The role registry.
	pub trait RolesApi<AccountId: Codec> {
		/// The institution's entry.
		fn institution(id: InstitutionId) -> Option<Institution<AccountId>>;
		/// The institutions from an id on, at most so many and never more than 256 at once, by their ids.
		fn institutions(from: InstitutionId, limit: u32) -> Vec<(InstitutionId, Institution<AccountId>)>;
		/// The account's credential at the institution.
		fn credential(account: AccountId, institution: InstitutionId) -> Option<CredentialView>;
		/// The patient's entry.
		fn patient(id: PatientId) -> Option<Patient<AccountId>>;
		/// The id of which the account is the controller.
		fn patient_of(controller: AccountId) -> Option<PatientId>;
		/// How the patient is assigned to the practitioner at the institution.
		fn assignment(patient: PatientId, practitioner: AccountId, institution: InstitutionId) -> Option<Assignment>;
		/// The institution whose quota the account uses; none for an account without standing.
		fn home(account: AccountId) -> Option<InstitutionId>;
		/// Who attests the institution's applications.
		fn registrar(institution: InstitutionId) -> Option<AccountId>;
		/// The patient's guardians, whether they are in force or not.
		fn guardianships(patient: PatientId) -> Vec<Guardianship<AccountId>>;
		/// The patient's caregivers.
		fn caregivers(patient: PatientId) -> Vec<AccountId>;
		/// What the document of a `did:salus` identifier says; none for a subject that was never registered.
		fn did_document(subject: DidSubject<AccountId>) -> Option<DidDocument<AccountId>>;
	}
}
