//! Which calls leave entries in a patient's trail.

use super::{
	paper::{EVIDENCE, MAY_2030},
	submit_application::{submit, with_registrar},
};
use crate::{
	mock::*, Act, Call, Contacts, ContactsCommitment, Event, GuardianshipTerms, LeftInstitutions, PrunedKeys, Vouching,
	KEY_NOTICE, RECOVERY_LIFETIME, RECOVERY_NOTICE,
};
use frame_support::{
	assert_ok,
	traits::{GetCallName, UnfilteredDispatchable},
};
use frame_system::RawOrigin;
use salus_primitives::{contacts_commitment, ActionSet, Capacity, Role, DAY};
use sp_runtime::{AccountId32, MultiSignature};

fn registrar() -> TwoOfficers {
	Act::NameRegistrar(id("desk"))
}

/// An applicant whose application waits.
fn applied() -> AccountId32 {
	with_registrar();
	assert_ok!(submit("desk", &application("ada", A, Role::Doctor), "ada"));
	id("ada")
}

/// A guardian of patient 0.
fn guarded() -> AccountId32 {
	register(1);
	let terms = GuardianshipTerms {
		guardian: id("guardian"),
		executor: false,
		actions: ActionSet::EMPTY,
		consents: true,
		ends: MAY_2030,
		evidence: EVIDENCE,
	};
	assert_ok!(both(Act::GiveGuardian {
		patient: 0,
		terms,
		signature: accepts("guardian", 0, Capacity::Guardian, None),
	}));
	id("guardian")
}

fn recovery() -> TwoOfficers {
	Act::BeginRecovery {
		patient: 0,
		controller: id("new"),
		hpke: hpke(9),
		evidence: EVIDENCE,
		lost_at: START,
		signature: accepts("new", 0, Capacity::Controller, Some(&hpke(9))),
	}
}

fn remove_on_paper(patient: u64, caregiver: &str) -> TwoOfficers {
	Act::RemoveCaregiver {
		patient,
		caregiver: id(caregiver),
	}
}

/// Patient 0 has lost her key.
fn recovering() {
	register(1);
	assert_ok!(both(recovery()));
}

/// A call, who sends it, and how many entries it owes the trail of patient 0.
fn case(name: &str) -> (Call<Test>, RuntimeOrigin, usize) {
	let (account, institution, patient) = (id("doctor"), A, 0);
	match name {
		"admit_institution" => {
			let institution = hospital("n", hpke(100));
			(Call::admit_institution { institution }, RuntimeOrigin::root(), 0)
		}
		"suspend_institution" => (Call::suspend_institution { institution: B }, RuntimeOrigin::root(), 0),
		"reinstate_institution" => {
			assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), B));
			(Call::reinstate_institution { institution: B }, RuntimeOrigin::root(), 0)
		}
		"approve_application" => {
			let application = application("ada", A, Role::Doctor);
			let signature = signed_application(&application, "ada");
			let (valid_from, valid_until) = (now(), now() + 1);
			let call = Call::approve_application {
				application,
				signature,
				valid_from,
				valid_until,
			};
			(call, by("a1"), 0)
		}
		"suspend_credential" => (Call::suspend_credential { account, institution }, by("a1"), 0),
		"reinstate_credential" => {
			assert_ok!(Roles::suspend_credential(by("a1"), account.clone(), institution));
			(Call::reinstate_credential { account, institution }, by("a1"), 0)
		}
		"revoke_credential" => (Call::revoke_credential { account, institution }, by("a1"), 0),
		"register_patient" => (letter(1).call(), RawOrigin::Authorized.into(), 1),
		"prune_vouchers" => {
			register(1);
			set_time(letter(1).voucher.not_after);
			let keys = PrunedKeys::truncate_from(vec![letter(1).voucher.key]);
			(Call::prune_vouchers { keys }, by("doctor"), 0)
		}
		"propose_assignment" => {
			register(1);
			let practitioner = account;
			(Call::propose_assignment { patient, practitioner }, by("admin"), 1)
		}
		"accept_assignment" => {
			register(1);
			assert_ok!(Roles::propose_assignment(by("admin"), patient, account));
			(Call::accept_assignment { patient, institution }, by("doctor"), 1)
		}
		"end_assignment" => {
			register(1);
			assert_ok!(Roles::propose_assignment(by("admin"), patient, account.clone()));
			let call = Call::end_assignment {
				patient,
				practitioner: account,
				institution,
			};
			(call, by("patient-1"), 1)
		}
		"submit_application" => {
			with_registrar();
			let application = application("ada", A, Role::Doctor);
			let applicant_signature = signed_application(&application, "ada");
			let call = Call::submit_application {
				applicant: id("ada"),
				application,
				applicant_signature,
			};
			(call, by("desk"), 0)
		}
		"approve_attested_application" => {
			let (valid_from, valid_until) = (now(), now() + 1);
			let call = Call::approve_attested_application {
				applicant: applied(),
				institution,
				valid_from,
				valid_until,
			};
			(call, by("a1"), 0)
		}
		"decline_application" => {
			let applicant = applied();
			(Call::decline_application { applicant, institution }, by("a1"), 0)
		}
		"prune_application" => {
			let applicant = applied();
			set_time(now() + DAY);
			(Call::prune_application { applicant, institution }, by("a1"), 0)
		}
		"transfer" => {
			assert_ok!(Roles::issue(&account, B, credential(Role::Doctor)));
			(Call::transfer { institution: B }, by("doctor"), 0)
		}
		"propose_act" => (
			Call::propose_act {
				institution,
				act: registrar(),
			},
			by("a1"),
			0,
		),
		"confirm_act" => {
			assert_ok!(Roles::propose_act(by("a1"), A, registrar()));
			let act = registrar();
			(Call::confirm_act { institution, act }, by("a2"), 0)
		}
		"withdraw_act" => {
			assert_ok!(Roles::propose_act(by("a1"), A, registrar()));
			let act = registrar();
			(Call::withdraw_act { institution, act }, by("a2"), 0)
		}
		"apply_keys" => {
			assert_ok!(both(Act::ChangeHpkeKey(hpke(9))));
			set_time(now() + KEY_NOTICE);
			(Call::apply_keys { institution }, by("a1"), 0)
		}
		"replace_officer" => {
			let (officer, successor) = (id("a1"), id("a3"));
			let call = Call::replace_officer {
				institution,
				officer,
				successor,
			};
			(call, RuntimeOrigin::root(), 0)
		}
		"change_seat" => {
			let seat = id("a3");
			(Call::change_seat { institution, seat }, RuntimeOrigin::root(), 0)
		}
		"revoke_institution" => (Call::revoke_institution { institution }, RuntimeOrigin::root(), 0),
		"resign_credential" => (Call::resign_credential { institution }, by("doctor"), 0),
		"leave" => {
			let credentials = LeftInstitutions::truncate_from(vec![A]);
			(Call::leave { credentials }, by("nurse"), 0)
		}
		"rotate_keys" => {
			register(1);
			let (controller, hpke) = (None, Some(hpke(9)));
			(Call::rotate_keys { controller, hpke }, by("patient-1"), 1)
		}
		"name_caregiver" => {
			register(1);
			let signature = accepts("mother", patient, Capacity::Caregiver, None);
			let caregiver = id("mother");
			(Call::name_caregiver { caregiver, signature }, by("patient-1"), 1)
		}
		"remove_caregiver" => {
			register(1);
			let signature = accepts("mother", patient, Capacity::Caregiver, None);
			assert_ok!(Roles::name_caregiver(by("patient-1"), id("mother"), signature));
			let caregiver = id("mother");
			(Call::remove_caregiver { patient, caregiver }, by("patient-1"), 1)
		}
		"object_to_guardian" => {
			let guardian = guarded();
			(Call::object_to_guardian { patient, guardian }, by("patient-1"), 1)
		}
		"contest_guardian" => {
			let guardian = guarded();
			(Call::contest_guardian { guardian }, by("patient-1"), 1)
		}
		"decide_guardian" => {
			let guardian = guarded();
			assert_ok!(Roles::contest_guardian(by("patient-1"), guardian.clone()));
			let call = Call::decide_guardian {
				patient,
				guardian,
				upheld: false,
			};
			(call, RuntimeOrigin::root(), 1)
		}
		"resign_guardian" => {
			guarded();
			(Call::resign_guardian { patient }, by("guardian"), 1)
		}
		"set_recovery_contacts" => {
			register(1);
			(Call::set_recovery_contacts { contacts: None }, by("patient-1"), 1)
		}
		"object_to_recovery" => {
			recovering();
			(Call::object_to_recovery {}, by("patient-1"), 1)
		}
		"vouch" => {
			register(1);
			let (contacts, signatures) = vouching(patient);
			assert_ok!(both(recovery()));
			let call = Call::vouch {
				patient,
				not_after: START + DAY,
				salt: [1; 32],
				contacts,
				signatures,
			};
			(call, by("doctor"), 1)
		}
		"recover" => {
			register(1);
			(recover(patient), by("doctor"), 1)
		}
		"complete_recovery" => {
			register(1);
			assert_ok!(recover(patient).dispatch_bypass_filter(by("doctor")));
			set_time(now() + RECOVERY_NOTICE);
			(Call::complete_recovery { patient }, by("doctor"), 1)
		}
		"prune_recovery" => {
			recovering();
			set_time(now() + RECOVERY_LIFETIME);
			(Call::prune_recovery { patient }, by("doctor"), 1)
		}
		"contest_death" => {
			register(1);
			assert_ok!(both(Act::NoteDeath { patient, at: START }));
			(Call::contest_death { patient }, by("patient-1"), 1)
		}
		"decide_death" => {
			register(1);
			assert_ok!(both(Act::NoteDeath { patient, at: START }));
			assert_ok!(Roles::contest_death(by("patient-1"), patient));
			let upheld = true;
			(Call::decide_death { patient, upheld }, RuntimeOrigin::root(), 1)
		}
		"decide_recovery" => {
			recovering();
			set_time(now() + RECOVERY_NOTICE);
			let complete = true;
			(Call::decide_recovery { patient, complete }, RuntimeOrigin::root(), 1)
		}
		other => panic!("{other} is not listed: does it touch a patient, and write an entry for it?"),
	}
}

/// The patient's contact, to whom she commits herself, signs her new keys.
fn vouching(patient: u64) -> (Contacts<AccountId32>, Vouching<MultiSignature>) {
	let contacts = Contacts::truncate_from(vec![id("friend")]);
	let committed = ContactsCommitment {
		threshold: 1,
		commitment: contacts_commitment(&[1; 32], 1, &contacts),
	};
	assert_ok!(Roles::set_recovery_contacts(by("patient-1"), Some(committed)));
	let vouch = vouch_for(patient, &id("new"), &hpke(9), START);
	let signatures = vec![(0, vouched_by("friend", &vouch))];
	(contacts, Vouching::truncate_from(signatures))
}

fn recover(patient: u64) -> Call<Test> {
	let (contacts, signatures) = vouching(patient);
	Call::recover {
		patient,
		controller: id("new"),
		hpke: hpke(9),
		lost_at: START,
		not_after: START + DAY,
		salt: [1; 32],
		contacts,
		signatures,
		acceptance: accepts("new", patient, Capacity::Controller, Some(&hpke(9))),
	}
}

/// A new call fails here until it is listed with a case, and a case fails that owes another number of entries.
#[test]
fn every_call_that_touches_a_patient_leaves_an_entry() {
	for name in Call::<Test>::get_call_names() {
		story(|| {
			let (call, origin, owed) = case(name);
			System::reset_events();
			let before = Trail::get().len();
			assert_ok!(call.dispatch_bypass_filter(origin));
			let written = Trail::get().split_off(before);
			assert_eq!(written.len(), owed, "{name}");
			assert!(written.iter().all(|(patient, _)| *patient == 0), "{name}");
			let carried: Vec<_> = events().iter().flat_map(Event::audit).collect();
			assert_eq!(carried, written, "{name}: its events carry what it wrote");
		});
	}
}

/// What two officers do to a patient is in her trail, and in both where there are two.
#[test]
fn every_act_that_touches_a_patient_leaves_an_entry() {
	let acts: Vec<(TwoOfficers, &[u64])> = vec![
		(super::paper::on_paper(true, None), &[2]),
		(
			merging_by((1, Some("patient-2")), (0, Some("patient-1")), START + DAY),
			&[1, 0],
		),
		(Act::Unmerge { from: 1 }, &[1, 0]),
		(super::caregivers::on_paper(2, "sister"), &[2]),
		(remove_on_paper(2, "sister"), &[2]),
		(super::paper::claim(2, "patient-3", 30), &[2]),
		(Act::NoteDeath { patient: 0, at: START }, &[0]),
		(Act::RetractDeath { patient: 0 }, &[0]),
		(recovery(), &[0]),
		(Act::AddOfficer(id("a3")), &[]),
	];
	story(|| {
		register(1);
		register(2);
		for (act, owed) in acts {
			System::reset_events();
			let before = Trail::get().len();
			assert_ok!(both(act.clone()));
			let written = Trail::get().split_off(before);
			let of: Vec<_> = written.iter().map(|(patient, _)| *patient).collect();
			assert_eq!(of, owed, "{act:?}");
			assert!(
				written.iter().all(|(_, entry)| entry.actor == Some(id("a2"))),
				"{act:?}"
			);
			let carried: Vec<_> = events().iter().flat_map(Event::audit).collect();
			assert_eq!(carried, written, "{act:?}");
		}
	});
}
