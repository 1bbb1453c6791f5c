//! The vault of the institutions whose keys this node holds: HTTP listener, release desk, and the work in between.

mod chain;
mod desk;
mod http;
mod jobs;
mod keys;
mod options;
mod payloads;
mod refusal;

use std::sync::Arc;

use salus_vault::{
	desk::Desk,
	intake::{Intake, Limits},
	key_table::KeyTable,
	store::{Embedded, Kubo, PayloadStore},
	Clock, SystemClock,
};
use sc_service::{error::Error, TaskManager};

use crate::service::FullClient;
use chain::NodeChain;

pub use desk::{Custodian, Desks};
pub use keys::{open as open_keys, Keys};
pub use options::{StoreKind, VaultOptions};

/// Opens the vault and serves it.
pub async fn start(keys: Keys, client: Arc<FullClient>, tasks: &TaskManager) -> Result<Arc<Desks>, Error> {
	let Keys {
		folder,
		custodians,
		epoch,
		options,
		ipfs_credentials,
	} = keys;
	let chain = Arc::new(NodeChain::new(client.clone()));
	let clock: Arc<dyn Clock> = Arc::new(SystemClock);
	let store: Arc<dyn PayloadStore> = match options.store {
		StoreKind::Embedded => Arc::new(Embedded::open(&folder.join("store")).map_err(application)?),
		StoreKind::Kubo => {
			let credentials = ipfs_credentials
				.as_ref()
				.map(|(user, password)| (user.as_str(), password.as_str()));
			let kubo = Kubo::new(&options.ipfs_api, credentials, options.ipfs_deadline()).map_err(application)?;
			let version = kubo.version().await.map_err(application)?;
			log::info!(target: "salus", "Payloads go to the IPFS daemon at {} (version {version})", options.ipfs_api);
			Arc::new(kubo)
		}
	};
	let table = Arc::new(KeyTable::open(&folder.join("keys.redb"), [epoch]).map_err(application)?);
	let limits = Limits {
		payload: options.vault_limit,
		disk: options.vault_limit,
	};
	let custodians = custodians.into_iter().map(|(institution, secret)| {
		let custodian = Custodian {
			desk: Arc::new(Desk::new(
				chain.clone(),
				Arc::clone(&table),
				institution,
				secret.clone(),
				Arc::clone(&clock),
			)),
			intake: Arc::new(Intake::new(
				chain.clone(),
				Arc::clone(&table),
				Arc::clone(&store),
				institution,
				secret,
				limits,
				Arc::clone(&clock),
			)),
		};
		(institution, custodian)
	});
	let desks = Arc::new(Desks::new(
		custodians.collect(),
		table,
		store,
		options.store,
		options.vault_limit,
	));
	if let Some(custodian) = desks.any() {
		custodian.intake.recover().await.map_err(application)?;
	}

	let listener = http::bind((options.vault_listen, options.vault_port).into()).await?;
	let address = listener.local_addr()?;
	let institutions: Vec<_> = desks
		.custodians()
		.map(|(institution, _)| institution.to_string())
		.collect();
	log::info!(
		target: "salus",
		"Vault of institution {} on http://{address}, {} bytes at most",
		institutions.join(", "),
		options.vault_limit
	);
	let service = http::routes(Arc::clone(&desks), chain.clone(), Arc::clone(&clock));
	let spawner = tasks.spawn_essential_handle();
	spawner.spawn("vault-http", Some("salus"), async move {
		if let Err(error) = axum::serve(listener, service).await {
			log::error!(target: "salus", "the vault's listener failed: {error}");
		}
	});
	spawner.spawn(
		"vault-live",
		Some("salus"),
		jobs::mark_live(client, chain.clone(), Arc::clone(&desks)),
	);
	spawner.spawn(
		"vault-reap",
		Some("salus"),
		jobs::reap(chain, Arc::clone(&desks), clock),
	);
	Ok(desks)
}

fn application(error: impl std::error::Error + Send + Sync + 'static) -> Error {
	Error::Application(Box::new(error))
}
