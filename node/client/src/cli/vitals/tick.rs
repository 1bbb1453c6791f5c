//! Where the marks of axes stand: on round numbers and round times.

use chrono::DateTime;
use salus_primitives::{Moment, DAY, HOUR, MINUTE};

const SECOND: Moment = 1_000;
const STEPS: [Moment; 20] = [
	SECOND,
	2 * SECOND,
	5 * SECOND,
	10 * SECOND,
	15 * SECOND,
	30 * SECOND,
	MINUTE,
	2 * MINUTE,
	5 * MINUTE,
	10 * MINUTE,
	15 * MINUTE,
	30 * MINUTE,
	HOUR,
	2 * HOUR,
	3 * HOUR,
	6 * HOUR,
	12 * HOUR,
	DAY,
	2 * DAY,
	7 * DAY,
];

/// Round times within, at most `most` where the span is up to weeks; each with the text of it.
pub(super) fn times(from: Moment, to: Moment, most: u64) -> Vec<(Moment, String)> {
	let span = to.saturating_sub(from);
	let fits = |step: &&Moment| span / **step < most;
	let weeks = (span / most.max(1) / (7 * DAY))
		.saturating_add(1)
		.saturating_mul(7 * DAY);
	let step = STEPS.iter().find(fits).copied().unwrap_or(weeks);
	let first = from.div_ceil(step).saturating_mul(step);
	let all = std::iter::successors(Some(first), |at| at.checked_add(step));
	all.take_while(|at| *at <= to).map(|at| (at, clock(at, step))).collect()
}

/// A time as exactly as the step needs.
fn clock(at: Moment, step: Moment) -> String {
	let format = match step {
		DAY.. => "%m-%d",
		MINUTE.. if at.is_multiple_of(DAY) => "%m-%d",
		MINUTE.. => "%H:%M",
		_ => "%H:%M:%S",
	};
	let time = i64::try_from(at).ok().and_then(DateTime::from_timestamp_millis);
	time.map_or_else(|| format!("{at} ms"), |time| time.format(format).to_string())
}

/// Round numbers within, some five of them, each with the text of it.
pub(super) fn numbers(low: f64, high: f64) -> Vec<(f64, String)> {
	let rough = (high - low) / 5.0;
	if !rough.is_finite() || rough <= 0.0 {
		return Vec::new();
	}
	let power = 10f64.powf(rough.log10().floor());
	let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
	let step = step.into_iter().find(|step| *step >= rough).unwrap_or(10.0 * power);
	// At most nine of them.
	let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
	let first = (low / step).ceil();
	let last = (high / step).floor();
	let all = std::iter::successors(Some(first), |n| Some(n + 1.0));
	all.take_while(|n| *n <= last)
		.take(20)
		.map(|n| {
			// Not minus zero.
			let value = n * step + 0.0;
			(value, format!("{value:.decimals$}"))
		})
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn texts<T>(ticks: &[(T, String)]) -> Vec<&str> {
		ticks.iter().map(|(_, text)| text.as_str()).collect()
	}

	#[test]
	fn times_are_round_and_few() {
		let day = 20_000 * DAY;
		let at = |hour: u64, minute: u64| day + hour * HOUR + minute * MINUTE;
		assert_eq!(
			texts(&times(at(9, 1), at(9, 59), 6)),
			["09:10", "09:20", "09:30", "09:40", "09:50"]
		);
		assert_eq!(
			texts(&times(at(22, 0), at(26, 0), 6)),
			["22:00", "23:00", "10-05", "01:00", "02:00"]
		);
		let seconds = times(at(9, 0) + 500, at(9, 0) + 4_000, 6);
		assert_eq!(texts(&seconds), ["09:00:01", "09:00:02", "09:00:03", "09:00:04"]);
		assert!(times(0, 400 * DAY, 6).len() <= 7);
		assert_eq!(times(at(9, 0), at(9, 0), 6).len(), 1);
	}

	#[test]
	fn numbers_are_round_with_as_many_places_as_the_step_has() {
		assert_eq!(texts(&numbers(58.2, 71.0)), ["60", "65", "70"]);
		assert_eq!(texts(&numbers(36.12, 37.4)), ["36.5", "37.0"]);
		assert_eq!(texts(&numbers(-3.0, 7.0)), ["-2", "0", "2", "4", "6"]);
		assert!(numbers(1.0, 1.0).is_empty());
		assert!(numbers(f64::NAN, 1.0).is_empty());
	}
}
