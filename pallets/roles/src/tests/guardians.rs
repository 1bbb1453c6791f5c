//! Guardians and executors: `GiveGuardian`, `EndGuardian`, `ContestGuardian`, `object_to_guardian`, `contest_guardian`,
//! `decide_guardian`, `resign_guardian`.

use super::paper::{identify, on_paper, paper_patient, refused, EVIDENCE, MAY_2030};
use crate::{mock::*, Act, Error, GuardiansOf, GuardianshipTerms, Tombstones, OBJECTION_WINDOW};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{
	Action, ActionSet, Capacity, GuardianshipChange, Kind, Moment, PatientId, PatientStatus, Registry, DAY,
	MAX_GUARDIANS,
};
use sp_runtime::{AccountId32, DispatchError};

fn terms(guardian: &str) -> GuardianshipTerms<AccountId32> {
	GuardianshipTerms {
		guardian: id(guardian),
		executor: false,
		actions: ActionSet::of(&[Action::View]),
		consents: true,
		ends: MAY_2030,
		evidence: EVIDENCE,
	}
}

pub(super) fn with(patient: PatientId, guardian: &str, terms: GuardianshipTerms<AccountId32>) -> TwoOfficers {
	let capacity = if terms.executor {
		Capacity::Executor
	} else {
		Capacity::Guardian
	};
	Act::GiveGuardian {
		patient,
		signature: accepts(guardian, patient, capacity, None),
		terms,
	}
}

pub(super) fn executor() -> GuardianshipTerms<AccountId32> {
	GuardianshipTerms {
		executor: true,
		..terms("executor")
	}
}

pub(super) fn give(patient: PatientId, guardian: &str) -> TwoOfficers {
	with(patient, guardian, terms(guardian))
}

pub(super) fn acts(patient: PatientId, guardian: &str) -> bool {
	let status = Roles::patient(patient).unwrap().status;
	Roles::guardianship(patient, &id(guardian)).is_some_and(|one| one.is_active(now(), status))
}

fn last_change() -> Kind<AccountId32> {
	Trail::get().pop().unwrap().1.kind
}

fn changed(guardian: &str, change: GuardianshipChange) -> Kind<AccountId32> {
	Kind::GuardianshipChanged {
		guardian: id(guardian),
		change,
	}
}

#[test]
fn a_guardian_acts_after_72_hours_until_her_time_is_over() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(give(patient, "guardian")));
		assert_eq!(
			last_change(),
			Kind::GuardianshipProposed {
				guardian: id("guardian"),
				with: id("a1")
			}
		);
		assert_eq!(Roles::home(&id("guardian")), Some(A));
		for (at, expected) in [
			(START, false),
			(START + OBJECTION_WINDOW - 1, false),
			(START + OBJECTION_WINDOW, true),
			(MAY_2030 - 1, true),
			(MAY_2030, false),
		] {
			set_time(at);
			assert_eq!(acts(patient, "guardian"), expected, "at {at}");
		}
		let stored = Roles::guardianship(patient, &id("guardian")).unwrap();
		assert_eq!((stored.ends, stored.consents, stored.executor), (MAY_2030, true, false));
		assert_eq!(Roles::guardianship(patient, &id("doctor")), None);
	});
}

#[test]
fn a_childs_guardian_acts_at_once_and_never_past_majority() {
	story(|| {
		assert_ok!(both(on_paper(true, Some(MAY_2030))));
		assert_ok!(both(give(0, "mother")));
		assert!(acts(0, "mother"));
		// 1 June 2030.
		let later = GuardianshipTerms {
			ends: MAY_2030 + 31 * DAY,
			..terms("father")
		};
		refused(with(0, "father", later.clone()), Error::BeyondMajority);
		assert_ok!(both(give(0, "father")));
		set_time(MAY_2030);
		assert!(!acts(0, "mother") && !acts(0, "father"));
		// She is of age: whoever is proposed now waits as for everybody.
		let uncle = GuardianshipTerms {
			guardian: id("uncle"),
			..later
		};
		assert_ok!(both(with(0, "uncle", uncle)));
		assert!(!acts(0, "uncle"));
	});
}

#[test]
fn a_childs_majority_that_is_known_later_ends_what_was_given_before() {
	story(|| {
		assert_ok!(both(on_paper(false, None)));
		assert_ok!(both(give(0, "mother")));
		// 1 April 2030.
		let april = GuardianshipTerms {
			ends: MAY_2030 - 30 * DAY,
			..terms("father")
		};
		assert_ok!(both(with(0, "father", april.clone())));
		// 1 March 2030.
		let majority = april.ends - 31 * DAY;
		let later = GuardianshipTerms {
			ends: majority,
			..terms("uncle")
		};
		assert_ok!(both(with(0, "uncle", later)));
		assert_ok!(both(identify(0, Some(april.ends))));
		let ends = |name| Roles::guardianship(0, &id(name)).unwrap().ends;
		assert_eq!(
			[ends("mother"), ends("father"), ends("uncle")],
			[april.ends, april.ends, majority]
		);
		refused(give(0, "aunt"), Error::BeyondMajority);
		set_time(april.ends);
		assert!(!acts(0, "mother"));
	});
}

#[test]
fn a_dead_childs_executor_acts_beyond_the_majority_it_never_had() {
	story(|| {
		assert_ok!(both(on_paper(true, Some(MAY_2030))));
		assert_ok!(both(Act::NoteDeath { patient: 0, at: START }));
		// 1 June 2030.
		let later = MAY_2030 + 31 * DAY;
		let beyond = GuardianshipTerms {
			ends: later,
			..executor()
		};
		assert_ok!(both(with(0, "executor", beyond)));
		assert!(!acts(0, "executor"), "objections are heard, as to every executor");
		set_time(START + OBJECTION_WINDOW);
		assert!(acts(0, "executor"));
		set_time(later - 1);
		assert!(acts(0, "executor"));
		set_time(later);
		assert!(!acts(0, "executor"));
	});
}

#[test]
fn the_end_is_the_first_of_a_month_ahead_and_the_scope_is_something() {
	story(|| {
		let patient = register(1);
		let bent = |change: fn(&mut GuardianshipTerms<AccountId32>)| {
			let mut terms = terms("guardian");
			change(&mut terms);
			with(patient, "guardian", terms)
		};
		refused(bent(|terms| terms.ends = START), Error::DatesInPast);
		refused(bent(|terms| terms.ends += DAY), Error::NotFirstOfMonth);
		let nothing = bent(|terms| {
			terms.actions = ActionSet::EMPTY;
			terms.consents = false;
		});
		refused(nothing, Error::EmptyScope);
		let amends = bent(|terms| terms.actions = ActionSet::of(&[Action::View, Action::Amend]));
		refused(amends, Error::GuardianAmends);
		assert_ok!(both(bent(|terms| terms.actions = ActionSet::EMPTY)));
	});
}

#[test]
fn whoever_accepts_for_this_patient_and_nobody_else_is_a_guardian() {
	story(|| {
		let (patient, other) = (register(1), register(2));
		let unsigned = Act::GiveGuardian {
			patient,
			terms: terms("guardian"),
			signature: accepts("guardian", patient, Capacity::Caregiver, None),
		};
		refused(unsigned, Error::AcceptanceInvalid);
		for taken in ["doctor", "a1", "a2", "patient-1", "patient-2"] {
			refused(give(patient, taken), Error::AccountInUse);
		}
		assert_ok!(both(give(patient, "guardian")));
		refused(give(patient, "guardian"), Error::GuardianExists);
		refused(give(other, "guardian"), Error::AccountInUse);
		refused(give(9, "guardian"), Error::UnknownPatient);
		assert_noop!(
			Roles::propose_act(by("b1"), B, give(patient, "aunt")),
			Error::<Test>::PatientElsewhere
		);
		assert_ok!(Roles::leave(by("nurse"), vec![A].try_into().unwrap()));
		refused(give(patient, "nurse"), Error::AccountLeft);
	});
}

#[test]
fn there_are_four_at_most_and_those_whose_time_is_over_make_room() {
	story(|| {
		let patient = register(1);
		for n in 0..MAX_GUARDIANS {
			assert_ok!(both(give(patient, &format!("guardian-{n}"))));
		}
		refused(give(patient, "fifth"), Error::TooManyGuardians);
		set_time(MAY_2030);
		let later = GuardianshipTerms {
			ends: MAY_2030 + 31 * DAY,
			..terms("fifth")
		};
		assert_ok!(both(with(patient, "fifth", later)));
		assert_eq!(GuardiansOf::<Test>::get(patient).len(), 1);
		assert!(Tombstones::<Test>::contains_key(id("guardian-0")));
	});
}

#[test]
fn the_patient_objects_in_time() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(give(patient, "guardian")));
		let object = |who: &str| Roles::object_to_guardian(by(who), patient, id("guardian"));
		for stranger in ["patient-2", "guardian", "doctor", "a1"] {
			assert_noop!(object(stranger), Error::<Test>::NotInvolved);
		}
		assert_noop!(
			Roles::object_to_guardian(RuntimeOrigin::none(), patient, id("guardian")),
			DispatchError::BadOrigin
		);
		assert_noop!(
			Roles::object_to_guardian(by("patient-1"), 9, id("guardian")),
			Error::<Test>::UnknownPatient
		);
		assert_noop!(
			Roles::object_to_guardian(by("patient-1"), patient, id("aunt")),
			Error::<Test>::UnknownGuardian
		);
		set_time(START + OBJECTION_WINDOW);
		assert_noop!(object("patient-1"), Error::<Test>::ObjectionTooLate);
		set_time(START + OBJECTION_WINDOW - 1);
		assert_ok!(object("patient-1"));
		assert_eq!(last_change(), changed("guardian", GuardianshipChange::Objected));
		assert_eq!(Roles::guardianship(patient, &id("guardian")), None);
		assert_eq!(System::providers(&id("guardian")), 0);
	});
}

#[test]
fn a_guardian_who_acts_objects_to_another() {
	story(|| {
		let patient = paper_patient();
		assert_ok!(both(give(patient, "sister")));
		assert_ok!(both(give(patient, "cousin")));
		let object = |who: &str| Roles::object_to_guardian(by(who), patient, id("cousin"));
		assert_noop!(object("sister"), Error::<Test>::NotInvolved);
		set_time(START + OBJECTION_WINDOW);
		assert_ok!(both(give(patient, "brother")));
		assert_ok!(Roles::object_to_guardian(by("sister"), patient, id("brother")));
		assert_eq!(Trail::get().pop().unwrap().1.actor, Some(id("sister")));
	});
}

#[test]
fn a_contested_guardianship_is_suspended_until_the_council_decides() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(give(patient, "guardian")));
		set_time(START + OBJECTION_WINDOW);
		let contest = |who: &str, guardian: &str| Roles::contest_guardian(by(who), id(guardian));
		let decide = |origin: RuntimeOrigin, upheld| Roles::decide_guardian(origin, patient, id("guardian"), upheld);
		let council = RuntimeOrigin::root;
		assert_noop!(decide(council(), true), Error::<Test>::NotContested);
		assert_noop!(contest("doctor", "guardian"), Error::<Test>::NotAPatient);
		assert_noop!(contest("patient-1", "aunt"), Error::<Test>::UnknownGuardian);
		assert_noop!(
			Roles::contest_guardian(RuntimeOrigin::none(), id("guardian")),
			DispatchError::BadOrigin
		);
		assert_ok!(contest("patient-1", "guardian"));
		assert_eq!(last_change(), changed("guardian", GuardianshipChange::Contested));
		assert!(!acts(patient, "guardian"));
		assert_noop!(contest("patient-1", "guardian"), Error::<Test>::AlreadyContested);

		assert_noop!(decide(by("a1"), true), DispatchError::BadOrigin);
		assert_noop!(
			Roles::decide_guardian(council(), patient, id("aunt"), true),
			Error::<Test>::UnknownGuardian
		);
		assert_ok!(decide(council(), true));
		assert_eq!(last_change(), changed("guardian", GuardianshipChange::Upheld));
		assert!(acts(patient, "guardian"));

		assert_ok!(contest("patient-1", "guardian"));
		assert_ok!(decide(council(), false));
		assert_eq!(last_change(), changed("guardian", GuardianshipChange::Ended));
		assert_eq!(Roles::guardianship(patient, &id("guardian")), None);
		assert!(Tombstones::<Test>::contains_key(id("guardian")));
	});
}

#[test]
fn a_patient_on_paper_contests_at_the_desk() {
	story(|| {
		let (paper, device) = (paper_patient(), register(1));
		assert_ok!(both(give(paper, "guardian")));
		assert_ok!(both(give(device, "aunt")));
		let contest = |patient, guardian: &str| Act::ContestGuardian {
			patient,
			guardian: id(guardian),
		};
		refused(contest(device, "aunt"), Error::HasController);
		refused(contest(paper, "aunt"), Error::UnknownGuardian);
		refused(contest(9, "aunt"), Error::UnknownPatient);
		assert_noop!(
			Roles::propose_act(by("b1"), B, contest(paper, "guardian")),
			Error::<Test>::PatientElsewhere
		);
		assert_ok!(both(contest(paper, "guardian")));
		refused(contest(paper, "guardian"), Error::AlreadyContested);
		set_time(START + OBJECTION_WINDOW);
		assert!(!acts(paper, "guardian"));
		assert_ok!(both(Act::NoteDeath {
			patient: paper,
			at: START
		}));
		refused(contest(paper, "guardian"), Error::PatientNotActive);
	});
}

#[test]
fn a_guardian_resigns_or_is_dismissed_and_never_comes_back() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(give(patient, "guardian")));
		assert_noop!(
			Roles::resign_guardian(RuntimeOrigin::none(), patient),
			DispatchError::BadOrigin
		);
		assert_noop!(
			Roles::resign_guardian(by("doctor"), patient),
			Error::<Test>::UnknownGuardian
		);
		assert_ok!(Roles::resign_guardian(by("guardian"), patient));
		assert_eq!(last_change(), changed("guardian", GuardianshipChange::Ended));
		refused(give(patient, "guardian"), Error::AccountLeft);

		assert_ok!(both(give(patient, "aunt")));
		let end = |guardian: &str| Act::EndGuardian {
			patient,
			guardian: id(guardian),
		};
		refused(end("uncle"), Error::UnknownGuardian);
		assert_noop!(
			Roles::propose_act(by("b1"), B, end("aunt")),
			Error::<Test>::PatientElsewhere
		);
		refused(
			Act::EndGuardian {
				patient: 9,
				guardian: id("aunt"),
			},
			Error::UnknownPatient,
		);
		assert_ok!(both(end("aunt")));
		assert_eq!(System::providers(&id("aunt")), 0);
	});
}

#[test]
fn a_caregiver_who_is_a_guardian_too_stays_one_of_them() {
	story(|| {
		let patient = register(1);
		let signature = accepts("mother", patient, Capacity::Caregiver, None);
		assert_ok!(Roles::name_caregiver(by("patient-1"), id("mother"), signature));
		assert_ok!(both(give(patient, "mother")));
		assert_ok!(Roles::resign_guardian(by("mother"), patient));
		assert!(Roles::is_caregiver(patient, &id("mother")));
		assert_eq!(System::providers(&id("mother")), 1);
	});
}

#[test]
fn an_executor_acts_for_the_dead_and_a_guardian_no_more() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(give(patient, "guardian")));
		set_time(START + OBJECTION_WINDOW);
		refused(with(patient, "executor", executor()), Error::WrongCapacity);
		assert_ok!(both(Act::NoteDeath { patient, at: START }));
		assert!(!acts(patient, "guardian"));
		refused(give(patient, "aunt"), Error::WrongCapacity);
		assert_ok!(both(with(patient, "executor", executor())));
		assert!(!acts(patient, "executor"));
		set_time(START + 2 * OBJECTION_WINDOW);
		assert!(acts(patient, "executor"));
		assert_ok!(both(Act::RetractDeath { patient }));
		assert!(acts(patient, "guardian") && !acts(patient, "executor"));
	});
}

#[test]
fn nobody_acts_for_an_id_that_was_merged() {
	story(|| {
		let (from, into) = (register(1), register(2));
		assert_ok!(both(give(from, "guardian")));
		set_time(START + OBJECTION_WINDOW);
		assert_ok!(both(merging(from, into)));
		assert!(!acts(from, "guardian"));
		refused(give(from, "aunt"), Error::WrongCapacity);
		let guardianship = Roles::guardianship(from, &id("guardian")).unwrap();
		let at: Moment = now();
		assert!(
			guardianship.is_active(at, PatientStatus::Active),
			"it is the status that ends it"
		);
	});
}
