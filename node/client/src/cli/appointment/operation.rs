//! `salus appointment operation`: the operations of IHE ITI Scheduling, from `Parameters` to a Bundle.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{
	fhir::{document, Knowledge},
	span, with, Side, Signer,
};
use crate::{
	cli::{
		fhir::{directory, parse},
		report::Report,
		session::Session,
	},
	sdk::{
		appointments::{self, Visit},
		fhir_appointment::{
			booked, find, found, potential, refused, to_fhir, AppointmentState, AppointmentTerms, Context,
			SchedulingError, Terms,
		},
		words, Acknowledgement, Client, Error, SubmissionError,
	},
};

const PARAMETERS: &str = "Parameters";

#[derive(Subcommand)]
pub(crate) enum Operation {
	/// Find times that can be booked ($find, ITI-115): Parameters in, a Bundle of proposed Appointments out
	#[command(
		after_help = "Example:\n  salus appointment operation find find.json --directory who.json --json > found.json\n\nwith find.json:\n  { \"resourceType\": \"Parameters\", \"parameter\": [\n    { \"name\": \"start\", \"valueDateTime\": \"2026-12-01\" },\n    { \"name\": \"end\", \"valueDateTime\": \"2026-12-05\" },\n    { \"name\": \"practitioner\", \"valueReference\": { \"reference\": \"Practitioner/3\" } },\n    { \"name\": \"patient-reference\", \"valueReference\": { \"reference\": \"Patient/7\" } } ] }\n\nThe directory is that of from-fhir. Keep the Bundle: hold and book refer to its Appointments."
	)]
	Find(Asked),
	/// Hold a time for 15 minutes ($hold, ITI-116): Parameters in, a Bundle of the pending Appointment out
	#[command(
		after_help = "Example:\n  salus --key me.key appointment operation hold hold.json --found found.json --directory who.json --json > held.json\n\nwith hold.json:\n  { \"resourceType\": \"Parameters\", \"parameter\": [\n    { \"name\": \"appointment-reference\",\n      \"valueReference\": { \"reference\": \"Appointment/5Grw….29400000\" } } ] }\n\nThe Parameters can have the Appointment itself, pending, as appointment-resource; nothing is --found then."
	)]
	Hold(Chosen),
	/// Book a time ($book, ITI-117): Parameters in, a Bundle of the booked Appointment out
	#[command(
		after_help = "Examples:\n  salus --key me.key appointment operation book book.json --found found.json --directory who.json --json\n  salus --key desk.key appointment operation book - --directory who.json --json < book.json\n\nwith book.json:\n  { \"resourceType\": \"Parameters\", \"parameter\": [\n    { \"name\": \"appointment-resource\", \"resource\": { \"resourceType\": \"Appointment\", \"status\": \"pending\", … } } ] }\n\nWhere somebody was faster, the Bundle has an OperationOutcome, conflict. The Appointment that is answered is what the\nchain has of it: comments and reasons are not there."
	)]
	Book(Chosen),
}

/// What is asked for, and whom it means.
#[derive(Args)]
pub(crate) struct Asked {
	/// The Parameters, as JSON; - for standard input
	#[arg(default_value = "-")]
	file: PathBuf,
	#[command(flatten)]
	knowledge: Knowledge,
}

/// A time that was chosen.
#[derive(Args)]
pub(crate) struct Chosen {
	#[command(flatten)]
	asked: Asked,
	/// The Bundle that `find` answered with, to whose Appointments the Parameters refer
	#[arg(long, value_name = "FILE")]
	found: Option<PathBuf>,
	#[command(flatten)]
	side: Side,
}

/// A Bundle, and what is told beside it.
struct Answer {
	bundle: Value,
	beside: Report,
}

#[derive(Clone, Copy)]
enum Verb {
	Hold,
	Book,
}

impl Operation {
	/// Prints a Bundle, whether it succeeds or fails.
	pub(super) async fn run(self, session: &Session) -> Result<Report, Error> {
		let answer = match self {
			Self::Find(asked) => asked.find(session).await,
			Self::Hold(chosen) => chosen.sign(session, Verb::Hold).await,
			Self::Book(chosen) => chosen.sign(session, Verb::Book).await,
		};
		match answer {
			Ok(Answer { bundle, beside }) => {
				beside.print_beside(session.global.json)?;
				document(&bundle)
			}
			Err(tried @ Error::Submission(SubmissionError::DryRun(_))) => Err(tried),
			Err(error) => {
				document(&refused(&error))?.print(session.global.json)?;
				Err(error)
			}
		}
	}
}

impl Asked {
	async fn find(&self, session: &Session) -> Result<Answer, Error> {
		let directory = directory(&self.knowledge.directory)?;
		let context = self.knowledge.context(&directory);
		let question = find(&parse(PARAMETERS, &self.file)?, &context)?;
		let client = session.client().await?;
		let at = client.finalised().await?;
		let mut slots = Vec::new();
		for practitioner in &question.practitioners {
			let of = client.availability(&at, practitioner, question.period).await?;
			slots.extend(of.into_iter().map(|slot| (*practitioner, slot)));
		}
		Ok(Answer {
			bundle: found(&question, &slots, client.time().await?, &context)?,
			beside: session.report(),
		})
	}
}

impl Chosen {
	async fn sign(&self, session: &Session, verb: Verb) -> Result<Answer, Error> {
		let directory = directory(&self.asked.knowledge.directory)?;
		let context = self.asked.knowledge.context(&directory);
		let wanted = self.wanted(&context)?;
		// Nobody signs what could not be answered.
		verb.answer(wanted.clone(), None, &context)?;
		let client = session.client().await?;
		let (number, signed) = self.submit(session, &client, verb, &wanted).await?;
		Ok(Answer {
			bundle: verb.answer(wanted, number, &context)?,
			beside: signed,
		})
	}

	fn wanted(&self, context: &Context) -> Result<AppointmentTerms, Error> {
		let parameters = parse(PARAMETERS, &self.asked.file)?;
		let found: Option<Value> = self.found.as_deref().map(|file| parse("Bundle", file)).transpose()?;
		Ok(potential(&parameters, found.as_ref(), context)?)
	}

	/// The number of what was booked, and what came of signing.
	async fn submit(
		&self,
		session: &Session,
		client: &Client,
		verb: Verb,
		wanted: &AppointmentTerms,
	) -> Result<(Option<u64>, Report), Error> {
		let visit = Visit {
			patient: wanted.patient,
			institution: wanted.institution,
			practitioners: wanted.practitioners.clone(),
			period: wanted.period,
		};
		let whose = (wanted.patient, wanted.institution);
		let said = || {
			let (period, practitioners) = (span(wanted.period), with(&wanted.practitioners));
			format!("You {} {period}, {practitioners}.", verb.word())
		};
		let Signer { account, sentence } = Signer::of(session, client, whose, &self.side, said).await?;
		let told = |acknowledgement: &Acknowledgement| {
			let report = match sentence {
				Some(sentence) => session.report().field("sentence", sentence),
				None => session.report(),
			};
			report.acknowledged(acknowledgement)
		};
		match verb {
			Verb::Hold => {
				let acknowledgement = client.submit(&appointments::hold(visit), &account).await?;
				let until = acknowledgement.number("Appointments", "until")?;
				let report = told(&acknowledgement)
					.line(format!("held until {}", words::show_moment(until)))
					.field("until", words::number(until));
				Ok((None, report))
			}
			Verb::Book => {
				let call = appointments::book(visit, wanted.mode);
				let acknowledgement = client.submit(&call, &account).await?;
				let number = acknowledgement.number("Appointments", "appointment")?;
				Ok((Some(number), told(&acknowledgement)))
			}
		}
	}
}

impl Verb {
	const fn word(self) -> &'static str {
		match self {
			Self::Hold => "hold",
			Self::Book => "book",
		}
	}

	/// The Bundle with what became of it.
	fn answer(
		self,
		wanted: AppointmentTerms,
		number: Option<u64>,
		context: &Context,
	) -> Result<Value, SchedulingError> {
		let state = match self {
			Self::Hold => AppointmentState::Pending,
			Self::Book => AppointmentState::Booked,
		};
		let terms = AppointmentTerms {
			id: number,
			state,
			..wanted
		};
		let writing = to_fhir(&Terms::Appointment(terms), None, context)?;
		Ok(booked(writing.resource))
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
	use super::*;
	use crate::sdk::{exit, AccountId};
	use clap::Parser;
	use salus_primitives::{Slot, SlotState, HOUR};
	use serde_json::json;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		global: crate::cli::session::Global,
		#[command(subcommand)]
		operation: Operation,
	}

	/// Files of one client.
	struct Files(tempfile::TempDir);

	impl Files {
		fn new() -> Self {
			let files = Self(tempfile::tempdir().unwrap());
			let ada = AccountId::from([1; 32]);
			files.write(
				"who.json",
				&json!({ "Patient/7": "patient:7", "Practitioner/3": format!("account:{ada}") }),
			);
			files
		}

		fn path(&self, name: &str) -> String {
			self.0.path().join(name).display().to_string()
		}

		fn write(&self, name: &str, document: &Value) -> String {
			let path = self.path(name);
			std::fs::write(&path, document.to_string()).unwrap();
			path
		}

		fn line(&self, line: &str) -> Line {
			let line = format!("salus {line} --directory {}", self.path("who.json"));
			Line::try_parse_from(line.split(' ')).unwrap()
		}

		fn chosen(&self, line: &str) -> Chosen {
			match self.line(line).operation {
				Operation::Find(_) => panic!("find"),
				Operation::Hold(chosen) | Operation::Book(chosen) => chosen,
			}
		}
	}

	fn parameters(list: Value) -> Value {
		json!({ "resourceType": "Parameters", "parameter": list })
	}

	fn question() -> Value {
		parameters(json!([
			{ "name": "start", "valueDateTime": "2026-12-01" },
			{ "name": "end", "valueDateTime": "2026-12-01" },
			{ "name": "practitioner", "valueReference": { "reference": "Practitioner/3" } },
			{ "name": "patient-reference", "valueReference": { "reference": "Patient/7" } },
		]))
	}

	/// What `find` answers where the practitioner has an hour.
	fn bundle(files: &Files) -> (Value, salus_primitives::Period) {
		let directory = directory(files.path("who.json").as_ref()).unwrap();
		let context = Context {
			directory: &directory,
			institution: None,
		};
		let question = find(&question(), &context).unwrap();
		let start = question.period.start + 9 * HOUR;
		let slot = Slot {
			period: salus_primitives::Period::new(start, start + HOUR),
			institution: 3,
			state: SlotState::Free,
		};
		let slots = [(question.practitioners[0], slot)];
		let bundle = found(&question, &slots, question.period.start, &context).unwrap();
		(bundle, slot.period)
	}

	#[test]
	fn what_was_found_is_chosen_by_reference_or_sent_whole() {
		let files = Files::new();
		let (bundle, period) = bundle(&files);
		let found = files.write("found.json", &bundle);
		let id = bundle["entry"][0]["resource"]["id"].as_str().unwrap();
		let by_reference = parameters(json!([{
			"name": "appointment-reference",
			"valueReference": { "reference": format!("Appointment/{id}") },
		}]));
		let file = files.write("hold.json", &by_reference);
		let who = directory(files.path("who.json").as_ref()).unwrap();
		let chosen = files.chosen(&format!("hold {file} --found {found}"));
		let context = chosen.asked.knowledge.context(&who);
		let wanted = chosen.wanted(&context).unwrap();
		assert_eq!((wanted.patient, wanted.institution, wanted.period), (7, 3, period));
		let held = Verb::Hold.answer(wanted.clone(), None, &context).unwrap();
		let resource = &held["entry"][0]["resource"];
		assert_eq!((&resource["status"], &held["total"]), (&json!("pending"), &json!(1)));

		let whole = parameters(json!([{ "name": "appointment-resource", "resource": resource }]));
		let file = files.write("book.json", &whole);
		let again = files.chosen(&format!("book {file}")).wanted(&context).unwrap();
		assert_eq!(again, wanted);
		let booked = Verb::Book.answer(again, Some(4), &context).unwrap();
		let resource = &booked["entry"][0]["resource"];
		assert_eq!((&resource["id"], &resource["status"]), (&json!("4"), &json!("booked")));

		// Without the Bundle nothing is known of it.
		let file = files.write("hold.json", &by_reference);
		let error = files.chosen(&format!("hold {file}")).wanted(&context).unwrap_err();
		assert_eq!(error.name(), "UnknownReference");
	}

	#[tokio::test]
	async fn what_can_not_be_asked_needs_no_node() {
		let files = Files::new();
		for (name, document, error, code) in [
			("no-parameters", json!("Parameters"), "Malformed", exit::LOCAL),
			("nobody", parameters(json!([])), "Missing", exit::LOCAL),
			("sound", question(), "NoNode", exit::UNREACHABLE),
		] {
			let file = files.write(name, &document);
			let line = files.line(&format!("--url ws://127.0.0.1:1 find {file}"));
			let Operation::Find(asked) = line.operation else {
				panic!("{name}")
			};
			let failed = asked.find(&Session::new(line.global)).await.err().unwrap();
			assert_eq!((failed.name().as_str(), failed.exit_code()), (error, code), "{name}");
		}
	}
}
