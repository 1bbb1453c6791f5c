use super::*;
use crate::{Event, Incidents};
use frame_support::{assert_noop, assert_ok};

#[test]
fn council_and_officers_end_it() {
	for origin in [RuntimeOrigin::root, || signed(OLGA)] {
		story(|| {
			open();
			assert_ok!(Consent::declare_incident(RuntimeOrigin::root(), AWAY, NOON + 3 * HOUR));
			assert!(decide(&emergency(Category::Imaging)).is_permit());
			assert_ok!(Consent::end_incident(origin(), AWAY));
			System::assert_last_event(Event::IncidentEnded { institution: AWAY }.into());
			assert!(!Incidents::<Test>::contains_key(AWAY));
			assert!(!decide(&emergency(Category::Imaging)).is_permit());
			assert_noop!(Consent::end_incident(origin(), AWAY), E::NoIncident);
		});
	}
}

#[test]
fn nobody_else_does_and_only_where_one_is() {
	story(|| {
		assert_ok!(Consent::declare_incident(RuntimeOrigin::root(), AWAY, NOON + HOUR));
		assert_noop!(Consent::end_incident(signed(BEA), AWAY), E::NotAnOfficer);
		assert_noop!(Consent::end_incident(signed(OTTO), HOME), E::NotAnOfficer);
		assert_noop!(Consent::end_incident(signed(OTTO), 9), E::UnknownInstitution);
		assert_noop!(
			Consent::end_incident(RuntimeOrigin::none(), AWAY),
			sp_runtime::DispatchError::BadOrigin
		);
		wait(HOUR);
		assert_noop!(Consent::end_incident(signed(OTTO), AWAY), E::NoIncident);
	});
}
