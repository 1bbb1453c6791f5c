//! Institutions' HPKE keys as this client first saw them, so that a change doesn't pass unseen.

use std::collections::BTreeMap;

use codec::Encode;
use salus_primitives::{HpkeKey, InstitutionId};

use super::{words, DataDir, Error, PayloadError};

const FILE: &str = "institution-keys.json";

/// What became of a pinned key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChange {
	/// Seen for the first time, and pinned.
	New,
	/// As pinned.
	Same,
	/// Another than pinned, and accepted.
	Accepted {
		/// The key before.
		before: String,
	},
}

/// The pinned keys of one chain.
pub struct Pins<'a> {
	data: &'a DataDir,
}

impl<'a> Pins<'a> {
	/// The pins in this folder.
	pub fn new(data: &'a DataDir) -> Self {
		Self { data }
	}

	/// Compares a key with the pinned one, and pins nothing.
	///
	/// # Errors
	/// As [`check`](Self::check).
	pub fn look(&self, institution: InstitutionId, key: &HpkeKey, accept: bool) -> Result<KeyChange, Error> {
		let pins: BTreeMap<InstitutionId, String> = self.data.read(FILE)?;
		Ok(change(&pins, institution, &words::hex(key.encode()), accept)?)
	}

	/// Compares a key with the pinned one, and pins it where there is none or the change is accepted.
	///
	/// # Errors
	/// `KeyChanged` when it is another and the change is not accepted.
	pub fn check(&self, institution: InstitutionId, key: &HpkeKey, accept: bool) -> Result<KeyChange, Error> {
		let found = words::hex(key.encode());
		let change = self.data.update(FILE, |pins: &mut BTreeMap<InstitutionId, String>| {
			let change = change(pins, institution, &found, accept)?;
			pins.insert(institution, found.clone());
			Ok::<_, PayloadError>(change)
		})?;
		Ok(change?)
	}
}

/// What becomes of a key among these pins.
fn change(
	pins: &BTreeMap<InstitutionId, String>,
	institution: InstitutionId,
	found: &str,
	accept: bool,
) -> Result<KeyChange, PayloadError> {
	match pins.get(&institution) {
		Some(pinned) if pinned == found => Ok(KeyChange::Same),
		Some(pinned) if accept => Ok(KeyChange::Accepted { before: pinned.clone() }),
		Some(pinned) => Err(PayloadError::KeyChanged {
			institution,
			pinned: pinned.clone(),
			found: found.to_string(),
		}),
		None => Ok(KeyChange::New),
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Hash;

	#[test]
	fn a_changed_key_has_to_be_accepted() {
		let base = tempfile::tempdir().unwrap();
		let data = DataDir::open(&base.path().join("data"), &Hash::zero()).unwrap();
		let pins = Pins::new(&data);
		let (one, two) = (HpkeKey::X25519([1; 32]), HpkeKey::X25519([2; 32]));
		assert_eq!(pins.look(0, &one, false).unwrap(), KeyChange::New);
		assert_eq!(
			pins.check(0, &one, false).unwrap(),
			KeyChange::New,
			"a look pins nothing"
		);
		assert!(pins.look(0, &two, false).is_err());
		assert!(matches!(pins.look(0, &two, true), Ok(KeyChange::Accepted { .. })));
		assert_eq!(pins.check(0, &one, false).unwrap(), KeyChange::Same);
		assert!(matches!(
			pins.check(0, &two, false),
			Err(Error::Payload(PayloadError::KeyChanged { .. }))
		));
		assert_eq!(pins.check(0, &one, false).unwrap(), KeyChange::Same);
		assert!(matches!(pins.check(0, &two, true), Ok(KeyChange::Accepted { .. })));
		assert_eq!(pins.check(0, &two, false).unwrap(), KeyChange::Same);
		assert_eq!(pins.check(1, &one, false).unwrap(), KeyChange::New);
	}
}
