//! `salus-gateway init`

use std::{
	fs::{DirBuilder, OpenOptions},
	io::Write,
	os::unix::fs::{DirBuilderExt, OpenOptionsExt},
	path::{Path, PathBuf},
};

use clap::Args;
use salus::{words, Hash};
use salus_primitives::InstitutionId;
use serde_json::json;

use super::Report;
use crate::{keyed::Secret, GatewayError};

/// `salus-gateway init`
#[derive(Args)]
#[command(
	after_help = "Examples:\n  salus-gateway init --genesis 0x4a… --institution 0 /etc/salus-gateway\n  salus-gateway init --development --genesis 0x4a… --institution 0 gateway\n\nThe genesis hash is what `salus node status` shows."
)]
pub struct Init {
	/// The chain's genesis hash
	#[arg(long, value_parser = words::hash)]
	genesis: Hash,
	/// The institution whose gateway this is
	#[arg(long)]
	institution: InstitutionId,
	/// The node's URL
	#[arg(long, default_value = "ws://127.0.0.1:9944")]
	node: String,
	/// For a development chain: messages go into files, Alice's administrator signs
	#[arg(long)]
	development: bool,
	/// The folder; made where it is missing
	folder: PathBuf,
}

impl Init {
	pub fn run(self) -> Result<Report, GatewayError> {
		let folder = &self.folder;
		DirBuilder::new()
			.recursive(true)
			.mode(0o700)
			.create(folder)
			.map_err(GatewayError::at(folder))?;
		let (config, secret) = (folder.join("gateway.toml"), folder.join("secret"));
		let (_, text) = Secret::generate()?;
		write_new(&secret, &text)?;
		let (_, text) = Secret::generate()?;
		write_new(&folder.join("readings.key"), &text)?;
		write_new(&config, &self.configuration())?;
		Ok(Report {
			lines: vec![
				format!("configuration in {}: look through it", config.display()),
				format!("secret in {}: back it up, counted codes depend on it", secret.display()),
				format!(
					"next: salus-gateway --config {} register import FILE.csv",
					config.display()
				),
			],
			json: json!({ "config": config.display().to_string(), "secret": secret.display().to_string() }),
		})
	}

	fn configuration(&self) -> String {
		let head = format!(
			"# Paths are relative to this file's folder. Secrets are files that only their owner may read.\n\
			 data = \"data\"\nnode = {:?}\ngenesis = \"{}\"\ninstitution = {}\nsecret = \"secret\"\nmetrics = \"127.0.0.1:9961\"\n",
			self.node,
			words::hex(self.genesis),
			self.institution,
		);
		let rest = if self.development { DEVELOPMENT } else { HOSPITAL };
		format!("{head}{rest}")
	}
}

const DEVELOPMENT: &str = r#"development = true

[registrar]
listen = "127.0.0.1:9960"
development_key = "//Alice//admin"

[notices]

[file]
folder = "messages"

# Readings of devices; needs a vault:
# [telemetry]
# key = "readings.key"
# vault = "http://127.0.0.1:9946"
# account = { development_key = "//Alice//admin" }
# [telemetry.http]
# listen = "127.0.0.1:9962"

# Early warning over those readings; needs [telemetry]:
# [alarms]
# development_key = "//Alice//admin"
"#;

const HOSPITAL: &str = r#"
[registrar]
listen = "127.0.0.1:9960"
# Beyond this machine:
# certificate = "gateway.pem"
# certificate_key = "gateway.key"
# `salus key new --out registrar.key`; the passphrase in a file of mode 0600
key = "registrar.key"
passphrase = "registrar.passphrase"
# The medical council's service instead of an imported register:
# register = { url = "https://council.example/licences", secret = "council.secret" }

[notices]
attempts = 8    # then the desk is told
pause = 30      # seconds until the second try; each later pause is twice as long

[mail]
server = "mail.example"
port = 587
security = "starttls"    # or "tls"; "none" on this machine only
from = "records@hospital.example"
# ca = "mail-ca.pem"
# user = "gateway"
# password = "mail.password"

# Readings of devices:
# [telemetry]
# key = "readings.key"    # readings are encrypted with it while they wait
# vault = "https://vault.hospital.example"
# vault_ca = "vault-ca.pem"
# An administrator's account, best one of its own: `salus key new --out devices.key`
# account = { key = "devices.key", passphrase = "devices.passphrase" }
# batch = 1024       # readings of a batch at most
# age = 60           # seconds after which one is closed with fewer
# patience = 300     # seconds that a missing reading is waited for
# most = 1000000     # readings that wait at most; then devices wait
# keep = 3600        # seconds that anchored readings stay, for devices that send them again
# What mosquitto is told: `salus-gateway telemetry broker`
# [telemetry.mqtt]
# host = "broker.hospital.example"
# port = 8883
# ca = "broker-ca.pem"
# user = "gateway"
# password = "mqtt.password"
# protocol = "5"     # or "3.1.1"
# [telemetry.http]
# listen = "0.0.0.0:9962"
# certificate = "gateway.pem"
# certificate_key = "gateway.key"

# Early warning over those readings; needs [telemetry]. Whom it tells, and of what: salus-gateway vitals --help
# [alarms]
# The account that raises alerts is an administrator's too, best one of its own: `salus key new --out alarms.key`
# key = "alarms.key"
# passphrase = "alarms.passphrase"

# For telephone numbers, and for mail where there is no [mail]:
# [hook]
# url = "https://sms.example/send"
# secret = "hook.secret"
"#;

fn write_new(path: &Path, text: &str) -> Result<(), GatewayError> {
	let mut file = OpenOptions::new()
		.write(true)
		.create_new(true)
		.mode(0o600)
		.open(path)
		.map_err(GatewayError::at(path))?;
	file.write_all(text.as_bytes())
		.and_then(|()| file.sync_all())
		.map_err(GatewayError::at(path))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::config::Config;

	/// What is commented out means something once it is not.
	#[test]
	fn the_configuration_is_read_with_and_without_what_is_commented_out() {
		for development in [true, false] {
			let init = Init {
				genesis: Hash::repeat_byte(1),
				institution: 0,
				node: "ws://127.0.0.1:9944".into(),
				development,
				folder: "gateway".into(),
			};
			let folder = tempfile::tempdir().unwrap();
			let text = init.configuration();
			let telemetry = uncommented(&text, "telemetry");
			let alarms = uncommented(&telemetry, "alarms");
			let both = [(&text, false, false), (&telemetry, true, false), (&alarms, true, true)];
			for (place, (text, has_telemetry, has_alarms)) in both.into_iter().enumerate() {
				let path = folder.path().join(place.to_string());
				write_new(&path, text).unwrap();
				let config = Config::read(&path).unwrap();
				assert_eq!(
					(config.telemetry.is_some(), config.alarms.is_some()),
					(has_telemetry, has_alarms)
				);
			}
			let path = folder.path().join("alarms alone");
			write_new(&path, &uncommented(&text, "alarms")).unwrap();
			assert!(Config::read(&path)
				.unwrap_err()
				.to_string()
				.contains("needs [telemetry]"));
		}
	}

	/// The configuration with the settings of a section, up to the next empty line.
	fn uncommented(text: &str, section: &str) -> String {
		let head = format!("[{section}]\n");
		let (before, rest) = text.split_once(&format!("# {head}")).unwrap();
		let (settings, after) = rest.split_once("\n\n").unwrap_or((rest, ""));
		let settings: Vec<_> = settings
			.lines()
			.filter_map(|line| line.strip_prefix("# "))
			.filter(|line| line.starts_with('[') || line.contains(" = "))
			.collect();
		format!("{before}{head}{}\n\n{after}", settings.join("\n"))
	}
}
