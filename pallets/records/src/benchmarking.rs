//! Benchmarks of pallet-records, run on the real runtime.
//!
//! A doctor registers, replaces and opens her own records of an assigned patient: the engine permits that without a
//! grant. What it may need at worst is in the calls' weights besides.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use crate::{
	ciphertext_size, Call, Config, NextReceipt, NextRecord, OldestReceipt, Pallet, Receipts, Records, MAX_PASSED,
	MIN_PADDED, RECEIPT_LIFETIME,
};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{traits::Time, BoundedVec};
use frame_system::RawOrigin;
use salus_primitives::{
	Basis, BenchmarkHelper, Category, Cid, Decision, DocStatus, ErrorReason, InstitutionId, Media, Moment, NewRecord,
	Origin, PatientId, Purpose, Receipt, ReceiptId, RecordId, RecordStatus, Relation, Role, MAX_BATCH,
};
use sp_core::H256;

const HOSPITAL: InstitutionId = 7_000;
const NOW: Moment = 1_800_000_000_000;

/// A doctor, and a patient who is assigned to her.
fn people<T: Config>() -> (T::AccountId, PatientId) {
	let (doctor, controller) = (account("doctor", 0, 0), account("patient", 0, 0));
	T::BenchmarkHelper::clock(NOW);
	T::BenchmarkHelper::institution(HOSPITAL);
	T::BenchmarkHelper::credential(&doctor, HOSPITAL, Role::Doctor);
	let patient = T::BenchmarkHelper::patient(&controller, HOSPITAL);
	T::BenchmarkHelper::assignment(&doctor, patient, HOSPITAL);
	(doctor, patient)
}

fn new_record<T: Config>(patient: PatientId, seed: u64, replaces: Option<RecordId>) -> NewRecord {
	let mut sha256 = [0; 32];
	sha256[..8].copy_from_slice(&seed.to_be_bytes());
	let mut cid = vec![0x01, 0x55, 0x12, 0x20];
	cid.extend(sha256);
	NewRecord {
		patient,
		origin: Origin::Clinician,
		category: Category::Encounter,
		compartment: None,
		media: Media::FhirJson,
		cid: Cid::truncate_from(cid),
		sha256: H256(sha256),
		tree: H256::repeat_byte(8),
		size: ciphertext_size(MIN_PADDED).unwrap_or_default(),
		recorded_at: T::Time::now(),
		relates_to: replaces.map(|record| (Relation::Replaces, record)),
		doc_status: DocStatus::Final,
	}
}

/// Registers this many records by the doctor and returns their ids.
fn registered<T: Config>(doctor: &T::AccountId, patient: PatientId, number: u32) -> Vec<RecordId> {
	(0..u64::from(number))
		.map(|seed| {
			let id = NextRecord::<T>::get();
			let new = new_record::<T>(patient, 1_000 + seed, None);
			Pallet::<T>::enter(doctor, new, Purpose::Treatment, Some(HOSPITAL)).expect("the doctor may append");
			id
		})
		.collect()
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register() {
		let (doctor, patient) = people::<T>();
		let target = registered::<T>(&doctor, patient, 1)[0];
		let new = new_record::<T>(patient, 1, Some(target));
		#[extrinsic_call]
		_(RawOrigin::Signed(doctor), new, Purpose::Treatment, Some(HOSPITAL));
		assert_eq!(
			Records::<T>::get(target).map(|record| record.status),
			Some(RecordStatus::Superseded(target + 1))
		);
	}

	#[benchmark]
	fn register_batch(n: Linear<1, MAX_BATCH>) {
		let (doctor, patient) = people::<T>();
		let targets = registered::<T>(&doctor, patient, n);
		let records: Vec<_> = (1..)
			.zip(&targets)
			.map(|(seed, target)| new_record::<T>(patient, seed, Some(*target)))
			.collect();
		let records = BoundedVec::truncate_from(records);
		#[extrinsic_call]
		_(RawOrigin::Signed(doctor), records, Purpose::Treatment, Some(HOSPITAL));
		assert_eq!(NextRecord::<T>::get(), targets[0] + 2 * u64::from(n));
	}

	#[benchmark]
	fn mark_entered_in_error() {
		let (doctor, patient) = people::<T>();
		let target = registered::<T>(&doctor, patient, 1)[0];
		let last = target + u64::from(MAX_PASSED) + 1;
		for replaced in target..last {
			let new = new_record::<T>(patient, replaced, Some(replaced));
			Pallet::<T>::enter(&doctor, new, Purpose::Treatment, Some(HOSPITAL)).expect("the author may amend");
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
		let records = registered::<T>(&doctor, patient, n);
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
