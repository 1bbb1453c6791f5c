//! The institution's vault, over HTTP: sealed to the keys that the chain has, and uploaded by the desk's account.

use salus::{seal_batch, upload_batch, Account, BatchUpload, Client, Error, SealedBatch, VaultClient, VaultError};
use salus_primitives::{InstitutionId, PatientId};
use salus_vitals::batch_file::BatchFile;
use tokio::sync::Mutex;

use super::{
	chain::{Failure, NotStored, Vault},
	ledger::Sealed,
	node::connected,
	Closed,
};
use crate::{config, submit::Node, GatewayError};

/// What the vault says of an envelope that has to be made anew: a key was changed since, or the ticket is another.
const STALE: [&str; 3] = ["ForeignCustodyWrap", "ForeignWraps", "WrongVersion"];
/// What it says of one that will never be another.
const NEVER: [&str; 2] = ["TooLarge", "TooLong"];

/// The vault of the configuration.
pub struct HospitalVault {
	node: Node,
	institution: InstitutionId,
	account: Account,
	vault: VaultClient,
	client: Mutex<Option<Client>>,
}

impl HospitalVault {
	/// The vault, and the node that says to whom batches are sealed.
	///
	/// # Errors
	/// `Vault`
	pub fn new(
		node: Node,
		institution: InstitutionId,
		account: Account,
		config: &config::Telemetry,
	) -> Result<Self, GatewayError> {
		let vault = VaultClient::with_roots(config.vault.as_str(), config.vault_ca.as_deref());
		Ok(Self {
			node,
			institution,
			account,
			vault: vault.map_err(|error| GatewayError::Vault(Box::new(error)))?,
			client: Mutex::default(),
		})
	}

	async fn client(&self) -> Result<Client, NotStored> {
		let mut held = self.client.lock().await;
		connected(&mut held, &self.node).await.map_err(NotStored::Later)
	}
}

/// What became of it, by what the SDK says.
fn not_stored(error: Error) -> NotStored {
	let failure = Failure {
		name: error.name(),
		message: error.to_string(),
	};
	let of = |names: &[&str]| names.contains(&failure.name.as_str());
	match &error {
		Error::Vault(VaultError::Refused { .. } | VaultError::Answered { .. }) if of(&STALE) => {
			NotStored::Stale(failure)
		}
		Error::Vault(VaultError::Refused { .. } | VaultError::Answered { .. }) if of(&NEVER) => {
			NotStored::Never(failure)
		}
		// The readings are not this patient's batch, and never will be.
		Error::Put(_) => NotStored::Never(failure),
		_ => NotStored::Later(failure),
	}
}

impl Vault for HospitalVault {
	async fn seal(&self, batch: &Closed, patient: PatientId, file: BatchFile) -> Result<Sealed, NotStored> {
		let client = self.client().await?;
		let upload = BatchUpload {
			institution: self.institution,
			patient,
			first_at: batch.first_at,
			file,
		};
		let sealed = seal_batch(&client, upload).await;
		if matches!(sealed, Err(Error::Connection(_))) {
			*self.client.lock().await = None;
		}
		let sealed = sealed.map_err(not_stored)?;
		let stored = sealed.stored();
		let cid = stored.cid.try_into().map_err(|_| {
			NotStored::Never(Failure {
				name: "CidTooLong".into(),
				message: "the envelope's CID is too long; report this".into(),
			})
		})?;
		Ok(Sealed {
			cid,
			sha256: stored.sha256.into(),
			size: stored.size,
			sealed: sealed.to_bytes(),
		})
	}

	async fn put(&self, sealed: &Sealed) -> Result<(), NotStored> {
		// What does not read back was damaged on the disk: it never left, or it would read.
		let sealed = SealedBatch::from_bytes(&sealed.sealed).map_err(|error| {
			let error = Error::from(error);
			NotStored::Stale(Failure {
				name: error.name(),
				message: error.to_string(),
			})
		})?;
		upload_batch(&self.vault, &sealed, &self.account)
			.await
			.map(|_| ())
			.map_err(not_stored)
	}
}
