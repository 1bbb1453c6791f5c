//! `salus device key`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::{
	cli::{passphrase, report::Report, session::Session},
	sdk::{create_device_key, device_of, words, Error},
};

#[derive(Subcommand)]
pub(crate) enum Key {
	/// Make a device's key in a new encrypted file
	#[command(
		after_help = "Example:\n  salus device key new --out monitor.key --label \"Bed 4\"\n\nThere are no words to restore it from: a device whose key is lost gets another key, and is provisioned anew."
	)]
	New {
		/// The new file
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
		/// A name for people
		#[arg(long, default_value = "")]
		label: String,
	},
	/// Show the device of a key file; needs no passphrase
	#[command(after_help = "Example:\n  salus device key show monitor.key")]
	Show {
		/// The key file
		file: PathBuf,
	},
}

impl Key {
	pub(super) async fn run(self, session: &Session) -> Result<Report, Error> {
		match self {
			Self::New { out, label } => {
				// Weak files are for development chains, so such a chain has to be there.
				if session.global.dev {
					session.client().await?;
				}
				let passphrase = passphrase::chosen(&session.global)?;
				let device = create_device_key(&out, &label, passphrase::expose(&passphrase), session.strength())?;
				Ok(session
					.report()
					.line(format!("key written to {}", out.display()))
					.line(format!("device {}", words::hex(device)))
					.field("device", words::hex(device))
					.field("file", out.display().to_string()))
			}
			Self::Show { file } => {
				let device = device_of(&file)?;
				Ok(session
					.report()
					.line(format!("device {}", words::hex(device)))
					.field("device", words::hex(device)))
			}
		}
	}
}
