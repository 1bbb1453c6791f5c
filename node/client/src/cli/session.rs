//! What all commands share: where the node is, who signs, where this client keeps its files.

use std::path::PathBuf;

use clap::Args;
use salus_primitives::PatientId;
use salus_vault::keystore::Strength;

use super::{passphrase, report::Report};
use crate::sdk::{
	open_key, words, Account, Client, ConnectOptions, DataDir, Error, Hash, Identity, KeyError, PatientKeys,
	VaultClient,
};

/// Options of every command.
#[derive(Args, Clone, Debug)]
pub(crate) struct Global {
	/// The node's WebSocket URL
	#[arg(
		long,
		global = true,
		env = "SALUS_URL",
		default_value = "ws://127.0.0.1:9944",
		overrides_with = "url",
		help_heading = "Connection"
	)]
	pub(crate) url: String,
	/// The vault's HTTP URL
	#[arg(
		long,
		global = true,
		env = "SALUS_VAULT",
		default_value = "http://127.0.0.1:9946",
		overrides_with = "vault",
		help_heading = "Connection"
	)]
	pub(crate) vault: String,
	/// Refuse any chain but the one with this genesis hash
	#[arg(long, global = true, env = "SALUS_GENESIS", value_parser = words::hash, help_heading = "Connection")]
	pub(crate) genesis: Option<Hash>,
	/// Your key file
	#[arg(
		long,
		global = true,
		env = "SALUS_KEY",
		value_name = "FILE",
		help_heading = "Signing"
	)]
	pub(crate) key: Option<PathBuf>,
	/// A file of mode 0600 with the passphrase; asked for on the terminal otherwise
	#[arg(long, global = true, value_name = "FILE", help_heading = "Signing")]
	pub(crate) passphrase_file: Option<PathBuf>,
	/// Allow well-known keys, weak key files and SALUS_PASSPHRASE, on a development chain only
	#[arg(long, global = true, help_heading = "Signing")]
	pub(crate) dev: bool,
	/// A well-known key such as //Alice//doctor
	#[arg(long, global = true, requires = "dev", value_name = "PATH", help_heading = "Signing")]
	pub(crate) dev_key: Option<String>,
	/// Where this client keeps pinned keys and broken-off transfers
	#[arg(long, global = true, env = "SALUS_DATA", value_name = "FOLDER")]
	pub(crate) data: Option<PathBuf>,
	/// Print one JSON object
	#[arg(long, global = true)]
	pub(crate) json: bool,
	/// Show no progress and no QR codes
	#[arg(long, global = true)]
	pub(crate) quiet: bool,
}

/// One run of the command.
pub(crate) struct Session {
	pub(crate) global: Global,
}

impl Session {
	pub(crate) fn new(global: Global) -> Self {
		Self { global }
	}

	/// Connects to the node.
	pub(crate) async fn client(&self) -> Result<Client, Error> {
		let options = ConnectOptions {
			genesis: self.global.genesis,
		};
		let client = Client::connect_with(&self.global.url, options).await?;
		if self.global.dev && !client.is_development().await? {
			return Err(KeyError::NotDevelopment(self.global.url.clone()).into());
		}
		Ok(client)
	}

	pub(crate) fn vault(&self) -> Result<VaultClient, Error> {
		Ok(VaultClient::new(&self.global.vault)?)
	}

	pub(crate) fn data(&self, client: &Client) -> Result<DataDir, Error> {
		let base = self.global.data.clone().unwrap_or_else(DataDir::default_base);
		Ok(DataDir::open(&base, &client.genesis())?)
	}

	/// How strong key files are made, and have to be.
	pub(crate) fn strength(&self) -> Strength {
		if self.global.dev {
			Strength::Development
		} else {
			Strength::Standard
		}
	}

	/// The key that was named. With `--dev`, call it only after [`client`](Self::client) said that the chain is one for
	/// development.
	pub(crate) fn identity(&self) -> Result<Identity, Error> {
		if let Some(path) = &self.global.dev_key {
			return Ok(Identity::development(path)?);
		}
		let file = self.global.key.as_ref().ok_or(KeyError::Missing)?;
		let passphrase = passphrase::existing(&self.global, file)?;
		Ok(open_key(file, passphrase::expose(&passphrase), self.strength())?)
	}

	/// The key's own account: a practitioner's or officer's.
	pub(crate) fn account(&self) -> Result<Account, Error> {
		Ok(self.identity()?.account().clone())
	}

	/// The key with which the person controls a patient id.
	pub(crate) async fn patient(&self, client: &Client, patient: PatientId) -> Result<PatientKeys, Error> {
		let identity = self.identity()?;
		let at = client.finalised().await?;
		client.patient_keys(&at, &identity, patient).await
	}

	/// Whether pictures and bars may be shown.
	pub(crate) fn is_talkative(&self) -> bool {
		!self.global.json && !self.global.quiet
	}

	pub(crate) fn report(&self) -> Report {
		Report::new()
	}
}
