//! `prune_application`.

use super::submit_application::{submit, with_registrar};
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::Role;
use sp_runtime::DispatchError;

#[test]
fn anybody_registered_forgets_a_lapsed_application() {
	story(|| {
		with_registrar();
		let application = application("ada", A, Role::Doctor);
		assert_ok!(submit("desk", &application, "ada"));
		assert_noop!(
			Roles::prune_application(by("nurse"), id("ada"), A),
			Error::<Test>::ApplicationNotExpired
		);
		set_time(application.not_after);
		assert_noop!(
			Roles::prune_application(by("ada"), id("ada"), A),
			Error::<Test>::NotRegistered
		);
		assert_noop!(
			Roles::prune_application(RuntimeOrigin::none(), id("ada"), A),
			DispatchError::BadOrigin
		);
		assert_ok!(Roles::prune_application(by("nurse"), id("ada"), A));
		assert_eq!(
			last_event(),
			Event::ApplicationLapsed {
				account: id("ada"),
				institution: A
			}
		);
		assert_noop!(
			Roles::prune_application(by("nurse"), id("ada"), A),
			Error::<Test>::UnknownApplication
		);
	});
}
