//! A Schedule and a Slot: a practitioner's calendar at one institution, and a part of it.

use salus_primitives::{InstitutionId, Moment, Period, Slot, SlotState, DAY, MINUTE};
use serde_json::{json, Map, Value};

use super::{
	appointment::potential_id,
	carried::{forget, Carried},
	resource::{object, period, show, show_end, Resource},
	who::{self, Found, People},
	AccountId, Context, SchedulingError,
};
use crate::sdk::{
	fhir_consent::{Entity, Note},
	words,
};

const OF_SCHEDULE: [&str; 8] = [
	"identifier",
	"active",
	"serviceCategory",
	"serviceType",
	"specialty",
	"actor",
	"planningHorizon",
	"comment",
];
const OF_SLOT: [&str; 11] = [
	"identifier",
	"serviceCategory",
	"serviceType",
	"specialty",
	"appointmentType",
	"schedule",
	"status",
	"start",
	"end",
	"overbooked",
	"comment",
];

/// A practitioner's calendar at one institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleTerms {
	/// Whose it is.
	pub practitioner: AccountId,
	/// Where.
	pub institution: InstitutionId,
	/// For what time slots are open.
	pub horizon: Option<Period>,
}

/// A part of a practitioner's calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotTerms {
	/// Whose time it is.
	pub practitioner: AccountId,
	/// Where.
	pub institution: InstitutionId,
	/// When.
	pub period: Period,
	/// What it is.
	pub status: SlotStatus,
}

/// FHIR's `Slot.status`. For whom it is held and which appointment has it, a Slot does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotStatus {
	/// `free`
	Free,
	/// `busy-tentative`: held
	BusyTentative,
	/// `busy`
	Busy,
	/// `busy-unavailable`: blocked
	BusyUnavailable,
}

impl SlotStatus {
	const ALL: [Self; 4] = [Self::Free, Self::BusyTentative, Self::Busy, Self::BusyUnavailable];

	const fn word(self) -> &'static str {
		match self {
			Self::Free => "free",
			Self::BusyTentative => "busy-tentative",
			Self::Busy => "busy",
			Self::BusyUnavailable => "busy-unavailable",
		}
	}
}

impl SlotTerms {
	/// A slot of the chain, at this time: a hold lapses by itself.
	pub fn new(practitioner: AccountId, slot: &Slot, now: Moment) -> Self {
		let status = match slot.state {
			_ if slot.is_free(now) => SlotStatus::Free,
			SlotState::Free => SlotStatus::Free,
			SlotState::BusyTentative { .. } => SlotStatus::BusyTentative,
			SlotState::Busy(_) => SlotStatus::Busy,
			SlotState::BusyUnavailable => SlotStatus::BusyUnavailable,
		};
		Self {
			practitioner,
			institution: slot.institution,
			period: slot.period,
			status,
		}
	}

	fn held(&self) -> Result<Map<String, Value>, SchedulingError> {
		let schedule = format!("Schedule/{}", schedule_id(&self.practitioner, self.institution));
		Ok(object(json!({
			"schedule": { "reference": schedule },
			"status": self.status.word(),
			"start": show(self.period.start, "Slot.start")?,
			"end": show(self.period.end, "Slot.end")?,
		})))
	}
}

impl ScheduleTerms {
	fn held(&self) -> Result<Map<String, Value>, SchedulingError> {
		let mut held = Map::new();
		if let Some(Period { start, end }) = self.horizon {
			let path = "Schedule.planningHorizon";
			let horizon = json!({ "start": show(start, path)?, "end": show_end(end, path)? });
			held.insert("planningHorizon".into(), horizon);
		}
		Ok(held)
	}
}

/// The id of a calendar's Schedule, by which a Slot refers to it.
fn schedule_id(practitioner: &AccountId, institution: InstitutionId) -> String {
	format!("{practitioner}.{institution}")
}

pub(super) fn read_schedule(
	fields: Map<String, Value>,
	context: &Context,
) -> Result<(ScheduleTerms, Carried, Vec<Note>), SchedulingError> {
	let resource = Resource::new(fields, "Schedule", &OF_SCHEDULE)?;
	let (mut found, mut notes) = (Found::default(), Vec::new());
	for (index, actor) in resource.list("actor")?.iter().enumerate() {
		let path = format!("{}[{index}]", resource.at("actor"));
		match who::actor(actor, &path, context)? {
			Some(Entity::Patient(_)) => {
				return Err(SchedulingError::none(path, "a patient keeps no calendar on the chain"));
			}
			Some(entity) => found.add(entity),
			None => notes.push(Note {
				path,
				text: "stays with you: on the chain a calendar is a practitioner's alone",
			}),
		}
	}
	let practitioner = match found.accounts.as_slice() {
		[one] => *one,
		[] => {
			let reason = "none of the actors is an account: name in the directory whose calendar it is";
			return Err(SchedulingError::missing(resource.at("actor"), reason));
		}
		_ => {
			return Err(SchedulingError::TooMany {
				path: resource.at("actor"),
				most: 1,
			})
		}
	};
	let horizon = resource.get("planningHorizon");
	let terms = ScheduleTerms {
		practitioner,
		institution: who::institution(&found.institutions, &resource.at("actor"), context)?,
		horizon: horizon
			.map(|value| period(value, &resource.at("planningHorizon")))
			.transpose()?,
	};
	let carried = Carried::of(resource.fields, terms.held()?);
	Ok((terms, carried, notes))
}

pub(super) fn write_schedule(
	terms: &ScheduleTerms,
	carried: Option<&Carried>,
	context: &Context,
) -> Result<(Map<String, Value>, Vec<Note>), SchedulingError> {
	let (now, mut notes) = (terms.held()?, Vec::new());
	let changed = carried.map(|carried| carried.changed(&now)).unwrap_or_default();
	let mut resource = match carried {
		Some(carried) => carried.with(&now, "Schedule", &mut notes),
		None => {
			let mut fields = now;
			fields.insert("id".into(), schedule_id(&terms.practitioner, terms.institution).into());
			fields
		}
	};
	resource.insert("resourceType".into(), "Schedule".into());
	let before = carried.map(|carried| carried.resource.get("actor").and_then(Value::as_array));
	let before = before.map(|list| list.map(Vec::as_slice).unwrap_or_default());
	let people = People {
		path: "Schedule.actor".into(),
		within: "",
		actor: |item| item,
		entities: vec![
			Entity::Account(terms.practitioner),
			Entity::Institution(terms.institution),
		],
		item: &|_, actor| actor,
		counts: |_, _| true,
	};
	let (actors, has_changed) = people.write(before, context, &mut notes)?;
	resource.insert("actor".into(), actors.into());
	if has_changed || !changed.is_empty() {
		forget(&mut resource, "Schedule", &["text"], &mut notes);
	}
	Ok((resource, notes))
}

pub(super) fn read_slot(
	fields: Map<String, Value>,
	context: &Context,
) -> Result<(SlotTerms, Carried, Vec<Note>), SchedulingError> {
	let resource = Resource::new(fields, "Slot", &OF_SLOT)?;
	let (practitioner, institution) = calendar(&resource, context)?;
	let status = resource
		.text("status")?
		.ok_or_else(|| SchedulingError::missing(resource.at("status"), "FHIR needs it"))?;
	if status == "entered-in-error" {
		let reason = "it never was; it is not to be opened";
		return Err(SchedulingError::none(resource.at("status"), reason));
	}
	let known = SlotStatus::ALL.into_iter().find(|known| known.word() == status);
	let status = known.ok_or_else(|| SchedulingError::malformed(resource.at("status"), "a SlotStatus of FHIR R4"))?;
	let mut notes = Vec::new();
	match resource.get("overbooked") {
		Some(Value::Bool(true)) if status == SlotStatus::Free => {
			let reason = "whatever is free on the chain can be booked";
			return Err(SchedulingError::none(resource.at("overbooked"), reason));
		}
		Some(Value::Bool(true)) => notes.push(Note {
			path: resource.at("overbooked"),
			text: "stays with you: on the chain a slot has one appointment",
		}),
		Some(Value::Bool(false)) | None => {}
		Some(_) => return Err(SchedulingError::malformed(resource.at("overbooked"), "true or false")),
	}
	let time = resource.time()?;
	let period = time.ok_or_else(|| SchedulingError::missing(resource.at("start"), "FHIR needs it"))?;
	let last = period.end.saturating_sub(MINUTE);
	if period.start / DAY != last / DAY {
		let expected = "on the UTC day of its start: split the slot at midnight UTC";
		return Err(SchedulingError::malformed(resource.at("end"), expected));
	}
	let terms = SlotTerms {
		practitioner,
		institution,
		period,
		status,
	};
	let carried = Carried::of(resource.fields, terms.held()?);
	Ok((terms, carried, notes))
}

/// Whose calendar a slot is in, and where: by the directory, or by our own name for it.
fn calendar(resource: &Resource, context: &Context) -> Result<(AccountId, InstitutionId), SchedulingError> {
	let path = resource.at("schedule.reference");
	let schedule = resource.get("schedule").and_then(|schedule| schedule.get("reference"));
	let reference = schedule.and_then(Value::as_str);
	let reference = reference.ok_or_else(|| SchedulingError::missing(&path, "a slot is in a calendar"))?;
	match context.directory.entity(reference) {
		Some(Entity::Account(account)) => {
			return Ok((account, who::institution(&[], &resource.at("schedule"), context)?));
		}
		Some(_) => {
			return Err(SchedulingError::malformed(
				path,
				"the calendar of an account, in the directory too",
			))
		}
		None => {}
	}
	let id = reference.strip_prefix("Schedule/").and_then(|id| id.split_once('.'));
	let ours = id.and_then(|(account, institution)| Some((words::account(account).ok()?, institution.parse().ok()?)));
	ours.ok_or_else(|| SchedulingError::UnknownReference {
		path,
		reference: reference.into(),
	})
}

pub(super) fn write_slot(
	terms: &SlotTerms,
	carried: Option<&Carried>,
) -> Result<(Map<String, Value>, Vec<Note>), SchedulingError> {
	let (now, mut notes) = (terms.held()?, Vec::new());
	let mut resource = match carried {
		Some(carried) => {
			let mut merged = carried.with(&now, "Slot", &mut notes);
			if !carried.changed(&now).is_empty() {
				forget(&mut merged, "Slot", &["text"], &mut notes);
			}
			merged
		}
		None => {
			let mut fields = now;
			let id = potential_id(&terms.practitioner, terms.period.start);
			fields.insert("id".into(), id.into());
			fields
		}
	};
	resource.insert("resourceType".into(), "Slot".into());
	Ok((resource, notes))
}
