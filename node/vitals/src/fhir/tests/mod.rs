#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod hl7;
mod plain;
mod refused;

use serde_json::{json, Value};

use super::*;

fn source() -> Source {
	Source {
		genesis: [1; 32],
		device: [2; 32],
		binding: 7,
		next_seq: 40,
	}
}

fn read(document: &Value) -> Result<Observation, ObservationError> {
	from_fhir(document.to_string().as_bytes())
}

/// A heart rate.
fn heart_rate() -> Value {
	json!({
		"resourceType": "Observation",
		"status": "final",
		"category": [{ "coding": [{ "system": read::CATEGORY, "code": "vital-signs" }] }],
		"code": { "coding": [{ "system": read::LOINC, "code": "8867-4" }] },
		"subject": { "reference": "Patient/ada" },
		"effectiveDateTime": "2026-11-21T10:00:00.000Z",
		"valueQuantity": { "value": 72, "unit": "bpm", "system": read::UCUM, "code": "/min" },
	})
}

/// Leaves what was written where `SALUS_FHIR_OUT` says, for a validator of FHIR.
fn leave(name: &str, document: &Json) {
	if let Some(folder) = std::env::var_os("SALUS_FHIR_OUT") {
		let path = std::path::Path::new(&folder).join(format!("{name}.json"));
		std::fs::write(path, document.to_string()).unwrap();
	}
}
