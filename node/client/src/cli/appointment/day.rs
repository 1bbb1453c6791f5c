//! `salus appointment availability`: a practitioner's days, each as a table by the clocks of where she works.

use std::collections::{btree_map::Entry, BTreeMap};

use chrono::NaiveDate;
use chrono_tz::Tz;
use clap::Args;
use salus_primitives::{Appointment, AppointmentId, InstitutionId, Moment, Period, Slot, SlotState};

use super::{hours, view, watch};
use crate::{
	cli::{report::Report, session::Session},
	sdk::{appointments::LONGEST_ASKED, words, AccountId, Client, Error},
};

/// `salus appointment availability`
#[derive(Args)]
pub(crate) struct Availability {
	/// The practitioner
	#[arg(long, value_parser = words::account, value_name = "ACCOUNT")]
	practitioner: AccountId,
	/// A day of the institution
	#[arg(
		long,
		value_parser = hours::day,
		requires = "institution",
		required_unless_present = "from",
		conflicts_with = "from",
		value_name = "DAY"
	)]
	day: Option<NaiveDate>,
	/// Where the day is
	#[arg(long, requires = "day")]
	institution: Option<InstitutionId>,
	/// From when
	#[arg(long, value_parser = words::moment, requires = "to", value_name = "TIME")]
	from: Option<Moment>,
	/// Until when, up to 42 days later
	#[arg(long, value_parser = words::moment, requires = "from", value_name = "TIME")]
	to: Option<Moment>,
	/// Only what can be booked
	#[arg(long)]
	free: bool,
	/// Go on with a line for each change as it becomes final, of up to 7 days; Ctrl-C ends it
	#[arg(long, conflicts_with = "free")]
	watch: bool,
}

impl Availability {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let period = match (self.day, self.institution, self.from, self.to) {
			(Some(day), Some(institution), ..) => {
				let zone = hours::zone(client, institution).await?;
				hours::whole_day(zone, day).map_err(Error::Usage)?
			}
			(None, _, Some(from), Some(to)) => asked(from, to)?,
			_ => {
				return Err(Error::Usage(
					"name a --day with its --institution, or --from and --to".into(),
				))
			}
		};
		if self.watch {
			return watch::watch(session, client, &self.practitioner, period).await;
		}
		let at = client.finalised().await?;
		let mut slots = client.availability(&at, &self.practitioner, period).await?;
		if self.free {
			slots.retain(|slot| slot.state == SlotState::Free);
		}
		let appointments = client.appointments_with(&at, &self.practitioner, period).await?;
		let mut zones = BTreeMap::new();
		for slot in &slots {
			if let Entry::Vacant(place) = zones.entry(slot.institution) {
				place.insert(hours::zone(client, slot.institution).await?);
			}
		}
		let report = session
			.report()
			.field("slots", slots.iter().map(view::slot).collect::<Vec<_>>());
		if slots.is_empty() {
			return Ok(report.line("no slots"));
		}
		let lines = table(&slots, &appointments.into_iter().collect(), &zones);
		Ok(lines.into_iter().fold(report, Report::line))
	}
}

/// A time that can be asked for at once.
pub(super) fn asked(from: Moment, to: Moment) -> Result<Period, Error> {
	let period = Period::new(from, to);
	if to <= from {
		return Err(Error::Usage("--to has to be later than --from".into()));
	}
	if period.length() > LONGEST_ASKED {
		return Err(Error::Usage("ask for 42 days at most at once".into()));
	}
	Ok(period)
}

/// A heading for each day and place, and a row for each slot; what one appointment takes is one row.
fn table(
	slots: &[Slot],
	appointments: &BTreeMap<AppointmentId, Appointment<AccountId>>,
	zones: &BTreeMap<InstitutionId, Tz>,
) -> Vec<String> {
	let mut lines = Vec::new();
	let mut heading = String::new();
	let mut rows = slots.iter().copied().peekable();
	while let Some(mut slot) = rows.next() {
		while let Some(next) = rows.next_if(|next| is_one(&slot, next)) {
			slot.period.end = next.period.end;
		}
		let zone = zones.get(&slot.institution).copied().unwrap_or(Tz::UTC);
		let clock = |moment: Moment, format: &str| match hours::local(zone, moment) {
			Some(time) => time.format(format).to_string(),
			None => words::show_moment(moment),
		};
		let day = clock(slot.period.start, "%a %Y-%m-%d");
		let next = format!("{day}, institution {} ({zone})", slot.institution);
		if next != heading {
			lines.push(next.clone());
			heading = next;
		}
		let (start, end) = (clock(slot.period.start, "%H:%M"), clock(slot.period.end, "%H:%M"));
		let mut row = format!(
			"  {start}  {end}  {}",
			state(&slot.state, |until| clock(until, "%a %H:%M"))
		);
		let appointment = match slot.state {
			SlotState::Busy(id) => appointments.get(&id),
			_ => None,
		};
		if let Some(entry) = appointment {
			let status = view::status_words(&entry.status);
			row.push_str(&format!(", patient {}, {status}", entry.patient));
		}
		lines.push(row);
	}
	lines
}

/// What a slot is, for people.
pub(super) fn state(state: &SlotState, clock: impl FnOnce(Moment) -> String) -> String {
	match *state {
		SlotState::Free => "free".into(),
		SlotState::BusyUnavailable => "blocked".into(),
		SlotState::BusyTentative { patient, until } => format!("held for patient {patient} until {}", clock(until)),
		SlotState::Busy(id) => format!("appointment {id}"),
	}
}

/// Whether two slots are parts of one appointment.
fn is_one(slot: &Slot, next: &Slot) -> bool {
	matches!(slot.state, SlotState::Busy(_))
		&& slot.state == next.state
		&& slot.institution == next.institution
		&& slot.period.end == next.period.start
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_primitives::{AppointmentStatus, Mode, DAY, HOUR, MINUTE};

	#[test]
	fn a_day_is_a_small_table_by_the_clocks_of_the_place() {
		let begins = words::moment("2026-12-01T07:00:00Z").unwrap();
		let states = [
			SlotState::Free,
			SlotState::BusyTentative {
				patient: 3,
				until: begins + 5 * MINUTE,
			},
			SlotState::Busy(4),
			SlotState::Busy(4),
			SlotState::Busy(5),
			SlotState::BusyUnavailable,
		];
		let starts = (0..).map(|n| begins + n * 15 * MINUTE);
		let mut slots: Vec<_> = starts
			.zip(states)
			.map(|(start, state)| Slot {
				period: Period::new(start, start + 15 * MINUTE),
				institution: 0,
				state,
			})
			.collect();
		slots.push(Slot {
			period: Period::new(begins + DAY, begins + DAY + HOUR),
			institution: 1,
			state: SlotState::Free,
		});
		let booked = Appointment {
			patient: 7,
			institution: 0,
			practitioners: Default::default(),
			period: Period::new(0, 0),
			mode: Mode::Tele,
			status: AppointmentStatus::Arrived,
			made_at: 0,
			made_by: AccountId::from([1; 32]),
			replaces: None,
			previous: None,
		};
		let zones = [(0, Tz::Europe__Zurich), (1, Tz::UTC)].into();
		assert_eq!(
			table(&slots, &[(4, booked)].into(), &zones),
			[
				"Tue 2026-12-01, institution 0 (Europe/Zurich)",
				"  08:00  08:15  free",
				"  08:15  08:30  held for patient 3 until Tue 08:05",
				"  08:30  09:00  appointment 4, patient 7, arrived",
				"  09:00  09:15  appointment 5",
				"  09:15  09:30  blocked",
				"Wed 2026-12-02, institution 1 (UTC)",
				"  07:00  08:00  free",
			]
		);
	}

	#[test]
	fn no_more_is_asked_for_than_is_answered() {
		assert!(asked(0, 42 * DAY).is_ok());
		for (from, to) in [(0, 0), (2, 1), (0, 42 * DAY + 1)] {
			assert_eq!(asked(from, to).unwrap_err().exit_code(), crate::sdk::exit::USAGE);
		}
	}
}
