//! Real documents: HL7's own FHIR R4 examples, a CT image of pydicom's test files, and pulse waves of heartpy's.

use std::path::PathBuf;

fn inputs() -> PathBuf {
	let folder = std::env::var("SALUS_INPUTS")
		.map(PathBuf::from)
		.unwrap_or_else(|_| PathBuf::from(std::env::var("HOME").unwrap()).join(".cache/salus/inputs"));
	assert!(
		folder.exists(),
		"{} is missing: run scripts/inputs first",
		folder.display()
	);
	folder
}

/// A file of `hl7.fhir.r4.examples`, for example `Bundle-report.json`.
pub fn fhir_example(name: &str) -> PathBuf {
	inputs().join("fhir").join(name)
}

/// A recorded pulse wave of PyPI's `heartpy`, for example `data3.csv`.
pub fn pulse_wave(name: &str) -> PathBuf {
	inputs().join("heartpy").join(name)
}

/// `CT_small.dcm`.
pub fn ct_image() -> PathBuf {
	inputs().join("CT_small.dcm")
}
