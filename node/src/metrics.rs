//! What Prometheus sees of the index and the vault. Labels are institutions and error names, never a person.

use std::sync::Arc;

use prometheus_endpoint::{register, MetricSource, Opts, PrometheusError, Registry, SourcedCounter, SourcedGauge};
use salus_index::Progress;
use salus_vault::Outcomes;
use sp_blockchain::HeaderBackend;
use tokio::sync::watch;

use crate::{service::FullClient, vault::Desks};

/// How far the index is behind finality.
pub fn register_index(
	registry: &Registry,
	client: Arc<FullClient>,
	progress: watch::Receiver<Progress>,
) -> Result<(), PrometheusError> {
	let entries = progress.clone();
	let lag = Number(Arc::new(move || {
		u64::from(client.info().finalized_number.saturating_sub(progress.borrow().number))
	}));
	let opts = Opts::new(
		"salus_index_lag_blocks",
		"Finalised blocks that the audit index has not read yet",
	);
	register(SourcedGauge::new(&opts, lag)?, registry)?;
	let entries = Number(Arc::new(move || entries.borrow().entries));
	let opts = Opts::new("salus_audit_entries", "Finalised audit entries in the index");
	register(SourcedGauge::new(&opts, entries)?, registry)?;
	Ok(())
}

/// What the desks and intakes did.
pub fn register_vault(registry: &Registry, desks: &Arc<Desks>) -> Result<(), PrometheusError> {
	type Select = fn(&crate::vault::Custodian) -> &Outcomes;
	let release: Select = |custodian| custodian.desk.outcomes();
	let upload: Select = |custodian| custodian.intake.outcomes();
	let kinds = [
		("salus_vault_releases", "Keys and ciphertexts released", release),
		("salus_vault_uploads", "Uploads taken", upload),
	];
	for (name, help, select) in kinds {
		let opts = Opts::new(format!("{name}_total"), help).variable_label("institution");
		register(
			SourcedCounter::new(
				&opts,
				Passed {
					desks: Arc::clone(desks),
					select,
				},
			)?,
			registry,
		)?;
		let help = format!("{help}: refusals by error");
		let opts = Opts::new(format!("{name}_refused_total"), help).variable_labels(labels());
		register(
			SourcedCounter::new(
				&opts,
				Refused {
					desks: Arc::clone(desks),
					select,
				},
			)?,
			registry,
		)?;
	}
	Ok(())
}

/// What goes between hospitals, each direction by a name of its own.
pub fn register_network(registry: &Registry, counted: Vec<(&str, &str, Arc<Outcomes>)>) -> Result<(), PrometheusError> {
	for (name, help, outcomes) in counted {
		let passed = Arc::clone(&outcomes);
		let opts = Opts::new(format!("{name}_total"), help);
		register(
			SourcedCounter::new(&opts, Number(Arc::new(move || passed.passed())))?,
			registry,
		)?;
		let opts =
			Opts::new(format!("{name}_refused_total"), format!("{help}: refusals by error")).variable_label("error");
		register(SourcedCounter::new(&opts, Errors(outcomes))?, registry)?;
	}
	Ok(())
}

fn labels() -> Vec<String> {
	vec!["institution".into(), "error".into()]
}

#[derive(Clone)]
struct Number(Arc<dyn Fn() -> u64 + Send + Sync>);

impl MetricSource for Number {
	type N = u64;

	fn collect(&self, mut set: impl FnMut(&[&str], u64)) {
		set(&[], (self.0)());
	}
}

#[derive(Clone)]
struct Passed {
	desks: Arc<Desks>,
	select: fn(&crate::vault::Custodian) -> &Outcomes,
}

impl MetricSource for Passed {
	type N = u64;

	fn collect(&self, mut set: impl FnMut(&[&str], u64)) {
		for (institution, custodian) in self.desks.custodians() {
			set(&[&institution.to_string()], (self.select)(custodian).passed());
		}
	}
}

#[derive(Clone)]
struct Refused {
	desks: Arc<Desks>,
	select: fn(&crate::vault::Custodian) -> &Outcomes,
}

impl MetricSource for Refused {
	type N = u64;

	fn collect(&self, mut set: impl FnMut(&[&str], u64)) {
		for (institution, custodian) in self.desks.custodians() {
			for (error, count) in (self.select)(custodian).refused() {
				set(&[&institution.to_string(), error], count);
			}
		}
	}
}

#[derive(Clone)]
struct Errors(Arc<Outcomes>);

impl MetricSource for Errors {
	type N = u64;

	fn collect(&self, mut set: impl FnMut(&[&str], u64)) {
		for (error, count) in self.0.refused() {
			set(&[error], count);
		}
	}
}
