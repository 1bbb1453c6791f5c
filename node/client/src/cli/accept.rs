//! `salus accept`: what a person signs, off chain, before somebody makes her account act for a patient.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use salus_primitives::{Capacity, Moment, PatientId};

use super::{kept::pretty, report::Report, session::Session};
use crate::sdk::{
	publish_new, words, Acceptance, AcceptanceFile, Account, Client, Error, MergeAgreement, MergeAgreementFile,
	IDS_OF_ONE_SEED,
};

#[derive(Subcommand)]
pub(crate) enum Accept {
	/// Accept to be the guardian of a patient
	#[command(
		after_help = "Example:\n  salus --key for-my-son.key accept guardian --patient 7 --out acceptance.json\n\nGive the file to the hospital's officers. The account signs for this patient and for nobody else, so make a key for\neach patient: salus key new."
	)]
	Guardian(Part),
	/// Accept to be the executor of a patient who died
	#[command(
		after_help = "Example:\n  salus --key for-my-aunt.key accept executor --patient 7 --out acceptance.json\n\nGive the file to the hospital's officers. The account signs for this patient and for nobody else, so make a key for\neach patient: salus key new."
	)]
	Executor(Part),
	/// Accept to be a caregiver of a patient
	#[command(
		after_help = "Example:\n  salus --key for-my-friend.key accept caregiver --patient 7 --out acceptance.json\n\nGive the file to the patient, or to her hospital's officers where she has no device. The account acts for this patient and for nobody else, so make a key for each patient:\nsalus key new."
	)]
	Caregiver(Part),
	/// Accept to sign for your id as a patient: to claim it, to recover it, or to change your key
	#[command(
		after_help = "Example:\n  salus --key me.key accept controller --patient 7 --out acceptance.json\n\nGive the file to the hospital's officers, or keep it to change your key yourself. Your keys for this id are derived\nfrom your key file, and no other id has them."
	)]
	Controller(Controller),
	/// Agree that two ids of yours at one hospital are merged, by the key of one of them
	#[command(
		after_help = "Example:\n  salus --key me.key accept merge --patient 8 --from 8 --into 7 --until 2026-12-01 --out agreement.json\n\nGive the file to the hospital's officers. Where both ids have keys, make one file with each, both with the same --until."
	)]
	Merge(Merge),
}

/// A guardian, an executor or a caregiver.
#[derive(Args)]
pub(crate) struct Part {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The new acceptance file
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// `salus accept controller`
#[derive(Args)]
pub(crate) struct Controller {
	/// Your patient id
	#[arg(long)]
	patient: PatientId,
	/// Which of your keys at this hospital, from 0 to 15; the first that was never used without it
	#[arg(long, value_parser = clap::value_parser!(u32).range(..i64::from(IDS_OF_ONE_SEED)))]
	n: Option<u32>,
	/// The new acceptance file
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// `salus accept merge`
#[derive(Args)]
pub(crate) struct Merge {
	/// The id by whose key you sign: one of the two
	#[arg(long)]
	patient: PatientId,
	/// The id that is closed
	#[arg(long)]
	from: PatientId,
	/// The id that stays
	#[arg(long)]
	into: PatientId,
	/// It holds until before this time
	#[arg(long, value_parser = words::moment)]
	until: Moment,
	/// The new agreement file
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

impl Accept {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		match self {
			Self::Guardian(part) => part.run(session, &client, Capacity::Guardian).await,
			Self::Executor(part) => part.run(session, &client, Capacity::Executor).await,
			Self::Caregiver(part) => part.run(session, &client, Capacity::Caregiver).await,
			Self::Controller(controller) => controller.run(session, &client).await,
			Self::Merge(merge) => merge.run(session, &client).await,
		}
	}
}

impl Part {
	async fn run(self, session: &Session, client: &Client, capacity: Capacity) -> Result<Report, Error> {
		client.patient(&client.finalised().await?, self.patient).await?;
		let acceptance = Acceptance::of(client.genesis(), self.patient, capacity, session.named_account()?);
		session.before_signing(&acceptance.sentence());
		written(session, &acceptance, &session.account()?, &self.out)
	}
}

impl Controller {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let institution = client.patient(&at, self.patient).await?.institution;
		let identity = session.identity()?;
		let keys = match self.n {
			Some(n) => identity.patient(&client.genesis(), institution, n)?,
			None => client.unused_patient_keys(&at, &identity, institution).await?,
		};
		let acceptance = Acceptance::of_controller(client.genesis(), self.patient, &keys);
		session.before_signing(&acceptance.sentence());
		let report = written(session, &acceptance, &keys.account, &self.out)?;
		Ok(report.field("n", keys.n))
	}
}

impl Merge {
	async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let Self {
			patient,
			from,
			into,
			until,
			out,
		} = self;
		if from == into || ![from, into].contains(&patient) {
			return Err(Error::Usage(
				"name two ids of yours with --from and --into, and one of them once more with --patient".into(),
			));
		}
		if until <= client.time().await? {
			return Err(Error::Usage(
				"--until is over already; name a time that leaves the officers some days".into(),
			));
		}
		let agreement = MergeAgreement {
			genesis: client.genesis(),
			from,
			into,
			not_after: until,
		};
		let sentence = agreement.sentence(patient);
		session.before_signing(&sentence);
		let account = session.patient(client, patient).await?.account;
		let file = MergeAgreementFile::sign(&agreement, patient, &account);
		publish_new(&out, &pretty(&out, &file)?)?;
		let out = out.display().to_string();
		Ok(session
			.report()
			.line(format!(
				"agreement of patient {patient} written to {out}; give it to the hospital's officers"
			))
			.field("patient", words::number(patient))
			.field("from", words::number(from))
			.field("into", words::number(into))
			.field("notAfter", words::number(until))
			.field("account", file.account)
			.field("agreement", out)
			.field("sentence", sentence))
	}
}

fn written(session: &Session, acceptance: &Acceptance, account: &Account, out: &Path) -> Result<Report, Error> {
	let file = AcceptanceFile::sign(acceptance, account);
	publish_new(out, &pretty(out, &file)?)?;
	let keeper = match acceptance.capacity {
		Capacity::Caregiver => "the patient, or to her hospital's officers",
		_ => "the hospital's officers",
	};
	Ok(session
		.report()
		.line(format!(
			"acceptance of {} written to {}; give it to {keeper}",
			acceptance.account,
			out.display()
		))
		.field("patient", words::number(acceptance.patient))
		.field("capacity", acceptance.capacity.name())
		.field("account", acceptance.account.to_string())
		.field("acceptance", out.display().to_string())
		.field("sentence", acceptance.sentence()))
}
