//! Validators, and evidence against one, for the benchmarks of pallet-consortium.

use super::World;
use crate::{AccountId, Consortium, Header, Runtime, SessionKeys};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::traits::KeyOwnerProofSystem;
use pallet_session::{historical, CurrentIndex, NextKeys, QueuedKeys, SessionManager, Validators};
use salus_primitives::{BenchmarkHelper as _, InstitutionId};
use sp_consensus_aura::{
	digests::CompatibleDigestItem,
	sr25519::{AuthorityId, AuthoritySignature},
};
use sp_consensus_slots::EquivocationProof;
use sp_runtime::{traits::Header as _, Digest, DigestItem, RuntimeAppPublic};
use sp_session::MembershipProof;

/// The session in which the author of the benchmarks equivocates.
const SESSION: u32 = 7;
const SLOT: u64 = 12;

/// Makes the validators of a benchmark and lets one of them equivocate.
pub struct Equivocators;

/// Keys that nobody has the secrets of.
fn keys(validator: &AccountId) -> SessionKeys {
	let bytes = (validator, validator, validator).encode();
	// Three public keys of 32 bytes, any bytes.
	SessionKeys::decode(&mut bytes.as_slice()).unwrap_or_else(|_| unreachable!("an account has 32 bytes"))
}

fn sealed(number: u32, author: &AuthorityId) -> Header {
	let slot = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(SLOT.into());
	let digest = Digest {
		logs: alloc::vec![slot],
	};
	let mut header = Header::new(
		number,
		Default::default(),
		Default::default(),
		Default::default(),
		digest,
	);
	if let Some(seal) = author.sign(&header.hash()) {
		header.digest_mut().push(CompatibleDigestItem::aura_seal(seal));
	}
	header
}

impl pallet_consortium::BenchmarkHelper<AccountId, Header> for Equivocators {
	fn validator(id: InstitutionId, validator: &AccountId) {
		World::institution(id);
		pallet_roles::Institutions::<Runtime>::mutate(id, |institution| {
			if let Some(institution) = institution {
				institution.validator = Some(validator.clone());
			}
		});
		pallet_consortium::ValidatorAccounts::<Runtime>::insert(validator, id);
		NextKeys::<Runtime>::insert(validator, keys(validator));
	}

	fn queue(validators: &[AccountId]) {
		let queued: Vec<_> = validators.iter().map(|one| (one.clone(), keys(one))).collect();
		QueuedKeys::<Runtime>::put(queued);
	}

	fn equivocation(validators: &[AccountId]) -> (EquivocationProof<Header, AuthorityId>, MembershipProof) {
		let author = AuthorityId::generate_pair(None);
		if let Some(last) = validators.last() {
			let keys = SessionKeys {
				aura: author.clone(),
				..keys(last)
			};
			NextKeys::<Runtime>::insert(last, keys);
		}
		Validators::<Runtime>::put(validators);
		<historical::NoteHistoricalRoot<Runtime, Consortium> as SessionManager<AccountId>>::new_session_genesis(
			SESSION,
		);
		CurrentIndex::<Runtime>::put(SESSION);
		let owner = crate::key_owners::KeyOwners::prove((AuthorityId::ID, author.clone()));
		CurrentIndex::<Runtime>::put(SESSION + 1);
		let proof = EquivocationProof {
			slot: SLOT.into(),
			first_header: sealed(1, &author),
			second_header: sealed(2, &author),
			offender: author,
		};
		(
			proof,
			owner.unwrap_or_else(|| unreachable!("the author is the last of the validators")),
		)
	}
}
