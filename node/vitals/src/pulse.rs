//! Heart rates out of a recorded pulse wave, as a monitor finds them: of ten seconds every five.

/// The shortest and the longest time between two beats, in seconds.
const BEAT: (f64, f64) = (0.35, 1.4);
/// Of how many seconds a rate is found, and how often.
const WINDOW: f64 = 10.0;
const EVERY: f64 = 5.0;
/// Below this likeness of the wave to itself a beat later, it is an artefact.
const LIKENESS: f64 = 0.5;

/// Seconds and the wave, out of lines of samples. A line is a sample, `frequency` of them a second; or milliseconds and a
/// sample; or a day, a time of day and a sample. Other lines, as headings, are left out.
pub fn wave(text: &str, frequency: f64) -> Vec<(f64, f64)> {
	let seconds = |time: &str| match time.split_once(' ') {
		None => time.parse::<f64>().ok().map(|milliseconds| milliseconds / 1_000.0),
		Some((_, clock)) => clock.split(':').try_fold(0.0, |sum, part| {
			let part: f64 = part.parse().ok()?;
			Some(sum * 60.0 + part)
		}),
	};
	let sample = |(place, line): (usize, &str)| match line.trim().split_once(',') {
		None => Some((place as f64 / frequency, line.trim().parse().ok()?)),
		Some((time, value)) => Some((seconds(time)?, value.parse().ok()?)),
	};
	let samples = text.lines().enumerate().filter_map(sample);
	samples
		.filter(|(at, value): &(f64, f64)| at.is_finite() && value.is_finite())
		.collect()
}

/// Heart rates in tenths, with the seconds they were found after the wave's beginning: the lag at which the wave is most
/// like itself. A wave without any change from beat to beat, and of more than 86 a minute, can give half its rate; recorded
/// ones do not. Where the likeness is little, or at an end of what is possible, it is an artefact and no rate.
pub fn rates(wave: &[(f64, f64)]) -> Vec<(f64, i64)> {
	let (Some((first, _)), Some((last, _))) = (wave.first(), wave.last()) else {
		return Vec::new();
	};
	let frequency = wave.len() as f64 / (last - first);
	if !frequency.is_finite() || frequency <= 0.0 {
		return Vec::new();
	}
	let samples = |seconds: f64| (seconds * frequency) as usize;
	let (window, step) = (samples(WINDOW), samples(EVERY).max(1));
	let lags = samples(BEAT.0)..samples(BEAT.1);
	let rate = |part: &[(f64, f64)]| {
		let mean = part.iter().map(|(_, value)| value).sum::<f64>() / part.len() as f64;
		let values: Vec<_> = part.iter().map(|(_, value)| value - mean).collect();
		let (lag, likeness) = lags
			.clone()
			.filter_map(|lag| Some((lag, likeness(&values, lag)?)))
			.max_by(|(_, left), (_, right)| left.total_cmp(right))?;
		let tenths = (600.0 * frequency / lag as f64).round() as i64;
		let is_peak = lag > lags.start && lag + 1 < lags.end;
		let (at, _) = part.last()?;
		(is_peak && likeness >= LIKENESS).then(|| (at - first, tenths))
	};
	let starts = (0..wave.len()).step_by(step);
	starts
		.filter_map(|start| rate(wave.get(start..start.checked_add(window)?)?))
		.collect()
}

/// How much values are like those a lag later, from -1 to 1.
fn likeness(values: &[f64], lag: usize) -> Option<f64> {
	let early = values.get(..values.len().checked_sub(lag)?)?;
	let late = values.get(lag..)?;
	let product = |left: &[f64], right: &[f64]| left.iter().zip(right).map(|(a, b)| a * b).sum::<f64>();
	Some(product(early, late) / (product(early, early) * product(late, late)).sqrt())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	/// A minute of a wave of so many beats a minute.
	fn beating(rate: f64) -> Vec<(f64, f64)> {
		let at = |place: i32| f64::from(place) / 50.0;
		let sample = |place| (at(place), (at(place) * rate / 60.0 * std::f64::consts::TAU).sin());
		(0..3_000).map(sample).collect()
	}

	#[test]
	fn a_wave_has_the_rate_it_was_made_with() {
		// An even wave is as like itself two beats later: above 86 a minute its rate is found as the half of it, or itself.
		for rate in [50.0, 65.0, 80.0] {
			let found = rates(&beating(rate));
			assert!(found.len() >= 9, "{found:?}");
			for (_, tenths) in found {
				assert!((tenths as f64 / 10.0 - rate).abs() < 3.0, "{tenths} of {rate}");
			}
		}
	}

	#[test]
	fn what_does_not_beat_has_no_rate() {
		let flat: Vec<_> = (0..3_000).map(|place| (f64::from(place) / 50.0, 1.0)).collect();
		assert!(rates(&flat).is_empty());
		for wave in [vec![], vec![(0.0, 1.0)], vec![(1.0, 1.0); 1_000]] {
			assert!(rates(&wave).is_empty());
		}
		let mut state = 1u32;
		let noise = (0..3_000).map(|place| {
			state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
			(f64::from(place) / 50.0, f64::from(state >> 8))
		});
		assert!(rates(&noise.collect::<Vec<_>>()).is_empty());
	}

	#[test]
	fn lines_are_samples_with_a_clock_or_without() {
		assert_eq!(wave("5\n7\n", 100.0), [(0.0, 5.0), (0.01, 7.0)]);
		assert_eq!(
			wave("timer,hr\n0.0,515\n8.5,514\n", 1.0),
			[(0.0, 515.0), (0.0085, 514.0)]
		);
		let clock = wave("datetime,hr\n2016-11-24 13:58:58.5,326\n", 1.0);
		assert_eq!(clock, [(13.0 * 3_600.0 + 58.0 * 60.0 + 58.5, 326.0)]);
		assert!(wave("no numbers\nat all,x\nnan\n", 1.0).is_empty());
	}
}
