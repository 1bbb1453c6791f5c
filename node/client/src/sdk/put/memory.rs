//! Which documents this client registered, so that the same command twice doesn't make two records.

use std::collections::BTreeMap;

use salus_primitives::{Category, PatientId, RecordId};

use crate::sdk::{words, DataDir, FileError};

const FILE: &str = "documents.json";

type Known = BTreeMap<String, RecordId>;

/// Salted digests of document, patient and category, with the record they became.
pub(super) struct Documents<'a> {
	data: &'a DataDir,
	name: String,
}

impl<'a> Documents<'a> {
	/// The place of one document.
	pub(super) fn of(
		data: &'a DataDir,
		document: &[u8; 32],
		patient: PatientId,
		category: Category,
	) -> Result<Self, FileError> {
		let digest = data.salted(&[b"document", document, &patient.to_be_bytes(), &[category as u8]])?;
		Ok(Self {
			data,
			name: words::hex(digest),
		})
	}

	/// The record it became.
	pub(super) fn record(&self) -> Result<Option<RecordId>, FileError> {
		Ok(self.data.read::<Known>(FILE)?.get(&self.name).copied())
	}

	/// Remembers the record it became.
	pub(super) fn remember(&self, record: RecordId) -> Result<(), FileError> {
		self.data.update(FILE, |known: &mut Known| {
			known.insert(self.name.clone(), record);
		})
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Hash;

	#[test]
	fn a_document_is_known_for_its_patient_and_category_only() {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
		let of = |document: u8, patient, category| Documents::of(&data, &[document; 32], patient, category).unwrap();
		assert_eq!(of(1, 7, Category::Imaging).record().unwrap(), None);
		of(1, 7, Category::Imaging).remember(40).unwrap();
		assert_eq!(of(1, 7, Category::Imaging).record().unwrap(), Some(40));
		for other in [
			of(2, 7, Category::Imaging),
			of(1, 8, Category::Imaging),
			of(1, 7, Category::Laboratory),
		] {
			assert_eq!(other.record().unwrap(), None);
		}
		of(1, 7, Category::Imaging).remember(41).unwrap();
		assert_eq!(of(1, 7, Category::Imaging).record().unwrap(), Some(41));
		let text = std::fs::read_to_string(data.file(FILE)).unwrap();
		assert!(!text.contains(&hex::encode([1; 32])));
	}
}
