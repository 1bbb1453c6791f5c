//! What officers saw when they did something for a patient: off chain, with a salted commitment to it on chain.

use serde::{Deserialize, Serialize};

use super::{
	salt::{fresh_salt, salted},
	DocumentError, Hash, KeyError,
};

/// What the commitment is to; its first word.
const KIND: &[u8] = b"evidence";

/// What opens the commitment of an act. The officers keep it, and show it to the council and to courts, never to the
/// chain.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evidence {
	/// What they saw, in clear.
	pub evidence: String,
	/// 32 random bytes, hex.
	pub evidence_salt: String,
}

impl Evidence {
	/// A text with a fresh salt.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn new(text: &str) -> Result<Self, KeyError> {
		Ok(Self {
			evidence: text.to_string(),
			evidence_salt: fresh_salt()?,
		})
	}

	/// Reads a salt file's text.
	///
	/// # Errors
	/// `Malformed`
	pub fn read(text: &str) -> Result<Self, DocumentError> {
		serde_json::from_str(text).map_err(|error| DocumentError::Malformed {
			what: "salt file",
			reason: error.to_string(),
		})
	}

	/// The commitment to the text.
	///
	/// # Errors
	/// `Malformed` for a salt that is none.
	pub fn commitment(&self) -> Result<Hash, DocumentError> {
		salted(KIND, &self.evidence_salt, &self.evidence)
	}
}

impl std::fmt::Debug for Evidence {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("Evidence(..)")
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn evidence_is_committed_to_with_a_salt_of_its_own() {
		let (first, second) = (
			Evidence::new("passport X1").unwrap(),
			Evidence::new("passport X1").unwrap(),
		);
		assert_ne!(first.commitment().unwrap(), second.commitment().unwrap());

		let kept = serde_json::to_string(&first).unwrap();
		assert_eq!(
			Evidence::read(&kept).unwrap().commitment().unwrap(),
			first.commitment().unwrap()
		);
		let salt = super::super::words::hash(&first.evidence_salt).unwrap();
		let expected = salus_primitives::commitment(b"evidence", &salt.0, b"passport X1");
		assert_eq!(first.commitment().unwrap(), expected);
		assert!(!format!("{first:?}").contains("passport"));
	}

	#[test]
	fn what_is_no_salt_file_opens_nothing() {
		for text in [
			"",
			"{}",
			r#"{"evidence":"x"}"#,
			r#"{"justification":"x","justificationSalt":"0x00"}"#,
		] {
			assert!(
				matches!(Evidence::read(text), Err(DocumentError::Malformed { .. })),
				"{text}"
			);
		}
		let broken = Evidence::read(r#"{"evidence":"x","evidenceSalt":"0x00"}"#).unwrap();
		assert!(matches!(broken.commitment(), Err(DocumentError::Malformed { .. })));
	}
}
