//! The write-ahead log: every reading that was answered for, encrypted, until its batch is anchored. One SQLite file,
//! synchronised before anybody is answered.

use std::{
	collections::{HashMap, HashSet},
	path::Path,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
};

use chacha20poly1305::{
	aead::{Aead, KeyInit, Payload},
	XChaCha20Poly1305,
};
use rand::{
	rngs::{StdRng, SysRng},
	RngExt, SeedableRng,
};
use salus::Hash;
use salus_primitives::Moment;
use salus_vault::keystore::read_private;
use salus_vitals::SignedReading;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool};
use zeroize::Zeroizing;

use super::{
	codes::Codes,
	database::{self, device_of, number_of, time},
	intake::Kept,
	ledger::{open_reading, Ledger},
	refusal::Refusal,
	token::Tokens,
	DeviceId,
};
use crate::{keyed::Secret, GatewayError};

const NONCE: usize = 24;
/// Rows of one statement.
const ROWS: usize = 256;

/// The key that the log is encrypted with.
#[derive(Clone)]
pub struct LogKey(Zeroizing<[u8; 32]>);

/// The log of one gateway. Whoever holds it is its only writer.
pub struct Log {
	pub(super) pool: SqlitePool,
	key: LogKey,
	pub(super) waiting: HashMap<DeviceId, Waiting>,
	/// Readings that are neither anchored nor put aside.
	pub(super) open: Arc<AtomicU64>,
	most: u64,
}

/// What of a device is in no batch yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Waiting {
	/// The number of the next reading that a batch can begin with.
	pub next: u64,
	/// How many readings wait.
	pub count: u64,
	/// When the one that waits longest came.
	pub oldest: Moment,
}

/// A reading that was checked.
pub struct Checked {
	/// The reading.
	pub signed: SignedReading,
	/// The number of the next reading of its device that the chain takes.
	pub next_on_chain: u64,
}

impl LogKey {
	/// Reads a key of 32 bytes, hexadecimal, from a file that only its owner may read.
	///
	/// # Errors
	/// `Secret`, `BadSecret`
	pub fn read(path: &Path) -> Result<Self, GatewayError> {
		let text = read_private(path)?;
		let mut key = Zeroizing::new([0; 32]);
		hex::decode_to_slice(text.as_bytes(), key.as_mut_slice())
			.map_err(|_| GatewayError::BadSecret(path.to_owned()))?;
		Ok(Self(key))
	}

	pub(crate) fn seal(&self, associated: &[u8], message: &[u8]) -> Result<Vec<u8>, GatewayError> {
		let mut nonce = [0; NONCE];
		StdRng::try_from_rng(&mut SysRng)
			.map_err(|_| GatewayError::NoRandomness)?
			.fill(&mut nonce);
		let payload = Payload {
			msg: message,
			aad: associated,
		};
		// Sealing fails only beyond 256 GiB.
		let sealed = XChaCha20Poly1305::new((&*self.0).into())
			.encrypt((&nonce).into(), payload)
			.map_err(|_| GatewayError::Damaged)?;
		Ok([&nonce, sealed.as_slice()].concat())
	}

	pub(crate) fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, GatewayError> {
		let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(GatewayError::Damaged)?;
		let payload = Payload {
			msg: sealed,
			aad: associated,
		};
		XChaCha20Poly1305::new((&*self.0).into())
			.decrypt(nonce.into(), payload)
			.map(Zeroizing::new)
			.map_err(|_| GatewayError::Damaged)
	}
}

impl Log {
	/// Opens or creates the log in this folder, for the chain with this genesis hash. It keeps so many readings at most.
	///
	/// # Errors
	/// `File`, `Sql`, `UnsupportedVersion`, `ForeignGenesis`, `Damaged`
	pub async fn open(folder: &Path, genesis: Hash, key: LogKey, most: u64) -> Result<Self, GatewayError> {
		let pool = database::open(folder, genesis).await?;
		let mut log = Self {
			pool,
			key,
			waiting: HashMap::new(),
			open: Arc::default(),
			most,
		};
		log.recall().await?;
		Ok(log)
	}

	/// The tokens of devices, beside their readings.
	pub fn tokens(&self, secret: Secret) -> Tokens {
		Tokens::new(self.pool.clone(), secret)
	}

	/// What devices may report, beside their readings.
	pub fn codes(&self) -> Codes {
		Codes::new(self.pool.clone(), self.key.clone())
	}

	/// What becomes of its batches.
	pub fn ledger(&self) -> Ledger {
		Ledger::new(self.pool.clone(), self.key.clone(), Arc::clone(&self.open))
	}

	/// How many readings are kept and neither anchored nor put aside.
	pub fn kept(&self) -> u64 {
		self.open.load(Ordering::Relaxed)
	}

	/// Keeps readings, all durably before it returns; says of each whether it is new.
	///
	/// # Errors
	/// Of a reading: `Conflict`, `Closed`, `Full`. Of all: `Sql`, `Damaged`, `NoRandomness`; none is kept then.
	pub async fn keep(
		&mut self,
		readings: &[Checked],
		now: Moment,
	) -> Result<Vec<Result<Kept, Refusal>>, GatewayError> {
		let mut outcomes = vec![Err(Refusal::Full); readings.len()];
		let mut room = self.most.saturating_sub(self.kept());
		let mut fresh = Vec::with_capacity(readings.len());
		for (place, checked) in readings.iter().enumerate() {
			let reading = &checked.signed.reading;
			let next = self.waiting.get(&reading.device).map_or(0, |waiting| waiting.next);
			let closed = reading.seq < next.max(checked.next_on_chain);
			if closed || room == 0 {
				// It may be one that is kept: whoever did not hear so sends it again.
				if let Some(slot) = outcomes.get_mut(place) {
					*slot = match self.compare(checked).await? {
						Some(outcome) => outcome,
						None if closed => Err(Refusal::Closed),
						None => Err(Refusal::Full),
					};
				}
				continue;
			}
			room = room.saturating_sub(1);
			fresh.push((place, checked));
		}
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		let mut inserted = Vec::new();
		for rows in fresh.chunks(ROWS) {
			inserted.extend(insert(&mut change, &self.key, rows, now).await?);
		}
		change.commit().await?;
		self.open
			.fetch_add(u64::try_from(inserted.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
		let mut new: HashSet<(DeviceId, u64)> = inserted.into_iter().collect();
		for (place, checked) in fresh {
			let reading = &checked.signed.reading;
			let outcome = if new.remove(&(reading.device, reading.seq)) {
				let waiting = self.waiting.entry(reading.device).or_default();
				waiting.next = waiting.next.max(checked.next_on_chain);
				if waiting.count == 0 {
					waiting.oldest = now;
				}
				waiting.count = waiting.count.saturating_add(1);
				Ok(Kept::New)
			} else {
				self.compare(checked).await?.unwrap_or(Err(Refusal::Conflict))
			};
			if let Some(slot) = outcomes.get_mut(place) {
				*slot = outcome;
			}
		}
		Ok(outcomes)
	}

	/// What a reading is against the one kept with its number; none where none is kept.
	async fn compare(&self, checked: &Checked) -> Result<Option<Result<Kept, Refusal>>, GatewayError> {
		let reading = &checked.signed.reading;
		let row = sqlx::query("SELECT sealed FROM readings WHERE device = ? AND seq = ?")
			.bind(reading.device.as_slice())
			.bind(reading.seq.to_be_bytes().to_vec())
			.fetch_optional(&self.pool)
			.await?;
		let Some(row) = row else { return Ok(None) };
		let sealed: Vec<u8> = row.try_get("sealed")?;
		let kept = self.key.open(&place_of(&reading.device, reading.seq), &sealed)?;
		// Ed25519 signatures of one device on one reading are one: a repetition has the same bytes.
		Ok(Some(match *kept == checked.signed.encode() {
			true => Ok(Kept::Before),
			false => Err(Refusal::Conflict),
		}))
	}

	/// A device's readings that are in no batch, from the lowest number on, so many at most; and when each came.
	pub(super) async fn unbatched(
		&self,
		device: &DeviceId,
		most: usize,
	) -> Result<Vec<(SignedReading, Moment)>, GatewayError> {
		let rows = sqlx::query(
			"SELECT seq, received, sealed FROM readings WHERE device = ? AND batch IS NULL ORDER BY seq LIMIT ?",
		)
		.bind(device.as_slice())
		.bind(i64::try_from(most).unwrap_or(i64::MAX))
		.fetch_all(&self.pool)
		.await?;
		let opened = rows.iter().map(|row| open_reading(&self.key, device, row));
		opened.collect()
	}

	pub(super) fn key(&self) -> &LogKey {
		&self.key
	}

	/// What waits, as it stands on the disk.
	async fn recall(&mut self) -> Result<(), GatewayError> {
		for row in sqlx::query("SELECT device, next FROM progress")
			.fetch_all(&self.pool)
			.await?
		{
			let device = device_of(row.try_get("device")?)?;
			let next = number_of(row.try_get("next")?)?;
			self.waiting.insert(
				device,
				Waiting {
					next,
					..Waiting::default()
				},
			);
		}
		let waiting = sqlx::query(
			"SELECT device, COUNT(*) AS count, MIN(received) AS oldest FROM readings WHERE batch IS NULL GROUP BY device",
		);
		for row in waiting.fetch_all(&self.pool).await? {
			let device = device_of(row.try_get("device")?)?;
			let (count, oldest): (i64, i64) = (row.try_get("count")?, row.try_get("oldest")?);
			let waiting = self.waiting.entry(device).or_default();
			waiting.count = u64::try_from(count).map_err(|_| GatewayError::Damaged)?;
			waiting.oldest = Moment::try_from(oldest).map_err(|_| GatewayError::Damaged)?;
		}
		let open: i64 = sqlx::query(
			"SELECT (SELECT COUNT(*) FROM readings WHERE batch IS NULL)
			 + (SELECT COALESCE(SUM(count), 0) FROM batches WHERE state IN ('closed', 'sealed', 'stored')) AS open",
		)
		.fetch_one(&self.pool)
		.await?
		.try_get("open")?;
		let open = u64::try_from(open).map_err(|_| GatewayError::Damaged)?;
		self.open.store(open, Ordering::Relaxed);
		Ok(())
	}
}

async fn insert(
	change: &mut SqliteConnection,
	key: &LogKey,
	rows: &[(usize, &Checked)],
	now: Moment,
) -> Result<Vec<(DeviceId, u64)>, GatewayError> {
	let received = time(now);
	let mut sealed = Vec::with_capacity(rows.len());
	for (_, checked) in rows {
		let reading = &checked.signed.reading;
		let bytes = Zeroizing::new(checked.signed.encode());
		sealed.push((reading, key.seal(&place_of(&reading.device, reading.seq), &bytes)?));
	}
	let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO readings (device, seq, received, sealed) ");
	query.push_values(sealed, |mut row, (reading, sealed)| {
		row.push_bind(reading.device.to_vec())
			.push_bind(reading.seq.to_be_bytes().to_vec())
			.push_bind(received)
			.push_bind(sealed);
	});
	query.push(" ON CONFLICT DO NOTHING RETURNING device, seq");
	let rows = query.build().fetch_all(change).await?;
	let new = rows.into_iter().map(|row| {
		let device = device_of(row.try_get("device")?)?;
		Ok((device, number_of(row.try_get("seq")?)?))
	});
	new.collect()
}

/// Where a reading stands, so that no row passes for another.
pub(super) fn place_of(device: &DeviceId, seq: u64) -> Vec<u8> {
	[device.as_slice(), &seq.to_be_bytes()].concat()
}
