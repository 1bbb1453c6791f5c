//! What becomes of closed batches: sealed, stored in the vault, anchored, or put aside. Each step is on the disk before the
//! next one begins, so that a gateway that dies goes on where it was.

use std::sync::{
	atomic::{AtomicU64, Ordering},
	Arc,
};

use salus::Hash;
use salus_primitives::{AnchorId, Cid, Moment};
use salus_vitals::{batch::BatchSecret, batch_file::BatchFile, Reading, SignedReading};
use sqlx::{sqlite::SqliteRow, Row as _, SqliteConnection, SqlitePool};

use super::{
	batches::{Closed, Hashed, Row},
	database::{device_of, number_of, time},
	log::{place_of, LogKey},
	DeviceId,
};
use crate::GatewayError;

pub(super) const OPEN: &str = "CREATE INDEX IF NOT EXISTS open_batches ON batches (device, first_seq)
	WHERE state IN ('closed', 'sealed', 'stored')";
pub(super) const STATES: &str =
	"CREATE INDEX IF NOT EXISTS batches_by_state ON batches (state, rank, first_seq, since)";
pub(super) const ENVELOPES: &str = "CREATE TABLE IF NOT EXISTS envelopes (
	batch INTEGER PRIMARY KEY,
	cid BLOB NOT NULL,
	sha256 BLOB NOT NULL,
	size BIGINT NOT NULL,
	sealed BLOB NOT NULL
)";

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
	/// Its readings stand.
	Closed,
	/// It is encrypted, and kept so: the same bytes are sent however often.
	Sealed,
	/// The vault has it.
	Stored,
	/// It is on the chain.
	Anchored,
	/// It cannot be anchored; the reason says why.
	Aside,
}

impl State {
	/// All of them, in their order.
	pub const ALL: [Self; 5] = [Self::Closed, Self::Sealed, Self::Stored, Self::Anchored, Self::Aside];

	/// Its name, in the table, in metrics and in JSON.
	pub fn name(self) -> &'static str {
		match self {
			Self::Closed => "closed",
			Self::Sealed => "sealed",
			Self::Stored => "stored",
			Self::Anchored => "anchored",
			Self::Aside => "aside",
		}
	}
}

/// A batch in its envelope, as the vault gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
	/// The envelope's CIDv1, binary.
	pub cid: Cid,
	/// Its SHA-256.
	pub sha256: Hash,
	/// Its bytes.
	pub size: u64,
	/// The envelope with what goes with it: its wrapped keys, and what is said of it.
	pub sealed: Vec<u8>,
}

/// A batch that the vault has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
	/// The batch.
	pub batch: Closed,
	/// The envelope's CIDv1, binary.
	pub cid: Cid,
	/// Its SHA-256.
	pub sha256: Hash,
	/// Its bytes.
	pub size: u64,
}

/// How many batches are in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
	/// The state.
	pub state: State,
	/// How many.
	pub batches: u64,
	/// When the first of their readings came, where there are any.
	pub since: Option<Moment>,
}

/// A batch that waits for something, or is aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
	/// The batch.
	pub batch: Closed,
	/// What it waits for, or why it is aside.
	pub reason: String,
	/// When it was put aside.
	pub ended: Option<Moment>,
}

/// The batches of one gateway.
#[derive(Clone)]
pub struct Ledger {
	pool: SqlitePool,
	key: LogKey,
	/// Readings that are neither anchored nor put aside.
	open: Arc<AtomicU64>,
}

impl Ledger {
	pub(super) fn new(pool: SqlitePool, key: LogKey, open: Arc<AtomicU64>) -> Self {
		Self { pool, key, open }
	}

	/// Batches that the vault does not have, in the order in which they are anchored, so many at most.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn to_store(&self, now: Moment, most: u32) -> Result<Vec<Closed>, GatewayError> {
		let rows = sqlx::query(
			"SELECT * FROM batches WHERE state IN ('closed', 'sealed') AND due <= ? ORDER BY rank, first_seq LIMIT ?",
		)
		.bind(time(now))
		.bind(most)
		.fetch_all(&self.pool)
		.await?;
		rows.iter().map(closed).collect()
	}

	/// Batches that can be anchored, in the order in which they are, so many at most. One that waits holds up the later
	/// ones of its device.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn to_anchor(&self, now: Moment, most: u32) -> Result<Vec<Stored>, GatewayError> {
		let rows = sqlx::query(
			"SELECT b.*, e.cid, e.sha256, e.size FROM batches b JOIN envelopes e ON e.batch = b.id
			 WHERE b.state = 'stored' AND b.due <= ?1 AND NOT EXISTS (
				SELECT 1 FROM batches earlier WHERE earlier.device = b.device AND earlier.first_seq < b.first_seq
				AND earlier.state IN ('closed', 'sealed', 'stored') AND (earlier.state != 'stored' OR earlier.due > ?1))
			 ORDER BY b.rank, b.first_seq LIMIT ?2",
		)
		.bind(time(now))
		.bind(most)
		.fetch_all(&self.pool)
		.await?;
		rows.iter()
			.map(|row| {
				let (cid, sha256, size) = address(row)?;
				let batch = closed(row)?;
				Ok(Stored {
					batch,
					cid,
					sha256,
					size,
				})
			})
			.collect()
	}

	/// The readings of a batch, in their order.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn readings(&self, batch: &Closed) -> Result<Vec<SignedReading>, GatewayError> {
		let readings = self.received(batch).await?;
		Ok(readings.into_iter().map(|(signed, _)| signed).collect())
	}

	/// The readings of a batch and when each came.
	async fn received(&self, batch: &Closed) -> Result<Vec<(SignedReading, Moment)>, GatewayError> {
		let rows = sqlx::query("SELECT seq, received, sealed FROM readings WHERE batch = ? ORDER BY seq")
			.bind(batch.id)
			.fetch_all(&self.pool)
			.await?;
		let opened = rows.into_iter().map(|row| open_reading(&self.key, &batch.device, &row));
		let opened: Vec<_> = opened.collect::<Result<_, GatewayError>>()?;
		match u32::try_from(opened.len()) {
			Ok(count) if count == batch.count => Ok(opened),
			_ => Err(GatewayError::Damaged),
		}
	}

	/// What is sealed of a batch.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn file(&self, batch: &Closed) -> Result<BatchFile, GatewayError> {
		let row = sqlx::query("SELECT secret FROM batches WHERE id = ?")
			.bind(batch.id)
			.fetch_one(&self.pool)
			.await?;
		let sealed: Vec<u8> = row.try_get("secret")?;
		let secret = self.key.open(&batch.root, &sealed)?;
		let secret = <[u8; 32]>::try_from(secret.as_slice()).map_err(|_| GatewayError::Damaged)?;
		Ok(BatchFile {
			secret: BatchSecret::new(secret),
			readings: self.readings(batch).await?,
		})
	}

	/// A batch's envelope, where it has one.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn envelope(&self, batch: i64) -> Result<Option<Sealed>, GatewayError> {
		let row = sqlx::query("SELECT * FROM envelopes WHERE batch = ?")
			.bind(batch)
			.fetch_optional(&self.pool)
			.await?;
		let Some(row) = row else { return Ok(None) };
		let (cid, sha256, size) = address(&row)?;
		Ok(Some(Sealed {
			cid,
			sha256,
			size,
			sealed: row.try_get("sealed")?,
		}))
	}

	/// Keeps a batch's envelope.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn seal(&self, batch: i64, sealed: &Sealed) -> Result<(), GatewayError> {
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		sqlx::query("INSERT INTO envelopes (batch, cid, sha256, size, sealed) VALUES (?, ?, ?, ?, ?)")
			.bind(batch)
			.bind(sealed.cid.to_vec())
			.bind(sealed.sha256.as_bytes())
			.bind(i64::try_from(sealed.size).map_err(|_| GatewayError::Damaged)?)
			.bind(&sealed.sealed)
			.execute(&mut *change)
			.await?;
		step(&mut change, batch, State::Closed, State::Sealed).await?;
		change.commit().await?;
		Ok(())
	}

	/// Forgets an envelope that the vault does not take; the batch is sealed anew.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn unseal(&self, batch: i64) -> Result<(), GatewayError> {
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		forget_envelope(&mut change, batch).await?;
		step(&mut change, batch, State::Sealed, State::Closed).await?;
		change.commit().await?;
		Ok(())
	}

	/// The vault has the batch.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn store(&self, batch: i64, now: Moment) -> Result<(), GatewayError> {
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		step(&mut change, batch, State::Sealed, State::Stored).await?;
		sqlx::query("UPDATE batches SET stored = ? WHERE id = ?")
			.bind(time(now))
			.bind(batch)
			.execute(&mut *change)
			.await?;
		change.commit().await?;
		Ok(())
	}

	/// What the vault has had since before then, and the chain has not, is stored again first: a vault does not keep for
	/// ever what nobody anchors. For whoever anchors alone.
	///
	/// # Errors
	/// `Sql`
	pub async fn store_again(&self, before: Moment) -> Result<(), GatewayError> {
		sqlx::query("UPDATE batches SET state = 'sealed' WHERE state = 'stored' AND stored < ?")
			.bind(time(before))
			.execute(&self.pool)
			.await?;
		Ok(())
	}

	/// Leaves a batch alone until then; how often it was tried before.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn postpone(&self, batch: i64, until: Moment, reason: &str) -> Result<(), GatewayError> {
		sqlx::query("UPDATE batches SET attempts = attempts + 1, due = ?, reason = ? WHERE id = ?")
			.bind(time(until))
			.bind(reason)
			.bind(batch)
			.execute(&self.pool)
			.await?;
		Ok(())
	}

	/// How often a batch was postponed.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn attempts(&self, batch: i64) -> Result<u32, GatewayError> {
		let row = sqlx::query("SELECT attempts FROM batches WHERE id = ?")
			.bind(batch)
			.fetch_one(&self.pool)
			.await?;
		let attempts: i64 = row.try_get("attempts")?;
		Ok(u32::try_from(attempts).unwrap_or(u32::MAX))
	}

	/// These batches are on the chain, each as this anchor.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn anchored(&self, batches: &[(&Closed, AnchorId)], now: Moment) -> Result<(), GatewayError> {
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		for (batch, anchor) in batches {
			step(&mut change, batch.id, State::Stored, State::Anchored).await?;
			sqlx::query("UPDATE batches SET anchor = ?, ended = ? WHERE id = ?")
				.bind(anchor.to_be_bytes().to_vec())
				.bind(time(now))
				.bind(batch.id)
				.execute(&mut *change)
				.await?;
			forget_envelope(&mut change, batch.id).await?;
		}
		change.commit().await?;
		let readings = batches.iter().map(|(batch, _)| u64::from(batch.count)).sum();
		self.open.fetch_sub(readings, Ordering::Relaxed);
		Ok(())
	}

	/// Puts a batch aside: it stays, with its readings and its envelope, and is not tried.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn set_aside(&self, batch: &Closed, reason: &str, now: Moment) -> Result<(), GatewayError> {
		let aside = sqlx::query(
			"UPDATE batches SET state = 'aside', reason = ?, ended = ? WHERE id = ? AND state IN ('closed', 'sealed', 'stored')",
		)
		.bind(reason)
		.bind(time(now))
		.bind(batch.id)
		.execute(&self.pool)
		.await?;
		self.open.fetch_sub(
			aside.rows_affected().saturating_mul(batch.count.into()),
			Ordering::Relaxed,
		);
		Ok(())
	}

	/// Divides a batch that cannot be anchored as it is: readings with a reason not to be become batches that are aside,
	/// the others new ones in its place. Whether there are others.
	///
	/// # Errors
	/// `Sql`, `Damaged`, `NoRandomness`
	pub async fn divide(
		&self,
		batch: &Closed,
		reason: impl Fn(&Reading) -> Option<&'static str>,
		now: Moment,
	) -> Result<bool, GatewayError> {
		let readings = self.received(batch).await?;
		let parts: Vec<_> = readings
			.chunk_by(|(one, _), (other, _)| reason(&one.reading) == reason(&other.reading))
			.collect();
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		let row = sqlx::query("DELETE FROM batches WHERE id = ? AND state = 'stored' RETURNING rank")
			.bind(batch.id)
			.fetch_one(&mut *change)
			.await?;
		let rank: i64 = row.try_get("rank")?;
		forget_envelope(&mut change, batch.id).await?;
		let mut aside = 0;
		for part in parts {
			let signed: Vec<_> = part.iter().map(|(signed, _)| signed.clone()).collect();
			let hashed = Hashed::new(&signed)?;
			let why = signed.first().and_then(|signed| reason(&signed.reading));
			let row = Row {
				since: part.iter().map(|(_, received)| *received).min().unwrap_or(now),
				aside: why,
				parent: Some(batch.id),
				rank: Some(rank),
				now,
			};
			let closed = hashed.insert(&mut change, &self.key, row).await?;
			if why.is_some() {
				aside = u64::from(closed.count).saturating_add(aside);
			}
		}
		change.commit().await?;
		self.open.fetch_sub(aside, Ordering::Relaxed);
		Ok(aside < u64::from(batch.count))
	}

	/// Tries a batch again that is aside.
	///
	/// # Errors
	/// `NotFound`, `Sql`
	pub async fn retry(&self, batch: i64) -> Result<(), GatewayError> {
		let tried = sqlx::query(
			"UPDATE batches SET reason = NULL, attempts = 0, due = 0, ended = NULL,
			 state = CASE WHEN EXISTS (SELECT 1 FROM envelopes WHERE batch = id) THEN 'sealed' ELSE 'closed' END
			 WHERE id = ? AND state = 'aside' RETURNING count",
		)
		.bind(batch)
		.fetch_optional(&self.pool)
		.await?;
		let Some(row) = tried else {
			return Err(GatewayError::NotFound {
				what: "batch that is aside",
				id: batch.to_string(),
			});
		};
		let count: i64 = row.try_get("count")?;
		self.open.fetch_add(
			u64::try_from(count).map_err(|_| GatewayError::Damaged)?,
			Ordering::Relaxed,
		);
		Ok(())
	}

	/// How many batches there are in each state.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn counts(&self) -> Result<Vec<Count>, GatewayError> {
		let mut counts = Vec::with_capacity(State::ALL.len());
		for state in State::ALL {
			let row = sqlx::query("SELECT COUNT(*) AS batches, MIN(since) AS since FROM batches WHERE state = ?")
				.bind(state.name())
				.fetch_one(&self.pool)
				.await?;
			let (batches, since): (i64, Option<i64>) = (row.try_get("batches")?, row.try_get("since")?);
			counts.push(Count {
				state,
				batches: u64::try_from(batches).map_err(|_| GatewayError::Damaged)?,
				since: since.and_then(|since| Moment::try_from(since).ok()),
			});
		}
		Ok(counts)
	}

	/// How many readings are in no batch yet, and when the first of them came.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn unbatched(&self) -> Result<(u64, Option<Moment>), GatewayError> {
		let row = sqlx::query("SELECT COUNT(*) AS readings, MIN(received) AS since FROM readings WHERE batch IS NULL")
			.fetch_one(&self.pool)
			.await?;
		let (readings, since): (i64, Option<i64>) = (row.try_get("readings")?, row.try_get("since")?);
		let readings = u64::try_from(readings).map_err(|_| GatewayError::Damaged)?;
		Ok((readings, since.and_then(|since| Moment::try_from(since).ok())))
	}

	/// The batches that are aside, and those that wait for a reason, so many at most.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn held(&self, most: u32) -> Result<Vec<Held>, GatewayError> {
		let rows = sqlx::query(
			"SELECT * FROM batches WHERE state != 'anchored' AND reason IS NOT NULL ORDER BY state = 'aside' DESC, rank LIMIT ?",
		)
		.bind(most)
		.fetch_all(&self.pool)
		.await?;
		rows.iter()
			.map(|row| {
				let ended: Option<i64> = row.try_get("ended")?;
				Ok(Held {
					batch: closed(row)?,
					reason: row.try_get("reason")?,
					ended: ended.and_then(|ended| Moment::try_from(ended).ok()),
				})
			})
			.collect()
	}

	/// Forgets what was anchored before, with its readings; how many batches.
	///
	/// # Errors
	/// `Sql`
	pub async fn forget(&self, before: Moment, most: u32) -> Result<u64, GatewayError> {
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		sqlx::query(
			"DELETE FROM readings WHERE batch IN
			 (SELECT id FROM batches WHERE state = 'anchored' AND ended < ? ORDER BY rank, first_seq LIMIT ?)",
		)
		.bind(time(before))
		.bind(most)
		.execute(&mut *change)
		.await?;
		let gone = sqlx::query(
			"DELETE FROM batches WHERE id IN
			 (SELECT id FROM batches WHERE state = 'anchored' AND ended < ? ORDER BY rank, first_seq LIMIT ?)",
		)
		.bind(time(before))
		.bind(most)
		.execute(&mut *change)
		.await?;
		change.commit().await?;
		Ok(gone.rows_affected())
	}
}

/// From one state to the next: whoever finds it in another has lost count.
async fn step(change: &mut SqliteConnection, batch: i64, from: State, to: State) -> Result<(), GatewayError> {
	let stepped =
		sqlx::query("UPDATE batches SET state = ?, reason = NULL, due = 0, attempts = 0 WHERE id = ? AND state = ?")
			.bind(to.name())
			.bind(batch)
			.bind(from.name())
			.execute(change)
			.await?;
	match stepped.rows_affected() {
		1 => Ok(()),
		_ => Err(GatewayError::Damaged),
	}
}

async fn forget_envelope(change: &mut SqliteConnection, batch: i64) -> Result<(), GatewayError> {
	sqlx::query("DELETE FROM envelopes WHERE batch = ?")
		.bind(batch)
		.execute(change)
		.await?;
	Ok(())
}

fn closed(row: &SqliteRow) -> Result<Closed, GatewayError> {
	let count: i64 = row.try_get("count")?;
	let root: Vec<u8> = row.try_get("root")?;
	Ok(Closed {
		id: row.try_get("id")?,
		device: device_of(row.try_get("device")?)?,
		binding: number_of(row.try_get("binding")?)?,
		first_seq: number_of(row.try_get("first_seq")?)?,
		count: u32::try_from(count).map_err(|_| GatewayError::Damaged)?,
		first_at: number_of(row.try_get("first_at")?)?,
		last_at: number_of(row.try_get("last_at")?)?,
		root: root.try_into().map_err(|_| GatewayError::Damaged)?,
	})
}

/// Where an envelope is and how long.
fn address(row: &SqliteRow) -> Result<(Cid, Hash, u64), GatewayError> {
	let (cid, sha256, size): (Vec<u8>, Vec<u8>, i64) =
		(row.try_get("cid")?, row.try_get("sha256")?, row.try_get("size")?);
	Ok((
		cid.try_into().map_err(|_| GatewayError::Damaged)?,
		crate::store::hash_of(sha256)?,
		u64::try_from(size).map_err(|_| GatewayError::Damaged)?,
	))
}

/// A row of readings: the reading, and when it came.
pub(super) fn open_reading(
	key: &LogKey,
	device: &DeviceId,
	row: &SqliteRow,
) -> Result<(SignedReading, Moment), GatewayError> {
	let seq = number_of(row.try_get("seq")?)?;
	let sealed: Vec<u8> = row.try_get("sealed")?;
	let bytes = key.open(&place_of(device, seq), &sealed)?;
	let signed = SignedReading::decode(&bytes).map_err(|_| GatewayError::Damaged)?;
	let received: i64 = row.try_get("received")?;
	Ok((signed, Moment::try_from(received).map_err(|_| GatewayError::Damaged)?))
}
