//! What the database costs, on a chain that is as full as a consortium's after some years.

use codec::{Compact, Encode};
use frame_benchmarking_cli::StorageCmd;
use pallet_records::{digest_prefix, ByHash, NextRecord, Records, Trail, TrailEnd};
use salus_primitives::{AuditHead, Category, DocStatus, Media, Origin, PatientId, Record, RecordId, RecordStatus};
use salus_runtime::{AccountId, Runtime};
use sc_cli::{CliConfiguration, DatabaseParams, PruningParams, SharedParams};
use sc_service::{BasePath, Configuration};
use sp_core::{storage::Storage, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::BoundedVec;

use crate::service;

/// As many records as a patient of the filled chain has.
const RECORDS_OF_A_PATIENT: u64 = 50;
/// CIDv1, raw, SHA-256, 32 bytes.
const CID_PREFIX: [u8; 4] = [0x01, 0x55, 0x12, 0x20];
/// 2026-01-01T00:00:00Z, and a record each minute from then on.
const BEGIN: u64 = 1_767_225_600_000;

/// Measure what reading and writing a key of the state costs
///
/// The chain is the given one with so many records in its genesis state, two keys each, and one for each patient. It
/// is made for this run alone.
#[derive(Debug, clap::Parser)]
pub struct StorageBenchmarkCmd {
	/// How many records the state holds
	#[arg(long, value_name = "N", default_value_t = 1_000_000)]
	pub records: u64,

	#[clap(flatten)]
	pub storage: StorageCmd,
}

impl StorageBenchmarkCmd {
	/// Fills a chain and measures it.
	pub fn run(&self, mut config: Configuration) -> sc_cli::Result<()> {
		let mut state = config
			.chain_spec
			.as_storage_builder()
			.build_storage()
			.map_err(sc_cli::Error::Input)?;
		fill(&mut state, self.records);
		log::info!(target: "salus", "The state has {} keys", state.top.len());
		config.chain_spec.set_storage(state);
		let parts = service::new_partial(&config)?;
		let database = parts.backend.expose_db();
		let storage = parts.backend.expose_storage();
		let cache = parts.backend.expose_shared_trie_cache();
		log::info!(target: "salus", "The trie cache is {}", if cache.is_some() { "on" } else { "off" });
		self.storage.run(config, parts.client, database, storage, cache)
	}
}

/// Writes records as the pallet stores them; who they are about and who wrote them is made up.
fn fill(state: &mut Storage, records: u64) {
	for id in 0..records {
		let patient = id / RECORDS_OF_A_PATIENT;
		let record = record(id, patient);
		let (sha256, previous) = (record.sha256, record.previous);
		state
			.top
			.insert(Records::<Runtime>::hashed_key_for(id), record.encode());
		state.top.insert(
			ByHash::<Runtime>::hashed_key_for(patient, digest_prefix(&sha256)),
			Compact(id).encode(),
		);
		let end = TrailEnd {
			head: AuditHead {
				head: H256(blake2_256(&previous.encode())),
				entries: id % RECORDS_OF_A_PATIENT + 1,
			},
			latest_record: Some(id),
		};
		state
			.top
			.insert(Trail::<Runtime>::hashed_key_for(patient), end.encode());
	}
	state
		.top
		.insert(NextRecord::<Runtime>::hashed_key().to_vec(), records.encode());
}

fn record(id: RecordId, patient: PatientId) -> Record<AccountId> {
	let sha256 = blake2_256(&id.encode());
	Record {
		patient,
		author: AccountId::from(blake2_256(&(b"author", patient % 500).encode())),
		custodian: 0,
		origin: Origin::Clinician,
		category: Category::Laboratory,
		compartment: None,
		media: Media::FhirJson,
		cid: BoundedVec::truncate_from([&CID_PREFIX[..], &sha256[..]].concat()),
		sha256: sha256.into(),
		tree: blake2_256(&sha256).into(),
		size: 4_096,
		recorded_at: BEGIN.saturating_add(id.saturating_mul(60_000)),
		registered_at: BEGIN.saturating_add(id.saturating_mul(60_000)),
		relates_to: None,
		doc_status: DocStatus::Final,
		status: RecordStatus::Current,
		previous: (id % RECORDS_OF_A_PATIENT).checked_sub(1).map(|_| id - 1),
	}
}

impl CliConfiguration for StorageBenchmarkCmd {
	fn shared_params(&self) -> &SharedParams {
		self.storage.shared_params()
	}

	fn database_params(&self) -> Option<&DatabaseParams> {
		self.storage.database_params()
	}

	fn pruning_params(&self) -> Option<&PruningParams> {
		self.storage.pruning_params()
	}

	fn trie_cache_maximum_size(&self) -> sc_cli::Result<Option<usize>> {
		self.storage.trie_cache_maximum_size()
	}

	/// Nobody's chain is filled: without a folder, one that is gone afterwards.
	fn base_path(&self) -> sc_cli::Result<Option<BasePath>> {
		match self.storage.base_path()? {
			None => Ok(Some(BasePath::new_temp_dir()?)),
			given => Ok(given),
		}
	}
}
