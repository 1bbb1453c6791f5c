//! `salus key`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use salus_vault::{
	keystore::read_private,
	wrap::{HpkeKey, WrapError},
};
use zeroize::Zeroizing;

use super::{passphrase, report::Report, session::Session};
use crate::sdk::{create_key, import_polkadot_js, import_seed, words, Error, FileError, Identity, KeyError, KeyFacts};

#[derive(Subcommand)]
pub(crate) enum Key {
	/// Make a key in a new encrypted file and show its twelve words once
	#[command(after_help = "Example:\n  salus key new --out ada.key --label \"Dr Ada\"")]
	New {
		/// The new file
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
		/// A name for people
		#[arg(long, default_value = "")]
		label: String,
	},
	/// Show a key file's account; needs no passphrase
	#[command(after_help = "Example:\n  salus key show ada.key")]
	Show {
		/// The key file
		file: PathBuf,
	},
	/// Show the key that the hospital seals to what its alerts say, for whom it tells of them
	#[command(
		after_help = "Example:\n  salus --key nurse.key key hpke\n\nGive it to your hospital: salus-gateway vitals addressee add ACCOUNT --hpke KEY. It is derived from the key file's seed,\nand opens with it: salus alert show. A patient's is that of her id, on chain."
	)]
	Hpke,
	/// Put twelve words, a seed, or a Polkadot.js account into a new encrypted file
	#[command(
		after_help = "Examples:\n  salus key import --out ada.key\n  salus key import --out ada.key --polkadot-js 5Grw….json"
	)]
	Import(Import),
}

#[derive(Args)]
pub(crate) struct Import {
	/// The new file
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
	/// A name for people
	#[arg(long, default_value = "")]
	label: String,
	/// A file of mode 0600 with the words or the seed; asked for on the terminal otherwise
	#[arg(long, value_name = "FILE", conflicts_with = "polkadot_js")]
	phrase_file: Option<PathBuf>,
	/// A JSON account exported by Polkadot.js
	#[arg(long, value_name = "FILE")]
	polkadot_js: Option<PathBuf>,
	/// A file of mode 0600 with the JSON account's password; asked for on the terminal otherwise
	#[arg(long, value_name = "FILE", requires = "polkadot_js")]
	polkadot_js_password_file: Option<PathBuf>,
}

impl Key {
	pub(crate) async fn run(self, session: &Session) -> Result<Report, Error> {
		// Weak files are for development chains, so such a chain has to be there.
		if session.global.dev && !matches!(self, Self::Show { .. }) {
			session.client().await?;
		}
		match self {
			Self::New { out, label } => {
				let (identity, phrase) = Identity::generate()?;
				let passphrase = passphrase::chosen(&session.global)?;
				create_key(
					&out,
					&identity,
					&label,
					passphrase::expose(&passphrase),
					session.strength(),
				)?;
				Ok(made(session, &out, &identity)
					.line("words to restore it from, shown this once:")
					.line(phrase.as_str())
					.line("write them on paper and keep it where nobody else gets at it")
					.field("phrase", phrase.as_str()))
			}
			Self::Show { file } => {
				let facts = KeyFacts::read(&file)?;
				let label = if facts.label.is_empty() { "key" } else { &facts.label };
				Ok(session
					.report()
					.line(format!("{label}: account {}", facts.account))
					.line(if facts.has_seed {
						"it has a seed: patient ids can be derived from it"
					} else {
						"it has no seed: it signs for its own account only"
					})
					.field("label", facts.label.as_str())
					.field("account", facts.account.to_string())
					.field("hasSeed", facts.has_seed))
			}
			Self::Hpke => hpke(session),
			Self::Import(import) => import.run(session),
		}
	}
}

fn hpke(session: &Session) -> Result<Report, Error> {
	let identity = session.identity()?;
	let HpkeKey::X25519(key) = identity.hpke()?.public() else {
		return Err(KeyError::Hpke(WrapError::UnsupportedKey).into());
	};
	let key = words::hex(key);
	Ok(session
		.report()
		.line(format!("account {}", identity.account().id()))
		.line(format!("HPKE key {key}"))
		.field("account", identity.account().id().to_string())
		.field("hpke", key))
}

impl Import {
	fn run(self, session: &Session) -> Result<Report, Error> {
		let identity = match &self.polkadot_js {
			Some(json) => {
				let text = std::fs::read_to_string(json).map_err(FileError::at(json))?;
				let question = format!("Password of {}: ", json.display());
				let password = passphrase::secret(self.polkadot_js_password_file.as_deref(), &question)?;
				let passphrase = passphrase::chosen(&session.global)?;
				import_polkadot_js(
					&self.out,
					&text,
					passphrase::expose(&password),
					&self.label,
					passphrase::expose(&passphrase),
					session.strength(),
				)?
			}
			None => {
				let phrase = passphrase::secret(self.phrase_file.as_deref(), "Words, or seed in hex: ")?;
				let passphrase = passphrase::chosen(&session.global)?;
				import_seed(
					&self.out,
					passphrase::expose(&phrase),
					&self.label,
					passphrase::expose(&passphrase),
					session.strength(),
				)?
			}
		};
		Ok(made(session, &self.out, &identity))
	}
}

fn made(session: &Session, out: &Path, identity: &Identity) -> Report {
	session
		.report()
		.line(format!("key written to {}", out.display()))
		.line(format!("account {}", identity.account().id()))
		.field("account", identity.account().id().to_string())
		.field("file", out.display().to_string())
}

/// Reads a text that a person may have typed, pasted or kept in a file: a file where there is one of that name.
pub(crate) fn text_or_file(argument: &str) -> Result<Zeroizing<String>, Error> {
	let path = Path::new(argument);
	if argument == "-" {
		return standard_input();
	}
	if argument.contains(':') && !path.exists() {
		return Ok(Zeroizing::new(argument.to_string()));
	}
	std::fs::read_to_string(path)
		.map(Zeroizing::new)
		.map_err(|source| FileError::at(path)(source).into())
}

/// A secret: a file of mode 0600, as it was written, or - for standard input. Its text as an argument is open to every
/// user of the machine, and so for development only.
pub(crate) fn private_text(argument: &str, dev: bool) -> Result<Zeroizing<String>, Error> {
	let path = Path::new(argument);
	if argument == "-" {
		return standard_input();
	}
	if argument.contains(':') && !path.exists() {
		return if dev {
			Ok(Zeroizing::new(argument.to_string()))
		} else {
			Err(Error::Usage(
				"every user of this machine can read an argument; put the voucher into a file of mode 0600 and name that, or pipe it to -"
					.into(),
			))
		};
	}
	read_private(path).map_err(|error| KeyError::from(error).into())
}

fn standard_input() -> Result<Zeroizing<String>, Error> {
	let mut text = Zeroizing::new(String::new());
	std::io::Read::read_to_string(&mut std::io::stdin(), &mut text).map_err(FileError::at("standard input"))?;
	Ok(text)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;
	use std::os::unix::fs::PermissionsExt;

	#[test]
	fn a_secret_is_read_from_a_private_file_and_from_an_argument_in_development_only() {
		let text = "SALUSVOUCHER1:00";
		let refused = private_text(text, false).unwrap_err();
		assert_eq!(refused.exit_code(), exit::USAGE);
		assert!(refused.to_string().contains("mode 0600"), "{refused}");
		assert_eq!(private_text(text, true).unwrap().as_str(), text);

		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("letter.txt");
		std::fs::write(&file, format!("{text}\n")).unwrap();
		let name = file.display().to_string();
		let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
		mode(0o600);
		assert_eq!(private_text(&name, false).unwrap().as_str(), text);
		mode(0o644);
		assert_eq!(private_text(&name, true).unwrap_err().exit_code(), exit::LOCAL);
		assert_eq!(
			private_text("no such file", false).unwrap_err().exit_code(),
			exit::LOCAL
		);
	}
}
