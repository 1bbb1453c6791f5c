//! `salus-gateway telemetry codes`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use salus::words;
use salus_primitives::Moment;
use salus_vault::keystore::read_private;
use salus_vitals::{DeviceCodes, Loinc};
use serde_json::{json, Value};

use super::{token::device, Report};
use crate::{
	telemetry::{self, DeviceId},
	GatewayError,
};

/// `salus-gateway telemetry codes`
#[derive(Subcommand)]
pub enum Codes {
	/// Take devices' salt files: their readings are taken from then on, of the codes in there and no others
	#[command(
		after_help = "Example:\n  salus-gateway telemetry codes add codes.json\n\nThe files are those that `salus device claim --salts` wrote, of mode 0600; earlier ones of the same devices are void. A\ngateway that runs takes them up at once. A device whose file is not what it signed for the chain is refused with OtherCodes."
	)]
	Add {
		/// The salt files
		#[arg(required = true, value_name = "FILE")]
		files: Vec<PathBuf>,
	},
	/// What each device may report
	List,
	/// Forget a device's codes: none of its readings is taken any more, at once
	Remove {
		/// The device: its ed25519 key, 64 hexadecimal digits
		#[arg(value_parser = device)]
		device: DeviceId,
	},
}

impl Codes {
	pub async fn run(self, codes: &telemetry::Codes) -> Result<Report, GatewayError> {
		match self {
			Self::Add { files } => {
				let opened: Vec<_> = files.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
				let now = words::now();
				codes.add(&opened, now).await?;
				Ok(report(opened.iter().map(|opened| (opened, now))))
			}
			Self::List => {
				let listed = codes.list().await?;
				Ok(report(listed.iter().map(|(opened, since)| (opened, *since))))
			}
			Self::Remove { device } => match codes.remove(&device).await? {
				true => Ok(Report {
					lines: vec!["the device may report nothing any more".into()],
					json: json!({ "device": hex::encode(device) }),
				}),
				false => Err(GatewayError::NotFound {
					what: "codes of device",
					id: hex::encode(device),
				}),
			},
		}
	}
}

fn read(path: &Path) -> Result<DeviceCodes, GatewayError> {
	let text = read_private(path)?;
	DeviceCodes::read(&text).map_err(|reason| GatewayError::Codes {
		path: path.to_owned(),
		reason,
	})
}

/// A line and an object for each device. The commitment is to compare with the chain's: `salus device show`.
fn report<'a>(listed: impl Iterator<Item = (&'a DeviceCodes, Moment)>) -> Report {
	let (mut lines, mut objects) = (Vec::new(), Vec::new());
	for (opened, since) in listed {
		let device = hex::encode(opened.device().as_bytes());
		let codes: Vec<_> = opened.codes().iter().map(Loinc::as_str).collect();
		let commitment = words::hex(opened.commitment());
		lines.push(format!(
			"{device}  {}  since {}  commitment {commitment}",
			codes.join(","),
			words::show_moment(since)
		));
		objects.push(json!({
			"device": device,
			"codes": codes,
			"commitment": commitment,
			"opened": words::number(since),
		}));
	}
	Report {
		lines,
		json: Value::Array(objects),
	}
}
