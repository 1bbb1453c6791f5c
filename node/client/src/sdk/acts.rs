//! What two officers of an institution do together, as the chain has it.

use codec::{Decode, Encode};
use salus_primitives::{ActionSet, Addresses, HpkeKey, InstitutionId, Moment, PatientId, PeerIds, Terms};
use sp_io::hashing::blake2_256;

use super::{storage_key::proposed_acts_key, AccountId, Client, Error, Hash, Signature};

/// An act of two officers; `pallet-roles` says what each needs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[allow(missing_docs)]
pub enum Act {
	/// Another account attests applications.
	#[codec(index = 0)]
	NameRegistrar(AccountId),
	/// Officers take applications themselves.
	#[codec(index = 1)]
	RemoveRegistrar,
	/// Another officer.
	#[codec(index = 2)]
	AddOfficer(AccountId),
	/// An officer less.
	#[codec(index = 3)]
	RemoveOfficer(AccountId),
	/// Announces an HPKE key.
	#[codec(index = 4)]
	ChangeHpkeKey(HpkeKey),
	/// Announces nodes.
	#[codec(index = 5)]
	ChangeNodes { peer_ids: PeerIds, addresses: Addresses },
	/// Publishes admission terms.
	#[codec(index = 6)]
	ChangeAdmissionTerms(Terms),
	/// Another validator, or none.
	#[codec(index = 7)]
	ChangeValidator(Option<AccountId>),
	/// A patient without a device.
	#[codec(index = 8)]
	RegisterOnPaper {
		evidence: Hash,
		identified: bool,
		majority: Option<Moment>,
	},
	/// It is known who a patient is.
	#[codec(index = 21)]
	Identify {
		patient: PatientId,
		evidence: Hash,
		majority: Option<Moment>,
	},
	/// A patient on paper signs by an account of her own.
	#[codec(index = 10)]
	Claim {
		patient: PatientId,
		controller: AccountId,
		hpke: HpkeKey,
		signature: Signature,
	},
	/// Two ids are one person's, who agreed by the key of each that has one.
	#[codec(index = 11)]
	Merge {
		from: PatientId,
		into: PatientId,
		not_after: Moment,
		from_signature: Option<Signature>,
		into_signature: Option<Signature>,
	},
	/// They are not.
	#[codec(index = 12)]
	Unmerge { from: PatientId },
	/// A patient died.
	#[codec(index = 13)]
	NoteDeath { patient: PatientId, at: Moment },
	/// She did not.
	#[codec(index = 14)]
	RetractDeath { patient: PatientId },
	/// A guardian, or an executor.
	#[codec(index = 15)]
	GiveGuardian {
		patient: PatientId,
		terms: GuardianshipTerms,
		signature: Signature,
	},
	/// A guardianship is over.
	#[codec(index = 16)]
	EndGuardian { patient: PatientId, guardian: AccountId },
	/// A guardianship waits for the council.
	#[codec(index = 17)]
	ContestGuardian { patient: PatientId, guardian: AccountId },
	/// A patient lost her key.
	#[codec(index = 18)]
	BeginRecovery {
		patient: PatientId,
		controller: AccountId,
		hpke: HpkeKey,
		evidence: Hash,
		lost_at: Moment,
		signature: Signature,
	},
	/// A caregiver of a patient on paper.
	#[codec(index = 19)]
	NameCaregiver {
		patient: PatientId,
		caregiver: AccountId,
		signature: Signature,
	},
	/// A caregiver's part is over.
	#[codec(index = 20)]
	RemoveCaregiver { patient: PatientId, caregiver: AccountId },
	/// A suspended credential counts again.
	#[codec(index = 22)]
	ReinstateCredential(AccountId),
}

/// What two officers propose of a guardianship.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GuardianshipTerms {
	/// Who acts.
	pub guardian: AccountId,
	/// For a patient who died, instead of for one who lives.
	pub executor: bool,
	/// What she may do with the patient's records.
	pub actions: ActionSet,
	/// Whether she may grant, deny and revoke for the patient.
	pub consents: bool,
	/// Until before when: the first of a month.
	pub ends: Moment,
	/// Salted commitment to the evidence.
	pub evidence: Hash,
}

/// An act that waits for a second officer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ProposedAct {
	/// What is to be done.
	pub act: Act,
	/// Who proposed it.
	pub proposer: AccountId,
	/// It lapses at this time.
	pub until: Moment,
}

impl Act {
	/// Under what it stands in events.
	pub fn hash(&self) -> Hash {
		Hash::from(self.using_encoded(blake2_256))
	}

	/// Its name, as the chain's metadata spells it.
	pub fn name(&self) -> &'static str {
		match self {
			Self::NameRegistrar(_) => "NameRegistrar",
			Self::RemoveRegistrar => "RemoveRegistrar",
			Self::AddOfficer(_) => "AddOfficer",
			Self::RemoveOfficer(_) => "RemoveOfficer",
			Self::ChangeHpkeKey(_) => "ChangeHpkeKey",
			Self::ChangeNodes { .. } => "ChangeNodes",
			Self::ChangeAdmissionTerms(_) => "ChangeAdmissionTerms",
			Self::ChangeValidator(_) => "ChangeValidator",
			Self::RegisterOnPaper { .. } => "RegisterOnPaper",
			Self::Identify { .. } => "Identify",
			Self::Claim { .. } => "Claim",
			Self::Merge { .. } => "Merge",
			Self::Unmerge { .. } => "Unmerge",
			Self::NoteDeath { .. } => "NoteDeath",
			Self::RetractDeath { .. } => "RetractDeath",
			Self::GiveGuardian { .. } => "GiveGuardian",
			Self::EndGuardian { .. } => "EndGuardian",
			Self::ContestGuardian { .. } => "ContestGuardian",
			Self::BeginRecovery { .. } => "BeginRecovery",
			Self::NameCaregiver { .. } => "NameCaregiver",
			Self::RemoveCaregiver { .. } => "RemoveCaregiver",
			Self::ReinstateCredential(_) => "ReinstateCredential",
		}
	}

	/// The commitment to what its first officer saw, where it has one.
	pub fn evidence(&self) -> Option<Hash> {
		match self {
			Self::RegisterOnPaper { evidence, .. }
			| Self::Identify { evidence, .. }
			| Self::BeginRecovery { evidence, .. } => Some(*evidence),
			Self::GiveGuardian { terms, .. } => Some(terms.evidence),
			_ => None,
		}
	}
}

impl Client {
	/// The acts of an institution that wait for a second officer and have not lapsed, oldest first, as the state of the
	/// finalised head proves them.
	///
	/// # Errors
	/// `NotFound`, the kinds of `ProofError`
	pub async fn proposed_acts(&self, institution: InstitutionId) -> Result<Vec<ProposedAct>, Error> {
		self.proven_institution(institution).await?;
		let proven = self
			.proven::<Vec<ProposedAct>>("acts", &proposed_acts_key(institution))
			.await?;
		let mut acts = proven.value.unwrap_or_default();
		acts.retain(|proposed| proven.at < proposed.until);
		Ok(acts)
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::mirrored::are_those_of_the_chain;

	/// One of each.
	pub(crate) fn all() -> Vec<Act> {
		let (account, hash) = (AccountId::from([1; 32]), Hash::repeat_byte(2));
		let (hpke, signature) = (HpkeKey::X25519([3; 32]), Signature::Sr25519([4; 64]));
		let bytes = || vec![5; 3].try_into().unwrap();
		vec![
			Act::NameRegistrar(account),
			Act::RemoveRegistrar,
			Act::AddOfficer(account),
			Act::RemoveOfficer(account),
			Act::ChangeHpkeKey(hpke.clone()),
			Act::ChangeNodes {
				peer_ids: vec![bytes()].try_into().unwrap(),
				addresses: vec![vec![5; 3].try_into().unwrap()].try_into().unwrap(),
			},
			Act::ChangeAdmissionTerms(Terms::none()),
			Act::ChangeValidator(Some(account)),
			Act::RegisterOnPaper {
				evidence: hash,
				identified: true,
				majority: Some(9),
			},
			Act::Identify {
				patient: 7,
				evidence: hash,
				majority: Some(9),
			},
			Act::Claim {
				patient: 7,
				controller: account,
				hpke: hpke.clone(),
				signature: signature.clone(),
			},
			Act::Merge {
				from: 7,
				into: 8,
				not_after: 9,
				from_signature: Some(signature.clone()),
				into_signature: None,
			},
			Act::Unmerge { from: 7 },
			Act::NoteDeath { patient: 7, at: 9 },
			Act::RetractDeath { patient: 7 },
			Act::GiveGuardian {
				patient: 7,
				terms: GuardianshipTerms {
					guardian: account,
					executor: true,
					actions: ActionSet::ALL,
					consents: false,
					ends: 9,
					evidence: hash,
				},
				signature: signature.clone(),
			},
			Act::EndGuardian {
				patient: 7,
				guardian: account,
			},
			Act::ContestGuardian {
				patient: 7,
				guardian: account,
			},
			Act::BeginRecovery {
				patient: 7,
				controller: account,
				hpke,
				evidence: hash,
				lost_at: 9,
				signature: signature.clone(),
			},
			Act::NameCaregiver {
				patient: 7,
				caregiver: account,
				signature,
			},
			Act::RemoveCaregiver {
				patient: 7,
				caregiver: account,
			},
			Act::ReinstateCredential(account),
		]
	}

	#[test]
	fn acts_are_those_of_the_chain() {
		are_those_of_the_chain(["pallet_roles", "acts", "Act"], &all());
		for act in all() {
			assert!(format!("{act:?}").starts_with(act.name()), "{act:?}");
		}
	}

	#[test]
	fn acts_with_evidence_name_its_commitment() {
		let with: Vec<_> = all().into_iter().filter(|act| act.evidence().is_some()).collect();
		let names: Vec<_> = with.iter().map(Act::name).collect();
		assert_eq!(names, ["RegisterOnPaper", "Identify", "GiveGuardian", "BeginRecovery"]);
		assert!(with.iter().all(|act| act.evidence() == Some(Hash::repeat_byte(2))));
	}

	#[test]
	fn each_act_has_a_hash_of_its_own() {
		let hashes: std::collections::BTreeSet<_> = all().iter().map(Act::hash).collect();
		assert_eq!(hashes.len(), all().len());
	}
}
