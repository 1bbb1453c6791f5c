//! Lists that run across patients, as the blocks' events told them. A row is where to look, not what is so: whoever
//! answers from it asks the state.

use codec::Encode;
use salus_primitives::{Listing, Moment, Party, PatientId};
use sqlx::{Row, SqliteConnection};

use crate::{
	store::{integer, unsigned},
	AccountId, AuditIndex, Cursor, IndexError,
};

impl AuditIndex {
	/// What may be on a party's list at the finalised head of this number, from behind this id on, lowest id first, at
	/// most `limit`: the patient and the id.
	///
	/// # Errors
	/// `NotListed`, `Sql`, `Damaged`
	pub async fn candidates(
		&self,
		party: &Party<AccountId>,
		after: Option<u64>,
		limit: u32,
		finalised: u32,
	) -> Result<Vec<(PatientId, u64)>, IndexError> {
		if self.listed().await?.is_none() {
			return Err(IndexError::NotListed);
		}
		let Ok(after) = after.map_or(Ok(-1), integer) else {
			return Ok(Vec::new());
		};
		// The time of the last entry that is final: what had left the list by then is on it no more. The index may be
		// ahead of finality by a commit.
		let rows = sqlx::query(
			"SELECT patient, id FROM listings WHERE party = ? AND id > ? AND (until IS NULL OR until > COALESCE((SELECT \
			 at FROM entries WHERE block <= ? ORDER BY block DESC LIMIT 1), 0)) ORDER BY id LIMIT ?",
		)
		.bind(party.encode())
		.bind(after)
		.bind(i64::from(finalised))
		.bind(i64::from(limit))
		.fetch_all(self.pool())
		.await?;
		rows.iter()
			.map(|row| Ok((unsigned(row.try_get("patient")?)?, unsigned(row.try_get("id")?)?)))
			.collect()
	}

	/// From which block on the lists are complete; `None` while they are not.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn listed(&self) -> Result<Option<u32>, IndexError> {
		let row = sqlx::query("SELECT listed FROM meta").fetch_one(self.pool()).await?;
		let listed: Option<i64> = row.try_get("listed")?;
		let number = |number| u32::try_from(number).map_err(|_| IndexError::Damaged);
		listed.map(number).transpose()
	}

	/// The patients who have entries, lowest id first, behind this one, at most `limit`.
	pub(crate) async fn patients(&self, after: Option<PatientId>, limit: u32) -> Result<Vec<PatientId>, IndexError> {
		let after = after.map_or(Ok(-1), integer)?;
		let rows = sqlx::query("SELECT patient FROM entries WHERE patient > ? AND seq = 1 ORDER BY patient LIMIT ?")
			.bind(after)
			.bind(i64::from(limit))
			.fetch_all(self.pool())
			.await?;
		rows.iter().map(|row| unsigned(row.try_get("patient")?)).collect()
	}

	/// Puts on the lists what a state has.
	pub(crate) async fn list(&self, listings: &[Listing<AccountId>]) -> Result<(), IndexError> {
		let mut change = self.pool().begin().await?;
		for listing in listings {
			put(&mut change, listing).await?;
		}
		change.commit().await?;
		Ok(())
	}

	/// The lists have all that was on them at this block; each later one adds to them what it did.
	pub(crate) async fn lists_are_complete(&self, number: u32) -> Result<(), IndexError> {
		sqlx::query("UPDATE meta SET listed = ?")
			.bind(i64::from(number))
			.execute(self.pool())
			.await?;
		Ok(())
	}

	/// Forgets the blocks behind this one, which are not final and will come again.
	pub(crate) async fn rewind(&self, to: Cursor) -> Result<(), IndexError> {
		let mut change = self.pool().begin().await?;
		sqlx::query("DELETE FROM entries WHERE block > ?")
			.bind(i64::from(to.number))
			.execute(&mut *change)
			.await?;
		crate::store::move_cursor(&mut change, to).await?;
		change.commit().await?;
		Ok(())
	}
}

/// What was said of this id before gives way.
pub(crate) async fn put(change: &mut SqliteConnection, listing: &Listing<AccountId>) -> Result<(), IndexError> {
	// No time that SQL can't hold comes to pass.
	let moment = |at: Moment| i64::try_from(at).unwrap_or(i64::MAX);
	sqlx::query(
		"INSERT INTO listings (party, id, patient, until) VALUES (?, ?, ?, ?) ON CONFLICT (party, id) DO UPDATE SET \
		 until = excluded.until",
	)
	.bind(listing.party.encode())
	.bind(integer(listing.id)?)
	.bind(integer(listing.patient)?)
	.bind(listing.until.map(moment))
	.execute(change)
	.await?;
	Ok(())
}

/// A block's runtime could not say what the block did to the lists: they are to be filled from a state again.
pub(crate) async fn lists_are_incomplete(change: &mut SqliteConnection) -> Result<(), IndexError> {
	sqlx::query("UPDATE meta SET listed = NULL").execute(change).await?;
	Ok(())
}
