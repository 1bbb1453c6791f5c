//! Batches of readings: a gateway seals them and puts them into its hospital's vault, whom consent permits opens them.

mod open;
mod seal;

use salus_primitives::{InstitutionId, Moment, PatientId};
use salus_vitals::batch_file::BatchFile;

use super::{vault::good_from_now, Account, Client, Error, Upload, VaultClient};

pub use open::{open_batches, OpenBatches};
pub use seal::{seal_batch, SealedBatch};

/// A batch of readings to upload.
pub struct BatchUpload {
	/// The institution whose device measured, which keeps it.
	pub institution: InstitutionId,
	/// Whom it measured.
	pub patient: PatientId,
	/// The time of the earliest reading.
	pub first_at: Moment,
	/// The readings, and the secret under which they were hashed.
	pub file: BatchFile,
}

/// Where a batch is: what its anchor says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBatch {
	/// The ciphertext's CID, binary.
	pub cid: Vec<u8>,
	/// Its SHA-256.
	pub sha256: [u8; 32],
	/// Its bytes.
	pub size: u64,
}

/// Seals a batch and uploads it. Each call seals anew: what has to survive a crash is sealed by [`seal_batch`] and kept.
///
/// # Errors
/// As [`seal_batch`] and [`upload_batch`].
pub async fn put_batch(
	client: &Client,
	vault: &VaultClient,
	batch: BatchUpload,
	signer: &Account,
) -> Result<StoredBatch, Error> {
	let sealed = seal_batch(client, batch).await?;
	upload_batch(vault, &sealed, signer).await
}

/// Uploads a sealed batch, signed by somebody at the institution's desk. The same again changes nothing; the vault keeps
/// it for its anchor until an hour after the ticket ended, which is twelve hours from now.
///
/// # Errors
/// `Refused` with the vault's reason, `MayNotAnchor` among them; `NoVault`, `Interrupted`. Where the institution or the
/// patient has another key by now the vault answers `ForeignCustodyWrap`, and the batch is to be sealed anew.
pub async fn upload_batch(vault: &VaultClient, sealed: &SealedBatch, signer: &Account) -> Result<StoredBatch, Error> {
	let ticket = good_from_now(&sealed.ticket);
	let upload = Upload::sign(&ticket, &sealed.wraps, signer);
	let payload = std::io::Cursor::new(sealed.payload.clone());
	vault.upload_from(&upload, payload, ()).await?;
	Ok(sealed.stored())
}
