//! The custodians' keys and the key table's, opened before the node starts.

use std::{
	collections::BTreeMap,
	env,
	fs::{self, DirBuilder, File, Permissions},
	io,
	os::unix::fs::{DirBuilderExt, PermissionsExt},
	path::{Path, PathBuf},
};

use salus_vault::{
	key_table::EpochKey,
	keystore::{self, KeystoreError, Kind, Secret, Strength},
	wrap::{HpkeKey, HpkeSecret},
};
use sc_cli::Error;
use sc_service::Configuration;
use zeroize::Zeroizing;

use super::VaultOptions;
use crate::development;

/// The institutions whose custodian a node with `--dev` is.
const DEVELOPMENT_CUSTODIANS: [u32; 2] = [0, 1];
/// The passphrase of what a node makes for itself with development keys: it protects nothing that is not known.
const DEVELOPMENT_PASSPHRASE: &str = "development";
/// Where the passphrase may stand in the environment, with `--dev` only.
const PASSPHRASE_VARIABLE: &str = "SALUS_PASSPHRASE";
/// The first epoch of a key table.
const EPOCH: u32 = 1;

/// A custodian's key and where it comes from, for people.
pub struct CustodianKey {
	pub secret: HpkeSecret,
	pub source: String,
}

/// What the vault is opened with.
pub struct Keys {
	pub folder: PathBuf,
	pub table: PathBuf,
	pub custodians: BTreeMap<u32, CustodianKey>,
	pub epoch: EpochKey,
	pub options: VaultOptions,
	pub ipfs_credentials: Option<(String, Zeroizing<String>)>,
}

/// Opens the keys that the command line names; `None` when it names none: such a node has no vault. `development` says
/// whether the chain is made for development.
pub fn open(
	options: &VaultOptions,
	is_dev: bool,
	development: bool,
	config: &Configuration,
) -> Result<Option<Keys>, Error> {
	let mut custodians = BTreeMap::new();
	let known = options.development_custodian.iter().copied();
	let implied = DEVELOPMENT_CUSTODIANS
		.into_iter()
		.filter(|_| is_dev && options.custodian_key.is_empty());
	for institution in known.chain(implied) {
		if !development {
			return Err(input(format!(
				"development custodian keys are for development chains only, and the genesis of {} is none of a \
				 development chain; give --custodian-key FILE",
				config.chain_spec.id()
			)));
		}
		let key = CustodianKey {
			secret: development::custodian(institution),
			source: "the development key".into(),
		};
		custodians.insert(institution, key);
	}
	let only_known = options.custodian_key.is_empty();
	if only_known && custodians.is_empty() {
		return Ok(None);
	}

	let (passphrase, strength) = if only_known {
		(Zeroizing::new(DEVELOPMENT_PASSPHRASE.to_owned()), Strength::Development)
	} else {
		let strength = if is_dev {
			Strength::Development
		} else {
			Strength::Standard
		};
		(passphrase(options, is_dev)?, strength)
	};
	for file in &options.custodian_key {
		let (institution, secret) = custodian(file, &passphrase, strength)?;
		if !development && development::is_custodian(&secret) {
			return Err(input(format!(
				"{} holds a development key, which everybody knows; make one with the subcommand custodian-key",
				file.display()
			)));
		}
		let key = CustodianKey {
			secret,
			source: file.display().to_string(),
		};
		if custodians.insert(institution, key).is_some() {
			return Err(input(format!(
				"institution {institution} has two custodian keys; give one"
			)));
		}
	}

	let folder = config.data_path.join("vault");
	private_folder(&folder)?;
	let table = folder.join("keys.redb");
	let epoch = epoch(
		&folder.join(format!("epoch-{EPOCH}.key")),
		&table,
		&passphrase,
		strength,
	)?;
	let ipfs_credentials = options.ipfs_auth_file.as_deref().map(credentials).transpose()?;
	Ok(Some(Keys {
		folder,
		table,
		custodians,
		epoch,
		options: options.clone(),
		ipfs_credentials,
	}))
}

fn passphrase(options: &VaultOptions, is_dev: bool) -> Result<Zeroizing<String>, Error> {
	if let Some(file) = &options.passphrase_file {
		return keystore::read_private(file).map_err(refused);
	}
	if is_dev {
		if let Ok(passphrase) = env::var(PASSPHRASE_VARIABLE) {
			return Ok(Zeroizing::new(passphrase));
		}
	}
	rpassword::prompt_password("Passphrase of the custodian's key: ")
		.map(Zeroizing::new)
		.map_err(|error| {
			input(format!(
				"the passphrase cannot be asked for here ({error}); give --passphrase-file FILE"
			))
		})
}

fn custodian(file: &Path, passphrase: &str, strength: Strength) -> Result<(u32, HpkeSecret), Error> {
	let secret = keystore::open_kind(file, passphrase, strength, Kind::Custodian).map_err(refused)?;
	let institution = secret
		.public
		.get("institution")
		.and_then(|id| id.parse().ok())
		.ok_or_else(|| {
			input(format!(
				"{} does not say whose key it is; make it with the subcommand custodian-key",
				file.display()
			))
		})?;
	let key = HpkeSecret::from_bytes(&secret.bytes).map_err(|_| {
		input(format!(
			"{} holds no usable key; restore it from a backup",
			file.display()
		))
	})?;
	if let HpkeKey::X25519(public) = key.public() {
		log::info!(target: "salus", "Custodian of institution {institution} with key 0x{}", hex::encode(public));
	}
	Ok((institution, key))
}

/// The key under which the key table's rows are sealed: made at the first start, before there is a table.
fn epoch(file: &Path, table: &Path, passphrase: &str, strength: Strength) -> Result<EpochKey, Error> {
	match keystore::open_kind(file, passphrase, strength, Kind::Epoch) {
		Ok(secret) => {
			let mut key = Zeroizing::new([0; 32]);
			if secret.bytes.len() != key.len() {
				return Err(input(format!(
					"{} holds no usable key; restore it from a backup",
					file.display()
				)));
			}
			key.copy_from_slice(&secret.bytes);
			Ok(EpochKey { epoch: EPOCH, key })
		}
		// A new key would make every row look damaged.
		Err(KeystoreError::NotFound(_)) if table.exists() => Err(input(format!(
			"{} is missing, but rows of {} are sealed under it; restore it from a backup",
			file.display(),
			table.display()
		))),
		Err(KeystoreError::NotFound(_)) => {
			let key = EpochKey::generate(EPOCH).map_err(|error| input(error.to_string()))?;
			let secret = Secret {
				kind: Kind::Epoch,
				label: format!("key table, epoch {EPOCH}"),
				public: BTreeMap::from([("epoch".into(), EPOCH.to_string())]),
				bytes: Zeroizing::new(key.key.to_vec()),
			};
			keystore::create(file, &secret, passphrase, strength).map_err(refused)?;
			Ok(key)
		}
		Err(error) => Err(refused(error)),
	}
}

fn credentials(file: &Path) -> Result<(String, Zeroizing<String>), Error> {
	let text = keystore::read_private(file).map_err(refused)?;
	let (user, password) = text
		.split_once(':')
		.ok_or_else(|| input(format!("{} does not hold user:password", file.display())))?;
	Ok((user.to_owned(), Zeroizing::new(password.to_owned())))
}

/// A folder that nobody else could ever look into, and its name on the disk.
fn private_folder(folder: &Path) -> Result<(), Error> {
	DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
	fs::set_permissions(folder, Permissions::from_mode(0o700))?;
	Ok(sync_parent(folder)?)
}

fn sync_parent(folder: &Path) -> io::Result<()> {
	match folder.parent() {
		Some(parent) => File::open(parent)?.sync_all(),
		None => Ok(()),
	}
}

fn refused(error: KeystoreError) -> Error {
	input(error.to_string())
}

fn input(why: String) -> Error {
	Error::Input(why)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]

	use super::*;

	const WEAK: Strength = Strength::Development;

	fn file(folder: &tempfile::TempDir, kind: Kind, public: &[(&str, &str)], bytes: &[u8]) -> PathBuf {
		let path = folder.path().join(format!("{kind}-{}", public.len()));
		let secret = Secret {
			kind,
			label: "test".into(),
			public: public
				.iter()
				.map(|(name, value)| (name.to_string(), value.to_string()))
				.collect(),
			bytes: Zeroizing::new(bytes.to_vec()),
		};
		keystore::create(&path, &secret, "pass", WEAK).unwrap();
		path
	}

	#[test]
	fn a_custodians_file_says_whose_key_it_is() {
		let folder = tempfile::tempdir().unwrap();
		let key = HpkeSecret::generate().unwrap();
		let path = file(&folder, Kind::Custodian, &[("institution", "12")], &*key.to_bytes());
		let (institution, opened) = custodian(&path, "pass", WEAK).unwrap();
		assert_eq!((institution, opened.public()), (12, key.public()));

		let nobodys = file(&folder, Kind::Custodian, &[], &*key.to_bytes());
		let error = custodian(&nobodys, "pass", WEAK).unwrap_err().to_string();
		assert!(error.contains("does not say whose key it is"), "{error}");
	}

	#[test]
	fn a_wrong_or_unreadable_key_file_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let key = HpkeSecret::generate().unwrap();
		let good = file(&folder, Kind::Custodian, &[("institution", "0")], &*key.to_bytes());
		let seed = file(&folder, Kind::Seed, &[], &[1; 32]);
		let short = file(
			&folder,
			Kind::Custodian,
			&[("institution", "0"), ("short", "")],
			&[1; 3],
		);
		let refused =
			|path: &Path, passphrase, strength| custodian(path, passphrase, strength).unwrap_err().to_string();
		assert!(refused(&good, "other", WEAK).contains("wrong passphrase"));
		assert!(refused(&good, "pass", Strength::Standard).contains("development strength"));
		assert!(refused(&seed, "pass", WEAK).contains("holds a seed key, not a custodian key"));
		assert!(refused(&short, "pass", WEAK).contains("holds no usable key"));
		assert!(refused(&folder.path().join("none"), "pass", WEAK).contains("does not exist"));
		fs::set_permissions(&good, fs::Permissions::from_mode(0o644)).unwrap();
		assert!(refused(&good, "pass", WEAK).contains("chmod 600"));
	}

	#[test]
	fn the_epoch_key_is_made_once() {
		let folder = tempfile::tempdir().unwrap();
		let (path, table) = (folder.path().join("epoch-1.key"), folder.path().join("keys.redb"));
		let made = epoch(&path, &table, "pass", WEAK).unwrap();
		let found = epoch(&path, &table, "pass", WEAK).unwrap();
		assert_eq!(made.key, found.key);
		assert!(epoch(&path, &table, "other", WEAK).is_err());
	}

	#[test]
	fn a_missing_epoch_key_is_not_made_anew_where_a_table_is() {
		let folder = tempfile::tempdir().unwrap();
		let (path, table) = (folder.path().join("epoch-1.key"), folder.path().join("keys.redb"));
		let made = epoch(&path, &table, "pass", WEAK).unwrap();
		drop(salus_vault::key_table::KeyTable::open(&table, [made.clone()]).unwrap());
		let away = folder.path().join("backup");
		fs::rename(&path, &away).unwrap();
		let error = epoch(&path, &table, "pass", WEAK).err().unwrap().to_string();
		assert!(error.contains(&format!("{} is missing", path.display())), "{error}");
		assert!(
			error.contains(&format!("rows of {} are sealed under it", table.display())),
			"{error}"
		);
		assert!(error.contains("restore it from a backup"), "{error}");
		assert!(!path.exists());
		fs::rename(&away, &path).unwrap();
		assert_eq!(epoch(&path, &table, "pass", WEAK).unwrap().key, made.key);
	}

	#[test]
	fn the_vault_s_folder_is_its_owner_s() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("chains/dev/vault");
		let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
		private_folder(&path).unwrap();
		assert_eq!(mode(), 0o700);
		// As earlier versions may have left it.
		fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
		private_folder(&path).unwrap();
		assert_eq!(mode(), 0o700);
	}

	#[test]
	fn the_daemons_password_comes_from_a_private_file() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("auth");
		fs::write(&path, "salus:a:b\n").unwrap();
		fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
		assert!(credentials(&path).is_err());
		fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
		let (user, password) = credentials(&path).unwrap();
		assert_eq!((user.as_str(), password.as_str()), ("salus", "a:b"));
	}
}
