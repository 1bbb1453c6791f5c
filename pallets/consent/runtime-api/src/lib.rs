//! What can be asked of the decision engine and of the state of consents.
//!
//! ```
//! use salus_primitives::{Decision, Reason};
//! // The answer of `decide`: exactly what the chain would decide at that block.
//! assert!(!Decision::Deny(Reason::NoGrant).is_permit());
//! ```
#![cfg_attr(not(feature = "std"), no_std)]
// The macro writes the bounds of a versioned trait into where clauses besides.
#![allow(clippy::multiple_bound_locations)]

extern crate alloc;

use alloc::vec::Vec;
use codec::Codec;
use salus_primitives::{
	AccessRequest, Case, CaseId, Compartment, ConsentRequest, Decision, Denial, Erasure, Explanation, Grant, GrantId,
	Grantee, InstitutionId, Listing, PatientId, RequestId, Reviews,
};

sp_api::decl_runtime_apis! {
	/// Consent. Version 1 knew no lists that run across patients.
	#[api_version(2)]
	pub trait ConsentApi<AccountId: Codec> {
		/// The decision, exactly as the chain would decide it at this block.
		fn decide(request: AccessRequest<AccountId>) -> Decision;
		/// The same decision with the rule that decided and what would change it.
		fn explain(request: AccessRequest<AccountId>) -> Explanation<AccountId>;
		/// The patient's grants with an id above `after`, lowest first, at most `limit`.
		fn grants(patient: PatientId, after: Option<GrantId>, limit: u32) -> Vec<(Grantee<AccountId>, Grant<AccountId>)>;
		/// The requests made to the patient with an id above `after`, lowest first, at most `limit`.
		fn requests(patient: PatientId, after: Option<RequestId>, limit: u32) -> Vec<(AccountId, ConsentRequest)>;
		/// The patient's denials.
		fn denials(patient: PatientId) -> Vec<Denial<AccountId>>;
		/// The erasures that grantees should have attested by now, with a grant's id above `after`, lowest first, at most
		/// `limit`.
		fn overdue_erasures(
			patient: PatientId,
			after: Option<GrantId>,
			limit: u32,
		) -> Vec<(GrantId, Erasure<AccountId>)>;
		/// The compartments the patient has sealed, lowest first.
		fn sealed(patient: PatientId) -> Vec<Compartment>;
		/// The patient's break-glass cases with an id above `after`, lowest first, at most `limit`.
		fn cases(patient: PatientId, after: Option<CaseId>, limit: u32) -> Vec<(CaseId, Case<AccountId>)>;
		/// What waits for an institution's privacy officers, and whether an incident is declared.
		fn reviews(institution: InstitutionId) -> Reviews;
		/// What this block's events put on lists that run across patients or took off them, in order.
		fn listings() -> Vec<Listing<AccountId>>;
		/// All that is on such lists of these patients.
		fn listings_of(patients: Vec<PatientId>) -> Vec<Listing<AccountId>>;
		/// Which of these grants stand in the grantee's lists, in the same order; of at most 257, here and below.
		fn grants_to(
			grantee: Grantee<AccountId>,
			ids: Vec<(PatientId, GrantId)>,
		) -> Vec<(PatientId, Grant<AccountId>)>;
		/// Which of these requests are the requester's and can still be answered.
		fn requests_by(requester: AccountId, ids: Vec<(PatientId, RequestId)>) -> Vec<(PatientId, ConsentRequest)>;
		/// Which of these cases are open, with the clinician as opener or in the team.
		fn open_cases(clinician: AccountId, ids: Vec<(PatientId, CaseId)>)
			-> Vec<(PatientId, CaseId, Case<AccountId>)>;
		/// Which of these cases are the institution's and were not reviewed.
		fn unreviewed_cases(
			institution: InstitutionId,
			ids: Vec<(PatientId, CaseId)>,
		) -> Vec<(PatientId, CaseId, Case<AccountId>)>;
		/// Which of these erasures the grantee owes, due or not.
		fn erasures_owed(
			grantee: Grantee<AccountId>,
			ids: Vec<(PatientId, GrantId)>,
		) -> Vec<(PatientId, GrantId, Erasure<AccountId>)>;
	}
}
