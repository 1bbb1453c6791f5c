//! What two officers change about their institution, and `apply_keys`, `replace_officer`, `change_seat`.

use crate::{keys, mock::*, Act, Error, Event, HpkeKeys, RetiredKeys, KEY_NOTICE};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{HpkeKey, Registry, Role, Terms, MAX_OFFICERS};
use sp_runtime::{BoundedVec, DispatchError};

fn refused(act: TwoOfficers, error: Error<Test>) {
	assert_noop!(Roles::propose_act(by("a1"), A, act), error);
}

#[test]
fn a_registrar_is_named_replaced_and_removed() {
	story(|| {
		assert_ok!(both(Act::NameRegistrar(id("desk"))));
		assert_eq!(Roles::registrar(A), Some(id("desk")));
		assert_eq!(Roles::home(&id("desk")), Some(A));
		refused(Act::NameRegistrar(id("desk")), Error::RegistrarExists);
		refused(Act::NameRegistrar(id("a2")), Error::RegistrarIsOfficer);
		assert_ok!(both(Act::NameRegistrar(id("desk-2"))));
		assert_eq!(Roles::registrar(A), Some(id("desk-2")));
		assert_ok!(both(Act::RemoveRegistrar));
		assert_eq!(Roles::registrar(A), None);
		refused(Act::RemoveRegistrar, Error::NoRegistrar);
		let told: Vec<_> = events()
			.into_iter()
			.filter(|event| matches!(event, Event::RegistrarNamed { .. } | Event::RegistrarRemoved { .. }))
			.collect();
		assert_eq!(
			told,
			[
				Event::RegistrarNamed {
					institution: A,
					registrar: id("desk")
				},
				Event::RegistrarNamed {
					institution: A,
					registrar: id("desk-2")
				},
				Event::RegistrarRemoved {
					institution: A,
					registrar: id("desk-2")
				},
			]
		);
	});
}

#[test]
fn with_a_registrar_no_officer_takes_an_application_herself() {
	story(|| {
		assert_ok!(both(Act::NameRegistrar(id("desk"))));
		let application = application("ada", A, Role::Doctor);
		let signature = signed_application(&application, "ada");
		let approve = || Roles::approve_application(by("a1"), application.clone(), signature.clone(), START, START + 1);
		assert_noop!(approve(), Error::<Test>::RegistrarNamed);
		assert_ok!(both(Act::RemoveRegistrar));
		assert_ok!(approve());
	});
}

#[test]
fn an_officer_is_added_and_removed() {
	story(|| {
		assert_ok!(both(Act::AddOfficer(id("a3"))));
		assert!(events().contains(&Event::OfficerAdded {
			institution: A,
			officer: id("a3")
		}));
		assert!(Roles::is_officer(&id("a3"), A));
		refused(Act::AddOfficer(id("a3")), Error::DuplicateOfficer);
		assert_ok!(both(Act::RemoveOfficer(id("a3"))));
		assert!(events().contains(&Event::OfficerRemoved {
			institution: A,
			officer: id("a3")
		}));
		assert!(!Roles::is_officer(&id("a3"), A));
		refused(Act::RemoveOfficer(id("a3")), Error::UnknownOfficer);
	});
}

#[test]
fn the_last_two_officers_stay_and_there_are_eight_at_most() {
	story(|| {
		refused(Act::RemoveOfficer(id("a2")), Error::TooFewOfficers);
		for n in 3..=MAX_OFFICERS {
			assert_ok!(both(Act::AddOfficer(id(&format!("a{n}")))));
		}
		refused(Act::AddOfficer(id("a9")), Error::TooManyOfficers);
		assert_ok!(Roles::propose_act(by("a3"), A, Act::RemoveOfficer(id("a1"))));
		assert_ok!(Roles::confirm_act(by("a4"), A, Act::RemoveOfficer(id("a1"))));
		assert_noop!(
			Roles::suspend_credential(by("a1"), id("doctor"), A),
			Error::<Test>::NotAnOfficer
		);
	});
}

#[test]
fn whoever_acts_for_a_patient_or_attests_is_no_officer() {
	story(|| {
		register(1);
		refused(Act::AddOfficer(id("patient-1")), Error::AccountInUse);
		refused(Act::NameRegistrar(id("patient-1")), Error::AccountInUse);
		assert_ok!(both(Act::NameRegistrar(id("desk"))));
		refused(Act::AddOfficer(id("desk")), Error::RegistrarIsOfficer);
	});
}

#[test]
fn an_account_that_left_gets_no_office() {
	story(|| {
		assert_ok!(Roles::leave(by("nurse"), vec![A].try_into().unwrap()));
		refused(Act::AddOfficer(id("nurse")), Error::AccountLeft);
		refused(Act::NameRegistrar(id("nurse")), Error::AccountLeft);
	});
}

#[test]
fn a_new_hpke_key_is_in_force_after_a_day() {
	story(|| {
		let from = START + KEY_NOTICE;
		assert_ok!(both(Act::ChangeHpkeKey(hpke(77))));
		assert!(events().contains(&Event::HpkeKeyAnnounced { institution: A, from }));
		assert_eq!(Roles::institution(A).unwrap().hpke, hpke(201));
		assert_eq!(Roles::coming_keys(A).unwrap().hpke, Some((hpke(77), from)));
		set_time(from - 1);
		assert_noop!(Roles::apply_keys(by("nurse"), A), Error::<Test>::KeysNotDue);
		set_time(from);
		assert_ok!(Roles::apply_keys(by("nurse"), A));
		assert_eq!(last_event(), Event::KeysInForce { institution: A });
		assert_eq!(Roles::institution(A).unwrap().hpke, hpke(77));
		assert_eq!(Roles::coming_keys(A), None);
		let old = keys::fingerprint::<Test>(&hpke(201)).unwrap();
		assert!(RetiredKeys::<Test>::contains_key(old) && HpkeKeys::<Test>::contains_key(old));
		refused(Act::ChangeHpkeKey(hpke(201)), Error::HpkeKeyInUse);
	});
}

#[test]
fn a_key_announced_in_error_is_replaced_before_it_counts() {
	story(|| {
		assert_ok!(both(Act::ChangeHpkeKey(hpke(77))));
		set_time(START + KEY_NOTICE / 2);
		assert_ok!(both(Act::ChangeHpkeKey(hpke(78))));
		set_time(START + KEY_NOTICE);
		assert_noop!(Roles::apply_keys(by("nurse"), A), Error::<Test>::KeysNotDue);
		set_time(START + KEY_NOTICE / 2 + KEY_NOTICE);
		assert_ok!(Roles::apply_keys(by("nurse"), A));
		assert_eq!(Roles::institution(A).unwrap().hpke, hpke(78));
		let mut other = letter(1);
		other.hpke = hpke(77);
		let call = other.call();
		super::registration::refused(call, Error::HpkeKeyInUse, crate::pool_errors::HPKE_KEY_IN_USE);
	});
}

#[test]
fn a_malformed_key_or_one_in_use_is_not_announced() {
	story(|| {
		refused(Act::ChangeHpkeKey(HpkeKey::X25519([0; 32])), Error::MalformedHpkeKey);
		refused(Act::ChangeHpkeKey(hpke(202)), Error::HpkeKeyInUse);
	});
}

#[test]
fn new_nodes_are_in_force_after_a_day_each_change_for_itself() {
	story(|| {
		let peers = BoundedVec::truncate_from(vec![BoundedVec::truncate_from(vec![7; 38])]);
		let addresses = BoundedVec::truncate_from(vec![BoundedVec::truncate_from(vec![8; 20])]);
		assert_ok!(both(Act::ChangeNodes {
			peer_ids: peers.clone(),
			addresses: addresses.clone()
		}));
		assert!(events().contains(&Event::NodesAnnounced {
			institution: A,
			from: START + KEY_NOTICE
		}));
		set_time(START + KEY_NOTICE);
		assert_ok!(both(Act::ChangeHpkeKey(hpke(77))));
		assert_ok!(Roles::apply_keys(by("a1"), A));
		let entry = Roles::institution(A).unwrap();
		assert_eq!((entry.peer_ids, entry.addresses), (peers, addresses));
		assert_eq!(entry.hpke, hpke(201), "its day has only begun");
		assert_noop!(Roles::apply_keys(by("a1"), A), Error::<Test>::KeysNotDue);
		set_time(START + 2 * KEY_NOTICE);
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		assert_ok!(Roles::apply_keys(by("b1"), A));
		assert_eq!(Roles::institution(A).unwrap().hpke, hpke(77));
	});
}

#[test]
fn keys_are_applied_by_anybody_registered_where_some_are_announced() {
	story(|| {
		assert_noop!(Roles::apply_keys(by("stranger"), A), Error::<Test>::NotRegistered);
		assert_noop!(Roles::apply_keys(RuntimeOrigin::none(), A), DispatchError::BadOrigin);
		assert_noop!(Roles::apply_keys(by("nurse"), A), Error::<Test>::NoKeysAnnounced);
	});
}

#[test]
fn other_admission_terms_make_old_vouchers_void() {
	story(|| {
		let letter = letter(1);
		let narrower = Terms {
			uses: Some(9),
			..admission_terms()
		};
		assert_ok!(both(Act::ChangeAdmissionTerms(narrower.clone())));
		assert!(events().contains(&Event::AdmissionTermsChanged { institution: A }));
		assert_eq!(Roles::institution(A).unwrap().admission_terms, narrower);
		super::registration::refused(letter.call(), Error::TermsChanged, crate::pool_errors::TERMS_CHANGED);
		let over = Terms {
			ends: START,
			..admission_terms()
		};
		refused(Act::ChangeAdmissionTerms(over), Error::AdmissionTermsNotAcceptable);
		assert_ok!(both(Act::ChangeAdmissionTerms(Terms::none())));
	});
}

#[test]
fn a_validators_account_is_given_up_and_another_taken() {
	story(|| {
		refused(Act::ChangeValidator(Some(id("a-node"))), Error::ValidatorUnchanged);
		assert_ok!(both(Act::ChangeValidator(Some(id("a-node-2")))));
		assert!(events().contains(&Event::ValidatorChanged {
			institution: A,
			validator: Some(id("a-node-2"))
		}));
		assert_eq!(
			(Released::get(), Taken::get()),
			(vec![id("a-node")], vec![(id("a-node-2"), A)])
		);
		assert_eq!(Roles::institution(A).unwrap().validator, Some(id("a-node-2")));
		assert_ok!(both(Act::ChangeValidator(None)));
		assert_eq!(Roles::institution(A).unwrap().validator, None);
		assert_ok!(Roles::leave(by("a-node"), Default::default()));
	});
}

#[test]
fn a_validator_that_validates_is_not_given_up() {
	story(|| {
		StillValidates::set(true);
		assert_noop!(
			Roles::propose_act(by("a1"), A, Act::ChangeValidator(None)),
			DispatchError::Unavailable
		);
	});
}

#[test]
fn the_council_replaces_an_officer_who_lost_her_key() {
	story(|| {
		let replace = |by: RuntimeOrigin, old: &str, new: &str| Roles::replace_officer(by, A, id(old), id(new));
		let council = RuntimeOrigin::root;
		assert_noop!(replace(by("a1"), "a2", "a3"), DispatchError::BadOrigin);
		assert_noop!(
			Roles::replace_officer(council(), 9, id("a2"), id("a3")),
			Error::<Test>::UnknownInstitution
		);
		assert_noop!(replace(council(), "a4", "a3"), Error::<Test>::UnknownOfficer);
		assert_noop!(replace(council(), "a2", "a1"), Error::<Test>::DuplicateOfficer);
		register(1);
		assert_noop!(replace(council(), "a2", "patient-1"), Error::<Test>::AccountInUse);
		assert_ok!(Roles::leave(by("nurse"), vec![A].try_into().unwrap()));
		assert_noop!(replace(council(), "a2", "nurse"), Error::<Test>::AccountLeft);
		assert_ok!(both(Act::NameRegistrar(id("desk"))));
		assert_noop!(replace(council(), "a2", "desk"), Error::<Test>::RegistrarIsOfficer);
		assert_ok!(replace(council(), "a2", "a3"));
		assert_eq!(
			last_event(),
			Event::OfficerReplaced {
				institution: A,
				officer: id("a2"),
				successor: id("a3")
			}
		);
		assert!(Roles::is_officer(&id("a3"), A) && !Roles::is_officer(&id("a2"), A));
		assert_ok!(Roles::revoke_institution(council(), A));
		assert_noop!(replace(council(), "a3", "a2"), Error::<Test>::InstitutionRevoked);
	});
}

#[test]
fn the_council_puts_another_account_in_a_hospitals_seat() {
	story(|| {
		let change = |by: RuntimeOrigin, institution, seat: &str| Roles::change_seat(by, institution, id(seat));
		let council = RuntimeOrigin::root;
		assert_noop!(change(by("a1"), A, "a3"), DispatchError::BadOrigin);
		assert_noop!(change(council(), 9, "a3"), Error::<Test>::UnknownInstitution);
		assert_noop!(change(council(), L, "l1"), Error::<Test>::SeatNotAllowed);
		assert_noop!(change(council(), A, "a1"), Error::<Test>::SeatUnchanged);
		register(1);
		assert_noop!(change(council(), A, "patient-1"), Error::<Test>::AccountInUse);
		assert_ok!(Roles::leave(by("nurse"), vec![A].try_into().unwrap()));
		assert_noop!(change(council(), A, "nurse"), Error::<Test>::AccountLeft);
		CouncilIsFull::set(true);
		assert_noop!(change(council(), A, "a3"), DispatchError::Exhausted);
		CouncilIsFull::set(false);

		let before = Told::get().len();
		assert_ok!(change(council(), A, "a3"));
		let (institution, seat) = (A, id("a3"));
		assert_eq!(last_event(), Event::SeatChanged { institution, seat });
		assert_eq!(Roles::institution(A).unwrap().seat, Some(id("a3")));
		assert_eq!(Roles::home(&id("a3")), Some(A));
		assert_eq!(Told::get()[before..], [A]);
		assert!(Roles::is_officer(&id("a1"), A), "she is an officer still");
		assert_noop!(Roles::leave(by("a3"), Default::default()), Error::<Test>::HoldsOffice);
		// Suspended, it still votes.
		assert_ok!(Roles::suspend_institution(council(), A));
		assert_ok!(change(council(), A, "a4"));
		assert_ok!(Roles::leave(by("a3"), Default::default()));
		assert_ok!(Roles::revoke_institution(council(), A));
		assert_noop!(change(council(), A, "a5"), Error::<Test>::InstitutionRevoked);
	});
}
