//! What a rule found: the key by which it is found once, and what those are told who may acknowledge it.

use salus_primitives::{Moment, PatientId};
use salus_vitals::{catalogue::Flag, Reading};
use serde::{Deserialize, Serialize};
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

/// What an alert says. It leaves the gateway encrypted or not at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
	/// By which rule.
	pub rule: Rule,
	/// How soon it wants an answer.
	pub severity: Severity,
	/// When it was so, in milliseconds since the Unix epoch.
	pub at: Moment,
	/// LOINC.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub code: Option<String>,
	/// The value, with its precision.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub value: Option<String>,
	/// UCUM.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub unit: Option<String>,
	/// In words.
	pub says: String,
	/// What is odd about the value.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub flags: Vec<String>,
	/// Where the reading stands, which can be proven.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub path: Option<Path>,
}

/// Where a reading stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Path {
	/// The device's key, hexadecimal.
	pub device: String,
	/// Under which binding.
	pub binding: u64,
	/// Its number.
	pub seq: u64,
}

/// By what something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
	/// The National Early Warning Score 2.
	News2,
	/// Limits of the patient or the device.
	Limits,
	/// A change against the patient's own baseline.
	Trend,
	/// Nothing is heard of a device.
	Silence,
}

/// How soon an alert wants an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
	/// At the next round.
	Notice,
	/// Soon.
	Urgent,
	/// Now.
	Emergency,
}

/// What caused a finding: with the rule, its key.
#[derive(Clone, Copy, Debug)]
pub enum Cause<'a> {
	/// A reading.
	Reading(&'a Reading),
	/// Something that a person entered.
	Entry(i64),
	/// A device that was heard last at this time.
	Silence(&'a DeviceId, Moment),
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
	}]);
	match cause {
		Cause::Reading(reading) => {
			hash.update([1]);
			hash.update(reading.device);
			hash.update(reading.seq.to_be_bytes());
		}
		Cause::Entry(id) => {
			hash.update([2]);
			hash.update(id.to_be_bytes());
		}
		Cause::Silence(device, heard) => {
			hash.update([3]);
			hash.update(device);
			hash.update(heard.to_be_bytes());
		}
	}
	hash.update(which.as_bytes());
	hash.finalize().into()
}

impl Path {
	/// Where a reading stands.
	pub fn of(reading: &Reading) -> Self {
		Self {
			device: hex::encode(reading.device),
			binding: reading.binding,
			seq: reading.seq,
		}
	}
}

impl Content {
	/// What is said of a reading.
	pub fn of(reading: &Reading, rule: Rule, severity: Severity, says: String) -> Self {
		Self {
			rule,
			severity,
			at: reading.at,
			code: Some(reading.code.to_string()),
			value: reading.number().map(ToString::to_string),
			unit: Some(reading.unit.to_string()),
			says,
			flags: reading.flags().into_iter().map(flag).collect(),
			path: Some(Path::of(reading)),
		}
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
