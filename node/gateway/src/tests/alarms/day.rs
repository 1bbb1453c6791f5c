//! A day of a patient: heart rates out of a recorded pulse wave, and in the evening she falls ill. The alerts are those of
//! a model that knows nothing of the gateway's rules, whatever restarts come in between.

use std::{collections::BTreeSet, path::PathBuf};

use salus_primitives::{Moment, DAY, MINUTE};
use salus_vitals::{
	pulse,
	trends::{Observed, Trend, Window},
};

use super::world::{signer, Warning, PATIENT};
use crate::alarms::{Entry, Rule, Subject};

/// Which rule, of what, in which minute.
type Told = (Rule, String, u64);

/// What is measured in a minute of the day, in tenths.
#[derive(Clone, Copy)]
struct Minute {
	respiration: i64,
	saturation: i64,
	systolic: i64,
	pulse: i64,
	temperature: i64,
}

const CODES: [(&str, &str); 5] = [
	("9279-1", "/min"),
	("59408-5", "%"),
	("8480-6", "mm[Hg]"),
	("8867-4", "/min"),
	("8310-5", "Cel"),
];
/// She falls ill in two hours from here on.
const ONSET: u64 = 18 * 60;
const LOW_SATURATION: i64 = 920;
const HIGH_PULSE: i64 = 1_100;

/// A recorded pulse wave (PyPI `heartpy`; `scripts/inputs` fetches it).
fn recording() -> String {
	let inputs = std::env::var_os("SALUS_INPUTS").map(PathBuf::from);
	let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/salus/inputs");
	let path = inputs.unwrap_or_else(home).join("heartpy/data3.csv");
	std::fs::read_to_string(path).expect("run scripts/inputs first")
}

fn day() -> Vec<Minute> {
	let rates = pulse::rates(&pulse::wave(&recording(), 100.0));
	let minute = |at: u64| {
		let (_, rate) = rates[at as usize % rates.len()];
		let ill = at.saturating_sub(ONSET).min(120) as i64;
		let by = |most: i64| most * ill / 120;
		Minute {
			respiration: 160 + by(120),
			saturation: 970 - by(80),
			systolic: 1_240 - by(380),
			// The recording is of a rest at 97 a minute; a patient's is slower.
			pulse: rate - 250 + by(500),
			temperature: 368 + by(24),
		}
	};
	(0..24 * 60).map(minute).collect()
}

impl Minute {
	fn tenths(&self) -> [i64; 5] {
		[
			self.respiration,
			self.saturation,
			self.systolic,
			self.pulse,
			self.temperature,
		]
	}
}

fn text(tenths: i64) -> String {
	format!("{}.{}", tenths / 10, tenths % 10)
}

/// Chart 1 of the Royal College of Physicians' report, on air and awake, in tenths; between two rows the worse counts.
fn points(minute: &Minute) -> [u8; 5] {
	let whole = |tenths: i64, worse_up: bool| if worse_up { (tenths + 5) / 10 } else { (tenths + 4) / 10 };
	let two_sided = |tenths: i64, middle: i64| whole(tenths, tenths > middle);
	let respiration = match two_sided(minute.respiration, 160) {
		..=8 => 3,
		9..=11 => 1,
		12..=20 => 0,
		21..=24 => 2,
		_ => 3,
	};
	let saturation = match whole(minute.saturation, false) {
		..=91 => 3,
		92..=93 => 2,
		94..=95 => 1,
		_ => 0,
	};
	let systolic = match two_sided(minute.systolic, 1_500) {
		..=90 => 3,
		91..=100 => 2,
		101..=110 => 1,
		111..=219 => 0,
		_ => 3,
	};
	let pulse = match two_sided(minute.pulse, 700) {
		..=40 => 3,
		41..=50 => 1,
		51..=90 => 0,
		91..=110 => 1,
		111..=130 => 2,
		_ => 3,
	};
	let temperature = match minute.temperature {
		..=350 => 3,
		351..=360 => 1,
		361..=380 => 0,
		381..=390 => 1,
		_ => 2,
	};
	[respiration, saturation, systolic, pulse, temperature]
}

/// What the README says is told: the score when it asks for more than was told, each value as it comes; limits as they are
/// left; both again after a quarter of an hour of less.
fn expected(day: &[Minute]) -> BTreeSet<Told> {
	let mut told = BTreeSet::new();
	let mut scored: Vec<Option<u8>> = vec![None; 5];
	let (mut asked, mut less): (u8, Option<u64>) = (0, None);
	let mut outside = [false; 2];
	let mut within: [Option<u64>; 2] = [None; 2];
	for (minute, values) in (0u64..).zip(day) {
		let points = points(values);
		let mut look = |scored: &[Option<u8>]| {
			let all = scored.iter().copied().collect::<Option<Vec<u8>>>()?;
			let response = match all.iter().sum() {
				7.. => 3,
				5..=6 => 2,
				_ if all.contains(&3) => 1,
				_ => 0,
			};
			if response < asked {
				if minute >= *less.get_or_insert(minute) + 15 {
					(asked, less) = (response, None);
				}
				return None;
			}
			less = None;
			let is_more = response > asked;
			asked = response;
			is_more.then(|| (Rule::News2, format!("{response}"), minute))
		};
		// A nurse looks at her every half an hour, consciousness and oxygen, so that the set is fresh all day.
		if minute % 30 == 0 {
			told.extend(look(&scored));
			told.extend(look(&scored));
		}
		let limits = [(1, values.saturation < LOW_SATURATION), (3, values.pulse > HIGH_PULSE)];
		for part in 0..5 {
			for (limit, (_, is_outside)) in limits.iter().enumerate().filter(|(_, (code, _))| *code == part) {
				if *is_outside {
					within[limit] = None;
					if !std::mem::replace(&mut outside[limit], true) {
						told.insert((Rule::Limits, CODES[part].0.into(), minute));
					}
				} else if minute >= *within[limit].get_or_insert(minute) + 15 {
					outside[limit] = false;
				}
			}
			scored[part] = Some(points[part]);
			told.extend(look(&scored));
		}
	}
	told.extend(trends(day));
	told
}

/// The trends' own formula is tested where it is; here each value comes to it once, in order.
fn trends(day: &[Minute]) -> BTreeSet<Told> {
	let start = super::super::world::NOW;
	let mut told = BTreeSet::new();
	for (part, (code, unit)) in CODES.iter().enumerate() {
		let reading = |minute: u64, tenths: i64| salus_vitals::Reading {
			genesis: [0; 32],
			device: [0; 32],
			binding: 0,
			seq: minute,
			at: start + (minute + 1) * MINUTE,
			code: code.parse().unwrap(),
			value: text(tenths).parse::<salus_vitals::Decimal>().unwrap().into(),
			unit: unit.parse().unwrap(),
			group: minute,
		};
		let mut trend = Trend::new(&reading(0, 0)).unwrap();
		for (minute, values) in (0u64..).zip(day) {
			if let Observed::Counted(changes) = trend.observe(&reading(minute, values.tenths()[part])) {
				told.extend(
					changes
						.iter()
						.map(|change| (Rule::Trend, format!("{code} {:?}", change.window), minute)),
				);
			}
		}
	}
	told
}

/// The gateway's day; it dies as often as it is told to.
async fn played(day: &[Minute], dies: impl Fn(u64) -> bool) -> (Vec<Told>, Moment) {
	let mut warning = Warning::new().await;
	warning.chain.bind(1, &signer(1), PATIENT);
	warning.adult(PATIENT).await;
	let limits = |code: &str, unit: &str, low: Option<i64>, high: Option<i64>| Entry::Limits {
		of: Subject::Patient(PATIENT),
		code: code.into(),
		unit: unit.into(),
		low: low.map(text),
		high: high.map(text),
	};
	warning.enter(limits("59408-5", "%", Some(LOW_SATURATION), None)).await;
	warning.enter(limits("8867-4", "/min", None, Some(HIGH_PULSE))).await;
	let start = warning.now;
	for (minute, values) in (0u64..).zip(day) {
		warning.pass(MINUTE);
		if minute % 30 == 0 {
			warning.seen(PATIENT).await;
		}
		let texts = values.tenths().map(text);
		let values: Vec<_> = CODES
			.iter()
			.zip(&texts)
			.map(|((code, unit), text)| (*code, text.as_str(), *unit))
			.collect();
		warning.measured_all(&signer(1), 1, &values).await;
		warning.judge().await;
		if dies(minute) {
			warning.restart().await;
		}
	}
	warning.judge().await;
	let told = warning.found().await.into_iter().map(|(_, content)| {
		let minute = (content.at - start) / MINUTE - 1;
		let what = match content.rule {
			Rule::News2 => match content.says.as_str() {
				says if says.contains("emergency") => "3",
				says if says.contains("a single part") => "1",
				_ => "2",
			}
			.into(),
			Rule::Trend => {
				let window = [
					("an hour", Window::Hour),
					("a day", Window::Day),
					("a week", Window::Week),
				];
				let (_, window) = window
					.into_iter()
					.find(|(words, _)| content.says.contains(&format!("of {words}:")))
					.unwrap();
				format!("{} {window:?}", content.code.unwrap())
			}
			_ => content.code.unwrap(),
		};
		(content.rule, what, minute)
	});
	(told.collect(), warning.now - start)
}

#[tokio::test]
async fn a_day_with_a_deterioration_raises_exactly_what_the_model_expects() {
	let day = day();
	let expected = expected(&day);
	let of = |rule: Rule| expected.iter().filter(|(found, ..)| *found == rule).collect::<Vec<_>>();
	let first = |rule| {
		of(rule)
			.iter()
			.map(|(_, _, minute)| *minute)
			.find(|minute| *minute >= ONSET)
	};
	println!(
		"a patient-day: {} alerts; before she falls ill {}; found after {:?} min by the score, {:?} by limits, {:?} by trends",
		expected.len(),
		expected.iter().filter(|(_, _, minute)| *minute < ONSET).count(),
		first(Rule::News2).map(|minute| minute - ONSET),
		first(Rule::Limits).map(|minute| minute - ONSET),
		first(Rule::Trend).map(|minute| minute - ONSET),
	);
	assert!(
		of(Rule::News2).len() >= 2 && of(Rule::Limits).len() >= 2 && of(Rule::Trend).len() >= 2,
		"{expected:?}"
	);
	// Never, and every 17 minutes.
	for every in [u64::MAX, 17] {
		let dies = |minute: u64| minute % every == 3 && every < u64::MAX;
		let (told, time) = played(&day, dies).await;
		assert_eq!(time, DAY);
		let once: BTreeSet<_> = told.iter().cloned().collect();
		assert_eq!(once.len(), told.len(), "told twice");
		assert_eq!(once, expected);
	}
}
