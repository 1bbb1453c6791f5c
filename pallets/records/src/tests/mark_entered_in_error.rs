use super::*;
use crate::{mock::*, Error};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{ErrorReason, Kind};

fn mark(who: u64, record: RecordId, institution: Option<InstitutionId>) -> DispatchResult {
	Records::mark_entered_in_error(
		RuntimeOrigin::signed(who),
		record,
		ErrorReason::WrongPatient,
		institution,
	)
}

const MARKED: RecordStatus = RecordStatus::EnteredInError(ErrorReason::WrongPatient);

#[test]
fn its_author_marks_it() {
	story(|| {
		let id = registered(new(ADA, 1));
		pass(5);
		assert_ok!(mark(DOCTOR, id, Some(A)));
		assert_eq!(status(id), MARKED);
		let entry = AuditEntry {
			seq: 2,
			at: START + 5,
			actor: Some(DOCTOR),
			kind: Kind::RecordEnteredInError {
				record: id,
				reason: ErrorReason::WrongPatient,
			},
		};
		assert_eq!(
			events().last(),
			Some(&Event::RecordEnteredInError {
				patient: ADA,
				record: id,
				reason: ErrorReason::WrongPatient,
				restored: None,
				entry,
			})
		);
	});
}

#[test]
fn an_officer_of_the_custodian_marks_it() {
	story(|| {
		let id = registered(new(ADA, 1));
		assert_ok!(mark(OFFICER, id, Some(A)));
		assert_eq!(status(id), MARKED);
	});
}

#[test]
fn the_patient_marks_her_own_upload() {
	story(|| {
		assert_ok!(register(ADAS, own(ADA, 1), None));
		assert_ok!(mark(ADAS, 0, None));
		assert_eq!(status(0), MARKED);
	});
}

#[test]
fn no_denial_keeps_it_from_being_marked() {
	story(|| {
		let id = registered(new(ADA, 1));
		judge(|_| salus_primitives::Decision::Deny(salus_primitives::Reason::Refused));
		assert_ok!(mark(DOCTOR, id, Some(A)));
	});
}

#[test]
fn nobody_else_may() {
	story(|| {
		let id = registered(new(ADA, 1));
		assert_ok!(register(ADAS, own(ADA, 2), None));
		for (who, institution) in [
			// Another doctor of the custodian, a doctor of another hospital, and the author as if there.
			(COLLEAGUE, Some(A)),
			(STRANGER, Some(B)),
			(DOCTOR, Some(B)),
			// The author and the officer without their institution.
			(DOCTOR, None),
			(OFFICER, None),
			(OFFICER, Some(B)),
			// The patient and another one.
			(ADAS, None),
			(ADAS, Some(A)),
			(BENS, None),
		] {
			assert_noop!(mark(who, id, institution), Error::<Test>::NotPermitted);
		}
		// An upload of the patient's is neither her doctor's nor another patient's.
		for (who, institution) in [(DOCTOR, Some(A)), (BENS, None), (ADAS, Some(A))] {
			assert_noop!(mark(who, 1, institution), Error::<Test>::NotPermitted);
		}
	});
}

#[test]
fn another_institution_may_not_even_where_the_author_works_for_both() {
	story(|| {
		let id = registered(new(ADA, 1));
		Credentials::insert((DOCTOR, B), true);
		Officers::insert((STRANGER, B), ());
		assert_noop!(mark(DOCTOR, id, Some(B)), Error::<Test>::NotPermitted);
		assert_noop!(mark(STRANGER, id, Some(B)), Error::<Test>::NotPermitted);
		assert_ok!(mark(DOCTOR, id, Some(A)));
	});
}

#[test]
fn an_author_who_is_suspended_may_not() {
	story(|| {
		let id = registered(new(ADA, 1));
		Credentials::insert((DOCTOR, A), false);
		assert_noop!(mark(DOCTOR, id, Some(A)), Error::<Test>::NotPermitted);
		Credentials::remove((DOCTOR, A));
		assert_noop!(mark(DOCTOR, id, Some(A)), Error::<Test>::NotPermitted);
	});
}

#[test]
fn what_it_had_replaced_is_current_again() {
	story(|| {
		let right = registered(new(ADA, 1));
		let wrong = registered(related(ADA, 2, Relation::Replaces, right));
		assert_ok!(mark(DOCTOR, wrong, Some(A)));
		assert_eq!(status(right), RecordStatus::Current);
		assert!(matches!(
			events().last(),
			Some(Event::RecordEnteredInError { restored: Some(id), .. }) if *id == right
		));
		// And can be replaced by what is right.
		let better = registered(related(ADA, 3, Relation::Replaces, right));
		assert_eq!(status(right), RecordStatus::Superseded(better));
	});
}

#[test]
fn what_was_replaced_in_turn_restores_nothing() {
	story(|| {
		let first = registered(new(ADA, 1));
		let second = registered(related(ADA, 2, Relation::Replaces, first));
		let third = registered(related(ADA, 3, Relation::Replaces, second));
		assert_ok!(mark(DOCTOR, second, Some(A)));
		assert_eq!(
			(status(first), status(third)),
			(RecordStatus::Superseded(second), RecordStatus::Current)
		);
		// The third replaced what is itself in error, and that stays so.
		assert_ok!(mark(DOCTOR, third, Some(A)));
		assert_eq!(
			(status(first), status(second)),
			(RecordStatus::Superseded(second), MARKED)
		);
	});
}

#[test]
fn a_relation_that_supersedes_nothing_restores_nothing() {
	story(|| {
		let first = registered(new(ADA, 1));
		let comment = registered(related(ADA, 2, Relation::Appends, first));
		assert_ok!(mark(DOCTOR, comment, Some(A)));
		assert!(matches!(
			events().last(),
			Some(Event::RecordEnteredInError { restored: None, .. })
		));
	});
}

#[test]
fn unknown_record() {
	story(|| {
		assert_noop!(mark(DOCTOR, 0, Some(A)), Error::<Test>::UnknownRecord);
	});
}

#[test]
fn already_entered_in_error() {
	story(|| {
		let id = registered(new(ADA, 1));
		assert_ok!(mark(DOCTOR, id, Some(A)));
		assert_noop!(mark(OFFICER, id, Some(A)), Error::<Test>::AlreadyEnteredInError);
	});
}

#[test]
fn record_closed() {
	story(|| {
		let id = registered(new(ADA, 1));
		for status in [RecordStatus::Restricted, RecordStatus::Erasing, RecordStatus::Erased] {
			set_status(id, status);
			assert_noop!(mark(DOCTOR, id, Some(A)), Error::<Test>::RecordClosed);
		}
	});
}

#[test]
fn an_unsigned_call_is_refused() {
	story(|| {
		assert_noop!(
			Records::mark_entered_in_error(RuntimeOrigin::none(), 0, ErrorReason::Other, None),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}
