//! What an officer saw, as options: a text of hers becomes a new salt file, or the salt file of her colleague is read.

use std::path::{Path, PathBuf};

use clap::Args;
use salus_vault::keystore::read_private;

use super::super::written::written;
use crate::sdk::{DocumentError, Error, Evidence, Hash, KeyError};

/// The evidence of an act.
#[derive(Args)]
pub(crate) struct EvidenceFlags {
	/// A text of mode 0600 that says what you saw, such as a passport or a court's order; it never leaves this machine
	/// but in the salt file
	#[arg(long, value_name = "FILE")]
	evidence_file: Option<PathBuf>,
	/// The salt file: a new one with --evidence-file, else the one that opens the act's commitment
	#[arg(long, value_name = "FILE")]
	salts: PathBuf,
}

/// A salt file that is to be written with the act.
pub(crate) struct NewSalts {
	pub(crate) path: PathBuf,
	pub(crate) evidence: Evidence,
}

impl EvidenceFlags {
	/// The commitment, and the salt file that is to be written.
	pub(crate) fn commitment(self) -> Result<(Hash, Option<NewSalts>), Error> {
		let Some(file) = self.evidence_file else {
			return Ok((opening(&self.salts)?, None));
		};
		let missing = "what you saw, such as a passport or a court's order";
		let evidence = Evidence::new(&written(&file, "evidence", missing)?)?;
		let commitment = evidence.commitment()?;
		let salts = NewSalts {
			path: self.salts,
			evidence,
		};
		Ok((commitment, Some(salts)))
	}
}

/// The commitment that a salt file opens.
pub(crate) fn opening(salts: &Path) -> Result<Hash, Error> {
	let text = read_private(salts).map_err(KeyError::from)?;
	Ok(Evidence::read(&text)?.commitment()?)
}

/// Whether a colleague's salt file opens the commitment of the act that waits.
pub(crate) fn check(salts: &Path, evidence: Option<Hash>) -> Result<(), Error> {
	if Some(opening(salts)?) == evidence {
		return Ok(());
	}
	let reason = match evidence {
		Some(_) => "it does not open this act's commitment",
		None => "this act has no evidence",
	};
	Err(DocumentError::Malformed {
		what: "salt file",
		reason: reason.into(),
	}
	.into())
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;
	use std::os::unix::fs::PermissionsExt;

	fn private(path: &Path, text: &str) -> PathBuf {
		std::fs::write(path, text).unwrap();
		std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
		path.to_owned()
	}

	fn flags(evidence_file: Option<PathBuf>, salts: PathBuf) -> EvidenceFlags {
		EvidenceFlags { evidence_file, salts }
	}

	#[test]
	fn what_was_seen_is_opened_by_its_salt_file_and_by_no_other() {
		let folder = tempfile::tempdir().unwrap();
		let seen = private(&folder.path().join("seen.txt"), "passport X1\n");
		let new = folder.path().join("new.json");
		let (commitment, salts) = flags(Some(seen), new.clone()).commitment().unwrap();
		let salts = salts.unwrap();
		assert_eq!(salts.path, new);
		assert!(!new.exists(), "it is written with the act");
		let kept = private(&new, &serde_json::to_string(&salts.evidence).unwrap());
		let (read, none) = flags(None, kept.clone()).commitment().unwrap();
		assert!(read == commitment && none.is_none());
		check(&kept, Some(commitment)).unwrap();
	}

	#[test]
	fn a_salt_file_of_something_else_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let evidence = Evidence::new("passport X1").unwrap();
		let text = serde_json::to_string(&evidence).unwrap();
		let salts = private(&folder.path().join("salts.json"), &text);
		for other in [None, Some(Hash::zero())] {
			let error = check(&salts, other).unwrap_err();
			assert_eq!((error.name().as_str(), error.exit_code()), ("Malformed", exit::LOCAL));
		}
		let missing = flags(None, folder.path().join("none")).commitment().err().unwrap();
		assert_eq!(missing.exit_code(), exit::LOCAL);
		let empty = private(&folder.path().join("empty"), " \n");
		let error = flags(Some(empty), folder.path().join("new"))
			.commitment()
			.err()
			.unwrap();
		assert!(error.to_string().contains("a court's order"), "{error}");
	}
}
