//! `propose_act`, `confirm_act`, `withdraw_act`: the mechanism, whatever the act.

use crate::{mock::*, Act, Error, Event, ProposedActs, Registrars, ACT_LIFETIME, MAX_PROPOSED_ACTS};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn act() -> TwoOfficers {
	Act::NameRegistrar(id("desk"))
}

#[test]
fn one_officer_proposes_and_another_confirms() {
	story(|| {
		let hash = Roles::act_hash(&act());
		assert_ok!(Roles::propose_act(by("a1"), A, act()));
		assert_eq!(
			last_event(),
			Event::ActProposed {
				institution: A,
				act: hash,
				proposer: id("a1"),
				until: START + ACT_LIFETIME
			}
		);
		assert_eq!(Registrars::<Test>::get(A), None, "one officer alone changes nothing");
		assert_eq!(Roles::proposed_acts(A)[0].act, act());
		assert_ok!(Roles::confirm_act(by("a2"), A, act()));
		assert_eq!(
			last_event(),
			Event::ActConfirmed {
				institution: A,
				act: hash,
				proposer: id("a1"),
				officer: id("a2")
			}
		);
		assert_eq!(Registrars::<Test>::get(A), Some(id("desk")));
		assert!(!ProposedActs::<Test>::contains_key(A), "nothing is left behind");
		assert_noop!(Roles::confirm_act(by("a2"), A, act()), Error::<Test>::ActNotProposed);
	});
}

#[test]
fn nobody_confirms_her_own() {
	story(|| {
		assert_ok!(Roles::propose_act(by("a1"), A, act()));
		assert_noop!(Roles::confirm_act(by("a1"), A, act()), Error::<Test>::OwnAct);
	});
}

#[test]
fn only_the_same_act_is_confirmed() {
	story(|| {
		assert_ok!(Roles::propose_act(by("a1"), A, act()));
		let other = Act::NameRegistrar(id("mallory"));
		assert_noop!(Roles::confirm_act(by("a2"), A, other), Error::<Test>::ActNotProposed);
		assert_noop!(Roles::confirm_act(by("b2"), B, act()), Error::<Test>::ActNotProposed);
	});
}

#[test]
fn an_act_lapses_and_can_be_proposed_again() {
	story(|| {
		assert_ok!(Roles::propose_act(by("a1"), A, act()));
		assert_noop!(Roles::propose_act(by("a2"), A, act()), Error::<Test>::ActExists);
		set_time(START + ACT_LIFETIME);
		assert!(Roles::proposed_acts(A).is_empty());
		assert_noop!(Roles::confirm_act(by("a2"), A, act()), Error::<Test>::ActNotProposed);
		assert_noop!(Roles::withdraw_act(by("a2"), A, act()), Error::<Test>::ActNotProposed);
		assert_ok!(Roles::propose_act(by("a2"), A, act()));
		assert_ok!(Roles::confirm_act(by("a1"), A, act()));
	});
}

#[test]
fn any_officer_withdraws_it() {
	story(|| {
		for officer in ["a1", "a2"] {
			assert_ok!(Roles::propose_act(by("a1"), A, act()));
			assert_noop!(Roles::withdraw_act(by("b1"), A, act()), Error::<Test>::NotAnOfficer);
			assert_ok!(Roles::withdraw_act(by(officer), A, act()));
			assert_eq!(
				last_event(),
				Event::ActWithdrawn {
					institution: A,
					act: Roles::act_hash(&act()),
					officer: id(officer)
				}
			);
			assert_noop!(Roles::confirm_act(by("a2"), A, act()), Error::<Test>::ActNotProposed);
			assert_noop!(Roles::withdraw_act(by("a2"), A, act()), Error::<Test>::ActNotProposed);
		}
	});
}

#[test]
fn who_proposed_it_is_still_an_officer_when_it_is_confirmed() {
	story(|| {
		assert_ok!(both(Act::AddOfficer(id("a3"))));
		assert_ok!(Roles::propose_act(by("a3"), A, act()));
		assert_ok!(both(Act::RemoveOfficer(id("a3"))));
		assert_noop!(Roles::confirm_act(by("a2"), A, act()), Error::<Test>::ProposerLeft);
		assert_ok!(Roles::withdraw_act(by("a2"), A, act()));
		assert_ok!(both(act()));
	});
}

#[test]
fn a_full_list_makes_room_as_acts_lapse_or_are_withdrawn() {
	story(|| {
		let numbered = |n: u32| Act::NameRegistrar(id(&format!("desk-{n}")));
		for n in 0..MAX_PROPOSED_ACTS {
			assert_ok!(Roles::propose_act(by("a1"), A, numbered(n)));
		}
		assert_noop!(Roles::propose_act(by("a1"), A, act()), Error::<Test>::TooManyActs);
		assert_ok!(Roles::propose_act(by("b1"), B, act()));
		assert_ok!(Roles::withdraw_act(by("a2"), A, numbered(3)));
		assert_ok!(Roles::propose_act(by("a1"), A, act()));
		set_time(START + ACT_LIFETIME);
		assert_ok!(Roles::propose_act(by("a1"), A, act()));
		assert_eq!(ProposedActs::<Test>::get(A).len(), 1, "the lapsed ones are gone");
	});
}

#[test]
fn only_officers_of_an_active_institution_act() {
	story(|| {
		type Call = fn(RuntimeOrigin, u32, TwoOfficers) -> sp_runtime::DispatchResult;
		let calls: [Call; 3] = [Roles::propose_act, Roles::confirm_act, Roles::withdraw_act];
		for call in calls {
			for stranger in ["b1", "admin", "a-node", "nobody"] {
				assert_noop!(call(by(stranger), A, act()), Error::<Test>::NotAnOfficer);
			}
			assert_noop!(call(by("a1"), 9, act()), Error::<Test>::UnknownInstitution);
			assert_noop!(call(RuntimeOrigin::none(), A, act()), DispatchError::BadOrigin);
		}
		assert_ok!(Roles::propose_act(by("a1"), A, act()));
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		for call in calls {
			assert_noop!(call(by("a2"), A, act()), Error::<Test>::InstitutionNotActive);
		}
	});
}

#[test]
fn what_could_not_be_carried_out_is_not_proposed_and_a_proposal_touches_nothing() {
	story(|| {
		assert_noop!(
			Roles::propose_act(by("a1"), A, Act::RemoveRegistrar),
			Error::<Test>::NoRegistrar
		);
		System::reset_events();
		assert_ok!(Roles::propose_act(by("a1"), A, act()));
		assert_eq!(events().len(), 1, "the rehearsal leaves no event");
		assert_eq!(Roles::home(&id("desk")), None);
	});
}
