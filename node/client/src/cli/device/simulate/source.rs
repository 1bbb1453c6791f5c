//! What a simulated device measures: out of recordings, and out of FHIR Observations.

use std::{
	path::{Path, PathBuf},
	sync::Arc,
	time::Duration,
};

use salus_vitals::{fhir::from_fhir, pulse, Decimal, Loinc, Unit};

use crate::{
	cli::frames::Origin,
	sdk::{FileError, SendError},
};

/// The most values of one measurement that are played.
pub(super) const MOST: usize = 64;

/// A measurement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
	/// How long after the beginning.
	pub(super) after: Duration,
	/// What is measured together.
	pub(super) values: Vec<(Loinc, Decimal, Unit)>,
	/// Of the Observation that they are out of.
	pub(super) origin: Option<Arc<Origin>>,
}

fn bad(path: &Path) -> impl Fn(String) -> SendError + '_ {
	move |reason| SendError::BadSource {
		path: path.to_owned(),
		reason,
	}
}

fn text(path: &Path) -> Result<String, SendError> {
	std::fs::read_to_string(path).map_err(|error| bad(path)(error.to_string()))
}

/// The heart rates of a recorded pulse wave.
///
/// # Errors
/// `BadSource`
pub(super) fn pulse(path: &Path, frequency: f64) -> Result<Vec<Event>, SendError> {
	let (code, unit) = ("8867-4", "/min");
	let unknown = || bad(path)("heart rates have no code".into());
	let code: Loinc = code.parse().map_err(|_| unknown())?;
	let unit: Unit = unit.parse().map_err(|_| unknown())?;
	let rates = pulse::rates(&pulse::wave(&text(path)?, frequency));
	if rates.is_empty() {
		return Err(bad(path)(
			"there is no heart beat in it; see that it is a pulse wave, and --frequency".into(),
		));
	}
	let event = |(seconds, tenths): (f64, i64)| Event {
		after: Duration::try_from_secs_f64(seconds).unwrap_or_default(),
		values: vec![(code.clone(), Decimal::new(tenths, -1), unit.clone())],
		origin: None,
	};
	Ok(rates.into_iter().map(event).collect())
}

/// The values of Observations, one after the other. In a folder, all that is no vital sign is passed over.
///
/// # Errors
/// `BadSource`
pub(super) fn observations(paths: &[PathBuf], every: Duration) -> Result<Vec<Event>, SendError> {
	let mut measured = Vec::new();
	for path in paths {
		if path.is_dir() {
			for file in files(path).map_err(|error| bad(path)(error.to_string()))? {
				let found = std::fs::read(&file).ok().and_then(|json| from_fhir(&json).ok());
				measured.extend(found.map(|observation| (file, observation)));
			}
		} else {
			let observation = from_fhir(text(path)?.as_bytes()).map_err(|error| bad(path)(error.to_string()))?;
			measured.push((path.clone(), observation));
		}
	}
	let with_values: Vec<_> = measured
		.into_iter()
		.filter(|(_, observation)| !observation.measured.is_empty())
		.collect();
	if let (Some(path), true) = (paths.first(), with_values.is_empty()) {
		return Err(bad(path)(
			"there is no value in it; name Observations of vital signs".into(),
		));
	}
	let places = (1u32..).map(|place| every.saturating_mul(place));
	let events = places.zip(with_values).map(|(after, (_, observation))| Event {
		after,
		origin: observation.measured.first().map(|first| {
			let at = first.at;
			let frame = observation.frame;
			Arc::new(Origin { frame, at })
		}),
		values: observation
			.measured
			.into_iter()
			.take(MOST)
			.map(|measured| (measured.code, measured.value, measured.unit))
			.collect(),
	});
	Ok(events.collect())
}

/// The files of a folder, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
	let entries = std::fs::read_dir(folder).map_err(FileError::at(folder))?;
	let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
	files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
	files.sort();
	Ok(files)
}

/// All of it so many times, with a pause between.
pub(super) fn over_and_over(events: Vec<Event>, times: u32, pause: Duration) -> Vec<Event> {
	let length = events
		.last()
		.map_or(Duration::ZERO, |event| event.after.saturating_add(pause));
	let round = |round: u32| {
		events.iter().map(move |event| Event {
			after: event.after.saturating_add(length.saturating_mul(round)),
			values: event.values.clone(),
			origin: event.origin.clone(),
		})
	};
	(0..times).flat_map(round).collect()
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used)]
	use super::*;

	fn inputs() -> PathBuf {
		let inputs = std::env::var_os("SALUS_INPUTS").map(PathBuf::from);
		let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/salus/inputs");
		inputs.unwrap_or_else(home)
	}

	fn codes(event: &Event) -> Vec<&str> {
		event.values.iter().map(|(code, ..)| code.as_str()).collect()
	}

	#[test]
	fn recorded_waves_are_played_as_heart_rates_at_their_own_pace() {
		for (name, seconds) in [("data.csv", 25), ("data2.csv", 128), ("data3.csv", 682)] {
			let events = pulse(&inputs().join("heartpy").join(name), 100.0).expect("run scripts/inputs first");
			assert!(events.windows(2).all(|pair| pair[0].after < pair[1].after), "{name}");
			assert!(events.last().unwrap().after <= Duration::from_secs(seconds), "{name}");
			assert!(events.iter().all(|event| codes(event) == ["8867-4"]), "{name}");
		}
	}

	#[test]
	fn hl7_s_vital_signs_are_played_pressures_together() {
		let every = Duration::from_secs(5);
		let events = observations(&[inputs().join("fhir")], every).unwrap();
		let pressure = events
			.iter()
			.filter(|event| codes(event) == ["8480-6", "8462-4"])
			.count();
		assert!(pressure >= 1 && events.len() >= 13, "{}", events.len());
		assert_eq!(events[0].after, every);
		assert_eq!(events[1].after, 2 * every);
		let one = inputs().join("fhir/Observation-blood-pressure.json");
		let [event] = observations(&[one], every).unwrap().try_into().unwrap();
		assert_eq!(event.values[0].1.to_string(), "107");
	}

	#[test]
	fn what_cannot_be_played_is_told_with_the_file() {
		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("x.csv");
		std::fs::write(&file, "1\n2\n").unwrap();
		assert!(pulse(&file, 100.0).unwrap_err().to_string().contains("no heart beat"));
		let every = Duration::from_secs(1);
		let not_one = observations(std::slice::from_ref(&file), every).unwrap_err();
		assert!(not_one.to_string().contains("x.csv"), "{not_one}");
		let empty = observations(&[folder.path().to_owned()], every).unwrap_err();
		assert!(empty.to_string().contains("no value"), "{empty}");
		let cancelled = inputs().join("fhir/Observation-blood-pressure-cancel.json");
		assert!(observations(&[cancelled], every).is_err());
		assert!(pulse(Path::new("/nonexistent"), 1.0).is_err());
		assert!(observations(&[], every).unwrap().is_empty());
	}

	#[test]
	fn what_is_played_again_comes_after_what_was_played() {
		let event = |seconds| Event {
			after: Duration::from_secs(seconds),
			values: Vec::new(),
			origin: None,
		};
		let seconds = |events: Vec<Event>| events.iter().map(|event| event.after.as_secs()).collect::<Vec<_>>();
		let twice = over_and_over(vec![event(1), event(3)], 2, Duration::from_secs(2));
		assert_eq!(seconds(twice), [1, 3, 6, 8]);
		assert!(over_and_over(Vec::new(), 3, Duration::ZERO).is_empty());
	}
}
