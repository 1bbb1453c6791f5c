//! A patient's grants and denials as `consent list` and `consent from-fhir` print them, and as `consent to-fhir` reads them.

use salus_primitives::{
	Action, Category, Compartment, DenialTerms, Grantee, InstitutionId, Moment, PatientId, Purpose, RecordId, Role,
	Terms,
};
use serde::Deserialize;
use serde_json::{json, Value};

use super::{report::Report, view};
use crate::sdk::{
	fhir_consent::{ConsentStatement, Entity},
	sentence::{self, Voice},
	words, AccountId, DocumentError, Error,
};

/// What `to-fhir` reads.
pub(crate) const LIST: &str = "list of grants and denials";

/// The statement as sentences, and as the JSON that `to-fhir` reads.
pub(crate) fn said(consent: &ConsentStatement) -> Report {
	let mut report = Report::new().line(format!("consent of patient {}:", consent.patient));
	for (grantee, terms) in &consent.grants {
		report = report.line(format!("- {}", sentence::grant(grantee, terms, Voice::OfThePatient)));
	}
	for terms in &consent.denials {
		report = report.line(format!("- {}", sentence::denial(terms, Voice::OfThePatient)));
	}
	let grants: Vec<_> = consent
		.grants
		.iter()
		.map(|(grantee, terms)| json!({ "grantee": words::show_grantee(grantee), "terms": view::terms(terms) }))
		.collect();
	let denials: Vec<_> = consent
		.denials
		.iter()
		.map(|terms| json!({ "terms": view::denial_terms(terms) }))
		.collect();
	report
		.field("id", consent.id.clone())
		.field("patient", words::number(consent.patient))
		.field("dateTime", consent.dated.clone())
		.field(
			"performers",
			consent.performers.iter().map(show_entity).collect::<Vec<_>>(),
		)
		.field("organizations", consent.organizations.clone())
		.field("grants", grants)
		.field("denials", denials)
}

/// What `consent list` and `consent from-fhir` print.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Statement {
	id: Option<String>,
	patient: Option<Number>,
	date_time: Option<String>,
	#[serde(default)]
	performers: Vec<String>,
	#[serde(default)]
	organizations: Vec<InstitutionId>,
	#[serde(default)]
	grants: Vec<GrantJson>,
	#[serde(default)]
	denials: Vec<DenialJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GrantJson {
	id: Option<Number>,
	grantee: String,
	terms: TermsJson,
	uses_left: Option<u32>,
	revoked_at: Option<Number>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TermsJson {
	actions: Vec<Action>,
	purposes: Vec<Purpose>,
	categories: Vec<Category>,
	#[serde(default)]
	records: Vec<Number>,
	#[serde(default)]
	compartments: Vec<Compartment>,
	recorded_from: Option<Number>,
	recorded_until: Option<Number>,
	starts: Number,
	ends: Number,
	uses: Option<u32>,
	erase_after: Option<Number>,
	#[serde(default)]
	outlives: bool,
}

#[derive(Deserialize)]
struct DenialJson {
	terms: DenialTermsJson,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DenialTermsJson {
	account: Option<String>,
	institution: Option<InstitutionId>,
	role: Option<Role>,
	category: Option<Category>,
	compartment: Option<Compartment>,
	source: Option<InstitutionId>,
	recorded_from: Option<Number>,
	recorded_until: Option<Number>,
	record: Option<Number>,
}

/// A number, or its digits where JSON would round it.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) struct Number(pub(crate) u64);

impl TryFrom<Value> for Number {
	type Error = String;

	fn try_from(value: Value) -> Result<Self, String> {
		let number = match &value {
			Value::Number(number) => number.as_u64(),
			Value::String(digits) => digits.parse().ok(),
			_ => None,
		};
		number.map(Self).ok_or_else(|| format!("{value} is no whole number"))
	}
}

impl Statement {
	/// The statement, without what is over: a revoked grant consents to nothing.
	pub(crate) fn statement(self, patient: Option<PatientId>) -> Result<ConsentStatement, Error> {
		let patient = match (self.patient.map(|patient| patient.0), patient) {
			(Some(found), Some(named)) if found != named => {
				return Err(Error::Usage(format!(
					"this is of patient {found}, not of patient {named}"
				)));
			}
			(found, named) => found
				.or(named)
				.ok_or_else(|| Error::Usage("say with --patient whose grants and denials these are".into()))?,
		};
		let mut grants = Vec::new();
		for grant in self.grants {
			if grant.revoked_at.is_some() || grant.uses_left == Some(0) {
				let id = grant.id.map(|id| format!(" {}", id.0)).unwrap_or_default();
				eprintln!("left out: grant{id}, which is revoked or used up");
				continue;
			}
			let grantee = words::grantee(&grant.grantee).map_err(|error| malformed(LIST, error))?;
			let mut terms = grant.terms.terms()?;
			terms.uses = grant.uses_left.or(terms.uses);
			grants.push((grantee, terms));
		}
		let performer = |text: &String| entity(text).map_err(|error| malformed(LIST, error));
		let denials = self.denials.into_iter().map(|denial| denial.terms.terms());
		Ok(ConsentStatement {
			id: self.id,
			patient,
			dated: self.date_time,
			performers: self.performers.iter().map(performer).collect::<Result<_, _>>()?,
			organizations: self.organizations,
			grants,
			denials: denials.collect::<Result<_, _>>()?,
		})
	}
}

impl TermsJson {
	fn terms(self) -> Result<Terms, Error> {
		let moment = |moment: Option<Number>| moment.map(|moment| -> Moment { moment.0 });
		let records: Vec<RecordId> = self.records.into_iter().map(|record| record.0).collect();
		let too_many = || malformed(LIST, "more records or drawers than a grant can name");
		Ok(Terms {
			actions: self.actions.into_iter().collect(),
			purposes: self.purposes.into_iter().collect(),
			categories: self.categories.into_iter().collect(),
			records: records.try_into().map_err(|_| too_many())?,
			compartments: self.compartments.try_into().map_err(|_| too_many())?,
			recorded_from: moment(self.recorded_from),
			recorded_until: moment(self.recorded_until),
			starts: self.starts.0,
			ends: self.ends.0,
			uses: self.uses,
			erase_after: moment(self.erase_after),
			outlives: self.outlives,
		})
	}
}

impl DenialTermsJson {
	fn terms(self) -> Result<DenialTerms<AccountId>, Error> {
		let account = self.account.map(|account| words::account(&account)).transpose();
		Ok(DenialTerms {
			account: account.map_err(|error| malformed(LIST, error))?,
			institution: self.institution,
			role: self.role,
			category: self.category,
			compartment: self.compartment,
			source: self.source,
			recorded_from: self.recorded_from.map(|at| at.0),
			recorded_until: self.recorded_until.map(|at| at.0),
			record: self.record.map(|record| record.0),
		})
	}
}

pub(crate) fn malformed(what: &'static str, reason: impl ToString) -> Error {
	let reason = reason.to_string();
	DocumentError::Malformed { what, reason }.into()
}

/// `patient:0`, `institution:1`, `account:5F…`.
pub(crate) fn entity(text: &str) -> Result<Entity, String> {
	if let Some(patient) = text.strip_prefix("patient:").and_then(|id| id.parse().ok()) {
		return Ok(Entity::Patient(patient));
	}
	match words::grantee(text) {
		Ok(Grantee::Account(account)) => Ok(Entity::Account(account)),
		Ok(Grantee::Institution(institution)) => Ok(Entity::Institution(institution)),
		_ => Err(format!(
			"`{text}` is nobody; use patient:<id>, institution:<id>, account:<SS58> or record:<id>"
		)),
	}
}

fn show_entity(entity: &Entity) -> String {
	match entity {
		Entity::Patient(id) => format!("patient:{id}"),
		Entity::Institution(id) => format!("institution:{id}"),
		Entity::Account(account) => format!("account:{account}"),
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;
	use salus_primitives::{ActionSet, CategorySet, PurposeSet};

	const ADA: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	fn statement() -> ConsentStatement {
		let ada = words::account(ADA).unwrap();
		let terms = Terms {
			actions: ActionSet::ALL,
			purposes: PurposeSet::of(&[Purpose::CareManagement]),
			categories: CategorySet::of(&[Category::Vitals, Category::Other]),
			records: vec![1, u64::MAX].try_into().unwrap(),
			compartments: vec![0, 255].try_into().unwrap(),
			recorded_from: Some(1),
			recorded_until: Some(2),
			starts: 3,
			ends: Moment::MAX,
			uses: Some(4),
			erase_after: Some(5),
			outlives: true,
		};
		let denial = DenialTerms {
			account: Some(ada),
			institution: Some(1),
			role: Some(Role::LabTechnician),
			category: Some(Category::Genomic),
			compartment: Some(7),
			source: Some(2),
			recorded_from: Some(1),
			recorded_until: Some(u64::MAX),
			record: Some(u64::MAX),
		};
		ConsentStatement {
			id: Some("x".into()),
			patient: u64::MAX,
			dated: Some("2026-11-21".into()),
			performers: vec![Entity::Patient(1), Entity::Account(ada), Entity::Institution(2)],
			organizations: vec![0, 1],
			grants: vec![
				(Grantee::Role(Role::Doctor, 1), terms.clone()),
				(Grantee::Account(ada), terms),
			],
			denials: vec![denial, DenialTerms::all()],
		}
	}

	fn read(value: Value) -> Result<ConsentStatement, Error> {
		serde_json::from_value::<Statement>(value).unwrap().statement(None)
	}

	#[test]
	fn what_one_command_prints_the_other_reads() {
		let report = said(&statement());
		assert_eq!(read(Value::Object(report.fields().clone())).unwrap(), statement());
		assert!(report
			.text()
			.contains("- The patient lets every doctor at institution 1 view"));
	}

	#[test]
	fn what_is_over_is_left_out_and_what_was_used_is_not_given_again() {
		let terms = view::terms(&statement().grants.first().unwrap().1);
		let grant = |left: Value, revoked: Value| json!({ "id": 0, "grantee": "institution:1", "terms": terms, "usesLeft": left, "revokedAt": revoked });
		let list = json!({ "patient": 0, "requests": [], "denials": [],
			"grants": [grant(json!(4), json!(9)), grant(json!(0), Value::Null), grant(json!(2), Value::Null)] });
		let [(_, left)] = read(list).unwrap().grants.try_into().unwrap();
		assert_eq!(left.uses, Some(2));
	}

	#[test]
	fn whose_they_are_is_said_once() {
		let empty = |patient: Value, named| {
			let statement: Statement = serde_json::from_value(json!({ "patient": patient })).unwrap();
			statement.statement(named)
		};
		assert_eq!(empty(Value::Null, Some(3)).unwrap().patient, 3);
		assert_eq!(empty(json!(3), Some(3)).unwrap().patient, 3);
		for error in [empty(Value::Null, None), empty(json!(3), Some(4))] {
			assert_eq!(error.unwrap_err().exit_code(), exit::USAGE);
		}
	}
}
