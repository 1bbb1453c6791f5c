#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod chain;
mod hl7;
mod operations;
mod refused;

use salus_primitives::{Moment, MINUTE};
use serde_json::{json, Value};

use super::*;
use crate::sdk::{
	fhir_consent::{DirectoryMap, Entity},
	words,
};

fn account(byte: u8) -> AccountId {
	AccountId::from([byte; 32])
}

fn at(text: &str) -> Moment {
	words::moment(text).unwrap()
}

/// Whoever HL7's examples refer to. Location 1 is a clinic with a calendar of its own, as its Schedule says.
fn everybody() -> DirectoryMap {
	DirectoryMap::new()
		.with("Patient/example", Entity::Patient(2))
		.with("Practitioner/1", Entity::Account(account(1)))
		.with("Practitioner/example", Entity::Account(account(2)))
		.with("Practitioner/f202", Entity::Account(account(3)))
		.with("Location/1", Entity::Account(account(4)))
		.with("Schedule/example", Entity::Account(account(4)))
}

fn at_hospital(directory: &DirectoryMap) -> Context<'_> {
	Context {
		directory,
		institution: Some(10),
	}
}

fn read_value(document: &Value, directory: &DirectoryMap) -> Result<Reading, SchedulingError> {
	from_fhir(document.to_string().as_bytes(), &at_hospital(directory))
}

fn appointment_of(reading: &Reading) -> AppointmentTerms {
	match &reading.terms {
		Terms::Appointment(terms) => terms.clone(),
		other => panic!("{other:?}"),
	}
}

/// Leaves what was written where `SALUS_FHIR_OUT` says, for a validator of FHIR.
fn leave(name: &str, document: &Value) {
	if let Some(folder) = std::env::var_os("SALUS_FHIR_OUT") {
		let path = std::path::Path::new(&folder).join(format!("{name}.json"));
		std::fs::write(path, document.to_string()).unwrap();
	}
}
