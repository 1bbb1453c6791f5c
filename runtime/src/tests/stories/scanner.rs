//! Walks all that a chain has stored and all that was ever sent and told on it, and says what two ids have in common.

use super::{world::World, *};
use codec::Encode;
use pallet_records::{Receipts, Records as Stored};
use salus_primitives::HpkeKey;
use sp_core::hexdisplay::HexDisplay;
use sp_io::hashing::{blake2_128, blake2_256, twox_128, twox_64};
use std::collections::{BTreeMap, BTreeSet};

/// So many bytes in a row are a trace, wherever they begin.
pub type Window = [u8; 8];
/// A piece of one. Where strangers have a piece in common, a window around it that only two ids share is chance: some
/// bytes that are everybody's, beside one of a signature's.
type Piece = [u8; 4];

/// What the places of one id are made of.
pub struct Words {
	windows: BTreeSet<Window>,
	pieces: BTreeSet<Piece>,
}

/// An entry of the state, an extrinsic, an event, or what was shown off chain; and whom it is about, as its type says.
pub struct Place {
	pub name: String,
	pub bytes: Vec<u8>,
	pub about: BTreeSet<PatientId>,
}

/// Everything there is to look at.
pub struct Scan {
	pub places: Vec<Place>,
}

/// What is somebody's own, besides what the type of a place says.
pub struct Traces {
	pub id: PatientId,
	pub data: Vec<Vec<u8>>,
}

impl Traces {
	/// Her account, her HPKE key and under what both stand in storage, and these.
	pub fn of(patient: &Patient, more: &[&[u8]]) -> Self {
		let account = account(&patient.key).encode();
		let hpke = match &patient.hpke {
			HpkeKey::X25519(key) => key.to_vec(),
			HpkeKey::XWing(key) => key.to_vec(),
		};
		let mut data = vec![blake2_128(&account).to_vec(), blake2_256(&hpke).to_vec(), account, hpke];
		data.extend(more.iter().map(|datum| datum.to_vec()));
		Self { id: patient.id, data }
	}
}

impl Scan {
	/// The state, the bodies and the events of a world.
	pub fn of(world: &mut World) -> Self {
		let mut places: Vec<_> = world.state().into_iter().map(entry).collect();
		// Entries whose keys don't name the patient whom their values name.
		let mut about = BTreeMap::new();
		world.read(|| {
			for (id, record) in Stored::<Runtime>::iter() {
				about.insert(Stored::<Runtime>::hashed_key_for(id), record.patient);
			}
			for (id, receipt) in Receipts::<Runtime>::iter() {
				about.insert(Receipts::<Runtime>::hashed_key_for(id), receipt.patient);
			}
		});
		for place in &mut places {
			let stored = about.iter().find(|(key, _)| place.bytes.starts_with(key));
			place.about.extend(stored.map(|(_, patient)| *patient));
		}
		let records: BTreeMap<_, _> = world.read(|| Stored::<Runtime>::iter().map(|(id, r)| (id, r.patient)).collect());
		for (number, block) in (1..).zip(&world.blocks) {
			for (index, extrinsic) in block.extrinsics.iter().enumerate() {
				places.push(Place {
					name: format!("extrinsic {index} of block {number}"),
					bytes: extrinsic.encode(),
					about: named(&extrinsic.function, &records).into_iter().collect(),
				});
			}
		}
		places.extend(world.events.iter().enumerate().map(|(index, event)| Place {
			name: format!("event {index}: {event:?}"),
			bytes: event.encode(),
			about: told(event),
		}));
		Self { places }
	}

	/// Where something of hers stands.
	pub fn places_of(&self, traces: &Traces) -> Vec<&Place> {
		let windows: BTreeSet<Window> = traces.data.iter().flat_map(|datum| windows(datum)).collect();
		let hers = |place: &&Place| {
			place.about.contains(&traces.id) || self::windows(&place.bytes).any(|window| windows.contains(&window))
		};
		self.places.iter().filter(hers).collect()
	}

	/// The bytes of all places where something of hers stands.
	pub fn words_of(&self, traces: &Traces) -> Words {
		let places = self.places_of(traces);
		Words {
			windows: places.iter().flat_map(|place| windows(&place.bytes)).collect(),
			pieces: places.iter().flat_map(|place| windows(&place.bytes)).collect(),
		}
	}

	/// What both have in common, and in which places: one line each.
	pub fn explain(&self, shared: &BTreeSet<Window>) -> Vec<String> {
		let line = |window: &Window| {
			let places = self.places.iter();
			let places = places.filter(|place| windows::<8>(&place.bytes).any(|found| found == *window));
			let names: Vec<_> = places.map(|place| place.name.as_str()).take(4).collect();
			format!("{} in {}", HexDisplay::from(window), names.join("; "))
		};
		shared.iter().map(line).collect()
	}
}

fn entry((key, value): (Vec<u8>, Vec<u8>)) -> Place {
	Place {
		name: format!("state {}", HexDisplay::from(&key)),
		about: keyed_by(&key).into_iter().collect(),
		bytes: [key, value].concat(),
	}
}

/// The patient under whose id an entry stands, in whatever map. Receipts are the one other thing that is counted as
/// patients are.
fn keyed_by(key: &[u8]) -> Option<PatientId> {
	let item = |name: &str| [twox_128(b"Records"), twox_128(name.as_bytes())].concat();
	let of_care = ["Roles", "Consent", "Records"].map(|pallet| twox_128(pallet.as_bytes()));
	if !of_care.iter().any(|pallet| key.starts_with(pallet)) || key.starts_with(&item("Receipts")) {
		return None;
	}
	let rest = key.get(32..)?;
	let id = |at: usize| rest.get(at..at + 8).and_then(|id| <[u8; 8]>::try_from(id).ok());
	let found = if key.starts_with(&item("ByHash")) {
		id(0)
	} else {
		id(8)
			.filter(|id| rest.starts_with(&twox_64(id)))
			.or_else(|| id(16).filter(|id| rest.starts_with(&blake2_128(id))))
	};
	found.map(PatientId::from_le_bytes)
}

/// Whom a call names.
fn named(call: &RuntimeCall, records: &BTreeMap<RecordId, PatientId>) -> Option<PatientId> {
	match call {
		RuntimeCall::Records(pallet_records::Call::access { records: asked, .. }) => {
			asked.first().and_then(|record| records.get(record)).copied()
		}
		RuntimeCall::Records(pallet_records::Call::register { record, .. }) => Some(record.patient),
		RuntimeCall::Roles(
			pallet_roles::Call::propose_assignment { patient, .. }
			| pallet_roles::Call::accept_assignment { patient, .. }
			| pallet_roles::Call::end_assignment { patient, .. },
		) => Some(*patient),
		// The patient is the first parameter of every call of consent's that is about one.
		RuntimeCall::Consent(call) => {
			let bytes = call.encode();
			bytes
				.get(1..9)
				.and_then(|id| id.try_into().ok())
				.map(PatientId::from_le_bytes)
		}
		_ => None,
	}
}

/// Whom an event tells of.
fn told(event: &RuntimeEvent) -> BTreeSet<PatientId> {
	let entries = match event.clone() {
		RuntimeEvent::Roles(event) => event.audit(),
		RuntimeEvent::Consent(event) => event.audit(),
		RuntimeEvent::Records(event) => event.audit(),
		_ => Vec::new(),
	};
	entries.into_iter().map(|(patient, _)| patient).collect()
}

/// What two of these ids have in common and no ids of two persons have, whoever they are.
pub fn in_common(ids: &[(&str, Words)]) -> BTreeSet<Window> {
	let pairs = || {
		let later = |index| ids.iter().skip(index + 1);
		ids.iter()
			.enumerate()
			.flat_map(move |(index, id)| later(index).map(move |other| (id, other)))
	};
	let strangers: BTreeSet<Piece> = pairs()
		.filter(|((person, _), (other, _))| person != other)
		.flat_map(|((_, words), (_, others))| words.pieces.intersection(&others.pieces).copied())
		.collect();
	assert!(!strangers.is_empty(), "institutions and doctors are everybody's");
	let numbers: BTreeSet<Window> = (0..10_000_u64).flat_map(hashed).collect();
	let is_theirs = |window: &Window| {
		is_telling(window) && !numbers.contains(window) && !windows::<4>(window).any(|piece| strangers.contains(&piece))
	};
	pairs()
		.filter(|((person, _), (other, _))| person == other)
		.flat_map(|((_, words), (_, others))| words.windows.intersection(&others.windows).copied())
		.filter(is_theirs)
		.collect()
}

/// How a number stands in the key of an entry: of whatever is counted, which is why it tells no more than the number.
fn hashed(number: u64) -> Vec<Window> {
	let number = number.to_le_bytes();
	windows(&[twox_64(&number), number].concat()).collect()
}

/// All bytes in a row, at every offset.
fn windows<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> + '_ {
	bytes.windows(N).filter_map(|window| window.try_into().ok())
}

/// Small numbers and lengths are everywhere, and tell nothing.
fn is_telling(window: &Window) -> bool {
	let zeros = window.iter().filter(|byte| **byte == 0).count();
	let distinct: BTreeSet<_> = window.iter().collect();
	zeros <= 2 && distinct.len() >= 5
}
