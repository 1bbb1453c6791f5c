//! Devices of which nothing is taken any more, so that no rule sees what they measure: a person has to be told.
//!
//! Three different readings in a row are refused for what lasts, and none is kept in between. Only what the device itself
//! signed counts: bytes with a wrong signature, of a device that is unknown, on another's topic or with another's token are
//! counted in the metrics and never here, so that no stranger can have anybody called. Neither can who repeats what a
//! device once sent: what is repeated is one reading however often it comes, what was kept within the hour is known as
//! kept, and what was measured more than an hour ago does not count. The one exception is a clock that was lost: a reading
//! under the device's latest binding, measured outside its time. Nothing like it was ever kept.

use std::collections::{HashMap, HashSet};

use salus_primitives::{Moment, HOUR};
use salus_vitals::Reading;
use sqlx::{Row, SqlitePool};

use super::{
	database::{device_of, time},
	devices::Device,
	Arrivals, DeviceId, Kept, Refusal,
};
use crate::GatewayError;

/// What is counted, by device: the readings of its run, and until when nobody is told again.
pub(super) const RUNS: &str = "CREATE TABLE IF NOT EXISTS refused (
	device BLOB PRIMARY KEY,
	since BIGINT NOT NULL,
	readings BLOB NOT NULL,
	told BIGINT NOT NULL,
	rests BIGINT NOT NULL
) WITHOUT ROWID";
/// Of which a person is still to be told.
pub(super) const MUTES: &str = "CREATE TABLE IF NOT EXISTS muted (
	device BLOB PRIMARY KEY,
	since BIGINT NOT NULL,
	reached BIGINT NOT NULL,
	refusal TEXT NOT NULL
) WITHOUT ROWID";
/// So often in a row it is no accident.
const IN_A_ROW: usize = 3;
/// A device that is heard now and then, of which each alert would be followed by another.
pub(crate) const REST: Moment = HOUR;
/// What was measured longer ago may be repeated by somebody else.
const RECENT: Moment = HOUR;
/// A reading's time and number.
const MARK: usize = 16;

/// A reading that its device signed.
pub struct Made {
	device: DeviceId,
	mark: [u8; MARK],
	at: Moment,
	is_of_latest: bool,
}

/// A device of which nothing is taken any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mute {
	/// Which.
	pub device: DeviceId,
	/// When the first of these readings came, and the one that made it certain.
	pub since: Moment,
	/// See `since`.
	pub reached: Moment,
	/// Why the last one was refused.
	pub refusal: Refusal,
}

/// What is refused of devices, in a row.
pub struct Runs {
	pool: SqlitePool,
	runs: HashMap<DeviceId, Run>,
}

#[derive(Default)]
struct Run {
	since: Moment,
	readings: Vec<u8>,
	is_told: bool,
	rests: Moment,
}

impl Made {
	pub fn of(reading: &Reading, device: &Device) -> Self {
		let mut mark = [0; MARK];
		let (at, seq) = mark.split_at_mut(MARK / 2);
		at.copy_from_slice(&reading.at.to_be_bytes());
		seq.copy_from_slice(&reading.seq.to_be_bytes());
		Self {
			device: reading.device,
			mark,
			at: reading.at,
			is_of_latest: device.latest() == Some(reading.binding),
		}
	}

	fn counts(&self, refusal: Refusal, now: Moment) -> bool {
		let is_recent = self.at.saturating_add(RECENT) >= now;
		let has_lost_its_clock = refusal == Refusal::OutsideBinding && self.is_of_latest;
		refusal.is_lasting() && (is_recent || has_lost_its_clock)
	}
}

impl Runs {
	/// As they stood when the gateway ended.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn open(pool: SqlitePool) -> Result<Self, GatewayError> {
		let rows = sqlx::query("SELECT * FROM refused").fetch_all(&pool).await?;
		let runs = rows.into_iter().map(|row| {
			let run = Run {
				since: moment(row.try_get("since")?)?,
				readings: row.try_get("readings")?,
				is_told: row.try_get::<i64, _>("told")? != 0,
				rests: moment(row.try_get("rests")?)?,
			};
			Ok((device_of(row.try_get("device")?)?, run))
		});
		let runs = runs.collect::<Result<_, GatewayError>>()?;
		Ok(Self { pool, runs })
	}

	/// Notes what became of readings that their devices signed, in the order in which they came.
	///
	/// # Errors
	/// `Sql`
	pub async fn note(
		&mut self,
		decided: impl Iterator<Item = (Made, Result<Kept, Refusal>)>,
		now: Moment,
	) -> Result<(), GatewayError> {
		let (mut changed, mut muted) = (HashSet::new(), Vec::new());
		for (made, outcome) in decided {
			match outcome {
				Ok(Kept::New) => {
					if let Some(run) = self.runs.get_mut(&made.device) {
						run.end();
						changed.insert(made.device);
					}
				}
				Err(refusal) if made.counts(refusal, now) => {
					let run = self.runs.entry(made.device).or_default();
					if run.add(&made.mark, now) {
						changed.insert(made.device);
					}
					if run.is_due(now) {
						run.is_told = true;
						run.rests = now.saturating_add(REST);
						changed.insert(made.device);
						muted.push((made.device, run.since, refusal));
					}
				}
				Ok(Kept::Before) | Err(_) => {}
			}
		}
		if changed.is_empty() {
			return Ok(());
		}
		let mut change = self.pool.begin_with("BEGIN IMMEDIATE").await?;
		for device in changed {
			match self.runs.get(&device) {
				Some(run) if !run.readings.is_empty() || now < run.rests => {
					sqlx::query(
						"INSERT INTO refused (device, since, readings, told, rests) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE \
						 SET since = excluded.since, readings = excluded.readings, told = excluded.told, rests = excluded.rests",
					)
					.bind(device.to_vec())
					.bind(time(run.since))
					.bind(run.readings.clone())
					.bind(i64::from(run.is_told))
					.bind(time(run.rests))
					.execute(&mut *change)
					.await?;
				}
				_ => {
					self.runs.remove(&device);
					sqlx::query("DELETE FROM refused WHERE device = ?")
						.bind(device.to_vec())
						.execute(&mut *change)
						.await?;
				}
			}
		}
		for (device, since, refusal) in muted {
			tracing::warn!(
				device = hex::encode(device),
				"three readings in a row were refused: {refusal}"
			);
			sqlx::query(
				"INSERT INTO muted (device, since, reached, refusal) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET since = \
				 excluded.since, reached = excluded.reached, refusal = excluded.refusal",
			)
			.bind(device.to_vec())
			.bind(time(since))
			.bind(time(now))
			.bind(refusal.name())
			.execute(&mut *change)
			.await?;
		}
		change.commit().await?;
		Ok(())
	}
}

impl Run {
	/// Counts a reading; whether it is another than those before, and one was still missing.
	fn add(&mut self, mark: &[u8; MARK], now: Moment) -> bool {
		let is_known = self.readings.chunks(MARK).any(|known| known == mark.as_slice());
		if is_known || self.is_complete() {
			return false;
		}
		if self.readings.is_empty() {
			self.since = now;
		}
		self.readings.extend_from_slice(mark);
		true
	}

	fn is_complete(&self) -> bool {
		self.readings.len() >= IN_A_ROW.saturating_mul(MARK)
	}

	fn is_due(&self, now: Moment) -> bool {
		self.is_complete() && !self.is_told && self.rests <= now
	}

	fn end(&mut self) {
		self.readings.clear();
		self.is_told = false;
	}
}

impl Arrivals {
	/// The devices of which nothing is taken any more, and of which nobody was told.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn mutes(&self) -> Result<Vec<Mute>, GatewayError> {
		let rows = sqlx::query("SELECT * FROM muted ORDER BY reached, device")
			.fetch_all(&self.pool)
			.await?;
		let mutes = rows.into_iter().map(|row| {
			let refusal: String = row.try_get("refusal")?;
			Ok(Mute {
				device: device_of(row.try_get("device")?)?,
				since: moment(row.try_get("since")?)?,
				reached: moment(row.try_get("reached")?)?,
				refusal: Refusal::lasting(&refusal).ok_or(GatewayError::Damaged)?,
			})
		});
		mutes.collect()
	}

	/// What is counted here.
	#[cfg(test)]
	pub(crate) async fn runs(&self) -> Result<Runs, GatewayError> {
		Runs::open(self.pool.clone()).await
	}

	/// Somebody is told of these, or need not be any more.
	///
	/// # Errors
	/// `Sql`
	pub async fn told(&self, mutes: &[Mute]) -> Result<(), GatewayError> {
		for mute in mutes {
			sqlx::query("DELETE FROM muted WHERE device = ? AND since = ?")
				.bind(mute.device.to_vec())
				.bind(time(mute.since))
				.execute(&self.pool)
				.await?;
		}
		Ok(())
	}
}

fn moment(stored: i64) -> Result<Moment, GatewayError> {
	Moment::try_from(stored).map_err(|_| GatewayError::Damaged)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn mark(number: u8) -> [u8; MARK] {
		[number; MARK]
	}

	#[test]
	fn three_different_readings_in_a_row_are_told_once_and_again_after_an_hour_s_rest() {
		let mut run = Run::default();
		for number in [1, 1, 2, 2, 1] {
			run.add(&mark(number), 7);
			assert!(!run.is_due(7));
		}
		run.add(&mark(3), 8);
		assert!(run.is_due(8));
		assert_eq!(run.since, 7);
		(run.is_told, run.rests) = (true, 8 + REST);
		assert!(!run.add(&mark(4), 9), "what goes on changes nothing");
		assert!(!run.is_due(9 + REST), "it is the same trouble");
		// One is kept in between.
		run.end();
		for number in 1..=3 {
			run.add(&mark(number), 10);
		}
		assert!(!run.is_due(7 + REST));
		assert!(run.is_due(8 + REST));
	}
}
