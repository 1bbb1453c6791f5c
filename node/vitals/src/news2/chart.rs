//! Chart 1 of the report: which row a value falls into.

use super::Part;
use crate::decimal::{Decimal, Nearest};

/// A row: the highest value in it, counted in the chart's steps, and its score. The last row has no end.
type Rows = [(i64, u8)];

const RESPIRATION: &Rows = &[(8, 3), (11, 1), (20, 0), (24, 2), (i64::MAX, 3)];
const SATURATION_1: &Rows = &[(91, 3), (93, 2), (95, 1), (i64::MAX, 0)];
const SATURATION_2_ON_AIR: &Rows = &[(83, 3), (85, 2), (87, 1), (i64::MAX, 0)];
const SATURATION_2_ON_OXYGEN: &Rows = &[(83, 3), (85, 2), (87, 1), (92, 0), (94, 1), (96, 2), (i64::MAX, 3)];
const SYSTOLIC: &Rows = &[(90, 3), (100, 2), (110, 1), (219, 0), (i64::MAX, 3)];
const PULSE: &Rows = &[(40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (i64::MAX, 3)];
/// In tenths of a degree.
const TEMPERATURE: &Rows = &[(350, 3), (360, 1), (380, 0), (390, 1), (i64::MAX, 2)];

/// Which of the saturation's columns counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
	Scale1,
	Scale2OnAir,
	Scale2OnOxygen,
}

/// The score of a measured part; none for the two that a person enters, and for values that no chart reaches.
pub(super) fn score(part: Part, value: &Decimal, column: Column) -> Option<u8> {
	let (rows, places) = match (part, column) {
		(Part::Respiration, _) => (RESPIRATION, 0),
		(Part::Saturation, Column::Scale1) => (SATURATION_1, 0),
		(Part::Saturation, Column::Scale2OnAir) => (SATURATION_2_ON_AIR, 0),
		(Part::Saturation, Column::Scale2OnOxygen) => (SATURATION_2_ON_OXYGEN, 0),
		(Part::Systolic, _) => (SYSTOLIC, 0),
		(Part::Pulse, _) => (PULSE, 0),
		(Part::Temperature, _) => (TEMPERATURE, 1),
		(Part::Oxygen | Part::Consciousness, _) => return None,
	};
	let row = |step: i64| rows.iter().find(|(last, _)| step <= *last).map(|(_, score)| *score);
	match value.nearest(places)? {
		Nearest::Step(step) => row(step),
		Nearest::Between(below, above) => row(below).max(row(above)),
	}
}
