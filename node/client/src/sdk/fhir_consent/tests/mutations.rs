//! Whatever is done to a valid Consent: it is read or refused with a path, and nothing panics.

use proptest::{prelude::*, sample::Index};
use serde_json::{json, Value};

use super::{
	terms::{read_again, statement, written},
	*,
};

/// What a mutation puts where something stood.
fn anything() -> impl Strategy<Value = Value> {
	prop_oneof![
		Just(Value::Null),
		Just(json!({})),
		Just(json!([])),
		Just(json!([{}])),
		any::<bool>().prop_map(Value::from),
		any::<i64>().prop_map(Value::from),
		any::<f64>().prop_map(Value::from),
		".{0,12}".prop_map(Value::from),
		proptest::sample::select(vec![
			"deny",
			"permit",
			"active",
			"OPTIN",
			"2016",
			"2016-02-30",
			"0000-01-01T00:00:00Z",
			"1600",
			"9999",
			"2016-06-23T17:02:60Z",
			"9999-12-31T23:59:59.999-14:00",
			"CST",
			"N",
			"-1",
			"256",
			"use",
			"é",
		])
		.prop_map(Value::from),
		Just(json!({ "provision": [{ "type": "deny" }] })),
		Just(json!({ "start": "9999", "end": "0001" })),
	]
}

/// Every place in a document, as a JSON pointer.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
	all.push(at.into());
	match value {
		Value::Object(fields) => fields.iter().for_each(|(name, value)| {
			places(
				value,
				&format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
				all,
			)
		}),
		Value::Array(items) => items
			.iter()
			.enumerate()
			.for_each(|(index, value)| places(value, &format!("{at}/{index}"), all)),
		_ => {}
	}
}

/// How a document is changed at a place.
#[derive(Clone, Debug)]
enum Change {
	Replace(Value),
	Remove,
	Rename(String),
	Repeat,
}

fn change() -> impl Strategy<Value = Change> {
	prop_oneof![
		4 => anything().prop_map(Change::Replace),
		2 => Just(Change::Remove),
		1 => "[a-zA-Z_` ]{0,8}".prop_map(Change::Rename),
		1 => Just(Change::Repeat),
	]
}

fn mutate(document: &mut Value, at: &Index, change: Change) {
	let mut all = Vec::new();
	places(document, "", &mut all);
	let pointer = at.get(&all).clone();
	match change {
		Change::Replace(value) => *document.pointer_mut(&pointer).unwrap() = value,
		Change::Repeat => {
			if let Some(Value::Array(items)) = document.pointer_mut(&pointer) {
				items.extend(items.clone());
			}
		}
		Change::Remove | Change::Rename(_) => {
			let Some((parent, name)) = pointer.rsplit_once('/') else {
				return;
			};
			match document.pointer_mut(parent) {
				Some(Value::Object(fields)) => {
					let removed = fields.remove(&name.replace("~1", "/").replace("~0", "~"));
					if let (Change::Rename(name), Some(value)) = (change, removed) {
						fields.insert(name, value);
					}
				}
				Some(Value::Array(items)) => drop(items.remove(name.parse().unwrap())),
				_ => {}
			}
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]
	#[test]
	fn a_mutated_consent_is_read_or_refused_with_a_path(
		statement in statement(),
		changes in proptest::collection::vec((any::<Index>(), change()), 1..4),
		untyped in proptest::option::of(proptest::sample::select(vec![RuleType::Permit, RuleType::Deny])),
	) {
		let mut document = written(&statement);
		for (at, change) in changes {
			mutate(&mut document, &at, change);
		}
		match from_fhir(document.to_string().as_bytes(), &super::terms::Everybody, untyped) {
			// What was understood can be said again, and is understood as the same.
			Ok(reading) => match to_fhir(&reading.consent, &super::terms::Everybody) {
				Ok(again) => prop_assert_eq!(read_again(&again).unwrap().consent, reading.consent),
				Err(error) => prop_assert!(matches!(error, ConsentError::Inexpressible { .. }), "{:?}", error),
			},
			Err(error) => prop_assert!(error.path() == "Consent" || error.path().starts_with("Consent."), "{}", error),
		}
	}

	#[test]
	fn mutated_text_is_read_or_refused_with_a_path(
		statement in statement(),
		at in any::<Index>(),
		byte in any::<u8>(),
	) {
		let mut text = written(&statement).to_string().into_bytes();
		let at = at.index(text.len());
		text[at] = byte;
		if let Err(error) = from_fhir(&text, &super::terms::Everybody, None) {
			prop_assert!(error.path().starts_with("Consent"), "{}", error);
		}
	}
}

#[test]
fn sizes_and_depths_are_bounded() {
	let large = vec![b' '; 10_000_000];
	assert_eq!(from_fhir(&large, &directory(), None), Err(ConsentError::TooLarge));
	let deep = [b"{\"a\":".repeat(100_000), b"1".to_vec()].concat();
	assert!(matches!(
		from_fhir(&deep, &directory(), None),
		Err(ConsentError::NotJson(_))
	));
	let data: Vec<_> = (0..17)
		.map(|_| json!({ "meaning": "instance", "reference": { "reference": "DocumentReference/7" } }))
		.collect();
	let refused = |provision| read(&with(provision), &directory()).unwrap_err();
	let path = "Consent.provision.data".to_string();
	let too_many = ConsentError::TooMany { path, most: 16 };
	assert_eq!(refused(json!({ "type": "permit", "data": data })), too_many);
	let labels: Vec<_> = (0..32)
		.map(|drawer: u8| coding(codes::COMPARTMENT, &drawer.to_string()))
		.collect();
	let path = "Consent.provision".to_string();
	let too_many = ConsentError::TooMany { path, most: 31 };
	assert_eq!(
		refused(json!({ "type": "deny", "securityLabel": labels.clone() })),
		too_many
	);
	let both = json!({ "type": "deny", "securityLabel": labels[..6].to_vec(),
		"actor": [actor("CST", "Organization/a"), actor("PRCP", "Organization/b"), actor("PRCP", "Practitioner/bob")] });
	assert_eq!(read(&with(both), &directory()).unwrap().consent.denials.len(), 12);
	let nested: Vec<_> = (0..32).map(|_| json!({ "type": "deny" })).collect();
	let path = "Consent.provision.provision[31]".to_string();
	let too_many = ConsentError::TooMany { path, most: 31 };
	assert_eq!(refused(json!({ "provision": nested })), too_many);
}
