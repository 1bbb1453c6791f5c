//! The written justification of a break-glass case: off chain, with a salted commitment to it on chain.

use serde::{Deserialize, Serialize};

use super::{
	salt::{fresh_salt, salted},
	DocumentError, Hash, KeyError,
};

/// What the commitment is to; its first word.
const KIND: &[u8] = b"justification";

/// What opens the commitment of a case. It stays with whoever broke the glass, and she shows it to the privacy officer
/// and the council, never to the chain.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Justification {
	/// What she wrote, in clear.
	pub justification: String,
	/// 32 random bytes, hex.
	pub justification_salt: String,
}

impl Justification {
	/// A text with a fresh salt.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn new(text: &str) -> Result<Self, KeyError> {
		Ok(Self {
			justification: text.to_string(),
			justification_salt: fresh_salt()?,
		})
	}

	/// The commitment to the text.
	///
	/// # Errors
	/// `Malformed` for a salt that is none.
	pub fn commitment(&self) -> Result<Hash, DocumentError> {
		salted(KIND, &self.justification_salt, &self.justification)
	}
}

impl std::fmt::Debug for Justification {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("Justification(..)")
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn a_justification_is_committed_to_with_a_salt_of_its_own() {
		let (first, second) = (
			Justification::new("no pulse").unwrap(),
			Justification::new("no pulse").unwrap(),
		);
		assert_ne!(first.commitment().unwrap(), second.commitment().unwrap());

		let kept = serde_json::to_string(&first).unwrap();
		let read: Justification = serde_json::from_str(&kept).unwrap();
		assert_eq!(read.commitment().unwrap(), first.commitment().unwrap());
		let other = Justification {
			justification: "no pulse.".into(),
			..read
		};
		assert_ne!(other.commitment().unwrap(), first.commitment().unwrap());
		assert!(!format!("{first:?}").contains("pulse"));
	}

	#[test]
	fn what_is_no_salt_opens_nothing() {
		let broken = Justification {
			justification: "no pulse".into(),
			justification_salt: "0x00".into(),
		};
		assert!(matches!(broken.commitment(), Err(DocumentError::Malformed { .. })));
	}
}
