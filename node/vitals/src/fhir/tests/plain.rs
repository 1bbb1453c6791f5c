//! Readings written as Observations of nothing else.

use proptest::prelude::*;

use super::*;
use crate::{
	catalogue::QUANTITIES,
	reading::{
		tests::{any_reading, systolic},
		Value as Held,
	},
};

const ADA: &str = "Patient/ada";

fn pressure() -> [Reading; 2] {
	let diastolic = Reading {
		seq: 2,
		code: "8462-4".parse().unwrap(),
		value: Decimal::new(800, -1).into(),
		..systolic()
	};
	[systolic(), diastolic]
}

fn values(observation: &Observation) -> Vec<(String, String, u64)> {
	let value = |measured: &Measured| (measured.code.to_string(), measured.value.to_string(), measured.at);
	observation.measured.iter().map(value).collect()
}

#[test]
fn a_blood_pressure_is_a_panel_of_its_group() {
	let written = to_fhir(&pressure(), ADA, Some("Device/cuff")).unwrap();
	leave("plain-blood-pressure", &written);
	assert_eq!(
		written.get("code").unwrap().to_string(),
		r#"{"coding":[{"system":"http://loinc.org","code":"85354-9"}]}"#
	);
	let text = written.to_string();
	assert!(text.contains(r#""value":80.0,"#), "{text}");
	assert!(
		text.contains(r#""effectiveDateTime":"2026-11-18T11:06:40.000Z""#),
		"{text}"
	);
	let read = from_fhir(text.as_bytes()).unwrap();
	let at = systolic().at;
	assert_eq!(
		values(&read),
		[
			("8480-6".into(), "120".into(), at),
			("8462-4".into(), "80.0".into(), at)
		]
	);
	assert_eq!(read.frame.subject(), Some(ADA));
	let with_mean = Reading {
		seq: 3,
		code: "8478-0".parse().unwrap(),
		..systolic()
	};
	let [a, b] = pressure();
	assert!(to_fhir(&[a, b, with_mean], ADA, None).is_ok());
}

#[test]
fn every_known_quantity_reads_back_as_itself() {
	for quantity in QUANTITIES {
		let reading = Reading {
			code: quantity.code.parse().unwrap(),
			unit: quantity.units[0].unit.parse().unwrap(),
			value: Decimal::new(540, -1).into(),
			..systolic()
		};
		let written = to_fhir(std::slice::from_ref(&reading), ADA, None).unwrap();
		leave(&format!("plain-{}", quantity.code), &written);
		let read = from_fhir(written.to_string().as_bytes()).unwrap();
		assert_eq!(values(&read), [(quantity.code.to_string(), "54.0".into(), reading.at)]);
	}
}

#[test]
fn what_is_not_of_one_measurement_is_not_written_together() {
	let refused = |readings: &[Reading]| to_fhir(readings, ADA, None).unwrap_err();
	assert_eq!(refused(&[]).path(), "Observation");
	let [high, low] = pressure();
	for other in [
		Reading {
			group: 0,
			..low.clone()
		},
		Reading {
			at: low.at + 1,
			..low.clone()
		},
		Reading {
			device: [9; 32],
			..low.clone()
		},
		Reading {
			binding: 8,
			..low.clone()
		},
		Reading {
			genesis: [9; 32],
			..low.clone()
		},
	] {
		assert_eq!(refused(&[high.clone(), other]).path(), "Observation");
	}
	assert_eq!(refused(&[high.clone(), high.clone()]).path(), "Observation.component");
	let rate = Reading {
		code: "8867-4".parse().unwrap(),
		..high.clone()
	};
	assert_eq!(refused(&[high.clone(), low, rate]).path(), "Observation.component");
	let curve = Reading {
		value: Held::Waveform([0; 32]),
		..high.clone()
	};
	assert_eq!(refused(&[curve]).path(), "Observation.valueSampledData");
	let far = Reading { at: u64::MAX, ..high };
	assert_eq!(refused(&[far]).path(), "Observation.effectiveDateTime");
}

#[test]
fn another_measurements_frame_is_refused() {
	let frame = read(&heart_rate()).unwrap().frame;
	let own = read(&heart_rate()).unwrap().readings(&source()).unwrap();
	let fill = |readings: &[Reading]| frame.fill(readings).map(|written| written.to_string());
	assert!(fill(&own).unwrap().contains("\"value\":72"));
	let path = |readings: &[Reading]| fill(readings).unwrap_err().path().to_string();
	assert_eq!(path(&[]), "Observation");
	assert_eq!(path(&[own[0].clone(), own[0].clone()]), "Observation");
	let other = Reading {
		code: "9279-1".parse().unwrap(),
		..own[0].clone()
	};
	assert_eq!(path(&[other]), "Observation.valueQuantity.value");
	let curve = Reading {
		value: Held::Waveform([0; 32]),
		..own[0].clone()
	};
	assert_eq!(path(&[curve]), "Observation.valueQuantity.value");
	let mut by_day = heart_rate();
	by_day["effectiveDateTime"] = "2026-11-21".into();
	let by_day = read(&by_day).unwrap();
	let mut readings = by_day.readings(&source()).unwrap();
	readings[0].at += 1;
	assert_eq!(
		by_day.frame.fill(&readings).unwrap_err().path(),
		"Observation.effectiveDateTime"
	);
}

proptest! {
	#[test]
	fn what_is_written_reads_back(reading in any_reading()) {
		// Up to the year 9999.
		let reading = Reading { at: reading.at % 253_402_300_800_000, ..reading };
		match to_fhir(std::slice::from_ref(&reading), ADA, None) {
			Ok(written) => {
				let read = from_fhir(written.to_string().as_bytes()).unwrap();
				let back = read.readings(&Source { next_seq: reading.seq, genesis: reading.genesis, device: reading.device, binding: reading.binding }).unwrap();
				prop_assert_eq!(&back, &[Reading { group: reading.seq, ..reading }]);
				prop_assert_eq!(read.frame.fill(&back).unwrap(), written);
			}
			Err(error) => {
				let is_inexpressible = matches!(error, ObservationError::Inexpressible { .. });
				prop_assert!(is_inexpressible && reading.number().is_none(), "{}", error);
			}
		}
	}
}
