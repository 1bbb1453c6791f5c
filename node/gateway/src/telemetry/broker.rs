//! What the hospital's broker is told, as mosquitto 2 reads it: how devices and this gateway connect, and who may what.

use std::path::Path;

use crate::{config::Mqtt, telemetry::link, GatewayError};

/// Where Debian's mosquitto has its files.
pub const FOLDER: &str = "/etc/mosquitto";

/// Certificate, key, passwords and list of access are in `folder`.
///
/// # Errors
/// `NoBrokerUser`
pub fn configuration(mqtt: &Mqtt, folder: &Path) -> Result<String, GatewayError> {
	gateway(mqtt)?;
	let at = |name: &str| folder.join(name).display().to_string();
	let listener = match &mqtt.ca {
		Some(_) => format!(
			"listener {}\ncertfile {}\nkeyfile {}\ntls_version tlsv1.3\n",
			mqtt.port,
			at("certs/broker.pem"),
			at("certs/broker.key"),
		),
		None => format!(
			"# In clear, for this machine only\nlistener {} {}\n",
			mqtt.port,
			mqtt.host.trim_matches(['[', ']'])
		),
	};
	Ok(format!(
		"{listener}\
		 # A session is its user's: nobody takes the gateway's with all that waits in it\n\
		 use_username_as_clientid true\n\
		 allow_anonymous false\n\
		 password_file {}\n\
		 acl_file {}\n\
		 retain_available false\n\
		 # No reading is longer\n\
		 max_packet_size {}\n\
		 # None is dropped while the gateway is away; with 0, for no limit, mosquitto 2.0 hangs up on who may not publish\n\
		 max_queued_messages 10000000\n\
		 # On its way to the gateway at a time\n\
		 max_inflight_messages {}\n\
		 # What waits is on the disk within so many seconds\n\
		 persistence true\n\
		 autosave_interval 60\n",
		at("salus.passwd"),
		at("salus.acl"),
		link::PACKET,
		link::IN_FLIGHT,
	))
}

/// Each device writes to its own topic, and nobody but the gateway reads.
///
/// # Errors
/// `NoBrokerUser`
pub fn access(mqtt: &Mqtt) -> Result<String, GatewayError> {
	let (prefix, user) = (&mqtt.prefix, gateway(mqtt)?);
	Ok(format!(
		"pattern write {prefix}/%u/readings\nuser {user}\ntopic read {prefix}/+/readings\n"
	))
}

fn gateway(mqtt: &Mqtt) -> Result<&str, GatewayError> {
	mqtt.user.as_deref().ok_or(GatewayError::NoBrokerUser)
}
