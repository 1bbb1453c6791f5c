//! Institutions, credentials and patients for the benchmarks of consent, records and appointments, written as roles keeps them.

pub mod session;
pub mod validators;

use crate::{genesis, AccountId, Runtime};
use alloc::vec;
use frame_benchmarking::account;
use pallet_roles::{Assignments, Credentials, Home, Institutions, KeyLosses, NextPatient, PatientOf, Patients};
use salus_primitives::{
	Assignment, BenchmarkHelper, Credential, HpkeKey, Institution, InstitutionId, InstitutionKind, KeyLoss, Moment,
	Patient, PatientId, PatientStatus, Role, Status, MAX_OFFICERS, MAX_PEERS,
};
use sp_core::H256;
use sp_runtime::BoundedVec;

/// The longest of the keys.
fn key() -> HpkeKey {
	HpkeKey::XWing(BoundedVec::truncate_from(vec![7; 1_184 + 32]))
}

/// Puts the world of a benchmark together.
pub struct World;

impl BenchmarkHelper<AccountId> for World {
	fn clock(now: Moment) {
		// Not `set_timestamp`: Aura would compare it with the slot.
		pallet_timestamp::Now::<Runtime>::put(now);
	}

	fn institution(id: InstitutionId) {
		Institutions::<Runtime>::insert(
			id,
			Institution {
				kind: InstitutionKind::Hospital,
				region: BoundedVec::truncate_from(b"CH-ZH".to_vec()),
				time_zone: BoundedVec::truncate_from(vec![b'x'; 32]),
				officers: BoundedVec::truncate_from((0..MAX_OFFICERS).map(|n| account("officer", n, id)).collect()),
				status: Status::Active,
				hpke: key(),
				peer_ids: BoundedVec::truncate_from(vec![BoundedVec::truncate_from(vec![1; 64]); MAX_PEERS as usize]),
				addresses: BoundedVec::truncate_from(vec![BoundedVec::truncate_from(vec![1; 128]); MAX_PEERS as usize]),
				admission_terms: genesis::admission_terms(),
				seat: Some(account("seat", 0, id)),
				validator: Some(account("validator", 0, id)),
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
			hpke: Some(key()),
			institution,
			status: PatientStatus::Active,
		};
		NextPatient::<Runtime>::put(id + 1);
		Home::<Runtime>::insert(controller, institution);
		Patients::<Runtime>::insert(id, controlled);
		PatientOf::<Runtime>::insert(controller, id);
		id
	}

	fn merge(from: PatientId, into: PatientId) {
		Patients::<Runtime>::mutate_extant(from, |patient| patient.status = PatientStatus::MergedInto(into));
	}

	fn assignment(practitioner: &AccountId, patient: PatientId, institution: InstitutionId) {
		Assignments::<Runtime>::insert(patient, (practitioner, institution), Assignment::Accepted(0));
	}

	fn on_paper(patient: PatientId) {
		Patients::<Runtime>::mutate(patient, |entry| {
			if let Some(entry) = entry {
				entry.controller = None;
			}
		});
	}

	fn key_loss(patient: PatientId, at: Moment) {
		let loss = KeyLoss {
			waiting: None,
			recovered: Some((at, at)),
		};
		KeyLosses::<Runtime>::insert(patient, loss);
	}

	fn revocation(account: &AccountId, institution: InstitutionId) {
		Credentials::<Runtime>::mutate((account, institution), |credential| {
			if let Some(credential) = credential {
				credential.status = Status::Revoked;
			}
		});
	}
}
