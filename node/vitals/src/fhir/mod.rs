//! FHIR R4 `Observation` to and from readings. Pure: no file, no node, no clock.
//!
//! A reading holds what was measured; everything else in an Observation (narrative, who performed it, body site,
//! interpretation, further codings) is kept beside it as its [`Frame`], which holds neither values nor times. Readings put
//! into their frame give the Observation again, equal to the digit: nothing is left out in silence. What would have to be
//! held by a reading and can't be is refused with its FHIRPath.
//!
//! | element | in a reading |
//! |---|---|
//! | `code` | LOINC; of several codes the last that the catalogue knows, since FHIR puts the general one first |
//! | `valueQuantity.value` | the value, with its precision |
//! | `valueQuantity.system`, `.code` | UCUM's unit |
//! | `effectiveDateTime`, `effectiveInstant` | the time; a day is its first millisecond in UTC |
//! | `component` | one reading each, in one group; one without a value has none |
//!
//! Refused: other kinds of values, bounds (`comparator`), periods, what modifies meanings (`modifierExtension`,
//! `implicitRules`), values of a status that says they do not hold, categories other than vital signs and laboratory. An
//! Observation without values (a panel of members, one that was cancelled) has a frame and no readings.

mod element;
mod error;
mod json;
mod read;
#[cfg(test)]
mod tests;
mod time;
mod write;

use std::fmt;

pub use error::ObservationError;
pub use json::{Json, JsonError};

use crate::{
	code::{Loinc, Unit},
	decimal::Decimal,
	reading::Reading,
};

/// The largest Observation that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The most values of one Observation.
pub const MAX_MEASURED: usize = 64;

/// An Observation, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
	/// Its values, in order.
	pub measured: Vec<Measured>,
	/// All the rest.
	pub frame: Frame,
}

/// One value of an Observation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
	/// What was measured.
	pub code: Loinc,
	/// The value.
	pub value: Decimal,
	/// The unit.
	pub unit: Unit,
	/// When, in milliseconds since the epoch.
	pub at: u64,
}

/// An Observation without its values and its time. It can name the patient: keep it encrypted, as the readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(Json);

/// Whose readings they become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
	/// The genesis hash of the chain.
	pub genesis: [u8; 32],
	/// The device.
	pub device: [u8; 32],
	/// Its binding to the patient.
	pub binding: u64,
	/// The number of the next reading.
	pub next_seq: u64,
}

/// Takes an Observation apart.
///
/// # Errors
/// Each has the FHIRPath of the element that can't be read.
pub fn from_fhir(json: &[u8]) -> Result<Observation, ObservationError> {
	if json.len() > MAX_BYTES {
		return Err(ObservationError::TooLarge);
	}
	let text = std::str::from_utf8(json).map_err(|error| ObservationError::NotJson(error.to_string()))?;
	let document = Json::parse(text).map_err(|error| ObservationError::NotJson(error.to_string()))?;
	read::observation(&document)
}

/// Writes readings as an Observation of nothing else: one reading, or the pressures of one blood pressure. `subject` and
/// `device` are references, as `Patient/7`.
///
/// # Errors
/// `Inexpressible`, with what FHIR has no form for.
pub fn to_fhir(readings: &[Reading], subject: &str, device: Option<&str>) -> Result<Json, ObservationError> {
	write::plain(readings, subject, device)
}

impl Observation {
	/// The readings of it, unsigned: of one group, numbered from `next_seq`. None where the numbers end.
	pub fn readings(&self, source: &Source) -> Option<Vec<Reading>> {
		let reading = |(place, measured): (usize, &Measured)| {
			let seq = source.next_seq.checked_add(u64::try_from(place).ok()?)?;
			Some(Reading {
				genesis: source.genesis,
				device: source.device,
				binding: source.binding,
				seq,
				at: measured.at,
				code: measured.code.clone(),
				value: measured.value.into(),
				unit: measured.unit.clone(),
				group: source.next_seq,
			})
		};
		self.measured.iter().enumerate().map(reading).collect()
	}
}

impl Frame {
	/// The Observation with the values and the time of these readings, in the order in which they were taken out of it.
	///
	/// # Errors
	/// `Inexpressible` where the readings are another measurement's.
	pub fn fill(&self, readings: &[Reading]) -> Result<Json, ObservationError> {
		write::into_frame(&self.0, readings)
	}

	/// The reference to the patient.
	pub fn subject(&self) -> Option<&str> {
		self.0.get("subject")?.get("reference")?.as_str()
	}

	/// A frame that was kept as text.
	///
	/// # Errors
	/// `NotJson`.
	pub fn parse(text: &str) -> Result<Self, ObservationError> {
		Json::parse(text)
			.map(Self)
			.map_err(|error| ObservationError::NotJson(error.to_string()))
	}
}

impl fmt::Display for Frame {
	/// As text to keep.
	fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
		self.0.fmt(formatter)
	}
}
