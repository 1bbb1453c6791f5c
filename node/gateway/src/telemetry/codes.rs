//! The codes that each device may report, as an operator opened them. The database has them encrypted; whether they are
//! those that the device is committed to on chain is looked at with each reading.

use std::collections::{HashMap, HashSet};

use salus_primitives::Moment;
use salus_vitals::{DeviceCodes, Loinc};
use sqlx::{Row, SqlitePool};

use super::{
	database::{device_of, time},
	devices::Device,
	log::LogKey,
	DeviceId, Refusal,
};
use crate::GatewayError;

pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS codes (
	device BLOB PRIMARY KEY,
	opened BIGINT NOT NULL,
	sealed BLOB NOT NULL
) WITHOUT ROWID";
/// How often they were changed: a gateway that runs beside reads them again when it was.
pub(super) const CHANGES: &str =
	"CREATE TABLE IF NOT EXISTS codes_changes (id INTEGER PRIMARY KEY CHECK (id = 0), count BIGINT NOT NULL)";
const CHANGE: &str = "INSERT INTO codes_changes (id, count) VALUES (0, 1) ON CONFLICT DO UPDATE SET count = count + 1";

/// Devices' codes.
#[derive(Clone)]
pub struct Codes {
	pool: SqlitePool,
	key: LogKey,
}

impl Codes {
	pub(super) fn new(pool: SqlitePool, key: LogKey) -> Self {
		Self { pool, key }
	}

	/// Takes devices' codes, all or none, in place of earlier ones.
	///
	/// # Errors
	/// `NoRandomness`, `Sql`
	pub async fn add(&self, opened: &[DeviceCodes], now: Moment) -> Result<(), GatewayError> {
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		for codes in opened {
			let device = codes.device().as_bytes();
			let sealed = self
				.key
				.seal(&place_of(device), codes.to_json().to_string().as_bytes())?;
			sqlx::query(
				"INSERT INTO codes (device, opened, sealed) VALUES (?, ?, ?)
				 ON CONFLICT DO UPDATE SET opened = excluded.opened, sealed = excluded.sealed",
			)
			.bind(device.as_slice())
			.bind(time(now))
			.bind(sealed)
			.execute(&mut *change)
			.await?;
		}
		sqlx::query(CHANGE).execute(&mut *change).await?;
		change.commit().await?;
		Ok(())
	}

	/// Forgets a device's codes, so that none of its readings is taken; whether it had any.
	///
	/// # Errors
	/// `Sql`
	pub async fn remove(&self, device: &DeviceId) -> Result<bool, GatewayError> {
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		let gone = sqlx::query("DELETE FROM codes WHERE device = ?")
			.bind(device.as_slice())
			.execute(&mut *change)
			.await?;
		sqlx::query(CHANGE).execute(&mut *change).await?;
		change.commit().await?;
		Ok(gone.rows_affected() > 0)
	}

	/// All devices' codes, and since when.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn list(&self) -> Result<Vec<(DeviceCodes, Moment)>, GatewayError> {
		let rows = sqlx::query("SELECT * FROM codes ORDER BY device")
			.fetch_all(&self.pool)
			.await?;
		let listed = rows.into_iter().map(|row| {
			let device = device_of(row.try_get("device")?)?;
			let sealed: Vec<u8> = row.try_get("sealed")?;
			let text = self.key.open(&place_of(&device), &sealed)?;
			let text = std::str::from_utf8(&text).map_err(|_| GatewayError::Damaged)?;
			let codes = DeviceCodes::read(text).map_err(|_| GatewayError::Damaged)?;
			let opened: i64 = row.try_get("opened")?;
			Ok((codes, Moment::try_from(opened).map_err(|_| GatewayError::Damaged)?))
		});
		listed.collect()
	}

	async fn changes(&self) -> Result<i64, GatewayError> {
		let row = sqlx::query("SELECT count FROM codes_changes")
			.fetch_optional(&self.pool)
			.await?;
		Ok(match row {
			Some(row) => row.try_get("count")?,
			None => 0,
		})
	}
}

/// Where a device's codes stand, so that no row passes for another's or for a reading.
fn place_of(device: &DeviceId) -> Vec<u8> {
	[b"codes".as_slice(), device].concat()
}

/// What devices may report, as the database had it at the last look.
pub(super) struct Permitted {
	codes: Codes,
	changes: Option<i64>,
	devices: HashMap<DeviceId, Opened>,
	/// Devices that the log has spoken of since then.
	told: HashSet<DeviceId>,
}

struct Opened {
	codes: DeviceCodes,
	commitment: [u8; 32],
}

impl Permitted {
	/// Nothing is known yet.
	pub fn new(codes: Codes) -> Self {
		Self {
			codes,
			changes: None,
			devices: HashMap::new(),
			told: HashSet::new(),
		}
	}

	/// Looks whether an operator changed anything.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn refresh(&mut self) -> Result<(), GatewayError> {
		// Counted before they are read: a change in between is read again.
		let changes = self.codes.changes().await?;
		if self.changes == Some(changes) {
			return Ok(());
		}
		let all = self.codes.list().await?.into_iter();
		self.devices = all
			.map(|(codes, _)| (*codes.device().as_bytes(), Opened::from(codes)))
			.collect();
		self.changes = Some(changes);
		self.told.clear();
		Ok(())
	}

	/// Whether the device may report this code, by its commitment on chain.
	///
	/// # Errors
	/// `CodesNotOpened`, `OtherCodes`, `CodeNotPermitted`
	pub fn may(&mut self, device: &Device, code: &Loinc) -> Result<(), Refusal> {
		let id = device.key.as_bytes();
		let refusal = match self.devices.get(id) {
			None => Refusal::CodesNotOpened,
			Some(opened) if opened.commitment != device.codes => Refusal::OtherCodes,
			Some(opened) if !opened.codes.contains(code) => Refusal::CodeNotPermitted,
			Some(_) => return Ok(()),
		};
		if self.told.insert(*id) {
			tracing::warn!(device = hex::encode(id), "{refusal}");
		}
		Err(refusal)
	}
}

impl From<DeviceCodes> for Opened {
	fn from(codes: DeviceCodes) -> Self {
		Self {
			commitment: codes.commitment(),
			codes,
		}
	}
}
