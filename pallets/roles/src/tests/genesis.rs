//! The first institutions and credentials.

use crate::{mock::*, Error, GenesisConfig, Home, HpkeKeys, NextInstitution, NextPatient};
use frame_support::assert_ok;
use salus_primitives::{InstitutionId, Registry, Role, Status};
use sp_runtime::BuildStorage;

fn build(institutions: Vec<salus_primitives::Institution<sp_runtime::AccountId32>>) {
	let roles = GenesisConfig {
		institutions,
		credentials: vec![],
	};
	RuntimeGenesisConfig {
		system: Default::default(),
		roles,
	}
	.build_storage()
	.unwrap();
}

#[test]
fn institutions_and_credentials_stand_from_the_first_block_on() {
	story(|| {
		assert_eq!(NextInstitution::<Test>::get(), 3);
		assert_eq!(NextPatient::<Test>::get(), 0);
		assert_eq!(Told::get(), vec![A, B, L]);
		assert!(Roles::active_institution(A).is_ok() && Roles::is_officer(&id("a2"), A));
		assert!(Roles::standing(&id("doctor"), A).is_some_and(|standing| standing.active));
		assert_eq!(HpkeKeys::<Test>::iter().count(), 3);
	});
}

#[test]
fn staff_hold_one_provider_reference_each() {
	story(|| {
		for (name, home) in [
			("a1", A),
			("a2", A),
			("a-node", A),
			("b1", B),
			("l2", L),
			("doctor", A),
			("admin-b", B),
		] {
			assert_eq!(Home::<Test>::get(id(name)), Some(home), "{name}");
			assert_eq!(System::providers(&id(name)), 1, "{name}");
		}
		assert_eq!(System::providers(&id("nobody")), 0);
	});
}

#[test]
#[should_panic(expected = "genesis: an institution is refused: Err(Module(ModuleError { index: 21")]
fn a_genesis_with_one_key_for_two_hospitals_is_refused() {
	build(vec![hospital("a", hpke(1)), hospital("b", hpke(1))]);
}

#[test]
#[should_panic(expected = "genesis: a credential is refused: Err(UnknownInstitution)")]
fn a_genesis_with_a_credential_of_no_institution_is_refused() {
	let nowhere: InstitutionId = 7;
	let credentials = vec![(id("doctor"), nowhere, credential(Role::Doctor))];
	let roles = GenesisConfig {
		institutions: vec![hospital("a", hpke(1))],
		credentials,
	};
	RuntimeGenesisConfig {
		system: Default::default(),
		roles,
	}
	.build_storage()
	.unwrap();
}

#[test]
fn a_genesis_survives_json() {
	let config = GenesisConfig::<Test> {
		institutions: vec![hospital("a", hpke(1))],
		credentials: vec![(id("doctor"), A, credential(Role::Doctor))],
	};
	let json = serde_json::to_string(&config).unwrap();
	let back: GenesisConfig<Test> = serde_json::from_str(&json).unwrap();
	assert_eq!(back.institutions, config.institutions);
	assert_eq!(back.credentials, config.credentials);
}

#[test]
fn a_credential_may_be_made_suspended() {
	story(|| {
		let suspended = salus_primitives::Credential {
			status: Status::Suspended,
			..credential(Role::Nurse)
		};
		assert_ok!(Roles::issue(&id("new"), A, suspended));
		assert!(!Roles::standing(&id("new"), A).unwrap().active);
		assert_eq!(
			Roles::issue(&id("new"), A, credential(Role::Nurse)),
			Err(Error::CredentialExists)
		);
	});
}
