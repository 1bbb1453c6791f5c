//! The medical council's register as it was imported: by keyed hash of the licence number, never the number.

use salus::words;
use salus_primitives::{Moment, Role};
use sqlx::Row;

use super::{integer, unsigned, Store};
use crate::{keyed::HASH, Contact, GatewayError};

pub const TABLE: &str = "CREATE TABLE IF NOT EXISTS register (
	licence BLOB PRIMARY KEY,
	role TEXT NOT NULL,
	contact TEXT NOT NULL,
	valid_until BIGINT,
	speciality TEXT
)";

/// What the register says of one licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
	/// As what it lets her work.
	pub role: Role,
	/// Where she is reached.
	pub contact: Contact,
	/// Until before when it is valid; none for one without end.
	pub valid_until: Option<Moment>,
	/// Her speciality, where the register has it.
	pub speciality: Option<String>,
}

impl Store {
	/// Puts a whole register in the place of the one before, or leaves that one.
	///
	/// # Errors
	/// `Sql`
	pub async fn replace_register(&self, entries: &[([u8; HASH], Entry)]) -> Result<(), GatewayError> {
		let mut change = self.begin().await?;
		sqlx::query("DELETE FROM register").execute(&mut *change).await?;
		for (licence, entry) in entries {
			sqlx::query(
				"INSERT INTO register (licence, role, contact, valid_until, speciality) VALUES (?, ?, ?, ?, ?)",
			)
			.bind(licence.as_slice())
			.bind(entry.role.name())
			.bind(entry.contact.reveal())
			.bind(entry.valid_until.map(integer).transpose()?)
			.bind(entry.speciality.as_deref())
			.execute(&mut *change)
			.await?;
		}
		change.commit().await?;
		self.erase().await
	}

	/// The entry of a licence.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn registered(&self, licence: &[u8; HASH]) -> Result<Option<Entry>, GatewayError> {
		let row = sqlx::query("SELECT role, contact, valid_until, speciality FROM register WHERE licence = ?")
			.bind(licence.as_slice())
			.fetch_optional(&self.pool)
			.await?;
		let Some(row) = row else { return Ok(None) };
		let role: String = row.try_get("role")?;
		let contact: String = row.try_get("contact")?;
		Ok(Some(Entry {
			role: words::word(&role).map_err(|_| GatewayError::Damaged)?,
			contact: Contact::parse(&contact).map_err(|_| GatewayError::Damaged)?,
			valid_until: row
				.try_get::<Option<i64>, _>("valid_until")?
				.map(unsigned)
				.transpose()?,
			speciality: row.try_get("speciality")?,
		}))
	}

	/// How many licences the imported register has.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn licences(&self) -> Result<u64, GatewayError> {
		let row = sqlx::query("SELECT COUNT(*) AS licences FROM register")
			.fetch_one(&self.pool)
			.await?;
		unsigned(row.try_get("licences")?)
	}
}
