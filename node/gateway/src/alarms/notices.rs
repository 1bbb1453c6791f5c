//! The outbox of alerts: each time that somebody is told is one row, delivered until a server has it.

use salus::{words, AccountId};
use salus_primitives::Moment;
use sqlx::Row;

use super::ledger::Ledger;
use crate::{
	store::{time, unsigned, Ended},
	GatewayError,
};

/// A notice that is to be delivered now.
#[derive(Debug, PartialEq, Eq)]
pub struct Claimed {
	/// Its number.
	pub id: i64,
	/// The alert's.
	pub alert: i64,
	/// Which rung is told.
	pub step: usize,
	/// How often she was told before.
	pub repeat: u32,
	/// Who.
	pub account: AccountId,
	/// How often it was tried, this time included.
	pub attempts: u32,
	/// The text, if it was written before.
	pub body: Option<String>,
}

/// A notice that reached nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreached {
	/// The alert's number at this gateway.
	pub alert: i64,
	/// Who was to be told.
	pub account: String,
	/// Why she was not.
	pub error: String,
}

impl Ledger {
	/// Goes on with what a process that died was sending.
	///
	/// # Errors
	/// `Sql`
	pub async fn recover(&self) -> Result<u64, GatewayError> {
		let again = sqlx::query("UPDATE alert_notices SET state = 'waiting' WHERE state = 'sending'")
			.execute(&self.store.pool)
			.await?;
		Ok(again.rows_affected())
	}

	/// The notice that has waited longest, if its time has come. That it is tried is on the disk when this returns.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn claim_notice(&self, now: Moment) -> Result<Option<Claimed>, GatewayError> {
		let row = sqlx::query(
			"UPDATE alert_notices SET state = 'sending', attempts = attempts + 1 WHERE id = (SELECT id FROM alert_notices \
			 WHERE state = 'waiting' AND due <= ? ORDER BY due, id LIMIT 1) RETURNING *",
		)
		.bind(time(now)?)
		.fetch_optional(&self.store.pool)
		.await?;
		let Some(row) = row else { return Ok(None) };
		let small = |number: i64| u32::try_from(number).map_err(|_| GatewayError::Damaged);
		let account: String = row.try_get("account")?;
		Ok(Some(Claimed {
			id: row.try_get("id")?,
			alert: row.try_get("alert")?,
			step: usize::try_from(row.try_get::<i64, _>("step")?).map_err(|_| GatewayError::Damaged)?,
			repeat: small(row.try_get("repeat")?)?,
			account: words::account(&account).map_err(|_| GatewayError::Damaged)?,
			attempts: small(row.try_get("attempts")?)?,
			body: row.try_get("body")?,
		}))
	}

	/// Keeps a notice's text, which is the same for each try.
	///
	/// # Errors
	/// `Sql`
	pub async fn keep_body(&self, id: i64, body: &str) -> Result<(), GatewayError> {
		sqlx::query("UPDATE alert_notices SET body = ? WHERE id = ?")
			.bind(body)
			.bind(id)
			.execute(&self.store.pool)
			.await?;
		Ok(())
	}

	/// Notes how a try ended. Says when the alert was found, if this is the first time that anybody was told of it.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn settle_notice(&self, claimed: &Claimed, ended: Ended) -> Result<Option<Moment>, GatewayError> {
		let (state, due, error) = match ended {
			Ended::Delivered => ("told", None, None),
			Ended::Again(due, failure) => ("waiting", Some(time(due)?), Some(failure.to_string())),
			Ended::Undelivered(failure) => ("undelivered", None, Some(failure.to_string())),
		};
		let mut change = self.store.begin().await?;
		let told = sqlx::query("SELECT COUNT(*) AS told FROM alert_notices WHERE alert = ? AND state = 'told'")
			.bind(claimed.alert)
			.fetch_one(&mut *change)
			.await?;
		let is_first = told.try_get::<i64, _>("told")? == 0 && state == "told";
		// Somebody may have had it while this was sent, or the next was told: what is to be sent again then is not.
		sqlx::query(
			"UPDATE alert_notices SET due = COALESCE(?2, due), error = ?3, state = CASE WHEN ?1 = 'waiting' AND NOT EXISTS \
			 (SELECT 1 FROM alerts WHERE id = alert AND alerts.state = 'open' AND alerts.step = alert_notices.step) THEN \
			 'withdrawn' ELSE ?1 END WHERE id = ?4 AND state = 'sending'",
		)
		.bind(state)
		.bind(due)
		.bind(error)
		.bind(claimed.id)
		.execute(&mut *change)
		.await?;
		if matches!(ended, Ended::Undelivered(_)) {
			sqlx::query("UPDATE alerts SET unreached = 1 WHERE id = ? AND state = 'open' AND step = ?")
				.bind(claimed.alert)
				.bind(i64::try_from(claimed.step).map_err(|_| GatewayError::Damaged)?)
				.execute(&mut *change)
				.await?;
		}
		let row = sqlx::query("SELECT created FROM alerts WHERE id = ?")
			.bind(claimed.alert)
			.fetch_one(&mut *change)
			.await?;
		change.commit().await?;
		let created = unsigned(row.try_get("created")?)?;
		Ok(is_first.then_some(created))
	}

	/// Notices of open alerts that reached nobody, oldest first.
	///
	/// # Errors
	/// `Sql`
	pub async fn unreached(&self) -> Result<Vec<Unreached>, GatewayError> {
		let rows = sqlx::query(
			"SELECT alert, account, n.error AS error FROM alert_notices n JOIN alerts ON alerts.id = alert WHERE n.state = \
			 'undelivered' AND alerts.state = 'open' ORDER BY n.id",
		)
		.fetch_all(&self.store.pool)
		.await?;
		let unreached = rows.iter().map(|row| {
			Ok(Unreached {
				alert: row.try_get("alert")?,
				account: row.try_get("account")?,
				error: row.try_get::<Option<String>, _>("error")?.unwrap_or_default(),
			})
		});
		unreached.collect()
	}
}
