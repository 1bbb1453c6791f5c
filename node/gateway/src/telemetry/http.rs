//! Readings over HTTP: one route, JSON, short bodies.

use std::sync::Arc;

use axum::{
	body::{to_bytes, Body},
	extract::State,
	http::{header::AUTHORIZATION, HeaderMap},
	response::{IntoResponse, Response},
	routing::post,
	Router,
};
use futures::future::join_all;
use serde::Deserialize;
use serde_json::{json, Value};

use super::{DeviceId, Intake, Kept, Refusal, Tokens};

/// Readings of one request.
const MOST: usize = 256;
/// Bytes of one request: each reading has some 240, twice as many digits.
const BODY: usize = 256 * 1024;

struct Served {
	intake: Intake,
	tokens: Tokens,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
	readings: Vec<String>,
}

/// `POST /v1/readings`
pub fn routes(intake: Intake, tokens: Tokens) -> Router {
	Router::new()
		.route("/v1/readings", post(take))
		.fallback(|| async { Refusal::NotFound })
		.method_not_allowed_fallback(|| async { Refusal::NotFound })
		.with_state(Arc::new(Served { intake, tokens }))
}

async fn take(State(served): State<Arc<Served>>, headers: HeaderMap, body: Body) -> Result<Response, Refusal> {
	let device = served.sender(&headers).await?;
	let body = to_bytes(body, BODY).await.map_err(|_| Refusal::TooLong(BODY))?;
	let sent: Sent = serde_json::from_slice(&body).map_err(|_| Refusal::NotReadings)?;
	if !(1..=MOST).contains(&sent.readings.len()) {
		return Err(Refusal::NotReadings);
	}
	let readings: Result<Vec<_>, _> = sent.readings.iter().map(hex::decode).collect();
	let readings = readings.map_err(|_| Refusal::NotReadings)?;
	// Handed in together, they share a transaction.
	let outcomes = join_all(readings.into_iter().map(|bytes| served.intake.take(device, bytes))).await;
	// Where none is taken now, all of it is sent again.
	if let Some(Err(refusal)) = outcomes.first() {
		if outcomes
			.iter()
			.all(|outcome| outcome.as_ref().is_err_and(|refusal| refusal.passes()))
		{
			return Err(*refusal);
		}
	}
	let results: Vec<_> = outcomes.into_iter().map(shown).collect();
	let headers = [("content-type", "application/json"), ("cache-control", "no-store")];
	Ok((headers, json!({ "results": results }).to_string()).into_response())
}

fn shown(outcome: Result<Kept, Refusal>) -> Value {
	match outcome {
		Ok(Kept::New) => json!("kept"),
		Ok(Kept::Before) => json!("keptBefore"),
		Err(refusal) => json!({ "error": refusal.to_json() }),
	}
}

impl Served {
	/// The device whose token it is: `Bearer <device>.<token>`, both hexadecimal.
	async fn sender(&self, headers: &HeaderMap) -> Result<DeviceId, Refusal> {
		let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
		let (device, token) = given
			.and_then(|value| value.strip_prefix("Bearer "))
			.and_then(|value| value.split_once('.'))
			.ok_or(Refusal::NoToken)?;
		let mut id = DeviceId::default();
		hex::decode_to_slice(device, &mut id).map_err(|_| Refusal::NoToken)?;
		match self.tokens.verify(&id, token).await {
			Ok(true) => Ok(id),
			Ok(false) => Err(Refusal::NoToken),
			Err(error) => {
				tracing::error!("{error}");
				Err(Refusal::NotKept)
			}
		}
	}
}
