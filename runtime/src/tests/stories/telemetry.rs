//! A device measures a patient; what it measured is hers, and is opened as she consents.

mod state;

use super::*;
use pallet_telemetry::{Call, Error, Interval, Statement};
use pallet_telemetry_runtime_api::runtime_decl_for_telemetry_api::TelemetryApi;
use salus_primitives::{
	author_of, is_included, leaf_hash, tagged, wrapped, AnchorId, BindingConsent, BindingId, Cid, DeviceClaim,
	DeviceKey, HpkeKey, LeafPath, MerkleTree, NewBatch, Reading, ReceiptId, Value, BIND_TAG, DEVICE_TAG, MIN_PADDED,
	READING_VERSION,
};
use sp_core::{ed25519, Pair, H256};
use sp_io::hashing::sha2_256;

const CODES: H256 = H256([5; 32]);

fn device() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[7; 32])
}

fn key_of_device() -> DeviceKey {
	device().public().0
}

impl World {
	fn provision(&mut self, key: DeviceKey) -> Result<(), DispatchError> {
		let claim = DeviceClaim {
			genesis: self.genesis,
			institution: A,
			device: key,
			codes: CODES,
		};
		let call = Call::provision {
			institution: A,
			device: key,
			codes: CODES,
			signature: device().sign(&tagged(DEVICE_TAG, &claim)).0,
		};
		self.send(ADMIN, call)
	}

	/// The patient's device, to which she consents for a day.
	fn bound(&mut self, pia: &Patient) -> BindingId {
		self.provision(key_of_device()).unwrap();
		let time = Interval {
			starts: self.now(),
			ends: self.now() + DAY,
		};
		let consent = BindingConsent {
			genesis: self.genesis,
			device: key_of_device(),
			number: 0,
			patient: pia.id,
			starts: time.starts,
			ends: time.ends,
			not_after: self.now() + HOUR,
		};
		let signature = key(&pia.key).sign(&wrapped(BIND_TAG, &consent));
		let consent = Statement {
			signer: account(&pia.key),
			not_after: consent.not_after,
			signature: signature.into(),
		};
		let call = Call::bind {
			device: key_of_device(),
			patient: pia.id,
			time,
			consent,
		};
		self.send(NED, call).unwrap();
		0
	}

	/// Three readings of a pulse, a second apart, and their leaves.
	fn measured(&self, binding: BindingId) -> Vec<H256> {
		let leaf = |seq: u64| {
			let reading = Reading {
				version: READING_VERSION,
				genesis: self.genesis,
				device: key_of_device(),
				binding,
				seq,
				at: self.now() + seq * SECOND,
				code: b"8867-4".to_vec().try_into().unwrap(),
				value: Value::Decimal {
					mantissa: 70 + seq as i64,
					exponent: 0,
				},
				unit: b"/min".to_vec().try_into().unwrap(),
				group: seq,
			};
			let bytes = reading.to_bytes();
			leaf_hash(&[seq as u8; 16], &bytes, &device().sign(&bytes).0)
		};
		(0..3).map(leaf).collect()
	}

	fn anchored(&mut self, binding: BindingId, leaves: Vec<H256>) -> AnchorId {
		let sha256 = H256(sha2_256(b"encrypted"));
		let batch = NewBatch {
			device: key_of_device(),
			binding,
			first_seq: 0,
			count: leaves.len() as u32,
			first_at: self.now(),
			last_at: self.now() + 2 * SECOND,
			root: MerkleTree::new(leaves).unwrap().root(),
			cid: Cid::truncate_from([&[0x01, 0x55, 0x12, 0x20], sha256.as_bytes()].concat()),
			sha256,
			size: salus_primitives::ciphertext_size(MIN_PADDED).unwrap(),
		};
		let batches = vec![batch].try_into().unwrap();
		self.send(
			ADMIN,
			Call::anchor {
				institution: A,
				batches,
			},
		)
		.unwrap();
		0
	}

	/// What the runtime API answers about a batch and a receipt.
	fn still_permits(&mut self, receipt: ReceiptId, anchor: AnchorId) -> Decision {
		self.read(|| <Runtime as TelemetryApi<Block, AccountId>>::still_permits(receipt, anchor))
	}

	/// What somebody is answered who would open a batch.
	fn opens(&mut self, who: &str, at: Option<InstitutionId>, anchor: AnchorId, purpose: Purpose) -> Decision {
		let receipt = self.read(pallet_telemetry::NextReceipt::<Runtime>::get);
		let call = Call::access {
			anchors: vec![anchor].try_into().unwrap(),
			purpose,
			institution: at,
		};
		self.send(who, call).unwrap();
		self.read(|| Telemetry::receipt(receipt).unwrap().outcomes[0].1)
	}
}

#[test]
fn a_reading_is_measured_opened_by_consent_and_proven() {
	story(|world| {
		let pia = world.patient("Pia", A);
		let binding = world.bound(&pia);
		let leaves = world.measured(binding);
		let anchor = world.anchored(binding, leaves.clone());

		// Who provisioned, bound and anchored reads nothing by that; nor does anybody else, but for the patient, and who is
		// assigned to her, as her admission says.
		world.assign(&pia, ADA);
		for (who, at, purpose, reason) in [
			(ADMIN, A, Purpose::Operations, Reason::RoleForbids),
			(NED, A, Purpose::Treatment, Reason::NoGrant),
			(BEA, B, Purpose::Treatment, Reason::NoGrant),
		] {
			assert_eq!(world.opens(who, Some(at), anchor, purpose), deny(reason), "{who}");
		}
		assert_eq!(
			world.opens(&pia.key, None, anchor, Purpose::PatientRequest),
			permit(Basis::Subject)
		);
		assert!(world.opens(ADA, Some(A), anchor, Purpose::Treatment).is_permit());

		// A grant to view vitals opens it, once.
		let terms = Terms {
			uses: Some(1),
			..world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Vitals])
		};
		let grantee = Grantee::Account(account(BEA));
		let grant = world.grant(&pia, grantee.clone(), terms);
		let receipt = world.read(pallet_telemetry::NextReceipt::<Runtime>::get);
		assert_eq!(
			world.opens(BEA, Some(B), anchor, Purpose::Treatment),
			permit(Basis::Grant(grant))
		);
		assert_eq!(
			world.opens(BEA, Some(B), anchor, Purpose::Treatment),
			deny(Reason::Exhausted)
		);
		// The receipt's own use is given back, until she revokes.
		assert_eq!(world.still_permits(receipt, anchor), permit(Basis::Grant(grant)));
		let revoke = Consents::revoke {
			patient: pia.id,
			grantee,
			grant,
		};
		world.send(&pia.key, revoke).unwrap();
		assert_eq!(world.still_permits(receipt, anchor), deny(Reason::Revoked));

		// One of the readings is proven to a stranger.
		let tree = MerkleTree::new(leaves.clone()).unwrap();
		let path = LeafPath {
			index: 1,
			siblings: tree.path(1).unwrap(),
		};
		assert!(world.read(|| Telemetry::verify(leaves[1], &path, anchor)));
		assert!(!world.read(|| Telemetry::verify(leaves[2], &path, anchor)));
		let kept = world.read(|| Telemetry::anchored(anchor).unwrap());
		assert!(is_included(
			&leaves[1],
			1,
			kept.count.into(),
			&path.siblings,
			&kept.root
		));

		let trail = world.trail(pia.id);
		let count = |wanted: fn(&Kind<AccountId>) -> bool| trail.iter().filter(|kind| wanted(kind)).count();
		assert_eq!(count(|kind| matches!(kind, Kind::DeviceBound { .. })), 1);
		assert_eq!(count(|kind| matches!(kind, Kind::BatchAnchored { missing: 0, .. })), 1);
		assert_eq!(count(|kind| matches!(kind, Kind::BatchAccessPermitted { .. })), 3);
		assert_eq!(count(|kind| matches!(kind, Kind::BatchAccessRefused { .. })), 4);
	});
}

/// At both its ends each of these would be permitted; the reason is the whole batch's.
#[test]
fn a_receipt_is_refused_for_what_lies_between_the_ends_of_its_batch() {
	let vitals = |world: &World, from, until| Terms {
		recorded_from: from,
		recorded_until: until,
		..world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Vitals])
	};
	let bea = || Grantee::Account(account(BEA));
	// A permit, and the first and the last moment of its batch.
	let permitted = |world: &mut World, pia: &Patient| {
		let binding = world.bound(pia);
		let leaves = world.measured(binding);
		let anchor = world.anchored(binding, leaves);
		let terms = vitals(world, None, None);
		let grant = world.grant(pia, bea(), terms);
		let receipt = world.read(pallet_telemetry::NextReceipt::<Runtime>::get);
		let by_grant = permit(Basis::Grant(grant));
		assert_eq!(world.opens(BEA, Some(B), anchor, Purpose::Treatment), by_grant);
		assert_eq!(world.still_permits(receipt, anchor), by_grant);
		let batch = world.read(|| Telemetry::anchored(anchor).unwrap());
		(receipt, anchor, grant, batch.first_at, batch.last_at)
	};
	let at = |world: &mut World, pia: &Patient, recorded_at| {
		let request = AccessRequest {
			requester: account(BEA),
			on_behalf_of: Some(B),
			patient: pia.id,
			record: None,
			custodian: A,
			category: Category::Vitals,
			compartment: None,
			recorded_at,
			author: AccountId::new(author_of(&key_of_device())),
			status: None,
			action: Action::View,
			purpose: Purpose::Treatment,
		};
		world.decide(&request).is_permit()
	};

	story(|world| {
		let pia = world.patient("Pia", A);
		let (receipt, anchor, _, first, last) = permitted(world, &pia);
		let denial = DenialTerms {
			recorded_from: Some(first + SECOND),
			recorded_until: Some(first + SECOND + 1),
			..DenialTerms::all()
		};
		let deny_it = Consents::deny {
			patient: pia.id,
			terms: denial,
		};
		world.send(&pia.key, deny_it).unwrap();
		assert!(at(world, &pia, first) && at(world, &pia, last));
		assert_eq!(world.still_permits(receipt, anchor), deny(Reason::Refused));
		assert_eq!(
			world.opens(BEA, Some(B), anchor, Purpose::Treatment),
			deny(Reason::Refused)
		);
	});

	story(|world| {
		let pia = world.patient("Pia", A);
		let (receipt, anchor, grant, first, last) = permitted(world, &pia);
		for (from, until) in [(None, Some(first + 1)), (Some(last), None)] {
			let terms = vitals(world, from, until);
			world.grant(&pia, bea(), terms);
		}
		let revoke = Consents::revoke {
			patient: pia.id,
			grantee: bea(),
			grant,
		};
		world.send(&pia.key, revoke).unwrap();
		assert!(at(world, &pia, first) && at(world, &pia, last));
		let outside = deny(Reason::OutsideDateRange);
		assert_eq!(world.still_permits(receipt, anchor), outside);
		assert_eq!(world.opens(BEA, Some(B), anchor, Purpose::Treatment), outside);
	});
}

/// A grant that names single records names no batch, though its id be the same.
#[test]
fn a_grant_of_a_record_opens_no_batch() {
	story(|world| {
		let pia = world.patient("Pia", A);
		world.assign(&pia, ADA);
		let record = world.record(ADA, &pia, Category::Vitals);
		let binding = world.bound(&pia);
		let leaves = world.measured(binding);
		let anchor = world.anchored(binding, leaves);
		assert_eq!(record, anchor);
		let terms = Terms {
			records: vec![record].try_into().unwrap(),
			..world.terms(&[Action::View], &[Purpose::Treatment], &[Category::Vitals])
		};
		world.grant(&pia, Grantee::Account(account(BEA)), terms);
		assert!(world.access(BEA, Some(B), record, Purpose::Treatment).is_permit());
		assert_eq!(
			world.opens(BEA, Some(B), anchor, Purpose::Treatment),
			deny(Reason::RecordMismatch)
		);
	});
}

#[test]
fn a_key_that_is_somebodys_is_no_devices() {
	story(|world| {
		let pia = world.patient("Pia", A);
		let in_use: DispatchError = Error::<Runtime>::KeyInUse.into();
		for name in [&pia.key, ADMIN, ADA, "//Alice"] {
			assert_eq!(world.provision(key(name).public().0), Err(in_use), "{name}");
		}
		let entry = world.read(|| Roles::patient(pia.id).unwrap());
		let Some(HpkeKey::X25519(hpke)) = entry.hpke else {
			panic!("she has such a key");
		};
		assert_eq!(world.provision(hpke), Err(in_use));
		assert_eq!(world.provision(key_of_device()), Ok(()));
	});
}
