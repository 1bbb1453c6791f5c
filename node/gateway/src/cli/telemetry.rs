//! `salus-gateway telemetry`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use salus::words;
use serde_json::{json, Value};

use super::{codes::Codes, Report};
use crate::{
	config::Config,
	telemetry::{broker, desk, Held, Ledger},
	GatewayError,
};

/// Batches that are listed at most.
const LISTED: u32 = 1_000;

/// `salus-gateway telemetry`
#[derive(Subcommand)]
pub enum Telemetry {
	/// Which codes each device may report, as the commitment that it signed says
	#[command(subcommand)]
	Codes(Codes),
	/// Readings that wait, batches by where they stand, and those that are held up or aside, with the reason
	Status,
	/// Try a batch again that is aside
	Retry {
		/// Its number, as `status` shows it
		batch: i64,
	},
	/// The configuration of the hospital's broker, mosquitto 2
	Broker(Broker),
}

/// `salus-gateway telemetry broker`
#[derive(Args)]
#[command(
	after_help = "Examples:\n  salus-gateway telemetry broker | sudo tee /etc/mosquitto/conf.d/salus.conf\n  salus-gateway telemetry broker --acl | sudo tee /etc/mosquitto/salus.acl\n  sudo mosquitto_passwd -c /etc/mosquitto/salus.passwd gateway\n\nA device's user is its key, 64 hexadecimal digits in lower case."
)]
pub struct Broker {
	/// The list of access instead: who may write and read what
	#[arg(long)]
	acl: bool,
	/// Where the broker has its certificate (certs/broker.pem and .key), salus.passwd and salus.acl
	#[arg(long, default_value = broker::FOLDER)]
	folder: PathBuf,
}

impl Telemetry {
	pub async fn run(self, config: &Config) -> Result<Report, GatewayError> {
		let retried = match self {
			Self::Broker(broker) => return broker.run(config),
			Self::Codes(command) => return command.run(&desk(config).await?.codes).await,
			Self::Retry { batch } => Some(batch),
			Self::Status => None,
		};
		let ledger = desk(config).await?.ledger;
		if let Some(batch) = retried {
			ledger.retry(batch).await?;
		}
		status(&ledger).await
	}
}

impl Broker {
	fn run(self, config: &Config) -> Result<Report, GatewayError> {
		let telemetry = config.telemetry.as_ref();
		let mqtt = telemetry
			.and_then(|telemetry| telemetry.mqtt.as_ref())
			.ok_or(GatewayError::Missing("telemetry.mqtt"))?;
		let (configuration, acl) = (broker::configuration(mqtt, &self.folder)?, broker::access(mqtt)?);
		let shown = if self.acl { &acl } else { &configuration };
		Ok(Report {
			lines: shown.lines().map(Into::into).collect(),
			json: json!({ "configuration": configuration, "acl": acl }),
		})
	}
}

/// What waits, and where batches stand.
async fn status(ledger: &Ledger) -> Result<Report, GatewayError> {
	let (waiting, since) = ledger.unbatched().await?;
	let counts = ledger.counts().await?;
	let held = ledger.held(LISTED).await?;
	let mut lines = vec![match since {
		Some(since) => format!(
			"{waiting} readings are in no batch yet, since {}",
			words::show_moment(since)
		),
		None => "every reading is in a batch".into(),
	}];
	lines.extend(counts.iter().map(|count| {
		let since = count.since.map(words::show_moment);
		let since = since.map_or_else(String::new, |since| format!(", readings since {since}"));
		format!("{:>8} {}{since}", count.batches, count.state.name())
	}));
	lines.extend(held.iter().map(line));
	let by_state = counts
		.iter()
		.map(|count| (count.state.name().into(), count.batches.into()));
	Ok(Report {
		lines,
		json: json!({
			"waiting": words::number(waiting),
			"batches": Value::Object(by_state.collect()),
			"held": held.iter().map(object).collect::<Vec<_>>(),
		}),
	})
}

fn line(held: &Held) -> String {
	let batch = &held.batch;
	let what = match held.ended {
		Some(ended) => format!("aside since {}", words::show_moment(ended)),
		None => "waits".into(),
	};
	format!(
		"batch {}: {} readings from {} on of device {}, {what}: {}",
		batch.id,
		batch.count,
		batch.first_seq,
		hex::encode(batch.device),
		held.reason,
	)
}

fn object(held: &Held) -> Value {
	let batch = &held.batch;
	json!({
		"batch": batch.id,
		"device": hex::encode(batch.device),
		"binding": words::number(batch.binding),
		"firstSeq": words::number(batch.first_seq),
		"count": batch.count,
		"firstAt": words::number(batch.first_at),
		"lastAt": words::number(batch.last_at),
		"state": if held.ended.is_some() { "aside" } else { "waiting" },
		"reason": held.reason,
		"ended": held.ended.map(words::number),
	})
}
