//! Delay and false alarms on heart rates out of recorded pulse waves (PyPI `heartpy`; `scripts/inputs` fetches them).
//!
//! The recordings last 25 s to 11 min. A patient-day is one of them over and over: its beats, artefacts and their
//! variability are real, that they repeat is not; what only shows over hours, such as sleep, is not in them.

use std::path::PathBuf;

use super::*;
use crate::pulse;

fn recording(name: &str) -> String {
	let inputs = std::env::var_os("SALUS_INPUTS").map(PathBuf::from);
	let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/salus/inputs");
	let path = inputs.unwrap_or_else(home).join("heartpy").join(name);
	std::fs::read_to_string(path).expect("run scripts/inputs first")
}

/// Seconds and the wave. The first recording has 100 samples a second and no clock, the second milliseconds, the third
/// times of day.
fn wave(name: &str) -> Vec<(f64, f64)> {
	pulse::wave(&recording(name), 100.0)
}

/// How long a recording is played: the week's baseline, and two days in which a change can show in it.
const DAYS: u64 = 9;

/// A recording over and over; from `onset` on, `more` is added. Changes told by when.
fn played(rates: &[(f64, i64)], onset: u64, more: impl Fn(u64) -> i64) -> Vec<(u64, Change)> {
	let length = (rates.last().unwrap().0 * 1_000.0) as u64;
	let mut trend = trend();
	let mut told = Vec::new();
	for round in 0..DAYS * DAY / length {
		for (second, tenths) in rates {
			let at = START + round * length + (*second * 1_000.0) as u64;
			let added = if at < onset { 0 } else { more(at - onset) };
			if let Observed::Counted(changes) = trend.observe(&heart_rate(at, tenths + added)) {
				told.extend(changes.into_iter().map(|change| (at, change)));
			}
		}
	}
	told
}

#[test]
fn delay_and_false_alarms_on_recorded_pulse_waves() {
	for name in ["data.csv", "data2.csv", "data3.csv"] {
		let wave = wave(name);
		let rates = pulse::rates(&wave);
		let seconds = wave[wave.len() - 1].0 - wave[0].0;
		let mean = rates.iter().map(|(_, rate)| *rate as f64).sum::<f64>() / rates.len() as f64 / 10.0;
		let read = rates.len() as f64 / ((seconds - 10.0) / 5.0);
		assert!(
			(45.0..110.0).contains(&mean) && read > 0.4,
			"{name}: {mean} a minute, {read} of the time"
		);
		let never = u64::MAX;
		let false_alarms = played(&rates, never, |_| 0).len() as f64 / DAYS as f64;
		println!("{name}: {seconds:.0} s, mean {mean:.0}/min; false alarms a patient-day: {false_alarms:.1}");
		assert!(false_alarms <= 2.0, "{name}");
		let onset = START + 7 * DAY + 12 * HOUR;
		let step = |_| 300;
		let ramp = |since: u64| i64::try_from(since.min(HOUR) * 300 / HOUR).unwrap();
		for (what, told) in [
			("a step of 30/min", played(&rates, onset, step)),
			("30/min more over an hour", played(&rates, onset, ramp)),
		] {
			let delay = |window: Window| {
				let first = told.iter().find(|(at, change)| *at >= onset && change.window == window);
				first.map(|(at, _)| (at - onset) as f64 / MINUTE as f64)
			};
			let text = |window| delay(window).map_or("not".into(), |minutes| format!("{minutes:.1} min"));
			let [hour, day, week] = Window::ALL.map(text);
			println!("{name}: {what}: hour {hour}, day {day}, week {week}");
			for (window, hours) in [(Window::Day, 2.0), (Window::Week, 24.0)] {
				assert!(
					delay(window).is_some_and(|minutes| minutes <= hours * 60.0),
					"{name}: {what}: {window:?}"
				);
			}
		}
	}
}
