//! Limits, and names for what stands in storage.

use crate::{Act, Config};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{
	ActionSet, Addresses, Guardianship, HpkeKey, InstitutionId, Moment, PatientId, PeerIds, Role, DAY, HOUR,
	MAX_CAREGIVERS, MAX_GUARDIANS, MAX_LEFT,
};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{traits::ConstU32, BoundedVec, DispatchResult, Weight};

pub use salus_primitives::{
	CONTESTED_RECOVERY_NOTICE, MAX_CONTACTS, RECOVERY_LIFETIME, RECOVERY_NOTICE, VOUCHER_LIFETIME, VOUCHING_LIFETIME,
};

/// For how many blocks a registration stays in the pool: its checks are as good as the state they read.
pub const REGISTRATION_LONGEVITY: u64 = 64;
/// The fewest officers of an institution.
pub const MIN_OFFICERS: usize = 2;
/// The most used vouchers that one call forgets.
pub const MAX_PRUNED: u32 = 64;

/// The most institutions that one question answers with.
pub const MAX_INSTITUTIONS_PAGE: u32 = 256;

/// How long an attested application waits for an officer.
pub const APPLICATION_LIFETIME: Moment = 30 * DAY;
/// How long before its end a credential can be renewed.
pub const RENEWAL_WINDOW: Moment = 90 * DAY;
/// How long an act waits for the second officer.
pub const ACT_LIFETIME: Moment = 7 * DAY;
/// The most acts of an institution that wait for a second officer.
pub const MAX_PROPOSED_ACTS: u32 = 16;
/// How long an institution's new keys are public before they can come into force.
pub const KEY_NOTICE: Moment = 24 * HOUR;
/// For how long a merge of two ids can be taken back.
pub const UNMERGE_WINDOW: Moment = 30 * DAY;
/// How long objections to a guardian are heard.
pub const OBJECTION_WINDOW: Moment = 72 * HOUR;

/// A voucher's one-time ed25519 public key.
pub type OneTimeKey = [u8; 32];
/// The one-time keys of the vouchers to be forgotten.
pub type PrunedKeys = BoundedVec<OneTimeKey, ConstU32<MAX_PRUNED>>;
/// Where an account that leaves holds credentials.
pub type LeftInstitutions = BoundedVec<InstitutionId, ConstU32<MAX_LEFT>>;
/// A patient's caregivers.
pub type Caregivers<AccountId> = BoundedVec<AccountId, ConstU32<MAX_CAREGIVERS>>;
/// A patient's guardians.
pub type Guardianships<AccountId> = BoundedVec<Guardianship<AccountId>, ConstU32<MAX_GUARDIANS>>;
/// A patient's recovery contacts, when they vouch.
pub type Contacts<AccountId> = BoundedVec<AccountId, ConstU32<MAX_CONTACTS>>;
/// Which of the contacts sign, by their place among them, and their signatures.
pub type Vouching<Signature> = BoundedVec<(u8, Signature), ConstU32<MAX_CONTACTS>>;

/// An act of this chain.
pub type ActOf<T> = Act<<T as frame_system::Config>::AccountId, <T as Config>::Signature>;
/// The acts of an institution that wait for a second officer.
pub type ProposedActsOf<T> = BoundedVec<
	ProposedAct<<T as frame_system::Config>::AccountId, <T as Config>::Signature>,
	ConstU32<MAX_PROPOSED_ACTS>,
>;

/// An act that waits for a second officer.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ProposedAct<AccountId, Signature> {
	/// What is to be done.
	pub act: Act<AccountId, Signature>,
	/// Who proposed it.
	pub proposer: AccountId,
	/// It lapses at this time.
	pub until: Moment,
}

/// An application that a registrar attested and no officer has decided.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct AttestedApplication<AccountId> {
	/// What she will be.
	pub role: Role,
	/// Salted commitment to her licence.
	pub licence: H256,
	/// Salted commitment to her speciality.
	pub speciality: H256,
	/// Who attested that she is the person in the register.
	pub registrar: AccountId,
	/// It lapses at this time.
	pub until: Moment,
}

/// An institution's keys that are not in force yet.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ComingKeys {
	/// Its next HPKE key, and from when it can come into force.
	pub hpke: Option<(HpkeKey, Moment)>,
	/// Its next peer ids and addresses, and from when they can come into force.
	pub nodes: Option<(PeerIds, Addresses, Moment)>,
}

/// What an account holds that has to end before it leaves.
#[derive(
	Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Ties {
	/// How often it is an officer, a seat, a validator or a registrar.
	pub offices: u32,
	/// At how many institutions it has a credential that was not revoked.
	pub credentials: u32,
}

/// What is known of a patient who was registered on paper.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PaperRecord {
	/// Salted commitment to what the officers saw.
	pub evidence: H256,
	/// Whether it is known who she is.
	pub identified: bool,
	/// For a minor: the first of the month in which she comes of age.
	pub majority: Option<Moment>,
}

/// Into what an id was merged, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Merge {
	/// The id that stays.
	pub into: PatientId,
	/// When.
	pub at: Moment,
}

/// What two officers propose of a guardianship.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct GuardianshipTerms<AccountId> {
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
	pub evidence: H256,
}

/// The recovery of a lost key, until the council decides.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Recovery<AccountId> {
	/// The account that will sign for the patient.
	pub controller: AccountId,
	/// The key that subject wraps will be made to.
	pub hpke: HpkeKey,
	/// Salted commitment to what the officers saw.
	pub evidence: H256,
	/// When it was proposed.
	pub since: Moment,
	/// Whether the old key objected.
	pub objected: bool,
	/// Whether her recovery contacts vouched.
	pub vouched: bool,
}

/// The note of a death that was contested.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ContestedDeath {
	/// When she died, as it was noted.
	pub at: Moment,
	/// Whether the council upheld it.
	pub upheld: bool,
}

/// A patient's recovery contacts, committed to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ContactsCommitment {
	/// How many of them vouch together.
	pub threshold: u8,
	/// `contacts_commitment(salt, threshold, contacts)`.
	pub commitment: H256,
}

/// The accounts that validate, as this pallet sees them: implemented by the runtime over consortium and session.
pub trait ValidatorAccounts<AccountId> {
	/// Purges the account's session keys and gives it up as the institution's validator. Refused while it is named as a
	/// validator, validates, or is to answer for an offence.
	fn release(account: &AccountId) -> DispatchResult;
	/// Notes the account as the institution's validator.
	fn take(account: &AccountId, institution: InstitutionId) -> DispatchResult;
	/// Worst case of both.
	fn weight() -> Weight;
}
