//! Devices, bindings, batches and alerts as the runtime of the tests has them.

use salus_primitives::*;
use sp_core::H256;
use sp_runtime::BoundedVec;

use super::world::{account, BIG};
use crate::AccountId;

/// The device whose key is all sevens measures patient 1; that of nines waits for its first binding.
pub const BOUND: DeviceKey = [7; 32];
pub const OFFERED: DeviceKey = [9; 32];

pub fn device(key: DeviceKey) -> Option<Device> {
	let new = Device {
		institution: 0,
		codes: H256::repeat_byte(5),
		status: Status::Active,
		bindings: 0,
		latest: None,
		anchored: None,
		next_seq: 0,
		missing: 0,
	};
	match key {
		OFFERED => Some(new),
		BOUND => Some(Device {
			status: Status::Suspended,
			bindings: 3,
			latest: Some(BIG),
			anchored: Some(4),
			next_seq: u64::MAX,
			missing: 2,
			..new
		}),
		_ => None,
	}
}

pub fn offer(key: DeviceKey) -> Option<DeviceOffer<AccountId>> {
	(key == OFFERED).then(|| DeviceOffer {
		patient: BIG,
		by: account(2),
		starts: 10,
		ends: 20,
		scan: Some(H256::repeat_byte(6)),
		until: 15,
	})
}

pub fn binding(id: BindingId) -> Option<Binding> {
	let patient = match id {
		4 => 1,
		BIG => BIG,
		_ => return None,
	};
	Some(Binding {
		device: BOUND,
		patient,
		starts: 10,
		ends: 20,
		last_at: (id == 4).then_some(19),
	})
}

pub fn bindings(patient: PatientId) -> Vec<(BindingId, Binding)> {
	let all = [4, BIG].into_iter().filter_map(|id| Some((id, binding(id)?)));
	all.filter(|(_, binding)| binding.patient == patient).collect()
}

/// The leaves of each batch.
pub fn leaves() -> Vec<H256> {
	(0..5).map(H256::repeat_byte).collect()
}

pub fn tree() -> MerkleTree {
	MerkleTree::new(leaves()).unwrap()
}

/// Five batches of binding 4, in one block but the first.
pub fn anchor(id: AnchorId) -> Option<Anchor> {
	let sha256 = H256::repeat_byte(3);
	(id < 5).then(|| Anchor {
		binding: 4,
		first_seq: id * 5,
		count: 5,
		first_at: 100 * id,
		last_at: 100 * id + 50,
		root: tree().root(),
		payload: match id {
			0 => BatchPayload::Tree {
				root: H256::repeat_byte(8),
				sha256,
			},
			_ => BatchPayload::Block { sha256 },
		},
		size: 16_504,
		previous: id.checked_sub(1),
	})
}

type Page<T> = (Vec<(u64, T)>, Option<u64>);

pub fn anchors(patient: PatientId, filter: &AnchorFilter, before: Option<AnchorId>, limit: u32) -> Page<Anchor> {
	let keeps = |anchor: &Anchor| {
		filter.binding.is_none_or(|binding| binding == anchor.binding)
			&& filter.from.is_none_or(|from| from <= anchor.last_at)
			&& filter.until.is_none_or(|until| anchor.first_at < until)
	};
	page(patient, before, limit, |id| anchor(id).filter(&keeps))
}

/// Of the five alerts the last was acknowledged, and the large one went to its second addressee.
pub fn alert(id: AlertId) -> Option<Alert<AccountId>> {
	let rung = |byte, within| Rung {
		to: account(byte),
		within,
	};
	let sounding = Alert {
		patient: 1,
		institution: 0,
		commitment: H256::repeat_byte(4),
		raised_at: 10,
		ladder: BoundedVec::truncate_from(vec![rung(2, 5), rung(3, BIG)]),
		step: 0,
		due: 15,
		acknowledged_at: None,
	};
	match id {
		0..4 => Some(sounding),
		4 => Some(Alert {
			acknowledged_at: Some(12),
			..sounding
		}),
		BIG => Some(Alert {
			step: 1,
			due: BIG + 15,
			..sounding
		}),
		_ => None,
	}
}

pub fn alerts(patient: PatientId, before: Option<AlertId>, limit: u32) -> Page<Alert<AccountId>> {
	page(patient, before, limit, alert)
}

/// What patient 1 has of five, newest first.
fn page<T>(patient: PatientId, before: Option<u64>, limit: u32, find: impl Fn(u64) -> Option<T>) -> Page<T> {
	let all = (0..5u64)
		.rev()
		.filter(|id| patient == 1 && before.is_none_or(|before| *id < before));
	let found: Vec<_> = all
		.filter_map(|id| Some((id, find(id)?)))
		.take(limit as usize)
		.collect();
	let next = found.last().map(|(id, _)| *id).filter(|id| *id > 0);
	(found, next)
}
