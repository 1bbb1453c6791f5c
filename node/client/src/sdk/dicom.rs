//! Whom a DICOM file is about.

use std::{collections::BTreeSet, path::Path};

use dicom_object::{OpenFileOptions, Tag};

const PATIENT_ID: Tag = Tag(0x0010, 0x0020);
const PIXEL_DATA: Tag = Tag(0x7fe0, 0x0010);

/// The file's PatientID, if it has one. The picture is not read.
pub(crate) fn subjects(path: &Path) -> Result<BTreeSet<String>, String> {
	let object = OpenFileOptions::new()
		.read_until(PIXEL_DATA)
		.open_file(path)
		.map_err(|error| error.to_string())?;
	let id = match object.get(PATIENT_ID) {
		Some(element) => element.to_str().map_err(|error| error.to_string())?.trim().to_string(),
		None => String::new(),
	};
	Ok(Some(id).filter(|id| !id.is_empty()).into_iter().collect())
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	/// A DICOM part 10 file in explicit little-endian with these data elements.
	fn file(elements: &[(Tag, &[u8; 2], &str)]) -> tempfile::NamedTempFile {
		let element = |tag: Tag, vr: &[u8; 2], value: &str| {
			let padding = if *vr == *b"UI" { '\0' } else { ' ' };
			let mut value = value.to_string();
			if value.len() % 2 == 1 {
				value.push(padding);
			}
			let length = u16::try_from(value.len()).unwrap();
			[
				tag.0.to_le_bytes().as_slice(),
				&tag.1.to_le_bytes(),
				vr,
				&length.to_le_bytes(),
				value.as_bytes(),
			]
			.concat()
		};
		let meta = [
			element(Tag(2, 2), b"UI", "1.2.840.10008.5.1.4.1.1.2"),
			element(Tag(2, 3), b"UI", "1.2.3"),
			element(Tag(2, 0x10), b"UI", "1.2.840.10008.1.2.1"),
			element(Tag(2, 0x12), b"UI", "1.2.3.4"),
		]
		.concat();
		let mut bytes = vec![0; 128];
		bytes.extend_from_slice(b"DICM");
		bytes.extend_from_slice(&[2, 0, 0, 0]);
		bytes.extend_from_slice(b"UL\x04\0");
		bytes.extend_from_slice(&u32::try_from(meta.len()).unwrap().to_le_bytes());
		bytes.extend(meta);
		for (tag, vr, value) in elements {
			bytes.extend(element(*tag, vr, value));
		}
		let file = tempfile::NamedTempFile::new().unwrap();
		std::fs::write(file.path(), bytes).unwrap();
		file
	}

	#[test]
	fn a_file_names_its_patient() {
		let file = file(&[
			(Tag(0x10, 0x10), b"PN", "CompressedSamples^CT1"),
			(PATIENT_ID, b"LO", "1CT1"),
		]);
		assert_eq!(subjects(file.path()).unwrap().into_iter().collect::<Vec<_>>(), ["1CT1"]);
	}

	#[test]
	fn a_file_without_a_patient_names_nobody() {
		let without = file(&[(Tag(0x10, 0x10), b"PN", "Anonymous")]);
		assert!(subjects(without.path()).unwrap().is_empty());
		let blank = file(&[(PATIENT_ID, b"LO", "  ")]);
		assert!(subjects(blank.path()).unwrap().is_empty());
	}

	#[test]
	fn what_is_no_dicom_file_is_refused() {
		let file = tempfile::NamedTempFile::new().unwrap();
		std::fs::write(file.path(), b"{}").unwrap();
		assert!(subjects(file.path()).is_err());
		assert!(subjects(Path::new("/nonexistent")).is_err());
	}
}
