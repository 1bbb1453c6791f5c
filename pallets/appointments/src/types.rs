//! The bounds of the lists, and what a patient has before her.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{AppointmentId, Moment, Period, Wish, DAY, HOUR, MINUTE};
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The most slots that one call opens: a local day of 25 hours has 100 quarter-hours.
pub const MAX_OPENED: u32 = 128;
/// The shortest slot.
pub const MIN_SLOT: Moment = 5 * MINUTE;
/// The most slots that an appointment takes of each practitioner.
pub const MAX_SPAN: usize = 32;
/// The longest appointment: it touches two UTC days at most.
pub const MAX_LENGTH: Moment = DAY;
/// The longest time that is blocked or cancelled at once: a local day, whatever the clocks do. It touches three UTC days
/// at most.
pub const MAX_LOCAL_DAY: Moment = 26 * HOUR;
/// How far ahead slots are opened and appointments wanted.
pub const HORIZON: Moment = 400 * DAY;
/// How long a patient's hold lasts at most.
pub const HOLD_LIFETIME: Moment = 15 * MINUTE;
/// How long somebody who waits has to accept what she is offered.
pub const OFFER_LIFETIME: Moment = DAY;
/// How early a patient can arrive.
pub const EARLY_ARRIVAL: Moment = 4 * HOUR;
/// How early a tele-consultation can be joined.
pub const EARLY_JOIN: Moment = 15 * MINUTE;
/// How long a calendar is kept after its day.
pub const RETENTION: Moment = 30 * DAY;
/// The most appointments that a patient has before her.
pub const MAX_ENGAGEMENTS: u32 = 16;
/// The most holds of a patient.
pub const MAX_HOLDS: u32 = 2;
/// The most waiting lists that a patient is on, but for those she was put on because a day was cancelled.
pub const MAX_WISHES: usize = 8;
/// The most waiting lists that a patient is on at all.
pub const MAX_ALL_WISHES: u32 = 24;
/// The most who wait for a practitioner, but for those whose day was cancelled.
pub const MAX_WAITING: usize = 32;
/// The most who wait for a practitioner at all.
pub const MAX_ALL_WAITING: u32 = 128;
/// The most appointments that one call displaces.
pub const MAX_DISPLACED: u32 = 96;
/// The most days whose free slots a cancelled day's patients are offered at once.
pub const MAX_NEXT_DAYS: u32 = 7;
/// The most appointments in one page.
pub const MAX_PAGE: u32 = 256;

/// A practitioner's waiting list, in the order of [`Wish::rank`].
pub type WaitingList = BoundedVec<Wish, ConstU32<MAX_ALL_WAITING>>;

/// An appointment that a patient has before her.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Engagement {
	/// Which.
	#[codec(compact)]
	pub appointment: AppointmentId,
	/// When.
	pub period: Period,
}

/// A time that is held for a patient.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Hold {
	/// When it begins.
	#[codec(compact)]
	pub start: Moment,
	/// Until before when it is held.
	#[codec(compact)]
	pub until: Moment,
}

/// A waiting list that a patient is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Hope {
	/// The proposed appointment.
	#[codec(compact)]
	pub appointment: AppointmentId,
	/// Until before when it is wanted.
	#[codec(compact)]
	pub until: Moment,
}

/// What a patient has before her. What has passed goes out when something is added.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Agenda {
	/// Her appointments, no two at the same time.
	pub engagements: BoundedVec<Engagement, ConstU32<MAX_ENGAGEMENTS>>,
	/// What is held for her.
	pub holds: BoundedVec<Hold, ConstU32<MAX_HOLDS>>,
	/// What she waits for.
	pub hopes: BoundedVec<Hope, ConstU32<MAX_ALL_WISHES>>,
	/// Her newest appointment.
	pub latest: Option<AppointmentId>,
}
