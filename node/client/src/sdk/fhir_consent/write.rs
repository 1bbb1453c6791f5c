//! A statement as a Consent: a frame without type, and in it one provision for each grant and denial.

use salus_primitives::{DenialTerms, Grantee, Moment, RecordId, Role, Terms};
use serde_json::{json, Map, Value};

use super::{
	codes,
	directory::{Directory, Entity},
	instant,
	read::{is_id, IS_ID},
	rule::MAX_USES,
	AccountId, ConsentError, ConsentStatement,
};
use crate::sdk::sentence::{self, Voice};

pub(super) fn consent(statement: &ConsentStatement, directory: &dyn Directory) -> Result<Value, ConsentError> {
	let writer = Writer { directory };
	let mut provisions = Vec::new();
	for (grantee, terms) in &statement.grants {
		provisions.push(writer.permit(grantee, terms, &nested(provisions.len()))?);
	}
	for terms in &statement.denials {
		provisions.push(writer.deny(terms, &nested(provisions.len()))?);
	}
	if provisions.is_empty() {
		return Err(inexpressible(
			"Consent.provision",
			"nothing is granted and nothing denied",
		));
	}
	let mut consent = object(json!({
		"resourceType": "Consent",
		"text": { "status": "generated", "div": narrative(statement) },
		"status": "active",
		"scope": { "coding": [coding(codes::SCOPE, "patient-privacy")] },
		"category": [{ "coding": [coding(codes::LOINC, "59284-0")] }],
		"patient": writer.reference(&Entity::Patient(statement.patient), "Consent.patient")?,
		// On the chain nobody may do what nobody granted.
		"policyRule": { "coding": [coding(codes::ACT_CODE, "OPTOUT")] },
		"provision": { "provision": provisions },
	}));
	if let Some(id) = &statement.id {
		if !is_id(id) {
			return Err(inexpressible("Consent.id", IS_ID));
		}
		consent.insert("id".into(), id.as_str().into());
	}
	if let Some(dated) = &statement.dated {
		instant::span(dated).ok_or_else(|| inexpressible("Consent.dateTime", "it is no FHIR dateTime"))?;
		consent.insert("dateTime".into(), dated.as_str().into());
	}
	let all = |name: &str, entities: Vec<Entity>| -> Result<Vec<Value>, ConsentError> {
		let each = entities.iter().enumerate();
		each.map(|(index, entity)| writer.reference(entity, &format!("Consent.{name}[{index}]")))
			.collect()
	};
	if !statement.performers.is_empty() {
		let performers = all("performer", statement.performers.clone())?;
		consent.insert("performer".into(), performers.into());
	}
	if !statement.organizations.is_empty() {
		let organizations = statement.organizations.iter().copied().map(Entity::Institution);
		consent.insert(
			"organization".into(),
			all("organization", organizations.collect())?.into(),
		);
	}
	Ok(Value::Object(consent))
}

fn nested(index: usize) -> String {
	format!("Consent.provision.provision[{index}]")
}

fn coding(system: &str, code: impl Into<String>) -> Value {
	json!({ "system": system, "code": code.into() })
}

fn object(value: Value) -> Map<String, Value> {
	match value {
		Value::Object(fields) => fields,
		_ => Map::new(),
	}
}

fn inexpressible(path: impl Into<String>, reason: &'static str) -> ConsentError {
	ConsentError::Inexpressible {
		path: path.into(),
		reason,
	}
}

/// The sentences the patient was shown, as XHTML.
fn narrative(statement: &ConsentStatement) -> String {
	let grants = statement
		.grants
		.iter()
		.map(|(grantee, terms)| sentence::grant(grantee, terms, Voice::OfThePatient));
	let denials = statement
		.denials
		.iter()
		.map(|terms| sentence::denial(terms, Voice::OfThePatient));
	let items: String = grants
		.chain(denials)
		.map(|sentence| {
			let escaped = sentence.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
			format!("<li>{escaped}</li>")
		})
		.collect();
	format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><ul>{items}</ul></div>")
}

struct Writer<'a> {
	directory: &'a dyn Directory,
}

impl Writer<'_> {
	fn reference(&self, entity: &Entity, path: &str) -> Result<Value, ConsentError> {
		let reference = self
			.directory
			.reference(entity)
			.ok_or_else(|| ConsentError::UnknownEntity {
				path: path.into(),
				entity: match entity {
					Entity::Patient(id) => format!("patient {id}"),
					Entity::Account(account) => format!("account {account}"),
					Entity::Institution(id) => format!("institution {id}"),
				},
			})?;
		Ok(json!({ "reference": reference }))
	}

	fn data(&self, records: &[RecordId], path: &str) -> Result<Vec<Value>, ConsentError> {
		let each = records.iter().enumerate();
		each.map(|(index, record)| {
			let reference = self
				.directory
				.record(*record)
				.ok_or_else(|| ConsentError::UnknownEntity {
					path: format!("{path}.data[{index}].reference"),
					entity: format!("record {record}"),
				})?;
			Ok(json!({ "meaning": "instance", "reference": { "reference": reference } }))
		})
		.collect()
	}

	fn permit(&self, grantee: &Grantee<AccountId>, terms: &Terms, path: &str) -> Result<Value, ConsentError> {
		let nothing = |name: &str| inexpressible(format!("{path}.{name}"), "without any it would mean all");
		if terms.actions.is_empty() {
			return Err(nothing("action"));
		}
		if terms.purposes.is_empty() {
			return Err(nothing("purpose"));
		}
		if terms.categories.is_empty() {
			return Err(nothing("class"));
		}
		let mut provision = object(json!({
			"type": "permit",
			"actor": [self.grantee(grantee, &format!("{path}.actor[0].reference"))?],
			"action": terms.actions.iter().map(|action| json!({ "coding": [coding(codes::ACTION, codes::of_action(action))] })).collect::<Vec<_>>(),
			"purpose": terms.purposes.iter().map(|purpose| coding(codes::PURPOSE, codes::of_purpose(purpose))).collect::<Vec<_>>(),
			"class": terms.categories.iter().map(|category| coding(codes::CATEGORY, codes::of_category(category))).collect::<Vec<_>>(),
		}));
		// The open sides.
		let starts = Some(terms.starts).filter(|starts| *starts > 0);
		let ends = Some(terms.ends).filter(|ends| *ends < Moment::MAX);
		period(&mut provision, "period", starts, ends, path)?;
		period(
			&mut provision,
			"dataPeriod",
			terms.recorded_from,
			terms.recorded_until,
			path,
		)?;
		if !terms.compartments.is_empty() {
			let drawers = terms.compartments.iter();
			let drawers = drawers.map(|drawer| coding(codes::COMPARTMENT, drawer.to_string()));
			let labels = std::iter::once(coding(codes::CONFIDENTIALITY, codes::NORMAL)).chain(drawers);
			provision.insert("securityLabel".into(), labels.collect::<Vec<_>>().into());
		}
		if !terms.records.is_empty() {
			provision.insert("data".into(), self.data(&terms.records, path)?.into());
		}
		if let Some(uses) = terms.uses {
			if !(1..=MAX_USES).contains(&uses) {
				let reason = "a limit of use is from 1 to 2147483647";
				return Err(inexpressible(format!("{path}.modifierExtension[0]"), reason));
			}
			let extension = json!([{ "url": codes::USES, "valuePositiveInt": uses }]);
			provision.insert("modifierExtension".into(), extension);
		}
		let mut extensions: Vec<Value> = Vec::new();
		if let Some(at) = terms.erase_after {
			let at = instant::write(at).ok_or_else(|| inexpressible(format!("{path}.extension[0]"), TOO_FAR))?;
			extensions.push(json!({ "url": codes::ERASE_AFTER, "valueDateTime": at }));
		}
		if terms.outlives {
			extensions.push(json!({ "url": codes::OUTLIVES, "valueBoolean": true }));
		}
		if !extensions.is_empty() {
			provision.insert("extension".into(), extensions.into());
		}
		Ok(Value::Object(provision))
	}

	fn deny(&self, terms: &DenialTerms<AccountId>, path: &str) -> Result<Value, ConsentError> {
		let mut provision = object(json!({ "type": "deny" }));
		let actors = self.refused(terms, path)?;
		if !actors.is_empty() {
			provision.insert("actor".into(), actors.into());
		}
		if let Some(category) = terms.category {
			let class = coding(codes::CATEGORY, codes::of_category(category));
			provision.insert("class".into(), json!([class]));
		}
		if let Some(drawer) = terms.compartment {
			let label = coding(codes::COMPARTMENT, drawer.to_string());
			provision.insert("securityLabel".into(), json!([label]));
		}
		period(
			&mut provision,
			"dataPeriod",
			terms.recorded_from,
			terms.recorded_until,
			path,
		)?;
		if let Some(record) = terms.record {
			provision.insert("data".into(), self.data(&[record], path)?.into());
		}
		Ok(Value::Object(provision))
	}

	fn grantee(&self, grantee: &Grantee<AccountId>, path: &str) -> Result<Value, ConsentError> {
		let (capacity, entity) = match grantee {
			Grantee::Account(account) => (None, Entity::Account(*account)),
			Grantee::Institution(institution) => (None, Entity::Institution(*institution)),
			Grantee::Role(role, institution) => (Some(codes::of_role(*role)), Entity::Institution(*institution)),
			Grantee::Assigned(institution) => (Some(codes::ASSIGNED.into()), Entity::Institution(*institution)),
		};
		Ok(json!({ "role": recipient(capacity), "reference": self.reference(&entity, path)? }))
	}

	/// Whom a denial names: recipients, or one account with where and as what it acts; and the custodian.
	fn refused(&self, terms: &DenialTerms<AccountId>, path: &str) -> Result<Vec<Value>, ConsentError> {
		let mut actors: Vec<Value> = Vec::new();
		let next = |actors: &Vec<Value>| format!("{path}.actor[{}].reference", actors.len());
		if let Some(account) = terms.account {
			let reference = self.reference(&Entity::Account(account), &next(&actors))?;
			actors.push(json!({ "role": recipient(None), "reference": reference }));
		}
		if terms.institution.is_some() || terms.role.is_some() {
			let reference = match terms.institution {
				Some(institution) => self.reference(&Entity::Institution(institution), &next(&actors))?,
				None => json!({
					"type": "Organization",
					"identifier": { "system": codes::INSTITUTION, "value": codes::ANY },
					"display": "any institution",
				}),
			};
			let role = match terms.account {
				Some(_) => acting_for(terms.role),
				None => recipient(terms.role.map(codes::of_role)),
			};
			actors.push(json!({ "role": role, "reference": reference }));
		}
		if let Some(source) = terms.source {
			let reference = self.reference(&Entity::Institution(source), &next(&actors))?;
			actors.push(json!({
				"role": { "coding": [coding(codes::PARTICIPATION, "CST")] },
				"reference": reference,
			}));
		}
		Ok(actors)
	}
}

fn recipient(capacity: Option<String>) -> Value {
	let capacity = capacity.map(|capacity| coding(codes::CAPACITY, capacity));
	let codings = std::iter::once(coding(codes::PARTICIPATION, "PRCP")).chain(capacity);
	json!({ "coding": codings.collect::<Vec<_>>() })
}

fn acting_for(role: Option<Role>) -> Value {
	let role = role.map(|role| coding(codes::CAPACITY, codes::of_role(role)));
	let codings = std::iter::once(coding(codes::CAPACITY, codes::ACTING_FOR)).chain(role);
	json!({ "coding": codings.collect::<Vec<_>>() })
}

const TOO_FAR: &str = "FHIR's years end with 9999";

fn period(
	provision: &mut Map<String, Value>,
	name: &str,
	from: Option<Moment>,
	until: Option<Moment>,
	path: &str,
) -> Result<(), ConsentError> {
	let mut period = Map::new();
	let too_far = |side: &str| inexpressible(format!("{path}.{name}.{side}"), TOO_FAR);
	if let Some(from) = from {
		let start = instant::write(from).ok_or_else(|| too_far("start"))?;
		period.insert("start".into(), start.into());
	}
	if let Some(until) = until {
		let end = instant::write_end(until).ok_or_else(|| too_far("end"))?;
		period.insert("end".into(), end.into());
	}
	if from.zip(until).is_some_and(|(from, until)| from >= until) {
		let reason = "it ends before it starts";
		return Err(inexpressible(format!("{path}.{name}"), reason));
	}
	if !period.is_empty() {
		provision.insert(name.into(), Value::Object(period));
	}
	Ok(())
}
