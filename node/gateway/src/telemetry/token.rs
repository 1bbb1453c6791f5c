//! The credentials that devices send readings over HTTP with. The database has only what they are checked with.

use rand::{
	rngs::{StdRng, SysRng},
	RngExt, SeedableRng,
};
use salus_primitives::Moment;
use sqlx::{Row, SqlitePool};
use zeroize::Zeroizing;

use super::{
	database::{device_of, time},
	DeviceId,
};
use crate::{
	keyed::{Secret, Use},
	GatewayError,
};

pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS tokens (
	device BLOB PRIMARY KEY,
	hash BLOB NOT NULL,
	made BIGINT NOT NULL
) WITHOUT ROWID";

/// Devices' tokens.
#[derive(Clone)]
pub struct Tokens {
	pool: SqlitePool,
	secret: Secret,
}

impl Tokens {
	pub(super) fn new(pool: SqlitePool, secret: Secret) -> Self {
		Self { pool, secret }
	}

	/// Makes a device's token, which is shown this once; an earlier one is void.
	///
	/// # Errors
	/// `NoRandomness`, `Sql`
	pub async fn make(&self, device: &DeviceId, now: Moment) -> Result<Zeroizing<String>, GatewayError> {
		let mut bytes = Zeroizing::new([0; 32]);
		StdRng::try_from_rng(&mut SysRng)
			.map_err(|_| GatewayError::NoRandomness)?
			.fill(bytes.as_mut_slice());
		let token = Zeroizing::new(hex::encode(bytes.as_slice()));
		let hash = self.secret.hash(Use::Device, &[device, token.as_bytes()]);
		sqlx::query(
			"INSERT INTO tokens (device, hash, made) VALUES (?, ?, ?)
			 ON CONFLICT DO UPDATE SET hash = excluded.hash, made = excluded.made",
		)
		.bind(device.as_slice())
		.bind(hash.as_slice())
		.bind(time(now))
		.execute(&self.pool)
		.await?;
		Ok(token)
	}

	/// Takes a device's token back; whether it had one.
	///
	/// # Errors
	/// `Sql`
	pub async fn revoke(&self, device: &DeviceId) -> Result<bool, GatewayError> {
		let gone = sqlx::query("DELETE FROM tokens WHERE device = ?")
			.bind(device.as_slice())
			.execute(&self.pool)
			.await?;
		Ok(gone.rows_affected() > 0)
	}

	/// The devices that have a token, and since when.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn list(&self) -> Result<Vec<(DeviceId, Moment)>, GatewayError> {
		let rows = sqlx::query("SELECT device, made FROM tokens ORDER BY device")
			.fetch_all(&self.pool)
			.await?;
		let listed = rows.into_iter().map(|row| {
			let made: i64 = row.try_get("made")?;
			let made = Moment::try_from(made).map_err(|_| GatewayError::Damaged)?;
			Ok((device_of(row.try_get("device")?)?, made))
		});
		listed.collect()
	}

	/// Whether this is the device's token, in constant time.
	///
	/// # Errors
	/// `Sql`
	pub async fn verify(&self, device: &DeviceId, token: &str) -> Result<bool, GatewayError> {
		let row = sqlx::query("SELECT hash FROM tokens WHERE device = ?")
			.bind(device.as_slice())
			.fetch_optional(&self.pool)
			.await?;
		// Whoever asks for a device without a token learns nothing from how long it takes.
		let hash: Vec<u8> = match row {
			Some(row) => row.try_get("hash")?,
			None => Vec::new(),
		};
		Ok(self.secret.verify(Use::Device, &[device, token.as_bytes()], &hash))
	}
}
