//! Institutions, credentials and patients for the benchmarks of consent and records, written as roles keeps them.

use crate::{genesis, AccountId, Runtime, Timestamp};
use pallet_roles::{Assignments, Credentials, Home, Institutions, NextPatient, PatientOf, Patients};
use salus_primitives::{
	Assignment, Credential, HpkeKey, Institution, InstitutionId, InstitutionKind, Moment, Patient, PatientId,
	PatientStatus, Role, Status,
};
use sp_core::H256;

/// Puts the world of a benchmark together.
pub struct World;

impl World {
	fn institution(id: InstitutionId) {
		Institutions::<Runtime>::insert(
			id,
			Institution {
				kind: InstitutionKind::Hospital,
				region: Default::default(),
				time_zone: Default::default(),
				officers: Default::default(),
				status: Status::Active,
				hpke: HpkeKey::X25519([7; 32]),
				peer_ids: Default::default(),
				addresses: Default::default(),
				admission_terms: genesis::admission_terms(),
				seat: None,
				validator: None,
			},
		);
	}

	fn credential(account: &AccountId, institution: InstitutionId, role: Role) {
		let credential = Credential {
			role,
			licence: H256::zero(),
			speciality: H256::zero(),
			valid_from: 0,
			valid_until: Moment::MAX,
			status: Status::Active,
		};
		Home::<Runtime>::insert(account, institution);
		Credentials::<Runtime>::insert((account, institution), credential);
	}

	fn patient(controller: &AccountId, institution: InstitutionId) -> PatientId {
		let id = NextPatient::<Runtime>::get();
		let controlled = Patient {
			controller: Some(controller.clone()),
			hpke: None,
			institution,
			status: PatientStatus::Active,
		};
		NextPatient::<Runtime>::put(id + 1);
		Home::<Runtime>::insert(controller, institution);
		Patients::<Runtime>::insert(id, controlled);
		PatientOf::<Runtime>::insert(controller, id);
		id
	}

	fn assignment(practitioner: &AccountId, patient: PatientId, institution: InstitutionId) {
		Assignments::<Runtime>::insert(patient, (practitioner, institution), Assignment::Accepted(0));
	}
}

impl pallet_consent::BenchmarkHelper<AccountId> for World {
	fn institution(id: InstitutionId) {
		Self::institution(id);
	}
	fn credential(account: &AccountId, institution: InstitutionId, role: Role) {
		Self::credential(account, institution, role);
	}
	fn patient(controller: &AccountId, institution: InstitutionId) -> PatientId {
		Self::patient(controller, institution)
	}
	fn assignment(practitioner: &AccountId, patient: PatientId, institution: InstitutionId) {
		Self::assignment(practitioner, patient, institution);
	}
}

impl pallet_records::BenchmarkHelper<AccountId> for World {
	fn clock(now: Moment) {
		Timestamp::set_timestamp(now);
	}
	fn institution(id: InstitutionId) {
		Self::institution(id);
	}
	fn credential(account: &AccountId, institution: InstitutionId, role: Role) {
		Self::credential(account, institution, role);
	}
	fn patient(controller: &AccountId, institution: InstitutionId) -> PatientId {
		Self::patient(controller, institution)
	}
	fn assignment(practitioner: &AccountId, patient: PatientId, institution: InstitutionId) {
		Self::assignment(practitioner, patient, institution);
	}
}
