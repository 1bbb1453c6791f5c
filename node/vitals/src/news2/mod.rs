//! The National Early Warning Score 2 (Royal College of Physicians, 2017), from a complete and fresh set or not at all.
//!
//! The chart has whole numbers, and tenths of a degree. A value between two rows counts as the nearer; one exactly
//! between them as the one that scores more: 35.05 Cel is in the row up to 35.0, 91.5 % in the row up to 91.
//!
//! The score is for people of 16 years and older who are not pregnant (report, chapter 1). It advises; the judgement of a
//! clinician goes before it.

mod chart;
#[cfg(test)]
mod tests;

use chart::Column;

use crate::{catalogue, decimal::Decimal, reading::Reading};

/// The youngest that the score is for.
pub const LEAST_AGE: u8 = 16;
/// How far a device's clock may be ahead, in milliseconds, as on chain.
pub const CLOCK_AHEAD: u64 = 5 * 60_000;

/// One of the seven parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
	/// Breaths a minute.
	Respiration,
	/// Oxygen saturation.
	Saturation,
	/// Air or oxygen.
	Oxygen,
	/// Systolic blood pressure.
	Systolic,
	/// Heart beats a minute.
	Pulse,
	/// Alert or not.
	Consciousness,
	/// Temperature of the body.
	Temperature,
}

impl Part {
	/// All seven, as on the chart.
	pub const ALL: [Self; 7] = [
		Self::Respiration,
		Self::Saturation,
		Self::Oxygen,
		Self::Systolic,
		Self::Pulse,
		Self::Consciousness,
		Self::Temperature,
	];

	/// The part that a LOINC code measures, and the unit that the chart is in.
	fn measured(code: &str) -> Option<(Self, &'static str)> {
		Some(match code {
			"9279-1" => (Self::Respiration, "/min"),
			"59408-5" | "2708-6" => (Self::Saturation, "%"),
			"8480-6" => (Self::Systolic, "mm[Hg]"),
			"8867-4" | "8889-8" => (Self::Pulse, "/min"),
			"8310-5" => (Self::Temperature, "Cel"),
			_ => return None,
		})
	}
}

/// What a person entered: who and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered<T> {
	/// What.
	pub value: T,
	/// The account of who entered it.
	pub by: [u8; 32],
	/// When, in milliseconds since the epoch.
	pub at: u64,
}

/// Level of consciousness, ACVPU. A person assesses it: no device can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consciousness {
	/// Alert.
	Alert,
	/// New confusion.
	Confusion,
	/// Responds to voice.
	Voice,
	/// Responds to pain.
	Pain,
	/// Unresponsive.
	Unresponsive,
}

/// What is breathed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oxygen {
	/// Air.
	Air,
	/// Supplemental oxygen.
	Supplemental,
}

/// Which scale the saturation is read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OxygenScale {
	/// For everybody else.
	One,
	/// For hypercapnic respiratory failure with a target of 88 to 92 %, where a competent clinician decided so.
	Two(ClinicianDecision),
}

/// Who decided and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClinicianDecision {
	/// The clinician's account.
	pub by: [u8; 32],
	/// When, in milliseconds since the epoch.
	pub at: u64,
}

/// Whose score it is. What is not known is not guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
	/// Age in full years.
	pub age: Option<u8>,
	/// Whether pregnant.
	pub pregnant: Option<bool>,
	/// The saturation's scale.
	pub scale: OxygenScale,
}

/// How old each part may be, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
	/// What devices measure.
	pub measured: u64,
	/// Air or oxygen.
	pub oxygen: u64,
	/// Consciousness.
	pub consciousness: u64,
}

impl Default for Freshness {
	/// An hour each: the longest interval that the report has for a score of 5 or more.
	fn default() -> Self {
		const HOUR: u64 = 3_600_000;
		Self {
			measured: HOUR,
			oxygen: HOUR,
			consciousness: HOUR,
		}
	}
}

impl Freshness {
	fn of(&self, part: Part) -> u64 {
		match part {
			Part::Oxygen => self.oxygen,
			Part::Consciousness => self.consciousness,
			_ => self.measured,
		}
	}
}

/// What became of something that was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Taken {
	/// It is the latest of its part.
	Latest,
	/// A later one is there.
	Older,
	/// Its time is more than five minutes ahead: it would hide all that follow.
	Ahead,
	/// Its unit is not the chart's, or no body has such a value.
	Unusable,
	/// The score does not ask for it.
	NoPart,
}

/// The latest of each part for one patient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observations {
	measured: [Option<(Decimal, u64)>; 5],
	oxygen: Option<Entered<Oxygen>>,
	consciousness: Option<Entered<Consciousness>>,
}

impl Observations {
	/// Takes a reading, whose patient and signature are checked, if it is the latest of its part.
	pub fn take(&mut self, reading: &Reading, now: u64) -> Taken {
		let Some((part, unit)) = Part::measured(reading.code.as_str()) else {
			return Taken::NoPart;
		};
		let is_in_unit = catalogue::quantity(reading.code.as_str())
			.and_then(|quantity| quantity.unit(reading.unit.as_str()))
			.is_some_and(|range| range.unit == unit);
		if !is_in_unit || !reading.flags().is_empty() {
			return Taken::Unusable;
		}
		let (Some(slot), Some(number)) = (self.slot(part), reading.number()) else {
			return Taken::Unusable;
		};
		keep(slot, (*number, reading.at), |(_, at)| *at, now)
	}

	/// Takes what a person entered of air or oxygen.
	pub fn take_oxygen(&mut self, entered: Entered<Oxygen>, now: u64) -> Taken {
		keep(&mut self.oxygen, entered, |entered| entered.at, now)
	}

	/// Takes what a person entered of consciousness.
	pub fn take_consciousness(&mut self, entered: Entered<Consciousness>, now: u64) -> Taken {
		keep(&mut self.consciousness, entered, |entered| entered.at, now)
	}

	fn slot(&mut self, part: Part) -> Option<&mut Option<(Decimal, u64)>> {
		let [respiration, saturation, systolic, pulse, temperature] = &mut self.measured;
		Some(match part {
			Part::Respiration => respiration,
			Part::Saturation => saturation,
			Part::Systolic => systolic,
			Part::Pulse => pulse,
			Part::Temperature => temperature,
			Part::Oxygen | Part::Consciousness => return None,
		})
	}

	fn value(&self, part: Part) -> Option<&(Decimal, u64)> {
		let [respiration, saturation, systolic, pulse, temperature] = &self.measured;
		match part {
			Part::Respiration => respiration.as_ref(),
			Part::Saturation => saturation.as_ref(),
			Part::Systolic => systolic.as_ref(),
			Part::Pulse => pulse.as_ref(),
			Part::Temperature => temperature.as_ref(),
			Part::Oxygen | Part::Consciousness => None,
		}
	}

	fn at(&self, part: Part) -> Option<u64> {
		match part {
			Part::Oxygen => self.oxygen.map(|entered| entered.at),
			Part::Consciousness => self.consciousness.map(|entered| entered.at),
			_ => self.value(part).map(|(_, at)| *at),
		}
	}
}

fn keep<T>(slot: &mut Option<T>, new: T, at: impl Fn(&T) -> u64, now: u64) -> Taken {
	if at(&new) > now.saturating_add(CLOCK_AHEAD) {
		return Taken::Ahead;
	}
	if slot.as_ref().is_some_and(|latest| at(latest) > at(&new)) {
		return Taken::Older;
	}
	*slot = Some(new);
	Taken::Latest
}

/// Why there is no score. It never means that all is well.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotScored {
	/// The patient's age is not known.
	#[error(
		"the score is for people of {LEAST_AGE} years and older, and the age is not known; enter the date of birth"
	)]
	AgeUnknown,
	/// The patient is a child.
	#[error("the score is for people of {LEAST_AGE} years and older; use a paediatric score")]
	Under16,
	/// It is not known whether the patient is pregnant.
	#[error("the score is not for use in pregnancy, and it is not known whether she is pregnant; enter it")]
	PregnancyUnknown,
	/// The patient is pregnant.
	#[error("the score is not for use in pregnancy; use an obstetric score")]
	Pregnant,
	/// Parts are missing or too old.
	#[error("the set is not complete: missing {missing:?}, too old {stale:?}; observe these parts")]
	Incomplete {
		/// What was never observed.
		missing: Vec<Part>,
		/// What was observed too long ago.
		stale: Vec<Part>,
	},
}

/// What the score asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Response {
	/// 0 to 4 (0: observe at least every 12 hours; 1 to 4: every 4 to 6 hours, assessed by a registered nurse).
	Ward,
	/// A single part scores 3: urgent, on the ward; at least every hour.
	UrgentWard,
	/// 5 or 6: urgent assessment by a clinician competent in acute illness; at least every hour.
	Urgent,
	/// 7 and more: emergency assessment by a critical care team; continuous monitoring.
	Emergency,
}

/// A score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News2 {
	/// Each part's.
	pub parts: [(Part, u8); 7],
	/// Their sum, 0 to 20.
	pub total: u8,
	/// Whether a single part scores 3.
	pub red: bool,
	/// What it asks for.
	pub response: Response,
	/// When the oldest part was observed.
	pub oldest: u64,
}

/// Scores a patient at a time.
///
/// # Errors
/// `NotScored` where the score is not for this patient, or the set is not complete and fresh.
pub fn score(
	observations: &Observations,
	person: &Person,
	now: u64,
	freshness: &Freshness,
) -> Result<News2, NotScored> {
	match person.age {
		None => return Err(NotScored::AgeUnknown),
		Some(age) if age < LEAST_AGE => return Err(NotScored::Under16),
		Some(_) => {}
	}
	match person.pregnant {
		None => return Err(NotScored::PregnancyUnknown),
		Some(true) => return Err(NotScored::Pregnant),
		Some(false) => {}
	}
	let mut missing = Vec::new();
	let mut stale = Vec::new();
	let mut scored = Vec::new();
	let mut oldest = now;
	for part in Part::ALL {
		match observations.at(part) {
			None => missing.push(part),
			Some(at) if now.saturating_sub(at) > freshness.of(part) => stale.push(part),
			Some(at) => {
				oldest = oldest.min(at);
				// Scale 2 has no column while air or oxygen is missing, and that is said of the oxygen.
				scored.extend(observations.score(part, person.scale).map(|score| (part, score)));
			}
		}
	}
	if !missing.is_empty() || !stale.is_empty() {
		return Err(NotScored::Incomplete { missing, stale });
	}
	let Ok(parts) = <[(Part, u8); 7]>::try_from(scored) else {
		return Err(NotScored::Incomplete { missing, stale });
	};
	let total = parts.iter().map(|(_, score)| *score).sum();
	let red = parts.iter().any(|(_, score)| *score == 3);
	let response = match total {
		7.. => Response::Emergency,
		5..=6 => Response::Urgent,
		_ if red => Response::UrgentWard,
		_ => Response::Ward,
	};
	Ok(News2 {
		parts,
		total,
		red,
		response,
		oldest,
	})
}

impl Observations {
	fn score(&self, part: Part, scale: OxygenScale) -> Option<u8> {
		let oxygen = self.oxygen.map(|entered| entered.value);
		match part {
			Part::Oxygen => Some(match oxygen? {
				Oxygen::Air => 0,
				Oxygen::Supplemental => 2,
			}),
			Part::Consciousness => Some(match self.consciousness?.value {
				Consciousness::Alert => 0,
				_ => 3,
			}),
			_ => {
				let column = match (scale, oxygen) {
					(OxygenScale::One, _) => Column::Scale1,
					(OxygenScale::Two(_), Some(Oxygen::Air)) => Column::Scale2OnAir,
					(OxygenScale::Two(_), Some(Oxygen::Supplemental)) => Column::Scale2OnOxygen,
					(OxygenScale::Two(_), None) => return None,
				};
				let (value, _) = self.value(part)?;
				chart::score(part, value, column)
			}
		}
	}
}
