//! What stays with the client of a resource, and how it comes back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::sdk::fhir_consent::Note;

/// What a resource says beyond its terms: names, reasons, comments, places. It is the client's to keep, and never goes on
/// chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
	/// The elements that the terms don't hold, and those that say the same in another form.
	pub(super) resource: Map<String, Value>,
	/// The elements of the terms as they stood when it was read.
	pub(super) held: Map<String, Value>,
	/// Those of them that the resource did not have.
	pub(super) absent: Vec<String>,
}

impl Carried {
	/// Of this resource, whose terms say so much of it.
	pub(super) fn of(resource: Map<String, Value>, held: Map<String, Value>) -> Self {
		let absent = held
			.keys()
			.filter(|name| !resource.contains_key(*name))
			.cloned()
			.collect();
		let differs = |(name, value): &(String, Value)| held.get(name) != Some(value);
		Self {
			resource: resource.into_iter().filter(differs).collect(),
			absent,
			held,
		}
	}

	/// Which elements the terms say otherwise than when it was read.
	pub(super) fn changed(&self, now: &Map<String, Value>) -> Vec<String> {
		let names = now
			.keys()
			.chain(self.held.keys().filter(|name| !now.contains_key(*name)));
		names
			.filter(|name| now.get(*name) != self.held.get(*name))
			.cloned()
			.collect()
	}

	/// The resource, as its terms say it now: what did not change keeps its form.
	pub(super) fn with(&self, now: &Map<String, Value>, kind: &str, notes: &mut Vec<Note>) -> Map<String, Value> {
		let mut merged = self.resource.clone();
		for (name, value) in now.iter().filter(|(name, _)| !self.absent.contains(name)) {
			merged.entry(name.clone()).or_insert_with(|| value.clone());
		}
		for name in self.changed(now) {
			merged.remove(&format!("_{name}"));
			match now.get(&name) {
				Some(value) => {
					merged.insert(name, value.clone());
				}
				None => {
					merged.remove(&name);
					let text = "left out: it is so no longer";
					let path = format!("{kind}.{name}");
					notes.push(Note { path, text });
				}
			}
		}
		merged
	}
}

/// Takes out what told the resource as it was before.
pub(super) fn forget(merged: &mut Map<String, Value>, kind: &str, names: &[&str], notes: &mut Vec<Note>) {
	for name in names {
		if merged.remove(*name).is_some() {
			notes.push(Note {
				path: format!("{kind}.{name}"),
				text: "left out: it told how things were before",
			});
		}
	}
}
