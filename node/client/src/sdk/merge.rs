//! What a patient agrees to whose two ids are merged: signed by the key of each id that has one, given off chain to the
//! officers.

use codec::{Decode, Encode};
use salus_primitives::{wrapped, Moment, PatientId, MERGE_TAG};
use serde::{Deserialize, Serialize};

use super::{
	account::{verify, Account},
	application::decode,
	sentence::time,
	words, AccountId, DocumentError, Hash, Signature,
};

const WHAT: &str = "agreement";

/// What is signed, by both keys the same.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MergeAgreement {
	/// The genesis hash of the chain it is for.
	pub genesis: Hash,
	/// The id that ends.
	pub from: PatientId,
	/// The id that stays.
	pub into: PatientId,
	/// It holds until before this time.
	pub not_after: Moment,
}

impl MergeAgreement {
	/// What the patient is told before she signs.
	pub fn sentence(&self, patient: PatientId) -> String {
		let Self {
			from, into, not_after, ..
		} = self;
		format!(
			"You agree, as patient {patient}, that ids {from} and {into} are both yours, and that two officers merge them \
			 before {}: id {from} is closed, and you go on under id {into}.",
			time(*not_after)
		)
	}

	/// The bytes each key signs.
	pub fn message(&self) -> Vec<u8> {
		wrapped(MERGE_TAG, self)
	}
}

/// The file that the patient gives to the officers, one for each key. The fields beside the signed ones are for people to
/// read and are checked against them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MergeAgreementFile {
	/// SCALE of the agreement, hex.
	pub agreement: String,
	/// SCALE of the signature, hex.
	pub signature: String,
	/// By the key of which id.
	pub patient: PatientId,
	/// Who signs for it.
	pub account: String,
	/// The id that ends.
	pub from: PatientId,
	/// The id that stays.
	pub into: PatientId,
	/// It holds until before this time.
	pub not_after: Moment,
}

impl MergeAgreementFile {
	/// Signs an agreement by the key of one of its two ids.
	pub fn sign(agreement: &MergeAgreement, patient: PatientId, account: &Account) -> Self {
		Self {
			agreement: words::hex(agreement.encode()),
			signature: words::hex(account.sign(&agreement.message()).encode()),
			patient,
			account: account.id().to_string(),
			from: agreement.from,
			into: agreement.into,
			not_after: agreement.not_after,
		}
	}

	/// Reads a file's text and checks all of it: shape, signature, chain, that it is about these two ids and by the key of
	/// this one, and its time. Whether the account signs for the id is the chain's to check.
	///
	/// # Errors
	/// `Malformed`, `BadSignature`, `OtherChain`, `OtherPatient`, `Expired`
	pub fn read(
		text: &str,
		genesis: &Hash,
		(from, into): (PatientId, PatientId),
		patient: PatientId,
		now: Moment,
	) -> Result<(MergeAgreement, Signature), DocumentError> {
		let malformed = |reason: String| DocumentError::Malformed { what: WHAT, reason };
		let file: Self = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
		let agreement: MergeAgreement = decode(&file.agreement).map_err(malformed)?;
		let signature: Signature = decode(&file.signature).map_err(malformed)?;
		let signer: AccountId = words::account(&file.account).map_err(malformed)?;
		let signed = (agreement.from, agreement.into, agreement.not_after);
		if (file.from, file.into, file.not_after) != signed {
			return Err(malformed("its readable part is not what was signed".into()));
		}
		if !verify(&signer, &agreement.message(), &signature) {
			return Err(DocumentError::BadSignature { what: WHAT, signer });
		}
		if agreement.genesis != *genesis {
			return Err(DocumentError::OtherChain {
				what: WHAT,
				found: agreement.genesis,
			});
		}
		for (found, wanted) in [(agreement.from, from), (agreement.into, into), (file.patient, patient)] {
			if found != wanted {
				return Err(DocumentError::OtherPatient {
					what: WHAT,
					found,
					wanted,
				});
			}
		}
		if agreement.not_after <= now {
			return Err(DocumentError::Expired {
				what: WHAT,
				until: words::show_moment(agreement.not_after),
			});
		}
		Ok((agreement, signature))
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::Identity;

	const GENESIS: Hash = Hash::repeat_byte(1);
	/// 21 November 2026, 08:30 UTC.
	const NOT_AFTER: Moment = 1_795_249_800_000;

	fn agreement() -> MergeAgreement {
		MergeAgreement {
			genesis: GENESIS,
			from: 8,
			into: 7,
			not_after: NOT_AFTER,
		}
	}

	fn file() -> MergeAgreementFile {
		MergeAgreementFile::sign(&agreement(), 8, Identity::from_seed(&[8; 32]).account())
	}

	fn read(file: &MergeAgreementFile, ids: (PatientId, PatientId), patient: PatientId) -> Result<(), DocumentError> {
		let text = serde_json::to_string(file).unwrap();
		MergeAgreementFile::read(&text, &GENESIS, ids, patient, NOT_AFTER - 1).map(drop)
	}

	#[test]
	fn what_is_signed_is_what_the_chain_verifies() {
		let encoded = [
			&[1; 32][..],
			&8u64.to_le_bytes(),
			&7u64.to_le_bytes(),
			&NOT_AFTER.to_le_bytes(),
		]
		.concat();
		let digest = sp_io::hashing::blake2_256(&encoded);
		let expected = [b"<Bytes>salus/merge/1".as_slice(), &digest, b"</Bytes>"].concat();
		assert_eq!(agreement().message(), expected);
	}

	#[test]
	fn an_agreement_is_read_as_signed() {
		let text = serde_json::to_string(&file()).unwrap();
		let (found, signature) = MergeAgreementFile::read(&text, &GENESIS, (8, 7), 8, 0).unwrap();
		assert_eq!(found, agreement());
		let account = Identity::from_seed(&[8; 32]).account().id();
		assert!(verify(&account, &agreement().message(), &signature));
	}

	#[test]
	fn the_patient_is_told_which_id_ends_and_until_when_it_holds() {
		let told = agreement().sentence(7);
		assert!(told.starts_with("You agree, as patient 7,"), "{told}");
		assert!(told.contains("id 8 is closed, and you go on under id 7"), "{told}");
		assert!(told.contains("before 21 November 2026 08:30 UTC"), "{told}");
	}

	#[test]
	fn an_agreement_about_something_else_has_its_own_error() {
		for (ids, patient, pair) in [
			((9, 7), 8, (8, 9)),
			((8, 9), 8, (7, 9)),
			((7, 8), 8, (8, 7)),
			((8, 7), 7, (8, 7)),
		] {
			let error = read(&file(), ids, patient).unwrap_err();
			let DocumentError::OtherPatient { found, wanted, .. } = error else {
				unreachable!("{error}")
			};
			assert_eq!((found, wanted), pair);
		}
		let text = serde_json::to_string(&file()).unwrap();
		let at = |genesis: Hash, now| MergeAgreementFile::read(&text, &genesis, (8, 7), 8, now).unwrap_err();
		assert!(matches!(at(Hash::zero(), 0), DocumentError::OtherChain { .. }));
		assert!(matches!(at(GENESIS, NOT_AFTER), DocumentError::Expired { .. }));
		let other = Identity::from_seed(&[9; 32]).account().id().to_string();
		let forged = MergeAgreementFile {
			account: other,
			..file()
		};
		assert!(matches!(
			read(&forged, (8, 7), 8),
			Err(DocumentError::BadSignature { .. })
		));
		for broken in [
			MergeAgreementFile { into: 9, ..file() },
			MergeAgreementFile {
				not_after: NOT_AFTER + 1,
				..file()
			},
			MergeAgreementFile {
				account: "nobody".into(),
				..file()
			},
			MergeAgreementFile {
				agreement: format!("{}00", file().agreement),
				..file()
			},
		] {
			assert!(
				matches!(read(&broken, (8, 7), 8), Err(DocumentError::Malformed { .. })),
				"{broken:?}"
			);
		}
	}
}
