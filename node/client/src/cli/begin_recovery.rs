//! `salus recovery begin|complete`: the recovery of a key by the contacts whom the patient chose, without any officer.

use clap::Args;
use salus_primitives::{Capacity, Moment, PatientId};

use super::{key::text_or_file, report::Report, session::Session, view};
use crate::sdk::{calls, words, AcceptanceFile, Client, Error, RecoveryContacts, VouchFile};

/// `salus recovery begin`
#[derive(Args)]
pub(crate) struct Begin {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// Her contacts file
	#[arg(long, value_name = "FILE")]
	contacts: String,
	/// What she signed with her new key: `salus accept controller`
	#[arg(long, value_name = "FILE")]
	acceptance: String,
	/// Since when she has not had the old key: what was granted since is suspended
	#[arg(long, value_parser = words::moment)]
	lost_at: Moment,
	/// The files that the contacts signed
	#[arg(required = true, value_name = "VOUCH")]
	vouches: Vec<String>,
}

impl Begin {
	pub(crate) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let patient = self.patient;
		let genesis = client.genesis();
		let text = text_or_file(&self.acceptance)?;
		let (acceptance, signature) = AcceptanceFile::read(&text, &genesis, patient, Capacity::Controller)?;
		let (controller, hpke) = acceptance.into_controller()?;
		let contacts = RecoveryContacts::read(&text_or_file(&self.contacts)?)?;
		let mut vouches = Vec::new();
		for file in &self.vouches {
			vouches.push(VouchFile::read(&text_or_file(file)?, &genesis)?);
		}
		let signatures = contacts.gather((&controller, &hpke), patient, vouches)?;
		let vouched = signatures.len();
		let keys = (controller, hpke);
		let call = calls::recover(patient, keys, self.lost_at, contacts.open()?, signatures, signature);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		Ok(session
			.report()
			.line(format!(
				"{vouched} contacts begin the recovery of patient {patient} to account {controller}"
			))
			.line("in seven days, if nobody objects: salus recovery complete; otherwise the council decides")
			.field("patient", words::number(patient))
			.field("account", view::account(&controller))
			.field("vouched", vouched)
			.field("lostAt", words::number(self.lost_at))
			.acknowledged(&acknowledgement))
	}
}

/// Seven days are over and nobody objected.
pub(crate) async fn complete(session: &Session, client: &Client, patient: PatientId) -> Result<Report, Error> {
	let call = calls::complete_recovery(patient);
	let acknowledgement = client.submit(&call, &session.account()?).await?;
	Ok(session
		.report()
		.line(format!(
			"patient {patient} signs with her new key from now on; she confirms what was granted since the loss with salus consent confirm"
		))
		.field("patient", words::number(patient))
		.acknowledged(&acknowledgement))
}
