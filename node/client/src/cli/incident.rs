//! `salus emergency incident`: many are hurt at once, and cases of an institution need no approval for a while.

use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand};
use salus_primitives::{InstitutionId, Moment};

use super::{report::Report, session::Session};
use crate::sdk::{calls, words, Client, Error};

#[derive(Subcommand)]
pub(crate) enum Incident {
	/// Declare an incident, as an officer: it begins when another officer declares the same
	#[command(
		after_help = "Examples:\n  salus --key officer.key emergency incident declare --institution 1 --for 12h\n  salus --key other.key emergency incident declare --institution 1 --until 2026-11-21T20:00:00Z\n\nThe second officer names the same end, which the first one's answer shows. While it lasts, cases of the institution\nneed no approval; it lasts 72h at most. The council can declare one too."
	)]
	Declare(Declare),
	/// End an incident, as an officer
	#[command(after_help = "Example:\n  salus --key officer.key emergency incident end --institution 1")]
	End {
		/// The institution
		#[arg(long)]
		institution: InstitutionId,
	},
}

/// `salus emergency incident declare`
#[derive(Args)]
#[command(group(ArgGroup::new("end").required(true).args(["lasting", "until"])))]
pub(crate) struct Declare {
	/// The institution
	#[arg(long)]
	institution: InstitutionId,
	/// For how long, at most 72h
	#[arg(long = "for", value_parser = words::duration, value_name = "DURATION")]
	lasting: Option<Duration>,
	/// Until when, as the other officer declared it
	#[arg(long, value_parser = words::moment)]
	until: Option<Moment>,
}

impl Incident {
	pub(crate) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		match self {
			Self::Declare(declare) => declare.run(session, client).await,
			Self::End { institution } => {
				let call = calls::end_incident(institution);
				let acknowledgement = client.submit(&call, &session.account()?).await?;
				Ok(session
					.report()
					.line(format!(
						"the incident at institution {institution} is over: cases need their approvals again"
					))
					.field("institution", institution)
					.acknowledged(&acknowledgement))
			}
		}
	}
}

impl Declare {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let now = client.time().await?;
		let lasting = self.lasting.map_or(0, words::milliseconds);
		// In whole seconds, so that the other officer can type it.
		let until = self
			.until
			.unwrap_or_else(|| now.saturating_add(lasting) / 1_000 * 1_000);
		let institution = self.institution;
		let call = calls::declare_incident(institution, until);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let declared = acknowledgement
			.events
			.iter()
			.any(|event| event.pallet == "Consent" && event.name == "IncidentDeclared");
		let report = session
			.report()
			.field("institution", institution)
			.field("endsAt", words::number(until))
			.field("declared", declared);
		let report = if declared {
			report.line(format!(
				"an incident is declared at institution {institution} until {}: cases there need no approval",
				words::show_moment(until)
			))
		} else {
			report.line(format!(
				"proposed; it begins when another officer declares it too: salus emergency incident declare --institution {institution} --until {}",
				words::show_moment(until)
			))
		};
		Ok(report.acknowledged(&acknowledgement))
	}
}
