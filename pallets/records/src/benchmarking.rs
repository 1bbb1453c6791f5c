//! Benchmarks of pallet-records, run on the real runtime.
//!
//! A doctor registers, replaces and opens her own records of an assigned patient: the engine permits that without a
//! grant, past a full list of denials. What other decisions cost is in the calls' weights besides.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use crate::{
	ciphertext_size, Call, Config, NextReceipt, NextRecord, OldestReceipt, Pallet, Receipts, Records, MAX_PASSED,
	MIN_PADDED, RECEIPT_LIFETIME,
};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{traits::Time, weights::Weight, BoundedVec};
use frame_system::RawOrigin;
use salus_primitives::{
	AccessControl, Basis, BenchmarkHelper, Category, Cid, Compartment, Decision, DenialTerms, DocStatus, ErrorReason,
	InstitutionId, Media, Moment, NewRecord, Origin, PatientId, Purpose, Receipt, ReceiptId, RecordId, RecordStatus,
	Relation, Role, MAX_BATCH,
};
use sp_core::H256;

const HOSPITAL: InstitutionId = 7_000;
const DRAWER: Compartment = 200;
const NOW: Moment = 1_800_000_000_000;

/// A doctor.
fn doctor<T: Config>() -> T::AccountId {
	let doctor = account("doctor", 0, 0);
	T::BenchmarkHelper::clock(NOW);
	T::BenchmarkHelper::institution(HOSPITAL);
	T::BenchmarkHelper::credential(&doctor, HOSPITAL, Role::Doctor);
	doctor
}

/// A patient who is assigned to her, with a trail, a list of records, and denials of nearly all that is asked here.
fn patient<T: Config>(doctor: &T::AccountId, number: u32) -> PatientId {
	let patient = T::BenchmarkHelper::patient(&account("patient", number, 0), HOSPITAL);
	T::BenchmarkHelper::assignment(doctor, patient, HOSPITAL);
	let denied = DenialTerms {
		account: Some(doctor.clone()),
		institution: Some(HOSPITAL),
		role: Some(Role::Doctor),
		category: Some(Category::Encounter),
		compartment: Some(DRAWER),
		source: Some(HOSPITAL),
		recorded_from: Some(0),
		recorded_until: Some(Moment::MAX),
		record: None,
	};
	T::AccessControl::fill_denials(patient, &denied);
	registered::<T>(doctor, patient);
	patient
}

/// A doctor and her patient.
fn people<T: Config>() -> (T::AccountId, PatientId) {
	let doctor = doctor::<T>();
	let patient = patient::<T>(&doctor, 0);
	(doctor, patient)
}

fn new_record<T: Config>(patient: PatientId, seed: u64) -> NewRecord {
	let mut sha256 = [0; 32];
	sha256[..8].copy_from_slice(&seed.to_be_bytes());
	let mut cid = vec![0x01, 0x55, 0x12, 0x20];
	cid.extend(sha256);
	NewRecord {
		patient,
		origin: Origin::Clinician,
		category: Category::Encounter,
		compartment: Some(DRAWER),
		media: Media::FhirJson,
		cid: Cid::truncate_from(cid),
		sha256: H256(sha256),
		tree: H256::repeat_byte(8),
		size: ciphertext_size(MIN_PADDED).unwrap_or_default(),
		recorded_at: T::Time::now(),
		relates_to: None,
		doc_status: DocStatus::Final,
	}
}

/// A replacement with another date: it is decided twice.
fn replacement<T: Config>(patient: PatientId, seed: u64, replaced: RecordId) -> NewRecord {
	NewRecord {
		recorded_at: T::Time::now() - 1,
		relates_to: Some((Relation::Replaces, replaced)),
		..new_record::<T>(patient, seed)
	}
}

fn enter<T: Config>(doctor: &T::AccountId, new: NewRecord) -> RecordId {
	let id = NextRecord::<T>::get();
	Pallet::<T>::enter(doctor, new, Purpose::Treatment, Some(HOSPITAL), &mut Weight::zero())
		.expect("the doctor may append, and amend what is hers");
	id
}

/// Registers a record by the doctor.
fn registered<T: Config>(doctor: &T::AccountId, patient: PatientId) -> RecordId {
	let seed = 1_000 + NextRecord::<T>::get();
	enter::<T>(doctor, new_record::<T>(patient, seed))
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register() {
		let (doctor, patient) = people::<T>();
		let id = NextRecord::<T>::get();
		let new = new_record::<T>(patient, 1);
		#[extrinsic_call]
		_(RawOrigin::Signed(doctor), new, Purpose::Treatment, Some(HOSPITAL));
		assert!(Records::<T>::contains_key(id));
	}

	#[benchmark]
	fn register_replacement() {
		let (doctor, patient) = people::<T>();
		let target = registered::<T>(&doctor, patient);
		let new = replacement::<T>(patient, 1, target);
		#[extrinsic_call]
		register(RawOrigin::Signed(doctor), new, Purpose::Treatment, Some(HOSPITAL));
		assert_eq!(
			Records::<T>::get(target).map(|record| record.status),
			Some(RecordStatus::Superseded(target + 1))
		);
	}

	// There are never fewer records than patients, so that each patient measured has one.
	#[benchmark]
	fn register_batch(n: Linear<8, 32>, p: Linear<1, 8>, r: Linear<0, 32>) {
		let doctor = doctor::<T>();
		let patients: Vec<_> = (0..p).map(|number| patient::<T>(&doctor, number)).collect();
		let turns = || patients.iter().copied().cycle();
		let targets: Vec<_> = turns()
			.take(r as usize)
			.map(|patient| registered::<T>(&doctor, patient))
			.collect();
		let replacements = turns()
			.zip(&targets)
			.zip(100..)
			.map(|((patient, target), seed)| replacement::<T>(patient, seed, *target));
		let records: Vec<_> = turns()
			.take(n as usize)
			.zip(1..)
			.map(|(patient, seed)| new_record::<T>(patient, seed))
			.chain(replacements)
			.collect();
		assert_eq!(records.len() as u32, n + r);
		let first = NextRecord::<T>::get();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(doctor),
			BoundedVec::truncate_from(records),
			Purpose::Treatment,
			Some(HOSPITAL),
		);
		assert_eq!(NextRecord::<T>::get(), first + u64::from(n + r));
	}

	#[benchmark]
	fn mark_entered_in_error() {
		let (doctor, patient) = people::<T>();
		let target = registered::<T>(&doctor, patient);
		let last = target + u64::from(MAX_PASSED) + 1;
		for replaced in target..last {
			enter::<T>(&doctor, replacement::<T>(patient, replaced, replaced));
		}
		for passed in target + 1..last {
			Pallet::<T>::correct(doctor.clone(), passed, ErrorReason::Other, Some(HOSPITAL)).expect("they are hers");
		}
		#[extrinsic_call]
		_(
			RawOrigin::Signed(doctor),
			last,
			ErrorReason::WrongContent,
			Some(HOSPITAL),
		);
		assert_eq!(
			Records::<T>::get(target).map(|record| record.status),
			Some(RecordStatus::Current)
		);
	}

	#[benchmark]
	fn access(n: Linear<1, MAX_BATCH>) {
		let (doctor, patient) = people::<T>();
		let records: Vec<_> = (0..n).map(|_| registered::<T>(&doctor, patient)).collect();
		// Two full receipts that no longer count, and that this call removes.
		let oldest: ReceiptId = OldestReceipt::<T>::get();
		for id in oldest..oldest + 2 {
			let outcomes = (0..u64::from(MAX_BATCH))
				.map(|record| (record, Decision::Permit(Basis::Author)))
				.collect();
			Receipts::<T>::insert(
				id,
				Receipt {
					requester: doctor.clone(),
					on_behalf_of: Some(HOSPITAL),
					patient,
					purpose: Purpose::Treatment,
					at: NOW - RECEIPT_LIFETIME,
					outcomes: BoundedVec::truncate_from(outcomes),
				},
			);
		}
		NextReceipt::<T>::put(oldest + 2);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(doctor),
			BoundedVec::truncate_from(records),
			Purpose::Treatment,
			Some(HOSPITAL),
		);
		assert_eq!(OldestReceipt::<T>::get(), oldest + 2);
		assert!(Receipts::<T>::contains_key(oldest + 2));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::world(), crate::mock::Test);
}
