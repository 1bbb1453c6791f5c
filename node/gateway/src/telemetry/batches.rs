//! When readings become a batch, which is what is encrypted, kept and anchored. A batch that is closed never changes.

use std::sync::atomic::Ordering;

use rand::{
	rngs::{StdRng, SysRng},
	RngExt, SeedableRng,
};
use salus_primitives::{Moment, DAY};
use salus_vitals::{
	batch::{Batch, BatchSecret, MAX_READINGS},
	Reading, SignedReading,
};
use sqlx::{Row as _, SqliteConnection};
use zeroize::Zeroizing;

use super::{
	database::time,
	devices::{Device, Devices},
	ledger::State,
	log::{Log, LogKey},
	DeviceId,
};
use crate::GatewayError;

pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS batches (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device BLOB NOT NULL,
	binding BLOB NOT NULL,
	first_seq BLOB NOT NULL,
	count BIGINT NOT NULL,
	first_at BLOB NOT NULL,
	last_at BLOB NOT NULL,
	root BLOB NOT NULL,
	secret BLOB NOT NULL,
	-- When the first of its readings came.
	since BIGINT NOT NULL,
	-- In which order batches are anchored: as they were closed, and parts of a divided one in its place.
	rank BIGINT NOT NULL,
	state TEXT NOT NULL,
	-- Why it is aside, or what keeps it waiting.
	reason TEXT,
	attempts BIGINT NOT NULL DEFAULT 0,
	-- It is left alone until then.
	due BIGINT NOT NULL DEFAULT 0,
	-- When the vault had it.
	stored BIGINT,
	anchor BLOB,
	-- When it was anchored or put aside.
	ended BIGINT
)";

/// Why readings of a binding that ended before they were measured are not anchored.
pub(super) const OUTSIDE: &str = "BatchOutsideBinding";

/// When a batch is closed.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
	/// With so many readings.
	pub readings: usize,
	/// Or once the oldest has waited so long, in milliseconds.
	pub age: Moment,
	/// Over a gap only once the reading after it has waited so long, in milliseconds: what is missing may still come.
	pub patience: Moment,
}

impl Default for Rules {
	fn default() -> Self {
		Self {
			readings: 1_024,
			age: 60_000,
			patience: 300_000,
		}
	}
}

/// A batch whose content stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
	/// Its number at this gateway.
	pub id: i64,
	/// The device.
	pub device: DeviceId,
	/// For whom it measured.
	pub binding: u64,
	/// The number of the first reading.
	pub first_seq: u64,
	/// How many readings.
	pub count: u32,
	/// The time of the earliest reading.
	pub first_at: Moment,
	/// The time of the latest reading.
	pub last_at: Moment,
	/// The root over their leaves.
	pub root: [u8; 32],
}

/// Closes batches.
#[derive(Clone, Copy, Debug)]
pub struct Closer {
	rules: Rules,
}

/// Readings that can be closed now, and whether they are anchored or nobody's.
struct Run {
	len: usize,
	inside: bool,
}

impl Closer {
	/// By these rules; a batch has 1 to 65,536 readings.
	pub fn new(rules: Rules) -> Self {
		let readings = rules.readings.clamp(1, MAX_READINGS);
		Self {
			rules: Rules { readings, ..rules },
		}
	}

	/// Closes all batches that are due, each in a transaction of its own.
	///
	/// # Errors
	/// `Sql`, `Damaged`, `NoRandomness`
	pub async fn close(&self, log: &mut Log, devices: &Devices, now: Moment) -> Result<Vec<Closed>, GatewayError> {
		let due: Vec<_> = log
			.waiting
			.iter()
			.filter(|(_, waiting)| {
				let old = waiting.oldest.saturating_add(self.rules.age) <= now;
				waiting.count > 0 && (old || self.is_full(waiting.count))
			})
			.map(|(device, _)| *device)
			.collect();
		self.close_all(log, devices, due, now).await
	}

	/// Closes the full batches of these devices.
	///
	/// # Errors
	/// `Sql`, `Damaged`, `NoRandomness`
	pub async fn close_full(
		&self,
		log: &mut Log,
		devices: &Devices,
		touched: impl Iterator<Item = DeviceId>,
		now: Moment,
	) -> Result<Vec<Closed>, GatewayError> {
		let mut full: Vec<_> = touched
			.filter(|device| {
				log.waiting
					.get(device)
					.is_some_and(|waiting| self.is_full(waiting.count))
			})
			.collect();
		full.sort_unstable();
		full.dedup();
		self.close_all(log, devices, full, now).await
	}

	fn is_full(&self, count: u64) -> bool {
		count >= u64::try_from(self.rules.readings).unwrap_or(u64::MAX)
	}

	async fn close_all(
		&self,
		log: &mut Log,
		devices: &Devices,
		due: Vec<DeviceId>,
		now: Moment,
	) -> Result<Vec<Closed>, GatewayError> {
		let mut closed = Vec::new();
		for id in due {
			let device = devices.get(&id);
			while let Some(batch) = self.close_one(log, &id, device.as_deref(), now).await? {
				closed.push(batch);
			}
		}
		Ok(closed)
	}

	async fn close_one(
		&self,
		log: &mut Log,
		id: &DeviceId,
		device: Option<&Device>,
		now: Moment,
	) -> Result<Option<Closed>, GatewayError> {
		let next = log.waiting.get(id).map_or(0, |waiting| waiting.next);
		let readings = log.unbatched(id, self.rules.readings.saturating_add(1)).await?;
		let Some(run) = self.due_run(&readings, device, next, now) else {
			return Ok(None);
		};
		let taken = readings.get(..run.len).ok_or(GatewayError::Damaged)?;
		let signed: Vec<_> = taken.iter().map(|(signed, _)| signed.clone()).collect();
		let hashed = Hashed::new(&signed)?;
		let mut change = log.pool.begin_with("BEGIN IMMEDIATE").await?;
		let row = Row {
			since: taken.iter().map(|(_, received)| *received).min().unwrap_or(now),
			aside: (!run.inside).then_some(OUTSIDE),
			parent: None,
			rank: None,
			now,
		};
		let closed = hashed.insert(&mut change, log.key(), row).await?;
		sqlx::query("INSERT INTO progress (device, next) VALUES (?, ?) ON CONFLICT DO UPDATE SET next = excluded.next")
			.bind(id.as_slice())
			.bind(hashed.end().to_be_bytes().to_vec())
			.execute(&mut *change)
			.await?;
		change.commit().await?;
		let count = u64::from(closed.count);
		if !run.inside {
			log.open.fetch_sub(count, Ordering::Relaxed);
		}
		let rest = readings.get(run.len).map(|(_, received)| *received);
		let waiting = log.waiting.entry(*id).or_default();
		waiting.next = hashed.end();
		waiting.count = waiting.count.saturating_sub(count);
		waiting.oldest = rest.unwrap_or(now);
		Ok(Some(closed))
	}

	/// The readings that can be closed now: contiguous, of one binding, within a day, all inside the binding's time or all
	/// outside of it; and full, old, or followed by what cannot join.
	fn due_run(
		&self,
		readings: &[(SignedReading, Moment)],
		device: Option<&Device>,
		next: u64,
		now: Moment,
	) -> Option<Run> {
		let (first, received) = readings.first()?;
		let first = &first.reading;
		if first.seq > next && received.saturating_add(self.rules.patience) > now {
			return None;
		}
		let inside = is_inside(device, first);
		let (mut earliest, mut latest) = (first.at, first.at);
		let (mut len, mut parted, mut expected) = (0_usize, false, Some(first.seq));
		for (signed, _) in readings.iter().take(self.rules.readings) {
			let reading = &signed.reading;
			earliest = earliest.min(reading.at);
			latest = latest.max(reading.at);
			parted = reading.binding != first.binding
				|| is_inside(device, reading) != inside
				|| latest.saturating_sub(earliest) > DAY;
			if parted || expected != Some(reading.seq) {
				break;
			}
			expected = reading.seq.checked_add(1);
			len = len.saturating_add(1);
		}
		let full = len == self.rules.readings;
		let old = received.saturating_add(self.rules.age) <= now;
		(full || old || parted).then_some(Run { len, inside })
	}
}

/// Whether the reading was measured while its device was bound as it says, as far as is known.
fn is_inside(device: Option<&Device>, reading: &Reading) -> bool {
	device
		.and_then(|device| device.bindings.get(&reading.binding))
		.is_none_or(|binding| binding.contains(reading.at))
}

/// Readings of one batch, hashed under a secret of their own.
pub(super) struct Hashed {
	batch: Closed,
	secret: Zeroizing<[u8; 32]>,
	last_seq: u64,
}

/// How a batch comes into the table.
pub(super) struct Row {
	/// When the first of its readings came.
	pub since: Moment,
	/// Why it is not to be anchored.
	pub aside: Option<&'static str>,
	/// The batch that had its readings before.
	pub parent: Option<i64>,
	/// That one's rank.
	pub rank: Option<i64>,
	/// Now.
	pub now: Moment,
}

impl Hashed {
	/// Hashes readings that follow one another.
	///
	/// # Errors
	/// `NoRandomness`, `Damaged`
	pub fn new(readings: &[SignedReading]) -> Result<Self, GatewayError> {
		let mut secret = Zeroizing::new([0; 32]);
		StdRng::try_from_rng(&mut SysRng)
			.map_err(|_| GatewayError::NoRandomness)?
			.fill(secret.as_mut_slice());
		let batch = Batch::new(&BatchSecret::new(*secret), readings).map_err(|_| GatewayError::Damaged)?;
		let first = &readings.first().ok_or(GatewayError::Damaged)?.reading;
		Ok(Self {
			batch: Closed {
				id: 0,
				device: first.device,
				binding: first.binding,
				first_seq: batch.first_seq,
				count: u32::try_from(readings.len()).map_err(|_| GatewayError::Damaged)?,
				first_at: batch.first_at,
				last_at: batch.last_at,
				root: batch.tree.root(),
			},
			secret,
			last_seq: batch.last_seq,
		})
	}

	/// The number after its last reading's; that of the very last has none.
	pub fn end(&self) -> u64 {
		self.last_seq.saturating_add(1)
	}

	/// Writes it down, and takes its readings.
	///
	/// # Errors
	/// `Sql`, `Damaged`, `NoRandomness`
	pub async fn insert(&self, change: &mut SqliteConnection, key: &LogKey, row: Row) -> Result<Closed, GatewayError> {
		let batch = &self.batch;
		let sealed = key.seal(&batch.root, self.secret.as_slice())?;
		let state = if row.aside.is_some() {
			State::Aside
		} else {
			State::Closed
		};
		let inserted = sqlx::query(
			"INSERT INTO batches (device, binding, first_seq, count, first_at, last_at, root, secret, since, rank, state, reason, ended)
			 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, COALESCE(?, (SELECT COALESCE(MAX(rank), 0) + 1 FROM batches)), ?, ?, ?)
			 RETURNING id",
		)
		.bind(batch.device.as_slice())
		.bind(batch.binding.to_be_bytes().to_vec())
		.bind(batch.first_seq.to_be_bytes().to_vec())
		.bind(i64::from(batch.count))
		.bind(batch.first_at.to_be_bytes().to_vec())
		.bind(batch.last_at.to_be_bytes().to_vec())
		.bind(batch.root.as_slice())
		.bind(sealed)
		.bind(time(row.since))
		.bind(row.rank)
		.bind(state.name())
		.bind(row.aside)
		.bind(row.aside.map(|_| time(row.now)))
		.fetch_one(&mut *change)
		.await?;
		let id: i64 = inserted.try_get("id")?;
		let taken =
			sqlx::query("UPDATE readings SET batch = ? WHERE device = ? AND seq BETWEEN ? AND ? AND batch IS ?")
				.bind(id)
				.bind(batch.device.as_slice())
				.bind(batch.first_seq.to_be_bytes().to_vec())
				.bind(self.last_seq.to_be_bytes().to_vec())
				.bind(row.parent)
				.execute(&mut *change)
				.await?;
		if taken.rows_affected() != u64::from(batch.count) {
			return Err(GatewayError::Damaged);
		}
		Ok(Closed { id, ..batch.clone() })
	}
}
