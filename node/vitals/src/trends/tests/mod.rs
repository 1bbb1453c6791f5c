#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod recorded;

use proptest::prelude::*;

use super::*;
use crate::{
	decimal::Decimal,
	reading::{tests::systolic, Value},
};

const SECOND: u64 = 1_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// A midnight.
const START: u64 = 20_000 * DAY;

/// A heart rate in tenths.
fn heart_rate(at: u64, tenths: i64) -> Reading {
	Reading {
		code: "8867-4".parse().unwrap(),
		unit: "/min".parse().unwrap(),
		value: Decimal::new(tenths, -1).into(),
		at,
		..systolic()
	}
}

fn trend() -> Trend {
	Trend::new(&heart_rate(START, 700)).unwrap()
}

/// Noise without a generator of the system's: the same each time (Knuth's MMIX constants).
struct Noise(u64);

impl Noise {
	/// Roughly normal, of this standard deviation in tenths: the sum of twelve uniform ones.
	fn tenths(&mut self, deviation: i64) -> i64 {
		let sum: i64 = (0..12).map(|_| self.below(1_000)).sum();
		(sum - 5_994) * deviation / 1_000
	}

	fn below(&mut self, end: i64) -> i64 {
		self.0 = self
			.0
			.wrapping_mul(6_364_136_223_846_793_005)
			.wrapping_add(1_442_695_040_888_963_407);
		i64::try_from(self.0 >> 33).unwrap() % end
	}
}

/// Feeds a value every `every` over a time and returns the changes with when they were told.
fn feed(
	trend: &mut Trend,
	from: u64,
	until: u64,
	every: u64,
	mut tenths: impl FnMut(u64) -> i64,
) -> Vec<(u64, Change)> {
	let mut told = Vec::new();
	let mut at = from;
	while at < until {
		match trend.observe(&heart_rate(at, tenths(at))) {
			Observed::Counted(changes) => told.extend(changes.into_iter().map(|change| (at, change))),
			other => panic!("{other:?}"),
		}
		at += every;
	}
	told
}

#[test]
fn a_patient_at_rest_is_no_alarm() {
	let mut noise = Noise(1);
	let told = feed(&mut trend(), START, START + 8 * DAY, 20 * SECOND, |_| {
		700 + noise.tenths(30)
	});
	assert_eq!(told, []);
	let told = feed(&mut trend(), START, START + 8 * DAY, MINUTE, |_| 700);
	assert_eq!(told, []);
	// Less than what the measurement itself differs by.
	let told = feed(&mut trend(), START, START + DAY, MINUTE, |at| {
		if at < START + 12 * HOUR {
			700
		} else {
			780
		}
	});
	assert_eq!(told, []);
}

#[test]
fn a_step_is_told_once_in_each_window_and_within_half_of_what_is_now() {
	let mut trend = trend();
	let mut noise = Noise(2);
	let step = START + 8 * DAY;
	let mut told = feed(&mut trend, START, step, MINUTE, |_| 700 + noise.tenths(20));
	assert_eq!(told, []);
	told = feed(&mut trend, step, step + 2 * DAY, MINUTE, |_| 950 + noise.tenths(20));
	let of = |window: Window| {
		told.iter()
			.filter(|(_, change)| change.window == window)
			.collect::<Vec<_>>()
	};
	for (window, within) in [
		(Window::Hour, 4 * MINUTE),
		(Window::Day, 46 * MINUTE),
		(Window::Week, 15 * HOUR),
	] {
		let changes = of(window);
		assert_eq!(changes.len(), 1, "{window:?}");
		let (at, change) = changes[0];
		assert!(at - step <= within, "{window:?} after {} min", (at - step) / MINUTE);
		assert_eq!(change.direction, Direction::Up);
		assert!((change.baseline - 70.0).abs() < 2.0 && change.now > 80.0 && change.z >= CHANGE);
	}
}

#[test]
fn a_slow_rise_shows_in_the_long_windows_alone() {
	let mut trend = trend();
	let mut noise = Noise(3);
	// 20 a minute more over five days: a twentieth of that in an hour is nothing.
	let rise = |at: u64| i64::try_from(at.saturating_sub(START + 7 * DAY) * 200 / (5 * DAY)).unwrap();
	let told = feed(&mut trend, START, START + 12 * DAY, MINUTE, |at| {
		700 + rise(at) + noise.tenths(20)
	});
	let windows: Vec<_> = told.iter().map(|(_, change)| change.window).collect();
	assert!(windows.contains(&Window::Week), "{windows:?}");
	assert!(!windows.contains(&Window::Hour), "{windows:?}");
}

#[test]
fn artefacts_are_no_change_and_a_fall_through_them_is() {
	let mut trend = trend();
	let mut noise = Noise(4);
	let mut torn = |level: i64| match noise.below(10) {
		0 => 2_500,
		1 => 0,
		_ => level + noise.tenths(20),
	};
	let told = feed(&mut trend, START, START + 2 * DAY, 10 * SECOND, |_| torn(700));
	assert_eq!(told, []);
	let told = feed(&mut trend, START + 2 * DAY, START + 2 * DAY + HOUR, 10 * SECOND, |_| {
		torn(400)
	});
	assert!(
		told.iter().any(|(_, change)| change.direction == Direction::Down),
		"{told:?}"
	);
}

#[test]
fn with_little_to_go_by_nothing_is_said() {
	let told = feed(&mut trend(), START, START + 19 * MINUTE, MINUTE, |at| {
		if at < START + 15 * MINUTE {
			700
		} else {
			1_500
		}
	});
	assert_eq!(told, []);
	// After a gap longer than the window it learns anew.
	let mut trend = trend();
	assert_eq!(feed(&mut trend, START, START + HOUR, MINUTE, |_| 700), []);
	assert_eq!(
		feed(
			&mut trend,
			START + 8 * DAY,
			START + 8 * DAY + 15 * MINUTE,
			MINUTE,
			|_| 1_500
		),
		[]
	);
}

#[test]
fn late_readings_and_others_are_not_used() {
	let mut trend = trend();
	assert_eq!(trend.observe(&heart_rate(START + HOUR, 700)), Observed::Counted(vec![]));
	// The bucket of the minute is closed, that of two hours is not.
	assert_eq!(
		trend.observe(&heart_rate(START + HOUR - MINUTE, 700)),
		Observed::Counted(vec![])
	);
	assert_eq!(trend.observe(&heart_rate(START - MINUTE, 700)), Observed::Late);
	let other = Reading {
		code: "9279-1".parse().unwrap(),
		..heart_rate(START + HOUR, 160)
	};
	assert_eq!(trend.observe(&other), Observed::NotUsed);
	assert_eq!(trend.observe(&heart_rate(START + HOUR, -700)), Observed::NotUsed);
	let curve = Reading {
		value: Value::Waveform([0; 32]),
		..heart_rate(START + HOUR, 700)
	};
	assert_eq!(trend.observe(&curve), Observed::NotUsed);
	assert!(Trend::new(&Reading {
		code: "29463-7".parse().unwrap(),
		..systolic()
	})
	.is_none());
}

#[test]
fn memory_stays() {
	let mut trend = trend();
	let mut noise = Noise(5);
	let _ = feed(&mut trend, START, START + 3 * HOUR, SECOND, |_| 700 + noise.tenths(20));
	let bytes: usize = trend.windows.iter().map(|watched| watched.buckets.bytes()).sum();
	assert!(bytes + std::mem::size_of::<Trend>() <= 2_048, "{bytes}");
}

proptest! {
	/// The closed buckets against their definition, whatever the gaps.
	#[test]
	fn buckets_are_the_medians_of_their_time(steps in prop::collection::vec((0u64..40, -1_000i16..1_000), 1..200)) {
		let (length, count) = (5, 8usize);
		let mut buckets = Buckets::new(length, count);
		let mut all: Vec<(u64, f32)> = Vec::new();
		let mut now = 0;
		for (wait, value) in steps {
			now += wait;
			all.push((now, value.into()));
			buckets.add(now, value.into());
		}
		let open = now / length;
		let expected: Vec<_> = (open.saturating_sub(count as u64)..open)
			.filter_map(|bucket| median(all.iter().filter(|(at, _)| at / length == bucket).map(|(_, value)| *value).collect()))
			.collect();
		let (old, new) = buckets.closed(3);
		// Up to 32 values a bucket the median is exact.
		let fits = (0..=open).all(|bucket| all.iter().filter(|(at, _)| at / length == bucket).count() <= 32);
		prop_assume!(fits);
		prop_assert_eq!([old, new].concat(), expected);
	}

	#[test]
	fn no_time_and_no_value_panics(steps in prop::collection::vec((any::<u64>(), any::<i64>(), any::<i8>()), 0..60)) {
		let mut trend = trend();
		for (at, mantissa, exponent) in steps {
			let odd = Reading { value: Decimal { mantissa, exponent }.into(), ..heart_rate(at, 0) };
			let _ = trend.observe(&odd);
		}
	}
}

#[test]
fn a_trend_that_was_saved_goes_on_as_if_nothing_had_been() {
	let (mut noise, mut again) = (Noise(5), Noise(5));
	let (mut whole, mut broken) = (trend(), trend());
	// A step in the middle, so that something is told before and after.
	let value = |at: u64, noise: &mut Noise| if at < START + DAY { 700 } else { 950 } + noise.tenths(20);
	let mut at = START;
	let mut restarts = 0;
	while at < START + 2 * DAY {
		let expected = whole.observe(&heart_rate(at, value(at, &mut noise)));
		assert_eq!(broken.observe(&heart_rate(at, value(at, &mut again))), expected);
		at += 47 * SECOND;
		if at.is_multiple_of(13) {
			broken = Trend::restore(&broken.save()).unwrap();
			restarts += 1;
		}
	}
	assert!(restarts > 100, "{restarts}");
	let fresh = trend();
	assert_eq!(Trend::restore(&fresh.save()).unwrap().save(), fresh.save());
}

#[test]
fn what_is_no_saved_trend_is_refused() {
	let mut trend = trend();
	feed(&mut trend, START, START + HOUR, MINUTE, |_| 700);
	let saved = trend.save();
	for end in 0..saved.len() {
		assert!(Trend::restore(&saved[..end]).is_none(), "cut at {end}");
	}
	assert!(Trend::restore(&[saved.as_slice(), &[0]].concat()).is_none());
	assert!(
		Trend::restore(&[&[2], &saved[1..]].concat()).is_none(),
		"another version"
	);
	let unknown = String::from_utf8_lossy(&saved[2..8])
		.replace("8867-4", "0000-0")
		.into_bytes();
	assert!(Trend::restore(&[&saved[..2], &unknown, &saved[8..]].concat()).is_none());
}
