//! The listener and its routes.

use std::{net::SocketAddr, sync::Arc};

use axum::{
	routing::{get, post},
	Router,
};
use salus_vault::Clock;
use sc_service::error::Error;
use tokio::{net::TcpListener, sync::Semaphore};

use super::{chain::NodeChain, payloads, refusal::Refusal, Desks};

/// Uploads taken at a time.
const UPLOADS: usize = 64;
/// Downloads served at a time.
const DOWNLOADS: usize = 256;

/// What the handlers share.
#[derive(Clone)]
pub struct Served {
	pub desks: Arc<Desks>,
	pub chain: Arc<NodeChain>,
	pub clock: Arc<dyn Clock>,
	pub uploads: Arc<Semaphore>,
	pub downloads: Arc<Semaphore>,
}

/// Takes the port.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
	TcpListener::bind(address).await.map_err(|error| {
		Error::Other(format!(
			"the vault cannot listen on {address}: {error}; choose another --vault-port"
		))
	})
}

/// The routes of version 1.
pub fn routes(desks: Arc<Desks>, chain: Arc<NodeChain>, clock: Arc<dyn Clock>) -> Router {
	let served = Served {
		desks,
		chain,
		clock,
		uploads: Arc::new(Semaphore::new(UPLOADS)),
		downloads: Arc::new(Semaphore::new(DOWNLOADS)),
	};
	Router::new()
		.route("/v1/payloads", post(payloads::take))
		.route("/v1/payloads/{cid}", get(payloads::give))
		.fallback(|| async { Refusal::NotFound })
		.method_not_allowed_fallback(|| async { Refusal::NoSuchMethod })
		.with_state(served)
}
