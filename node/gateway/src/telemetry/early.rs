//! Readings that came before the block that says whose they are, or that their device is in use again. They wait on the
//! disk, apart from others, until the gateway knows a block later than their coming; whatever the gateway then says of one
//! it says again to whoever sends it again.

use std::collections::{BTreeMap, HashMap, VecDeque};

use salus_primitives::Moment;
use salus_vitals::SignedReading;
use sqlx::{Row, SqlitePool};
use zeroize::Zeroizing;

use super::{
	database::{device_of, number_of, time},
	log::LogKey,
	DeviceId, Refusal,
};
use crate::GatewayError;

pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS early (
	device BLOB NOT NULL,
	seq BLOB NOT NULL,
	received BIGINT NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (device, seq)
) WITHOUT ROWID";
/// Readings of one device that wait: more than an hour of one a second.
pub(super) const OF_ONE: usize = 4_096;
/// Readings of all devices that wait.
const OF_ALL: usize = 65_536;
/// Readings of one device that are known to have waited in vain: those of a request.
const IN_VAIN: usize = 256;

/// The readings that wait.
pub(super) struct Early {
	pool: SqlitePool,
	key: LogKey,
	waiting: BTreeMap<(DeviceId, u64), Waiting>,
	of: HashMap<DeviceId, usize>,
	in_vain: HashMap<DeviceId, VecDeque<(u64, Moment)>>,
}

/// A reading that waits.
pub(super) struct Waiting {
	/// The reading.
	pub signed: SignedReading,
	/// When it came first.
	pub received: Moment,
}

impl Early {
	/// Those that waited when the gateway ended.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn open(pool: SqlitePool, key: LogKey) -> Result<Self, GatewayError> {
		let mut early = Self {
			pool,
			key,
			waiting: BTreeMap::new(),
			of: HashMap::new(),
			in_vain: HashMap::new(),
		};
		for row in sqlx::query("SELECT * FROM early").fetch_all(&early.pool).await? {
			let device = device_of(row.try_get("device")?)?;
			let seq = number_of(row.try_get("seq")?)?;
			let sealed: Vec<u8> = row.try_get("sealed")?;
			let bytes = early.key.open(&place_of(&device, seq), &sealed)?;
			let received: i64 = row.try_get("received")?;
			let waiting = Waiting {
				signed: SignedReading::decode(&bytes).map_err(|_| GatewayError::Damaged)?,
				received: Moment::try_from(received).map_err(|_| GatewayError::Damaged)?,
			};
			early.wait(waiting);
		}
		Ok(early)
	}

	/// All that wait.
	pub fn all(&self) -> impl Iterator<Item = &Waiting> {
		self.waiting.values()
	}

	/// Whether this reading waited before, and a later block did not help it.
	pub fn was_in_vain(&self, signed: &SignedReading) -> bool {
		let reading = &signed.reading;
		let of = self.in_vain.get(&reading.device);
		of.is_some_and(|of| of.contains(&(reading.seq, reading.at)))
	}

	/// Has readings wait that came now, all durably before it returns; says of each what its sender is told.
	///
	/// # Errors
	/// `Sql`, `NoRandomness`
	pub async fn hold(&mut self, readings: Vec<SignedReading>, now: Moment) -> Result<Vec<Refusal>, GatewayError> {
		if readings.is_empty() {
			return Ok(Vec::new());
		}
		let mut told = Vec::with_capacity(readings.len());
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		for signed in readings {
			let (device, seq) = (signed.reading.device, signed.reading.seq);
			let before = self.waiting.get(&(device, seq));
			told.push(match before {
				Some(before) if before.signed == signed => Refusal::Unsettled,
				Some(_) => Refusal::Conflict,
				None if self.is_crowded(&device) => Refusal::Crowded,
				None => {
					let bytes = Zeroizing::new(signed.encode());
					sqlx::query("INSERT INTO early (device, seq, received, sealed) VALUES (?, ?, ?, ?)")
						.bind(device.to_vec())
						.bind(seq.to_be_bytes().to_vec())
						.bind(time(now))
						.bind(self.key.seal(&place_of(&device, seq), &bytes)?)
						.execute(&mut *change)
						.await?;
					self.wait(Waiting { signed, received: now });
					Refusal::Unsettled
				}
			});
		}
		change.commit().await?;
		Ok(told)
	}

	/// Lets readings go, and remembers of which the waiting was in vain.
	///
	/// # Errors
	/// `Sql`
	pub async fn let_go(&mut self, settled: &[((DeviceId, u64), bool)]) -> Result<(), GatewayError> {
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		for ((device, seq), _) in settled {
			sqlx::query("DELETE FROM early WHERE device = ? AND seq = ?")
				.bind(device.to_vec())
				.bind(seq.to_be_bytes().to_vec())
				.execute(&mut *change)
				.await?;
		}
		change.commit().await?;
		for (place, in_vain) in settled {
			let Some(waiting) = self.waiting.remove(place) else {
				continue;
			};
			let (device, seq) = *place;
			if let Some(count) = self.of.get_mut(&device) {
				*count = count.saturating_sub(1);
				if *count == 0 {
					self.of.remove(&device);
				}
			}
			if *in_vain {
				let of = self.in_vain.entry(device).or_default();
				of.push_back((seq, waiting.signed.reading.at));
				if of.len() > IN_VAIN {
					of.pop_front();
				}
			}
		}
		Ok(())
	}

	fn is_crowded(&self, device: &DeviceId) -> bool {
		self.waiting.len() >= OF_ALL || self.of.get(device).is_some_and(|count| *count >= OF_ONE)
	}

	fn wait(&mut self, waiting: Waiting) {
		let reading = &waiting.signed.reading;
		let (device, seq) = (reading.device, reading.seq);
		if self.waiting.insert((device, seq), waiting).is_none() {
			let count = self.of.entry(device).or_default();
			*count = count.saturating_add(1);
		}
	}
}

/// Where a reading waits, so that no row passes for another's or for one that is kept.
fn place_of(device: &DeviceId, seq: u64) -> Vec<u8> {
	[b"early".as_slice(), device, &seq.to_be_bytes()].concat()
}
