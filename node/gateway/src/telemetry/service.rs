//! The parts of `[telemetry]` and how they hang together.

use std::{future::Future, pin::Pin, sync::Arc};

use salus::{words, Account};
use salus_primitives::{Moment, SECOND};
use tokio::{
	sync::{watch, Notify},
	time::{sleep, Duration},
};

use super::{
	anchor::Anchorer, deposit::Depositor, follow::Follower, listen, node::NodeChain, node::NodeRegistry, routes,
	vault::HospitalVault, Closer, Codes, Devices, Intake, Ledger, Log, LogKey, Rules, Tokens,
};
use crate::{
	config::{self, Config},
	keyed::Secret,
	listener,
	metrics::Metrics,
	submit::Node,
	GatewayError,
};

/// Devices' connections at a time.
const CONNECTIONS: usize = 512;
/// How often it is looked for what can be forgotten, and how many batches at a time.
const SWEEP: Duration = Duration::from_secs(10);
const SWEPT: u32 = 256;

/// A part of the gateway.
pub type Task = Pin<Box<dyn Future<Output = Result<(), GatewayError>> + Send>>;

/// What was started.
pub struct Parts {
	/// What is to be run until it ends.
	pub tasks: Vec<Task>,
	/// What becomes of the batches.
	pub ledger: Ledger,
}

/// Opens the log and makes all parts; none of them needs a node or a broker to be there.
///
/// # Errors
/// What the configuration names cannot be used.
pub async fn start(
	config: &Config,
	found: &config::Telemetry,
	account: Account,
	secret: &Secret,
	node: &Node,
	metrics: &Arc<Metrics>,
	end: &watch::Receiver<bool>,
) -> Result<Parts, GatewayError> {
	let log = open(config, found).await?;
	let (ledger, tokens) = (log.ledger(), log.tokens(secret.clone()));
	let devices = Devices::default();
	let closer = Closer::new(Rules {
		readings: usize::try_from(found.batch).unwrap_or(usize::MAX),
		age: found.age.saturating_mul(SECOND),
		patience: found.patience.saturating_mul(SECOND),
	});
	let (closed, stored) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
	let (intake, worker) = Intake::new(
		config.genesis,
		devices.clone(),
		log,
		closer,
		Arc::clone(metrics),
		Arc::clone(&closed),
	)
	.await?;
	let depositor = Depositor {
		ledger: ledger.clone(),
		devices: devices.clone(),
		vault: HospitalVault::new(node.clone(), config.institution, account.clone(), found)?,
		metrics: Arc::clone(metrics),
		closed,
		stored: Arc::clone(&stored),
	};
	let anchorer = Anchorer {
		ledger: ledger.clone(),
		chain: NodeChain::new(node.clone(), config.institution, account),
		metrics: Arc::clone(metrics),
		stored,
	};
	let follower = Follower::new(NodeRegistry::new(node.clone(), config.institution), devices);
	let mut tasks: Vec<Task> = vec![
		Box::pin(worker.work(end.clone())),
		Box::pin(depositor.work(end.clone())),
		Box::pin(anchorer.work(end.clone())),
		Box::pin(follower.follow(end.clone())),
		Box::pin(sweep(ledger.clone(), found.keep.saturating_mul(SECOND), end.clone())),
	];
	if let Some(http) = &found.http {
		let tls = match (&http.certificate, &http.certificate_key) {
			(Some(certificate), Some(key)) => Some(listener::tls(certificate, key)?),
			_ => None,
		};
		let bound = listener::bind(http.listen).await?;
		let served = listener::serve(bound, tls, routes(intake.clone(), tokens), CONNECTIONS);
		let mut end = end.clone();
		tasks.push(Box::pin(async move {
			tokio::select! {
				() = served => {}
				_ = end.changed() => {}
			}
			Ok(())
		}));
		tracing::info!("readings over HTTP at {}", http.listen);
	}
	if let Some(mqtt) = &found.mqtt {
		let metrics = Arc::clone(metrics);
		tasks.push(Box::pin(listen(mqtt.clone(), intake, metrics, end.clone())));
	}
	Ok(Parts { tasks, ledger })
}

/// What commands work on; a gateway may run beside.
pub struct Desk {
	/// Devices' tokens.
	pub tokens: Tokens,
	/// What devices may report.
	pub codes: Codes,
	/// The batches.
	pub ledger: Ledger,
}

/// Opens the log for commands.
///
/// # Errors
/// `Missing`, `Secret`, `BadSecret`, and as opening the log.
pub async fn desk(config: &Config) -> Result<Desk, GatewayError> {
	let found = config.telemetry.as_ref().ok_or(GatewayError::Missing("telemetry"))?;
	let log = open(config, found).await?;
	Ok(Desk {
		tokens: log.tokens(Secret::read(&config.secret)?),
		codes: log.codes(),
		ledger: log.ledger(),
	})
}

async fn open(config: &Config, found: &config::Telemetry) -> Result<Log, GatewayError> {
	let key = LogKey::read(&found.key)?;
	Log::open(&config.data, config.genesis, key, found.most).await
}

/// Forgets what was anchored so long ago, until told to end.
async fn sweep(ledger: Ledger, keep: Moment, mut end: watch::Receiver<bool>) -> Result<(), GatewayError> {
	while !*end.borrow() {
		let before = words::now().saturating_sub(keep);
		if ledger.forget(before, SWEPT).await? == u64::from(SWEPT) {
			continue;
		}
		tokio::select! {
			() = sleep(SWEEP) => {}
			_ = end.changed() => {}
		}
	}
	Ok(())
}
