//! A database file of the gateway's: made, opened and checked.

use std::{
	fs::{self, DirBuilder},
	io::ErrorKind,
	os::unix::fs::{DirBuilderExt, OpenOptionsExt},
	path::Path,
	time::Duration,
};

use salus::Hash;
use sqlx::{
	sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous, SqliteTransactionManager},
	Connection, Row, SqliteConnection, SqlitePool, TransactionManager,
};

use super::hash_of;
use crate::GatewayError;

/// Opens or creates the file with this name in this folder, with these tables, for the chain with this genesis hash. The
/// table `meta` has one row, with `version` and `genesis`.
///
/// # Errors
/// `File`, `Sql`, `UnsupportedVersion`, `ForeignGenesis`, `Damaged`
pub(crate) async fn open(
	folder: &Path,
	name: &str,
	tables: &[&str],
	version: i64,
	genesis: Hash,
) -> Result<SqlitePool, GatewayError> {
	let path = folder.join(name);
	create_private(folder, &path)?;
	let options = SqliteConnectOptions::new()
		.filename(&path)
		.journal_mode(SqliteJournalMode::Wal)
		// What was answered for, counted or handed over must survive a power cut.
		.synchronous(SqliteSynchronous::Full)
		// What was removed must not stay in free pages.
		.pragma("secure_delete", "ON")
		.busy_timeout(Duration::from_secs(30));
	let pool = SqlitePoolOptions::new()
		.max_connections(4)
		.after_release(|connection, _| Box::pin(is_at_rest(connection)))
		.connect_with(options)
		.await?;
	let mut change = pool.begin_with("BEGIN IMMEDIATE").await?;
	for table in tables {
		sqlx::query(table).execute(&mut *change).await?;
	}
	// What stands there already is left, and told.
	let meta = sqlx::query(
		"INSERT INTO meta (id, version, genesis) VALUES (0, ?, ?) ON CONFLICT DO UPDATE SET id = id RETURNING version, genesis",
	)
	.bind(version)
	.bind(genesis.as_bytes())
	.fetch_one(&mut *change)
	.await?;
	let found: i64 = meta.try_get("version")?;
	if found != version {
		return Err(GatewayError::UnsupportedVersion(found));
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

/// Whether a connection that comes back has no change open; if it has, it is closed, and its change undone.
///
/// sqlx 0.8 leaves one open whose caller goes away after `BEGIN IMMEDIATE` is done and before it has its `Transaction`, such
/// as a request whose client hangs up. Nobody would ever end it, and until the next start nobody else could write.
async fn is_at_rest(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
	// What was asked of it before, a rollback among it, is done when it answers.
	connection.ping().await?;
	Ok(SqliteTransactionManager::get_transaction_depth(connection) == 0)
}

/// Creates the file, readable by its owner only, unless it is there.
///
/// A file that is there is not opened. This process may have it open as a database, and closing it here would let go of all
/// POSIX locks that SQLite holds on it: the next process that closes it would take itself for the last one, and delete the
/// write-ahead log that is still in use (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
pub(super) fn create_private(folder: &Path, file: &Path) -> Result<(), GatewayError> {
	if !folder.is_dir() {
		DirBuilder::new()
			.recursive(true)
			.mode(0o700)
			.create(folder)
			.map_err(GatewayError::at(folder))?;
	}
	let created = fs::OpenOptions::new()
		.write(true)
		.create_new(true)
		.mode(0o600)
		.open(file);
	match created {
		Ok(_) => Ok(()),
		Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
		Err(error) => Err(GatewayError::at(file)(error)),
	}
}
