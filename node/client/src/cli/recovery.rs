//! `salus recovery`: a patient who lost her key. Two officers begin it (`salus act`) and the council ends it, or her contacts
//! do both (`vouch`); here is what she does before and after, and whoever holds the old key.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use salus_primitives::{
	Moment, PatientId, CONTESTED_RECOVERY_NOTICE, DAY, MAX_CONTACTS, RECOVERY_LIFETIME, RECOVERY_NOTICE,
};
use serde_json::{json, Value};
use subxt::tx::Payload;

use super::{
	kept::submit_keeping,
	report::Report,
	session::Session,
	view,
	vouch::{Begin, SendVouches, VouchSign},
};
use crate::sdk::{calls, words, AccountId, Client, DocumentError, Error, Recovery, RecoveryContacts};

#[derive(Subcommand)]
pub(crate) enum RecoveryCommand {
	/// Your recovery contacts: who vouches for you when you have lost your key
	#[command(subcommand)]
	Contacts(Contacts),
	/// Vouch for a patient's new keys, as one of her contacts: writes a file for whoever gathers them
	#[command(
		after_help = "Example:\n  salus --key mine.key recovery vouch-sign --patient 0 --account 5Grw… --until 2026-12-10 --out vouch.json\n  salus --key mine.key recovery vouch-sign --patient 0 --account 5Grw… --acceptance new.json \\\n    --lost-at 2026-11-18 --until 2026-12-10 --out vouch.json\n\nAsk her, by voice or in person, for her new account: it is what you vouch for. Never take it from the chain alone.\nWithout --acceptance it is for the recovery that two officers began. All of her contacts name the same times: what you\nsign is good once, and until then."
	)]
	VouchSign(VouchSign),
	/// Send what enough of a patient's contacts signed; anybody registered may
	#[command(
		after_help = "Example:\n  salus --key ada.key recovery vouch --patient 0 --contacts contacts.json vouch-1.json vouch-2.json\n\nIt shows on chain who the contacts are. An objection by the old key delays nothing then."
	)]
	Vouch(SendVouches),
	/// Begin a recovery by what enough of a patient's contacts signed, without any officer; anybody registered may
	#[command(
		after_help = "Example:\n  salus --key ada.key recovery begin --patient 0 --contacts contacts.json --acceptance new.json \\\n    vouch-1.json vouch-2.json\n\nShe writes new.json on her new device with `salus accept controller`, and her contacts sign for it with\n`salus recovery vouch-sign --acceptance new.json`, which says since when the old key is lost. What was granted since\nis suspended at once."
	)]
	Begin(Begin),
	/// Complete a recovery that contacts vouch for and nobody objected to in seven days; anybody registered may
	#[command(after_help = "Example:\n  salus --key ada.key recovery complete --patient 0")]
	Complete {
		/// The patient
		#[arg(long)]
		patient: PatientId,
	},
	/// Have a recovery forgotten that nobody decided in sixty days; anybody registered may
	#[command(
		after_help = "Example:\n  salus --key me.key recovery prune --patient 0\n\nWhat was granted since the loss counts again, as if the council had refused it."
	)]
	Prune {
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
			Self::Complete { patient } => {
				let done = format!(
					"patient {patient} signs with her new key from now on; she confirms what was granted since the loss with salus consent confirm"
				);
				sent(session, &client, patient, &calls::complete_recovery(patient), done).await
			}
			Self::Prune { patient } => {
				let done = format!(
					"the recovery of patient {patient}'s key is forgotten; what was granted since the loss counts again"
				);
				sent(session, &client, patient, &calls::prune_recovery(patient), done).await
			}
			Self::Object { patient } => {
				let sentence = "You object to the recovery of your key, which you hold: the council hears both sides.";
				session.before_signing(sentence);
				let account = session.patient(&client, patient).await?.account;
				let acknowledgement = client.submit(&calls::object_to_recovery(), &account).await?;
				Ok(session
					.report()
					.line(format!(
						"your objection is noted: the council decides after {} days, unless your contacts vouch",
						CONTESTED_RECOVERY_NOTICE / DAY
					))
					.field("patient", words::number(patient))
					.field("sentence", sentence)
					.acknowledged(&acknowledgement))
			}
			Self::Show { patient } => show(session, &client, patient).await,
		}
	}
}

/// Sends what anybody registered may.
async fn sent(
	session: &Session,
	client: &Client,
	patient: PatientId,
	call: &impl Payload,
	done: String,
) -> Result<Report, Error> {
	let acknowledgement = client.submit(call, &session.account()?).await?;
	Ok(session
		.report()
		.line(done)
		.field("patient", words::number(patient))
		.acknowledged(&acknowledgement))
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

async fn show(session: &Session, client: &Client, patient: PatientId) -> Result<Report, Error> {
	client.proven_patient(patient).await?;
	let contacts = client.proven_contacts(patient).await?;
	let recovery = client.proven_recovery(patient).await?;
	let lost_at = client.proven_key_loss(patient).await?.waiting;
	let report = session
		.report()
		.field("patient", words::number(patient))
		.field(
			"recovery",
			recovery
				.as_ref()
				.map_or(Value::Null, |recovery| recovery_json(recovery, lost_at)),
		)
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
		Some(recovery) => recovery_lines(recovery, lost_at).into_iter().fold(report, Report::line),
		None => report.line("no recovery is open"),
	})
}

/// From when on the council may complete it.
fn due(recovery: &Recovery) -> u64 {
	let notice = if recovery.objected && !recovery.vouched {
		CONTESTED_RECOVERY_NOTICE
	} else {
		RECOVERY_NOTICE
	};
	recovery.since.saturating_add(notice)
}

/// From when on it may be forgotten.
fn lapses(recovery: &Recovery) -> u64 {
	recovery.since.saturating_add(RECOVERY_LIFETIME)
}

fn recovery_json(recovery: &Recovery, lost_at: Option<Moment>) -> Value {
	json!({
		"account": view::account(&recovery.controller),
		"hpke": view::hpke(&recovery.hpke),
		"evidence": words::hex(recovery.evidence),
		"since": words::number(recovery.since),
		"lostAt": lost_at.map(words::number),
		"objected": recovery.objected,
		"vouched": recovery.vouched,
		"due": words::number(due(recovery)),
		"lapses": words::number(lapses(recovery)),
	})
}

fn recovery_lines(recovery: &Recovery, lost_at: Option<Moment>) -> Vec<String> {
	let mut lines = vec![format!(
		"a recovery to account {} was begun {}",
		recovery.controller,
		words::show_moment(recovery.since)
	)];
	if let Some(lost_at) = lost_at {
		lines.push(format!(
			"the old key is said to be lost since {}",
			words::show_moment(lost_at)
		));
	}
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
	lines.push(format!(
		"if nobody decides it, anybody may have it forgotten from {} on",
		words::show_moment(lapses(recovery))
	));
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
			let lines = recovery_lines(&recovery, Some(DAY / 2)).join("\n");
			assert_eq!(lines.contains("objected"), objected);
			assert_eq!(lines.contains("vouched"), vouched);
			for told in [DAY / 2, days * DAY, 61 * DAY] {
				assert!(lines.contains(&words::show_moment(told)), "{lines}");
			}
			let shown = recovery_json(&recovery, Some(DAY / 2));
			for (field, at) in [("lostAt", DAY / 2), ("due", days * DAY), ("lapses", 61 * DAY)] {
				assert_eq!(shown.get(field), Some(&words::number(at)));
			}
		}
	}
}
