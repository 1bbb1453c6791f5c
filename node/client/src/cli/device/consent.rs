//! Consent to a device, signed on the patient's machine and brought to the chain by the ward.

use std::path::PathBuf;

use clap::Args;
use salus_primitives::{BindingConsent, DeviceKey, Moment, PatientId, DAY};

use super::{bound, device_key, done, span, During};
use crate::{
	cli::{kept::pretty, party::Party, report::Report, session::Session, view},
	sdk::{
		consent_sentence, publish_new, sentence::Voice, telemetry, words, BindingConsentFile, Client, Error, FileError,
	},
};

/// How long the ward has unless the patient says otherwise.
const USED_WITHIN: Moment = 7 * DAY;

/// `salus device consent-statement`
#[derive(Args)]
pub(crate) struct ConsentStatement {
	/// The patient: you, or whose guardian you are
	#[arg(long)]
	patient: PatientId,
	/// The device
	#[arg(long, value_parser = device_key)]
	device: DeviceKey,
	#[command(flatten)]
	during: During,
	/// The ward can use it until before this time; for a week without it
	#[arg(long, value_parser = words::moment, value_name = "TIME")]
	until: Option<Moment>,
	/// The new consent file
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

impl ConsentStatement {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let now = client.time().await?;
		let device = client.device(&at, self.device).await?;
		let wearing = self.during.wearing(now);
		let consent = BindingConsent {
			genesis: client.genesis(),
			device: self.device,
			number: device.bindings,
			patient: self.patient,
			starts: wearing.starts,
			ends: wearing.ends,
			not_after: self.until.unwrap_or_else(|| now.saturating_add(USED_WITHIN)),
		};
		if consent.not_after <= now || consent.ends <= now {
			return Err(Error::Usage(
				"what you would sign is over already; name times that are ahead with --until, --start and --for".into(),
			));
		}
		let party = Party::who_consents(session, client, self.patient).await?;
		let sentence = party.is_told(session, |voice| {
			consent_sentence(&consent, matches!(voice, Voice::OfThePatient))
		});
		let account = party.account(session, client).await?;
		let file = BindingConsentFile::sign(&consent, &account);
		publish_new(&self.out, &pretty(&self.out, &file)?)?;
		let out = self.out.display().to_string();
		Ok(session
			.report()
			.line(format!(
				"consent of patient {} written to {out}; give it to the ward",
				self.patient
			))
			.field("patient", words::number(self.patient))
			.field("device", words::hex(self.device))
			.field("signer", file.signer)
			.field("starts", words::number(consent.starts))
			.field("ends", words::number(consent.ends))
			.field("notAfter", words::number(consent.not_after))
			.field("consent", out)
			.field("sentence", sentence))
	}
}

/// `salus device bind`
#[derive(Args)]
pub(crate) struct Bind {
	/// The consent that the patient or her guardian signed
	consent: PathBuf,
}

impl Bind {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let text = std::fs::read_to_string(&self.consent).map_err(FileError::at(&self.consent))?;
		let now = client.time().await?;
		let (consent, signer, signature) = BindingConsentFile::read(&text, &client.genesis(), now)?;
		let (device, patient) = (consent.device, consent.patient);
		let sentence = format!(
			"You bind device {} to patient {patient}, {}, on the consent of account {signer}.",
			words::hex(device),
			span(consent.starts, consent.ends)
		);
		session.before_signing(&sentence);
		let call = telemetry::bind(&consent, signer, signature);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let line = format!("it measures patient {patient}, {}", span(consent.starts, consent.ends));
		let report = done(session, device, &line, &acknowledgement)
			.field("patient", words::number(patient))
			.field("signer", view::account(&signer))
			.field("sentence", sentence);
		bound(report, &acknowledgement)
	}
}
