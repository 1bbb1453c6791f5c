//! `salus consent`.

use std::time::Duration;

use clap::{Args, Subcommand};
use salus_primitives::{
	AccessRequest, Action, Category, Compartment, ConsentRequest, DenialId, DenialTerms, GrantId, Grantee,
	InstitutionId, Moment, PatientId, Purpose, RecordId, RequestId, Role,
};

use super::{report::Report, session::Session, terms::TermsFlags, view};
use crate::sdk::{
	after_refusal, calls, not_found, rule,
	sentence::{self, Voice},
	shown_decision, words, AccountId, Client, Error,
};

#[derive(Subcommand)]
pub(crate) enum Consent {
	/// Ask a patient for consent, as a practitioner
	#[command(
		after_help = "Example:\n  salus --key bob.key consent ask --patient 0 --institution 1 --purpose treatment --category laboratory --for 30d"
	)]
	Ask(Ask),
	/// Approve a request, or less than was asked, as the patient
	#[command(
		after_help = "Example:\n  salus --key me.key consent approve --patient 0 --request 0 --category laboratory --for 1d --uses 3\n\nWithout flags all that was asked is approved."
	)]
	Approve(Approve),
	/// Decline a request, as the patient
	#[command(after_help = "Example:\n  salus --key me.key consent decline --patient 0 --request 0")]
	Decline(Which),
	/// Withdraw a request of your own
	#[command(after_help = "Example:\n  salus --key bob.key consent withdraw --patient 0 --request 0")]
	Withdraw(Which),
	/// Give a grant that nobody asked for, as the patient
	#[command(
		after_help = "Example:\n  salus --key me.key consent grant --patient 0 --to role:doctor@1 --purpose treatment --category laboratory,imaging"
	)]
	Grant(Give),
	/// Revoke a grant, as the patient
	#[command(after_help = "Example:\n  salus --key me.key consent revoke --patient 0 --grant 1")]
	Revoke {
		/// Your patient id
		#[arg(long)]
		patient: PatientId,
		/// The grant
		#[arg(long)]
		grant: GrantId,
	},
	/// Deny, as the patient: it matches when all that it names holds
	#[command(
		after_help = "Examples:\n  salus --key me.key consent deny --patient 0 --institution 1\n  salus --key me.key consent deny --patient 0 --all"
	)]
	Deny(Deny),
	/// Lift a denial, as the patient
	#[command(after_help = "Example:\n  salus --key me.key consent allow --patient 0 --denial 0")]
	Allow {
		/// Your patient id
		#[arg(long)]
		patient: PatientId,
		/// The denial
		#[arg(long)]
		denial: DenialId,
	},
	/// List a patient's grants, open requests and denials
	#[command(after_help = "Example:\n  salus consent list --patient 0")]
	List {
		/// The patient
		#[arg(long)]
		patient: PatientId,
	},
	/// Say what the chain would decide now, and by which rule
	#[command(
		after_help = "Example:\n  salus consent explain --patient 0 --requester 5Grw… --institution 1 --record 0 --purpose treatment"
	)]
	Explain(Explain),
}

/// `salus consent ask`
#[derive(Args)]
pub(crate) struct Ask {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The institution you act for
	#[arg(long)]
	institution: InstitutionId,
	/// How long the request can be answered, at most 30d
	#[arg(long, default_value = "7d", value_parser = words::duration, value_name = "DURATION")]
	open: Duration,
	#[command(flatten)]
	terms: TermsFlags,
}

/// `salus consent approve`
#[derive(Args)]
pub(crate) struct Approve {
	#[command(flatten)]
	which: Which,
	#[command(flatten)]
	narrower: TermsFlags,
}

/// A request.
#[derive(Args)]
pub(crate) struct Which {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The request
	#[arg(long)]
	request: RequestId,
}

/// `salus consent grant`
#[derive(Args)]
pub(crate) struct Give {
	/// Your patient id
	#[arg(long)]
	patient: PatientId,
	/// To whom: account:SS58, institution:ID, role:ROLE@ID or assigned:ID
	#[arg(long, value_parser = words::grantee)]
	to: Grantee<AccountId>,
	#[command(flatten)]
	terms: TermsFlags,
}

/// `salus consent deny`
#[derive(Args)]
#[group(id = "names", multiple = true)]
pub(crate) struct Deny {
	/// Your patient id
	#[arg(long)]
	patient: PatientId,
	/// Deny everything to everybody
	#[arg(long)]
	all: bool,
	/// This requester
	#[arg(long, value_parser = words::account)]
	account: Option<AccountId>,
	/// Whoever acts at this institution
	#[arg(long)]
	institution: Option<InstitutionId>,
	/// Whoever acts in this role
	#[arg(long, value_parser = words::word::<Role>)]
	role: Option<Role>,
	/// Records of this category
	#[arg(long, value_parser = words::word::<Category>)]
	category: Option<Category>,
	/// Records in this drawer
	#[arg(long)]
	compartment: Option<Compartment>,
	/// Records kept by this institution
	#[arg(long)]
	source: Option<InstitutionId>,
	/// Of things that happened at this time or later
	#[arg(long, value_parser = words::moment)]
	recorded_from: Option<Moment>,
	/// Of things that happened before this time
	#[arg(long, value_parser = words::moment)]
	recorded_until: Option<Moment>,
	/// This record
	#[arg(long)]
	record: Option<RecordId>,
}

/// `salus consent explain`
#[derive(Args)]
pub(crate) struct Explain {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// Who would ask
	#[arg(long, value_parser = words::account)]
	requester: AccountId,
	/// The institution she acts for; without it she asks as the patient
	#[arg(long)]
	institution: Option<InstitutionId>,
	/// What is to be done
	#[arg(long, default_value = "view", value_parser = words::word::<Action>)]
	action: Action,
	/// Why
	#[arg(long, default_value = "treatment", value_parser = words::word::<Purpose>)]
	purpose: Purpose,
	/// A record; without it, one that is still to be registered
	#[arg(long)]
	record: Option<RecordId>,
	/// The category of the record that is to be registered
	#[arg(long, required_unless_present = "record", value_parser = words::word::<Category>)]
	category: Option<Category>,
	/// The drawer of the record that is to be registered
	#[arg(long)]
	compartment: Option<Compartment>,
	/// As the patient sees it: a refusal by name is shown as one
	#[arg(long)]
	as_patient: bool,
}

impl Consent {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::Ask(ask) => ask.run(session, &client).await,
			Self::Approve(approve) => approve.run(session, &client).await,
			Self::Decline(Which { patient, request }) => {
				let (requester, _) = find_request(&client, patient, request).await?;
				let account = session.patient(&client, patient).await?.account;
				let acknowledgement = client
					.submit(&calls::decline(patient, requester, request), &account)
					.await?;
				Ok(session
					.report()
					.line(format!("request {request} is declined"))
					.acknowledged(&acknowledgement))
			}
			Self::Withdraw(Which { patient, request }) => {
				let acknowledgement = client
					.submit(&calls::withdraw(patient, request), &session.account()?)
					.await?;
				Ok(session
					.report()
					.line(format!("request {request} is withdrawn"))
					.acknowledged(&acknowledgement))
			}
			Self::Grant(give) => give.run(session, &client).await,
			Self::Revoke { patient, grant } => {
				let grants = client.grants(&client.finalised().await?, patient).await?;
				let (grantee, _) = grants
					.into_iter()
					.find(|(_, entry)| entry.id == grant)
					.ok_or_else(|| not_found("grant", grant))?;
				let account = session.patient(&client, patient).await?.account;
				let acknowledgement = client.submit(&calls::revoke(patient, grantee, grant), &account).await?;
				Ok(session
					.report()
					.line(format!(
						"grant {grant} is revoked; nothing is released under it any more"
					))
					.field("grant", words::number(grant))
					.acknowledged(&acknowledgement))
			}
			Self::Deny(deny) => deny.run(session, &client).await,
			Self::Allow { patient, denial } => {
				let account = session.patient(&client, patient).await?.account;
				let acknowledgement = client.submit(&calls::lift_denial(patient, denial), &account).await?;
				Ok(session
					.report()
					.line(format!("denial {denial} is lifted"))
					.acknowledged(&acknowledgement))
			}
			Self::List { patient } => list(session, &client, patient).await,
			Self::Explain(explain) => explain.run(session, &client).await,
		}
	}
}

impl Ask {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let now = client.time().await?;
		let terms = self.terms.terms(now)?;
		let line = view::terms_line(&terms);
		let expires_at = now.saturating_add(words::milliseconds(self.open));
		let call = calls::ask(self.patient, self.institution, terms, expires_at);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let request = acknowledgement.number("Consent", "request")?;
		Ok(session
			.report()
			.line(format!("request {request} to patient {}: {line}", self.patient))
			.line(format!("she can answer it until {}", words::show_moment(expires_at)))
			.field("request", words::number(request))
			.field("expiresAt", words::number(expires_at))
			.acknowledged(&acknowledgement))
	}
}

impl Approve {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let Which { patient, request } = self.which;
		let (requester, asked) = find_request(client, patient, request).await?;
		let terms = self.narrower.narrow(asked.terms, client.time().await?)?;
		let line = view::terms_line(&terms);
		let sentence = sentence::grant(&Grantee::Account(requester), &terms, Voice::ToThePatient);
		session.before_signing(&sentence);
		let account = session.patient(client, patient).await?.account;
		let acknowledgement = client
			.submit(&calls::approve(patient, requester, request, terms), &account)
			.await?;
		let grant = acknowledgement.number("Consent", "grant")?;
		Ok(session
			.report()
			.line(format!("grant {grant} to {requester}: {line}"))
			.field("grant", words::number(grant))
			.field("request", words::number(request))
			.field("sentence", sentence)
			.acknowledged(&acknowledgement))
	}
}

impl Give {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let terms = self.terms.terms(client.time().await?)?;
		let line = view::terms_line(&terms);
		let sentence = sentence::grant(&self.to, &terms, Voice::ToThePatient);
		session.before_signing(&sentence);
		let account = session.patient(client, self.patient).await?.account;
		let to = words::show_grantee(&self.to);
		let acknowledgement = client
			.submit(&calls::grant(self.patient, self.to, terms), &account)
			.await?;
		let grant = acknowledgement.number("Consent", "grant")?;
		Ok(session
			.report()
			.line(format!("grant {grant} to {to}: {line}"))
			.field("grant", words::number(grant))
			.field("sentence", sentence)
			.acknowledged(&acknowledgement))
	}
}

impl Deny {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let terms = DenialTerms {
			account: self.account,
			institution: self.institution,
			role: self.role,
			category: self.category,
			compartment: self.compartment,
			source: self.source,
			recorded_from: self.recorded_from,
			recorded_until: self.recorded_until,
			record: self.record,
		};
		if (terms == DenialTerms::all()) != self.all {
			return Err(Error::Usage("name what is denied, or --all and nothing else".into()));
		}
		let sentence = sentence::denial(&terms, Voice::ToThePatient);
		session.before_signing(&sentence);
		let account = session.patient(client, self.patient).await?.account;
		let acknowledgement = client.submit(&calls::deny(self.patient, terms), &account).await?;
		let denial = acknowledgement.number("Consent", "denial")?;
		Ok(session
			.report()
			.line(format!("denial {denial} is in force; it goes before every grant"))
			.field("denial", words::number(denial))
			.field("sentence", sentence)
			.acknowledged(&acknowledgement))
	}
}

impl Explain {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let now = client.time().await?;
		let request = match (self.record, self.category) {
			(Some(id), _) => {
				let record = client.record(&at, id).await?;
				if record.patient != self.patient {
					let patient = record.patient;
					return Err(Error::Usage(format!("record {id} belongs to patient {patient}")));
				}
				AccessRequest {
					requester: self.requester,
					on_behalf_of: self.institution,
					patient: self.patient,
					record: Some(id),
					custodian: record.custodian,
					category: record.category,
					compartment: record.compartment,
					recorded_at: record.recorded_at,
					author: record.author,
					status: Some(record.status),
					action: self.action,
					purpose: self.purpose,
				}
			}
			(None, Some(category)) => AccessRequest {
				requester: self.requester,
				on_behalf_of: self.institution,
				patient: self.patient,
				record: None,
				custodian: match self.institution {
					Some(institution) => institution,
					None => client.patient(&at, self.patient).await?.institution,
				},
				category,
				compartment: self.compartment,
				recorded_at: now,
				author: self.requester,
				status: None,
				action: self.action,
				purpose: self.purpose,
			},
			(None, None) => return Err(Error::Usage("name a --record or a --category".into())),
		};
		let decision = client.decide(&at, &request).await?;
		let decision = if self.as_patient {
			decision
		} else {
			shown_decision(decision)
		};
		let (number, says) = rule(decision);
		let mut report = session
			.report()
			.line(format!("{}: rule {number}, {says}", view::decision_line(&decision)))
			.line(format!(
				"as the chain would decide at finalised block {}",
				at.block_number()
			))
			.field("decision", view::decision(&decision))
			.field("rule", number)
			.field("explanation", says)
			.field("block", words::number(at.block_number()));
		if let salus_primitives::Decision::Deny(reason) = decision {
			report = report.line(after_refusal(reason)).field("next", after_refusal(reason));
		}
		Ok(report)
	}
}

async fn list(session: &Session, client: &Client, patient: PatientId) -> Result<Report, Error> {
	let at = client.finalised().await?;
	let now = client.time().await?;
	client.patient(&at, patient).await?;
	let grants = client.grants(&at, patient).await?;
	let requests = client.requests(&at, patient).await?;
	let denials = client.denials(&at, patient).await?;
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
		.field("denials", denials.iter().map(view::denial).collect::<Vec<_>>());
	for (grantee, grant) in &grants {
		report = report.line(view::grant_line(grantee, grant, now));
	}
	for (requester, request) in &requests {
		report = report.line(view::request_line(requester, request, now));
	}
	for denial in &denials {
		report = report.line(view::denial_line(denial));
	}
	if grants.is_empty() && requests.is_empty() && denials.is_empty() {
		report = report.line("no grants, requests or denials");
	}
	Ok(report)
}

async fn find_request(
	client: &Client,
	patient: PatientId,
	id: RequestId,
) -> Result<(AccountId, ConsentRequest), Error> {
	let requests = client.requests(&client.finalised().await?, patient).await?;
	requests
		.into_iter()
		.find(|(_, request)| request.id == id)
		.ok_or_else(|| not_found("request", id))
}
