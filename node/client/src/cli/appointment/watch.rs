//! `salus appointment availability --watch`: each slot as it is, and then each change as it becomes final.

use std::{
	collections::{btree_map::Entry, BTreeMap},
	io::{ErrorKind, Write},
};

use chrono_tz::Tz;
use salus_primitives::{InstitutionId, Moment, Period, Slot};
use serde_json::{json, Value};

use super::{day, hours, view};
use crate::{
	cli::{report::Report, session::Session},
	sdk::{words, AccountId, Client, Error, FileError, LONGEST_WATCHED},
};

/// What is so from a block on: a slot, or that there is none any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
	Is(Slot),
	Closed(Slot),
}

/// Prints a line for each slot and each change, until the reader has seen enough or somebody interrupts it.
pub(super) async fn watch(
	session: &Session,
	client: &Client,
	practitioner: &AccountId,
	period: Period,
) -> Result<Report, Error> {
	if period.length() > LONGEST_WATCHED {
		return Err(Error::Usage("watch 7 days at most at once".into()));
	}
	let is_json = session.global.json;
	session.report().print_beside(is_json)?;
	let mut watched = client.watch_availability(practitioner, period).await?;
	let (mut known, mut zones) = (Vec::new(), BTreeMap::new());
	loop {
		let now = watched.next().await?;
		for change in changes(&known, &now.slots) {
			let line = if is_json {
				object(now.block, &change).to_string()
			} else {
				let zone = zone(client, &mut zones, change.slot().institution).await?;
				line(now.block, zone, &change)
			};
			match writeln!(std::io::stdout(), "{line}") {
				Ok(()) => {}
				Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(Report::new()),
				Err(error) => return Err(FileError::at("standard output")(error).into()),
			}
		}
		known = now.slots;
	}
}

impl Change {
	fn slot(&self) -> &Slot {
		match self {
			Self::Is(slot) | Self::Closed(slot) => slot,
		}
	}
}

async fn zone(
	client: &Client,
	known: &mut BTreeMap<InstitutionId, Tz>,
	institution: InstitutionId,
) -> Result<Tz, Error> {
	match known.entry(institution) {
		Entry::Occupied(zone) => Ok(*zone.get()),
		Entry::Vacant(place) => Ok(*place.insert(hours::zone(client, institution).await?)),
	}
}

/// What became otherwise, in the order of time.
fn changes(before: &[Slot], now: &[Slot]) -> Vec<Change> {
	let is_same = |one: &Slot, other: &Slot| (one.period, one.institution) == (other.period, other.institution);
	let gone = before
		.iter()
		.filter(|slot| !now.iter().any(|other| is_same(slot, other)));
	let new = now.iter().filter(|slot| !before.contains(slot));
	let closed = gone.map(|slot| Change::Closed(*slot));
	let mut all: Vec<_> = closed.chain(new.map(|slot| Change::Is(*slot))).collect();
	all.sort_by_key(|change| change.slot().period.start);
	all
}

/// For programs: the slot, with no state once it is closed.
fn object(block: u64, change: &Change) -> Value {
	let mut shown = view::slot(change.slot());
	if let Some(fields) = shown.as_object_mut() {
		if matches!(change, Change::Closed(_)) {
			fields.insert("state".into(), Value::Null);
		}
		fields.insert("block".into(), json!(words::number(block)));
	}
	shown
}

/// For people: by the clocks of the place.
fn line(block: u64, zone: Tz, change: &Change) -> String {
	let clock = |moment: Moment, format: &str| match hours::local(zone, moment) {
		Some(time) => time.format(format).to_string(),
		None => words::show_moment(moment),
	};
	let Slot {
		period, institution, ..
	} = *change.slot();
	let is = match change {
		Change::Is(slot) => day::state(&slot.state, |until| clock(until, "%a %H:%M")),
		Change::Closed(_) => "closed".into(),
	};
	format!(
		"{}  {}  {is} (institution {institution}, {zone}, block {block})",
		clock(period.start, "%a %Y-%m-%d %H:%M"),
		clock(period.end, "%H:%M"),
	)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_primitives::{SlotState, HOUR, MINUTE};

	fn slot(hour: u64, state: SlotState) -> Slot {
		let begins = words::moment("2026-12-01T07:00:00Z").unwrap() + hour * HOUR;
		Slot {
			period: Period::new(begins, begins + HOUR),
			institution: 0,
			state,
		}
	}

	#[test]
	fn what_is_otherwise_is_told_and_nothing_else() {
		let before = [SlotState::Free, SlotState::Busy(4), SlotState::BusyUnavailable];
		let before: Vec<_> = (0..).zip(before).map(|(hour, state)| slot(hour, state)).collect();
		assert_eq!(
			changes(&[], &before),
			before.iter().copied().map(Change::Is).collect::<Vec<_>>()
		);
		assert_eq!(changes(&before, &before), []);
		let now = [
			slot(0, SlotState::Busy(5)),
			slot(1, SlotState::Busy(4)),
			slot(3, SlotState::Free),
		];
		assert_eq!(
			changes(&before, &now),
			[
				Change::Is(slot(0, SlotState::Busy(5))),
				Change::Closed(slot(2, SlotState::BusyUnavailable)),
				Change::Is(slot(3, SlotState::Free)),
			]
		);
	}

	#[test]
	fn a_change_is_a_line() {
		let until = slot(0, SlotState::Free).period.start + 5 * MINUTE;
		let held = slot(0, SlotState::BusyTentative { patient: 3, until });
		let place = "(institution 0, Europe/Zurich, block 12)";
		for (change, said) in [
			(Change::Is(held), "held for patient 3 until Tue 08:05"),
			(Change::Is(slot(0, SlotState::Busy(4))), "appointment 4"),
			(Change::Is(slot(0, SlotState::Free)), "free"),
			(Change::Is(slot(0, SlotState::BusyUnavailable)), "blocked"),
			(Change::Closed(held), "closed"),
		] {
			let expected = format!("Tue 2026-12-01 08:00  09:00  {said} {place}");
			assert_eq!(line(12, Tz::Europe__Zurich, &change), expected);
		}
		let shown = object(12, &Change::Is(held));
		assert_eq!(shown.get("block"), Some(&json!(12)));
		assert_eq!(shown.pointer("/state/type"), Some(&json!("BusyTentative")));
		assert_eq!(object(12, &Change::Closed(held)).get("state"), Some(&Value::Null));
	}
}
