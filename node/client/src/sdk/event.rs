//! Events of a block, as JSON.

use scale_info::{form::PortableForm, PortableRegistry, TypeDef, TypeDefPrimitive, Variant};
use serde_json::{Map, Value};
use subxt::ext::scale_value::{
	scale::{decode_as_type, DecodeError},
	Composite, Primitive, Value as ScaleValue, ValueDef,
};

use super::words;

/// An event that a transaction left.
#[derive(Clone, Debug, PartialEq)]
pub struct EventView {
	/// The pallet.
	pub pallet: String,
	/// The event.
	pub name: String,
	/// Its fields: camelCase names, accounts and hashes as hex, integers beyond 2^53 - 1 as decimal strings.
	pub fields: Value,
}

impl EventView {
	/// Reads an event's fields as the metadata describes them.
	pub(crate) fn read(
		pallet: &str,
		event: &Variant<PortableForm>,
		mut bytes: &[u8],
		types: &PortableRegistry,
	) -> Result<Self, DecodeError> {
		let mut fields = Map::new();
		for (index, field) in event.fields.iter().enumerate() {
			let value = decode_as_type(&mut bytes, field.ty.id, types)?;
			let name = field.name.as_deref().map_or_else(|| index.to_string(), camel);
			fields.insert(name, json(&value, types));
		}
		Ok(Self {
			pallet: pallet.to_string(),
			name: event.name.clone(),
			fields: Value::Object(fields),
		})
	}

	/// A field that is a number.
	pub fn number(&self, field: &str) -> Option<u64> {
		let value = self.fields.get(field)?;
		value.as_u64().or_else(|| value.as_str()?.parse().ok())
	}
}

pub(super) fn json(value: &ScaleValue<u32>, types: &PortableRegistry) -> Value {
	match &value.value {
		ValueDef::Composite(fields) => match types.resolve(value.context).map(|found| &found.type_def) {
			Some(TypeDef::Array(array)) => list(fields, array.type_param.id, types),
			Some(TypeDef::Sequence(sequence)) => list(fields, sequence.type_param.id, types),
			_ => composite(fields, types),
		},
		ValueDef::Variant(variant) => {
			let empty = variant.values.is_empty();
			match (variant.name.as_str(), empty) {
				("None", true) => Value::Null,
				("Some", false) => composite(&variant.values, types),
				(name, true) => Value::String(name.to_string()),
				(name, false) => Value::Object(Map::from_iter([(name.to_string(), composite(&variant.values, types))])),
			}
		}
		ValueDef::BitSequence(bits) => Value::Array(bits.iter().map(Value::Bool).collect()),
		ValueDef::Primitive(primitive) => match primitive {
			Primitive::Bool(value) => Value::Bool(*value),
			Primitive::Char(value) => Value::String(value.to_string()),
			Primitive::String(value) => Value::String(value.clone()),
			Primitive::U128(value) => words::number(*value),
			Primitive::I128(value) => Value::String(value.to_string()),
			Primitive::U256(value) | Primitive::I256(value) => Value::String(words::hex(value)),
		},
	}
}

/// A struct by its fields' names; one around a single nameless field is that field.
fn composite(fields: &Composite<u32>, types: &PortableRegistry) -> Value {
	match fields {
		Composite::Named(fields) => Value::Object(
			fields
				.iter()
				.map(|(name, value)| (camel(name), json(value, types)))
				.collect(),
		),
		Composite::Unnamed(values) => match values.as_slice() {
			[single] => json(single, types),
			values => Value::Array(values.iter().map(|value| json(value, types)).collect()),
		},
	}
}

/// A list; of bytes, as hex.
fn list(fields: &Composite<u32>, item: u32, types: &PortableRegistry) -> Value {
	let of_bytes = types
		.resolve(item)
		.is_some_and(|item| matches!(item.type_def, TypeDef::Primitive(TypeDefPrimitive::U8)));
	if of_bytes {
		let byte = |value: &ScaleValue<u32>| match &value.value {
			ValueDef::Primitive(Primitive::U128(byte)) => u8::try_from(*byte).ok(),
			_ => None,
		};
		return Value::String(words::hex(fields.values().filter_map(byte).collect::<Vec<_>>()));
	}
	Value::Array(fields.values().map(|value| json(value, types)).collect())
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
	use codec::Encode;
	use scale_info::{meta_type, Registry, TypeInfo};
	use serde_json::json;

	#[derive(Encode, TypeInfo)]
	struct Wrapper(Vec<u64>);

	#[derive(Encode, TypeInfo)]
	enum Basis {
		#[allow(dead_code)]
		Subject,
		Grant(u64),
	}

	#[derive(Encode, TypeInfo)]
	enum Event {
		RecordRegistered {
			patient: u64,
			registered_at: u64,
			hash: [u8; 32],
			basis: Basis,
			previous: Option<u64>,
			records: Wrapper,
			cid: Vec<u8>,
			pair: (u8, bool),
		},
	}

	#[test]
	fn fields_become_json_without_loss() {
		let event = Event::RecordRegistered {
			patient: 7,
			registered_at: u64::MAX,
			hash: [0xab; 32],
			basis: Basis::Grant(3),
			previous: None,
			records: Wrapper(vec![1]),
			cid: vec![1, 2],
			pair: (1, true),
		};
		let mut registry = Registry::new();
		let id = registry.register_type(&meta_type::<Event>()).id;
		let types = PortableRegistry::from(registry);
		let TypeDef::Variant(variants) = &types.resolve(id).unwrap().type_def else {
			unreachable!()
		};

		let bytes = event.encode();
		let view = EventView::read(
			"Records",
			variants.variants.first().unwrap(),
			bytes.get(1..).unwrap(),
			&types,
		)
		.unwrap();
		assert_eq!(view.name, "RecordRegistered");
		assert_eq!(
			view.fields,
			json!({
				"patient": 7,
				"registeredAt": u64::MAX.to_string(),
				"hash": format!("0x{}", "ab".repeat(32)),
				"basis": {"Grant": 3},
				"previous": null,
				"records": [1],
				"cid": "0x0102",
				"pair": [1, true],
			})
		);
		assert_eq!(view.number("patient"), Some(7));
		assert_eq!(view.number("registeredAt"), Some(u64::MAX));
		assert_eq!(view.number("basis"), None);
	}
}
