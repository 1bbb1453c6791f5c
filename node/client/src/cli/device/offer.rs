//! Devices that patients are offered, and accept themselves or on paper.

use std::path::{Path, PathBuf};

use clap::Args;
use salus_primitives::{DeviceKey, PatientId};
use salus_vault::keystore::read_private;

use super::{bound, device_key, done, span, During};
use crate::{
	cli::{
		appointment::{Side, Signer},
		kept::submit_keeping,
		paper::scan,
		party::Party,
		report::Report,
		session::Session,
	},
	sdk::{telemetry, words, Client, Error, Hash, KeyError, OfferedOnPaper},
};

/// `salus device offer`
#[derive(Args)]
pub(crate) struct Offer {
	/// The device
	#[arg(value_parser = device_key)]
	device: DeviceKey,
	/// To whom
	#[arg(long)]
	patient: PatientId,
	#[command(flatten)]
	during: During,
	/// The scan of what a patient without an account signed; it never leaves this machine
	#[arg(long, requires = "salts", value_name = "FILE")]
	scan_file: Option<PathBuf>,
	/// The new salt file, for the second witness: what opens the commitment to the scan
	#[arg(long, requires = "scan_file", value_name = "FILE")]
	salts: Option<PathBuf>,
}

impl Offer {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let (device, patient) = (self.device, self.patient);
		let wearing = self.during.wearing(client.time().await?);
		let time = span(wearing.starts, wearing.ends);
		let sentence = format!("You offer device {} to patient {patient}, {time}.", words::hex(device));
		let line = format!("offered to patient {patient}, {time}");
		let (acknowledgement, salts) = match (&self.scan_file, &self.salts) {
			(Some(scan_file), Some(salts)) => {
				let (file, commitment) = OfferedOnPaper::new(device, patient, &scan(scan_file)?)?;
				session.before_signing(&format!("{sentence} You witness that she signed for it on paper."));
				let call = telemetry::offer(device, patient, wearing, Some(commitment));
				let sent = submit_keeping(client, &call, &session.account()?, salts, &file).await?;
				(sent, Some(salts.display().to_string()))
			}
			_ => {
				session.before_signing(&sentence);
				let call = telemetry::offer(device, patient, wearing, None);
				(client.submit(&call, &session.account()?).await?, None)
			}
		};
		let until = acknowledgement.number("Telemetry", "until")?;
		let report = done(session, device, &line, &acknowledgement)
			.line(format!("it can be accepted until {}", words::show_moment(until)))
			.field("patient", words::number(patient))
			.field("until", words::number(until))
			.field("sentence", sentence);
		Ok(match salts {
			Some(salts) => report
				.line(format!(
					"give {salts} and the scan to the second witness, and keep both together"
				))
				.field("salts", salts),
			None => report,
		})
	}
}

/// `salus device accept`
#[derive(Args)]
pub(crate) struct Accept {
	/// The device
	#[arg(value_parser = device_key)]
	device: DeviceKey,
	/// As the second witness: the scan of what the patient signed
	#[arg(long, requires = "salts", value_name = "FILE")]
	scan_file: Option<PathBuf>,
	/// As the second witness: the salt file of the first
	#[arg(long, requires = "scan_file", value_name = "FILE")]
	salts: Option<PathBuf>,
}

impl Accept {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let offer = client.device_offer(&at, self.device).await?;
		let none = || Error::NotFound {
			what: "offer of device",
			id: words::hex(self.device),
		};
		let offer = offer.ok_or_else(none)?;
		let (patient, name) = (offer.patient, words::hex(self.device));
		let time = span(offer.starts, offer.ends);
		let (account, sentence) = match (offer.scan, &self.scan_file, &self.salts) {
			(Some(commitment), Some(scan_file), Some(salts)) => {
				opens(self.device, patient, commitment, scan_file, salts)?;
				let sentence = format!(
					"You confirm what account {} brought: that patient {patient} signed on paper that device {name} \
					 measures her, {time}.",
					offer.by
				);
				session.before_signing(&sentence);
				(session.account()?, sentence)
			}
			(Some(_), ..) => {
				return Err(Error::Usage(
					"the patient signed on paper: compare it, and accept as the second witness with --scan-file and --salts"
						.into(),
				))
			}
			(None, None, None) => {
				let party = Party::who_consents(session, client, patient).await?;
				let sentence = party.is_told(session, |_| {
					format!("Device {name} measures patient {patient}, {time}. Either side ends it at any time.")
				});
				(party.account(session, client).await?, sentence)
			}
			(None, ..) => {
				return Err(Error::Usage(
					"nothing was signed on paper for this offer: the patient accepts it, without --scan-file and --salts"
						.into(),
				))
			}
		};
		let acknowledgement = client.submit(&telemetry::accept(self.device), &account).await?;
		let line = format!("it measures patient {patient}, {time}");
		let report = done(session, self.device, &line, &acknowledgement)
			.field("patient", words::number(patient))
			.field("sentence", sentence);
		bound(report, &acknowledgement)
	}
}

/// Whether the first witness's salt file is of this offer and opens its commitment to this scan.
fn opens(device: DeviceKey, patient: PatientId, commitment: Hash, scan_file: &Path, salts: &Path) -> Result<(), Error> {
	let text = read_private(salts).map_err(KeyError::from)?;
	Ok(OfferedOnPaper::open(
		&text,
		device,
		patient,
		commitment,
		&scan(scan_file)?,
	)?)
}

/// `salus device end-offer`
#[derive(Args)]
pub(crate) struct EndOffer {
	/// The device
	#[arg(value_parser = device_key)]
	device: DeviceKey,
	#[command(flatten)]
	side: Side,
}

impl EndOffer {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let at = client.finalised().await?;
		let institution = client.device(&at, self.device).await?.institution;
		// One that lapsed can be taken back too, by who works there.
		let account = match client.device_offer(&at, self.device).await? {
			Some(offer) => {
				let sentence = || {
					format!(
						"You end the offer of device {} to patient {}.",
						words::hex(self.device),
						offer.patient
					)
				};
				Signer::of(session, client, (offer.patient, institution), &self.side, sentence)
					.await?
					.account
			}
			None => session.account()?,
		};
		let acknowledgement = client.submit(&telemetry::end_offer(self.device), &account).await?;
		Ok(done(session, self.device, "it is offered to nobody", &acknowledgement))
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;
	use std::os::unix::fs::PermissionsExt;

	#[test]
	fn the_second_witness_compares_the_scan() {
		let folder = tempfile::tempdir().unwrap();
		let (scan_file, salts) = (folder.path().join("scan.pdf"), folder.path().join("salts.json"));
		std::fs::write(&scan_file, b"signed").unwrap();
		let (file, commitment) = OfferedOnPaper::new([7; 32], 5, b"signed").unwrap();
		std::fs::write(&salts, serde_json::to_vec(&file).unwrap()).unwrap();
		std::fs::set_permissions(&salts, std::fs::Permissions::from_mode(0o600)).unwrap();
		let open = |device, patient, commitment| opens(device, patient, commitment, &scan_file, &salts);
		open([7; 32], 5, commitment).unwrap();
		for (device, patient, commitment) in [([8; 32], 5, commitment), ([7; 32], 6, commitment)] {
			assert_eq!(open(device, patient, commitment).unwrap_err().exit_code(), exit::LOCAL);
		}
		assert_eq!(open([7; 32], 5, Hash::zero()).unwrap_err().name(), "OtherScan");
		std::fs::write(&scan_file, b"forged").unwrap();
		let error = open([7; 32], 5, commitment).unwrap_err();
		assert_eq!(
			(error.name().as_str(), error.exit_code()),
			("OtherScan", exit::UNVERIFIED)
		);
	}
}
