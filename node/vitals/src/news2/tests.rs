#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::reading::tests::systolic;

const NOW: u64 = 1_795_000_000_000;
const NURSE: [u8; 32] = [4; 32];

/// The chart as the Royal College of Physicians prints it, from the top down: part, score, from, to, in the chart's own
/// resolution. No end is the end of what a body can have.
const CHART: &[(Part, u8, Option<i64>, Option<i64>)] = &[
	(Part::Respiration, 3, Some(25), None),
	(Part::Respiration, 2, Some(21), Some(24)),
	(Part::Respiration, 0, Some(12), Some(20)),
	(Part::Respiration, 1, Some(9), Some(11)),
	(Part::Respiration, 3, None, Some(8)),
	(Part::Saturation, 0, Some(96), None),
	(Part::Saturation, 1, Some(94), Some(95)),
	(Part::Saturation, 2, Some(92), Some(93)),
	(Part::Saturation, 3, None, Some(91)),
	(Part::Systolic, 3, Some(220), None),
	(Part::Systolic, 0, Some(111), Some(219)),
	(Part::Systolic, 1, Some(101), Some(110)),
	(Part::Systolic, 2, Some(91), Some(100)),
	(Part::Systolic, 3, None, Some(90)),
	(Part::Pulse, 3, Some(131), None),
	(Part::Pulse, 2, Some(111), Some(130)),
	(Part::Pulse, 1, Some(91), Some(110)),
	(Part::Pulse, 0, Some(51), Some(90)),
	(Part::Pulse, 1, Some(41), Some(50)),
	(Part::Pulse, 3, None, Some(40)),
	(Part::Temperature, 2, Some(391), None),
	(Part::Temperature, 1, Some(381), Some(390)),
	(Part::Temperature, 0, Some(361), Some(380)),
	(Part::Temperature, 1, Some(351), Some(360)),
	(Part::Temperature, 3, None, Some(350)),
];
/// Scale 2 on oxygen.
const SCALE_2_ON_OXYGEN: &[(u8, Option<i64>, Option<i64>)] = &[
	(3, Some(97), None),
	(2, Some(95), Some(96)),
	(1, Some(93), Some(94)),
	(0, Some(88), Some(92)),
	(1, Some(86), Some(87)),
	(2, Some(84), Some(85)),
	(3, None, Some(83)),
];
/// Scale 2 on air: 93 and more score 0.
const SCALE_2_ON_AIR: &[(u8, Option<i64>, Option<i64>)] = &[
	(0, Some(93), None),
	(0, Some(88), Some(92)),
	(1, Some(86), Some(87)),
	(2, Some(84), Some(85)),
	(3, None, Some(83)),
];

fn of_chart(rows: impl Iterator<Item = (u8, Option<i64>, Option<i64>)>, step: i64) -> u8 {
	let holds = |(_, from, to): &(u8, Option<i64>, Option<i64>)| {
		from.is_none_or(|from| step >= from) && to.is_none_or(|to| step <= to)
	};
	let mut rows = rows.filter(holds);
	let (score, _, _) = rows.next().unwrap();
	assert!(rows.next().is_none(), "two rows hold {step}");
	score
}

fn expected(part: Part, step: i64) -> u8 {
	let rows = CHART.iter().filter(|(of, ..)| *of == part);
	of_chart(rows.map(|(_, score, from, to)| (*score, *from, *to)), step)
}

fn reading(part: Part, value: &str) -> Reading {
	let (code, unit) = match part {
		Part::Respiration => ("9279-1", "/min"),
		Part::Saturation => ("59408-5", "%"),
		Part::Systolic => ("8480-6", "mm[Hg]"),
		Part::Pulse => ("8867-4", "/min"),
		Part::Temperature => ("8310-5", "Cel"),
		Part::Oxygen | Part::Consciousness => panic!("a person enters it"),
	};
	Reading {
		code: code.parse().unwrap(),
		unit: unit.parse().unwrap(),
		value: value.parse::<Decimal>().unwrap().into(),
		at: NOW,
		..systolic()
	}
}

fn entered<T>(value: T) -> Entered<T> {
	Entered {
		value,
		by: NURSE,
		at: NOW,
	}
}

fn adult() -> Person {
	Person {
		age: Some(40),
		pregnant: Some(false),
		scale: OxygenScale::One,
	}
}

fn on_scale_2() -> Person {
	let decision = ClinicianDecision { by: [6; 32], at: NOW };
	Person {
		scale: OxygenScale::Two(decision),
		..adult()
	}
}

/// A set that scores 0 in every part.
fn well() -> Observations {
	let mut set = Observations::default();
	for (part, value) in [
		(Part::Respiration, "16"),
		(Part::Saturation, "98"),
		(Part::Systolic, "120"),
		(Part::Pulse, "70"),
		(Part::Temperature, "37.0"),
	] {
		assert_eq!(set.take(&reading(part, value), NOW), Taken::Latest);
	}
	assert_eq!(set.take_oxygen(entered(Oxygen::Air), NOW), Taken::Latest);
	assert_eq!(
		set.take_consciousness(entered(Consciousness::Alert), NOW),
		Taken::Latest
	);
	set
}

fn with(part: Part, value: &str) -> Observations {
	let mut set = well();
	assert_eq!(set.take(&reading(part, value), NOW), Taken::Latest, "{value}");
	set
}

fn scored(set: &Observations, person: &Person) -> News2 {
	score(set, person, NOW, &Freshness::default()).unwrap()
}

fn part_of(news: &News2, part: Part) -> u8 {
	news.parts.iter().find(|(of, _)| *of == part).unwrap().1
}

/// Every value of the chart's resolution that a body can have, and how it is written.
fn steps(part: Part) -> Vec<(i64, String)> {
	let (from, to) = match part {
		Part::Respiration => (0, 150),
		Part::Saturation => (0, 100),
		Part::Systolic => (0, 300),
		Part::Pulse => (0, 350),
		Part::Temperature => (100, 470),
		Part::Oxygen | Part::Consciousness => panic!("a person enters it"),
	};
	let places = if part == Part::Temperature { -1 } else { 0 };
	(from..=to)
		.map(|step| (step, Decimal::new(step, places).to_string()))
		.collect()
}

const MEASURED: [Part; 5] = [
	Part::Respiration,
	Part::Saturation,
	Part::Systolic,
	Part::Pulse,
	Part::Temperature,
];

#[test]
fn every_row_of_the_chart() {
	for part in MEASURED {
		for (step, value) in steps(part) {
			let news = scored(&with(part, &value), &adult());
			assert_eq!(part_of(&news, part), expected(part, step), "{part:?} {value}");
			assert_eq!(news.total, expected(part, step));
		}
	}
}

#[test]
fn scale_2_on_air_and_on_oxygen() {
	for (step, value) in steps(Part::Saturation) {
		let mut set = with(Part::Saturation, &value);
		let on_air = of_chart(SCALE_2_ON_AIR.iter().copied(), step);
		assert_eq!(
			part_of(&scored(&set, &on_scale_2()), Part::Saturation),
			on_air,
			"{value}"
		);
		assert_eq!(set.take_oxygen(entered(Oxygen::Supplemental), NOW), Taken::Latest);
		let on_oxygen = of_chart(SCALE_2_ON_OXYGEN.iter().copied(), step);
		let news = scored(&set, &on_scale_2());
		assert_eq!(part_of(&news, Part::Saturation), on_oxygen, "{value}");
		assert_eq!(part_of(&news, Part::Oxygen), 2);
		// Scale 1 stays scale 1 on oxygen.
		assert_eq!(
			part_of(&scored(&set, &adult()), Part::Saturation),
			expected(Part::Saturation, step)
		);
	}
}

#[test]
fn consciousness_and_oxygen() {
	let mut set = well();
	for (value, points) in [
		(Consciousness::Alert, 0),
		(Consciousness::Confusion, 3),
		(Consciousness::Voice, 3),
		(Consciousness::Pain, 3),
		(Consciousness::Unresponsive, 3),
	] {
		assert_eq!(set.take_consciousness(entered(value), NOW), Taken::Latest);
		assert_eq!(scored(&set, &adult()).total, points, "{value:?}");
	}
	assert_eq!(
		set.take_consciousness(entered(Consciousness::Alert), NOW),
		Taken::Latest
	);
	assert_eq!(set.take_oxygen(entered(Oxygen::Supplemental), NOW), Taken::Latest);
	assert_eq!(scored(&set, &adult()).total, 2);
}

#[test]
fn a_value_between_rows_is_in_the_nearer_and_in_the_middle_in_the_worse() {
	for (part, value, points) in [
		(Part::Temperature, "35.04", 3),
		(Part::Temperature, "35.05", 3),
		(Part::Temperature, "35.051", 1),
		(Part::Temperature, "36.05", 1),
		(Part::Temperature, "38.05", 1),
		(Part::Temperature, "38.04", 0),
		(Part::Temperature, "39.05", 2),
		(Part::Temperature, "39.049", 1),
		(Part::Saturation, "91.4", 3),
		(Part::Saturation, "91.5", 3),
		(Part::Saturation, "91.6", 2),
		(Part::Saturation, "95.5", 1),
		(Part::Respiration, "8.5", 3),
		(Part::Respiration, "20.5", 2),
		(Part::Respiration, "24.50", 3),
		(Part::Systolic, "90.5", 3),
		(Part::Systolic, "219.5", 3),
		(Part::Systolic, "219.49", 0),
		(Part::Pulse, "40.5", 3),
		(Part::Pulse, "90.5", 1),
		(Part::Pulse, "130.5", 3),
	] {
		let news = scored(&with(part, value), &adult());
		assert_eq!(part_of(&news, part), points, "{part:?} {value}");
	}
}

#[test]
fn the_thresholds_of_the_aggregate() {
	type Case = (&'static [(Part, &'static str)], u8, bool, Response);
	let cases: &[Case] = &[
		(&[], 0, false, Response::Ward),
		(
			&[(Part::Respiration, "22"), (Part::Pulse, "120")],
			4,
			false,
			Response::Ward,
		),
		(&[(Part::Respiration, "25")], 3, true, Response::UrgentWard),
		(
			&[(Part::Respiration, "25"), (Part::Pulse, "95")],
			4,
			true,
			Response::UrgentWard,
		),
		(
			&[
				(Part::Respiration, "22"),
				(Part::Pulse, "120"),
				(Part::Temperature, "38.5"),
			],
			5,
			false,
			Response::Urgent,
		),
		(
			&[(Part::Respiration, "25"), (Part::Pulse, "120")],
			5,
			true,
			Response::Urgent,
		),
		(
			&[(Part::Respiration, "25"), (Part::Pulse, "135")],
			6,
			true,
			Response::Urgent,
		),
		(
			&[
				(Part::Respiration, "22"),
				(Part::Pulse, "120"),
				(Part::Saturation, "93"),
				(Part::Temperature, "38.5"),
			],
			7,
			false,
			Response::Emergency,
		),
		(
			&[
				(Part::Respiration, "25"),
				(Part::Pulse, "135"),
				(Part::Systolic, "80"),
				(Part::Saturation, "80"),
				(Part::Temperature, "34.9"),
			],
			15,
			true,
			Response::Emergency,
		),
	];
	for (values, total, red, response) in cases {
		let mut set = well();
		for (part, value) in *values {
			assert_eq!(set.take(&reading(*part, value), NOW), Taken::Latest);
		}
		let news = scored(&set, &adult());
		assert_eq!(
			(news.total, news.red, news.response),
			(*total, *red, *response),
			"{values:?}"
		);
	}
}

#[test]
fn any_missing_part_leaves_it_incomplete() {
	for left_out in Part::ALL {
		let mut set = well();
		match left_out {
			Part::Oxygen => set.oxygen = None,
			Part::Consciousness => set.consciousness = None,
			part => *set.slot(part).unwrap() = None,
		}
		for person in [adult(), on_scale_2()] {
			let error = score(&set, &person, NOW, &Freshness::default());
			let missing = vec![left_out];
			assert_eq!(
				error,
				Err(NotScored::Incomplete { missing, stale: vec![] }),
				"{left_out:?}"
			);
		}
	}
	let nothing = score(&Observations::default(), &adult(), NOW, &Freshness::default());
	assert_eq!(
		nothing,
		Err(NotScored::Incomplete {
			missing: Part::ALL.to_vec(),
			stale: vec![]
		})
	);
}

#[test]
fn any_stale_part_leaves_it_incomplete() {
	let hour = 3_600_000;
	for old in Part::ALL {
		let aged = |at: u64| {
			let mut set = well();
			match old {
				Part::Oxygen => set.oxygen.as_mut().unwrap().at = at,
				Part::Consciousness => set.consciousness.as_mut().unwrap().at = at,
				part => set.slot(part).unwrap().as_mut().unwrap().1 = at,
			}
			score(&set, &adult(), NOW, &Freshness::default())
		};
		assert_eq!(aged(NOW - hour).unwrap().oldest, NOW - hour);
		let stale = vec![old];
		assert_eq!(
			aged(NOW - hour - 1),
			Err(NotScored::Incomplete { missing: vec![], stale }),
			"{old:?}"
		);
	}
	let strict = Freshness {
		measured: 60_000,
		..Freshness::default()
	};
	let later = score(&well(), &adult(), NOW + 60_001, &strict);
	assert_eq!(
		later,
		Err(NotScored::Incomplete {
			missing: vec![],
			stale: MEASURED.to_vec()
		})
	);
}

#[test]
fn who_it_is_not_for() {
	let refused = |person: Person| score(&well(), &person, NOW, &Freshness::default()).unwrap_err();
	assert_eq!(
		refused(Person {
			age: Some(15),
			..adult()
		}),
		NotScored::Under16
	);
	assert_eq!(refused(Person { age: None, ..adult() }), NotScored::AgeUnknown);
	assert_eq!(
		refused(Person {
			pregnant: Some(true),
			..adult()
		}),
		NotScored::Pregnant
	);
	assert_eq!(
		refused(Person {
			pregnant: None,
			..adult()
		}),
		NotScored::PregnancyUnknown
	);
	assert_eq!(
		scored(
			&well(),
			&Person {
				age: Some(16),
				..adult()
			}
		)
		.total,
		0
	);
}

#[test]
fn what_is_older_ahead_or_unusable_changes_nothing() {
	let before = well();
	let mut set = before.clone();
	let older = Reading {
		at: NOW - 1,
		..reading(Part::Pulse, "140")
	};
	assert_eq!(set.take(&older, NOW), Taken::Older);
	let ahead = Reading {
		at: NOW + CLOCK_AHEAD + 1,
		..reading(Part::Pulse, "140")
	};
	assert_eq!(set.take(&ahead, NOW), Taken::Ahead);
	let fahrenheit = Reading {
		unit: "[degF]".parse().unwrap(),
		..reading(Part::Temperature, "98.6")
	};
	assert_eq!(set.take(&fahrenheit, NOW), Taken::Unusable);
	assert_eq!(set.take(&reading(Part::Saturation, "127"), NOW), Taken::Unusable);
	let glucose = Reading {
		code: "2339-0".parse().unwrap(),
		..reading(Part::Pulse, "99")
	};
	assert_eq!(set.take(&glucose, NOW), Taken::NoPart);
	let curve = Reading {
		value: crate::reading::Value::Waveform([0; 32]),
		..reading(Part::Pulse, "99")
	};
	assert_eq!(set.take(&curve, NOW), Taken::Unusable);
	let entered_later = Entered {
		at: NOW + CLOCK_AHEAD + 1,
		..entered(Oxygen::Supplemental)
	};
	assert_eq!(set.take_oxygen(entered_later, NOW), Taken::Ahead);
	assert_eq!(set, before);
	let beats = Reading {
		unit: "{beats}/min".parse().unwrap(),
		..reading(Part::Pulse, "140")
	};
	assert_eq!(set.take(&beats, NOW), Taken::Latest);
	assert_eq!(scored(&set, &adult()).total, 3);
}

proptest! {
	/// Exact arithmetic on fractions against the chart: the nearer row, in the middle the worse.
	#[test]
	fn values_of_any_precision_are_in_the_nearer_row(part in prop::sample::select(&MEASURED[..]), thousandths in 0i64..350_000) {
		let per_step = if part == Part::Temperature { 100 } else { 1000 };
		let value = Decimal::new(thousandths, -3);
		let observed = reading(part, &value.to_string());
		let mut set = well();
		prop_assume!(observed.flags().is_empty());
		prop_assert_eq!(set.take(&observed, NOW), Taken::Latest);
		let (below, rest) = (thousandths / per_step, thousandths % per_step);
		let points = match (rest * 2).cmp(&per_step) {
			std::cmp::Ordering::Less => expected(part, below),
			std::cmp::Ordering::Equal => expected(part, below).max(expected(part, below + 1)),
			std::cmp::Ordering::Greater => expected(part, below + 1),
		};
		prop_assert_eq!(part_of(&scored(&set, &adult()), part), points);
	}

	#[test]
	fn no_number_panics(mantissa: i64, exponent: i8, at: u64, now: u64) {
		let odd = Reading { value: Decimal { mantissa, exponent }.into(), at, ..systolic() };
		let mut set = well();
		let _ = set.take(&odd, now);
		if let Ok(news) = score(&set, &adult(), now, &Freshness::default()) {
			prop_assert!(news.total <= 20);
		}
	}
}
