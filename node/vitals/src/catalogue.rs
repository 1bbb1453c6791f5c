//! Which units a code is measured in, and which values a body or the unit can have. What is outside is flagged and kept.

use std::cmp::Ordering;

use crate::{
	code::{Loinc, Unit},
	decimal::Decimal,
	reading::Reading,
};

/// A quantity that is known by its LOINC code.
#[derive(Debug)]
pub struct Quantity {
	/// The LOINC code.
	pub code: &'static str,
	/// What it is, for people.
	pub name: &'static str,
	/// Its units.
	pub units: &'static [UnitRange],
}

/// A unit with the values that are possible and plausible in it.
#[derive(Debug)]
pub struct UnitRange {
	/// UCUM's code.
	pub unit: &'static str,
	/// No value of the unit is below.
	pub least: Decimal,
	/// No value of the unit is above.
	pub most: Option<Decimal>,
	/// What has been measured in living people lies within.
	pub plausible: (Decimal, Decimal),
}

/// What is odd about a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Flag {
	/// The code is not in the catalogue: its value can't be judged.
	UnknownCode,
	/// The unit is not one of the code's: the value is neither judged nor converted.
	UnknownUnit,
	/// The unit has no such value, as 101 % of a saturation.
	Impossible,
	/// No living body is known to have had such a value.
	Implausible,
}

impl Flag {
	/// Its name, for metrics and JSON.
	pub fn name(self) -> &'static str {
		match self {
			Self::UnknownCode => "UnknownCode",
			Self::UnknownUnit => "UnknownUnit",
			Self::Impossible => "Impossible",
			Self::Implausible => "Implausible",
		}
	}
}

const fn whole(value: i64) -> Decimal {
	Decimal::new(value, 0)
}

const fn range(unit: &'static str, low: Decimal, high: Decimal) -> UnitRange {
	UnitRange {
		unit,
		least: whole(0),
		most: None,
		plausible: (low, high),
	}
}

const PER_MINUTE: [UnitRange; 1] = [range("/min", whole(0), whole(350))];
const PERCENT: [UnitRange; 1] = [UnitRange {
	most: Some(whole(100)),
	..range("%", whole(0), whole(100))
}];
const LENGTH: [UnitRange; 2] = [
	range("cm", whole(10), whole(280)),
	range("[in_i]", whole(4), whole(110)),
];
const WEIGHT: [UnitRange; 3] = [
	range("kg", Decimal::new(2, -1), whole(700)),
	range("g", whole(200), whole(700_000)),
	range("[lb_av]", Decimal::new(4, -1), whole(1_543)),
];

/// Every known quantity. Temperatures: 11.8 to 46.5 Cel have been survived; glucose: up to 147.6 mmol/L (2,656 mg/dL).
pub static QUANTITIES: &[Quantity] = &[
	Quantity {
		code: "8867-4",
		name: "heart rate",
		units: &PER_MINUTE,
	},
	Quantity {
		code: "8889-8",
		name: "heart rate by pulse oximetry",
		units: &PER_MINUTE,
	},
	Quantity {
		code: "9279-1",
		name: "respiratory rate",
		units: &[range("/min", whole(0), whole(150))],
	},
	Quantity {
		code: "59408-5",
		name: "oxygen saturation by pulse oximetry",
		units: &PERCENT,
	},
	Quantity {
		code: "2708-6",
		name: "oxygen saturation in arterial blood",
		units: &PERCENT,
	},
	Quantity {
		code: "8310-5",
		name: "body temperature",
		units: &[
			UnitRange {
				least: Decimal::new(-27_315, -2),
				..range("Cel", whole(10), whole(47))
			},
			UnitRange {
				least: Decimal::new(-45_967, -2),
				..range("[degF]", whole(50), Decimal::new(1_166, -1))
			},
		],
	},
	Quantity {
		code: "8480-6",
		name: "systolic blood pressure",
		units: &[range("mm[Hg]", whole(0), whole(300))],
	},
	Quantity {
		code: "8462-4",
		name: "diastolic blood pressure",
		units: &[range("mm[Hg]", whole(0), whole(250))],
	},
	Quantity {
		code: "8478-0",
		name: "mean blood pressure",
		units: &[range("mm[Hg]", whole(0), whole(280))],
	},
	Quantity {
		code: GLUCOSE_MASS,
		name: "glucose in blood, mass",
		units: &[range("mg/dL", whole(0), whole(2_700))],
	},
	Quantity {
		code: GLUCOSE_MOLES,
		name: "glucose in blood, moles",
		units: &[range("mmol/L", whole(0), whole(150))],
	},
	Quantity {
		code: "29463-7",
		name: "body weight",
		units: &WEIGHT,
	},
	Quantity {
		code: "3141-9",
		name: "body weight, measured",
		units: &WEIGHT,
	},
	Quantity {
		code: "8302-2",
		name: "body height",
		units: &LENGTH,
	},
	Quantity {
		code: "8306-3",
		name: "body length, lying",
		units: &LENGTH,
	},
	Quantity {
		code: "9843-4",
		name: "head circumference",
		units: &LENGTH,
	},
	Quantity {
		code: "39156-5",
		name: "body mass index",
		units: &[range("kg/m2", whole(3), whole(250))],
	},
];

/// Glucose in blood, mg/dL.
pub const GLUCOSE_MASS: &str = "2339-0";
/// Glucose in blood, mmol/L.
pub const GLUCOSE_MOLES: &str = "15074-8";
/// 1 mmol/L of glucose is 18.0156 mg/dL: this over [`GLUCOSE_MOLES_FACTOR`], of 180.156 g/mol.
pub const GLUCOSE_MASS_FACTOR: u32 = 180_156;
/// See [`GLUCOSE_MASS_FACTOR`].
pub const GLUCOSE_MOLES_FACTOR: u32 = 10_000;

/// The quantity of a code.
pub fn quantity(code: &str) -> Option<&'static Quantity> {
	QUANTITIES.iter().find(|quantity| quantity.code == code)
}

impl Quantity {
	/// The entry of a unit. What stands in braces is a note, not a unit (UCUM, section 2.5): `{beats}/min` is `/min`.
	pub fn unit(&self, unit: &str) -> Option<&'static UnitRange> {
		let plain = without_annotations(unit)?;
		self.units.iter().find(|range| range.unit == plain)
	}
}

/// None where the braces do not match.
fn without_annotations(unit: &str) -> Option<String> {
	let mut plain = String::with_capacity(unit.len());
	let mut is_inside = false;
	for character in unit.chars() {
		match character {
			'{' if !is_inside => is_inside = true,
			'}' if is_inside => is_inside = false,
			'{' | '}' => return None,
			_ if is_inside => {}
			other => plain.push(other),
		}
	}
	(!is_inside).then_some(plain)
}

/// What is odd about a value; nothing, mostly.
pub fn flags(code: &Loinc, unit: &Unit, value: &Decimal) -> Vec<Flag> {
	let Some(quantity) = quantity(code.as_str()) else {
		return vec![Flag::UnknownCode];
	};
	let Some(range) = quantity.unit(unit.as_str()) else {
		return vec![Flag::UnknownUnit];
	};
	let is_below = |limit: &Decimal| value.compare(limit) == Ordering::Less;
	let is_above = |limit: &Decimal| value.compare(limit) == Ordering::Greater;
	let (low, high) = &range.plausible;
	let mut flags = Vec::new();
	if is_below(&range.least) || range.most.as_ref().is_some_and(is_above) {
		flags.push(Flag::Impossible);
	}
	if is_below(low) || is_above(high) {
		flags.push(Flag::Implausible);
	}
	flags
}

impl Reading {
	/// What is odd about its value: it is kept whatever this says. Of a waveform nothing is judged.
	pub fn flags(&self) -> Vec<Flag> {
		self.number()
			.map(|number| flags(&self.code, &self.unit, number))
			.unwrap_or_default()
	}
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	fn odd(code: &str, value: &str, unit: &str) -> Vec<Flag> {
		flags(&code.parse().unwrap(), &unit.parse().unwrap(), &value.parse().unwrap())
	}

	#[test]
	fn every_entry_is_a_code_in_units_with_ranges_inside_the_possible() {
		for entry in QUANTITIES {
			assert!(entry.code.parse::<Loinc>().is_ok(), "{}", entry.code);
			assert!(
				std::ptr::eq(quantity(entry.code).unwrap(), entry),
				"{} stands twice",
				entry.code
			);
			for range in entry.units {
				assert!(range.unit.parse::<Unit>().is_ok());
				let (low, high) = range.plausible;
				assert_eq!(low.compare(&high), Ordering::Less);
				assert_ne!(low.compare(&range.least), Ordering::Less);
				assert!(range.most.is_none_or(|most| high.compare(&most) != Ordering::Greater));
			}
		}
	}

	#[test]
	fn ordinary_values_are_not_odd() {
		for (code, value, unit) in [
			("8867-4", "72", "/min"),
			("8867-4", "72", "{beats}/min"),
			("9279-1", "16", "{breaths}/min"),
			("59408-5", "100", "%"),
			("8310-5", "36.6", "Cel"),
			("8310-5", "97.9", "[degF]"),
			("2339-0", "99", "mg/dL"),
			("15074-8", "5.40", "mmol/L"),
			("8480-6", "0", "mm[Hg]"),
		] {
			assert_eq!(odd(code, value, unit), [], "{code} {value} {unit}");
		}
	}

	#[test]
	fn odd_ones_are_told_apart() {
		assert_eq!(odd("85354-9", "1", "mm[Hg]"), [Flag::UnknownCode]);
		assert_eq!(odd("8310-5", "310", "K"), [Flag::UnknownUnit]);
		assert_eq!(odd("8867-4", "72", "{beats/min"), [Flag::UnknownUnit]);
		assert_eq!(odd("8867-4", "72", "}/min{"), [Flag::UnknownUnit]);
		assert_eq!(odd("59408-5", "100.1", "%"), [Flag::Impossible, Flag::Implausible]);
		assert_eq!(odd("8867-4", "-1", "/min"), [Flag::Impossible, Flag::Implausible]);
		assert_eq!(odd("8310-5", "47.01", "Cel"), [Flag::Implausible]);
		assert_eq!(odd("8310-5", "98.6", "Cel"), [Flag::Implausible]);
		// Glucose by mass is not in moles: its own code is.
		assert_eq!(odd("2339-0", "5.4", "mmol/L"), [Flag::UnknownUnit]);
		assert_eq!(odd("15074-8", "99", "mg/dL"), [Flag::UnknownUnit]);
	}
}
