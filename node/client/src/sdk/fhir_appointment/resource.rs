//! A resource whose elements are looked at one by one.

use salus_primitives::{Moment, Period, MINUTE};
use serde_json::{Map, Value};

use super::SchedulingError;
use crate::sdk::fhir_consent::{instant, is_id, IS_ID};

/// A resource of FHIR, whose names were looked at.
pub(super) struct Resource {
	pub(super) kind: &'static str,
	pub(super) fields: Map<String, Value>,
}

impl Resource {
	/// A resource of this kind with no other elements than these, with nothing that turns around what it says, and whole.
	pub(super) fn new(
		fields: Map<String, Value>,
		kind: &'static str,
		elements: &[&str],
	) -> Result<Self, SchedulingError> {
		const OF_ALL: [&str; 7] = [
			"resourceType",
			"id",
			"meta",
			"language",
			"text",
			"contained",
			"extension",
		];
		let resource = Self { kind, fields };
		for name in resource.fields.keys() {
			let plain = name.strip_prefix('_').unwrap_or(name);
			match plain {
				"modifierExtension" | "implicitRules" => {
					let reason = "it changes what the rest means, in a way that is not known here";
					return Err(SchedulingError::none(resource.at(name), reason));
				}
				_ if OF_ALL.contains(&plain) || elements.contains(&plain) => {}
				_ => {
					let shown = name.escape_debug().to_string();
					return Err(SchedulingError::none(
						resource.at(&shown),
						"FHIR R4 has no such element",
					));
				}
			}
		}
		if resource.text("id")?.is_some_and(|id| !is_id(id)) {
			return Err(SchedulingError::malformed(resource.at("id"), IS_ID));
		}
		let tags = resource.fields.get("meta").and_then(|meta| meta.get("tag"));
		for (index, tag) in tags.and_then(Value::as_array).into_iter().flatten().enumerate() {
			if tag.get("code").and_then(Value::as_str) == Some("SUBSETTED") {
				let path = resource.at(&format!("meta.tag[{index}]"));
				return Err(SchedulingError::none(path, "a part of it was left out; get all of it"));
			}
		}
		Ok(resource)
	}

	pub(super) fn at(&self, name: &str) -> String {
		format!("{}.{name}", self.kind)
	}

	pub(super) fn get(&self, name: &str) -> Option<&Value> {
		self.fields.get(name)
	}

	pub(super) fn text(&self, name: &str) -> Result<Option<&str>, SchedulingError> {
		let text = |value: &'_ Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
		match self.get(name) {
			Some(value) if !text(value) => Err(SchedulingError::malformed(self.at(name), "a text")),
			value => Ok(value.and_then(Value::as_str)),
		}
	}

	/// The items of a list; no list is an empty one.
	pub(super) fn list(&self, name: &str) -> Result<&[Value], SchedulingError> {
		match self.get(name) {
			None => Ok(&[]),
			Some(Value::Array(items)) if !items.is_empty() => Ok(items),
			Some(_) => Err(SchedulingError::malformed(self.at(name), "a list that is not empty")),
		}
	}

	pub(super) fn number(&self, name: &str) -> Result<Option<u64>, SchedulingError> {
		let Some(value) = self.get(name) else {
			return Ok(None);
		};
		let number = value.as_u64();
		number
			.map(Some)
			.ok_or_else(|| SchedulingError::malformed(self.at(name), "a whole number"))
	}

	/// The time from `start` until `end`, both instants.
	pub(super) fn time(&self) -> Result<Option<Period>, SchedulingError> {
		match (self.text("start")?, self.text("end")?) {
			(None, None) => Ok(None),
			(Some(start), Some(end)) => {
				let start = minute(start).ok_or_else(|| SchedulingError::malformed(self.at("start"), IS_MINUTE))?;
				let end = minute(end).ok_or_else(|| SchedulingError::malformed(self.at("end"), IS_MINUTE))?;
				if end <= start {
					return Err(SchedulingError::malformed(self.at("end"), "later than its start"));
				}
				Ok(Some(Period::new(start, end)))
			}
			(start, _) => {
				let name = if start.is_some() { "end" } else { "start" };
				Err(SchedulingError::missing(self.at(name), "start and end come together"))
			}
		}
	}
}

const IS_MINUTE: &str = "an instant with its zone, on a whole minute and not before 1970";

/// An instant on a whole minute.
fn minute(text: &str) -> Option<Moment> {
	let (at, _) = instant::span(text).filter(|_| text.len() > 10)?;
	Moment::try_from(at).ok().filter(|at| at.is_multiple_of(MINUTE))
}

/// A FHIR `Period` with both sides, to the whole minutes that are in it.
pub(super) fn period(value: &Value, path: &str) -> Result<Period, SchedulingError> {
	let side = |name: &str| {
		let path = format!("{path}.{name}");
		let Some(text) = value.get(name) else {
			return Err(SchedulingError::missing(
				path,
				"the chain's times have a start and an end",
			));
		};
		let span = text.as_str().and_then(instant::span);
		let span = span.and_then(|(from, until)| Some((Moment::try_from(from).ok()?, Moment::try_from(until).ok()?)));
		span.ok_or_else(|| SchedulingError::malformed(path, "a dateTime, not before 1970"))
	};
	let (start, end) = (side("start")?.0.next_multiple_of(MINUTE), side("end")?.1);
	let end = end.saturating_sub(end % MINUTE);
	if end <= start {
		return Err(SchedulingError::malformed(
			format!("{path}.end"),
			"a minute later than its start, or more",
		));
	}
	Ok(Period::new(start, end))
}

/// An instant, without a fraction where it has none.
pub(super) fn show(moment: Moment, path: &str) -> Result<Value, SchedulingError> {
	let text = instant::write(moment).ok_or_else(|| too_far(path))?;
	Ok(text.replace(".000Z", "Z").into())
}

/// The end of a FHIR `Period`, which is in it.
pub(super) fn show_end(moment: Moment, path: &str) -> Result<Value, SchedulingError> {
	instant::write_end(moment).map(Into::into).ok_or_else(|| too_far(path))
}

fn too_far(path: &str) -> SchedulingError {
	SchedulingError::Inexpressible {
		path: path.into(),
		reason: "FHIR's years end with 9999",
	}
}

/// A JSON object's fields.
pub(super) fn object(value: Value) -> Map<String, Value> {
	match value {
		Value::Object(fields) => fields,
		_ => Map::new(),
	}
}
