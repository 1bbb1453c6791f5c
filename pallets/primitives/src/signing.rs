//! What keys sign outside of transactions, and the public keys payload keys are wrapped to.

use crate::{Capacity, Moment, PatientId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// Tag of an officer's signature under a voucher.
pub const VOUCHER_TAG: &[u8] = b"salus/voucher/1";
/// Tag of the one-time key's and the controller's signatures under a registration.
pub const REGISTER_TAG: &[u8] = b"salus/register/1";
/// Tag of an applicant's signature under an application.
pub const APPLICATION_TAG: &[u8] = b"salus/application/1";
/// Tag of an account's signature under what it accepts to be for a patient.
pub const ACCEPT_TAG: &[u8] = b"salus/accept/1";
/// Tag of a patient's signature under the merge of two of her ids.
pub const MERGE_TAG: &[u8] = b"salus/merge/1";
/// Tag of a recovery contact's signature under a [`Vouch`].
pub const VOUCH_TAG: &[u8] = b"salus/vouch/2";
/// Tag of the commitment to a patient's recovery contacts.
pub const CONTACTS_TAG: &[u8] = b"salus/contacts/1";
/// Tag of a patient's signature under her card.
pub const CARD_TAG: &[u8] = b"salus/card/1";

/// An HPKE public key (RFC 9180), with room for the hybrid of X25519 and ML-KEM-768.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub enum HpkeKey {
	/// DHKEM(X25519, HKDF-SHA256).
	#[codec(index = 0)]
	X25519([u8; 32]),
	/// X-Wing.
	#[codec(index = 1)]
	XWing(BoundedVec<u8, ConstU32<1216>>),
}

/// `tag ++ blake2_256(SCALE(value))`: what a bare key signs.
pub fn tagged(tag: &[u8], value: &impl Encode) -> Vec<u8> {
	[tag, &value.using_encoded(blake2_256)].concat()
}

/// `"<Bytes>" ++ tag ++ blake2_256(SCALE(value)) ++ "</Bytes>"`: what an account signs, as the wallets of the
/// Polkadot.js family do it.
pub fn wrapped(tag: &[u8], value: &impl Encode) -> Vec<u8> {
	[
		b"<Bytes>".as_slice(),
		tag,
		&value.using_encoded(blake2_256),
		b"</Bytes>",
	]
	.concat()
}

/// What an account signs under [`ACCEPT_TAG`], in the [`wrapped`] form, so that nobody makes it a patient's controller,
/// guardian, executor or caregiver without its knowledge: `SCALE(genesis, patient, capacity, account, HPKE key)`, the key
/// only of a controller.
#[derive(Clone, PartialEq, Eq, Debug, Encode)]
pub struct Acceptance<'a, AccountId> {
	/// The genesis hash of the chain it is for.
	pub genesis: H256,
	/// The patient's id.
	pub patient: PatientId,
	/// As what.
	pub capacity: Capacity,
	/// The account that accepts.
	pub account: &'a AccountId,
	/// The key that subject wraps will be made to.
	pub hpke: Option<&'a HpkeKey>,
}

/// What a recovery contact signs under [`VOUCH_TAG`], in the [`wrapped`] form: the new keys of a patient who lost hers. It
/// says since when, so that nobody else chooses what is suspended, and it counts once: not after its time, nor after a
/// recovery of the patient's has ended.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Vouch<AccountId> {
	/// The genesis hash of the chain it is for.
	pub genesis: H256,
	/// The patient's id.
	pub patient: PatientId,
	/// How many recoveries of hers have ended before.
	pub round: u32,
	/// The account that will sign for her.
	pub controller: AccountId,
	/// The key that subject wraps will be made to.
	pub hpke: HpkeKey,
	/// Since when she has not had the old key.
	pub lost_at: Moment,
	/// It is void from this time on.
	pub not_after: Moment,
}

/// `blake2_256("salus/contacts/1" ++ salt ++ SCALE(k, contacts))`: which accounts, `k` of them together, vouch for a
/// patient who lost her key. The salt is 32 random bytes; it and the contacts show only when they vouch.
pub fn contacts_commitment<AccountId: Encode>(salt: &[u8; 32], k: u8, contacts: &[AccountId]) -> H256 {
	let contacts = (k, contacts).encode();
	H256(blake2_256(&[CONTACTS_TAG, salt, &contacts].concat()))
}

/// `blake2_256("salus/commitment/1" ++ kind ++ salt ++ value)`: the salt is 32 random bytes and stays off chain.
pub fn commitment(kind: &[u8], salt: &[u8; 32], value: &[u8]) -> H256 {
	H256(blake2_256(
		&[b"salus/commitment/1".as_slice(), kind, salt, value].concat(),
	))
}
