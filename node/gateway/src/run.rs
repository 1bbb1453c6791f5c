//! The gateway as a service.

use std::{future::Future, path::Path, sync::Arc};

use salus::{open_key, Account, Identity};
use salus_primitives::Moment;
use salus_vault::keystore::{read_private, Strength};
use tokio::{
	signal::unix::{signal, SignalKind},
	sync::{watch, Notify},
	task::JoinSet,
};

use crate::{
	alarms,
	config::{self, Config},
	contact::Kind,
	delivery::Courier,
	keyed::Secret,
	listener,
	metrics::{self, Metrics},
	notices::{Deliverer, Follower, NodeBlocks},
	register::Register,
	registrar::{self, Registrar},
	store::{self, Store},
	submit::{self, Chain, Node},
	telemetry, GatewayError,
};

/// Connections to a listener for people, at a time.
const CONNECTIONS: usize = 128;

/// Runs what is configured until the process is told to end. A part that fails ends all.
///
/// # Errors
/// All that starting may fail with; `CursorNotOnChain`, `Sql`, `Damaged` later
pub async fn run(config: &Config, now: Moment) -> Result<(), GatewayError> {
	// Every client wants a provider of cryptography; the second time it is there already.
	rustls::crypto::ring::default_provider().install_default().ok();
	let _held = store::hold(&config.data)?;
	let secret = Secret::read(&config.secret)?;
	let store = Store::open(&config.data, config.genesis).await?;
	let courier = Arc::new(Courier::new(config)?);
	let metrics = Arc::new(Metrics::new().map_err(|error| GatewayError::Config {
		path: "metrics".into(),
		reason: error.to_string(),
	})?);
	let node = Node {
		url: config.node.to_string(),
		genesis: config.genesis,
		development: config.development,
	};
	let (stop, end) = watch::channel(false);
	let mut tasks = JoinSet::new();

	let ledger = match &config.telemetry {
		Some(found) => {
			let parts =
				telemetry::start(config, found, signer(&found.account)?, &secret, &node, &metrics, &end).await?;
			parts.tasks.into_iter().for_each(|task| {
				tasks.spawn(task);
			});
			Some(parts.ledger)
		}
		None => None,
	};
	if let Some(address) = config.metrics {
		let listener = listener::bind(address).await?;
		let routes = metrics::routes(Arc::clone(&metrics), store.clone(), ledger);
		serve(
			&mut tasks,
			end.clone(),
			listener::serve(listener, None, routes, CONNECTIONS),
		);
		tracing::info!("metrics at http://{address}/metrics");
	}
	if let Some(found) = &config.registrar {
		let account = signer(&found.signer())?;
		let tls = match (&found.certificate, &found.certificate_key) {
			(Some(certificate), Some(key)) => Some(listener::tls(certificate, key)?),
			_ => None,
		};
		let proven = Arc::new(Notify::new());
		let registrar = Registrar {
			genesis: config.genesis,
			institution: config.institution,
			secret: secret.clone(),
			store: store.clone(),
			register: Register::new(config, store.clone())?,
			courier: Arc::clone(&courier),
			metrics: Arc::clone(&metrics),
			proven: Arc::clone(&proven),
		};
		let listener = listener::bind(found.listen).await?;
		let routes = registrar::http::routes(registrar);
		serve(
			&mut tasks,
			end.clone(),
			listener::serve(listener, tls, routes, CONNECTIONS),
		);
		let chain = Chain::new(node.clone(), account);
		tasks.spawn(submit::work(
			store.clone(),
			chain,
			Arc::clone(&metrics),
			proven,
			end.clone(),
		));
		tracing::info!("registrar of institution {} at {}", config.institution, found.listen);
	}
	let care = alarms::Care {
		store: &store,
		courier: &courier,
		metrics: &metrics,
		secret: &secret,
		node: &node,
	};
	alarms::start(config, care, &mut tasks, &end, now).await?;
	if let Some(found) = &config.notices {
		let again = store.recover(now).await?;
		if again > 0 {
			tracing::warn!(
				"{again} notices were being sent when the gateway died; they are sent again under their names"
			);
		}
		let handed_over = Arc::new(Notify::new());
		for kind in Kind::ALL {
			let deliverer = Deliverer {
				store: store.clone(),
				courier: Arc::clone(&courier),
				kind,
				config: found.clone(),
				genesis: config.genesis,
				secret: secret.clone(),
				metrics: Arc::clone(&metrics),
				handed_over: Arc::clone(&handed_over),
			};
			tasks.spawn(deliverer.work(end.clone()));
		}
		let follower = Follower::new(store.clone(), NodeBlocks::new(node), metrics, handed_over);
		tasks.spawn(follower.follow(end.clone()));
		tracing::info!("word to patients, from {}", config.node);
	}
	if tasks.is_empty() {
		return Err(GatewayError::Missing("registrar], [notices] or [telemetry"));
	}
	tasks.spawn(asked_to_end(stop));
	// Whichever part ends first, ends all; each finishes what it has begun.
	drop(end);
	let mut outcome = Ok(());
	while let Some(ended) = tasks.join_next().await {
		let failed = match ended {
			Ok(Ok(())) => continue,
			Ok(Err(error)) => error,
			Err(broken) if broken.is_cancelled() => continue,
			Err(_) => GatewayError::Died,
		};
		tracing::error!("{failed}");
		tasks.abort_all();
		outcome = outcome.and(Err(failed));
	}
	outcome
}

fn serve(
	tasks: &mut JoinSet<Result<(), GatewayError>>,
	mut end: watch::Receiver<bool>,
	served: impl Future<Output = ()> + Send + 'static,
) {
	tasks.spawn(async move {
		tokio::select! {
			() = served => {}
			_ = end.changed() => {}
		}
		Ok(())
	});
}

async fn asked_to_end(stop: watch::Sender<bool>) -> Result<(), GatewayError> {
	let on = |kind| signal(kind).map_err(GatewayError::at("signals"));
	let (mut interrupt, mut terminate) = (on(SignalKind::interrupt())?, on(SignalKind::terminate())?);
	tokio::select! {
		_ = interrupt.recv() => {}
		_ = terminate.recv() => {}
	}
	tracing::info!("ending");
	stop.send_replace(true);
	Ok(())
}

/// The account of a key file with its passphrase, or of a well-known key.
pub(crate) fn signer(config: &config::Signer) -> Result<Account, GatewayError> {
	let identity = match (&config.key, &config.passphrase, &config.development_key) {
		(Some(key), Some(passphrase), None) => open(key, passphrase)?,
		(None, None, Some(path)) => Identity::development(path)?,
		_ => return Err(GatewayError::Missing("key with passphrase")),
	};
	Ok(identity.account().clone())
}

fn open(key: &Path, passphrase: &Path) -> Result<Identity, GatewayError> {
	let passphrase = read_private(passphrase)?;
	Ok(open_key(key, &passphrase, Strength::Standard)?)
}
