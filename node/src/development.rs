//! Keys that everybody knows, and where they are refused.

use codec::{DecodeAll, Encode};
use salus_primitives::{HpkeKey as KeyOnChain, Institution, InstitutionId};
use salus_runtime::AccountId;
use salus_vault::{
	hash::blake2_256,
	wrap::{HpkeKey, HpkeSecret},
};
use sc_service::{ChainSpec, ChainType};
use sp_core::{crypto::KeyTypeId, storage::Storage};
use sp_io::hashing::{sha2_256, twox_128, twox_64};
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

/// The node key of a hospital of the presets, whose peer id they name; by the name of the development account that the
/// node validates with.
pub fn node_key(name: &str) -> [u8; 32] {
	sha2_256(name.to_lowercase().as_bytes())
}

/// Whether development keys may be used on a chain: it says that it is made for development, and so does its genesis
/// state, since what a specification says of itself outlives the day on which somebody fills in real keys.
pub fn is_chain(spec: &dyn ChainSpec) -> Result<bool, String> {
	if !matches!(spec.chain_type(), ChainType::Development | ChainType::Local) {
		return Ok(false);
	}
	let genesis = spec.as_storage_builder().build_storage()?;
	Ok(is_genesis(&genesis))
}

/// Whether institution 0 has the key that everybody knows.
fn is_genesis(genesis: &Storage) -> bool {
	let id = InstitutionId::default().encode();
	let key = [&twox_128(b"Roles")[..], &twox_128(b"Institutions"), &twox_64(&id), &id].concat();
	let institution = genesis
		.top
		.get(&key)
		.and_then(|bytes| Institution::<AccountId>::decode_all(&mut bytes.as_slice()).ok());
	match (institution.map(|institution| institution.hpke), custodian(0).public()) {
		(Some(KeyOnChain::X25519(found)), HpkeKey::X25519(known)) => found == known,
		_ => false,
	}
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
	use crate::chain_spec;
	use salus_runtime::genesis;
	use sc_network::config::ed25519::{Keypair, SecretKey};

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
	fn the_presets_name_the_nodes_of_their_validators() {
		let json = genesis::preset(&genesis::LOCAL.into()).unwrap();
		let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
		let names = ["Alice", "Bob", "Eve", "Ferdie"];
		for (institution, name) in json["roles"]["institutions"].as_array().unwrap().iter().zip(names) {
			let named: Vec<Vec<u8>> = serde_json::from_value(institution["peer_ids"].clone()).unwrap();
			let peer = |key: [u8; 32]| {
				Keypair::from(SecretKey::try_from_bytes(key).unwrap())
					.public()
					.to_peer_id()
			};
			let second = node_key(&format!("{name}-2"));
			assert_eq!(named, [peer(node_key(name)).to_bytes(), peer(second).to_bytes()]);
		}
	}

	#[test]
	fn development_keys_belong_to_development_chains() {
		for name in ["dev", "local"] {
			let spec = chain_spec::named(name).unwrap().unwrap();
			assert!(is_chain(&spec).unwrap(), "{name}");
		}
		assert!(is_custodian(&custodian(3)));
		assert!(!is_custodian(&HpkeSecret::generate().unwrap()));
	}

	/// A chain of the preset `local` with these types and with another key of its first institution, if any.
	fn derived(chain_type: ChainType, key: Option<[u8; 32]>) -> chain_spec::ChainSpec {
		let json = genesis::preset(&genesis::LOCAL.into()).unwrap();
		let mut json: serde_json::Value = serde_json::from_slice(&json).unwrap();
		if let Some(key) = key {
			json["roles"]["institutions"][0]["hpke"]["X25519"] = serde_json::json!(key);
		}
		chain_spec::ChainSpec::builder(salus_runtime::WASM_BINARY.unwrap(), None)
			.with_name("Hospitals")
			.with_id("hospitals")
			.with_chain_type(chain_type)
			.with_genesis_config_patch(json)
			.build()
	}

	#[test]
	fn a_chain_with_real_keys_is_none_whatever_it_says_of_itself() {
		let HpkeKey::X25519(real) = HpkeSecret::generate().unwrap().public() else {
			unreachable!()
		};
		for chain_type in [ChainType::Local, ChainType::Development] {
			assert!(!is_chain(&derived(chain_type, Some(real))).unwrap());
		}
		assert!(is_chain(&derived(ChainType::Local, None)).unwrap());
		assert!(!is_chain(&derived(ChainType::Live, None)).unwrap());
		assert!(!is_chain(&derived(ChainType::Custom("hospitals".into()), None)).unwrap());
		assert!(!is_genesis(&Storage::default()));
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
