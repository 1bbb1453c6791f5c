//! Institutions, credentials, patients and assignments.

use crate::{access::vocabulary, ActionSet, DidSubject, HpkeKey, InstitutionId, Moment, PatientId, Role, Terms, DAY};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_runtime::{traits::ConstU32, BoundedVec};

vocabulary! {
	/// What kind of institution it is.
	pub enum InstitutionKind {
		Hospital = 0, Clinic = 1, DiagnosticCentre = 2, Pharmacy = 3, ResearchInstitute = 4, Insurer = 5, Regulator = 6,
	}
}

vocabulary! {
	/// Whether an institution or credential counts.
	pub enum Status { Active = 0, Suspended = 1, Revoked = 2 }
}

/// The most officers of an institution.
pub const MAX_OFFICERS: u32 = 8;
/// The most node peer ids, and the most addresses, of an institution.
pub const MAX_PEERS: u32 = 4;
/// The most caregivers of a patient.
pub const MAX_CAREGIVERS: u32 = 8;
/// The most guardians of a patient.
pub const MAX_GUARDIANS: u32 = 4;
/// The most credentials that an account leaves with: it gives up the others before.
pub const MAX_LEFT: u32 = 16;
/// How many merges of a patient's id are followed, one after the other, to the id she goes on under.
pub const MAX_MERGES: u32 = 4;
/// The most recovery contacts of a patient.
pub const MAX_CONTACTS: u32 = 8;

/// How far ahead a voucher may end.
pub const VOUCHER_LIFETIME: Moment = 30 * DAY;
/// How long after its proposal the council may complete a recovery.
pub const RECOVERY_NOTICE: Moment = 7 * DAY;
/// How long instead, where the old key objected and no contacts vouched: the council hears both.
pub const CONTESTED_RECOVERY_NOTICE: Moment = 14 * DAY;
/// How long after its beginning the council decides a recovery that nobody completes. Then it can be forgotten.
pub const RECOVERY_LIFETIME: Moment = 60 * DAY;
/// How far ahead what contacts sign may end.
pub const VOUCHING_LIFETIME: Moment = 30 * DAY;

/// Nodes' libp2p peer ids, binary.
pub type PeerIds = BoundedVec<BoundedVec<u8, ConstU32<64>>, ConstU32<MAX_PEERS>>;
/// Nodes' addresses, binary multiaddr.
pub type Addresses = BoundedVec<BoundedVec<u8, ConstU32<128>>, ConstU32<MAX_PEERS>>;

/// An admitted institution.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Institution<AccountId> {
	/// What kind it is.
	pub kind: InstitutionKind,
	/// Where it is: an ISO 3166-2 code.
	pub region: BoundedVec<u8, ConstU32<8>>,
	/// Its IANA time zone.
	pub time_zone: BoundedVec<u8, ConstU32<32>>,
	/// Who acts for it, besides credentialled staff.
	pub officers: BoundedVec<AccountId, ConstU32<MAX_OFFICERS>>,
	/// Whether it counts.
	pub status: Status,
	/// The key that custody wraps are made to.
	pub hpke: HpkeKey,
	/// Its nodes' libp2p peer ids, binary.
	pub peer_ids: PeerIds,
	/// Its nodes' addresses, binary multiaddr.
	pub addresses: Addresses,
	/// What a patient accepts, whole or narrower, when she registers.
	pub admission_terms: Terms,
	/// Its account on the council (hospitals).
	pub seat: Option<AccountId>,
	/// Its validator's account.
	pub validator: Option<AccountId>,
}

impl<AccountId> Institution<AccountId> {
	/// An active institution that has nothing yet: no officers, no nodes, no seat, and it admits no patients.
	pub fn bare(kind: InstitutionKind, hpke: HpkeKey) -> Self {
		Self {
			kind,
			region: BoundedVec::new(),
			time_zone: BoundedVec::new(),
			officers: BoundedVec::new(),
			status: Status::Active,
			hpke,
			peer_ids: BoundedVec::new(),
			addresses: BoundedVec::new(),
			admission_terms: Terms::none(),
			seat: None,
			validator: None,
		}
	}
}

/// A person's credential at one institution.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Credential {
	/// What she is there.
	pub role: Role,
	/// Salted commitment to her licence.
	pub licence: H256,
	/// Salted commitment to her speciality.
	pub speciality: H256,
	/// From when.
	pub valid_from: Moment,
	/// Until before when.
	pub valid_until: Moment,
	/// Whether it counts.
	pub status: Status,
}

impl Credential {
	/// Whether it counts at this time, its institution's status aside.
	pub fn is_active(&self, now: Moment) -> bool {
		matches!(self.status, Status::Active) && self.valid_from <= now && now < self.valid_until
	}
}

/// What an applicant signs and an officer approves.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Application<AccountId> {
	/// The genesis hash of the chain it is for.
	pub genesis: H256,
	/// The institution she applies to.
	pub institution: InstitutionId,
	/// The account that will hold the credential.
	pub applicant: AccountId,
	/// What she will be there.
	pub role: Role,
	/// Salted commitment to her licence.
	pub licence: H256,
	/// Salted commitment to her speciality.
	pub speciality: H256,
	/// The application is void from this time on.
	pub not_after: Moment,
}

/// Whether a patient lives, under this id.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum PatientStatus {
	/// As registered.
	#[codec(index = 0)]
	Active,
	/// She died at this time.
	#[codec(index = 1)]
	Deceased(Moment),
	/// The id was merged into another of the same institution.
	#[codec(index = 2)]
	MergedInto(PatientId),
}

/// A patient of one institution.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Patient<AccountId> {
	/// The account that signs for her; none for a patient without a device.
	pub controller: Option<AccountId>,
	/// The key that subject wraps are made to.
	pub hpke: Option<HpkeKey>,
	/// The institution that admitted her.
	pub institution: InstitutionId,
	/// Whether she lives, under this id.
	pub status: PatientStatus,
}

/// A hospital's invitation to register, signed by one of its officers.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Voucher {
	/// The genesis hash of the chain it is for.
	pub genesis: H256,
	/// The institution that admits.
	pub institution: InstitutionId,
	/// `blake2_256(SCALE(terms))` of the admission terms it was made under.
	pub terms: H256,
	/// One-time ed25519 public key; its secret travels only in the patient's letter.
	pub key: [u8; 32],
	/// The voucher is void from this time on.
	pub not_after: Moment,
}

/// The assignment of a patient to a practitioner.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Assignment {
	/// An administrator proposed it.
	#[codec(index = 0)]
	Proposed(Moment),
	/// The practitioner accepted it.
	#[codec(index = 1)]
	Accepted(Moment),
	/// It is over.
	#[codec(index = 2)]
	Ended(Moment),
}

vocabulary! {
	/// In what capacity an account acts for a patient. The account signs that it accepts.
	pub enum Capacity { Controller = 0, Guardian = 1, Executor = 2, Caregiver = 3 }
}

vocabulary! {
	/// How the account that signs for a patient came to be another one.
	pub enum ControllerCause { Claimed = 0, Rotated = 1, Recovered = 2 }
}

vocabulary! {
	/// What became of a guardianship.
	pub enum GuardianshipChange { Objected = 0, Contested = 1, Upheld = 2, Ended = 3 }
}

vocabulary! {
	/// What became of a note of a patient's death that she, or a guardian of hers, contests.
	pub enum DeathChange { Contested = 0, Upheld = 1, Retracted = 2 }
}

vocabulary! {
	/// What became of a recovery that is not completed.
	pub enum RecoveryChange { Objected = 0, Vouched = 1, Refused = 2, Lapsed = 3 }
}

/// Since when a patient's key may have been in other hands. Grants given in that time don't count until she confirms
/// them.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct KeyLoss {
	/// While a recovery waits: when the key was lost, as it is said.
	pub waiting: Option<Moment>,
	/// From the first loss to the last recovery that was completed, both included.
	pub recovered: Option<(Moment, Moment)>,
}

impl KeyLoss {
	/// Whether something done at this time may have been done by somebody else.
	pub fn covers(&self, at: Moment) -> bool {
		self.waiting.is_some_and(|lost_at| lost_at <= at)
			|| self
				.recovered
				.is_some_and(|(lost_at, until)| lost_at <= at && at <= until)
	}

	/// Whether no key was ever lost, as far as is known.
	pub fn is_none(&self) -> bool {
		self.waiting.is_none() && self.recovered.is_none()
	}

	/// What remains once the recovery that waits is completed. What was given between two losses is in doubt with
	/// both: one range is kept of all.
	pub fn completed(&self, now: Moment) -> Self {
		let lost_at = self
			.waiting
			.into_iter()
			.chain(self.recovered.map(|(lost_at, _)| lost_at))
			.min();
		Self {
			waiting: None,
			recovered: lost_at.map(|lost_at| (lost_at, now)),
		}
	}
}

/// Who acts for a patient, in what, and for how long.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Guardianship<AccountId> {
	/// Who acts.
	pub guardian: AccountId,
	/// For a patient who died, instead of for one who lives.
	pub executor: bool,
	/// What she may do with the patient's records.
	pub actions: ActionSet,
	/// Whether she may grant, deny and revoke for the patient.
	pub consents: bool,
	/// Salted commitment to the evidence.
	pub evidence: H256,
	/// From when; before that, objections are heard.
	pub starts: Moment,
	/// Until before when: the first of a month, and of a guardian never later than the patient's majority.
	pub ends: Moment,
	/// The patient contests it: the council decides.
	pub contested: bool,
}

impl<AccountId> Guardianship<AccountId> {
	/// Whether it is in force for a patient of this status.
	pub fn is_active(&self, now: Moment, patient: PatientStatus) -> bool {
		let theirs = match patient {
			PatientStatus::Active => !self.executor,
			PatientStatus::Deceased(_) => self.executor,
			PatientStatus::MergedInto(_) => false,
		};
		theirs && !self.contested && self.starts <= now && now < self.ends
	}
}

/// What a DID document of W3C says, before anybody renders it: the keys of an institution, a patient's id or an account.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct DidDocument<AccountId> {
	/// The genesis hash of the chain, which every identifier here names.
	pub genesis: H256,
	/// Whom it is about.
	pub subject: DidSubject<AccountId>,
	/// Who changes it, where that is somebody else: the institution of a patient without a device.
	pub controller: Option<DidSubject<AccountId>>,
	/// The accounts that sign for the subject: `authentication` and `assertionMethod`.
	pub accounts: Vec<AccountId>,
	/// The key that payload keys are wrapped to: `keyAgreement`.
	pub hpke: Option<HpkeKey>,
	/// Where its nodes are, binary multiaddr: `service`.
	pub addresses: Addresses,
	/// Whether nothing signed for the subject counts now: it is suspended, died, was merged, or left.
	pub deactivated: bool,
}
