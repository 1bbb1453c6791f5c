//! `salus patient rotate-keys`.

use std::path::PathBuf;

use clap::Args;
use salus_primitives::{Capacity, PatientId};

use super::{
	key::text_or_file,
	passphrase,
	report::Report,
	session::{Global, Session},
	view,
};
use crate::sdk::{
	calls, open_key, words, Acceptance, AcceptanceFile, Client, Error, Identity, PatientKeys, IDS_OF_ONE_SEED,
};

/// `salus patient rotate-keys`
#[derive(Args)]
pub(crate) struct RotateKeys {
	/// Your patient id
	#[arg(long)]
	patient: PatientId,
	/// Take the keys that accept in this file, or - for standard input: those of another device, which never leave it
	#[arg(long, value_name = "FILE", conflicts_with_all = ["new_key", "n"])]
	acceptance: Option<String>,
	/// Take the new keys from this key file and not from the same words
	#[arg(long, value_name = "FILE")]
	new_key: Option<PathBuf>,
	/// A file of mode 0600 with the new key file's passphrase; asked for on the terminal otherwise
	#[arg(long, value_name = "FILE", requires = "new_key")]
	new_passphrase_file: Option<PathBuf>,
	/// Which of the ids of the key the new keys are, from 0 to 15; without it the next one, or 0 of a new key file
	#[arg(long, value_parser = clap::value_parser!(u32).range(..i64::from(IDS_OF_ONE_SEED)))]
	n: Option<u32>,
}

impl RotateKeys {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		let patient = self.patient;
		let entry = client.patient(&client.finalised().await?, patient).await?;
		let identity = session.identity()?;
		let old = client
			.patient_keys(&client.finalised().await?, &identity, patient)
			.await?;
		let (acceptance, signature, n) = match &self.acceptance {
			Some(file) => {
				let text = text_or_file(file)?;
				let (acceptance, signature) =
					AcceptanceFile::read(&text, &client.genesis(), patient, Capacity::Controller)?;
				(acceptance, signature, None)
			}
			None => {
				let new = self.keys(session, &client, &identity, &old, entry.institution)?;
				let acceptance = Acceptance::of_controller(client.genesis(), patient, &new);
				let signature = new.account.sign(&acceptance.message());
				(acceptance, signature, Some(new.n))
			}
		};
		let (controller, hpke) = acceptance.into_controller()?;
		let sentence = format!(
			"You give patient id {patient} the account {controller} and a new HPKE key: your account until now never signs for it again."
		);
		session.before_signing(&sentence);
		if self.new_key.is_none() && self.acceptance.is_none() {
			session.before_signing(
				"The new keys come from the same words; if somebody else may know these, use --new-key instead.",
			);
		}
		let call = calls::rotate_keys(controller, signature, hpke);
		let acknowledgement = client.submit(&call, &old.account).await?;
		Ok(session
			.report()
			.line(format!("patient {patient} signs with {controller} from now on"))
			.field("patient", words::number(patient))
			.field("controller", view::account(&controller))
			.field("before", old.account.id().to_string())
			.field("n", n)
			.field("sentence", sentence)
			.acknowledged(&acknowledgement))
	}

	/// The keys she will have.
	fn keys(
		&self,
		session: &Session,
		client: &Client,
		identity: &Identity,
		old: &PatientKeys,
		institution: u32,
	) -> Result<PatientKeys, Error> {
		let genesis = client.genesis();
		let Some(file) = &self.new_key else {
			let n = self.n.unwrap_or(old.n.saturating_add(1));
			if n >= IDS_OF_ONE_SEED || n == old.n {
				return Err(Error::Usage(format!(
					"the ids of this key go from 0 to {}, and {} is in use; name another with --n, or a new key with --new-key",
					IDS_OF_ONE_SEED - 1,
					old.n
				)));
			}
			return Ok(identity.patient(&genesis, institution, n)?);
		};
		let passphrase = match &self.new_passphrase_file {
			Some(secret) => passphrase::secret(Some(secret), "")?,
			None => {
				// The other file's passphrase is that file's.
				let global = Global {
					passphrase_file: None,
					..session.global.clone()
				};
				passphrase::existing(&global, file)?
			}
		};
		let identity = open_key(file, passphrase::expose(&passphrase), session.strength())?;
		Ok(identity.patient(&genesis, institution, self.n.unwrap_or(0))?)
	}
}
