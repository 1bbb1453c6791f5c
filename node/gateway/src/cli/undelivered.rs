//! `salus-gateway undelivered`

use clap::Args;
use salus::words;
use serde_json::{json, Value};

use super::Report;
use crate::{
	store::{self, Store},
	GatewayError,
};

/// `salus-gateway undelivered`
#[derive(Args)]
#[command(
	after_help = "Examples:\n  salus-gateway undelivered\n  salus-gateway undelivered --retry 12    # the address was corrected\n  salus-gateway undelivered --told 12     # she was told in person"
)]
pub struct Undelivered {
	/// Try this one again from the beginning
	#[arg(long, value_name = "NOTICE", conflicts_with = "told")]
	retry: Option<i64>,
	/// The patient knows: take this one off the list
	#[arg(long, value_name = "NOTICE")]
	told: Option<i64>,
}

impl Undelivered {
	pub async fn run(self, store: &Store) -> Result<Report, GatewayError> {
		for (id, told) in [(self.retry, false), (self.told, true)] {
			if let Some(id) = id {
				store.clear(id, told, words::now()).await?;
			}
		}
		let found = store.undelivered().await?;
		let mut lines: Vec<_> = found.iter().map(line).collect();
		if lines.is_empty() {
			lines.push("every notice was delivered, or is still tried".into());
		}
		Ok(Report {
			lines,
			json: Value::Array(found.iter().map(object).collect()),
		})
	}
}

fn line(found: &store::Undelivered) -> String {
	let what = match found.event {
		store::Event::Asked(request) => format!("somebody asks (request {request})"),
		store::Event::Opened(receipt) => format!("somebody opened (receipt {receipt})"),
		store::Event::GlassBroken(case) => format!("the glass was broken (case {case})"),
		store::Event::ReadingsOpened(receipt) => format!("somebody opened readings (receipt {receipt} of readings)"),
		store::Event::Appointment(entry) => format!("an appointment changed (entry {entry} of the trail)"),
		store::Event::Offered(_) => "an appointment is offered, and held for a while".into(),
		store::Event::KeyLost(entry) => format!("the key is said to be lost (entry {entry} of the trail)"),
	};
	format!(
		"{}  patient {}: {what} in block {}, {}; {} tries by {}, last {}",
		found.id,
		found.patient,
		found.block,
		words::show_moment(found.since),
		found.attempts,
		found.channel.name(),
		found.error,
	)
}

fn object(found: &store::Undelivered) -> Value {
	json!({
		"notice": found.id,
		"patient": words::number(found.patient),
		"event": found.event.name(),
		"subject": words::number(found.event.subject()),
		"block": found.block,
		"since": words::number(found.since),
		"channel": found.channel.name(),
		"attempts": found.attempts,
		"error": found.error,
	})
}
