//! `Merge`, `Unmerge`, `NoteDeath`, `RetractDeath`.

use super::paper::{paper_patient, refused};
use crate::{
	mock::{merging as merge, *},
	Act, Error, Event, Merges, UNMERGE_WINDOW,
};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Kind, PatientId, PatientStatus, DAY};

fn unmerge(from: PatientId) -> TwoOfficers {
	Act::Unmerge { from }
}

fn status(patient: PatientId) -> PatientStatus {
	Roles::patient(patient).unwrap().status
}

/// What both trails end in.
fn both_trails_say(from: PatientId, into: PatientId, kind: Kind<sp_runtime::AccountId32>) {
	for patient in [from, into] {
		let last = Trail::get().into_iter().rfind(|(of, _)| *of == patient);
		assert_eq!(last.unwrap().1.kind, kind);
	}
	let carried: Vec<_> = events().iter().flat_map(Event::audit).collect();
	assert_eq!(carried, Trail::get());
}

#[test]
fn an_id_is_merged_into_another_and_taken_back() {
	story(|| {
		let (unknown, known) = (paper_patient(), register(1));
		assert_ok!(both(merge(unknown, known)));
		assert_eq!(status(unknown), PatientStatus::MergedInto(known));
		let with = id("a1");
		let (from, into) = (unknown, known);
		both_trails_say(from, into, Kind::PatientsMerged { from, into, with });
		refused(merge(unknown, known), Error::PatientNotActive);

		set_time(START + UNMERGE_WINDOW - 1);
		assert_ok!(both(unmerge(unknown)));
		assert_eq!(status(unknown), PatientStatus::Active);
		assert!(!Merges::<Test>::contains_key(unknown));
		let with = id("a1");
		both_trails_say(from, into, Kind::PatientsUnmerged { from, into, with });
		refused(unmerge(unknown), Error::NotMerged);
	});
}

#[test]
fn after_thirty_days_it_stays() {
	story(|| {
		let (from, into) = (paper_patient(), paper_patient());
		assert_ok!(both(merge(from, into)));
		set_time(START + UNMERGE_WINDOW);
		refused(unmerge(from), Error::MergeFinal);
	});
}

#[test]
fn only_two_living_ids_of_one_institution_are_merged() {
	story(|| {
		let (here, dead) = (paper_patient(), paper_patient());
		assert_ok!(Roles::propose_act(by("b1"), B, super::paper::on_paper(true, None)));
		assert_ok!(Roles::confirm_act(by("b2"), B, super::paper::on_paper(true, None)));
		let elsewhere = 2;
		refused(merge(here, here), Error::MergeIntoItself);
		refused(merge(here, elsewhere), Error::PatientElsewhere);
		refused(merge(elsewhere, here), Error::PatientElsewhere);
		refused(merge(here, 9), Error::UnknownPatient);
		refused(unmerge(9), Error::UnknownPatient);
		refused(unmerge(elsewhere), Error::PatientElsewhere);
		assert_ok!(both(Act::NoteDeath {
			patient: dead,
			at: START
		}));
		refused(merge(here, dead), Error::PatientNotActive);
		refused(merge(dead, here), Error::PatientNotActive);
	});
}

#[test]
fn a_merged_id_keeps_its_controller_who_does_nothing_until_it_is_taken_back() {
	story(|| {
		let (from, into) = (register(1), register(2));
		assert_ok!(both(merge(from, into)));
		assert_noop!(
			Roles::rotate_keys(by("patient-1"), None, Some(hpke(9))),
			Error::<Test>::PatientNotActive
		);
		assert_noop!(
			Roles::propose_assignment(by("admin"), from, id("doctor")),
			Error::<Test>::PatientNotActive
		);
		assert_ok!(both(unmerge(from)));
		assert_ok!(Roles::rotate_keys(by("patient-1"), None, Some(hpke(9))));
	});
}

/// Two officers alone would end the rights of a patient who has a key, and all her grants.
#[test]
fn she_signs_a_merge_by_the_key_of_each_id_that_has_one() {
	story(|| {
		let (one, two, paper) = (register(1), register(2), paper_patient());
		let (first, second) = (Some("patient-1"), Some("patient-2"));
		let agreed = |from, into| merging_by(from, into, START + DAY);
		for act in [
			agreed((one, None), (two, second)),
			agreed((one, first), (two, None)),
			agreed((one, second), (two, first)),
			agreed((one, Some("a1")), (two, Some("a2"))),
			agreed((one, None), (paper, None)),
			agreed((paper, None), (one, None)),
			agreed((paper, first), (one, first)),
			agreed((one, first), (paper, first)),
		] {
			refused(act, Error::MergeNotAgreed);
		}
		let mut other_way = agreed((one, second), (two, first));
		if let Act::Merge { from, into, .. } = &mut other_way {
			core::mem::swap(from, into);
		}
		refused(other_way, Error::MergeNotAgreed);
		assert_ok!(both(merge(paper, one)));
		assert_ok!(both(merge(one, two)));
	});
}

#[test]
fn what_she_signed_about_a_merge_is_not_used_again_later() {
	story(|| {
		let (one, two) = (register(1), register(2));
		let merged = merge(one, two);
		assert_ok!(both(merged.clone()));
		assert_ok!(both(unmerge(one)));
		set_time(START + DAY);
		refused(merged, Error::MergeAgreementExpired);
	});
}

#[test]
fn a_death_is_noted_and_retracted() {
	story(|| {
		let patient = register(1);
		let died = START - DAY;
		let retract = || Act::RetractDeath { patient };
		refused(retract(), Error::PatientNotDeceased);
		let future = Act::NoteDeath { patient, at: START + 1 };
		refused(future, Error::DeathInFuture);
		assert_ok!(both(Act::NoteDeath { patient, at: died }));
		assert_eq!(status(patient), PatientStatus::Deceased(died));
		let with = id("a1");
		assert_eq!(
			Trail::get().pop().unwrap().1.kind,
			Kind::PatientDeceased { at: died, with }
		);
		refused(Act::NoteDeath { patient, at: died }, Error::PatientNotActive);
		assert_ok!(both(retract()));
		assert_eq!(status(patient), PatientStatus::Active);
		let with = id("a1");
		assert_eq!(Trail::get().pop().unwrap().1.kind, Kind::DeathRetracted { with });
	});
}

#[test]
fn deaths_are_noted_where_she_was_admitted() {
	story(|| {
		let patient = register(1);
		for act in [Act::NoteDeath { patient, at: START }, Act::RetractDeath { patient }] {
			assert_noop!(Roles::propose_act(by("b1"), B, act), Error::<Test>::PatientElsewhere);
		}
		refused(Act::NoteDeath { patient: 9, at: START }, Error::UnknownPatient);
		refused(Act::RetractDeath { patient: 9 }, Error::UnknownPatient);
	});
}
