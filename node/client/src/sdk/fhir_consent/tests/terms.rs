//! Any terms of the chain, written and read again.

use proptest::{collection::vec, option, prelude::*};
use salus_primitives::{ActionSet, Category, CategorySet, InstitutionId, PurposeSet, RecordId, Role, Terms};

use super::*;

const YEAR_10000: Moment = 253_402_300_800_000;

/// Knows everybody and everything.
pub(super) struct Everybody;

impl Directory for Everybody {
	fn entity(&self, reference: &str) -> Option<Entity> {
		let (kind, id) = reference.split_once('/')?;
		Some(match kind {
			"Patient" => Entity::Patient(id.parse().ok()?),
			"Organization" => Entity::Institution(id.parse().ok()?),
			"Practitioner" => Entity::Account(account(id.parse().ok()?)),
			_ => return None,
		})
	}

	fn records(&self, reference: &str, meaning: Meaning) -> Option<Vec<RecordId>> {
		let id = reference.strip_prefix("DocumentReference/")?.parse().ok()?;
		(meaning == Meaning::Instance).then(|| vec![id])
	}

	fn reference(&self, entity: &Entity) -> Option<String> {
		Some(match entity {
			Entity::Patient(id) => format!("Patient/{id}"),
			Entity::Institution(id) => format!("Organization/{id}"),
			Entity::Account(account) => format!("Practitioner/{}", account.0[0]),
		})
	}

	fn record(&self, record: RecordId) -> Option<String> {
		Some(format!("DocumentReference/{record}"))
	}
}

fn role() -> impl Strategy<Value = Role> {
	proptest::sample::select(Role::ALL.to_vec())
}

fn institution() -> impl Strategy<Value = InstitutionId> {
	any::<InstitutionId>()
}

fn grantee() -> impl Strategy<Value = Grantee<AccountId>> {
	prop_oneof![
		any::<u8>().prop_map(|byte| Grantee::Account(account(byte))),
		institution().prop_map(Grantee::Institution),
		(role(), institution()).prop_map(|(role, institution)| Grantee::Role(role, institution)),
		institution().prop_map(Grantee::Assigned),
	]
}

/// Moments that FHIR can write, its borders among them.
fn moment() -> impl Strategy<Value = Moment> {
	prop_oneof![Just(0), Just(1), Just(YEAR_10000 - 1), 0..YEAR_10000]
}

/// A range whose sides may be open and which ends after it starts.
fn range() -> impl Strategy<Value = (Option<Moment>, Option<Moment>)> {
	(option::of(moment()), option::of(moment())).prop_filter("ends after it starts", |(from, until)| {
		from.zip(*until).is_none_or(|(from, until)| from < until)
	})
}

fn terms() -> impl Strategy<Value = Terms> {
	let sets = (
		1..=ActionSet::ALL.bits(),
		1..=PurposeSet::ALL.bits(),
		1..=CategorySet::ALL.bits(),
	);
	let on = (vec(any::<RecordId>(), 0..=16), vec(any::<u8>(), 0..=8));
	let limits = (option::of(1..=i32::MAX as u32), option::of(moment()), any::<bool>());
	(sets, on, range(), range(), limits).prop_map(
		|(
			(actions, purposes, categories),
			(records, compartments),
			validity,
			recorded,
			(uses, erase_after, outlives),
		)| Terms {
			actions: ActionSet::from_bits(actions).unwrap(),
			purposes: PurposeSet::from_bits(purposes).unwrap(),
			categories: CategorySet::from_bits(categories).unwrap(),
			records: records.try_into().unwrap(),
			compartments: compartments.try_into().unwrap(),
			recorded_from: recorded.0,
			recorded_until: recorded.1,
			starts: validity.0.unwrap_or(0),
			ends: validity.1.unwrap_or(Moment::MAX),
			uses,
			erase_after,
			outlives,
		},
	)
}

fn denial() -> impl Strategy<Value = DenialTerms<AccountId>> {
	let who = (
		option::of(any::<u8>().prop_map(account)),
		option::of(institution()),
		option::of(role()),
	);
	let what = (
		option::of(proptest::sample::select(Category::ALL.to_vec())),
		option::of(any::<u8>()),
		option::of(institution()),
		option::of(any::<RecordId>()),
	);
	(who, what, range()).prop_map(
		|((account, institution, role), (category, compartment, source, record), recorded)| DenialTerms {
			account,
			institution,
			role,
			category,
			compartment,
			source,
			recorded_from: recorded.0,
			recorded_until: recorded.1,
			record,
		},
	)
}

pub(super) fn statement() -> impl Strategy<Value = ConsentStatement> {
	let said = (vec((grantee(), terms()), 0..4), vec(denial(), 0..4));
	let said = said.prop_filter("says something", |(grants, denials)| {
		!grants.is_empty() || !denials.is_empty()
	});
	let around = (
		option::of("[A-Za-z0-9.-]{1,64}"),
		any::<PatientId>(),
		option::of(proptest::sample::select(vec![
			"2026",
			"2026-11",
			"2026-11-21",
			"2026-11-21T08:30:00.5+01:00",
		])),
		vec(any::<u8>().prop_map(|byte| Entity::Account(account(byte))), 0..3),
		vec(institution(), 0..3),
	);
	(around, said).prop_map(
		|((id, patient, dated, performers, organizations), (grants, denials))| ConsentStatement {
			id,
			patient,
			dated: dated.map(Into::into),
			performers,
			organizations,
			grants,
			denials,
		},
	)
}

pub(super) fn written(statement: &ConsentStatement) -> Value {
	to_fhir(statement, &Everybody).unwrap()
}

pub(super) fn read_again(document: &Value) -> Result<Reading, ConsentError> {
	from_fhir(document.to_string().as_bytes(), &Everybody, None)
}

proptest! {
	#[test]
	fn any_terms_are_read_as_they_were_written(statement in statement()) {
		let reading = read_again(&written(&statement)).unwrap();
		prop_assert_eq!(&reading.consent, &statement);
		// Nothing of what this wrote had to be read as something else.
		let paths: Vec<_> = reading.notes.iter().map(|note| note.path.as_str()).collect();
		prop_assert_eq!(paths, ["Consent.text", "Consent.category"]);
	}
}

/// One of each: for the FHIR validator, which is too slow for thousands.
#[test]
fn terms_of_every_kind_are_left_for_the_validator() {
	use proptest::{strategy::ValueTree, test_runner::TestRunner};
	let mut runner = TestRunner::deterministic();
	for index in 0..40 {
		let statement = statement().new_tree(&mut runner).unwrap().current();
		leave(&format!("terms-{index}"), &written(&statement));
	}
}

fn base() -> ConsentStatement {
	ConsentStatement {
		id: None,
		patient: 0,
		dated: None,
		performers: vec![],
		organizations: vec![],
		grants: vec![(
			Grantee::Institution(1),
			Terms {
				actions: ActionSet::ALL,
				purposes: PurposeSet::ALL,
				categories: CategorySet::ALL,
				ends: 1,
				..Terms::none()
			},
		)],
		denials: vec![],
	}
}

#[test]
fn the_mark_of_what_outlives_the_patient_is_written_beside_the_date_of_erasure() {
	let mut statement = base();
	let written_extension =
		|statement: &ConsentStatement| written(statement)["provision"]["provision"][0]["extension"].clone();
	assert_eq!(written_extension(&statement), Value::Null);
	let mark = json!({ "url": codes::OUTLIVES, "valueBoolean": true });
	statement.grants[0].1.outlives = true;
	assert_eq!(written_extension(&statement), json!([mark]));
	statement.grants[0].1.erase_after = Some(0);
	let erased = json!({ "url": codes::ERASE_AFTER, "valueDateTime": "1970-01-01T00:00:00.000Z" });
	assert_eq!(written_extension(&statement), json!([erased, mark]));
	let document = written(&statement);
	assert!(document["text"]["div"]
		.as_str()
		.unwrap()
		.contains("also after the patient's death"));
	leave("outlives", &document);
}

#[test]
fn what_fhir_has_no_form_for_is_refused_with_its_path() {
	let refused = |change: &dyn Fn(&mut ConsentStatement)| {
		let mut statement = base();
		change(&mut statement);
		let error = to_fhir(&statement, &Everybody).unwrap_err();
		assert!(matches!(error, ConsentError::Inexpressible { .. }), "{error:?}");
		error.path().to_string()
	};
	let terms = |change: &dyn Fn(&mut Terms)| {
		refused(&|statement| {
			if let Some((_, terms)) = statement.grants.first_mut() {
				change(terms);
			}
		})
	};
	let path = |rest: &str| format!("Consent.provision.provision[0].{rest}");
	assert_eq!(terms(&|terms| terms.actions = ActionSet::EMPTY), path("action"));
	assert_eq!(terms(&|terms| terms.purposes = PurposeSet::EMPTY), path("purpose"));
	assert_eq!(terms(&|terms| terms.categories = CategorySet::EMPTY), path("class"));
	assert_eq!(terms(&|terms| terms.uses = Some(0)), path("modifierExtension[0]"));
	assert_eq!(terms(&|terms| terms.uses = Some(1 << 31)), path("modifierExtension[0]"));
	assert_eq!(
		terms(&|terms| terms.erase_after = Some(YEAR_10000)),
		path("extension[0]")
	);
	assert_eq!(terms(&|terms| terms.ends = YEAR_10000 + 1), path("period.end"));
	assert_eq!(
		terms(&|terms| (terms.starts, terms.ends) = (YEAR_10000, Moment::MAX)),
		path("period.start")
	);
	assert_eq!(terms(&|terms| (terms.starts, terms.ends) = (2, 1)), path("period"));
	assert_eq!(
		terms(&|terms| (terms.recorded_from, terms.recorded_until) = (Some(1), Some(1))),
		path("dataPeriod")
	);
	assert_eq!(refused(&|statement| statement.grants.clear()), "Consent.provision");
	assert_eq!(refused(&|statement| statement.id = Some("a/b".into())), "Consent.id");
	assert_eq!(
		refused(&|statement| statement.dated = Some("today".into())),
		"Consent.dateTime"
	);
}

#[test]
fn who_has_no_reference_is_refused_with_the_path() {
	let refused = |directory: DirectoryMap, statement: &ConsentStatement| {
		let error = to_fhir(statement, &directory).unwrap_err();
		assert!(matches!(error, ConsentError::UnknownEntity { .. }), "{error:?}");
		error.path().to_string()
	};
	let actor = "Consent.provision.provision[0].actor[0].reference";
	assert_eq!(refused(DirectoryMap::new(), &base()), actor);
	let knows = DirectoryMap::new().with("Organization/1", Entity::Institution(1));
	assert_eq!(refused(knows.clone(), &base()), "Consent.patient");
	let mut statement = base();
	if let Some((_, terms)) = statement.grants.first_mut() {
		terms.records = vec![4].try_into().unwrap();
	}
	let data = "Consent.provision.provision[0].data[0].reference";
	assert_eq!(refused(knows, &statement), data);
}
