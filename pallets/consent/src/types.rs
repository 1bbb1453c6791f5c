//! The bounds of the lists, and the lists.

use crate::Docket;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{CaseId, ConsentRequest, Denial, Grant, Grantee, Moment, DAY, HOUR};
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

pub use salus_primitives::MAX_DENIALS;

/// The most grants to one grantee by one patient, dead ones that still stand in the list included.
pub const MAX_GRANTS: u32 = 16;
/// How often a grant can be passed on, one after the other.
pub const MAX_PASSES: usize = 3;
/// The most open requests of one requester to one patient.
pub const MAX_REQUESTS: u32 = 8;
/// How long a request can be answered at most.
pub const MAX_REQUEST_LIFETIME: Moment = 30 * DAY;
/// The most cases that one clinician has open at a time.
pub const MAX_OPEN_CASES: u32 = 3;
/// For how long a credential has to have been active before a case can be opened with it.
pub const MIN_ACTIVE: Moment = 7 * DAY;
/// The most approvals that the council can ask for.
pub const MAX_APPROVALS_NEEDED: u8 = 7;
/// How long a declared incident lasts at most.
pub const MAX_INCIDENT: Moment = 72 * HOUR;
/// The most entries a query returns at once: a page of 256, and one more that says that there is a next.
pub const MAX_PAGE: u32 = 257;

/// One patient's grants to one grantee, in the order of their ids.
pub type GrantList<AccountId> = BoundedVec<Grant<AccountId>, ConstU32<MAX_GRANTS>>;
/// One patient's denials, in the order of their ids.
pub type DenialList<AccountId> = BoundedVec<Denial<AccountId>, ConstU32<MAX_DENIALS>>;
/// One requester's requests to one patient, in the order of their ids.
pub type RequestList = BoundedVec<ConsentRequest, ConstU32<MAX_REQUESTS>>;

/// A grantee and her list of grants.
pub(crate) type NamedList<AccountId> = (Grantee<AccountId>, GrantList<AccountId>);
/// A grant and the grantee in whose list it stands.
pub type ListedGrant<AccountId> = (Grantee<AccountId>, Grant<AccountId>);

/// What is known of a clinician who breaks the glass.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Opener {
	/// The cases she opened, in the order of their ids, and when they end; ended ones go out with the next one.
	pub open: BoundedVec<(CaseId, Moment), ConstU32<MAX_OPEN_CASES>>,
	/// Which cases she opened wait for their review.
	pub docket: Docket,
}
