//! An Observation, read.

use super::{
	element::{codes, Element},
	time, Frame, Json, Measured, Observation, ObservationError, MAX_MEASURED,
};
use crate::{
	catalogue,
	code::{Loinc, Unit},
	decimal::{Decimal, DecimalError},
};

pub(super) const LOINC: &str = "http://loinc.org";
pub(super) const UCUM: &str = "http://unitsofmeasure.org";
pub(super) const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

/// Where in a resource values stand.
pub(super) struct Slot {
	/// Which component; none for the resource's own value.
	pub(super) component: Option<usize>,
	pub(super) path: String,
	pub(super) code: Loinc,
	pub(super) unit: Unit,
}

pub(super) fn observation(document: &Json) -> Result<Observation, ObservationError> {
	let resource = Element::new(document, "Observation")?;
	if resource.text("resourceType")? != Some("Observation") {
		let path = resource.at("resourceType");
		return Err(ObservationError::malformed(path, "Observation"));
	}
	resource.refuse_modifiers()?;
	category(&resource)?;
	let subject = Element::new(
		resource.need("subject", "a reading is of a patient")?,
		resource.at("subject"),
	)?;
	subject.need("reference", "a reading is of a patient; name her by reference")?;
	subject.text("reference")?;
	let slots = slots(&resource)?;
	status(&resource, !slots.is_empty())?;
	if slots.is_empty() {
		let frame = Frame(document.clone());
		return Ok(Observation {
			measured: Vec::new(),
			frame,
		});
	}
	let (effective, at, form) = effective(&resource)?;
	let mut frame = document.clone();
	if let Some(place) = frame.get_mut(effective) {
		*place = Json::String(form.to_text());
	}
	let mut measured = Vec::with_capacity(slots.len());
	for slot in slots {
		let place = value_mut(&mut frame, slot.component)
			.ok_or_else(|| ObservationError::missing(&slot.path, "a quantity has a value"))?;
		let value = number(place, &slot.path)?;
		*place = Json::Null;
		measured.push(Measured {
			code: slot.code,
			value,
			unit: slot.unit,
			at,
		});
	}
	Ok(Observation {
		measured,
		frame: Frame(frame),
	})
}

/// Where the number of a slot stands.
pub(super) fn value_mut(document: &mut Json, component: Option<usize>) -> Option<&mut Json> {
	let holder = match component {
		None => document,
		Some(index) => match document.get_mut("component")? {
			Json::Array(items) => items.get_mut(index)?,
			_ => return None,
		},
	};
	holder.get_mut("valueQuantity")?.get_mut("value")
}

fn category(resource: &Element) -> Result<(), ObservationError> {
	for concept in resource.list("category")? {
		let known = ["vital-signs", "laboratory"];
		if codes(&concept, CATEGORY)?.iter().any(|(_, code)| known.contains(code)) {
			return Ok(());
		}
	}
	let reason = "only vital signs and laboratory values are readings; add the category if it is one";
	Err(ObservationError::missing(resource.at("category"), reason))
}

fn status(resource: &Element, has_values: bool) -> Result<(), ObservationError> {
	let path = resource.at("status");
	match resource.text("status")? {
		Some("final" | "amended" | "corrected" | "preliminary") => Ok(()),
		Some("registered" | "cancelled" | "entered-in-error" | "unknown") if !has_values => Ok(()),
		Some("registered" | "cancelled" | "entered-in-error" | "unknown") => {
			let reason = "a reading can't say that its value does not hold";
			Err(ObservationError::none(path, reason))
		}
		_ => Err(ObservationError::malformed(path, "a code of FHIR's ObservationStatus")),
	}
}

/// The values of a resource, in order: its own, then its components'.
pub(super) fn slots(resource: &Element) -> Result<Vec<Slot>, ObservationError> {
	let mut slots: Vec<_> = slot(resource, None)?.into_iter().collect();
	for (index, component) in resource.list("component")?.iter().enumerate() {
		slots.extend(slot(component, Some(index))?);
	}
	if slots.len() > MAX_MEASURED {
		let reason = "one measurement has 64 values at most; split the Observation";
		return Err(ObservationError::none(resource.at("component"), reason));
	}
	Ok(slots)
}

fn slot(holder: &Element, component: Option<usize>) -> Result<Option<Slot>, ObservationError> {
	match holder.choice("value")? {
		None => return Ok(None),
		Some("valueQuantity") => {}
		Some("valueSampledData") => {
			let reason = "samples are kept outside of readings, which hold their hash";
			return Err(ObservationError::none(holder.at("valueSampledData"), reason));
		}
		Some(other) => {
			let reason = "a reading holds a quantity and nothing else";
			return Err(ObservationError::none(holder.at(other), reason));
		}
	}
	if holder.get("dataAbsentReason").is_some() {
		let expected = "absent where there is a value";
		return Err(ObservationError::malformed(holder.at("dataAbsentReason"), expected));
	}
	let quantity = holder.need("valueQuantity", "it holds the value")?;
	let quantity = Element::new(quantity, holder.at("valueQuantity"))?;
	let known = ["id", "extension", "value", "unit", "_unit", "system", "code"];
	if let Some((other, _)) = quantity.fields.iter().find(|(name, _)| !known.contains(&name.as_str())) {
		let reason = match other.as_str() {
			"comparator" => "a reading is a value and no bound of one",
			_ => "a reading does not know this element of a quantity",
		};
		return Err(ObservationError::none(quantity.at(other), reason));
	}
	if quantity.text("system")? != Some(UCUM) {
		let reason = "a reading's unit is UCUM's; give system and code of it";
		return Err(ObservationError::none(quantity.at("system"), reason));
	}
	let unit = quantity
		.text("code")?
		.ok_or_else(|| ObservationError::missing(quantity.at("code"), "a reading has a unit of UCUM"))?;
	let unit = unit
		.parse()
		.map_err(|_| ObservationError::malformed(quantity.at("code"), "a unit of UCUM of at most 32 characters"))?;
	let concept = Element::new(holder.need("code", "it says what was measured")?, holder.at("code"))?;
	quantity.need("value", "a quantity has a value")?;
	Ok(Some(Slot {
		component,
		path: quantity.at("value"),
		code: loinc(&concept)?,
		unit,
	}))
}

/// The LOINC code of a concept. FHIR puts a general code before the one that says more: of several it is the last that
/// the catalogue knows, or else the first.
fn loinc(concept: &Element) -> Result<Loinc, ObservationError> {
	let codes = codes(concept, LOINC)?;
	let known = codes.iter().rev().find(|(_, code)| catalogue::quantity(code).is_some());
	let reason = "a reading says by LOINC what was measured";
	let (path, code) = known
		.or(codes.first())
		.ok_or_else(|| ObservationError::missing(concept.at("coding"), reason))?;
	code.parse()
		.map_err(|_| ObservationError::malformed(path, "a LOINC code with the right check digit"))
}

/// The name of the element that holds the time, the time and its form.
fn effective<'a>(resource: &Element<'a>) -> Result<(&'a str, u64, time::Form), ObservationError> {
	let reason = "a reading says when it was measured";
	let name = resource
		.choice("effective")?
		.ok_or_else(|| ObservationError::missing(resource.at("effectiveDateTime"), reason))?;
	let path = resource.at(name);
	if name != "effectiveDateTime" && name != "effectiveInstant" {
		let reason = "a reading is of one moment";
		return Err(ObservationError::none(path, reason));
	}
	let text = resource.text(name)?.unwrap_or_default();
	match time::read(text) {
		Some((at, form)) => Ok((name, at, form)),
		None => {
			let expected = "a day or a time with its zone, from 1970 on and no finer than a millisecond";
			Err(ObservationError::malformed(path, expected))
		}
	}
}

fn number(value: &Json, path: &str) -> Result<Decimal, ObservationError> {
	let Json::Number(text) = value else {
		return Err(ObservationError::malformed(path, "a number"));
	};
	text.parse().map_err(|error| match error {
		DecimalError::TooManyDigits => ObservationError::none(path, "a reading holds up to 18 digits"),
		DecimalError::ExponentOutOfRange => ObservationError::none(path, "a reading's exponent is from -128 to 127"),
		DecimalError::NegativeZero => ObservationError::none(path, "zero has no sign in a reading"),
		DecimalError::Malformed => ObservationError::malformed(path, "a number"),
	})
}
