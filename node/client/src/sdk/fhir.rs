//! Whom a FHIR document is about.
//!
//! A reference to a Patient names a subject, wherever it stands: in `subject` and `patient`, but also in `Task.for`,
//! `Coverage.beneficiary`, `Appointment.participant.actor`, `List.entry.item`, in contained resources. Some references
//! name people who take part and need not be the subject: a mother who signs for her child, the holder of the policy
//! that covers it, another record of the same person ([`ROLES`]). Those count only where nothing else names anybody.
//! So a child's Coverage under its father's policy, a FamilyMemberHistory and a Person with two Patient records pass,
//! and two people's Coverages in one Bundle do not. A Bundle that carries a relative's own Patient resource names two
//! people; a person confirms which of them it is about.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Elements of R4 in which a Patient takes part, wherever they stand on the way to the reference.
const ROLES: [&str; 35] = [
	"agent",
	"asserter",
	"attester",
	"author",
	"basis",
	"enterer",
	"expressedBy",
	"extension",
	"focus",
	"guarantor",
	"informationSource",
	LINK,
	"modifierExtension",
	"operator",
	"orderer",
	"owner",
	"payee",
	"payor",
	"performer",
	"policyHolder",
	"provision",
	"receiver",
	"recipient",
	"recorder",
	"related",
	"reporter",
	"requester",
	"sender",
	"signature",
	"signer",
	"source",
	"sourcePatientInfo",
	"subscriber",
	"verifier",
	"who",
];
/// The same, where it is the element that holds the reference: `CareTeam.participant.member`, but not
/// `Group.member.entity`.
const LAST_ROLES: [&str; 2] = ["member", "party"];
/// `Patient.link` and `Person.link`: other records of the same person.
const LINK: &str = "link";

/// Every subject that a FHIR R4 resource, or the resources of a Bundle, name.
pub(crate) fn subjects(document: &Value) -> Result<BTreeSet<String>, String> {
	if kind(document).is_none() {
		return Err("it has no resourceType".into());
	}
	let mut resources = Vec::new();
	collect(document, None, &mut resources);
	let aliases = resources
		.iter()
		.filter_map(|found| Some((found.full_url?.to_string(), found.patient()?)))
		.collect();

	let mut named = Named::default();
	for found in &resources {
		named.about.extend(found.patient());
		let walk = Walk {
			resource: found.resource,
			aliases: &aliases,
		};
		walk.fields(found.resource, &[], &mut named);
	}
	Ok(named.subjects())
}

/// The people a document names.
#[derive(Default)]
struct Named {
	about: BTreeSet<String>,
	roles: BTreeSet<String>,
	links: Vec<String>,
}

impl Named {
	fn subjects(self) -> BTreeSet<String> {
		if !self.about.is_empty() {
			return self.about;
		}
		if !self.roles.is_empty() {
			return self.roles;
		}
		// All are records of one person.
		self.links.into_iter().take(1).collect()
	}

	fn add(&mut self, path: &[&str], name: String) {
		if path.contains(&LINK) {
			self.links.push(name);
		} else if path.iter().any(|element| ROLES.contains(element))
			|| path.last().is_some_and(|element| LAST_ROLES.contains(element))
		{
			self.roles.insert(name);
		} else {
			self.about.insert(name);
		}
	}
}

/// A way through a resource: `#` references lead to what it contains.
struct Walk<'a> {
	resource: &'a Value,
	aliases: &'a BTreeMap<String, String>,
}

impl<'a> Walk<'a> {
	/// Looks at an element and all below it; `path` leads to it from the resource it belongs to.
	fn element(&self, element: &'a Value, path: &[&'a str], named: &mut Named) {
		match element {
			Value::Array(items) => items.iter().for_each(|item| self.element(item, path, named)),
			Value::Object(_) if kind(element).is_none() => {
				let is_subject = matches!(path, ["subject" | "patient"]);
				if let Some(name) = self.name(element, is_subject) {
					named.add(path, name);
				}
				self.fields(element, path, named);
			}
			Value::Object(_) if path.last() == Some(&"contained") => self.fields(element, &[], named),
			Value::Object(_) => {
				named.about.extend(patient_name(element));
				let walk = Walk {
					resource: element,
					aliases: self.aliases,
				};
				walk.fields(element, &[], named);
			}
			_ => {}
		}
	}

	fn fields(&self, element: &'a Value, path: &[&'a str], named: &mut Named) {
		for (name, value) in element.as_object().into_iter().flatten() {
			self.element(value, &[path, &[name.as_str()]].concat(), named);
		}
	}

	/// The person a reference leads to; none when it leads elsewhere. What stands in `subject` or `patient` is taken for
	/// one.
	fn name(&self, reference: &Value, is_subject: bool) -> Option<String> {
		let is_person = is_subject || reference.get("type").and_then(Value::as_str) == Some("Patient");
		let Some(target) = reference.get("reference").and_then(Value::as_str) else {
			return reference.get("identifier").filter(|_| is_person).and_then(identifier);
		};
		if target == "#" {
			return patient_name(self.resource);
		}
		if let Some(id) = target.strip_prefix('#') {
			let contained = values(self.resource.get("contained"))
				.find(|resource| resource.get("id").and_then(Value::as_str) == Some(id));
			if !is_person && !contained.is_some_and(is_patient) {
				return None;
			}
			let known = contained.and_then(|resource| values(resource.get("identifier")).find_map(identifier));
			return Some(known.unwrap_or_else(|| format!("contained {id}")));
		}
		let target = target.split("/_history/").next().unwrap_or(target);
		if let Some(name) = self.aliases.get(target) {
			return Some(name.clone());
		}
		let name = relative(target);
		let is_person = is_person || name.starts_with("Patient/") || name.starts_with("Patient?");
		is_person.then_some(name)
	}
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
}

fn collect<'a>(resource: &'a Value, full_url: Option<&'a str>, out: &mut Vec<Found<'a>>) {
	if kind(resource) == Some("Bundle") {
		for entry in values(resource.get("entry")) {
			if let Some(resource) = entry.get("resource") {
				collect(resource, entry.get("fullUrl").and_then(Value::as_str), out);
			}
		}
	} else {
		out.push(Found { full_url, resource });
	}
}

/// The type of a resource; none for what is no resource.
fn kind(resource: &Value) -> Option<&str> {
	resource.get("resourceType").and_then(Value::as_str)
}

fn is_patient(resource: &Value) -> bool {
	kind(resource) == Some("Patient")
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
	fn whoever_a_clinical_resource_is_about_is_named_wherever_it_says_so() {
		let patient = json!({"reference": "Patient/1"});
		for resource in [
			json!({"resourceType": "Task", "for": patient, "requester": {"reference": "Practitioner/1"}}),
			json!({"resourceType": "Coverage", "beneficiary": patient}),
			json!({"resourceType": "Appointment", "participant": [{"actor": {"reference": "Location/1"}}, {"actor": patient}]}),
			json!({"resourceType": "List", "entry": [{"item": patient}]}),
			json!({"resourceType": "ResearchSubject", "individual": patient}),
			json!({"resourceType": "EnrollmentRequest", "candidate": {"reference": "https://a.example/Patient/1"}}),
			json!({"resourceType": "AuditEvent", "entity": [{"what": patient}]}),
			json!({"resourceType": "Provenance", "agent": [{"who": patient}]}),
			json!({"resourceType": "DocumentReference", "author": [patient]}),
			json!({"resourceType": "X", "contained": [{"resourceType": "Y", "id": "y", "subject": patient}]}),
			json!({"resourceType": "Parameters", "parameter": [{"resource": {"resourceType": "Patient", "id": "1"}}]}),
			json!({"resourceType": "Patient", "id": "1", "contained": [{"resourceType": "Y", "subject": {"reference": "#"}}]}),
		] {
			assert_eq!(names(resource.clone()), ["Patient/1"], "{resource}");
		}
		let by_type = json!({"resourceType": "X", "owner": {"type": "Patient", "identifier": {"value": "12"}}});
		assert_eq!(names(by_type), ["|12"]);
		let task = json!({"resourceType": "Task", "focus": {"reference": "ServiceRequest/1"}});
		assert!(names(task).is_empty());
	}

	#[test]
	fn two_peoples_coverages_are_of_two_people() {
		let coverage = |id: &str| json!({"resource": {"resourceType": "Coverage", "beneficiary": {"reference": format!("Patient/{id}")}}});
		let bundle = json!({"resourceType": "Bundle", "entry": [coverage("1"), coverage("2")]});
		assert_eq!(names(bundle), ["Patient/1", "Patient/2"]);
		let list = json!({"resourceType": "List", "entry": [{"item": {"reference": "Patient/1"}}, {"item": {"reference": "Patient/2"}}]});
		assert_eq!(names(list), ["Patient/1", "Patient/2"]);
		let alias = json!({"resourceType": "Bundle", "entry": [
			{"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "1"}},
			{"resource": {"resourceType": "Task", "for": {"reference": "urn:uuid:1"}}},
			{"resource": {"resourceType": "Task", "for": {"reference": "Patient/2"}}},
		]});
		assert_eq!(names(alias), ["Patient/1", "Patient/2"]);
	}

	#[test]
	fn family_and_other_records_of_the_same_person_pass() {
		let child = json!({"reference": "Patient/child"});
		let father = json!({"reference": "Patient/father"});
		for resource in [
			json!({"resourceType": "Coverage", "beneficiary": child, "subscriber": father, "policyHolder": father, "payor": [father]}),
			json!({"resourceType": "RelatedPerson", "patient": child}),
			json!({"resourceType": "FamilyMemberHistory", "patient": child, "extension": [{"valueReference": father}]}),
			json!({"resourceType": "Consent", "patient": child, "performer": [father], "provision": {"actor": [{"reference": father}]}}),
			json!({"resourceType": "Observation", "subject": child, "focus": [father]}),
			json!({"resourceType": "Account", "subject": [child], "guarantor": [{"party": father}]}),
			json!({"resourceType": "CareTeam", "subject": child, "participant": [{"member": father}]}),
			json!({"resourceType": "Patient", "id": "child", "link": [{"other": father, "type": "seealso"}]}),
			json!({"resourceType": "Person", "link": [{"target": child}, {"target": father}]}),
			json!({"resourceType": "Bundle", "entry": [
				{"resource": {"resourceType": "Observation", "subject": child}},
				{"resource": {"resourceType": "Provenance", "agent": [{"who": father}]}},
			]}),
		] {
			assert_eq!(names(resource.clone()), ["Patient/child"], "{resource}");
		}
		let group = json!({"resourceType": "Group", "member": [{"entity": child}, {"entity": father}]});
		assert_eq!(names(group).len(), 2);
	}

	/// Whether anything in it refers to a Patient, told by the text alone.
	fn refers_to_a_patient(value: &Value) -> bool {
		match value {
			Value::Array(items) => items.iter().any(refers_to_a_patient),
			Value::Object(fields) => {
				let target = fields.get("reference").and_then(Value::as_str).unwrap_or_default();
				target.starts_with("Patient/")
					|| target.contains("/Patient/")
					|| fields.values().any(refers_to_a_patient)
			}
			_ => false,
		}
	}

	fn examples() -> std::path::PathBuf {
		let inputs = std::env::var_os("SALUS_INPUTS").map(std::path::PathBuf::from);
		let home = || std::path::PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/salus/inputs");
		inputs.unwrap_or_else(home).join("fhir")
	}

	#[test]
	fn every_example_of_hl7_that_refers_to_a_patient_names_somebody() {
		let (mut seen, mut several) = (0, Vec::new());
		for entry in std::fs::read_dir(examples()).expect("run scripts/inputs first") {
			let path = entry.unwrap().path();
			let name = path.file_name().unwrap().to_string_lossy().into_owned();
			let document = std::fs::read(&path)
				.ok()
				.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
			let Some(document) = document.filter(|document| kind(document).is_some()) else {
				continue;
			};
			let found = subjects(&document).unwrap();
			if name == "Bundle-report.json" {
				assert_eq!(found.iter().collect::<Vec<_>>(), ["Patient/genetics-example1"]);
			}
			if found.len() > 1 {
				several.push(name.clone());
			}
			let mut resources = Vec::new();
			collect(&document, None, &mut resources);
			for Found { resource, .. } in resources {
				if refers_to_a_patient(resource) {
					seen += 1;
					assert!(!subjects(resource).unwrap().is_empty(), "{name}: {:?}", kind(resource));
				}
			}
		}
		assert!(seen > 900, "{seen}");
		several.sort();
		assert_eq!(
			several,
			[
				"Bundle-10bb101f-a121-4264-a920-67be9cb82c74.json",
				"Bundle-3a0707d3-549e-4467-b8b8-5a2ab3800efe.json",
				"Bundle-72ac8493-52ac-41bd-8d5d-7258c289b5ea.json",
				"Bundle-b248b1b2-1686-4b94-9936-37d7a5f94b51.json",
				"Bundle-bundle-references.json",
				"Bundle-bundle-transaction.json",
				"Group-102.json",
				"ImplementationGuide-fhir.json",
				"List-long.json",
				"TestScript-testscript-example-history.json",
				"TestScript-testscript-example-update.json",
				"ig-r4.json",
			]
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
