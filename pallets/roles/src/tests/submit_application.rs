//! `submit_application`.

use crate::{mock::*, Act, Applications, AttestedApplication, Error, Event, APPLICATION_LIFETIME};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{wrapped, Application, Role, APPLICATION_TAG, DAY};
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError, DispatchResult};

pub(super) fn submit(registrar: &str, application: &Application<AccountId32>, signer: &str) -> DispatchResult {
	let signature = signed_application(application, signer);
	let applicant = application.applicant.clone();
	Roles::submit_application(by(registrar), applicant, application.clone(), signature)
}

/// `desk` attests hospital A's applications.
pub(super) fn with_registrar() {
	assert_ok!(both(Act::NameRegistrar(id("desk"))));
}

#[test]
fn the_registrar_submits_what_the_applicant_signed() {
	story(|| {
		with_registrar();
		let application = application("ada", A, Role::Doctor);
		assert_ok!(submit("desk", &application, "ada"));
		let until = application.not_after;
		assert_eq!(
			last_event(),
			Event::ApplicationSubmitted {
				account: id("ada"),
				institution: A,
				role: Role::Doctor,
				registrar: id("desk"),
				until
			}
		);
		let attested = AttestedApplication {
			role: Role::Doctor,
			licence: application.licence,
			speciality: application.speciality,
			registrar: id("desk"),
			until,
		};
		assert_eq!(Roles::application(&id("ada"), A), Some(attested));
		assert_eq!(Roles::home(&id("ada")), None, "an applicant has no standing");
	});
}

#[test]
fn it_waits_for_thirty_days_at_most_and_a_newer_one_replaces_it() {
	story(|| {
		with_registrar();
		let long = Application {
			not_after: now() + 400 * DAY,
			..application("ada", A, Role::Doctor)
		};
		assert_ok!(submit("desk", &long, "ada"));
		let waits = || Applications::<Test>::get((id("ada"), A)).unwrap();
		assert_eq!(waits().until, now() + APPLICATION_LIFETIME);
		assert_ok!(submit("desk", &application("ada", A, Role::Nurse), "ada"));
		assert_eq!((waits().role, waits().until), (Role::Nurse, now() + DAY));
	});
}

#[test]
fn only_the_registrar_of_that_institution_submits() {
	story(|| {
		let application = application("ada", A, Role::Doctor);
		assert_noop!(submit("a1", &application, "ada"), Error::<Test>::NotTheRegistrar);
		with_registrar();
		for stranger in ["a1", "admin", "b1", "ada"] {
			assert_noop!(submit(stranger, &application, "ada"), Error::<Test>::NotTheRegistrar);
		}
		let elsewhere = crate::mock::application("ada", B, Role::Doctor);
		assert_noop!(submit("desk", &elsewhere, "ada"), Error::<Test>::NotTheRegistrar);
		let nowhere = crate::mock::application("ada", 9, Role::Doctor);
		assert_noop!(submit("desk", &nowhere, "ada"), Error::<Test>::UnknownInstitution);
		let signature = signed_application(&application, "ada");
		assert_noop!(
			Roles::submit_application(RuntimeOrigin::none(), id("ada"), application.clone(), signature),
			DispatchError::BadOrigin
		);
		assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), A));
		assert_noop!(submit("desk", &application, "ada"), Error::<Test>::InstitutionNotActive);
	});
}

#[test]
fn nobody_attests_her_own_application() {
	story(|| {
		with_registrar();
		let own = application("desk", A, Role::Doctor);
		assert_noop!(submit("desk", &own, "desk"), Error::<Test>::OwnCredential);
	});
}

#[test]
fn the_call_and_the_application_name_the_same_account() {
	story(|| {
		with_registrar();
		let application = application("ada", A, Role::Doctor);
		let signature = signed_application(&application, "ada");
		assert_noop!(
			Roles::submit_application(by("desk"), id("eve"), application, signature),
			Error::<Test>::OtherApplicant
		);
	});
}

#[test]
fn what_the_applicant_did_not_sign_for_this_chain_and_time_is_refused() {
	story(|| {
		with_registrar();
		let application = application("ada", A, Role::Doctor);
		assert_noop!(
			submit("desk", &application, "eve"),
			Error::<Test>::ApplicantSignatureInvalid
		);
		let foreign = Application {
			genesis: H256([1; 32]),
			..application.clone()
		};
		assert_noop!(submit("desk", &foreign, "ada"), Error::<Test>::ForeignGenesis);
		set_time(application.not_after);
		assert_noop!(submit("desk", &application, "ada"), Error::<Test>::ApplicationExpired);
	});
}

#[test]
fn what_could_not_be_issued_is_not_submitted() {
	story(|| {
		with_registrar();
		let again = application("doctor", A, Role::Doctor);
		assert_noop!(submit("desk", &again, "doctor"), Error::<Test>::CredentialExists);
		assert_ok!(Roles::revoke_credential(by("a1"), id("doctor"), A));
		assert_noop!(submit("desk", &again, "doctor"), Error::<Test>::CredentialRevokedBefore);
	});
}

#[test]
fn a_removed_registrar_submits_nothing_any_more() {
	story(|| {
		with_registrar();
		assert_ok!(both(Act::RemoveRegistrar));
		let application = application("ada", A, Role::Doctor);
		assert_noop!(submit("desk", &application, "ada"), Error::<Test>::NotTheRegistrar);
	});
}

#[test]
fn the_applicant_signs_these_bytes() {
	let application = Application {
		genesis: H256([1; 32]),
		institution: 2,
		applicant: AccountId32::from([3; 32]),
		role: Role::Pharmacist,
		licence: H256([4; 32]),
		speciality: H256([5; 32]),
		not_after: 0x0102_0304_0506_0708,
	};
	let bytes = [
		&[1; 32][..],
		&[2, 0, 0, 0],
		&[3; 32],
		&[2],
		&[4; 32],
		&[5; 32],
		&[8, 7, 6, 5, 4, 3, 2, 1],
	]
	.concat();
	let message = [
		b"<Bytes>salus/application/1".as_slice(),
		&sp_io::hashing::blake2_256(&bytes),
		b"</Bytes>",
	]
	.concat();
	assert_eq!(wrapped(APPLICATION_TAG, &application), message);
	assert_eq!((bytes.len(), message.len()), (141, 66));
}
