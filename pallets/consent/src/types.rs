//! The bounds of the lists, and the lists.

use salus_primitives::{ConsentRequest, Denial, Grant, Grantee, Moment, DAY};
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The most grants to one grantee by one patient, dead ones that still stand in the list included.
pub const MAX_GRANTS: u32 = 16;
/// The most denials of one patient. The last slot is only ever taken by a denial of everything.
pub const MAX_DENIALS: u32 = 32;
/// The most open requests of one requester to one patient.
pub const MAX_REQUESTS: u32 = 8;
/// How long a request can be answered at most.
pub const MAX_REQUEST_LIFETIME: Moment = 30 * DAY;
/// The most entries a query returns at once: a page of 256, and one more that says that there is a next.
pub const MAX_PAGE: u32 = 257;

/// One patient's grants to one grantee, in the order of their ids.
pub type GrantList<AccountId> = BoundedVec<Grant<AccountId>, ConstU32<MAX_GRANTS>>;
/// One patient's denials, in the order of their ids.
pub type DenialList<AccountId> = BoundedVec<Denial<AccountId>, ConstU32<MAX_DENIALS>>;
/// One requester's requests to one patient, in the order of their ids.
pub type RequestList = BoundedVec<ConsentRequest, ConstU32<MAX_REQUESTS>>;

/// A grant and the grantee in whose list it stands.
pub type ListedGrant<AccountId> = (Grantee<AccountId>, Grant<AccountId>);
