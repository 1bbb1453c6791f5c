//! The council names and strikes out validators; the set follows.

use crate::{mock::*, Changes, Error, Event, MinValidators, Offenders, ValidatorOf, Validators};
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use salus_primitives::Status;
use sp_runtime::{traits::Convert, DispatchError};

fn add(institution: u32) -> frame_support::dispatch::DispatchResult {
	Consortium::add_validator(RuntimeOrigin::root(), institution)
}

fn remove(institution: u32) -> frame_support::dispatch::DispatchResult {
	Consortium::remove_validator(RuntimeOrigin::root(), institution)
}

#[test]
fn a_named_validator_joins_the_next_set() {
	story(|| {
		admit(4, Some(4));
		assert_ok!(add(4));
		told(vec![Event::ValidatorAdded {
			institution: 4,
			validator: 4,
		}]);
		assert_eq!(InSession::get(), [1, 2, 3], "not in this session");
		assert_eq!(next_session(), [1, 2, 3, 4]);
		assert_eq!(InSession::get(), [1, 2, 3], "nor in the next");
		next_session();
		assert_eq!(InSession::get(), [1, 2, 3, 4]);
	});
}

#[test]
fn a_struck_out_validator_leaves_the_next_set() {
	story(|| {
		assert_ok!(remove(2));
		told(vec![Event::ValidatorRemoved {
			institution: 2,
			validator: 2,
		}]);
		assert_eq!(next_session(), [1, 3]);
		next_session();
		assert_eq!(InSession::get(), [1, 3]);
	});
}

#[test]
fn only_the_council_changes_the_set() {
	story(|| {
		for origin in [RuntimeOrigin::signed(1), RuntimeOrigin::none()] {
			let refused = DispatchError::BadOrigin;
			assert_noop!(Consortium::add_validator(origin.clone(), 1), refused);
			assert_noop!(Consortium::remove_validator(origin.clone(), 1), refused);
			assert_noop!(Consortium::reinstate_validator(origin, 1), refused);
		}
	});
}

#[test]
fn unknown_institution() {
	story(|| {
		assert_noop!(add(9), Error::<Test>::UnknownInstitution);
		assert_noop!(remove(9), Error::<Test>::UnknownInstitution);
		assert_noop!(
			Consortium::reinstate_validator(RuntimeOrigin::root(), 9),
			Error::<Test>::UnknownInstitution
		);
	});
}

#[test]
fn institution_not_active() {
	story(|| {
		admit(4, Some(4));
		set_status(4, Status::Suspended);
		assert_noop!(add(4), Error::<Test>::InstitutionNotActive);
	});
}

#[test]
fn no_validator_account() {
	story(|| {
		admit(4, None);
		assert_noop!(add(4), Error::<Test>::NoValidatorAccount);
		assert_noop!(remove(4), Error::<Test>::NoValidatorAccount);
		assert_noop!(
			Consortium::reinstate_validator(RuntimeOrigin::root(), 4),
			Error::<Test>::NoValidatorAccount
		);
	});
}

#[test]
fn keys_missing() {
	story(|| {
		admit(4, Some(4));
		WithKeys::mutate(|with| with.remove(&4));
		assert_noop!(add(4), Error::<Test>::KeysMissing);
	});
}

#[test]
fn already_validator() {
	story(|| {
		assert_noop!(add(1), Error::<Test>::AlreadyValidator);
	});
}

#[test]
fn not_a_validator() {
	story(|| {
		admit(4, Some(4));
		assert_noop!(remove(4), Error::<Test>::NotAValidator);
	});
}

#[test]
fn validator_offended_and_not_offended() {
	story(|| {
		admit(4, Some(4));
		Offenders::<Test>::insert(4, 0);
		assert_noop!(add(4), Error::<Test>::ValidatorOffended);
		assert_noop!(
			Consortium::reinstate_validator(RuntimeOrigin::root(), 1),
			Error::<Test>::ValidatorNotOffended
		);
	});
}

#[test]
fn too_many_validators() {
	story(|| {
		for id in 4..=12 {
			admit(id, Some(u64::from(id)));
			assert_ok!(add(id));
			next_session();
		}
		admit(13, Some(13));
		assert_noop!(add(13), Error::<Test>::TooManyValidators);
		assert_eq!(Queued::get().len(), 12);
	});
}

#[test]
fn the_floor_holds() {
	story(|| {
		assert_ok!(remove(3));
		next_session();
		assert_noop!(remove(2), Error::<Test>::BelowFloor);
		// One that does not count is no help.
		admit(4, Some(4));
		assert_ok!(add(4));
		next_session();
		set_status(4, Status::Suspended);
		assert_noop!(remove(2), Error::<Test>::BelowFloor);
		assert_ok!(remove(4));
	});
}

#[test]
fn few_changes_in_a_session() {
	story(|| {
		admit(4, Some(4));
		admit(5, Some(5));
		assert_ok!(add(4));
		assert_noop!(add(5), Error::<Test>::TooManyChanges);
		assert_noop!(remove(1), Error::<Test>::TooManyChanges);
		assert_eq!(Changes::<Test>::get(), 1);
		next_session();
		assert_ok!(add(5));
	});
}

#[test]
fn a_set_that_can_lose_more_may_change_more() {
	for (validators, changes) in [(1, 1), (4, 1), (6, 1), (7, 2), (10, 3), (100, 33)] {
		assert_eq!(crate::validators::allowed_changes(validators), changes);
	}
}

#[test]
fn a_suspended_institutions_validator_is_left_out_until_it_is_reinstated() {
	story(|| {
		set_status(2, Status::Suspended);
		assert_eq!(next_session(), [1, 3]);
		assert_eq!(ValidatorOf::<Test>::convert(2), None, "it sets no keys either");
		set_status(2, Status::Active);
		assert_eq!(next_session(), [1, 3, 2]);
		assert_eq!(ValidatorOf::<Test>::convert(2), Some(2));
	});
}

#[test]
fn where_all_cannot_leave_the_floor_decides_and_the_council_is_told() {
	story(|| {
		for id in 1..=3 {
			set_status(id, Status::Suspended);
		}
		assert_eq!(next_session(), [2, 3], "one change in a session");
		assert_eq!(next_session(), [2, 3]);
		told(vec![
			Event::HeldByFloor { validator: 2 },
			Event::HeldByFloor { validator: 3 },
		]);
	});
}

#[test]
fn a_validator_whose_keys_went_away_does_not_join() {
	story(|| {
		admit(4, Some(4));
		assert_ok!(add(4));
		WithKeys::mutate(|with| with.remove(&4));
		assert_eq!(next_session(), [1, 2, 3]);
		WithKeys::mutate(|with| with.insert(4));
		assert_eq!(next_session(), [1, 2, 3, 4]);
	});
}

#[test]
fn a_validators_account_is_one_institutions() {
	story(|| {
		use salus_primitives::{HpkeKey, Institution, InstitutionKind, Seating};
		let before = accounts();
		let other = Institution {
			validator: Some(1),
			..Institution::bare(InstitutionKind::Clinic, HpkeKey::X25519([0; 32]))
		};
		assert_noop!(Consortium::admitted(9, &other), Error::<Test>::ValidatorTaken);
		assert_eq!(accounts(), before);
	});
}

/// What can happen between and in sessions.
#[derive(Clone, Debug)]
enum Step {
	Add(u32),
	Remove(u32),
	Suspend(u32),
	Reinstate(u32),
	Offend(u64),
	Pardon(u32),
	Session,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let id = 1_u32..=8;
	let step = prop_oneof![
		2 => id.clone().prop_map(Step::Add),
		2 => id.clone().prop_map(Step::Remove),
		1 => id.clone().prop_map(Step::Suspend),
		1 => id.clone().prop_map(Step::Reinstate),
		1 => (1_u64..=8).prop_map(Step::Offend),
		1 => id.prop_map(Step::Pardon),
		4 => Just(Step::Session),
	];
	prop::collection::vec(step, 0..60)
}

proptest! {
	/// Whatever happens: the set never falls below the floor, changes by few in a session, somebody can author, and
	/// once everything stands still it is the one that was asked for, as far as the floor allows.
	#[test]
	fn any_history_keeps_the_set_in_order(steps in steps()) {
		story(|| {
			for id in 4..=8 {
				admit(id, Some(u64::from(id)));
			}
			for step in steps {
				match step {
					Step::Add(id) => {
						let _ = add(id);
					}
					Step::Remove(id) => {
						let _ = remove(id);
					}
					Step::Suspend(id) => set_status(id, Status::Suspended),
					Step::Reinstate(id) => set_status(id, Status::Active),
					Step::Offend(validator) => super::offences::offend(validator),
					Step::Pardon(id) => {
						let _ = Consortium::reinstate_validator(RuntimeOrigin::root(), id);
					}
					Step::Session => {
						let before = Queued::get();
						let after = next_session();
						let gone = before.iter().filter(|one| !after.contains(one)).count();
						let come = after.iter().filter(|one| !before.contains(one)).count();
						assert!(gone + come <= crate::validators::allowed_changes(before.len()));
					}
				}
				assert!(Queued::get().len() >= MinValidators::<Test>::get() as usize);
				assert!(Disabled::get().len() < InSession::get().len());
				Consortium::check_state().unwrap();
			}

			for _ in 0..12 {
				next_session();
			}
			let counts = |one: &u64| {
				!Offenders::<Test>::contains_key(one) && ValidatorOf::<Test>::convert(*one).is_some()
			};
			let wanted: Vec<u64> = Validators::<Test>::get().into_iter().filter(counts).collect();
			let set = Queued::get();
			assert!(wanted.iter().all(|one| set.contains(one)), "{set:?} of {wanted:?}");
			let unwanted = set.len() - wanted.len();
			assert!(unwanted == 0 || set.len() == 2, "{set:?} of {wanted:?}");
		});
	}
}

#[test]
fn a_revoked_institutions_validator_leaves_for_good() {
	story(|| {
		set_status(3, Status::Revoked);
		assert_eq!(next_session(), [1, 2]);
		assert_noop!(add(3), Error::<Test>::InstitutionNotActive);
		// The floor is two: the next one stays, and the council is told.
		set_status(2, Status::Revoked);
		assert_eq!(next_session(), [1, 2]);
		told(vec![Event::HeldByFloor { validator: 2 }]);
	});
}
