//! Indices that stand in storage, in signatures and in trails for ever.

use crate::{
	Action, AppointmentParty, Basis, CancelReason, Category, DeathChange, Decision, EmergencyReason, Grantee, Kind,
	Mode, Priority, Purpose, Reason, RecordStatus, Role, Rule, SlotState, Verdict,
};
use codec::Encode;

#[test]
fn vocabularies_keep_their_indices() {
	fn indices<T: Encode>(items: impl IntoIterator<Item = T>) -> Vec<u8> {
		items.into_iter().flat_map(|item| item.encode()).collect()
	}
	assert_eq!(indices(Action::ALL), [0, 1, 2, 3]);
	assert_eq!(indices(Purpose::ALL), (0..10).collect::<Vec<u8>>());
	assert_eq!(indices(Category::ALL), (0..13).collect::<Vec<u8>>());
	assert_eq!(indices(Role::ALL), (0..9).collect::<Vec<u8>>());
	assert_eq!(indices(Reason::ALL), (0..17).collect::<Vec<u8>>());
}

#[test]
fn what_carries_ids_keeps_its_indices() {
	assert_eq!(
		Decision::Permit(Basis::Grant(1)).encode(),
		[0, 4, 1, 0, 0, 0, 0, 0, 0, 0]
	);
	assert_eq!(Decision::Deny(Reason::NoGrant).encode(), [1, 6]);
	assert_eq!(Grantee::<u8>::Role(Role::Nurse, 2).encode(), [2, 1, 2, 0, 0, 0]);
	assert_eq!(RecordStatus::Superseded(1).encode()[0], 1);
	let kinds: [(u8, Kind<u8>); 8] = [
		(0, Kind::PatientRegistered { institution: 0 }),
		(16, Kind::ConsentRequested { request: 0 }),
		(32, Kind::RecordRegistered { record: 0 }),
		(
			35,
			Kind::AccessRefused {
				receipt: 0,
				record: 0,
				purpose: Purpose::Treatment,
				reason: Reason::NoGrant,
			},
		),
		(
			64,
			Kind::PatientRegisteredOnPaper {
				institution: 0,
				with: 0,
			},
		),
		(78, Kind::RecoveryContactsSet),
		(79, Kind::RecoveryBegunByContacts { controller: 0 }),
		(
			80,
			Kind::DeathChanged {
				change: DeathChange::Upheld,
			},
		),
	];
	for (index, kind) in kinds {
		assert_eq!(kind.encode()[0], index);
	}
}

#[test]
fn what_telemetry_leaves_keeps_its_indices() {
	let (device, binding, anchor, alert, receipt) = ([0; 32], 0, 0, 0, 0);
	let purpose = Purpose::Treatment;
	let (basis, reason) = (Basis::Subject, Reason::NoGrant);
	#[rustfmt::skip]
	let kinds: [Kind<u8>; 12] = [
		Kind::DeviceOffered { device },
		Kind::DeviceOfferEnded { device },
		Kind::DeviceBound { binding, device },
		Kind::DeviceUnbound { binding },
		Kind::BatchAnchored { anchor, missing: 0 },
		Kind::BatchAccessPermitted { receipt, anchor, purpose, basis },
		Kind::BatchAccessRefused { receipt, anchor, purpose, reason },
		Kind::AlertRaised { alert },
		Kind::AlertAcknowledged { alert },
		Kind::AlertEscalated { alert },
		Kind::DeviceSuspended { binding },
		Kind::DeviceReinstated { binding },
	];
	for (index, kind) in (144..).zip(kinds) {
		assert_eq!(kind.encode()[0], index);
	}
	assert_eq!(
		crate::Value::Decimal {
			mantissa: 0,
			exponent: 0
		}
		.encode()[0],
		0
	);
	assert_eq!(
		crate::Value::Waveform {
			sha256: Default::default()
		}
		.encode()[0],
		1
	);
}

#[test]
fn what_emergencies_and_seals_leave_keeps_its_indices() {
	let (case, verdict) = (0, Verdict::Justified);
	let (grant, parent, compartment) = (1, 0, 2);
	let (with, scan) = (0, sp_core::H256::zero());
	let kinds: [(u8, Kind<u8>); 13] = [
		(24, Kind::CompartmentSealed { compartment }),
		(25, Kind::CompartmentUnsealed { compartment }),
		(26, Kind::GrantPassedOn { grant, parent }),
		(27, Kind::ErasureAttested { grant }),
		(28, Kind::PaperWitnessed { with, scan }),
		(29, Kind::GrantConfirmed { grant }),
		(96, Kind::CaseOpened { case }),
		(97, Kind::CaseJoined { case }),
		(98, Kind::CaseApproved { case }),
		(99, Kind::CaseClosed { case }),
		(100, Kind::CaseReviewed { case, verdict }),
		(101, Kind::CaseAppealed { case }),
		(102, Kind::CaseJudged { case, verdict }),
	];
	for (index, kind) in kinds {
		assert_eq!(kind.encode()[0], index);
	}
	assert_eq!(EmergencyReason::ALL.map(|reason| reason.encode()[0]), [0, 1, 2, 3, 4]);
	assert_eq!(Verdict::ALL.map(|verdict| verdict.encode()[0]), [0, 1]);
	assert_eq!(Rule::ALL.map(|rule| rule.encode()[0]), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn what_appointments_leave_keeps_its_indices() {
	let (appointment, reason) = (0, CancelReason::Provider);
	let refused = Reason::NoGrant;
	let kinds: [Kind<u8>; 10] = [
		Kind::AppointmentProposed { appointment },
		Kind::AppointmentBooked { appointment },
		Kind::AppointmentRescheduled { appointment },
		Kind::AppointmentCancelled { appointment, reason },
		Kind::AppointmentArrived { appointment },
		Kind::AppointmentFulfilled { appointment },
		Kind::AppointmentNoShow { appointment },
		Kind::ConsultationJoined { appointment },
		Kind::ConsultationRefused {
			appointment,
			reason: refused,
		},
		Kind::ConsultationEnded { appointment },
	];
	for (index, kind) in (81..).zip(kinds) {
		assert_eq!(kind.encode()[0], index);
	}
	assert_eq!(CancelReason::ALL.map(|reason| reason.encode()[0]), [0, 1, 2, 3]);
	assert_eq!(Priority::ALL.map(|priority| priority.encode()[0]), [0, 1, 2, 3]);
	assert_eq!(AppointmentParty::ALL.map(|party| party.encode()[0]), [0, 1, 2, 3]);
	assert_eq!(Mode::ALL.map(|mode| mode.encode()[0]), [0, 1]);
	let states = [
		SlotState::Free,
		SlotState::BusyTentative { patient: 0, until: 0 },
		SlotState::Busy(0),
		SlotState::BusyUnavailable,
	];
	assert_eq!(states.map(|state| state.encode()[0]), [0, 1, 2, 3]);
}
