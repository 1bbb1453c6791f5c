//! A FHIR element with its path: whoever reads one says first which fields it knows, and any other is refused.

use serde_json::{Map, Value};

use super::ConsentError;

/// The fields of an element, by name.
pub(super) struct Element<'a> {
	pub(super) path: String,
	fields: &'a Map<String, Value>,
}

impl<'a> Element<'a> {
	/// The element at a path, with no other fields than these.
	pub(super) fn new(value: &'a Value, path: impl Into<String>, known: &[&str]) -> Result<Self, ConsentError> {
		let path = path.into();
		let fields = value
			.as_object()
			.filter(|fields| !fields.is_empty())
			.ok_or_else(|| ConsentError::malformed(&path, "an object with elements"))?;
		if let Some(unknown) = fields.keys().find(|name| !known.contains(&name.as_str())) {
			let is_plain = unknown.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
			let name = if is_plain && !unknown.is_empty() {
				unknown.clone()
			} else {
				// FHIRPath's delimited form.
				format!("`{}`", unknown.escape_debug().to_string().replace('`', "\\`"))
			};
			return Err(ConsentError::none(
				format!("{path}.{name}"),
				"the chain does not know this element",
			));
		}
		Ok(Self { path, fields })
	}

	/// The path of one of its fields.
	pub(super) fn at(&self, name: &str) -> String {
		format!("{}.{name}", self.path)
	}

	pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
		self.fields.get(name)
	}

	/// A field that has to be there.
	pub(super) fn need(&self, name: &str, reason: &'static str) -> Result<&'a Value, ConsentError> {
		self.get(name).ok_or_else(|| ConsentError::Missing {
			path: self.at(name),
			reason,
		})
	}

	/// A text, where it is there.
	pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, ConsentError> {
		let Some(value) = self.get(name) else {
			return Ok(None);
		};
		let text = value.as_str().filter(|text| !text.trim().is_empty());
		text.map(Some)
			.ok_or_else(|| ConsentError::malformed(self.at(name), "a text"))
	}

	/// A list's items with their paths; no list is an empty one.
	pub(super) fn list(&self, name: &str) -> Result<Vec<(String, &'a Value)>, ConsentError> {
		let Some(value) = self.get(name) else {
			return Ok(Vec::new());
		};
		let path = self.at(name);
		let items = value
			.as_array()
			.filter(|items| !items.is_empty())
			.ok_or_else(|| ConsentError::malformed(&path, "a list that is not empty"))?;
		let at = |(index, item)| (format!("{path}[{index}]"), item);
		Ok(items.iter().enumerate().map(at).collect())
	}
}

/// A code in its system.
pub(super) struct Code<'a> {
	pub(super) path: String,
	pub(super) system: &'a str,
	pub(super) code: &'a str,
}

/// A `Coding`.
pub(super) fn coding<'a>(value: &'a Value, path: impl Into<String>) -> Result<Code<'a>, ConsentError> {
	let known = ["id", "system", "version", "code", "display", "userSelected"];
	let coding = Element::new(value, path, &known)?;
	let missing = |name: &str| ConsentError::Missing {
		path: coding.at(name),
		reason: "a coding needs its system and its code",
	};
	let system = coding.text("system")?.ok_or_else(|| missing("system"))?;
	let code = coding.text("code")?.ok_or_else(|| missing("code"))?;
	Ok(Code {
		path: coding.path,
		system,
		code,
	})
}

/// The codings of a `CodeableConcept`; a text alone is none.
pub(super) fn concept<'a>(value: &'a Value, path: &str) -> Result<Vec<Code<'a>>, ConsentError> {
	let concept = Element::new(value, path, &["id", "coding", "text"])?;
	concept.need("coding", "a text alone can be read by people only")?;
	let codings = concept.list("coding")?.into_iter();
	codings.map(|(path, value)| coding(value, path)).collect()
}

/// What all codings of a concept mean: each has to be known, and they have to agree.
pub(super) fn meaning<T: PartialEq>(
	value: &Value,
	path: &str,
	reason: &'static str,
	known: impl Fn(&Code) -> Option<T>,
) -> Result<T, ConsentError> {
	let mut agreed = None;
	for code in concept(value, path)? {
		let found = known(&code).ok_or_else(|| ConsentError::none(&code.path, reason))?;
		if agreed.as_ref().is_some_and(|agreed| *agreed != found) {
			return Err(ConsentError::none(
				code.path,
				"the codings of one concept contradict each other",
			));
		}
		agreed = Some(found);
	}
	agreed.ok_or_else(|| ConsentError::malformed(path, "a concept with codings"))
}
