//! Benchmarks of pallet-telemetry, run on the real runtime. Accounts sign with sr25519, the slowest of the signatures that
//! hold a key of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use crate::{
	Alerts, AlertsOf, Anchors, Bindings, BindingsOf, Call, Config, Devices, Interval, LatestAnchor, NextAlert,
	NextAnchor, NextBinding, NextReceipt, Offers, OldestReceipt, Pallet, Receipts, Statement, ALERT_RETENTION,
	MAX_ALERTS, MAX_BINDINGS, MAX_PRUNED,
};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::BoundedVec;
use frame_system::RawOrigin;
use salus_primitives::{
	ciphertext_size, tagged, wrapped, Alert, AlertId, Anchor, AnchorId, Basis, BatchPayload, BenchmarkHelper, Binding,
	BindingConsent, BindingId, Cid, Decision, Device, DeviceClaim, DeviceKey, DeviceOffer, InstitutionId, Ladder,
	Moment, NewBatch, PatientId, Purpose, Receipt, ReceiptId, Role, Rung, Status, BIND_TAG, DAY, DEVICE_TAG,
	MAX_ANCHORED, MAX_BATCH, MAX_RUNGS, MIN_PADDED, RECEIPT_LIFETIME,
};
use sp_core::{crypto::KeyTypeId, sr25519, H256};
use sp_io::crypto::{ed25519_generate, ed25519_sign, sr25519_generate, sr25519_sign};

const HOSPITAL: InstitutionId = 7_000;
const NOW: Moment = 1_800_000_000_000;
const KEYS: KeyTypeId = KeyTypeId(*b"tele");
const CODES: H256 = H256([5; 32]);

/// The desk of a hospital.
fn desk<T: Config>() -> T::AccountId {
	let desk = account("desk", 0, 0);
	T::BenchmarkHelper::clock(NOW);
	T::BenchmarkHelper::institution(HOSPITAL);
	T::BenchmarkHelper::credential(&desk, HOSPITAL, Role::Administrator);
	desk
}

/// A patient, with as many bindings and alerts as can be: the oldest of them make room.
fn patient<T: Config>(controller: &T::AccountId) -> PatientId {
	let patient = T::BenchmarkHelper::patient(controller, HOSPITAL);
	let first = NextBinding::<T>::get();
	let bindings: Vec<BindingId> = (first..first + BindingId::from(MAX_BINDINGS)).collect();
	for id in &bindings {
		// The last is over, so that all have to be looked at; nothing was measured in it.
		let ends = if *id == first + 31 { NOW } else { NOW + DAY };
		Bindings::<T>::insert(
			id,
			Binding {
				device: [0; 32],
				patient,
				starts: 0,
				ends,
				last_at: None,
			},
		);
	}
	NextBinding::<T>::put(first + BindingId::from(MAX_BINDINGS));
	BindingsOf::<T>::insert(patient, BoundedVec::truncate_from(bindings));
	patient
}

/// Fills the patient's list of alerts; the last of them makes room.
fn alarmed<T: Config>(patient: PatientId) {
	let first = NextAlert::<T>::get();
	let ids: Vec<AlertId> = (first..first + AlertId::from(MAX_ALERTS)).collect();
	for id in &ids {
		let mut alert = alert::<T>(patient, MAX_RUNGS);
		alert.acknowledged_at = (*id == first + 63).then_some(NOW);
		Alerts::<T>::insert(id, alert);
	}
	NextAlert::<T>::put(first + AlertId::from(MAX_ALERTS));
	AlertsOf::<T>::insert(patient, BoundedVec::truncate_from(ids));
}

fn ladder<T: Config>(rungs: u32) -> Ladder<T::AccountId> {
	let rung = |n| {
		let to = account("nurse", n, 0);
		T::BenchmarkHelper::credential(&to, HOSPITAL, Role::Nurse);
		Rung { to, within: DAY }
	};
	BoundedVec::truncate_from((0..rungs).map(rung).collect())
}

fn alert<T: Config>(patient: PatientId, rungs: u32) -> Alert<T::AccountId> {
	Alert {
		patient,
		institution: HOSPITAL,
		commitment: H256::zero(),
		raised_at: NOW,
		ladder: ladder::<T>(rungs),
		step: 0,
		due: NOW + DAY,
		acknowledged_at: None,
	}
}

/// An alert of a patient who has as many as can be.
fn raised<T: Config>() -> AlertId {
	desk::<T>();
	let patient = patient::<T>(&account("patient", 0, 0));
	alarmed::<T>(patient);
	NextAlert::<T>::get() - AlertId::from(MAX_ALERTS)
}

fn key(n: u32) -> DeviceKey {
	// No point of low order begins so.
	let mut key = [0x42; 32];
	key[..4].copy_from_slice(&n.to_be_bytes());
	key[31] = 0;
	key
}

/// A device of the hospital.
fn provisioned<T: Config>(key: DeviceKey) {
	let device = Device {
		institution: HOSPITAL,
		codes: CODES,
		status: Status::Active,
		bindings: 0,
		latest: None,
		anchored: None,
		next_seq: 0,
		missing: 0,
	};
	Devices::<T>::insert(key, device);
}

/// A binding of the device that is not over.
fn bound<T: Config>(key: DeviceKey, patient: PatientId) -> BindingId {
	provisioned::<T>(key);
	let id = NextBinding::<T>::get();
	NextBinding::<T>::put(id + 1);
	let binding = Binding {
		device: key,
		patient,
		starts: 0,
		ends: NOW + DAY,
		last_at: Some(NOW - 1),
	};
	Bindings::<T>::insert(id, binding);
	Devices::<T>::mutate(key, |device| {
		if let Some(device) = device {
			device.bindings = 1;
			device.latest = Some(id);
			device.anchored = Some(id);
		}
	});
	id
}

fn offered<T: Config>(key: DeviceKey, patient: PatientId, by: T::AccountId, scan: Option<H256>) {
	let offer = DeviceOffer {
		patient,
		by,
		starts: NOW,
		ends: NOW + DAY,
		scan,
		until: NOW + DAY,
	};
	Offers::<T>::insert(key, offer);
}

/// A batch of the device after a gap, in a tree of blocks.
fn batch(key: DeviceKey, binding: BindingId) -> NewBatch {
	NewBatch {
		device: key,
		binding,
		first_seq: 1_000_000,
		count: 1_000,
		first_at: NOW - DAY,
		last_at: NOW,
		root: H256::repeat_byte(1),
		cid: Cid::truncate_from([&[0x01, 0x70, 0x12, 0x20], [3; 32].as_slice()].concat()),
		sha256: H256::repeat_byte(2),
		size: ciphertext_size(1 << 30).unwrap_or_default(),
	}
}

/// A batch that stands on chain, with readings of a day.
fn anchored<T: Config>(binding: BindingId) -> AnchorId {
	let id = NextAnchor::<T>::get();
	NextAnchor::<T>::put(id + 1);
	let anchor = Anchor {
		binding,
		first_seq: 0,
		count: 1_000,
		first_at: NOW - DAY,
		last_at: NOW,
		root: H256::repeat_byte(1),
		payload: BatchPayload::Tree {
			root: H256::repeat_byte(3),
			sha256: H256::repeat_byte(2),
		},
		size: ciphertext_size(MIN_PADDED).unwrap_or_default(),
		previous: None,
	};
	Anchors::<T>::insert(id, anchor);
	id
}

#[benchmarks(where T::AccountId: From<sr25519::Public>, T::Signature: From<sr25519::Signature>)]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn provision() {
		let desk = desk::<T>();
		let device = ed25519_generate(KEYS, None);
		let claim = DeviceClaim {
			genesis: Pallet::<T>::genesis(),
			institution: HOSPITAL,
			device: device.0,
			codes: CODES,
		};
		let signature = ed25519_sign(KEYS, &device, &tagged(DEVICE_TAG, &claim)).expect("the key was made just now");
		#[extrinsic_call]
		_(RawOrigin::Signed(desk), HOSPITAL, device.0, CODES, signature.0);
		assert!(Devices::<T>::contains_key(device.0));
	}

	#[benchmark]
	fn set_status() {
		let desk = desk::<T>();
		let patient = patient::<T>(&account("patient", 0, 0));
		let binding = bound::<T>(key(0), patient);
		offered::<T>(key(0), patient, desk.clone(), None);
		#[extrinsic_call]
		_(RawOrigin::Signed(desk), key(0), Status::Revoked);
		assert_eq!(Bindings::<T>::get(binding).map(|binding| binding.ends), Some(NOW));
		assert!(!Offers::<T>::contains_key(key(0)));
	}

	#[benchmark]
	fn bind() {
		let desk = desk::<T>();
		let public = sr25519_generate(KEYS, None);
		let controller = T::AccountId::from(public);
		let patient = patient::<T>(&controller);
		provisioned::<T>(key(0));
		offered::<T>(key(0), patient, desk.clone(), None);
		Offers::<T>::mutate(key(0), |lapsed| {
			if let Some(lapsed) = lapsed {
				lapsed.until = NOW;
			}
		});
		let time = Interval {
			starts: NOW,
			ends: NOW + DAY,
		};
		let consent = BindingConsent {
			genesis: Pallet::<T>::genesis(),
			device: key(0),
			number: 0,
			patient,
			starts: time.starts,
			ends: time.ends,
			not_after: NOW + DAY,
		};
		let signature = sr25519_sign(KEYS, &public, &wrapped(BIND_TAG, &consent)).expect("the key was made just now");
		let statement = Statement {
			signer: controller,
			not_after: consent.not_after,
			signature: signature.into(),
		};
		let id = NextBinding::<T>::get();
		#[extrinsic_call]
		_(RawOrigin::Signed(desk), key(0), patient, time, statement);
		assert!(Bindings::<T>::contains_key(id));
	}

	#[benchmark]
	fn offer() {
		let desk = desk::<T>();
		let patient = patient::<T>(&account("patient", 0, 0));
		T::BenchmarkHelper::on_paper(patient);
		provisioned::<T>(key(0));
		let time = Interval {
			starts: NOW,
			ends: NOW + DAY,
		};
		#[extrinsic_call]
		_(RawOrigin::Signed(desk), key(0), patient, time, Some(H256::zero()));
		assert!(Offers::<T>::contains_key(key(0)));
	}

	#[benchmark]
	fn accept() {
		let desk = desk::<T>();
		let nurse: T::AccountId = account("nurse", 0, 0);
		T::BenchmarkHelper::credential(&nurse, HOSPITAL, Role::Nurse);
		let patient = patient::<T>(&account("patient", 0, 0));
		T::BenchmarkHelper::on_paper(patient);
		provisioned::<T>(key(0));
		offered::<T>(key(0), patient, desk, Some(H256::zero()));
		let id = NextBinding::<T>::get();
		#[extrinsic_call]
		_(RawOrigin::Signed(nurse), key(0));
		assert!(Bindings::<T>::contains_key(id));
	}

	#[benchmark]
	fn end_offer() {
		let desk = desk::<T>();
		let patient = patient::<T>(&account("patient", 0, 0));
		provisioned::<T>(key(0));
		offered::<T>(key(0), patient, desk.clone(), None);
		#[extrinsic_call]
		_(RawOrigin::Signed(desk), key(0));
		assert!(!Offers::<T>::contains_key(key(0)));
	}

	#[benchmark]
	fn unbind() {
		let desk = desk::<T>();
		let patient = patient::<T>(&account("patient", 0, 0));
		let binding = bound::<T>(key(0), patient);
		#[extrinsic_call]
		_(RawOrigin::Signed(desk), binding);
		assert_eq!(Bindings::<T>::get(binding).map(|binding| binding.ends), Some(NOW));
	}

	#[benchmark]
	fn anchor(b: Linear<1, MAX_ANCHORED>) {
		let desk = desk::<T>();
		let batches = (0..b).map(|n| {
			let patient = T::BenchmarkHelper::patient(&account("patient", n, 0), HOSPITAL);
			LatestAnchor::<T>::insert(patient, u64::MAX);
			batch(key(n), bound::<T>(key(n), patient))
		});
		let batches = BoundedVec::truncate_from(batches.collect());
		let first = NextAnchor::<T>::get();
		#[extrinsic_call]
		_(RawOrigin::Signed(desk), HOSPITAL, batches);
		assert_eq!(NextAnchor::<T>::get(), first + u64::from(b));
	}

	// Each of another device and binding: nothing is read twice.
	#[benchmark]
	fn access(n: Linear<1, MAX_BATCH>) {
		desk::<T>();
		let controller: T::AccountId = account("patient", 0, 0);
		let patient = T::BenchmarkHelper::patient(&controller, HOSPITAL);
		let anchors: Vec<_> = (0..n).map(|n| anchored::<T>(bound::<T>(key(n), patient))).collect();
		// Two full receipts that no longer count, and that this call removes.
		let oldest: ReceiptId = OldestReceipt::<T>::get();
		for id in oldest..oldest + 2 {
			let outcomes = (0..u64::from(MAX_BATCH)).map(|id| (id, Decision::Permit(Basis::Subject)));
			Receipts::<T>::insert(
				id,
				Receipt {
					requester: controller.clone(),
					on_behalf_of: Some(HOSPITAL),
					patient,
					purpose: Purpose::Treatment,
					at: NOW - RECEIPT_LIFETIME,
					outcomes: BoundedVec::truncate_from(outcomes.collect()),
				},
			);
		}
		NextReceipt::<T>::put(oldest + 2);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(controller),
			BoundedVec::truncate_from(anchors),
			Purpose::PatientRequest,
			None,
		);
		assert_eq!(OldestReceipt::<T>::get(), oldest + 2);
		assert!(Receipts::<T>::contains_key(oldest + 2));
	}

	#[benchmark]
	fn raise(r: Linear<1, MAX_RUNGS>) {
		let desk = desk::<T>();
		let patient = patient::<T>(&account("patient", 0, 0));
		alarmed::<T>(patient);
		let ladder = ladder::<T>(r);
		let id = NextAlert::<T>::get();
		#[extrinsic_call]
		_(RawOrigin::Signed(desk), HOSPITAL, patient, H256::zero(), ladder);
		assert!(Alerts::<T>::contains_key(id));
		assert!(!Alerts::<T>::contains_key(id - 1));
	}

	// Late, by the first who was told: the others left.
	#[benchmark]
	fn acknowledge() {
		let id = raised::<T>();
		for n in 1..MAX_RUNGS {
			T::BenchmarkHelper::revocation(&account("nurse", n, 0), HOSPITAL);
		}
		Alerts::<T>::mutate(id, |alert| alert.as_mut().map(|alert| alert.step = 1));
		let nurse: T::AccountId = account("nurse", 0, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(nurse), id);
		assert_eq!(Alerts::<T>::get(id).map(|alert| alert.acknowledged_at), Some(Some(NOW)));
	}

	// To the last: those before her left.
	#[benchmark]
	fn escalate() {
		let id = raised::<T>();
		for n in 0..MAX_RUNGS - 1 {
			T::BenchmarkHelper::revocation(&account("nurse", n, 0), HOSPITAL);
		}
		let nurse: T::AccountId = account("nurse", 3, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(nurse), id);
		assert_eq!(Alerts::<T>::get(id).map(|alert| alert.step), Some(3));
	}

	#[benchmark]
	fn prune_alerts(n: Linear<1, MAX_PRUNED>) {
		desk::<T>();
		let ids: Vec<AlertId> = (0..n)
			.map(|n| {
				let patient = T::BenchmarkHelper::patient(&account("patient", n, 0), HOSPITAL);
				alarmed::<T>(patient);
				NextAlert::<T>::get() - 1
			})
			.collect();
		T::BenchmarkHelper::clock(NOW + ALERT_RETENTION + DAY);
		let nurse: T::AccountId = account("nurse", 0, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(nurse), BoundedVec::truncate_from(ids.clone()));
		assert!(ids.iter().all(|id| !Alerts::<T>::contains_key(id)));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::world(), crate::mock::Test);
}
