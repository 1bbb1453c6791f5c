//! Events of a block, as JSON.

use serde_json::{Map, Value};
use subxt::ext::scale_value::{Composite, Primitive, Value as ScaleValue, ValueDef};

use super::words;

/// An event that a transaction left.
#[derive(Clone, Debug, PartialEq)]
pub struct EventView {
	/// The pallet.
	pub pallet: String,
	/// The event.
	pub name: String,
	/// Its fields: camelCase names, accounts and hashes as hex, integers over 2^53 as decimal strings.
	pub fields: Value,
}

impl EventView {
	/// Reads an event's fields.
	pub(crate) fn new(pallet: &str, name: &str, fields: &Composite<()>) -> Self {
		Self {
			pallet: pallet.to_string(),
			name: name.to_string(),
			fields: composite(fields),
		}
	}

	/// A field that is a number.
	pub fn number(&self, field: &str) -> Option<u64> {
		let value = self.fields.get(field)?;
		value.as_u64().or_else(|| value.as_str()?.parse().ok())
	}
}

fn composite<T>(fields: &Composite<T>) -> Value {
	match fields {
		Composite::Named(fields) => {
			let named = fields.iter().map(|(name, value)| (camel(name), json(value)));
			Value::Object(named.collect::<Map<_, _>>())
		}
		Composite::Unnamed(values) => {
			if let Some(bytes) = bytes(values) {
				return Value::String(words::hex(bytes));
			}
			match values.as_slice() {
				[] => Value::Array(Vec::new()),
				[single] => json(single),
				values => Value::Array(values.iter().map(json).collect()),
			}
		}
	}
}

fn json<T>(value: &ScaleValue<T>) -> Value {
	match &value.value {
		ValueDef::Composite(fields) => composite(fields),
		ValueDef::Variant(variant) => {
			let empty = variant.values.is_empty();
			match (variant.name.as_str(), empty) {
				("None", true) => Value::Null,
				("Some", false) => composite(&variant.values),
				(name, true) => Value::String(name.to_string()),
				(name, false) => Value::Object(Map::from_iter([(name.to_string(), composite(&variant.values))])),
			}
		}
		ValueDef::BitSequence(bits) => Value::Array(bits.iter().map(Value::Bool).collect()),
		ValueDef::Primitive(primitive) => match primitive {
			Primitive::Bool(value) => Value::Bool(*value),
			Primitive::Char(value) => Value::String(value.to_string()),
			Primitive::String(value) => Value::String(value.clone()),
			Primitive::U128(value) => number(*value),
			Primitive::I128(value) => Value::String(value.to_string()),
			Primitive::U256(value) | Primitive::I256(value) => Value::String(words::hex(value)),
		},
	}
}

/// Sixteen numbers that fit a byte, or more, are a hash or a key and no list.
fn bytes<T>(values: &[ScaleValue<T>]) -> Option<Vec<u8>> {
	if values.len() < 16 {
		return None;
	}
	values
		.iter()
		.map(|value| match &value.value {
			ValueDef::Primitive(Primitive::U128(byte)) => u8::try_from(*byte).ok(),
			_ => None,
		})
		.collect()
}

/// A number as JSON holds it without loss.
pub(crate) fn number(value: u128) -> Value {
	match u64::try_from(value) {
		Ok(small) if small <= (1 << 53) => Value::from(small),
		_ => Value::String(value.to_string()),
	}
}

/// `recorded_at` as `recordedAt`.
pub(crate) fn camel(name: &str) -> String {
	let mut out = String::with_capacity(name.len());
	let mut upper = false;
	for letter in name.chars() {
		if letter == '_' {
			upper = true;
		} else if upper {
			out.extend(letter.to_uppercase());
			upper = false;
		} else {
			out.push(letter);
		}
	}
	out
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use serde_json::json;

	#[test]
	fn fields_become_json_without_loss() {
		let fields = Composite::named([
			("patient", ScaleValue::u128(7)),
			("registered_at", ScaleValue::u128(u128::from(u64::MAX))),
			(
				"hash",
				ScaleValue::unnamed_composite((0..32).map(|_| ScaleValue::u128(0xab))),
			),
			("basis", ScaleValue::unnamed_variant("Grant", [ScaleValue::u128(3)])),
			("status", ScaleValue::unnamed_variant("Current", [])),
			("previous", ScaleValue::unnamed_variant("None", [])),
			(
				"records",
				ScaleValue::unnamed_composite([ScaleValue::u128(1), ScaleValue::u128(2)]),
			),
		]);
		let event = EventView::new("Records", "RecordRegistered", &fields);
		assert_eq!(
			event.fields,
			json!({
				"patient": 7,
				"registeredAt": u64::MAX.to_string(),
				"hash": format!("0x{}", "ab".repeat(32)),
				"basis": {"Grant": 3},
				"status": "Current",
				"previous": null,
				"records": [1, 2],
			})
		);
		assert_eq!(event.number("patient"), Some(7));
		assert_eq!(event.number("registeredAt"), Some(u64::MAX));
		assert_eq!(event.number("status"), None);
	}
}
