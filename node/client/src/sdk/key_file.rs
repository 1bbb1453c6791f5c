//! Key files: one encrypted format for people and custodians, with what may be known without the passphrase.

use std::{collections::BTreeMap, path::Path};

use salus_vault::keystore::{self, Kind, Secret, Strength};
use zeroize::Zeroizing;

use super::{AccountId, Identity, KeyError};

const ACCOUNT: &str = "account";
const FORMAT: &str = "format";
const SEED: &str = "sr25519-seed";
const POLKADOT_JS: &str = "polkadot-js-json";

/// What a key file says of itself without its passphrase.
#[derive(Clone, Debug)]
pub struct KeyFacts {
	/// A name for people.
	pub label: String,
	/// The account, as the file names it.
	pub account: AccountId,
	/// Whether patient ids can be derived from it.
	pub has_seed: bool,
}

impl KeyFacts {
	/// Reads them.
	///
	/// # Errors
	/// `Keystore`, `BadContent`
	pub fn read(path: &Path) -> Result<Self, KeyError> {
		let (kind, label, public) = keystore::describe(path)?;
		let bad = || KeyError::BadContent(path.to_owned());
		let account = public
			.get(ACCOUNT)
			.and_then(|text| super::words::account(text).ok())
			.ok_or_else(bad)?;
		let format = public.get(FORMAT).ok_or_else(bad)?;
		if kind != Kind::Seed {
			return Err(bad());
		}
		Ok(Self {
			label,
			account,
			has_seed: format == SEED,
		})
	}
}

/// Writes a key that has a seed into a new file.
///
/// # Errors
/// `NoSeed`, `Keystore`
pub fn create_key(
	path: &Path,
	identity: &Identity,
	label: &str,
	passphrase: &str,
	strength: Strength,
) -> Result<(), KeyError> {
	let seed = identity.seed().ok_or(KeyError::NoSeed)?;
	let bytes = Zeroizing::new(seed.to_vec());
	Ok(keystore::create(
		path,
		&secret(identity, label, SEED, bytes),
		passphrase,
		strength,
	)?)
}

/// Writes the key of a mnemonic phrase, or of a seed in hex, into a new file.
///
/// # Errors
/// `BadPhrase`, `Keystore`
pub fn import_seed(
	path: &Path,
	phrase: &str,
	label: &str,
	passphrase: &str,
	strength: Strength,
) -> Result<Identity, KeyError> {
	let identity = Identity::from_phrase(phrase)?;
	create_key(path, &identity, label, passphrase, strength)?;
	Ok(identity)
}

/// Writes a Polkadot.js account (its JSON export) into a new file under a passphrase of our own. The export holds no
/// seed, so that it signs but derives no patient's ids.
///
/// # Errors
/// `BadPolkadotJs`, `WrongPolkadotJsPassword`, `Keystore`
pub fn import_polkadot_js(
	path: &Path,
	json: &str,
	password: &str,
	label: &str,
	passphrase: &str,
	strength: Strength,
) -> Result<Identity, KeyError> {
	let identity = Identity::from_polkadot_js(json, password)?;
	let mut bytes = Zeroizing::new(Vec::with_capacity(json.len() + password.len() + 1));
	bytes.extend_from_slice(password.as_bytes());
	bytes.push(0);
	bytes.extend_from_slice(json.as_bytes());
	keystore::create(
		path,
		&secret(&identity, label, POLKADOT_JS, bytes),
		passphrase,
		strength,
	)?;
	Ok(identity)
}

/// Opens a key file.
///
/// # Errors
/// `Keystore` for a file that is missing, damaged, readable by others or of another kind, and for a wrong passphrase;
/// `BadContent` for a secret that is none of ours.
pub fn open_key(path: &Path, passphrase: &str, least: Strength) -> Result<Identity, KeyError> {
	let secret = keystore::open_kind(path, passphrase, least, Kind::Seed)?;
	let bad = || KeyError::BadContent(path.to_owned());
	let identity = match secret.public.get(FORMAT).map(String::as_str) {
		Some(SEED) => {
			let seed = secret.bytes.as_slice().try_into().map_err(|_| bad())?;
			Identity::from_seed(seed)
		}
		Some(POLKADOT_JS) => {
			let text = std::str::from_utf8(&secret.bytes).map_err(|_| bad())?;
			let (password, json) = text.split_once('\0').ok_or_else(bad)?;
			Identity::from_polkadot_js(json, password)?
		}
		_ => return Err(bad()),
	};
	let named = secret.public.get(ACCOUNT).map(String::as_str);
	if named == Some(identity.account().id().to_string().as_str()) {
		Ok(identity)
	} else {
		Err(bad())
	}
}

fn secret(identity: &Identity, label: &str, format: &str, bytes: Zeroizing<Vec<u8>>) -> Secret {
	let public = BTreeMap::from([
		(ACCOUNT.to_string(), identity.account().id().to_string()),
		(FORMAT.to_string(), format.to_string()),
	]);
	Secret {
		kind: Kind::Seed,
		label: label.to_string(),
		public,
		bytes,
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_vault::keystore::KeystoreError;
	use std::os::unix::fs::PermissionsExt;

	/// Alice's account as Polkadot.js exports it, under the password "whoisalice".
	const ALICE: &str = r#"{"encoded":"DumgApKCTqoCty1OZW/8WS+sgo6RdpHhCwAkA2IoDBMAgAAAAQAAAAgAAAB6IG/q24EeVf0JqWqcBd5m2tKq5BlyY84IQ8oamLn9DZe9Ouhgunr7i36J1XxUnTI801axqL/ym1gil0U8440Qvj0lFVKwGuxq38zuifgoj0B3Yru0CI6QKEvQPU5xxj4MpyxdSxP+2PnTzYao0HDH0fulaGvlAYXfqtU89xrx2/z9z7IjSwS3oDFPXRQ9kAdDebtyCVreZ9Otw9v3","encoding":{"content":["pkcs8","sr25519"],"type":["scrypt","xsalsa20-poly1305"],"version":"3"},"address":"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY","meta":{"genesisHash":"","name":"Alice","whenCreated":1718265838755}}"#;

	fn folder() -> tempfile::TempDir {
		tempfile::tempdir().unwrap()
	}

	#[test]
	fn a_key_is_opened_with_its_passphrase_only() {
		let folder = folder();
		let path = folder.path().join("ada.key");
		let identity = Identity::from_seed(&[4; 32]);
		create_key(&path, &identity, "Ada", "open sesame", Strength::Development).unwrap();

		let opened = open_key(&path, "open sesame", Strength::Development).unwrap();
		assert_eq!(opened.account().id(), identity.account().id());
		assert!(opened.patient(&Default::default(), 0, 0).is_ok());
		assert!(matches!(
			open_key(&path, "open barley", Strength::Development),
			Err(KeyError::Keystore(KeystoreError::WrongPassphrase(_)))
		));

		let facts = KeyFacts::read(&path).unwrap();
		assert_eq!(
			(facts.label.as_str(), facts.account, facts.has_seed),
			("Ada", identity.account().id(), true)
		);
		assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
	}

	#[test]
	fn a_key_file_is_never_overwritten() {
		let folder = folder();
		let path = folder.path().join("ada.key");
		let identity = Identity::from_seed(&[4; 32]);
		create_key(&path, &identity, "", "passphrase", Strength::Development).unwrap();
		assert!(matches!(
			create_key(&path, &identity, "", "passphrase", Strength::Development),
			Err(KeyError::Keystore(KeystoreError::Exists(_)))
		));
	}

	#[test]
	fn wrong_and_unreadable_files_have_errors_of_their_own() {
		let folder = folder();
		let path = folder.path().join("ada.key");
		let open = |path: &Path| open_key(path, "passphrase", Strength::Development).unwrap_err();

		assert!(matches!(open(&path), KeyError::Keystore(KeystoreError::NotFound(_))));

		create_key(
			&path,
			&Identity::from_seed(&[4; 32]),
			"",
			"passphrase",
			Strength::Development,
		)
		.unwrap();
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
		assert!(matches!(
			open(&path),
			KeyError::Keystore(KeystoreError::ReadableByOthers(_))
		));

		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
		std::fs::write(&path, "{}").unwrap();
		assert!(matches!(open(&path), KeyError::Keystore(KeystoreError::Damaged(_))));

		let custodian = folder.path().join("custodian.key");
		let secret = Secret {
			kind: Kind::Custodian,
			label: String::new(),
			public: BTreeMap::new(),
			bytes: Zeroizing::new(vec![1; 32]),
		};
		keystore::create(&custodian, &secret, "passphrase", Strength::Development).unwrap();
		assert!(matches!(
			open(&custodian),
			KeyError::Keystore(KeystoreError::WrongKind { .. })
		));
	}

	#[test]
	fn a_seed_file_of_the_wrong_length_is_no_key() {
		let folder = folder();
		let path = folder.path().join("short.key");
		let public = BTreeMap::from([(FORMAT.to_string(), SEED.to_string())]);
		let secret = Secret {
			kind: Kind::Seed,
			label: String::new(),
			public,
			bytes: Zeroizing::new(vec![1; 31]),
		};
		keystore::create(&path, &secret, "passphrase", Strength::Development).unwrap();
		assert!(matches!(
			open_key(&path, "passphrase", Strength::Development),
			Err(KeyError::BadContent(_))
		));
	}

	#[test]
	fn a_polkadot_js_account_signs_and_derives_nothing() {
		let folder = folder();
		let path = folder.path().join("alice.key");
		let identity =
			import_polkadot_js(&path, ALICE, "whoisalice", "Alice", "passphrase", Strength::Development).unwrap();
		assert_eq!(
			identity.account().id(),
			Identity::development("//Alice").unwrap().account().id()
		);

		let opened = open_key(&path, "passphrase", Strength::Development).unwrap();
		let signature = opened.account().sign(b"message");
		assert!(super::super::account::verify(
			&identity.account().id(),
			b"message",
			&signature
		));
		assert!(matches!(
			opened.patient(&Default::default(), 0, 0),
			Err(KeyError::NoSeed)
		));
		assert!(!KeyFacts::read(&path).unwrap().has_seed);
	}

	#[test]
	fn a_polkadot_js_account_needs_its_password() {
		let folder = folder();
		let path = folder.path().join("alice.key");
		let import = |json: &str, password: &str| {
			import_polkadot_js(&path, json, password, "", "passphrase", Strength::Development).unwrap_err()
		};
		assert!(matches!(import(ALICE, "wrong"), KeyError::WrongPolkadotJsPassword));
		assert!(matches!(import("{}", "whoisalice"), KeyError::BadPolkadotJs(_)));
		assert!(matches!(import("", "whoisalice"), KeyError::BadPolkadotJs(_)));
		assert!(!path.exists());
	}
}
