//! `salus act`: what two officers of an institution do together.

mod evidence;
mod kind;
mod view;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use salus_primitives::InstitutionId;

use super::{kept::submit_keeping, report::Report, session::Session};
use crate::sdk::{
	act_sentence::{signing, waiting, Step},
	calls, not_found, words, Act as TwoOfficers, Client, Error, ProposedAct,
};
use evidence::NewSalts;
use kind::{Kind, Place};

/// How much of an act's hash names it, in hex digits.
const SHORTEST: usize = 8;

#[derive(Subcommand)]
pub(crate) enum Act {
	/// Propose an act, as an officer: another one has to confirm it within seven days
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 add-officer --account 5Grw…\n\nWhat could not be done now is refused now."
	)]
	Propose {
		/// The institution
		#[arg(long)]
		institution: InstitutionId,
		#[command(subcommand)]
		kind: Kind,
	},
	/// Confirm an act of another officer, which carries it out
	#[command(
		after_help = "Examples:\n  salus --key second.key act confirm --institution 0 --act 0x3f2a91c4\n  salus --key second.key act confirm --institution 0 --act 2 --salts salts.json\n  salus --key second.key act confirm --institution 0 add-officer --account 5Grw…\n\nNaming the same act again confirms nothing but what you type. Numbers are those of `salus act list` and change when\nan act before is confirmed; the hash stays the same."
	)]
	Confirm(Waiting),
	/// Take an act back, yours or another officer's
	#[command(after_help = "Example:\n  salus --key officer.key act withdraw --institution 0 --act 0x3f2a91c4")]
	Withdraw(Waiting),
	/// List the acts that wait for a second officer
	#[command(after_help = "Example:\n  salus act list --institution 0")]
	List {
		/// The institution
		#[arg(long)]
		institution: InstitutionId,
	},
}

/// An act that waits: by its number or hash, or named once more.
#[derive(Args)]
pub(crate) struct Waiting {
	/// The institution
	#[arg(long)]
	institution: InstitutionId,
	/// Its number in `salus act list`, or the beginning of its hash
	#[arg(long, value_parser = which, value_name = "NUMBER|HASH")]
	act: Option<Which>,
	/// The salt file of whoever proposed it: checks that the commitment is to what she showed
	#[arg(long, value_name = "FILE", requires = "act")]
	salts: Option<PathBuf>,
	#[command(subcommand)]
	kind: Option<Kind>,
}

/// How an act that waits is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
	/// Its place in the list, from 1.
	Number(usize),
	/// The first digits of its hash.
	Hash(String),
}

impl Act {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::Propose { institution, kind } => propose(session, &client, institution, kind).await,
			Self::Confirm(waiting) => waiting.confirm(session, &client).await,
			Self::Withdraw(waiting) => waiting.withdraw(session, &client).await,
			Self::List { institution } => list(session, &client, institution).await,
		}
	}
}

async fn propose(session: &Session, client: &Client, institution: InstitutionId, kind: Kind) -> Result<Report, Error> {
	let (act, salts) = kind.act(&place(client, institution).await?)?;
	let sentence = signing(Step::Propose, &act, institution);
	session.before_signing(&sentence);
	let account = session.account()?;
	let call = calls::propose_act(institution, act.clone());
	let acknowledgement = match &salts {
		Some(NewSalts { path, evidence }) => submit_keeping(client, &call, &account, path, evidence).await?,
		None => client.submit(&call, &account).await?,
	};
	let until = acknowledgement.number("Roles", "until")?;
	let kept = salts.as_ref().map(|salts| salts.path.display().to_string());
	let mut report = session
		.report()
		.line(format!("proposed, until {}", words::show_moment(until)))
		.line(format!(
			"another officer confirms it: salus act confirm --institution {institution} --act {}{}",
			short(&act),
			kept.as_ref().map(|kept| format!(" --salts {kept}")).unwrap_or_default()
		))
		.field("until", words::number(until));
	if let Some(kept) = kept {
		report = report
			.line(format!(
				"what you saw and its salt are in {kept}; keep that file, and show it to the other officer"
			))
			.field("salts", kept);
	}
	Ok(about(report, &act, institution, sentence).acknowledged(&acknowledgement))
}

impl Waiting {
	async fn confirm(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let institution = self.institution;
		let act = self.act(client).await?;
		let sentence = signing(Step::Confirm, &act, institution);
		session.before_signing(&sentence);
		let call = calls::confirm_act(institution, act.clone());
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let mut report = session.report().line(format!("done: {}", waiting(&act, institution)));
		if matches!(act, TwoOfficers::RegisterOnPaper { .. }) {
			let patient = acknowledgement.number("Roles", "patient")?;
			report = report
				.line(format!("she is patient {patient}"))
				.field("patient", words::number(patient));
		}
		if matches!(act, TwoOfficers::ChangeHpkeKey(_) | TwoOfficers::ChangeNodes { .. }) {
			let from = acknowledgement.number("Roles", "from")?;
			report = report
				.line(format!(
					"it comes into force after {}: salus institution apply-keys {institution}",
					words::show_moment(from)
				))
				.field("from", words::number(from));
		}
		Ok(about(report, &act, institution, sentence).acknowledged(&acknowledgement))
	}

	async fn withdraw(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let institution = self.institution;
		let act = self.act(client).await?;
		let sentence = signing(Step::Withdraw, &act, institution);
		session.before_signing(&sentence);
		let call = calls::withdraw_act(institution, act.clone());
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let report = session
			.report()
			.line(format!("taken back: {}", waiting(&act, institution)));
		Ok(about(report, &act, institution, sentence).acknowledged(&acknowledgement))
	}

	/// The act that is named. One that is named once more is built as it was when it was proposed.
	async fn act(self, client: &Client) -> Result<TwoOfficers, Error> {
		let institution = self.institution;
		match (self.act, self.kind) {
			(Some(which), None) => {
				let acts = client.proposed_acts(institution).await?;
				let proposed = find(&acts, &which, institution)?;
				if let Some(salts) = &self.salts {
					evidence::check(salts, proposed.act.evidence())?;
				}
				Ok(proposed.act.clone())
			}
			(None, Some(kind)) => match kind.act(&place(client, institution).await?)? {
				(act, None) => Ok(act),
				(_, Some(salts)) => Err(wants_old_salts(&salts)),
			},
			_ => Err(Error::Usage(
				"name one act: by --act with its number or hash in `salus act list`, or once more as it was proposed"
					.into(),
			)),
		}
	}
}

fn wants_old_salts(salts: &NewSalts) -> Error {
	Error::Usage(format!(
		"an act that waits has its commitment already, and a new salt in {} opens another one; leave --evidence-file out, and name the salt file of whoever proposed it with --salts",
		salts.path.display()
	))
}

async fn list(session: &Session, client: &Client, institution: InstitutionId) -> Result<Report, Error> {
	let acts = client.proposed_acts(institution).await?;
	let mut report = session.report().field("institution", institution);
	let mut listed = Vec::with_capacity(acts.len());
	for (number, proposed) in (1_usize..).zip(&acts) {
		let says = waiting(&proposed.act, institution);
		let mut entry = view::proposed(proposed);
		if let Some(entry) = entry.as_object_mut() {
			entry.insert("number".into(), number.into());
			entry.insert("sentence".into(), says.as_str().into());
		}
		listed.push(entry);
		report = report.line(format!(
			"{number} ({}): {says} Proposed by {}, until {}",
			short(&proposed.act),
			proposed.proposer,
			words::show_moment(proposed.until)
		));
	}
	if acts.is_empty() {
		report = report.line(format!("no acts wait at institution {institution}"));
	}
	Ok(report.field("acts", listed))
}

/// What an act is made from at an institution.
async fn place(client: &Client, institution: InstitutionId) -> Result<Place, Error> {
	Ok(Place {
		genesis: client.genesis(),
		now: client.time().await?,
		admission_terms: client.proven_institution(institution).await?.admission_terms,
	})
}

fn about(report: Report, act: &TwoOfficers, institution: InstitutionId, sentence: String) -> Report {
	report
		.field("institution", institution)
		.field("act", view::act(act))
		.field("hash", words::hex(act.hash()))
		.field("sentence", sentence)
}

/// The beginning of an act's hash, as much as names it.
fn short(act: &TwoOfficers) -> String {
	words::hex(act.hash()).chars().take(2 + SHORTEST).collect()
}

fn which(text: &str) -> Result<Which, String> {
	let wrong =
		|| format!("`{text}` is no act; give its number, or 0x and the first {SHORTEST} digits of its hash or more");
	if let Some(digits) = text.strip_prefix("0x") {
		let hex = (SHORTEST..=64).contains(&digits.len()) && digits.chars().all(|digit| digit.is_ascii_hexdigit());
		return hex.then(|| Which::Hash(text.to_lowercase())).ok_or_else(wrong);
	}
	match text.parse() {
		Ok(number) if number > 0 => Ok(Which::Number(number)),
		_ => Err(wrong()),
	}
}

/// The one act that is named.
fn find<'a>(acts: &'a [ProposedAct], which: &Which, institution: InstitutionId) -> Result<&'a ProposedAct, Error> {
	let mut found = (1_usize..).zip(acts).filter(|(number, proposed)| match which {
		Which::Number(wanted) => number == wanted,
		Which::Hash(digits) => words::hex(proposed.act.hash()).starts_with(digits),
	});
	let named = match which {
		Which::Number(number) => number.to_string(),
		Which::Hash(digits) => digits.clone(),
	};
	match (found.next(), found.next()) {
		(Some((_, proposed)), None) => Ok(proposed),
		(None, _) => Err(not_found("act", format!("{named} of institution {institution}"))),
		(Some(_), Some(_)) => Err(Error::Usage(format!(
			"{named} begins the hash of several acts; give more digits"
		))),
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::AccountId;

	fn acts() -> Vec<ProposedAct> {
		let proposed = |byte| ProposedAct {
			act: TwoOfficers::AddOfficer(AccountId::from([byte; 32])),
			proposer: AccountId::from([9; 32]),
			until: 7,
		};
		vec![proposed(1), proposed(2)]
	}

	#[test]
	fn an_act_is_named_by_its_number_or_the_beginning_of_its_hash() {
		let acts = acts();
		for (number, proposed) in (1..).zip(&acts) {
			assert_eq!(find(&acts, &Which::Number(number), 0).unwrap(), proposed);
			let short = which(&short(&proposed.act).to_uppercase().replace("0X", "0x")).unwrap();
			assert_eq!(find(&acts, &short, 0).unwrap(), proposed);
			let whole = which(&words::hex(proposed.act.hash())).unwrap();
			assert_eq!(find(&acts, &whole, 0).unwrap(), proposed);
		}
		let missing = find(&acts, &Which::Number(3), 0).unwrap_err();
		assert!(matches!(missing, Error::NotFound { .. }), "{missing}");
		let twice = [acts.clone(), acts.clone()].concat();
		let digits = acts.first().map(|first| short(&first.act)).unwrap();
		assert!(matches!(find(&twice, &Which::Hash(digits), 0), Err(Error::Usage(_))));
	}

	#[test]
	fn what_names_no_act_is_told_how_to() {
		for text in ["", "0", "-1", "two", "0x", "0x1234567", "0x1234567g", "3f2a91c4ab"] {
			assert!(which(text).unwrap_err().contains("first 8 digits"), "{text}");
		}
	}
}
