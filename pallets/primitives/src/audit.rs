//! The audit trail: one hash chain for each patient.

use crate::{
	AlertId, AnchorId, AppointmentId, Basis, BindingId, CancelReason, CaseId, Compartment, ControllerCause,
	DeathChange, DenialId, DeviceKey, ErrorReason, GrantId, GuardianshipChange, InstitutionId, Moment, PatientId,
	Purpose, Reason, ReceiptId, RecordId, RecoveryChange, RequestId, Verdict,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_io::hashing::blake2_256;

/// What happened. Indices are for ever; variants carry ids only.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub enum Kind<AccountId> {
	/// The patient was registered.
	#[codec(index = 0)]
	PatientRegistered { institution: InstitutionId },
	/// An administrator proposed to assign her to a practitioner.
	#[codec(index = 1)]
	AssignmentProposed {
		institution: InstitutionId,
		practitioner: AccountId,
	},
	/// The practitioner accepted.
	#[codec(index = 2)]
	AssignmentAccepted {
		institution: InstitutionId,
		practitioner: AccountId,
	},
	/// The assignment ended.
	#[codec(index = 3)]
	AssignmentEnded {
		institution: InstitutionId,
		practitioner: AccountId,
	},
	/// Somebody asked for consent.
	#[codec(index = 16)]
	ConsentRequested { request: RequestId },
	/// The patient approved a request.
	#[codec(index = 17)]
	RequestApproved { request: RequestId, grant: GrantId },
	/// The patient declined a request.
	#[codec(index = 18)]
	RequestDeclined { request: RequestId },
	/// The requester withdrew a request.
	#[codec(index = 19)]
	RequestWithdrawn { request: RequestId },
	/// The patient gave a grant.
	#[codec(index = 20)]
	GrantGiven { grant: GrantId },
	/// The patient revoked a grant.
	#[codec(index = 21)]
	GrantRevoked { grant: GrantId },
	/// The patient made a denial.
	#[codec(index = 22)]
	DenialMade { denial: DenialId },
	/// The patient lifted a denial.
	#[codec(index = 23)]
	DenialLifted { denial: DenialId },
	/// A record was registered.
	#[codec(index = 32)]
	RecordRegistered { record: RecordId },
	/// A record was found to have been entered in error.
	#[codec(index = 33)]
	RecordEnteredInError { record: RecordId, reason: ErrorReason },
	/// Access to a record was permitted.
	#[codec(index = 34)]
	AccessPermitted {
		receipt: ReceiptId,
		record: RecordId,
		purpose: Purpose,
		basis: Basis,
	},
	/// Access to a record was refused.
	#[codec(index = 35)]
	AccessRefused {
		receipt: ReceiptId,
		record: RecordId,
		purpose: Purpose,
		reason: Reason,
	},
	/// A device was offered to the patient.
	#[codec(index = 144)]
	DeviceOffered { device: DeviceKey },
	/// An offer of a device was declined or taken back.
	#[codec(index = 145)]
	DeviceOfferEnded { device: DeviceKey },
	/// A device measures the patient from now on, or from the binding's beginning.
	#[codec(index = 146)]
	DeviceBound { binding: BindingId, device: DeviceKey },
	/// A device measures the patient no more.
	#[codec(index = 147)]
	DeviceUnbound { binding: BindingId },
	/// A batch of the patient's readings was anchored; so many readings of the device are missing before it.
	#[codec(index = 148)]
	BatchAnchored { anchor: AnchorId, missing: u64 },
	/// Access to a batch was permitted.
	#[codec(index = 149)]
	BatchAccessPermitted {
		receipt: ReceiptId,
		anchor: AnchorId,
		purpose: Purpose,
		basis: Basis,
	},
	/// Access to a batch was refused.
	#[codec(index = 150)]
	BatchAccessRefused {
		receipt: ReceiptId,
		anchor: AnchorId,
		purpose: Purpose,
		reason: Reason,
	},
	/// An alert was raised.
	#[codec(index = 151)]
	AlertRaised { alert: AlertId },
	/// An alert was acknowledged.
	#[codec(index = 152)]
	AlertAcknowledged { alert: AlertId },
	/// Nobody acknowledged an alert in time: the next addressee was told.
	#[codec(index = 153)]
	AlertEscalated { alert: AlertId },
	/// The device that measures the patient was suspended: what it measures is not taken.
	#[codec(index = 154)]
	DeviceSuspended { binding: BindingId },
	/// The device that measures the patient was reinstated.
	#[codec(index = 155)]
	DeviceReinstated { binding: BindingId },
	/// A clinician broke the glass.
	#[codec(index = 96)]
	CaseOpened { case: CaseId },
	/// A clinician joined an open case.
	#[codec(index = 97)]
	CaseJoined { case: CaseId },
	/// A clinician approved an open case.
	#[codec(index = 98)]
	CaseApproved { case: CaseId },
	/// A case was closed.
	#[codec(index = 99)]
	CaseClosed { case: CaseId },
	/// A privacy officer reviewed a case.
	#[codec(index = 100)]
	CaseReviewed { case: CaseId, verdict: Verdict },
	/// The patient sent a case to the council.
	#[codec(index = 101)]
	CaseAppealed { case: CaseId },
	/// The council judged a case.
	#[codec(index = 102)]
	CaseJudged { case: CaseId, verdict: Verdict },
	/// The patient sealed a compartment.
	#[codec(index = 24)]
	CompartmentSealed { compartment: Compartment },
	/// The patient took the seal off a compartment.
	#[codec(index = 25)]
	CompartmentUnsealed { compartment: Compartment },
	/// A grant was passed on.
	#[codec(index = 26)]
	GrantPassedOn { grant: GrantId, parent: GrantId },
	/// A grantee attested that her copies are erased.
	#[codec(index = 27)]
	ErasureAttested { grant: GrantId },
	/// Two witnesses saw the patient sign what the next entry says: the actor confirmed what `with` proposed. `scan` is a
	/// salted commitment to the scan of the paper.
	#[codec(index = 28)]
	PaperWitnessed { with: AccountId, scan: H256 },
	/// The patient confirmed a grant that was given since her key was lost.
	#[codec(index = 29)]
	GrantConfirmed { grant: GrantId },
	/// Two officers registered a patient without a device: the actor confirmed what `with` proposed.
	#[codec(index = 64)]
	PatientRegisteredOnPaper {
		institution: InstitutionId,
		with: AccountId,
	},
	/// Two officers noted that a patient who was unidentified is no longer.
	#[codec(index = 65)]
	PatientIdentified { with: AccountId },
	/// Another account signs for her.
	#[codec(index = 66)]
	ControllerChanged {
		controller: AccountId,
		cause: ControllerCause,
	},
	/// She has another HPKE key, and the same account.
	#[codec(index = 67)]
	HpkeKeyRotated,
	/// She named a caregiver.
	#[codec(index = 68)]
	CaregiverNamed { caregiver: AccountId },
	/// The caregiver is none any more.
	#[codec(index = 69)]
	CaregiverRemoved { caregiver: AccountId },
	/// Two officers merged one id of hers into another; in both trails.
	#[codec(index = 70)]
	PatientsMerged {
		from: PatientId,
		into: PatientId,
		with: AccountId,
	},
	/// Two officers took a merge back; in both trails.
	#[codec(index = 71)]
	PatientsUnmerged {
		from: PatientId,
		into: PatientId,
		with: AccountId,
	},
	/// Two officers noted her death.
	#[codec(index = 72)]
	PatientDeceased { at: Moment, with: AccountId },
	/// Two officers took it back.
	#[codec(index = 73)]
	DeathRetracted { with: AccountId },
	/// Two officers proposed a guardian.
	#[codec(index = 74)]
	GuardianshipProposed { guardian: AccountId, with: AccountId },
	/// Something became of a guardianship.
	#[codec(index = 75)]
	GuardianshipChanged {
		guardian: AccountId,
		change: GuardianshipChange,
	},
	/// Two officers began the recovery of a lost key.
	#[codec(index = 76)]
	RecoveryProposed { controller: AccountId, with: AccountId },
	/// Something became of a recovery; its completion is `ControllerChanged`.
	#[codec(index = 77)]
	RecoveryChanged { change: RecoveryChange },
	/// She committed to recovery contacts.
	#[codec(index = 78)]
	RecoveryContactsSet,
	/// Enough of her recovery contacts began the recovery of a lost key: the actor sent what they signed.
	#[codec(index = 79)]
	RecoveryBegunByContacts { controller: AccountId },
	/// Something became of a note of her death that is contested.
	#[codec(index = 80)]
	DeathChanged { change: DeathChange },
	/// An appointment was put on a waiting list.
	#[codec(index = 81)]
	AppointmentProposed { appointment: AppointmentId },
	/// An appointment was booked.
	#[codec(index = 82)]
	AppointmentBooked { appointment: AppointmentId },
	/// An appointment has another time, or other practitioners.
	#[codec(index = 83)]
	AppointmentRescheduled { appointment: AppointmentId },
	/// An appointment was cancelled.
	#[codec(index = 84)]
	AppointmentCancelled {
		appointment: AppointmentId,
		reason: CancelReason,
	},
	/// The patient is there.
	#[codec(index = 85)]
	AppointmentArrived { appointment: AppointmentId },
	/// An appointment took place.
	#[codec(index = 86)]
	AppointmentFulfilled { appointment: AppointmentId },
	/// The patient never came.
	#[codec(index = 87)]
	AppointmentNoShow { appointment: AppointmentId },
	/// Somebody joined a tele-consultation.
	#[codec(index = 88)]
	ConsultationJoined { appointment: AppointmentId },
	/// Somebody was kept from joining a tele-consultation.
	#[codec(index = 89)]
	ConsultationRefused { appointment: AppointmentId, reason: Reason },
	/// A tele-consultation was ended.
	#[codec(index = 90)]
	ConsultationEnded { appointment: AppointmentId },
}

/// One entry of a patient's trail.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct AuditEntry<AccountId> {
	/// Its number, from 1.
	pub seq: u64,
	/// When it was written.
	pub at: Moment,
	/// Who did it; `None` where the chain itself did.
	pub actor: Option<AccountId>,
	/// What happened.
	pub kind: Kind<AccountId>,
}

/// How long a patient's trail is and the hash it ends in.
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
pub struct AuditHead {
	/// `head[n]` for `n` entries.
	pub head: H256,
	/// How many entries there are.
	pub entries: u64,
}

impl AuditHead {
	/// `head[0] = blake2_256("salus/audit/1" ++ genesis ++ patient)`, the patient as SCALE (8 bytes, little-endian).
	pub fn first(genesis: &H256, patient: PatientId) -> Self {
		let head = blake2_256(&[b"salus/audit/1".as_slice(), genesis.as_bytes(), &patient.encode()].concat());
		Self {
			head: H256(head),
			entries: 0,
		}
	}

	/// `head[n] = blake2_256(head[n-1] ++ SCALE(entry[n]))`.
	pub fn after<AccountId: Encode>(&self, entry: &AuditEntry<AccountId>) -> Self {
		let head = blake2_256(&[self.head.as_bytes(), &entry.encode()].concat());
		Self {
			head: H256(head),
			entries: entry.seq,
		}
	}
}
