//! A medical device's key, in the format of key files.

use std::{collections::BTreeMap, path::Path};

use ed25519_dalek::SigningKey;
use salus_primitives::DeviceKey;
use salus_vault::keystore::{self, Kind, Secret, Strength};
use zeroize::Zeroizing;

use super::{words, KeyError};

const DEVICE: &str = "device";

/// Makes a device's key in a new file.
///
/// # Errors
/// `NoRandomness`, `Keystore`
pub fn create_device_key(
	path: &Path,
	label: &str,
	passphrase: &str,
	strength: Strength,
) -> Result<DeviceKey, KeyError> {
	let mut seed = Zeroizing::new([0; 32]);
	getrandom::fill(seed.as_mut()).map_err(|_| KeyError::NoRandomness)?;
	let device = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
	let secret = Secret {
		kind: Kind::Device,
		label: label.to_string(),
		public: BTreeMap::from([(DEVICE.to_string(), words::hex(device))]),
		bytes: Zeroizing::new(seed.to_vec()),
	};
	keystore::create(path, &secret, passphrase, strength)?;
	Ok(device)
}

/// The device of a key file, without its passphrase.
///
/// # Errors
/// `Keystore`, `BadContent`
pub fn device_of(path: &Path) -> Result<DeviceKey, KeyError> {
	let (kind, _, public) = keystore::describe(path)?;
	named(&public)
		.filter(|_| kind == Kind::Device)
		.ok_or_else(|| KeyError::NoDevice(path.to_owned()))
}

/// Opens a device's key file.
///
/// # Errors
/// `Keystore` for a file that is missing, damaged, readable by others or of another kind, and for a wrong passphrase;
/// `NoDevice` for a secret that is none of a device.
pub fn open_device_key(path: &Path, passphrase: &str, least: Strength) -> Result<SigningKey, KeyError> {
	let secret = keystore::open_kind(path, passphrase, least, Kind::Device)?;
	let bad = || KeyError::NoDevice(path.to_owned());
	let seed: &[u8; 32] = secret.bytes.as_slice().try_into().map_err(|_| bad())?;
	let key = SigningKey::from_bytes(seed);
	if named(&secret.public) == Some(key.verifying_key().to_bytes()) {
		Ok(key)
	} else {
		Err(bad())
	}
}

fn named(public: &BTreeMap<String, String>) -> Option<DeviceKey> {
	let text = public.get(DEVICE)?;
	words::hash(text).ok().map(|key| key.0)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{create_key, open_key, Identity, KeyFacts};
	use salus_vault::keystore::KeystoreError;

	const STRENGTH: Strength = Strength::Development;

	#[test]
	fn a_device_key_is_opened_with_its_passphrase_and_named_without() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("monitor.key");
		let device = create_device_key(&path, "Bed 4", "open sesame", STRENGTH).unwrap();
		assert_eq!(device_of(&path).unwrap(), device);
		let key = open_device_key(&path, "open sesame", STRENGTH).unwrap();
		assert_eq!(key.verifying_key().to_bytes(), device);
		assert!(matches!(
			open_device_key(&path, "open barley", STRENGTH),
			Err(KeyError::Keystore(KeystoreError::WrongPassphrase(_)))
		));
		assert!(matches!(
			create_device_key(&path, "", "x", STRENGTH),
			Err(KeyError::Keystore(KeystoreError::Exists(_)))
		));
		let other = create_device_key(&folder.path().join("other.key"), "", "x", STRENGTH).unwrap();
		assert_ne!(other, device);
	}

	#[test]
	fn a_device_and_a_person_do_not_sign_for_each_other() {
		let folder = tempfile::tempdir().unwrap();
		let (device, person) = (folder.path().join("monitor.key"), folder.path().join("ada.key"));
		create_device_key(&device, "", "passphrase", STRENGTH).unwrap();
		create_key(&person, &Identity::from_seed(&[4; 32]), "", "passphrase", STRENGTH).unwrap();
		assert!(matches!(
			open_key(&device, "passphrase", STRENGTH),
			Err(KeyError::Keystore(KeystoreError::WrongKind { .. }))
		));
		assert!(matches!(
			open_device_key(&person, "passphrase", STRENGTH),
			Err(KeyError::Keystore(KeystoreError::WrongKind { .. }))
		));
		assert!(matches!(device_of(&person), Err(KeyError::NoDevice(_))));
		assert!(KeyFacts::read(&device).is_err());
	}

	#[test]
	fn a_secret_that_is_not_the_named_device_s_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("wrong.key");
		let secret = |bytes: Vec<u8>| Secret {
			kind: Kind::Device,
			label: String::new(),
			public: BTreeMap::from([(DEVICE.to_string(), words::hex([7; 32]))]),
			bytes: Zeroizing::new(bytes),
		};
		keystore::create(&path, &secret(vec![1; 32]), "passphrase", STRENGTH).unwrap();
		assert!(matches!(
			open_device_key(&path, "passphrase", STRENGTH),
			Err(KeyError::NoDevice(_))
		));
		keystore::replace(&path, &secret(vec![1; 31]), "passphrase", STRENGTH).unwrap();
		assert!(matches!(
			open_device_key(&path, "passphrase", STRENGTH),
			Err(KeyError::NoDevice(_))
		));
	}
}
