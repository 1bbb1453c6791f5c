//! Alerts on their way: found once, raised once, told one after the other until somebody has it. Each change is one
//! transaction, and what it says is on the disk encrypted.

use std::cmp::Reverse;

use rand::{
	rngs::{StdRng, SysRng},
	RngExt, SeedableRng,
};
use salus::alert::Content;
use salus_primitives::{Moment, PatientId};
use salus_vault::alert::{commitment, SALT};
use salus_vitals::escalation::{Escalation, State as Told};
use sqlx::{sqlite::SqliteRow, Row, SqliteConnection};
use zeroize::Zeroizing;

use super::{
	chain::Standing,
	entry::{ladder, Rung},
	error::AlarmError,
	finding::Finding,
	ledger::{ladder_of, rungs, Ledger},
	saved::{read, write},
};
use crate::{
	store::{hash_of, integer, time, unsigned},
	GatewayError,
};

pub(super) const TABLES: [&str; 4] = [
	// When it is looked at next stands in `wake`; once it is over, since when.
	"CREATE TABLE IF NOT EXISTS alerts (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		key BLOB NOT NULL UNIQUE,
		patient BIGINT NOT NULL,
		created BIGINT NOT NULL,
		commitment BLOB NOT NULL,
		sealed BLOB NOT NULL,
		ladder TEXT NOT NULL,
		state TEXT NOT NULL DEFAULT 'open',
		chain BIGINT,
		raised_from BIGINT NOT NULL DEFAULT 0,
		sent BIGINT NOT NULL DEFAULT 0,
		step BIGINT,
		repeat BIGINT NOT NULL DEFAULT 0,
		due BIGINT NOT NULL DEFAULT 0,
		unreached BIGINT NOT NULL DEFAULT 0,
		wake BIGINT NOT NULL,
		attempts BIGINT NOT NULL DEFAULT 0,
		error TEXT
	)",
	"CREATE INDEX IF NOT EXISTS open_alerts ON alerts (wake) WHERE state = 'open'",
	"CREATE INDEX IF NOT EXISTS ended_alerts ON alerts (wake) WHERE state <> 'open'",
	"CREATE TABLE IF NOT EXISTS alert_notices (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		alert BIGINT NOT NULL,
		step BIGINT NOT NULL,
		repeat BIGINT NOT NULL,
		account TEXT NOT NULL,
		state TEXT NOT NULL DEFAULT 'waiting',
		attempts BIGINT NOT NULL DEFAULT 0,
		due BIGINT NOT NULL,
		body TEXT,
		error TEXT,
		UNIQUE (alert, step, repeat)
	)",
];

/// An alert as the gateway has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
	/// Its number at this gateway.
	pub id: i64,
	/// About whom.
	pub patient: PatientId,
	/// When it was found.
	pub created: Moment,
	/// What stands on chain for what it says.
	pub commitment: [u8; 32],
	/// Who is told one after the other.
	pub ladder: Vec<Rung>,
	/// `open`, `acknowledged` or `ended`.
	pub state: String,
	/// Its number on chain.
	pub chain: Option<u64>,
	/// Which rung the ladder on chain begins with.
	pub raised_from: usize,
	/// Whether a transaction that raises it may have left.
	pub sent: bool,
	/// Who was told last.
	pub step: Option<usize>,
	/// How often she was told again.
	pub repeat: u32,
	/// Until before when she has time.
	pub due: Moment,
	/// How often raising it failed.
	pub attempts: u32,
	/// What is in the way.
	pub error: Option<String>,
}

impl Raised {
	/// Who it is with on chain.
	fn place(&self, standing: Standing) -> usize {
		let last = self.ladder.len().saturating_sub(1);
		self.raised_from.saturating_add(standing.step).min(last)
	}
}

/// What became of alerts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
	/// Somebody above was told.
	pub escalated: u64,
}

impl Ledger {
	/// Writes findings down as alerts, all or none; says how many are new.
	///
	/// # Errors
	/// `Sql`, `Damaged`, `NoRandomness`
	pub async fn record(&self, findings: &[Finding], now: Moment) -> Result<u64, GatewayError> {
		if findings.is_empty() {
			return Ok(0);
		}
		let mut change = self.store.begin().await?;
		let mut new = 0u64;
		let mut findings: Vec<_> = findings.iter().collect();
		// What can't wait goes to the chain first.
		findings.sort_by_key(|finding| Reverse(finding.content.severity));
		for finding in findings {
			let mut said = Zeroizing::new(vec![0; SALT]);
			StdRng::try_from_rng(&mut SysRng)
				.map_err(|_| GatewayError::NoRandomness)?
				.fill(said.as_mut_slice());
			said.extend_from_slice(&write(&finding.content)?);
			let ladder = ladder_of(&mut change, finding.patient, finding.content.severity, now).await?;
			let inserted = sqlx::query(
				"INSERT INTO alerts (key, patient, created, commitment, sealed, ladder, wake) VALUES (?, ?, ?, ?, ?, ?, ?) \
				 ON CONFLICT DO NOTHING",
			)
			.bind(finding.key.as_slice())
			.bind(integer(finding.patient)?)
			.bind(time(now)?)
			.bind(commitment(&said).ok_or(GatewayError::Damaged)?.as_slice())
			.bind(self.key.seal(&finding.key, &said)?)
			.bind(serde_json::to_string(&ladder).map_err(|_| GatewayError::Damaged)?)
			.bind(time(now)?)
			.execute(&mut *change)
			.await?;
			new = new.saturating_add(inserted.rows_affected());
		}
		change.commit().await?;
		Ok(new)
	}

	/// What an alert says, after the salt of its commitment: what is sealed to addressees.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn said(&self, id: i64) -> Result<Zeroizing<Vec<u8>>, GatewayError> {
		let mut connection = self.store.pool.acquire().await?;
		self.opened(&mut connection, id).await
	}

	async fn opened(&self, connection: &mut SqliteConnection, id: i64) -> Result<Zeroizing<Vec<u8>>, GatewayError> {
		let row = sqlx::query("SELECT key, sealed FROM alerts WHERE id = ?")
			.bind(id)
			.fetch_one(connection)
			.await?;
		let (key, sealed): (Vec<u8>, Vec<u8>) = (row.try_get("key")?, row.try_get("sealed")?);
		self.key.open(&key, &sealed)
	}

	/// Open alerts that the chain has to be asked about now.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn waking(&self, now: Moment) -> Result<Vec<Raised>, GatewayError> {
		let rows = sqlx::query("SELECT * FROM alerts WHERE state = 'open' AND wake <= ? ORDER BY wake, id LIMIT 64")
			.bind(time(now)?)
			.fetch_all(&self.store.pool)
			.await?;
		rows.iter().map(raised).collect()
	}

	/// All alerts, or the open ones, oldest first.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn alerts(&self, open: bool) -> Result<Vec<Raised>, GatewayError> {
		let rows = sqlx::query("SELECT * FROM alerts WHERE NOT ? OR state = 'open' ORDER BY id")
			.bind(open)
			.fetch_all(&self.store.pool)
			.await?;
		rows.iter().map(raised).collect()
	}

	/// One alert.
	///
	/// # Errors
	/// `NotFound`, `Sql`, `Damaged`
	pub async fn alert(&self, id: i64) -> Result<Raised, GatewayError> {
		let mut connection = self.store.pool.acquire().await?;
		one(&mut connection, id).await
	}

	/// An alert, with the ladder that there is now for those who are not told yet.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn refresh_ladder(&self, id: i64, now: Moment) -> Result<Raised, GatewayError> {
		let mut change = self.store.begin().await?;
		let alert = one(&mut change, id).await?;
		let alert = self.refreshed(&mut change, alert, now).await?;
		change.commit().await?;
		Ok(alert)
	}

	/// Once it has ended, or the chain may have it, an alert keeps its ladder: the chain's and this are the same people. Until
	/// then whoever was told stays on it, and above her come those who are on the ladder now.
	async fn refreshed(
		&self,
		change: &mut SqliteConnection,
		alert: Raised,
		now: Moment,
	) -> Result<Raised, GatewayError> {
		if alert.state != "open" || alert.chain.is_some() || alert.sent {
			return Ok(alert);
		}
		let said = self.opened(change, alert.id).await?;
		let content = said.get(SALT..).ok_or(GatewayError::Damaged)?;
		let severity = read::<Content>(content)?.severity;
		let mut ladder = ladder_of(change, alert.patient, severity, now).await?;
		if let Some(told) = alert.step.and_then(|step| alert.ladder.get(..=step)) {
			ladder.retain(|rung| told.iter().all(|below| below.is_below(rung)));
			if ladder.is_empty() {
				return Ok(alert);
			}
			ladder.splice(..0, told.iter().cloned());
		}
		if ladder == alert.ladder {
			return Ok(alert);
		}
		sqlx::query("UPDATE alerts SET ladder = ? WHERE id = ?")
			.bind(serde_json::to_string(&ladder).map_err(|_| GatewayError::Damaged)?)
			.bind(alert.id)
			.execute(change)
			.await?;
		Ok(Raised { ladder, ..alert })
	}

	/// Notes that a transaction that raises it, with a ladder that begins with whoever has it, may leave from now on. What it
	/// is by then; none where it must not leave, as somebody has it by now, or nobody is on a ladder.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn sending(&self, id: i64, now: Moment) -> Result<Option<Raised>, GatewayError> {
		let mut change = self.store.begin().await?;
		let alert = one(&mut change, id).await?;
		if alert.state != "open" {
			return Ok(None);
		}
		// What was sent before has come nowhere: the chain holds no ladder of it.
		let alert = self
			.refreshed(&mut change, Raised { sent: false, ..alert }, now)
			.await?;
		if alert.ladder.is_empty() {
			return Ok(None);
		}
		let row = sqlx::query("UPDATE alerts SET sent = 1, raised_from = COALESCE(step, 0) WHERE id = ? RETURNING *")
			.bind(id)
			.fetch_one(&mut *change)
			.await?;
		let alert = raised(&row)?;
		change.commit().await?;
		Ok(Some(alert))
	}

	/// Looks at it again later; `sent` says whether a transaction may still be on its way.
	///
	/// # Errors
	/// `Sql`
	pub async fn postpone(&self, id: i64, wake: Moment, error: Option<&str>, sent: bool) -> Result<(), GatewayError> {
		sqlx::query(
			"UPDATE alerts SET wake = ?1, error = ?2, sent = ?3, attempts = CASE WHEN ?2 IS NULL THEN 0 ELSE attempts + 1 END \
			 WHERE id = ?4 AND state = 'open'",
		)
		.bind(time(wake)?)
		.bind(error)
		.bind(sent)
		.bind(id)
		.execute(&self.store.pool)
		.await?;
		Ok(())
	}

	/// It stands on chain: whoever is told gets its number.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn raised(&self, id: i64, (chain, standing): (u64, Standing), now: Moment) -> Result<(), GatewayError> {
		let mut change = self.store.begin().await?;
		let alert = one(&mut change, id).await?;
		if alert.chain.is_none() && alert.state == "open" {
			sqlx::query("UPDATE alerts SET chain = ?, sent = 0, error = NULL, attempts = 0, wake = ? WHERE id = ?")
				.bind(integer(chain)?)
				.bind(time(now)?)
				.bind(id)
				.execute(&mut *change)
				.await?;
			let on_chain = alert.place(standing);
			match alert.step {
				// She was told before it had a number.
				Some(step) if step >= on_chain => {
					let due = if step == on_chain { standing.due } else { alert.due };
					tell(&mut change, &alert, step, alert.repeat.saturating_add(1), due, now).await?;
				}
				_ => tell(&mut change, &alert, on_chain, 0, standing.due, now).await?,
			}
		}
		change.commit().await?;
		Ok(())
	}

	/// Follows the chain: whoever is told there is told, and nobody is told backwards.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn follow(
		&self,
		id: i64,
		standing: Standing,
		wake: Moment,
		now: Moment,
	) -> Result<Counted, GatewayError> {
		let mut change = self.store.begin().await?;
		let alert = one(&mut change, id).await?;
		let mut counted = Counted::default();
		let on_chain = alert.place(standing);
		match alert.step {
			Some(step) if step > on_chain => {}
			Some(step) if step == on_chain && alert.repeat == 0 => {
				sqlx::query("UPDATE alerts SET due = ? WHERE id = ?")
					.bind(time(standing.due)?)
					.bind(id)
					.execute(&mut *change)
					.await?;
			}
			Some(step) if step == on_chain => {}
			_ => {
				tell(&mut change, &alert, on_chain, 0, standing.due, now).await?;
				counted.escalated = 1;
			}
		}
		sqlx::query("UPDATE alerts SET wake = ?, error = NULL, attempts = 0 WHERE id = ? AND state = 'open'")
			.bind(time(wake)?)
			.bind(id)
			.execute(&mut *change)
			.await?;
		change.commit().await?;
		Ok(counted)
	}

	/// Somebody has it, or it has left the chain: nobody is told any more. Whether it was open.
	///
	/// # Errors
	/// `Sql`
	pub async fn end(&self, id: i64, state: &str, now: Moment) -> Result<bool, GatewayError> {
		let mut change = self.store.begin().await?;
		let ended = sqlx::query(
			"UPDATE alerts SET state = ?, sent = 0, error = NULL, wake = ? WHERE id = ? AND state = 'open'",
		)
		.bind(state)
		.bind(time(now)?)
		.bind(id)
		.execute(&mut *change)
		.await?;
		sqlx::query("UPDATE alert_notices SET state = 'withdrawn' WHERE alert = ? AND state = 'waiting'")
			.bind(id)
			.execute(&mut *change)
			.await?;
		change.commit().await?;
		Ok(ended.rows_affected() > 0)
	}

	/// Somebody who was told in person has an alert that never came onto the chain.
	///
	/// # Errors
	/// `OnChain`, `NotFound`, `Sql`
	pub async fn answer(&self, id: i64, now: Moment) -> Result<(), GatewayError> {
		match self.alert(id).await? {
			Raised { chain: Some(chain), .. } => Err(AlarmError::OnChain(chain).into()),
			Raised { state, .. } if state != "open" => Err(GatewayError::NotFound {
				what: "open alert",
				id: id.to_string(),
			}),
			_ => self.end(id, "acknowledged", now).await.map(|_| ()),
		}
	}

	/// Tells by the gateway's own clock: the first where the chain has not taken an alert for so long, the next where it has
	/// not gone on for so long, and at once where somebody cannot be reached. The last is told again and again.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn advance(&self, now: Moment, patience: Moment) -> Result<Counted, GatewayError> {
		let mut change = self.store.begin().await?;
		let rows = sqlx::query(
			"SELECT * FROM alerts WHERE state = 'open' AND ladder <> '[]' AND (unreached = 1 OR CASE WHEN step IS NULL \
			 THEN created ELSE due END <= ?)",
		)
		.bind(time(now.saturating_sub(patience))?)
		.fetch_all(&mut *change)
		.await?;
		let mut counted = Counted::default();
		for row in &rows {
			let alert = self.refreshed(&mut change, raised(row)?, now).await?;
			let late = alert.due.saturating_add(patience) <= now;
			let Some(step) = alert.step else {
				let Some(first) = alert.ladder.first() else {
					// It was taken away since the alert was looked at, which waits for the next one.
					sqlx::query("UPDATE alerts SET wake = ? WHERE id = ?")
						.bind(time(now)?)
						.bind(alert.id)
						.execute(&mut *change)
						.await?;
					continue;
				};
				let within = first.within;
				tell(&mut change, &alert, 0, 0, now.saturating_add(within), now).await?;
				continue;
			};
			let is_last = step.saturating_add(1) >= alert.ladder.len();
			// Whoever is last and cannot be reached is tried again in her time, not at once.
			if is_last && !late {
				continue;
			}
			if let Some((next, due)) = next(&alert, step, now)? {
				let repeat = if next == step {
					alert.repeat.saturating_add(1)
				} else {
					0
				};
				tell(&mut change, &alert, next, repeat, due, now).await?;
				counted.escalated = counted.escalated.saturating_add(u64::from(next != step));
			}
		}
		change.commit().await?;
		Ok(counted)
	}

	/// How many alerts are open.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn open_alerts(&self) -> Result<u64, GatewayError> {
		let row = sqlx::query("SELECT COUNT(*) AS alerts FROM alerts WHERE state = 'open'")
			.fetch_one(&self.store.pool)
			.await?;
		unsigned(row.try_get("alerts")?)
	}
}

/// Who is told now that this one has let her time pass, and until when.
fn next(alert: &Raised, step: usize, now: Moment) -> Result<Option<(usize, Moment)>, GatewayError> {
	let rungs = ladder(&alert.ladder)?;
	let role = rungs.rungs().get(step).ok_or(GatewayError::Damaged)?.role;
	let is_last = step.saturating_add(1) == rungs.rungs().len();
	let (due, repeat) = (now, alert.repeat.max(1));
	let told = match is_last {
		true => Told::Overdue { role, due, repeat },
		false => Told::Waiting { role, due },
	};
	let mut escalation = Escalation::resume(rungs.clone(), told).ok_or(GatewayError::Damaged)?;
	let Some(notice) = escalation.look(now) else {
		return Ok(None);
	};
	let place = rungs.rungs().iter().position(|rung| rung.role == notice.role);
	Ok(place.map(|place| (place, notice.due)))
}

/// Has somebody told, once for each time she is told.
async fn tell(
	change: &mut SqliteConnection,
	alert: &Raised,
	step: usize,
	repeat: u32,
	due: Moment,
	now: Moment,
) -> Result<(), GatewayError> {
	let rung = alert.ladder.get(step).ok_or(GatewayError::Damaged)?;
	sqlx::query("UPDATE alerts SET step = ?, repeat = ?, due = ?, unreached = 0 WHERE id = ?")
		.bind(small(step)?)
		.bind(repeat)
		.bind(time(due)?)
		.bind(alert.id)
		.execute(&mut *change)
		.await?;
	// Whoever was to be told before and was not, is told no more.
	sqlx::query("UPDATE alert_notices SET state = 'withdrawn' WHERE alert = ? AND state = 'waiting' AND step < ?")
		.bind(alert.id)
		.bind(small(step)?)
		.execute(&mut *change)
		.await?;
	sqlx::query(
		"INSERT INTO alert_notices (alert, step, repeat, account, due) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
	)
	.bind(alert.id)
	.bind(small(step)?)
	.bind(repeat)
	.bind(&rung.account)
	.bind(time(now)?)
	.execute(change)
	.await?;
	Ok(())
}

async fn one(connection: &mut SqliteConnection, id: i64) -> Result<Raised, GatewayError> {
	let row = sqlx::query("SELECT * FROM alerts WHERE id = ?")
		.bind(id)
		.fetch_optional(connection)
		.await?;
	row.as_ref().map_or_else(
		|| {
			Err(GatewayError::NotFound {
				what: "alert",
				id: id.to_string(),
			})
		},
		raised,
	)
}

fn raised(row: &SqliteRow) -> Result<Raised, GatewayError> {
	let place = |number: i64| usize::try_from(number).map_err(|_| GatewayError::Damaged);
	let count = |number: i64| u32::try_from(number).map_err(|_| GatewayError::Damaged);
	let (chain, step): (Option<i64>, Option<i64>) = (row.try_get("chain")?, row.try_get("step")?);
	Ok(Raised {
		id: row.try_get("id")?,
		patient: unsigned(row.try_get("patient")?)?,
		created: unsigned(row.try_get("created")?)?,
		commitment: hash_of(row.try_get("commitment")?)?.0,
		ladder: rungs(&row.try_get::<String, _>("ladder")?)?,
		state: row.try_get("state")?,
		chain: chain.map(unsigned).transpose()?,
		raised_from: place(row.try_get("raised_from")?)?,
		sent: row.try_get::<i64, _>("sent")? != 0,
		step: step.map(place).transpose()?,
		repeat: count(row.try_get("repeat")?)?,
		due: unsigned(row.try_get("due")?)?,
		attempts: count(row.try_get("attempts")?)?,
		error: row.try_get("error")?,
	})
}

fn small(place: usize) -> Result<i64, GatewayError> {
	i64::try_from(place).map_err(|_| GatewayError::Damaged)
}
