//! The gateway's own database: what it must not forget over a crash. One file, readable by its owner only.

mod cases;
pub(crate) mod file;
mod outbox;
mod patients;
mod register;

use std::{
	fs::{File, TryLockError},
	path::Path,
};

use salus::Hash;
use salus_primitives::Moment;
use sqlx::{Row, SqliteConnection, SqlitePool};

use crate::GatewayError;

pub use cases::{Case, CaseId, Due, NewCase, NotOpened, State, Tried};
pub use outbox::{names, Claim, Ended, Event, Failure, NewNotice, Undelivered};
pub use patients::Reached;
pub use register::Entry;

/// Version of the tables.
pub const VERSION: i64 = 1;

const TABLES: [&str; 7] = [
	"CREATE TABLE IF NOT EXISTS meta (
		id INTEGER PRIMARY KEY CHECK (id = 0),
		version BIGINT NOT NULL,
		genesis BLOB NOT NULL,
		number BIGINT,
		hash BLOB
	)",
	register::TABLE,
	cases::CASES,
	cases::SENT,
	patients::PATIENTS,
	patients::TRAILS,
	outbox::TABLE,
];

/// The database of one gateway.
#[derive(Clone, Debug)]
pub struct Store {
	pub(crate) pool: SqlitePool,
}

/// A finalised block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
	/// Its number.
	pub number: u32,
	/// Its hash.
	pub hash: Hash,
}

impl Store {
	/// Opens or creates the database in this folder, for the chain with this genesis hash.
	///
	/// # Errors
	/// `File`, `Sql`, `UnsupportedVersion`, `ForeignGenesis`, `Damaged`
	pub async fn open(folder: &Path, genesis: Hash) -> Result<Self, GatewayError> {
		let pool = file::open(folder, "gateway.sqlite", &TABLES, VERSION, genesis).await?;
		Ok(Self { pool })
	}

	/// The last block whose events were handled; none before the first.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn cursor(&self) -> Result<Option<Block>, GatewayError> {
		let row = sqlx::query("SELECT number, hash FROM meta")
			.fetch_one(&self.pool)
			.await?;
		let (number, hash): (Option<i64>, Option<Vec<u8>>) = (row.try_get("number")?, row.try_get("hash")?);
		match (number, hash) {
			(None, None) => Ok(None),
			(Some(number), Some(hash)) => Ok(Some(Block {
				number: u32::try_from(number).map_err(|_| GatewayError::Damaged)?,
				hash: hash_of(hash)?,
			})),
			_ => Err(GatewayError::Damaged),
		}
	}

	/// Empties the write-ahead log, in which what was removed would stay until somebody needs the room.
	async fn erase(&self) -> Result<(), GatewayError> {
		sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
			.execute(&self.pool)
			.await?;
		Ok(())
	}

	/// A change that nobody else's comes between: it holds the file's write lock from its beginning.
	pub(crate) async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, GatewayError> {
		Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
	}
}

pub(crate) async fn set_cursor(change: &mut SqliteConnection, block: Block) -> Result<(), GatewayError> {
	sqlx::query("UPDATE meta SET number = ?, hash = ?")
		.bind(i64::from(block.number))
		.bind(block.hash.as_bytes())
		.execute(change)
		.await?;
	Ok(())
}

/// The gateway's folder, held by this process alone until it is dropped or dies.
pub struct Held(#[allow(dead_code)] File);

/// Takes the folder: two gateways on one outbox would send twice.
///
/// # Errors
/// `Busy`, `File`
pub fn hold(folder: &Path) -> Result<Held, GatewayError> {
	let path = folder.join("lock");
	file::create_private(folder, &path)?;
	let file = File::open(&path).map_err(GatewayError::at(&path))?;
	match file.try_lock() {
		Ok(()) => Ok(Held(file)),
		Err(TryLockError::WouldBlock) => Err(GatewayError::Busy(folder.to_owned())),
		Err(TryLockError::Error(source)) => Err(GatewayError::File { path, source }),
	}
}

pub(crate) fn hash_of(bytes: Vec<u8>) -> Result<Hash, GatewayError> {
	<[u8; 32]>::try_from(bytes)
		.map(Hash::from)
		.map_err(|_| GatewayError::Damaged)
}

/// A number as SQL has it; the chain's are far below where this ends.
pub(crate) fn integer(number: u64) -> Result<i64, GatewayError> {
	i64::try_from(number).map_err(|_| GatewayError::Damaged)
}

pub(crate) fn unsigned(number: i64) -> Result<u64, GatewayError> {
	u64::try_from(number).map_err(|_| GatewayError::Damaged)
}

pub(crate) fn time(now: Moment) -> Result<i64, GatewayError> {
	integer(now)
}
