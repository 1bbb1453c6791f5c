//! An application for a credential: signed by the applicant, given to the hospital off chain, approved by an officer.

use codec::{Decode, Encode};
use salus_primitives::{wrapped, InstitutionId, Moment, Role, APPLICATION_TAG};
use serde::{Deserialize, Serialize};

use super::{
	account::{verify, Account},
	salt::{fresh_salt, salted},
	words, AccountId, DocumentError, Hash, KeyError, Signature,
};

/// What an applicant signs.
pub type Application = salus_primitives::Application<AccountId>;

const WHAT: &str = "application";
/// What the commitments are to; the first word of each commitment.
const LICENCE: &[u8] = b"licence";
const SPECIALITY: &[u8] = b"speciality";

/// The file an applicant gives to the hospital. The fields beside the signed ones are for people to read and are
/// checked against them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationFile {
	/// SCALE of the application, hex.
	pub application: String,
	/// SCALE of the signature, hex.
	pub signature: String,
	/// Who applies.
	pub applicant: String,
	/// To which institution.
	pub institution: InstitutionId,
	/// As what.
	pub role: Role,
}

/// What opens the commitments. It stays with the applicant, and she shows it to the officer, never to the chain.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Salts {
	/// The licence, in clear.
	pub licence: String,
	/// 32 random bytes, hex.
	pub licence_salt: String,
	/// The speciality, in clear.
	pub speciality: String,
	/// 32 random bytes, hex.
	pub speciality_salt: String,
}

impl Salts {
	/// Fresh salts.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn generate(licence: &str, speciality: &str) -> Result<Self, KeyError> {
		Ok(Self {
			licence: licence.to_string(),
			licence_salt: fresh_salt()?,
			speciality: speciality.to_string(),
			speciality_salt: fresh_salt()?,
		})
	}

	/// The commitments to licence and speciality.
	///
	/// # Errors
	/// `Malformed` for salts that are none.
	pub fn commitments(&self) -> Result<(Hash, Hash), DocumentError> {
		Ok((
			salted(LICENCE, &self.licence_salt, &self.licence)?,
			salted(SPECIALITY, &self.speciality_salt, &self.speciality)?,
		))
	}

	/// Whether these salts open an application's commitments.
	pub fn open(&self, application: &Application) -> bool {
		self.commitments()
			.is_ok_and(|opened| opened == (application.licence, application.speciality))
	}
}

impl std::fmt::Debug for Salts {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("Salts(..)")
	}
}

impl ApplicationFile {
	/// Signs an application.
	pub fn sign(application: &Application, account: &Account) -> Self {
		let signature = account.sign(&wrapped(APPLICATION_TAG, application));
		Self {
			application: words::hex(application.encode()),
			signature: words::hex(signature.encode()),
			applicant: application.applicant.to_string(),
			institution: application.institution,
			role: application.role,
		}
	}

	/// Reads a file's text and checks what an officer's client can: shape, signature, chain, time.
	///
	/// # Errors
	/// `Malformed`, `BadSignature`, `OtherChain`, `Expired`
	pub fn read(text: &str, genesis: &Hash, now: Moment) -> Result<(Application, Signature), DocumentError> {
		let malformed = |reason: String| DocumentError::Malformed { what: WHAT, reason };
		let file: Self = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
		let application: Application = decode(&file.application).map_err(malformed)?;
		let signature: Signature = decode(&file.signature).map_err(malformed)?;
		let said = (file.applicant.as_str(), file.institution, file.role);
		if said
			!= (
				application.applicant.to_string().as_str(),
				application.institution,
				application.role,
			) {
			return Err(malformed("its readable part is not what was signed".into()));
		}
		if !verify(
			&application.applicant,
			&wrapped(APPLICATION_TAG, &application),
			&signature,
		) {
			return Err(DocumentError::BadSignature {
				what: WHAT,
				signer: application.applicant,
			});
		}
		if application.genesis != *genesis {
			return Err(DocumentError::OtherChain {
				what: WHAT,
				found: application.genesis,
			});
		}
		if now >= application.not_after {
			return Err(DocumentError::Expired {
				what: WHAT,
				until: words::show_moment(application.not_after),
			});
		}
		Ok((application, signature))
	}
}

/// All of a value in hex.
pub(super) fn decode<T: Decode>(text: &str) -> Result<T, String> {
	let bytes = words::hex_bytes(text)?;
	let mut input = bytes.as_slice();
	let value = T::decode(&mut input).map_err(|_| "a part ends too early".to_string())?;
	if input.is_empty() {
		Ok(value)
	} else {
		Err("a part is too long".into())
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Identity;

	const NOW: Moment = 1_700_000_000_000;

	fn applied() -> (Salts, Application, ApplicationFile) {
		let identity = Identity::from_seed(&[8; 32]);
		let salts = Salts::generate("MCI-12345", "Cardiology").unwrap();
		let (licence, speciality) = salts.commitments().unwrap();
		let application = Application {
			genesis: Hash::repeat_byte(1),
			institution: 1,
			applicant: identity.account().id(),
			role: Role::Doctor,
			licence,
			speciality,
			not_after: NOW + 1_000,
		};
		let file = ApplicationFile::sign(&application, identity.account());
		(salts, application, file)
	}

	fn text(file: &ApplicationFile) -> String {
		serde_json::to_string(file).unwrap()
	}

	#[test]
	fn an_application_is_read_as_signed() {
		let (salts, application, file) = applied();
		let (read, _) = ApplicationFile::read(&text(&file), &Hash::repeat_byte(1), NOW).unwrap();
		assert_eq!(read, application);
		assert!(salts.open(&read));
		assert!(!text(&file).contains("MCI-12345"));
	}

	#[test]
	fn commitments_are_salted() {
		let (first, second) = (Salts::generate("1", "2").unwrap(), Salts::generate("1", "2").unwrap());
		assert_ne!(first.commitments().unwrap(), second.commitments().unwrap());
		let (_, application, _) = applied();
		assert!(!first.open(&application));
	}

	#[test]
	fn a_wrong_application_has_its_own_error() {
		let (_, application, file) = applied();
		let read = |text: &str, genesis: u8, now: Moment| {
			ApplicationFile::read(text, &Hash::repeat_byte(genesis), now).unwrap_err()
		};
		assert!(matches!(read(&text(&file), 2, NOW), DocumentError::OtherChain { .. }));
		assert!(matches!(
			read(&text(&file), 1, NOW + 1_000),
			DocumentError::Expired { .. }
		));

		let forged = ApplicationFile::sign(&application, Identity::development("//Bob").unwrap().account());
		assert!(matches!(
			read(&text(&forged), 1, NOW),
			DocumentError::BadSignature { .. }
		));

		let repainted = ApplicationFile {
			role: Role::Nurse,
			..file.clone()
		};
		assert!(matches!(
			read(&text(&repainted), 1, NOW),
			DocumentError::Malformed { .. }
		));

		for broken in [
			"",
			"{}",
			"[]",
			&text(&ApplicationFile {
				signature: "0x00".into(),
				..file.clone()
			}),
		] {
			assert!(
				matches!(read(broken, 1, NOW), DocumentError::Malformed { .. }),
				"{broken}"
			);
		}
		let long = ApplicationFile {
			application: format!("{}00", file.application),
			..file
		};
		assert!(matches!(read(&text(&long), 1, NOW), DocumentError::Malformed { .. }));
	}
}
