//! Readings of one code in one unit, in runs between which numbers of the device are missing.

use std::collections::{BTreeMap, BTreeSet};

use salus_primitives::{DeviceKey, Moment};
use salus_vitals::{catalogue, reading::Value, Decimal, Loinc, SignedReading, Unit};
use serde_json::{json, Value as Json};

use super::limit::Limit;
use crate::sdk::{words, VitalsError};

/// A number that was measured.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
	pub(super) seq: u64,
	pub(super) at: Moment,
	pub(super) value: Decimal,
	pub(super) flags: Vec<catalogue::Flag>,
}

impl Point {
	/// The value where it is drawn.
	pub(super) fn height(&self) -> f64 {
		self.value.approximate().into()
	}
}

/// Points of one device between which no number is missing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
	pub(super) device: DeviceKey,
	pub(super) points: Vec<Point>,
}

/// All readings of a code in a unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Curve {
	pub(super) code: Loinc,
	pub(super) unit: Unit,
	pub(super) runs: Vec<Run>,
	pub(super) limit: Option<Limit>,
}

/// Numbers of a device that are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gap {
	pub(super) device: DeviceKey,
	pub(super) from: u64,
	pub(super) missing: u64,
}

/// What is asked for.
pub(super) struct Wanted<'a> {
	/// These codes; all where there is none.
	pub(super) codes: &'a [Loinc],
	pub(super) from: Option<Moment>,
	pub(super) to: Option<Moment>,
	pub(super) limits: &'a [Limit],
}

impl Wanted<'_> {
	pub(super) fn keeps(&self, signed: &SignedReading) -> bool {
		let reading = &signed.reading;
		(self.codes.is_empty() || self.codes.contains(&reading.code))
			&& self.from.is_none_or(|from| from <= reading.at)
			&& self.to.is_none_or(|to| reading.at < to)
	}
}

/// The readings by device and number, each once, whatever batches they were in.
pub(super) fn in_order(readings: impl IntoIterator<Item = SignedReading>) -> Vec<SignedReading> {
	let keyed = readings
		.into_iter()
		.map(|signed| ((signed.reading.device, signed.reading.seq), signed));
	keyed.collect::<BTreeMap<_, _>>().into_values().collect()
}

/// Which numbers are missing between readings that are in order.
pub(super) fn gaps(readings: &[SignedReading]) -> Vec<Gap> {
	let pairs = readings.iter().zip(readings.iter().skip(1));
	pairs
		.filter_map(|(before, after)| {
			let (before, after) = (&before.reading, &after.reading);
			let from = before.seq.checked_add(1)?;
			let missing = after.seq.checked_sub(from).filter(|missing| *missing > 0)?;
			(before.device == after.device).then_some(Gap {
				device: before.device,
				from,
				missing,
			})
		})
		.collect()
}

/// The curves of readings that are in order, by code; waveforms have none.
///
/// # Errors
/// `NoSuchCode` where nothing is of the codes asked for.
pub(super) fn curves(readings: &[SignedReading], wanted: &Wanted) -> Result<Vec<Curve>, VitalsError> {
	let mut curves: BTreeMap<(Loinc, Unit), Curve> = BTreeMap::new();
	// How many breaks were before each curve's last point.
	let mut broken: BTreeMap<(Loinc, Unit), usize> = BTreeMap::new();
	let mut breaks = 0usize;
	let mut before: Option<(DeviceKey, u64)> = None;
	for signed in readings {
		let reading = &signed.reading;
		let follows =
			before.is_some_and(|(device, seq)| device == reading.device && seq.checked_add(1) == Some(reading.seq));
		before = Some((reading.device, reading.seq));
		if !follows {
			breaks = breaks.saturating_add(1);
		}
		let (true, Value::Decimal(value)) = (wanted.keeps(signed), reading.value) else {
			continue;
		};
		let key = (reading.code.clone(), reading.unit.clone());
		let curve = curves.entry(key.clone()).or_insert_with(|| Curve {
			code: reading.code.clone(),
			unit: reading.unit.clone(),
			runs: Vec::new(),
			limit: wanted.limits.iter().find(|limit| limit.code == reading.code).cloned(),
		});
		let point = Point {
			seq: reading.seq,
			at: reading.at,
			value,
			flags: reading.flags(),
		};
		match curve.runs.last_mut() {
			Some(run) if broken.get(&key) == Some(&breaks) => run.points.push(point),
			_ => curve.runs.push(Run {
				device: reading.device,
				points: vec![point],
			}),
		}
		broken.insert(key, breaks);
	}
	if curves.is_empty() {
		return Err(nothing(readings, wanted));
	}
	Ok(curves.into_values().collect())
}

fn nothing(readings: &[SignedReading], wanted: &Wanted) -> VitalsError {
	let joined = |codes: BTreeSet<String>| codes.into_iter().collect::<Vec<_>>().join(", ");
	let found = readings.iter().map(|signed| signed.reading.code.to_string()).collect();
	let asked: BTreeSet<_> = wanted.codes.iter().map(ToString::to_string).collect();
	let wanted = if asked.is_empty() {
		"this time".into()
	} else {
		format!("{} in this time", joined(asked))
	};
	VitalsError::NoSuchCode {
		wanted,
		found: joined(found),
	}
}

impl Curve {
	/// What it is, for people.
	pub(super) fn name(&self) -> String {
		match catalogue::quantity(self.code.as_str()) {
			Some(quantity) => format!("{} ({})", quantity.name, self.code),
			None => self.code.to_string(),
		}
	}

	pub(super) fn points(&self) -> impl Iterator<Item = &Point> {
		self.runs.iter().flat_map(|run| &run.points)
	}

	/// The earliest and the latest time.
	pub(super) fn time(&self) -> (Moment, Moment) {
		let times = || self.points().map(|point| point.at);
		(times().min().unwrap_or_default(), times().max().unwrap_or_default())
	}

	/// From which to which height it is drawn, its limits within.
	pub(super) fn range(&self) -> (f64, f64) {
		let limits = self
			.limit
			.iter()
			.flat_map(Limit::ends)
			.map(|end| f64::from(end.approximate()));
		let heights = self.points().map(Point::height).chain(limits);
		let (low, high) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), height| {
			(low.min(height), high.max(height))
		});
		let room = ((high - low) * 0.05).max(0.5);
		(low - room, high + room)
	}

	pub(super) fn json(&self) -> Json {
		let standing = |point: &Point| self.limit.as_ref().map(|limit| limit.standing(&point.value));
		let point = |point: &Point| {
			json!({
				"seq": words::number(point.seq),
				"at": words::number(point.at),
				"value": point.value.to_string(),
				"flags": point.flags.iter().map(|flag| format!("{flag:?}")).collect::<Vec<_>>(),
				"standing": standing(point),
			})
		};
		let run = |run: &Run| {
			json!({
				"device": words::hex(run.device),
				"points": run.points.iter().map(point).collect::<Vec<_>>(),
			})
		};
		json!({
			"code": self.code.as_str(),
			"name": catalogue::quantity(self.code.as_str()).map(|quantity| quantity.name),
			"unit": self.unit.as_str(),
			"limit": self.limit.as_ref().map(|limit| json!({
				"low": limit.low.as_ref().map(ToString::to_string),
				"high": limit.high.as_ref().map(ToString::to_string),
			})),
			"runs": self.runs.iter().map(run).collect::<Vec<_>>(),
		})
	}
}

impl Gap {
	pub(super) fn json(&self) -> Json {
		json!({
			"device": words::hex(self.device),
			"from": words::number(self.from),
			"missing": words::number(self.missing),
		})
	}

	pub(super) fn line(&self) -> String {
		format!(
			"device {}: {} readings from {} on are not among these",
			words::hex(self.device),
			self.missing,
			self.from
		)
	}
}

#[cfg(test)]
pub(super) mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
	use super::*;
	use salus_vitals::Reading;

	/// A reading that nobody signed.
	pub(in crate::cli) fn reading(device: u8, seq: u64, code: &str, value: &str, unit: &str) -> SignedReading {
		let reading = Reading {
			genesis: [1; 32],
			device: [device; 32],
			binding: 3,
			seq,
			at: 1_000 * seq,
			code: code.parse().unwrap(),
			value: value.parse::<Decimal>().unwrap().into(),
			unit: unit.parse().unwrap(),
			group: seq,
		};
		SignedReading {
			reading,
			signature: [0; 64],
		}
	}

	pub(in crate::cli) fn all() -> Wanted<'static> {
		Wanted {
			codes: &[],
			from: None,
			to: None,
			limits: &[],
		}
	}

	pub(in crate::cli) fn heart(device: u8, seqs: &[u64]) -> Vec<SignedReading> {
		let beats = seqs
			.iter()
			.map(|seq| reading(device, *seq, "8867-4", &(60 + seq).to_string(), "/min"));
		beats.collect()
	}

	fn numbers(curve: &Curve) -> Vec<Vec<u64>> {
		let seqs = |run: &Run| run.points.iter().map(|point| point.seq).collect();
		curve.runs.iter().map(seqs).collect()
	}

	#[test]
	fn missing_numbers_part_a_curve_and_others_between_do_not() {
		let mut readings = heart(7, &[1, 2, 4, 8, 9]);
		readings.push(reading(7, 3, "9279-1", "15", "/min"));
		let readings = in_order(readings);
		let [rate, heart] = curves(&readings, &all()).unwrap().try_into().unwrap();
		let (heart, rate) = if heart.code.as_str() == "8867-4" {
			(heart, rate)
		} else {
			(rate, heart)
		};
		assert_eq!(numbers(&heart), [vec![1, 2, 4], vec![8, 9]]);
		assert_eq!(numbers(&rate), [[3]]);
		let gap = Gap {
			device: [7; 32],
			from: 5,
			missing: 3,
		};
		assert_eq!(gaps(&readings), std::slice::from_ref(&gap));
		assert!(gap.line().contains("3 readings from 5 on"));
	}

	#[test]
	fn devices_and_units_have_curves_of_their_own() {
		let mut readings = [heart(8, &[1, 2]), heart(7, &[3, 4])].concat();
		readings.push(reading(7, 5, "8310-5", "36.6", "Cel"));
		readings.push(reading(7, 6, "8310-5", "98.6", "[degF]"));
		let readings = in_order(readings);
		assert!(gaps(&readings).is_empty(), "devices count by themselves");
		let curves = curves(&readings, &all()).unwrap();
		assert_eq!(curves.len(), 3);
		let heart = curves.iter().find(|curve| curve.code.as_str() == "8867-4").unwrap();
		assert_eq!(numbers(heart), [[3, 4], [1, 2]]);
		assert_eq!(heart.time(), (1_000, 4_000));
		assert_eq!(heart.name(), "heart rate (8867-4)");
	}

	#[test]
	fn a_reading_that_is_in_two_files_counts_once() {
		let readings = in_order([heart(7, &[2, 1]), heart(7, &[2, 3])].concat());
		assert_eq!(numbers(&curves(&readings, &all()).unwrap()[0]), [[1, 2, 3]]);
	}

	#[test]
	fn time_and_codes_are_asked_for_and_what_there_is_not_is_told() {
		let readings = heart(7, &[1, 2, 3, 4]);
		let wanted = Wanted {
			from: Some(2_000),
			to: Some(4_000),
			..all()
		};
		assert_eq!(numbers(&curves(&readings, &wanted).unwrap()[0]), [[2, 3]]);
		let codes = ["59408-5".parse().unwrap()];
		let other = Wanted { codes: &codes, ..all() };
		let error = curves(&readings, &other).unwrap_err().to_string();
		assert!(error.contains("59408-5") && error.contains("8867-4"), "{error}");
	}

	#[test]
	fn limits_are_in_the_range_and_each_value_stands_to_them() {
		let limits = [Limit::parse("8867-4=50..62").unwrap()];
		let wanted = Wanted {
			limits: &limits,
			..all()
		};
		let curve = curves(&heart(7, &[1, 2, 3]), &wanted).unwrap().remove(0);
		let (low, high) = curve.range();
		assert!(low < 50.0 && high > 63.0, "{low} {high}");
		let json = curve.json();
		assert_eq!(json["limit"], json!({ "low": "50", "high": "62" }));
		let standing: Vec<_> = json["runs"][0]["points"]
			.as_array()
			.unwrap()
			.iter()
			.map(|point| &point["standing"])
			.collect();
		assert_eq!(standing, ["Within", "Within", "High"]);
		assert_eq!(json["runs"][0]["points"][0]["value"], "61");
	}

	#[test]
	fn a_waveform_has_no_curve_and_what_no_body_has_is_flagged() {
		let mut wave = reading(7, 1, "8867-4", "1", "/min");
		wave.reading.value = Value::Waveform([1; 32]);
		let impossible = reading(7, 2, "59408-5", "101", "%");
		let curves = curves(&[wave, impossible], &all()).unwrap();
		assert_eq!(curves.len(), 1);
		assert_eq!(
			curves[0].json()["runs"][0]["points"][0]["flags"],
			json!(["Impossible", "Implausible"])
		);
	}
}
