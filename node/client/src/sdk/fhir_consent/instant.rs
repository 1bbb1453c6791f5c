//! FHIR's `dateTime` and the chain's milliseconds.

use chrono::{DateTime, Days, Months, NaiveDate, SecondsFormat, Timelike};
use salus_primitives::Moment;

/// The first millisecond of the year 10000, which FHIR can't write.
const TOO_FAR: Moment = 253_402_300_800_000;
/// No zone is further from UTC, in seconds.
const FURTHEST_ZONE: i32 = 14 * 60 * 60;

/// The time that a `dateTime` covers: of `2016` the whole year. Half-open, in milliseconds since the epoch; dates without
/// a zone are days in UTC.
pub(crate) fn span(text: &str) -> Option<(i64, i64)> {
	match text.len() {
		4 | 7 | 10 => date(text),
		_ => time(text),
	}
}

fn date(text: &str) -> Option<(i64, i64)> {
	let number = |range| {
		let digits: &str = text.get(range)?;
		digits
			.bytes()
			.all(|byte| byte.is_ascii_digit())
			.then(|| digits.parse::<u32>().ok())?
	};
	let dash = |at| text.as_bytes().get(at) == Some(&b'-');
	let year = i32::try_from(number(0..4)?).ok().filter(|year| *year > 0)?;
	let (first, next) = match text.len() {
		4 => {
			let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
			(first, first.checked_add_months(Months::new(12))?)
		}
		7 if dash(4) => {
			let first = NaiveDate::from_ymd_opt(year, number(5..7)?, 1)?;
			(first, first.checked_add_months(Months::new(1))?)
		}
		10 if dash(4) && dash(7) => {
			let first = NaiveDate::from_ymd_opt(year, number(5..7)?, number(8..10)?)?;
			(first, first.checked_add_days(Days::new(1))?)
		}
		_ => return None,
	};
	let start = |date: NaiveDate| Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis());
	Some((start(first)?, start(next)?))
}

fn time(text: &str) -> Option<(i64, i64)> {
	let time = DateTime::parse_from_rfc3339(text).ok()?;
	// What chrono takes and FHIR does not: a space or small letters, a leap second, far zones, the year 0.
	let is_fhir = text.as_bytes().get(10) == Some(&b'T')
		&& !text.ends_with('z')
		&& !text.starts_with("0000")
		&& time.nanosecond() < 1_000_000_000
		&& time.offset().local_minus_utc().abs() <= FURTHEST_ZONE
		&& time.nanosecond() % 1_000_000 == 0;
	if !is_fhir {
		return None;
	}
	let digits = match text.as_bytes().get(19) {
		Some(b'.') => text.bytes().skip(20).take_while(u8::is_ascii_digit).count(),
		_ => 0,
	};
	let precision = match digits {
		0 => 1_000,
		1 => 100,
		2 => 10,
		_ => 1,
	};
	let start = time.timestamp_millis();
	Some((start, start.checked_add(precision)?))
}

/// A moment, to the millisecond in UTC; none beyond the year 9999.
pub(crate) fn write(moment: Moment) -> Option<String> {
	let milliseconds = i64::try_from(moment).ok().filter(|_| moment < TOO_FAR)?;
	Some(DateTime::from_timestamp_millis(milliseconds)?.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// The last millisecond before a moment, which is how FHIR writes an end.
pub(crate) fn write_end(moment: Moment) -> Option<String> {
	match moment.checked_sub(1) {
		Some(last) => write(last),
		None => Some(DateTime::from_timestamp_millis(-1)?.to_rfc3339_opts(SecondsFormat::Millis, true)),
	}
}
