//! Applications whose licence was found: the code that was sent, and what became of the attestation.

use salus_primitives::{Moment, DAY, MINUTE};
use sqlx::Row;

use super::{time, unsigned, Store};
use crate::{keyed::HASH, GatewayError};

/// How long a code is good.
pub const CODE_LIFETIME: Moment = 5 * MINUTE;
/// How often a code may be tried.
pub const TRIES: u32 = 5;
/// Codes for one contact in any 24 hours.
pub const CODES_A_DAY: u32 = 3;
/// How long what has ended is kept for the applicant to look at.
const KEPT: Moment = 90 * DAY;

pub const CASES: &str = "CREATE TABLE IF NOT EXISTS cases (
	id BLOB PRIMARY KEY,
	application BLOB NOT NULL,
	signature BLOB NOT NULL,
	code BLOB,
	tries BIGINT NOT NULL DEFAULT 0,
	expires BIGINT NOT NULL,
	state TEXT NOT NULL,
	attempts BIGINT NOT NULL DEFAULT 0,
	due BIGINT NOT NULL DEFAULT 0,
	error TEXT,
	block BIGINT
)";
pub const SENT: &str = "CREATE TABLE IF NOT EXISTS sent (
	case_id BLOB PRIMARY KEY,
	contact BLOB NOT NULL,
	at BIGINT NOT NULL
)";

/// What a case is called: 16 random bytes. Who knows it may try the code.
pub type CaseId = [u8; 16];

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
	/// A code is on its way to the contact.
	Sent,
	/// A later code, or a failure to send this one, has taken its place.
	Void,
	/// The code was right; the attestation is to be submitted.
	Proven,
	/// The attestation is in a finalised block.
	Submitted,
	/// The chain refused it.
	Refused,
	/// It was sent more than once, and refused at last: the first may have taken effect.
	Uncertain,
}

impl State {
	const ALL: [Self; 6] = [
		Self::Sent,
		Self::Void,
		Self::Proven,
		Self::Submitted,
		Self::Refused,
		Self::Uncertain,
	];

	/// In the database and in answers.
	pub fn name(self) -> &'static str {
		match self {
			Self::Sent => "codeSent",
			Self::Void => "void",
			Self::Proven => "proven",
			Self::Submitted => "submitted",
			Self::Refused => "refused",
			Self::Uncertain => "uncertain",
		}
	}

	fn of(name: &str) -> Result<Self, GatewayError> {
		let found = Self::ALL.into_iter().find(|state| state.name() == name);
		found.ok_or(GatewayError::Damaged)
	}
}

/// A case to be opened.
pub struct NewCase<'a> {
	/// Its name.
	pub id: CaseId,
	/// The application, SCALE.
	pub application: &'a [u8],
	/// The applicant's signature, SCALE.
	pub signature: &'a [u8],
	/// The contact's keyed hash.
	pub contact: [u8; HASH],
	/// The code's keyed hash.
	pub code: [u8; HASH],
}

/// A case as its applicant sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
	/// Where it stands.
	pub state: State,
	/// Until before when the code is good.
	pub expires: Moment,
	/// How often it may still be tried.
	pub tries_left: u32,
	/// The name of what keeps the attestation from the chain.
	pub error: Option<String>,
	/// The block with the attestation.
	pub block: Option<u64>,
}

/// Why no case was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOpened {
	/// This application was proven before.
	Proven,
	/// The contact had its codes; there is one again from this time on.
	TooMany(Moment),
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
	/// The code is right.
	Right,
	/// It is wrong, and may be tried so many more times.
	Wrong(u32),
	/// It came too late.
	Expired,
	/// It was tried too often before.
	NoTriesLeft,
	/// The case takes no code any more.
	Closed(State),
	/// There is no such case.
	Unknown,
}

/// An attestation to be submitted.
pub struct Due {
	/// Its case.
	pub id: CaseId,
	/// The application, SCALE.
	pub application: Vec<u8>,
	/// The applicant's signature, SCALE.
	pub signature: Vec<u8>,
	/// How often it was submitted before.
	pub attempts: u32,
}

impl Store {
	/// Opens a case, counts its code, and closes earlier ones of the same application.
	///
	/// # Errors
	/// `Sql`
	pub async fn open_case(&self, case: NewCase<'_>, now: Moment) -> Result<Result<(), NotOpened>, GatewayError> {
		let mut change = self.begin().await?;
		let yesterday = time(now.saturating_sub(DAY))?;
		let proven =
			sqlx::query("SELECT 1 FROM cases WHERE application = ? AND state IN ('proven', 'submitted', 'uncertain')")
				.bind(case.application)
				.fetch_optional(&mut *change)
				.await?;
		if proven.is_some() {
			return Ok(Err(NotOpened::Proven));
		}
		let sent = sqlx::query("SELECT COUNT(*) AS codes, MIN(at) AS first FROM sent WHERE contact = ? AND at > ?")
			.bind(case.contact.as_slice())
			.bind(yesterday)
			.fetch_one(&mut *change)
			.await?;
		if sent.try_get::<i64, _>("codes")? >= i64::from(CODES_A_DAY) {
			let first = unsigned(sent.try_get("first")?)?;
			return Ok(Err(NotOpened::TooMany(first.saturating_add(DAY))));
		}
		sqlx::query("DELETE FROM sent WHERE at <= ?")
			.bind(yesterday)
			.execute(&mut *change)
			.await?;
		sqlx::query("DELETE FROM cases WHERE expires <= ? AND state IN ('codeSent', 'void') OR expires <= ? AND state <> 'proven'")
			.bind(yesterday)
			.bind(time(now.saturating_sub(KEPT))?)
			.execute(&mut *change)
			.await?;
		sqlx::query("UPDATE cases SET state = 'void', code = NULL WHERE application = ? AND state = 'codeSent'")
			.bind(case.application)
			.execute(&mut *change)
			.await?;
		sqlx::query(
			"INSERT INTO cases (id, application, signature, code, expires, state) VALUES (?, ?, ?, ?, ?, 'codeSent')",
		)
		.bind(case.id.as_slice())
		.bind(case.application)
		.bind(case.signature)
		.bind(case.code.as_slice())
		.bind(time(now.saturating_add(CODE_LIFETIME))?)
		.execute(&mut *change)
		.await?;
		sqlx::query("INSERT INTO sent (case_id, contact, at) VALUES (?, ?, ?)")
			.bind(case.id.as_slice())
			.bind(case.contact.as_slice())
			.bind(time(now)?)
			.execute(&mut *change)
			.await?;
		change.commit().await?;
		Ok(Ok(()))
	}

	/// Closes a case whose code certainly reached nobody; it does not count.
	///
	/// # Errors
	/// `Sql`
	pub async fn take_back(&self, id: &CaseId) -> Result<(), GatewayError> {
		let mut change = self.begin().await?;
		sqlx::query("UPDATE cases SET state = 'void', code = NULL WHERE id = ? AND state = 'codeSent'")
			.bind(id.as_slice())
			.execute(&mut *change)
			.await?;
		sqlx::query("DELETE FROM sent WHERE case_id = ?")
			.bind(id.as_slice())
			.execute(&mut *change)
			.await?;
		change.commit().await?;
		Ok(())
	}

	/// Tries a code. The try is counted on the disk before anybody is told how it ended, and a right code is gone.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn try_code(
		&self,
		id: &CaseId,
		now: Moment,
		is_right: impl FnOnce(&[u8]) -> bool,
	) -> Result<Tried, GatewayError> {
		let mut change = self.begin().await?;
		let row = sqlx::query("SELECT state, code, tries, expires FROM cases WHERE id = ?")
			.bind(id.as_slice())
			.fetch_optional(&mut *change)
			.await?;
		let Some(row) = row else { return Ok(Tried::Unknown) };
		let state = State::of(row.try_get("state")?)?;
		if state != State::Sent {
			return Ok(Tried::Closed(state));
		}
		if now >= unsigned(row.try_get("expires")?)? {
			return Ok(Tried::Expired);
		}
		let tries = u32::try_from(row.try_get::<i64, _>("tries")?).map_err(|_| GatewayError::Damaged)?;
		if tries >= TRIES {
			return Ok(Tried::NoTriesLeft);
		}
		let code: Vec<u8> = row.try_get("code")?;
		let tried = tries.saturating_add(1);
		let (state, outcome) = match is_right(&code) {
			true => (State::Proven, Tried::Right),
			false => (State::Sent, Tried::Wrong(TRIES.saturating_sub(tried))),
		};
		sqlx::query("UPDATE cases SET tries = ?, state = ?, code = CASE ? WHEN 'codeSent' THEN code END WHERE id = ?")
			.bind(i64::from(tried))
			.bind(state.name())
			.bind(state.name())
			.bind(id.as_slice())
			.execute(&mut *change)
			.await?;
		change.commit().await?;
		Ok(outcome)
	}

	/// A case.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn case(&self, id: &CaseId) -> Result<Option<Case>, GatewayError> {
		let row = sqlx::query("SELECT state, expires, tries, error, block FROM cases WHERE id = ?")
			.bind(id.as_slice())
			.fetch_optional(&self.pool)
			.await?;
		let Some(row) = row else { return Ok(None) };
		let tries = u32::try_from(row.try_get::<i64, _>("tries")?).map_err(|_| GatewayError::Damaged)?;
		Ok(Some(Case {
			state: State::of(row.try_get("state")?)?,
			expires: unsigned(row.try_get("expires")?)?,
			tries_left: TRIES.saturating_sub(tries),
			error: row.try_get("error")?,
			block: row.try_get::<Option<i64>, _>("block")?.map(unsigned).transpose()?,
		}))
	}

	/// The next attestation whose time has come. That it is attempted is on the disk when this returns.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn due_attestation(&self, now: Moment) -> Result<Option<Due>, GatewayError> {
		let row = sqlx::query(
			"UPDATE cases SET attempts = attempts + 1 WHERE id = (SELECT id FROM cases WHERE state = 'proven' AND due <= ? \
			 ORDER BY due LIMIT 1) RETURNING id, application, signature, attempts",
		)
		.bind(time(now)?)
		.fetch_optional(&self.pool)
		.await?;
		let Some(row) = row else { return Ok(None) };
		let attempts = u32::try_from(row.try_get::<i64, _>("attempts")?).map_err(|_| GatewayError::Damaged)?;
		Ok(Some(Due {
			id: row
				.try_get::<Vec<u8>, _>("id")?
				.try_into()
				.map_err(|_| GatewayError::Damaged)?,
			application: row.try_get("application")?,
			signature: row.try_get("signature")?,
			attempts: attempts.saturating_sub(1),
		}))
	}

	/// Tries an attestation again at this time; says why.
	///
	/// # Errors
	/// `Sql`
	pub async fn postpone(&self, id: &CaseId, due: Moment, error: &str, sent: bool) -> Result<(), GatewayError> {
		// What was not sent is no attempt.
		sqlx::query("UPDATE cases SET due = ?, error = ?, attempts = attempts - ? WHERE id = ?")
			.bind(time(due)?)
			.bind(error)
			.bind(i64::from(!sent))
			.bind(id.as_slice())
			.execute(&self.pool)
			.await?;
		Ok(())
	}

	/// Ends a case.
	///
	/// # Errors
	/// `Sql`
	pub async fn end_case(
		&self,
		id: &CaseId,
		state: State,
		block: Option<u64>,
		error: Option<&str>,
	) -> Result<(), GatewayError> {
		sqlx::query("UPDATE cases SET state = ?, block = ?, error = ? WHERE id = ?")
			.bind(state.name())
			.bind(block.map(time).transpose()?)
			.bind(error)
			.bind(id.as_slice())
			.execute(&self.pool)
			.await?;
		Ok(())
	}
}
