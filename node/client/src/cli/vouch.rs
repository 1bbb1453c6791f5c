//! `salus recovery vouch-sign|vouch|begin`: what the contacts sign whom a patient chose, and how it reaches the chain.

use std::path::PathBuf;

use clap::Args;
use salus_primitives::{Capacity, HpkeKey, Moment, PatientId, DAY, RECOVERY_NOTICE, VOUCHING_LIFETIME};

use super::{kept::pretty, key::text_or_file, report::Report, session::Session, view};
use crate::sdk::{
	calls, not_found, publish_new, words, AcceptanceFile, AccountId, Client, DocumentError, Error, Recovery,
	RecoveryContacts, Signature, Vouch, VouchFile,
};

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
	#[arg(long, value_name = "FILE", requires = "lost_at")]
	acceptance: Option<String>,
	/// Since when she has not had the old key, where no officers said it: what was granted since is suspended
	#[arg(long, value_parser = words::moment, requires = "acceptance")]
	lost_at: Option<Moment>,
	/// What you sign can be sent until before this time, at most 30 days ahead
	#[arg(long, value_parser = words::moment)]
	until: Moment,
	/// The new file
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// `salus recovery vouch`
#[derive(Args)]
pub(crate) struct SendVouches {
	#[command(flatten)]
	shown: Shown,
}

/// `salus recovery begin`
#[derive(Args)]
pub(crate) struct Begin {
	#[command(flatten)]
	shown: Shown,
	/// What she signed with her new key: `salus accept controller`
	#[arg(long, value_name = "FILE")]
	acceptance: String,
}

/// Who vouches for a patient, and what they signed.
#[derive(Args)]
pub(crate) struct Shown {
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

impl VouchSign {
	pub(crate) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let now = client.time().await?;
		if self.until <= now || self.until > now.saturating_add(VOUCHING_LIFETIME) {
			return Err(Error::Usage(format!(
				"what you sign ends later than now and {} days ahead at most; name another --until",
				VOUCHING_LIFETIME / DAY
			)));
		}
		let ((controller, hpke), lost_at) = match (&self.acceptance, self.lost_at) {
			(Some(file), Some(lost_at)) => (accepted(file, client, self.patient)?.0, lost_at),
			_ => {
				let (recovery, lost_at) = pending(client, self.patient).await?;
				((recovery.controller, recovery.hpke), lost_at)
			}
		};
		if lost_at > now {
			return Err(Error::Usage("a key is lost in the past; name another --lost-at".into()));
		}
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
			round: client.proven_recovery_round(self.patient).await?,
			controller,
			hpke,
			lost_at,
			not_after: self.until,
		};
		let sentence = format!(
			"You vouch that account {} is of the person whom you know as patient {}, and that she has not had her old key \
			 since {}. It is good once, until {}.",
			self.account,
			self.patient,
			words::show_moment(lost_at),
			words::show_moment(self.until)
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
			.field("lostAt", words::number(lost_at))
			.field("until", words::number(self.until))
			.field("file", out)
			.field("sentence", sentence))
	}
}

impl SendVouches {
	pub(crate) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let patient = self.shown.patient;
		let (recovery, lost_at) = pending(client, patient).await?;
		let since = recovery.since;
		let keys = (recovery.controller, recovery.hpke);
		let contacts = self.shown.contacts()?;
		let (vouch, signatures) = self.shown.gather(client, &contacts, keys, Some(lost_at)).await?;
		let vouched = signatures.len();
		let call = calls::vouch(&vouch, contacts.open()?, signatures);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		Ok(session
			.report()
			.line(format!(
				"{vouched} contacts vouch for the new keys of patient {patient}; it can be completed {}",
				words::show_moment(since.saturating_add(RECOVERY_NOTICE))
			))
			.field("patient", words::number(patient))
			.field("account", view::account(&vouch.controller))
			.field("vouched", vouched)
			.acknowledged(&acknowledgement))
	}
}

impl Begin {
	pub(crate) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let patient = self.shown.patient;
		let (keys, acceptance) = accepted(&self.acceptance, client, patient)?;
		let contacts = self.shown.contacts()?;
		let (vouch, signatures) = self.shown.gather(client, &contacts, keys, None).await?;
		let vouched = signatures.len();
		let (controller, lost_at) = (vouch.controller, vouch.lost_at);
		let call = calls::recover(vouch, contacts.open()?, signatures, acceptance);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		Ok(session
			.report()
			.line(format!(
				"{vouched} contacts begin the recovery of patient {patient} to account {controller}; her old key is lost since {}",
				words::show_moment(lost_at)
			))
			.line("in seven days, if nobody objects: salus recovery complete; otherwise the council decides")
			.field("patient", words::number(patient))
			.field("account", view::account(&controller))
			.field("vouched", vouched)
			.field("lostAt", words::number(lost_at))
			.acknowledged(&acknowledgement))
	}
}

impl Shown {
	fn contacts(&self) -> Result<RecoveryContacts, Error> {
		Ok(RecoveryContacts::read(&text_or_file(&self.contacts)?)?)
	}

	/// What enough of the contacts agree on for these keys, and their signatures. The recovery says since when the old key
	/// is lost, or else they do.
	async fn gather(
		&self,
		client: &Client,
		contacts: &RecoveryContacts,
		(controller, hpke): (AccountId, HpkeKey),
		lost_at: Option<Moment>,
	) -> Result<(Vouch, Vec<(u8, Signature)>), Error> {
		let mut vouches = Vec::new();
		for file in &self.vouches {
			vouches.push(VouchFile::read(&text_or_file(file)?, &client.genesis())?);
		}
		let (first, ..) = vouches.first().ok_or(DocumentError::TooFewVouches {
			found: 0,
			wanted: contacts.threshold,
		})?;
		let meant = Vouch {
			genesis: client.genesis(),
			patient: self.patient,
			round: client.proven_recovery_round(self.patient).await?,
			controller,
			hpke,
			lost_at: lost_at.unwrap_or(first.lost_at),
			not_after: first.not_after,
		};
		let signatures = contacts.gather(&meant, vouches)?;
		Ok((meant, signatures))
	}
}

/// The keys that a patient accepts, and what she signed.
fn accepted(file: &str, client: &Client, patient: PatientId) -> Result<((AccountId, HpkeKey), Signature), Error> {
	let text = text_or_file(file)?;
	let (acceptance, signature) = AcceptanceFile::read(&text, &client.genesis(), patient, Capacity::Controller)?;
	Ok((acceptance.into_controller()?, signature))
}

/// The recovery that waits, and since when the old key is lost.
async fn pending(client: &Client, patient: PatientId) -> Result<(Recovery, Moment), Error> {
	let recovery = client.proven_recovery(patient).await?;
	let lost_at = client.proven_key_loss(patient).await?.waiting;
	recovery
		.zip(lost_at)
		.ok_or_else(|| not_found("open recovery of patient", patient))
}
