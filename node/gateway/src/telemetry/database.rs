//! The file in which readings, their batches, devices' codes and tokens stand. Who may read the folder sees who measured how
//! much and when, and no code or value.

use std::path::Path;

use salus::Hash;
use sqlx::SqlitePool;

use super::{batches, codes, early, ledger, muted, token, DeviceId};
use crate::{store::file, GatewayError};

/// Version of the tables.
const VERSION: i64 = 1;

const TABLES: [&str; 15] = [
	"CREATE TABLE IF NOT EXISTS meta (id INTEGER PRIMARY KEY CHECK (id = 0), version BIGINT NOT NULL, genesis BLOB NOT NULL)",
	// Numbers of readings have 64 bits and SQLite's integers 63: big-endian, they sort as they should.
	"CREATE TABLE IF NOT EXISTS readings (
		device BLOB NOT NULL,
		seq BLOB NOT NULL,
		received BIGINT NOT NULL,
		sealed BLOB NOT NULL,
		batch INTEGER,
		PRIMARY KEY (device, seq)
	) WITHOUT ROWID",
	"CREATE INDEX IF NOT EXISTS unbatched_readings ON readings (device, seq, received) WHERE batch IS NULL",
	"CREATE INDEX IF NOT EXISTS readings_of_batch ON readings (batch) WHERE batch IS NOT NULL",
	"CREATE TABLE IF NOT EXISTS progress (device BLOB PRIMARY KEY, next BLOB NOT NULL) WITHOUT ROWID",
	batches::TABLE,
	ledger::OPEN,
	ledger::STATES,
	ledger::ENVELOPES,
	token::TABLE,
	codes::TABLE,
	codes::CHANGES,
	early::TABLE,
	muted::RUNS,
	muted::MUTES,
];

/// Opens or creates the file in this folder, for the chain with this genesis hash.
///
/// # Errors
/// `File`, `Sql`, `UnsupportedVersion`, `ForeignGenesis`, `Damaged`
pub async fn open(folder: &Path, genesis: Hash) -> Result<SqlitePool, GatewayError> {
	file::open(folder, "readings.sqlite", &TABLES, VERSION, genesis).await
}

pub fn device_of(bytes: Vec<u8>) -> Result<DeviceId, GatewayError> {
	bytes.try_into().map_err(|_| GatewayError::Damaged)
}

pub fn number_of(bytes: Vec<u8>) -> Result<u64, GatewayError> {
	bytes
		.try_into()
		.map(u64::from_be_bytes)
		.map_err(|_| GatewayError::Damaged)
}

/// A time as SQL has it.
pub fn time(moment: u64) -> i64 {
	i64::try_from(moment).unwrap_or(i64::MAX)
}
