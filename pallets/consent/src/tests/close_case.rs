use super::*;
use crate::{Dockets, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Kind, Role};

fn close(who: u64, id: CaseId) -> sp_runtime::DispatchResult {
	Consent::close_case(signed(who), PATIENT, id)
}

#[test]
fn a_closed_case_opens_nothing() {
	story(|| {
		let id = open();
		assert!(decide(&emergency(Category::Allergy)).is_permit());
		wait(HOUR);
		assert_ok!(close(BEA, id));
		let entry = last_entry(PATIENT);
		assert_eq!((&entry.kind, entry.actor), (&Kind::CaseClosed { case: id }, Some(BEA)));
		System::assert_last_event(
			Event::CaseClosed {
				patient: PATIENT,
				case: id,
				entry,
			}
			.into(),
		);
		assert_eq!(decide(&emergency(Category::Allergy)), denied(Reason::NoGrant));
		assert_noop!(close(BEA, id), E::CaseEnded);
	});
}

#[test]
fn opener_team_and_privacy_officer_close_and_nobody_else() {
	for closer in [BEA, NED, PAUL] {
		story(|| {
			let id = open();
			assert_ok!(Consent::join_case(signed(NED), PATIENT, id));
			assert_ok!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY));
			for who in [CLEO, ADA, HUGO, PIA, STRANGER] {
				assert_noop!(close(who, id), E::NotInvolved);
			}
			assert_ok!(close(closer, id));
		});
	}
	story(|| {
		let id = open();
		Credentials::insert((PAUL, AWAY), (Role::PrivacyOfficer, false));
		assert_noop!(close(PAUL, id), E::NotInvolved);
		assert_noop!(
			Consent::close_case(RuntimeOrigin::none(), PATIENT, id),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}

#[test]
fn only_an_open_case_is_closed() {
	story(|| {
		let id = open();
		assert_noop!(close(BEA, id + 1), E::UnknownCase);
		wait(6 * HOUR);
		assert_noop!(close(BEA, id), E::CaseEnded);
	});
}

#[test]
fn its_review_falls_due_seven_days_after_it_was_closed() {
	story(|| {
		let id = open();
		assert_eq!(case(id).review_due(), NOON + 6 * HOUR + 7 * DAY);
		wait(2 * HOUR);
		assert_ok!(close(BEA, id));
		assert_eq!(case(id).review_due(), NOON + 2 * HOUR + 7 * DAY);
		let docket = Dockets::<Test>::get(AWAY);
		assert!(!docket.is_overdue(NOON + 2 * HOUR + 7 * DAY - 1));
		assert!(docket.is_overdue(NOON + 2 * HOUR + 7 * DAY));
	});
}
