//! `salus paper`: what a patient without a device signs, brought by two witnesses of her hospital.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use salus_primitives::{Moment, PatientId};
use salus_vault::keystore::read_private;
use serde_json::{json, Value};

use super::{kept::submit_keeping, report::Report, session::Session, view, wish::Says};
use crate::sdk::{
	calls, words, AccountId, Client, DocumentError, Error, FileError, KeyError, PaperFile, WaitingPaper, Wish,
};

#[derive(Subcommand)]
pub(crate) enum Paper {
	/// Bring what a patient signed on paper, as who is at the desk: another witness has to confirm it within seven days
	#[command(
		after_help = "Example:\n  salus --key desk.key paper propose --patient 7 --scan-file scan.pdf --salts paper.json \\\n    grant --to role:nurse@0 --purpose treatment --category laboratory\n\nThe patient has no key of her own, and you are an officer or an administrator of the hospital that admitted her. The\npaper may open nothing to you or to the other witness. Give the other witness the salt file and the scan."
	)]
	Propose(Propose),
	/// Confirm what another witness brought, after you compared it with the paper, which carries it out
	#[command(
		after_help = "Example:\n  salus --key second.key paper confirm --patient 7 --scan-file scan.pdf --salts paper.json\n\nThe salt file and the scan are the first witness's. What it says is told in one sentence before you sign: it has to be\nwhat the patient signed before you."
	)]
	Confirm(Confirm),
	/// Take a paper back that you brought, or anybody's that lapsed
	#[command(after_help = "Example:\n  salus --key desk.key paper withdraw --patient 7")]
	Withdraw {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// Who brought it; you without it
		#[arg(long, value_parser = words::account)]
		witness: Option<AccountId>,
	},
	/// List a patient's papers that wait for a second witness: who brought them, and until when
	#[command(
		after_help = "Example:\n  salus paper list --patient 7\n\nThe chain has a hash of each; what it says stands in the salt file of who brought it."
	)]
	List {
		/// The patient
		#[arg(long)]
		patient: PatientId,
	},
}

/// `salus paper propose`
#[derive(Args)]
pub(crate) struct Propose {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The scan of what she signed; it never leaves this machine
	#[arg(long, value_name = "FILE")]
	scan_file: PathBuf,
	/// The new salt file, for the other witness: what the paper says, and what opens the commitment to its scan
	#[arg(long, value_name = "FILE")]
	salts: PathBuf,
	#[command(subcommand)]
	says: Says,
}

/// `salus paper confirm`
#[derive(Args)]
pub(crate) struct Confirm {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The scan of what she signed
	#[arg(long, value_name = "FILE")]
	scan_file: PathBuf,
	/// The salt file of the first witness
	#[arg(long, value_name = "FILE")]
	salts: PathBuf,
}

impl Paper {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::Propose(propose) => propose.run(session, &client).await,
			Self::Confirm(confirm) => confirm.run(session, &client).await,
			Self::Withdraw { patient, witness } => {
				let witness = match witness {
					Some(witness) => witness,
					None => session.named_account()?,
				};
				let sentence = format!("You take back the paper of patient {patient} that account {witness} brought.");
				session.before_signing(&sentence);
				let call = calls::withdraw_paper(patient, witness);
				let acknowledgement = client.submit(&call, &session.account()?).await?;
				Ok(session
					.report()
					.line(format!("the paper of patient {patient} is taken back"))
					.field("patient", words::number(patient))
					.field("witness", view::account(&witness))
					.field("sentence", sentence)
					.acknowledged(&acknowledgement))
			}
			Self::List { patient } => list(session, &client, patient).await,
		}
	}
}

impl Propose {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let patient = self.patient;
		let scan = scan(&self.scan_file)?;
		let wish = self.says.wish(client, patient).await?;
		let sentence = format!(
			"You witness that patient {patient} signed on paper: {}",
			wish.sentence()
		);
		let witness = session.named_account()?;
		let (paper, file) = PaperFile::new(patient, &witness, wish, &scan)?;
		session.before_signing(&sentence);
		let commitment = paper.scan;
		let call = calls::witness_paper(patient, paper);
		let acknowledgement = submit_keeping(client, &call, &session.account()?, &self.salts, &file).await?;
		let until = acknowledgement.number("Consent", "until")?;
		let (salts, scan) = (self.salts.display().to_string(), self.scan_file.display());
		Ok(session
			.report()
			.line(format!("brought, until {}", words::show_moment(until)))
			.line(format!(
				"another witness confirms it: salus paper confirm --patient {patient} --scan-file {scan} --salts {salts}"
			))
			.line(format!(
				"keep {salts} and the scan together: they open the commitment in the patient's trail"
			))
			.field("patient", words::number(patient))
			.field("witness", view::account(&witness))
			.field("scan", words::hex(commitment))
			.field("until", words::number(until))
			.field("salts", salts)
			.field("sentence", sentence)
			.acknowledged(&acknowledgement))
	}
}

impl Confirm {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let patient = self.patient;
		let text = read_private(&self.salts).map_err(KeyError::from)?;
		let (paper, witness) = PaperFile::read(&text, patient, &scan(&self.scan_file)?)?;
		let says = paper.wish.sentence();
		let sentence =
			format!("You confirm what account {witness} brought: that patient {patient} signed on paper: {says}");
		session.before_signing(&sentence);
		let made = made(&paper.wish);
		let commitment = paper.scan;
		let call = calls::confirm_paper(patient, witness, paper);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let mut report = session.report().line(format!("done: {says}"));
		if let Some(made) = made {
			let id = acknowledgement.number("Consent", made)?;
			report = report.line(format!("it is {made} {id}")).field(made, words::number(id));
		}
		Ok(report
			.field("patient", words::number(patient))
			.field("witness", view::account(&witness))
			.field("scan", words::hex(commitment))
			.field("sentence", sentence)
			.acknowledged(&acknowledgement))
	}
}

/// What a wish makes that has an id of its own.
fn made(wish: &Wish) -> Option<&'static str> {
	match wish {
		Wish::Approve { .. } | Wish::Grant { .. } => Some("grant"),
		Wish::Deny(_) => Some("denial"),
		Wish::Decline { .. }
		| Wish::Revoke { .. }
		| Wish::LiftDenial(_)
		| Wish::Seal(_)
		| Wish::Unseal(_)
		| Wish::Appeal(_) => None,
	}
}

/// The scan of a paper; an empty one is none.
pub(crate) fn scan(file: &Path) -> Result<Vec<u8>, Error> {
	let scan = std::fs::read(file).map_err(FileError::at(file))?;
	if scan.is_empty() {
		return Err(DocumentError::Malformed {
			what: "scan",
			reason: "it is empty".into(),
		}
		.into());
	}
	Ok(scan)
}

async fn list(session: &Session, client: &Client, patient: PatientId) -> Result<Report, Error> {
	client.patient(&client.finalised().await?, patient).await?;
	let papers = client.papers(patient).await?;
	let now = client.time().await?;
	let mut report = session.report().field("patient", words::number(patient));
	let mut listed = Vec::with_capacity(papers.len());
	for (witness, waiting) in &papers {
		listed.push(waiting_json(witness, waiting, now));
		report = report.line(waiting_line(patient, witness, waiting, now));
	}
	if papers.is_empty() {
		report = report.line(format!("no paper of patient {patient} waits"));
	}
	Ok(report.field("papers", listed))
}

fn waiting_json(witness: &AccountId, waiting: &WaitingPaper, now: Moment) -> Value {
	json!({
		"witness": view::account(witness),
		"paper": words::hex(waiting.paper),
		"until": words::number(waiting.until),
		"lapsed": waiting.until <= now,
	})
}

fn waiting_line(patient: PatientId, witness: &AccountId, waiting: &WaitingPaper, now: Moment) -> String {
	let until = words::show_moment(waiting.until);
	if now < waiting.until {
		format!("{witness} brought one, which waits for a second witness until {until}")
	} else {
		format!(
			"{witness} brought one, which lapsed {until}; anybody takes it back: salus paper withdraw --patient {patient} --witness {witness}"
		)
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;

	#[test]
	fn a_paper_waits_until_its_time_and_can_be_cleared_after_it() {
		let witness = AccountId::from([1; 32]);
		let waiting = WaitingPaper {
			paper: Default::default(),
			until: 9,
		};
		for (now, lapsed) in [(8, false), (9, true)] {
			let json = waiting_json(&witness, &waiting, now);
			assert_eq!(json.get("lapsed"), Some(&Value::Bool(lapsed)));
			let line = waiting_line(7, &witness, &waiting, now);
			let clears = format!("salus paper withdraw --patient 7 --witness {witness}");
			assert_eq!(line.contains(&clears), lapsed, "{line}");
		}
	}

	#[test]
	fn a_scan_that_is_missing_or_empty_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("scan.pdf");
		assert_eq!(scan(&path).unwrap_err().exit_code(), exit::LOCAL);
		std::fs::write(&path, b"").unwrap();
		let empty = scan(&path).unwrap_err();
		assert_eq!(
			(empty.name().as_str(), empty.exit_code()),
			("Malformed", exit::LOCAL),
			"{empty}"
		);
		std::fs::write(&path, [0xff, 0xd8]).unwrap();
		assert_eq!(scan(&path).unwrap(), [0xff, 0xd8]);
	}
}
