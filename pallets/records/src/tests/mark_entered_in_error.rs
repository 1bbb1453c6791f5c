use super::*;
use crate::{mock::*, Error, MAX_PASSED};
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use salus_primitives::{ErrorReason, Kind};
use std::collections::BTreeMap;

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
fn what_was_replaced_in_turn_restores_nothing_until_its_successor_is_in_error_too() {
	story(|| {
		let first = registered(new(ADA, 1));
		let second = registered(related(ADA, 2, Relation::Replaces, first));
		let third = registered(related(ADA, 3, Relation::Replaces, second));
		assert_ok!(mark(DOCTOR, second, Some(A)));
		assert_eq!(
			(status(first), status(third)),
			(RecordStatus::Superseded(second), RecordStatus::Current)
		);
		assert_ok!(mark(DOCTOR, third, Some(A)));
		assert_eq!((status(first), status(second)), (RecordStatus::Current, MARKED));
		assert!(matches!(
			events().last(),
			Some(Event::RecordEnteredInError { restored: Some(id), .. }) if *id == first
		));
	});
}

#[test]
fn nothing_is_current_once_every_version_is_in_error() {
	story(|| {
		registered(new(ADA, 0));
		for seed in 1..4 {
			registered(related(ADA, seed, Relation::Replaces, seed - 1));
		}
		for id in 0..4 {
			assert_ok!(mark(DOCTOR, id, Some(A)));
		}
		assert!((0..4).all(|id| status(id) == MARKED));
	});
}

/// One version, this many that replace one another and are in error, and one that is current and is marked.
fn restored_past(in_error: u64) -> RecordStatus {
	registered(new(ADA, 0));
	for seed in 1..=in_error + 1 {
		registered(related(ADA, seed, Relation::Replaces, seed - 1));
	}
	for id in 1..=in_error + 1 {
		assert_ok!(mark(DOCTOR, id, Some(A)));
	}
	status(0)
}

#[test]
fn a_restoration_looks_past_eight_versions_in_error() {
	let bound = u64::from(MAX_PASSED);
	story(|| assert_eq!(restored_past(bound), RecordStatus::Current));
	story(|| {
		assert_eq!(restored_past(bound + 1), RecordStatus::Superseded(1));
		// The right version comes back as a record of its own.
		registered(new(ADA, 99));
	});
}

/// The ids of the versions of each document, by its first version.
fn documents() -> BTreeMap<RecordId, Vec<RecordId>> {
	let mut first: BTreeMap<RecordId, RecordId> = BTreeMap::new();
	let mut documents: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
	for id in 0..NextRecord::<Test>::get() {
		let origin = record(id).relates_to.map_or(id, |(_, before)| first[&before]);
		first.insert(id, origin);
		documents.entry(origin).or_default().push(id);
	}
	documents
}

proptest! {
	/// Two documents, at most eight marks in all, so that no restoration is out of reach.
	#[test]
	fn one_version_of_a_document_is_current_as_long_as_one_is_not_in_error(
		steps in prop::collection::vec((any::<bool>(), any::<u64>()), 1..40),
	) {
		story(|| {
			registered(new(ADA, 1_000));
			registered(new(ADA, 1_001));
			let mut marks = 0;
			for (seed, (marks_one, number)) in (0..).zip(steps) {
				let known = NextRecord::<Test>::get();
				let id = number % known;
				if marks_one && marks < MAX_PASSED {
					marks += u32::from(mark(DOCTOR, id, Some(A)).is_ok());
				} else {
					// Whatever is current of that document is replaced.
					let current = documents().into_values().find(|versions| versions.contains(&id));
					let current = current.into_iter().flatten().find(|id| status(*id) == RecordStatus::Current);
					if let Some(current) = current {
						registered(related(ADA, seed, Relation::Replaces, current));
					}
				}
				for versions in documents().into_values() {
					let current = versions.iter().filter(|id| status(**id) == RecordStatus::Current).count();
					let right = versions.iter().any(|id| status(*id) != MARKED);
					assert_eq!(current, usize::from(right), "{versions:?}");
				}
				Records::check_state().unwrap();
			}
		});
	}
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
