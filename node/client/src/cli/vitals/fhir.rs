//! Readings as a Bundle of FHIR R4 Observations: one each, the pressures of one blood pressure together.

use std::collections::BTreeMap;

use salus_vitals::{
	fhir::{to_fhir, Json, ObservationError},
	Reading, SignedReading,
};

use crate::cli::{fhir::urn, frames::Frames};

/// A Bundle, and what could not be written, or not in its frame, with the reason.
pub(in crate::cli) struct Written {
	pub(in crate::cli) bundle: String,
	pub(in crate::cli) observations: usize,
	/// How many of them are in their frames.
	pub(in crate::cli) framed: usize,
	pub(in crate::cli) left_out: Vec<String>,
	pub(in crate::cli) without_frame: Vec<String>,
}

/// Writes readings: those of an Observation that was played in its frame, the others as this subject's.
pub(in crate::cli) fn bundle<'a>(
	readings: impl IntoIterator<Item = &'a SignedReading>,
	subject: &str,
	frames: Option<&Frames>,
) -> Written {
	let mut measurements: BTreeMap<_, Vec<Reading>> = BTreeMap::new();
	for SignedReading { reading, .. } in readings {
		let of = (reading.device, reading.binding, reading.group);
		measurements.entry(of).or_default().push(reading.clone());
	}
	let mut entries = Vec::new();
	let mut left_out = Vec::new();
	let (mut framed, mut without_frame) = (0, Vec::new());
	for measurement in measurements.into_values() {
		match frames.and_then(|frames| frames.fill(&measurement)) {
			Some(Ok(resource)) => {
				entries.push(entry(&measurement, resource));
				framed += 1;
				continue;
			}
			Some(Err(error)) => {
				let group = measurement.first().map_or(0, |first| first.group);
				without_frame.push(format!("group {group}: {error}"));
			}
			None => {}
		}
		if let Ok(together) = observation(&measurement, subject) {
			entries.push(together);
			continue;
		}
		for reading in measurement {
			let seq = reading.seq;
			match observation(&[reading], subject) {
				Ok(alone) => entries.push(alone),
				Err(error) => left_out.push(format!("reading {seq}: {error}")),
			}
		}
	}
	let observations = entries.len();
	let mut bundle = Json::object([
		("resourceType", Json::text("Bundle")),
		("type", Json::text("collection")),
	]);
	// FHIR has no empty arrays.
	if let (Json::Object(fields), false) = (&mut bundle, entries.is_empty()) {
		fields.push(("entry".into(), Json::Array(entries)));
	}
	Written {
		bundle: bundle.to_string(),
		observations,
		framed,
		left_out,
		without_frame,
	}
}

fn observation(readings: &[Reading], subject: &str) -> Result<Json, ObservationError> {
	let device = readings
		.first()
		.map(|first| format!("urn:salus:device:{}", hex::encode(first.device)));
	Ok(entry(readings, to_fhir(readings, subject, device.as_deref())?))
}

fn entry(readings: &[Reading], resource: Json) -> Json {
	let url = readings.first().map(url).unwrap_or_default();
	Json::object([("fullUrl", Json::text(url)), ("resource", resource)])
}

/// The same for the same reading, wherever it is written.
fn url(reading: &Reading) -> String {
	urn(&[reading.genesis.as_slice(), &reading.device, &reading.seq.to_le_bytes()].concat())
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
	use super::{super::curve::tests::reading, *};
	use crate::cli::{
		fhir::tests::leave,
		frames::{FrameFile, Origin},
	};
	use salus_vitals::{fhir::from_fhir, reading::Value};
	use serde_json::json;

	fn pressure() -> Vec<SignedReading> {
		let mut both = vec![
			reading(7, 4, "8480-6", "120", "mm[Hg]"),
			reading(7, 5, "8462-4", "80", "mm[Hg]"),
		];
		for signed in &mut both {
			signed.reading.group = 4;
			signed.reading.at = 1_795_000_000_000;
		}
		both
	}

	#[test]
	fn pressures_go_together_others_alone_and_a_waveform_is_named() {
		let mut readings = pressure();
		readings.push(reading(7, 6, "8867-4", "61", "/min"));
		readings.push(reading(7, 7, "8867-4", "61", "/min"));
		readings.push(reading(7, 8, "8867-4", "61", "/min"));
		readings[4].reading.value = Value::Waveform([1; 32]);
		let written = bundle(&readings, "Patient/7", None);
		assert_eq!((written.observations, written.left_out.len()), (3, 1));
		assert!(written.left_out[0].starts_with("reading 8: "), "{:?}", written.left_out);
		leave("vitals-bundle", &written.bundle);
		let bundle: serde_json::Value = serde_json::from_str(&written.bundle).unwrap();
		let entries = bundle["entry"].as_array().unwrap();
		assert_eq!(entries[0]["resource"]["component"].as_array().unwrap().len(), 2);
		let urls: std::collections::BTreeSet<_> = entries.iter().map(|entry| entry["fullUrl"].to_string()).collect();
		assert_eq!(urls.len(), 3);
		assert!(entries
			.iter()
			.all(|entry| entry["resource"]["subject"]["reference"] == "Patient/7"));
	}

	#[test]
	fn what_is_written_is_read_as_the_same_values() {
		let written = bundle(&pressure(), "Patient/7", None);
		let bundle: serde_json::Value = serde_json::from_str(&written.bundle).unwrap();
		let observation = from_fhir(bundle["entry"][0]["resource"].to_string().as_bytes()).unwrap();
		let values: Vec<_> = observation
			.measured
			.iter()
			.map(|measured| (measured.code.as_str(), measured.value.to_string(), measured.at))
			.collect();
		let at = 1_795_000_000_000;
		assert_eq!(values, [("8480-6", "120".into(), at), ("8462-4", "80".into(), at)]);
	}

	#[test]
	fn a_part_of_a_measurement_has_no_frame() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("frames.json");
		let both = pressure();
		let component = |code: &str, value: u8| {
			json!({
				"code": { "coding": [{ "system": "http://loinc.org", "code": code }] },
				"valueQuantity": { "value": value, "system": "http://unitsofmeasure.org", "code": "mm[Hg]" },
			})
		};
		let played = json!({
			"resourceType": "Observation",
			"id": "played",
			"status": "final",
			"category": [{ "coding": [{
				"system": "http://terminology.hl7.org/CodeSystem/observation-category",
				"code": "vital-signs",
			}] }],
			"code": { "coding": [{ "system": "http://loinc.org", "code": "85354-9" }] },
			"subject": { "reference": "Patient/example" },
			"effectiveDateTime": "2012-09-17",
			"component": [component("8480-6", 120), component("8462-4", 80)],
		});
		let observation = from_fhir(played.to_string().as_bytes()).unwrap();
		let mut file = FrameFile::open(&path).unwrap();
		let at = observation.measured[0].at;
		let frame = observation.frame;
		file.add(&both, &Origin { frame, at });
		file.write().unwrap();
		let frames = Frames::read(&path).unwrap();
		let written = |readings: &[SignedReading]| {
			let written = bundle(readings, "Patient/7", Some(&frames));
			let bundle: serde_json::Value = serde_json::from_str(&written.bundle).unwrap();
			let resource = bundle["entry"][0]["resource"].clone();
			(resource, written.framed, written.without_frame)
		};
		assert_eq!(written(&both), (played, 1, vec![]));
		leave("vitals-framed", &bundle(&both, "Patient/7", Some(&frames)).bundle);
		let (plain, framed, without) = written(&both[..1]);
		assert_eq!((&plain["subject"]["reference"], framed), (&json!("Patient/7"), 0));
		assert!(without[0].starts_with("group 4: "), "{without:?}");
		// Other measurements never had one.
		let (_, framed, without) = written(&[reading(8, 4, "8867-4", "61", "/min")]);
		assert_eq!((framed, without.len()), (0, 0));
	}

	#[test]
	fn where_nothing_was_measured_the_bundle_has_no_entries() {
		let written = bundle(&[], "Patient/7", None);
		leave("vitals-empty", &written.bundle);
		let bundle: serde_json::Value = serde_json::from_str(&written.bundle).unwrap();
		assert_eq!(bundle, json!({ "resourceType": "Bundle", "type": "collection" }));
		assert_eq!(written.observations, 0);
	}

	#[test]
	fn a_reading_has_one_url_of_its_own() {
		let [a, b] = [4, 5].map(|seq| url(&reading(7, seq, "8867-4", "61", "/min").reading));
		assert_ne!(a, b);
		assert_eq!(a, url(&reading(7, 4, "8867-4", "99", "/min").reading));
		let uuid = a.strip_prefix("urn:uuid:").unwrap();
		assert_eq!((uuid.len(), &uuid[14..15]), (36, "8"));
		assert!("89ab".contains(&uuid[19..20]), "{uuid}");
	}
}
