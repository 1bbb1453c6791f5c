#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::panic,
	clippy::indexing_slicing,
	clippy::cast_possible_truncation
)]

mod following;
mod listing;
mod pruning;
mod storing;

use std::{
	collections::{BTreeMap, HashSet},
	path::PathBuf,
	sync::Arc,
};

use parking_lot::Mutex;
use salus_primitives::{AuditEntry, Grantee, Kind, Listing, Moment, Party, PatientId};
use sp_core::H256;

use crate::{AccountId, AuditIndex, BlockEntries, FinalisedBlocks, IndexError, SourceError};

pub fn genesis() -> H256 {
	H256::repeat_byte(0xaa)
}

pub fn hash(number: u32) -> H256 {
	if number == 0 {
		genesis()
	} else {
		H256::from_low_u64_be(u64::from(number))
	}
}

pub fn entry(seq: u64) -> AuditEntry<AccountId> {
	AuditEntry {
		seq,
		at: 1_000 * seq,
		actor: seq.is_multiple_of(2).then(|| AccountId::new([7; 32])),
		kind: Kind::RecordRegistered { record: seq },
	}
}

/// Whose list the chain's grants are on.
pub fn grantee() -> Party<AccountId> {
	Party::Grantee(Grantee::Institution(1))
}

/// A grant on that list.
pub fn listing(patient: PatientId, id: u64, until: Option<Moment>) -> Listing<AccountId> {
	Listing {
		party: grantee(),
		patient,
		id,
		until,
	}
}

/// A chain in memory: each block's entries, and which states are gone. Each entry of a patient gives a grant, whose id
/// is ten times the patient's and the number of the entry.
#[derive(Clone, Default)]
pub struct Chain(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
	blocks: BTreeMap<u32, Vec<(PatientId, AuditEntry<AccountId>)>>,
	trails: BTreeMap<PatientId, u64>,
	finalised: u32,
	pruned: HashSet<H256>,
	/// The first block whose runtime knows lists.
	lists_from: u32,
}

impl Inner {
	/// What the blocks from `first` to `last` put on lists.
	fn listings(&self, first: u32, last: u32) -> impl Iterator<Item = Listing<AccountId>> + '_ {
		let blocks = self.blocks.range(first..);
		let blocks = blocks.take_while(move |(number, _)| **number <= last);
		let entries = blocks.flat_map(|(_, entries)| entries);
		entries.map(|(patient, entry)| listing(*patient, 10 * patient + entry.seq, None))
	}

	fn number(&self, block: H256) -> u32 {
		let numbers = std::iter::once(0).chain(self.blocks.keys().copied());
		numbers.into_iter().find(|number| hash(*number) == block).unwrap()
	}
}

impl Chain {
	/// Imports a block with one entry for each of these patients.
	pub fn import(&self, patients: &[PatientId]) -> u32 {
		let mut inner = self.0.lock();
		let number = inner.blocks.len() as u32 + 1;
		let mut entries = Vec::new();
		for patient in patients {
			let seq = inner.trails.entry(*patient).or_default();
			*seq += 1;
			entries.push((*patient, entry(*seq)));
		}
		inner.blocks.insert(number, entries);
		number
	}

	pub fn finalise(&self, number: u32) {
		self.0.lock().finalised = number;
	}

	/// The runtime knows lists from this block on.
	pub fn lists_from(&self, number: u32) {
		self.0.lock().lists_from = number;
	}

	/// Prunes the states of the blocks up to this number.
	pub fn prune(&self, until: u32) {
		self.0.lock().pruned.extend((1..=until).map(hash));
	}

	pub fn blocks(&self, numbers: std::ops::RangeInclusive<u32>) -> Vec<BlockEntries> {
		let inner = self.0.lock();
		numbers
			.map(|number| BlockEntries {
				number,
				hash: hash(number),
				entries: inner.blocks[&number].clone(),
				listings: Some(inner.listings(number, number).collect()),
			})
			.collect()
	}
}

impl FinalisedBlocks for Chain {
	fn head(&self) -> (u32, H256) {
		let finalised = self.0.lock().finalised;
		(finalised, hash(finalised))
	}

	fn hash(&self, number: u32) -> Result<Option<H256>, SourceError> {
		let known = number as usize <= self.0.lock().blocks.len();
		Ok(known.then(|| hash(number)))
	}

	fn entries(&self, block: H256) -> Result<Vec<(PatientId, AuditEntry<AccountId>)>, SourceError> {
		let inner = self.0.lock();
		if inner.pruned.contains(&block) {
			return Err(SourceError::StatePruned);
		}
		Ok(inner
			.blocks
			.iter()
			.find(|(number, _)| hash(**number) == block)
			.unwrap()
			.1
			.clone())
	}

	fn listings(&self, block: H256) -> Result<Option<Vec<Listing<AccountId>>>, SourceError> {
		let inner = self.0.lock();
		let number = inner.number(block);
		Ok((number >= inner.lists_from).then(|| inner.listings(number, number).collect()))
	}

	fn listings_of(
		&self,
		block: H256,
		patients: Vec<PatientId>,
	) -> Result<Option<Vec<Listing<AccountId>>>, SourceError> {
		let inner = self.0.lock();
		if inner.pruned.contains(&block) {
			return Err(SourceError::StatePruned);
		}
		let number = inner.number(block);
		let of_these = |listing: &Listing<AccountId>| patients.contains(&listing.patient);
		Ok((number >= inner.lists_from).then(|| inner.listings(1, number).filter(of_these).collect()))
	}
}

pub struct Disk {
	_folder: tempfile::TempDir,
	path: PathBuf,
}

impl Disk {
	pub fn new() -> Self {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("index").join("audit.sqlite");
		Self { _folder: folder, path }
	}

	pub async fn open(&self) -> AuditIndex {
		AuditIndex::open(&self.path, genesis()).await.unwrap()
	}

	pub async fn open_for(&self, genesis: H256) -> Result<AuditIndex, IndexError> {
		AuditIndex::open(&self.path, genesis).await
	}

	pub fn path(&self) -> &std::path::Path {
		&self.path
	}
}
