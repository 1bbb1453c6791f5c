//! An Appointment.

use salus_primitives::{
	Appointment, AppointmentId, AppointmentParty, AppointmentStatus, CancelReason, InstitutionId, Mode, Moment,
	PatientId, Period, Priority, Wish, DAY, MAX_PRACTITIONERS, MINUTE,
};
use serde_json::{json, Map, Value};

use super::{
	carried::{forget, Carried},
	codes,
	resource::{object, period, show, show_end, Resource},
	who::{self, Found, People},
	AccountId, Context, SchedulingError,
};
use crate::sdk::fhir_consent::{Entity, Note};

const ELEMENTS: [&str; 22] = [
	"identifier",
	"status",
	"cancelationReason",
	"serviceCategory",
	"serviceType",
	"specialty",
	"appointmentType",
	"reasonCode",
	"reasonReference",
	"priority",
	"description",
	"supportingInformation",
	"start",
	"end",
	"minutesDuration",
	"slot",
	"created",
	"comment",
	"patientInstruction",
	"basedOn",
	"participant",
	"requestedPeriod",
];

/// What the chain holds, or is to hold, of an Appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppointmentTerms {
	/// Its number on the chain, once it has one.
	pub id: Option<AppointmentId>,
	/// Whose it is.
	pub patient: PatientId,
	/// Where.
	pub institution: InstitutionId,
	/// With whom; who is on a waiting list waits for one.
	pub practitioners: Vec<AccountId>,
	/// When; of one that is proposed, within what time.
	pub period: Period,
	/// How they meet.
	pub mode: Mode,
	/// How far it is.
	pub state: AppointmentState,
	/// When it was proposed or booked on the chain.
	pub made_at: Option<Moment>,
	/// The appointment whose day was cancelled and for which it makes up.
	pub replaces: Option<AppointmentId>,
}

/// The life of an appointment, with FHIR's word for what is a hold on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppointmentState {
	/// `proposed`: an entry of a waiting list. One that was never taken has neither length nor priority left.
	Proposed(Option<Wanted>),
	/// `pending`: its time is held for the patient, or is to be.
	Pending,
	/// `booked`
	Booked,
	/// `arrived`
	Arrived,
	/// `fulfilled`
	Fulfilled,
	/// `cancelled`; the chain knows by whom and why, others need not.
	Cancelled {
		/// On whose side.
		by: Option<AppointmentParty>,
		/// Why.
		reason: Option<CancelReason>,
	},
	/// `noshow`
	NoShow,
}

/// What an entry of a waiting list says beside its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
	/// How long it is to be.
	pub length: Moment,
	/// How soon.
	pub priority: Priority,
}

impl AppointmentState {
	const fn word(&self) -> &'static str {
		match self {
			Self::Proposed(_) => "proposed",
			Self::Pending => "pending",
			Self::Booked => "booked",
			Self::Arrived => "arrived",
			Self::Fulfilled => "fulfilled",
			Self::Cancelled { .. } => "cancelled",
			Self::NoShow => "noshow",
		}
	}
}

impl AppointmentTerms {
	/// An appointment of the chain; a proposed one with its place on the waiting list.
	pub fn new(id: AppointmentId, entry: &Appointment<AccountId>, wish: Option<&Wish>) -> Self {
		let state = match entry.status {
			AppointmentStatus::Proposed => AppointmentState::Proposed(wish.map(|wish| Wanted {
				length: wish.length,
				priority: wish.priority,
			})),
			AppointmentStatus::Booked => AppointmentState::Booked,
			AppointmentStatus::Arrived => AppointmentState::Arrived,
			AppointmentStatus::Fulfilled => AppointmentState::Fulfilled,
			AppointmentStatus::Cancelled { by, reason } => AppointmentState::Cancelled {
				by: Some(by),
				reason: Some(reason),
			},
			AppointmentStatus::NoShow => AppointmentState::NoShow,
		};
		Self {
			id: Some(id),
			patient: entry.patient,
			institution: entry.institution,
			practitioners: entry.practitioners.to_vec(),
			period: entry.period,
			mode: entry.mode,
			state,
			made_at: Some(entry.made_at),
			replaces: entry.replaces,
		}
	}

	/// Whether its period is that within which it was wanted: no booked appointment is longer than a day.
	fn is_wanted(&self) -> bool {
		match self.state {
			AppointmentState::Proposed(_) => true,
			AppointmentState::Cancelled { .. } => self.period.length() > DAY,
			_ => false,
		}
	}

	/// The elements that it alone says.
	fn held(&self) -> Result<Map<String, Value>, SchedulingError> {
		let mut held = object(json!({ "status": self.state.word() }));
		let Period { start, end } = self.period;
		if self.is_wanted() {
			let at = |side| format!("Appointment.requestedPeriod[0].{side}");
			let period = json!({ "start": show(start, &at("start"))?, "end": show_end(end, &at("end"))? });
			held.insert("requestedPeriod".into(), json!([period]));
		} else {
			held.insert("start".into(), show(start, "Appointment.start")?);
			held.insert("end".into(), show(end, "Appointment.end")?);
		}
		match self.state {
			AppointmentState::Proposed(Some(wanted)) => {
				held.insert("minutesDuration".into(), (wanted.length / MINUTE).into());
				held.insert("priority".into(), codes::of_priority(wanted.priority).into());
			}
			AppointmentState::Cancelled {
				reason: Some(reason), ..
			} => {
				let coding = json!({ "system": codes::CANCELLATION, "code": codes::of_reason(reason) });
				held.insert("cancelationReason".into(), json!({ "coding": [coding] }));
			}
			_ => {}
		}
		Ok(held)
	}

	/// What it says in extensions of ours.
	fn extensions(&self) -> Vec<Value> {
		let mut extensions = Vec::new();
		if self.mode == Mode::Tele {
			extensions.push(json!({ "url": codes::TELE, "valueBoolean": true }));
		}
		if let AppointmentState::Cancelled { by: Some(by), .. } = self.state {
			extensions.push(json!({ "url": codes::CANCELLED_BY, "valueCode": codes::of_party(by) }));
		}
		if let Some(before) = self.replaces {
			extensions.push(json!({ "url": codes::REPLACES, "valueIdentifier": number(before) }));
		}
		extensions
	}
}

/// The id of what can be booked, and has no number yet.
pub(super) fn potential_id(practitioner: &AccountId, start: Moment) -> String {
	format!("{practitioner}.{}", start / MINUTE)
}

fn number(id: AppointmentId) -> Value {
	json!({ "system": codes::APPOINTMENT, "value": id.to_string() })
}

fn number_of(identifier: &Value) -> Option<AppointmentId> {
	let field = |name| identifier.get(name).and_then(Value::as_str);
	(field("system") == Some(codes::APPOINTMENT)).then(|| field("value")?.parse().ok())?
}

pub(super) fn read(
	fields: Map<String, Value>,
	context: &Context,
) -> Result<(AppointmentTerms, Carried, Vec<Note>), SchedulingError> {
	let mut resource = Resource::new(fields, "Appointment", &ELEMENTS)?;
	let mut notes = Vec::new();
	let found = participants(&resource, context, &mut notes)?;
	let patient = match found.patients.as_slice() {
		[patient] => *patient,
		[] => {
			let reason = "an appointment on the chain is a patient's";
			return Err(SchedulingError::missing(resource.at("participant"), reason));
		}
		_ => return Err(too_many(&resource, 1)),
	};
	let institution = who::institution(&found.institutions, &resource.at("participant"), context)?;
	let ours = Ours::take(&mut resource)?;
	let (state, period) = state(&resource, ours.by)?;
	let most = match state {
		AppointmentState::Proposed(_) => 1,
		_ => usize::try_from(MAX_PRACTITIONERS).unwrap_or(usize::MAX),
	};
	if found.accounts.is_empty() {
		let reason = "an appointment is with somebody who has a calendar";
		return Err(SchedulingError::missing(resource.at("participant"), reason));
	}
	if found.accounts.len() > most {
		return Err(too_many(&resource, most));
	}
	let terms = AppointmentTerms {
		id: ours.id,
		patient,
		institution,
		practitioners: found.accounts,
		period,
		mode: ours.mode,
		state,
		made_at: None,
		replaces: ours.replaces,
	};
	let carried = Carried::of(resource.fields, terms.held()?);
	Ok((terms, carried, notes))
}

fn too_many(resource: &Resource, most: usize) -> SchedulingError {
	SchedulingError::TooMany {
		path: resource.at("participant"),
		most,
	}
}

/// Who takes part. Whoever declined, or need not come, does not have her time taken.
fn participants(resource: &Resource, context: &Context, notes: &mut Vec<Note>) -> Result<Found, SchedulingError> {
	let mut found = Found::default();
	for (index, participant) in resource.list("participant")?.iter().enumerate() {
		let path = format!("{}[{index}]", resource.at("participant"));
		if participant.get("modifierExtension").is_some() {
			let reason = "it changes what the rest means, in a way that is not known here";
			return Err(SchedulingError::none(format!("{path}.modifierExtension"), reason));
		}
		match who::actor(actor_of(participant), &format!("{path}.actor"), context)? {
			Some(entity) if counts(&entity, participant) => found.add(entity),
			_ => notes.push(Note {
				path,
				text: "stays with you: on the chain nobody's time is taken for it",
			}),
		}
	}
	Ok(found)
}

fn actor_of(participant: &Value) -> &Value {
	participant.get("actor").unwrap_or(&Value::Null)
}

/// Whether a participant other than the patient comes.
fn comes(participant: &Value) -> bool {
	let says = |name: &str, word: &str| participant.get(name).and_then(Value::as_str) == Some(word);
	!says("status", "declined") && !says("required", "optional") && !says("required", "information-only")
}

/// Whether a participant is one of the terms: the patient is, whether she comes or not.
fn counts(entity: &Entity, participant: &Value) -> bool {
	matches!(entity, Entity::Patient(_)) || comes(participant)
}

/// What is said in our extensions and identifiers.
struct Ours {
	id: Option<AppointmentId>,
	mode: Mode,
	by: Option<AppointmentParty>,
	replaces: Option<AppointmentId>,
}

impl Ours {
	/// Takes them out: they come back out of the terms.
	fn take(resource: &mut Resource) -> Result<Self, SchedulingError> {
		let mut ours = Self {
			id: None,
			mode: Mode::InPerson,
			by: None,
			replaces: None,
		};
		let (mut identifiers, mut extensions) = (Vec::new(), Vec::new());
		for (index, identifier) in resource.list("identifier")?.iter().enumerate() {
			let is_ours = identifier.get("system").and_then(Value::as_str) == Some(codes::APPOINTMENT);
			if !is_ours {
				identifiers.push(identifier.clone());
				continue;
			}
			let path = resource.at(&format!("identifier[{index}].value"));
			let id = number_of(identifier).ok_or_else(|| SchedulingError::malformed(&path, IS_NUMBER))?;
			if ours.id.replace(id).is_some() {
				return Err(SchedulingError::malformed(path, "the only number of an appointment"));
			}
		}
		for (index, extension) in resource.list("extension")?.iter().enumerate() {
			let path = resource.at(&format!("extension[{index}]"));
			match extension.get("url").and_then(Value::as_str) {
				Some(codes::TELE) => {
					let is_tele = extension.get("valueBoolean").and_then(Value::as_bool);
					ours.mode = match is_tele.ok_or_else(|| SchedulingError::malformed(path, "true or false"))? {
						true => Mode::Tele,
						false => Mode::InPerson,
					};
				}
				Some(codes::CANCELLED_BY) => {
					let by = extension
						.get("valueCode")
						.and_then(Value::as_str)
						.and_then(codes::party);
					let expected = "patient, guardian, desk or practitioner";
					ours.by = Some(by.ok_or_else(|| SchedulingError::malformed(path, expected))?);
				}
				Some(codes::REPLACES) => {
					let before = extension.get("valueIdentifier").and_then(number_of);
					ours.replaces = Some(before.ok_or_else(|| SchedulingError::malformed(path, IS_NUMBER))?);
				}
				_ => extensions.push(extension.clone()),
			}
		}
		for (name, others) in [("identifier", identifiers), ("extension", extensions)] {
			if others.is_empty() {
				resource.fields.remove(name);
			} else {
				resource.fields.insert(name.into(), others.into());
			}
		}
		Ok(ours)
	}
}

const IS_NUMBER: &str = "the number of an appointment on the chain";

/// How far it is, and when.
fn state(resource: &Resource, by: Option<AppointmentParty>) -> Result<(AppointmentState, Period), SchedulingError> {
	let status = resource
		.text("status")?
		.ok_or_else(|| SchedulingError::missing(resource.at("status"), "FHIR needs it"))?;
	let state = match status {
		"proposed" | "waitlist" => return proposed(resource),
		"pending" => AppointmentState::Pending,
		"booked" => AppointmentState::Booked,
		"arrived" | "checked-in" => AppointmentState::Arrived,
		"fulfilled" => AppointmentState::Fulfilled,
		"cancelled" => AppointmentState::Cancelled {
			by,
			reason: reason(resource)?,
		},
		"noshow" => AppointmentState::NoShow,
		"entered-in-error" => {
			let reason = "it never was; cancel the appointment that it means";
			return Err(SchedulingError::none(resource.at("status"), reason));
		}
		_ => {
			return Err(SchedulingError::malformed(
				resource.at("status"),
				"an AppointmentStatus of FHIR R4",
			))
		}
	};
	let time = match (resource.time()?, state) {
		(Some(time), _) => Some(time),
		(None, AppointmentState::Cancelled { .. }) => requested(resource)?,
		(None, _) => None,
	};
	match time {
		Some(time) if time.length() <= DAY || matches!(state, AppointmentState::Cancelled { .. }) => Ok((state, time)),
		Some(_) => Err(SchedulingError::malformed(
			resource.at("end"),
			"a day after its start at most",
		)),
		None => {
			let reason = "without a time nothing can be booked; what is wanted is proposed";
			Err(SchedulingError::missing(resource.at("start"), reason))
		}
	}
}

/// An entry of a waiting list.
fn proposed(resource: &Resource) -> Result<(AppointmentState, Period), SchedulingError> {
	let time = resource.time()?;
	let wanted = requested(resource)?.or(time).ok_or_else(|| {
		let reason = "who waits says within what time";
		SchedulingError::missing(resource.at("requestedPeriod"), reason)
	})?;
	let minutes = resource.number("minutesDuration")?;
	let length = match (minutes, time) {
		(Some(minutes), _) => minutes.saturating_mul(MINUTE),
		(None, Some(time)) => time.length(),
		(None, None) => {
			let reason = "who waits says how long it is to be";
			return Err(SchedulingError::missing(resource.at("minutesDuration"), reason));
		}
	};
	if length == 0 || length > wanted.length() {
		let expected = "more than nothing, and no longer than the time within which it is wanted";
		return Err(SchedulingError::malformed(resource.at("minutesDuration"), expected));
	}
	let priority = match resource.number("priority")? {
		None => Priority::Routine,
		Some(number) => codes::priority(number)
			.ok_or_else(|| SchedulingError::malformed(resource.at("priority"), "iCalendar's, from 0 to 9"))?,
	};
	Ok((AppointmentState::Proposed(Some(Wanted { length, priority })), wanted))
}

fn requested(resource: &Resource) -> Result<Option<Period>, SchedulingError> {
	let path = resource.at("requestedPeriod");
	match resource.list("requestedPeriod")? {
		[] => Ok(None),
		[one] => period(one, &format!("{path}[0]")).map(Some),
		_ => Err(SchedulingError::TooMany { path, most: 1 }),
	}
}

fn reason(resource: &Resource) -> Result<Option<CancelReason>, SchedulingError> {
	let Some(concept) = resource.get("cancelationReason") else {
		return Ok(None);
	};
	let codings = concept.get("coding").and_then(Value::as_array).into_iter().flatten();
	let field = |coding: &'_ Value, name: &str| coding.get(name).and_then(Value::as_str).map(ToString::to_string);
	let of_hl7 = codings.filter(|coding| field(coding, "system").as_deref() == Some(codes::CANCELLATION));
	let mut known = of_hl7.map(|coding| codes::reason(&field(coding, "code").unwrap_or_default()));
	match known.next() {
		// A text, or a code of somebody's own, is not for the chain to tell.
		None => Ok(Some(CancelReason::Other)),
		Some(Some(reason)) => Ok(Some(reason)),
		Some(None) => Err(SchedulingError::malformed(
			resource.at("cancelationReason.coding"),
			"a code of HL7's appointment-cancellation-reason",
		)),
	}
}

pub(super) fn write(
	terms: &AppointmentTerms,
	carried: Option<&Carried>,
	context: &Context,
) -> Result<(Map<String, Value>, Vec<Note>), SchedulingError> {
	let (now, mut notes) = (terms.held()?, Vec::new());
	let changed = carried.map(|carried| carried.changed(&now)).unwrap_or_default();
	let mut resource = match carried {
		Some(carried) => carried.with(&now, "Appointment", &mut notes),
		None => now,
	};
	resource.insert("resourceType".into(), "Appointment".into());
	let before = carried.map(|carried| carried.resource.get("participant").and_then(Value::as_array));
	let accounts = terms.practitioners.iter().copied().map(Entity::Account);
	let people = People {
		path: "Appointment.participant".into(),
		within: ".actor",
		actor: actor_of,
		entities: std::iter::once(Entity::Patient(terms.patient))
			.chain(accounts)
			.chain([Entity::Institution(terms.institution)])
			.collect(),
		item: &|entity, actor| participant(entity, actor, terms.state),
		counts,
	};
	let before = before.map(|list| list.map(Vec::as_slice).unwrap_or_default());
	let (participants, has_changed) = people.write(before, context, &mut notes)?;
	resource.insert("participant".into(), participants.into());
	if has_changed || !changed.is_empty() {
		forget(&mut resource, "Appointment", &["text"], &mut notes);
	}
	if has_changed || changed.iter().any(|name| matches!(name.as_str(), "start" | "end")) {
		forget(&mut resource, "Appointment", &["slot"], &mut notes);
		if !matches!(terms.state, AppointmentState::Proposed(_)) {
			forget(&mut resource, "Appointment", &["minutesDuration"], &mut notes);
		}
	}
	add(&mut resource, "extension", terms.extensions());
	add(&mut resource, "identifier", terms.id.map(number).into_iter().collect());
	if let (Some(made_at), false) = (terms.made_at, resource.contains_key("created")) {
		resource.insert("created".into(), show(made_at, "Appointment.created")?);
	}
	if !resource.contains_key("id") {
		let id = match (terms.id, terms.practitioners.first()) {
			(Some(id), _) => Some(id.to_string()),
			// As `$find` names it.
			(None, Some(first)) if carried.is_none() && terms.state == AppointmentState::Pending => {
				Some(potential_id(first, terms.period.start))
			}
			_ => None,
		};
		resource.extend(id.map(|id| ("id".into(), id.into())));
	}
	Ok((resource, notes))
}

fn add(resource: &mut Map<String, Value>, name: &str, ours: Vec<Value>) {
	if ours.is_empty() {
		return;
	}
	match resource.get_mut(name).and_then(Value::as_array_mut) {
		Some(list) => list.extend(ours),
		None => {
			resource.insert(name.into(), ours.into());
		}
	}
}

fn participant(entity: &Entity, actor: Value, state: AppointmentState) -> Value {
	let status = match (entity, state) {
		(Entity::Institution(_), _) => "accepted",
		(_, AppointmentState::Proposed(_)) => "needs-action",
		(_, AppointmentState::Pending) => "tentative",
		_ => "accepted",
	};
	let mut item = json!({ "actor": actor, "required": "required", "status": status });
	if let (Entity::Account(_), Some(fields)) = (entity, item.as_object_mut()) {
		let attender = json!([{ "coding": [{ "system": codes::PARTICIPATION, "code": "ATND" }] }]);
		fields.insert("type".into(), attender);
	}
	item
}
