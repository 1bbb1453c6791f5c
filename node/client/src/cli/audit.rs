//! `salus audit`.

use clap::Subcommand;
use salus_primitives::PatientId;

use super::{report::Report, session::Session, view};
use crate::sdk::{words, Error};

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
	},
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
					.map(|entry| view::entry(entry.block, &entry.entry))
					.collect();
				let report = session
					.report()
					.field("patient", view::int(patient))
					.field("entries", items);
				Ok(entries.iter().fold(report, |report, entry| {
					report.line(view::entry_line(entry.block, &entry.entry))
				}))
			}
			Self::Verify { patient } => {
				let trail = client.verified_trail(patient).await?;
				let head = words::hex(trail.head.head);
				Ok(session
					.report()
					.line(format!("complete: {} entries end in head {head}", trail.head.entries))
					.line(format!(
						"proven by the state of finalised block {} ({})",
						trail.block,
						words::hex(trail.hash)
					))
					.field("patient", view::int(patient))
					.field("complete", true)
					.field("entries", view::int(trail.head.entries))
					.field("head", head)
					.field("block", trail.block)
					.field("hash", words::hex(trail.hash)))
			}
		}
	}
}
