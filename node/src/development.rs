//! Keys that everybody knows, and where they are refused.

use salus_vault::{hash::blake2_256, wrap::HpkeSecret};
use sc_service::ChainType;
use sp_core::crypto::KeyTypeId;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_keystore::Keystore;

/// Institutions whose development keys are looked for when a node refuses them.
const KNOWN: u32 = 64;

/// The custodian's key of an institution of the presets.
pub fn custodian(institution: u32) -> HpkeSecret {
	HpkeSecret::derive_key_pair(&blake2_256(
		format!("salus/development/custodian/{institution}").as_bytes(),
	))
}

/// Whether development keys may be used on such a chain.
pub fn allowed_on(chain: &ChainType) -> bool {
	matches!(chain, ChainType::Development | ChainType::Local)
}

/// Whether it is a key of [`custodian`].
pub fn is_custodian(secret: &HpkeSecret) -> bool {
	(0..KNOWN).any(|institution| custodian(institution).public() == secret.public())
}

/// A session key of the keyring that stands in the keystore, by name.
pub fn session_key_in(keystore: &dyn Keystore) -> Option<String> {
	let sr25519 = |kind: KeyTypeId| {
		let found = keystore.sr25519_public_keys(kind);
		Sr25519Keyring::iter()
			.find(|known| found.contains(&known.public()))
			.map(|known| known.to_string())
	};
	let ed25519 = |kind: KeyTypeId| {
		let found = keystore.ed25519_public_keys(kind);
		Ed25519Keyring::iter()
			.find(|known| found.contains(&known.public()))
			.map(|known| known.to_string())
	};
	sr25519(sp_core::crypto::key_types::AURA)
		.or_else(|| sr25519(sp_core::crypto::key_types::AUTHORITY_DISCOVERY))
		.or_else(|| ed25519(sp_core::crypto::key_types::GRANDPA))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

	use super::*;
	use salus_runtime::genesis;
	use salus_vault::wrap::HpkeKey;

	#[test]
	fn the_presets_name_the_custodians_development_keys() {
		for (preset, hospitals) in [(genesis::DEVELOPMENT, 2), (genesis::LOCAL, 4)] {
			let json = genesis::preset(&preset.into()).unwrap();
			let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
			let institutions = json["roles"]["institutions"].as_array().unwrap();
			assert_eq!(institutions.len(), hospitals);
			for (id, institution) in (0..).zip(institutions) {
				let HpkeKey::X25519(key) = custodian(id).public() else {
					unreachable!()
				};
				assert_eq!(
					institution["hpke"]["X25519"],
					serde_json::json!(key),
					"institution {id} of {preset}"
				);
			}
		}
	}

	#[test]
	fn development_keys_belong_to_development_chains() {
		assert!(allowed_on(&ChainType::Development));
		assert!(!allowed_on(&ChainType::Live));
		assert!(!allowed_on(&ChainType::Custom("hospitals".into())));
		assert!(is_custodian(&custodian(3)));
		assert!(!is_custodian(&HpkeSecret::generate().unwrap()));
	}

	#[test]
	fn a_session_key_of_the_keyring_is_found() {
		use sp_keystore::testing::MemoryKeystore;
		let keystore = MemoryKeystore::new();
		assert_eq!(session_key_in(&keystore), None);
		keystore
			.sr25519_generate_new(sp_core::crypto::key_types::AURA, None)
			.unwrap();
		assert_eq!(session_key_in(&keystore), None);
		keystore
			.ed25519_generate_new(sp_core::crypto::key_types::GRANDPA, Some("//Bob"))
			.unwrap();
		assert_eq!(session_key_in(&keystore), Some("Bob".into()));
	}
}
