//! Lost keys: `BeginRecovery`, `object_to_recovery`, `decide_recovery`, `prune_recovery`.

use super::{
	guardians::give,
	paper::{paper_patient, refused, EVIDENCE},
};
use crate::{
	mock::*, Act, Error, Recoveries, Tombstones, CONTESTED_RECOVERY_NOTICE, OBJECTION_WINDOW, RECOVERY_LIFETIME,
	RECOVERY_NOTICE,
};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{
	Capacity, ControllerCause, HpkeKey, KeyLoss, Kind, Moment, PatientId, RecoveryChange, Registry, DAY,
};
use sp_runtime::{AccountId32, DispatchError, DispatchResult};

pub(super) fn begin(patient: PatientId, controller: &str, key: u8) -> TwoOfficers {
	Act::BeginRecovery {
		patient,
		controller: id(controller),
		hpke: hpke(key),
		evidence: EVIDENCE,
		lost_at: START,
		signature: accepts(controller, patient, Capacity::Controller, Some(&hpke(key))),
	}
}

/// The same, of a key that was lost at this time.
pub(super) fn lost(lost_at: Moment, act: TwoOfficers) -> TwoOfficers {
	match act {
		Act::BeginRecovery {
			patient,
			controller,
			hpke,
			evidence,
			signature,
			..
		} => Act::BeginRecovery {
			patient,
			controller,
			hpke,
			evidence,
			lost_at,
			signature,
		},
		other => other,
	}
}

pub(super) fn decide(patient: PatientId, complete: bool) -> DispatchResult {
	Roles::decide_recovery(RuntimeOrigin::root(), patient, complete)
}

pub(super) fn last_entry() -> Kind<AccountId32> {
	Trail::get().pop().unwrap().1.kind
}

pub(super) fn changed(change: RecoveryChange) -> Kind<AccountId32> {
	Kind::RecoveryChanged { change }
}

#[test]
fn a_lost_key_is_recovered_after_seven_days() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "new", 9)));
		assert_eq!(
			last_entry(),
			Kind::RecoveryProposed {
				controller: id("new"),
				with: id("a1")
			}
		);
		assert_eq!(Roles::home(&id("new")), None);
		set_time(START + RECOVERY_NOTICE - 1);
		assert_noop!(decide(patient, true), Error::<Test>::RecoveryNotDue);
		set_time(START + RECOVERY_NOTICE);
		assert_noop!(
			Roles::decide_recovery(by("a1"), patient, true),
			DispatchError::BadOrigin
		);
		assert_ok!(decide(patient, true));
		let (_, entry) = Trail::get().pop().unwrap();
		assert_eq!(entry.actor, None);
		let cause = ControllerCause::Recovered;
		assert_eq!(
			entry.kind,
			Kind::ControllerChanged {
				controller: id("new"),
				cause
			}
		);
		assert_eq!(Roles::patient_of(&id("new")), Some(patient));
		assert_eq!(Roles::patient(patient).unwrap().hpke, Some(hpke(9)));
		assert!(Tombstones::<Test>::contains_key(id("patient-1")));
		assert_eq!(System::providers(&id("patient-1")), 0);
		assert_noop!(decide(patient, true), Error::<Test>::NoRecovery);
	});
}

#[test]
fn the_old_keys_objection_gives_the_council_fourteen_days() {
	story(|| {
		let patient = register(1);
		let object = |who: &str| Roles::object_to_recovery(by(who));
		assert_noop!(object("doctor"), Error::<Test>::NotAPatient);
		assert_noop!(
			Roles::object_to_recovery(RuntimeOrigin::none()),
			DispatchError::BadOrigin
		);
		assert_noop!(object("patient-1"), Error::<Test>::NoRecovery);
		assert_ok!(both(begin(patient, "new", 9)));
		assert_ok!(object("patient-1"));
		assert_eq!(last_entry(), changed(RecoveryChange::Objected));
		assert_noop!(object("patient-1"), Error::<Test>::AlreadyObjected);
		set_time(START + CONTESTED_RECOVERY_NOTICE - 1);
		assert_noop!(decide(patient, true), Error::<Test>::RecoveryNotDue);
		set_time(START + CONTESTED_RECOVERY_NOTICE);
		assert_ok!(decide(patient, true));
	});
}

#[test]
fn the_council_refuses_at_once() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "thief", 9)));
		assert_ok!(Roles::object_to_recovery(by("patient-1")));
		assert_ok!(decide(patient, false));
		assert_eq!(last_entry(), changed(RecoveryChange::Refused));
		assert_eq!(Roles::patient_of(&id("patient-1")), Some(patient));
		assert_noop!(decide(patient, false), Error::<Test>::NoRecovery);
		assert_ok!(both(begin(patient, "thief", 9)));
	});
}

#[test]
fn a_recovery_is_for_a_living_patient_who_has_a_key() {
	story(|| {
		let (paper, patient) = (paper_patient(), register(1));
		refused(begin(paper, "new", 9), Error::NoController);
		refused(begin(9, "new", 9), Error::UnknownPatient);
		assert_noop!(
			Roles::propose_act(by("b1"), B, begin(patient, "new", 9)),
			Error::<Test>::PatientElsewhere
		);
		refused(begin(patient, "doctor", 9), Error::AccountInUse);
		refused(begin(patient, "new", 1), Error::HpkeKeyInUse);
		let mut bent = begin(patient, "new", 9);
		if let Act::BeginRecovery { hpke, .. } = &mut bent {
			*hpke = HpkeKey::X25519([0; 32]);
		}
		refused(bent, Error::MalformedHpkeKey);
		let mut bent = begin(patient, "new", 9);
		if let Act::BeginRecovery { controller, .. } = &mut bent {
			*controller = id("thief");
		}
		refused(bent, Error::AcceptanceInvalid);
		assert_ok!(Roles::leave(by("nurse"), vec![A].try_into().unwrap()));
		refused(begin(patient, "nurse", 9), Error::AccountLeft);
		assert_ok!(both(Act::NoteDeath { patient, at: START }));
		refused(begin(patient, "new", 9), Error::PatientNotActive);
	});
}

#[test]
fn a_later_recovery_takes_the_place_of_an_earlier_one() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "new", 9)));
		assert_ok!(Roles::object_to_recovery(by("patient-1")));
		set_time(START + 1);
		assert_ok!(both(begin(patient, "newer", 8)));
		let recovery = Recoveries::<Test>::get(patient).unwrap();
		assert_eq!(
			(recovery.controller, recovery.since, recovery.objected),
			(id("newer"), START + 1, false)
		);
	});
}

/// The keys of a recovery are public while it waits. Whoever holds the old key, or a voucher, must not end it by taking
/// them.
#[test]
fn nobody_takes_the_hpke_key_of_a_recovery_that_waits() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "new", 3)));
		let rotate = || Roles::rotate_keys(by("patient-1"), None, Some(hpke(3)));
		assert_noop!(rotate(), Error::<Test>::HpkeKeyInUse);
		super::registration::refused(
			letter(3).call(),
			Error::HpkeKeyInUse,
			crate::pool_errors::HPKE_KEY_IN_USE,
		);
		refused(Act::ChangeHpkeKey(hpke(3)), Error::HpkeKeyInUse);
		set_time(START + RECOVERY_NOTICE);
		assert_ok!(decide(patient, true));
		assert_eq!(Roles::patient(patient).unwrap().hpke, Some(hpke(3)));
	});
}

#[test]
fn a_recovery_that_came_to_nothing_gives_its_hpke_key_back() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "new", 8)));
		assert_ok!(both(begin(patient, "new", 9)));
		assert_ok!(Roles::rotate_keys(by("patient-1"), None, Some(hpke(8))));
		assert_ok!(decide(patient, false));
		assert_ok!(Roles::rotate_keys(by("patient-1"), None, Some(hpke(9))));
	});
}

#[test]
fn what_was_taken_meanwhile_is_not_given_again() {
	story(|| {
		let patient = register(1);
		let due = || set_time(now() + RECOVERY_NOTICE);
		assert_ok!(both(begin(patient, "patient-2", 9)));
		register(2);
		due();
		assert_noop!(decide(patient, true), Error::<Test>::AccountInUse);
		assert_ok!(both(begin(patient, "gone", 9)));
		assert_ok!(Roles::issue(&id("gone"), B, credential(salus_primitives::Role::Nurse)));
		assert_ok!(Roles::leave(by("gone"), vec![B].try_into().unwrap()));
		due();
		assert_noop!(decide(patient, true), Error::<Test>::AccountLeft);
		assert_ok!(both(begin(patient, "new", 9)));
		assert_ok!(both(Act::NoteDeath { patient, at: START }));
		due();
		assert_noop!(decide(patient, true), Error::<Test>::PatientNotActive);
	});
}

#[test]
fn what_was_done_since_the_loss_is_in_doubt() {
	story(|| {
		let patient = register(1);
		let doubt = || Roles::key_loss(patient);
		assert_eq!(doubt(), KeyLoss::default());
		refused(lost(START + 1, begin(patient, "new", 9)), Error::LossInFuture);
		set_time(START + DAY);
		assert_ok!(both(lost(START, begin(patient, "new", 9))));
		let open = KeyLoss {
			waiting: Some(START),
			recovered: None,
		};
		assert_eq!(doubt(), open);
		for (at, doubtful) in [(START - 1, false), (START, true), (START + 900 * DAY, true)] {
			assert_eq!(doubt().covers(at), doubtful, "{at}");
		}
		let done = now() + RECOVERY_NOTICE;
		set_time(done);
		assert_ok!(decide(patient, true));
		let over = KeyLoss {
			waiting: None,
			recovered: Some((START, done)),
		};
		assert_eq!(doubt(), over);
		for (at, doubtful) in [(START - 1, false), (START, true), (done, true), (done + 1, false)] {
			assert_eq!(doubt().covers(at), doubtful, "{at}");
		}
	});
}

#[test]
fn a_refused_recovery_leaves_no_doubt_and_takes_none_away() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "thief", 9)));
		assert_ok!(decide(patient, false));
		assert!(!crate::KeyLosses::<Test>::contains_key(patient));

		assert_ok!(both(begin(patient, "new", 9)));
		set_time(START + RECOVERY_NOTICE);
		assert_ok!(decide(patient, true));
		let first = Roles::key_loss(patient);
		set_time(now() + 30 * DAY);
		assert_ok!(both(lost(now() - DAY, begin(patient, "newer", 8))));
		assert_eq!(Roles::key_loss(patient).recovered, first.recovered);
		assert_ok!(decide(patient, false));
		assert_eq!(Roles::key_loss(patient), first);
	});
}

#[test]
fn a_second_loss_and_the_first_leave_one_range() {
	story(|| {
		let patient = register(1);
		set_time(START + DAY);
		assert_ok!(both(lost(START + DAY, begin(patient, "new", 9))));
		// A later act takes the place of the first, with the time it says.
		assert_ok!(both(lost(START, begin(patient, "new", 9))));
		assert_eq!(Roles::key_loss(patient).waiting, Some(START));
		set_time(now() + RECOVERY_NOTICE);
		assert_ok!(decide(patient, true));
		set_time(now() + 30 * DAY);
		assert_ok!(both(lost(now(), begin(patient, "newer", 8))));
		set_time(now() + RECOVERY_NOTICE);
		assert_ok!(decide(patient, true));
		assert_eq!(Roles::key_loss(patient).recovered, Some((START, now())));
	});
}

#[test]
fn what_nobody_decides_in_sixty_days_is_forgotten() {
	story(|| {
		let patient = register(1);
		let prune = |who: &str| Roles::prune_recovery(by(who), patient);
		assert_noop!(prune("doctor"), Error::<Test>::NoRecovery);
		assert_ok!(both(begin(patient, "new", 9)));
		assert_ok!(Roles::object_to_recovery(by("patient-1")));
		set_time(START + RECOVERY_LIFETIME - 1);
		assert_noop!(prune("patient-1"), Error::<Test>::RecoveryNotExpired);
		assert_eq!(Roles::key_loss(patient).waiting, Some(START));
		set_time(START + RECOVERY_LIFETIME);
		assert_noop!(prune("nobody"), Error::<Test>::NotRegistered);
		assert_noop!(
			Roles::prune_recovery(RuntimeOrigin::none(), patient),
			DispatchError::BadOrigin
		);
		assert_ok!(prune("patient-1"));
		let (_, entry) = Trail::get().pop().unwrap();
		assert_eq!(
			(entry.actor, entry.kind),
			(Some(id("patient-1")), changed(RecoveryChange::Lapsed))
		);
		assert_eq!(Roles::key_loss(patient), KeyLoss::default());
		assert_eq!(Roles::patient_of(&id("patient-1")), Some(patient));
		assert_noop!(decide(patient, true), Error::<Test>::NoRecovery);
		// The keys that it was to are free again.
		assert_ok!(both(begin(patient, "new", 9)));
	});
}

#[test]
fn until_it_is_forgotten_the_council_completes_a_late_recovery() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "new", 9)));
		set_time(START + RECOVERY_LIFETIME);
		assert_ok!(decide(patient, true));
		assert_eq!(Roles::patient_of(&id("new")), Some(patient));
	});
}

#[test]
fn what_was_in_doubt_when_she_died_is_cleared_by_nobody_but_the_council() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "new", 9)));
		assert_ok!(both(Act::NoteDeath { patient, at: START }));
		set_time(START + RECOVERY_LIFETIME);
		assert_noop!(
			Roles::prune_recovery(by("doctor"), patient),
			Error::<Test>::PatientNotActive
		);
		assert_eq!(Roles::key_loss(patient).waiting, Some(START));
		assert_ok!(decide(patient, false));
	});
}

#[test]
fn a_contest_of_her_death_takes_nothing_out_of_doubt() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "new", 9)));
		assert_ok!(both(give(patient, "guardian")));
		set_time(START + OBJECTION_WINDOW);
		assert_ok!(both(Act::NoteDeath { patient, at: START }));
		assert_ok!(Roles::contest_death(by("guardian"), patient));
		set_time(START + RECOVERY_LIFETIME);
		let prune = || Roles::prune_recovery(by("doctor"), patient);
		assert_noop!(prune(), Error::<Test>::DeathContested);
		assert_ok!(Roles::decide_death(RuntimeOrigin::root(), patient, true));
		assert_noop!(prune(), Error::<Test>::PatientNotActive);
		assert_eq!(Roles::key_loss(patient).waiting, Some(START));
		// Once the note is taken back, she lives and the recovery lapses as any other.
		assert_ok!(both(Act::RetractDeath { patient }));
		assert_ok!(prune());
		assert_eq!(Roles::key_loss(patient).waiting, None);
	});
}

#[test]
fn who_begins_anew_takes_nothing_out_of_doubt() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "new", 9)));
		set_time(START + DAY);
		assert_ok!(both(lost(START + DAY, begin(patient, "newer", 8))));
		assert_eq!(Roles::key_loss(patient).waiting, Some(START));
	});
}
