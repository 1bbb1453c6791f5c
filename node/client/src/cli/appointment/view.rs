//! Appointments as JSON, as the node's RPC has them, and as lines for people.

use salus_primitives::{
	Appointment, AppointmentId, AppointmentStatus, Consultation, Moment, Period, Slot, SlotState, Wish,
};
use serde_json::{json, Value};

use super::{span, with};
use crate::{
	cli::view::account,
	sdk::{
		words::{hex, hyphenated, number, show_moment},
		AccountId,
	},
};

pub(super) fn period(period: Period) -> Value {
	json!({ "start": number(period.start), "end": number(period.end) })
}

pub(super) fn slot(slot: &Slot) -> Value {
	let state = match slot.state {
		SlotState::Free => json!({ "type": "Free" }),
		SlotState::BusyTentative { patient, until } => {
			json!({ "type": "BusyTentative", "patient": number(patient), "until": number(until) })
		}
		SlotState::Busy(appointment) => json!({ "type": "Busy", "appointment": number(appointment) }),
		SlotState::BusyUnavailable => json!({ "type": "BusyUnavailable" }),
	};
	json!({
		"start": number(slot.period.start),
		"end": number(slot.period.end),
		"institution": slot.institution,
		"state": state,
	})
}

pub(super) fn appointment(id: AppointmentId, entry: &Appointment<AccountId>) -> Value {
	json!({
		"id": number(id),
		"patient": number(entry.patient),
		"institution": entry.institution,
		"practitioners": entry.practitioners.iter().map(account).collect::<Vec<_>>(),
		"start": number(entry.period.start),
		"end": number(entry.period.end),
		"mode": entry.mode.name(),
		"status": status(&entry.status),
		"madeAt": number(entry.made_at),
		"madeBy": account(&entry.made_by),
		"replaces": entry.replaces.map_or(Value::Null, number),
	})
}

fn status(status: &AppointmentStatus) -> Value {
	match status {
		AppointmentStatus::Cancelled { by, reason } => {
			json!({ "type": "Cancelled", "by": by.name(), "reason": reason.name() })
		}
		other => json!({ "type": format!("{other:?}") }),
	}
}

pub(super) fn status_words(status: &AppointmentStatus) -> String {
	match status {
		AppointmentStatus::Cancelled { by, reason } => {
			let (by, reason) = (hyphenated(by.name()), hyphenated(reason.name()));
			format!("cancelled by the {by} ({reason})")
		}
		other => hyphenated(&format!("{other:?}")),
	}
}

pub(super) fn appointment_line(id: AppointmentId, entry: &Appointment<AccountId>) -> String {
	let replaces = match entry.replaces {
		Some(before) => format!(", in place of appointment {before}"),
		None => String::new(),
	};
	format!(
		"appointment {id} of patient {} at institution {}: {} {} {} ({}){replaces}",
		entry.patient,
		entry.institution,
		status_words(&entry.status),
		span(entry.period),
		with(&entry.practitioners),
		hyphenated(entry.mode.name()),
	)
}

pub(super) fn consultation(log: &Consultation<AccountId>) -> Value {
	let participants = log.participants.iter();
	json!({
		"session": hex(log.session),
		"startedAt": number(log.started_at),
		"endedAt": log.ended_at.map_or(Value::Null, number),
		"participants": participants
			.map(|participant| json!({
				"account": account(&participant.account),
				"onBehalfOf": participant.on_behalf_of,
				"joinedAt": number(participant.joined_at),
			}))
			.collect::<Vec<_>>(),
	})
}

pub(super) fn consultation_lines(log: &Consultation<AccountId>) -> Vec<String> {
	let ended = match log.ended_at {
		Some(at) => format!(", ended {}", show_moment(at)),
		None => String::new(),
	};
	let mut lines = vec![format!(
		"tele-consultation since {}{ended}",
		show_moment(log.started_at)
	)];
	lines.extend(log.participants.iter().map(|participant| {
		let whose = match participant.on_behalf_of {
			Some(institution) => format!(" for institution {institution}"),
			None => String::new(),
		};
		format!(
			"- {}{whose} since {}",
			participant.account,
			show_moment(participant.joined_at)
		)
	}));
	lines
}

pub(super) fn wish(wish: &Wish) -> Value {
	json!({
		"appointment": number(wish.appointment),
		"patient": number(wish.patient),
		"institution": wish.institution,
		"displaced": wish.displaced,
		"priority": wish.priority.name(),
		"since": number(wish.since),
		"wanted": period(wish.wanted),
		"length": number(wish.length),
		"offer": wish.offer.map(|offer| json!({
			"start": number(offer.period.start),
			"end": number(offer.period.end),
			"until": number(offer.until),
		})),
	})
}

pub(super) fn wish_line(wish: &Wish, now: Moment) -> String {
	let offered = match wish.live_offer(now) {
		Some(offer) => format!("; offered {} until {}", span(offer.period), show_moment(offer.until)),
		None => String::new(),
	};
	let displaced = if wish.displaced { ", its day was cancelled" } else { "" };
	format!(
		"appointment {} of patient {} at institution {} ({}{displaced}): waits since {}, wanted within {}{offered}",
		wish.appointment,
		wish.patient,
		wish.institution,
		hyphenated(wish.priority.name()),
		show_moment(wish.since),
		span(wish.wanted),
	)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_primitives::{AppointmentParty, CancelReason, Mode, Offer, Priority, DAY, HOUR};

	fn booked() -> Appointment<AccountId> {
		Appointment {
			patient: 7,
			institution: 0,
			practitioners: vec![AccountId::from([1; 32])].try_into().unwrap(),
			period: Period::new(9 * HOUR, 10 * HOUR),
			mode: Mode::InPerson,
			status: AppointmentStatus::Booked,
			made_at: 5,
			made_by: AccountId::from([2; 32]),
			replaces: Some(3),
			previous: None,
		}
	}

	#[test]
	fn an_appointment_is_told_in_one_line() {
		let line = appointment_line(4, &booked());
		assert!(
			line.starts_with(
				"appointment 4 of patient 7 at institution 0: booked 1970-01-01T09:00:00Z to 1970-01-01T10:00:00Z with 5"
			),
			"{line}"
		);
		assert!(line.ends_with("(in-person), in place of appointment 3"), "{line}");
		let status = AppointmentStatus::Cancelled {
			by: AppointmentParty::Desk,
			reason: CancelReason::Provider,
		};
		assert_eq!(status_words(&status), "cancelled by the desk (provider)");
		let cancelled = appointment(4, &Appointment { status, ..booked() });
		assert_eq!(
			cancelled.get("status"),
			Some(&json!({ "type": "Cancelled", "by": "Desk", "reason": "Provider" }))
		);
	}

	#[test]
	fn an_offer_is_told_as_long_as_it_can_be_accepted() {
		let waits = Wish {
			appointment: 5,
			patient: 7,
			institution: 0,
			displaced: true,
			priority: Priority::Routine,
			since: 0,
			wanted: Period::new(DAY, 2 * DAY),
			length: HOUR,
			offer: Some(Offer {
				period: Period::new(DAY, DAY + HOUR),
				until: HOUR,
			}),
		};
		let (before, after) = (wish_line(&waits, 0), wish_line(&waits, HOUR));
		assert!(before.contains("offered 1970-01-02T00:00:00Z"), "{before}");
		assert!(before.contains("(routine, its day was cancelled)"), "{before}");
		assert!(!after.contains("offered"), "{after}");
	}
}
