//! The file in which readings, their batches and devices' tokens stand. Who may read the folder sees who measured how much
//! and when, and no value.

use std::{path::Path, time::Duration};

use salus::Hash;
use sqlx::{
	sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
	Row, SqlitePool,
};

use super::{batches, ledger, token, DeviceId};
use crate::{
	store::{create_private, hash_of},
	GatewayError,
};

/// Version of the tables.
const VERSION: i64 = 1;

const TABLES: [&str; 10] = [
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
];

/// Opens or creates the file in this folder, for the chain with this genesis hash.
///
/// # Errors
/// `File`, `Sql`, `UnsupportedVersion`, `ForeignGenesis`, `Damaged`
pub async fn open(folder: &Path, genesis: Hash) -> Result<SqlitePool, GatewayError> {
	let path = folder.join("readings.sqlite");
	create_private(folder, &path)?;
	let options = SqliteConnectOptions::new()
		.filename(&path)
		.journal_mode(SqliteJournalMode::Wal)
		// A reading that was answered for must survive a power cut.
		.synchronous(SqliteSynchronous::Full)
		.pragma("secure_delete", "ON")
		.busy_timeout(Duration::from_secs(30));
	let pool = SqlitePoolOptions::new()
		.max_connections(4)
		.connect_with(options)
		.await?;
	let mut change = pool.begin_with("BEGIN IMMEDIATE").await?;
	for table in TABLES {
		sqlx::query(table).execute(&mut *change).await?;
	}
	let meta = sqlx::query(
		"INSERT INTO meta (id, version, genesis) VALUES (0, ?, ?) ON CONFLICT DO UPDATE SET id = id RETURNING version, genesis",
	)
	.bind(VERSION)
	.bind(genesis.as_bytes())
	.fetch_one(&mut *change)
	.await?;
	let version: i64 = meta.try_get("version")?;
	if version != VERSION {
		return Err(GatewayError::UnsupportedVersion(version));
	}
	let found = hash_of(meta.try_get("genesis")?)?;
	if found != genesis {
		return Err(GatewayError::ForeignGenesis {
			found,
			expected: genesis,
		});
	}
	change.commit().await?;
	Ok(pool)
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
