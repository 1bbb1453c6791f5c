//! Whom and what FHIR references mean on the chain.

use std::collections::BTreeMap;

use salus_primitives::{InstitutionId, PatientId, RecordId};

use super::AccountId;

/// Somebody on the chain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entity {
	/// A patient.
	Patient(PatientId),
	/// An account: a practitioner's, a related person's.
	Account(AccountId),
	/// An institution.
	Institution(InstitutionId),
}

/// Which records a reference to data means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
	/// The resource itself.
	Instance,
	/// It and what it refers to.
	Related,
	/// It and what refers to it.
	Dependents,
}

/// A caller's knowledge of who is who.
pub trait Directory {
	/// Whom a reference means.
	fn entity(&self, reference: &str) -> Option<Entity>;
	/// Which records a reference means; for `Related` and `Dependents` all that belong to it.
	fn records(&self, reference: &str, meaning: Meaning) -> Option<Vec<RecordId>>;
	/// A reference to somebody.
	fn reference(&self, entity: &Entity) -> Option<String>;
	/// A reference to a record.
	fn record(&self, record: RecordId) -> Option<String>;
}

/// A directory in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectoryMap {
	entities: BTreeMap<String, Entity>,
	records: BTreeMap<(String, Meaning), Vec<RecordId>>,
	references: BTreeMap<Entity, String>,
	of_records: BTreeMap<RecordId, String>,
}

impl DirectoryMap {
	/// An empty one.
	pub fn new() -> Self {
		Self::default()
	}

	/// Adds a reference to somebody; the first for each is the one that is written.
	pub fn with(mut self, reference: impl Into<String>, entity: Entity) -> Self {
		let reference = reference.into();
		self.references
			.entry(entity.clone())
			.or_insert_with(|| reference.clone());
		self.entities.insert(reference, entity);
		self
	}

	/// Adds a reference to data; the first `Instance` of one record is the one that is written.
	pub fn with_records(mut self, reference: impl Into<String>, meaning: Meaning, records: Vec<RecordId>) -> Self {
		let reference = reference.into();
		if let (Meaning::Instance, [record]) = (meaning, records.as_slice()) {
			self.of_records.entry(*record).or_insert_with(|| reference.clone());
		}
		self.records.insert((reference, meaning), records);
		self
	}
}

impl Directory for DirectoryMap {
	fn entity(&self, reference: &str) -> Option<Entity> {
		self.entities.get(reference).cloned()
	}

	fn records(&self, reference: &str, meaning: Meaning) -> Option<Vec<RecordId>> {
		self.records.get(&(reference.to_string(), meaning)).cloned()
	}

	fn reference(&self, entity: &Entity) -> Option<String> {
		self.references.get(entity).cloned()
	}

	fn record(&self, record: RecordId) -> Option<String> {
		self.of_records.get(&record).cloned()
	}
}
