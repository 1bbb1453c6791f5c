//! HL7's own twelve examples.

use std::path::PathBuf;

use salus_primitives::{Action, ActionSet, Category, CategorySet, PurposeSet, Terms};

use super::*;

const TASK: &str = "Task/example3";

fn inputs() -> PathBuf {
	let inputs = std::env::var_os("SALUS_INPUTS").map(PathBuf::from);
	let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/salus/inputs");
	inputs.unwrap_or_else(home)
}

fn example(name: &str) -> Vec<u8> {
	let path = inputs().join(format!("fhir/Consent-consent-example-{name}.json"));
	std::fs::read(path).expect("run scripts/inputs first")
}

/// Whoever and whatever the examples refer to.
fn everybody() -> DirectoryMap {
	DirectoryMap::new()
		.with("Patient/f001", Entity::Patient(1))
		.with("Patient/example", Entity::Patient(2))
		.with("Patient/72", Entity::Patient(72))
		.with("Patient/xcda", Entity::Patient(3))
		.with("Organization/f001", Entity::Institution(10))
		.with("Practitioner/f204", Entity::Account(account(4)))
		.with("Practitioner/13", Entity::Account(account(13)))
		.with("Practitioner/xcda-author", Entity::Account(account(14)))
		.with("RelatedPerson/peter", Entity::Account(account(15)))
		.with_records(TASK, Meaning::Related, vec![30, 31])
		.with_records("DocumentReference/30", Meaning::Instance, vec![30])
		.with_records("DocumentReference/31", Meaning::Instance, vec![31])
}

/// Reads an example, writes it, reads that; also leaves what was written for the FHIR validator.
fn both_ways(name: &str, untyped: Option<RuleType>) -> Reading {
	let reading = from_fhir(&example(name), &everybody(), untyped).unwrap_or_else(|error| panic!("{name}: {error}"));
	let written = to_fhir(&reading.consent, &everybody()).unwrap();
	let again = read(&written, &everybody()).unwrap();
	assert_eq!(again.consent, reading.consent, "{name}");
	assert_eq!(to_fhir(&again.consent, &everybody()).unwrap(), written, "{name}");
	super::leave(&format!("hl7-{name}"), &written);
	reading
}

fn denied(name: &str, untyped: Option<RuleType>) -> Vec<DenialTerms<AccountId>> {
	let consent = both_ways(name, untyped).consent;
	assert!(consent.grants.is_empty(), "{name}");
	assert_eq!(consent.patient, 1);
	consent.denials
}

fn granted(name: &str, untyped: Option<RuleType>) -> (Grantee<AccountId>, Terms) {
	let consent = both_ways(name, untyped).consent;
	assert!(consent.denials.is_empty(), "{name}");
	let [grant] = consent.grants.try_into().unwrap();
	grant
}

#[test]
fn what_withholds_is_a_denial() {
	let kept_there = [DenialTerms {
		source: Some(10),
		..DenialTerms::all()
	}];
	for name in ["Out", "notAuthor", "Emergency"] {
		assert_eq!(denied(name, None), kept_there, "{name}");
	}
	let to_them = DenialTerms {
		institution: Some(10),
		..DenialTerms::all()
	};
	assert_eq!(denied("notOrg", None), [to_them]);
	let to_her = DenialTerms {
		account: Some(account(4)),
		..DenialTerms::all()
	};
	assert_eq!(denied("notThem", None), [to_her]);
	let these = [30, 31].map(|record| DenialTerms {
		record: Some(record),
		..DenialTerms::all()
	});
	assert_eq!(denied("notThis", None), these);
	let of_january = DenialTerms {
		recorded_from: Some(YEAR_2015),
		recorded_until: Some(YEAR_2015 + 32 * DAY),
		..DenialTerms::all()
	};
	assert_eq!(denied("notTime", Some(RuleType::Deny)), [of_january]);
}

#[test]
fn what_authorises_is_a_grant() {
	let (to, terms) = granted("basic", Some(RuleType::Permit));
	assert_eq!(to, Grantee::Institution(10));
	let expected = Terms {
		actions: ActionSet::ALL,
		purposes: PurposeSet::ALL,
		categories: CategorySet::ALL,
		starts: 0,
		ends: YEAR_2015 + 366 * DAY,
		..Terms::none()
	};
	assert_eq!(terms, expected);

	let (to, terms) = granted("smartonfhir", None);
	assert_eq!(to, Grantee::Institution(10));
	// 2016-06-23T17:02:33+10:00, half an hour and the last second of it.
	let starts = 1_466_665_353_000;
	let expected = Terms {
		actions: ActionSet::of(&[Action::View]),
		purposes: PurposeSet::ALL,
		categories: CategorySet::of(&[Category::Prescription]),
		starts,
		ends: starts + 30 * 60_000 + 1_000,
		..Terms::none()
	};
	assert_eq!(terms, expected);
	let consent = both_ways("smartonfhir", None).consent;
	assert_eq!(consent.performers, [Entity::Account(account(15))]);
	assert_eq!(consent.dated.as_deref(), Some("2016-06-23T17:02:33+10:00"));
}

#[test]
fn two_examples_that_differ_in_dates_alone_and_mean_opposites_are_not_guessed() {
	for name in ["basic", "notTime"] {
		let error = from_fhir(&example(name), &everybody(), None).unwrap_err();
		assert!(matches!(error, ConsentError::Ambiguous { .. }), "{error}");
		assert_eq!(error.path(), "Consent.provision.type");
		assert!(error.to_string().contains("--untyped"), "{error}");
	}
}

#[test]
fn what_is_read_as_something_close_is_said() {
	let noted = |name, untyped, path: &str| {
		let notes = both_ways(name, untyped).notes;
		assert!(notes.iter().any(|note| note.path == path), "{name}: {notes:?}");
	};
	for path in [
		"Consent.text",
		"Consent.sourceAttachment",
		"Consent.category",
		"Consent.policyRule",
	] {
		noted("notOrg", None, path);
	}
	noted("notOrg", None, "Consent.provision.action");
	noted("Out", None, "Consent.provision");
	noted("Emergency", None, "Consent.provision.purpose");
	noted("notTime", Some(RuleType::Deny), "Consent.provision.period");
	noted("smartonfhir", None, "Consent.provision.provision[0].class[0]");
}

#[test]
fn the_other_three_are_refused_with_the_path_of_what_has_no_counterpart() {
	let refused = |name, untyped| {
		let error = from_fhir(&example(name), &everybody(), untyped).unwrap_err();
		assert!(matches!(error, ConsentError::NoCounterpart { .. }), "{name}: {error:?}");
		error.path().to_string()
	};
	for untyped in [None, Some(RuleType::Permit), Some(RuleType::Deny)] {
		assert_eq!(refused("grantor", untyped), "Consent.provision.actor[1].reference");
		assert_eq!(
			refused("pkb", untyped),
			"Consent.provision.provision[0].securityLabel[0]"
		);
		let signature = "Consent.provision.provision[0].code";
		assert_eq!(refused("signature", untyped), signature);
	}
}

#[test]
fn an_unknown_reference_is_refused_with_its_path() {
	for (name, path) in [
		("notOrg", "Consent.patient"),
		("notThem", "Consent.patient"),
		("signature", "Consent.patient"),
	] {
		let error = from_fhir(&example(name), &DirectoryMap::new(), None).unwrap_err();
		assert!(matches!(error, ConsentError::UnknownReference { .. }), "{error}");
		assert_eq!(error.path(), path);
	}
	let known = DirectoryMap::new()
		.with("Patient/f001", Entity::Patient(1))
		.with("Organization/f001", Entity::Institution(10));
	let error = from_fhir(&example("notThem"), &known, None).unwrap_err();
	assert_eq!(error.path(), "Consent.provision.actor[0].reference");
	// That the directory knows the task itself does not say what it refers to.
	let known = known.with_records(TASK, Meaning::Instance, vec![30]);
	let error = from_fhir(&example("notThis"), &known, None).unwrap_err();
	assert_eq!(error.path(), "Consent.provision.data[0].reference");
	assert!(error.to_string().contains("with what it refers to"), "{error}");
}

#[test]
fn there_are_no_other_examples() {
	let mut names: Vec<_> = std::fs::read_dir(inputs().join("fhir"))
		.expect("run scripts/inputs first")
		.filter_map(|entry| entry.unwrap().file_name().into_string().ok())
		.filter_map(|name| {
			Some(
				name.strip_prefix("Consent-consent-example-")?
					.strip_suffix(".json")?
					.to_string(),
			)
		})
		.collect();
	names.sort();
	let expected = [
		"Emergency",
		"Out",
		"basic",
		"grantor",
		"notAuthor",
		"notOrg",
		"notThem",
		"notThis",
		"notTime",
		"pkb",
		"signature",
		"smartonfhir",
	];
	assert_eq!(names, expected);
}
