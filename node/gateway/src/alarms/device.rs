//! What the rules know of a device, and what it shows of its own trouble.

use std::collections::BTreeMap;

use salus_primitives::Moment;
use salus_vitals::{catalogue::Flag, thresholds::Thresholds, Reading};
use serde::{Deserialize, Serialize};

use super::patient::LATE;

/// So often in a row it is no accident.
const IN_A_ROW: u8 = 3;
/// Codes of one device whose values are looked at for what nobody can have.
const CODES: usize = 32;

/// A device that is heard of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
	/// How often it reports.
	pub every: Every,
	/// When it was heard last, or its watch began.
	pub heard: Moment,
	/// Under which binding.
	pub binding: Option<u64>,
	/// Its own limits, for patients without.
	pub limits: Thresholds,
	/// How its clock stands.
	pub behind: Behind,
	/// How many values in a row nobody can have, by code.
	pub impossible: BTreeMap<String, u8>,
}

/// How often a device reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Every {
	/// So often, in milliseconds.
	Interval(Moment),
	/// It does not, and its silence is no alert.
	Never(Never),
	/// Nobody said: as often as the gateway's settings have it, if they do.
	#[default]
	Unsaid,
}

/// A word that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Never {
	/// The watch was ended.
	Never,
}

/// A device whose readings come so late that no rule asks them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
	/// The last of its readings that came late: when it was measured and when it came.
	last: (Moment, Moment),
	/// How many came late in a row, and no less late.
	count: u8,
}

/// What is wrong with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
	/// What it measures comes more than an hour late, and it does not catch up.
	Behind,
	/// It reports what nobody can have.
	Impossible,
}

impl Watched {
	/// Looks at a reading of its; tells each trouble once until it is over.
	pub fn look(&mut self, reading: &Reading, received: Moment) -> Vec<Trouble> {
		let behind = self.behind.look(reading.at, received).then_some(Trouble::Behind);
		let impossible = self.is_impossible(reading).then_some(Trouble::Impossible);
		behind.into_iter().chain(impossible).collect()
	}

	fn is_impossible(&mut self, reading: &Reading) -> bool {
		let code = reading.code.as_str();
		if !reading.flags().contains(&Flag::Impossible) {
			self.impossible.remove(code);
			return false;
		}
		if self.impossible.len() >= CODES && !self.impossible.contains_key(code) {
			return false;
		}
		let count = self.impossible.entry(code.to_string()).or_default();
		*count = count.saturating_add(1);
		*count == IN_A_ROW
	}
}

impl Behind {
	/// One that sends what it stored while nobody heard it measures more between two readings than time goes by between
	/// their coming.
	fn look(&mut self, at: Moment, received: Moment) -> bool {
		if received.saturating_sub(at) <= LATE {
			*self = Self::default();
			return false;
		}
		let (last_at, last_received) = self.last;
		if at <= last_at {
			return false;
		}
		let (measured, passed) = (at.saturating_sub(last_at), received.saturating_sub(last_received));
		let is_catching_up = self.count > 0 && passed.saturating_mul(2) < measured;
		self.count = match is_catching_up {
			true => 1,
			false => self.count.saturating_add(1),
		};
		self.last = (at, received);
		self.count == IN_A_ROW
	}
}
