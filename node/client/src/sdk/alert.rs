//! What an alert says: its content, the lines that carry it to an addressee, and opening it with her key.

use salus_primitives::{Alert, AlertId, Moment};
use salus_vault::{
	alert::{AlertScope, SealedAlertError},
	wrap::{HpkeSecret, WrapError},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AccountId, AlertError, Hash};

/// The line before what is sealed.
pub const BEGIN: &str = "-----BEGIN SALUS ALERT-----";
/// The line after it.
pub const END: &str = "-----END SALUS ALERT-----";
/// Hexadecimal digits of a line in between.
const LINE: usize = 64;

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
	/// A device's own trouble: what it reports cannot be judged.
	Device,
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

impl Rule {
	/// Its name, as in JSON.
	pub fn name(self) -> &'static str {
		match self {
			Self::News2 => "news2",
			Self::Limits => "limits",
			Self::Trend => "trend",
			Self::Silence => "silence",
			Self::Device => "device",
		}
	}
}

impl Severity {
	/// Its name, as in JSON.
	pub fn name(self) -> &'static str {
		match self {
			Self::Notice => "notice",
			Self::Urgent => "urgent",
			Self::Emergency => "emergency",
		}
	}
}

/// The lines that carry a sealed alert in a message.
pub fn armour(sealed: &[u8]) -> String {
	let digits = hex::encode(sealed);
	let mut text = format!("{BEGIN}\r\n");
	let mut rest = digits.as_str();
	while !rest.is_empty() {
		let (line, after) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
		text.push_str(line);
		text.push_str("\r\n");
		rest = after;
	}
	text.push_str(END);
	text.push_str("\r\n");
	text
}

/// All that is sealed in a message: its text, also quoted, or the JSON in which a gateway keeps it or posts it to a hook.
///
/// # Errors
/// `NoSealed`, `Malformed`
pub fn sealed_in(message: &str) -> Result<Vec<Vec<u8>>, AlertError> {
	let posted: Option<Value> = serde_json::from_str(message).ok();
	let text = posted.as_ref().and_then(|posted| posted.get("text")?.as_str());
	let mut rest = text.unwrap_or(message);
	let mut found = Vec::new();
	while let Some((_, after)) = rest.split_once(BEGIN) {
		let (lines, after) = after.split_once(END).ok_or(AlertError::Malformed)?;
		let digits: String = lines
			.chars()
			.filter(|mark| !mark.is_whitespace() && *mark != '>')
			.collect();
		found.push(hex::decode(digits).map_err(|_| AlertError::Malformed)?);
		rest = after;
	}
	match found.is_empty() {
		true => Err(AlertError::NoSealed),
		false => Ok(found),
	}
}

/// What an alert says, out of a message, with the keys that its addressee may have been written to with. It is what
/// stands on chain for this alert, or an error.
///
/// # Errors
/// `NoSealed`, `Malformed`, `WrongKey`, `OtherContent`, `Unreadable`
pub fn open(
	(id, alert): (AlertId, &Alert<AccountId>),
	genesis: Hash,
	message: &str,
	keys: &[HpkeSecret],
) -> Result<Content, AlertError> {
	let scope = AlertScope {
		genesis: genesis.0,
		patient: alert.patient,
		commitment: alert.commitment.0,
	};
	let sealed = sealed_in(message)?;
	for (sealed, key) in sealed
		.iter()
		.flat_map(|sealed| keys.iter().map(move |key| (sealed, key)))
	{
		match scope.read(sealed, key) {
			Ok(content) => return serde_json::from_slice(&content).map_err(|_| AlertError::Unreadable(id)),
			Err(SealedAlertError::Wrap(WrapError::WrongKey)) => {}
			Err(SealedAlertError::OtherContent) => return Err(AlertError::OtherContent(id)),
			Err(_) => return Err(AlertError::Malformed),
		}
	}
	Err(AlertError::WrongKey(id))
}

#[cfg(test)]
pub(crate) mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::{exit, Error};
	use salus_primitives::Rung;
	use salus_vault::alert::{commitment, SALT};
	use serde_json::json;
	use std::slice::from_ref;

	const GENESIS: Hash = Hash::repeat_byte(1);

	pub(crate) fn content() -> Content {
		Content {
			rule: Rule::Limits,
			severity: Severity::Urgent,
			at: 60_000,
			code: Some("8867-4".into()),
			value: Some("139.73".into()),
			unit: Some("/min".into()),
			says: "above its limits".into(),
			flags: vec!["implausible".into()],
			path: Some(Path {
				device: "05".repeat(32),
				binding: 1,
				seq: 4711,
			}),
		}
	}

	fn said(content: &impl Serialize) -> Vec<u8> {
		[[7; SALT].as_slice(), serde_json::to_vec(content).unwrap().as_slice()].concat()
	}

	fn raised(said: &[u8]) -> Alert<AccountId> {
		let to = AccountId::from([1; 32]);
		Alert {
			patient: 7,
			institution: 0,
			commitment: Hash::from(commitment(said).unwrap()),
			raised_at: 0,
			ladder: vec![Rung { to, within: 60_000 }].try_into().unwrap(),
			step: 0,
			due: 60_000,
			acknowledged_at: None,
		}
	}

	/// A message with this, sealed as the alert to the key.
	fn message(alert: &Alert<AccountId>, said: &[u8], key: &HpkeSecret) -> String {
		let scope = AlertScope {
			genesis: GENESIS.0,
			patient: alert.patient,
			commitment: alert.commitment.0,
		};
		let sealed = scope.seal(said, &key.public()).unwrap();
		format!("Alert 3 waits for you.\r\n\r\n{}", armour(&sealed))
	}

	fn key() -> HpkeSecret {
		HpkeSecret::generate().unwrap()
	}

	fn refused(result: Result<Content, AlertError>) -> (String, u8) {
		let error = Error::from(result.unwrap_err());
		(error.name(), error.exit_code())
	}

	#[test]
	fn what_is_sealed_to_her_is_read_in_whatever_she_has_of_the_message() {
		let (hers, others) = (key(), key());
		let said = said(&content());
		let alert = raised(&said);
		let text = message(&alert, &said, &hers);
		let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
		let kept = json!({ "to": "nurse@example.org", "text": text }).to_string();
		let several = format!("{}{text}", message(&alert, &said, &others));
		for message in [text.clone(), text.replace("\r\n", "\n"), quoted, kept, several] {
			let opened = open((3, &alert), GENESIS, &message, &[others.clone(), hers.clone()]);
			assert_eq!(opened.unwrap(), content());
			let opened = open((3, &alert), GENESIS, &message, from_ref(&hers));
			assert_eq!(opened.unwrap(), content());
		}
	}

	#[test]
	fn it_opens_for_nobody_else_and_as_no_other_alert() {
		let hers = key();
		let said = said(&content());
		let alert = raised(&said);
		let text = message(&alert, &said, &hers);
		let wrong = ("WrongKey".to_string(), exit::LOCAL);
		assert_eq!(refused(open((3, &alert), GENESIS, &text, &[key()])), wrong);
		assert_eq!(refused(open((3, &alert), GENESIS, &text, &[])), wrong);
		assert_eq!(refused(open((3, &alert), Hash::zero(), &text, from_ref(&hers))), wrong);
		for other in [
			Alert {
				patient: 8,
				..alert.clone()
			},
			Alert {
				commitment: Hash::zero(),
				..alert.clone()
			},
		] {
			assert_eq!(refused(open((4, &other), GENESIS, &text, from_ref(&hers))), wrong);
		}
	}

	#[test]
	fn what_was_not_committed_to_is_not_shown() {
		let hers = key();
		let alert = raised(&said(&content()));
		let other = Content {
			value: Some("70".into()),
			..content()
		};
		for said in [said(&other), vec![1; SALT - 1]] {
			let text = message(&alert, &said, &hers);
			let error = refused(open((3, &alert), GENESIS, &text, from_ref(&hers)));
			assert_eq!(error, ("OtherContent".to_string(), exit::UNVERIFIED));
		}
	}

	#[test]
	fn a_notice_alone_a_cut_message_and_a_later_format_are_told_apart() {
		let hers = key();
		let said_whole = said(&content());
		let alert = raised(&said_whole);
		let text = message(&alert, &said_whole, &hers);
		let tried = |message: &str| refused(open((3, &alert), GENESIS, message, from_ref(&hers)));
		assert_eq!(tried("Alert 3 waits for you.").0, "NoSealed");
		assert_eq!(tried("").0, "NoSealed");
		let (cut, _) = text.split_at(text.len() / 2);
		assert_eq!(tried(cut).0, "Malformed");
		for (from, to) in [
			("-----\r\n01", "-----\r\n02"),
			("-----\r\n01", "-----\r\n0"),
			("-----\r\n01", "-----\r\nxx"),
		] {
			assert_eq!(
				tried(&text.replacen(from, to, 1)),
				("Malformed".to_string(), exit::LOCAL)
			);
		}
		assert_eq!(tried(&armour(&[])).0, "Malformed");
		let later = said(&json!({ "rule": "oracle", "severity": "urgent", "at": 1, "says": "" }));
		let alert = raised(&later);
		let text = message(&alert, &later, &hers);
		let error = refused(open((3, &alert), GENESIS, &text, from_ref(&hers)));
		assert_eq!(error, ("Unreadable".to_string(), exit::LOCAL));
	}

	#[test]
	fn names_are_those_in_json() {
		for rule in [Rule::News2, Rule::Limits, Rule::Trend, Rule::Silence, Rule::Device] {
			assert_eq!(json!(rule), rule.name());
		}
		for severity in [Severity::Notice, Severity::Urgent, Severity::Emergency] {
			assert_eq!(json!(severity), severity.name());
		}
	}
}
