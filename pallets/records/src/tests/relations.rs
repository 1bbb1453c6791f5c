use super::*;
use crate::{mock::*, Error};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{AccessRequest, Action, ErrorReason};

#[test]
fn a_replacement_supersedes_and_overwrites_nothing() {
	story(|| {
		let old = registered(NewRecord {
			compartment: Some(2),
			..new(ADA, 1)
		});
		let before = record(old);
		let replacement = NewRecord {
			compartment: Some(2),
			..related(ADA, 2, Relation::Replaces, old)
		};
		let by = registered(replacement);
		assert_eq!(
			record(old),
			Record {
				status: RecordStatus::Superseded(by),
				..before
			}
		);
		assert_eq!(status(by), RecordStatus::Current);
	});
}

#[test]
fn a_replacement_asks_for_amend_on_the_target() {
	story(|| {
		let old = registered(NewRecord {
			recorded_at: START - 9,
			..new(ADA, 1)
		});
		asked();
		let replacement = NewRecord {
			recorded_at: START - 9,
			..related(ADA, 2, Relation::Replaces, old)
		};
		assert_ok!(register(DOCTOR, replacement, Some(A)));
		assert_eq!(
			asked(),
			vec![AccessRequest {
				requester: DOCTOR,
				on_behalf_of: Some(A),
				patient: ADA,
				record: Some(old),
				custodian: A,
				category: Category::Encounter,
				compartment: None,
				recorded_at: START - 9,
				author: DOCTOR,
				status: Some(RecordStatus::Current),
				action: Action::Amend,
				purpose: Purpose::Treatment,
			}]
		);
	});
}

#[test]
fn a_replacement_of_another_date_is_asked_for_at_both() {
	story(|| {
		let old = registered(NewRecord {
			recorded_at: START - 9,
			..new(ADA, 1)
		});
		asked();
		let moved = NewRecord {
			recorded_at: START - 5,
			..related(ADA, 2, Relation::Replaces, old)
		};
		assert_ok!(register(DOCTOR, moved, Some(A)));
		let questions = asked();
		assert_eq!(
			questions
				.iter()
				.map(|question| question.recorded_at)
				.collect::<Vec<_>>(),
			[START - 9, START - 5]
		);
		let alike = AccessRequest {
			recorded_at: START - 9,
			..questions[1].clone()
		};
		assert_eq!(questions[0], alike, "all else is the same");
	});
}

#[test]
fn a_right_to_amend_one_year_writes_about_no_other() {
	story(|| {
		let old = registered(NewRecord {
			recorded_at: 2_020,
			..new(ADA, 1)
		});
		judge(|request| match (request.action, request.recorded_at) {
			(Action::Amend, 2_020..2_021) => salus_primitives::Decision::Permit(salus_primitives::Basis::Grant(0)),
			_ => salus_primitives::Decision::Deny(salus_primitives::Reason::OutsideDateRange),
		});
		let replacement = |recorded_at| NewRecord {
			recorded_at,
			..related(ADA, 2, Relation::Replaces, old)
		};
		assert_noop!(
			register(STRANGER, replacement(2_024), Some(B)),
			Error::<Test>::NotPermitted
		);
		assert_ok!(register(STRANGER, replacement(2_020), Some(B)));
	});
}

#[test]
fn all_other_relations_supersede_nothing_and_ask_for_append() {
	story(|| {
		let old = registered(new(ADA, 1));
		for (seed, relation) in [(2, Relation::Appends), (3, Relation::Transforms), (4, Relation::Signs)] {
			asked();
			// Another category and compartment are fine.
			let given = related(ADA, seed, relation, old);
			registered(NewRecord {
				category: Category::Summary,
				compartment: Some(1),
				..given
			});
			assert_eq!(asked()[0].action, Action::Append);
			assert_eq!(status(old), RecordStatus::Current);
		}
	});
}

#[test]
fn a_replacement_keeps_its_own_custodian() {
	story(|| {
		let old = registered(new(ADA, 1));
		judge(|_| salus_primitives::Decision::Permit(salus_primitives::Basis::Grant(0)));
		assert_ok!(register(STRANGER, related(ADA, 2, Relation::Replaces, old), Some(B)));
		assert_eq!((record(old).custodian, record(1).custodian), (A, B));
	});
}

#[test]
fn who_may_append_may_not_replace() {
	story(|| {
		let old = registered(new(ADA, 1));
		Assignments::insert((COLLEAGUE, ADA, A), ());
		assert_noop!(
			register(COLLEAGUE, related(ADA, 2, Relation::Replaces, old), Some(A)),
			Error::<Test>::NotPermitted
		);
		assert_ok!(register(COLLEAGUE, related(ADA, 2, Relation::Appends, old), Some(A)));
	});
}

#[test]
fn a_patient_replaces_nothing_but_may_append() {
	story(|| {
		assert_ok!(register(ADAS, own(ADA, 1), None));
		let relating = |relation| NewRecord {
			relates_to: Some((relation, 0)),
			..own(ADA, 2)
		};
		assert_noop!(
			register(ADAS, relating(Relation::Replaces), None),
			Error::<Test>::NotPermitted
		);
		assert_ok!(register(ADAS, relating(Relation::Appends), None));
	});
}

#[test]
fn unknown_record() {
	story(|| {
		// The id that it will have itself is no target either.
		for id in [0, 1, u64::MAX] {
			assert_noop!(
				register(DOCTOR, related(ADA, 1, Relation::Appends, id), Some(A)),
				Error::<Test>::UnknownRecord
			);
		}
	});
}

#[test]
fn foreign_relation() {
	story(|| {
		let bens = registered(new(BEN, 1));
		for relation in Relation::ALL {
			assert_noop!(
				register(DOCTOR, related(ADA, 2, relation, bens), Some(A)),
				Error::<Test>::ForeignRelation
			);
		}
	});
}

#[test]
fn relation_erased() {
	let mut world = world();
	world.execute_with(|| {
		let old = registered(new(ADA, 1));
		for status in [RecordStatus::Erasing, RecordStatus::Erased] {
			set_status(old, status);
			for relation in Relation::ALL {
				assert_noop!(
					register(DOCTOR, related(ADA, 2, relation, old), Some(A)),
					Error::<Test>::RelationErased
				);
			}
		}
	});
}

#[test]
fn not_current() {
	story(|| {
		let old = registered(new(ADA, 1));
		registered(related(ADA, 2, Relation::Replaces, old));
		assert_noop!(
			register(DOCTOR, related(ADA, 3, Relation::Replaces, old), Some(A)),
			Error::<Test>::NotCurrent
		);
		// It can still be commented on.
		let other = registered(related(ADA, 3, Relation::Appends, old));
		for status in [
			RecordStatus::EnteredInError(ErrorReason::Other),
			RecordStatus::Restricted,
		] {
			set_status(other, status);
			assert_noop!(
				register(DOCTOR, related(ADA, 4, Relation::Replaces, other), Some(A)),
				Error::<Test>::NotCurrent
			);
		}
	});
}

#[test]
fn category_differs() {
	story(|| {
		let old = registered(new(ADA, 1));
		let given = NewRecord {
			category: Category::Summary,
			..related(ADA, 2, Relation::Replaces, old)
		};
		assert_noop!(register(DOCTOR, given, Some(A)), Error::<Test>::CategoryDiffers);
	});
}

#[test]
fn compartment_differs() {
	story(|| {
		let old = registered(NewRecord {
			compartment: Some(1),
			..new(ADA, 1)
		});
		for compartment in [None, Some(2)] {
			let given = NewRecord {
				compartment,
				..related(ADA, 2, Relation::Replaces, old)
			};
			assert_noop!(register(DOCTOR, given, Some(A)), Error::<Test>::CompartmentDiffers);
		}
	});
}
