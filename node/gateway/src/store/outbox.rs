//! What patients are to be told, once for each event and channel.

use salus::Hash;
use salus_primitives::{CaseId, Moment, PatientId, ReceiptId, RequestId, DAY};
use sqlx::Row;

use super::{integer, set_cursor, time, unsigned, Block, Store};
use crate::{contact::Kind, Contact, GatewayError};

/// How long what was delivered is remembered.
const KEPT: Moment = 90 * DAY;

pub const TABLE: &str = "CREATE TABLE IF NOT EXISTS outbox (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	patient BIGINT NOT NULL,
	event TEXT NOT NULL,
	subject BIGINT NOT NULL,
	channel TEXT NOT NULL,
	block BIGINT NOT NULL,
	created BIGINT NOT NULL,
	state TEXT NOT NULL DEFAULT 'waiting',
	attempts BIGINT NOT NULL DEFAULT 0,
	due BIGINT NOT NULL,
	error TEXT,
	UNIQUE (patient, event, subject, channel)
)";

/// Something a patient is told of. One access to several records is one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
	/// Somebody asks for her consent.
	Asked(RequestId),
	/// Somebody was permitted to open records.
	Opened(ReceiptId),
	/// The glass was broken.
	GlassBroken(CaseId),
	/// Somebody was permitted to open readings of her devices.
	ReadingsOpened(ReceiptId),
	/// An appointment was made, moved or cancelled; this entry of her trail says which.
	Appointment(u64),
	/// She is offered an appointment; the number is of this offer alone and says nothing.
	Offered(u64),
	/// Somebody says that her key is lost, and asks for another; this entry of her trail says who.
	KeyLost(u64),
}

impl Event {
	/// In the database and in `--json`.
	pub fn name(self) -> &'static str {
		match self {
			Self::Asked(_) => "asked",
			Self::Opened(_) => "opened",
			Self::GlassBroken(_) => "glassBroken",
			Self::ReadingsOpened(_) => "readingsOpened",
			Self::Appointment(_) => "appointment",
			Self::Offered(_) => "offered",
			Self::KeyLost(_) => "keyLost",
		}
	}

	/// The request, receipt, case, entry of her trail, or offer.
	pub fn subject(self) -> u64 {
		match self {
			Self::Asked(id)
			| Self::Opened(id)
			| Self::GlassBroken(id)
			| Self::ReadingsOpened(id)
			| Self::Appointment(id)
			| Self::Offered(id)
			| Self::KeyLost(id) => id,
		}
	}

	fn of(name: &str, subject: u64) -> Result<Self, GatewayError> {
		let all = [
			Self::Asked,
			Self::Opened,
			Self::GlassBroken,
			Self::ReadingsOpened,
			Self::Appointment,
			Self::Offered,
			Self::KeyLost,
		];
		all.into_iter()
			.map(|of| of(subject))
			.find(|event| event.name() == name)
			.ok_or(GatewayError::Damaged)
	}
}

/// An event of a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewNotice {
	/// Whose.
	pub patient: PatientId,
	/// Which.
	pub event: Event,
	/// In which block.
	pub block: u32,
}

/// A notice that is to be delivered now.
#[derive(Debug)]
pub struct Claim {
	/// Its number.
	pub id: i64,
	/// Whom it is for.
	pub patient: PatientId,
	/// What it says.
	pub event: Event,
	/// Where to.
	pub contact: Contact,
	/// How often it was tried, this time included.
	pub attempts: u32,
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
	/// The server has it.
	Delivered,
	/// It is to be tried again at this time.
	Again(Moment, Failure),
	/// The desk has to do it.
	Undelivered(Failure),
}

/// The name of a failure; nothing of it is the server's own text, which may repeat the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
	/// Its name.
	pub name: &'static str,
	/// The server's code.
	pub code: Option<u16>,
}

impl std::fmt::Display for Failure {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self.code {
			Some(code) => write!(f, "{} {code}", self.name),
			None => f.write_str(self.name),
		}
	}
}

/// A notice that the desk has to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
	/// Its number.
	pub id: i64,
	/// Whom it is for.
	pub patient: PatientId,
	/// What happened.
	pub event: Event,
	/// By what it could not be delivered.
	pub channel: Kind,
	/// The block of the event.
	pub block: u32,
	/// When the gateway learned of it.
	pub since: Moment,
	/// How often it was tried.
	pub attempts: u32,
	/// Why it failed.
	pub error: String,
}

impl Store {
	/// Hands over the notices of blocks up to this one, to those who are reached, together with the cursor: all or none.
	/// What was handed over before is not again.
	///
	/// # Errors
	/// `Sql`
	pub async fn hand_over(
		&self,
		block: Block,
		notices: &[NewNotice],
		read: &[(PatientId, u64)],
		now: Moment,
	) -> Result<u64, GatewayError> {
		let mut change = self.begin().await?;
		let mut added = 0u64;
		for notice in notices {
			let inserted = sqlx::query(
				"INSERT INTO outbox (patient, event, subject, channel, block, created, due) SELECT patient, ?2, ?3, channel, ?4, \
				 ?5, ?5 FROM patients WHERE patient = ?1 ON CONFLICT DO NOTHING",
			)
			.bind(integer(notice.patient)?)
			.bind(notice.event.name())
			.bind(integer(notice.event.subject())?)
			.bind(i64::from(notice.block))
			.bind(time(now)?)
			.execute(&mut *change)
			.await?;
			added = added.saturating_add(inserted.rows_affected());
		}
		for (patient, seq) in read {
			sqlx::query(
				"INSERT INTO trails (patient, seq) VALUES (?, ?) ON CONFLICT (patient) DO UPDATE SET seq = MAX(seq, excluded.seq)",
			)
			.bind(integer(*patient)?)
			.bind(integer(*seq)?)
			.execute(&mut *change)
			.await?;
		}
		set_cursor(&mut change, block).await?;
		change.commit().await?;
		Ok(added)
	}

	/// Goes on with what a process that died was sending, and forgets what was delivered long ago.
	///
	/// # Errors
	/// `Sql`
	pub async fn recover(&self, now: Moment) -> Result<u64, GatewayError> {
		sqlx::query("DELETE FROM outbox WHERE state IN ('delivered', 'withdrawn') AND created < ?")
			.bind(time(now.saturating_sub(KEPT))?)
			.execute(&self.pool)
			.await?;
		let again = sqlx::query("UPDATE outbox SET state = 'waiting' WHERE state = 'sending'")
			.execute(&self.pool)
			.await?;
		Ok(again.rows_affected())
	}

	/// The notice of a channel that has waited longest, if its time has come. That it is tried is on the disk when this
	/// returns.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn claim(&self, channel: Kind, now: Moment) -> Result<Option<Claim>, GatewayError> {
		let row = sqlx::query(
			"UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = (SELECT id FROM outbox WHERE state = \
			 'waiting' AND channel = ?1 AND due <= ?2 ORDER BY due, id LIMIT 1) RETURNING id, patient, event, subject, attempts, \
			 (SELECT contact FROM patients WHERE patients.patient = outbox.patient AND channel = ?1) AS contact",
		)
		.bind(channel.name())
		.bind(time(now)?)
		.fetch_optional(&self.pool)
		.await?;
		let Some(row) = row else { return Ok(None) };
		let contact: String = row.try_get("contact")?;
		Ok(Some(Claim {
			id: row.try_get("id")?,
			patient: unsigned(row.try_get("patient")?)?,
			event: Event::of(row.try_get("event")?, unsigned(row.try_get("subject")?)?)?,
			contact: Contact::parse(&contact).map_err(|_| GatewayError::Damaged)?,
			attempts: u32::try_from(row.try_get::<i64, _>("attempts")?).map_err(|_| GatewayError::Damaged)?,
		}))
	}

	/// Notes how a try ended.
	///
	/// # Errors
	/// `Sql`
	pub async fn settle(&self, id: i64, ended: Ended) -> Result<(), GatewayError> {
		let (state, due, failure) = match ended {
			Ended::Delivered => ("delivered", None, None),
			Ended::Again(due, failure) => ("waiting", Some(time(due)?), Some(failure)),
			Ended::Undelivered(failure) => ("undelivered", None, Some(failure)),
		};
		// A contact that was withdrawn while it was written to stays withdrawn.
		sqlx::query(
			"UPDATE outbox SET state = ?, due = COALESCE(?, due), error = ? WHERE id = ? AND state = 'sending'",
		)
		.bind(state)
		.bind(due)
		.bind(failure.map(|failure| failure.to_string()))
		.bind(id)
		.execute(&self.pool)
		.await?;
		Ok(())
	}

	/// What the desk has to deliver, oldest first.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn undelivered(&self) -> Result<Vec<Undelivered>, GatewayError> {
		let rows = sqlx::query(
			"SELECT id, patient, event, subject, channel, block, created, attempts, error FROM outbox WHERE state = \
			 'undelivered' ORDER BY id",
		)
		.fetch_all(&self.pool)
		.await?;
		let small = |number: i64| u32::try_from(number).map_err(|_| GatewayError::Damaged);
		let undelivered = rows.iter().map(|row| {
			Ok(Undelivered {
				id: row.try_get("id")?,
				patient: unsigned(row.try_get("patient")?)?,
				event: Event::of(row.try_get("event")?, unsigned(row.try_get("subject")?)?)?,
				channel: Kind::of(row.try_get("channel")?).ok_or(GatewayError::Damaged)?,
				block: small(row.try_get("block")?)?,
				since: unsigned(row.try_get("created")?)?,
				attempts: small(row.try_get("attempts")?)?,
				error: row.try_get::<Option<String>, _>("error")?.unwrap_or_default(),
			})
		});
		undelivered.collect()
	}

	/// Tries an undelivered notice from the beginning, or takes it off the desk's list because she was told.
	///
	/// # Errors
	/// `Sql`, `NotFound`
	pub async fn clear(&self, id: i64, told: bool, now: Moment) -> Result<(), GatewayError> {
		let state = if told { "delivered" } else { "waiting" };
		let changed =
			sqlx::query("UPDATE outbox SET state = ?, attempts = 0, due = ? WHERE id = ? AND state = 'undelivered'")
				.bind(state)
				.bind(time(now)?)
				.bind(id)
				.execute(&self.pool)
				.await?;
		match changed.rows_affected() {
			0 => Err(GatewayError::NotFound {
				what: "undelivered notice",
				id: id.to_string(),
			}),
			_ => Ok(()),
		}
	}

	/// How many notices of a channel are in a state.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn notices_in(&self, channel: Kind, states: [&str; 2]) -> Result<u64, GatewayError> {
		let [first, second] = states;
		let row = sqlx::query("SELECT COUNT(*) AS notices FROM outbox WHERE channel = ? AND state IN (?, ?)")
			.bind(channel.name())
			.bind(first)
			.bind(second)
			.fetch_one(&self.pool)
			.await?;
		unsigned(row.try_get("notices")?)
	}
}

/// The name of a notice towards mail servers and hooks: theirs to know it again by, and to read nothing from.
pub fn names(genesis: &Hash, patient: PatientId, event: Event, channel: Kind) -> [Vec<u8>; 5] {
	[
		genesis.as_bytes().to_vec(),
		patient.to_be_bytes().to_vec(),
		event.name().as_bytes().to_vec(),
		event.subject().to_be_bytes().to_vec(),
		channel.name().as_bytes().to_vec(),
	]
}
