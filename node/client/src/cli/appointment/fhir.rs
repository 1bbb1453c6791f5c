//! `salus appointment from-fhir` and `to-fhir`: no node, no key.

use std::path::PathBuf;

use clap::Args;
use salus_primitives::{InstitutionId, Moment};
use serde::Deserialize;
use serde_json::{json, Value};

use super::terms::{self, AppointmentJson, ScheduleJson, SlotJson};
use crate::{
	cli::{
		fhir::{content, directory, parse, urn},
		report::Report,
	},
	sdk::{
		fhir_appointment::{from_fhir, to_fhir, AppointmentState, Carried, Context, Terms},
		fhir_consent::{DirectoryMap, Note},
		words, AccountId, Error,
	},
};

/// `salus appointment from-fhir`
#[derive(Args)]
pub(crate) struct FromFhir {
	/// The Schedule, Slot or Appointment, as JSON; - for standard input
	file: PathBuf,
	#[command(flatten)]
	knowledge: Knowledge,
}

/// `salus appointment to-fhir`
#[derive(Args)]
pub(crate) struct ToFhir {
	/// An appointment, slots, or what from-fhir printed, as JSON; - for standard input
	#[arg(default_value = "-")]
	file: PathBuf,
	#[command(flatten)]
	knowledge: Knowledge,
	/// What from-fhir printed with --json when it was read: what stayed with you comes back
	#[arg(long, value_name = "FILE")]
	carried: Option<PathBuf>,
	/// Whose slots they are
	#[arg(long, value_parser = words::account, value_name = "ACCOUNT")]
	practitioner: Option<AccountId>,
}

/// Whom and what references mean.
#[derive(Args)]
pub(super) struct Knowledge {
	/// Whom references mean: a JSON object
	#[arg(long, value_name = "FILE")]
	pub(super) directory: PathBuf,
	/// Where it is, unless the resource says so
	#[arg(long)]
	institution: Option<InstitutionId>,
}

impl FromFhir {
	pub(super) fn run(self) -> Result<Report, Error> {
		let directory = directory(&self.knowledge.directory)?;
		let bytes = content("resource", &self.file)?;
		let reading = from_fhir(&bytes, &self.knowledge.context(&directory))?;
		let carried = serde_json::to_value(&reading.carried).map_err(|error| super::malformed("resource", error))?;
		let (name, fields) = terms::fields(&reading.terms);
		let mut report = Report::new().line(terms::line(&reading.terms)).field(name, fields);
		if let Some(command) = command(&reading.terms) {
			report = report.line(command.clone()).field("command", command);
		}
		Ok(noted(report, &reading.notes).field("carried", carried))
	}
}

impl Knowledge {
	pub(super) fn context<'a>(&self, directory: &'a DirectoryMap) -> Context<'a> {
		Context {
			directory,
			institution: self.institution,
		}
	}
}

/// What brings it on chain, where that is one command.
fn command(terms: &Terms) -> Option<String> {
	let Terms::Appointment(terms) = terms else {
		return None;
	};
	let verb = match terms.state {
		AppointmentState::Proposed(Some(_)) => "wait",
		AppointmentState::Pending => "hold",
		AppointmentState::Booked => "book",
		_ => return None,
	};
	let with: Vec<_> = terms.practitioners.iter().map(ToString::to_string).collect();
	let minutes = |length: Moment| length / salus_primitives::MINUTE;
	let start = words::show_moment(terms.period.start);
	let time = match terms.state {
		AppointmentState::Proposed(Some(wanted)) => format!(
			"--for {}m --from {start} --to {} --priority {}",
			minutes(wanted.length),
			words::show_moment(terms.period.end),
			words::hyphenated(wanted.priority.name()),
		),
		_ => format!("--start {start} --for {}m", minutes(terms.period.length())),
	};
	let mode = match terms.state {
		AppointmentState::Pending => String::new(),
		_ => format!(" --mode {}", words::hyphenated(terms.mode.name())),
	};
	Some(format!(
		"salus appointment {verb} --patient {} --institution {} --with {} {time}{mode}",
		terms.patient,
		terms.institution,
		with.join(","),
	))
}

/// What `to-fhir` reads: what `show`, `list`, `availability` and `from-fhir` print with --json.
#[derive(Deserialize)]
struct Printed {
	appointment: Option<AppointmentJson>,
	appointments: Option<Vec<AppointmentJson>>,
	slot: Option<SlotJson>,
	slots: Option<Vec<SlotJson>>,
	schedule: Option<ScheduleJson>,
	carried: Option<Carried>,
}

/// What is read of a file of [`Carried`].
#[derive(Deserialize)]
struct Kept {
	carried: Carried,
}

const PRINTED: &str = "list of appointments or slots";

impl ToFhir {
	pub(super) fn run(self) -> Result<Report, Error> {
		let directory = directory(&self.knowledge.directory)?;
		let context = self.knowledge.context(&directory);
		let mut printed: Printed = parse(PRINTED, &self.file)?;
		let carried = match (&self.carried, printed.carried.take()) {
			(Some(path), _) => Some(parse::<Kept>("carried part", path)?.carried),
			(None, carried) => carried,
		};
		let is_list = printed.appointments.is_some() || printed.slots.is_some();
		let all = printed.terms(self.practitioner.as_ref())?;
		if is_list && carried.is_some() {
			return Err(Error::Usage(
				"what was carried belongs to one resource, and this is a list".into(),
			));
		}
		let (mut resources, mut notes) = (Vec::new(), Vec::new());
		for terms in &all {
			let writing = to_fhir(terms, carried.as_ref(), &context)?;
			resources.push(writing.resource);
			notes.extend(writing.notes);
		}
		for note in &notes {
			eprintln!("{}: {}", note.path, note.text);
		}
		document(&match (is_list, resources.pop()) {
			(false, Some(resource)) => resource,
			(false, None) => return Err(super::malformed(PRINTED, "it has neither an appointment nor a slot")),
			(true, last) => {
				resources.extend(last);
				collection(resources)
			}
		})
	}
}

/// Without `entry` where there is none: FHIR has no empty arrays.
fn collection(resources: Vec<Value>) -> Value {
	let entry = |resource: Value| json!({ "fullUrl": urn(resource.to_string().as_bytes()), "resource": resource });
	let entries: Vec<_> = resources.into_iter().map(entry).collect();
	let mut bundle = json!({ "resourceType": "Bundle", "type": "collection" });
	if let (Some(fields), false) = (bundle.as_object_mut(), entries.is_empty()) {
		fields.insert("entry".into(), entries.into());
	}
	bundle
}

/// A resource, and nothing else.
pub(super) fn document(resource: &Value) -> Result<Report, Error> {
	let text = serde_json::to_string_pretty(resource).map_err(|error| super::malformed("resource", error))?;
	let fields = resource.as_object().cloned().unwrap_or_default();
	let fill = |report: Report, (name, value): (String, Value)| report.field(&name, value);
	Ok(fields.into_iter().fold(Report::new(), fill).line(text))
}

impl Printed {
	fn terms(self, practitioner: Option<&AccountId>) -> Result<Vec<Terms>, Error> {
		let appointments = self
			.appointment
			.into_iter()
			.chain(self.appointments.into_iter().flatten());
		let mut all: Vec<_> = appointments.map(AppointmentJson::terms).collect::<Result<_, _>>()?;
		for slot in self.slot.into_iter().chain(self.slots.into_iter().flatten()) {
			all.push(slot.terms(practitioner)?);
		}
		if let Some(schedule) = self.schedule {
			all.push(schedule.terms()?);
		}
		Ok(all)
	}
}

fn noted(mut report: Report, notes: &[Note]) -> Report {
	for note in notes {
		report = report.line(format!("{}: {}", note.path, note.text));
	}
	let notes = notes.iter().map(|note| json!({ "path": note.path, "text": note.text }));
	report.field("notes", notes.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
	use super::{super::view, *};
	use crate::cli::fhir::tests::leave;
	use salus_primitives::{
		Appointment, AppointmentParty, AppointmentStatus, CancelReason, Mode, Period, Slot, SlotState, DAY, HOUR,
	};

	#[test]
	fn a_list_becomes_a_bundle_whose_entries_have_urls_of_their_own() {
		let ada = AccountId::from([1; 32]);
		let cancelled = AppointmentStatus::Cancelled {
			by: AppointmentParty::Practitioner,
			reason: CancelReason::Provider,
		};
		let statuses = [
			AppointmentStatus::Booked,
			AppointmentStatus::Arrived,
			AppointmentStatus::Fulfilled,
			AppointmentStatus::NoShow,
			cancelled,
		];
		let made = (4..).zip(statuses).map(|(id, status)| {
			let appointment = Appointment {
				patient: 7,
				institution: 3,
				practitioners: vec![ada].try_into().unwrap(),
				period: Period::new(id * DAY, id * DAY + HOUR),
				mode: Mode::Tele,
				status,
				made_at: 0,
				made_by: ada,
				replaces: Some(2),
				previous: None,
			};
			view::appointment(id, &appointment)
		});
		let states = [
			SlotState::Free,
			SlotState::Busy(4),
			SlotState::BusyUnavailable,
			SlotState::BusyTentative { patient: 7, until: DAY },
		];
		let slots = (0..).zip(states).map(|(hour, state)| {
			view::slot(&Slot {
				period: Period::new(DAY + hour * HOUR, DAY + (hour + 1) * HOUR),
				institution: 3,
				state,
			})
		});
		let folder = tempfile::tempdir().unwrap();
		let file = |name: &str, content: Value| {
			let path = folder.path().join(name);
			std::fs::write(&path, content.to_string()).unwrap();
			path
		};
		let directory = json!({ "Patient/7": "patient:7", "Practitioner/3": format!("account:{ada}") });
		let directory = file("who.json", directory);
		for (name, list, count) in [
			(
				"list-appointments",
				json!({ "appointments": made.collect::<Vec<_>>() }),
				5,
			),
			("list-slots", json!({ "slots": slots.collect::<Vec<_>>() }), 4),
		] {
			let command = ToFhir {
				file: file(name, list),
				knowledge: Knowledge {
					directory: directory.clone(),
					institution: None,
				},
				carried: None,
				practitioner: Some(ada),
			};
			let bundle = Value::Object(command.run().unwrap().fields().clone());
			leave(name, &bundle.to_string());
			let entries = bundle["entry"].as_array().unwrap();
			let urls: std::collections::BTreeSet<_> =
				entries.iter().map(|entry| entry["fullUrl"].to_string()).collect();
			assert_eq!((entries.len(), urls.len()), (count, count), "{bundle}");
			assert!(urls.iter().all(|url| url.starts_with("\"urn:uuid:")), "{urls:?}");
		}
	}

	#[test]
	fn whoever_has_no_appointments_has_a_bundle_without_entries() {
		let folder = tempfile::tempdir().unwrap();
		let written = |list: &Value| {
			let [file, directory] = ["list.json", "who.json"].map(|name| folder.path().join(name));
			std::fs::write(&file, list.to_string()).unwrap();
			std::fs::write(&directory, "{}").unwrap();
			let command = ToFhir {
				file,
				knowledge: Knowledge {
					directory,
					institution: None,
				},
				carried: None,
				practitioner: None,
			};
			command.run().map(|report| Value::Object(report.fields().clone()))
		};
		let empty = json!({ "resourceType": "Bundle", "type": "collection" });
		for list in [json!({ "appointments": [] }), json!({ "slots": [] })] {
			let bundle = written(&list).unwrap();
			leave("list-empty", &bundle.to_string());
			assert_eq!(bundle, empty, "{list}");
		}
		for neither in [json!({}), json!({ "appointments": null })] {
			assert_eq!(written(&neither).err().unwrap().name(), "Malformed", "{neither}");
		}
	}

	#[test]
	fn a_resource_is_told_with_the_command_that_brings_it_on_chain() {
		let ada = AccountId::from([1; 32]);
		let who = json!({ "Patient/7": "patient:7", "Practitioner/3": format!("account:{ada}") });
		let file = |text: String| {
			let file = tempfile::NamedTempFile::new().unwrap();
			std::fs::write(file.path(), text).unwrap();
			file
		};
		let who = file(who.to_string());
		let told = |resource: Value| {
			let resource = file(resource.to_string());
			let command = FromFhir {
				file: resource.path().into(),
				knowledge: Knowledge {
					directory: who.path().into(),
					institution: Some(3),
				},
			};
			let report = command.run().unwrap();
			report
				.fields()
				.get("command")
				.and_then(Value::as_str)
				.map(ToString::to_string)
		};
		let participant = json!([
			{ "actor": { "reference": "Patient/7" }, "status": "accepted" },
			{ "actor": { "reference": "Practitioner/3" }, "status": "accepted" },
		]);
		let with = |status: &str| {
			json!({
				"resourceType": "Appointment",
				"status": status,
				"start": "2026-12-01T09:00:00Z",
				"end": "2026-12-01T09:30:00Z",
				"participant": participant,
			})
		};
		let whom = format!("--patient 7 --institution 3 --with {ada}");
		let booked = format!("salus appointment book {whom} --start 2026-12-01T09:00:00Z --for 30m --mode in-person");
		assert_eq!(told(with("booked")), Some(booked));
		let held = format!("salus appointment hold {whom} --start 2026-12-01T09:00:00Z --for 30m");
		assert_eq!(told(with("pending")), Some(held));
		let wanted = format!(
			"salus appointment wait {whom} --for 30m --from 2026-12-01T09:00:00Z --to 2026-12-01T09:30:00Z --priority routine --mode in-person"
		);
		assert_eq!(told(with("proposed")), Some(wanted));
		assert_eq!(told(with("fulfilled")), None);
	}
}
