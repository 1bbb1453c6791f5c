//! What a rule found: the key by which it is found once, and what those are told who may acknowledge it.

use salus::alert::{Content, Path, Rule, Severity};
use salus_primitives::{Moment, PatientId};
use salus_vitals::{catalogue::Flag, Reading};
use sha2::{Digest, Sha256};

use crate::telemetry::DeviceId;

/// Something that somebody has to be told of.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
	/// The same whenever the same is found again.
	pub key: [u8; 32],
	/// About whom.
	pub patient: PatientId,
	/// What it says.
	pub content: Content,
}

/// What caused a finding: with the rule, its key.
#[derive(Clone, Copy, Debug)]
pub enum Cause<'a> {
	/// A reading.
	Reading(&'a Reading),
	/// A score that was told so often before, or lost so often before.
	Score(PatientId, u32),
	/// A device that was heard last at this time.
	Silence(&'a DeviceId, Moment),
	/// A device of which nothing is taken since this time.
	Muted(&'a DeviceId, Moment),
}

/// The key of what a rule finds by a cause; `which` tells apart what one cause can show by one rule.
pub fn key(rule: Rule, cause: Cause<'_>, which: &str) -> [u8; 32] {
	let mut hash = Sha256::new();
	hash.update(b"salus/finding/1");
	hash.update([match rule {
		Rule::News2 => 1,
		Rule::Limits => 2,
		Rule::Trend => 3,
		Rule::Silence => 4,
		Rule::Device => 5,
	}]);
	match cause {
		Cause::Reading(reading) => {
			hash.update([1]);
			hash.update(reading.device);
			hash.update(reading.seq.to_be_bytes());
		}
		Cause::Score(patient, before) => {
			hash.update([2]);
			hash.update(patient.to_be_bytes());
			hash.update(before.to_be_bytes());
		}
		Cause::Silence(device, heard) => {
			hash.update([3]);
			hash.update(device);
			hash.update(heard.to_be_bytes());
		}
		Cause::Muted(device, since) => {
			hash.update([4]);
			hash.update(device);
			hash.update(since.to_be_bytes());
		}
	}
	hash.update(which.as_bytes());
	hash.finalize().into()
}

/// Where a reading stands.
pub fn path(reading: &Reading) -> Path {
	Path {
		device: hex::encode(reading.device),
		binding: reading.binding,
		seq: reading.seq,
	}
}

/// What is said of a reading.
pub fn content(reading: &Reading, rule: Rule, severity: Severity, says: String) -> Content {
	Content {
		rule,
		severity,
		at: reading.at,
		code: Some(reading.code.to_string()),
		value: reading.number().map(ToString::to_string),
		unit: Some(reading.unit.to_string()),
		says,
		flags: reading.flags().into_iter().map(flag).collect(),
		path: Some(path(reading)),
	}
}

fn flag(flag: Flag) -> String {
	match flag {
		Flag::UnknownCode => "unknownCode",
		Flag::UnknownUnit => "unknownUnit",
		Flag::Impossible => "impossible",
		Flag::Implausible => "implausible",
		_ => "odd",
	}
	.into()
}
