//! What a person may enter, and what she is told otherwise.

use salus::AccountId;
use salus_primitives::{DAY, MINUTE};

use super::world::{account, rungs, Warning, CAREGIVER, NURSE, PATIENT};
use crate::{
	alarms::{age, Entry, Level, Post, Rung, Subject},
	GatewayError,
};

/// 2027-01-15T08:00:00Z
const NOW: u64 = super::super::world::NOW;

#[test]
fn an_age_is_in_full_years() {
	for (born, expected) in [
		("2027-01-15", Some(0)),
		("2027-01-16", None),
		("2011-01-15", Some(16)),
		("2011-01-16", Some(15)),
		("1910-02-28", Some(116)),
		("2008-02-29", Some(18)),
		("1700-01-01", None),
		("2011-02-29", None),
		("2011-13-01", None),
		("11-01-15", None),
		("2011-01-15T00:00:00Z", None),
		("1294963200000", None),
		("", None),
	] {
		assert_eq!(age(born, NOW), expected, "{born}");
	}
}

fn limits(code: &str, unit: &str, low: Option<&str>, high: Option<&str>) -> Entry {
	Entry::Limits {
		of: Subject::Patient(PATIENT),
		code: code.into(),
		unit: unit.into(),
		low: low.map(String::from),
		high: high.map(String::from),
	}
}

fn interval(device: &str, every: u64) -> Entry {
	Entry::Interval {
		device: device.into(),
		every: Some(every),
	}
}

fn ladder(rungs: Vec<Rung>) -> Entry {
	Entry::Ladder { patient: None, rungs }
}

fn rung(post: Post, account: [u8; 32], within: u64) -> Rung {
	Rung {
		post,
		account: hex::encode(account),
		within,
	}
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_name_and_changes_nothing() {
	let warning = Warning::new().await;
	warning.ladder().await;
	let before = warning.ledger.entries(0, 99).await.unwrap();
	let device = "ab".repeat(32);
	let person = |born: Option<&str>| Entry::Person {
		patient: PATIENT,
		born: born.map(String::from),
		pregnant: None,
	};
	let nurse = |within| rung(Post::Nurse, NURSE, within);
	for (entry, name) in [
		(person(Some("2030-01-01")), "NotADayOfBirth"),
		(person(None), "NothingEntered"),
		(limits("8867-5", "/min", None, Some("120")), "Code"),
		(limits("8867-4", "/min", None, Some("12o")), "Decimal"),
		(limits("8867-4", "/min", None, None), "Limits"),
		(limits("8867-4", "/min", Some("120"), Some("50")), "Limits"),
		(limits("8867-4", "Hz", None, Some("2")), "Limits"),
		(limits("15074-8", "mmol/L", None, Some("180")), "Limits"),
		(interval("ab", MINUTE), "NotADevice"),
		(interval(&device, 999), "IntervalOutOfRange"),
		(interval(&device, DAY + 1), "IntervalOutOfRange"),
		(ladder(vec![rung(Post::Caregiver, CAREGIVER, MINUTE)]), "Ladder"),
		(ladder(rungs().into_iter().rev().collect()), "Ladder"),
		(ladder(vec![nurse(MINUTE - 1)]), "Ladder"),
		(ladder(vec![nurse(DAY + 1)]), "TimeTooLong"),
		(
			ladder(vec![nurse(MINUTE), rung(Post::DoctorOnCall, NURSE, MINUTE)]),
			"TwiceOnLadder",
		),
		(ladder(vec![rung(Post::Nurse, [9; 32], MINUTE)]), "UnknownAddressee"),
	] {
		let refused = warning.ledger.write(&account(NURSE), &entry, NOW).await.unwrap_err();
		assert_eq!(refused.name(), name, "{entry:?}: {refused}");
	}
	let mut nobody = ladder(vec![rung(Post::Nurse, NURSE, MINUTE)]);
	if let Entry::Ladder { rungs, .. } = &mut nobody {
		rungs[0].account = "nobody".into();
	}
	let refused = warning.ledger.write(&account(NURSE), &nobody, NOW).await.unwrap_err();
	assert_eq!(refused.name(), "NotAnAccount");
	assert_eq!(warning.ledger.entries(0, 99).await.unwrap(), before);
}

#[tokio::test]
async fn every_entry_stands_with_who_made_it_and_when() {
	let mut warning = Warning::new().await;
	warning.seen(PATIENT).await;
	warning.pass(MINUTE);
	let level = Level::Voice;
	let entry = Entry::Consciousness {
		patient: PATIENT,
		level,
	};
	let id = warning
		.ledger
		.write(&AccountId::from([8; 32]), &entry, warning.now)
		.await
		.unwrap();
	warning.restart().await;
	let entries = warning.ledger.entries(0, 99).await.unwrap();
	assert_eq!(entries.len(), 3);
	let last = &entries[2];
	assert_eq!(
		(last.id, last.by, last.at, &last.entry),
		(id, [8; 32], NOW + MINUTE, &entry)
	);
	assert_eq!(
		warning.ledger.entries(id - 1, 99).await.unwrap(),
		std::slice::from_ref(last)
	);
}

#[tokio::test]
async fn whoever_is_on_a_ladder_stays_reachable() {
	let warning = Warning::new().await;
	warning.ladder().await;
	let refused = warning.ledger.forget(&account(NURSE), NOW).await.unwrap_err();
	assert_eq!(refused.name(), "OnLadder");
	warning.enter(ladder(Vec::new())).await;
	warning.ledger.forget(&account(NURSE), NOW).await.unwrap();
	let gone = warning.ledger.forget(&account(NURSE), NOW).await.unwrap_err();
	assert!(matches!(gone, GatewayError::NotFound { .. }), "{gone}");
	assert_eq!(warning.ledger.addressees().await.unwrap().len(), 2);
}
