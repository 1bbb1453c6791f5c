//! The bounds of times and lists.

use salus_primitives::{AlertId, BindingId, Moment, DAY};
use sp_runtime::{traits::ConstU32, BoundedVec};

pub use salus_primitives::CLOCK_TOLERANCE;

/// How far ahead a binding may end: consent is given again from time to time.
pub const MAX_BINDING: Moment = 366 * DAY;
/// The longest time from the earliest to the latest reading of a batch. Consent is asked about all of it.
pub const MAX_SPAN: Moment = DAY;
/// How long an offer of a device can be accepted.
pub const OFFER_LIFETIME: Moment = 7 * DAY;
/// The longest time that an addressee of an alert has.
pub const MAX_DEADLINE: Moment = DAY;
/// How long after its end an alert can be pruned.
pub const ALERT_RETENTION: Moment = 30 * DAY;
/// The most bindings that a patient's list holds.
pub const MAX_BINDINGS: u32 = 32;
/// The most alerts that a patient's list holds.
pub const MAX_ALERTS: u32 = 64;
/// The most alerts pruned in one call.
pub const MAX_PRUNED: u32 = 64;
/// The most batches or alerts in one page.
pub const MAX_PAGE: u32 = 256;
/// The most batches that are read to fill one page.
pub const MAX_WALK: u32 = 4_096;

/// A patient's bindings, in the order in which they were made.
pub type BindingList = BoundedVec<BindingId, ConstU32<MAX_BINDINGS>>;
/// A patient's alerts, in the order in which they were raised.
pub type AlertList = BoundedVec<AlertId, ConstU32<MAX_ALERTS>>;
