//! `salus audit`.

use clap::{Args, Subcommand};
use salus_primitives::{PatientId, RecordId};
use serde_json::{json, Value};

use super::{entry, report::Report, session::Session, view};
use crate::sdk::{not_found, words, Error, VerifiedTrail};

#[derive(Subcommand)]
pub(crate) enum Audit {
	/// List a patient's trail as the node's index tells it
	#[command(after_help = "Example:\n  salus audit show --patient 0 --from 1")]
	Show {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The first entry
		#[arg(long, default_value_t = 1)]
		from: u64,
	},
	/// Fetch all of a patient's trail, hash it here, and compare it with the head that the chain's state proves
	#[command(after_help = "Example:\n  salus audit verify --patient 0")]
	Verify {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		#[command(flatten)]
		stale: Stale,
	},
	/// List who was permitted to read a record, from the patient's verified trail
	#[command(
		after_help = "Example:\n  salus audit readers 0\n\nA permit does not prove that the document was opened; without one it can't be."
	)]
	Readers {
		/// The record
		record: RecordId,
		#[command(flatten)]
		stale: Stale,
	},
}

/// What is done about a head that is not of now.
#[derive(Args)]
pub(crate) struct Stale {
	/// Takes a finalised head that is more than a minute from this machine's clock
	#[arg(long)]
	stale_ok: bool,
}

impl Stale {
	fn check(&self, trail: &VerifiedTrail) -> Result<(), Error> {
		if self.stale_ok {
			return Ok(());
		}
		Ok(trail.check_fresh(words::now())?)
	}
}

impl Audit {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::Show { patient, from } => {
				client.patient(&client.finalised().await?, patient).await?;
				let entries = client.audit(patient, from.max(1), u64::MAX).await?;
				let items: Vec<_> = entries
					.iter()
					.map(|entry| entry::json(entry.block, &entry.entry))
					.collect();
				let report = session
					.report()
					.field("patient", words::number(patient))
					.field("entries", items);
				Ok(entries.iter().fold(report, |report, entry| {
					report.line(entry::line(entry.block, &entry.entry))
				}))
			}
			Self::Verify { patient, stale } => {
				let trail = client.verified_trail(patient).await?;
				stale.check(&trail)?;
				let head = words::hex(trail.head.head);
				Ok(session
					.report()
					.line(format!("complete: {} entries end in head {head}", trail.head.entries))
					.line(proven_line(&trail))
					.field("patient", words::number(patient))
					.field("complete", true)
					.field("entries", words::number(trail.head.entries))
					.field("head", head)
					.field("block", words::number(trail.block))
					.field("hash", words::hex(trail.hash))
					.field("asOf", words::number(trail.at)))
			}
			Self::Readers { record, stale } => {
				let found = client.proven_record(record).await?.value;
				let found = found.ok_or_else(|| not_found("record", record))?;
				let trail = client.verified_trail(found.patient).await?;
				stale.check(&trail)?;
				let report = session
					.report()
					.field("record", words::number(record))
					.field("patient", words::number(found.patient))
					.field("author", view::account(&found.author));
				let readers = trail.readers(record);
				Ok(view::reader_lines(&readers, &found.author, "")
					.into_iter()
					.fold(report, Report::line)
					.line(proven_line(&trail))
					.field("readers", view::readers(&readers))
					.field("provenAt", proven_at(&trail)))
			}
		}
	}
}

/// Which block proves a trail, for people.
pub(crate) fn proven_line(trail: &VerifiedTrail) -> String {
	format!(
		"proven by the state of finalised block {} ({}), as of {}",
		trail.block,
		words::hex(trail.hash),
		words::show_moment(trail.at)
	)
}

/// Which block proves a trail, as JSON.
pub(crate) fn proven_at(trail: &VerifiedTrail) -> Value {
	json!({
		"block": words::number(trail.block),
		"hash": words::hex(trail.hash),
		"time": words::number(trail.at),
	})
}
