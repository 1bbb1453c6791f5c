//! Lost keys: `BeginRecovery`, `set_recovery_contacts`, `object_to_recovery`, `vouch`, `decide_recovery`.

use super::paper::{paper_patient, refused, EVIDENCE};
use crate::{
	mock::*, Act, Contacts, ContactsCommitment, ContactsOf, Error, Recoveries, Tombstones, Vouching,
	CONTESTED_RECOVERY_NOTICE, MAX_CONTACTS, RECOVERY_NOTICE,
};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{
	contacts_commitment, wrapped, Capacity, ControllerCause, HpkeKey, KeyLoss, Kind, Moment, PatientId, RecoveryChange,
	Registry, DAY, VOUCH_TAG,
};
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError, DispatchResult, MultiSignature};

const SALT: [u8; 32] = [9; 32];

fn begin(patient: PatientId, controller: &str, key: u8) -> TwoOfficers {
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
fn lost(lost_at: Moment, act: TwoOfficers) -> TwoOfficers {
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

fn decide(patient: PatientId, complete: bool) -> DispatchResult {
	Roles::decide_recovery(RuntimeOrigin::root(), patient, complete)
}

fn last_entry() -> Kind<AccountId32> {
	Trail::get().pop().unwrap().1.kind
}

fn changed(change: RecoveryChange) -> Kind<AccountId32> {
	Kind::RecoveryChanged { change }
}

/// Three contacts, of whom two vouch together.
fn contacts() -> Contacts<AccountId32> {
	Contacts::truncate_from(["friend", "sister", "doctor-at-home"].map(id).to_vec())
}

fn committed() -> ContactsCommitment {
	ContactsCommitment {
		threshold: 2,
		commitment: contacts_commitment(&SALT, 2, &contacts()),
	}
}

/// A contact's signature under the new keys.
fn vouched(contact: &str, patient: PatientId, controller: &str, key: u8) -> MultiSignature {
	sign(
		contact,
		&wrapped(VOUCH_TAG, &(GENESIS, patient, id(controller), hpke(key))),
	)
}

fn vouch(patient: PatientId, salt: [u8; 32], signatures: Vec<(u8, MultiSignature)>) -> DispatchResult {
	Roles::vouch(
		by("doctor"),
		patient,
		salt,
		contacts(),
		Vouching::truncate_from(signatures),
	)
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
fn contacts_outweigh_a_thief_who_objects() {
	story(|| {
		let patient = register(1);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		assert_eq!(last_entry(), Kind::RecoveryContactsSet);
		assert_ok!(both(begin(patient, "new", 9)));
		assert_ok!(Roles::object_to_recovery(by("patient-1")));
		// Whoever has the key changes neither the contacts nor the outcome by another key.
		assert_noop!(
			Roles::set_recovery_contacts(by("patient-1"), None),
			Error::<Test>::RecoveryOpen
		);
		let signature = accepts("thief", patient, Capacity::Controller, None);
		assert_ok!(Roles::rotate_keys(
			by("patient-1"),
			Some((id("thief"), signature)),
			None
		));

		let signatures = vec![
			(2, vouched("doctor-at-home", patient, "new", 9)),
			(0, vouched("friend", patient, "new", 9)),
		];
		assert_ok!(vouch(patient, SALT, signatures.clone()));
		assert_eq!(last_entry(), changed(RecoveryChange::Vouched));
		assert_noop!(vouch(patient, SALT, signatures), Error::<Test>::AlreadyVouched);
		set_time(START + RECOVERY_NOTICE);
		assert_ok!(decide(patient, true));
		assert_eq!(Roles::patient_of(&id("new")), Some(patient));
		for old in ["patient-1", "thief"] {
			assert!(Tombstones::<Test>::contains_key(id(old)));
		}
	});
}

#[test]
fn only_the_committed_contacts_vouch_and_only_for_these_keys() {
	story(|| {
		let patient = register(1);
		let friend = || (0, vouched("friend", patient, "new", 9));
		let sister = || (1, vouched("sister", patient, "new", 9));
		assert_noop!(
			vouch(patient, SALT, vec![friend(), sister()]),
			Error::<Test>::NoContacts
		);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		assert_noop!(
			vouch(patient, SALT, vec![friend(), sister()]),
			Error::<Test>::NoRecovery
		);
		assert_ok!(both(begin(patient, "new", 9)));
		assert_noop!(
			vouch(patient, [8; 32], vec![friend(), sister()]),
			Error::<Test>::ContactsDiffer
		);
		for few in [vec![], vec![friend()], vec![friend(), friend()]] {
			assert_noop!(vouch(patient, SALT, few), Error::<Test>::TooFewContacts);
		}
		for wrong in [
			(1, vouched("friend", patient, "new", 9)),
			(1, vouched("sister", patient, "thief", 9)),
			(1, vouched("sister", patient, "new", 8)),
			(7, vouched("sister", patient, "new", 9)),
		] {
			assert_noop!(vouch(patient, SALT, vec![friend(), wrong]), Error::<Test>::VouchInvalid);
		}
		let all = Vouching::truncate_from(vec![friend(), sister()]);
		assert_noop!(
			Roles::vouch(by("friend"), patient, SALT, contacts(), all),
			Error::<Test>::NotRegistered
		);
		assert_ok!(vouch(patient, SALT, vec![friend(), sister()]));
	});
}

#[test]
fn contacts_are_committed_to_by_a_living_patient() {
	story(|| {
		let patient = register(1);
		let set = |who: &str, contacts| Roles::set_recovery_contacts(by(who), contacts);
		assert_noop!(set("doctor", None), Error::<Test>::NotAPatient);
		assert_noop!(
			Roles::set_recovery_contacts(RuntimeOrigin::none(), None),
			DispatchError::BadOrigin
		);
		for threshold in [0, MAX_CONTACTS as u8 + 1] {
			let commitment = H256::zero();
			let contacts = ContactsCommitment { threshold, commitment };
			assert_noop!(set("patient-1", Some(contacts)), Error::<Test>::ThresholdOutOfRange);
		}
		assert_ok!(set("patient-1", Some(committed())));
		assert_ok!(set("patient-1", None));
		assert!(!ContactsOf::<Test>::contains_key(patient));
		assert_ok!(both(Act::NoteDeath { patient, at: START }));
		assert_noop!(set("patient-1", None), Error::<Test>::PatientNotActive);
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

/// What a patient's friends send for her: the salt and the contacts, with the signatures of some.
fn recover(patient: PatientId, signatures: Vec<(u8, MultiSignature)>) -> DispatchResult {
	recover_since(patient, START, signatures)
}

fn recover_since(patient: PatientId, lost_at: Moment, signatures: Vec<(u8, MultiSignature)>) -> DispatchResult {
	Roles::recover(
		by("nurse"),
		patient,
		id("new"),
		hpke(9),
		lost_at,
		SALT,
		contacts(),
		Vouching::truncate_from(signatures),
		accepts("new", patient, Capacity::Controller, Some(&hpke(9))),
	)
}

fn two_friends(patient: PatientId) -> Vec<(u8, MultiSignature)> {
	vec![
		(0, vouched("friend", patient, "new", 9)),
		(1, vouched("sister", patient, "new", 9)),
	]
}

fn complete(who: &str, patient: PatientId) -> DispatchResult {
	Roles::complete_recovery(by(who), patient)
}

#[test]
fn contacts_alone_recover_a_key_in_seven_days() {
	story(|| {
		let patient = register(1);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		assert_ok!(recover_since(patient, START - DAY, two_friends(patient)));
		assert_eq!(last_entry(), changed(RecoveryChange::Vouched));
		assert_eq!(Roles::key_loss(patient).waiting, Some(START - DAY));
		set_time(START + RECOVERY_NOTICE - 1);
		assert_noop!(complete("doctor", patient), Error::<Test>::RecoveryNotDue);
		set_time(START + RECOVERY_NOTICE);
		assert_noop!(complete("friend", patient), Error::<Test>::NotRegistered);
		assert_ok!(complete("doctor", patient));
		assert_eq!(Roles::patient_of(&id("new")), Some(patient));
		assert!(Tombstones::<Test>::contains_key(id("patient-1")));
		assert_noop!(complete("doctor", patient), Error::<Test>::NoRecovery);
	});
}

#[test]
fn an_objection_sends_what_contacts_began_to_the_council() {
	story(|| {
		let patient = register(1);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		assert_ok!(recover(patient, two_friends(patient)));
		assert_ok!(Roles::object_to_recovery(by("patient-1")));
		set_time(START + CONTESTED_RECOVERY_NOTICE);
		assert_noop!(complete("doctor", patient), Error::<Test>::CouncilDecides);
		assert_ok!(decide(patient, true));
		assert_eq!(Roles::patient_of(&id("new")), Some(patient));
	});
}

#[test]
fn what_officers_began_and_nobody_vouches_for_is_the_councils() {
	story(|| {
		let patient = register(1);
		assert_ok!(both(begin(patient, "new", 9)));
		set_time(START + RECOVERY_NOTICE);
		assert_noop!(complete("doctor", patient), Error::<Test>::CouncilDecides);
	});
}

#[test]
fn contacts_recover_only_what_they_were_chosen_for() {
	story(|| {
		let (patient, paper) = (register(1), paper_patient());
		assert_noop!(recover(patient, two_friends(patient)), Error::<Test>::NoContacts);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		assert_noop!(recover(9, two_friends(9)), Error::<Test>::UnknownPatient);
		assert_noop!(recover(paper, two_friends(paper)), Error::<Test>::NoController);
		let one = || vec![(0, vouched("friend", patient, "new", 9))];
		assert_noop!(recover(patient, one()), Error::<Test>::TooFewContacts);
		let mut forged = one();
		forged.push((1, vouched("thief", patient, "new", 9)));
		assert_noop!(recover(patient, forged), Error::<Test>::VouchInvalid);
		assert_noop!(
			recover_since(patient, START + 1, two_friends(patient)),
			Error::<Test>::LossInFuture
		);
		let unasked = Roles::recover(
			by("nurse"),
			patient,
			id("new"),
			hpke(9),
			START,
			SALT,
			contacts(),
			Vouching::truncate_from(two_friends(patient)),
			accepts("thief", patient, Capacity::Controller, Some(&hpke(9))),
		);
		assert_noop!(unasked, Error::<Test>::AcceptanceInvalid);
		assert_ok!(both(begin(patient, "newer", 8)));
		assert_noop!(recover(patient, two_friends(patient)), Error::<Test>::RecoveryOpen);
	});
}
