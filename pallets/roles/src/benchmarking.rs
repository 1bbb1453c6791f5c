//! Benchmarks of pallet-roles, run on the real runtime. Accounts sign with sr25519, the slowest of the signatures that
//! accounts have.

mod world;

use crate::{
	acts::Officers, Applications, Assignments, Call, CaregiversOf, ComingKeys, ComingKeysOf, Config,
	ContactsCommitment, ContactsOf, Credentials, GuardianshipTerms, Home, Institutions, LeftInstitutions, NextPatient,
	Pallet, PatientOf, ProposedActs, PrunedKeys, Recoveries, Registrars, Ties, TiesOf, Tombstones, UsedVouchers,
	MAX_CONTACTS, MAX_PROPOSED_ACTS, MAX_PRUNED, RECOVERY_LIFETIME, RECOVERY_NOTICE, VOUCHING_LIFETIME,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{
	pallet_prelude::{Authorize, TransactionSource},
	traits::{EnsureOrigin, Time},
};
use frame_system::RawOrigin;
use salus_primitives::{
	Action, ActionSet, Assignment, Capacity, Credential, PatientStatus, Role, Status, DAY, MAX_CAREGIVERS,
	MAX_GUARDIANS, MAX_LEFT,
};
use sp_core::{sr25519, H256};
use sp_io::hashing::blake2_256;
use world::*;

#[benchmarks(where T::AccountId: From<sr25519::Public>, T::Signature: From<sr25519::Signature>)]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn admit_institution() -> Result<(), BenchmarkError> {
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let before = Institutions::<T>::iter().count();
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, hospital::<T>());
		assert_eq!(Institutions::<T>::iter().count(), before + 1);
		Ok(())
	}

	#[benchmark]
	fn suspend_institution() -> Result<(), BenchmarkError> {
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (institution, _) = admitted::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, institution);
		assert!(Pallet::<T>::active_institution(institution).is_err());
		Ok(())
	}

	#[benchmark]
	fn reinstate_institution() -> Result<(), BenchmarkError> {
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (institution, _) = admitted::<T>()?;
		Institutions::<T>::mutate(institution, |entry| {
			if let Some(entry) = entry {
				entry.status = Status::Suspended;
			}
		});
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, institution);
		assert!(Pallet::<T>::active_institution(institution).is_ok());
		Ok(())
	}

	#[benchmark]
	fn approve_application() -> Result<(), BenchmarkError> {
		let (institution, officer) = admitted::<T>()?;
		let now = T::Time::now();
		let (application, signature) = application::<T>(institution)?;
		let applicant = application.applicant.clone();
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), application, signature, now, now + DAY);
		assert!(Credentials::<T>::contains_key((applicant, institution)));
		Ok(())
	}

	#[benchmark]
	fn suspend_credential() -> Result<(), BenchmarkError> {
		let (institution, officer) = admitted::<T>()?;
		let doctor = with_credential::<T>("doctor", institution, Role::Doctor, Status::Active)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), doctor.clone(), institution);
		assert!(Pallet::<T>::active_role(&doctor, institution).is_none());
		Ok(())
	}

	#[benchmark]
	fn reinstate_credential() -> Result<(), BenchmarkError> {
		let (institution, officer) = admitted::<T>()?;
		let doctor = with_credential::<T>("doctor", institution, Role::Doctor, Status::Suspended)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), doctor.clone(), institution);
		assert!(Pallet::<T>::active_role(&doctor, institution).is_some());
		Ok(())
	}

	#[benchmark]
	fn revoke_credential() -> Result<(), BenchmarkError> {
		let (institution, officer) = admitted::<T>()?;
		let doctor = with_credential::<T>("doctor", institution, Role::Doctor, Status::Active)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), doctor.clone(), institution);
		assert!(Pallet::<T>::active_role(&doctor, institution).is_none());
		Ok(())
	}

	#[benchmark]
	fn register_patient() -> Result<(), BenchmarkError> {
		use frame_support::traits::UnfilteredDispatchable;
		let (call, controller) = registration::<T>()?;
		#[block]
		{
			call.dispatch_bypass_filter(frame_system::Origin::<T>::Authorized.into())
				.map_err(|error| error.error)?;
		}
		assert!(PatientOf::<T>::contains_key(controller));
		Ok(())
	}

	#[benchmark]
	fn authorize_register_patient() -> Result<(), BenchmarkError> {
		let (call, _) = registration::<T>()?;
		#[block]
		{
			call.authorize(TransactionSource::External)
				.ok_or("the call is authorised")??;
		}
		Ok(())
	}

	#[benchmark]
	fn prune_vouchers(n: Linear<1, MAX_PRUNED>) -> Result<(), BenchmarkError> {
		let (_, officer) = admitted::<T>()?;
		let keys: Vec<[u8; 32]> = (0..n).map(|n| n.using_encoded(blake2_256)).collect();
		for key in &keys {
			UsedVouchers::<T>::insert(key, 0);
		}
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), PrunedKeys::truncate_from(keys));
		assert_eq!(UsedVouchers::<T>::iter().count(), 0);
		Ok(())
	}

	#[benchmark]
	fn propose_assignment() -> Result<(), BenchmarkError> {
		let (patient, institution, _) = patient::<T>()?;
		let administrator = with_credential::<T>("administrator", institution, Role::Administrator, Status::Active)?;
		let doctor = with_credential::<T>("doctor", institution, Role::Doctor, Status::Active)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), patient, doctor.clone());
		assert!(matches!(
			Pallet::<T>::assignment(patient, &doctor, institution),
			Some(Assignment::Proposed(_))
		));
		Ok(())
	}

	#[benchmark]
	fn accept_assignment() -> Result<(), BenchmarkError> {
		let (patient, institution, _) = patient::<T>()?;
		let doctor = with_credential::<T>("doctor", institution, Role::Doctor, Status::Active)?;
		Assignments::<T>::insert(patient, (&doctor, institution), Assignment::Proposed(0));
		#[extrinsic_call]
		_(RawOrigin::Signed(doctor.clone()), patient, institution);
		assert!(matches!(
			Pallet::<T>::assignment(patient, &doctor, institution),
			Some(Assignment::Accepted(_))
		));
		Ok(())
	}

	/// By an administrator: her right is looked for last.
	#[benchmark]
	fn end_assignment() -> Result<(), BenchmarkError> {
		let (patient, institution, _) = patient::<T>()?;
		let administrator = with_credential::<T>("administrator", institution, Role::Administrator, Status::Active)?;
		let doctor = with_credential::<T>("doctor", institution, Role::Doctor, Status::Active)?;
		Assignments::<T>::insert(patient, (&doctor, institution), Assignment::Accepted(0));
		#[extrinsic_call]
		_(RawOrigin::Signed(administrator), patient, doctor.clone(), institution);
		assert!(matches!(
			Pallet::<T>::assignment(patient, &doctor, institution),
			Some(Assignment::Ended(_))
		));
		Ok(())
	}

	#[benchmark]
	fn submit_application() -> Result<(), BenchmarkError> {
		let (_, institution, _, registrar) = attested::<T>()?;
		let (application, signature) = application::<T>(institution)?;
		let applicant = application.applicant.clone();
		#[extrinsic_call]
		_(RawOrigin::Signed(registrar), applicant.clone(), application, signature);
		assert!(Applications::<T>::contains_key((applicant, institution)));
		Ok(())
	}

	#[benchmark]
	fn approve_attested_application() -> Result<(), BenchmarkError> {
		let (applicant, institution, officer, _) = attested::<T>()?;
		let now = T::Time::now();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(officer),
			applicant.clone(),
			institution,
			now,
			now + DAY,
		);
		assert!(Credentials::<T>::contains_key((applicant, institution)));
		Ok(())
	}

	#[benchmark]
	fn decline_application() -> Result<(), BenchmarkError> {
		let (applicant, institution, officer, _) = attested::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), applicant.clone(), institution);
		assert!(!Applications::<T>::contains_key((applicant, institution)));
		Ok(())
	}

	#[benchmark]
	fn prune_application() -> Result<(), BenchmarkError> {
		let (applicant, institution, officer, _) = attested::<T>()?;
		Applications::<T>::mutate((&applicant, institution), |waiting| {
			if let Some(waiting) = waiting {
				waiting.until = 0;
			}
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), applicant.clone(), institution);
		assert!(!Applications::<T>::contains_key((applicant, institution)));
		Ok(())
	}

	#[benchmark]
	fn transfer() -> Result<(), BenchmarkError> {
		let (from, _) = admitted::<T>()?;
		let doctor = with_credential::<T>("doctor", from, Role::Doctor, Status::Active)?;
		let mut other = hospital::<T>();
		other.hpke = key(203);
		other.seat = Some(account("seat", 1, 0));
		other.validator = Some(account("validator", 1, 0));
		let institution = Pallet::<T>::admit(other)?;
		with_credential::<T>("doctor", institution, Role::Doctor, Status::Active)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(doctor.clone()), institution);
		assert_eq!(Home::<T>::get(doctor), Some(institution));
		Ok(())
	}

	/// Its rehearsal aside, which is as costly as the act and measured there: this one costs nearly nothing.
	#[benchmark]
	fn propose_act() -> Result<(), BenchmarkError> {
		let (institution, officer) = admitted::<T>()?;
		nearly_full::<T>(institution, &officer);
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), institution, long_act::<T>(0));
		assert_eq!(ProposedActs::<T>::get(institution).len(), MAX_PROPOSED_ACTS as usize);
		Ok(())
	}

	#[benchmark]
	fn confirm_act() -> Result<(), BenchmarkError> {
		let (institution, officer) = admitted::<T>()?;
		nearly_full::<T>(institution, &officer);
		proposed::<T>(institution, long_act::<T>(0));
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), institution, long_act::<T>(0));
		assert!(ComingKeysOf::<T>::contains_key(institution));
		Ok(())
	}

	#[benchmark]
	fn withdraw_act() -> Result<(), BenchmarkError> {
		let (institution, officer) = admitted::<T>()?;
		nearly_full::<T>(institution, &officer);
		proposed::<T>(institution, long_act::<T>(0));
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), institution, long_act::<T>(0));
		assert_eq!(
			ProposedActs::<T>::get(institution).len(),
			MAX_PROPOSED_ACTS as usize - 1
		);
		Ok(())
	}

	/// A registrar takes another's place: of the acts that change an institution none touches more accounts, and the
	/// entry is written as well.
	#[benchmark]
	fn institution_act() -> Result<(), BenchmarkError> {
		let (_, institution, _, _) = attested::<T>()?;
		let successor: T::AccountId = account("registrar", 1, 0);
		#[block]
		{
			Pallet::<T>::name_registrar(institution, successor.clone()).map_err(|_| "she is no officer")?;
			Pallet::<T>::change_admission_terms(institution, terms::<T>()).map_err(|_| "the terms are in order")?;
		}
		assert_eq!(Registrars::<T>::get(institution), Some(successor));
		Ok(())
	}

	#[benchmark]
	fn apply_keys() -> Result<(), BenchmarkError> {
		let (institution, officer) = admitted::<T>()?;
		let entry = hospital::<T>();
		let coming = ComingKeys {
			hpke: Some((key(204), 0)),
			nodes: Some((entry.peer_ids, entry.addresses, 0)),
		};
		ComingKeysOf::<T>::insert(institution, coming);
		#[extrinsic_call]
		_(RawOrigin::Signed(officer), institution);
		assert!(!ComingKeysOf::<T>::contains_key(institution));
		Ok(())
	}

	#[benchmark]
	fn replace_officer() -> Result<(), BenchmarkError> {
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (institution, officer) = admitted::<T>()?;
		let successor: T::AccountId = account("successor", 0, 0);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, institution, officer, successor.clone());
		assert!(Pallet::<T>::ensure_officer(&successor, institution).is_ok());
		Ok(())
	}

	#[benchmark]
	fn change_seat() -> Result<(), BenchmarkError> {
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (institution, _) = admitted::<T>()?;
		let successor: T::AccountId = account("successor", 0, 0);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, institution, successor.clone());
		let seat = Institutions::<T>::get(institution).and_then(|entry| entry.seat);
		assert_eq!(seat, Some(successor));
		Ok(())
	}

	#[benchmark]
	fn revoke_institution() -> Result<(), BenchmarkError> {
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (institution, officer) = admitted::<T>()?;
		// The last seat stays.
		let mut other = hospital::<T>();
		(other.seat, other.validator, other.hpke) = (Some(account("seat", 1, 0)), None, key(202));
		Pallet::<T>::admit(other)?;
		let registrar = account("registrar", 0, 0);
		Pallet::<T>::name_registrar(institution, registrar).map_err(|_| "she is no officer")?;
		nearly_full::<T>(institution, &officer);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, institution);
		assert!(Pallet::<T>::active_institution(institution).is_err());
		assert!(!Registrars::<T>::contains_key(institution));
		Ok(())
	}

	#[benchmark]
	fn resign_credential() -> Result<(), BenchmarkError> {
		let (institution, _) = admitted::<T>()?;
		let doctor = with_credential::<T>("doctor", institution, Role::Doctor, Status::Active)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(doctor.clone()), institution);
		assert!(Pallet::<T>::active_role(&doctor, institution).is_none());
		Ok(())
	}

	#[benchmark]
	fn leave(n: Linear<0, MAX_LEFT>) -> Result<(), BenchmarkError> {
		let nurse: T::AccountId = account("nurse", 0, 0);
		Pallet::<T>::settle(&nurse, 0);
		let credential = Credential {
			role: Role::Nurse,
			licence: H256::zero(),
			speciality: H256::zero(),
			valid_from: 0,
			valid_until: 1,
			status: Status::Active,
		};
		for institution in 0..n {
			Credentials::<T>::insert((&nurse, institution), credential.clone());
		}
		let ties = Ties {
			offices: 0,
			credentials: n,
		};
		TiesOf::<T>::insert(&nurse, ties);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(nurse.clone()),
			LeftInstitutions::truncate_from((0..n).collect()),
		);
		assert!(Tombstones::<T>::contains_key(nurse));
		Ok(())
	}

	#[benchmark]
	fn patient_act() -> Result<(), BenchmarkError> {
		let (institution, officer) = admitted::<T>()?;
		let officers = Officers::<T> {
			institution,
			proposer: &officer,
			confirmer: &officer,
		};
		let patient = NextPatient::<T>::get();
		Pallet::<T>::register_on_paper(&officers, H256::zero(), true, None).map_err(|_| "there are ids left")?;
		let (controller, signature) = accepting::<T>(patient, Capacity::Controller, Some(&key(205)))?;
		#[block]
		{
			Pallet::<T>::claim(&officers, patient, &controller, key(205), &signature)?;
		}
		assert_eq!(PatientOf::<T>::get(controller), Some(patient));
		Ok(())
	}

	/// As many guardians as there can be have ended and make room for another.
	#[benchmark]
	fn guardian_act() -> Result<(), BenchmarkError> {
		let (patient, institution, _) = patient::<T>()?;
		let officer: T::AccountId = account("officer", 0, 0);
		guarded::<T>(patient, institution, 0);
		let (guardian, signature) = accepting::<T>(patient, Capacity::Guardian, None)?;
		let terms = GuardianshipTerms {
			guardian: guardian.clone(),
			executor: false,
			actions: ActionSet::of(&[Action::View]),
			consents: true,
			ends: MAY_2500,
			evidence: H256::zero(),
		};
		let officers = Officers::<T> {
			institution,
			proposer: &officer,
			confirmer: &officer,
		};
		#[block]
		{
			Pallet::<T>::give_guardian(&officers, patient, terms, &signature)?;
		}
		assert!(Pallet::<T>::guardianship_of(patient, &guardian).is_some());
		Ok(())
	}

	#[benchmark]
	fn rotate_keys() -> Result<(), BenchmarkError> {
		let (patient, _, old) = patient::<T>()?;
		let (controller, signature) = accepting::<T>(patient, Capacity::Controller, Some(&key(205)))?;
		#[extrinsic_call]
		_(
			RawOrigin::Signed(old),
			Some((controller.clone(), signature)),
			Some(key(205)),
		);
		assert_eq!(PatientOf::<T>::get(controller), Some(patient));
		Ok(())
	}

	#[benchmark]
	fn name_caregiver() -> Result<(), BenchmarkError> {
		let (patient, institution, controller) = patient::<T>()?;
		cared_for::<T>(patient, institution, MAX_CAREGIVERS - 1);
		let (caregiver, signature) = accepting::<T>(patient, Capacity::Caregiver, None)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(controller), caregiver.clone(), signature);
		assert!(CaregiversOf::<T>::get(patient).contains(&caregiver));
		Ok(())
	}

	#[benchmark]
	fn remove_caregiver() -> Result<(), BenchmarkError> {
		let (patient, institution, controller) = patient::<T>()?;
		cared_for::<T>(patient, institution, MAX_CAREGIVERS);
		let caregiver: T::AccountId = account("caregiver", MAX_CAREGIVERS - 1, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(controller), patient, caregiver.clone());
		assert!(!CaregiversOf::<T>::get(patient).contains(&caregiver));
		Ok(())
	}

	/// By a guardian who acts: her right is looked for last.
	#[benchmark]
	fn object_to_guardian() -> Result<(), BenchmarkError> {
		let (patient, institution, _) = patient::<T>()?;
		guarded::<T>(patient, institution, MAY_2500);
		let (first, last) = (account("guardian", 0, 0), account("guardian", MAX_GUARDIANS - 1, 0));
		change_guardian::<T>(patient, &last, |one| one.starts = MAY_2500);
		#[extrinsic_call]
		_(RawOrigin::Signed(first), patient, last.clone());
		assert!(Pallet::<T>::guardianship_of(patient, &last).is_none());
		Ok(())
	}

	#[benchmark]
	fn contest_guardian() -> Result<(), BenchmarkError> {
		let (patient, institution, controller) = patient::<T>()?;
		guarded::<T>(patient, institution, MAY_2500);
		let last: T::AccountId = account("guardian", MAX_GUARDIANS - 1, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(controller), last.clone());
		assert!(Pallet::<T>::guardianship_of(patient, &last).is_some_and(|one| one.contested));
		Ok(())
	}

	#[benchmark]
	fn decide_guardian() -> Result<(), BenchmarkError> {
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (patient, institution, _) = patient::<T>()?;
		guarded::<T>(patient, institution, MAY_2500);
		let last: T::AccountId = account("guardian", MAX_GUARDIANS - 1, 0);
		change_guardian::<T>(patient, &last, |one| one.contested = true);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, patient, last.clone(), false);
		assert!(Pallet::<T>::guardianship_of(patient, &last).is_none());
		Ok(())
	}

	#[benchmark]
	fn contest_death() -> Result<(), BenchmarkError> {
		let (patient, institution, _) = patient::<T>()?;
		guarded::<T>(patient, institution, MAY_2500);
		Pallet::<T>::set_status(patient, PatientStatus::Deceased(0));
		let last: T::AccountId = account("guardian", MAX_GUARDIANS - 1, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(last), patient);
		assert!(Pallet::<T>::active_patient(patient).is_ok());
		Ok(())
	}

	#[benchmark]
	fn decide_death() -> Result<(), BenchmarkError> {
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (patient, _, controller) = patient::<T>()?;
		Pallet::<T>::set_status(patient, PatientStatus::Deceased(0));
		Pallet::<T>::contest_note(controller, patient).map_err(|_| "her death is noted")?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, patient, true);
		assert!(Pallet::<T>::active_patient(patient).is_err());
		Ok(())
	}

	#[benchmark]
	fn resign_guardian() -> Result<(), BenchmarkError> {
		let (patient, institution, _) = patient::<T>()?;
		guarded::<T>(patient, institution, MAY_2500);
		let last: T::AccountId = account("guardian", MAX_GUARDIANS - 1, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(last.clone()), patient);
		assert!(Pallet::<T>::guardianship_of(patient, &last).is_none());
		Ok(())
	}

	#[benchmark]
	fn set_recovery_contacts() -> Result<(), BenchmarkError> {
		let (patient, _, controller) = patient::<T>()?;
		let contacts = ContactsCommitment {
			threshold: 1,
			commitment: H256::zero(),
		};
		#[extrinsic_call]
		_(RawOrigin::Signed(controller), Some(contacts));
		assert_eq!(ContactsOf::<T>::get(patient), Some(contacts));
		Ok(())
	}

	#[benchmark]
	fn object_to_recovery() -> Result<(), BenchmarkError> {
		let (patient, _, controller) = patient::<T>()?;
		recovering::<T>(patient);
		#[extrinsic_call]
		_(RawOrigin::Signed(controller));
		assert!(Recoveries::<T>::get(patient).is_some_and(|recovery| recovery.objected));
		Ok(())
	}

	#[benchmark]
	fn vouch(n: Linear<1, MAX_CONTACTS>) -> Result<(), BenchmarkError> {
		let (patient, _, controller) = patient::<T>()?;
		let recovery = recovering::<T>(patient);
		let keys = (recovery.controller, recovery.hpke);
		let not_after = recovery.since.saturating_add(VOUCHING_LIFETIME);
		let (contacts, signatures) = vouching::<T>(patient, keys, recovery.since, not_after, n)?;
		#[extrinsic_call]
		_(
			RawOrigin::Signed(controller),
			patient,
			not_after,
			[1; 32],
			contacts,
			signatures,
		);
		assert!(Recoveries::<T>::get(patient).is_some_and(|recovery| recovery.vouched));
		Ok(())
	}

	#[benchmark]
	fn recover(n: Linear<1, MAX_CONTACTS>) -> Result<(), BenchmarkError> {
		let (patient, _, controller) = patient::<T>()?;
		let hpke = key(205);
		let (new, acceptance) = accepting::<T>(patient, Capacity::Controller, Some(&hpke))?;
		let not_after = T::Time::now().saturating_add(VOUCHING_LIFETIME);
		let (contacts, signatures) = vouching::<T>(patient, (new.clone(), hpke.clone()), 0, not_after, n)?;
		#[extrinsic_call]
		_(
			RawOrigin::Signed(controller),
			patient,
			new,
			hpke,
			0,
			not_after,
			[1; 32],
			contacts,
			signatures,
			acceptance,
		);
		assert!(Recoveries::<T>::get(patient).is_some_and(|recovery| recovery.vouched));
		Ok(())
	}

	#[benchmark]
	fn complete_recovery() -> Result<(), BenchmarkError> {
		let (patient, _, controller) = patient::<T>()?;
		let recovery = recovering::<T>(patient);
		Recoveries::<T>::mutate(patient, |recovery| {
			if let Some(recovery) = recovery {
				recovery.vouched = true;
			}
		});
		clock(recovery.since.saturating_add(RECOVERY_NOTICE));
		#[extrinsic_call]
		_(RawOrigin::Signed(controller), patient);
		assert_eq!(PatientOf::<T>::get(recovery.controller), Some(patient));
		Ok(())
	}

	#[benchmark]
	fn prune_recovery() -> Result<(), BenchmarkError> {
		let (patient, _, controller) = patient::<T>()?;
		let recovery = recovering::<T>(patient);
		clock(recovery.since.saturating_add(RECOVERY_LIFETIME));
		#[extrinsic_call]
		_(RawOrigin::Signed(controller), patient);
		assert!(!Recoveries::<T>::contains_key(patient));
		Ok(())
	}

	#[benchmark]
	fn decide_recovery() -> Result<(), BenchmarkError> {
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (patient, _, _) = patient::<T>()?;
		let recovery = recovering::<T>(patient);
		clock(recovery.since.saturating_add(RECOVERY_NOTICE));
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, patient, true);
		assert_eq!(PatientOf::<T>::get(recovery.controller), Some(patient));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::world(), crate::mock::Test);
}
