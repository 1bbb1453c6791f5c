//! Settings of the ingestion of readings.

use std::{net::SocketAddr, path::PathBuf};

use reqwest::Url;
use serde::Deserialize;

use super::{is_here, names_this_machine, url, Signer};
use crate::GatewayError;

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

impl Telemetry {
	/// The files that it names.
	pub(super) fn paths(&mut self) -> [Option<&mut PathBuf>; 8] {
		let (mqtt, http) = (self.mqtt.as_mut(), self.http.as_mut());
		let (password, ca) = mqtt.map_or((None, None), |mqtt| (mqtt.password.as_mut(), mqtt.ca.as_mut()));
		let (certificate, key) = http.map_or((None, None), |http| {
			(http.certificate.as_mut(), http.certificate_key.as_mut())
		});
		[
			Some(&mut self.key),
			self.vault_ca.as_mut(),
			self.account.key.as_mut(),
			self.account.passphrase.as_mut(),
			password,
			ca,
			certificate,
			key,
		]
	}

	pub(super) fn check(&self, development: bool, wrong: &impl Fn(String) -> GatewayError) -> Result<(), GatewayError> {
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
