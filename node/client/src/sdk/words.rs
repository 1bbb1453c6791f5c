//! What people type: the vocabulary of the chain, accounts, grantees, points in time.

use std::{str::FromStr, time::Duration};

use chrono::{NaiveDate, NaiveTime};
use salus_primitives::{
	Action, CancelReason, Capacity, Category, DocStatus, EmergencyReason, ErrorReason, Grantee, Media, Mode, Moment,
	Origin, Priority, Purpose, Relation, Role, Verdict,
};
use serde_json::Value;

use super::{AccountId, Hash};

/// A word list of the chain.
pub trait Vocabulary: Copy + 'static {
	/// What it is called in messages.
	const WHAT: &'static str;
	/// All words.
	fn all() -> &'static [Self];
	/// The word as the chain's metadata spells it.
	fn word(self) -> &'static str;
}

macro_rules! vocabulary {
	($($name:ident: $what:literal),+ $(,)?) => {
		$(impl Vocabulary for $name {
			const WHAT: &'static str = $what;
			fn all() -> &'static [Self] {
				&Self::ALL
			}
			fn word(self) -> &'static str {
				self.name()
			}
		})+
	};
}

vocabulary!(
	Action: "action",
	CancelReason: "reason",
	Capacity: "part",
	Category: "category",
	DocStatus: "document status",
	EmergencyReason: "reason",
	ErrorReason: "reason",
	Media: "media type",
	Mode: "way to meet",
	Origin: "origin",
	Priority: "priority",
	Purpose: "purpose",
	Relation: "relation",
	Role: "role",
	Verdict: "verdict",
);

/// A word of the vocabulary, in any case and with or without hyphens: `fhir-json`, `FhirJson`.
///
/// # Errors
/// Names the words there are.
pub fn word<V: Vocabulary>(text: &str) -> Result<V, String> {
	let plain = |text: &str| {
		text.chars()
			.filter(|c| !matches!(c, '-' | '_' | ' '))
			.collect::<String>()
			.to_lowercase()
	};
	let wanted = plain(text);
	V::all()
		.iter()
		.copied()
		.find(|value| plain(value.word()) == wanted)
		.ok_or_else(|| {
			let words: Vec<_> = V::all().iter().map(|value| hyphenated(value.word())).collect();
			format!("`{text}` is no {}; use one of {}", V::WHAT, words.join(", "))
		})
}

/// `FhirJson` as `fhir-json`.
pub fn hyphenated(word: &str) -> String {
	let mut out = String::new();
	for (index, letter) in word.chars().enumerate() {
		if letter.is_uppercase() && index > 0 {
			out.push('-');
		}
		out.extend(letter.to_lowercase());
	}
	out
}

/// An account, as SS58 or as 64 hex digits.
///
/// # Errors
/// Says what an account looks like.
pub fn account(text: &str) -> Result<AccountId, String> {
	if let Ok(bytes) = hash(text) {
		return Ok(AccountId::from(bytes.0));
	}
	AccountId::from_str(text)
		.map_err(|_| format!("`{text}` is no account; give an SS58 address such as 5Grwva… or 64 hex digits"))
}

/// 32 bytes as hex, with or without 0x.
///
/// # Errors
/// Says what a hash looks like.
pub fn hash(text: &str) -> Result<Hash, String> {
	let bytes = hex_bytes(text)?;
	let bytes: [u8; 32] = bytes
		.try_into()
		.map_err(|_| format!("`{text}` has not 32 bytes; give 64 hex digits"))?;
	Ok(Hash::from(bytes))
}

/// Bytes as hex, with or without 0x.
///
/// # Errors
/// Says that it is no hex.
pub fn hex_bytes(text: &str) -> Result<Vec<u8>, String> {
	let digits = text.trim();
	hex::decode(digits.strip_prefix("0x").unwrap_or(digits)).map_err(|_| "not hexadecimal digits".to_string())
}

/// Bytes as 0x-prefixed hex.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
	format!("0x{}", hex::encode(bytes))
}

/// A number as JSON holds it without loss: beyond 2^53 - 1 as a decimal string.
pub fn number(value: impl Into<u128>) -> Value {
	const LARGEST: u64 = (1 << 53) - 1;
	let value = value.into();
	match u64::try_from(value) {
		Ok(small) if small <= LARGEST => Value::from(small),
		_ => Value::String(value.to_string()),
	}
}

/// The number in this form.
pub fn number_of(value: &Value) -> Option<u64> {
	value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// To whom a grant is given: `account:5F…`, `institution:1`, `role:doctor@1`, `assigned:0`.
///
/// # Errors
/// Shows the four forms.
pub fn grantee(text: &str) -> Result<Grantee<AccountId>, String> {
	let wrong = || {
		format!("`{text}` is no grantee; use account:<SS58>, institution:<id>, role:<role>@<institution> or assigned:<institution>")
	};
	let (kind, value) = text.split_once(':').ok_or_else(wrong)?;
	let id = |value: &str| value.parse::<u32>().map_err(|_| wrong());
	match kind {
		"account" => account(value).map(Grantee::Account),
		"institution" => id(value).map(Grantee::Institution),
		"assigned" => id(value).map(Grantee::Assigned),
		"role" => {
			let (role, institution) = value.split_once('@').ok_or_else(wrong)?;
			Ok(Grantee::Role(word(role)?, id(institution)?))
		}
		_ => Err(wrong()),
	}
}

/// A grantee in the form that [`grantee`] reads.
pub fn show_grantee(grantee: &Grantee<AccountId>) -> String {
	match grantee {
		Grantee::Account(account) => format!("account:{account}"),
		Grantee::Institution(institution) => format!("institution:{institution}"),
		Grantee::Role(role, institution) => format!("role:{}@{institution}", hyphenated(role.name())),
		Grantee::Assigned(institution) => format!("assigned:{institution}"),
	}
}

/// A point in time: `2026-11-21`, `2026-11-21T08:30:00Z`, or milliseconds since the Unix epoch.
///
/// # Errors
/// Shows the forms.
pub fn moment(text: &str) -> Result<Moment, String> {
	if let Ok(milliseconds) = text.parse::<u64>() {
		return Ok(milliseconds);
	}
	let full = if text.len() == 10 {
		format!("{text}T00:00:00Z")
	} else {
		text.to_string()
	};
	humantime::parse_rfc3339_weak(&full)
		.ok()
		.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
		.and_then(|since| u64::try_from(since.as_millis()).ok())
		.ok_or_else(|| format!("`{text}` is no point in time; use 2026-11-21, 2026-11-21T08:30:00Z or milliseconds"))
}

/// The beginning of a month: `2031-05`.
///
/// # Errors
/// Shows the form.
pub fn month(text: &str) -> Result<Moment, String> {
	let numbers = || {
		let (year, month) = text.split_once('-')?;
		let plain = year.len() == 4 && month.len() == 2;
		let first = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
		let at = first.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
		u64::try_from(at).ok().filter(|_| plain)
	};
	numbers().ok_or_else(|| format!("`{text}` is no month; use 2031-05"))
}

/// A length of time: `90m`, `30d`, `1y`.
///
/// # Errors
/// Shows the forms.
pub fn duration(text: &str) -> Result<Duration, String> {
	humantime::parse_duration(text).map_err(|_| format!("`{text}` is no length of time; use 90m, 12h or 30d"))
}

/// Milliseconds in a length of time.
pub fn milliseconds(duration: Duration) -> u64 {
	u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Now, in milliseconds since the Unix epoch.
pub fn now() -> Moment {
	let since = std::time::SystemTime::now()
		.duration_since(std::time::UNIX_EPOCH)
		.unwrap_or_default();
	milliseconds(since)
}

/// A point in time for people.
pub fn show_moment(moment: Moment) -> String {
	let time = std::time::UNIX_EPOCH.checked_add(Duration::from_millis(moment));
	match time {
		// Beyond the year 9999 the formatter has no answer.
		Some(time) if moment < 253_402_300_800_000 => humantime::format_rfc3339_seconds(time).to_string(),
		_ => format!("{moment} ms"),
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn words_are_read_in_any_spelling() {
		assert_eq!(word::<Media>("fhir-json").unwrap(), Media::FhirJson);
		assert_eq!(word::<Media>("FhirJson").unwrap(), Media::FhirJson);
		assert_eq!(word::<Purpose>("public_health").unwrap(), Purpose::PublicHealth);
		assert!(word::<Purpose>("fun").unwrap_err().contains("treatment"));
		for purpose in Purpose::ALL {
			assert_eq!(word::<Purpose>(&hyphenated(purpose.name())).unwrap(), purpose);
		}
	}

	#[test]
	fn accounts_are_read_as_ss58_and_hex() {
		let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		let hex = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
		assert_eq!(account(alice).unwrap(), account(hex).unwrap());
		assert_eq!(account(hex).unwrap().to_string(), alice);
		assert!(account("5Grwva").unwrap_err().contains("SS58"));
	}

	#[test]
	fn grantees_are_shown_as_they_are_read() {
		for text in [
			"account:5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
			"institution:1",
			"role:lab-technician@1",
			"assigned:0",
		] {
			assert_eq!(show_grantee(&grantee(text).unwrap()), text);
		}
		for text in [
			"",
			"institution",
			"institution:x",
			"role:doctor",
			"role:king@1",
			"group:1",
		] {
			assert!(grantee(text).is_err(), "{text}");
		}
	}

	#[test]
	fn numbers_that_json_would_round_are_text() {
		let largest = (1u64 << 53) - 1;
		assert_eq!(number(0u32), Value::from(0));
		assert_eq!(number(largest), Value::from(largest));
		assert_eq!(number(largest + 1), Value::from("9007199254740992"));
		assert_eq!(number(u128::MAX), Value::from(u128::MAX.to_string()));
		for value in [0, largest, largest + 1, u64::MAX] {
			assert_eq!(number_of(&number(value)), Some(value));
		}
		for no_number in [Value::Null, Value::from("one"), number(u128::MAX), Value::from(-1)] {
			assert_eq!(number_of(&no_number), None);
		}
	}

	#[test]
	fn moments_are_read_as_days_times_and_milliseconds() {
		assert_eq!(moment("1970-01-02").unwrap(), 86_400_000);
		assert_eq!(moment("1970-01-01T00:00:01Z").unwrap(), 1_000);
		assert_eq!(moment("1000").unwrap(), 1_000);
		assert!(moment("yesterday").is_err());
		assert_eq!(month("1970-02").unwrap(), 31 * 86_400_000);
		assert_eq!(month("2031-05"), moment("2031-05-01"));
		for text in ["2031-13", "2031-5", "2031-05-01", "31-05", "1969-12", "May", ""] {
			assert!(month(text).is_err(), "{text}");
		}
		assert_eq!(show_moment(1_000), "1970-01-01T00:00:01Z");
		assert_eq!(show_moment(u64::MAX), format!("{} ms", u64::MAX));
	}
}
