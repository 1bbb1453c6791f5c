//! `salus application`: applications that a registrar attested.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use salus_primitives::{InstitutionId, Moment};
use serde_json::{json, Value};

use super::{
	application::{check_salts, Validity},
	report::Report,
	session::Session,
	view,
};
use crate::sdk::{calls, not_found, words, AccountId, AttestedApplication, Client, Error};

#[derive(Subcommand)]
pub(crate) enum Application {
	/// List the attested applications that wait for an officer
	#[command(after_help = "Example:\n  salus application list --institution 0")]
	List {
		/// The institution
		#[arg(long)]
		institution: InstitutionId,
	},
	/// Approve an attested application, as an officer: the applicant holds the credential, or has it renewed
	#[command(
		after_help = "Example:\n  salus --key officer.key application approve 5Grw… --institution 0 --salts salts.json --valid-for 365d\n\nWhere no registrar is named, officers take the application file themselves: salus approve"
	)]
	Approve(Approve),
	/// Decline an attested application, as an officer
	#[command(after_help = "Example:\n  salus --key officer.key application decline 5Grw… --institution 0")]
	Decline(Which),
	/// Have an application forgotten that nobody decided in time
	#[command(after_help = "Example:\n  salus --key ada.key application prune 5Grw… --institution 0")]
	Prune(Which),
}

/// Whose application, and where.
#[derive(Args)]
pub(crate) struct Which {
	/// The applicant's account
	#[arg(value_parser = words::account)]
	applicant: AccountId,
	/// The institution
	#[arg(long)]
	institution: InstitutionId,
}

/// `salus application approve`
#[derive(Args)]
pub(crate) struct Approve {
	#[command(flatten)]
	which: Which,
	/// The applicant's salt file: checks that the commitments are to what she showed
	#[arg(long, value_name = "FILE")]
	salts: Option<PathBuf>,
	#[command(flatten)]
	validity: Validity,
}

impl Application {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		let (which, done, acknowledgement) = match self {
			Self::List { institution } => return list(session, &client, institution).await,
			Self::Approve(approve) => return approve.run(session, &client).await,
			Self::Decline(which) => {
				let call = calls::decline_application(which.applicant, which.institution);
				let acknowledgement = client.submit(&call, &session.account()?).await?;
				(which, "declined", acknowledgement)
			}
			Self::Prune(which) => {
				let call = calls::prune_application(which.applicant, which.institution);
				let acknowledgement = client.submit(&call, &session.account()?).await?;
				(which, "forgotten", acknowledgement)
			}
		};
		let Which { applicant, institution } = which;
		Ok(session
			.report()
			.line(format!(
				"the application of {applicant} to institution {institution} is {done}"
			))
			.field("account", applicant.to_string())
			.field("institution", institution)
			.acknowledged(&acknowledgement))
	}
}

impl Approve {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let Which { applicant, institution } = self.which;
		if let Some(salts) = &self.salts {
			let waiting = client.attested_applications(institution).await?;
			let (_, attested) = waiting
				.into_iter()
				.find(|(account, _)| *account == applicant)
				.ok_or_else(|| not_found("application", format!("of {applicant} to institution {institution}")))?;
			check_salts(salts, (attested.licence, attested.speciality))?;
		}
		let (from, until) = self.validity.span(client.time().await?);
		let call = calls::approve_attested_application(applicant, institution, from, until);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		Ok(session
			.report()
			.line(format!(
				"{applicant} holds the credential at institution {institution} until {}",
				words::show_moment(until)
			))
			.field("account", applicant.to_string())
			.field("institution", institution)
			.field("validFrom", words::number(from))
			.field("validUntil", words::number(until))
			.acknowledged(&acknowledgement))
	}
}

async fn list(session: &Session, client: &Client, institution: InstitutionId) -> Result<Report, Error> {
	client.institution(&client.finalised().await?, institution).await?;
	let now = client.time().await?;
	let waiting = client.attested_applications(institution).await?;
	let listed: Vec<_> = waiting
		.iter()
		.map(|(who, attested)| entry(who, attested, now))
		.collect();
	let mut report = session
		.report()
		.field("institution", institution)
		.field("applications", listed);
	for (applicant, attested) in &waiting {
		let lapses = if attested.until <= now { "lapsed" } else { "lapses" };
		report = report.line(format!(
			"{applicant} as {}, attested by {}, {lapses} {}",
			words::hyphenated(attested.role.name()),
			attested.registrar,
			words::show_moment(attested.until)
		));
	}
	if waiting.is_empty() {
		report = report.line(format!("no applications wait at institution {institution}"));
	}
	Ok(report)
}

fn entry(applicant: &AccountId, attested: &AttestedApplication, now: Moment) -> Value {
	json!({
		"applicant": view::account(applicant),
		"role": attested.role.name(),
		"licence": words::hex(attested.licence),
		"speciality": words::hex(attested.speciality),
		"registrar": view::account(&attested.registrar),
		"until": words::number(attested.until),
		"lapsed": attested.until <= now,
	})
}
