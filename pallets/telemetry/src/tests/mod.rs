#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::panic,
	clippy::cast_possible_truncation
)]

mod access;
mod alerts;
mod anchor;
mod bind;
mod layout;
mod model;
mod offers;
mod provision;
mod queries;
mod state_machine;
mod try_state;
mod unbind;
mod weights;

use crate::{mock::*, Call, Event, Interval, NextAnchor, NextBinding, Statement};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, BoundedVec};
use salus_primitives::{
	ciphertext_size, tagged, wrapped, Anchor, AnchorId, AuditEntry, Binding, BindingConsent, BindingId, Cid, Decision,
	Device, DeviceClaim, DeviceKey, InstitutionId, Kind, Moment, NewBatch, PatientId, Purpose, BIND_TAG, DAY,
	DEVICE_TAG, HOUR, MINUTE, MIN_PADDED,
};
use sp_core::{ed25519, Pair, H256};
use sp_io::hashing::sha2_256;
use sp_runtime::{
	traits::{ConstU32, Dispatchable},
	AccountId32, DispatchResult, MultiSignature,
};

type Error = crate::Error<Test>;

fn signed(who: &str) -> RuntimeOrigin {
	RuntimeOrigin::signed(account(who))
}

fn list<T, const N: u32>(items: impl IntoIterator<Item = T>) -> BoundedVec<T, ConstU32<N>> {
	let items: Vec<T> = items.into_iter().collect();
	items.try_into().unwrap_or_else(|_| panic!("more than {N}"))
}

fn key(n: u8) -> DeviceKey {
	device(n).public().0
}

const CODES: H256 = H256([5; 32]);

/// What device n signs to report to an institution.
fn claim(n: u8, institution: InstitutionId) -> [u8; 64] {
	let claim = DeviceClaim {
		genesis: GENESIS,
		institution,
		device: key(n),
		codes: CODES,
	};
	device(n).sign(&tagged(DEVICE_TAG, &claim)).0
}

fn provision(who: &str, n: u8, institution: InstitutionId) -> DispatchResult {
	Telemetry::provision(signed(who), institution, key(n), CODES, claim(n, institution))
}

/// From now on, for so long.
fn from_now(length: Moment) -> Interval {
	Interval {
		starts: now(),
		ends: now() + length,
	}
}

/// What the holder of this name signs, for the next binding of device n.
fn statement(name: &str, n: u8, patient: PatientId, time: Interval) -> Statement<AccountId32, MultiSignature> {
	let consent = BindingConsent {
		genesis: GENESIS,
		device: key(n),
		number: Telemetry::device(key(n)).map_or(0, |device| device.bindings),
		patient,
		starts: time.starts,
		ends: time.ends,
		not_after: now() + HOUR,
	};
	Statement {
		signer: account(name),
		not_after: consent.not_after,
		signature: sign(name, &wrapped(BIND_TAG, &consent)),
	}
}

fn bind(who: &str, n: u8, patient: PatientId, name: &str, time: Interval) -> DispatchResult {
	Telemetry::bind(signed(who), key(n), patient, time, statement(name, n, patient, time))
}

/// Who signs for a patient of A.
fn controller(patient: PatientId) -> &'static str {
	match patient {
		ADA => "ada",
		BEN => "ben",
		_ => panic!("no patient of A with an account"),
	}
}

/// The binding of device n to a patient of A for so long; the device is provisioned if it is not.
fn bound(n: u8, patient: PatientId, length: Moment) -> BindingId {
	if Telemetry::device(key(n)).is_none() {
		assert_ok!(provision("desk", n, A));
	}
	let id = NextBinding::<Test>::get();
	assert_ok!(bind("nurse", n, patient, controller(patient), from_now(length)));
	id
}

fn unbind(who: &str, id: BindingId) -> DispatchResult {
	Telemetry::unbind(signed(who), id)
}

/// A batch of one block whose readings were measured now.
fn batch(n: u8, binding: BindingId, first_seq: u64, count: u32) -> NewBatch {
	let sha256 = H256(sha2_256(&(n, binding, first_seq, count).encode()));
	NewBatch {
		device: key(n),
		binding,
		first_seq,
		count,
		first_at: now(),
		last_at: now(),
		root: H256::repeat_byte(9),
		cid: cid(0x55, sha256),
		sha256,
		size: ciphertext_size(MIN_PADDED).unwrap(),
	}
}

fn cid(codec: u8, digest: H256) -> Cid {
	Cid::truncate_from([&[0x01, codec, 0x12, 0x20], digest.as_bytes()].concat())
}

/// A call as the runtime makes it, which takes everything back where it fails.
fn dispatch(who: &str, call: Call<Test>) -> DispatchResult {
	let outcome = RuntimeCall::Telemetry(call).dispatch(signed(who));
	outcome.map(drop).map_err(|error| error.error)
}

fn anchor_by(who: &str, institution: InstitutionId, batches: Vec<NewBatch>) -> DispatchResult {
	let batches = list(batches);
	dispatch(who, Call::anchor { institution, batches })
}

fn anchor(batches: Vec<NewBatch>) -> DispatchResult {
	anchor_by("desk", A, batches)
}

/// The id of a batch that A anchors.
fn anchored(batch: NewBatch) -> AnchorId {
	let id = NextAnchor::<Test>::get();
	assert_ok!(anchor(vec![batch]));
	id
}

fn the_device(n: u8) -> Device {
	Telemetry::device(key(n)).unwrap()
}

fn the_binding(id: BindingId) -> Binding {
	Telemetry::binding(id).unwrap()
}

fn the_anchor(id: AnchorId) -> Anchor {
	Telemetry::anchored(id).unwrap()
}

/// This pallet's events so far.
fn events() -> Vec<Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Telemetry(event) => Some(event),
			_ => None,
		})
		.collect()
}

fn entries(patient: PatientId) -> Vec<AuditEntry<AccountId32>> {
	Entries::get(patient).unwrap_or_default()
}

/// The latest event carries the latest entry of this patient's trail, which says this of this actor.
fn assert_noted(patient: PatientId, actor: &str, kind: Kind<AccountId32>) {
	let entry = entries(patient).last().unwrap().clone();
	assert_eq!((entry.actor.as_ref(), &entry.kind), (Some(&account(actor)), &kind));
	assert_eq!(events().last().unwrap().audit(), vec![(patient, entry)]);
}

#[test]
fn every_entry_of_a_trail_is_in_an_event() {
	story(|| {
		let binding = bound(0, ADA, DAY);
		anchored(batch(0, binding, 3, 1));
		access::ask("ada", &[0], None);
		alerts::raised(ADA, &["nurse", "doctor"]);
		pass(HOUR);
		assert_ok!(Telemetry::escalate(signed("desk"), 0));
		assert_ok!(Telemetry::acknowledge(signed("doctor"), 0));
		assert_ok!(unbind("ada", binding));
		assert_ok!(Telemetry::offer(signed("desk"), key(0), ADA, from_now(DAY), None));
		assert_ok!(Telemetry::end_offer(signed("ada"), key(0)));
		let told: Vec<_> = events().iter().flat_map(Event::audit).collect();
		let written: Vec<_> = entries(ADA).into_iter().map(|entry| (ADA, entry)).collect();
		assert_eq!(told, written);
		assert_eq!(written.len(), 9);
	});
}
