//! Benchmarks of pallet-roles, run on the real runtime. Accounts sign with sr25519, the slowest of the signatures that
//! accounts have.

use crate::{
	Assignments, Call, Config, Credentials, Home, Institutions, Pallet, PatientOf, PrunedKeys, UsedVouchers, MAX_PRUNED,
};
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{
	pallet_prelude::{Authorize, TransactionSource},
	traits::{EnsureOrigin, Time},
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use salus_primitives::{
	tagged, wrapped, Action, ActionSet, Application, Assignment, Category, CategorySet, Credential, HpkeKey,
	Institution, InstitutionId, InstitutionKind, PatientId, Purpose, PurposeSet, Role, Status, Terms, Voucher,
	APPLICATION_TAG, DAY, MAX_OFFICERS, MAX_PEERS, MAX_TERMS_COMPARTMENTS, MAX_TERMS_RECORDS, REGISTER_TAG,
	VOUCHER_TAG,
};
use sp_core::{crypto::KeyTypeId, sr25519, H256};
use sp_io::{
	crypto::{ed25519_generate, ed25519_sign, sr25519_generate, sr25519_sign},
	hashing::blake2_256,
};
use sp_runtime::{traits::Zero, BoundedVec};

const KEYS: KeyTypeId = KeyTypeId(*b"slus");

/// As many records and compartments as terms can name.
fn terms<T: Config>() -> Terms {
	let records: Vec<u64> = (0..MAX_TERMS_RECORDS.into()).collect();
	let compartments: Vec<u8> = (0..MAX_TERMS_COMPARTMENTS).filter_map(|n| n.try_into().ok()).collect();
	Terms {
		actions: ActionSet::of(&[Action::View]),
		purposes: PurposeSet::of(&[Purpose::Treatment]),
		categories: CategorySet::of(&[Category::Imaging]),
		records: BoundedVec::truncate_from(records),
		compartments: BoundedVec::truncate_from(compartments),
		recorded_from: Some(0),
		recorded_until: Some(T::Time::now() + DAY),
		starts: 0,
		ends: T::Time::now() + 365 * DAY,
		uses: Some(1),
		erase_after: Some(T::Time::now() + 366 * DAY),
	}
}

fn key(n: u8) -> HpkeKey {
	// The longest of the keys: its X25519 half is n with its top byte 1.
	let mut key = vec![n; 1_184 + 32];
	if let Some(top) = key.last_mut() {
		*top = 1;
	}
	HpkeKey::XWing(BoundedVec::truncate_from(key))
}

/// The largest hospital.
fn hospital<T: Config>() -> Institution<T::AccountId> {
	let officers = (0..MAX_OFFICERS).map(|n| account("officer", n, 0)).collect();
	Institution {
		kind: InstitutionKind::Hospital,
		region: BoundedVec::truncate_from(b"CH-ZH".to_vec()),
		time_zone: BoundedVec::truncate_from(vec![b'x'; 32]),
		officers: BoundedVec::truncate_from(officers),
		status: Status::Active,
		hpke: key(201),
		peer_ids: BoundedVec::truncate_from(vec![BoundedVec::truncate_from(vec![1; 64]); MAX_PEERS as usize]),
		addresses: BoundedVec::truncate_from(vec![BoundedVec::truncate_from(vec![1; 128]); MAX_PEERS as usize]),
		admission_terms: terms::<T>(),
		seat: Some(account("seat", 0, 0)),
		validator: Some(account("validator", 0, 0)),
	}
}

/// A hospital with its last officer to be looked for longest.
fn admitted<T: Config>() -> Result<(InstitutionId, T::AccountId), BenchmarkError> {
	let institution = Pallet::<T>::admit(hospital::<T>())?;
	Ok((institution, account("officer", MAX_OFFICERS - 1, 0)))
}

fn with_credential<T: Config>(
	name: &'static str,
	institution: InstitutionId,
	role: Role,
	status: Status,
) -> Result<T::AccountId, BenchmarkError> {
	let holder: T::AccountId = account(name, 0, 0);
	let now = T::Time::now();
	let (licence, speciality) = (H256::zero(), H256::zero());
	let credential = Credential {
		role,
		licence,
		speciality,
		valid_from: 0,
		valid_until: now + DAY,
		status,
	};
	Pallet::<T>::issue(&holder, institution, credential).map_err(|_| "the credential is in order")?;
	Ok(holder)
}

fn genesis<T: Config>() -> H256 {
	H256::from_slice(frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).as_ref())
}

fn signature<T: Config>(key: &sr25519::Public, message: &[u8]) -> Result<T::Signature, BenchmarkError>
where
	T::Signature: From<sr25519::Signature>,
{
	Ok(sr25519_sign(KEYS, key, message)
		.ok_or("the keystore has the key")?
		.into())
}

/// A registration at a new hospital.
fn registration<T: Config>() -> Result<(Call<T>, T::AccountId), BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
	T::Signature: From<sr25519::Signature>,
{
	let officer_key = sr25519_generate(KEYS, None);
	let officer = T::AccountId::from(officer_key);
	let mut hospital = hospital::<T>();
	if let Some(last) = hospital.officers.last_mut() {
		*last = officer.clone();
	}
	let institution = Pallet::<T>::admit(hospital)?;
	let one_time = ed25519_generate(KEYS, None);
	let terms = terms::<T>();
	let voucher = Voucher {
		genesis: genesis::<T>(),
		institution,
		terms: H256(terms.using_encoded(blake2_256)),
		key: one_time.0,
		not_after: T::Time::now() + DAY,
	};
	let voucher_signature = signature::<T>(&officer_key, &wrapped(VOUCHER_TAG, &voucher))?;
	let controller_key = sr25519_generate(KEYS, None);
	let controller = T::AccountId::from(controller_key);
	let hpke = key(202);
	let signed = (voucher.genesis, institution, voucher.key, &controller, &hpke, &terms);
	let key_signature = ed25519_sign(KEYS, &one_time, &tagged(REGISTER_TAG, &signed))
		.ok_or("the keystore has the key")?
		.0;
	let controller_signature = signature::<T>(&controller_key, &wrapped(REGISTER_TAG, &signed))?;
	let call = Call::register_patient {
		voucher,
		officer,
		voucher_signature,
		controller: controller.clone(),
		hpke,
		terms,
		key_signature,
		controller_signature,
	};
	Ok((call, controller))
}

/// A patient of a new hospital: who, where, her controller.
fn patient<T: Config>() -> Result<(PatientId, InstitutionId, T::AccountId), BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
	T::Signature: From<sr25519::Signature>,
{
	use frame_support::traits::UnfilteredDispatchable;
	let (call, controller) = registration::<T>()?;
	call.dispatch_bypass_filter(frame_system::Origin::<T>::Authorized.into())
		.map_err(|error| error.error)?;
	let patient = PatientOf::<T>::get(&controller).ok_or("she is registered")?;
	let institution = Home::<T>::get(&controller).ok_or("she is registered")?;
	Ok((patient, institution, controller))
}

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
		let key = sr25519_generate(KEYS, None);
		let applicant = T::AccountId::from(key);
		let now = T::Time::now();
		let application = Application {
			genesis: genesis::<T>(),
			institution,
			applicant: applicant.clone(),
			role: Role::Doctor,
			licence: H256::zero(),
			speciality: H256::zero(),
			not_after: now + DAY,
		};
		let signature = signature::<T>(&key, &wrapped(APPLICATION_TAG, &application))?;
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

	impl_benchmark_test_suite!(Pallet, crate::mock::world(), crate::mock::Test);
}
