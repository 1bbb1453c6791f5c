use super::*;
use crate::{EmergencyLimitsOf, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::EmergencyLimits;

fn limits(approvals: u8, cases_a_day: u32) -> EmergencyLimits {
	EmergencyLimits { approvals, cases_a_day }
}

#[test]
fn one_approval_and_fifty_cases_until_the_council_says_otherwise() {
	story(|| {
		assert_eq!(EmergencyLimitsOf::<Test>::get(AWAY), limits(1, 50));
		assert_ok!(Consent::set_emergency_limits(RuntimeOrigin::root(), AWAY, limits(2, 7)));
		System::assert_last_event(
			Event::EmergencyLimitsSet {
				institution: AWAY,
				limits: limits(2, 7),
			}
			.into(),
		);
		let id = open();
		assert_ok!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY));
		assert!(!decide(&emergency(Category::Imaging)).is_permit());
		assert_ok!(Consent::set_emergency_limits(RuntimeOrigin::root(), AWAY, limits(1, 7)));
		assert!(
			!decide(&emergency(Category::Imaging)).is_permit(),
			"an open case keeps its number"
		);
		assert_ok!(Consent::approve_case(signed(ADA), PATIENT, id, HOME));
		assert!(decide(&emergency(Category::Imaging)).is_permit());
	});
}

#[test]
fn only_the_council_sets_them_and_only_sound_ones() {
	story(|| {
		let set = |limits| Consent::set_emergency_limits(RuntimeOrigin::root(), AWAY, limits);
		for wrong in [limits(0, 7), limits(8, 7), limits(1, 0)] {
			assert_noop!(set(wrong), E::LimitsOutOfRange);
		}
		assert_ok!(set(limits(7, 1)));
		assert_noop!(
			Consent::set_emergency_limits(RuntimeOrigin::root(), 9, limits(1, 1)),
			E::UnknownInstitution
		);
		assert_noop!(
			Consent::set_emergency_limits(signed(OTTO), AWAY, limits(1, 1)),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}
