//! `name_caregiver`, `remove_caregiver`, and at the desk `NameCaregiver`, `RemoveCaregiver`.

use super::paper::{claim, paper_patient, refused};
use crate::{mock::*, Act, CaregiversOf, Error, KinOf, Tombstones};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Capacity, Kind, PatientId, Registry, MAX_CAREGIVERS};
use sp_runtime::{DispatchError, DispatchResult};

fn name(who: &str, caregiver: &str) -> DispatchResult {
	let patient = Roles::patient_of(&id(who)).unwrap_or_default();
	let signature = accepts(caregiver, patient, Capacity::Caregiver, None);
	Roles::name_caregiver(by(who), id(caregiver), signature)
}

fn remove(who: &str, patient: PatientId, caregiver: &str) -> DispatchResult {
	Roles::remove_caregiver(by(who), patient, id(caregiver))
}

/// What two officers do as a patient wants who has no device.
pub(super) fn on_paper(patient: PatientId, caregiver: &str) -> TwoOfficers {
	Act::NameCaregiver {
		patient,
		caregiver: id(caregiver),
		signature: accepts(caregiver, patient, Capacity::Caregiver, None),
	}
}

fn off_paper(patient: PatientId, caregiver: &str) -> TwoOfficers {
	Act::RemoveCaregiver {
		patient,
		caregiver: id(caregiver),
	}
}

#[test]
fn the_patient_names_a_caregiver_and_removes_her() {
	story(|| {
		let patient = register(1);
		assert_ok!(name("patient-1", "mother"));
		assert!(Roles::is_caregiver(patient, &id("mother")));
		assert_eq!(Roles::home(&id("mother")), Some(A));
		assert_eq!(
			Trail::get().pop().unwrap().1.kind,
			Kind::CaregiverNamed {
				caregiver: id("mother")
			}
		);
		assert_noop!(name("patient-1", "mother"), Error::<Test>::CaregiverExists);

		assert_ok!(remove("patient-1", patient, "mother"));
		assert!(!Roles::is_caregiver(patient, &id("mother")));
		assert_eq!(
			Trail::get().pop().unwrap().1.kind,
			Kind::CaregiverRemoved {
				caregiver: id("mother")
			}
		);
		assert!(Tombstones::<Test>::contains_key(id("mother")));
		assert_eq!(System::providers(&id("mother")), 0);
		assert!(!CaregiversOf::<Test>::contains_key(patient));
		assert_noop!(name("patient-1", "mother"), Error::<Test>::AccountLeft);
	});
}

#[test]
fn a_caregiver_may_go_herself_and_nobody_sends_her_away() {
	story(|| {
		let patient = register(1);
		register(2);
		assert_ok!(name("patient-1", "mother"));
		assert_ok!(name("patient-1", "brother"));
		for stranger in ["patient-2", "brother", "doctor", "a1"] {
			assert_noop!(remove(stranger, patient, "mother"), Error::<Test>::NotInvolved);
		}
		assert_noop!(
			Roles::remove_caregiver(RuntimeOrigin::none(), patient, id("mother")),
			DispatchError::BadOrigin
		);
		assert_noop!(remove("mother", 9, "mother"), Error::<Test>::UnknownPatient);
		assert_noop!(remove("mother", 1, "mother"), Error::<Test>::UnknownCaregiver);
		assert_ok!(remove("mother", patient, "mother"));
		assert_noop!(remove("patient-1", patient, "mother"), Error::<Test>::UnknownCaregiver);
		assert!(Roles::is_caregiver(patient, &id("brother")));
	});
}

#[test]
fn there_are_eight_at_most() {
	story(|| {
		let patient = register(1);
		for n in 0..MAX_CAREGIVERS {
			assert_ok!(name("patient-1", &format!("kin-{n}")));
		}
		assert_noop!(name("patient-1", "ninth"), Error::<Test>::TooManyCaregivers);
		assert_ok!(remove("patient-1", patient, "kin-3"));
		assert_ok!(name("patient-1", "ninth"));
	});
}

#[test]
fn one_account_acts_for_one_patient_and_is_nothing_else() {
	story(|| {
		register(1);
		register(2);
		assert_ok!(name("patient-1", "mother"));
		assert_eq!(KinOf::<Test>::get(id("mother")), Some(0));
		for taken in ["mother", "doctor", "a1", "patient-1", "patient-2"] {
			assert_noop!(name("patient-2", taken), Error::<Test>::AccountInUse);
		}
		let mut letter = letter(3);
		letter.controller = "mother".into();
		super::registration::refused(letter.call(), Error::AccountInUse, crate::pool_errors::ACCOUNT_IN_USE);
		assert_noop!(
			Roles::propose_act(by("a1"), A, Act::AddOfficer(id("mother"))),
			Error::<Test>::AccountInUse
		);
		assert_noop!(
			Roles::leave(by("mother"), Default::default()),
			Error::<Test>::ActsForPatient
		);
	});
}

#[test]
fn only_a_living_patient_names_who_accepts() {
	story(|| {
		let patient = register(1);
		assert_noop!(name("doctor", "mother"), Error::<Test>::NotAPatient);
		let forged = accepts("eve", patient, Capacity::Caregiver, None);
		assert_noop!(
			Roles::name_caregiver(by("patient-1"), id("mother"), forged.clone()),
			Error::<Test>::AcceptanceInvalid
		);
		let other_part = accepts("mother", patient, Capacity::Guardian, None);
		assert_noop!(
			Roles::name_caregiver(by("patient-1"), id("mother"), other_part),
			Error::<Test>::AcceptanceInvalid
		);
		assert_noop!(
			Roles::name_caregiver(RuntimeOrigin::none(), id("mother"), forged),
			DispatchError::BadOrigin
		);
		assert_ok!(both(Act::NoteDeath { patient, at: START }));
		assert_noop!(name("patient-1", "mother"), Error::<Test>::PatientNotActive);
	});
}

#[test]
fn a_patient_on_paper_names_and_removes_at_the_desk() {
	story(|| {
		let patient = paper_patient();
		assert_ok!(both(on_paper(patient, "mother")));
		assert!(Roles::is_caregiver(patient, &id("mother")));
		let (_, entry) = Trail::get().pop().unwrap();
		let caregiver = id("mother");
		assert_eq!(
			(entry.actor, entry.kind),
			(Some(id("a2")), Kind::CaregiverNamed { caregiver })
		);
		refused(on_paper(patient, "mother"), Error::CaregiverExists);
		refused(on_paper(patient, "doctor"), Error::AccountInUse);
		assert_ok!(both(off_paper(patient, "mother")));
		assert!(Tombstones::<Test>::contains_key(id("mother")));
		refused(off_paper(patient, "mother"), Error::UnknownCaregiver);
		refused(on_paper(patient, "mother"), Error::AccountLeft);
		for n in 0..MAX_CAREGIVERS {
			assert_ok!(both(on_paper(patient, &format!("kin-{n}"))));
		}
		refused(on_paper(patient, "ninth"), Error::TooManyCaregivers);
		assert_ok!(both(off_paper(patient, "kin-0")));
		assert_ok!(both(on_paper(patient, "ninth")));
		// The caregiver herself goes without the desk.
		assert_ok!(remove("ninth", patient, "ninth"));
	});
}

#[test]
fn whoever_signs_by_a_device_names_nobody_at_the_desk() {
	story(|| {
		let patient = paper_patient();
		refused(on_paper(9, "mother"), Error::UnknownPatient);
		refused(off_paper(9, "mother"), Error::UnknownPatient);
		for act in [on_paper(patient, "mother"), off_paper(patient, "mother")] {
			assert_noop!(Roles::propose_act(by("b1"), B, act), Error::<Test>::PatientElsewhere);
		}
		let mut forged = on_paper(patient, "mother");
		if let Act::NameCaregiver { caregiver, .. } = &mut forged {
			*caregiver = id("eve");
		}
		refused(forged, Error::AcceptanceInvalid);
		assert_ok!(both(on_paper(patient, "mother")));
		assert_ok!(both(claim(patient, "patient-1", 1)));
		refused(on_paper(patient, "sister"), Error::HasController);
		refused(off_paper(patient, "mother"), Error::HasController);
		assert_ok!(remove("patient-1", patient, "mother"));

		let another = paper_patient();
		assert_ok!(both(Act::NoteDeath {
			patient: another,
			at: START
		}));
		refused(on_paper(another, "sister"), Error::PatientNotActive);
	});
}
