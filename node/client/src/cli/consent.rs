//! `salus consent`.

use std::time::Duration;

use clap::{Args, Subcommand};
use salus_primitives::{
	Compartment, ConsentRequest, DenialId, Grant, GrantId, Grantee, InstitutionId, Parent, PatientId, RequestId,
};
use subxt::tx::Payload;

use super::{
	consent_list::ConsentList,
	explain::Explain,
	party::Party,
	report::Report,
	session::Session,
	terms::{DenialFlags, TermsFlags},
	view,
};
use crate::sdk::{
	calls, not_found,
	sentence::{self, Voice},
	words, Account, AccountId, Client, Error,
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
		after_help = "Example:\n  salus --key me.key consent approve --patient 0 --request 0 --category laboratory --for 1d --uses 3\n\nWithout flags all that was asked is approved; `--outlives=false` ends with your life what was asked for longer."
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
		after_help = "Example:\n  salus --key me.key consent grant --patient 0 --to role:doctor@1 --purpose treatment --category laboratory,imaging\n\nA grant ends with the patient's life. `--outlives` lets it go on, until its end; only she herself can say so."
	)]
	Grant(Give),
	/// Revoke a grant, as the patient
	#[command(
		after_help = "Examples:\n  salus --key me.key consent revoke --patient 0 --grant 1\n  salus --key guardian.key consent revoke --patient 7 --grant 3\n\nA guardian who may consent in the patient's place signs with her own key, here and in all that says \"as the patient\"\nbut `unseal`; she is told that she signs as guardian."
	)]
	Revoke {
		/// Your patient id, or that of whom you are guardian
		#[arg(long)]
		patient: PatientId,
		/// The grant
		#[arg(long)]
		grant: GrantId,
	},
	/// Confirm a grant that was given since your key was lost, as the patient: it counts again
	#[command(
		after_help = "Example:\n  salus --key me.key consent confirm --patient 0 --grant 1\n\nWhat was given before you lost your key counts all along. Revoke what you did not give."
	)]
	Confirm {
		/// Your patient id, or that of whom you are guardian
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
		/// Your patient id, or that of whom you are guardian
		#[arg(long)]
		patient: PatientId,
		/// The denial
		#[arg(long)]
		denial: DenialId,
	},
	/// List a patient's grants, open requests, denials and sealed drawers; or a grantee's grants, or a requester's
	/// requests, of all patients
	#[command(
		after_help = "Examples:\n  salus consent list --patient 0\n  salus --key bob.key consent list --grantee\n  salus consent list --grantee role:doctor@1\n  salus --key bob.key consent list --requester\n\nWithout a value --grantee and --requester mean the key's own account. Grants come with the erasures owed for them."
	)]
	List(ConsentList),
	/// Say what the chain would decide now, and by which rule
	#[command(
		after_help = "Examples:\n  salus consent explain --patient 0 --requester 5Grw… --institution 1 --record 0 --purpose treatment\n  salus --key me.key consent explain --patient 0 --category laboratory --action append --purpose patient-request\n\nA refusal comes with what would change it: a line for each case, denial or grant that falls short, the nearest first."
	)]
	Explain(Explain),
	/// Pass a grant on to another account, or less than it allows, as who holds it
	#[command(
		after_help = "Example:\n  salus --key bob.key consent pass-on --patient 0 --institution 1 --grant 4 --to 5Grw… --action view --for 7d\n\nWithout flags all that the grant allows is passed on. It lives only while the grant above it does."
	)]
	PassOn(PassOn),
	/// Seal a drawer against emergencies too, as the patient
	#[command(after_help = "Example:\n  salus --key me.key consent seal --patient 0 --compartment 3")]
	Seal(Drawer),
	/// Take the seal off a drawer, as the patient
	#[command(after_help = "Example:\n  salus --key me.key consent unseal --patient 0 --compartment 3")]
	Unseal(Drawer),
	/// Attest that copies taken under a grant are erased, as who held it, or an officer or privacy officer who answers
	#[command(
		after_help = "Example:\n  salus --key bob.key consent attest-erasure --patient 0 --grant 4\n\nIt is owed from the first use of a grant whose terms say by when copies have to be erased. Using the grant again makes\nyou owe another."
	)]
	AttestErasure {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The grant
		#[arg(long)]
		grant: GrantId,
	},
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
	/// Your patient id, or that of whom you are guardian
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
pub(crate) struct Deny {
	/// Your patient id, or that of whom you are guardian
	#[arg(long)]
	patient: PatientId,
	#[command(flatten)]
	denied: DenialFlags,
}

/// `salus consent pass-on`
#[derive(Args)]
pub(crate) struct PassOn {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The institution you act for
	#[arg(long)]
	institution: InstitutionId,
	/// The grant, which has to allow sharing
	#[arg(long)]
	grant: GrantId,
	/// The account it is passed on to
	#[arg(long, value_parser = words::account)]
	to: AccountId,
	#[command(flatten)]
	narrower: TermsFlags,
}

/// A drawer.
#[derive(Args)]
pub(crate) struct Drawer {
	/// Your patient id, or that of whom you are guardian
	#[arg(long)]
	patient: PatientId,
	/// The drawer
	#[arg(long)]
	compartment: Compartment,
}

impl Consent {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::Ask(ask) => ask.run(session, &client).await,
			Self::Approve(approve) => approve.run(session, &client).await,
			Self::Decline(Which { patient, request }) => {
				let (requester, _) = find_request(&client, patient, request).await?;
				let party = Party::who_consents(session, &client, patient).await?;
				let sentence = party.is_told(session, |_| {
					format!("You decline request {request} of account {requester}.")
				});
				let account = party.account(session, &client).await?;
				let acknowledgement = client
					.submit(&calls::decline(patient, requester, request), &account)
					.await?;
				Ok(session
					.report()
					.line(format!("request {request} is declined"))
					.field("sentence", sentence)
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
				let (grantee, _) = find_grant(&client, patient, grant).await?;
				let party = Party::who_consents(session, &client, patient).await?;
				let to = words::show_grantee(&grantee);
				let sentence = party.is_told(session, |_| format!("You revoke grant {grant} to {to}."));
				let account = party.account(session, &client).await?;
				let acknowledgement = client.submit(&calls::revoke(patient, grantee, grant), &account).await?;
				Ok(session
					.report()
					.line(format!(
						"grant {grant} is revoked; nothing is released under it any more"
					))
					.field("grant", words::number(grant))
					.field("sentence", sentence)
					.acknowledged(&acknowledgement))
			}
			Self::Confirm { patient, grant } => confirm(session, &client, patient, grant).await,
			Self::Deny(deny) => deny.run(session, &client).await,
			Self::Allow { patient, denial } => {
				let party = Party::who_consents(session, &client, patient).await?;
				let sentence = party.is_told(session, |_| format!("You lift denial {denial}."));
				let account = party.account(session, &client).await?;
				let acknowledgement = client.submit(&calls::lift_denial(patient, denial), &account).await?;
				Ok(session
					.report()
					.line(format!("denial {denial} is lifted"))
					.field("sentence", sentence)
					.acknowledged(&acknowledgement))
			}
			Self::List(list) => list.run(session, &client).await,
			Self::Explain(explain) => explain.run(session, &client).await,
			Self::PassOn(pass_on) => pass_on.run(session, &client).await,
			Self::Seal(drawer) => drawer.seal(session, &client).await,
			Self::Unseal(drawer) => drawer.unseal(session, &client).await,
			Self::AttestErasure { patient, grant } => {
				let call = calls::attest_erasure(patient, grant);
				let acknowledgement = client.submit(&call, &session.account()?).await?;
				Ok(session
					.report()
					.line(format!(
						"it is attested that copies taken under grant {grant} are erased"
					))
					.field("patient", words::number(patient))
					.field("grant", words::number(grant))
					.acknowledged(&acknowledgement))
			}
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
		let party = Party::who_consents(session, client, patient).await?;
		let requester_alone = Grantee::Account(requester);
		let sentence = party.is_told(session, |voice| sentence::grant(&requester_alone, &terms, voice));
		let account = party.account(session, client).await?;
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
		let party = Party::who_consents(session, client, self.patient).await?;
		let sentence = party.is_told(session, |voice| sentence::grant(&self.to, &terms, voice));
		let account = party.account(session, client).await?;
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
		let terms = self.denied.terms()?;
		let party = Party::who_consents(session, client, self.patient).await?;
		let sentence = party.is_told(session, |voice| sentence::denial(&terms, voice));
		let account = party.account(session, client).await?;
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

impl PassOn {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let (grantee, parent) = find_grant(client, self.patient, self.grant).await?;
		let terms = self.narrower.narrow(parent.terms, client.time().await?)?;
		let line = view::terms_line(&terms);
		let from = Parent {
			grantee,
			grant: self.grant,
		};
		let call = calls::pass_on(self.patient, self.institution, from, self.to, terms);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let grant = acknowledgement.number("Consent", "grant")?;
		Ok(session
			.report()
			.line(format!(
				"grant {grant} to {}, passed on from grant {}: {line}",
				self.to, self.grant
			))
			.field("grant", words::number(grant))
			.field("parent", words::number(self.grant))
			.acknowledged(&acknowledgement))
	}
}

impl Drawer {
	async fn seal(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let party = Party::who_consents(session, client, self.patient).await?;
		let sentence = party.is_told(session, |voice| {
			let who = match voice {
				Voice::ToThePatient => "you take",
				Voice::OfThePatient => "the patient herself takes",
			};
			format!(
				"You seal drawer {}: not even an emergency opens it until {who} the seal off.",
				self.compartment
			)
		});
		let account = party.account(session, client).await?;
		let call = calls::seal(self.patient, self.compartment);
		self.signs(session, client, &call, &account, ("sealed", sentence)).await
	}

	async fn unseal(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let sentence = format!(
			"You take the seal off drawer {}: an approved emergency opens it.",
			self.compartment
		);
		session.before_signing(&sentence);
		// No guardian takes a seal off.
		let account = session.patient(client, self.patient).await?.account;
		let call = calls::unseal(self.patient, self.compartment);
		self.signs(session, client, &call, &account, ("no longer sealed", sentence))
			.await
	}

	async fn signs(
		&self,
		session: &Session,
		client: &Client,
		call: &impl Payload,
		account: &Account,
		(done, sentence): (&str, String),
	) -> Result<Report, Error> {
		let acknowledgement = client.submit(call, account).await?;
		Ok(session
			.report()
			.line(format!("drawer {} is {done}", self.compartment))
			.field("compartment", self.compartment)
			.field("sentence", sentence)
			.acknowledged(&acknowledgement))
	}
}

async fn confirm(session: &Session, client: &Client, patient: PatientId, id: GrantId) -> Result<Report, Error> {
	let (grantee, grant) = find_grant(client, patient, id).await?;
	let party = Party::who_consents(session, client, patient).await?;
	let sentence = party.is_told(session, |voice| {
		let says = sentence::grant(&grantee, &grant.terms, voice);
		format!("You confirm grant {id}, given since the key was lost: {says}")
	});
	let account = party.account(session, client).await?;
	let acknowledgement = client
		.submit(&calls::confirm_grant(patient, grantee, id), &account)
		.await?;
	Ok(session
		.report()
		.line(format!("grant {id} is confirmed and counts again"))
		.field("grant", words::number(id))
		.field("sentence", sentence)
		.acknowledged(&acknowledgement))
}

pub(super) async fn find_grant(
	client: &Client,
	patient: PatientId,
	id: GrantId,
) -> Result<(Grantee<AccountId>, Grant<AccountId>), Error> {
	let grants = client.grants(&client.finalised().await?, patient).await?;
	grants
		.into_iter()
		.find(|(_, grant)| grant.id == id)
		.ok_or_else(|| not_found("grant", id))
}

pub(super) async fn find_request(
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
