//! The check that a file is about the patient it is uploaded for.

use std::{
	collections::{BTreeMap, BTreeSet},
	fs::File,
	io::{BufRead, BufReader, Read},
	path::Path,
};

use salus_primitives::{Media, PatientId};

use super::{dicom, fhir, words, DataDir, Error, FileError, SubjectError};

const FILE: &str = "subjects.json";
/// How much of a file is looked at to tell what it is.
const SNIFFED: u64 = 1 << 20;
/// UTF-8's byte order mark.
const MARK: &[u8] = &[0xef, 0xbb, 0xbf];

type Known = BTreeMap<PatientId, BTreeSet<String>>;

/// The subjects a file names, where its format says so; none for formats that are not read. A file that is called
/// something else but is FHIR or DICOM by its content is read as that.
///
/// # Errors
/// `Unreadable` for a file that is not what its media type says.
pub fn read_subjects(path: &Path, media: Media) -> Result<Option<BTreeSet<String>>, Error> {
	match media {
		Media::FhirJson | Media::Dicom => read_as(path, media).map(Some),
		Media::DicomStudy | Media::Pdf | Media::Cda | Media::Hl7v2 | Media::Opaque => {
			let found = sniff(path).map_err(FileError::at(path))?;
			match found.filter(|found| matches!(found, Media::FhirJson | Media::Dicom)) {
				// What only begins like it is what its owner says.
				Some(found) => Ok(read_as(path, found).ok()),
				None => Ok(None),
			}
		}
	}
}

fn read_as(path: &Path, media: Media) -> Result<BTreeSet<String>, Error> {
	let unreadable = |format| {
		move |reason: String| {
			Error::from(SubjectError::Unreadable {
				path: path.to_owned(),
				format,
				reason,
			})
		}
	};
	if media == Media::Dicom {
		return dicom::subjects(path).map_err(unreadable("DICOM"));
	}
	let fhir = unreadable("FHIR JSON");
	let mut file = File::open(path).map(BufReader::new).map_err(FileError::at(path))?;
	if file.fill_buf().map_err(FileError::at(path))?.starts_with(MARK) {
		file.consume(MARK.len());
	}
	let document: serde_json::Value = match serde_json::from_reader(file) {
		Ok(document) => document,
		Err(error) => return Err(fhir(error.to_string())),
	};
	fhir::subjects(&document).map_err(fhir)
}

/// What a file is, by its first bytes and else by its name.
///
/// # Errors
/// When it can't be read.
pub fn guess_media(path: &Path) -> Result<Media, FileError> {
	if let Some(media) = sniff(path).map_err(FileError::at(path))? {
		return Ok(media);
	}
	let extension = path
		.extension()
		.and_then(|extension| extension.to_str())
		.unwrap_or_default()
		.to_lowercase();
	Ok(match extension.as_str() {
		"json" => Media::FhirJson,
		"dcm" => Media::Dicom,
		"pdf" => Media::Pdf,
		"xml" | "cda" => Media::Cda,
		"hl7" => Media::Hl7v2,
		_ => Media::Opaque,
	})
}

/// What a file is by its first bytes.
fn sniff(path: &Path) -> std::io::Result<Option<Media>> {
	let mut head = Vec::new();
	File::open(path)?.take(SNIFFED).read_to_end(&mut head)?;
	let contains = |word: &[u8]| head.windows(word.len()).any(|bytes| bytes == word);
	let text = head.strip_prefix(MARK).unwrap_or(&head).trim_ascii_start();
	Ok(if head.get(128..132) == Some(b"DICM") {
		Some(Media::Dicom)
	} else if head.starts_with(b"%PDF-") {
		Some(Media::Pdf)
	} else if head.starts_with(b"MSH|") {
		Some(Media::Hl7v2)
	} else if text.starts_with(b"{") && contains(b"\"resourceType\"") {
		Some(Media::FhirJson)
	} else {
		None
	})
}

/// Whom a file is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct About {
	/// The one subject, as the file names it, or as its owner does where the file can't be asked.
	pub(crate) subject: Option<String>,
	/// Whether the file was read for it.
	pub(crate) checked: bool,
}

/// Whom a file is about; `confirmed` is the subject a person gave.
///
/// # Errors
/// `Unreadable`, `Several`, `NotNamed`
pub(crate) fn about(path: &Path, media: Media, confirmed: Option<&str>) -> Result<About, Error> {
	let subjects = read_subjects(path, media)?;
	Ok(About {
		checked: subjects.is_some(),
		subject: match subjects {
			Some(subjects) => check(&subjects, confirmed)?,
			None => confirmed.map(str::to_string),
		},
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
		let known = self.data.read::<Known>(FILE)?;
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
		self.data.update(FILE, |known: &mut Known| {
			known.entry(patient).or_default().insert(digest);
		})
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
		let data = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
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
		let data = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
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
		let patient = b"\xef\xbb\xbf \n{\"id\": \"7\", \"resourceType\": \"Patient\"}";
		for (name, bytes, media) in [
			("scan", dicom.as_slice(), Media::Dicom),
			("letter.bin", b"%PDF-1.7", Media::Pdf),
			("Bundle.JSON", b"{}", Media::FhirJson),
			("bundle", patient, Media::FhirJson),
			("bundle.txt", patient, Media::FhirJson),
			("settings", b"{\"id\": 7}", Media::Opaque),
			("list", b"[\"resourceType\"]", Media::Opaque),
			("unknown", b"", Media::Opaque),
		] {
			assert_eq!(guess_media(&write(name, bytes)).unwrap(), media, "{name}");
		}
		assert!(guess_media(Path::new("/nonexistent")).is_err());
	}

	#[test]
	fn a_subject_that_is_given_for_an_unread_format_is_taken_for_it() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("letter.pdf");
		std::fs::write(&path, b"%PDF-1.7").unwrap();
		let unread = |subject: Option<&str>| About {
			subject: subject.map(str::to_string),
			checked: false,
		};
		assert_eq!(about(&path, Media::Pdf, None).unwrap(), unread(None));
		assert_eq!(about(&path, Media::Pdf, Some("MRN 7")).unwrap(), unread(Some("MRN 7")));
		std::fs::write(&path, "{\"resourceType\": \"Patient\", \"id\": \"7\"}").unwrap();
		let checked = about(&path, Media::Opaque, None).unwrap();
		assert_eq!((checked.subject.as_deref(), checked.checked), (Some("Patient/7"), true));
		assert!(about(&path, Media::Opaque, Some("MRN 7")).is_err());
	}

	#[test]
	fn a_document_is_read_by_its_content_whatever_it_is_called() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("x");
		std::fs::write(&path, "\u{feff}{\"resourceType\": \"Patient\", \"id\": \"7\"}").unwrap();
		for media in [Media::Opaque, Media::Pdf, Media::FhirJson] {
			assert_eq!(read_subjects(&path, media).unwrap(), Some(set(&["Patient/7"])));
		}
		std::fs::write(&path, "{\"resourceType\": broken").unwrap();
		assert_eq!(read_subjects(&path, Media::Opaque).unwrap(), None);
		assert!(read_subjects(&path, Media::FhirJson).is_err());
		assert!(read_subjects(Path::new("/nonexistent"), Media::Opaque).is_err());
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
