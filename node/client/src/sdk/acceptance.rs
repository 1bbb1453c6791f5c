//! What an account accepts to be for a patient: signed by its holder, given off chain to whoever makes it so.

use codec::{Decode, Encode};
use salus_primitives::{wrapped, Capacity, HpkeKey, PatientId, ACCEPT_TAG};
use serde::{Deserialize, Serialize};

use super::{
	account::{verify, Account},
	application::decode,
	registration::chain_key,
	words, AccountId, DocumentError, Hash, PatientKeys, Signature,
};

const WHAT: &str = "acceptance";

/// What is signed: the SCALE of [`salus_primitives::Acceptance`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Acceptance {
	/// The genesis hash of the chain it is for.
	pub genesis: Hash,
	/// The patient's id.
	pub patient: PatientId,
	/// As what.
	pub capacity: Capacity,
	/// The account that accepts.
	pub account: AccountId,
	/// A controller's key that subject wraps will be made to; of nobody else.
	pub hpke: Option<HpkeKey>,
}

impl Acceptance {
	/// A guardian, an executor or a caregiver accepts. A controller does it with [`of_controller`](Self::of_controller).
	pub fn of(genesis: Hash, patient: PatientId, capacity: Capacity, account: AccountId) -> Self {
		Self {
			genesis,
			patient,
			capacity,
			account,
			hpke: None,
		}
	}

	/// Whoever has these keys accepts to sign for the patient, and to read what is wrapped to her, by them.
	pub fn of_controller(genesis: Hash, patient: PatientId, keys: &PatientKeys) -> Self {
		let hpke = Some(chain_key(keys.hpke.public()));
		Self {
			hpke,
			..Self::of(genesis, patient, Capacity::Controller, keys.account.id())
		}
	}

	/// What whoever accepts is told before she signs.
	pub fn sentence(&self) -> String {
		let (account, patient) = (self.account, self.patient);
		let part = match self.capacity {
			Capacity::Controller => {
				return format!("You accept to sign for patient {patient}, who is you, by account {account}.")
			}
			Capacity::Guardian => "guardian",
			Capacity::Executor => "executor",
			Capacity::Caregiver => "caregiver",
		};
		format!(
			"You accept to be {part} of patient {patient} by account {account}, which acts for her and for nobody else, \
			 and never comes back once its part ends."
		)
	}

	/// The account that will sign for the patient, and her new HPKE key.
	///
	/// # Errors
	/// `OtherCapacity` for an acceptance that names no key.
	pub fn into_controller(self) -> Result<(AccountId, HpkeKey), DocumentError> {
		match self.hpke {
			Some(hpke) => Ok((self.account, hpke)),
			None => Err(DocumentError::OtherCapacity {
				found: self.capacity.name(),
				wanted: Capacity::Controller.name(),
			}),
		}
	}

	/// The bytes its account signs.
	pub fn message(&self) -> Vec<u8> {
		let signed = salus_primitives::Acceptance {
			genesis: self.genesis,
			patient: self.patient,
			capacity: self.capacity,
			account: &self.account,
			hpke: self.hpke.as_ref(),
		};
		wrapped(ACCEPT_TAG, &signed)
	}
}

/// The file that whoever accepts gives to the officers, or to the patient. The fields beside the signed ones are for
/// people to read and are checked against them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceptanceFile {
	/// SCALE of the acceptance, hex.
	pub acceptance: String,
	/// SCALE of the signature, hex.
	pub signature: String,
	/// For which patient.
	pub patient: PatientId,
	/// As what.
	pub capacity: Capacity,
	/// Who accepts.
	pub account: String,
}

impl AcceptanceFile {
	/// Signs an acceptance, by the account that is named in it.
	pub fn sign(acceptance: &Acceptance, account: &Account) -> Self {
		Self {
			acceptance: words::hex(acceptance.encode()),
			signature: words::hex(account.sign(&acceptance.message()).encode()),
			patient: acceptance.patient,
			capacity: acceptance.capacity,
			account: acceptance.account.to_string(),
		}
	}

	/// Reads a file's text and checks all of it: shape, signature, chain, and that it is for this patient and part.
	///
	/// # Errors
	/// `Malformed`, `BadSignature`, `OtherChain`, `OtherPatient`, `OtherCapacity`
	pub fn read(
		text: &str,
		genesis: &Hash,
		patient: PatientId,
		capacity: Capacity,
	) -> Result<(Acceptance, Signature), DocumentError> {
		let malformed = |reason: String| DocumentError::Malformed { what: WHAT, reason };
		let file: Self = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
		let acceptance: Acceptance = decode(&file.acceptance).map_err(malformed)?;
		let signature: Signature = decode(&file.signature).map_err(malformed)?;
		let signed = (acceptance.patient, acceptance.capacity, acceptance.account.to_string());
		if (file.patient, file.capacity, file.account) != signed {
			return Err(malformed("its readable part is not what was signed".into()));
		}
		if acceptance.hpke.is_some() != (acceptance.capacity == Capacity::Controller) {
			return Err(malformed("a controller names a key, and nobody else does".into()));
		}
		if !verify(&acceptance.account, &acceptance.message(), &signature) {
			return Err(DocumentError::BadSignature {
				what: WHAT,
				signer: acceptance.account,
			});
		}
		if acceptance.genesis != *genesis {
			return Err(DocumentError::OtherChain {
				what: WHAT,
				found: acceptance.genesis,
			});
		}
		if acceptance.patient != patient {
			return Err(DocumentError::OtherPatient {
				what: WHAT,
				found: acceptance.patient,
				wanted: patient,
			});
		}
		if acceptance.capacity != capacity {
			return Err(DocumentError::OtherCapacity {
				found: acceptance.capacity.name(),
				wanted: capacity.name(),
			});
		}
		Ok((acceptance, signature))
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Identity;

	const GENESIS: Hash = Hash::repeat_byte(1);

	fn guardian() -> (Acceptance, AcceptanceFile) {
		let identity = Identity::from_seed(&[8; 32]);
		let account = identity.account();
		let acceptance = Acceptance::of(GENESIS, 7, Capacity::Guardian, account.id());
		let file = AcceptanceFile::sign(&acceptance, account);
		(acceptance, file)
	}

	fn text(file: &AcceptanceFile) -> String {
		serde_json::to_string(file).unwrap()
	}

	#[test]
	fn an_acceptance_is_read_as_signed() {
		let (acceptance, file) = guardian();
		let (read, _) = AcceptanceFile::read(&text(&file), &GENESIS, 7, Capacity::Guardian).unwrap();
		assert_eq!(read, acceptance);

		let keys = Identity::from_seed(&[8; 32]).patient(&GENESIS, 0, 1).unwrap();
		let acceptance = Acceptance::of_controller(GENESIS, 7, &keys);
		let file = AcceptanceFile::sign(&acceptance, &keys.account);
		let (read, _) = AcceptanceFile::read(&text(&file), &GENESIS, 7, Capacity::Controller).unwrap();
		let (account, hpke) = read.into_controller().unwrap();
		assert_eq!((account, hpke), (keys.account.id(), chain_key(keys.hpke.public())));
		let (guardian, _) = guardian();
		assert!(matches!(
			guardian.into_controller(),
			Err(DocumentError::OtherCapacity { .. })
		));
	}

	#[test]
	fn whoever_accepts_is_told_as_what_and_for_whom() {
		for capacity in Capacity::ALL {
			let account = Identity::from_seed(&[8; 32]).account().id();
			let sentence = Acceptance::of(GENESIS, 7, capacity, account).sentence();
			assert!(
				sentence.contains("patient 7") && sentence.contains(&account.to_string()),
				"{sentence}"
			);
			let named = sentence.contains(&capacity.name().to_lowercase());
			assert_eq!(named, capacity != Capacity::Controller, "{sentence}");
		}
	}

	#[test]
	fn what_is_signed_is_what_the_chain_verifies() {
		let (acceptance, _) = guardian();
		let digest = sp_io::hashing::blake2_256(&acceptance.encode());
		let expected = [b"<Bytes>salus/accept/1".as_slice(), &digest, b"</Bytes>"].concat();
		assert_eq!(acceptance.message(), expected);
		// As pallets/roles/README.md lays it out.
		let bytes = [&[1; 32][..], &7u64.to_le_bytes(), &[1], &acceptance.account.0, &[0]].concat();
		assert_eq!(acceptance.encode(), bytes);
	}

	#[test]
	fn an_acceptance_for_somebody_or_something_else_has_its_own_error() {
		let (acceptance, file) = guardian();
		let read = |text: &str, genesis, patient, capacity| {
			AcceptanceFile::read(text, &genesis, patient, capacity).unwrap_err()
		};
		let other = |genesis, patient, capacity| read(&text(&file), genesis, patient, capacity);
		assert!(matches!(
			other(Hash::zero(), 7, Capacity::Guardian),
			DocumentError::OtherChain { .. }
		));
		assert!(matches!(
			other(GENESIS, 8, Capacity::Guardian),
			DocumentError::OtherPatient {
				found: 7,
				wanted: 8,
				..
			}
		));
		let executor = other(GENESIS, 7, Capacity::Executor);
		assert!(matches!(executor, DocumentError::OtherCapacity { .. }));
		assert!(executor.to_string().contains("salus accept executor"), "{executor}");

		let forged = AcceptanceFile::sign(&acceptance, Identity::from_seed(&[9; 32]).account());
		let wrong = |file: &AcceptanceFile| read(&text(file), GENESIS, 7, Capacity::Guardian);
		assert!(matches!(wrong(&forged), DocumentError::BadSignature { .. }));
		let keyed = Acceptance {
			hpke: Some(HpkeKey::X25519([3; 32])),
			..acceptance
		};
		for broken in [
			AcceptanceFile {
				patient: 8,
				..file.clone()
			},
			AcceptanceFile {
				capacity: Capacity::Executor,
				..file.clone()
			},
			AcceptanceFile {
				signature: "0x00".into(),
				..file.clone()
			},
			AcceptanceFile {
				acceptance: format!("{}00", file.acceptance),
				..file.clone()
			},
			AcceptanceFile::sign(&keyed, Identity::from_seed(&[8; 32]).account()),
		] {
			assert!(matches!(wrong(&broken), DocumentError::Malformed { .. }), "{broken:?}");
		}
		for text in ["", "{}", "[]"] {
			assert!(
				matches!(
					read(text, GENESIS, 7, Capacity::Guardian),
					DocumentError::Malformed { .. }
				),
				"{text}"
			);
		}
	}
}
