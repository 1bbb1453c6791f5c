//! FHIR R4 `Schedule`, `Slot` and `Appointment` to and from what the chain holds of them. Pure: no file, no node, no clock.
//!
//! The chain holds who, where, when and how far: never a name, a reason or a comment. So a resource is read as two parts:
//! [`Terms`], which go on chain, and [`Carried`], which stays with the client. Written with it, the resource comes back as
//! it was, save for what has changed on the chain since. What is on neither side is refused with its FHIRPath.
//!
//! | element | on the chain |
//! |---|---|
//! | `Appointment.status` | `proposed` and `waitlist`: an entry of a waiting list; `pending`: a hold; `booked`; `arrived` and `checked-in`: arrived; `fulfilled`; `cancelled`; `noshow`. `entered-in-error` is refused |
//! | `start`, `end` | the period, on whole minutes, a day at most |
//! | `requestedPeriod`, `minutesDuration`, `priority` of one that is proposed | within what time, how long, how soon; the time by whole minutes, a date for all of its day in UTC |
//! | `participant` | one patient; one to four practitioners; the institution. Who declined, need not come or has no calendar stays with the client |
//! | `cancelationReason` | its coarse reason |
//! | our extensions `tele`, `cancelled-by`, `replaces`; our identifier | the mode; by whom; which it makes up for; its number |
//! | `Schedule.actor`, `planningHorizon` | whose calendar, where; for what time slots are open |
//! | `Slot.schedule`, `status`, `start`, `end` | whose calendar, where; what it is; when, within one UTC day |
//!
//! A practitioner, and whatever else has a calendar (a room, a clinic), is an account of the directory. The institution is
//! a participant too, or the caller names it. `Appointment.created` is written where nobody carries one. Who booked, and
//! the log of a tele-consultation, are not in an Appointment: the patient's trail has them.

mod appointment;
mod carried;
mod codes;
mod error;
mod operations;
mod outcome;
mod resource;
mod schedule;
mod who;

#[cfg(test)]
mod tests;

pub use appointment::{AppointmentState, AppointmentTerms, Wanted};
pub use carried::Carried;
pub use error::SchedulingError;
pub use operations::{booked, find, found, potential, Find};
pub use outcome::refused;
pub use schedule::{ScheduleTerms, SlotStatus, SlotTerms};

use salus_primitives::InstitutionId;
use serde_json::{Map, Value};

use super::{
	fhir_consent::{parse_json, Directory, Note},
	AccountId,
};

/// The largest resource that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// What a reader or writer knows.
#[derive(Clone, Copy)]
pub struct Context<'a> {
	/// Whom references mean.
	pub directory: &'a dyn Directory,
	/// Where it is, unless the resource says so.
	pub institution: Option<InstitutionId>,
}

/// What goes on chain of a resource, or stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Terms {
	/// A calendar.
	Schedule(ScheduleTerms),
	/// A part of one.
	Slot(SlotTerms),
	/// An appointment, or an entry of a waiting list.
	Appointment(AppointmentTerms),
}

/// A resource that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
	/// What goes on chain.
	pub terms: Terms,
	/// What stays with the client.
	pub carried: Carried,
	/// Which participants stay with the client too, and what else a reader should know.
	pub notes: Vec<Note>,
}

/// A resource that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
	/// The resource.
	pub resource: Value,
	/// What was left out of what was carried, since it is so no longer.
	pub notes: Vec<Note>,
}

/// Reads a Schedule, a Slot or an Appointment.
///
/// # Errors
/// Each has the FHIRPath of the element that can't be read.
pub fn from_fhir(json: &[u8], context: &Context) -> Result<Reading, SchedulingError> {
	if json.len() > MAX_BYTES {
		return Err(SchedulingError::TooLarge);
	}
	let document = parse_json(json).map_err(|error| SchedulingError::NotJson(error.to_string()))?;
	read(document, context)
}

fn read(document: Value, context: &Context) -> Result<Reading, SchedulingError> {
	let Value::Object(fields) = document else {
		return Err(SchedulingError::NotJson("it is no object".into()));
	};
	let (terms, carried, notes) = match fields.get("resourceType").and_then(Value::as_str) {
		Some("Schedule") => {
			let (terms, carried, notes) = schedule::read_schedule(fields, context)?;
			(Terms::Schedule(terms), carried, notes)
		}
		Some("Slot") => {
			let (terms, carried, notes) = schedule::read_slot(fields, context)?;
			(Terms::Slot(terms), carried, notes)
		}
		Some("Appointment") => {
			let (terms, carried, notes) = appointment::read(fields, context)?;
			(Terms::Appointment(terms), carried, notes)
		}
		_ => {
			return Err(SchedulingError::malformed(
				"resourceType",
				"Schedule, Slot or Appointment",
			))
		}
	};
	Ok(Reading { terms, carried, notes })
}

/// Writes a resource that [`from_fhir`] reads as the same terms, with what a client carried of it.
///
/// # Errors
/// `UnknownEntity` for whoever the directory has no reference for; `Inexpressible` for times beyond the year 9999; what
/// was carried can be refused as it is by [`from_fhir`].
pub fn to_fhir(terms: &Terms, carried: Option<&Carried>, context: &Context) -> Result<Writing, SchedulingError> {
	let kind = match terms {
		Terms::Schedule(_) => "Schedule",
		Terms::Slot(_) => "Slot",
		Terms::Appointment(_) => "Appointment",
	};
	let of = carried.and_then(|carried| carried.resource.get("resourceType"));
	if of.is_some_and(|of| of != kind) {
		return Err(SchedulingError::malformed("resourceType", "that of what was carried"));
	}
	let (resource, notes): (Map<String, Value>, _) = match terms {
		Terms::Schedule(terms) => schedule::write_schedule(terms, carried, context)?,
		Terms::Slot(terms) => schedule::write_slot(terms, carried)?,
		Terms::Appointment(terms) => appointment::write(terms, carried, context)?,
	};
	Ok(Writing {
		resource: Value::Object(resource),
		notes,
	})
}
