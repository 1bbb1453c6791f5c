//! What Prometheus sees. Labels are kinds of contact and names of outcomes, never a person.

use std::{sync::Arc, time::Duration};

use axum::{extract, http::StatusCode, response::IntoResponse, routing::get, Router};
use prometheus::{Histogram, HistogramOpts, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};

use salus::words;
use salus_primitives::{Moment, SECOND};

use crate::{
	contact::Kind,
	store::Store,
	telemetry::{Ledger, State},
	GatewayError,
};

/// Everything that is counted.
pub struct Metrics {
	registry: Registry,
	applications: IntCounterVec,
	codes: IntCounterVec,
	tries: IntCounterVec,
	attestations: IntCounterVec,
	notices: IntCounterVec,
	readings: IntCounterVec,
	broker: IntCounterVec,
	batches: IntCounterVec,
	flagged: IntCounterVec,
	retries: IntCounterVec,
	batches_in: IntGaugeVec,
	lag: IntGauge,
	kept: IntGauge,
	judged: IntCounterVec,
	alerts: IntCounterVec,
	open_alerts: IntGauge,
	scored: IntGauge,
	time_to_tell: Histogram,
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
		let batches_in = IntGaugeVec::new(
			Opts::new("salus_gateway_batches", "Batches of readings, by where they stand"),
			&["state"],
		)?;
		registry.register(Box::new(batches_in.clone()))?;
		let time_to_tell = Histogram::with_opts(
			HistogramOpts::new(
				"salus_gateway_alert_seconds_to_tell",
				"From when something was found to when the first was told of it",
			)
			.buckets(vec![1.0, 5.0, 15.0, 30.0, 60.0, 90.0, 120.0, 300.0, 900.0]),
		)?;
		registry.register(Box::new(time_to_tell.clone()))?;
		Ok(Self {
			judged: counters("judged_readings", "Readings that the rules looked at", &["outcome"])?,
			alerts: counters("alerts", "Alerts, by what became of them", &["event"])?,
			open_alerts: gauge("open_alerts", "Alerts that nobody has acknowledged")?,
			scored: gauge(
				"scored_patients",
				"Patients with a NEWS2 out of a complete and fresh set",
			)?,
			time_to_tell,
			applications: counters("applications", "Applications, by outcome", &["outcome"])?,
			codes: counters("codes", "One-time codes sent, by outcome", &["channel", "outcome"])?,
			tries: counters("code_tries", "Codes tried, by outcome", &["outcome"])?,
			attestations: counters("attestations", "Attestations submitted, by outcome", &["outcome"])?,
			notices: counters(
				"notices",
				"Tries to deliver a notice, by outcome",
				&["channel", "outcome"],
			)?,
			readings: counters("readings", "Readings of devices, by outcome", &["outcome"])?,
			broker: counters(
				"broker_connections",
				"Tries to connect to the broker, by outcome",
				&["outcome"],
			)?,
			batches: counters("batches", "Batches of readings, by what was done", &["done"])?,
			flagged: counters(
				"flagged_readings",
				"Readings with an odd value, which are kept all the same",
				&["flag"],
			)?,
			retries: counters("batch_retries", "Tries that have to be repeated", &["step", "reason"])?,
			batches_in,
			lag: gauge(
				"anchoring_lag_seconds",
				"How long the reading has waited that waits longest to be anchored",
			)?,
			kept: gauge("kept_readings", "Readings that are kept until their batch is anchored")?,
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

	pub fn reading(&self, outcome: Result<(), &str>) {
		self.readings.with_label_values(&[name(outcome)]).inc();
	}

	pub fn broker(&self, outcome: Result<(), &str>) {
		self.broker.with_label_values(&[name(outcome)]).inc();
	}

	pub fn flagged(&self, flag: &str) {
		self.flagged.with_label_values(&[flag]).inc();
	}

	pub fn batches(&self, done: &str, batches: usize) {
		let batches = u64::try_from(batches).unwrap_or(u64::MAX);
		self.batches.with_label_values(&[done]).inc_by(batches);
	}

	pub fn batch(&self, done: &str) {
		self.batches(done, 1);
	}

	pub fn retried(&self, step: &str, reason: &str) {
		self.retries.with_label_values(&[step, reason]).inc();
	}

	pub fn kept(&self, readings: u64) {
		self.kept.set(i64::try_from(readings).unwrap_or(i64::MAX));
	}

	pub fn scored(&self, patients: usize) {
		self.scored.set(i64::try_from(patients).unwrap_or(i64::MAX));
	}

	pub fn judged(&self, outcome: &str) {
		self.judged.with_label_values(&[outcome]).inc();
	}

	pub fn alert(&self, event: &str) {
		self.alerts(event, 1);
	}

	pub fn alerts(&self, event: &str, count: u64) {
		self.alerts.with_label_values(&[event]).inc_by(count);
	}

	pub fn open_alerts(&self, alerts: u64) {
		self.open_alerts.set(i64::try_from(alerts).unwrap_or(i64::MAX));
	}

	/// Milliseconds.
	pub fn time_to_tell(&self, time: u64) {
		self.time_to_tell.observe(Duration::from_millis(time).as_secs_f64());
	}

	pub fn progress(&self, handled: u32, finalised: u32) {
		self.handled.set(handled.into());
		self.finalised.set(finalised.into());
	}
}

impl Metrics {
	/// All of it, as Prometheus reads it.
	///
	/// # Errors
	/// Where something cannot be written as text.
	pub fn text(&self) -> Result<String, prometheus::Error> {
		TextEncoder::new().encode_to_string(&self.registry.gather())
	}
}

fn name(outcome: Result<(), &str>) -> &str {
	outcome.err().unwrap_or("ok")
}

/// `/metrics`
pub fn routes(metrics: Arc<Metrics>, store: Store, ledger: Option<Ledger>) -> Router {
	Router::new()
		.route("/metrics", get(serve))
		.with_state((metrics, store, ledger))
}

/// What is counted in databases.
async fn count(metrics: &Metrics, store: &Store, ledger: Option<&Ledger>, now: Moment) -> Result<(), GatewayError> {
	let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
	for kind in Kind::ALL {
		for (name, states) in [("waiting", ["waiting", "sending"]), ("undelivered", ["undelivered"; 2])] {
			let count = store.notices_in(kind, states).await?;
			metrics
				.outbox
				.with_label_values(&[kind.name(), name])
				.set(signed(count));
		}
	}
	let Some(ledger) = ledger else { return Ok(()) };
	let (_, mut oldest) = ledger.unbatched().await?;
	for count in ledger.counts().await? {
		let gauge = metrics.batches_in.with_label_values(&[count.state.name()]);
		gauge.set(signed(count.batches));
		if !matches!(count.state, State::Anchored | State::Aside) {
			oldest = [oldest, count.since].into_iter().flatten().min();
		}
	}
	let lag = oldest.map_or(0, |oldest| now.saturating_sub(oldest) / SECOND);
	metrics.lag.set(signed(lag));
	Ok(())
}

async fn serve(
	extract::State((metrics, store, ledger)): extract::State<(Arc<Metrics>, Store, Option<Ledger>)>,
) -> impl IntoResponse {
	if let Err(error) = count(&metrics, &store, ledger.as_ref(), words::now()).await {
		tracing::error!("{error}");
		return (StatusCode::SERVICE_UNAVAILABLE, String::new());
	}
	match metrics.text() {
		Ok(text) => (StatusCode::OK, text),
		Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
	}
}
