//! Audit heads and entries.

use codec::Encode;
use salus_index::IndexedEntry;
use salus_primitives::{
	AuditHead, CancelReason, ControllerCause, DeathChange, ErrorReason, GuardianshipChange, Kind, Purpose, Reason,
	RecoveryChange, Verdict,
};
use serde::Serialize;

use super::{Account, BasisView, Hex, Int};
use crate::AccountId;

/// How long a trail is and the hash it ends in.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditHeadView {
	pub head: Hex,
	pub entries: Int,
}

impl From<AuditHead> for AuditHeadView {
	fn from(head: AuditHead) -> Self {
		Self {
			head: head.head.into(),
			entries: head.entries.into(),
		}
	}
}

/// An entry of a trail. `scale` is what the chain hashes into the head.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditEntryView {
	pub seq: Int,
	pub at: Int,
	pub actor: Option<Account>,
	pub kind: KindView,
	pub block: u32,
	pub scale: Hex,
}

impl From<IndexedEntry> for AuditEntryView {
	fn from(indexed: IndexedEntry) -> Self {
		let IndexedEntry { block, entry } = indexed;
		Self {
			scale: entry.encode().into(),
			seq: entry.seq.into(),
			at: entry.at.into(),
			actor: entry.actor.map(Account),
			kind: entry.kind.into(),
			block,
		}
	}
}

/// What happened.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum KindView {
	PatientRegistered {
		institution: u32,
	},
	AssignmentProposed {
		institution: u32,
		practitioner: Account,
	},
	AssignmentAccepted {
		institution: u32,
		practitioner: Account,
	},
	AssignmentEnded {
		institution: u32,
		practitioner: Account,
	},
	ConsentRequested {
		request: Int,
	},
	RequestApproved {
		request: Int,
		grant: Int,
	},
	RequestDeclined {
		request: Int,
	},
	RequestWithdrawn {
		request: Int,
	},
	GrantGiven {
		grant: Int,
	},
	GrantRevoked {
		grant: Int,
	},
	DenialMade {
		denial: Int,
	},
	DenialLifted {
		denial: Int,
	},
	RecordRegistered {
		record: Int,
	},
	RecordEnteredInError {
		record: Int,
		reason: ErrorReason,
	},
	AccessPermitted {
		receipt: Int,
		record: Int,
		purpose: Purpose,
		basis: BasisView,
	},
	AccessRefused {
		receipt: Int,
		record: Int,
		purpose: Purpose,
		reason: Reason,
	},
	DeviceOffered {
		device: Hex,
	},
	DeviceOfferEnded {
		device: Hex,
	},
	DeviceBound {
		binding: Int,
		device: Hex,
	},
	DeviceUnbound {
		binding: Int,
	},
	BatchAnchored {
		anchor: Int,
		missing: Int,
	},
	BatchAccessPermitted {
		receipt: Int,
		anchor: Int,
		purpose: Purpose,
		basis: BasisView,
	},
	BatchAccessRefused {
		receipt: Int,
		anchor: Int,
		purpose: Purpose,
		reason: Reason,
	},
	AlertRaised {
		alert: Int,
	},
	AlertAcknowledged {
		alert: Int,
	},
	AlertEscalated {
		alert: Int,
	},
	DeviceSuspended {
		binding: Int,
	},
	DeviceReinstated {
		binding: Int,
	},
	CaseOpened {
		case: Int,
	},
	CaseJoined {
		case: Int,
	},
	CaseApproved {
		case: Int,
	},
	CaseClosed {
		case: Int,
	},
	CaseReviewed {
		case: Int,
		verdict: Verdict,
	},
	CaseAppealed {
		case: Int,
	},
	CaseJudged {
		case: Int,
		verdict: Verdict,
	},
	CompartmentSealed {
		compartment: u8,
	},
	CompartmentUnsealed {
		compartment: u8,
	},
	GrantPassedOn {
		grant: Int,
		parent: Int,
	},
	ErasureAttested {
		grant: Int,
	},
	PaperWitnessed {
		with: Account,
		scan: Hex,
	},
	GrantConfirmed {
		grant: Int,
	},
	PatientRegisteredOnPaper {
		institution: u32,
		with: Account,
	},
	PatientIdentified {
		with: Account,
	},
	ControllerChanged {
		controller: Account,
		cause: ControllerCause,
	},
	HpkeKeyRotated,
	CaregiverNamed {
		caregiver: Account,
	},
	CaregiverRemoved {
		caregiver: Account,
	},
	PatientsMerged {
		from: Int,
		into: Int,
		with: Account,
	},
	PatientsUnmerged {
		from: Int,
		into: Int,
		with: Account,
	},
	PatientDeceased {
		at: Int,
		with: Account,
	},
	DeathRetracted {
		with: Account,
	},
	GuardianshipProposed {
		guardian: Account,
		with: Account,
	},
	GuardianshipChanged {
		guardian: Account,
		change: GuardianshipChange,
	},
	RecoveryProposed {
		controller: Account,
		with: Account,
	},
	RecoveryChanged {
		change: RecoveryChange,
	},
	RecoveryContactsSet,
	RecoveryBegunByContacts {
		controller: Account,
	},
	DeathChanged {
		change: DeathChange,
	},
	AppointmentProposed {
		appointment: Int,
	},
	AppointmentBooked {
		appointment: Int,
	},
	AppointmentRescheduled {
		appointment: Int,
	},
	AppointmentCancelled {
		appointment: Int,
		reason: CancelReason,
	},
	AppointmentArrived {
		appointment: Int,
	},
	AppointmentFulfilled {
		appointment: Int,
	},
	AppointmentNoShow {
		appointment: Int,
	},
	ConsultationJoined {
		appointment: Int,
	},
	ConsultationRefused {
		appointment: Int,
		reason: Reason,
	},
	ConsultationEnded {
		appointment: Int,
	},
}

impl From<Kind<AccountId>> for KindView {
	fn from(kind: Kind<AccountId>) -> Self {
		match kind {
			Kind::PatientRegistered { institution } => Self::PatientRegistered { institution },
			Kind::AssignmentProposed {
				institution,
				practitioner,
			} => Self::AssignmentProposed {
				institution,
				practitioner: practitioner.into(),
			},
			Kind::AssignmentAccepted {
				institution,
				practitioner,
			} => Self::AssignmentAccepted {
				institution,
				practitioner: practitioner.into(),
			},
			Kind::AssignmentEnded {
				institution,
				practitioner,
			} => Self::AssignmentEnded {
				institution,
				practitioner: practitioner.into(),
			},
			Kind::ConsentRequested { request } => Self::ConsentRequested {
				request: request.into(),
			},
			Kind::RequestApproved { request, grant } => Self::RequestApproved {
				request: request.into(),
				grant: grant.into(),
			},
			Kind::RequestDeclined { request } => Self::RequestDeclined {
				request: request.into(),
			},
			Kind::RequestWithdrawn { request } => Self::RequestWithdrawn {
				request: request.into(),
			},
			Kind::GrantGiven { grant } => Self::GrantGiven { grant: grant.into() },
			Kind::GrantRevoked { grant } => Self::GrantRevoked { grant: grant.into() },
			Kind::DenialMade { denial } => Self::DenialMade { denial: denial.into() },
			Kind::DenialLifted { denial } => Self::DenialLifted { denial: denial.into() },
			Kind::RecordRegistered { record } => Self::RecordRegistered { record: record.into() },
			Kind::RecordEnteredInError { record, reason } => Self::RecordEnteredInError {
				record: record.into(),
				reason,
			},
			Kind::AccessPermitted {
				receipt,
				record,
				purpose,
				basis,
			} => Self::AccessPermitted {
				receipt: receipt.into(),
				record: record.into(),
				purpose,
				basis: basis.into(),
			},
			Kind::AccessRefused {
				receipt,
				record,
				purpose,
				reason,
			} => Self::AccessRefused {
				receipt: receipt.into(),
				record: record.into(),
				purpose,
				reason,
			},
			Kind::DeviceOffered { device } => Self::DeviceOffered { device: device.into() },
			Kind::DeviceOfferEnded { device } => Self::DeviceOfferEnded { device: device.into() },
			Kind::DeviceBound { binding, device } => Self::DeviceBound {
				binding: binding.into(),
				device: device.into(),
			},
			Kind::DeviceUnbound { binding } => Self::DeviceUnbound {
				binding: binding.into(),
			},
			Kind::BatchAnchored { anchor, missing } => Self::BatchAnchored {
				anchor: anchor.into(),
				missing: missing.into(),
			},
			Kind::BatchAccessPermitted {
				receipt,
				anchor,
				purpose,
				basis,
			} => Self::BatchAccessPermitted {
				receipt: receipt.into(),
				anchor: anchor.into(),
				purpose,
				basis: basis.into(),
			},
			Kind::BatchAccessRefused {
				receipt,
				anchor,
				purpose,
				reason,
			} => Self::BatchAccessRefused {
				receipt: receipt.into(),
				anchor: anchor.into(),
				purpose,
				reason,
			},
			Kind::AlertRaised { alert } => Self::AlertRaised { alert: alert.into() },
			Kind::AlertAcknowledged { alert } => Self::AlertAcknowledged { alert: alert.into() },
			Kind::AlertEscalated { alert } => Self::AlertEscalated { alert: alert.into() },
			Kind::DeviceSuspended { binding } => Self::DeviceSuspended {
				binding: binding.into(),
			},
			Kind::DeviceReinstated { binding } => Self::DeviceReinstated {
				binding: binding.into(),
			},
			Kind::CaseOpened { case } => Self::CaseOpened { case: case.into() },
			Kind::CaseJoined { case } => Self::CaseJoined { case: case.into() },
			Kind::CaseApproved { case } => Self::CaseApproved { case: case.into() },
			Kind::CaseClosed { case } => Self::CaseClosed { case: case.into() },
			Kind::CaseReviewed { case, verdict } => Self::CaseReviewed {
				case: case.into(),
				verdict,
			},
			Kind::CaseAppealed { case } => Self::CaseAppealed { case: case.into() },
			Kind::CaseJudged { case, verdict } => Self::CaseJudged {
				case: case.into(),
				verdict,
			},
			Kind::CompartmentSealed { compartment } => Self::CompartmentSealed { compartment },
			Kind::CompartmentUnsealed { compartment } => Self::CompartmentUnsealed { compartment },
			Kind::GrantPassedOn { grant, parent } => Self::GrantPassedOn {
				grant: grant.into(),
				parent: parent.into(),
			},
			Kind::ErasureAttested { grant } => Self::ErasureAttested { grant: grant.into() },
			Kind::PaperWitnessed { with, scan } => Self::PaperWitnessed {
				with: with.into(),
				scan: scan.into(),
			},
			Kind::GrantConfirmed { grant } => Self::GrantConfirmed { grant: grant.into() },
			Kind::PatientRegisteredOnPaper { institution, with } => Self::PatientRegisteredOnPaper {
				institution,
				with: with.into(),
			},
			Kind::PatientIdentified { with } => Self::PatientIdentified { with: with.into() },
			Kind::ControllerChanged { controller, cause } => Self::ControllerChanged {
				controller: controller.into(),
				cause,
			},
			Kind::HpkeKeyRotated => Self::HpkeKeyRotated,
			Kind::CaregiverNamed { caregiver } => Self::CaregiverNamed {
				caregiver: caregiver.into(),
			},
			Kind::CaregiverRemoved { caregiver } => Self::CaregiverRemoved {
				caregiver: caregiver.into(),
			},
			Kind::PatientsMerged { from, into, with } => Self::PatientsMerged {
				from: from.into(),
				into: into.into(),
				with: with.into(),
			},
			Kind::PatientsUnmerged { from, into, with } => Self::PatientsUnmerged {
				from: from.into(),
				into: into.into(),
				with: with.into(),
			},
			Kind::PatientDeceased { at, with } => Self::PatientDeceased {
				at: at.into(),
				with: with.into(),
			},
			Kind::DeathRetracted { with } => Self::DeathRetracted { with: with.into() },
			Kind::GuardianshipProposed { guardian, with } => Self::GuardianshipProposed {
				guardian: guardian.into(),
				with: with.into(),
			},
			Kind::GuardianshipChanged { guardian, change } => Self::GuardianshipChanged {
				guardian: guardian.into(),
				change,
			},
			Kind::RecoveryProposed { controller, with } => Self::RecoveryProposed {
				controller: controller.into(),
				with: with.into(),
			},
			Kind::RecoveryChanged { change } => Self::RecoveryChanged { change },
			Kind::RecoveryContactsSet => Self::RecoveryContactsSet,
			Kind::RecoveryBegunByContacts { controller } => Self::RecoveryBegunByContacts {
				controller: controller.into(),
			},
			Kind::DeathChanged { change } => Self::DeathChanged { change },
			Kind::AppointmentProposed { appointment } => Self::AppointmentProposed {
				appointment: appointment.into(),
			},
			Kind::AppointmentBooked { appointment } => Self::AppointmentBooked {
				appointment: appointment.into(),
			},
			Kind::AppointmentRescheduled { appointment } => Self::AppointmentRescheduled {
				appointment: appointment.into(),
			},
			Kind::AppointmentCancelled { appointment, reason } => Self::AppointmentCancelled {
				appointment: appointment.into(),
				reason,
			},
			Kind::AppointmentArrived { appointment } => Self::AppointmentArrived {
				appointment: appointment.into(),
			},
			Kind::AppointmentFulfilled { appointment } => Self::AppointmentFulfilled {
				appointment: appointment.into(),
			},
			Kind::AppointmentNoShow { appointment } => Self::AppointmentNoShow {
				appointment: appointment.into(),
			},
			Kind::ConsultationJoined { appointment } => Self::ConsultationJoined {
				appointment: appointment.into(),
			},
			Kind::ConsultationRefused { appointment, reason } => Self::ConsultationRefused {
				appointment: appointment.into(),
				reason,
			},
			Kind::ConsultationEnded { appointment } => Self::ConsultationEnded {
				appointment: appointment.into(),
			},
		}
	}
}
