//! Whom a FHIR document is about.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Every subject that a FHIR R4 resource, or the resources of a Bundle, name: Patient resources themselves, and what
/// `subject` and `patient` refer to.
pub(crate) fn subjects(document: &Value) -> Result<BTreeSet<String>, String> {
	if document.get("resourceType").and_then(Value::as_str).is_none() {
		return Err("it has no resourceType".into());
	}
	let mut resources = Vec::new();
	collect(document, None, &mut resources);
	let aliases = resources
		.iter()
		.filter_map(|found| Some((found.full_url?.to_string(), found.patient()?)))
		.collect();

	let mut subjects = BTreeSet::new();
	for found in &resources {
		subjects.extend(found.patient());
		for field in ["subject", "patient"] {
			for reference in values(found.resource.get(field)) {
				subjects.extend(found.subject(reference, &aliases));
			}
		}
	}
	Ok(subjects)
}

/// A resource with the URL that a Bundle gives it.
struct Found<'a> {
	full_url: Option<&'a str>,
	resource: &'a Value,
}

impl Found<'_> {
	/// How a Patient resource is named by others; none for other resources.
	fn patient(&self) -> Option<String> {
		patient_name(self.resource)
			.or_else(|| is_patient(self.resource).then(|| self.full_url.unwrap_or("a Patient without id").to_string()))
	}

	fn subject(&self, reference: &Value, aliases: &BTreeMap<String, String>) -> Option<String> {
		let Some(target) = reference.get("reference").and_then(Value::as_str) else {
			return reference.get("identifier").and_then(identifier);
		};
		if let Some(id) = target.strip_prefix('#') {
			let contained = values(self.resource.get("contained"))
				.find(|resource| resource.get("id").and_then(Value::as_str) == Some(id));
			let named = contained.and_then(|resource| values(resource.get("identifier")).find_map(identifier));
			return Some(named.unwrap_or_else(|| format!("contained {id}")));
		}
		let target = target.split("/_history/").next().unwrap_or(target);
		Some(aliases.get(target).cloned().unwrap_or_else(|| relative(target)))
	}
}

fn collect<'a>(resource: &'a Value, full_url: Option<&'a str>, out: &mut Vec<Found<'a>>) {
	if resource.get("resourceType").and_then(Value::as_str) == Some("Bundle") {
		for entry in values(resource.get("entry")) {
			if let Some(resource) = entry.get("resource") {
				collect(resource, entry.get("fullUrl").and_then(Value::as_str), out);
			}
		}
	} else {
		out.push(Found { full_url, resource });
	}
}

fn is_patient(resource: &Value) -> bool {
	resource.get("resourceType").and_then(Value::as_str) == Some("Patient")
}

fn patient_name(resource: &Value) -> Option<String> {
	let id = resource.get("id").and_then(Value::as_str);
	is_patient(resource)
		.then(|| {
			id.map(|id| format!("Patient/{id}"))
				.or_else(|| values(resource.get("identifier")).find_map(identifier))
		})
		.flatten()
}

/// `http://server/fhir/Patient/7` as `Patient/7`.
fn relative(target: &str) -> String {
	if !target.contains("://") {
		return target.to_string();
	}
	let mut parts = target.rsplit('/');
	match (parts.next(), parts.next()) {
		(Some(id), Some(kind)) if !id.is_empty() && kind.starts_with(char::is_uppercase) => format!("{kind}/{id}"),
		_ => target.to_string(),
	}
}

fn identifier(value: &Value) -> Option<String> {
	let text = |field| value.get(field).and_then(Value::as_str);
	text("value").map(|value| format!("{}|{value}", text("system").unwrap_or_default()))
}

/// A field's values, whether it is a list or not.
fn values(field: Option<&Value>) -> impl Iterator<Item = &Value> {
	let list = field.and_then(Value::as_array);
	let single = field.filter(|_| list.is_none());
	list.into_iter().flatten().chain(single)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use serde_json::json;

	fn names(document: Value) -> Vec<String> {
		subjects(&document).unwrap().into_iter().collect()
	}

	#[test]
	fn a_resource_names_its_subject() {
		let observation = json!({"resourceType": "Observation", "subject": {"reference": "Patient/f201"}});
		assert_eq!(names(observation), ["Patient/f201"]);
		let allergy = json!({"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/1/_history/4"}});
		assert_eq!(names(allergy), ["Patient/1"]);
		assert_eq!(names(json!({"resourceType": "Patient", "id": "7"})), ["Patient/7"]);
		assert!(names(json!({"resourceType": "ValueSet", "id": "7"})).is_empty());
	}

	#[test]
	fn a_bundle_of_one_patient_has_one_subject_however_it_is_named() {
		let bundle = json!({"resourceType": "Bundle", "entry": [
			{"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "7"}},
			{"resource": {"resourceType": "Observation", "subject": {"reference": "urn:uuid:1"}}},
			{"resource": {"resourceType": "Observation", "subject": {"reference": "Patient/7"}}},
			{"resource": {"resourceType": "Condition", "subject": {"reference": "https://ehr.example/fhir/Patient/7"}}},
			{"resource": {"resourceType": "Practitioner", "id": "9"}},
			{"search": {"mode": "match"}},
		]});
		assert_eq!(names(bundle), ["Patient/7"]);
	}

	#[test]
	fn a_bundle_of_two_patients_has_two_subjects() {
		let bundle = json!({"resourceType": "Bundle", "entry": [
			{"resource": {"resourceType": "Observation", "subject": {"reference": "Patient/7"}}},
			{"resource": {"resourceType": "Bundle", "entry": [
				{"resource": {"resourceType": "Immunization", "patient": {"reference": "Patient/8"}}},
			]}},
		]});
		assert_eq!(names(bundle), ["Patient/7", "Patient/8"]);
	}

	#[test]
	fn subjects_in_lists_identifiers_and_contained_resources_count() {
		let list = json!({"resourceType": "X", "subject": [{"reference": "Patient/1"}, {"reference": "Group/2"}]});
		assert_eq!(names(list), ["Group/2", "Patient/1"]);
		let by_identifier =
			json!({"resourceType": "X", "subject": {"identifier": {"system": "urn:mrn", "value": "12"}}});
		assert_eq!(names(by_identifier), ["urn:mrn|12"]);
		let contained = json!({
			"resourceType": "X",
			"contained": [{"resourceType": "Patient", "id": "p", "identifier": [{"system": "urn:mrn", "value": "12"}]}],
			"subject": {"reference": "#p"},
		});
		assert_eq!(names(contained), ["urn:mrn|12"]);
		assert_eq!(
			names(json!({"resourceType": "X", "subject": {"reference": "#q"}})),
			["contained q"]
		);
	}

	#[test]
	fn a_patient_without_id_is_still_somebody() {
		let bundle = json!({"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient"}}]});
		assert_eq!(names(bundle), ["urn:uuid:1"]);
		assert_eq!(names(json!({"resourceType": "Patient"})), ["a Patient without id"]);
	}

	#[test]
	fn what_is_no_resource_is_refused() {
		for document in [json!({}), json!([]), json!(null), json!({"resourceType": 7})] {
			assert!(subjects(&document).is_err());
		}
	}
}
