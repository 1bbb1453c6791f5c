//! `propose_assignment`, `accept_assignment`, `end_assignment`.

use crate::{mock::*, Error, Event, Patients};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{
	Assignment, AuditEntry, Credential, Kind, Moment, PatientId, PatientStatus, Registry, Role, DAY,
};
use sp_runtime::DispatchError;

const ALICE: PatientId = 0;

/// A story with a patient of A.
fn with_patient(told: impl FnOnce()) {
	story(|| {
		assert_eq!(register(1), ALICE);
		told();
	});
}

fn proposed() {
	assert_ok!(Roles::propose_assignment(by("admin"), ALICE, id("doctor")));
}

fn accepted() {
	proposed();
	assert_ok!(Roles::accept_assignment(by("doctor"), ALICE, A));
}

fn is_assigned() -> bool {
	let assigned = Roles::is_assigned(&id("doctor"), ALICE, A);
	let begun = Roles::standing(&id("doctor"), A).unwrap().begun;
	assert_eq!(Roles::is_assigned_since(&id("doctor"), ALICE, A, begun), assigned);
	assigned
}

#[test]
fn an_assignment_is_proposed_accepted_and_ended_and_the_patient_sees_it_all() {
	with_patient(|| {
		let (patient, institution, practitioner) = (ALICE, A, id("doctor"));
		proposed();
		assert!(!is_assigned(), "a proposal is no assignment");
		let kind = Kind::AssignmentProposed {
			institution,
			practitioner: practitioner.clone(),
		};
		let entry = AuditEntry {
			seq: 2,
			at: START,
			actor: Some(id("admin")),
			kind,
		};
		let event = Event::AssignmentProposed {
			patient,
			institution,
			practitioner: practitioner.clone(),
			entry: entry.clone(),
		};
		assert_eq!(last_event(), event);
		assert_eq!(event.audit(), vec![(ALICE, entry)]);
		assert_eq!(
			Roles::assignment(ALICE, &practitioner, A),
			Some(Assignment::Proposed(START))
		);

		set_time(START + DAY);
		assert_ok!(Roles::accept_assignment(by("doctor"), ALICE, A));
		assert!(is_assigned());
		let kind = Kind::AssignmentAccepted {
			institution,
			practitioner: practitioner.clone(),
		};
		let entry = AuditEntry {
			seq: 3,
			at: START + DAY,
			actor: Some(practitioner.clone()),
			kind,
		};
		let event = Event::AssignmentAccepted {
			patient,
			institution,
			practitioner: practitioner.clone(),
			entry: entry.clone(),
		};
		assert_eq!(last_event(), event);
		assert_eq!(event.audit(), vec![(ALICE, entry)]);
		assert_eq!(
			Roles::assignment(ALICE, &practitioner, A),
			Some(Assignment::Accepted(START + DAY))
		);

		set_time(START + 2 * DAY);
		assert_ok!(Roles::end_assignment(by("patient-1"), ALICE, practitioner.clone(), A));
		assert!(!is_assigned());
		let kind = Kind::AssignmentEnded {
			institution,
			practitioner: practitioner.clone(),
		};
		let entry = AuditEntry {
			seq: 4,
			at: START + 2 * DAY,
			actor: Some(id("patient-1")),
			kind,
		};
		let event = Event::AssignmentEnded {
			patient,
			institution,
			practitioner: practitioner.clone(),
			entry: entry.clone(),
		};
		assert_eq!(last_event(), event);
		assert_eq!(event.audit(), vec![(ALICE, entry)]);
		assert_eq!(
			Roles::assignment(ALICE, &practitioner, A),
			Some(Assignment::Ended(START + 2 * DAY))
		);
		assert_eq!(Trail::get().len(), 4);
	});
}

#[test]
fn an_ended_assignment_can_be_proposed_again() {
	with_patient(|| {
		accepted();
		assert_ok!(Roles::end_assignment(by("doctor"), ALICE, id("doctor"), A));
		accepted();
		assert!(is_assigned());
	});
}

#[test]
fn a_proposal_is_made_once() {
	with_patient(|| {
		proposed();
		let again = || Roles::propose_assignment(by("admin"), ALICE, id("doctor"));
		assert_noop!(again(), Error::<Test>::AssignmentExists);
		assert_ok!(Roles::accept_assignment(by("doctor"), ALICE, A));
		assert_noop!(again(), Error::<Test>::AssignmentExists);
	});
}

#[test]
fn only_an_active_administrator_of_the_patients_institution_proposes() {
	with_patient(|| {
		for stranger in ["admin-b", "doctor", "a1", "patient-1", "nobody"] {
			assert_noop!(
				Roles::propose_assignment(by(stranger), ALICE, id("doctor")),
				Error::<Test>::NotAnAdministrator
			);
		}
		assert_noop!(
			Roles::propose_assignment(RuntimeOrigin::none(), ALICE, id("doctor")),
			DispatchError::BadOrigin
		);
		assert_ok!(Roles::suspend_credential(by("a1"), id("admin"), A));
		assert_noop!(
			Roles::propose_assignment(by("admin"), ALICE, id("doctor")),
			Error::<Test>::NotAnAdministrator
		);
	});
}

#[test]
fn only_active_practitioners_of_the_patients_institution_are_assigned() {
	with_patient(|| {
		for stranger in ["doctor-b", "a1", "nobody"] {
			assert_noop!(
				Roles::propose_assignment(by("admin"), ALICE, id(stranger)),
				Error::<Test>::PractitionerNotActive
			);
		}
		assert_ok!(Roles::suspend_credential(by("a1"), id("doctor"), A));
		assert_noop!(
			Roles::propose_assignment(by("admin"), ALICE, id("doctor")),
			Error::<Test>::PractitionerNotActive
		);
	});
}

#[test]
fn roles_that_see_nothing_are_assigned_nobody() {
	with_patient(|| {
		assert_noop!(
			Roles::propose_assignment(by("admin"), ALICE, id("admin")),
			Error::<Test>::NotAPractitioner
		);
		for (name, role) in [("officer", Role::PrivacyOfficer), ("auditor", Role::Auditor)] {
			assert_ok!(Roles::issue(&id(name), A, credential(role)));
			assert_noop!(
				Roles::propose_assignment(by("admin"), ALICE, id(name)),
				Error::<Test>::NotAPractitioner
			);
		}
		assert_ok!(Roles::propose_assignment(by("admin"), ALICE, id("nurse")));
	});
}

#[test]
fn nothing_new_begins_at_a_suspended_institution() {
	with_patient(|| {
		proposed();
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		assert_noop!(
			Roles::propose_assignment(by("admin"), ALICE, id("nurse")),
			Error::<Test>::InstitutionNotActive
		);
		assert_noop!(
			Roles::accept_assignment(by("doctor"), ALICE, A),
			Error::<Test>::InstitutionNotActive
		);
	});
}

#[test]
fn a_patient_must_exist_and_live() {
	with_patient(|| {
		assert_noop!(
			Roles::propose_assignment(by("admin"), 9, id("doctor")),
			Error::<Test>::UnknownPatient
		);
		proposed();
		for status in [PatientStatus::MergedInto(ALICE), PatientStatus::Deceased(START)] {
			Patients::<Test>::mutate(ALICE, |patient| patient.as_mut().unwrap().status = status);
			assert_noop!(
				Roles::propose_assignment(by("admin"), ALICE, id("nurse")),
				Error::<Test>::PatientNotActive
			);
			assert_noop!(
				Roles::accept_assignment(by("doctor"), ALICE, A),
				Error::<Test>::PatientNotActive
			);
		}
		assert_ok!(Roles::end_assignment(by("doctor"), ALICE, id("doctor"), A));
	});
}

#[test]
fn only_the_practitioner_accepts_and_only_what_waits_for_her() {
	with_patient(|| {
		assert_noop!(
			Roles::accept_assignment(by("doctor"), ALICE, A),
			Error::<Test>::UnknownAssignment
		);
		proposed();
		for (stranger, at) in [("nurse", A), ("admin", A), ("patient-1", A), ("doctor", B)] {
			assert_noop!(
				Roles::accept_assignment(by(stranger), ALICE, at),
				Error::<Test>::UnknownAssignment
			);
		}
		assert_ok!(Roles::accept_assignment(by("doctor"), ALICE, A));
		assert_noop!(
			Roles::accept_assignment(by("doctor"), ALICE, A),
			Error::<Test>::AssignmentNotProposed
		);
		assert_ok!(Roles::end_assignment(by("doctor"), ALICE, id("doctor"), A));
		assert_noop!(
			Roles::accept_assignment(by("doctor"), ALICE, A),
			Error::<Test>::AssignmentNotProposed
		);
		assert_noop!(
			Roles::accept_assignment(RuntimeOrigin::none(), ALICE, A),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn a_practitioner_whose_credential_ended_in_between_does_not_accept() {
	with_patient(|| {
		proposed();
		assert_ok!(Roles::revoke_credential(by("a1"), id("doctor"), A));
		assert_noop!(
			Roles::accept_assignment(by("doctor"), ALICE, A),
			Error::<Test>::PractitionerNotActive
		);
	});
}

/// The doctor's credential ended, and she is hired again with one from this time on.
fn hired_again(valid_from: Moment) {
	set_time(START + 380 * DAY);
	let again = Credential {
		valid_from,
		valid_until: START + 400 * DAY,
		..credential(Role::Doctor)
	};
	assert_ok!(Roles::issue(&id("doctor"), A, again));
	set_time(START + 381 * DAY);
	assert!(Roles::standing(&id("doctor"), A).unwrap().active);
}

#[test]
fn who_is_hired_again_is_assigned_anew() {
	// Dated back as far as it will, too.
	for valid_from in [START - DAY, START + 365 * DAY, START + 380 * DAY] {
		with_patient(|| {
			accepted();
			hired_again(valid_from);
			assert!(!is_assigned());
			assert_eq!(
				Roles::assignment(ALICE, &id("doctor"), A),
				Some(Assignment::Ended(START + 380 * DAY))
			);
			assert_noop!(
				Roles::end_assignment(by("patient-1"), ALICE, id("doctor"), A),
				Error::<Test>::AssignmentOver
			);
			assert_ok!(Roles::issue(
				&id("chief"),
				A,
				Credential {
					valid_until: START + 400 * DAY,
					..credential(Role::Administrator)
				}
			));
			assert_ok!(Roles::propose_assignment(by("chief"), ALICE, id("doctor")));
			assert_ok!(Roles::accept_assignment(by("doctor"), ALICE, A));
			assert!(is_assigned());
		});
	}
}

#[test]
fn a_proposal_to_who_worked_there_before_is_over() {
	with_patient(|| {
		proposed();
		hired_again(START);
		assert_noop!(
			Roles::accept_assignment(by("doctor"), ALICE, A),
			Error::<Test>::AssignmentNotProposed
		);
	});
}

#[test]
fn who_moves_away_and_comes_back_is_assigned_anew() {
	with_patient(|| {
		assert_ok!(Roles::issue(&id("doctor"), B, credential(Role::Doctor)));
		accepted();
		set_time(START + DAY);
		assert_ok!(Roles::transfer(by("doctor"), B));
		set_time(START + 2 * DAY);
		assert_ok!(Roles::issue(&id("doctor"), A, credential(Role::Doctor)));
		assert!(Roles::standing(&id("doctor"), A).unwrap().active);
		assert!(!is_assigned());
	});
}

#[test]
fn a_credential_that_is_renewed_in_time_or_reinstated_is_the_same_employment() {
	with_patient(|| {
		accepted();
		assert_ok!(Roles::suspend_credential(by("a1"), id("doctor"), A));
		set_time(START + DAY);
		assert_ok!(Roles::reinstate_credential(by("a1"), id("doctor"), A));
		assert!(is_assigned());
		set_time(START + 300 * DAY);
		let renewed = Credential {
			valid_from: START + 365 * DAY,
			valid_until: START + 700 * DAY,
			..credential(Role::Doctor)
		};
		assert_ok!(Roles::issue(&id("doctor"), A, renewed));
		set_time(START + 400 * DAY);
		assert!(is_assigned());
	});
}

#[test]
fn the_patient_the_practitioner_and_an_administrator_may_end_it() {
	with_patient(|| {
		for who in ["patient-1", "doctor", "admin"] {
			accepted();
			assert_ok!(Roles::end_assignment(by(who), ALICE, id("doctor"), A));
			proposed();
			assert_ok!(Roles::end_assignment(by(who), ALICE, id("doctor"), A));
		}
	});
}

#[test]
fn nobody_else_ends_it() {
	with_patient(|| {
		accepted();
		register(2);
		for stranger in ["patient-2", "nurse", "a1", "admin-b", "nobody"] {
			assert_noop!(
				Roles::end_assignment(by(stranger), ALICE, id("doctor"), A),
				Error::<Test>::NotInvolved
			);
		}
		assert_ok!(Roles::suspend_credential(by("a1"), id("admin"), A));
		assert_noop!(
			Roles::end_assignment(by("admin"), ALICE, id("doctor"), A),
			Error::<Test>::NotInvolved
		);
		assert_ok!(Roles::reinstate_credential(by("a1"), id("admin"), A));
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		assert_noop!(
			Roles::end_assignment(by("admin"), ALICE, id("doctor"), A),
			Error::<Test>::NotInvolved
		);
		assert_ok!(Roles::end_assignment(by("patient-1"), ALICE, id("doctor"), A));
	});
}

#[test]
fn only_what_goes_on_is_ended() {
	with_patient(|| {
		let end = |at| Roles::end_assignment(by("patient-1"), ALICE, id("doctor"), at);
		assert_noop!(end(A), Error::<Test>::UnknownAssignment);
		accepted();
		assert_noop!(end(B), Error::<Test>::UnknownAssignment);
		assert_ok!(end(A));
		assert_noop!(end(A), Error::<Test>::AssignmentOver);
	});
}
