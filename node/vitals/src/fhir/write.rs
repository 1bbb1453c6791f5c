//! Observations written from readings: into the frame of one that was read, or plainly.

use super::{
	element::Element,
	read::{slots, value_mut, CATEGORY, LOINC, UCUM},
	time, Json, ObservationError,
};
use crate::{catalogue, decimal::Decimal, reading::Reading};

/// Puts values and time back to where they stood.
pub(super) fn into_frame(frame: &Json, readings: &[Reading]) -> Result<Json, ObservationError> {
	let resource = Element::new(frame, "Observation")?;
	let slots = slots(&resource)?;
	let effective = resource.choice("effective")?;
	drop(resource);
	if slots.len() != readings.len() {
		let reason = "this frame has another number of values than there are readings";
		return Err(ObservationError::inexpressible("Observation", reason));
	}
	let mut document = frame.clone();
	for (slot, reading) in slots.iter().zip(readings) {
		if (&slot.code, &slot.unit) != (&reading.code, &reading.unit) {
			let reason = "the frame has another code or unit there: it is another measurement's";
			return Err(ObservationError::inexpressible(&slot.path, reason));
		}
		let number = number(reading, &slot.path)?;
		if let Some(place) = value_mut(&mut document, slot.component) {
			*place = Json::Number(number.to_string());
		}
	}
	let Some(first) = readings.first() else {
		return Ok(document);
	};
	same_measurement(readings)?;
	let name = effective.unwrap_or("effectiveDateTime");
	let path = format!("Observation.{name}");
	let place = document
		.get_mut(name)
		.ok_or_else(|| ObservationError::missing(&path, "it holds the time"))?;
	let form = place
		.as_str()
		.and_then(time::Form::from_text)
		.ok_or_else(|| ObservationError::malformed(&path, "what a frame says of a time"))?;
	let reason = "the frame's form is coarser than the reading's time";
	let text = time::write(first.at, &form).ok_or_else(|| ObservationError::inexpressible(&path, reason))?;
	*place = Json::String(text);
	Ok(document)
}

const PROFILES: &str = "http://hl7.org/fhir/StructureDefinition/";
const SYSTOLIC: &str = "8480-6";
const DIASTOLIC: &str = "8462-4";
const MEAN: &str = "8478-0";
const BLOOD_PRESSURE: &str = "85354-9";
const SATURATION: &str = "2708-6";
const PULSE_OXIMETRY: &str = "59408-5";

/// An Observation of nothing but the readings of one measurement.
pub(super) fn plain(readings: &[Reading], subject: &str, device: Option<&str>) -> Result<Json, ObservationError> {
	let reason = "there is no reading to write";
	let first = readings
		.first()
		.ok_or_else(|| ObservationError::inexpressible("Observation", reason))?;
	same_measurement(readings)?;
	let at = time::exactly(first.at).ok_or_else(|| {
		ObservationError::inexpressible("Observation.effectiveDateTime", "FHIR's years have four digits")
	})?;
	let has = |code: &str| readings.iter().filter(|reading| reading.code.as_str() == code).count() == 1;
	let known = readings
		.iter()
		.filter(|reading| [SYSTOLIC, DIASTOLIC, MEAN].contains(&reading.code.as_str()))
		.count();
	let is_pressure = has(SYSTOLIC) && has(DIASTOLIC) && known == readings.len() && (known == 2 || has(MEAN));
	let (code, values) = match readings {
		[reading] => (
			reading.code.as_str(),
			vec![("valueQuantity", quantity(reading, "Observation")?)],
		),
		_ if is_pressure => {
			let component = |(place, reading): (usize, &Reading)| {
				let path = format!("Observation.component[{place}]");
				let quantity = quantity(reading, &path)?;
				let code = concept(reading.code.as_str());
				Ok(Json::object([("code", code), ("valueQuantity", quantity)]))
			};
			let components = readings.iter().enumerate().map(component).collect::<Result<_, _>>()?;
			(BLOOD_PRESSURE, vec![("component", Json::Array(components))])
		}
		_ => {
			let reason =
				"only the pressures of one blood pressure are components of one Observation; write the others singly";
			return Err(ObservationError::inexpressible("Observation.component", reason));
		}
	};
	let category = match code {
		catalogue::GLUCOSE_MASS | catalogue::GLUCOSE_MOLES => "laboratory",
		_ => "vital-signs",
	};
	let coding = Json::object([("system", Json::text(CATEGORY)), ("code", Json::text(category))]);
	let mut fields = vec![("resourceType", Json::text("Observation"))];
	if let Some(profile) = profile(code) {
		let profile = Json::Array(vec![Json::text(format!("{PROFILES}{profile}"))]);
		fields.push(("meta", Json::object([("profile", profile)])));
	}
	fields.extend([
		("status", Json::text("final")),
		(
			"category",
			Json::Array(vec![Json::object([("coding", Json::Array(vec![coding]))])]),
		),
		("code", concept(code)),
		("subject", Json::object([("reference", Json::text(subject))])),
		("effectiveDateTime", Json::text(at)),
	]);
	fields.extend(values);
	if let Some(device) = device {
		fields.push(("device", Json::object([("reference", Json::text(device))])));
	}
	let fields = fields.into_iter().map(|(name, value)| (name.to_string(), value));
	Ok(Json::Object(fields.collect()))
}

/// FHIR R4's vital signs profiles, by the code that calls for each.
fn profile(code: &str) -> Option<&'static str> {
	Some(match code {
		BLOOD_PRESSURE => "bp",
		"8867-4" => "heartrate",
		"9279-1" => "resprate",
		"8310-5" => "bodytemp",
		SATURATION | PULSE_OXIMETRY => "oxygensat",
		"29463-7" => "bodyweight",
		"8302-2" => "bodyheight",
		"9843-4" => "headcircum",
		"39156-5" => "bmi",
		catalogue::GLUCOSE_MASS | catalogue::GLUCOSE_MOLES => return None,
		_ => "vitalsigns",
	})
}

/// The code as a concept. The profile of saturation wants its general code first.
fn concept(code: &str) -> Json {
	let general = (code == PULSE_OXIMETRY).then_some(SATURATION);
	let coding = |code: &str| Json::object([("system", Json::text(LOINC)), ("code", Json::text(code))]);
	let codings = general.into_iter().chain([code]).map(coding).collect();
	Json::object([("coding", Json::Array(codings))])
}

fn quantity(reading: &Reading, path: &str) -> Result<Json, ObservationError> {
	let number = number(reading, &format!("{path}.valueSampledData"))?;
	Ok(Json::object([
		("value", Json::Number(number.to_string())),
		("unit", Json::text(reading.unit.as_str())),
		("system", Json::text(UCUM)),
		("code", Json::text(reading.unit.as_str())),
	]))
}

fn number<'a>(reading: &'a Reading, path: &str) -> Result<&'a Decimal, ObservationError> {
	let reason = "of a waveform only the hash is here; its samples are kept elsewhere";
	reading
		.number()
		.ok_or_else(|| ObservationError::inexpressible(path, reason))
}

fn same_measurement(readings: &[Reading]) -> Result<(), ObservationError> {
	let of = |reading: &Reading| {
		(
			reading.genesis,
			reading.device,
			reading.binding,
			reading.group,
			reading.at,
		)
	};
	let first = readings.first().map(of);
	match readings.iter().all(|reading| Some(of(reading)) == first) {
		true => Ok(()),
		false => {
			let reason = "the readings are not of one measurement: device, binding, group and time have to be equal";
			Err(ObservationError::inexpressible("Observation", reason))
		}
	}
}
