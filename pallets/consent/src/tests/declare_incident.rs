use super::*;
use crate::{Event, IncidentProposals, Incidents};
use frame_support::{assert_noop, assert_ok};

fn declare(who: u64, ends_at: u64) -> sp_runtime::DispatchResult {
	Consent::declare_incident(signed(who), AWAY, ends_at)
}

#[test]
fn two_officers_declare_it_and_cases_need_no_approval_while_it_lasts() {
	story(|| {
		let id = open();
		let ends_at = NOON + 3 * HOUR;
		assert_ok!(declare(OTTO, ends_at));
		System::assert_last_event(
			Event::IncidentProposed {
				institution: AWAY,
				officer: OTTO,
				ends_at,
			}
			.into(),
		);
		assert!(!decide(&emergency(Category::Imaging)).is_permit());
		assert_ok!(declare(OTTO, ends_at));
		assert!(
			!Incidents::<Test>::contains_key(AWAY),
			"one officer twice is one officer"
		);
		assert_ok!(declare(OLGA, ends_at));
		System::assert_last_event(
			Event::IncidentDeclared {
				institution: AWAY,
				ends_at,
			}
			.into(),
		);
		assert!(!IncidentProposals::<Test>::contains_key(AWAY));
		assert_eq!(
			decide(&emergency(Category::Imaging)),
			Decision::Permit(salus_primitives::Basis::BreakGlass(id))
		);
		wait(3 * HOUR);
		assert_eq!(decide(&emergency(Category::Imaging)), denied(Reason::NoGrant));
		assert!(
			decide(&emergency(Category::Allergy)).is_permit(),
			"the case is open still"
		);
	});
}

#[test]
fn officers_have_to_agree_on_its_end() {
	story(|| {
		assert_ok!(declare(OTTO, NOON + HOUR));
		assert_ok!(declare(OLGA, NOON + 2 * HOUR));
		assert!(!Incidents::<Test>::contains_key(AWAY));
		assert_ok!(declare(OTTO, NOON + 2 * HOUR));
		assert_eq!(Incidents::<Test>::get(AWAY), Some(NOON + 2 * HOUR));
	});
}

#[test]
fn the_word_of_an_officer_who_was_removed_counts_for_nothing() {
	story(|| {
		let ends_at = NOON + HOUR;
		assert_ok!(declare(OTTO, ends_at));
		Officers::remove((OTTO, AWAY));
		assert_ok!(declare(OLGA, ends_at));
		assert!(!Incidents::<Test>::contains_key(AWAY));
		assert_eq!(IncidentProposals::<Test>::get(AWAY), Some((OLGA, ends_at)));
	});
}

#[test]
fn the_council_declares_it_alone() {
	story(|| {
		let ends_at = NOON + 72 * HOUR;
		assert_ok!(Consent::declare_incident(RuntimeOrigin::root(), AWAY, ends_at));
		assert_eq!(Incidents::<Test>::get(AWAY), Some(ends_at));
		let home = open_by(ADA, HOME);
		let ada = AccessRequest {
			requester: ADA,
			on_behalf_of: Some(HOME),
			author: BEA,
			..emergency(Category::Imaging)
		};
		assert!(!case(home).is_approved());
		assert_eq!(
			decide(&ada),
			denied(Reason::NoGrant),
			"an incident is one institution's"
		);
	});
}

#[test]
fn for_72_hours_at_most() {
	story(|| {
		assert_noop!(declare(OTTO, NOON), E::IncidentEndsInPast);
		assert_noop!(declare(OTTO, NOON + 72 * HOUR + 1), E::IncidentTooLong);
		let council = RuntimeOrigin::root();
		assert_noop!(
			Consent::declare_incident(council, AWAY, NOON + 72 * HOUR + 1),
			E::IncidentTooLong
		);
		assert_ok!(declare(OTTO, NOON + 72 * HOUR));
	});
}

#[test]
fn only_officers_of_the_institution() {
	story(|| {
		for who in [BEA, PAUL, PIA, STRANGER] {
			assert_noop!(declare(who, NOON + HOUR), E::NotAnOfficer);
		}
		assert_noop!(
			Consent::declare_incident(signed(OTTO), HOME, NOON + HOUR),
			E::NotAnOfficer
		);
		assert_noop!(
			Consent::declare_incident(signed(OTTO), 9, NOON + HOUR),
			E::UnknownInstitution
		);
		Institutions::insert(AWAY, false);
		assert_noop!(declare(OTTO, NOON + HOUR), E::NotAnOfficer);
		assert_noop!(
			Consent::declare_incident(RuntimeOrigin::none(), AWAY, NOON + HOUR),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}
