//! `salus caregiver`.

use clap::Subcommand;
use salus_primitives::{Capacity, PatientId};

use super::{key::text_or_file, report::Report, session::Session, view};
use crate::sdk::{calls, words, AcceptanceFile, AccountId, Error};

#[derive(Subcommand)]
pub(crate) enum Caregiver {
	/// Name a caregiver, as the patient: she reads what a grant to her account allows, and writes vital signs
	#[command(
		after_help = "Example:\n  salus --key me.key caregiver name acceptance.json --patient 0\n  salus --key me.key consent grant --patient 0 --to account:5Grw… --purpose care-management --category vitals\n\nShe signs that she accepts with `salus accept caregiver`, and gives you the file. Her account is for this part alone."
	)]
	Name {
		/// The file in which she accepts, or - for standard input
		acceptance: String,
		/// Your patient id
		#[arg(long)]
		patient: PatientId,
	},
	/// End a caregiver's part, as the patient or as the caregiver herself
	#[command(
		after_help = "Example:\n  salus --key me.key caregiver remove --patient 0 --caregiver 5Grw…\n\nHer account never comes back: to name her again she takes another key."
	)]
	Remove {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// Her account
		#[arg(long, value_parser = words::account)]
		caregiver: AccountId,
	},
	/// List a patient's caregivers
	#[command(after_help = "Example:\n  salus caregiver list --patient 0")]
	List {
		/// The patient
		#[arg(long)]
		patient: PatientId,
	},
}

impl Caregiver {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::Name { acceptance, patient } => {
				let text = text_or_file(&acceptance)?;
				let (acceptance, signature) =
					AcceptanceFile::read(&text, &client.genesis(), patient, Capacity::Caregiver)?;
				let caregiver = acceptance.account;
				let sentence = format!(
					"You name account {caregiver} as your caregiver; it sees nothing until you give it a grant."
				);
				session.before_signing(&sentence);
				let account = session.patient(&client, patient).await?.account;
				let call = calls::name_caregiver(caregiver, signature);
				let acknowledgement = client.submit(&call, &account).await?;
				Ok(session
					.report()
					.line(format!("account {caregiver} is a caregiver of patient {patient}"))
					.field("patient", words::number(patient))
					.field("caregiver", view::account(&caregiver))
					.field("sentence", sentence)
					.acknowledged(&acknowledgement))
			}
			Self::Remove { patient, caregiver } => {
				let account = if session.named_account()? == caregiver {
					session.account()?
				} else {
					session.patient(&client, patient).await?.account
				};
				let call = calls::remove_caregiver(patient, caregiver);
				let acknowledgement = client.submit(&call, &account).await?;
				Ok(session
					.report()
					.line(format!(
						"account {caregiver} is no caregiver of patient {patient} any more"
					))
					.field("patient", words::number(patient))
					.field("caregiver", view::account(&caregiver))
					.acknowledged(&acknowledgement))
			}
			Self::List { patient } => {
				let at = client.finalised().await?;
				client.patient(&at, patient).await?;
				let caregivers = client.caregivers(&at, patient).await?;
				let mut report = session
					.report()
					.field("caregivers", caregivers.iter().map(view::account).collect::<Vec<_>>());
				for caregiver in &caregivers {
					report = report.line(format!("caregiver {caregiver}"));
				}
				if caregivers.is_empty() {
					report = report.line("no caregivers");
				}
				Ok(report)
			}
		}
	}
}
