//! What other pallets are told.

use crate::mock::*;
use frame_support::assert_ok;
use salus_primitives::{Registry, Role, Standing};

#[test]
fn what_does_not_exist_is_nobody() {
	story(|| {
		let nobody = id("nobody");
		assert_eq!(<Roles as Registry<_>>::institution(9), None);
		assert!(!Roles::is_officer(&nobody, A) && !Roles::is_officer(&id("a1"), 9));
		assert_eq!(Roles::standing(&nobody, A), None);
		assert_eq!(<Roles as Registry<_>>::patient(0), None);
		assert!(!Roles::is_controller(&nobody, 0));
		assert!(!Roles::is_assigned(&id("doctor"), 0, A));
		assert_eq!(<Roles as Registry<_>>::home(&nobody), None);
		assert_eq!(Roles::credential_view(&nobody, A), None);
		assert_eq!(Roles::patient_of(&nobody), None);
		assert_eq!(Roles::assignment(0, &nobody, A), None);
	});
}

#[test]
fn a_controller_is_her_own_patients_only() {
	story(|| {
		let (first, second) = (register(1), register(2));
		assert!(Roles::is_controller(&id("patient-1"), first) && Roles::is_controller(&id("patient-2"), second));
		assert!(!Roles::is_controller(&id("patient-1"), second) && !Roles::is_controller(&id("doctor"), first));
		assert_eq!(
			<Roles as Registry<_>>::patient(first).unwrap().controller,
			Some(id("patient-1"))
		);
	});
}

#[test]
fn standing_is_for_one_institution() {
	story(|| {
		assert_eq!(
			Roles::standing(&id("doctor"), A),
			Some(Standing {
				role: Role::Doctor,
				active: true,
				begun: credential(Role::Doctor).valid_from,
			})
		);
		assert_eq!(Roles::standing(&id("doctor"), B), None);
		assert_ok!(Roles::revoke_credential(by("a1"), id("doctor"), A));
		assert_eq!(
			Roles::standing(&id("doctor"), A),
			Some(Standing {
				role: Role::Doctor,
				active: false,
				begun: credential(Role::Doctor).valid_from,
			})
		);
	});
}

#[test]
fn an_assignment_is_for_one_practitioner_patient_and_institution() {
	story(|| {
		let (first, second) = (register(1), register(2));
		assert_ok!(Roles::propose_assignment(by("admin"), first, id("doctor")));
		assert_ok!(Roles::accept_assignment(by("doctor"), first, A));
		assert!(Roles::is_assigned(&id("doctor"), first, A));
		assert!(!Roles::is_assigned(&id("nurse"), first, A));
		assert!(!Roles::is_assigned(&id("doctor"), second, A));
		assert!(!Roles::is_assigned(&id("doctor"), first, B));
	});
}
