//! The configuration file (TOML). Secrets are not in it: it names files that only their owner may read.

use std::{
	fs,
	net::{IpAddr, SocketAddr},
	num::NonZeroU32,
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
	time::Duration,
};

use reqwest::Url;
use salus::{words, Hash};
use salus_primitives::{InstitutionId, Moment, MINUTE, SECOND};
use salus_vitals::news2::Freshness;
use serde::{Deserialize, Deserializer};

use crate::{alarms::Settings, GatewayError};

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

/// `[telemetry]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
	/// The file of the key that readings are encrypted with while they wait, 64 hexadecimal digits.
	pub key: PathBuf,
	/// The account that anchors: an administrator's of the institution, best one of its own.
	pub account: Signer,
	/// The institution's vault; `https://`, or `http://` on this machine.
	#[serde(deserialize_with = "url")]
	pub vault: Url,
	/// A file of PEM certificates: the vault's has to be signed by one of these.
	pub vault_ca: Option<PathBuf>,
	/// Seconds that anchored readings stay, for devices that send them again.
	#[serde(default = "keep")]
	pub keep: u64,
	/// Readings that are kept at most until they are anchored; while there are as many, devices wait.
	#[serde(default = "most")]
	pub most: u64,
	/// Readings of a batch at most.
	#[serde(default = "batch")]
	pub batch: u32,
	/// Seconds after which a batch is closed with fewer.
	#[serde(default = "age")]
	pub age: u64,
	/// Seconds that a missing reading is waited for before a batch begins after it.
	#[serde(default = "patience")]
	pub patience: u64,
	/// A broker that devices publish at.
	pub mqtt: Option<Mqtt>,
	/// Where devices post.
	pub http: Option<Listener>,
}

/// `[alarms]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarms {
	/// The key file of an administrator of the institution, who raises alerts.
	pub key: Option<PathBuf>,
	/// The file with its passphrase.
	pub passphrase: Option<PathBuf>,
	/// A well-known key such as `//Alice//admin`, for development.
	pub development_key: Option<String>,
	/// How often a device reports of which nobody said it, in seconds: silence of three intervals is an alert. Counted from
	/// its first reading on.
	pub interval: Option<NonZeroU32>,
	/// How old the parts of a score may be.
	#[serde(default)]
	pub freshness: FreshnessMinutes,
}

/// `[alarms.freshness]`, in minutes
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FreshnessMinutes {
	/// What devices measure.
	pub measured: NonZeroU32,
	/// Air or oxygen, as it was entered.
	pub oxygen: NonZeroU32,
	/// Consciousness, as it was entered.
	pub consciousness: NonZeroU32,
}

impl Default for FreshnessMinutes {
	/// As the score's own default.
	fn default() -> Self {
		let Freshness {
			measured,
			oxygen,
			consciousness,
		} = Freshness::default();
		let minutes = |time: Moment| {
			let minutes = u32::try_from(time.div_euclid(MINUTE)).ok();
			minutes.and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
		};
		Self {
			measured: minutes(measured),
			oxygen: minutes(oxygen),
			consciousness: minutes(consciousness),
		}
	}
}

/// `[telemetry.account]`
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

/// `[telemetry.mqtt]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mqtt {
	/// The broker's name, as its certificate has it.
	pub host: String,
	/// Its port.
	pub port: u16,
	/// Which MQTT is spoken.
	#[serde(default)]
	pub protocol: Protocol,
	/// The name of the gateway's session at the broker.
	#[serde(default = "client")]
	pub client: String,
	/// What topics begin with: devices publish to `<prefix>/<key in hexadecimal>/readings`.
	#[serde(default = "prefix")]
	pub prefix: String,
	/// The user to sign in as.
	pub user: Option<String>,
	/// The file with its password.
	pub password: Option<PathBuf>,
	/// A file of PEM certificates: the broker's has to be signed by one of these. Needed beyond this machine.
	pub ca: Option<PathBuf>,
}

/// A version of MQTT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Protocol {
	/// MQTT 3.1.1.
	#[serde(rename = "3.1.1")]
	V3,
	/// MQTT 5.
	#[default]
	#[serde(rename = "5")]
	V5,
}

/// An address that others connect to, with TLS beyond this machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listener {
	/// Where.
	pub listen: SocketAddr,
	/// The listener's certificates, PEM.
	pub certificate: Option<PathBuf>,
	/// The key of the first of them, PEM, mode 0600.
	pub certificate_key: Option<PathBuf>,
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
		let telemetry = self.telemetry.as_mut().map(|telemetry| {
			let account = (telemetry.account.key.as_mut(), telemetry.account.passphrase.as_mut());
			let (mqtt, http) = (telemetry.mqtt.as_mut(), telemetry.http.as_mut());
			let (password, ca) = mqtt.map_or((None, None), |mqtt| (mqtt.password.as_mut(), mqtt.ca.as_mut()));
			let (certificate, key) = http.map_or((None, None), |http| {
				(http.certificate.as_mut(), http.certificate_key.as_mut())
			});
			[
				Some(&mut telemetry.key),
				telemetry.vault_ca.as_mut(),
				account.0,
				account.1,
				password,
				ca,
				certificate,
				key,
			]
		});
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

impl Alarms {
	/// What the rules go by.
	pub fn settings(&self) -> Settings {
		let minutes = |minutes: NonZeroU32| MINUTE.saturating_mul(minutes.get().into());
		Settings {
			freshness: Freshness {
				measured: minutes(self.freshness.measured),
				oxygen: minutes(self.freshness.oxygen),
				consciousness: minutes(self.freshness.consciousness),
			},
			interval: self.interval.map(|seconds| SECOND.saturating_mul(seconds.get().into())),
		}
	}

	/// Who raises alerts.
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

impl Telemetry {
	fn check(&self, development: bool, wrong: &impl Fn(String) -> GatewayError) -> Result<(), GatewayError> {
		self.account.check(
			"telemetry.account",
			"telemetry.account.development_key",
			development,
			wrong,
		)?;
		if !(self.vault.scheme() == "https" || self.vault.scheme() == "http" && is_here(&self.vault)) {
			return Err(GatewayError::Plain {
				setting: "telemetry.vault",
				instead: "name an https:// URL",
			});
		}
		let counts = (1..=65_536).contains(&self.batch) && u64::from(self.batch) <= self.most;
		let times =
			(1..=3_600).contains(&self.age) && (1..=86_400).contains(&self.patience) && self.keep <= 30 * 86_400;
		if !counts || !times {
			return Err(wrong(
				"telemetry.batch is 1 to 65536 readings and at most telemetry.most, telemetry.age 1 to 3600 seconds, \
				 telemetry.patience 1 to 86400 seconds, telemetry.keep 0 to 2592000 seconds"
					.into(),
			));
		}
		if self.mqtt.is_none() && self.http.is_none() {
			return Err(wrong(
				"[telemetry] needs [telemetry.mqtt], [telemetry.http] or both".into(),
			));
		}
		if let Some(mqtt) = &self.mqtt {
			if mqtt.ca.is_none() && !names_this_machine(&mqtt.host) {
				return Err(GatewayError::Plain {
					setting: "telemetry.mqtt.host",
					instead: "give ca, the certificates that the broker's is signed by",
				});
			}
			let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
			if mqtt.user.is_some() != mqtt.password.is_some() {
				return Err(wrong("[telemetry.mqtt] needs user and password, or neither".into()));
			}
			if mqtt
				.user
				.as_ref()
				.is_some_and(|user| !plain(user) || user.contains(['+', '#']))
			{
				return Err(wrong("telemetry.mqtt.user is of visible ASCII, without + and #".into()));
			}
			let levels =
				!mqtt.prefix.contains(['+', '#']) && !mqtt.prefix.ends_with('/') && !mqtt.prefix.starts_with('$');
			if !plain(&mqtt.client) || !plain(&mqtt.prefix) || !levels {
				return Err(wrong(
					"telemetry.mqtt.client and prefix are of visible ASCII, the prefix without +, # and a / at its end"
						.into(),
				));
			}
		}
		match &self.http {
			Some(http) => http.check(wrong),
			None => Ok(()),
		}
	}
}

impl Listener {
	fn check(&self, wrong: &impl Fn(String) -> GatewayError) -> Result<(), GatewayError> {
		if self.certificate.is_some() != self.certificate_key.is_some() {
			return Err(wrong(
				"[telemetry.http] needs certificate and certificate_key, or neither".into(),
			));
		}
		if self.certificate.is_none() && !self.listen.ip().is_loopback() {
			return Err(GatewayError::Plain {
				setting: "telemetry.http.listen",
				instead: "give certificate and certificate_key, or listen on 127.0.0.1 behind a proxy",
			});
		}
		Ok(())
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

fn most() -> u64 {
	1_000_000
}

fn batch() -> u32 {
	1_024
}

fn age() -> u64 {
	60
}

fn patience() -> u64 {
	300
}

fn keep() -> u64 {
	3_600
}

fn client() -> String {
	"salus-gateway".into()
}

fn prefix() -> String {
	"salus".into()
}
