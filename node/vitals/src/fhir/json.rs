//! JSON that keeps what a number's text says, and the order of names: 5.40 comes back as 5.40.

use std::{collections::BTreeSet, fmt};

/// How deep values may be nested.
const MAX_DEPTH: usize = 64;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
	/// `null`.
	Null,
	/// `true` or `false`.
	Bool(bool),
	/// A number, as written.
	Number(String),
	/// A text.
	String(String),
	/// A list.
	Array(Vec<Json>),
	/// Names and values in the order they stand in.
	Object(Vec<(String, Json)>),
}

/// Where and why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {at}")]
pub struct JsonError {
	/// How many bytes are before it.
	pub at: usize,
	/// What is wrong.
	pub reason: &'static str,
}

impl Json {
	/// The value that a text is, all of it. No name stands twice in an object: readers differ in which of two they take.
	///
	/// # Errors
	/// Where the text is no JSON.
	pub fn parse(text: &str) -> Result<Self, JsonError> {
		let text = text.strip_prefix('\u{feff}').unwrap_or(text);
		let mut parser = Parser { text, at: 0 };
		let value = parser.value(0)?;
		parser.blanks();
		match parser.rest().is_empty() {
			true => Ok(value),
			false => Err(parser.wrong("something follows the value")),
		}
	}

	/// A text.
	pub fn text(text: impl Into<String>) -> Self {
		Self::String(text.into())
	}

	/// An object.
	pub fn object<const N: usize>(fields: [(&str, Json); N]) -> Self {
		Self::Object(
			fields
				.into_iter()
				.map(|(name, value)| (name.to_string(), value))
				.collect(),
		)
	}

	/// The value of a name.
	pub fn get(&self, name: &str) -> Option<&Json> {
		match self {
			Self::Object(fields) => fields.iter().find(|(other, _)| other == name).map(|(_, value)| value),
			_ => None,
		}
	}

	/// The value of a name, to change it.
	pub fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
		match self {
			Self::Object(fields) => fields
				.iter_mut()
				.find(|(other, _)| other == name)
				.map(|(_, value)| value),
			_ => None,
		}
	}

	/// The text that it is.
	pub fn as_str(&self) -> Option<&str> {
		match self {
			Self::String(text) => Some(text),
			_ => None,
		}
	}
}

impl fmt::Display for Json {
	/// Without blanks.
	fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
		let quoted = |text: &str| serde_json::to_string(text).map_err(|_| fmt::Error);
		match self {
			Self::Null => formatter.write_str("null"),
			Self::Bool(value) => write!(formatter, "{value}"),
			Self::Number(text) => formatter.write_str(text),
			Self::String(text) => formatter.write_str(&quoted(text)?),
			Self::Array(items) => {
				formatter.write_str("[")?;
				for (place, item) in items.iter().enumerate() {
					let comma = if place == 0 { "" } else { "," };
					write!(formatter, "{comma}{item}")?;
				}
				formatter.write_str("]")
			}
			Self::Object(fields) => {
				formatter.write_str("{")?;
				for (place, (name, value)) in fields.iter().enumerate() {
					let comma = if place == 0 { "" } else { "," };
					write!(formatter, "{comma}{}:{value}", quoted(name)?)?;
				}
				formatter.write_str("}")
			}
		}
	}
}

struct Parser<'a> {
	text: &'a str,
	at: usize,
}

impl<'a> Parser<'a> {
	fn rest(&self) -> &'a str {
		self.text.get(self.at..).unwrap_or_default()
	}

	fn wrong(&self, reason: &'static str) -> JsonError {
		JsonError { at: self.at, reason }
	}

	/// Goes on behind the first `length` bytes and returns them.
	fn take(&mut self, length: usize) -> &'a str {
		let taken = self.rest().get(..length).unwrap_or_default();
		self.at = self.at.saturating_add(taken.len());
		taken
	}

	fn blanks(&mut self) {
		let rest = self.rest();
		self.take(rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len());
	}

	/// Goes on behind a sign, if it is next.
	fn next_is(&mut self, sign: &str) -> bool {
		self.blanks();
		let is_next = self.rest().starts_with(sign);
		if is_next {
			self.take(sign.len());
		}
		is_next
	}

	fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
		if depth > MAX_DEPTH {
			return Err(self.wrong("values are nested too deep"));
		}
		self.blanks();
		match self.rest().bytes().next() {
			Some(b'{') => self.object(depth),
			Some(b'[') => self.array(depth),
			Some(b'"') => self.string().map(Json::String),
			Some(b'-' | b'0'..=b'9') => self.number(),
			_ if self.next_is("null") => Ok(Json::Null),
			_ if self.next_is("true") => Ok(Json::Bool(true)),
			_ if self.next_is("false") => Ok(Json::Bool(false)),
			Some(_) => Err(self.wrong("a value was expected")),
			None => Err(self.wrong("the text ends")),
		}
	}

	fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
		self.take(1);
		let mut fields = Vec::new();
		let mut names = BTreeSet::new();
		if self.next_is("}") {
			return Ok(Json::Object(fields));
		}
		loop {
			self.blanks();
			let name = self.string()?;
			if !names.insert(name.clone()) {
				return Err(self.wrong("a name stands twice in one object"));
			}
			if !self.next_is(":") {
				return Err(self.wrong("a colon was expected"));
			}
			fields.push((name, self.value(depth.saturating_add(1))?));
			if self.next_is("}") {
				return Ok(Json::Object(fields));
			}
			if !self.next_is(",") {
				return Err(self.wrong("a comma or the end of an object was expected"));
			}
		}
	}

	fn array(&mut self, depth: usize) -> Result<Json, JsonError> {
		self.take(1);
		let mut items = Vec::new();
		if self.next_is("]") {
			return Ok(Json::Array(items));
		}
		loop {
			items.push(self.value(depth.saturating_add(1))?);
			if self.next_is("]") {
				return Ok(Json::Array(items));
			}
			if !self.next_is(",") {
				return Err(self.wrong("a comma or the end of a list was expected"));
			}
		}
	}

	fn string(&mut self) -> Result<String, JsonError> {
		if !self.rest().starts_with('"') {
			return Err(self.wrong("a text in quotes was expected"));
		}
		let mut is_escaped = false;
		let is_end = |byte: u8| {
			let ends = byte == b'"' && !is_escaped;
			is_escaped = byte == b'\\' && !is_escaped;
			ends
		};
		let length = self.rest().bytes().skip(1).position(is_end);
		let quoted = length.and_then(|length| self.rest().get(..length.saturating_add(2)));
		let text = quoted.and_then(|quoted| serde_json::from_str(quoted).ok());
		let text = text.ok_or_else(|| self.wrong("a text does not end or has a wrong escape"))?;
		self.take(quoted.map_or(0, str::len));
		Ok(text)
	}

	fn number(&mut self) -> Result<Json, JsonError> {
		let rest = self.rest();
		let is_part = |byte: u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
		let length = rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len());
		let text = rest.get(..length).unwrap_or_default();
		if !is_number(text) {
			return Err(self.wrong("a number is not written as JSON has it"));
		}
		self.take(length);
		Ok(Json::Number(text.to_string()))
	}
}

/// RFC 8259, section 6.
fn is_number(text: &str) -> bool {
	let unsigned = text.strip_prefix('-').unwrap_or(text);
	let (digits, power) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
	let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
	let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
	let leads_with_zero = whole.len() > 1 && whole.starts_with('0');
	let power = power.strip_prefix(['+', '-']).unwrap_or(power);
	are_digits(whole) && are_digits(part) && are_digits(power) && !leads_with_zero
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
	use proptest::prelude::*;

	use super::*;

	#[test]
	fn numbers_and_order_are_kept() {
		let text = r#"{"b":5.40,"a":[1e-7,-0.0,1e999,null,true,{"":"\"\\ü\n"}],"c":{}}"#;
		let spaced = text.replace(',', " ,\n\t").replace(':', " : ");
		assert_eq!(Json::parse(&spaced).unwrap().to_string(), text);
		assert_eq!(Json::parse(r#""\ud83d\ude00""#), Ok(Json::text("😀")));
	}

	#[test]
	fn what_is_no_json_is_refused() {
		for text in [
			"",
			"{",
			"[",
			"[1,]",
			"{\"a\":1,}",
			"{\"a\" 1}",
			"{a:1}",
			"01",
			"1.",
			".5",
			"+1",
			"1e",
			"- 1",
			"nul",
			"\"",
			"\"\\x\"",
			"\"\u{1}\"",
			"\"\\ud800\"",
			"1 2",
			"[1 2]",
			"{\"a\":1 \"b\":2}",
			"{\"a\":1,\"a\":2}",
			"{\"a\":1,\"\\u0061\":2}",
			"NaN",
		] {
			assert!(Json::parse(text).is_err(), "{text}");
		}
		assert!(Json::parse(&"[".repeat(100_000)).is_err());
	}

	proptest! {
		#[test]
		fn nothing_panics_and_what_is_json_is_json_to_others(text in "[\\[\\]{}:,\"\\\\0-9eE.+ \\-a-fnrtul]{0,40}|\\PC{0,30}") {
			if let Ok(value) = Json::parse(&text) {
				prop_assert_eq!(Json::parse(&value.to_string()), Ok(value));
			} else if let Ok(other) = serde_json::from_str::<serde_json::Value>(&text) {
				// Only because a name stands twice.
				prop_assert!(other.to_string().len() < text.len());
			}
		}
	}
}
