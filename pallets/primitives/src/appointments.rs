//! Calendars, appointments, waiting lists and tele-consultations, in FHIR's words (R4 `Slot`, `Appointment`).

use crate::{access::vocabulary, AppointmentId, InstitutionId, Moment, PatientId, UtcDay, DAY};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::RangeInclusive;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The most slots of a practitioner in one UTC day.
pub const MAX_SLOTS_A_DAY: u32 = 96;
/// The most practitioners of one appointment.
pub const MAX_PRACTITIONERS: u32 = 4;
/// The most accounts that take part in a tele-consultation.
pub const MAX_PARTICIPANTS: u32 = 8;

/// The most days that a query for slots looks at.
pub const MAX_DAYS_ASKED: u64 = 42;
/// The most slots that one call opens: a local day of 25 hours has 100 quarter-hours.
pub const MAX_OPENED: u32 = 128;
/// The most UTC days on which those lie.
pub const MAX_OPENED_DAYS: u32 = 8;
/// How far ahead slots are opened and appointments wanted.
pub const HORIZON: Moment = 400 * DAY;
/// The most appointments that one call displaces.
pub const MAX_DISPLACED: u32 = 96;
/// The most days whose free slots a cancelled day's patients are offered at once.
pub const MAX_NEXT_DAYS: u32 = 7;

/// The practitioners of one appointment.
pub type Practitioners<AccountId> = BoundedVec<AccountId, ConstU32<MAX_PRACTITIONERS>>;
/// A practitioner's slots in one UTC day, in the order of time.
pub type Slots = BoundedVec<Slot, ConstU32<MAX_SLOTS_A_DAY>>;

/// From when, and until before when.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Period {
	/// From when.
	#[codec(compact)]
	pub start: Moment,
	/// Until before when.
	#[codec(compact)]
	pub end: Moment,
}

impl Period {
	/// From `start` until before `end`.
	pub const fn new(start: Moment, end: Moment) -> Self {
		Self { start, end }
	}

	/// How long it is; nothing where it is inverted.
	pub const fn length(&self) -> Moment {
		self.end.saturating_sub(self.start)
	}

	/// Whether the two have a moment in common.
	pub const fn overlaps(&self, other: &Self) -> bool {
		self.start < other.end && other.start < self.end
	}

	/// Whether all of the other is in it.
	pub const fn contains(&self, other: &Self) -> bool {
		self.start <= other.start && other.end <= self.end
	}

	/// The UTC days it touches. One that is empty or inverted touches one day or none.
	pub const fn days(&self) -> RangeInclusive<UtcDay> {
		self.start / DAY..=self.end.saturating_sub(1) / DAY
	}
}

/// What a slot is (FHIR `Slot.status`).
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
pub enum SlotState {
	/// It can be booked.
	#[codec(index = 0)]
	Free,
	/// It is held for a patient until before this time, and free from then on.
	#[codec(index = 1)]
	BusyTentative { patient: PatientId, until: Moment },
	/// An appointment has it.
	#[codec(index = 2)]
	Busy(AppointmentId),
	/// It is blocked.
	#[codec(index = 3)]
	BusyUnavailable,
}

/// A part of a practitioner's time, at one institution. It never crosses midnight UTC; an appointment can.
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
pub struct Slot {
	/// When.
	pub period: Period,
	/// Where.
	#[codec(compact)]
	pub institution: InstitutionId,
	/// What it is.
	pub state: SlotState,
}

impl Slot {
	/// Whether anybody can book it at this time: a hold lapses by itself.
	pub const fn is_free(&self, now: Moment) -> bool {
		match self.state {
			SlotState::Free => true,
			SlotState::BusyTentative { until, .. } => until <= now,
			SlotState::Busy(_) | SlotState::BusyUnavailable => false,
		}
	}

	/// Whether it is held for this patient now.
	pub fn is_held_for(&self, holder: PatientId, now: Moment) -> bool {
		matches!(self.state, SlotState::BusyTentative { patient, until } if patient == holder && now < until)
	}
}

vocabulary! {
	/// How patient and practitioners meet.
	pub enum Mode { InPerson = 0, Tele = 1 }
}

vocabulary! {
	/// How soon an appointment is wanted (FHIR `request-priority`), the most urgent first.
	pub enum Priority { Stat = 0, Asap = 1, Urgent = 2, Routine = 3 }
}

vocabulary! {
	/// Why an appointment was cancelled: HL7 `appointment-cancellation-reason`, coarse (pat, prov, maint, other). What
	/// would say something clinical is `Other`.
	pub enum CancelReason { Patient = 0, Provider = 1, Maintenance = 2, Other = 3 }
}

vocabulary! {
	/// On whose side somebody acts.
	pub enum AppointmentParty { Patient = 0, Guardian = 1, Desk = 2, Practitioner = 3 }
}

/// The life of an appointment (FHIR `Appointment.status`).
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
pub enum AppointmentStatus {
	/// It is wanted, and on a waiting list.
	#[codec(index = 0)]
	Proposed,
	/// It has its slots.
	#[codec(index = 1)]
	Booked,
	/// The patient is there.
	#[codec(index = 2)]
	Arrived,
	/// It took place.
	#[codec(index = 3)]
	Fulfilled,
	/// It does not take place.
	#[codec(index = 4)]
	Cancelled { by: AppointmentParty, reason: CancelReason },
	/// The patient never came.
	#[codec(index = 5)]
	NoShow,
}

impl AppointmentStatus {
	/// Whether the appointment has its slots and is not over.
	pub const fn is_current(&self) -> bool {
		matches!(self, Self::Booked | Self::Arrived)
	}
}

/// An appointment of a patient with up to four practitioners of one institution.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Appointment<AccountId> {
	/// Whose appointment it is.
	#[codec(compact)]
	pub patient: PatientId,
	/// Where.
	#[codec(compact)]
	pub institution: InstitutionId,
	/// With whom.
	pub practitioners: Practitioners<AccountId>,
	/// When; of one that never was more than proposed, within what time.
	pub period: Period,
	/// How they meet.
	pub mode: Mode,
	/// What became of it.
	pub status: AppointmentStatus,
	/// When it was proposed or booked.
	#[codec(compact)]
	pub made_at: Moment,
	/// Who proposed or booked it.
	pub made_by: AccountId,
	/// The appointment that was cancelled with its day and that this one is to make up for.
	pub replaces: Option<AppointmentId>,
	/// The patient's appointment before this one: lists run newest first along it.
	pub previous: Option<AppointmentId>,
}

/// A time that is held for somebody on a waiting list.
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
pub struct Offer {
	/// Which time.
	pub period: Period,
	/// Until before when it can be accepted.
	#[codec(compact)]
	pub until: Moment,
}

/// A place on a practitioner's waiting list.
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
pub struct Wish {
	/// The proposed appointment.
	#[codec(compact)]
	pub appointment: AppointmentId,
	/// Whose it is.
	#[codec(compact)]
	pub patient: PatientId,
	/// Where.
	#[codec(compact)]
	pub institution: InstitutionId,
	/// Whether it makes up for one that was cancelled with its day: those come first.
	pub displaced: bool,
	/// How soon.
	pub priority: Priority,
	/// Since when she waits.
	#[codec(compact)]
	pub since: Moment,
	/// Within what time.
	pub wanted: Period,
	/// How long it is to be.
	#[codec(compact)]
	pub length: Moment,
	/// What she was offered last.
	pub offer: Option<Offer>,
}

impl Wish {
	/// The order of a waiting list.
	pub const fn rank(&self) -> (bool, Priority, Moment, AppointmentId) {
		(!self.displaced, self.priority, self.since, self.appointment)
	}

	/// What she is offered and can accept.
	pub fn live_offer(&self, now: Moment) -> Option<Offer> {
		self.offer.filter(|offer| now < offer.until)
	}
}

/// Somebody who took part in a tele-consultation.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Participant<AccountId> {
	/// Who.
	pub account: AccountId,
	/// At which institution she acts; none for the patient and who stands by her.
	pub on_behalf_of: Option<InstitutionId>,
	/// Since when.
	pub joined_at: Moment,
}

/// The log of a tele-consultation: of its last session.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Consultation<AccountId> {
	/// Salted commitment to the session's key.
	pub session: H256,
	/// When the first joined.
	pub started_at: Moment,
	/// When one of them ended it.
	pub ended_at: Option<Moment>,
	/// Who joined, in order.
	pub participants: BoundedVec<Participant<AccountId>, ConstU32<MAX_PARTICIPANTS>>,
}
