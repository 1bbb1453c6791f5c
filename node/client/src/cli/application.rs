//! `salus apply`, `salus approve`.

use std::{
	path::{Path, PathBuf},
	time::Duration,
};

use clap::Args;
use salus_primitives::{InstitutionId, Moment, Role};
use secrecy::SecretString;

use super::{passphrase, report::Report, session::Session};
use crate::sdk::{
	calls, publish_both, words, Application, ApplicationFile, DocumentError, Error, FileError, Hash, KeyError, Salts,
};

/// `salus apply`
#[derive(Args)]
#[command(
	after_help = "Example:\n  salus apply --institution 0 --role doctor --licence-file licence.txt --speciality Cardiology \\\n    --out application.json --salts salts.json --key ada.key\n\nGive the application to the hospital. Keep the salt file: it opens the commitments before an officer or a court."
)]
pub(crate) struct Apply {
	/// To which institution
	#[arg(long)]
	institution: InstitutionId,
	/// As what: doctor, nurse, pharmacist, …
	#[arg(long, value_parser = words::word::<Role>)]
	role: Role,
	/// A file of mode 0600 with your licence number, asked for on the terminal otherwise; it never leaves this machine
	/// but in the salt file
	#[arg(long, value_name = "FILE", conflicts_with = "licence")]
	licence_file: Option<PathBuf>,
	/// Your licence number, with --dev: every user of the machine can read an argument
	#[arg(long)]
	licence: Option<String>,
	/// Your speciality
	#[arg(long)]
	speciality: String,
	/// For how long the application is good
	#[arg(long = "for", default_value = "30d", value_parser = words::duration, value_name = "DURATION")]
	lasting: Duration,
	/// The new application file
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
	/// The new salt file
	#[arg(long, value_name = "FILE")]
	salts: PathBuf,
}

impl Apply {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		client.institution(&client.finalised().await?, self.institution).await?;
		let account = session.account()?;
		let licence = self.licence(session.global.dev)?;
		let salts = Salts::generate(passphrase::expose(&licence), &self.speciality)?;
		let (licence, speciality) = salts.commitments()?;
		let application = Application {
			genesis: client.genesis(),
			institution: self.institution,
			applicant: account.id(),
			role: self.role,
			licence,
			speciality,
			not_after: client.time().await?.saturating_add(words::milliseconds(self.lasting)),
		};
		let file = ApplicationFile::sign(&application, &account);
		let json = |value: Result<Vec<u8>, serde_json::Error>, path: &PathBuf| {
			value.map_err(|error| FileError::at(path)(std::io::Error::other(error)))
		};
		publish_both(
			(&self.salts, &json(serde_json::to_vec_pretty(&salts), &self.salts)?),
			(&self.out, &json(serde_json::to_vec_pretty(&file), &self.out)?),
		)?;
		Ok(session
			.report()
			.line(format!("application of {} written to {}", account.id(), self.out.display()))
			.line(format!("its salts written to {}; keep that file, and give it to nobody but the officer who checks your licence", self.salts.display()))
			.field("account", account.id().to_string())
			.field("application", self.out.display().to_string())
			.field("salts", self.salts.display().to_string()))
	}
}

impl Apply {
	fn licence(&self, dev: bool) -> Result<SecretString, Error> {
		match &self.licence {
			Some(licence) if dev => Ok(licence.as_str().into()),
			Some(_) => Err(Error::Usage(
				"every user of this machine can read an argument; put the licence number into a file of mode 0600 and name that with --licence-file, or type it on the terminal"
					.into(),
			)),
			None => match passphrase::secret(self.licence_file.as_deref(), "Licence number: ") {
				Err(KeyError::NoPassphrase(reason)) => Err(Error::Usage(format!(
					"no licence number: {reason}; type it on a terminal, or name a file of mode 0600 with --licence-file"
				))),
				read => Ok(read?),
			},
		}
	}
}

/// `salus approve`
#[derive(Args)]
#[command(
	after_help = "Example:\n  salus --key officer.key approve application.json --salts salts.json --valid-for 365d"
)]
pub(crate) struct Approve {
	/// The application file
	file: PathBuf,
	/// The applicant's salt file: checks that the commitments are to what she showed
	#[arg(long, value_name = "FILE")]
	salts: Option<PathBuf>,
	#[command(flatten)]
	validity: Validity,
}

/// From when until when a credential counts.
#[derive(Args)]
pub(crate) struct Validity {
	/// From when the credential counts; at once without it
	#[arg(long, value_parser = words::moment)]
	valid_from: Option<Moment>,
	/// Until when the credential counts
	#[arg(long, value_parser = words::moment, conflicts_with = "valid_for")]
	valid_until: Option<Moment>,
	/// For how long the credential counts
	#[arg(long, default_value = "365d", value_parser = words::duration, value_name = "DURATION")]
	valid_for: Duration,
}

impl Validity {
	/// Both ends, at this time.
	pub(crate) fn span(&self, now: Moment) -> (Moment, Moment) {
		let from = self.valid_from.unwrap_or(now);
		let until = self
			.valid_until
			.unwrap_or_else(|| from.saturating_add(words::milliseconds(self.valid_for)));
		(from, until)
	}
}

/// Whether an applicant's salt file opens the commitments to her licence and her speciality.
pub(crate) fn check_salts(path: &Path, commitments: (Hash, Hash)) -> Result<(), Error> {
	let malformed = |reason: String| DocumentError::Malformed {
		what: "salt file",
		reason,
	};
	let text = std::fs::read_to_string(path).map_err(FileError::at(path))?;
	let salts: Salts = serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))?;
	if salts.commitments().is_ok_and(|opened| opened == commitments) {
		Ok(())
	} else {
		Err(malformed("it does not open this application's commitments".into()).into())
	}
}

impl Approve {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		let client = session.client().await?;
		let now = client.time().await?;
		let text = std::fs::read_to_string(&self.file).map_err(FileError::at(&self.file))?;
		let (application, signature) = ApplicationFile::read(&text, &client.genesis(), now)?;
		if let Some(path) = &self.salts {
			check_salts(path, (application.licence, application.speciality))?;
		}
		let account = session.account()?;
		let (from, until) = self.validity.span(now);
		let (applicant, institution, role) = (application.applicant, application.institution, application.role);
		let call = calls::approve_application(application, signature, from, until);
		let acknowledgement = client.submit(&call, &account).await?;
		Ok(session
			.report()
			.line(format!(
				"{applicant} is {} at institution {institution} until {}",
				role.name(),
				words::show_moment(until)
			))
			.field("account", applicant.to_string())
			.field("institution", institution)
			.field("role", role.name())
			.acknowledged(&acknowledgement))
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;
	use std::os::unix::fs::PermissionsExt;

	fn apply(licence: Option<&str>, licence_file: Option<PathBuf>) -> Apply {
		Apply {
			institution: 0,
			role: Role::Doctor,
			licence_file,
			licence: licence.map(str::to_string),
			speciality: "Cardiology".into(),
			lasting: Duration::from_secs(1),
			out: "application.json".into(),
			salts: "salts.json".into(),
		}
	}

	#[test]
	fn a_licence_is_an_argument_in_development_only() {
		let given = apply(Some("MCI-12345"), None);
		assert_eq!(passphrase::expose(&given.licence(true).unwrap()), "MCI-12345");
		assert_eq!(given.licence(false).unwrap_err().exit_code(), exit::USAGE);

		let file = tempfile::NamedTempFile::new().unwrap();
		std::fs::write(file.path(), "MCI-12345\n").unwrap();
		std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o600)).unwrap();
		let kept = apply(None, Some(file.path().to_owned()));
		assert_eq!(passphrase::expose(&kept.licence(false).unwrap()), "MCI-12345");
	}
}
