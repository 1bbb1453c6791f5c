//! What a person wrote down, in a file of mode 0600: it stays off chain, with a salted commitment to it on chain.

use std::path::Path;

use salus_vault::keystore::{read_private, KeystoreError};

use crate::sdk::{DocumentError, Error, KeyError};

/// The text; an empty one is refused with what should be in it.
pub(crate) fn written(file: &Path, what: &'static str, missing: &str) -> Result<String, Error> {
	let malformed = |reason: &str| {
		Error::from(DocumentError::Malformed {
			what,
			reason: reason.into(),
		})
	};
	let text = match read_private(file) {
		Err(KeystoreError::Damaged(_)) => return Err(malformed("it is no text, or longer than 64 KiB")),
		read => read.map_err(KeyError::from)?,
	};
	if text.trim().is_empty() {
		return Err(malformed(&format!("it is empty; write down {missing}")));
	}
	Ok(text.as_str().to_owned())
}
