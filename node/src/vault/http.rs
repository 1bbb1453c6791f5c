//! The routes.

use std::sync::Arc;

use axum::{
	routing::{get, post},
	Router,
};
use tokio::sync::Semaphore;

use super::{payloads, refusal::Refusal, transfers::Downloads, Desks, Releases};

/// Uploads taken at a time.
const UPLOADS: usize = 64;
/// Downloads served at a time.
const DOWNLOADS: usize = 256;

/// What the handlers share.
#[derive(Clone)]
pub struct Served {
	pub desks: Arc<Desks>,
	pub releases: Arc<Releases>,
	pub uploads: Arc<Semaphore>,
	pub downloads: Arc<Semaphore>,
	pub downloads_by_account: Downloads,
}

/// The routes of version 1.
pub fn routes(desks: Arc<Desks>, releases: Arc<Releases>) -> Router {
	let served = Served {
		desks,
		releases,
		uploads: Arc::new(Semaphore::new(UPLOADS)),
		downloads: Arc::new(Semaphore::new(DOWNLOADS)),
		downloads_by_account: Downloads::default(),
	};
	Router::new()
		.route("/v1/payloads", post(payloads::take))
		.route("/v1/payloads/{cid}", get(payloads::give))
		.fallback(|| async { Refusal::NotFound })
		.method_not_allowed_fallback(|| async { Refusal::NoSuchMethod })
		.with_state(served)
}
