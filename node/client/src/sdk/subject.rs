//! The check that a file is about the patient it is uploaded for.

use std::{
	collections::{BTreeMap, BTreeSet},
	fs::File,
	io::{BufReader, Read},
	path::Path,
};

use salus_primitives::{Media, PatientId};

use super::{dicom, fhir, words, DataDir, Error, FileError, SubjectError};

const FILE: &str = "subjects.json";

/// The subjects a file names, where its format says so; none for formats that are not read.
///
/// # Errors
/// `Unreadable` for a file that is not what its media type says.
pub fn read_subjects(path: &Path, media: Media) -> Result<Option<BTreeSet<String>>, Error> {
	let unreadable = |format| {
		move |reason: String| SubjectError::Unreadable {
			path: path.to_owned(),
			format,
			reason,
		}
	};
	match media {
		Media::FhirJson => {
			let file = File::open(path).map_err(FileError::at(path))?;
			let document = serde_json::from_reader(BufReader::new(file))
				.map_err(|error| unreadable("FHIR JSON")(error.to_string()))?;
			Ok(Some(fhir::subjects(&document).map_err(unreadable("FHIR JSON"))?))
		}
		Media::Dicom => Ok(Some(dicom::subjects(path).map_err(unreadable("DICOM"))?)),
		Media::DicomStudy | Media::Pdf | Media::Cda | Media::Hl7v2 | Media::Opaque => Ok(None),
	}
}

/// What a file is, by its first bytes and its name.
///
/// # Errors
/// When it can't be read.
pub fn guess_media(path: &Path) -> Result<Media, FileError> {
	let mut head = Vec::new();
	File::open(path)
		.and_then(|file| file.take(132).read_to_end(&mut head))
		.map_err(FileError::at(path))?;
	let extension = path
		.extension()
		.and_then(|extension| extension.to_str())
		.unwrap_or_default()
		.to_lowercase();
	Ok(match extension.as_str() {
		_ if head.ends_with(b"DICM") && head.len() == 132 => Media::Dicom,
		_ if head.starts_with(b"%PDF-") => Media::Pdf,
		_ if head.starts_with(b"MSH|") => Media::Hl7v2,
		"json" => Media::FhirJson,
		"dcm" => Media::Dicom,
		"pdf" => Media::Pdf,
		"xml" | "cda" => Media::Cda,
		"hl7" => Media::Hl7v2,
		_ => Media::Opaque,
	})
}

/// The one subject of a file: refuses several, unless the right one is confirmed.
///
/// # Errors
/// `Several`, `NotNamed`
pub fn check(subjects: &BTreeSet<String>, confirmed: Option<&str>) -> Result<Option<String>, SubjectError> {
	let named = || subjects.iter().cloned().collect::<Vec<_>>();
	match confirmed {
		Some(wanted) if subjects.contains(wanted) => Ok(Some(wanted.to_string())),
		Some(wanted) => Err(SubjectError::NotNamed {
			wanted: wanted.to_string(),
			found: named(),
		}),
		None if subjects.len() > 1 => Err(SubjectError::Several(named())),
		None => Ok(subjects.first().cloned()),
	}
}

/// What this client remembers of the subjects of earlier files: salted digests only.
pub struct SubjectMemory<'a> {
	data: &'a DataDir,
}

impl<'a> SubjectMemory<'a> {
	/// The memory in this folder.
	pub fn new(data: &'a DataDir) -> Self {
		Self { data }
	}

	/// Compares a subject with those of earlier files for this patient.
	///
	/// # Errors
	/// `Other` when it is new, there were earlier ones, and it is not confirmed.
	pub fn compare(&self, patient: PatientId, subject: &str, confirmed: bool) -> Result<(), Error> {
		let digest = self.digest(patient, subject)?;
		let known = self.data.read::<BTreeMap<PatientId, BTreeSet<String>>>(FILE)?;
		let other = known
			.get(&patient)
			.is_some_and(|subjects| !subjects.is_empty() && !subjects.contains(&digest));
		if other && !confirmed {
			return Err(SubjectError::Other {
				patient,
				found: subject.to_string(),
			}
			.into());
		}
		Ok(())
	}

	/// Remembers a subject of this patient, once a file of hers was registered.
	///
	/// # Errors
	/// When it can't be written.
	pub fn remember(&self, patient: PatientId, subject: &str) -> Result<(), FileError> {
		let digest = self.digest(patient, subject)?;
		let mut known = self.data.read::<BTreeMap<PatientId, BTreeSet<String>>>(FILE)?;
		if known.entry(patient).or_default().insert(digest) {
			self.data.write(FILE, &known)?;
		}
		Ok(())
	}

	fn digest(&self, patient: PatientId, subject: &str) -> Result<String, FileError> {
		let digest = self
			.data
			.salted(&[b"subject", &patient.to_be_bytes(), subject.as_bytes()])?;
		Ok(words::hex(digest))
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Hash;

	fn set(names: &[&str]) -> BTreeSet<String> {
		names.iter().map(ToString::to_string).collect()
	}

	#[test]
	fn a_file_of_several_people_needs_a_confirmation() {
		assert_eq!(check(&set(&["a"]), None).unwrap().as_deref(), Some("a"));
		assert_eq!(check(&set(&[]), None).unwrap(), None);
		assert!(matches!(check(&set(&["a", "b"]), None), Err(SubjectError::Several(_))));
		assert_eq!(check(&set(&["a", "b"]), Some("b")).unwrap().as_deref(), Some("b"));
		assert!(matches!(
			check(&set(&["a"]), Some("c")),
			Err(SubjectError::NotNamed { .. })
		));
	}

	#[test]
	fn another_person_than_before_needs_a_confirmation() {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(base.path(), &Hash::zero()).unwrap();
		let memory = SubjectMemory::new(&data);
		memory.compare(1, "Patient/a", false).unwrap();
		memory.remember(1, "Patient/a").unwrap();
		memory.compare(1, "Patient/a", false).unwrap();
		assert!(matches!(
			memory.compare(1, "Patient/b", false),
			Err(Error::Subject(SubjectError::Other { patient: 1, .. }))
		));
		memory.compare(1, "Patient/b", true).unwrap();
		memory.compare(2, "Patient/b", false).unwrap();
		memory.remember(1, "Patient/b").unwrap();
		memory.compare(1, "Patient/b", false).unwrap();
		memory.compare(1, "Patient/a", false).unwrap();
	}

	#[test]
	fn no_subject_stands_in_the_memory() {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(base.path(), &Hash::zero()).unwrap();
		SubjectMemory::new(&data).remember(1, "Patient/a").unwrap();
		assert!(!std::fs::read_to_string(data.file(FILE)).unwrap().contains("Patient/a"));
	}

	#[test]
	fn files_are_told_by_content_and_name() {
		let folder = tempfile::tempdir().unwrap();
		let write = |name: &str, bytes: &[u8]| {
			let path = folder.path().join(name);
			std::fs::write(&path, bytes).unwrap();
			path
		};
		let dicom = [vec![0; 128], b"DICM".to_vec(), vec![1, 2, 3]].concat();
		assert_eq!(guess_media(&write("scan", &dicom)).unwrap(), Media::Dicom);
		assert_eq!(guess_media(&write("letter.bin", b"%PDF-1.7")).unwrap(), Media::Pdf);
		assert_eq!(guess_media(&write("Bundle.JSON", b"{}")).unwrap(), Media::FhirJson);
		assert_eq!(guess_media(&write("unknown", b"")).unwrap(), Media::Opaque);
		assert!(guess_media(Path::new("/nonexistent")).is_err());
	}

	#[test]
	fn a_file_that_is_not_what_it_says_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("x.json");
		for text in ["", "{", "[]", "{\"resourceType\":1}"] {
			std::fs::write(&path, text).unwrap();
			let refused = read_subjects(&path, Media::FhirJson).unwrap_err();
			assert!(
				matches!(refused, Error::Subject(SubjectError::Unreadable { .. })),
				"{text}"
			);
			assert!(read_subjects(&path, Media::Dicom).is_err());
		}
		assert!(read_subjects(&path, Media::Opaque).unwrap().is_none());
	}
}
