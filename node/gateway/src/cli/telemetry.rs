//! `salus-gateway telemetry`

use clap::Subcommand;
use salus::words;
use serde_json::{json, Value};

use super::Report;
use crate::{
	telemetry::{Held, Ledger},
	GatewayError,
};

/// Batches that are listed at most.
const LISTED: u32 = 1_000;

/// `salus-gateway telemetry`
#[derive(Subcommand)]
pub enum Telemetry {
	/// Readings that wait, batches by where they stand, and those that are held up or aside, with the reason
	Status,
	/// Try a batch again that is aside
	Retry {
		/// Its number, as `status` shows it
		batch: i64,
	},
}

impl Telemetry {
	pub async fn run(self, ledger: &Ledger) -> Result<Report, GatewayError> {
		if let Self::Retry { batch } = self {
			ledger.retry(batch).await?;
		}
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
