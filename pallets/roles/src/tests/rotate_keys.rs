//! `rotate_keys`.

use crate::{keys, mock::*, Act, Error, HpkeKeys, RetiredKeys, Tombstones};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Capacity, ControllerCause, HpkeKey, Kind, Registry};
use sp_runtime::{DispatchError, DispatchResult};

fn rotate(who: &str, controller: Option<&str>, key: Option<HpkeKey>) -> DispatchResult {
	let patient = Roles::patient_of(&id(who)).unwrap_or_default();
	let controller = controller.map(|name| {
		let signature = accepts(name, patient, Capacity::Controller, key.as_ref());
		(id(name), signature)
	});
	Roles::rotate_keys(by(who), controller, key)
}

#[test]
fn another_account_and_key_take_the_place_of_the_old() {
	story(|| {
		let patient = register(1);
		assert_ok!(rotate("patient-1", Some("new"), Some(hpke(9))));
		let entry = Roles::patient(patient).unwrap();
		assert_eq!((entry.controller, entry.hpke), (Some(id("new")), Some(hpke(9))));
		assert!(Roles::is_controller(&id("new"), patient));
		assert!(!Roles::is_controller(&id("patient-1"), patient));
		assert_eq!(Roles::home(&id("new")), Some(A));
		assert_eq!(
			(System::providers(&id("new")), System::providers(&id("patient-1"))),
			(1, 0)
		);
		assert!(Tombstones::<Test>::contains_key(id("patient-1")));
		let old = keys::fingerprint::<Test>(&hpke(1)).unwrap();
		assert!(RetiredKeys::<Test>::contains_key(old) && HpkeKeys::<Test>::contains_key(old));
		let (_, entry) = Trail::get().pop().unwrap();
		assert_eq!(entry.actor, Some(id("patient-1")));
		let cause = ControllerCause::Rotated;
		assert_eq!(
			entry.kind,
			Kind::ControllerChanged {
				controller: id("new"),
				cause
			}
		);
		assert_noop!(rotate("patient-1", Some("newer"), None), Error::<Test>::NotAPatient);
	});
}

#[test]
fn either_is_changed_alone() {
	story(|| {
		let patient = register(1);
		assert_ok!(rotate("patient-1", None, Some(hpke(9))));
		assert_eq!(Trail::get().pop().unwrap().1.kind, Kind::HpkeKeyRotated);
		assert_eq!(Roles::patient_of(&id("patient-1")), Some(patient));
		assert_ok!(rotate("patient-1", Some("new"), None));
		let entry = Roles::patient(patient).unwrap();
		assert_eq!((entry.controller, entry.hpke), (Some(id("new")), Some(hpke(9))));
	});
}

#[test]
fn a_replaced_account_never_comes_back() {
	story(|| {
		register(1);
		assert_ok!(rotate("patient-1", Some("new"), None));
		assert_noop!(rotate("new", Some("patient-1"), None), Error::<Test>::AccountLeft);
		let mut letter = letter(2);
		letter.controller = "patient-1".into();
		super::registration::refused(letter.call(), Error::AccountLeft, crate::pool_errors::ACCOUNT_LEFT);
		let mut again = crate::mock::letter(3);
		again.hpke = hpke(1);
		let code = crate::pool_errors::HPKE_KEY_IN_USE;
		super::registration::refused(again.call(), Error::HpkeKeyInUse, code);
	});
}

#[test]
fn only_the_patient_rotates_to_what_is_nobody_elses() {
	story(|| {
		register(1);
		register(2);
		assert_noop!(rotate("doctor", Some("new"), None), Error::<Test>::NotAPatient);
		assert_noop!(
			Roles::rotate_keys(RuntimeOrigin::none(), None, None),
			DispatchError::BadOrigin
		);
		assert_noop!(rotate("patient-1", None, None), Error::<Test>::NothingToRotate);
		assert_noop!(
			rotate("patient-1", Some("patient-2"), None),
			Error::<Test>::AccountInUse
		);
		assert_noop!(
			rotate("patient-1", Some("patient-1"), None),
			Error::<Test>::AccountInUse
		);
		assert_noop!(rotate("patient-1", None, Some(hpke(2))), Error::<Test>::HpkeKeyInUse);
		assert_noop!(
			rotate("patient-1", None, Some(HpkeKey::X25519([0; 32]))),
			Error::<Test>::MalformedHpkeKey
		);
		let stolen = accepts("eve", 0, Capacity::Controller, None);
		assert_noop!(
			Roles::rotate_keys(by("patient-1"), Some((id("new"), stolen)), None),
			Error::<Test>::AcceptanceInvalid
		);
	});
}

#[test]
fn the_dead_rotate_nothing() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(Act::NoteDeath { patient, at: START }));
		assert_noop!(rotate("patient-1", Some("new"), None), Error::<Test>::PatientNotActive);
	});
}
