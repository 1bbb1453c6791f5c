//! The file, and the entries that are read from and written to it.

use std::{fs, io, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};

use codec::{DecodeAll, Encode};
use salus_primitives::{AuditEntry, Kind, Listing, PatientId};
use sp_core::H256;
use sqlx::{
	sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
	Row, SqliteConnection, SqlitePool,
};

use crate::{listings, schema, AccountId, IndexError};

/// The last indexed block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
	/// Its number; 0 is the genesis block, which carries no entries.
	pub number: u32,
	/// Its hash.
	pub hash: H256,
}

/// A block with the entries its events carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockEntries {
	/// The block's number.
	pub number: u32,
	/// Its hash.
	pub hash: H256,
	/// The entries, in order.
	pub entries: Vec<(PatientId, AuditEntry<AccountId>)>,
	/// What they did to lists that run across patients; `None` where the block's runtime can't say.
	pub listings: Option<Vec<Listing<AccountId>>>,
}

/// An entry as it was indexed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedEntry {
	/// The block that carries it.
	pub block: u32,
	/// The entry.
	pub entry: AuditEntry<AccountId>,
}

/// The index of one chain's finalised audit entries.
#[derive(Clone, Debug)]
pub struct AuditIndex {
	pool: SqlitePool,
}

impl AuditIndex {
	/// Opens or creates the index of the chain with this genesis hash. Only the file's owner can read it.
	///
	/// # Errors
	/// `Open`, `UnsupportedVersion`, `ForeignGenesis`, `Sql`
	pub async fn open(path: &Path, genesis: H256) -> Result<Self, IndexError> {
		let open = |source| IndexError::Open {
			path: path.to_owned(),
			source,
		};
		create_private(path).map_err(|error| open(sqlx::Error::Io(error)))?;
		let options = SqliteConnectOptions::new()
			.filename(path)
			.journal_mode(SqliteJournalMode::Wal)
			// The states behind the cursor may be gone, so that a commit has to survive a power cut.
			.synchronous(SqliteSynchronous::Full)
			.busy_timeout(Duration::from_secs(30));
		let pool = SqlitePoolOptions::new()
			.max_connections(8)
			.connect_with(options)
			.await
			.map_err(open)?;
		let mut change = pool.begin().await?;
		schema::prepare(&mut change, genesis).await?;
		change.commit().await?;
		Ok(Self { pool })
	}

	/// The last indexed block.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn cursor(&self) -> Result<Cursor, IndexError> {
		read_cursor(&mut *self.pool.acquire().await?).await
	}

	/// The patient's entries from number `from` on, at most `limit`, out of the blocks up to `finalised`: the index may
	/// be ahead of finality by a commit.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn audit(
		&self,
		patient: PatientId,
		from: u64,
		limit: u32,
		finalised: u32,
	) -> Result<Vec<IndexedEntry>, IndexError> {
		let (Ok(patient), Ok(from)) = (integer(patient), integer(from)) else {
			return Ok(Vec::new());
		};
		let rows = sqlx::query(
			"SELECT seq, block, at, actor, kind FROM entries WHERE patient = ? AND seq >= ? AND block <= ? ORDER BY seq \
			 LIMIT ?",
		)
		.bind(patient)
		.bind(from)
		.bind(i64::from(finalised))
		.bind(i64::from(limit))
		.fetch_all(&self.pool)
		.await?;
		rows.iter()
			.map(|row| {
				let actor: Option<Vec<u8>> = row.try_get("actor")?;
				let kind: Vec<u8> = row.try_get("kind")?;
				let entry = AuditEntry {
					seq: unsigned(row.try_get("seq")?)?,
					at: unsigned(row.try_get("at")?)?,
					actor: actor.map(|bytes| account_of(&bytes)).transpose()?,
					kind: Kind::decode_all(&mut kind.as_slice()).map_err(|_| IndexError::Damaged)?,
				};
				let block = u32::try_from(row.try_get::<i64, _>("block")?).map_err(|_| IndexError::Damaged)?;
				Ok(IndexedEntry { block, entry })
			})
			.collect()
	}

	/// Number of entries of all patients.
	///
	/// # Errors
	/// `Sql`
	pub async fn count(&self) -> Result<u64, IndexError> {
		let row = sqlx::query("SELECT COUNT(*) AS entries FROM entries")
			.fetch_one(&self.pool)
			.await?;
		unsigned(row.try_get("entries")?)
	}

	pub(crate) fn pool(&self) -> &SqlitePool {
		&self.pool
	}

	/// Closes the file; every later call fails with `Sql`.
	pub async fn close(&self) {
		self.pool.close().await;
	}

	/// Indexes blocks that follow the cursor, all or none.
	///
	/// # Errors
	/// `OutOfTurn`, `BrokenTrail`, `OutOfRange`, `Sql`, `Damaged`
	pub async fn append(&self, blocks: &[BlockEntries]) -> Result<Cursor, IndexError> {
		let mut change = self.pool.begin().await?;
		let mut cursor = read_cursor(&mut change).await?;
		for block in blocks {
			let expected = cursor.number.checked_add(1).ok_or(IndexError::OutOfRange)?;
			if block.number != expected {
				return Err(IndexError::OutOfTurn {
					expected,
					found: block.number,
				});
			}
			for (patient, entry) in &block.entries {
				insert(&mut change, block.number, *patient, entry).await?;
			}
			match &block.listings {
				Some(said) => {
					for listing in said {
						listings::put(&mut change, listing).await?;
					}
				}
				None => listings::lists_are_incomplete(&mut change).await?,
			}
			cursor = Cursor {
				number: block.number,
				hash: block.hash,
			};
		}
		move_cursor(&mut change, cursor).await?;
		change.commit().await?;
		Ok(cursor)
	}
}

/// Creates the file unless it is there. One that is there is not opened: closing it would let go of all POSIX locks that
/// SQLite holds on it in this process (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
fn create_private(path: &Path) -> io::Result<()> {
	if let Some(folder) = path.parent() {
		fs::create_dir_all(folder)?;
	}
	let created = fs::OpenOptions::new()
		.write(true)
		.create_new(true)
		.mode(0o600)
		.open(path);
	match created {
		Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
		_ => Ok(()),
	}
}

async fn read_cursor(connection: &mut SqliteConnection) -> Result<Cursor, IndexError> {
	let row = sqlx::query("SELECT number, hash FROM meta")
		.fetch_one(connection)
		.await?;
	let number = u32::try_from(row.try_get::<i64, _>("number")?).map_err(|_| IndexError::Damaged)?;
	Ok(Cursor {
		number,
		hash: hash_of(row.try_get("hash")?)?,
	})
}

pub(crate) async fn move_cursor(change: &mut SqliteConnection, to: Cursor) -> Result<(), IndexError> {
	sqlx::query("UPDATE meta SET number = ?, hash = ?")
		.bind(i64::from(to.number))
		.bind(to.hash.as_bytes())
		.execute(change)
		.await?;
	Ok(())
}

async fn insert(
	change: &mut SqliteConnection,
	block: u32,
	patient: PatientId,
	entry: &AuditEntry<AccountId>,
) -> Result<(), IndexError> {
	let row = sqlx::query("SELECT COALESCE(MAX(seq), 0) AS last FROM entries WHERE patient = ?")
		.bind(integer(patient)?)
		.fetch_one(&mut *change)
		.await?;
	let expected = unsigned(row.try_get("last")?)?
		.checked_add(1)
		.ok_or(IndexError::OutOfRange)?;
	if entry.seq != expected {
		return Err(IndexError::BrokenTrail {
			block,
			patient,
			expected,
			found: entry.seq,
		});
	}
	let actor: Option<&[u8]> = entry.actor.as_ref().map(AsRef::as_ref);
	sqlx::query("INSERT INTO entries (patient, seq, block, at, actor, kind) VALUES (?, ?, ?, ?, ?, ?)")
		.bind(integer(patient)?)
		.bind(integer(entry.seq)?)
		.bind(i64::from(block))
		.bind(integer(entry.at)?)
		.bind(actor)
		.bind(entry.kind.encode())
		.execute(change)
		.await?;
	Ok(())
}

pub(crate) fn integer(number: u64) -> Result<i64, IndexError> {
	i64::try_from(number).map_err(|_| IndexError::OutOfRange)
}

pub(crate) fn unsigned(number: i64) -> Result<u64, IndexError> {
	u64::try_from(number).map_err(|_| IndexError::Damaged)
}

pub(crate) fn hash_of(bytes: Vec<u8>) -> Result<H256, IndexError> {
	<[u8; 32]>::try_from(bytes).map(H256).map_err(|_| IndexError::Damaged)
}

fn account_of(bytes: &[u8]) -> Result<AccountId, IndexError> {
	<[u8; 32]>::try_from(bytes)
		.map(AccountId::new)
		.map_err(|_| IndexError::Damaged)
}
