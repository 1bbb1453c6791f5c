//! Where decrypted batches come from: a file, or the vault for whom consent permits.

use std::path::Path;

use clap::Args;
use salus_primitives::{AnchorId, InstitutionId, PatientId, Purpose, ReceiptId};
use salus_vitals::batch_file::BatchFile;
use zeroize::Zeroizing;

use crate::{
	cli::{acting::acting, session::Session},
	sdk::{open_batches, words, Client, Error, FileError, OpenBatches, VitalsError},
};

/// How many batches one access is about.
const AT_ONCE: usize = 64;

/// As whom, and why, batches are opened.
#[derive(Args)]
pub(super) struct Access {
	/// The institution you act for; not as the patient or who stands by her
	#[arg(long)]
	institution: Option<InstitutionId>,
	/// Why; treatment for an institution, else the patient's own request
	#[arg(long, value_parser = words::word::<Purpose>)]
	purpose: Option<Purpose>,
	/// Go on under the receipt of an earlier access to these batches, without taking another use of the consent
	#[arg(long)]
	receipt: Option<ReceiptId>,
}

impl Access {
	/// Asks for access to a patient's batches, fetches and decrypts them, each compared with its anchor.
	pub(super) async fn open(
		&self,
		session: &Session,
		client: &Client,
		patient: PatientId,
		anchors: &[AnchorId],
	) -> Result<Vec<(AnchorId, BatchFile)>, Error> {
		if self.receipt.is_some() && anchors.len() > AT_ONCE {
			return Err(Error::Usage(format!(
				"one receipt is about {AT_ONCE} batches at most; name a shorter time with --from and --to"
			)));
		}
		let acting = acting(session, client, self.institution, patient).await?;
		let vault = session.vault()?;
		let mut opened = Vec::with_capacity(anchors.len());
		for anchors in anchors.chunks(AT_ONCE) {
			let wanted = OpenBatches {
				patient,
				anchors: anchors.to_vec(),
				purpose: self.purpose.unwrap_or(acting.purpose),
				receipt: self.receipt,
			};
			opened.extend(open_batches(client, &vault, &acting.actor, &wanted).await?);
		}
		Ok(opened)
	}
}

/// A decrypted batch in a file.
pub(super) fn read(path: &Path) -> Result<BatchFile, Error> {
	let bytes = Zeroizing::new(std::fs::read(path).map_err(FileError::at(path))?);
	BatchFile::decode(&bytes).map_err(|error| {
		VitalsError::NoBatch {
			path: path.to_owned(),
			error,
		}
		.into()
	})
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;

	#[test]
	fn a_file_that_is_no_batch_is_told_apart_from_one_that_is_missing() {
		let file = tempfile::NamedTempFile::new().unwrap();
		std::fs::write(file.path(), b"SBAT\x02").unwrap();
		let error = read(file.path()).err().unwrap();
		assert_eq!((error.name().as_str(), error.exit_code()), ("NoBatch", exit::LOCAL));
		assert!(error.to_string().contains("version 2"), "{error}");
		let missing = read(Path::new("/nonexistent/x.batch")).err().unwrap();
		assert_eq!(missing.exit_code(), exit::LOCAL);
	}
}
