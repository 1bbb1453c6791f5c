//! Calendars, appointments, waiting lists, tele-consultations.

use salus_primitives::{
	Appointment, AppointmentId, AppointmentParty, AppointmentStatus, CancelReason, Consultation, Mode, Period,
	Priority, Slot, SlotState, Wish,
};
use serde::Serialize;

use super::{Account, Hex, Int};
use crate::AccountId;

/// From when, and until before when.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PeriodView {
	pub start: Int,
	pub end: Int,
}

impl From<Period> for PeriodView {
	fn from(period: Period) -> Self {
		Self {
			start: period.start.into(),
			end: period.end.into(),
		}
	}
}

/// What a slot is.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum SlotStateView {
	Free,
	BusyTentative { patient: Int, until: Int },
	Busy { appointment: Int },
	BusyUnavailable,
}

impl From<SlotState> for SlotStateView {
	fn from(state: SlotState) -> Self {
		match state {
			SlotState::Free => Self::Free,
			SlotState::BusyTentative { patient, until } => Self::BusyTentative {
				patient: patient.into(),
				until: until.into(),
			},
			SlotState::Busy(appointment) => Self::Busy {
				appointment: appointment.into(),
			},
			SlotState::BusyUnavailable => Self::BusyUnavailable,
		}
	}
}

/// A slot.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SlotView {
	#[serde(flatten)]
	pub period: PeriodView,
	pub institution: u32,
	pub state: SlotStateView,
}

impl From<Slot> for SlotView {
	fn from(slot: Slot) -> Self {
		Self {
			period: slot.period.into(),
			institution: slot.institution,
			state: slot.state.into(),
		}
	}
}

/// A practitioner's slots at a finalised block, as a subscriber is told; the cursor says what she knows.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AvailabilityView {
	pub block: u32,
	pub hash: Hex,
	pub slots: Vec<SlotView>,
	pub cursor: String,
}

/// The life of an appointment.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum AppointmentStatusView {
	Proposed,
	Booked,
	Arrived,
	Fulfilled,
	Cancelled { by: AppointmentParty, reason: CancelReason },
	NoShow,
}

impl From<AppointmentStatus> for AppointmentStatusView {
	fn from(status: AppointmentStatus) -> Self {
		match status {
			AppointmentStatus::Proposed => Self::Proposed,
			AppointmentStatus::Booked => Self::Booked,
			AppointmentStatus::Arrived => Self::Arrived,
			AppointmentStatus::Fulfilled => Self::Fulfilled,
			AppointmentStatus::Cancelled { by, reason } => Self::Cancelled { by, reason },
			AppointmentStatus::NoShow => Self::NoShow,
		}
	}
}

/// An appointment; of one that never was more than proposed, `start` and `end` say within what time.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppointmentView {
	pub id: Int,
	pub patient: Int,
	pub institution: u32,
	pub practitioners: Vec<Account>,
	#[serde(flatten)]
	pub period: PeriodView,
	pub mode: Mode,
	pub status: AppointmentStatusView,
	pub made_at: Int,
	pub made_by: Account,
	pub replaces: Option<Int>,
}

impl AppointmentView {
	/// The appointment of this id.
	pub fn new(id: AppointmentId, appointment: Appointment<AccountId>) -> Self {
		Self {
			id: id.into(),
			patient: appointment.patient.into(),
			institution: appointment.institution,
			practitioners: appointment.practitioners.into_iter().map(Account).collect(),
			period: appointment.period.into(),
			mode: appointment.mode,
			status: appointment.status.into(),
			made_at: appointment.made_at.into(),
			made_by: appointment.made_by.into(),
			replaces: appointment.replaces.map(Int),
		}
	}
}

/// A time that is held for somebody who waits.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OfferView {
	#[serde(flatten)]
	pub period: PeriodView,
	pub until: Int,
}

/// A place on a waiting list.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WishView {
	pub appointment: Int,
	pub patient: Int,
	pub institution: u32,
	pub displaced: bool,
	pub priority: Priority,
	pub since: Int,
	pub wanted: PeriodView,
	pub length: Int,
	pub offer: Option<OfferView>,
}

impl From<Wish> for WishView {
	fn from(wish: Wish) -> Self {
		Self {
			appointment: wish.appointment.into(),
			patient: wish.patient.into(),
			institution: wish.institution,
			displaced: wish.displaced,
			priority: wish.priority,
			since: wish.since.into(),
			wanted: wish.wanted.into(),
			length: wish.length.into(),
			offer: wish.offer.map(|offer| OfferView {
				period: offer.period.into(),
				until: offer.until.into(),
			}),
		}
	}
}

/// Somebody who took part in a tele-consultation.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ParticipantView {
	pub account: Account,
	pub on_behalf_of: Option<u32>,
	pub joined_at: Int,
}

/// The log of a tele-consultation.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsultationView {
	pub session: Hex,
	pub started_at: Int,
	pub ended_at: Option<Int>,
	pub participants: Vec<ParticipantView>,
}

impl From<Consultation<AccountId>> for ConsultationView {
	fn from(consultation: Consultation<AccountId>) -> Self {
		let participants = consultation.participants.into_iter();
		Self {
			session: consultation.session.into(),
			started_at: consultation.started_at.into(),
			ended_at: consultation.ended_at.map(Int),
			participants: participants
				.map(|participant| ParticipantView {
					account: participant.account.into(),
					on_behalf_of: participant.on_behalf_of,
					joined_at: participant.joined_at.into(),
				})
				.collect(),
		}
	}
}
