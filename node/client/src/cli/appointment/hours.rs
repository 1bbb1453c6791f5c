//! An institution's clocks: hours of its days as slots, and points in time as its clocks show them.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use salus_primitives::{InstitutionId, Moment, Period, DAY, HORIZON, MAX_OPENED_DAYS, MINUTE};
use std::collections::BTreeSet;

use crate::sdk::{Client, ConnectionError, Error};

/// From when to when on a day; the end can be midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hours {
	from: NaiveTime,
	/// None for 24:00.
	to: Option<NaiveTime>,
}

/// The institution's time zone.
pub(super) async fn zone(client: &Client, institution: InstitutionId) -> Result<Tz, Error> {
	let found = client.institution(&client.finalised().await?, institution).await?;
	let name = String::from_utf8_lossy(&found.time_zone).into_owned();
	name.parse().map_err(|_| {
		let reason = format!("`{name}` is no IANA time zone that this program knows");
		let what = format!("the time zone of institution {institution}");
		ConnectionError::Unreadable { what, reason }.into()
	})
}

/// A day: `2026-12-01`.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
	NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| format!("`{text}` is no day; use 2026-12-01"))
}

/// Hours of a day: `08:00-12:00`.
pub(super) fn hours(text: &str) -> Result<Hours, String> {
	let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
	let read = || {
		let (from, to) = text.split_once('-')?;
		let from = time(from)?;
		let to = if to == "24:00" { None } else { Some(time(to)?) };
		to.is_none_or(|to| from < to).then_some(Hours { from, to })
	};
	read().ok_or_else(|| format!("`{text}` are no hours of a day; use 08:00-12:00, until 24:00 at the latest"))
}

/// The most days over which weeks are expanded: the chain opens none further ahead.
const MOST_DAYS: u64 = HORIZON / DAY;

/// A bound of the chain's on a list, as a length.
pub(super) fn size(most: u32) -> usize {
	usize::try_from(most).unwrap_or(usize::MAX)
}

/// Those days from the first up to the last, without it, that are one of these weekdays.
pub(super) fn weekly(weekdays: &[Weekday], from: NaiveDate, to: NaiveDate) -> Result<Vec<NaiveDate>, String> {
	if to <= from {
		return Err(format!(
			"from {from} to {to} is no day; --to is the day after the last one"
		));
	}
	let latest = from.checked_add_days(Days::new(MOST_DAYS));
	if latest.is_some_and(|latest| latest < to) {
		return Err(format!("the chain opens days within {MOST_DAYS}; let --to be earlier"));
	}
	let days: Vec<_> = from
		.iter_days()
		.take_while(|day| *day < to)
		.filter(|day| weekdays.contains(&day.weekday()))
		.collect();
	if days.is_empty() {
		return Err(format!("from {from} to {to} there is no such weekday"));
	}
	Ok(days)
}

/// The slots of these days, divided among calls of at most so many, none of which divides a day.
pub(super) fn calls(
	zone: Tz,
	days: &[NaiveDate],
	hours: &[Hours],
	length: Moment,
	most: usize,
) -> Result<Vec<Vec<Period>>, String> {
	let mut calls: Vec<Vec<Period>> = Vec::new();
	for day in days {
		let slots = slots(zone, std::slice::from_ref(day), hours, length)?;
		if slots.len() > most {
			return Err(format!(
				"{day} would have {} slots, and one call opens {most} at most; name fewer hours",
				slots.len()
			));
		}
		let joined = calls.last().map(|call| [call.as_slice(), &slots].concat());
		match (joined, calls.last_mut()) {
			(Some(joined), Some(call)) if joined.len() <= most && utc_days(&joined) <= size(MAX_OPENED_DAYS) => {
				*call = joined
			}
			_ => calls.push(slots),
		}
	}
	Ok(calls)
}

/// On how many UTC days these begin.
fn utc_days(slots: &[Period]) -> usize {
	let days: BTreeSet<_> = slots.iter().filter_map(|slot| slot.start.checked_div(DAY)).collect();
	days.len()
}

/// The slots that make up these hours of these days. Where clocks go back, what is there twice is twice as long; where they
/// go forward, what is not there is left out. A slot that would cross midnight UTC is two.
pub(super) fn slots(zone: Tz, days: &[NaiveDate], hours: &[Hours], length: Moment) -> Result<Vec<Period>, String> {
	let mut slots = Vec::new();
	for day in days {
		for Hours { from, to } in hours {
			let beyond = || format!("{day} is too far from now");
			let end = match to {
				Some(to) => day.and_time(*to),
				None => day.succ_opt().ok_or_else(beyond)?.and_time(NaiveTime::MIN),
			};
			let start = first(zone, day.and_time(*from)).ok_or_else(beyond)?;
			let end = last(zone, end).ok_or_else(beyond)?;
			let stretch = Period::new(start, end);
			slots.extend(divided(stretch, length, || format!("the hours from {from} on {day}"))?);
		}
	}
	Ok(slots)
}

/// The slots of this length that a stretch, which is called so, is made up of.
pub(super) fn divided(stretch: Period, length: Moment, called: impl Fn() -> String) -> Result<Vec<Period>, String> {
	if length < MINUTE {
		return Err("--every has to be a minute at least".into());
	}
	if !stretch.end.saturating_sub(stretch.start).is_multiple_of(length) {
		return Err(format!(
			"{} are no whole number of slots; choose another time, or another --every",
			called()
		));
	}
	let mut slots = Vec::new();
	let mut next = stretch.start;
	while next < stretch.end {
		let slot = Period::new(next, next.saturating_add(length));
		slots.extend(within_days(slot));
		next = slot.end;
	}
	Ok(slots)
}

/// The parts of a slot on each side of midnight UTC.
fn within_days(slot: Period) -> impl Iterator<Item = Period> {
	slot.days().map(move |day| {
		let begins = day.saturating_mul(DAY);
		Period::new(slot.start.max(begins), slot.end.min(begins.saturating_add(DAY)))
	})
}

/// The first point in time at which these clocks show this, or jump over it.
fn first(zone: Tz, shown: NaiveDateTime) -> Option<Moment> {
	moment(
		zone.from_local_datetime(&shown)
			.earliest()
			.or_else(|| after_gap(zone, shown))?,
	)
}

/// The last one.
fn last(zone: Tz, shown: NaiveDateTime) -> Option<Moment> {
	moment(
		zone.from_local_datetime(&shown)
			.latest()
			.or_else(|| after_gap(zone, shown))?,
	)
}

/// What these clocks show when they have jumped forward over this. No jump is longer than a day.
fn after_gap(zone: Tz, shown: NaiveDateTime) -> Option<DateTime<Tz>> {
	let minutes = (1..=24 * 60).filter_map(|minutes| shown.checked_add_signed(Duration::minutes(minutes)));
	let mut shown_later = minutes.filter_map(|shown| zone.from_local_datetime(&shown).earliest());
	shown_later.next()
}

fn moment(time: DateTime<Tz>) -> Option<Moment> {
	u64::try_from(time.timestamp_millis()).ok()
}

/// A day of the institution.
pub(super) fn whole_day(zone: Tz, day: NaiveDate) -> Result<Period, String> {
	let beyond = || format!("{day} is too far from now");
	let next = day.succ_opt().ok_or_else(beyond)?;
	let begins = first(zone, day.and_time(NaiveTime::MIN)).ok_or_else(beyond)?;
	let ends = first(zone, next.and_time(NaiveTime::MIN)).ok_or_else(beyond)?;
	Ok(Period::new(begins, ends))
}

/// What the institution's clocks show; nothing beyond the calendar.
pub(super) fn local(zone: Tz, moment: Moment) -> Option<DateTime<Tz>> {
	let time = DateTime::<Utc>::from_timestamp_millis(i64::try_from(moment).ok()?)?;
	Some(time.with_timezone(&zone))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::words;
	use salus_primitives::{HOUR, MAX_OPENED};

	const QUARTER: Moment = 15 * MINUTE;

	fn opened(zone: &str, on: &str, text: &str, length: Moment) -> Result<Vec<Period>, String> {
		slots(
			zone.parse().unwrap(),
			&[day(on).unwrap()],
			&[hours(text).unwrap()],
			length,
		)
	}

	fn at(text: &str) -> Moment {
		words::moment(text).unwrap()
	}

	#[test]
	fn hours_are_those_of_the_institutions_clocks() {
		let winter = opened("Europe/Zurich", "2026-12-01", "08:00-12:00", QUARTER).unwrap();
		assert_eq!(winter.len(), 16);
		assert_eq!(
			winter[0],
			Period::new(at("2026-12-01T07:00:00Z"), at("2026-12-01T07:15:00Z"))
		);
		assert_eq!(winter[15].end, at("2026-12-01T11:00:00Z"));
		let summer = opened("Europe/Zurich", "2026-07-01", "08:00-12:00", QUARTER).unwrap();
		assert_eq!(summer[0].start, at("2026-07-01T06:00:00Z"));
	}

	#[test]
	fn a_day_on_which_clocks_change_has_23_or_25_hours() {
		let forward = opened("Europe/Zurich", "2026-03-29", "00:00-24:00", QUARTER).unwrap();
		let back = opened("Europe/Zurich", "2026-10-25", "00:00-24:00", QUARTER).unwrap();
		assert_eq!((forward.len(), back.len()), (92, 100));
		for slots in [&forward, &back] {
			assert!(
				slots.windows(2).all(|two| two[0].end == two[1].start),
				"one after the other"
			);
		}
		// From 02:30, which is not there, is from 03:00.
		let jumped = opened("Europe/Zurich", "2026-03-29", "02:30-04:00", QUARTER).unwrap();
		assert_eq!((jumped.len(), jumped[0].start), (4, at("2026-03-29T01:00:00Z")));
		// From 02:00 to 03:00 is two hours where it is there twice.
		let twice = opened("Europe/Zurich", "2026-10-25", "02:00-03:00", QUARTER).unwrap();
		assert_eq!((twice.len(), twice[0].start), (8, at("2026-10-25T00:00:00Z")));
	}

	#[test]
	fn weeks_are_expanded_by_the_institutions_clocks() {
		let [from, to] = ["2026-10-19", "2026-11-02"].map(|text| day(text).unwrap());
		let days = weekly(&[Weekday::Mon, Weekday::Sun], from, to).unwrap();
		let expected = ["2026-10-19", "2026-10-25", "2026-10-26", "2026-11-01"].map(|text| day(text).unwrap());
		assert_eq!(days, expected);
		let zone = "Europe/Zurich".parse().unwrap();
		let calls = calls(zone, &days, &[hours("01:00-04:00").unwrap()], QUARTER, 30).unwrap();
		// The second Sunday's three hours are four.
		assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [28, 24]);
		assert_eq!(calls[0][0].start, at("2026-10-18T23:00:00Z"));
		assert_eq!(calls[1][0].start, at("2026-10-26T00:00:00Z"));
	}

	#[test]
	fn a_call_opens_slots_of_eight_utc_days_at_most() {
		let [from, to] = ["2026-12-01", "2026-12-12"].map(|text| day(text).unwrap());
		let days: Vec<_> = from.iter_days().take_while(|day| *day < to).collect();
		let one = [hours("10:00-10:15").unwrap()];
		let lengths = |zone: &str, hours: &[Hours]| -> Vec<usize> {
			let calls = calls(zone.parse().unwrap(), &days, hours, QUARTER, size(MAX_OPENED)).unwrap();
			calls.iter().map(Vec::len).collect()
		};
		assert_eq!(lengths("Europe/Zurich", &one), [8, 3]);
		// These hours lie on two UTC days each, of which the second is the next one's first.
		let across = [hours("08:45-09:15").unwrap()];
		assert_eq!(lengths("Asia/Tokyo", &across), [14, 8]);
	}

	#[test]
	fn weeks_without_a_day_or_without_an_end_are_refused() {
		let day = |text| day(text).unwrap();
		let (from, to) = (day("2026-10-19"), day("2026-10-25"));
		assert!(
			weekly(&[Weekday::Sun], from, to).is_err(),
			"the last day is not one of them"
		);
		assert!(weekly(&[Weekday::Mon], from, from).is_err());
		assert!(weekly(&[Weekday::Mon], to, from).is_err());
		assert!(weekly(&[Weekday::Mon], from, day("2027-11-23")).is_ok());
		assert!(weekly(&[Weekday::Mon], from, day("2027-11-24")).is_err(), "401 days");
		let zone = "Europe/Zurich".parse().unwrap();
		let hours = [hours("00:00-24:00").unwrap()];
		assert!(calls(zone, &[from], &hours, QUARTER, 95)
			.unwrap_err()
			.starts_with("2026-10-19 would have 96 slots"));
	}

	#[test]
	fn a_slot_across_midnight_utc_is_two() {
		let slots = opened("Asia/Kolkata", "2026-12-01", "05:00-07:00", HOUR).unwrap();
		let midnight = at("2026-12-01");
		assert_eq!(
			slots,
			[
				Period::new(midnight - 30 * MINUTE, midnight),
				Period::new(midnight, midnight + 30 * MINUTE),
				Period::new(midnight + 30 * MINUTE, midnight + 90 * MINUTE),
			]
		);
	}

	#[test]
	fn what_is_no_whole_number_of_slots_is_refused() {
		assert!(opened("Europe/Zurich", "2026-12-01", "08:00-12:10", QUARTER).is_err());
		assert!(opened("Europe/Zurich", "2026-12-01", "08:00-12:00", 0).is_err());
		for text in [
			"",
			"08:00",
			"12:00-08:00",
			"08:00-08:00",
			"8-12",
			"08:00-24:01",
			"24:00-24:00",
		] {
			assert!(hours(text).is_err(), "{text}");
		}
		for text in ["2026-13-01", "tomorrow", "2026-02-30", ""] {
			assert!(day(text).is_err(), "{text}");
		}
	}

	#[test]
	fn a_stretch_is_divided_as_hours_are() {
		let start = at("2026-12-01T23:50:00Z");
		let divide = |length| divided(Period::new(start, start + 20 * MINUTE), length, || "they".into());
		let across = divide(20 * MINUTE).unwrap();
		let midnight = at("2026-12-02T00:00:00Z");
		assert_eq!(
			across,
			[
				Period::new(start, midnight),
				Period::new(midnight, midnight + 10 * MINUTE)
			]
		);
		assert_eq!(divide(5 * MINUTE).unwrap().len(), 4);
		assert!(divide(15 * MINUTE).unwrap_err().starts_with("they are no whole number"));
		assert!(divide(MINUTE - 1).is_err());
	}

	#[test]
	fn a_whole_day_is_that_of_its_clocks() {
		let zone = "Europe/Zurich".parse().unwrap();
		let length = |text| whole_day(zone, day(text).unwrap()).unwrap().length();
		assert_eq!(length("2026-12-01"), 24 * HOUR);
		assert_eq!(length("2026-03-29"), 23 * HOUR);
		assert_eq!(length("2026-10-25"), 25 * HOUR);
	}
}
