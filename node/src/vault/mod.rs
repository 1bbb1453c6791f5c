//! The vault of the institutions whose keys this node holds: HTTP listener, release desk, and the work in between.

mod chain;
mod custody;
mod desk;
mod http;
mod jobs;
mod keys;
mod listener;
mod options;
mod payloads;
mod refusal;
mod releases;
#[cfg(test)]
mod tests;
mod transfers;

use std::sync::Arc;

use salus_vault::{
	chain::FinalisedChain,
	desk::Desk,
	holdings::{Holdings, Limits},
	intake::Intake,
	key_table::KeyTable,
	store::{Embedded, Kubo, PayloadStore},
	Clock, SystemClock,
};
use sc_service::{error::Error, TaskManager};
use tokio::net::TcpListener;

use crate::service::FullClient;
use custody::Unchecked;
use listener::Grants;

pub use chain::NodeChain;
pub use desk::{Custodian, Desks};
pub use keys::{open as open_keys, Keys};
pub use options::{StoreKind, VaultOptions};
pub use releases::Releases;

/// An open vault whose listener is bound and answers nobody yet.
pub struct Vault {
	desks: Arc<Desks>,
	chain: Arc<NodeChain>,
	clock: Arc<dyn Clock>,
	listener: TcpListener,
	unchecked: Vec<Unchecked>,
}

/// Opens the vault. So many bytes stay free on the disk for the chain.
pub async fn open(keys: Keys, spare: u64, chain: Arc<NodeChain>) -> Result<Vault, Error> {
	let Keys {
		folder,
		table,
		custodians,
		epoch,
		options,
		ipfs_credentials,
	} = keys;
	let keys = custodians.iter().map(|(institution, key)| Unchecked {
		institution: *institution,
		source: key.source.clone(),
		public: key.secret.public(),
	});
	let unchecked = custody::check(&*chain, keys.collect()).map_err(application)?;
	for Unchecked {
		institution, source, ..
	} in &unchecked
	{
		log::warn!(
			target: "salus",
			"The chain does not know institution {institution} yet; {source} is compared with its key once it does"
		);
	}
	let clock: Arc<dyn Clock> = Arc::new(SystemClock);
	let store: Arc<dyn PayloadStore> = match options.store {
		StoreKind::Embedded => Arc::new(Embedded::open(&folder.join("store")).map_err(application)?),
		StoreKind::Kubo => {
			let credentials = ipfs_credentials
				.as_ref()
				.map(|(user, password)| (user.as_str(), password.as_str()));
			if credentials.is_none() {
				log::warn!(
					target: "salus",
					"The IPFS daemon is asked without a password: whoever uses this machine rules it; set its \
					 API.Authorizations and give --ipfs-auth-file"
				);
			}
			let kubo = Kubo::new(&options.ipfs_api, credentials, options.ipfs_deadline()).map_err(application)?;
			let version = kubo.version().await.map_err(application)?;
			log::info!(target: "salus", "Payloads go to the IPFS daemon at {} (version {version})", options.ipfs_api);
			Arc::new(kubo)
		}
	};
	let table = Arc::new(KeyTable::open(&table, [epoch]).map_err(application)?);
	let limits = Limits {
		payload: options.vault_payload_limit,
		disk: options.vault_limit,
		spare,
	};
	let holdings = Arc::new(Holdings::new(Arc::clone(&table), store, limits));
	let asked: Arc<dyn FinalisedChain> = chain.clone();
	let custodians = custodians.into_iter().map(|(institution, key)| {
		let custodian = Custodian {
			desk: Arc::new(Desk::new(
				Arc::clone(&asked),
				Arc::clone(&table),
				institution,
				key.secret.clone(),
				Arc::clone(&clock),
			)),
			intake: Arc::new(Intake::new(
				Arc::clone(&asked),
				Arc::clone(&holdings),
				institution,
				key.secret,
				Arc::clone(&clock),
			)),
		};
		(institution, custodian)
	});
	let desks = Arc::new(Desks::new(custodians.collect(), holdings, options.store));

	let listener = listener::bind((options.vault_listen, options.vault_port).into()).await?;
	let address = listener.local_addr()?;
	let institutions: Vec<_> = desks
		.custodians()
		.map(|(institution, _)| institution.to_string())
		.collect();
	log::info!(
		target: "salus",
		"Vault of institution {} on http://{address}, {} bytes at most, {} of one payload",
		institutions.join(", "),
		limits.disk,
		limits.largest()
	);
	Ok(Vault {
		desks,
		chain,
		clock,
		listener,
		unchecked,
	})
}

impl Vault {
	/// Its desks.
	pub fn desks(&self) -> &Arc<Desks> {
		&self.desks
	}

	/// Serves it, and does the work in between.
	pub fn serve(self, releases: Arc<Releases>, client: Arc<FullClient>, tasks: &TaskManager) {
		let Self {
			desks,
			chain,
			clock,
			listener,
			unchecked,
		} = self;
		let asked: Arc<dyn FinalisedChain> = chain.clone();
		let service = http::routes(Arc::clone(&desks), releases);
		let spawner = tasks.spawn_essential_handle();
		spawner.spawn(
			"vault-http",
			Some("salus"),
			listener::serve(listener, service, Grants::default()),
		);
		spawner.spawn(
			"vault-live",
			Some("salus"),
			jobs::mark_live(client, chain.clone(), Arc::clone(&desks)),
		);
		spawner.spawn("vault-keys", Some("salus"), jobs::check_keys(chain, unchecked));
		spawner.spawn("vault-reap", Some("salus"), jobs::reap(asked, desks, clock));
	}
}

fn application(error: impl std::error::Error + Send + Sync + 'static) -> Error {
	Error::Application(Box::new(error))
}
