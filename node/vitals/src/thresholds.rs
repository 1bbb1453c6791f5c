//! Limits by LOINC code, for a device and for a patient. A patient's go before the device's, code by code.

use std::{cmp::Ordering, collections::BTreeMap};

use crate::{
	catalogue::{self, Flag, GLUCOSE_MASS, GLUCOSE_MASS_FACTOR, GLUCOSE_MOLES, GLUCOSE_MOLES_FACTOR},
	code::{Loinc, Unit},
	decimal::Decimal,
	reading::Reading,
};

/// Between which values a code is as it should be; both ends are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
	/// The unit of both.
	pub unit: Unit,
	/// Below is too low.
	pub low: Option<Decimal>,
	/// Above is too high.
	pub high: Option<Decimal>,
}

/// Why limits are not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
	/// The code is not in the catalogue.
	#[error("{0} is not a code that limits can be set for; see the catalogue for those that are")]
	UnknownCode(Loinc),
	/// The unit is not one of the code's.
	#[error("{0} is not measured in {1}; use one of its units in the catalogue")]
	UnknownUnit(Loinc, Unit),
	/// There is neither a low nor a high limit.
	#[error("the limits of {0} have no end; give a low or a high one")]
	Endless(Loinc),
	/// The low limit is not below the high one.
	#[error("the low limit of {0} is not below the high one; correct them")]
	Crossed(Loinc),
	/// No living body has this limit.
	#[error("a limit of {0} is one that no body has; check its unit")]
	Implausible(Loinc),
}

/// The limits of one device or one patient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thresholds(BTreeMap<Loinc, Limits>);

impl Thresholds {
	/// None yet.
	pub fn new() -> Self {
		Self::default()
	}

	/// Sets the limits of a code, in place of those it had.
	///
	/// # Errors
	/// Each says what to correct; nothing is changed then.
	pub fn set(
		&mut self,
		code: Loinc,
		unit: Unit,
		low: Option<Decimal>,
		high: Option<Decimal>,
	) -> Result<(), LimitError> {
		if low.is_none() && high.is_none() {
			return Err(LimitError::Endless(code));
		}
		if let (Some(low), Some(high)) = (&low, &high) {
			if low.compare(high) != Ordering::Less {
				return Err(LimitError::Crossed(code));
			}
		}
		for limit in [&low, &high].into_iter().flatten() {
			match catalogue::flags(&code, &unit, limit).first() {
				None => {}
				Some(Flag::UnknownCode) => return Err(LimitError::UnknownCode(code)),
				Some(Flag::UnknownUnit) => return Err(LimitError::UnknownUnit(code, unit)),
				Some(Flag::Impossible | Flag::Implausible) => return Err(LimitError::Implausible(code)),
			}
		}
		self.0.insert(code, Limits { unit, low, high });
		Ok(())
	}

	/// All of them, by code.
	pub fn iter(&self) -> impl Iterator<Item = (&Loinc, &Limits)> {
		self.0.iter()
	}

	/// Takes the limits of a code off. Whether it had any.
	pub fn remove(&mut self, code: &Loinc) -> bool {
		self.0.remove(code).is_some()
	}

	/// Those of a code, or else of the other code of the same quantity.
	fn of(&self, code: &Loinc) -> Option<(&Loinc, &Limits)> {
		let other = || match code.as_str() {
			GLUCOSE_MASS => GLUCOSE_MOLES.parse::<Loinc>().ok(),
			GLUCOSE_MOLES => GLUCOSE_MASS.parse().ok(),
			_ => None,
		};
		self.0.get_key_value(code).or_else(|| self.0.get_key_value(&other()?))
	}
}

/// How a reading stands to the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
	/// Below the low limit.
	Low,
	/// Within.
	Within,
	/// Above the high limit.
	High,
	/// There is no limit for its code.
	NoLimit,
	/// Its unit is another than the limits', or unknown: nothing is converted, a person has to look.
	NotComparable,
}

/// What a reading comes to. The reading itself is kept whatever this says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
	/// How it stands to the limits.
	pub standing: Standing,
	/// What is odd about it.
	pub flags: Vec<Flag>,
}

impl Assessment {
	/// Whether somebody has to be told.
	pub fn is_alert(&self) -> bool {
		matches!(self.standing, Standing::Low | Standing::High | Standing::NotComparable)
	}
}

/// Assesses a reading by the patient's limits, else by the device's.
pub fn assess(reading: &Reading, patient: &Thresholds, device: &Thresholds) -> Assessment {
	let limits = patient.of(&reading.code).or_else(|| device.of(&reading.code));
	let standing = match (reading.number(), limits) {
		(None, _) | (_, None) => Standing::NoLimit,
		(Some(number), Some((code, limits))) => stands(reading, number, code, limits),
	};
	Assessment {
		standing,
		flags: reading.flags(),
	}
}

fn stands(reading: &Reading, number: &Decimal, code: &Loinc, limits: &Limits) -> Standing {
	let unit_of = |code: &Loinc, unit: &Unit| {
		let range = catalogue::quantity(code.as_str())?.unit(unit.as_str())?;
		Some(range.unit)
	};
	let (Some(measured), Some(limited)) = (unit_of(&reading.code, &reading.unit), unit_of(code, &limits.unit)) else {
		return Standing::NotComparable;
	};
	// What each side is multiplied with to be in one unit: exact, since nothing is divided.
	let (ours, theirs) = match (reading.code.as_str(), code.as_str()) {
		(GLUCOSE_MASS, GLUCOSE_MOLES) => (GLUCOSE_MOLES_FACTOR, GLUCOSE_MASS_FACTOR),
		(GLUCOSE_MOLES, GLUCOSE_MASS) => (GLUCOSE_MASS_FACTOR, GLUCOSE_MOLES_FACTOR),
		_ if measured == limited => (1, 1),
		_ => return Standing::NotComparable,
	};
	let compared = |limit: &Decimal| number.compare_scaled(ours, limit, theirs);
	if limits.low.as_ref().map(compared) == Some(Ordering::Less) {
		return Standing::Low;
	}
	match limits.high.as_ref().map(compared) {
		Some(Ordering::Greater) => Standing::High,
		_ => Standing::Within,
	}
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;
	use crate::reading::{tests::systolic, Value};

	fn decimal(text: &str) -> Decimal {
		text.parse().unwrap()
	}

	fn reading(code: &str, value: &str, unit: &str) -> Reading {
		Reading {
			code: code.parse().unwrap(),
			value: decimal(value).into(),
			unit: unit.parse().unwrap(),
			..systolic()
		}
	}

	fn limits(code: &str, unit: &str, low: &str, high: &str) -> Thresholds {
		let mut thresholds = Thresholds::new();
		let end = |text: &str| (!text.is_empty()).then(|| decimal(text));
		thresholds
			.set(code.parse().unwrap(), unit.parse().unwrap(), end(low), end(high))
			.unwrap();
		thresholds
	}

	fn standing(reading: &Reading, limits: &Thresholds) -> Standing {
		assess(reading, limits, &Thresholds::new()).standing
	}

	#[test]
	fn each_code_stands_to_its_limits() {
		use Standing::*;
		for (code, unit, low, high, below, within, above) in [
			("8867-4", "/min", "50", "120", "49.9", "50", "121"),
			("59408-5", "%", "92", "", "91.5", "92.0", ""),
			("2708-6", "%", "92", "", "91", "100", ""),
			("9279-1", "/min", "10", "24", "9", "24.0", "24.01"),
			("8310-5", "Cel", "35.5", "38.0", "35.49", "38.00", "38.01"),
			("8480-6", "mm[Hg]", "90", "160", "89", "120", "161"),
			("8462-4", "mm[Hg]", "50", "100", "49", "80", "101"),
			("2339-0", "mg/dL", "70", "180", "69", "99", "181"),
			("15074-8", "mmol/L", "3.9", "10.0", "3.89", "5.40", "10.1"),
		] {
			let set = limits(code, unit, low, high);
			assert_eq!(standing(&reading(code, below, unit), &set), Low, "{code}");
			assert_eq!(standing(&reading(code, within, unit), &set), Within, "{code}");
			if !above.is_empty() {
				assert_eq!(standing(&reading(code, above, unit), &set), High, "{code}");
			}
			assert_eq!(
				standing(&reading(code, within, unit), &Thresholds::new()),
				NoLimit,
				"{code}"
			);
		}
	}

	#[test]
	fn glucose_is_compared_across_its_two_codes_exactly() {
		// 3.9 mmol/L is 70.26084 mg/dL.
		let moles = limits("15074-8", "mmol/L", "3.9", "10");
		assert_eq!(standing(&reading("2339-0", "70.26083", "mg/dL"), &moles), Standing::Low);
		assert_eq!(
			standing(&reading("2339-0", "70.26084", "mg/dL"), &moles),
			Standing::Within
		);
		assert_eq!(
			standing(&reading("2339-0", "180.156", "mg/dL"), &moles),
			Standing::Within
		);
		assert_eq!(standing(&reading("2339-0", "180.157", "mg/dL"), &moles), Standing::High);
		let mass = limits("2339-0", "mg/dL", "70", "180");
		assert_eq!(standing(&reading("15074-8", "3.88", "mmol/L"), &mass), Standing::Low);
		assert_eq!(standing(&reading("15074-8", "3.89", "mmol/L"), &mass), Standing::Within);
		assert_eq!(standing(&reading("15074-8", "10.0", "mmol/L"), &mass), Standing::High);
		// The code says what was measured: its own limits go first, and a unit of the other code is not believed.
		let mut both = mass;
		both.set(
			"15074-8".parse().unwrap(),
			"mmol/L".parse().unwrap(),
			None,
			Some(decimal("20")),
		)
		.unwrap();
		assert_eq!(standing(&reading("15074-8", "10.0", "mmol/L"), &both), Standing::Within);
		let swapped = assess(&reading("2339-0", "5.4", "mmol/L"), &both, &Thresholds::new());
		assert_eq!(swapped.standing, Standing::NotComparable);
		assert_eq!(swapped.flags, [Flag::UnknownUnit]);
		assert!(swapped.is_alert());
	}

	#[test]
	fn other_units_are_not_converted() {
		let celsius = limits("8310-5", "Cel", "35", "38");
		let fahrenheit = assess(&reading("8310-5", "98.6", "[degF]"), &celsius, &Thresholds::new());
		assert_eq!(
			(fahrenheit.standing, fahrenheit.flags.as_slice()),
			(Standing::NotComparable, [].as_slice())
		);
		let kelvin = assess(&reading("8310-5", "310", "K"), &celsius, &Thresholds::new());
		assert_eq!(
			(kelvin.standing, kelvin.flags.as_slice()),
			(Standing::NotComparable, [Flag::UnknownUnit].as_slice())
		);
		let beats = limits("8867-4", "/min", "50", "");
		assert_eq!(standing(&reading("8867-4", "49", "{beats}/min"), &beats), Standing::Low);
	}

	#[test]
	fn what_no_body_has_is_flagged_and_still_compared() {
		let set = limits("59408-5", "%", "92", "");
		let over = assess(&reading("59408-5", "127", "%"), &set, &Thresholds::new());
		assert_eq!((over.standing, over.flags.len()), (Standing::Within, 2));
		let none = assess(&reading("59408-5", "-3", "%"), &set, &Thresholds::new());
		assert_eq!((none.standing, none.flags.len()), (Standing::Low, 2));
		let curve = Reading {
			value: Value::Waveform([0; 32]),
			..reading("59408-5", "1", "%")
		};
		assert_eq!(standing(&curve, &set), Standing::NoLimit);
	}

	#[test]
	fn the_patients_limits_go_before_the_devices() {
		let device = limits("8867-4", "/min", "50", "120");
		let athlete = limits("8867-4", "/min", "38", "150");
		let slow = reading("8867-4", "42", "/min");
		assert_eq!(assess(&slow, &Thresholds::new(), &device).standing, Standing::Low);
		assert_eq!(assess(&slow, &athlete, &device).standing, Standing::Within);
		let other = limits("8310-5", "Cel", "35", "38");
		assert_eq!(assess(&slow, &other, &device).standing, Standing::Low);
	}

	#[test]
	fn limits_that_cannot_be_are_refused() {
		let code: Loinc = "8867-4".parse().unwrap();
		let per_minute: Unit = "/min".parse().unwrap();
		let mut thresholds = Thresholds::new();
		let mut set = |code: &Loinc, unit: &str, low: Option<&str>, high: Option<&str>| {
			let unit = unit.parse().unwrap();
			thresholds
				.set(code.clone(), unit, low.map(decimal), high.map(decimal))
				.unwrap_err()
		};
		assert_eq!(set(&code, "/min", None, None), LimitError::Endless(code.clone()));
		assert_eq!(
			set(&code, "/min", Some("60"), Some("60.0")),
			LimitError::Crossed(code.clone())
		);
		let hertz: Unit = "Hz".parse().unwrap();
		assert_eq!(
			set(&code, "Hz", Some("1"), None),
			LimitError::UnknownUnit(code.clone(), hertz)
		);
		assert_eq!(
			set(&code, "/min", None, Some("1200")),
			LimitError::Implausible(code.clone())
		);
		let panel: Loinc = "85354-9".parse().unwrap();
		assert_eq!(
			set(&panel, "mm[Hg]", Some("1"), None),
			LimitError::UnknownCode(panel.clone())
		);
		assert_eq!(thresholds, Thresholds::new());
		assert!(thresholds
			.set(code.clone(), per_minute, Some(decimal("50")), None)
			.is_ok());
		assert_eq!(thresholds.iter().map(|(code, _)| code).collect::<Vec<_>>(), [&code]);
		assert!(thresholds.remove(&code) && !thresholds.remove(&code));
	}
}
