//! Recovery contacts: `set_recovery_contacts`, `vouch`, `recover`, `complete_recovery`.

use super::{
	paper::paper_patient,
	recovery::{begin, changed, decide, last_entry, lost},
};
use crate::{
	mock::*, Act, Contacts, ContactsCommitment, ContactsOf, Error, Recoveries, RecoveryRounds, Tombstones, Vouching,
	CONTESTED_RECOVERY_NOTICE, MAX_CONTACTS, RECOVERY_LIFETIME, RECOVERY_NOTICE, VOUCHING_LIFETIME,
};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{contacts_commitment, Capacity, Kind, Moment, PatientId, RecoveryChange, Registry, Vouch, DAY};
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError, DispatchResult, MultiSignature};

const SALT: [u8; 32] = [9; 32];
/// When what the contacts sign ends.
const UNTIL: Moment = START + VOUCHING_LIFETIME;

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

/// What a contact signs for the account `new`, with its key 9.
fn word(patient: PatientId) -> Vouch<AccountId32> {
	Vouch {
		round: 0,
		not_after: UNTIL,
		..vouch_for(patient, &id("new"), &hpke(9), START)
	}
}

/// Two of the contacts sign this.
fn two_friends(word: &Vouch<AccountId32>) -> Vec<(u8, MultiSignature)> {
	vec![(0, vouched_by("friend", word)), (1, vouched_by("sister", word))]
}

fn vouch(patient: PatientId, salt: [u8; 32], signatures: Vec<(u8, MultiSignature)>) -> DispatchResult {
	vouch_until(UNTIL, patient, salt, signatures)
}

fn vouch_until(
	not_after: Moment,
	patient: PatientId,
	salt: [u8; 32],
	signatures: Vec<(u8, MultiSignature)>,
) -> DispatchResult {
	let signatures = Vouching::truncate_from(signatures);
	Roles::vouch(by("doctor"), patient, not_after, salt, contacts(), signatures)
}

/// What a patient's friends send for her: the salt and the contacts, with the signatures of some under this.
fn send(word: &Vouch<AccountId32>, signatures: Vec<(u8, MultiSignature)>) -> DispatchResult {
	Roles::recover(
		by("nurse"),
		word.patient,
		word.controller.clone(),
		word.hpke.clone(),
		word.lost_at,
		word.not_after,
		SALT,
		contacts(),
		Vouching::truncate_from(signatures),
		accepts("new", word.patient, Capacity::Controller, Some(&word.hpke)),
	)
}

/// Two of them send what they sign.
fn recover(word: &Vouch<AccountId32>) -> DispatchResult {
	send(word, two_friends(word))
}

fn complete(who: &str, patient: PatientId) -> DispatchResult {
	Roles::complete_recovery(by(who), patient)
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

		let word = word(patient);
		let signatures = vec![
			(2, vouched_by("doctor-at-home", &word)),
			(0, vouched_by("friend", &word)),
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
		let word = || word(patient);
		let friend = || (0, vouched_by("friend", &word()));
		let sister = || (1, vouched_by("sister", &word()));
		assert_noop!(
			vouch(patient, SALT, vec![friend(), sister()]),
			Error::<Test>::NoContacts
		);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		// Whoever does not know the contacts is not told whether a recovery waits.
		for waits in [false, true] {
			if waits {
				assert_ok!(both(begin(patient, "new", 9)));
			}
			assert_noop!(
				vouch(patient, [8; 32], vec![friend(), sister()]),
				Error::<Test>::ContactsDiffer
			);
			for few in [vec![], vec![friend()], vec![friend(), friend()]] {
				assert_noop!(vouch(patient, SALT, few), Error::<Test>::TooFewContacts);
			}
			if !waits {
				assert_noop!(
					vouch(patient, SALT, vec![friend(), sister()]),
					Error::<Test>::NoRecovery
				);
			}
		}
		let mut others = vec![vouched_by("friend", &word())];
		for other in wrong(&word()) {
			others.push(vouched_by("sister", &other));
		}
		for other in others {
			let signatures = vec![friend(), (1, other)];
			assert_noop!(vouch(patient, SALT, signatures), Error::<Test>::VouchInvalid);
		}
		let nobody = (7, vouched_by("sister", &word()));
		assert_noop!(
			vouch(patient, SALT, vec![friend(), nobody]),
			Error::<Test>::VouchInvalid
		);
		let all = Vouching::truncate_from(vec![friend(), sister()]);
		assert_noop!(
			Roles::vouch(by("friend"), patient, UNTIL, SALT, contacts(), all),
			Error::<Test>::NotRegistered
		);
		assert_ok!(vouch(patient, SALT, vec![friend(), sister()]));
	});
}

/// What differs from this in one thing.
fn wrong(word: &Vouch<AccountId32>) -> Vec<Vouch<AccountId32>> {
	let changes: [fn(&mut Vouch<AccountId32>); 7] = [
		|word| word.genesis = H256::zero(),
		|word| word.patient += 1,
		|word| word.round += 1,
		|word| word.controller = id("thief"),
		|word| word.hpke = hpke(8),
		|word| word.lost_at -= 1,
		|word| word.not_after -= 1,
	];
	changes
		.map(|change| {
			let mut other = word.clone();
			change(&mut other);
			other
		})
		.into()
}

/// Not the officers' other time either: the contacts sign what stands.
#[test]
fn contacts_vouch_for_the_time_that_the_officers_say() {
	story(|| {
		let patient = register(1);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		let word = word(patient);
		assert_ok!(both(lost(START - DAY, begin(patient, "new", 9))));
		assert_noop!(vouch(patient, SALT, two_friends(&word)), Error::<Test>::VouchInvalid);
		let theirs = Vouch {
			lost_at: START - DAY,
			..word
		};
		assert_ok!(vouch(patient, SALT, two_friends(&theirs)));
	});
}

#[test]
fn what_contacts_sign_ends_within_thirty_days() {
	story(|| {
		let patient = register(1);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		let until = |not_after| Vouch {
			not_after,
			..word(patient)
		};
		let vouch = |word: &Vouch<_>| vouch_until(word.not_after, patient, SALT, two_friends(word));
		let refused = |word: &Vouch<_>, error: Error<Test>| {
			let error = DispatchError::from(error);
			assert_noop!(recover(word), error);
			assert_noop!(vouch(word), error);
		};
		refused(&until(START), Error::VouchingExpired);
		refused(&until(START + VOUCHING_LIFETIME + 1), Error::VouchingTooLong);
		// Nobody but the contacts says when it ends.
		let short = until(START + DAY);
		set_time(START + DAY);
		refused(&short, Error::VouchingExpired);
		let longer = until(START + 2 * DAY);
		assert_noop!(send(&longer, two_friends(&short)), Error::<Test>::VouchInvalid);
		assert_ok!(recover(&longer));
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
fn contacts_alone_recover_a_key_in_seven_days() {
	story(|| {
		let patient = register(1);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		let word = Vouch {
			lost_at: START - DAY,
			..word(patient)
		};
		let before = Trail::get().len();
		assert_ok!(recover(&word));
		let written = Trail::get().split_off(before);
		let controller = id("new");
		assert_eq!(written.len(), 1);
		assert_eq!(written[0].1.actor, Some(id("nurse")));
		assert_eq!(written[0].1.kind, Kind::RecoveryBegunByContacts { controller });
		assert!(Recoveries::<Test>::get(patient).unwrap().vouched);
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
		assert_ok!(recover(&word(patient)));
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
		let hers = word(patient);
		assert_noop!(recover(&hers), Error::<Test>::NoContacts);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		assert_noop!(recover(&word(9)), Error::<Test>::UnknownPatient);
		assert_noop!(recover(&word(paper)), Error::<Test>::NoController);
		let one = || vec![(0, vouched_by("friend", &hers))];
		assert_noop!(send(&hers, one()), Error::<Test>::TooFewContacts);
		let mut forged = one();
		forged.push((1, vouched_by("thief", &hers)));
		assert_noop!(send(&hers, forged), Error::<Test>::VouchInvalid);
		// Whoever sends it chooses nothing: neither the keys, nor since when the old one is lost.
		for other in wrong(&hers).into_iter().filter(|other| other.patient == patient) {
			assert_noop!(send(&hers, two_friends(&other)), Error::<Test>::VouchInvalid);
		}
		for lost_at in [0, START - 1] {
			let sent = Vouch {
				lost_at,
				..hers.clone()
			};
			assert_noop!(send(&sent, two_friends(&hers)), Error::<Test>::VouchInvalid);
		}
		let coming = Vouch {
			lost_at: START + 1,
			..hers.clone()
		};
		assert_noop!(recover(&coming), Error::<Test>::LossInFuture);
		let unasked = Roles::recover(
			by("nurse"),
			patient,
			id("new"),
			hpke(9),
			START,
			UNTIL,
			SALT,
			contacts(),
			Vouching::truncate_from(two_friends(&hers)),
			accepts("thief", patient, Capacity::Controller, Some(&hpke(9))),
		);
		assert_noop!(unasked, Error::<Test>::AcceptanceInvalid);
		assert_ok!(both(begin(patient, "newer", 8)));
		assert_noop!(recover(&hers), Error::<Test>::RecoveryOpen);
	});
}

/// The salt, the contacts and their signatures are public once they were sent, and good for one recovery.
#[test]
fn what_contacts_signed_for_a_refused_recovery_begins_no_other() {
	story(|| {
		let patient = register(1);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		assert_ok!(recover(&word(patient)));
		assert_ok!(decide(patient, false));
		assert_noop!(recover(&word(patient)), Error::<Test>::VouchInvalid);
		assert_ok!(both(begin(patient, "new", 9)));
		assert_noop!(
			vouch(patient, SALT, two_friends(&word(patient))),
			Error::<Test>::VouchInvalid
		);
		assert_ok!(decide(patient, false));
		// She keeps her contacts, who may sign anew.
		assert_eq!(ContactsOf::<Test>::get(patient), Some(committed()));
		let again = Vouch {
			round: 2,
			..word(patient)
		};
		assert_ok!(recover(&again));
	});
}

#[test]
fn what_contacts_signed_for_a_completed_recovery_begins_no_other() {
	story(|| {
		let patient = register(1);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		assert_ok!(recover(&word(patient)));
		set_time(START + RECOVERY_NOTICE);
		assert_ok!(complete("doctor", patient));
		assert_eq!(RecoveryRounds::<Test>::get(patient), 1);
		assert_noop!(recover(&word(patient)), Error::<Test>::VouchInvalid);
	});
}

#[test]
fn what_contacts_signed_for_a_forgotten_recovery_begins_no_other() {
	story(|| {
		let patient = register(1);
		assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed())));
		assert_ok!(both(begin(patient, "new", 9)));
		set_time(START + RECOVERY_LIFETIME - DAY);
		let late = Vouch {
			not_after: now() + VOUCHING_LIFETIME,
			..word(patient)
		};
		assert_ok!(vouch_until(late.not_after, patient, SALT, two_friends(&late)));
		assert_ok!(Roles::object_to_recovery(by("patient-1")));
		set_time(START + RECOVERY_LIFETIME);
		assert_ok!(Roles::prune_recovery(by("patient-1"), patient));
		assert_noop!(recover(&late), Error::<Test>::VouchInvalid);
	});
}
