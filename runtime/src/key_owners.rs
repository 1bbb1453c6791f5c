//! Whose session key it is, for reports of equivocation.

use crate::{AccountId, Grandpa, Historical, Runtime, Session};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::traits::KeyOwnerProofSystem;
use pallet_consortium::Offender;
use sp_core::crypto::{key_types, KeyTypeId};
use sp_session::MembershipProof;

/// Of the current session, the authorities in force say it; of an earlier one, a proof against its root.
///
/// The session pallet makes its proofs from the keys that are *set*, and these come into force a session later: by
/// those alone, a validator could set new keys and equivocate with the old ones, which nobody could prove to be its own.
pub struct KeyOwners;

impl<D: AsRef<[u8]>> KeyOwnerProofSystem<(KeyTypeId, D)> for KeyOwners {
	type Proof = MembershipProof;
	type IdentificationTuple = Offender<Runtime>;

	fn prove((kind, key): (KeyTypeId, D)) -> Option<MembershipProof> {
		<Historical as KeyOwnerProofSystem<(KeyTypeId, D)>>::prove((kind, key))
	}

	fn check_proof((kind, key): (KeyTypeId, D), proof: MembershipProof) -> Option<Offender<Runtime>> {
		if proof.session != Session::current_index() {
			return <Historical as KeyOwnerProofSystem<(KeyTypeId, D)>>::check_proof((kind, key), proof);
		}
		let validators = Session::validators();
		if u32::try_from(validators.len()) != Ok(proof.validator_count) {
			return None;
		}
		let index = in_force(kind).iter().position(|one| one.as_slice() == key.as_ref())?;
		let validator: AccountId = validators.into_iter().nth(index)?;
		Some((validator, ()))
	}
}

/// The keys of this kind that sign in the current session, in the order of the validators.
fn in_force(kind: KeyTypeId) -> Vec<Vec<u8>> {
	match kind {
		key_types::AURA => pallet_aura::Authorities::<Runtime>::get()
			.iter()
			.map(Encode::encode)
			.collect(),
		key_types::GRANDPA => Grandpa::grandpa_authorities()
			.iter()
			.map(|(key, _)| key.encode())
			.collect(),
		_ => Vec::new(),
	}
}
