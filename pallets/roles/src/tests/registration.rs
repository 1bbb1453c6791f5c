//! `register_patient` as it is dispatched: what it enters, and every way in which it is refused.

use crate::{mock::*, pool_errors, Error, Event, NextPatient, UsedVouchers, VOUCHER_LIFETIME};
use codec::Encode;
use frame_support::{
	assert_noop, assert_ok, pallet_prelude::Authorize, pallet_prelude::TransactionSource,
	traits::UnfilteredDispatchable,
};
use frame_system::RawOrigin;
use salus_primitives::{
	tagged, wrapped, Action, ActionSet, AuditEntry, HpkeKey, Kind, Patient, PatientStatus, Role, Terms, REGISTER_TAG,
	VOUCHER_TAG,
};
use sp_core::{Pair, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::{transaction_validity::InvalidTransaction, BoundedVec, DispatchError};

type Call = crate::Call<Test>;

/// The block refuses the call by this error, and the pool by this code.
pub(super) fn refused(call: Call, error: Error<Test>, code: u8) {
	let word = call.authorize(TransactionSource::External).unwrap().unwrap_err();
	assert_eq!(
		word,
		InvalidTransaction::Custom(code).into(),
		"the pool refuses by its code"
	);
	let root = sp_io::storage::root(Default::default());
	let outcome = call.dispatch_bypass_filter(RawOrigin::Authorized.into());
	assert_eq!(outcome.unwrap_err().error, error.into());
	assert_eq!(
		sp_io::storage::root(Default::default()),
		root,
		"what is refused changes nothing"
	);
}

fn accepted(call: Call) {
	assert_ok!(call.authorize(TransactionSource::External).unwrap());
	assert_ok!(call.dispatch_bypass_filter(RawOrigin::Authorized.into()));
}

#[test]
fn a_letter_makes_a_patient() {
	story(|| {
		let letter = letter(1);
		accepted(letter.call());
		let (patient, controller) = (0, id("patient-1"));
		let entry = AuditEntry {
			seq: 1,
			at: START,
			actor: Some(controller.clone()),
			kind: Kind::PatientRegistered { institution: A },
		};
		assert_eq!(
			last_event(),
			Event::PatientRegistered {
				patient,
				institution: A,
				entry: entry.clone()
			}
		);
		assert_eq!(last_event().audit(), vec![(patient, entry.clone())]);
		assert_eq!(Trail::get(), vec![(patient, entry)]);
		assert_eq!(
			Roles::patient(patient),
			Some(Patient {
				controller: Some(controller.clone()),
				hpke: Some(letter.hpke.clone()),
				institution: A,
				status: PatientStatus::Active,
			})
		);
		assert_eq!(Roles::patient_of(&controller), Some(patient));
		assert_eq!(Roles::home(&controller), Some(A));
		assert_eq!(System::providers(&controller), 1);
		assert_eq!(
			UsedVouchers::<Test>::get(letter.voucher.key),
			Some(letter.voucher.not_after)
		);
		let terms = letter.terms.clone();
		assert_eq!(
			Admissions::get(),
			vec![Admitted {
				patient,
				controller,
				institution: A,
				terms
			}]
		);
	});
}

#[test]
fn patients_are_numbered_and_may_narrow_the_terms() {
	story(|| {
		register(1);
		let mut second = letter(2);
		second.terms = Terms {
			actions: ActionSet::of(&[Action::View]),
			uses: Some(3),
			..admission_terms()
		};
		accepted(second.call());
		assert_eq!(Roles::patient_of(&id("patient-2")), Some(1));
		assert_eq!(NextPatient::<Test>::get(), 2);
		assert_eq!(Admissions::get()[1].terms, second.terms);
	});
}

#[test]
fn only_an_authorised_transaction_registers() {
	story(|| {
		for origin in [by("patient-1"), by("a1"), RuntimeOrigin::none(), RuntimeOrigin::root()] {
			let outcome = letter(1).call().dispatch_bypass_filter(origin);
			assert_eq!(outcome.unwrap_err().error, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn an_expired_voucher_is_refused() {
	story(|| {
		let call = letter(1).call();
		let not_after = letter(1).voucher.not_after;
		set_time(not_after - 1);
		assert_ok!(call.authorize(TransactionSource::External).unwrap());
		set_time(not_after);
		refused(call, Error::VoucherExpired, pool_errors::VOUCHER_EXPIRED);
	});
}

#[test]
fn a_voucher_ends_within_thirty_days() {
	story(|| {
		let mut letter = letter(1);
		letter.voucher.not_after = START + VOUCHER_LIFETIME + 1;
		refused(letter.call(), Error::VoucherTooLong, pool_errors::VOUCHER_TOO_LONG);
		letter.voucher.not_after = START + VOUCHER_LIFETIME;
		accepted(letter.call());
	});
}

#[test]
fn a_replayed_voucher_is_refused() {
	story(|| {
		register(1);
		refused(letter(1).call(), Error::VoucherUsed, pool_errors::VOUCHER_USED);
		// Whoever holds the letter cannot use it for a second id either.
		let mut again = letter(1);
		again.controller = "patient-2".into();
		again.hpke = hpke(2);
		refused(again.call(), Error::VoucherUsed, pool_errors::VOUCHER_USED);
	});
}

#[test]
fn a_front_runner_has_no_use_for_a_voucher_she_saw() {
	story(|| {
		let seen = letter(1);
		let key_signature = Pair::sign(&seen.secret, &tagged(REGISTER_TAG, &seen.signed())).0;
		// She puts her own account and key in, and signs as that account; the one-time key's signature is the one seen.
		let mut stolen = seen.clone();
		stolen.controller = "thief".into();
		stolen.hpke = hpke(66);
		let Call::register_patient {
			voucher,
			officer,
			voucher_signature,
			controller,
			hpke,
			terms,
			controller_signature,
			..
		} = stolen.call()
		else {
			panic!("it registers")
		};
		let call = Call::register_patient {
			voucher,
			officer,
			voucher_signature,
			controller,
			hpke,
			terms,
			key_signature,
			controller_signature,
		};
		refused(call, Error::KeySignatureInvalid, pool_errors::KEY_SIGNATURE_INVALID);
		accepted(seen.call());
	});
}

/// The call with one part of it replaced after everything was signed.
fn bent(letter: &Letter, bend: impl FnOnce(&mut Letter)) -> Call {
	let mut other = letter.clone();
	bend(&mut other);
	let (
		Call::register_patient {
			voucher_signature,
			key_signature,
			controller_signature,
			..
		},
		Call::register_patient {
			voucher,
			officer,
			controller,
			hpke,
			terms,
			..
		},
	) = (letter.call(), other.call())
	else {
		panic!("both register")
	};
	Call::register_patient {
		voucher,
		officer,
		voucher_signature,
		controller,
		hpke,
		terms,
		key_signature,
		controller_signature,
	}
}

#[test]
fn nothing_of_a_registration_can_be_changed_on_its_way() {
	story(|| {
		let letter = letter(1);
		let by_officer = |bend: fn(&mut Letter)| {
			let code = pool_errors::VOUCHER_SIGNATURE_INVALID;
			refused(bent(&letter, bend), Error::VoucherSignatureInvalid, code);
		};
		by_officer(|letter| letter.voucher.not_after += 1);
		by_officer(|letter| letter.voucher.key = [9; 32]);
		by_officer(|letter| letter.officer = "a2");
		let by_key = |bend: fn(&mut Letter)| {
			refused(
				bent(&letter, bend),
				Error::KeySignatureInvalid,
				pool_errors::KEY_SIGNATURE_INVALID,
			);
		};
		by_key(|letter| letter.controller = "eve".into());
		by_key(|letter| letter.hpke = hpke(77));
		by_key(|letter| letter.terms.uses = Some(1));
	});
}

#[test]
fn the_controller_signs_for_herself() {
	story(|| {
		let letter = letter(1);
		let mut call = letter.call();
		let Call::register_patient {
			controller_signature, ..
		} = &mut call
		else {
			panic!("it registers")
		};
		*controller_signature = sign("eve", &wrapped(REGISTER_TAG, &letter.signed()));
		refused(
			call,
			Error::ControllerSignatureInvalid,
			pool_errors::CONTROLLER_SIGNATURE_INVALID,
		);
	});
}

#[test]
fn signatures_are_over_the_wrapped_form_for_accounts_and_the_bare_form_for_the_key() {
	story(|| {
		let letter = letter(1);
		let mut call = letter.call();
		let Call::register_patient {
			controller_signature, ..
		} = &mut call
		else {
			panic!("it registers")
		};
		*controller_signature = sign("patient-1", &tagged(REGISTER_TAG, &letter.signed()));
		refused(
			call,
			Error::ControllerSignatureInvalid,
			pool_errors::CONTROLLER_SIGNATURE_INVALID,
		);

		let mut call = letter.call();
		let Call::register_patient { key_signature, .. } = &mut call else {
			panic!("it registers")
		};
		*key_signature = letter.secret.sign(&wrapped(REGISTER_TAG, &letter.signed())).0;
		refused(call, Error::KeySignatureInvalid, pool_errors::KEY_SIGNATURE_INVALID);

		let mut call = letter.call();
		let Call::register_patient { voucher_signature, .. } = &mut call else {
			panic!("it registers")
		};
		*voucher_signature = sign("a1", &tagged(VOUCHER_TAG, &letter.voucher));
		refused(
			call,
			Error::VoucherSignatureInvalid,
			pool_errors::VOUCHER_SIGNATURE_INVALID,
		);
	});
}

#[test]
fn a_voucher_of_another_chain_is_refused() {
	story(|| {
		let mut letter = letter(1);
		letter.voucher.genesis = H256([1; 32]);
		refused(letter.call(), Error::ForeignGenesis, pool_errors::FOREIGN_GENESIS);
	});
}

#[test]
fn a_voucher_of_an_unknown_institution_is_refused() {
	story(|| {
		let mut letter = letter(1);
		letter.voucher.institution = 9;
		refused(
			letter.call(),
			Error::UnknownInstitution,
			pool_errors::UNKNOWN_INSTITUTION,
		);
	});
}

#[test]
fn an_officer_invites_to_her_own_institution_only() {
	story(|| {
		let mut letter = letter(1);
		letter.voucher.institution = B;
		refused(letter.call(), Error::NotAnOfficer, pool_errors::NOT_AN_OFFICER);
		letter.officer = "b2";
		accepted(letter.call());
		assert_eq!(Roles::home(&id("patient-1")), Some(B));
	});
}

#[test]
fn staff_who_are_no_officers_do_not_invite() {
	story(|| {
		let mut letter = letter(1);
		letter.officer = "admin";
		refused(letter.call(), Error::NotAnOfficer, pool_errors::NOT_AN_OFFICER);
	});
}

#[test]
fn an_officer_who_is_one_no_more_when_the_voucher_is_used_does_not_count() {
	story(|| {
		let call = letter(1).call();
		crate::Institutions::<Test>::mutate(A, |a| a.as_mut().unwrap().officers[0] = id("a2"));
		refused(call, Error::NotAnOfficer, pool_errors::NOT_AN_OFFICER);
		crate::Institutions::<Test>::mutate(A, |a| a.as_mut().unwrap().officers[0] = id("a1"));
	});
}

#[test]
fn a_suspended_hospitals_vouchers_wait_until_it_is_reinstated() {
	story(|| {
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		refused(
			letter(1).call(),
			Error::InstitutionNotActive,
			pool_errors::INSTITUTION_NOT_ACTIVE,
		);
		assert_ok!(Roles::reinstate_institution(RuntimeOrigin::root(), A));
		accepted(letter(1).call());
	});
}

#[test]
fn a_voucher_made_under_other_terms_is_refused() {
	story(|| {
		let mut letter = letter(1);
		letter.voucher.terms = H256([1; 32]);
		refused(letter.call(), Error::TermsChanged, pool_errors::TERMS_CHANGED);
	});
}

#[test]
fn terms_wider_than_the_published_ones_are_refused() {
	story(|| {
		let wider = [
			Terms {
				actions: ActionSet::ALL,
				..admission_terms()
			},
			Terms {
				ends: admission_terms().ends + 1,
				..admission_terms()
			},
			Terms {
				compartments: BoundedVec::truncate_from(vec![1]),
				..admission_terms()
			},
			Terms {
				outlives: true,
				..admission_terms()
			},
		];
		for terms in wider {
			let mut letter = letter(1);
			letter.terms = terms;
			refused(letter.call(), Error::TermsWider, pool_errors::TERMS_WIDER);
		}
	});
}

#[test]
fn terms_that_could_not_be_a_grant_are_refused() {
	story(|| {
		let useless = [
			Terms {
				actions: ActionSet::EMPTY,
				..admission_terms()
			},
			Terms {
				ends: START,
				..admission_terms()
			},
			Terms {
				starts: START + 9,
				ends: START + 9,
				..admission_terms()
			},
		];
		for terms in useless {
			let mut letter = letter(1);
			letter.terms = terms;
			refused(
				letter.call(),
				Error::TermsNotAcceptable,
				pool_errors::TERMS_NOT_ACCEPTABLE,
			);
		}
	});
}

#[test]
fn a_laboratory_that_publishes_no_action_admits_nobody() {
	story(|| {
		let mut letter = letter(1);
		let terms = Roles::institution(L).unwrap().admission_terms;
		letter.voucher.institution = L;
		letter.voucher.terms = H256(blake2_256(&terms.encode()));
		letter.officer = "l1";
		letter.terms = terms;
		refused(
			letter.call(),
			Error::TermsNotAcceptable,
			pool_errors::TERMS_NOT_ACCEPTABLE,
		);
	});
}

#[test]
fn a_controller_is_nobody_elses_account() {
	story(|| {
		register(1);
		assert_ok!(Roles::issue(&id("new-doctor"), B, credential(Role::Doctor)));
		for taken in ["patient-1", "a1", "a-node", "doctor", "new-doctor"] {
			let mut letter = letter(2);
			letter.controller = taken.into();
			refused(letter.call(), Error::AccountInUse, pool_errors::ACCOUNT_IN_USE);
		}
		// Nor under the id of another hospital.
		let mut elsewhere = letter(2);
		elsewhere.voucher.institution = B;
		elsewhere.officer = "b1";
		elsewhere.controller = "patient-1".into();
		refused(elsewhere.call(), Error::AccountInUse, pool_errors::ACCOUNT_IN_USE);
	});
}

#[test]
fn an_hpke_key_is_used_under_one_id_only() {
	story(|| {
		register(1);
		for taken in [1, 201, 202] {
			let mut letter = letter(2);
			letter.hpke = hpke(taken);
			refused(letter.call(), Error::HpkeKeyInUse, pool_errors::HPKE_KEY_IN_USE);
		}
	});
}

/// A device's key signs what its makers like.
#[test]
fn a_devices_key_is_nobodys_account_and_no_hpke_key() {
	story(|| {
		let mut patient = letter(2);
		patient.hpke = HpkeKey::X25519(MONITOR);
		refused(patient.call(), Error::HpkeKeyInUse, pool_errors::HPKE_KEY_IN_USE);
		let monitor = sp_runtime::AccountId32::new(MONITOR);
		assert_eq!(Roles::ensure_unused(&monitor), Err(Error::AccountInUse));
		assert_eq!(Roles::give_standing(&monitor, A), Err(Error::AccountInUse));
		assert_ok!(Roles::ensure_unused(&sp_runtime::AccountId32::new([0x43; 32])));
	});
}

#[test]
fn a_malformed_hpke_key_is_refused() {
	story(|| {
		let mut letter = letter(1);
		letter.hpke = HpkeKey::X25519([0; 32]);
		refused(letter.call(), Error::MalformedHpkeKey, pool_errors::MALFORMED_HPKE_KEY);
		letter.hpke = HpkeKey::XWing(BoundedVec::truncate_from(vec![1; 1_215]));
		refused(letter.call(), Error::MalformedHpkeKey, pool_errors::MALFORMED_HPKE_KEY);
	});
}

#[test]
fn what_is_cheap_is_checked_before_any_signature() {
	story(|| {
		register(1);
		// Everything is wrong with it, forged signatures included: it is refused for what costs least to see.
		let forge = |mut call: Call| {
			let Call::register_patient {
				voucher_signature,
				key_signature,
				controller_signature,
				..
			} = &mut call
			else {
				panic!("it registers")
			};
			*voucher_signature = sign("eve", b"");
			*controller_signature = sign("eve", b"");
			*key_signature = [0; 64];
			call
		};
		refused(forge(letter(1).call()), Error::VoucherUsed, pool_errors::VOUCHER_USED);
		let mut second = letter(2);
		second.hpke = hpke(1);
		refused(forge(second.call()), Error::HpkeKeyInUse, pool_errors::HPKE_KEY_IN_USE);
		let forged = forge(letter(2).call());
		refused(
			forged,
			Error::VoucherSignatureInvalid,
			pool_errors::VOUCHER_SIGNATURE_INVALID,
		);
	});
}

#[test]
fn ids_run_out_in_the_end() {
	story(|| {
		NextPatient::<Test>::put(u64::MAX);
		let outcome = frame_support::storage::with_storage_layer(|| {
			letter(1)
				.call()
				.dispatch_bypass_filter(RawOrigin::Authorized.into())
				.map_err(|error| error.error)
		});
		assert_noop!(outcome, Error::<Test>::IdsExhausted);
		NextPatient::<Test>::put(0);
	});
}

#[test]
fn a_grant_that_cannot_be_made_leaves_no_patient_and_a_good_voucher() {
	story(|| {
		ConsentIsFull::set(true);
		let root = sp_io::storage::root(Default::default());
		let outcome = letter(1).call().dispatch_bypass_filter(RawOrigin::Authorized.into());
		assert_eq!(outcome.unwrap_err().error, DispatchError::Exhausted);
		assert_eq!(sp_io::storage::root(Default::default()), root);
		assert_eq!(System::providers(&id("patient-1")), 0);
		ConsentIsFull::set(false);
		accepted(letter(1).call());
	});
}
