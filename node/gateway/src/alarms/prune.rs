//! Alerts that are long over leave the database, with the notices of them; so do shifts of the roster.

use salus_primitives::{Moment, DAY};
use sqlx::Row;

use super::ledger::Ledger;
use crate::{store::time, GatewayError};

/// How long an alert stays after its end, as on chain; a shift too.
pub const RETENTION: Moment = 30 * DAY;
/// How many leave in one change.
pub const STEP: u64 = 64;

impl Ledger {
	/// Removes the alerts that ended longest ago, and of which nobody is still to be told: how many, at most [`STEP`].
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn prune(&self, now: Moment) -> Result<u64, GatewayError> {
		let Some(before) = now.checked_sub(RETENTION) else {
			return Ok(0);
		};
		let mut change = self.store.begin().await?;
		let over = sqlx::query(
			"SELECT id FROM alerts WHERE state <> 'open' AND wake <= ? AND NOT EXISTS (SELECT 1 FROM alert_notices n WHERE \
			 n.alert = alerts.id AND n.state IN ('waiting', 'sending')) ORDER BY wake, id LIMIT ?",
		)
		.bind(time(before)?)
		.bind(i64::try_from(STEP).map_err(|_| GatewayError::Damaged)?)
		.fetch_all(&mut *change)
		.await?;
		let mut gone = 0u64;
		for row in &over {
			let id: i64 = row.try_get("id")?;
			sqlx::query("DELETE FROM alert_notices WHERE alert = ?")
				.bind(id)
				.execute(&mut *change)
				.await?;
			let removed = sqlx::query("DELETE FROM alerts WHERE id = ?")
				.bind(id)
				.execute(&mut *change)
				.await?;
			gone = gone.saturating_add(removed.rows_affected());
		}
		change.commit().await?;
		Ok(gone)
	}

	/// Removes the shifts that ended longest ago: how many, at most [`STEP`]. Who entered them stays in the log.
	///
	/// # Errors
	/// `Sql`
	pub async fn prune_roster(&self, now: Moment) -> Result<u64, GatewayError> {
		let Some(before) = now.checked_sub(RETENTION) else {
			return Ok(0);
		};
		let gone = sqlx::query(
			"DELETE FROM roster WHERE starts IN (SELECT starts FROM roster WHERE ends <= ? ORDER BY starts LIMIT ?)",
		)
		.bind(time(before)?)
		.bind(i64::try_from(STEP).map_err(|_| GatewayError::Damaged)?)
		.execute(&self.store.pool)
		.await?;
		Ok(gone.rows_affected())
	}
}
