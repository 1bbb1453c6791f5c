//! `leave`, `resign_credential`, and what an account that left can never do again.

use crate::{mock::*, Error, Event, LeftInstitutions, TiesOf, Tombstones};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{InstitutionId, Registry, Role, MAX_LEFT};
use sp_runtime::{
	traits::DispatchTransaction,
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
	DispatchError, DispatchResult,
};

fn leave(name: &str, institutions: &[InstitutionId]) -> DispatchResult {
	Roles::leave(by(name), LeftInstitutions::truncate_from(institutions.to_vec()))
}

#[test]
fn an_account_leaves_for_ever_and_nothing_leaks() {
	story(|| {
		assert_ok!(Roles::issue(&id("nurse"), B, credential(Role::Nurse)));
		assert_ok!(leave("nurse", &[B, A]));
		assert_eq!(last_event(), Event::AccountLeft { account: id("nurse") });
		assert!(Tombstones::<Test>::contains_key(id("nurse")));
		assert_eq!(Roles::home(&id("nurse")), None);
		assert_eq!(System::providers(&id("nurse")), 0);
		assert!(!frame_system::Account::<Test>::contains_key(id("nurse")));
		assert!(!TiesOf::<Test>::contains_key(id("nurse")));
		for institution in [A, B] {
			assert!(!Roles::standing(&id("nurse"), institution).unwrap().active);
		}
	});
}

#[test]
fn it_is_never_registered_again() {
	story(|| {
		assert_ok!(leave("nurse", &[A]));
		let application = application("nurse", B, Role::Nurse);
		let signature = signed_application(&application, "nurse");
		assert_noop!(
			Roles::approve_application(by("b1"), application, signature, START, START + 1),
			Error::<Test>::AccountLeft
		);
		let mut letter = letter(1);
		letter.controller = "nurse".into();
		super::registration::refused(letter.call(), Error::AccountLeft, crate::pool_errors::ACCOUNT_LEFT);
		let mut hospital = hospital("n", hpke(100));
		hospital.validator = Some(id("nurse"));
		assert_noop!(
			Roles::admit_institution(RuntimeOrigin::root(), hospital),
			Error::<Test>::AccountLeft
		);
	});
}

#[test]
fn what_it_signed_before_is_refused() {
	story(|| {
		let validate = |name: &str| {
			let call = RuntimeCall::System(frame_system::Call::remark { remark: vec![] });
			frame_system::CheckNonce::<Test>::from(0).validate_only(
				by(name),
				&call,
				&Default::default(),
				0,
				TransactionSource::External,
				0,
			)
		};
		assert!(validate("nurse").is_ok());
		assert_ok!(leave("nurse", &[A]));
		assert_eq!(
			validate("nurse").err(),
			Some(TransactionValidityError::Invalid(InvalidTransaction::Payment))
		);
	});
}

#[test]
fn whoever_acts_for_an_institution_or_a_patient_is_replaced_first() {
	story(|| {
		for name in ["a1", "a2", "a-node"] {
			assert_noop!(leave(name, &[]), Error::<Test>::HoldsOffice);
		}
		register(1);
		assert_noop!(leave("patient-1", &[]), Error::<Test>::ActsForPatient);
		assert_noop!(leave("stranger", &[]), Error::<Test>::NotRegistered);
		assert_noop!(
			Roles::leave(RuntimeOrigin::none(), Default::default()),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn every_credential_is_named_once() {
	story(|| {
		assert_ok!(Roles::issue(&id("nurse"), B, credential(Role::Nurse)));
		for institutions in [&[][..], &[A], &[A, A], &[A, B, B], &[A, B, L]] {
			assert_noop!(leave("nurse", institutions), Error::<Test>::CredentialsNotNamed);
		}
		assert_noop!(leave("nurse", &[A, L]), Error::<Test>::UnknownCredential);
		assert_ok!(leave("nurse", &[A, B]));
		assert_noop!(leave("nurse", &[A, B]), Error::<Test>::NotRegistered);
	});
}

#[test]
fn what_was_revoked_is_not_named_again() {
	story(|| {
		assert_ok!(Roles::issue(&id("nurse"), B, credential(Role::Nurse)));
		assert_ok!(Roles::revoke_credential(by("a1"), id("nurse"), A));
		for institutions in [&[][..], &[A], &[A, B]] {
			assert_noop!(leave("nurse", institutions), Error::<Test>::CredentialsNotNamed);
		}
		assert_ok!(leave("nurse", &[B]));
	});
}

#[test]
fn a_credential_is_given_up_for_ever() {
	story(|| {
		assert_ok!(Roles::issue(&id("nurse"), B, credential(Role::Nurse)));
		assert_noop!(
			Roles::resign_credential(by("nurse"), L),
			Error::<Test>::UnknownCredential
		);
		// Whoever is suspended may, and at an institution that is.
		assert_ok!(Roles::suspend_credential(by("a1"), id("nurse"), A));
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		assert_ok!(Roles::resign_credential(by("nurse"), A));
		let (account, institution) = (id("nurse"), A);
		assert_eq!(last_event(), Event::CredentialRevoked { account, institution });
		assert!(Roles::is_revoked(&id("nurse"), A) && !Roles::is_revoked(&id("nurse"), B));
		assert_eq!(Roles::home(&id("nurse")), Some(A), "she keeps her standing");
		assert_noop!(
			Roles::resign_credential(by("nurse"), A),
			Error::<Test>::CredentialRevokedBefore
		);
		assert_noop!(
			Roles::resign_credential(RuntimeOrigin::none(), A),
			DispatchError::BadOrigin
		);
		assert_ok!(leave("nurse", &[B]));
	});
}

#[test]
fn whoever_has_more_credentials_than_a_call_can_name_leaves_too() {
	story(|| {
		let many = 3..3 + MAX_LEFT;
		for n in many.clone() {
			let name = format!("h{n}");
			let hospital = hospital(&name, hpke(u8::try_from(100 + n).unwrap()));
			assert_ok!(Roles::admit_institution(RuntimeOrigin::root(), hospital));
			assert_ok!(Roles::issue(&id("nurse"), n, credential(Role::Nurse)));
		}
		let named: Vec<_> = many.collect();
		assert_noop!(leave("nurse", &named), Error::<Test>::CredentialsNotNamed);
		assert_ok!(Roles::resign_credential(by("nurse"), A));
		assert_ok!(leave("nurse", &named));
	});
}

#[test]
fn session_keys_are_purged_before_the_reference_goes() {
	story(|| {
		// As session keys hold it: the reference that is consumed is not released.
		assert_ok!(System::inc_consumers(&id("nurse")));
		assert_noop!(leave("nurse", &[A]), DispatchError::ConsumerRemaining);
		System::dec_consumers(&id("nurse"));
		assert_ok!(leave("nurse", &[A]));
	});
}
