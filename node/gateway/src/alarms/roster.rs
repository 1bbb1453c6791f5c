//! The roster: which doctor is on call at which hours. At each moment one at most: a later entry cuts what it overlaps, so
//! that nobody has to weigh entries when an alert is raised.

use salus::{words, AccountId};
use salus_primitives::{Moment, DAY};
use sqlx::{Row, SqliteConnection};

use super::{
	error::AlarmError,
	ledger::{addressee, Ledger},
};
use crate::{
	store::{time, unsigned},
	GatewayError,
};

pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS roster (
	starts BIGINT PRIMARY KEY,
	ends BIGINT NOT NULL,
	account TEXT NOT NULL
)";

/// The longest span of one entry.
const LONGEST: Moment = 31 * DAY;
/// How far ahead a span may begin: whatever begins later is a slip in the year.
const FARTHEST: Moment = 366 * DAY;

/// One doctor's hours on call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
	/// Who.
	pub account: AccountId,
	/// From when on.
	pub from: Moment,
	/// Until when, without that moment itself.
	pub until: Moment,
}

/// Whether a span can be entered at this time.
///
/// # Errors
/// `SpanEmpty`, `SpanOver`, `SpanTooFar`, `SpanTooLong`
pub(super) fn check(from: Moment, until: Moment, now: Moment) -> Result<(), AlarmError> {
	match until.checked_sub(from) {
		None | Some(0) => Err(AlarmError::SpanEmpty),
		Some(_) if until <= now => Err(AlarmError::SpanOver),
		Some(_) if from.saturating_sub(now) > FARTHEST => Err(AlarmError::SpanTooFar),
		Some(length) if length > LONGEST => Err(AlarmError::SpanTooLong),
		Some(_) => Ok(()),
	}
}

/// Puts somebody on call for a span, or nobody, in place of whoever was.
///
/// # Errors
/// `UnknownAddressee`, `Sql`, `Damaged`
pub(super) async fn set(
	change: &mut SqliteConnection,
	account: Option<&AccountId>,
	from: Moment,
	until: Moment,
) -> Result<(), GatewayError> {
	if let Some(account) = account {
		if addressee(&mut *change, account).await?.is_none() {
			return Err(AlarmError::UnknownAddressee(account.to_string()).into());
		}
	}
	let (from, until) = (time(from)?, time(until)?);
	for cut in [
		// Whoever goes on afterwards has her rest; whoever was on before, her beginning.
		"INSERT INTO roster (starts, ends, account) SELECT ?2, ends, account FROM roster WHERE starts < ?2 AND ends > ?2",
		"DELETE FROM roster WHERE starts >= ?1 AND starts < ?2",
		"UPDATE roster SET ends = ?1 WHERE starts < ?1 AND ends > ?1",
	] {
		sqlx::query(cut).bind(from).bind(until).execute(&mut *change).await?;
	}
	if let Some(account) = account {
		sqlx::query("INSERT INTO roster (starts, ends, account) VALUES (?, ?, ?)")
			.bind(from)
			.bind(until)
			.bind(hex::encode(account.0))
			.execute(change)
			.await?;
	}
	Ok(())
}

/// Who is on call at this time.
///
/// # Errors
/// `Sql`, `Damaged`
pub(crate) async fn on_call(change: &mut SqliteConnection, at: Moment) -> Result<Option<AccountId>, GatewayError> {
	let row = sqlx::query("SELECT * FROM roster WHERE starts <= ?1 AND ends > ?1")
		.bind(time(at)?)
		.fetch_optional(change)
		.await?;
	Ok(row.as_ref().map(shift_of).transpose()?.map(|shift| shift.account))
}

/// Whether this account is on call now or later.
///
/// # Errors
/// `Sql`
pub(super) async fn is_on(
	change: &mut SqliteConnection,
	account: &AccountId,
	now: Moment,
) -> Result<bool, GatewayError> {
	let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM roster WHERE account = ? AND ends > ?) AS found")
		.bind(hex::encode(account.0))
		.bind(time(now)?)
		.fetch_one(change)
		.await?;
	Ok(row.try_get("found")?)
}

impl Ledger {
	/// Who is on call now and later, in order. What follows on the same doctor's hours is one shift with them.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn roster(&self, now: Moment) -> Result<Vec<Shift>, GatewayError> {
		let rows = sqlx::query("SELECT * FROM roster ORDER BY starts")
			.fetch_all(&self.store.pool)
			.await?;
		let mut shifts: Vec<Shift> = Vec::new();
		for row in &rows {
			let shift = shift_of(row)?;
			match shifts.last_mut() {
				Some(last) if last.account == shift.account && last.until == shift.from => last.until = shift.until,
				_ => shifts.push(shift),
			}
		}
		shifts.retain(|shift| shift.until > now);
		Ok(shifts)
	}
}

fn shift_of(row: &sqlx::sqlite::SqliteRow) -> Result<Shift, GatewayError> {
	let account: String = row.try_get("account")?;
	Ok(Shift {
		account: words::account(&account).map_err(|_| GatewayError::Damaged)?,
		from: unsigned(row.try_get("starts")?)?,
		until: unsigned(row.try_get("ends")?)?,
	})
}
