//! HL7's own examples.

use std::path::PathBuf;

use super::*;

fn folder() -> PathBuf {
	let inputs = std::env::var_os("SALUS_INPUTS").map(PathBuf::from);
	let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/salus/inputs");
	inputs.unwrap_or_else(home).join("fhir")
}

fn example(name: &str) -> String {
	std::fs::read_to_string(folder().join(format!("Observation-{name}.json"))).expect("run scripts/inputs first")
}

/// LOINC code, number and unit.
type Expected = (&'static str, &'static str, &'static str);

/// Every example of the category vital-signs, with the values that stand in it.
const VITAL_SIGNS: &[(&str, &[Expected])] = &[
	(
		"blood-pressure",
		&[("8480-6", "107", "mm[Hg]"), ("8462-4", "60", "mm[Hg]")],
	),
	("blood-pressure-cancel", &[]),
	("blood-pressure-dar", &[("8480-6", "107", "mm[Hg]")]),
	("bmi", &[("39156-5", "16.2", "kg/m2")]),
	("bmi-using-related", &[("39156-5", "16.2", "kg/m2")]),
	("body-height", &[("8302-2", "66.899999999999991", "[in_i]")]),
	("body-length", &[("8306-3", "25", "cm")]),
	("body-temperature", &[("8310-5", "36.5", "Cel")]),
	("example", &[("3141-9", "185", "[lb_av]")]),
	("head-circumference", &[("9843-4", "51.2", "cm")]),
	("heart-rate", &[("8867-4", "44", "/min")]),
	("mbp", &[("8478-0", "80", "mm[Hg]")]),
	("respiratory-rate", &[("9279-1", "26", "/min")]),
	("satO2", &[("59408-5", "95", "%")]),
	("vitals-panel", &[]),
];

#[test]
fn vital_signs_go_in_as_readings_and_come_back_out_as_equal_fhir() {
	for (name, values) in VITAL_SIGNS {
		let text = example(name);
		let observation = from_fhir(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
		let readings = observation.readings(&source()).unwrap();
		// What a device sends is the bytes of its readings: they alone carry the values over.
		let sent: Vec<_> = readings.iter().map(Reading::encode).collect();
		let received: Vec<_> = sent.iter().map(|bytes| Reading::decode(bytes).unwrap()).collect();
		let held: Vec<_> = received
			.iter()
			.map(|reading| {
				(
					reading.code.as_str(),
					reading.number().unwrap().to_string(),
					reading.unit.as_str(),
				)
			})
			.collect();
		let expected: Vec<_> = values
			.iter()
			.map(|(code, value, unit)| (*code, value.to_string(), *unit))
			.collect();
		assert_eq!(held, expected, "{name}");
		assert!(received.iter().all(|reading| reading.group == 40), "{name}");
		let kept = Frame::parse(&observation.frame.to_string()).unwrap();
		let written = kept.fill(&received).unwrap();
		assert_eq!(written, Json::parse(&text).unwrap(), "{name}");
		leave(&format!("hl7-{name}"), &written);
	}
}

#[test]
fn a_frame_holds_neither_values_nor_times() {
	for (name, values) in VITAL_SIGNS.iter().filter(|(_, values)| !values.is_empty()) {
		let Observation { frame, measured } = from_fhir(example(name).as_bytes()).unwrap();
		let Json::Object(mut fields) = Json::parse(&frame.to_string()).unwrap() else {
			panic!("{name}")
		};
		// The narrative is for people, and repeats them.
		fields.retain(|(field, _)| field != "text");
		let text = Json::Object(fields).to_string();
		for (_, value, _) in *values {
			assert!(!text.contains(&format!("\"value\":{value}")), "{name}");
		}
		assert!(measured.iter().all(|measured| measured.at > 0));
		assert!(
			!text.contains("\"effectiveDateTime\":\"1") && !text.contains("\"effectiveDateTime\":\"2"),
			"{name}"
		);
	}
}

#[test]
fn there_are_no_other_vital_signs_among_the_examples_but_one_entered_in_error() {
	let mut names: Vec<_> = std::fs::read_dir(folder())
		.expect("run scripts/inputs first")
		.filter_map(|entry| entry.unwrap().file_name().into_string().ok())
		.filter_map(|name| Some(name.strip_prefix("Observation-")?.strip_suffix(".json")?.to_string()))
		.filter(|name| example(name).contains("\"code\": \"vital-signs\""))
		.collect();
	names.sort();
	let mut expected: Vec<_> = VITAL_SIGNS.iter().map(|(name, _)| name.to_string()).collect();
	expected.push("f202".into());
	expected.sort();
	assert_eq!(names, expected);
	let error = from_fhir(example("f202").as_bytes()).unwrap_err();
	assert!(matches!(error, ObservationError::NoCounterpart { .. }), "{error:?}");
	assert_eq!(error.path(), "Observation.status");
}

#[test]
fn the_other_examples_are_refused_with_a_path_or_come_back_equal() {
	let mut equal = 0;
	for entry in std::fs::read_dir(folder()).expect("run scripts/inputs first") {
		let name = entry.unwrap().file_name().into_string().unwrap();
		let Some(name) = name
			.strip_prefix("Observation-")
			.and_then(|name| name.strip_suffix(".json"))
		else {
			continue;
		};
		let text = example(name);
		match from_fhir(text.as_bytes()) {
			Ok(observation) => {
				let readings = observation.readings(&source()).unwrap();
				let written = observation.frame.fill(&readings).unwrap();
				assert_eq!(written, Json::parse(&text).unwrap(), "{name}");
				equal += 1;
			}
			Err(error) => assert!(error.path().starts_with("Observation."), "{name}: {error}"),
		}
	}
	assert!(equal >= VITAL_SIGNS.len(), "{equal}");
}
