//! The bounds of the lists, and what a patient has before her.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{AppointmentId, Moment, Period, Practitioners, Slot, SlotState, Wish, DAY, HOUR, MINUTE};
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

pub use salus_primitives::{HORIZON, MAX_DISPLACED, MAX_NEXT_DAYS, MAX_OPENED, MAX_OPENED_DAYS};

/// The shortest slot.
pub const MIN_SLOT: Moment = 5 * MINUTE;
/// The most slots that an appointment takes of each practitioner.
pub const MAX_SPAN: usize = 32;
/// The longest appointment: it touches two UTC days at most.
pub const MAX_LENGTH: Moment = DAY;
/// The longest appointment that a patient asks for herself on a waiting list.
pub const MAX_OWN_LENGTH: Moment = 2 * HOUR;
/// The longest time that is blocked or cancelled at once: a local day, whatever the clocks do. It touches three UTC days
/// at most.
pub const MAX_LOCAL_DAY: Moment = 26 * HOUR;
/// The longest time whose slots are closed at once.
pub const MAX_CLOSED_TIME: Moment = 31 * DAY;
/// The most UTC days that it touches.
pub const MAX_CLOSED: u32 = 32;
/// The most slots that a patient's hold takes, of all practitioners together.
pub const MAX_HELD: usize = 32;
/// How long a patient's hold lasts at most. What begins sooner than that is not offered to who waits: a hold and an offer
/// never end at the same time.
pub const HOLD_LIFETIME: Moment = 15 * MINUTE;
/// How long somebody who waits has to accept what she is offered.
pub const OFFER_LIFETIME: Moment = DAY;
/// How early a patient can arrive.
pub const EARLY_ARRIVAL: Moment = 4 * HOUR;
/// How long after an appointment it is noted that the patient was there and was seen.
pub const LATE_NOTE: Moment = 7 * DAY;
/// How early a tele-consultation can be joined.
pub const EARLY_JOIN: Moment = 15 * MINUTE;
/// How long after the appointment a tele-consultation can be ended: it may take longer than was thought.
pub const LATE_END: Moment = 4 * HOUR;
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
/// The most proposals of patients who died, or go on under another id, that are taken off a list at once.
pub const MAX_STRUCK: usize = 2;
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

/// What is held for a patient: it is held, booked and released as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Hold<AccountId> {
	/// Which time.
	pub period: Period,
	/// Whose.
	pub practitioners: Practitioners<AccountId>,
	/// Until before when it is held.
	#[codec(compact)]
	pub until: Moment,
}

impl<AccountId: PartialEq> Hold<AccountId> {
	/// Whether a slot is held by it.
	pub fn has(&self, practitioner: &AccountId, slot: &Slot) -> bool {
		let held = matches!(slot.state, SlotState::BusyTentative { until, .. } if until == self.until);
		held && self.period.contains(&slot.period) && self.practitioners.contains(practitioner)
	}

	/// Whether a visit at this time, with these, takes all of it.
	pub fn is_within(&self, period: Period, practitioners: &[AccountId]) -> bool {
		period.contains(&self.period) && self.practitioners.iter().all(|one| practitioners.contains(one))
	}
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
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Agenda<AccountId> {
	/// Her appointments, no two at the same time.
	pub engagements: BoundedVec<Engagement, ConstU32<MAX_ENGAGEMENTS>>,
	/// Those that she began under an id that was merged into this one; none at the same time as another.
	pub carried: BoundedVec<Engagement, ConstU32<MAX_ENGAGEMENTS>>,
	/// What is held for her, no two at the same time.
	pub holds: BoundedVec<Hold<AccountId>, ConstU32<MAX_HOLDS>>,
	/// What she waits for.
	pub hopes: BoundedVec<Hope, ConstU32<MAX_ALL_WISHES>>,
	/// Her newest appointment.
	pub latest: Option<AppointmentId>,
}

impl<AccountId> Default for Agenda<AccountId> {
	fn default() -> Self {
		Self {
			engagements: BoundedVec::new(),
			carried: BoundedVec::new(),
			holds: BoundedVec::new(),
			hopes: BoundedVec::new(),
			latest: None,
		}
	}
}
