//! What a FHIR resource has on chain, as `from-fhir`, `show`, `list` and `availability` print it and `to-fhir` reads it.

use salus_primitives::{AppointmentParty, CancelReason, InstitutionId, Mode, Period, Priority};
use serde::Deserialize;
use serde_json::{json, Value};

use super::{malformed, span, with};
use crate::{
	cli::{statement::Number, view::account},
	sdk::{
		fhir_appointment::{AppointmentState, AppointmentTerms, ScheduleTerms, SlotStatus, SlotTerms, Terms, Wanted},
		words::{self, hyphenated, number},
		AccountId, Error,
	},
};

/// An appointment.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AppointmentJson {
	id: Option<Number>,
	patient: Number,
	institution: InstitutionId,
	practitioners: Vec<String>,
	start: Number,
	end: Number,
	mode: Mode,
	status: StatusJson,
	made_at: Option<Number>,
	replaces: Option<Number>,
	wish: Option<WishJson>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum StatusJson {
	Proposed,
	Pending,
	Booked,
	Arrived,
	Fulfilled,
	Cancelled {
		by: Option<AppointmentParty>,
		reason: Option<CancelReason>,
	},
	NoShow,
}

#[derive(Deserialize)]
struct WishJson {
	length: Number,
	priority: Priority,
}

/// A slot.
#[derive(Deserialize)]
pub(super) struct SlotJson {
	practitioner: Option<String>,
	institution: InstitutionId,
	start: Number,
	end: Number,
	state: StateJson,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum StateJson {
	Free,
	BusyTentative,
	Busy,
	BusyUnavailable,
}

/// A calendar.
#[derive(Deserialize)]
pub(super) struct ScheduleJson {
	practitioner: String,
	institution: InstitutionId,
	start: Option<Number>,
	end: Option<Number>,
}

impl AppointmentJson {
	pub(super) fn terms(self) -> Result<Terms, Error> {
		let wanted = self.wish.map(|wish| Wanted {
			length: wish.length.0,
			priority: wish.priority,
		});
		Ok(Terms::Appointment(AppointmentTerms {
			id: self.id.map(|id| id.0),
			patient: self.patient.0,
			institution: self.institution,
			practitioners: self
				.practitioners
				.iter()
				.map(|text| known(text))
				.collect::<Result<_, _>>()?,
			period: period(self.start, self.end)?,
			mode: self.mode,
			state: match self.status {
				StatusJson::Proposed => AppointmentState::Proposed(wanted),
				StatusJson::Pending => AppointmentState::Pending,
				StatusJson::Booked => AppointmentState::Booked,
				StatusJson::Arrived => AppointmentState::Arrived,
				StatusJson::Fulfilled => AppointmentState::Fulfilled,
				StatusJson::Cancelled { by, reason } => AppointmentState::Cancelled { by, reason },
				StatusJson::NoShow => AppointmentState::NoShow,
			},
			made_at: self.made_at.map(|at| at.0),
			replaces: self.replaces.map(|id| id.0),
		}))
	}
}

impl SlotJson {
	pub(super) fn terms(self, practitioner: Option<&AccountId>) -> Result<Terms, Error> {
		let practitioner = match (self.practitioner, practitioner) {
			(Some(text), _) => known(&text)?,
			(None, Some(named)) => *named,
			(None, None) => return Err(Error::Usage("say with --practitioner whose slots these are".into())),
		};
		Ok(Terms::Slot(SlotTerms {
			practitioner,
			institution: self.institution,
			period: period(self.start, self.end)?,
			status: match self.state {
				StateJson::Free => SlotStatus::Free,
				StateJson::BusyTentative => SlotStatus::BusyTentative,
				StateJson::Busy => SlotStatus::Busy,
				StateJson::BusyUnavailable => SlotStatus::BusyUnavailable,
			},
		}))
	}
}

impl ScheduleJson {
	pub(super) fn terms(self) -> Result<Terms, Error> {
		let horizon = self.start.zip(self.end);
		Ok(Terms::Schedule(ScheduleTerms {
			practitioner: known(&self.practitioner)?,
			institution: self.institution,
			horizon: horizon.map(|(start, end)| period(start, end)).transpose()?,
		}))
	}
}

fn known(text: &str) -> Result<AccountId, Error> {
	words::account(text).map_err(|error| malformed("account", error))
}

fn period(start: Number, end: Number) -> Result<Period, Error> {
	if start.0 < end.0 {
		Ok(Period::new(start.0, end.0))
	} else {
		Err(malformed("period", "it ends before it begins"))
	}
}

/// Its name in JSON, and its fields.
pub(super) fn fields(terms: &Terms) -> (&'static str, Value) {
	match terms {
		Terms::Appointment(terms) => {
			let wish = match terms.state {
				AppointmentState::Proposed(Some(wanted)) => {
					json!({ "length": number(wanted.length), "priority": wanted.priority.name() })
				}
				_ => Value::Null,
			};
			let fields = json!({
				"id": terms.id.map(number),
				"patient": number(terms.patient),
				"institution": terms.institution,
				"practitioners": terms.practitioners.iter().map(account).collect::<Vec<_>>(),
				"start": number(terms.period.start),
				"end": number(terms.period.end),
				"mode": terms.mode.name(),
				"status": status(terms.state),
				"replaces": terms.replaces.map(number),
				"wish": wish,
			});
			("appointment", fields)
		}
		Terms::Slot(terms) => {
			let fields = json!({
				"practitioner": account(&terms.practitioner),
				"institution": terms.institution,
				"start": number(terms.period.start),
				"end": number(terms.period.end),
				"state": { "type": format!("{:?}", terms.status) },
			});
			("slot", fields)
		}
		Terms::Schedule(terms) => {
			let fields = json!({
				"practitioner": account(&terms.practitioner),
				"institution": terms.institution,
				"start": terms.horizon.map(|horizon| number(horizon.start)),
				"end": terms.horizon.map(|horizon| number(horizon.end)),
			});
			("schedule", fields)
		}
	}
}

fn status(state: AppointmentState) -> Value {
	match state {
		AppointmentState::Proposed(_) => json!({ "type": "Proposed" }),
		AppointmentState::Cancelled { by, reason } => json!({
			"type": "Cancelled",
			"by": by.map(AppointmentParty::name),
			"reason": reason.map(CancelReason::name),
		}),
		other => json!({ "type": format!("{other:?}") }),
	}
}

/// For people.
pub(super) fn line(terms: &Terms) -> String {
	match terms {
		Terms::Appointment(terms) => {
			let state = match terms.state {
				AppointmentState::Proposed(_) => "for the waiting list, wanted within".into(),
				AppointmentState::Cancelled { .. } => "cancelled".into(),
				other => hyphenated(&format!("{other:?}")),
			};
			format!(
				"appointment of patient {} at institution {}: {state} {} {}",
				terms.patient,
				terms.institution,
				span(terms.period),
				with(&terms.practitioners),
			)
		}
		Terms::Slot(terms) => format!(
			"slot of {} at institution {}: {} {}",
			terms.practitioner,
			terms.institution,
			hyphenated(&format!("{:?}", terms.status)),
			span(terms.period),
		),
		Terms::Schedule(terms) => {
			let horizon = terms.horizon.map(|horizon| format!(", {}", span(horizon)));
			format!(
				"calendar of {} at institution {}{}",
				terms.practitioner,
				terms.institution,
				horizon.unwrap_or_default(),
			)
		}
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_primitives::{DAY, HOUR, MINUTE};

	fn appointment(state: AppointmentState) -> AppointmentTerms {
		AppointmentTerms {
			id: Some(4),
			patient: 7,
			institution: 3,
			practitioners: vec![AccountId::from([1; 32]), AccountId::from([2; 32])],
			period: Period::new(DAY, DAY + HOUR),
			mode: Mode::Tele,
			state,
			made_at: None,
			replaces: Some(2),
		}
	}

	#[test]
	fn what_is_printed_is_read_as_the_same() {
		let wanted = Wanted {
			length: 15 * MINUTE,
			priority: Priority::Stat,
		};
		let cancelled = AppointmentState::Cancelled {
			by: Some(AppointmentParty::Desk),
			reason: Some(CancelReason::Maintenance),
		};
		let unknown = AppointmentState::Cancelled { by: None, reason: None };
		for state in [
			AppointmentState::Proposed(Some(wanted)),
			AppointmentState::Proposed(None),
			AppointmentState::Pending,
			AppointmentState::Booked,
			AppointmentState::Arrived,
			AppointmentState::Fulfilled,
			cancelled,
			unknown,
			AppointmentState::NoShow,
		] {
			let terms = Terms::Appointment(appointment(state));
			let printed: AppointmentJson = serde_json::from_value(fields(&terms).1).unwrap();
			assert_eq!(printed.terms().unwrap(), terms);
		}
		for status in [
			SlotStatus::Free,
			SlotStatus::BusyTentative,
			SlotStatus::Busy,
			SlotStatus::BusyUnavailable,
		] {
			let terms = Terms::Slot(SlotTerms {
				practitioner: AccountId::from([1; 32]),
				institution: 3,
				period: Period::new(DAY, DAY + HOUR),
				status,
			});
			let printed: SlotJson = serde_json::from_value(fields(&terms).1).unwrap();
			assert_eq!(printed.terms(None).unwrap(), terms);
		}
		for horizon in [None, Some(Period::new(DAY, 2 * DAY))] {
			let terms = Terms::Schedule(ScheduleTerms {
				practitioner: AccountId::from([1; 32]),
				institution: 3,
				horizon,
			});
			let printed: ScheduleJson = serde_json::from_value(fields(&terms).1).unwrap();
			assert_eq!(printed.terms().unwrap(), terms);
		}
	}

	#[test]
	fn what_is_no_time_and_whose_nobody_knows_is_refused() {
		let terms = Terms::Appointment(appointment(AppointmentState::Booked));
		let mut inverted = fields(&terms).1;
		inverted.as_object_mut().unwrap().insert("end".into(), 0.into());
		let printed: AppointmentJson = serde_json::from_value(inverted).unwrap();
		assert_eq!(printed.terms().unwrap_err().name(), "Malformed");
		let slot = json!({ "institution": 3, "start": 0, "end": 1, "state": { "type": "Free" } });
		let printed: SlotJson = serde_json::from_value(slot).unwrap();
		assert_eq!(printed.terms(None).unwrap_err().name(), "Usage");
	}
}
