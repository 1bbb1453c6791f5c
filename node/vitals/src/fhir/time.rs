//! FHIR's `dateTime` and a reading's milliseconds. A frame keeps how exactly a time was written, and in which zone.

use chrono::{DateTime, FixedOffset, NaiveDate, Timelike};

/// No zone is further from UTC, in seconds.
const FURTHEST_ZONE: i32 = 14 * 60 * 60;

/// How a time is written: to the day, or with these digits of a second and this zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
	Day,
	Time { digits: usize, zone: String },
}

/// A time and its form: a day is its first millisecond in UTC, having no zone. None for years, months, and times finer
/// than a millisecond or before 1970.
pub(super) fn read(text: &str) -> Option<(u64, Form)> {
	if text.len() == 10 {
		let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
		let at = u64::try_from(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis()).ok()?;
		return (write(at, &Form::Day)? == text).then_some((at, Form::Day));
	}
	let time = DateTime::parse_from_rfc3339(text).ok()?;
	let behind_seconds = text.get(19..)?;
	let zone_at = behind_seconds.find(['Z', '+', '-'])?;
	let (fraction, zone) = behind_seconds.split_at_checked(zone_at)?;
	let form = Form::Time {
		digits: fraction.strip_prefix('.').map_or(0, str::len),
		zone: zone.to_string(),
	};
	Form::from_text(&form.to_text())?;
	let at = u64::try_from(time.timestamp_millis()).ok()?;
	// What chrono takes and FHIR does not (small letters, leap seconds) does not come back the same.
	let is_exact = time.nanosecond() % 1_000_000 == 0 && time.offset().local_minus_utc().abs() <= FURTHEST_ZONE;
	(is_exact && write(at, &form)? == text).then_some((at, form))
}

/// A time in a form; none where the form is too coarse for it.
pub(super) fn write(at: u64, form: &Form) -> Option<String> {
	let time = DateTime::from_timestamp_millis(i64::try_from(at).ok()?)?;
	let text = match form {
		Form::Day => {
			let is_midnight = at.checked_rem(86_400_000)? == 0;
			is_midnight.then(|| time.format("%Y-%m-%d").to_string())?
		}
		Form::Time { digits, zone } => {
			let local = time.with_timezone(&offset(zone)?);
			let millis = format!("{:03}", local.timestamp_subsec_millis());
			let (kept, lost) = millis.split_at_checked((*digits).min(3))?;
			if lost.bytes().any(|digit| digit != b'0') {
				return None;
			}
			let zeros = "0".repeat(digits.saturating_sub(3));
			let point = if *digits == 0 { "" } else { "." };
			format!("{}{point}{kept}{zeros}{zone}", local.format("%Y-%m-%dT%H:%M:%S"))
		}
	};
	// Years of more than four digits.
	text.as_bytes().first().is_some_and(u8::is_ascii_digit).then_some(text)
}

/// To the millisecond in UTC.
pub(super) fn exactly(at: u64) -> Option<String> {
	write(
		at,
		&Form::Time {
			digits: 3,
			zone: "Z".into(),
		},
	)
}

fn offset(zone: &str) -> Option<FixedOffset> {
	if zone == "Z" {
		return FixedOffset::east_opt(0);
	}
	let (sign, time) = zone.split_at_checked(1)?;
	let (hours, minutes) = time.split_once(':')?;
	let part = |text: &str| text.parse::<i32>().ok().filter(|_| text.len() == 2);
	let seconds = part(hours)?
		.checked_mul(3600)?
		.checked_add(part(minutes)?.checked_mul(60)?)?;
	match sign {
		"+" => FixedOffset::east_opt(seconds),
		"-" => FixedOffset::west_opt(seconds),
		_ => None,
	}
}

impl Form {
	/// As it stands in a frame: `day`, or the digits and the zone, as `3Z`.
	pub(super) fn to_text(&self) -> String {
		match self {
			Self::Day => "day".into(),
			Self::Time { digits, zone } => format!("{digits}{zone}"),
		}
	}

	pub(super) fn from_text(text: &str) -> Option<Self> {
		if text == "day" {
			return Some(Self::Day);
		}
		let (digits, zone) = text.split_at_checked(text.find(['Z', '+', '-'])?)?;
		let digits = digits.parse().ok().filter(|digits| *digits <= 18)?;
		offset(zone)?;
		Some(Self::Time {
			digits,
			zone: zone.to_string(),
		})
	}
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
	use proptest::prelude::*;

	use super::*;

	#[test]
	fn times_come_back_as_they_were_written() {
		for (text, at) in [
			("2012-09-17", 1_347_840_000_000),
			("1999-07-02", 930_873_600_000),
			("2014-12-05T09:30:10+01:00", 1_417_768_210_000),
			("2014-12-05T09:30:10.120-14:00", 1_417_822_210_120),
			("2014-12-05T09:30:10.1Z", 1_417_771_810_100),
			("2014-12-05T09:30:10.100000Z", 1_417_771_810_100),
			("1970-01-01T00:00:00-00:00", 0),
		] {
			let (read_at, form) = read(text).unwrap();
			assert_eq!(read_at, at, "{text}");
			assert_eq!(write(at, &form).as_deref(), Some(text));
			assert_eq!(Form::from_text(&form.to_text()), Some(form));
		}
	}

	#[test]
	fn what_is_no_moment_is_none() {
		for text in [
			"2012",
			"2012-09",
			"2012-9-17",
			"2012-02-30",
			"1969-12-31",
			"2012-09-17T10:00",
			"2012-09-17T10:00:00",
			"2012-09-17T10:00:60Z",
			"2012-09-17t10:00:00Z",
			"2012-09-17T10:00:00z",
			"2012-09-17 10:00:00Z",
			"2012-09-17T10:00:00.0001Z",
			"2012-09-17T10:00:00+15:00",
			"2012-09-17T24:00:00Z",
			"+2012-09-1",
			"x",
			"",
		] {
			assert_eq!(read(text), None, "{text}");
		}
		assert_eq!(write(1, &Form::Day), None);
		assert_eq!(
			write(
				1,
				&Form::Time {
					digits: 2,
					zone: "Z".into()
				}
			),
			None
		);
		assert_eq!(exactly(253_402_300_800_000), None);
		assert_eq!(exactly(u64::MAX), None);
	}

	proptest! {
		#[test]
		fn every_millisecond_has_a_form(at in 0u64..253_402_300_800_000) {
			let text = exactly(at).unwrap();
			prop_assert_eq!(read(&text).unwrap().0, at);
		}

		#[test]
		fn no_text_panics(text in "[0-9TZ:+.\\-]{0,30}|\\PC{0,20}") {
			if let Some((at, form)) = read(&text) {
				prop_assert_eq!(write(at, &form), Some(text));
			}
			let _ = Form::from_text("9+99:99");
		}
	}
}
