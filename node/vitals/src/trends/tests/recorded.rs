//! Delay and false alarms on heart rates out of recorded pulse waves (PyPI `heartpy`; `scripts/inputs` fetches them).
//!
//! The recordings last 25 s to 11 min. A patient-day is one of them over and over: its beats, artefacts and their
//! variability are real, that they repeat is not; what only shows over hours, such as sleep, is not in them.

use std::path::PathBuf;

use super::*;

fn recording(name: &str) -> String {
	let inputs = std::env::var_os("SALUS_INPUTS").map(PathBuf::from);
	let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/salus/inputs");
	let path = inputs.unwrap_or_else(home).join("heartpy").join(name);
	std::fs::read_to_string(path).expect("run scripts/inputs first")
}

/// Seconds and the wave. The first recording has 100 samples a second and no clock, the second milliseconds, the third
/// times of day.
fn wave(name: &str) -> Vec<(f64, f64)> {
	let seconds = |time: &str| match time.split_once(' ') {
		None => time.parse::<f64>().ok().map(|milliseconds| milliseconds / 1_000.0),
		Some((_, clock)) => {
			let parts: Option<Vec<f64>> = clock.split(':').map(|part| part.parse().ok()).collect();
			parts.map(|parts| parts[0] * 3_600.0 + parts[1] * 60.0 + parts[2])
		}
	};
	let sample = |(place, line): (usize, &str)| match line.trim().split_once(',') {
		None => Some((place as f64 / 100.0, line.trim().parse().ok()?)),
		Some((time, value)) => Some((seconds(time)?, value.parse().ok()?)),
	};
	recording(name).lines().enumerate().filter_map(sample).collect()
}

/// A monitor's heart rates in tenths, with the seconds they were measured at: of ten seconds every five, the lag between
/// 0.35 and 1.4 s at which the wave is most like itself. Where that is less than half, or at the end of the range, it is an
/// artefact and no reading.
fn rates(wave: &[(f64, f64)]) -> Vec<(f64, i64)> {
	let [first, last] = [wave[0].0, wave[wave.len() - 1].0];
	let frequency = wave.len() as f64 / (last - first);
	let samples = |seconds: f64| (seconds * frequency) as usize;
	let likeness = |values: &[f64], lag: usize| {
		let product = |left: &[f64], right: &[f64]| left.iter().zip(right).map(|(a, b)| a * b).sum::<f64>();
		let (early, late) = (&values[..values.len() - lag], &values[lag..]);
		product(early, late) / (product(early, early) * product(late, late)).sqrt()
	};
	let rate = |part: &[(f64, f64)]| {
		let mean = part.iter().map(|(_, value)| value).sum::<f64>() / part.len() as f64;
		let values: Vec<_> = part.iter().map(|(_, value)| value - mean).collect();
		let lags = samples(0.35)..samples(1.4);
		let (lag, likeness) = lags
			.clone()
			.map(|lag| (lag, likeness(&values, lag)))
			.max_by(|(_, left), (_, right)| left.total_cmp(right))?;
		let tenths = (600.0 * frequency / lag as f64).round() as i64;
		let is_peak = lag > lags.start && lag + 1 < lags.end;
		(is_peak && likeness >= 0.5).then(|| (part[part.len() - 1].0 - first, tenths))
	};
	let starts = (0..wave.len()).step_by(samples(5.0));
	starts
		.filter_map(|start| rate(wave.get(start..start + samples(10.0))?))
		.collect()
}

/// A recording over and over for two days; from `onset` on, `more` is added. Changes told by when.
fn played(rates: &[(f64, i64)], onset: u64, more: impl Fn(u64) -> i64) -> Vec<(u64, Change)> {
	let length = (rates.last().unwrap().0 * 1_000.0) as u64;
	let mut trend = trend();
	let mut told = Vec::new();
	for round in 0..2 * DAY / length {
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
		let rates = rates(&wave);
		let seconds = wave[wave.len() - 1].0 - wave[0].0;
		let mean = rates.iter().map(|(_, rate)| *rate as f64).sum::<f64>() / rates.len() as f64 / 10.0;
		let read = rates.len() as f64 / ((seconds - 10.0) / 5.0);
		assert!(
			(45.0..110.0).contains(&mean) && read > 0.4,
			"{name}: {mean} a minute, {read} of the time"
		);
		let never = u64::MAX;
		let false_alarms = played(&rates, never, |_| 0).len() as f64 / 2.0;
		println!("{name}: {seconds:.0} s, mean {mean:.0}/min; false alarms a patient-day: {false_alarms:.1}");
		assert!(false_alarms <= 2.0, "{name}");
		let onset = START + DAY + 12 * HOUR;
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
			println!("{name}: {what}: hour {}, day {}", text(Window::Hour), text(Window::Day));
			assert!(
				delay(Window::Day).is_some_and(|minutes| minutes <= 120.0),
				"{name}: {what}"
			);
		}
	}
}
