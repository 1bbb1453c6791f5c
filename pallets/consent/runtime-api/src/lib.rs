//! What can be asked of the decision engine and of the state of consents.
//!
//! ```
//! use salus_primitives::{Decision, Reason};
//! // The answer of `decide`: exactly what the chain would decide at that block.
//! assert!(!Decision::Deny(Reason::NoGrant).is_permit());
//! ```
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use alloc::vec::Vec;
use codec::Codec;
use salus_primitives::{
	AccessRequest, ConsentRequest, Decision, Denial, Grant, GrantId, Grantee, PatientId, RequestId,
};

sp_api::decl_runtime_apis! {
	/// Consent.
	pub trait ConsentApi<AccountId: Codec> {
		/// The decision, exactly as the chain would decide it at this block.
		fn decide(request: AccessRequest<AccountId>) -> Decision;
		/// The patient's grants with an id above `after`, lowest first, at most `limit`.
		fn grants(patient: PatientId, after: Option<GrantId>, limit: u32) -> Vec<(Grantee<AccountId>, Grant<AccountId>)>;
		/// The requests made to the patient with an id above `after`, lowest first, at most `limit`.
		fn requests(patient: PatientId, after: Option<RequestId>, limit: u32) -> Vec<(AccountId, ConsentRequest)>;
		/// The patient's denials.
		fn denials(patient: PatientId) -> Vec<Denial<AccountId>>;
	}
}
