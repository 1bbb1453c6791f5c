//! The recovery of a patient's lost key: what the chain has of it, the contacts she committed to, and what they sign.

use codec::{Decode, Encode};
use salus_primitives::{contacts_commitment, wrapped, HpkeKey, Moment, PatientId, MAX_CONTACTS, VOUCH_TAG};
use serde::{Deserialize, Serialize};

use super::{
	account::{verify, Account},
	application::decode,
	salt::fresh_salt,
	words, AccountId, DocumentError, Hash, KeyError, Signature,
};

/// The recovery of a lost key, until the council decides.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Recovery {
	/// The account that will sign for the patient.
	pub controller: AccountId,
	/// The key that subject wraps will be made to.
	pub hpke: HpkeKey,
	/// Salted commitment to what the officers saw.
	pub evidence: Hash,
	/// When it was proposed.
	pub since: Moment,
	/// Whether the old key objected.
	pub objected: bool,
	/// Whether her recovery contacts vouched.
	pub vouched: bool,
}

/// A patient's recovery contacts, as the chain has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ContactsCommitment {
	/// How many of them vouch together.
	pub threshold: u8,
	/// The salted commitment to who they are.
	pub commitment: Hash,
}

/// Who vouches for a patient who lost her key. Only a commitment to it is on chain; it is needed when they vouch, so that
/// it must not be lost with the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecoveryContacts {
	/// How many of them vouch together.
	pub threshold: u8,
	/// Their accounts.
	pub contacts: Vec<String>,
	/// 32 random bytes, hex.
	pub contacts_salt: String,
}

/// Contacts whose text was read.
pub type OpenedContacts = (Vec<AccountId>, [u8; 32]);

impl RecoveryContacts {
	/// Contacts with a fresh salt.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn new(threshold: u8, contacts: &[AccountId]) -> Result<Self, KeyError> {
		Ok(Self {
			threshold,
			contacts: contacts.iter().map(ToString::to_string).collect(),
			contacts_salt: fresh_salt()?,
		})
	}

	/// Reads a contacts file.
	///
	/// # Errors
	/// `Malformed`
	pub fn read(text: &str) -> Result<Self, DocumentError> {
		let contacts: Self = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
		contacts.open()?;
		Ok(contacts)
	}

	/// The accounts and the salt.
	///
	/// # Errors
	/// `Malformed` for contacts who could never vouch: too many, too few for their threshold, one of them twice.
	pub fn open(&self) -> Result<OpenedContacts, DocumentError> {
		let salt = words::hash(&self.contacts_salt).map_err(malformed)?;
		let accounts: Vec<_> = self
			.contacts
			.iter()
			.map(|text| words::account(text))
			.collect::<Result<_, _>>()
			.map_err(malformed)?;
		if accounts.len() > usize::try_from(MAX_CONTACTS).unwrap_or(usize::MAX) {
			return Err(malformed(format!("more than {MAX_CONTACTS} contacts")));
		}
		if self.threshold == 0 || usize::from(self.threshold) > accounts.len() {
			return Err(malformed(format!(
				"{} of {} contacts can't vouch",
				self.threshold,
				accounts.len()
			)));
		}
		let twice = |(place, account)| accounts.iter().skip(place + 1).any(|other| other == account);
		if accounts.iter().enumerate().any(twice) {
			return Err(malformed("a contact is named twice".into()));
		}
		Ok((accounts, salt.0))
	}

	/// What stands on chain.
	///
	/// # Errors
	/// `Malformed`
	pub fn commitment(&self) -> Result<ContactsCommitment, DocumentError> {
		let (accounts, salt) = self.open()?;
		Ok(ContactsCommitment {
			threshold: self.threshold,
			commitment: contacts_commitment(&salt, self.threshold, &accounts),
		})
	}

	/// The signatures of these contacts under what is meant, each with its signer's place among them; a second file of the
	/// same contact adds nothing.
	///
	/// # Errors
	/// `Malformed`; `NotAContact`, `OtherKeys`, `EarlierRecovery`, `OtherTimes`, `TooFewVouches`
	pub fn gather(&self, meant: &Vouch, vouches: Vec<SignedVouch>) -> Result<Vec<(u8, Signature)>, DocumentError> {
		let keys = |vouch: &Vouch| (vouch.patient, vouch.controller, vouch.hpke.clone());
		let (accounts, _) = self.open()?;
		let mut gathered: Vec<(u8, Signature)> = Vec::new();
		for (vouch, contact, signature) in vouches {
			let place = accounts
				.iter()
				.position(|account| *account == contact)
				.and_then(|place| u8::try_from(place).ok())
				.ok_or(DocumentError::NotAContact(contact))?;
			if keys(&vouch) != keys(meant) {
				return Err(DocumentError::OtherKeys(contact));
			}
			if vouch.round != meant.round {
				return Err(DocumentError::EarlierRecovery(contact));
			}
			if vouch != *meant {
				return Err(DocumentError::OtherTimes(contact));
			}
			if gathered.iter().all(|(taken, _)| *taken != place) {
				gathered.push((place, signature));
			}
		}
		if gathered.len() < usize::from(self.threshold) {
			return Err(DocumentError::TooFewVouches {
				found: gathered.len(),
				wanted: self.threshold,
			});
		}
		Ok(gathered)
	}
}

fn malformed(reason: String) -> DocumentError {
	DocumentError::Malformed {
		what: "contacts file",
		reason,
	}
}

/// What a recovery contact signs: the keys that a patient will have, and since when she has not had the old one.
pub type Vouch = salus_primitives::Vouch<AccountId>;
/// A contact's word that was read: what she signed, who she is, her signature.
pub type SignedVouch = (Vouch, AccountId, Signature);

const VOUCH: &str = "vouch";

/// The file in which a contact's word travels. The fields beside the signed ones are for people to read and are checked
/// against them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VouchFile {
	/// SCALE of what is signed, hex.
	pub vouch: String,
	/// SCALE of the signature, hex.
	pub signature: String,
	/// Who vouches.
	pub contact: String,
	/// For which patient.
	pub patient: PatientId,
	/// For which account.
	pub controller: String,
	/// Since when the old key is lost.
	pub lost_at: String,
	/// Until when it can be sent.
	pub not_after: String,
}

impl VouchFile {
	/// A contact signs.
	pub fn sign(vouch: &Vouch, contact: &Account) -> Self {
		Self {
			vouch: words::hex(vouch.encode()),
			signature: words::hex(contact.sign(&wrapped(VOUCH_TAG, vouch)).encode()),
			contact: contact.id().to_string(),
			patient: vouch.patient,
			controller: vouch.controller.to_string(),
			lost_at: words::show_moment(vouch.lost_at),
			not_after: words::show_moment(vouch.not_after),
		}
	}

	/// Reads a file's text and checks shape, signature and chain.
	///
	/// # Errors
	/// `Malformed`, `BadSignature`, `OtherChain`
	pub fn read(text: &str, genesis: &Hash) -> Result<SignedVouch, DocumentError> {
		let malformed = |reason: String| DocumentError::Malformed { what: VOUCH, reason };
		let file: Self = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
		let vouch: Vouch = decode(&file.vouch).map_err(malformed)?;
		let signature: Signature = decode(&file.signature).map_err(malformed)?;
		let contact = words::account(&file.contact).map_err(malformed)?;
		let times = [vouch.lost_at, vouch.not_after].map(words::show_moment);
		let readable = (file.patient, file.controller, [file.lost_at, file.not_after]);
		if readable != (vouch.patient, vouch.controller.to_string(), times) {
			return Err(malformed("its readable part is not what was signed".into()));
		}
		if !verify(&contact, &wrapped(VOUCH_TAG, &vouch), &signature) {
			return Err(DocumentError::BadSignature {
				what: VOUCH,
				signer: contact,
			});
		}
		if vouch.genesis != *genesis {
			return Err(DocumentError::OtherChain {
				what: VOUCH,
				found: vouch.genesis,
			});
		}
		Ok((vouch, contact, signature))
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Identity;
	use salus_primitives::DAY;

	const GENESIS: Hash = Hash::repeat_byte(1);
	const PATIENT: PatientId = 7;

	fn contact(seed: u8) -> Account {
		Identity::from_seed(&[seed; 32]).account().clone()
	}

	fn recovery() -> Recovery {
		Recovery {
			controller: contact(20).id(),
			hpke: HpkeKey::X25519([5; 32]),
			evidence: Hash::zero(),
			since: 0,
			objected: false,
			vouched: false,
		}
	}

	fn vouch() -> Vouch {
		let Recovery { controller, hpke, .. } = recovery();
		Vouch {
			genesis: GENESIS,
			patient: PATIENT,
			round: 3,
			controller,
			hpke,
			lost_at: 5 * DAY,
			not_after: 9 * DAY,
		}
	}

	fn text(file: &VouchFile) -> String {
		serde_json::to_string(file).unwrap()
	}

	fn contacts() -> RecoveryContacts {
		RecoveryContacts::new(2, &[1, 2, 3].map(|seed| contact(seed).id())).unwrap()
	}

	/// What a contact's file is read as.
	fn vouched(vouch: &Vouch, seed: u8) -> SignedVouch {
		VouchFile::read(&text(&VouchFile::sign(vouch, &contact(seed))), &GENESIS).unwrap()
	}

	#[test]
	fn contacts_are_committed_to_as_the_chain_opens_it() {
		let contacts = contacts();
		let kept = serde_json::to_string(&contacts).unwrap();
		let read = RecoveryContacts::read(&kept).unwrap();
		assert_eq!(read, contacts);
		let (accounts, salt) = read.open().unwrap();
		// As pallets/roles/README.md says it.
		let opened = (2u8, accounts).encode();
		let bytes = [b"salus/contacts/1".as_slice(), &salt, &opened].concat();
		let commitment = contacts.commitment().unwrap();
		assert_eq!(commitment.commitment.0, sp_io::hashing::blake2_256(&bytes));
		assert_eq!(commitment.threshold, 2);
		let again = RecoveryContacts::new(2, &[1, 2, 3].map(|seed| contact(seed).id())).unwrap();
		assert_ne!(again.commitment().unwrap(), commitment);
	}

	#[test]
	fn contacts_who_could_never_vouch_are_refused() {
		let nine: Vec<_> = (0..9).map(|seed| contact(seed).id().to_string()).collect();
		let eight = nine.iter().take(8).cloned().collect::<Vec<_>>();
		let full = RecoveryContacts {
			threshold: 8,
			contacts: eight,
			..contacts()
		};
		assert!(full.open().is_ok());
		let twice = contacts().contacts.into_iter().take(1).cycle().take(2).collect();
		for broken in [
			RecoveryContacts {
				threshold: 0,
				..contacts()
			},
			RecoveryContacts {
				threshold: 4,
				..contacts()
			},
			RecoveryContacts {
				contacts: nine,
				..contacts()
			},
			RecoveryContacts {
				contacts: twice,
				..contacts()
			},
			RecoveryContacts {
				contacts: vec!["nobody".into()],
				threshold: 1,
				..contacts()
			},
			RecoveryContacts {
				contacts_salt: "0x00".into(),
				..contacts()
			},
		] {
			let kept = serde_json::to_string(&broken).unwrap();
			for error in [
				RecoveryContacts::read(&kept).unwrap_err(),
				broken.commitment().unwrap_err(),
			] {
				assert!(matches!(error, DocumentError::Malformed { .. }), "{broken:?}");
			}
		}
		assert!(matches!(
			RecoveryContacts::read("{}"),
			Err(DocumentError::Malformed { .. })
		));
	}

	#[test]
	fn a_vouch_is_read_as_signed() {
		let file = VouchFile::sign(&vouch(), &contact(1));
		let (read, signer, signature) = VouchFile::read(&text(&file), &GENESIS).unwrap();
		assert_eq!((read, signer), (vouch(), contact(1).id()));
		// What the pallet verifies.
		let keys = (recovery().controller, recovery().hpke);
		let signed = (GENESIS, PATIENT, 3u32, keys, 5 * DAY, 9 * DAY);
		assert!(verify(
			&contact(1).id(),
			&wrapped(b"salus/vouch/2", &signed),
			&signature
		));
	}

	#[test]
	fn a_wrong_vouch_has_its_own_error() {
		let file = VouchFile::sign(&vouch(), &contact(1));
		let read = |file: &VouchFile| VouchFile::read(&text(file), &GENESIS).unwrap_err();
		let other_chain = VouchFile::sign(
			&Vouch {
				genesis: Hash::zero(),
				..vouch()
			},
			&contact(1),
		);
		assert!(matches!(read(&other_chain), DocumentError::OtherChain { .. }));
		let forged = VouchFile {
			contact: contact(2).id().to_string(),
			..file.clone()
		};
		assert!(matches!(read(&forged), DocumentError::BadSignature { .. }));
		for broken in [
			VouchFile {
				patient: 8,
				..file.clone()
			},
			VouchFile {
				controller: contact(3).id().to_string(),
				..file.clone()
			},
			VouchFile {
				lost_at: words::show_moment(4 * DAY),
				..file.clone()
			},
			VouchFile {
				not_after: words::show_moment(8 * DAY),
				..file.clone()
			},
			VouchFile {
				contact: "nobody".into(),
				..file.clone()
			},
			VouchFile {
				signature: "0x00".into(),
				..file.clone()
			},
			VouchFile {
				vouch: format!("{}00", file.vouch),
				..file.clone()
			},
		] {
			assert!(matches!(read(&broken), DocumentError::Malformed { .. }), "{broken:?}");
		}
		for text in ["", "{}", "[]"] {
			assert!(matches!(
				VouchFile::read(text, &GENESIS),
				Err(DocumentError::Malformed { .. })
			));
		}
	}

	#[test]
	fn enough_contacts_are_gathered_each_once_and_for_these_keys() {
		let gather = |vouches| contacts().gather(&vouch(), vouches);
		let gathered = gather(vec![vouched(&vouch(), 3), vouched(&vouch(), 1)]).unwrap();
		let places: Vec<_> = gathered.iter().map(|(place, _)| *place).collect();
		assert_eq!(places, [2, 0]);

		assert!(matches!(
			gather(vec![vouched(&vouch(), 3), vouched(&vouch(), 3)]),
			Err(DocumentError::TooFewVouches { found: 1, wanted: 2 })
		));
		assert!(matches!(
			gather(vec![vouched(&vouch(), 3), vouched(&vouch(), 4)]),
			Err(DocumentError::NotAContact(account)) if account == contact(4).id()
		));
		for other in [
			Vouch { patient: 8, ..vouch() },
			Vouch {
				controller: contact(21).id(),
				..vouch()
			},
			Vouch {
				hpke: HpkeKey::X25519([6; 32]),
				..vouch()
			},
		] {
			assert!(matches!(
				gather(vec![vouched(&vouch(), 1), vouched(&other, 2)]),
				Err(DocumentError::OtherKeys(account)) if account == contact(2).id()
			));
		}
		for round in [2, 4] {
			let other = Vouch { round, ..vouch() };
			assert!(matches!(
				gather(vec![vouched(&vouch(), 1), vouched(&other, 2)]),
				Err(DocumentError::EarlierRecovery(account)) if account == contact(2).id()
			));
		}
		for other in [
			Vouch {
				lost_at: 4 * DAY,
				..vouch()
			},
			Vouch {
				not_after: 10 * DAY,
				..vouch()
			},
		] {
			assert!(matches!(
				gather(vec![vouched(&vouch(), 1), vouched(&other, 2)]),
				Err(DocumentError::OtherTimes(account)) if account == contact(2).id()
			));
		}
	}
}
