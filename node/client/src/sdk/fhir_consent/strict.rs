//! JSON in which no name stands twice: readers differ in which of two they take.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The document, with or without a byte order mark.
pub(crate) fn parse(json: &[u8]) -> Result<Value, serde_json::Error> {
	let json = json.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(json);
	serde_json::from_slice(json).map(|Strict(document)| document)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		deserializer.deserialize_any(Document).map(Self)
	}
}

struct Document;

impl<'de> Visitor<'de> for Document {
	type Value = Value;

	fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
		formatter.write_str("JSON")
	}

	fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
		Ok(Value::Bool(value))
	}

	fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
		Ok(value.into())
	}

	fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
		Ok(value.into())
	}

	fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
		let number = Number::from_f64(value).ok_or_else(|| E::custom("a number that is none"))?;
		Ok(Value::Number(number))
	}

	fn visit_str<E>(self, value: &str) -> Result<Value, E> {
		Ok(value.into())
	}

	fn visit_unit<E>(self) -> Result<Value, E> {
		Ok(Value::Null)
	}

	fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
		let mut list = Vec::new();
		while let Some(Strict(item)) = items.next_element()? {
			list.push(item);
		}
		Ok(Value::Array(list))
	}

	fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
		let mut object = Map::new();
		while let Some((name, Strict(value))) = fields.next_entry::<String, _>()? {
			if object.contains_key(&name) {
				return Err(A::Error::custom(format!("`{name}` stands twice")));
			}
			object.insert(name, value);
		}
		Ok(Value::Object(object))
	}
}
