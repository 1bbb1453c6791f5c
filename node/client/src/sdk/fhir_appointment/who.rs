//! Whom participants and actors mean.

use salus_primitives::InstitutionId;
use serde_json::{json, Value};

use super::{codes, AccountId, Context, SchedulingError};
use crate::sdk::fhir_consent::{Entity, Note};

/// What an actor means; none where the chain has nobody for it, and it stays with the client.
pub(super) fn actor(actor: &Value, path: &str, context: &Context) -> Result<Option<Entity>, SchedulingError> {
	let kind = actor.get("type").and_then(Value::as_str);
	let Some(reference) = actor.get("reference") else {
		let identifier = actor.get("identifier");
		let field = |name| identifier.and_then(|fields| fields.get(name)).and_then(Value::as_str);
		return match (identifier, field("system"), field("value").map(str::parse)) {
			(Some(_), Some(codes::INSTITUTION), Some(Ok(id))) => Ok(Some(Entity::Institution(id))),
			(None, ..) if !kind.is_some_and(is_person) => Ok(None),
			_ if kind.is_some_and(|kind| !is_person(kind)) => Ok(None),
			_ => {
				let reason = "a directory knows literal references only, and this may be somebody whose time it takes";
				Err(SchedulingError::missing(format!("{path}.reference"), reason))
			}
		};
	};
	let path = format!("{path}.reference");
	let reference = reference
		.as_str()
		.ok_or_else(|| SchedulingError::malformed(&path, "a text"))?;
	if let Some(entity) = context.directory.entity(reference) {
		return Ok(Some(entity));
	}
	let mut parts = reference.rsplit('/').skip(1);
	match parts.next().or(kind) {
		// Nobody who has a calendar here.
		Some("Location" | "Device" | "HealthcareService" | "RelatedPerson") => Ok(None),
		_ => Err(SchedulingError::UnknownReference {
			path,
			reference: reference.into(),
		}),
	}
}

fn is_person(kind: &str) -> bool {
	matches!(kind, "Patient" | "Practitioner" | "PractitionerRole")
}

/// A reference to somebody; to an institution by its number, since no `Organization` can take part.
pub(super) fn reference(entity: &Entity, path: &str, context: &Context) -> Result<Value, SchedulingError> {
	if let Entity::Institution(id) = entity {
		let identifier = json!({ "system": codes::INSTITUTION, "value": id.to_string() });
		return Ok(json!({ "type": "Location", "identifier": identifier }));
	}
	let reference = context.directory.reference(entity);
	let reference = reference.ok_or_else(|| SchedulingError::UnknownEntity {
		path: format!("{path}.reference"),
		entity: match entity {
			Entity::Patient(id) => format!("patient {id}"),
			Entity::Account(account) => format!("account {account}"),
			Entity::Institution(id) => format!("institution {id}"),
		},
	})?;
	Ok(json!({ "reference": reference }))
}

/// The one institution among those found, or the one that the caller named.
pub(super) fn institution(
	found: &[InstitutionId],
	path: &str,
	context: &Context,
) -> Result<InstitutionId, SchedulingError> {
	match (found, context.institution) {
		([one], _) => Ok(*one),
		([], Some(named)) => Ok(named),
		([], None) => {
			let reason = "nothing says at which institution; name it with --institution";
			Err(SchedulingError::missing(path, reason))
		}
		_ => Err(SchedulingError::TooMany {
			path: path.into(),
			most: 1,
		}),
	}
}

/// A list of participants or actors, as it is now: what was carried of those who still are in it, and who is new. With
/// nobody new and nobody gone it is as it was.
pub(super) struct People<'a> {
	/// The element.
	pub(super) path: String,
	/// Where in an item the actor is: its path, and how it is got.
	pub(super) within: &'static str,
	pub(super) actor: fn(&Value) -> &Value,
	/// Who has to be in it.
	pub(super) entities: Vec<Entity>,
	/// An item for somebody new.
	pub(super) item: &'a dyn Fn(&Entity, Value) -> Value,
	/// Whether an item says that somebody is in it.
	pub(super) counts: fn(&Entity, &Value) -> bool,
}

impl People<'_> {
	pub(super) fn write(
		self,
		carried: Option<&[Value]>,
		context: &Context,
		notes: &mut Vec<Note>,
	) -> Result<(Vec<Value>, bool), SchedulingError> {
		let (mut items, mut present, mut has_changed) = (Vec::new(), Vec::new(), false);
		for (index, item) in carried.unwrap_or_default().iter().enumerate() {
			let path = format!("{}[{index}]", self.path);
			let entity = match actor((self.actor)(item), &format!("{path}{}", self.within), context)? {
				Some(entity) if (self.counts)(&entity, item) => entity,
				_ => {
					items.push(item.clone());
					continue;
				}
			};
			if self.entities.contains(&entity) {
				items.push(item.clone());
				present.push(entity);
			} else {
				has_changed = true;
				let text = "left out: no longer takes part";
				notes.push(Note { path, text });
			}
		}
		for entity in self.entities {
			// Whoever carries the rest says the institution beside it, as when it was read.
			let is_said =
				matches!(entity, Entity::Institution(id) if carried.is_some() && context.institution == Some(id));
			if present.contains(&entity) || is_said {
				continue;
			}
			has_changed |= carried.is_some();
			let path = format!("{}[{}]{}", self.path, items.len(), self.within);
			items.push((self.item)(&entity, reference(&entity, &path, context)?));
		}
		Ok((items, has_changed))
	}
}

/// The accounts, patients and institutions among those found, each once.
#[derive(Default)]
pub(super) struct Found {
	pub(super) accounts: Vec<AccountId>,
	pub(super) patients: Vec<u64>,
	pub(super) institutions: Vec<InstitutionId>,
}

impl Found {
	pub(super) fn add(&mut self, entity: Entity) {
		match entity {
			Entity::Account(account) if !self.accounts.contains(&account) => self.accounts.push(account),
			Entity::Patient(patient) if !self.patients.contains(&patient) => self.patients.push(patient),
			Entity::Institution(id) if !self.institutions.contains(&id) => self.institutions.push(id),
			_ => {}
		}
	}
}
