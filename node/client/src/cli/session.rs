//! What all commands share: where the node is, who signs, where this client keeps its files.

use std::{fs::Permissions, os::unix::fs::PermissionsExt, path::PathBuf, sync::OnceLock};

use clap::Args;
use ed25519_dalek::SigningKey;
use salus_primitives::PatientId;
use salus_vault::keystore::Strength;

use super::{passphrase, report::Report};
use crate::sdk::{
	device_of, open_device_key, open_key, words, Account, AccountId, ChainChange, Client, ConnectOptions, DataDir,
	Error, FileError, Hash, Identity, KeyError, KeyFacts, KnownChains, PatientKeys, VaultClient,
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
	/// The vault's URL: https://, or http:// on this machine
	#[arg(
		long,
		global = true,
		env = "SALUS_VAULT",
		default_value = "http://127.0.0.1:9946",
		overrides_with = "vault",
		help_heading = "Connection"
	)]
	pub(crate) vault: String,
	/// A file of PEM certificates: the vault's certificate has to be signed by one of these, and by no others
	#[arg(
		long,
		global = true,
		env = "SALUS_VAULT_CA",
		value_name = "FILE",
		help_heading = "Connection"
	)]
	pub(crate) vault_ca: Option<PathBuf>,
	/// Refuse any chain but the one with this genesis hash; confirms that the node's chain is another than before
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
	/// Say what would happen at the finalised head, and send nothing
	#[arg(long, global = true, help_heading = "Signing")]
	pub(crate) dry_run: bool,
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
	/// The chain, when it was pinned in this run.
	first_seen: OnceLock<Hash>,
	/// What a dry run keeps while it lasts.
	passing: OnceLock<tempfile::TempDir>,
}

impl Session {
	pub(crate) fn new(global: Global) -> Self {
		Self {
			global,
			first_seen: OnceLock::new(),
			passing: OnceLock::new(),
		}
	}

	/// Connects to the node.
	pub(crate) async fn client(&self) -> Result<Client, Error> {
		let options = ConnectOptions {
			genesis: self.global.genesis,
			dry_run: self.global.dry_run,
		};
		let client = Client::connect_with(&self.global.url, options).await?;
		if !self.global.dev {
			self.recognise(&client)?;
		} else if !client.is_development().await? {
			return Err(KeyError::NotDevelopment(self.global.url.clone()).into());
		}
		Ok(client)
	}

	/// Compares the chain with the one that was at this URL before. Development chains come and go.
	fn recognise(&self, client: &Client) -> Result<(), Error> {
		if self.global.dry_run {
			let (base, genesis) = (self.base()?, self.global.genesis);
			return KnownChains::look(&base, client.url(), client.genesis(), genesis).map(drop);
		}
		let chains = KnownChains::open(&self.base()?)?;
		let change = chains.check(client.url(), client.genesis(), self.global.genesis)?;
		if change != ChainChange::Same {
			self.first_seen.set(client.genesis()).ok();
		}
		Ok(())
	}

	/// Where this client keeps its files.
	fn base(&self) -> Result<PathBuf, Error> {
		match &self.global.data {
			Some(folder) => Ok(folder.clone()),
			None => Ok(DataDir::default_base()?),
		}
	}

	pub(crate) fn vault(&self) -> Result<VaultClient, Error> {
		VaultClient::with_roots(&self.global.vault, self.global.vault_ca.as_deref())
	}

	/// The folder of this chain; in a dry run that has none, one that is gone with the session.
	pub(crate) fn data(&self, client: &Client) -> Result<DataDir, Error> {
		let base = self.base()?;
		if !self.global.dry_run || DataDir::exists(&base, &client.genesis()) {
			return Ok(DataDir::open(&base, &client.genesis())?);
		}
		let made = tempfile::Builder::new()
			.permissions(Permissions::from_mode(0o700))
			.tempdir()
			.map_err(FileError::at(std::env::temp_dir()))?;
		let folder = self.passing.get_or_init(|| made);
		Ok(DataDir::open(folder.path(), &client.genesis())?)
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

	/// The key of the device that was named.
	pub(crate) fn device(&self) -> Result<SigningKey, Error> {
		if self.global.dev_key.is_some() {
			return Err(Error::Usage(
				"a device has a key file: name it with --key, and leave --dev-key out".into(),
			));
		}
		let file = self.global.key.as_ref().ok_or(KeyError::Missing)?;
		// What it is of shows before its passphrase is asked for.
		device_of(file)?;
		let passphrase = passphrase::existing(&self.global, file)?;
		Ok(open_device_key(file, passphrase::expose(&passphrase), self.strength())?)
	}

	/// The account of the key that was named, as its file says without a passphrase.
	pub(crate) fn named_account(&self) -> Result<AccountId, Error> {
		if let Some(path) = &self.global.dev_key {
			return Ok(Identity::development(path)?.account().id());
		}
		let file = self.global.key.as_ref().ok_or(KeyError::Missing)?;
		match KeyFacts::read(file) {
			Ok(facts) => Ok(facts.account),
			// What is wrong with it is better told by opening it.
			Err(_) => Ok(self.account()?.id()),
		}
	}

	/// The key with which the person controls a patient id.
	pub(crate) async fn patient(&self, client: &Client, patient: PatientId) -> Result<PatientKeys, Error> {
		let identity = self.identity()?;
		let at = client.finalised().await?;
		client.patient_keys(&at, &identity, patient).await
	}

	/// Tells a patient what she is about to sign, before her key is asked for. A program reads it in the answer.
	pub(crate) fn before_signing(&self, sentence: &str) {
		if !self.global.json {
			eprintln!("{sentence}");
		}
	}

	/// Tells a person, beside the answer or the error, how far a command came.
	pub(crate) fn note(&self, text: &str) {
		if !self.global.json {
			eprintln!("{text}");
		}
	}

	/// Whether pictures and bars may be shown.
	pub(crate) fn is_talkative(&self) -> bool {
		!self.global.json && !self.global.quiet
	}

	/// What the command will say: first of all which chain was pinned for this node.
	pub(crate) fn report(&self) -> Report {
		let report = Report::new();
		match self.first_seen.get() {
			Some(genesis) => report
				.line(format!(
					"{} is on the chain with genesis {genesis:?}; noted: any other there will be refused",
					self.global.url
				))
				.field("pinnedChain", words::hex(genesis)),
			None => report,
		}
	}
}
