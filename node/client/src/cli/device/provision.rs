//! How a device comes to an institution, and whether its readings are taken.

use std::path::PathBuf;

use clap::Args;
use salus_primitives::{DeviceKey, InstitutionId, Status};
use salus_vitals::{DeviceCodes, DeviceKey as Verifier, Loinc};

use super::{device_key, done};
use crate::{
	cli::{kept::pretty, report::Report, session::Session},
	sdk::{
		publish_both, random_salt, telemetry, words, Client, DeviceClaim, DeviceClaimFile, DocumentError, Error,
		FileError,
	},
};

/// `salus device claim`
#[derive(Args)]
pub(crate) struct Claim {
	/// The institution whose gateway it reports to
	#[arg(long)]
	institution: InstitutionId,
	/// LOINC codes that it may report
	#[arg(long = "code", value_delimiter = ',', required = true, value_parser = loinc, value_name = "LOINC,…")]
	codes: Vec<Loinc>,
	/// The new claim file, for the desk
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
	/// The new salt file, for the gateway: the codes, and what opens the commitment to them
	#[arg(long, value_name = "FILE")]
	salts: PathBuf,
}

/// A LOINC code with the right check digit.
pub(in crate::cli) fn loinc(text: &str) -> Result<Loinc, String> {
	text.parse::<Loinc>().map_err(|error| error.to_string())
}

impl Claim {
	pub(super) fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let key = session.device()?;
		let device = key.verifying_key().to_bytes();
		let of = Verifier::from_bytes(&device).map_err(DocumentError::BadDevice)?;
		let codes =
			DeviceCodes::new(of, self.codes, random_salt()?).map_err(|error| Error::Usage(error.to_string()))?;
		let claim = DeviceClaim {
			genesis: client.genesis(),
			institution: self.institution,
			device,
			codes: codes.commitment().into(),
		};
		let file = DeviceClaimFile::sign(&claim, &key);
		publish_both(
			(&self.out, &pretty(&self.out, &file)?),
			(&self.salts, &pretty(&self.salts, &codes.to_json())?),
		)?;
		let (out, salts) = (self.out.display().to_string(), self.salts.display().to_string());
		Ok(session
			.report()
			.line(format!(
				"claim of device {} written to {out}; give it to the desk",
				file.device
			))
			.line(format!(
				"its codes are in {salts}; give it to the gateway of institution {}: salus-gateway telemetry codes add {salts}",
				self.institution
			))
			.field("device", file.device)
			.field("institution", self.institution)
			.field("codes", codes.codes().iter().map(Loinc::as_str).collect::<Vec<_>>())
			.field("commitment", words::hex(claim.codes))
			.field("claim", out)
			.field("salts", salts))
	}
}

/// `salus device provision`
#[derive(Args)]
pub(crate) struct Provision {
	/// The claim that the device signed
	claim: PathBuf,
}

impl Provision {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		let text = std::fs::read_to_string(&self.claim).map_err(FileError::at(&self.claim))?;
		let (claim, signature) = DeviceClaimFile::read(&text, &client.genesis())?;
		session.before_signing(&format!(
			"You provision device {} at institution {}.",
			words::hex(claim.device),
			claim.institution
		));
		let call = telemetry::provision(claim.institution, claim.device, claim.codes, signature);
		let acknowledgement = client.submit(&call, &session.account()?).await?;
		let line = format!("it reports to institution {}", claim.institution);
		Ok(done(session, claim.device, &line, &acknowledgement).field("institution", claim.institution))
	}
}

/// `salus device suspend` and `reinstate`
#[derive(Args)]
pub(crate) struct Which {
	/// The device
	#[arg(value_parser = device_key)]
	device: DeviceKey,
}

impl Which {
	pub(super) async fn suspend(self, session: &Session, client: &Client) -> Result<Report, Error> {
		set(session, client, self.device, Status::Suspended, "suspended").await
	}

	pub(super) async fn reinstate(self, session: &Session, client: &Client) -> Result<Report, Error> {
		set(
			session,
			client,
			self.device,
			Status::Active,
			"its readings are taken again",
		)
		.await
	}
}

/// `salus device revoke`
#[derive(Args)]
pub(crate) struct Revoke {
	/// The device
	#[arg(value_parser = device_key)]
	device: DeviceKey,
	/// It never comes back
	#[arg(long)]
	for_ever: bool,
}

impl Revoke {
	pub(super) async fn run(self, session: &Session, client: &Client) -> Result<Report, Error> {
		if !self.for_ever {
			return Err(Error::Unconfirmed {
				what: format!("device {} would never come back", words::hex(self.device)),
				flag: "--for-ever",
			});
		}
		set(session, client, self.device, Status::Revoked, "revoked for ever").await
	}
}

async fn set(
	session: &Session,
	client: &Client,
	device: DeviceKey,
	status: Status,
	line: &str,
) -> Result<Report, Error> {
	let call = telemetry::set_status(device, status);
	let acknowledgement = client.submit(&call, &session.account()?).await?;
	Ok(done(session, device, line, &acknowledgement).field("status", status.name()))
}
