//! What a patient without a device signs on paper: a first witness brings it, with a commitment to its scan, and a second
//! one confirms the same.

use codec::{Decode, Encode};
use salus_primitives::{
	CaseId, Compartment, DenialId, DenialTerms, GrantId, Grantee, Moment, PatientId, RequestId, Terms,
};
use serde::{Deserialize, Serialize};

use super::{
	application::decode as decode_hex,
	proof::decode,
	salt::{fresh_salt, salted},
	sentence::{denial, grant, Voice},
	storage_key::papers_prefix,
	words, AccountId, Client, DocumentError, Error, Hash,
};

const WHAT: &str = "salt file";
/// What the commitment is to; its first word.
pub(crate) const SCAN: &[u8] = b"scan";
/// The hash before the key of an entry.
const HASHED: usize = 16;

/// One thing that a patient wants, as the chain has it; `pallet-consent` says what each needs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[allow(missing_docs)]
pub enum Wish {
	/// A request is approved, or less than was asked.
	#[codec(index = 0)]
	Approve {
		requester: AccountId,
		request: RequestId,
		terms: Terms,
	},
	/// A request is declined.
	#[codec(index = 1)]
	Decline { requester: AccountId, request: RequestId },
	/// A grant is given.
	#[codec(index = 2)]
	Grant { grantee: Grantee<AccountId>, terms: Terms },
	/// A grant is revoked.
	#[codec(index = 3)]
	Revoke {
		grantee: Grantee<AccountId>,
		grant: GrantId,
	},
	/// Something is denied.
	#[codec(index = 4)]
	Deny(DenialTerms<AccountId>),
	/// A denial is lifted.
	#[codec(index = 5)]
	LiftDenial(DenialId),
	/// A drawer is sealed.
	#[codec(index = 6)]
	Seal(Compartment),
	/// The seal is taken off.
	#[codec(index = 7)]
	Unseal(Compartment),
	/// A case goes to the council.
	#[codec(index = 8)]
	Appeal(CaseId),
}

impl Wish {
	/// What the paper says.
	pub fn sentence(&self) -> String {
		match self {
			Self::Approve { requester, terms, .. } => grant(&Grantee::Account(*requester), terms, Voice::OfThePatient),
			Self::Decline { requester, request } => {
				format!("The patient declines request {request} of account {requester}.")
			}
			Self::Grant { grantee, terms } => grant(grantee, terms, Voice::OfThePatient),
			Self::Revoke { grantee, grant } => {
				format!("The patient revokes grant {grant} to {}.", words::show_grantee(grantee))
			}
			Self::Deny(terms) => denial(terms, Voice::OfThePatient),
			Self::LiftDenial(denial) => format!("The patient lifts denial {denial}."),
			Self::Seal(compartment) => format!(
				"The patient seals drawer {compartment}: not even an emergency opens it until she takes the seal off."
			),
			Self::Unseal(compartment) => {
				format!("The patient takes the seal off drawer {compartment}: an approved emergency opens it.")
			}
			Self::Appeal(case) => format!("The patient asks the council to judge emergency case {case}."),
		}
	}
}

/// A paper that the patient signed before two witnesses.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Paper {
	/// What it says.
	pub wish: Wish,
	/// Salted commitment to its scan.
	pub scan: Hash,
}

/// A paper that waits for its second witness.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct WaitingPaper {
	/// `blake2_256(SCALE(paper))`.
	pub paper: Hash,
	/// It lapses at this time.
	pub until: Moment,
}

/// The file that the first witness gives to the second: the chain has its hash alone until both brought it. The fields
/// beside the paper are for people to read and are checked against it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaperFile {
	/// SCALE of the paper, hex.
	pub paper: String,
	/// Whose it is.
	pub patient: PatientId,
	/// Who brought it.
	pub witness: String,
	/// What it says.
	pub says: String,
	/// 32 random bytes, hex.
	pub scan_salt: String,
}

impl PaperFile {
	/// A paper with a fresh salt for its scan.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn new(patient: PatientId, witness: &AccountId, wish: Wish, scan: &[u8]) -> Result<(Paper, Self), Error> {
		let scan_salt = fresh_salt()?;
		let says = wish.sentence();
		let paper = Paper {
			wish,
			scan: salted(SCAN, &scan_salt, scan)?,
		};
		let file = Self {
			paper: words::hex(paper.encode()),
			patient,
			witness: witness.to_string(),
			says,
			scan_salt,
		};
		Ok((paper, file))
	}

	/// Reads a file's text and checks all of it: shape, that it is of this patient, and that its commitment is to this
	/// scan. The paper, and who brought it.
	///
	/// # Errors
	/// `Malformed`, `OtherPatient`, `OtherScan`
	pub fn read(text: &str, patient: PatientId, scan: &[u8]) -> Result<(Paper, AccountId), DocumentError> {
		let malformed = |reason: String| DocumentError::Malformed { what: WHAT, reason };
		let file: Self = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
		let paper: Paper = decode_hex(&file.paper).map_err(malformed)?;
		let witness = words::account(&file.witness).map_err(malformed)?;
		if file.says != paper.wish.sentence() {
			return Err(malformed("its readable part is not what the paper says".into()));
		}
		if file.patient != patient {
			return Err(DocumentError::OtherPatient {
				what: WHAT,
				found: file.patient,
				wanted: patient,
			});
		}
		if salted(SCAN, &file.scan_salt, scan)? != paper.scan {
			return Err(DocumentError::OtherScan);
		}
		Ok((paper, witness))
	}
}

impl std::fmt::Debug for PaperFile {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("PaperFile(..)")
	}
}

impl Client {
	/// The papers of a patient that no second witness has confirmed, lapsed ones too, by who brought them.
	///
	/// # Errors
	/// `Broken`, `Unreadable`
	pub async fn papers(&self, patient: PatientId) -> Result<Vec<(AccountId, WaitingPaper)>, Error> {
		let block = self.request("chain_getFinalizedHead", &[]).await?;
		let prefix = papers_prefix(patient);
		let mut found = Vec::new();
		for key in self.keys_under(&prefix, &block).await? {
			let whose = key.get(prefix.len().saturating_add(HASHED)..).unwrap_or_default();
			let witness = decode("paper's key", whose)?;
			found.push((witness, self.entry_at("paper", &key, &block).await?));
		}
		Ok(found)
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::mirrored::are_those_of_the_chain;
	use salus_primitives::{Action, ActionSet, CategorySet, Purpose, PurposeSet, Role};

	fn ada() -> AccountId {
		AccountId::from([0xd4; 32])
	}

	/// One of each.
	fn all() -> Vec<Wish> {
		let terms = Terms {
			actions: ActionSet::of(&[Action::View]),
			purposes: PurposeSet::of(&[Purpose::Treatment]),
			categories: CategorySet::ALL,
			ends: 9,
			..Terms::none()
		};
		vec![
			Wish::Approve {
				requester: ada(),
				request: 4,
				terms: terms.clone(),
			},
			Wish::Decline {
				requester: ada(),
				request: 4,
			},
			Wish::Grant {
				grantee: Grantee::Role(Role::Nurse, 1),
				terms,
			},
			Wish::Revoke {
				grantee: Grantee::Account(ada()),
				grant: 5,
			},
			Wish::Deny(DenialTerms {
				institution: Some(2),
				..DenialTerms::all()
			}),
			Wish::LiftDenial(6),
			Wish::Seal(3),
			Wish::Unseal(3),
			Wish::Appeal(8),
		]
	}

	#[test]
	fn wishes_are_those_of_the_chain() {
		are_those_of_the_chain(["pallet_consent", "wishes", "Wish"], &all());
	}

	#[test]
	fn a_paper_says_who_gets_or_loses_what() {
		let account = ada().to_string();
		let wanted: [&[&str]; 9] = [
			&["The patient lets account", &account, "view"],
			&["declines request 4", &account],
			&["The patient lets every nurse at institution 1 view"],
			&["revokes grant 5", &account],
			&["The patient refuses everybody acting for institution 2"],
			&["lifts denial 6"],
			&["seals drawer 3"],
			&["the seal off drawer 3"],
			&["emergency case 8"],
		];
		for (wish, wanted) in all().iter().zip(wanted) {
			let said = wish.sentence();
			assert!(said.starts_with("The patient ") && said.ends_with('.'), "{said}");
			assert!(wanted.iter().all(|part| said.contains(part)), "{said}");
		}
	}

	#[test]
	fn the_second_witness_reads_what_the_first_one_brought() {
		let scan = b"%PDF what she signed".as_slice();
		for wish in all() {
			let (paper, file) = PaperFile::new(7, &ada(), wish, scan).unwrap();
			let text = serde_json::to_string(&file).unwrap();
			assert_eq!(PaperFile::read(&text, 7, scan).unwrap(), (paper.clone(), ada()));
			let salt = words::hash(&file.scan_salt).unwrap();
			let expected = salus_primitives::commitment(b"scan", &salt.0, scan);
			assert_eq!(paper.scan, expected);
		}
		let (first, _) = PaperFile::new(7, &ada(), Wish::Seal(3), scan).unwrap();
		let (second, _) = PaperFile::new(7, &ada(), Wish::Seal(3), scan).unwrap();
		assert_ne!(first.scan, second.scan);
	}

	#[test]
	fn another_patients_paper_another_scan_and_a_changed_file_are_refused() {
		let (_, file) = PaperFile::new(7, &ada(), Wish::Seal(3), b"a scan").unwrap();
		assert!(!format!("{file:?}").contains("drawer"));
		let read = |file: &PaperFile, patient, scan: &[u8]| {
			PaperFile::read(&serde_json::to_string(file).unwrap(), patient, scan).unwrap_err()
		};
		assert!(matches!(
			read(&file, 8, b"a scan"),
			DocumentError::OtherPatient {
				found: 7,
				wanted: 8,
				..
			}
		));
		assert!(matches!(read(&file, 7, b"another"), DocumentError::OtherScan));
		for broken in [
			PaperFile {
				says: Wish::Unseal(3).sentence(),
				..file.clone()
			},
			PaperFile {
				witness: "nobody".into(),
				..file.clone()
			},
			PaperFile {
				scan_salt: "0x00".into(),
				..file.clone()
			},
			PaperFile {
				paper: format!("{}00", file.paper),
				..file.clone()
			},
		] {
			assert!(matches!(read(&broken, 7, b"a scan"), DocumentError::Malformed { .. }));
		}
	}
}
