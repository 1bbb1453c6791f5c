//! `salus-gateway token`

use clap::Subcommand;
use salus::words;
use salus_vitals::signature::DeviceKey;
use serde_json::{json, Value};

use super::Report;
use crate::{
	telemetry::{DeviceId, Tokens},
	GatewayError,
};

/// `salus-gateway token`
#[derive(Subcommand)]
pub enum Token {
	/// Make a device's token for HTTP, shown this once; an earlier one is void
	#[command(
		after_help = "Example:\n  salus-gateway token new ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c\n\nThe device sends it as `Authorization: Bearer <device>.<token>`. It may take effect before the device is provisioned; readings are taken from then on."
	)]
	New {
		/// The device: its ed25519 key, 64 hexadecimal digits
		#[arg(value_parser = device)]
		device: DeviceId,
	},
	/// Which devices have a token
	List,
	/// Take a device's token back, at once
	Revoke {
		/// The device: its ed25519 key, 64 hexadecimal digits
		#[arg(value_parser = device)]
		device: DeviceId,
	},
}

impl Token {
	pub async fn run(self, tokens: &Tokens) -> Result<Report, GatewayError> {
		match self {
			Self::New { device } => {
				let token = tokens.make(&device, words::now()).await?;
				let bearer = format!("{}.{}", hex::encode(device), token.as_str());
				Ok(Report {
					lines: vec![bearer.clone()],
					json: json!({ "device": hex::encode(device), "bearer": bearer }),
				})
			}
			Self::List => list(tokens).await,
			Self::Revoke { device } => match tokens.revoke(&device).await? {
				true => Ok(Report {
					lines: vec!["the device has no token any more".into()],
					json: json!({ "device": hex::encode(device) }),
				}),
				false => Err(GatewayError::NotFound {
					what: "token of device",
					id: hex::encode(device),
				}),
			},
		}
	}
}

async fn list(tokens: &Tokens) -> Result<Report, GatewayError> {
	let listed = tokens.list().await?;
	let lines = listed
		.iter()
		.map(|(device, made)| format!("{}  since {}", hex::encode(device), words::show_moment(*made)));
	let object =
		|(device, made): &(DeviceId, u64)| json!({ "device": hex::encode(device), "made": words::number(*made) });
	Ok(Report {
		lines: lines.collect(),
		json: Value::Array(listed.iter().map(object).collect()),
	})
}

/// A device's key that somebody alone can sign with.
pub(super) fn device(text: &str) -> Result<DeviceId, String> {
	let mut id = DeviceId::default();
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut id)
		.map_err(|_| "a device is named by its key, 64 hexadecimal digits".to_owned())?;
	DeviceKey::from_bytes(&id).map_err(|error| error.to_string())?;
	Ok(id)
}
