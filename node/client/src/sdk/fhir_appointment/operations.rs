//! IHE ITI Scheduling (ITI-115 to ITI-117): `$find`, `$hold` and `$book`, as what goes in and what comes out.

use salus_primitives::{InstitutionId, Moment, PatientId, Period, Slot, MINUTE};
use serde_json::{json, Map, Value};

use super::{
	appointment::potential_id,
	resource::{object, period, show},
	who, AccountId, AppointmentState, AppointmentTerms, Context, SchedulingError, Terms,
};
use crate::sdk::{appointments::LONGEST_ASKED, fhir_consent::Entity};

/// What `$find` asks: which times are free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
	/// Of whom, the preferred one first.
	pub practitioners: Vec<AccountId>,
	/// Where, if it matters.
	pub institutions: Vec<InstitutionId>,
	/// For whom, if that is said.
	pub patient: Option<PatientId>,
	/// When.
	pub period: Period,
}

/// Reads the `Parameters` of `$find`: `start`, `end`, `practitioner`, `organization`, `location-reference`,
/// `patient-reference`.
///
/// # Errors
/// With the path of the parameter. Specialities, reasons and kinds of visit are not on the chain: whoever looks for one
/// names practitioners.
pub fn find(parameters: &Value, context: &Context) -> Result<Find, SchedulingError> {
	let (mut practitioners, mut institutions, mut patients) = (Vec::new(), Vec::new(), Vec::new());
	let mut time = Map::new();
	for (index, parameter) in list(parameters)?.iter().enumerate() {
		let path = format!("Parameters.parameter[{index}]");
		let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
		if let "start" | "end" = name {
			let value = parameter.get("valueDateTime").cloned().unwrap_or_default();
			if time.insert(name.into(), value).is_some() {
				return Err(SchedulingError::TooMany { path, most: 1 });
			}
			continue;
		}
		let path = format!("{path}.valueReference");
		let entity = || who::actor(parameter.get("valueReference").unwrap_or(&Value::Null), &path, context);
		match name {
			"practitioner" | "organization" | "location-reference" | "patient-reference" => match (name, entity()?) {
				("practitioner", Some(Entity::Account(account))) => {
					if !practitioners.contains(&account) {
						practitioners.push(account);
					}
				}
				("organization" | "location-reference", Some(Entity::Institution(id))) => institutions.push(id),
				("patient-reference", Some(Entity::Patient(patient))) => patients.push(patient),
				_ => {
					let expected = "what the parameter's name says, in the directory too";
					return Err(SchedulingError::malformed(path, expected));
				}
			},
			_ => {
				let reason = "the chain knows neither specialities nor reasons nor kinds of visit; name practitioners";
				return Err(SchedulingError::none(
					format!("Parameters.parameter[{index}].name"),
					reason,
				));
			}
		}
	}
	if practitioners.is_empty() {
		let reason = "the chain finds times of practitioners; name one";
		return Err(SchedulingError::missing("Parameters.parameter", reason));
	}
	if patients.len() > 1 {
		let path = "Parameters.parameter".into();
		return Err(SchedulingError::TooMany { path, most: 1 });
	}
	let period = period(&Value::Object(time), "Parameters.parameter")?;
	if period.length() > LONGEST_ASKED {
		let expected = "42 days after the start at most; ask for what is later by itself";
		return Err(SchedulingError::malformed("Parameters.parameter.end", expected));
	}
	Ok(Find {
		practitioners,
		institutions,
		patient: patients.pop(),
		period,
	})
}

fn list(parameters: &Value) -> Result<&[Value], SchedulingError> {
	let is_parameters = parameters.get("resourceType").and_then(Value::as_str) == Some("Parameters");
	let list = parameters.get("parameter").and_then(Value::as_array);
	match list.filter(|_| is_parameters) {
		Some(list) => Ok(list),
		None => Err(SchedulingError::malformed("Parameters", "a Parameters with its list")),
	}
}

/// The answer to `$find`: a searchset of proposed Appointments, one for each slot that can be booked (or is held for her).
///
/// # Errors
/// `UnknownEntity`, `Inexpressible`
pub fn found(
	find: &Find,
	slots: &[(AccountId, Slot)],
	now: Moment,
	context: &Context,
) -> Result<Value, SchedulingError> {
	let mut entries = Vec::new();
	let wanted = |slot: &Slot| {
		let is_hers = find.patient.is_some_and(|patient| slot.is_held_for(patient, now));
		let is_there = find.institutions.is_empty() || find.institutions.contains(&slot.institution);
		is_there && find.period.contains(&slot.period) && now < slot.period.start && (slot.is_free(now) || is_hers)
	};
	for practitioner in &find.practitioners {
		for (_, slot) in slots.iter().filter(|(of, slot)| of == practitioner && wanted(slot)) {
			let appointment = offered(practitioner, slot, find.patient, context)?;
			let id = appointment.get("id").and_then(Value::as_str).unwrap_or_default();
			let url = format!("{POTENTIAL}{id}");
			entries.push(json!({ "fullUrl": url, "resource": appointment, "search": { "mode": "match" } }));
		}
	}
	Ok(searchset(entries, |_| true))
}

/// Where a potential appointment is, which stands nowhere but in the Bundle it came in.
const POTENTIAL: &str = "https://salus.example/fhir/Appointment/";

pub(super) fn searchset(entries: Vec<Value>, counts: fn(&Value) -> bool) -> Value {
	let total = entries.iter().filter(|entry| counts(entry)).count();
	let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": total });
	if let (Some(fields), false) = (bundle.as_object_mut(), entries.is_empty()) {
		fields.insert("entry".into(), entries.into());
	}
	bundle
}

fn offered(
	practitioner: &AccountId,
	slot: &Slot,
	patient: Option<PatientId>,
	context: &Context,
) -> Result<Value, SchedulingError> {
	let Period { start, end } = slot.period;
	let mut participants = vec![
		(Entity::Account(*practitioner), "accepted"),
		(Entity::Institution(slot.institution), "accepted"),
	];
	participants.extend(patient.map(|patient| (Entity::Patient(patient), "needs-action")));
	let each = participants.iter().enumerate().map(|(index, (entity, status))| {
		let path = format!("Appointment.participant[{index}].actor");
		let actor = who::reference(entity, &path, context)?;
		Ok(json!({ "actor": actor, "required": "required", "status": status }))
	});
	let participants: Result<Vec<Value>, SchedulingError> = each.collect();
	let id = potential_id(practitioner, start);
	Ok(json!({
		"resourceType": "Appointment",
		"id": id,
		"status": "proposed",
		"start": show(start, "Appointment.start")?,
		"end": show(end, "Appointment.end")?,
		"minutesDuration": (end.saturating_sub(start)) / MINUTE,
		"slot": [{ "reference": format!("Slot/{id}") }],
		"participant": participants?,
	}))
}

/// What the `Parameters` of `$hold` and `$book` ask for: the appointment they send (`appointment-resource`, pending), or one
/// that `$find` found (`appointment-reference`), out of the Bundle it answered with.
///
/// # Errors
/// With the path of the parameter, or of the Appointment's element.
pub fn potential(
	parameters: &Value,
	found: Option<&Value>,
	context: &Context,
) -> Result<AppointmentTerms, SchedulingError> {
	let [parameter] = list(parameters)? else {
		return Err(SchedulingError::TooMany {
			path: "Parameters.parameter".into(),
			most: 1,
		});
	};
	let resource = match parameter.get("name").and_then(Value::as_str) {
		Some("appointment-resource") => parameter.get("resource").cloned().unwrap_or_default(),
		Some("appointment-reference") => {
			let path = "Parameters.parameter[0].valueReference.reference";
			let reference = parameter.pointer("/valueReference/reference").and_then(Value::as_str);
			let reference = reference.ok_or_else(|| SchedulingError::missing(path, "it says which appointment"))?;
			let is_it = |resource: &&Value| {
				let id = resource.get("id").and_then(Value::as_str);
				id.is_some()
					&& id == reference.rsplit('/').next()
					&& reference.rsplit('/').nth(1) == Some("Appointment")
			};
			let entries = found.and_then(|bundle| bundle.get("entry")).and_then(Value::as_array);
			let mut resources = entries.into_iter().flatten().filter_map(|entry| entry.get("resource"));
			let found = resources.find(is_it).ok_or_else(|| SchedulingError::UnknownReference {
				path: path.into(),
				reference: reference.into(),
			})?;
			let mut found = object(found.clone());
			// It is what is asked for, and no waiting list.
			found.insert("status".into(), "pending".into());
			Value::Object(found)
		}
		_ => {
			return Err(SchedulingError::malformed(
				"Parameters.parameter[0].name",
				"appointment-reference or appointment-resource",
			))
		}
	};
	if resource.get("resourceType").and_then(Value::as_str) != Some("Appointment") {
		let path = "Parameters.parameter[0].resource";
		return Err(SchedulingError::malformed(path, "an Appointment"));
	}
	match super::read(resource, context)?.terms {
		Terms::Appointment(AppointmentTerms { id: Some(_), .. }) => {
			let reason = "what has a number was booked already; it is moved by salus appointment reschedule";
			Err(SchedulingError::none("Appointment.identifier", reason))
		}
		Terms::Appointment(terms) if terms.state == AppointmentState::Pending => Ok(terms),
		_ => Err(SchedulingError::malformed("Appointment.status", "pending")),
	}
}

/// The answer to `$hold` and `$book` that succeeded: a searchset with the Appointment, `pending` or `booked`.
pub fn booked(appointment: Value) -> Value {
	let id = appointment.get("id").and_then(Value::as_str).unwrap_or_default();
	let url = format!("{POTENTIAL}{id}");
	let entry = json!({ "fullUrl": url, "resource": appointment, "search": { "mode": "match" } });
	searchset(vec![entry], |_| true)
}
