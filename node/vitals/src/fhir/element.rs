//! A FHIR element with its path.

use super::{Json, ObservationError};

/// The fields of an element, by name.
#[derive(Clone)]
pub(super) struct Element<'a> {
	pub(super) path: String,
	pub(super) json: &'a Json,
	pub(super) fields: &'a [(String, Json)],
}

impl<'a> Element<'a> {
	pub(super) fn new(json: &'a Json, path: impl Into<String>) -> Result<Self, ObservationError> {
		let path = path.into();
		match json {
			Json::Object(fields) if !fields.is_empty() => Ok(Self { path, json, fields }),
			_ => Err(ObservationError::malformed(path, "an object with elements")),
		}
	}

	/// The path of one of its fields.
	pub(super) fn at(&self, name: &str) -> String {
		let is_plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
		match is_plain {
			true => format!("{}.{name}", self.path),
			// FHIRPath's delimited form.
			false => format!(
				"{}.`{}`",
				self.path,
				name.escape_debug().to_string().replace('`', "\\`")
			),
		}
	}

	pub(super) fn get(&self, name: &str) -> Option<&'a Json> {
		self.json.get(name)
	}

	/// A field that has to be there.
	pub(super) fn need(&self, name: &str, reason: &'static str) -> Result<&'a Json, ObservationError> {
		self.get(name)
			.ok_or_else(|| ObservationError::missing(self.at(name), reason))
	}

	/// A text, where it is there.
	pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, ObservationError> {
		let Some(value) = self.get(name) else {
			return Ok(None);
		};
		let text = value.as_str().filter(|text| !text.trim().is_empty());
		text.map(Some)
			.ok_or_else(|| ObservationError::malformed(self.at(name), "a text"))
	}

	/// A list's items; no list is an empty one.
	pub(super) fn list(&self, name: &str) -> Result<Vec<Element<'a>>, ObservationError> {
		let path = self.at(name);
		let items = match self.get(name) {
			None => return Ok(Vec::new()),
			Some(Json::Array(items)) if !items.is_empty() => items,
			Some(_) => return Err(ObservationError::malformed(path, "a list that is not empty")),
		};
		let item = |(place, item)| Element::new(item, format!("{path}[{place}]"));
		items.iter().enumerate().map(item).collect()
	}

	/// A choice of types, as `value[x]`: the one field whose name begins so.
	pub(super) fn choice(&self, name: &str) -> Result<Option<&'a str>, ObservationError> {
		let begins = |(field, _): &&(String, Json)| field.trim_start_matches('_').starts_with(name);
		let mut chosen = self.fields.iter().filter(begins).map(|(field, _)| field.as_str());
		match (chosen.next(), chosen.next()) {
			(_, Some(second)) => Err(ObservationError::malformed(
				self.at(second),
				"the only one of its choice",
			)),
			(first, None) => Ok(first),
		}
	}

	/// Refuses fields that change what others mean, wherever they stand below.
	pub(super) fn refuse_modifiers(&self) -> Result<(), ObservationError> {
		for (name, value) in self.fields {
			if name == "modifierExtension" || name == "implicitRules" {
				let reason = "it changes the meaning of what a reading would hold";
				return Err(ObservationError::none(self.at(name), reason));
			}
			let below = match value {
				Json::Object(fields) if !fields.is_empty() => vec![Element::new(value, self.at(name))?],
				Json::Array(items) => items
					.iter()
					.enumerate()
					.filter(|(_, item)| matches!(item, Json::Object(fields) if !fields.is_empty()))
					.map(|(place, item)| Element::new(item, format!("{}[{place}]", self.at(name))))
					.collect::<Result<_, _>>()?,
				_ => continue,
			};
			below.iter().try_for_each(Element::refuse_modifiers)?;
		}
		Ok(())
	}
}

/// The codes that a `CodeableConcept` has in a system, with their paths.
pub(super) fn codes<'a>(concept: &Element<'a>, system: &str) -> Result<Vec<(String, &'a str)>, ObservationError> {
	let mut codes = Vec::new();
	for coding in concept.list("coding")? {
		if coding.text("system")? == Some(system) {
			if let Some(code) = coding.text("code")? {
				codes.push((coding.at("code"), code));
			}
		}
	}
	Ok(codes)
}
