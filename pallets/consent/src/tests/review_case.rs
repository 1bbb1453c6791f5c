use super::*;
use crate::{Dockets, Event, Openers};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Kind, Role, Verdict};

fn review(who: u64, id: CaseId, verdict: Verdict) -> sp_runtime::DispatchResult {
	Consent::review_case(signed(who), PATIENT, id, verdict)
}

/// Bea's case, which is over.
fn over() -> CaseId {
	let id = open();
	assert_ok!(Consent::close_case(signed(BEA), PATIENT, id));
	id
}

#[test]
fn a_justified_case_waits_for_nothing_any_more() {
	story(|| {
		let id = over();
		assert_eq!(Dockets::<Test>::get(AWAY).waiting(NOON), 1);
		let verdict = Verdict::Justified;
		assert_ok!(review(PAUL, id, verdict));
		let entry = last_entry(PATIENT);
		assert_eq!(
			(&entry.kind, entry.actor),
			(&Kind::CaseReviewed { case: id, verdict }, Some(PAUL))
		);
		System::assert_last_event(
			Event::CaseReviewed {
				patient: PATIENT,
				case: id,
				verdict,
				entry,
			}
			.into(),
		);
		assert_eq!(Dockets::<Test>::get(AWAY).waiting(NOON), 0);
		assert_eq!(Openers::<Test>::get(BEA).docket.waiting(NOON), 0);
		assert_eq!(Credentials::get((BEA, AWAY)), Some((Role::Doctor, true)));
		let found = case(id).review.unwrap();
		assert_eq!((found.verdict, found.by, found.at), (verdict, Some(PAUL), NOON));
	});
}

#[test]
fn a_violation_suspends_the_openers_credential_there() {
	ExtBuilder::default()
		.credential(BEA, HOME, Role::Doctor)
		.build_and_execute(|| {
			let id = over();
			assert_ok!(review(PAUL, id, Verdict::Violation));
			assert_eq!(Credentials::get((BEA, AWAY)), Some((Role::Doctor, false)));
			assert_eq!(Credentials::get((BEA, HOME)), Some((Role::Doctor, true)));
			assert_noop!(break_glass(BEA, AWAY, NOON + HOUR), E::Inactive);
		});
}

#[test]
fn a_violation_of_somebody_who_left_is_found_all_the_same() {
	story(|| {
		let id = over();
		Credentials::insert((BEA, AWAY), (Role::Doctor, false));
		assert_ok!(review(PAUL, id, Verdict::Violation));
		assert!(case(id).is_reviewed());
	});
}

#[test]
fn only_a_privacy_officer_there_reviews() {
	story(|| {
		let id = over();
		assert_noop!(review(HUGO, id, Verdict::Justified), E::NoCredential);
		assert_noop!(review(CLEO, id, Verdict::Justified), E::NotAPrivacyOfficer);
		assert_noop!(review(BEA, id, Verdict::Justified), E::NotAPrivacyOfficer);
		Credentials::insert((PAUL, AWAY), (Role::PrivacyOfficer, false));
		assert_noop!(review(PAUL, id, Verdict::Justified), E::Inactive);
		assert_noop!(
			Consent::review_case(RuntimeOrigin::none(), PATIENT, id, Verdict::Justified),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}

#[test]
fn nobody_reviews_a_case_she_was_in_or_approved() {
	for earlier in [0, 1, 2] {
		ExtBuilder::default()
			.credential(55, AWAY, Role::Doctor)
			.build_and_execute(|| {
				let id = match earlier {
					0 => open_by(55, AWAY),
					_ => open(),
				};
				match earlier {
					1 => {
						assert_ok!(Consent::join_case(signed(55), PATIENT, id));
					}
					2 => {
						assert_ok!(Consent::approve_case(signed(55), PATIENT, id, AWAY));
					}
					_ => {}
				}
				wait(6 * HOUR);
				Credentials::insert((55, AWAY), (Role::PrivacyOfficer, true));
				assert_noop!(review(55, id, Verdict::Justified), E::OwnCase);
				assert_ok!(review(PAUL, id, Verdict::Justified));
			});
	}
}

#[test]
fn a_case_is_reviewed_once_and_when_it_is_over() {
	story(|| {
		let id = open();
		assert_noop!(review(PAUL, id + 1, Verdict::Justified), E::UnknownCase);
		assert_noop!(review(PAUL, id, Verdict::Justified), E::CaseStillOpen);
		wait(6 * HOUR);
		assert_ok!(review(PAUL, id, Verdict::Justified));
		assert_noop!(review(PAUL, id, Verdict::Violation), E::AlreadyReviewed);
	});
}

#[test]
fn one_that_the_council_judged_is_not_reviewed_any_more() {
	story(|| {
		let id = over();
		assert_ok!(Consent::appeal_case(signed(PIA), PATIENT, id));
		assert_ok!(Consent::judge_case(
			RuntimeOrigin::root(),
			PATIENT,
			id,
			Verdict::Justified
		));
		assert_noop!(review(PAUL, id, Verdict::Violation), E::AlreadyReviewed);
	});
}
