//! `salus emergency`: break-glass cases.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Subcommand};
use salus_primitives::{Case, CaseId, EmergencyReason, InstitutionId, Moment, PatientId, Review, Verdict};
use serde_json::{json, Value};

use super::{
	incident::Incident, kept::submit_keeping, key::text_or_file, party::Party, report::Report, session::Session, view,
	written::written,
};
use crate::sdk::{calls, words, AccountId, Acknowledgement, Client, EmergencyCard, Error, Justification};

#[derive(Subcommand)]
pub(crate) enum Emergency {
	/// Break the glass: open a case of a patient, as a doctor or nurse
	#[command(
		after_help = "Example:\n  salus --key bob.key emergency open --patient 0 --institution 1 --reason unconscious \\\n    --justification-file why.txt --salts why.salts.json --for 4h\n  salus --key bob.key emergency open --card card.txt --of 0 --institution 1 --reason unconscious \\\n    --justification-file why.txt --salts why.salts.json --for 4h\n\nWith --purpose emergency you see summaries, allergies, prescriptions and immunisations at once, and the rest when the\ncase is approved. The patient is told, and a privacy officer reviews the case. What you wrote stays on this machine;\nthe chain has a salted commitment to it. Keep the salt file: it opens the commitment at the review."
	)]
	Open(Open),
	/// Join the team of an open case, as a doctor or nurse of the institution where it was opened
	#[command(after_help = "Example:\n  salus --key nurse.key emergency join --patient 0 --case 3")]
	Join(Which),
	/// Approve an open case of others, as a doctor or nurse
	#[command(
		after_help = "Example:\n  salus --key carol.key emergency approve --patient 0 --case 3 --institution 0\n\nWith its approvals a case opens all that the role matrix allows, but for what the patient has sealed."
	)]
	Approve {
		#[command(flatten)]
		which: Which,
		/// The institution you act for
		#[arg(long)]
		institution: InstitutionId,
	},
	/// Close an open case, as one of its team or a privacy officer
	#[command(after_help = "Example:\n  salus --key bob.key emergency close --patient 0 --case 3")]
	Close(Which),
	/// Review a case that has ended, as a privacy officer of the institution where it was opened
	#[command(
		after_help = "Example:\n  salus --key officer.key emergency review --patient 0 --case 3 --verdict justified\n\nA violation suspends the credential of whoever opened the case."
	)]
	Review {
		#[command(flatten)]
		which: Which,
		/// What you found: justified or violation
		#[arg(long, value_parser = words::word::<Verdict>)]
		verdict: Verdict,
	},
	/// Send a case that has ended to the council, as the patient
	#[command(after_help = "Example:\n  salus --key me.key emergency appeal --patient 0 --case 3")]
	Appeal(Which),
	/// List a patient's cases, an institution's that wait for their review, or a clinician's open ones
	#[command(
		after_help = "Examples:\n  salus emergency list --patient 0\n  salus emergency list --institution 1\n  salus --key bob.key emergency list --clinician\n\nWithout a value --clinician means the key's own account. A privacy officer reviews a case once it has ended."
	)]
	List(List),
	/// Incidents, in which many are hurt at once
	#[command(subcommand)]
	Incident(Incident),
}

/// `salus emergency open`
#[derive(Args)]
pub(crate) struct Open {
	/// The patient
	#[arg(long, required_unless_present = "card", conflicts_with = "card")]
	patient: Option<PatientId>,
	/// Her emergency card, in place of her id: its text, a file, or - for standard input
	#[arg(long)]
	card: Option<String>,
	/// The hospital whose records you need, where the card names several
	#[arg(long, value_name = "INSTITUTION", requires = "card", conflicts_with = "patient")]
	of: Option<InstitutionId>,
	/// The institution you act for
	#[arg(long)]
	institution: InstitutionId,
	/// Why: life-threat, unconscious, cannot-consent, mass-casualty or other
	#[arg(long, value_parser = words::word::<EmergencyReason>, value_name = "CODE")]
	reason: EmergencyReason,
	/// A text of mode 0600 that says what you saw and thought; it never leaves this machine but in the salt file
	#[arg(long, value_name = "FILE")]
	justification_file: PathBuf,
	/// The new salt file
	#[arg(long, value_name = "FILE")]
	salts: PathBuf,
	/// For how long, at most 24h
	#[arg(long = "for", value_parser = words::duration, value_name = "DURATION")]
	lasting: Duration,
}

/// A case.
#[derive(Args)]
pub(crate) struct Which {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The case
	#[arg(long)]
	case: CaseId,
}

/// `salus emergency list`
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct List {
	/// All cases of this patient
	#[arg(long)]
	patient: Option<PatientId>,
	/// The cases of this institution that nobody has reviewed, open ones included
	#[arg(long)]
	institution: Option<InstitutionId>,
	/// The open cases that an account opened or joined; your own without a value
	#[arg(long, value_parser = words::account, num_args = 0..=1, value_name = "ACCOUNT")]
	clinician: Option<Option<AccountId>>,
}

impl Emergency {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::Open(open) => open.run(session, &client).await,
			Self::Join(Which { patient, case }) => {
				let call = calls::join_case(patient, case);
				let acknowledgement = client.submit(&call, &session.account()?).await?;
				let line = "you are in its team until it ends; use --purpose emergency";
				Ok(done(session, case, line, &acknowledgement))
			}
			Self::Approve {
				which: Which { patient, case },
				institution,
			} => {
				let call = calls::approve_case(patient, case, institution);
				let acknowledgement = client.submit(&call, &session.account()?).await?;
				Ok(done(session, case, "you have approved it", &acknowledgement))
			}
			Self::Close(Which { patient, case }) => {
				let call = calls::close_case(patient, case);
				let acknowledgement = client.submit(&call, &session.account()?).await?;
				let line = "it is closed; nothing is released under it any more";
				Ok(done(session, case, line, &acknowledgement))
			}
			Self::Review {
				which: Which { patient, case },
				verdict,
			} => {
				let call = calls::review_case(patient, case, verdict);
				let acknowledgement = client.submit(&call, &session.account()?).await?;
				let line = match verdict {
					Verdict::Justified => "it was justified",
					Verdict::Violation => "it was a violation; the credential of whoever opened it is suspended",
				};
				Ok(done(session, case, line, &acknowledgement).field("verdict", verdict.name()))
			}
			Self::Appeal(Which { patient, case }) => {
				let party = Party::who_consents(session, &client, patient).await?;
				let sentence = party.is_told(session, |_| {
					format!("You send emergency case {case} to the council, which has the last word on it.")
				});
				let account = party.account(session, &client).await?;
				let acknowledgement = client.submit(&calls::appeal_case(patient, case), &account).await?;
				Ok(done(session, case, "it is before the council", &acknowledgement).field("sentence", sentence))
			}
			Self::List(list) => list.run(session, &client).await,
			Self::Incident(incident) => incident.run(session, &client).await,
		}
	}
}

/// What became of a case.
fn done(session: &Session, case: CaseId, line: &str, acknowledgement: &Acknowledgement) -> Report {
	session
		.report()
		.line(format!("emergency case {case}: {line}"))
		.field("case", words::number(case))
		.acknowledged(acknowledgement)
}

impl Open {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let patient = self.patient(client)?;
		let account = session.account()?;
		let ends_at = client.time().await?.saturating_add(words::milliseconds(self.lasting));
		let justification = Justification::new(&self.justification()?)?;
		let commitment = justification.commitment()?;
		let call = calls::open_case(patient, self.institution, self.reason, commitment, ends_at);
		let acknowledgement = submit_keeping(client, &call, &account, &self.salts, &justification).await?;
		let case = acknowledgement.number("Consent", "case")?;
		let until = words::show_moment(ends_at);
		let salts = self.salts.display().to_string();
		Ok(session
			.report()
			.line(format!(
				"emergency case {case} of patient {patient} is open until {until}; use --purpose emergency"
			))
			.line(
				"summaries, allergies, prescriptions and immunisations are open at once, the rest when it is approved",
			)
			.line(format!(
				"what you wrote and its salt are in {salts}; keep that file for the review"
			))
			.field("case", words::number(case))
			.field("patient", words::number(patient))
			.field("endsAt", words::number(ends_at))
			.field("justification", words::hex(commitment))
			.field("salts", salts)
			.acknowledged(&acknowledgement))
	}

	/// Whose case it is.
	fn patient(&self, client: &Client) -> Result<PatientId, Error> {
		let Some(card) = &self.card else {
			return self
				.patient
				.ok_or_else(|| Error::Usage("name a --patient or a --card".into()));
		};
		let card = EmergencyCard::read(&text_or_file(card)?, &client.genesis())?;
		card.id(self.of).ok_or_else(|| {
			let known: Vec<_> = card.ids.keys().map(ToString::to_string).collect();
			let known = known.join(", ");
			Error::Usage(format!(
				"the card has ids at institutions {known}; name one of these with --of"
			))
		})
	}

	/// What she wrote.
	fn justification(&self) -> Result<String, Error> {
		written(&self.justification_file, "justification", "what you saw and thought")
	}
}

impl List {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let now = client.time().await?;
		let (cases, none) = match (self.patient, self.institution, self.clinician) {
			(Some(patient), ..) => {
				client.patient(&at, patient).await?;
				let cases = client.cases(&at, patient).await?.into_iter();
				(
					cases.map(|(id, case)| (patient, id, case)).collect(),
					"no emergency cases",
				)
			}
			(None, Some(institution), _) => {
				client.institution(&at, institution).await?;
				(
					client.unreviewed_cases(&at, institution).await?,
					"no emergency case waits for its review",
				)
			}
			(None, None, Some(clinician)) => {
				let own = || session.account().map(|account| account.id());
				let clinician = clinician.map_or_else(own, Ok)?;
				(client.open_cases(&at, &clinician).await?, "no open emergency cases")
			}
			(None, None, None) => {
				return Err(Error::Usage("name --patient, --institution or --clinician".into()));
			}
		};
		let shown =
			|(patient, id, case): &(PatientId, CaseId, Case<AccountId>)| view::of(*patient, case_json(*id, case, now));
		let mut report = session
			.report()
			.field("cases", cases.iter().map(shown).collect::<Vec<_>>());
		for (patient, id, case) in &cases {
			report = report.line(format!("patient {patient}: {}", case_line(*id, case, now)));
		}
		if cases.is_empty() {
			report = report.line(none);
		}
		Ok(report)
	}
}

fn case_json(id: CaseId, case: &Case<AccountId>, now: Moment) -> Value {
	let moment = |at: Option<Moment>| at.map_or(Value::Null, words::number);
	let approvals = case.approvals.iter();
	json!({
		"id": words::number(id),
		"opener": view::account(&case.opener),
		"institution": case.institution,
		"reason": case.reason.name(),
		"justification": words::hex(case.justification),
		"openedAt": words::number(case.opened_at),
		"endsAt": words::number(case.ends_at),
		"closedAt": moment(case.closed_at),
		"open": case.is_open(now),
		"approvalsNeeded": case.approvals_needed,
		"approvals": approvals
			.map(|approval| json!({ "approver": view::account(&approval.approver), "institution": approval.institution }))
			.collect::<Vec<_>>(),
		"team": case.team.iter().map(view::account).collect::<Vec<_>>(),
		"reviewDue": words::number(case.review_due()),
		"review": case.review.as_ref().map(review),
		"appealedAt": moment(case.appealed_at),
		"judgement": case.judgement.as_ref().map(review),
	})
}

fn review(review: &Review<AccountId>) -> Value {
	json!({
		"verdict": review.verdict.name(),
		"by": review.by.as_ref().map(view::account),
		"at": words::number(review.at),
	})
}

fn case_line(id: CaseId, case: &Case<AccountId>, now: Moment) -> String {
	let until = words::show_moment(case.end());
	let state = if case.is_open(now) {
		format!("open until {until}, {}", approved(case))
	} else {
		format!("ended {until}, {}", found(case, now))
	};
	let team = match case.team.len() {
		0 => String::new(),
		others => format!(" and {others} more"),
	};
	format!(
		"emergency case {id} of {}{team} at institution {} ({}): {state}",
		case.opener,
		case.institution,
		words::hyphenated(case.reason.name()),
	)
}

fn approved(case: &Case<AccountId>) -> String {
	if case.is_approved() {
		"approved".into()
	} else {
		format!("{} of {} approvals", case.approvals.len(), case.approvals_needed)
	}
}

/// What has been found of a case that has ended.
fn found(case: &Case<AccountId>, now: Moment) -> String {
	let finding = |what: &str, review: &Review<AccountId>| {
		format!(
			"{what}: {}, {}",
			words::hyphenated(review.verdict.name()),
			words::show_moment(review.at)
		)
	};
	let before_the_council = match case.appealed_at {
		Some(at) => format!(", before the council since {}", words::show_moment(at)),
		None => String::new(),
	};
	match (&case.judgement, &case.review) {
		(Some(judgement), _) => finding("judged", judgement),
		(None, Some(review)) => finding("reviewed", review) + &before_the_council,
		(None, None) => {
			let due = case.review_due();
			let late = if due <= now { "was due" } else { "is due" };
			format!("its review {late} {}{before_the_council}", words::show_moment(due))
		}
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;
	use salus_primitives::{Approval, DAY, HOUR};

	fn case() -> Case<AccountId> {
		Case {
			opener: AccountId::from([1; 32]),
			institution: 1,
			reason: EmergencyReason::CannotConsent,
			justification: Default::default(),
			opened_at: 0,
			ends_at: 4 * HOUR,
			approvals_needed: 1,
			team: Default::default(),
			approvals: Default::default(),
			closed_at: None,
			review: None,
			appealed_at: None,
			judgement: None,
		}
	}

	fn said(case: &Case<AccountId>, now: Moment, wanted: &str) {
		let line = case_line(3, case, now);
		assert!(line.contains(wanted), "{wanted} is missing: {line}");
	}

	#[test]
	fn a_case_is_told_from_its_opening_to_its_judgement() {
		let mut case = case();
		said(
			&case,
			HOUR,
			"at institution 1 (cannot-consent): open until 1970-01-01T04:00:00Z, 0 of 1 approvals",
		);
		let approver = AccountId::from([2; 32]);
		case.team.try_push(AccountId::from([3; 32])).unwrap();
		case.approvals
			.try_push(Approval {
				approver,
				institution: 0,
			})
			.unwrap();
		said(&case, HOUR, " and 1 more at institution 1");
		said(&case, HOUR, "approved");
		assert_eq!(case_json(3, &case, HOUR).get("open"), Some(&Value::Bool(true)));

		case.closed_at = Some(2 * HOUR);
		said(
			&case,
			2 * HOUR,
			"ended 1970-01-01T02:00:00Z, its review is due 1970-01-08T02:00:00Z",
		);
		said(&case, 8 * DAY, "its review was due");
		assert_eq!(case_json(3, &case, 2 * HOUR).get("open"), Some(&Value::Bool(false)));

		case.appealed_at = Some(DAY);
		said(&case, 8 * DAY, "before the council since 1970-01-02T00:00:00Z");
		let finding = |verdict, at| Review { verdict, by: None, at };
		case.review = Some(finding(Verdict::Justified, DAY));
		said(
			&case,
			8 * DAY,
			"reviewed: justified, 1970-01-02T00:00:00Z, before the council",
		);
		case.judgement = Some(finding(Verdict::Violation, 2 * DAY));
		said(&case, 8 * DAY, "judged: violation, 1970-01-03T00:00:00Z");
	}

	#[test]
	fn a_justification_is_a_private_text_with_something_in_it() {
		use std::os::unix::fs::PermissionsExt;
		let file = tempfile::NamedTempFile::new().unwrap();
		let open = Open {
			patient: Some(0),
			card: None,
			of: None,
			institution: 1,
			reason: EmergencyReason::Other,
			justification_file: file.path().to_owned(),
			salts: "salts.json".into(),
			lasting: Duration::from_secs(1),
		};
		let write = |text: &[u8], mode: u32| {
			std::fs::write(file.path(), text).unwrap();
			std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
		};
		write(b"no pulse\n", 0o600);
		assert_eq!(open.justification().unwrap(), "no pulse");
		write(b"no pulse\n", 0o644);
		let open_to_others = open.justification().unwrap_err();
		assert!(open_to_others.to_string().contains("chmod 600"), "{open_to_others}");
		assert_eq!(open_to_others.exit_code(), exit::LOCAL);
		for broken in [b" \n".as_slice(), b"\xff\xfe", &[b'x'; 70_000]] {
			write(broken, 0o600);
			let error = open.justification().unwrap_err();
			assert_eq!((error.name().as_str(), error.exit_code()), ("Malformed", exit::LOCAL));
		}
	}
}
