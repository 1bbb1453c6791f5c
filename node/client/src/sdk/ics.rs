//! Appointments for calendar programs: iCalendar (RFC 5545), in UTC. What a calendar program shows, others see too, so
//! that an event says no more than when.

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Class, Component, Event, EventLike, EventStatus, Property};
use salus_primitives::{Appointment, AppointmentId, AppointmentStatus, Kind, Moment, Period, DAY};

use super::{trail::TrailEntry, AccountId, Hash};

/// An appointment as an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEntry {
	/// Its number.
	pub id: AppointmentId,
	/// When it is.
	pub period: Period,
	/// What its `STATUS` is.
	pub status: EntryStatus,
	/// How often it was changed: it rises with every booking, rescheduling and cancellation.
	pub sequence: u32,
	/// When it was made.
	pub made_at: Moment,
	/// When it was last changed.
	pub changed_at: Moment,
}

/// `STATUS` of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryStatus {
	/// It is offered to somebody who waits, and can be accepted.
	Tentative,
	/// It has its slots.
	Confirmed,
	/// It does not take place.
	Cancelled,
}

impl CalendarEntry {
	/// An appointment, with its patient's trail, and with what she is offered where she waits. None for one that has no
	/// time: it is wanted, or was and is cancelled.
	pub fn new(
		id: AppointmentId,
		entry: &Appointment<AccountId>,
		trail: &[TrailEntry],
		offered: Option<Period>,
	) -> Option<Self> {
		let (status, period) = match entry.status {
			AppointmentStatus::Proposed => (EntryStatus::Tentative, offered?),
			// No booked appointment is longer than a day.
			AppointmentStatus::Cancelled { .. } if entry.period.length() > DAY => return None,
			AppointmentStatus::Cancelled { .. } => (EntryStatus::Cancelled, entry.period),
			AppointmentStatus::Booked
			| AppointmentStatus::Arrived
			| AppointmentStatus::Fulfilled
			| AppointmentStatus::NoShow => (EntryStatus::Confirmed, entry.period),
		};
		let changes: Vec<_> = trail
			.iter()
			.filter(|change| changes(&change.entry.kind) == Some(id))
			.collect();
		let sequence = u32::try_from(changes.len().saturating_sub(1)).unwrap_or(u32::MAX);
		Some(Self {
			id,
			period,
			status,
			sequence,
			made_at: entry.made_at,
			changed_at: changes.last().map_or(entry.made_at, |change| change.entry.at),
		})
	}
}

/// The appointment whose time, or whether it takes place, an entry of the trail changes.
fn changes(kind: &Kind<AccountId>) -> Option<AppointmentId> {
	match kind {
		Kind::AppointmentProposed { appointment }
		| Kind::AppointmentBooked { appointment }
		| Kind::AppointmentRescheduled { appointment }
		| Kind::AppointmentCancelled { appointment, .. } => Some(*appointment),
		_ => None,
	}
}

/// A calendar of these. Its text has CRLF line ends, and lines of 75 bytes at most.
pub fn calendar(genesis: &Hash, entries: &[CalendarEntry]) -> String {
	let mut calendar = Calendar::empty();
	calendar
		.append_property(Property::new("VERSION", "2.0"))
		.append_property(Property::new("PRODID", "-//Salus//salus//EN"))
		.append_property(Property::new("CALSCALE", "GREGORIAN"));
	for entry in entries {
		calendar.push(event(genesis, entry));
	}
	calendar.to_string()
}

fn event(genesis: &Hash, entry: &CalendarEntry) -> Event {
	let status = match entry.status {
		EntryStatus::Tentative => EventStatus::Tentative,
		EntryStatus::Confirmed => EventStatus::Confirmed,
		EntryStatus::Cancelled => EventStatus::Cancelled,
	};
	Event::new()
		.uid(&uid(genesis, entry.id))
		.summary("Appointment")
		.class(Class::Private)
		.status(status)
		.sequence(entry.sequence)
		.timestamp(utc(entry.changed_at))
		.last_modified(utc(entry.changed_at))
		.created(utc(entry.made_at))
		.starts(utc(entry.period.start))
		.ends(utc(entry.period.end))
		.done()
}

/// The same for an appointment wherever and whenever it is exported.
fn uid(genesis: &Hash, id: AppointmentId) -> String {
	format!("appointment-{id}.{}.salus", hex::encode(genesis))
}

/// The last second that chrono knows stands for what is beyond it.
fn utc(moment: Moment) -> DateTime<Utc> {
	let at = i64::try_from(moment).ok().and_then(DateTime::from_timestamp_millis);
	at.unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::words;
	use salus_primitives::{AppointmentParty, AuditEntry, CancelReason, Mode, MINUTE};
	use std::{
		io::Write,
		process::{Command, Stdio},
	};

	fn booked(start: &str) -> Appointment<AccountId> {
		let start = words::moment(start).unwrap();
		Appointment {
			patient: 7,
			institution: 0,
			practitioners: vec![AccountId::from([1; 32])].try_into().unwrap(),
			period: Period::new(start, start + 30 * MINUTE),
			mode: Mode::Tele,
			status: AppointmentStatus::Booked,
			made_at: start - DAY,
			made_by: AccountId::from([2; 32]),
			replaces: None,
			previous: None,
		}
	}

	fn trail(kinds: &[Kind<AccountId>]) -> Vec<TrailEntry> {
		let each = kinds.iter().zip(1..);
		each.map(|(kind, seq)| TrailEntry {
			block: seq,
			entry: AuditEntry {
				seq,
				at: seq * MINUTE,
				actor: Some(AccountId::from([2; 32])),
				kind: kind.clone(),
			},
		})
		.collect()
	}

	const CANCELLED: AppointmentStatus = AppointmentStatus::Cancelled {
		by: AppointmentParty::Patient,
		reason: CancelReason::Patient,
	};

	#[test]
	fn the_sequence_rises_with_every_change_of_this_appointment() {
		let mut kinds = vec![
			Kind::AppointmentProposed { appointment: 4 },
			Kind::AppointmentBooked { appointment: 5 },
			Kind::AppointmentBooked { appointment: 4 },
		];
		let mut entry = booked("2026-12-01T09:00:00Z");
		let first = CalendarEntry::new(4, &entry, &trail(&kinds), None).unwrap();
		assert_eq!((first.sequence, first.changed_at), (1, 3 * MINUTE));
		kinds.push(Kind::AppointmentRescheduled { appointment: 4 });
		kinds.push(Kind::AppointmentArrived { appointment: 4 });
		let second = CalendarEntry::new(4, &entry, &trail(&kinds), None).unwrap();
		assert_eq!((second.sequence, second.changed_at), (2, 4 * MINUTE));
		kinds.push(Kind::AppointmentCancelled {
			appointment: 4,
			reason: CancelReason::Patient,
		});
		entry.status = CANCELLED;
		let last = CalendarEntry::new(4, &entry, &trail(&kinds), None).unwrap();
		assert_eq!((last.sequence, last.status), (3, EntryStatus::Cancelled));
	}

	#[test]
	fn what_has_no_time_is_no_event() {
		let mut entry = booked("2026-12-01T09:00:00Z");
		entry.status = AppointmentStatus::Proposed;
		assert_eq!(CalendarEntry::new(4, &entry, &[], None), None);
		let offered = CalendarEntry::new(4, &entry, &[], Some(entry.period)).unwrap();
		assert_eq!(offered.status, EntryStatus::Tentative);
		entry.status = CANCELLED;
		entry.period.end = entry.period.start + DAY + MINUTE;
		assert_eq!(CalendarEntry::new(4, &entry, &[], None), None);
	}

	#[test]
	fn lines_end_in_crlf_and_are_folded() {
		let entry = CalendarEntry::new(u64::MAX, &booked("2026-12-01T09:00:00Z"), &[], None).unwrap();
		let text = calendar(&Hash::repeat_byte(0xab), &[entry]);
		assert!(text.ends_with("END:VCALENDAR\r\n"), "{text}");
		for line in text.split_terminator("\r\n") {
			assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line}");
		}
		let unfolded = text.replace("\r\n ", "");
		let uid = format!("UID:appointment-{}.{}.salus\r\n", u64::MAX, "ab".repeat(32));
		assert!(unfolded.contains(&uid), "{unfolded}");
		assert!(text.len() > unfolded.len(), "nothing was folded");
		for told in [
			"SUMMARY:Appointment\r\n",
			"DTSTART:20261201T090000Z\r\n",
			"STATUS:CONFIRMED\r\n",
			"CLASS:PRIVATE\r\n",
		] {
			assert!(unfolded.contains(told), "{told}: {unfolded}");
		}
		for name in ["DESCRIPTION", "LOCATION", "ATTENDEE", "ORGANIZER", "CATEGORIES"] {
			assert!(!unfolded.contains(name), "{unfolded}");
		}
	}

	/// PyPI's `icalendar` reads it, in the time zone of a place whose clocks change in between.
	#[test]
	fn another_program_reads_the_same_across_the_day_on_which_clocks_change() {
		let starts = [
			"2026-10-25T00:30:00Z",
			"2026-10-25T01:30:00Z",
			"2026-10-24T07:00:00Z",
			"2026-10-26T08:00:00Z",
		];
		let entries: Vec<_> = (0..)
			.zip(starts)
			.map(|(id, start)| CalendarEntry::new(id, &booked(start), &[], None).unwrap())
			.collect();
		let script = r#"
import sys, zoneinfo, icalendar
read = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
assert read["VERSION"] == "2.0" and not read.errors
for event in read.walk("VEVENT"):
    assert not event.errors, event.errors
    start, end = (event[name].dt.astimezone(zoneinfo.ZoneInfo("Europe/Zurich")) for name in ("DTSTART", "DTEND"))
    print(event["UID"].split(".")[0], event["STATUS"], event["SEQUENCE"], start.isoformat(), end.strftime("%H:%M"))
"#;
		let python = std::env::var_os("SALUS_PYTHON").unwrap_or_else(|| {
			let home = std::path::PathBuf::from(std::env::var_os("HOME").unwrap());
			home.join(".cache/salus/venv/bin/python").into()
		});
		let mut program = Command::new(python)
			.args(["-c", script])
			.stdin(Stdio::piped())
			.stdout(Stdio::piped())
			.spawn()
			.expect("run scripts/inputs first");
		let text = calendar(&Hash::repeat_byte(1), &entries);
		program.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
		let read = program.wait_with_output().unwrap();
		assert!(read.status.success(), "run scripts/inputs first");
		let lines = String::from_utf8(read.stdout).unwrap();
		assert_eq!(
			lines.lines().collect::<Vec<_>>(),
			[
				"appointment-0 CONFIRMED 0 2026-10-25T02:30:00+02:00 02:00",
				"appointment-1 CONFIRMED 0 2026-10-25T02:30:00+01:00 03:00",
				"appointment-2 CONFIRMED 0 2026-10-24T09:00:00+02:00 09:30",
				"appointment-3 CONFIRMED 0 2026-10-26T09:00:00+01:00 09:30",
			]
		);
	}
}
