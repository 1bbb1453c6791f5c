//! Readings in the order in which they were kept, for the rules that look at each of them once: one waits here until what
//! the rules made of it is on the disk. The rules' own states stand beside them, so that both change together.

use std::path::Path;

use salus::Hash;
use salus_primitives::Moment;
use salus_vitals::SignedReading;
use sqlx::{Row, SqlitePool};
use zeroize::Zeroizing;

use super::{
	database::{device_of, number_of},
	log::{place_of, Log, LogKey},
};
use crate::GatewayError;

const TABLES: [&str; 2] = [
	"CREATE TABLE IF NOT EXISTS arrivals (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		device BLOB NOT NULL,
		seq BLOB NOT NULL,
		received BIGINT NOT NULL,
		sealed BLOB NOT NULL
	)",
	"CREATE TABLE IF NOT EXISTS states (name BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID",
];
/// In the transaction that keeps the reading, whatever becomes of its batch.
const ARRIVE: &str = "CREATE TRIGGER IF NOT EXISTS arrive AFTER INSERT ON readings BEGIN
	INSERT INTO arrivals (device, seq, received, sealed) VALUES (NEW.device, NEW.seq, NEW.received, NEW.sealed);
END";

/// Readings that the rules have not done with.
#[derive(Clone)]
pub struct Arrivals {
	pub(super) pool: SqlitePool,
	key: LogKey,
}

/// A reading that was kept.
#[derive(Clone, Debug)]
pub struct Arrived {
	/// Its place among all.
	pub id: i64,
	/// When it was kept.
	pub received: Moment,
	/// The reading.
	pub signed: SignedReading,
}

/// A state of the rules, by its name.
pub type State = (Vec<u8>, Zeroizing<Vec<u8>>);

impl Arrivals {
	/// From now on, what is kept in this folder's log arrives here too.
	///
	/// # Errors
	/// As [`Log::open`]
	pub async fn open(folder: &Path, genesis: Hash, key: LogKey) -> Result<Self, GatewayError> {
		let arrivals = Self::read(folder, genesis, key).await?;
		let mut change = arrivals.pool.begin_with("BEGIN IMMEDIATE").await?;
		let running = sqlx::query("SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'arrive'");
		if running.fetch_optional(&mut *change).await?.is_none() {
			// Nobody looked while no rules ran: what was in trouble then may be well by now.
			sqlx::query("DELETE FROM muted").execute(&mut *change).await?;
		}
		sqlx::query(ARRIVE).execute(&mut *change).await?;
		change.commit().await?;
		Ok(arrivals)
	}

	/// What waits and what the rules know, for whoever only looks.
	///
	/// # Errors
	/// As [`Log::open`]
	pub async fn read(folder: &Path, genesis: Hash, key: LogKey) -> Result<Self, GatewayError> {
		let pool = Log::open(folder, genesis, key.clone(), u64::MAX).await?.pool;
		let mut change = pool.begin_with("BEGIN IMMEDIATE").await?;
		for table in TABLES {
			sqlx::query(table).execute(&mut *change).await?;
		}
		change.commit().await?;
		Ok(Self { pool, key })
	}

	/// What is kept arrives here no more, and what waits is forgotten: no rules run.
	///
	/// # Errors
	/// As [`Log::open`]
	pub async fn stop(folder: &Path, genesis: Hash, key: LogKey) -> Result<(), GatewayError> {
		let arrivals = Self::read(folder, genesis, key).await?;
		let mut change = arrivals.pool.begin_with("BEGIN IMMEDIATE").await?;
		for statement in [
			"DROP TRIGGER IF EXISTS arrive",
			"DELETE FROM arrivals",
			"DELETE FROM states",
		] {
			sqlx::query(statement).execute(&mut *change).await?;
		}
		change.commit().await?;
		Ok(())
	}

	/// Lets go of the file, as a process that dies does.
	#[cfg(test)]
	pub(crate) async fn close(&self) {
		self.pool.close().await;
	}

	/// What arrived after this place, in order, so many at most.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn after(&self, id: i64, most: u32) -> Result<Vec<Arrived>, GatewayError> {
		let rows = sqlx::query("SELECT * FROM arrivals WHERE id > ? ORDER BY id LIMIT ?")
			.bind(id)
			.bind(most)
			.fetch_all(&self.pool)
			.await?;
		let arrived = rows.into_iter().map(|row| {
			let device = device_of(row.try_get("device")?)?;
			let seq = number_of(row.try_get("seq")?)?;
			let sealed: Vec<u8> = row.try_get("sealed")?;
			let bytes = self.key.open(&place_of(&device, seq), &sealed)?;
			let received: i64 = row.try_get("received")?;
			Ok(Arrived {
				id: row.try_get("id")?,
				received: Moment::try_from(received).map_err(|_| GatewayError::Damaged)?,
				signed: SignedReading::decode(&bytes).map_err(|_| GatewayError::Damaged)?,
			})
		});
		arrived.collect()
	}

	/// The states as they were kept last.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn states(&self) -> Result<Vec<State>, GatewayError> {
		let rows = sqlx::query("SELECT name, sealed FROM states")
			.fetch_all(&self.pool)
			.await?;
		let states = rows.into_iter().map(|row| {
			let (name, sealed): (Vec<u8>, Vec<u8>) = (row.try_get("name")?, row.try_get("sealed")?);
			let state = self.key.open(&name, &sealed)?;
			Ok((name, state))
		});
		states.collect()
	}

	/// Keeps states and lets go of the readings that they know of: both or neither.
	///
	/// # Errors
	/// `Sql`, `NoRandomness`
	pub async fn keep(&self, states: &[State], done: &[i64]) -> Result<(), GatewayError> {
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		for (name, state) in states {
			sqlx::query(
				"INSERT INTO states (name, sealed) VALUES (?, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
			)
			.bind(name.as_slice())
			.bind(self.key.seal(name, state)?)
			.execute(&mut *change)
			.await?;
		}
		for (first, last) in runs(done) {
			sqlx::query("DELETE FROM arrivals WHERE id BETWEEN ? AND ?")
				.bind(first)
				.bind(last)
				.execute(&mut *change)
				.await?;
		}
		change.commit().await?;
		Ok(())
	}
}

/// Numbers that follow on one another, as first and last.
fn runs(ids: &[i64]) -> Vec<(i64, i64)> {
	let mut sorted = ids.to_vec();
	sorted.sort_unstable();
	let mut runs: Vec<(i64, i64)> = Vec::new();
	for id in sorted {
		match runs.last_mut() {
			Some((_, last)) if id <= last.saturating_add(1) => *last = id,
			_ => runs.push((id, id)),
		}
	}
	runs
}
