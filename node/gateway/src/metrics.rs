//! What Prometheus sees. Labels are kinds of contact and names of outcomes, never a person.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::IntoResponse, routing::get, Router};
use prometheus::{Encoder, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};

use crate::{contact::Kind, store::Store};

/// Everything that is counted.
pub struct Metrics {
	registry: Registry,
	applications: IntCounterVec,
	codes: IntCounterVec,
	tries: IntCounterVec,
	attestations: IntCounterVec,
	notices: IntCounterVec,
	outbox: IntGaugeVec,
	handled: IntGauge,
	finalised: IntGauge,
}

impl Metrics {
	/// Nothing counted yet.
	///
	/// # Errors
	/// Where two metrics have one name.
	pub fn new() -> Result<Self, prometheus::Error> {
		let registry = Registry::new();
		let counters = |name: &str, help: &str, labels: &[&str]| {
			let counter = IntCounterVec::new(Opts::new(format!("salus_gateway_{name}_total"), help), labels)?;
			registry.register(Box::new(counter.clone()))?;
			Ok::<_, prometheus::Error>(counter)
		};
		let gauge = |name: &str, help: &str| {
			let gauge = IntGauge::new(format!("salus_gateway_{name}"), help)?;
			registry.register(Box::new(gauge.clone()))?;
			Ok::<_, prometheus::Error>(gauge)
		};
		let outbox = IntGaugeVec::new(
			Opts::new(
				"salus_gateway_outbox",
				"Notices that wait, and those that the desk has to deliver",
			),
			&["channel", "state"],
		)?;
		registry.register(Box::new(outbox.clone()))?;
		Ok(Self {
			applications: counters("applications", "Applications, by outcome", &["outcome"])?,
			codes: counters("codes", "One-time codes sent, by outcome", &["channel", "outcome"])?,
			tries: counters("code_tries", "Codes tried, by outcome", &["outcome"])?,
			attestations: counters("attestations", "Attestations submitted, by outcome", &["outcome"])?,
			notices: counters(
				"notices",
				"Tries to deliver a notice, by outcome",
				&["channel", "outcome"],
			)?,
			handled: gauge("handled_block", "The last block whose events were handled")?,
			finalised: gauge("finalised_block", "The node's finalised head as last seen")?,
			outbox,
			registry,
		})
	}

	pub fn application(&self, outcome: Result<(), &str>) {
		self.applications.with_label_values(&[name(outcome)]).inc();
	}

	pub fn code(&self, kind: Kind, outcome: Result<(), &str>) {
		self.codes.with_label_values(&[kind.name(), name(outcome)]).inc();
	}

	pub fn tried(&self, outcome: Result<(), &str>) {
		self.tries.with_label_values(&[name(outcome)]).inc();
	}

	pub fn attestation(&self, outcome: &str) {
		self.attestations.with_label_values(&[outcome]).inc();
	}

	pub fn notice(&self, kind: Kind, outcome: Result<(), &str>) {
		self.notices.with_label_values(&[kind.name(), name(outcome)]).inc();
	}

	pub fn progress(&self, handled: u32, finalised: u32) {
		self.handled.set(handled.into());
		self.finalised.set(finalised.into());
	}
}

fn name(outcome: Result<(), &str>) -> &str {
	outcome.err().unwrap_or("ok")
}

/// `/metrics`
pub fn routes(metrics: Arc<Metrics>, store: Store) -> Router {
	Router::new().route("/metrics", get(serve)).with_state((metrics, store))
}

async fn serve(State((metrics, store)): State<(Arc<Metrics>, Store)>) -> impl IntoResponse {
	for kind in Kind::ALL {
		for (name, states) in [("waiting", ["waiting", "sending"]), ("undelivered", ["undelivered"; 2])] {
			match store.notices_in(kind, states).await {
				Ok(count) => metrics
					.outbox
					.with_label_values(&[kind.name(), name])
					.set(i64::try_from(count).unwrap_or(i64::MAX)),
				Err(error) => {
					tracing::error!("{error}");
					return (StatusCode::SERVICE_UNAVAILABLE, Vec::new());
				}
			}
		}
	}
	let mut text = Vec::new();
	match TextEncoder::new().encode(&metrics.registry.gather(), &mut text) {
		Ok(()) => (StatusCode::OK, text),
		Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Vec::new()),
	}
}
