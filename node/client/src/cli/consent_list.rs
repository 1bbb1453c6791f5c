//! `salus consent list`.

use clap::Args;
use salus_primitives::{Erasure, GrantId, Grantee, Moment, PatientId};
use serde_json::{json, Value};

use super::{report::Report, session::Session, view};
use crate::sdk::{words, AccountId, Client, Error};

/// `salus consent list`
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ConsentList {
	/// What this patient has said
	#[arg(long)]
	patient: Option<PatientId>,
	/// The grants to an account, institution:ID, role:ROLE@ID or assigned:ID; to your own account without a value
	#[arg(long, value_parser = whose, num_args = 0..=1, value_name = "GRANTEE")]
	grantee: Option<Option<Grantee<AccountId>>>,
	/// The open requests of an account; your own without a value
	#[arg(long, value_parser = words::account, num_args = 0..=1, value_name = "ACCOUNT")]
	requester: Option<Option<AccountId>>,
}

/// A grantee, or an account alone.
fn whose(text: &str) -> Result<Grantee<AccountId>, String> {
	if text.contains(':') {
		words::grantee(text)
	} else {
		words::account(text).map(Grantee::Account)
	}
}

impl ConsentList {
	pub(crate) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		match (self.patient, self.grantee, self.requester) {
			(Some(patient), ..) => of_patient(session, client, patient).await,
			(None, Some(grantee), _) => {
				let own = || session.account().map(|account| Grantee::Account(account.id()));
				to_grantee(session, client, &grantee.map_or_else(own, Ok)?).await
			}
			(None, None, Some(requester)) => {
				let own = || session.account().map(|account| account.id());
				by_requester(session, client, &requester.map_or_else(own, Ok)?).await
			}
			(None, None, None) => Err(Error::Usage("name --patient, --grantee or --requester".into())),
		}
	}
}

/// A grantee's grants of all patients, and what she owes for them.
async fn to_grantee(session: &Session, client: &Client, grantee: &Grantee<AccountId>) -> Result<Report, Error> {
	let at = client.finalised().await?;
	let now = client.time().await?;
	let grants = client.grants_to(&at, grantee).await?;
	let erasures = client.erasures_owed(&at, grantee).await?;
	let mut report = session
		.report()
		.field(
			"grants",
			grants
				.iter()
				.map(|(patient, grant)| view::of(*patient, view::grant(grantee, grant)))
				.collect::<Vec<_>>(),
		)
		.field(
			"erasures",
			erasures
				.iter()
				.map(|(patient, grant, erasure)| view::of(*patient, erasure_json(*grant, erasure, now)))
				.collect::<Vec<_>>(),
		);
	for (patient, grant) in &grants {
		report = report.line(format!("patient {patient}: {}", view::grant_line(grantee, grant, now)));
	}
	for (patient, grant, erasure) in &erasures {
		let state = if erasure.is_overdue(now) {
			"overdue since"
		} else {
			"due"
		};
		report = report.line(format!(
			"patient {patient}: copies under grant {grant} are to be erased, {state} {}",
			words::show_moment(erasure.erase_after)
		));
	}
	if grants.is_empty() && erasures.is_empty() {
		report = report.line(format!("no grants to {}", words::show_grantee(grantee)));
	}
	Ok(report)
}

fn erasure_json(grant: GrantId, erasure: &Erasure<AccountId>, now: Moment) -> Value {
	json!({
		"grant": words::number(grant),
		"grantee": words::show_grantee(&erasure.grantee),
		"eraseAfter": words::number(erasure.erase_after),
		"overdue": erasure.is_overdue(now),
	})
}

/// An account's open requests to all patients.
async fn by_requester(session: &Session, client: &Client, requester: &AccountId) -> Result<Report, Error> {
	let at = client.finalised().await?;
	let now = client.time().await?;
	let requests = client.requests_by(&at, requester).await?;
	let mut report = session.report().field(
		"requests",
		requests
			.iter()
			.map(|(patient, request)| view::of(*patient, view::request(requester, request)))
			.collect::<Vec<_>>(),
	);
	for (patient, request) in &requests {
		report = report.line(format!(
			"patient {patient}: {}",
			view::request_line(requester, request, now)
		));
	}
	if requests.is_empty() {
		report = report.line(format!("no open requests of {requester}"));
	}
	Ok(report)
}

async fn of_patient(session: &Session, client: &Client, patient: PatientId) -> Result<Report, Error> {
	let at = client.finalised().await?;
	let now = client.time().await?;
	client.patient(&at, patient).await?;
	let grants = client.grants(&at, patient).await?;
	let requests = client.requests(&at, patient).await?;
	let denials = client.denials(&at, patient).await?;
	let sealed = client.sealed(&at, patient).await?;
	let mut report = session
		.report()
		.field(
			"grants",
			grants
				.iter()
				.map(|(grantee, grant)| view::grant(grantee, grant))
				.collect::<Vec<_>>(),
		)
		.field(
			"requests",
			requests
				.iter()
				.map(|(requester, request)| view::request(requester, request))
				.collect::<Vec<_>>(),
		)
		.field("denials", denials.iter().map(view::denial).collect::<Vec<_>>())
		.field("sealed", sealed.clone());
	for (grantee, grant) in &grants {
		report = report.line(view::grant_line(grantee, grant, now));
	}
	for (requester, request) in &requests {
		report = report.line(view::request_line(requester, request, now));
	}
	for denial in &denials {
		report = report.line(view::denial_line(denial));
	}
	for drawer in &sealed {
		report = report.line(format!("drawer {drawer} is sealed"));
	}
	if grants.is_empty() && requests.is_empty() && denials.is_empty() && sealed.is_empty() {
		report = report.line("no grants, requests, denials or seals");
	}
	Ok(report)
}
