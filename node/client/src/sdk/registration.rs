//! A patient's registration of herself: what redeems a voucher, signed by the one-time key and by her own.

use ed25519_dalek::Signer;
use salus_primitives::{tagged, wrapped, HpkeKey, Terms, Voucher, REGISTER_TAG};

use super::{AccountId, PatientKeys, Signature, VoucherLetter};

/// The fields of `register_patient`.
#[derive(Clone, Debug)]
pub struct Registration {
	/// The voucher.
	pub voucher: Voucher,
	/// The officer who signed it.
	pub officer: AccountId,
	/// Her signature.
	pub voucher_signature: Signature,
	/// The patient's account.
	pub controller: AccountId,
	/// Her HPKE key.
	pub hpke: HpkeKey,
	/// The terms she accepts.
	pub terms: Terms,
	/// The one-time key's ed25519 signature.
	pub key_signature: [u8; 64],
	/// The patient's signature.
	pub controller_signature: Signature,
}

impl Registration {
	/// Signs a registration under `terms`, which must be within the hospital's published ones.
	pub fn sign(letter: &VoucherLetter, keys: &PatientKeys, terms: Terms) -> Self {
		let voucher = letter.voucher.clone();
		let controller = keys.account.id();
		let hpke = chain_key(keys.hpke.public());
		let signed = (
			voucher.genesis,
			voucher.institution,
			voucher.key,
			controller,
			hpke.clone(),
			terms.clone(),
		);
		Self {
			officer: letter.officer,
			voucher_signature: letter.signature.clone(),
			key_signature: letter.one_time_key().sign(&tagged(REGISTER_TAG, &signed)).to_bytes(),
			controller_signature: keys.account.sign(&wrapped(REGISTER_TAG, &signed)),
			voucher,
			controller,
			hpke,
			terms,
		}
	}
}

/// A key of the vault as the chain stores it.
pub(crate) fn chain_key(key: salus_vault::wrap::HpkeKey) -> HpkeKey {
	match key {
		salus_vault::wrap::HpkeKey::X25519(key) => HpkeKey::X25519(key),
		salus_vault::wrap::HpkeKey::XWing(key) => HpkeKey::XWing(sp_runtime::BoundedVec::truncate_from(key)),
	}
}

/// A key of the chain as the vault wraps to it.
pub(crate) fn vault_key(key: &HpkeKey) -> salus_vault::wrap::HpkeKey {
	match key {
		HpkeKey::X25519(key) => salus_vault::wrap::HpkeKey::X25519(*key),
		HpkeKey::XWing(key) => salus_vault::wrap::HpkeKey::XWing(key.to_vec()),
	}
}

#[cfg(test)]
pub(crate) mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{account::verify, Hash, Identity};
	use ed25519_dalek::{Verifier, VerifyingKey};
	use salus_primitives::{Action, ActionSet, CategorySet, Purpose, PurposeSet};

	pub(crate) fn terms() -> Terms {
		Terms {
			actions: ActionSet::of(&[Action::View, Action::Append]),
			purposes: PurposeSet::of(&[Purpose::Treatment]),
			categories: CategorySet::ALL,
			records: Default::default(),
			compartments: Default::default(),
			recorded_from: None,
			recorded_until: None,
			starts: 0,
			ends: u64::MAX,
			uses: None,
			erase_after: None,
			outlives: false,
		}
	}

	#[test]
	fn both_keys_sign_the_same_fields() {
		let genesis = Hash::repeat_byte(1);
		let officer = Identity::development("//Alice").unwrap();
		let letter = VoucherLetter::issue(genesis, 0, &terms(), 1, officer.account()).unwrap();
		let keys = Identity::from_seed(&[2; 32]).patient(&genesis, 0, 0).unwrap();
		let registration = Registration::sign(&letter, &keys, terms());

		let signed = (
			genesis,
			0u32,
			letter.voucher.key,
			registration.controller,
			registration.hpke.clone(),
			terms(),
		);
		let one_time = VerifyingKey::from_bytes(&letter.voucher.key).unwrap();
		let signature = ed25519_dalek::Signature::from_bytes(&registration.key_signature);
		assert!(one_time.verify(&tagged(REGISTER_TAG, &signed), &signature).is_ok());
		assert!(verify(
			&registration.controller,
			&wrapped(REGISTER_TAG, &signed),
			&registration.controller_signature
		));
		assert_eq!(vault_key(&registration.hpke), keys.hpke.public());
	}
}
