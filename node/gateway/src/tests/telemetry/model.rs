//! A chain and a vault that do what the pallet's and the vault's README say, as far as anchoring goes, and fail as they
//! are told.

use std::{
	collections::{BTreeMap, HashMap, VecDeque},
	sync::{Arc, Mutex, MutexGuard},
};

use codec::{Decode, Encode};
use salus::{devices::Changes, Hash};
use salus_primitives::{AnchorId, NewBatch, PatientId, Status};
use salus_vitals::batch_file::BatchFile;
use sha2::{Digest, Sha256};

use super::*;
use crate::{
	store::Block,
	telemetry::{
		chain::{Chain, Failure, NotAnchored, NotStored, Registry, Standing, Vault},
		ledger::Sealed,
		Closed,
	},
};

/// A device on the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnChain {
	pub status: Status,
	/// Its commitment to codes.
	pub codes: [u8; 32],
	pub next_seq: u64,
	pub anchored: Option<u64>,
	pub missing: u64,
}

impl Default for OnChain {
	fn default() -> Self {
		Self {
			status: Status::Active,
			codes: codes(&id(&signer(1))).commitment(),
			next_seq: 0,
			anchored: None,
			missing: 0,
		}
	}
}

/// What is on the chain.
#[derive(Clone, Debug, Default)]
pub struct State {
	pub devices: BTreeMap<DeviceId, OnChain>,
	pub bindings: BTreeMap<u64, (DeviceId, Binding)>,
	pub anchors: Vec<NewBatch>,
	/// The chain's clock; the machine's where it is not set.
	pub clock: Option<Moment>,
}

/// Why a call fails, and for which batch.
pub type Refused = (u8, String);

impl State {
	/// Applies a call, whole or not at all.
	pub fn anchor(&mut self, batches: &[NewBatch]) -> Result<Vec<AnchorId>, Refused> {
		let mut after = self.clone();
		let mut ids = Vec::new();
		for (place, batch) in (0..).zip(batches) {
			ids.push(after.anchor_one(batch).map_err(|error| (place, error.to_owned()))?);
		}
		*self = after;
		Ok(ids)
	}

	/// The checks of `anchor_one` and `fits` in pallet-telemetry, in their order.
	fn anchor_one(&mut self, batch: &NewBatch) -> Result<AnchorId, &'static str> {
		let now = self.clock.unwrap_or_else(words::now);
		let span = batch.last_at.checked_sub(batch.first_at).ok_or("BatchInverted")?;
		if batch.count == 0 || span > DAY {
			return Err("BatchTooLong");
		}
		if batch.last_at > now + 5 * 60_000 {
			return Err("BatchAhead");
		}
		let device = self.devices.get_mut(&batch.device).ok_or("BatchOfUnknownDevice")?;
		if device.status != Status::Active {
			return Err("BatchOfInactiveDevice");
		}
		let (of, binding) = self.bindings.get(&batch.binding).ok_or("BatchOfUnknownBinding")?;
		if *of != batch.device {
			return Err("BatchOfForeignBinding");
		}
		if device.anchored > Some(batch.binding) {
			return Err("BatchOfPassedBinding");
		}
		if !binding.contains(batch.first_at) || !binding.contains(batch.last_at) {
			return Err("BatchOutsideBinding");
		}
		let end = batch
			.first_seq
			.checked_add(batch.count.into())
			.ok_or("BatchSequenceOverflows")?;
		let missing = batch
			.first_seq
			.checked_sub(device.next_seq)
			.ok_or("BatchSequencePassed")?;
		device.next_seq = end;
		device.missing += missing;
		device.anchored = Some(batch.binding);
		self.anchors.push(batch.clone());
		Ok(self.anchors.len() as u64 - 1)
	}

	/// The anchor with this root.
	pub fn find(&self, root: &[u8; 32]) -> Option<AnchorId> {
		let place = self.anchors.iter().position(|anchor| anchor.root.0 == *root)?;
		Some(place as u64)
	}
}

/// What the next call of the model does instead.
#[derive(Clone, Debug)]
pub enum Fault {
	/// It is done, and the answer is lost.
	Lost,
	/// Nothing is done.
	Away,
	/// The vault answers this.
	Vault(NotStored),
}

#[derive(Default)]
pub struct World {
	pub state: State,
	/// By the envelope's SHA-256.
	pub vault: HashMap<Hash, Vec<u8>>,
	/// Envelopes that were put, with repetitions.
	pub puts: Vec<Hash>,
	/// Calls, each with how many batches it had.
	pub calls: Vec<usize>,
	pub faults: VecDeque<Fault>,
	pub head: u32,
	/// What each block after the genesis changed.
	pub changes: Vec<Changes>,
}

/// Chain and vault of one hospital.
#[derive(Clone, Default)]
pub struct Model(Arc<Mutex<World>>);

impl Model {
	/// With these devices, each bound as `device` is.
	pub fn with(signers: &[&SigningKey]) -> Self {
		let model = Self::default();
		for (place, signer) in (0..).zip(signers) {
			let binding = device(signer).bindings[&BINDING];
			let mut world = model.world();
			world.state.devices.insert(id(signer), OnChain::default());
			world.state.bindings.insert(BINDING + place, (id(signer), binding));
		}
		model
	}

	pub fn world(&self) -> MutexGuard<'_, World> {
		self.0.lock().unwrap()
	}

	pub fn fault(&self, fault: Fault) {
		self.world().faults.push_back(fault);
	}

	/// A block that changes this.
	pub fn block(&self, change: impl FnOnce(&mut State), changes: Changes) {
		let mut world = self.world();
		change(&mut world.state);
		world.head += 1;
		world.changes.push(changes);
	}

	/// For each anchor of the device, its range of numbers.
	pub fn anchored(&self, signer: &SigningKey) -> Vec<(u64, u32)> {
		let world = self.world();
		let anchors = world.state.anchors.iter().filter(|anchor| anchor.device == id(signer));
		anchors.map(|anchor| (anchor.first_seq, anchor.count)).collect()
	}

	fn device(world: &World, id: &DeviceId) -> Option<Device> {
		let found = world.state.devices.get(id)?;
		let bindings = world.state.bindings.iter().filter(|(_, (of, _))| of == id);
		Some(Device {
			key: DeviceKey::from_bytes(id).unwrap(),
			status: found.status,
			codes: found.codes,
			next_seq: found.next_seq,
			anchored: found.anchored,
			bindings: bindings.map(|(id, (_, binding))| (*id, *binding)).collect(),
		})
	}

	/// The devices as the gateway's table has them.
	pub fn devices(&self) -> Devices {
		let world = self.world();
		let devices = Devices::default();
		devices.replace(world.state.devices.keys().filter_map(|id| Self::device(&world, id)));
		devices
	}
}

pub fn away() -> Failure {
	Failure {
		name: "NodeUnavailable".into(),
		message: "nobody answers".into(),
	}
}

/// An envelope that stands for one: a nonce, so that no two are equal, and the file.
pub fn envelope(file: &BatchFile) -> Sealed {
	let (_, nonce) = Secret::generate().unwrap();
	let payload = [nonce.as_bytes(), &*file.encode().unwrap()].concat();
	let sha256 = Hash::from(<[u8; 32]>::from(Sha256::digest(&payload)));
	Sealed {
		cid: [&[1, 0x55, 0x12, 0x20], sha256.as_bytes()].concat().try_into().unwrap(),
		sha256,
		size: payload.len() as u64,
		sealed: payload,
	}
}

/// The file in an envelope.
pub fn opened(payload: &[u8]) -> BatchFile {
	BatchFile::decode(&payload[64..]).unwrap()
}

impl Chain for Model {
	async fn standing(&self, devices: &[DeviceId]) -> Result<Vec<Option<Standing>>, Failure> {
		let world = self.world();
		let standing = |id| {
			world.state.devices.get(id).map(|found| Standing {
				status: found.status,
				next_seq: found.next_seq,
			})
		};
		Ok(devices.iter().map(standing).collect())
	}

	async fn binding(&self, id: u64) -> Result<Option<Binding>, Failure> {
		Ok(self.world().state.bindings.get(&id).map(|(_, binding)| *binding))
	}

	async fn find(&self, batch: &Closed) -> Result<Option<AnchorId>, Failure> {
		Ok(self.world().state.find(&batch.root))
	}

	async fn anchor(&self, batches: Vec<NewBatch>) -> Result<Vec<AnchorId>, NotAnchored> {
		let mut world = self.world();
		world.calls.push(batches.len());
		let fault = world.faults.pop_front();
		if matches!(fault, Some(Fault::Away)) {
			return Err(away().into());
		}
		for batch in &batches {
			assert!(world.vault.contains_key(&batch.sha256), "what is anchored is stored");
		}
		let done = world
			.state
			.anchor(&batches)
			.map_err(|(place, error)| NotAnchored::Batch {
				place: place.into(),
				error,
			})?;
		match fault {
			Some(Fault::Lost) => Err(away().into()),
			_ => Ok(done),
		}
	}
}

impl Vault for Model {
	async fn seal(&self, _: &Closed, patient: PatientId, file: BatchFile) -> Result<Sealed, NotStored> {
		let binding = file.readings[0].reading.binding;
		if let Some((_, binding)) = self.world().state.bindings.get(&binding) {
			assert_eq!(binding.patient, patient);
		}
		Ok(envelope(&file))
	}

	async fn put(&self, sealed: &Sealed) -> Result<(), NotStored> {
		let mut world = self.world();
		world.puts.push(sealed.sha256);
		match world.faults.pop_front() {
			Some(Fault::Away) => Err(NotStored::Later(away())),
			Some(Fault::Vault(answer)) => Err(answer),
			fault => {
				world.vault.insert(sealed.sha256, sealed.sealed.clone());
				match fault {
					Some(Fault::Lost) => Err(NotStored::Later(away())),
					_ => Ok(()),
				}
			}
		}
	}
}

impl Registry for Model {
	async fn head(&mut self) -> Result<Block, Failure> {
		let mut world = self.world();
		if matches!(world.faults.pop_front(), Some(Fault::Away)) {
			return Err(away());
		}
		Ok(Block {
			number: world.head,
			hash: Hash::repeat_byte(1),
		})
	}

	async fn time(&mut self, _: Block) -> Result<Moment, Failure> {
		Ok(self.world().state.clock.unwrap_or_else(words::now))
	}

	async fn all(&mut self, _: Block) -> Result<Vec<Device>, Failure> {
		let world = self.world();
		Ok(world
			.state
			.devices
			.keys()
			.filter_map(|id| Self::device(&world, id))
			.collect())
	}

	async fn changes(&mut self, after: Block, upto: Block) -> Result<Option<Changes>, Failure> {
		if upto.number - after.number > 4 {
			return Ok(None);
		}
		let mut all = Changes::default();
		for changes in &self.world().changes[after.number as usize..upto.number as usize] {
			all.devices.extend(&changes.devices);
			all.bindings.extend(&changes.bindings);
		}
		Ok(Some(all))
	}

	async fn some(&mut self, _: Block, devices: &[DeviceId], bindings: &[u64]) -> Result<Vec<Device>, Failure> {
		let world = self.world();
		let latest = |id: &DeviceId| {
			let mut of = world.state.bindings.iter().filter(|(_, (of, _))| of == id);
			of.next_back().map(|(id, _)| *id)
		};
		let found = devices.iter().filter_map(|id| {
			let mut device = Self::device(&world, id)?;
			device
				.bindings
				.retain(|binding, _| bindings.contains(binding) || latest(id) == Some(*binding));
			Some(device)
		});
		Ok(found.collect())
	}
}

/// What a model says over a wire.
#[derive(Encode, Decode)]
pub enum Asked {
	Standing(Vec<DeviceId>),
	Find([u8; 32]),
	Anchor(Vec<NewBatch>),
	Put(Hash, Vec<u8>),
}
