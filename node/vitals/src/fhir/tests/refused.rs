//! Whatever a reading can't hold is refused with its path, and nothing is taken over.

use proptest::prelude::*;

use super::*;

/// The heart rate with a change, and the path it is refused with.
fn path(change: impl Fn(&mut Value)) -> String {
	let mut document = heart_rate();
	change(&mut document);
	let error = read(&document).expect_err(&document.to_string());
	assert!(error.to_string().contains(error.path()), "{error}");
	error.path().to_string()
}

fn set(at: &str, value: Value) -> String {
	path(|document| {
		let (parent, name) = at.rsplit_once('/').unwrap();
		document.pointer_mut(parent).unwrap()[name] = value.clone();
	})
}

fn without(at: &str) -> String {
	path(|document| {
		let (parent, name) = at.rsplit_once('/').unwrap();
		document
			.pointer_mut(parent)
			.unwrap()
			.as_object_mut()
			.unwrap()
			.remove(name);
	})
}

#[test]
fn the_unchanged_one_is_read() {
	assert_eq!(read(&heart_rate()).unwrap().measured.len(), 1);
}

#[test]
fn what_is_missing() {
	assert_eq!(without("/resourceType"), "Observation.resourceType");
	assert_eq!(without("/status"), "Observation.status");
	assert_eq!(without("/category"), "Observation.category");
	assert_eq!(without("/code"), "Observation.code");
	assert_eq!(without("/subject"), "Observation.subject");
	assert_eq!(without("/effectiveDateTime"), "Observation.effectiveDateTime");
	assert_eq!(without("/valueQuantity/value"), "Observation.valueQuantity.value");
	assert_eq!(without("/valueQuantity/code"), "Observation.valueQuantity.code");
	assert_eq!(without("/valueQuantity/system"), "Observation.valueQuantity.system");
}

#[test]
fn what_has_no_counterpart() {
	for status in ["registered", "cancelled", "entered-in-error", "unknown", "done"] {
		assert_eq!(set("/status", status.into()), "Observation.status");
	}
	assert_eq!(
		set("/category/0/coding/0/code", "social-history".into()),
		"Observation.category"
	);
	assert_eq!(set("/subject/reference", "".into()), "Observation.subject.reference");
	assert_eq!(
		set("/valueQuantity/comparator", "<".into()),
		"Observation.valueQuantity.comparator"
	);
	assert_eq!(
		set("/valueQuantity/system", "http://snomed.info/sct".into()),
		"Observation.valueQuantity.system"
	);
	assert_eq!(
		set("/valueQuantity/code", "beats per minute".into()),
		"Observation.valueQuantity.code"
	);
	assert_eq!(
		set("/valueQuantity/_value", json!({"id": "x"})),
		"Observation.valueQuantity._value"
	);
	assert_eq!(
		set("/valueQuantity/value", "72".into()),
		"Observation.valueQuantity.value"
	);
	assert_eq!(
		set("/code/coding/0/code", "8867-5".into()),
		"Observation.code.coding[0].code"
	);
	assert_eq!(
		set("/code/coding/0/system", "http://snomed.info/sct".into()),
		"Observation.code.coding"
	);
	assert_eq!(set("/implicitRules", "http://x".into()), "Observation.implicitRules");
	assert_eq!(
		set("/modifierExtension", json!([{"url": "x"}])),
		"Observation.modifierExtension"
	);
	assert_eq!(
		set("/dataAbsentReason", json!({"text": "x"})),
		"Observation.dataAbsentReason"
	);
	for time in [
		"2026",
		"2026-11",
		"2026-11-21T10:00:00",
		"2026-11-21T10:00:00.0001Z",
		"1969-12-31",
	] {
		assert_eq!(set("/effectiveDateTime", time.into()), "Observation.effectiveDateTime");
	}
	let below = json!([{"code": {"text": "x"}, "referenceRange": [{"modifierExtension": [{"url": "x"}]}]}]);
	assert_eq!(
		set("/component", below),
		"Observation.component[0].referenceRange[0].modifierExtension"
	);
}

#[test]
fn other_kinds_of_values_and_times() {
	let instead = |old: &str, new: &str, value: Value| {
		path(|document| {
			let fields = document.as_object_mut().unwrap();
			fields.remove(old);
			fields.insert(new.into(), value.clone());
		})
	};
	for kind in [
		"valueString",
		"valueBoolean",
		"valueInteger",
		"valueRatio",
		"valueCodeableConcept",
		"valueSampledData",
	] {
		assert_eq!(
			instead("valueQuantity", kind, "x".into()),
			format!("Observation.{kind}")
		);
	}
	assert_eq!(
		instead("effectiveDateTime", "effectivePeriod", json!({"start": "2026"})),
		"Observation.effectivePeriod"
	);
	assert_eq!(
		instead("effectiveDateTime", "_effectiveDateTime", json!({"id": "x"})),
		"Observation._effectiveDateTime"
	);
	assert_eq!(set("/valueString", "both".into()), "Observation.valueString");
	let component =
		json!([{"code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]}, "valueString": "high"}]);
	assert_eq!(set("/component", component), "Observation.component[0].valueString");
	let strange = path(|document| document["value`x"] = 1.into());
	assert_eq!(strange, "Observation.`value\\`x`");
}

#[test]
fn numbers_that_a_reading_does_not_hold() {
	let with = |number: &str| {
		let text = heart_rate()
			.to_string()
			.replace("\"value\":72", &format!("\"value\":{number}"));
		from_fhir(text.as_bytes())
	};
	for number in ["99999999999999999999", "1e200", "-0.0"] {
		assert_eq!(
			with(number).unwrap_err().path(),
			"Observation.valueQuantity.value",
			"{number}"
		);
	}
	assert_eq!(with("72.0").unwrap().measured[0].value, Decimal::new(720, -1));
	assert!(matches!(with("072"), Err(ObservationError::NotJson(_))));
}

#[test]
fn what_is_no_observation() {
	assert_eq!(from_fhir(&vec![b' '; MAX_BYTES + 1]), Err(ObservationError::TooLarge));
	assert!(matches!(from_fhir(b"\xff"), Err(ObservationError::NotJson(_))));
	assert!(matches!(
		from_fhir(b"{\"a\":1,\"a\":2}"),
		Err(ObservationError::NotJson(_))
	));
	assert_eq!(from_fhir(b"[]").unwrap_err().path(), "Observation");
	assert_eq!(set("/resourceType", "Patient".into()), "Observation.resourceType");
	let many: Vec<_> = (0..65)
		.map(|_| json!({"code": heart_rate()["code"], "valueQuantity": heart_rate()["valueQuantity"]}))
		.collect();
	assert_eq!(set("/component", many.into()), "Observation.component");
}

proptest! {
	/// A node of a good Observation is replaced by something else: it comes back equal or is refused with a path.
	#[test]
	fn changed_documents_come_back_equal_or_are_refused(place in 0usize..40, with in prop_oneof![
		Just(json!(null)), Just(json!([])), Just(json!({})), Just(json!("x")), Just(json!(1.5)), Just(json!([{"x": 1}])),
	]) {
		let mut document = heart_rate();
		let mut pointers = Vec::new();
		pointers_of(&document, String::new(), &mut pointers);
		let pointer = &pointers[place % pointers.len()];
		*document.pointer_mut(pointer).unwrap() = with;
		match read(&document) {
			Ok(observation) => {
				let readings = observation.readings(&source()).unwrap();
				let written = observation.frame.fill(&readings).unwrap();
				prop_assert_eq!(written, Json::parse(&document.to_string()).unwrap());
			}
			Err(error) => prop_assert!(error.path().starts_with("Observation")),
		}
	}
}

fn pointers_of(value: &Value, at: String, into: &mut Vec<String>) {
	match value {
		Value::Object(fields) => fields
			.iter()
			.for_each(|(name, value)| pointers_of(value, format!("{at}/{name}"), into)),
		Value::Array(items) => items
			.iter()
			.enumerate()
			.for_each(|(index, value)| pointers_of(value, format!("{at}/{index}"), into)),
		_ => {}
	}
	into.push(at);
}
