//! The configuration file (TOML). Secrets are not in it: it names files that only their owner may read.

mod alarms;
mod telemetry;

use std::{
	fs,
	net::{IpAddr, SocketAddr},
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
	time::Duration,
};

use reqwest::Url;
use salus::{words, Hash};
use salus_primitives::InstitutionId;
use serde::{Deserialize, Deserializer};

pub use self::{
	alarms::Alarms,
	telemetry::{Mqtt, Protocol, Telemetry},
};
use crate::GatewayError;

/// No honest configuration is longer.
const MAX_LEN: u64 = 64 * 1024;

/// What an operator decides. [`Config::read`] is the only way to one that is checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
	/// The folder of the database; made, for its owner only, where it is missing.
	pub data: PathBuf,
	/// The node's WebSocket URL.
	#[serde(deserialize_with = "url")]
	pub node: Url,
	/// The chain's genesis hash; a node of any other chain is refused.
	#[serde(deserialize_with = "hash")]
	pub genesis: Hash,
	/// The institution whose gateway this is.
	pub institution: InstitutionId,
	/// The file of the secret that codes and licence numbers are hashed with.
	pub secret: PathBuf,
	/// Allows what no hospital uses: messages into files, well-known keys.
	#[serde(default)]
	pub development: bool,
	/// The registrar; none runs without it.
	pub registrar: Option<Registrar>,
	/// Word to patients; none is sent without it.
	pub notices: Option<Notices>,
	/// Readings of devices; none are taken without it.
	pub telemetry: Option<Telemetry>,
	/// Early warning; nobody is told of readings without it.
	pub alarms: Option<Alarms>,
	/// Mail.
	pub mail: Option<Mail>,
	/// Messages of all other kinds, by HTTP to a program of the hospital's or an SMS gateway.
	pub hook: Option<Hook>,
	/// Messages into files, for development.
	pub file: Option<Folder>,
	/// Where Prometheus reads.
	pub metrics: Option<SocketAddr>,
}

/// `[registrar]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registrar {
	/// Where applicants' clients connect.
	pub listen: SocketAddr,
	/// The listener's certificates, PEM; needed beyond this machine.
	pub certificate: Option<PathBuf>,
	/// The key of the first of them, PEM, mode 0600.
	pub certificate_key: Option<PathBuf>,
	/// The medical council's register over HTTP; without it the imported one is asked.
	pub register: Option<Hook>,
	/// The registrar's key file, as `salus key new` makes it.
	pub key: Option<PathBuf>,
	/// The file with its passphrase.
	pub passphrase: Option<PathBuf>,
	/// A well-known key such as `//Alice//admin`, for development.
	pub development_key: Option<String>,
}

/// `[notices]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notices {
	/// How often a message is tried before the desk is told.
	#[serde(default = "attempts")]
	pub attempts: u32,
	/// Seconds until the second try; each later pause is twice as long, up to an hour.
	#[serde(default = "pause")]
	pub pause: u64,
}

/// Whose transactions or attestations these are, such as `[telemetry.account]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
	/// The key file, as `salus key new` makes it.
	pub key: Option<PathBuf>,
	/// The file with its passphrase.
	pub passphrase: Option<PathBuf>,
	/// A well-known key such as `//Alice//admin`, for development.
	pub development_key: Option<String>,
}

/// `[mail]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
	/// The server's name, as its certificate has it.
	pub server: String,
	/// Its port.
	pub port: u16,
	/// How the connection is protected.
	pub security: Security,
	/// A file of PEM certificates: the server's has to be signed by one of these, and by no others.
	pub ca: Option<PathBuf>,
	/// The sender's address.
	pub from: String,
	/// The user to sign in as.
	pub user: Option<String>,
	/// The file with her password.
	pub password: Option<PathBuf>,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
	/// TLS after the STARTTLS command; a server that has none is refused.
	Starttls,
	/// TLS from the first byte.
	Tls,
	/// None; on this machine only.
	None,
}

/// An HTTP endpoint that knows a secret of ours.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
	/// Where; `https://`, or `http://` on this machine.
	#[serde(deserialize_with = "url")]
	pub url: Url,
	/// The file of the secret that requests are signed with.
	pub secret: PathBuf,
}

/// `[file]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Folder {
	/// Each message becomes a file here.
	pub folder: PathBuf,
}

impl Config {
	/// Reads and checks a file. Paths in it are relative to its folder.
	///
	/// # Errors
	/// `File`, `Config`, `Plain`, `NeedsDevelopment`
	pub fn read(path: &Path) -> Result<Self, GatewayError> {
		let wrong = |reason: String| GatewayError::Config {
			path: path.to_owned(),
			reason,
		};
		let found = fs::metadata(path).map_err(GatewayError::at(path))?;
		if found.permissions().mode() & 0o022 != 0 {
			return Err(wrong(format!("others may write it: run chmod go-w {}", path.display())));
		}
		if found.len() > MAX_LEN {
			return Err(wrong(format!("it has more than {MAX_LEN} bytes")));
		}
		let text = fs::read_to_string(path).map_err(GatewayError::at(path))?;
		let mut config: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
		config.resolve(path.parent().unwrap_or(Path::new(".")));
		config.check(wrong)?;
		Ok(config)
	}

	fn resolve(&mut self, folder: &Path) {
		let paths = [Some(&mut self.data), Some(&mut self.secret)];
		let registrar = self.registrar.as_mut().map(|registrar| {
			[
				registrar.certificate.as_mut(),
				registrar.certificate_key.as_mut(),
				registrar.register.as_mut().map(|register| &mut register.secret),
				registrar.key.as_mut(),
				registrar.passphrase.as_mut(),
			]
		});
		let mail = self
			.mail
			.as_mut()
			.map(|mail| [mail.ca.as_mut(), mail.password.as_mut()]);
		let telemetry = self.telemetry.as_mut().map(Telemetry::paths);
		let alarms = self
			.alarms
			.as_mut()
			.map(|alarms| [alarms.key.as_mut(), alarms.passphrase.as_mut()]);
		let others = [
			self.hook.as_mut().map(|hook| &mut hook.secret),
			self.file.as_mut().map(|file| &mut file.folder),
		];
		let all = paths
			.into_iter()
			.chain(registrar.into_iter().flatten())
			.chain(telemetry.into_iter().flatten())
			.chain(alarms.into_iter().flatten());
		for path in all.chain(mail.into_iter().flatten()).chain(others).flatten() {
			*path = folder.join(&*path);
		}
	}

	fn check(&self, wrong: impl Fn(String) -> GatewayError) -> Result<(), GatewayError> {
		if !(self.node.scheme() == "wss" || self.node.scheme() == "ws" && is_here(&self.node)) {
			return Err(GatewayError::Plain {
				setting: "node",
				instead: "run a node on this machine, or name a wss:// URL",
			});
		}
		if self.file.is_some() && !self.development {
			return Err(GatewayError::NeedsDevelopment("[file]"));
		}
		if let Some(metrics) = self.metrics.filter(|metrics| !metrics.ip().is_loopback()) {
			return Err(wrong(format!(
				"metrics are served on this machine only, not on {metrics}"
			)));
		}
		if let Some(mail) = self.mail.as_ref().filter(|mail| mail.security == Security::None) {
			if !names_this_machine(&mail.server) {
				return Err(GatewayError::Plain {
					setting: "mail.server",
					instead: "set security to \"starttls\" or \"tls\"",
				});
			}
			if mail.user.is_some() {
				return Err(wrong("mail.user needs security \"starttls\" or \"tls\"".into()));
			}
		}
		if let Some(mail) = self
			.mail
			.as_ref()
			.filter(|mail| mail.user.is_some() != mail.password.is_some())
		{
			let given = if mail.user.is_some() { "user" } else { "password" };
			return Err(wrong(format!(
				"[mail] has a {given} alone; give user and password, or neither"
			)));
		}
		if let Some(hook) = &self.hook {
			hook.check("hook.url")?;
		}
		if let Some(notices) = &self.notices {
			if !(1..=100).contains(&notices.attempts) || !(1..=3_600).contains(&notices.pause) {
				return Err(wrong(
					"notices.attempts is 1 to 100, notices.pause 1 to 3600 seconds".into(),
				));
			}
		}
		if let Some(telemetry) = &self.telemetry {
			telemetry.check(self.development, &wrong)?;
		}
		if let Some(alarms) = &self.alarms {
			if self.telemetry.is_none() {
				return Err(wrong("[alarms] needs [telemetry], whose readings it looks at".into()));
			}
			let signer = alarms.signer();
			signer.check("alarms", "alarms.development_key", self.development, &wrong)?;
		}
		match &self.registrar {
			Some(registrar) => registrar.check(self.development, wrong),
			None => Ok(()),
		}
	}
}

impl Registrar {
	fn check(&self, development: bool, wrong: impl Fn(String) -> GatewayError) -> Result<(), GatewayError> {
		if self.certificate.is_some() != self.certificate_key.is_some() {
			return Err(wrong(
				"[registrar] needs certificate and certificate_key, or neither".into(),
			));
		}
		if self.certificate.is_none() && !self.listen.ip().is_loopback() {
			return Err(GatewayError::Plain {
				setting: "registrar.listen",
				instead: "give certificate and certificate_key, or listen on 127.0.0.1 behind a proxy",
			});
		}
		if let Some(register) = &self.register {
			register.check("registrar.register.url")?;
		}
		self.signer()
			.check("registrar", "registrar.development_key", development, &wrong)
	}

	/// Who attests.
	pub fn signer(&self) -> Signer {
		Signer {
			key: self.key.clone(),
			passphrase: self.passphrase.clone(),
			development_key: self.development_key.clone(),
		}
	}
}

impl Signer {
	fn check(
		&self,
		section: &str,
		well_known: &'static str,
		development: bool,
		wrong: &impl Fn(String) -> GatewayError,
	) -> Result<(), GatewayError> {
		if self.development_key.is_some() && !development {
			return Err(GatewayError::NeedsDevelopment(well_known));
		}
		let keys = (
			self.key.is_some(),
			self.passphrase.is_some(),
			self.development_key.is_some(),
		);
		match keys {
			(true, true, false) | (false, false, true) => Ok(()),
			_ => Err(wrong(format!(
				"[{section}] needs key and passphrase (in development, or development_key alone)"
			))),
		}
	}
}

impl Hook {
	fn check(&self, setting: &'static str) -> Result<(), GatewayError> {
		if self.url.scheme() == "https" || self.url.scheme() == "http" && is_here(&self.url) {
			return Ok(());
		}
		Err(GatewayError::Plain {
			setting,
			instead: "name an https:// URL",
		})
	}
}

impl Notices {
	/// The pause after so many tries.
	pub(crate) fn pause_after(&self, attempts: u32) -> Duration {
		const LONGEST: u64 = 3_600;
		let factor = 1u64.checked_shl(attempts.saturating_sub(1)).unwrap_or(u64::MAX);
		Duration::from_secs(self.pause.saturating_mul(factor).min(LONGEST))
	}
}

fn is_here(url: &Url) -> bool {
	url.host_str().is_some_and(names_this_machine)
}

fn names_this_machine(host: &str) -> bool {
	let host = host.trim_start_matches('[').trim_end_matches(']');
	host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn hash<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
	let text = String::deserialize(deserializer)?;
	words::hash(&text).map_err(serde::de::Error::custom)
}

fn url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
	let text = String::deserialize(deserializer)?;
	Url::parse(&text).map_err(serde::de::Error::custom)
}

fn attempts() -> u32 {
	8
}

fn pause() -> u64 {
	30
}
