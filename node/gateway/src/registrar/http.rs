//! The registrar over HTTP: three routes, JSON, short bodies.

use std::{num::NonZeroU32, sync::Arc};

use axum::{
	body::{to_bytes, Body},
	extract::{Path, State},
	response::{IntoResponse, Response},
	routing::{get, post},
	Router,
};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use salus::words;
use serde::Deserialize;
use serde_json::json;
use zeroize::{Zeroize, Zeroizing};

use super::{Refusal, Registrar};
use crate::store::{Case, CaseId};

/// An application with its salts has about 2 kB.
const APPLICATION: usize = 16 * 1024;
const CODE: usize = 1024;
/// Requests that cost something, a second and at once, whoever asks.
const RATE: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);

struct Served {
	registrar: Registrar,
	limit: DefaultDirectRateLimiter,
}

/// What proves an applicant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
	code: String,
}

impl Drop for Proof {
	fn drop(&mut self) {
		self.code.zeroize();
	}
}

/// The routes of version 1.
pub fn routes(registrar: Registrar) -> Router {
	let limit = RateLimiter::direct(Quota::per_second(RATE).allow_burst(BURST));
	Router::new()
		.route("/v1/applications", post(apply))
		.route("/v1/applications/{case}", get(look))
		.route("/v1/applications/{case}/code", post(prove))
		.fallback(|| async { Refusal::NotFound })
		.method_not_allowed_fallback(|| async { Refusal::NotFound })
		.with_state(Arc::new(Served { registrar, limit }))
}

async fn apply(State(served): State<Arc<Served>>, body: Body) -> Result<Response, Refusal> {
	let done = async {
		served.take_place()?;
		let body = bounded(body, APPLICATION).await?;
		served.registrar.apply(&body, words::now()).await
	};
	let done = done.await;
	served
		.registrar
		.metrics
		.application(done.as_ref().map(|_| ()).map_err(Refusal::name));
	let id = done?;
	let case = served.registrar.case(&id).await?;
	Ok(shown(&id, &case))
}

async fn prove(State(served): State<Arc<Served>>, Path(case): Path<String>, body: Body) -> Result<Response, Refusal> {
	let done = async {
		served.take_place()?;
		let id = case_id(&case)?;
		let body = bounded(body, CODE).await?;
		let proof: Proof = serde_json::from_slice(&body).map_err(|_| Refusal::NoCode)?;
		served.registrar.prove(&id, &proof.code, words::now()).await?;
		Ok(id)
	};
	let done = done.await;
	served
		.registrar
		.metrics
		.tried(done.as_ref().map(|_| ()).map_err(|refusal: &Refusal| refusal.name()));
	let id = done?;
	let case = served.registrar.case(&id).await?;
	Ok(shown(&id, &case))
}

async fn look(State(served): State<Arc<Served>>, Path(case): Path<String>) -> Result<Response, Refusal> {
	served.take_place()?;
	let id = case_id(&case)?;
	let case = served.registrar.case(&id).await?;
	Ok(shown(&id, &case))
}

impl Served {
	fn take_place(&self) -> Result<(), Refusal> {
		self.limit.check().map_err(|_| Refusal::Busy)
	}
}

async fn bounded(body: Body, most: usize) -> Result<Zeroizing<Vec<u8>>, Refusal> {
	let bytes = to_bytes(body, most).await.map_err(|_| Refusal::TooLong(most))?;
	Ok(Zeroizing::new(bytes.to_vec()))
}

fn case_id(text: &str) -> Result<CaseId, Refusal> {
	let mut id = CaseId::default();
	hex::decode_to_slice(text, &mut id).map_err(|_| Refusal::NoCase)?;
	Ok(id)
}

fn shown(id: &CaseId, case: &Case) -> Response {
	let body = json!({
		"case": hex::encode(id),
		"state": case.state.name(),
		"codeExpires": words::number(case.expires),
		"triesLeft": case.tries_left,
		"error": case.error,
		"block": case.block.map(words::number),
	});
	let headers = [("content-type", "application/json"), ("cache-control", "no-store")];
	(headers, body.to_string()).into_response()
}
