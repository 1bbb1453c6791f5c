#![allow(clippy::unwrap_used)]

mod hl7;
mod mutations;
mod refused;
mod terms;

use salus_primitives::{Moment, DAY};
use serde_json::{json, Value};

use super::*;

/// 2015-01-01.
const YEAR_2015: Moment = 1_420_070_400_000;

fn account(byte: u8) -> AccountId {
	AccountId::from([byte; 32])
}

fn read(document: &Value, directory: &DirectoryMap) -> Result<Reading, ConsentError> {
	from_fhir(document.to_string().as_bytes(), directory, None)
}

/// A Consent that opts out, with a provision, under which anything that names nobody is for institution 1.
fn with(provision: Value) -> Value {
	json!({
		"resourceType": "Consent",
		"status": "active",
		"scope": { "coding": [{ "system": codes::SCOPE, "code": "patient-privacy" }] },
		"category": [{ "coding": [{ "system": codes::LOINC, "code": "59284-0" }] }],
		"patient": { "reference": "Patient/ada" },
		"dateTime": "2026-11-21",
		"organization": [{ "reference": "Organization/a" }],
		"policyRule": { "coding": [{ "system": codes::ACT_CODE, "code": "OPTOUT" }] },
		"provision": provision,
	})
}

fn coding(system: &str, code: &str) -> Value {
	json!({ "system": system, "code": code })
}

fn actor(role: &str, reference: &str) -> Value {
	json!({ "role": { "coding": [coding(codes::PARTICIPATION, role)] }, "reference": { "reference": reference } })
}

/// Ada is patient 0; hospitals a and b are institutions 1 and 2; Bob practises.
fn directory() -> DirectoryMap {
	DirectoryMap::new()
		.with("Patient/ada", Entity::Patient(0))
		.with("Patient/eve", Entity::Patient(5))
		.with("Organization/a", Entity::Institution(1))
		.with("Organization/b", Entity::Institution(2))
		.with("Practitioner/bob", Entity::Account(account(1)))
		.with_records("DocumentReference/7", Meaning::Instance, vec![7])
		.with_records("ServiceRequest/8", Meaning::Related, vec![8, 9])
}

/// Leaves what was written where `SALUS_FHIR_OUT` says, for a validator of FHIR.
fn leave(name: &str, document: &Value) {
	if let Some(folder) = std::env::var_os("SALUS_FHIR_OUT") {
		let path = std::path::Path::new(&folder).join(format!("{name}.json"));
		std::fs::write(path, document.to_string()).unwrap();
	}
}
