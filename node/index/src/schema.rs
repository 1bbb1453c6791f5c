//! The tables, and files that an older program wrote.

use sp_core::H256;
use sqlx::{Row, SqliteConnection};

use crate::{store::hash_of, IndexError};

/// Version of the tables. Version 1 had no lists that run across patients.
pub(crate) const VERSION: i64 = 2;

const META: &str = "CREATE TABLE IF NOT EXISTS meta (
	id INTEGER PRIMARY KEY CHECK (id = 0),
	version BIGINT NOT NULL,
	genesis BLOB NOT NULL,
	number BIGINT NOT NULL,
	hash BLOB NOT NULL,
	listed BIGINT
)";
const ENTRIES: &str = "CREATE TABLE IF NOT EXISTS entries (
	patient BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	block BIGINT NOT NULL,
	at BIGINT NOT NULL,
	actor BLOB,
	kind BLOB NOT NULL,
	PRIMARY KEY (patient, seq)
)";
const LISTINGS: &str = "CREATE TABLE IF NOT EXISTS listings (
	party BLOB NOT NULL,
	id BIGINT NOT NULL,
	patient BIGINT NOT NULL,
	until BIGINT,
	PRIMARY KEY (party, id)
)";
const BY_BLOCK: &str = "CREATE INDEX IF NOT EXISTS entries_by_block ON entries (block)";

/// Makes the tables, or those that a file of an older version lacks: its lists are not complete, which `listed` says.
pub(crate) async fn prepare(change: &mut SqliteConnection, genesis: H256) -> Result<(), IndexError> {
	sqlx::query(META).execute(&mut *change).await?;
	sqlx::query("INSERT INTO meta (id, version, genesis, number, hash) VALUES (0, ?, ?, 0, ?) ON CONFLICT DO NOTHING")
		.bind(VERSION)
		.bind(genesis.as_bytes())
		.bind(genesis.as_bytes())
		.execute(&mut *change)
		.await?;
	let meta = sqlx::query("SELECT version, genesis FROM meta")
		.fetch_one(&mut *change)
		.await?;
	let found = hash_of(meta.try_get("genesis")?)?;
	if found != genesis {
		return Err(IndexError::ForeignGenesis {
			found,
			expected: genesis,
		});
	}
	match meta.try_get("version")? {
		VERSION => {}
		1 => {
			sqlx::query("ALTER TABLE meta ADD COLUMN listed BIGINT")
				.execute(&mut *change)
				.await?;
			sqlx::query("UPDATE meta SET version = ?")
				.bind(VERSION)
				.execute(&mut *change)
				.await?;
		}
		other => return Err(IndexError::UnsupportedVersion(other)),
	}
	for table in [ENTRIES, LISTINGS, BY_BLOCK] {
		sqlx::query(table).execute(&mut *change).await?;
	}
	Ok(())
}
