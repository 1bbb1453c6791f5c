//! What early warning keeps in the gateway's database: entries, ladders, the roster, and how addressees are reached.
//! Entries and what alerts say are encrypted with the key of the readings.

use salus::{alert::Severity, words, AccountId};
use salus_primitives::{HpkeKey, Moment, PatientId};
use sqlx::{Row, SqliteConnection};

use super::{
	alerts,
	entry::{account, Entry, Post, Rung, Written},
	error::AlarmError,
	roster,
	saved::{read, write},
};
use crate::{
	contact::Kind,
	store::{integer, time, unsigned, Store},
	telemetry::LogKey,
	Contact, GatewayError,
};

const TABLES: [&str; 4] = [
	"CREATE TABLE IF NOT EXISTS vitals_entries (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		sealed BLOB NOT NULL
	)",
	// -1 is everybody without one of her own.
	"CREATE TABLE IF NOT EXISTS ladders (patient BIGINT PRIMARY KEY, rungs TEXT NOT NULL)",
	"CREATE TABLE IF NOT EXISTS addressees (
		account TEXT PRIMARY KEY,
		contact TEXT NOT NULL,
		hpke BLOB,
		since BIGINT NOT NULL
	)",
	roster::TABLE,
];
const EVERYBODY: i64 = -1;
/// Entries are sealed beside nothing else.
const ENTRY: &[u8] = b"salus/gateway/vitals-entry/1";

/// Early warning's part of the gateway's database.
#[derive(Clone)]
pub struct Ledger {
	pub(super) store: Store,
	pub(super) key: LogKey,
}

/// One who can be told of alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressee {
	/// Her account.
	pub account: AccountId,
	/// Where she is reached.
	pub contact: Contact,
	/// The key that what alerts say is encrypted to.
	pub hpke: Option<HpkeKey>,
	/// Since when.
	pub since: Moment,
}

impl Ledger {
	/// Opens early warning's tables, and makes them where they are missing.
	///
	/// # Errors
	/// `Sql`
	pub async fn open(store: Store, key: LogKey) -> Result<Self, GatewayError> {
		let mut change = store.begin().await?;
		for table in TABLES.into_iter().chain(alerts::TABLES) {
			sqlx::query(table).execute(&mut *change).await?;
		}
		change.commit().await?;
		Ok(Self { store, key })
	}

	/// Writes down what somebody enters, for ever; a ladder and the roster count at once.
	///
	/// # Errors
	/// `Alarm` with what to correct; `Sql`, `NoRandomness`
	pub async fn write(&self, by: &AccountId, entry: &Entry, now: Moment) -> Result<i64, GatewayError> {
		entry.check(now)?;
		let mut change = self.store.begin().await?;
		match entry {
			Entry::Ladder { patient, rungs } => self.set_ladder(&mut change, *patient, rungs).await?,
			Entry::Duty {
				account: doctor,
				from,
				until,
			} => {
				let doctor = doctor.as_deref().map(account).transpose()?;
				roster::set(&mut change, doctor.as_ref(), *from, *until).await?;
			}
			_ => {}
		}
		let sealed = self.key.seal(ENTRY, &write(&(hex::encode(by.0), now, entry))?)?;
		let row = sqlx::query("INSERT INTO vitals_entries (sealed) VALUES (?) RETURNING id")
			.bind(sealed)
			.fetch_one(&mut *change)
			.await?;
		change.commit().await?;
		Ok(row.try_get("id")?)
	}

	/// What was entered after this one, in order, so many at most.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn entries(&self, after: i64, most: u32) -> Result<Vec<Written>, GatewayError> {
		let rows = sqlx::query("SELECT id, sealed FROM vitals_entries WHERE id > ? ORDER BY id LIMIT ?")
			.bind(after)
			.bind(most)
			.fetch_all(&self.store.pool)
			.await?;
		let entries = rows.iter().map(|row| {
			let sealed: Vec<u8> = row.try_get("sealed")?;
			let opened = self.key.open(ENTRY, &sealed)?;
			let (by, at, entry): (String, Moment, Entry) = read(&opened)?;
			let by = words::hash(&by).map_err(|_| GatewayError::Damaged)?;
			Ok(Written {
				id: row.try_get("id")?,
				by: by.0,
				at,
				entry,
			})
		});
		entries.collect()
	}

	async fn set_ladder(
		&self,
		change: &mut SqliteConnection,
		patient: Option<PatientId>,
		rungs: &[Rung],
	) -> Result<(), GatewayError> {
		let place = patient.map_or(Ok(EVERYBODY), integer)?;
		if rungs.is_empty() {
			sqlx::query("DELETE FROM ladders WHERE patient = ?")
				.bind(place)
				.execute(change)
				.await?;
			return Ok(());
		}
		for rung in rungs {
			let account = rung.account()?;
			if addressee(&mut *change, &account).await?.is_none() {
				return Err(AlarmError::UnknownAddressee(account.to_string()).into());
			}
		}
		let rungs = serde_json::to_string(rungs).map_err(|_| GatewayError::Damaged)?;
		sqlx::query(
			"INSERT INTO ladders (patient, rungs) VALUES (?, ?) ON CONFLICT DO UPDATE SET rungs = excluded.rungs",
		)
		.bind(place)
		.bind(rungs)
		.execute(change)
		.await?;
		Ok(())
	}

	/// Notes how somebody is reached, in place of how she was before.
	///
	/// # Errors
	/// `Sql`
	pub async fn reach(&self, addressee: &Addressee) -> Result<(), GatewayError> {
		let hpke = match &addressee.hpke {
			Some(HpkeKey::X25519(key)) => Some(key.to_vec()),
			_ => None,
		};
		sqlx::query(
			"INSERT INTO addressees (account, contact, hpke, since) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET \
			 contact = excluded.contact, hpke = excluded.hpke, since = excluded.since",
		)
		.bind(hex::encode(addressee.account.0))
		.bind(addressee.contact.reveal())
		.bind(hpke)
		.bind(time(addressee.since)?)
		.execute(&self.store.pool)
		.await?;
		Ok(())
	}

	/// Forgets how somebody is reached.
	///
	/// # Errors
	/// `OnLadder`, `OnRoster`, `OnAlert`, `NotFound`, `Sql`
	pub async fn forget(&self, account: &AccountId, now: Moment) -> Result<(), GatewayError> {
		let name = hex::encode(account.0);
		let mut change = self.store.begin().await?;
		let row = sqlx::query("SELECT COUNT(*) AS ladders FROM ladders WHERE instr(rungs, ?) > 0")
			.bind(&name)
			.fetch_one(&mut *change)
			.await?;
		if row.try_get::<i64, _>("ladders")? > 0 {
			return Err(AlarmError::OnLadder(account.to_string()).into());
		}
		if roster::is_on(&mut change, account, now).await? {
			return Err(AlarmError::OnRoster(account.to_string()).into());
		}
		// An alert keeps its ladder, and she may be its last.
		let row = sqlx::query(
			"SELECT EXISTS (SELECT 1 FROM alerts WHERE state = 'open' AND instr(ladder, ?) > 0) AS awaited",
		)
		.bind(&name)
		.fetch_one(&mut *change)
		.await?;
		if row.try_get("awaited")? {
			return Err(AlarmError::OnAlert(account.to_string()).into());
		}
		let gone = sqlx::query("DELETE FROM addressees WHERE account = ?")
			.bind(&name)
			.execute(&mut *change)
			.await?;
		change.commit().await?;
		match gone.rows_affected() {
			0 => Err(GatewayError::NotFound {
				what: "addressee",
				id: account.to_string(),
			}),
			_ => Ok(()),
		}
	}

	/// Who can be told, by account.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn addressees(&self) -> Result<Vec<Addressee>, GatewayError> {
		let rows = sqlx::query("SELECT * FROM addressees ORDER BY account")
			.fetch_all(&self.store.pool)
			.await?;
		rows.iter().map(addressee_of).collect()
	}

	/// How somebody is reached.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn addressee(&self, account: &AccountId) -> Result<Option<Addressee>, GatewayError> {
		let mut connection = self.store.pool.acquire().await?;
		addressee(&mut connection, account).await
	}
}

/// The ladder for an alert of this patient that is raised now: her own, or that for everybody; empty where there is neither. An
/// emergency does not wait for a caregiver's time; of what is for the next round no doctor on call is told where there is a
/// nurse. Whoever is on duty stands in the place of the ladder's doctor on call, unless she is on it already.
pub(super) async fn ladder_of(
	change: &mut SqliteConnection,
	patient: PatientId,
	severity: Severity,
	now: Moment,
) -> Result<Vec<Rung>, GatewayError> {
	let row = sqlx::query("SELECT rungs FROM ladders WHERE patient IN (?, ?) ORDER BY patient DESC LIMIT 1")
		.bind(integer(patient)?)
		.bind(EVERYBODY)
		.fetch_optional(&mut *change)
		.await?;
	let Some(row) = row else { return Ok(Vec::new()) };
	let mut rungs = rungs(&row.try_get::<String, _>("rungs")?)?;
	let is_nursed = rungs.iter().any(|rung| rung.post == Post::Nurse);
	rungs.retain(|rung| match severity {
		Severity::Emergency => rung.post != Post::Caregiver,
		Severity::Urgent => true,
		Severity::Notice => rung.post != Post::DoctorOnCall || !is_nursed,
	});
	if let Some(doctor) = roster::on_call(change, now).await? {
		let stands = |rung: &Rung| rung.account().is_ok_and(|account| account == doctor);
		if !rungs.iter().any(stands) {
			let place = rungs.iter_mut().find(|rung| rung.post == Post::DoctorOnCall);
			place.into_iter().for_each(|rung| rung.account = hex::encode(doctor.0));
		}
	}
	Ok(rungs)
}

pub(super) fn rungs(text: &str) -> Result<Vec<Rung>, GatewayError> {
	serde_json::from_str(text).map_err(|_| GatewayError::Damaged)
}

pub(super) async fn addressee(
	change: &mut SqliteConnection,
	account: &AccountId,
) -> Result<Option<Addressee>, GatewayError> {
	let row = sqlx::query("SELECT * FROM addressees WHERE account = ?")
		.bind(hex::encode(account.0))
		.fetch_optional(change)
		.await?;
	row.as_ref().map(addressee_of).transpose()
}

fn addressee_of(row: &sqlx::sqlite::SqliteRow) -> Result<Addressee, GatewayError> {
	let account: String = row.try_get("account")?;
	let hpke: Option<Vec<u8>> = row.try_get("hpke")?;
	let hpke = hpke.map(|key| key.try_into().map(HpkeKey::X25519)).transpose();
	Ok(Addressee {
		account: words::account(&account).map_err(|_| GatewayError::Damaged)?,
		contact: Contact::parse(&row.try_get::<String, _>("contact")?).map_err(|_| GatewayError::Damaged)?,
		hpke: hpke.map_err(|_: Vec<u8>| GatewayError::Damaged)?,
		since: unsigned(row.try_get("since")?)?,
	})
}

impl Addressee {
	/// Whether more than a line of text can be sent there.
	pub fn takes_long(&self) -> bool {
		self.contact.kind() == Kind::Mail
	}
}
