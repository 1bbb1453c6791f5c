//! Early warning: rules look at every reading that is kept, and whoever is to answer is told, one after the other.

mod alerts;
mod chain;
mod device;
mod engine;
mod entry;
mod error;
mod finding;
mod ledger;
mod notices;
mod patient;
mod prune;
mod raise;
mod roster;
mod saved;
mod tell;

use std::sync::Arc;

use salus_primitives::Moment;
use tokio::{
	sync::{watch, Notify},
	task::JoinSet,
};

use crate::{
	config::Config,
	delivery::Courier,
	keyed::Secret,
	metrics::Metrics,
	run::signer,
	store::Store,
	submit::Node,
	telemetry::{Arrivals, LogKey},
	GatewayError,
};

pub use alerts::Raised;
pub use chain::NodeChain;
pub use engine::{Engine, Settings};
pub use entry::{Entry, Level, Post, Rung, Subject};
pub use error::AlarmError;
pub use ledger::{Addressee, Ledger};
pub use notices::Unreached;
pub use patient::{name, Patient};
pub use raise::Raiser;
pub use roster::Shift;
#[cfg(test)]
pub(crate) use salus::alert::{Content, Rule, Severity};
pub use saved::Name;
pub use tell::Teller;
#[cfg(test)]
pub(crate) use {
	chain::{raise, Bound, Chain, ChainError, Found, Standing},
	entry::age,
	patient::{LATE, REARM},
	prune::{RETENTION, STEP},
	raise::PATIENCE,
	roster::on_call,
	tell::SUBJECT,
};

/// How many are told at a time: a slow server holds up one of them.
const TELLERS: usize = 4;

/// What early warning shares with the gateway's other parts.
#[derive(Clone, Copy)]
pub struct Care<'a> {
	/// The database.
	pub store: &'a Store,
	/// How notices leave.
	pub courier: &'a Arc<Courier>,
	/// What is counted.
	pub metrics: &'a Arc<Metrics>,
	/// The key of notices' names.
	pub secret: &'a Secret,
	/// The node.
	pub node: &'a Node,
}

/// Starts early warning, if it is configured; if not, and readings are taken, none wait for rules.
///
/// # Errors
/// All that starting may fail with
pub async fn start(
	config: &Config,
	care: Care<'_>,
	tasks: &mut JoinSet<Result<(), GatewayError>>,
	end: &watch::Receiver<bool>,
	now: Moment,
) -> Result<(), GatewayError> {
	let Some(telemetry) = &config.telemetry else {
		return Ok(());
	};
	let key = LogKey::read(&telemetry.key)?;
	let Some(alarms) = &config.alarms else {
		return Arrivals::stop(&config.data, config.genesis, key).await;
	};
	let account = signer(&alarms.signer())?;
	let chain = Arc::new(NodeChain::new(care.node.clone(), config.institution, account));
	let arrivals = Arrivals::open(&config.data, config.genesis, key.clone()).await?;
	let ledger = Ledger::open(care.store.clone(), key).await?;
	let again = ledger.recover().await?;
	if again > 0 {
		tracing::warn!("{again} alerts were being sent when the gateway died; they are sent again under their names");
	}
	let (found, waiting) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
	let metrics = care.metrics;
	let engine = Engine::open(
		arrivals,
		ledger.clone(),
		Arc::clone(&chain),
		Arc::clone(metrics),
		Arc::clone(&found),
		alarms.settings(),
		now,
	)
	.await?;
	tasks.spawn(engine.work(end.clone()));
	let raiser = Arc::new(Raiser {
		ledger: ledger.clone(),
		chain: Arc::clone(&chain),
		metrics: Arc::clone(metrics),
		found,
		waiting: Arc::clone(&waiting),
	});
	tasks.spawn(Arc::clone(&raiser).work(end.clone()));
	tasks.spawn(raiser.watch(end.clone()));
	let teller = Arc::new(Teller {
		ledger,
		chain,
		courier: Arc::clone(care.courier),
		genesis: config.genesis,
		secret: care.secret.clone(),
		metrics: Arc::clone(metrics),
		waiting,
	});
	for _ in 0..TELLERS {
		tasks.spawn(Arc::clone(&teller).work(end.clone()));
	}
	tracing::info!("early warning, alerts over {}", config.node);
	Ok(())
}
