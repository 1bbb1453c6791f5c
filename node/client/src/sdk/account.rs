//! Keys of people: accounts, and the ids that a patient derives from one seed.

use salus_primitives::InstitutionId;
use salus_vault::wrap::HpkeSecret;
use sp_core::{crypto::DeriveJunction, sr25519, Pair};
use subxt::SubstrateConfig;
use zeroize::Zeroizing;

use super::{AccountId, Hash, KeyError, Signature};

/// An account that signs.
#[derive(Clone)]
pub struct Account {
	signer: Signer,
	id: AccountId,
}

#[derive(Clone)]
enum Signer {
	Pair(Box<sr25519::Pair>),
	/// Polkadot.js exports the expanded secret only, and its reader keeps it to itself.
	PolkadotJs(Box<subxt_signer::sr25519::Keypair>),
}

impl Account {
	/// The account of an sr25519 key pair.
	pub fn from_pair(pair: sr25519::Pair) -> Self {
		let id = AccountId::from(pair.public().0);
		Self {
			signer: Signer::Pair(Box::new(pair)),
			id,
		}
	}

	/// The account's id.
	pub fn id(&self) -> AccountId {
		self.id
	}

	/// Signs bytes as they are.
	pub fn sign(&self, message: &[u8]) -> Signature {
		Signature::Sr25519(match &self.signer {
			Signer::Pair(pair) => pair.sign(message).0,
			Signer::PolkadotJs(pair) => pair.sign(message).0,
		})
	}
}

impl std::fmt::Debug for Account {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Account")
			.field("id", &self.id.to_string())
			.finish_non_exhaustive()
	}
}

impl subxt::tx::Signer<SubstrateConfig> for Account {
	fn account_id(&self) -> AccountId {
		self.id
	}

	fn sign(&self, payload: &[u8]) -> Signature {
		Account::sign(self, payload)
	}
}

/// Whether an sr25519 signature is this account's over these bytes.
pub fn verify(account: &AccountId, message: &[u8], signature: &Signature) -> bool {
	match signature {
		Signature::Sr25519(bytes) => sr25519::Pair::verify(
			&sr25519::Signature::from_raw(*bytes),
			message,
			&sr25519::Public::from_raw(account.0),
		),
		_ => false,
	}
}

/// A person's key: an account, and a seed out of which a patient's ids are derived.
#[derive(Clone)]
pub struct Identity {
	account: Account,
	seed: Option<Zeroizing<[u8; 32]>>,
}

impl Identity {
	/// The key with this 32-byte seed.
	pub fn from_seed(seed: &[u8; 32]) -> Self {
		let account = Account::from_pair(sr25519::Pair::from_seed(seed));
		Self {
			account,
			seed: Some(Zeroizing::new(*seed)),
		}
	}

	/// A fresh key and the twelve words it can be restored from.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn generate() -> Result<(Self, Zeroizing<String>), KeyError> {
		// Probe first: the mnemonic's generator panics without randomness.
		getrandom::fill(&mut [0; 16]).map_err(|_| KeyError::NoRandomness)?;
		let (_, phrase, seed) = sr25519::Pair::generate_with_phrase(None);
		let (phrase, seed) = (Zeroizing::new(phrase), Zeroizing::new(seed));
		Ok((Self::from_seed(&seed), phrase))
	}

	/// The key of a mnemonic phrase, or of 32 bytes of seed as hex.
	///
	/// # Errors
	/// `BadPhrase`
	pub fn from_phrase(phrase: &str) -> Result<Self, KeyError> {
		let phrase = phrase.trim();
		let mut seed = Zeroizing::new([0; 32]);
		let digits = phrase.strip_prefix("0x").unwrap_or(phrase);
		if hex::decode_to_slice(digits, seed.as_mut()).is_ok() {
			return Ok(Self::from_seed(&seed));
		}
		let (_, seed) = sr25519::Pair::from_phrase(phrase, None).map_err(|_| KeyError::BadPhrase)?;
		Ok(Self::from_seed(&Zeroizing::new(seed)))
	}

	/// A well-known development key such as `//Alice//doctor`.
	///
	/// # Errors
	/// `BadPath`
	pub fn development(path: &str) -> Result<Self, KeyError> {
		if !path.starts_with("//") {
			return Err(KeyError::BadPath(path.to_string()));
		}
		let (pair, seed) =
			sr25519::Pair::from_string_with_seed(path, None).map_err(|_| KeyError::BadPath(path.to_string()))?;
		Ok(Self {
			account: Account::from_pair(pair),
			seed: seed.map(Zeroizing::new),
		})
	}

	pub(crate) fn from_polkadot_js(json: &str, password: &str) -> Result<Self, KeyError> {
		let keypair = subxt_signer::polkadot_js_compat::decrypt_json(json, password).map_err(|error| match error {
			subxt_signer::polkadot_js_compat::Error::Secretbox(_) => KeyError::WrongPolkadotJsPassword,
			error => KeyError::BadPolkadotJs(error.to_string()),
		})?;
		let id = AccountId::from(keypair.public_key().0);
		Ok(Self {
			account: Account {
				signer: Signer::PolkadotJs(Box::new(keypair)),
				id,
			},
			seed: None,
		})
	}

	/// The key's own account: a practitioner's or officer's.
	pub fn account(&self) -> &Account {
		&self.account
	}

	pub(crate) fn seed(&self) -> Option<&[u8; 32]> {
		self.seed.as_deref()
	}

	/// What is meant for the key's own account is sealed to this, out of the account's seed as a patient's is out of her path's.
	///
	/// # Errors
	/// `NoSeed` for a key that came without one.
	pub fn hpke(&self) -> Result<HpkeSecret, KeyError> {
		let seed = self.seed.as_deref().ok_or(KeyError::NoSeed)?;
		HpkeSecret::derive(seed).map_err(KeyError::Hpke)
	}

	/// The keys of the `n`th id at an institution: `//salus//<genesis>//<institution>//<n>`.
	///
	/// # Errors
	/// `NoSeed` for a key that came without one.
	pub fn patient(&self, genesis: &Hash, institution: InstitutionId, n: u32) -> Result<PatientKeys, KeyError> {
		let seed = self.seed.as_deref().ok_or(KeyError::NoSeed)?;
		let path = [
			"/salus".to_string(),
			format!("/{}", hex::encode(genesis)),
			format!("/{institution}"),
			format!("/{n}"),
		];
		let junctions = path.iter().map(DeriveJunction::from);
		let (pair, secret) = sr25519::Pair::from_seed(seed)
			.derive(junctions, Some(*seed))
			.map_err(|_| KeyError::NoSeed)?;
		let secret = Zeroizing::new(secret.ok_or(KeyError::NoSeed)?);
		let hpke = HpkeSecret::derive(&secret).map_err(KeyError::Hpke)?;
		Ok(PatientKeys {
			account: Account::from_pair(pair),
			hpke,
			n,
		})
	}
}

impl std::fmt::Debug for Identity {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_tuple("Identity").field(&self.account).finish()
	}
}

/// The keys of one id of a patient.
#[derive(Debug)]
pub struct PatientKeys {
	/// The controller.
	pub account: Account,
	/// What subject wraps are made to.
	pub hpke: HpkeSecret,
	/// Which id at the institution.
	pub n: u32,
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::expect_used)]
	use super::*;
	use salus_vault::wrap::HpkeKey;
	use std::str::FromStr;

	fn genesis() -> Hash {
		Hash::repeat_byte(0xab)
	}

	#[test]
	fn patient_keys_are_substrates_hard_junctions() {
		let seed = [7; 32];
		let keys = Identity::from_seed(&seed).patient(&genesis(), 3, 12).unwrap();
		let uri = format!("0x{}//salus//{}//3//12", hex::encode(seed), hex::encode(genesis()));

		let (expected, mini_secret) = sr25519::Pair::from_string_with_seed(&uri, None).unwrap();
		assert_eq!(keys.account.id().0, expected.public().0);
		assert_eq!(
			keys.hpke.public(),
			HpkeSecret::derive(&mini_secret.unwrap()).unwrap().public()
		);

		let other =
			subxt_signer::sr25519::Keypair::from_uri(&subxt_signer::SecretUri::from_str(&uri).unwrap()).unwrap();
		assert_eq!(keys.account.id().0, other.public_key().0);
	}

	#[test]
	fn junctions_encode_as_the_design_says() {
		// A text of 64 digits is 66 bytes of SCALE, more than a chain code has room for, and so hashed; a number is a
		// u64, little-endian.
		let genesis = hex::encode(genesis());
		let encoded = codec::Encode::encode(&genesis.as_str());
		assert_eq!(encoded.len(), 66);
		assert_eq!(
			DeriveJunction::from(format!("/{genesis}")),
			DeriveJunction::Hard(sp_io::hashing::blake2_256(&encoded))
		);
		let mut number = [0; 32];
		if let Some(first) = number.first_mut() {
			*first = 12;
		}
		assert_eq!(DeriveJunction::from("/12"), DeriveJunction::Hard(number));
	}

	#[test]
	fn ids_of_one_seed_share_nothing() {
		let identity = Identity::from_seed(&[1; 32]);
		let keys: Vec<_> = [(0, 0), (0, 1), (1, 0)]
			.into_iter()
			.map(|(institution, n)| identity.patient(&genesis(), institution, n).unwrap())
			.collect();
		for (index, key) in keys.iter().enumerate() {
			for other in keys.iter().skip(index + 1) {
				assert_ne!(key.account.id(), other.account.id());
				assert_ne!(key.hpke.public(), other.hpke.public());
			}
		}
		assert!(matches!(
			keys.first().map(|keys| keys.hpke.public()),
			Some(HpkeKey::X25519(_))
		));
	}

	#[test]
	fn an_account_has_an_hpke_key_of_its_own() {
		let identity = Identity::from_seed(&[1; 32]);
		let key = identity.hpke().unwrap().public();
		assert_eq!(key, Identity::from_seed(&[1; 32]).hpke().unwrap().public());
		assert_ne!(key, Identity::from_seed(&[2; 32]).hpke().unwrap().public());
		assert_ne!(key, identity.patient(&genesis(), 0, 0).unwrap().hpke.public());
	}

	#[test]
	fn a_phrase_restores_its_key() {
		let (identity, phrase) = Identity::generate().unwrap();
		assert_eq!(phrase.split_whitespace().count(), 12);
		assert_eq!(
			Identity::from_phrase(&phrase).unwrap().account().id(),
			identity.account().id()
		);
		for text in [hex::encode([4; 32]), format!(" 0x{}\n", hex::encode([4; 32]))] {
			assert_eq!(
				Identity::from_phrase(&text).unwrap().account().id(),
				Identity::from_seed(&[4; 32]).account().id()
			);
		}
		for text in ["salt pepper", "0x04", ""] {
			assert!(
				matches!(Identity::from_phrase(text), Err(KeyError::BadPhrase)),
				"{text}"
			);
		}
	}

	#[test]
	fn development_keys_have_a_path() {
		let alice = Identity::development("//Alice").unwrap();
		assert_eq!(
			alice.account().id().to_string(),
			"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
		);
		assert!(Identity::development("//Alice//doctor")
			.unwrap()
			.patient(&genesis(), 0, 0)
			.is_ok());
		assert!(matches!(Identity::development("Alice"), Err(KeyError::BadPath(_))));
	}

	#[test]
	fn signatures_are_of_the_account_over_the_bytes() {
		let alice = Identity::development("//Alice").unwrap();
		let bob = Identity::development("//Bob").unwrap();
		let signature = alice.account().sign(b"message");
		assert!(verify(&alice.account().id(), b"message", &signature));
		assert!(!verify(&alice.account().id(), b"massage", &signature));
		assert!(!verify(&bob.account().id(), b"message", &signature));
	}

	#[test]
	fn secrets_are_not_printed() {
		let identity = Identity::from_seed(&[9; 32]);
		assert!(!format!("{identity:?}").contains("9, 9"));
	}
}
