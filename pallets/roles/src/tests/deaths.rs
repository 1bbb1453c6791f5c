//! `contest_death`, `decide_death`, and what two officers do about a death that is contested.

use super::{
	guardians::{acts, executor, give, with},
	paper::{paper_patient, refused},
	recovery::begin,
};
use crate::{mock::*, Act, ContestedDeaths, Error, OBJECTION_WINDOW};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{DeathChange, Kind, PatientId, PatientStatus, DAY};
use sp_runtime::{AccountId32, DispatchError};

const DIED: u64 = START - DAY;

fn dies(patient: PatientId) -> TwoOfficers {
	Act::NoteDeath { patient, at: DIED }
}

fn status(patient: PatientId) -> PatientStatus {
	Roles::patient(patient).unwrap().status
}

fn decide(patient: PatientId, upheld: bool) -> sp_runtime::DispatchResult {
	Roles::decide_death(RuntimeOrigin::root(), patient, upheld)
}

fn last() -> (Option<AccountId32>, Kind<AccountId32>) {
	let (_, entry) = Trail::get().pop().unwrap();
	(entry.actor, entry.kind)
}

fn changed(change: DeathChange) -> Kind<AccountId32> {
	Kind::DeathChanged { change }
}

#[test]
fn whoever_lives_contests_the_note_of_her_death_and_the_council_takes_it_back() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(dies(patient)));
		assert_ok!(Roles::contest_death(by("patient-1"), patient));
		assert_eq!(status(patient), PatientStatus::Active);
		assert_eq!(last(), (Some(id("patient-1")), changed(DeathChange::Contested)));
		// It is not noted again around the council.
		refused(dies(patient), Error::DeathContested);
		assert_noop!(Roles::decide_death(by("a1"), patient, false), DispatchError::BadOrigin);
		assert_ok!(decide(patient, false));
		assert_eq!(last(), (None, changed(DeathChange::Retracted)));
		assert_eq!(status(patient), PatientStatus::Active);
		assert!(!ContestedDeaths::<Test>::contains_key(patient));
		assert_ok!(both(dies(patient)));
	});
}

#[test]
fn what_the_council_upholds_is_contested_no_more() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(dies(patient)));
		assert_noop!(decide(patient, true), Error::<Test>::NotContested);
		assert_ok!(Roles::contest_death(by("patient-1"), patient));
		assert_ok!(decide(patient, true));
		assert_eq!(last(), (None, changed(DeathChange::Upheld)));
		assert_eq!(status(patient), PatientStatus::Deceased(DIED));
		assert_noop!(
			Roles::contest_death(by("patient-1"), patient),
			Error::<Test>::DeathUpheld
		);
		assert_noop!(decide(patient, false), Error::<Test>::NotContested);
		// Two officers can still have been wrong, and a note of theirs is contested anew then.
		assert_ok!(both(Act::RetractDeath { patient }));
		assert_eq!(status(patient), PatientStatus::Active);
		assert_ok!(both(dies(patient)));
		assert_ok!(Roles::contest_death(by("patient-1"), patient));
	});
}

#[test]
fn two_officers_take_a_contested_note_back() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(dies(patient)));
		assert_ok!(Roles::contest_death(by("patient-1"), patient));
		assert_ok!(both(Act::RetractDeath { patient }));
		assert_eq!(last().1, Kind::DeathRetracted { with: id("a1") });
		assert_eq!(status(patient), PatientStatus::Active);
		assert_noop!(decide(patient, true), Error::<Test>::NotContested);
		refused(Act::RetractDeath { patient }, Error::PatientNotDeceased);
	});
}

#[test]
fn the_patient_and_a_guardian_who_acted_for_her_contest_and_nobody_else() {
	story(|| {
		let (patient, other) = (paper_patient(), register(1));
		assert_ok!(both(give(patient, "guardian")));
		assert_ok!(both(dies(patient)));
		for stranger in ["patient-1", "doctor", "a1"] {
			assert_noop!(Roles::contest_death(by(stranger), patient), Error::<Test>::NotInvolved);
		}
		// Her time has not come yet.
		assert_noop!(
			Roles::contest_death(by("guardian"), patient),
			Error::<Test>::NotInvolved
		);
		assert_ok!(both(with(patient, "executor", executor())));
		set_time(START + OBJECTION_WINDOW);
		assert!(acts(patient, "executor"));
		assert_noop!(
			Roles::contest_death(by("executor"), patient),
			Error::<Test>::NotInvolved
		);
		assert_ok!(Roles::contest_death(by("guardian"), patient));
		assert!(acts(patient, "guardian") && !acts(patient, "executor"));
		assert_ok!(decide(patient, true));
		assert!(!acts(patient, "guardian") && acts(patient, "executor"));

		assert_noop!(
			Roles::contest_death(by("patient-1"), other),
			Error::<Test>::PatientNotDeceased
		);
		assert_noop!(Roles::contest_death(by("patient-1"), 9), Error::<Test>::UnknownPatient);
		assert_noop!(
			Roles::contest_death(RuntimeOrigin::none(), other),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn an_id_that_was_merged_in_between_has_not_died() {
	story(|| {
		let (from, into) = (register(1), register(2));
		assert_ok!(both(dies(from)));
		assert_ok!(Roles::contest_death(by("patient-1"), from));
		assert_ok!(both(merging(from, into)));
		assert_noop!(decide(from, true), Error::<Test>::PatientNotActive);
		assert_ok!(decide(from, false));
		assert_eq!(status(from), PatientStatus::MergedInto(into));
	});
}

#[test]
fn an_executor_of_an_earlier_note_is_objected_to_anew() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(dies(patient)));
		assert_ok!(both(with(patient, "executor", executor())));
		set_time(START + OBJECTION_WINDOW);
		assert!(acts(patient, "executor"));
		assert_ok!(both(Act::RetractDeath { patient }));
		assert_ok!(both(dies(patient)));
		assert!(!acts(patient, "executor"));
		set_time(START + 2 * OBJECTION_WINDOW);
		assert!(acts(patient, "executor"));
	});
}

#[test]
fn a_key_that_is_said_to_be_lost_contests_nothing() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "new", 9)));
		assert_ok!(both(dies(patient)));
		assert_noop!(
			Roles::contest_death(by("patient-1"), patient),
			Error::<Test>::RecoveryOpen
		);
	});
}
