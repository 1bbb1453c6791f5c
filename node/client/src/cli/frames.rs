//! What FHIR Observations say beside the values that a simulated device plays out of them: kept in a file on this machine,
//! and put around the values again when these are shown as FHIR.

use std::{
	collections::BTreeMap,
	io,
	path::{Path, PathBuf},
};

use salus_vitals::{
	fhir::{Frame, Json, ObservationError},
	Reading, SignedReading,
};
use serde::{Deserialize, Serialize};

use crate::sdk::{read_json, write_json, Error, FileError, Lock, SendError};

/// Of the Observation that a measurement is out of.
#[derive(Debug, PartialEq)]
pub(super) struct Origin {
	/// All but the values and the time.
	pub(super) frame: Frame,
	/// When it was measured, by the Observation.
	pub(super) at: u64,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Kept {
	/// Each once, however often it was played.
	frames: Vec<String>,
	/// By the device, in hexadecimal, and by group.
	measurements: BTreeMap<String, BTreeMap<u64, Measurement>>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Measurement {
	/// The place of its frame.
	frame: usize,
	/// When it was measured, by the Observation.
	measured_at: u64,
	/// When it was played, as its readings say.
	played_at: u64,
}

/// A file of frames, to which this process alone adds.
pub(super) struct FrameFile {
	path: PathBuf,
	kept: Kept,
	_lock: Lock,
}

impl FrameFile {
	/// A file, or a new one.
	///
	/// # Errors
	/// `Busy`, `File`
	pub(super) fn open(path: &Path) -> Result<Self, Error> {
		let mut name = path.as_os_str().to_owned();
		name.push(".lock");
		let lock = Lock::try_take(Path::new(&name))?.ok_or_else(|| SendError::Busy(path.to_owned()))?;
		Ok(Self {
			path: path.to_owned(),
			kept: read_json(path)?.unwrap_or_default(),
			_lock: lock,
		})
	}

	/// Adds the frame of the readings of one Observation; it is on the disk after [`write`](Self::write).
	pub(super) fn add(&mut self, readings: &[SignedReading], origin: &Origin) {
		let Some(SignedReading { reading, .. }) = readings.first() else {
			return;
		};
		let frame = origin.frame.to_string();
		let frames = &mut self.kept.frames;
		let place = frames.iter().position(|known| *known == frame).unwrap_or_else(|| {
			frames.push(frame);
			frames.len() - 1
		});
		let measurement = Measurement {
			frame: place,
			measured_at: origin.at,
			played_at: reading.at,
		};
		let of = self.kept.measurements.entry(hex::encode(reading.device)).or_default();
		of.insert(reading.group, measurement);
	}

	/// Replaces the file, with mode 0600.
	///
	/// # Errors
	/// `File`
	pub(super) fn write(&self) -> Result<(), FileError> {
		write_json(&self.path, &self.kept)
	}
}

/// The frames of a file, to put around readings.
pub(super) struct Frames {
	frames: Vec<Frame>,
	measurements: BTreeMap<String, BTreeMap<u64, Measurement>>,
}

impl Frames {
	/// Reads a file.
	///
	/// # Errors
	/// `File`, where there is none too
	pub(super) fn read(path: &Path) -> Result<Self, FileError> {
		let failed = |error: io::Error| FileError::at(path)(error);
		let Kept { frames, measurements } = read_json(path)?.ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
		let parsed = |text: &String| {
			Frame::parse(text).map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidData, error)))
		};
		Ok(Self {
			frames: frames.iter().map(parsed).collect::<Result<_, _>>()?,
			measurements,
		})
	}

	/// The Observation out of which the readings of one measurement were played, with their values; none where it is not
	/// known. Its time is that of the Observation: the readings' is when it was played.
	pub(super) fn fill(&self, readings: &[Reading]) -> Option<Result<Json, ObservationError>> {
		let first = readings.first()?;
		let of = self.measurements.get(&hex::encode(first.device))?.get(&first.group)?;
		// A device can have used the same numbers on another chain, but not at the same time.
		if readings.iter().any(|reading| reading.at != of.played_at) {
			return None;
		}
		let frame = self.frames.get(of.frame)?;
		let as_measured = |reading: &Reading| Reading {
			at: of.measured_at,
			..reading.clone()
		};
		let readings: Vec<_> = readings.iter().map(as_measured).collect();
		Some(frame.fill(&readings))
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::cli::vitals::tests::heart;
	use salus_vitals::fhir::from_fhir;
	use std::os::unix::fs::PermissionsExt;

	const OBSERVATION: &str = r#"{"resourceType":"Observation","id":"heart","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/example"},"effectiveDateTime":"1999-07-02","valueQuantity":{"value":44,"unit":"beats/minute","system":"http://unitsofmeasure.org","code":"/min"},"method":{"text":"by hand"}}"#;

	fn origin() -> Origin {
		let observation = from_fhir(OBSERVATION.as_bytes()).unwrap();
		Origin {
			at: observation.measured.first().unwrap().at,
			frame: observation.frame,
		}
	}

	fn filled(frames: &Frames, signed: &SignedReading) -> Option<String> {
		let filled = frames.fill(std::slice::from_ref(&signed.reading))?;
		Some(filled.unwrap().to_string())
	}

	#[test]
	fn frames_are_the_owners_and_outlive_the_process() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("frames.json");
		assert!(Frames::read(&path).is_err());
		// One a process, since it goes on with what the last one left.
		for readings in [heart(7, &[4]), heart(8, &[4]), heart(7, &[9])] {
			let mut file = FrameFile::open(&path).unwrap();
			assert_eq!(FrameFile::open(&path).err().unwrap().name(), "Busy");
			file.add(&readings, &origin());
			file.write().unwrap();
			assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
		}
		let frames = Frames::read(&path).unwrap();
		assert_eq!(frames.frames.len(), 1, "each frame stands there once");
		for (device, seq) in [(7, 4), (8, 4), (7, 9)] {
			let [played] = heart(device, &[seq]).try_into().unwrap();
			let value = format!("\"value\":{}", 60 + seq);
			let expected = OBSERVATION.replace("\"value\":44", &value);
			assert_eq!(filled(&frames, &played).unwrap(), expected);
		}
		std::fs::write(&path, r#"{"frames":["{"],"measurements":{}}"#).unwrap();
		assert!(Frames::read(&path).is_err());
		std::fs::write(&path, "{}").unwrap();
		assert!(FrameFile::open(&path).is_err());
	}

	#[test]
	fn a_frame_is_of_the_measurement_that_was_played_and_of_no_other() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("frames.json");
		let [played] = heart(7, &[4]).try_into().unwrap();
		let mut file = FrameFile::open(&path).unwrap();
		file.add(std::slice::from_ref(&played), &origin());
		file.add(&[], &origin());
		file.write().unwrap();
		let frames = Frames::read(&path).unwrap();
		assert!(filled(&frames, &played).is_some());
		for change in [
			|reading: &mut Reading| reading.device = [8; 32],
			|reading: &mut Reading| reading.group = 3,
			|reading: &mut Reading| reading.at += 1,
		] {
			let mut other = played.clone();
			change(&mut other.reading);
			assert_eq!(filled(&frames, &other), None);
		}
		let both = [played.reading.clone(), played.reading.clone()];
		assert!(frames.fill(&both).unwrap().is_err(), "it had one value");
		let mut other = played.reading;
		other.code = "9279-1".parse().unwrap();
		assert!(frames.fill(&[other]).unwrap().is_err(), "it had another code");
		assert!(frames.fill(&[]).is_none());
	}
}
