//! `salus assign`.

use clap::Subcommand;
use salus_primitives::{InstitutionId, PatientId};

use super::{report::Report, session::Session};
use crate::sdk::{calls, words, AccountId, Error};

#[derive(Subcommand)]
pub(crate) enum Assign {
	/// Propose to assign a patient to a practitioner, as an administrator of her institution
	#[command(after_help = "Example:\n  salus --key admin.key assign propose --patient 0 --practitioner 5Grw…")]
	Propose {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The practitioner
		#[arg(long, value_parser = words::account)]
		practitioner: AccountId,
	},
	/// Accept an assignment that was proposed to you
	#[command(after_help = "Example:\n  salus --key ada.key assign accept --patient 0 --institution 0")]
	Accept {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The institution
		#[arg(long)]
		institution: InstitutionId,
	},
	/// End an assignment, as an administrator, the practitioner or the patient
	#[command(
		after_help = "Examples:\n  salus --key ada.key assign end --patient 0 --practitioner 5Grw… --institution 0\n  salus --key me.key assign end --patient 0 --practitioner 5Grw… --institution 0 --as-patient"
	)]
	End {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The practitioner
		#[arg(long, value_parser = words::account)]
		practitioner: AccountId,
		/// The institution
		#[arg(long)]
		institution: InstitutionId,
		/// Sign with the patient's key
		#[arg(long)]
		as_patient: bool,
	},
}

impl Assign {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		let (line, patient, acknowledgement) = match self {
			Self::Propose { patient, practitioner } => {
				let call = calls::propose_assignment(patient, practitioner);
				let acknowledgement = client.submit(&call, &session.account()?).await?;
				(
					format!("proposed to assign patient {patient} to {practitioner}; she has to accept"),
					patient,
					acknowledgement,
				)
			}
			Self::Accept { patient, institution } => {
				let call = calls::accept_assignment(patient, institution);
				let acknowledgement = client.submit(&call, &session.account()?).await?;
				(
					format!("patient {patient} is assigned to you at institution {institution}"),
					patient,
					acknowledgement,
				)
			}
			Self::End {
				patient,
				practitioner,
				institution,
				as_patient,
			} => {
				let signer = if as_patient {
					session.patient(&client, patient).await?.account
				} else {
					session.account()?
				};
				let call = calls::end_assignment(patient, practitioner, institution);
				let acknowledgement = client.submit(&call, &signer).await?;
				(
					format!("the assignment of patient {patient} to {practitioner} is over"),
					patient,
					acknowledgement,
				)
			}
		};
		Ok(session
			.report()
			.line(line)
			.field("patient", words::number(patient))
			.acknowledged(&acknowledgement))
	}
}
