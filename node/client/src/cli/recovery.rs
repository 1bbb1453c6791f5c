//! `salus recovery`: a patient who lost her key. Two officers begin it (`salus act`) and the council ends it, or her contacts
//! do both; here is what she, her contacts and whoever holds the old key do.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use salus_primitives::{Capacity, PatientId, DAY};
use serde_json::{json, Value};

use super::{
	begin_recovery::{complete, Begin},
	kept::{pretty, submit_keeping},
	key::text_or_file,
	report::Report,
	session::Session,
	view,
};
use crate::sdk::{
	calls, not_found, publish_new, words, AcceptanceFile, AccountId, Client, DocumentError, Error, Recovery,
	RecoveryContacts, Vouch, VouchFile, MAX_CONTACTS,
};

#[derive(Subcommand)]
pub(crate) enum RecoveryCommand {
	/// Your recovery contacts: who vouches for you when you have lost your key
	#[command(subcommand)]
	Contacts(Contacts),
	/// Vouch for a patient's new keys, as one of her contacts: writes a file for whoever gathers them
	#[command(
		after_help = "Example:\n  salus --key mine.key recovery vouch-sign --patient 0 --account 5Grw… --out vouch.json\n\nAsk her, by voice or in person, for her new account: it is what you vouch for. Never take it from the chain alone."
	)]
	VouchSign(VouchSign),
	/// Send what enough of a patient's contacts signed; anybody registered may
	#[command(
		after_help = "Example:\n  salus --key ada.key recovery vouch --patient 0 --contacts contacts.json vouch-1.json vouch-2.json\n\nIt shows on chain who the contacts are. An objection by the old key delays nothing then."
	)]
	Vouch(SendVouches),
	/// Begin a recovery by what enough of a patient's contacts signed, without any officer; anybody registered may
	#[command(
		after_help = "Example:\n  salus --key ada.key recovery begin --patient 0 --contacts contacts.json --acceptance new.json \\\n    --lost-at 2026-11-18 vouch-1.json vouch-2.json\n\nShe writes new.json on her new device with `salus accept controller`, and her contacts sign for it with\n`salus recovery vouch-sign --acceptance new.json`. What was granted since the loss is suspended at once."
	)]
	Begin(Begin),
	/// Complete a recovery that contacts vouch for and nobody objected to in seven days; anybody registered may
	#[command(after_help = "Example:\n  salus --key ada.key recovery complete --patient 0")]
	Complete {
		/// The patient
		#[arg(long)]
		patient: PatientId,
	},
	/// Object to a recovery, as whoever holds the patient's key: it is not lost
	#[command(after_help = "Example:\n  salus --key me.key recovery object --patient 0")]
	Object {
		/// Your patient id
		#[arg(long)]
		patient: PatientId,
	},
	/// Show a patient's recovery and whether she has contacts, as the chain's state proves it
	#[command(after_help = "Example:\n  salus recovery show --patient 0")]
	Show {
		/// The patient
		#[arg(long)]
		patient: PatientId,
	},
}

#[derive(Subcommand)]
pub(crate) enum Contacts {
	/// Commit to contacts: the chain learns how many vouch together, and not who they are
	#[command(
		after_help = "Example:\n  salus --key me.key recovery contacts set --patient 0 --threshold 2 --contact 5Grw…,5FHn…,5DAA… --out contacts.json\n\nThe file is needed when they vouch. Give it to each of them, since it helps nobody if it is lost with your key. Their\naccounts need no standing; one that is a contact of you alone links you to nobody."
	)]
	Set(SetContacts),
	/// Have no contacts any more
	#[command(after_help = "Example:\n  salus --key me.key recovery contacts clear --patient 0")]
	Clear {
		/// Your patient id
		#[arg(long)]
		patient: PatientId,
	},
}

/// `salus recovery contacts set`
#[derive(Args)]
pub(crate) struct SetContacts {
	/// Your patient id
	#[arg(long)]
	patient: PatientId,
	/// How many of them vouch together
	#[arg(long)]
	threshold: u8,
	/// Their accounts, up to eight
	#[arg(long = "contact", required = true, value_delimiter = ',', value_parser = words::account)]
	contacts: Vec<AccountId>,
	/// The new contacts file
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// `salus recovery vouch-sign`
#[derive(Args)]
pub(crate) struct VouchSign {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// Her new account, as she told you
	#[arg(long, value_parser = words::account)]
	account: AccountId,
	/// What she signed with her new key, where no officers began the recovery
	#[arg(long, value_name = "FILE")]
	acceptance: Option<String>,
	/// The new file
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// `salus recovery vouch`
#[derive(Args)]
pub(crate) struct SendVouches {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// Her contacts file
	#[arg(long, value_name = "FILE")]
	contacts: String,
	/// The files that the contacts signed
	#[arg(required = true, value_name = "VOUCH")]
	vouches: Vec<String>,
}

impl RecoveryCommand {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::Contacts(Contacts::Set(set)) => set.run(session, &client).await,
			Self::Contacts(Contacts::Clear { patient }) => {
				let sentence = "You give up your recovery contacts: nobody vouches for you when you lose your key.";
				session.before_signing(sentence);
				let account = session.patient(&client, patient).await?.account;
				let call = calls::set_recovery_contacts(None);
				let acknowledgement = client.submit(&call, &account).await?;
				Ok(session
					.report()
					.line(format!("patient {patient} has no recovery contacts"))
					.field("patient", words::number(patient))
					.field("sentence", sentence)
					.acknowledged(&acknowledgement))
			}
			Self::VouchSign(sign) => sign.run(session, &client).await,
			Self::Vouch(send) => send.run(session, &client).await,
			Self::Begin(begin) => begin.run(session, &client).await,
			Self::Complete { patient } => complete(session, &client, patient).await,
			Self::Object { patient } => {
				let sentence = "You object to the recovery of your key, which you hold: the council hears both sides.";
				session.before_signing(sentence);
				let account = session.patient(&client, patient).await?.account;
				let acknowledgement = client.submit(&calls::object_to_recovery(), &account).await?;
				Ok(session
					.report()
					.line("your objection is noted: the council decides after 14 days, unless your contacts vouch")
					.field("patient", words::number(patient))
					.field("sentence", sentence)
					.acknowledged(&acknowledgement))
			}
			Self::Show { patient } => show(session, &client, patient).await,
		}
	}
}

impl SetContacts {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let contacts = RecoveryContacts::new(self.threshold, &self.contacts)?;
		let commitment = contacts.commitment().map_err(|error| match error {
			DocumentError::Malformed { reason, .. } => Error::Usage(format!(
				"{reason}; name one to {MAX_CONTACTS} contacts, each once, and at most as many to vouch together"
			)),
			error => error.into(),
		})?;
		let sentence = format!(
			"You let any {} of {} contacts vouch for new keys of yours when you have lost this one.",
			self.threshold,
			self.contacts.len()
		);
		session.before_signing(&sentence);
		let account = session.patient(client, self.patient).await?.account;
		let call = calls::set_recovery_contacts(Some(commitment));
		let acknowledgement = submit_keeping(client, &call, &account, &self.out, &contacts).await?;
		let out = self.out.display().to_string();
		Ok(session
			.report()
			.line(format!(
				"{} of {} contacts vouch for patient {}; they are in {out}: give it to each of them",
				self.threshold,
				self.contacts.len(),
				self.patient
			))
			.field("patient", words::number(self.patient))
			.field("threshold", self.threshold)
			.field("commitment", words::hex(commitment.commitment))
			.field("contacts", out)
			.field("sentence", sentence)
			.acknowledged(&acknowledgement))
	}
}

impl VouchSign {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let (controller, hpke) = match &self.acceptance {
			Some(file) => {
				let text = text_or_file(file)?;
				let capacity = Capacity::Controller;
				let (acceptance, _) = AcceptanceFile::read(&text, &client.genesis(), self.patient, capacity)?;
				acceptance.into_controller()?
			}
			None => {
				let recovery = pending(client, self.patient).await?;
				(recovery.controller, recovery.hpke)
			}
		};
		if controller != self.account {
			return Err(DocumentError::OtherAccount {
				patient: self.patient,
				found: controller,
			}
			.into());
		}
		let vouch = Vouch {
			genesis: client.genesis(),
			patient: self.patient,
			controller,
			hpke,
		};
		let sentence = format!(
			"You vouch that account {} is of the person whom you know as patient {}.",
			self.account, self.patient
		);
		session.before_signing(&sentence);
		let account = session.account()?;
		let file = VouchFile::sign(&vouch, &account);
		publish_new(&self.out, &pretty(&self.out, &file)?)?;
		let out = self.out.display().to_string();
		Ok(session
			.report()
			.line(format!("signed by {}, written to {out}", account.id()))
			.line("give it to whoever gathers them; it says who you are to nobody else until it is sent")
			.field("patient", words::number(self.patient))
			.field("account", view::account(&self.account))
			.field("contact", view::account(&account.id()))
			.field("file", out)
			.field("sentence", sentence))
	}
}

impl SendVouches {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let recovery = pending(client, self.patient).await?;
		let contacts = RecoveryContacts::read(&text_or_file(&self.contacts)?)?;
		let mut vouches = Vec::new();
		for file in &self.vouches {
			vouches.push(VouchFile::read(&text_or_file(file)?, &client.genesis())?);
		}
		let signatures = contacts.gather((&recovery.controller, &recovery.hpke), self.patient, vouches)?;
		let vouched = signatures.len();
		let call = calls::vouch(self.patient, contacts.open()?, signatures);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		Ok(session
			.report()
			.line(format!(
				"{vouched} contacts vouch for the new keys of patient {}; it can be completed {}",
				self.patient,
				words::show_moment(recovery.since.saturating_add(NOTICE))
			))
			.field("patient", words::number(self.patient))
			.field("account", view::account(&recovery.controller))
			.field("vouched", vouched)
			.acknowledged(&acknowledgement))
	}
}

/// How long after its beginning the council may complete a recovery (`RECOVERY_NOTICE` of pallet-roles), and how long
/// where the old key objected and nobody vouched (`CONTESTED_RECOVERY_NOTICE`).
const NOTICE: u64 = 7 * DAY;
const CONTESTED_NOTICE: u64 = 14 * DAY;

/// The recovery that waits.
async fn pending(client: &Client, patient: PatientId) -> Result<Recovery, Error> {
	client
		.proven_recovery(patient)
		.await?
		.ok_or_else(|| not_found("open recovery of patient", patient))
}

async fn show(session: &Session, client: &Client, patient: PatientId) -> Result<Report, Error> {
	client.proven_patient(patient).await?;
	let contacts = client.proven_contacts(patient).await?;
	let recovery = client.proven_recovery(patient).await?;
	let report = session
		.report()
		.field("patient", words::number(patient))
		.field("recovery", recovery.as_ref().map_or(Value::Null, recovery_json))
		.field(
			"contacts",
			contacts.map_or(
				Value::Null,
				|contacts| json!({ "threshold": contacts.threshold, "commitment": words::hex(contacts.commitment) }),
			),
		)
		.line(match contacts {
			Some(contacts) => format!("{} of her recovery contacts vouch together", contacts.threshold),
			None => "she has no recovery contacts".into(),
		});
	Ok(match &recovery {
		Some(recovery) => recovery_lines(recovery).into_iter().fold(report, Report::line),
		None => report.line("no recovery is open"),
	})
}

/// From when on the council may complete it.
fn due(recovery: &Recovery) -> u64 {
	let notice = if recovery.objected && !recovery.vouched {
		CONTESTED_NOTICE
	} else {
		NOTICE
	};
	recovery.since.saturating_add(notice)
}

fn recovery_json(recovery: &Recovery) -> Value {
	json!({
		"account": view::account(&recovery.controller),
		"hpke": view::hpke(&recovery.hpke),
		"evidence": words::hex(recovery.evidence),
		"since": words::number(recovery.since),
		"objected": recovery.objected,
		"vouched": recovery.vouched,
		"due": words::number(due(recovery)),
	})
}

fn recovery_lines(recovery: &Recovery) -> Vec<String> {
	let mut lines = vec![format!(
		"a recovery to account {} was begun {}",
		recovery.controller,
		words::show_moment(recovery.since)
	)];
	if recovery.objected {
		lines.push("whoever holds the old key objected".into());
	}
	if recovery.vouched {
		lines.push("her contacts vouched for the new keys".into());
	}
	let due = words::show_moment(due(recovery));
	lines.push(if recovery.vouched && !recovery.objected {
		format!("anybody may complete it from {due} on, unless somebody objects; the council may refuse it at any time")
	} else {
		format!("the council may complete it from {due} on, and refuse it at any time")
	});
	lines
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::HpkeKey;

	#[test]
	fn an_objection_delays_a_recovery_unless_contacts_vouched() {
		let recovery = |objected, vouched| Recovery {
			controller: AccountId::from([1; 32]),
			hpke: HpkeKey::X25519([2; 32]),
			evidence: Default::default(),
			since: DAY,
			objected,
			vouched,
		};
		for (objected, vouched, days) in [(false, false, 8), (true, false, 15), (false, true, 8), (true, true, 8)] {
			let recovery = recovery(objected, vouched);
			assert_eq!(due(&recovery), days * DAY);
			let lines = recovery_lines(&recovery).join("\n");
			assert_eq!(lines.contains("objected"), objected);
			assert_eq!(lines.contains("vouched"), vouched);
			assert!(lines.contains(&words::show_moment(days * DAY)), "{lines}");
			assert_eq!(recovery_json(&recovery).get("due"), Some(&words::number(days * DAY)));
		}
	}
}
