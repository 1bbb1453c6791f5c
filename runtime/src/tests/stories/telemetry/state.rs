//! What devices and their batches take in the whole chain's state.

use super::*;
use salus_primitives::{ciphertext_size, InstitutionId, MAX_ANCHORED, MAX_BATCH, MAX_READINGS};
use sp_io::hashing::twox_128;
use std::collections::BTreeMap;

/// All keys, and how many bytes each takes with its value; without those of `System`, which every block writes.
type Sizes = BTreeMap<Vec<u8>, usize>;

fn item(pallet: &str, name: &str) -> [u8; 32] {
	let prefix = [twox_128(pallet.as_bytes()), twox_128(name.as_bytes())].concat();
	prefix.try_into().unwrap()
}

fn bytes<'a>(sizes: impl IntoIterator<Item = &'a usize>) -> usize {
	sizes.into_iter().sum()
}

impl World {
	fn sizes(&mut self) -> Sizes {
		let state = self.state().into_iter();
		state
			.filter(|(key, _)| !key.starts_with(&twox_128(b"System")))
			.map(|(key, value)| {
				let size = key.len() + value.len();
				(key, size)
			})
			.collect()
	}

	/// So many batches of the device, one after the other, each with numbers as large as come in practice: a tree of
	/// blocks, and readings whose numbers begin far up.
	fn anchors(&mut self, binding: BindingId, count: u64) {
		let at = self.read(|| Telemetry::binding(binding).unwrap().starts);
		let next = self.read(|| Telemetry::device(key_of_device()).unwrap().next_seq);
		let batch = |n: u64| NewBatch {
			device: key_of_device(),
			binding,
			first_seq: next.max(1 << 62) + n * u64::from(MAX_READINGS),
			count: MAX_READINGS,
			first_at: at,
			last_at: at + SECOND,
			root: H256(sha2_256(&n.to_be_bytes())),
			cid: Cid::truncate_from([&[0x01, 0x70, 0x12, 0x20][..], &[4; 32]].concat()),
			sha256: H256::repeat_byte(5),
			size: ciphertext_size(1 << 30).unwrap(),
		};
		let batches: Vec<_> = (0..count).map(batch).collect();
		for batches in batches.chunks(MAX_ANCHORED as usize) {
			let call = Call::anchor {
				institution: A,
				batches: batches.to_vec().try_into().unwrap(),
			};
			self.send(ADMIN, call).unwrap();
		}
	}

	/// Somebody opens every batch there is, as many in a call as go in.
	fn opens_all(&mut self, who: &str, at: Option<InstitutionId>, purpose: Purpose) {
		let count = self.read(pallet_telemetry::NextAnchor::<Runtime>::get);
		let ids: Vec<AnchorId> = (0..count).collect();
		for anchors in ids.chunks(MAX_BATCH as usize) {
			let call = Call::access {
				anchors: anchors.to_vec().try_into().unwrap(),
				purpose,
				institution: at,
			};
			self.send(who, call).unwrap();
		}
	}
}

#[test]
fn a_device_takes_the_same_state_however_many_batches_it_has() {
	story(|world| {
		let pia = world.patient("Pia", A);
		let before = world.sizes();
		let binding = world.bound(&pia);
		let bound = world.sizes();
		// The first batch writes what is there from then on.
		world.anchors(binding, 1);
		let anchors = item("Telemetry", "Anchors");
		let of_device = |sizes: &Sizes| -> Sizes {
			let all = sizes.iter().filter(|(key, _)| !key.starts_with(&anchors));
			all.map(|(key, size)| (key.clone(), *size)).collect()
		};
		let device = of_device(&world.sizes());
		println!(
			"a device and its binding take {} bytes, and {} once it has a batch",
			bytes(bound.values()) - bytes(before.values()),
			bytes(device.values()) - bytes(before.values()),
		);

		let mut anchored = 1;
		for count in [2, 10, 257] {
			let former = world.sizes();
			world.anchors(binding, count - anchored);
			let sizes = world.sizes();
			assert_eq!(of_device(&sizes), device, "{count} batches");
			let added = bytes(sizes.values()) - bytes(former.values());
			let each = added as f64 / (count - anchored) as f64;
			println!("from {anchored} to {count} batches the state grows by {added} bytes, {each:.1} for each");
			let new: Vec<_> = sizes.iter().filter(|(key, _)| !former.contains_key(*key)).collect();
			assert_eq!(new.len() as u64, count - anchored);
			assert!(new.iter().all(|(key, size)| key.starts_with(&anchors) && **size < 200));
			anchored = count;
		}
	});
}

/// Receipts are a queue of a day, whatever they are about; nothing else is kept of who opened what.
#[test]
fn opening_batches_leaves_receipts_and_nothing_else() {
	story(|world| {
		let pia = world.patient("Pia", A);
		let binding = world.bound(&pia);
		world.anchors(binding, 10);
		let receipts = item("Telemetry", "Receipts");
		let but_receipts = |sizes: Sizes| -> Sizes {
			let all = sizes.into_iter().filter(|(key, _)| !key.starts_with(&receipts));
			all.collect()
		};
		// The first receipt writes their numbers, and hospital B's first call what counts its calls.
		world.opens_all(&pia.key, None, Purpose::PatientRequest);
		world.opens_all(BEA, Some(B), Purpose::Treatment);
		let opened = but_receipts(world.sizes());
		for count in [10, 100, 257] {
			let there = world.read(pallet_telemetry::NextAnchor::<Runtime>::get);
			world.anchors(binding, count - there);
			world.opens_all(&pia.key, None, Purpose::PatientRequest);
			world.opens_all(BEA, Some(B), Purpose::Treatment);
			let mut sizes = but_receipts(world.sizes());
			sizes.retain(|key, _| opened.contains_key(key) || !key.starts_with(&item("Telemetry", "Anchors")));
			assert_eq!(sizes, opened, "{count} batches");
		}
	});
}
