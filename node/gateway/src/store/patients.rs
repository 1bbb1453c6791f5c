//! How patients are reached, those who consented to it.

use salus_primitives::{Moment, PatientId};
use sqlx::Row;

use super::{integer, time, unsigned, Store};
use crate::{contact::Kind, Contact, GatewayError};

pub const PATIENTS: &str = "CREATE TABLE IF NOT EXISTS patients (
	patient BIGINT NOT NULL,
	channel TEXT NOT NULL,
	contact TEXT NOT NULL,
	consented BIGINT NOT NULL,
	PRIMARY KEY (patient, channel)
)";
/// How far each patient's trail was read, so that catching up does not read it from its beginning.
pub const TRAILS: &str = "CREATE TABLE IF NOT EXISTS trails (
	patient BIGINT PRIMARY KEY,
	seq BIGINT NOT NULL
)";

/// That a patient is reached, without where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
	/// Who.
	pub patient: PatientId,
	/// By what.
	pub channel: Kind,
	/// When she consented.
	pub consented: Moment,
}

impl Store {
	/// Notes how a patient wants to be reached, in the place of an earlier contact of the same kind.
	///
	/// # Errors
	/// `Sql`, `Damaged` for a number that no patient has
	pub async fn reach(&self, patient: PatientId, contact: &Contact, now: Moment) -> Result<(), GatewayError> {
		sqlx::query(
			"INSERT INTO patients (patient, channel, contact, consented) VALUES (?, ?, ?, ?) ON CONFLICT (patient, channel) \
			 DO UPDATE SET contact = excluded.contact, consented = excluded.consented",
		)
		.bind(integer(patient)?)
		.bind(contact.kind().name())
		.bind(contact.reveal())
		.bind(time(now)?)
		.execute(&self.pool)
		.await?;
		Ok(())
	}

	/// Forgets a patient's contacts, or that of one kind, and what was still to be sent there; says how many there were.
	///
	/// # Errors
	/// `Sql`
	pub async fn forget(&self, patient: PatientId, kind: Option<Kind>) -> Result<u64, GatewayError> {
		let (patient, kind) = (integer(patient)?, kind.map(Kind::name));
		let mut change = self.begin().await?;
		let gone = sqlx::query("DELETE FROM patients WHERE patient = ?1 AND (?2 IS NULL OR channel = ?2)")
			.bind(patient)
			.bind(kind)
			.execute(&mut *change)
			.await?;
		sqlx::query(
			"UPDATE outbox SET state = 'withdrawn' WHERE patient = ?1 AND (?2 IS NULL OR channel = ?2) AND state <> 'delivered'",
		)
		.bind(patient)
		.bind(kind)
		.execute(&mut *change)
		.await?;
		change.commit().await?;
		self.erase().await?;
		Ok(gone.rows_affected())
	}

	/// Who is reached, and by what; by patient.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn reached(&self) -> Result<Vec<Reached>, GatewayError> {
		let rows = sqlx::query("SELECT patient, channel, consented FROM patients ORDER BY patient, channel")
			.fetch_all(&self.pool)
			.await?;
		let reached = rows.iter().map(|row| {
			Ok(Reached {
				patient: unsigned(row.try_get("patient")?)?,
				channel: Kind::of(row.try_get("channel")?).ok_or(GatewayError::Damaged)?,
				consented: unsigned(row.try_get("consented")?)?,
			})
		});
		reached.collect()
	}

	/// Up to which entry each reached patient's trail was read; 0 where none was.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn trails(&self) -> Result<Vec<(PatientId, u64)>, GatewayError> {
		let rows = sqlx::query(
			"SELECT DISTINCT patients.patient AS patient, COALESCE(seq, 0) AS seq FROM patients LEFT JOIN trails \
			 ON trails.patient = patients.patient ORDER BY 1",
		)
		.fetch_all(&self.pool)
		.await?;
		let trails = rows
			.iter()
			.map(|row| Ok((unsigned(row.try_get("patient")?)?, unsigned(row.try_get("seq")?)?)));
		trails.collect()
	}
}
