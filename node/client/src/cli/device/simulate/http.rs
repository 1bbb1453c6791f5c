//! Readings to a gateway over HTTP: `POST /v1/readings`.

use std::time::Duration;

use reqwest::{
	header::{HeaderValue, AUTHORIZATION, CONTENT_TYPE},
	Client, StatusCode, Url,
};
use salus_primitives::DeviceKey;
use serde_json::{json, Value};
use zeroize::Zeroizing;

use super::sender::{Failed, Outcome};
use crate::sdk::{innermost, SendError};

const ANSWERS_WITHIN: Duration = Duration::from_secs(30);

/// A gateway.
pub(super) struct Http {
	client: Client,
	url: Url,
	authorization: HeaderValue,
}

impl Http {
	pub(super) fn new(client: Client, url: Url, device: &DeviceKey, token: &str) -> Result<Self, SendError> {
		let bad = || SendError::BadUrl(url.to_string());
		// The gateway prints a token with its device before it.
		let device = hex::encode(device);
		let token = token
			.strip_prefix(device.as_str())
			.map_or(token, |rest| rest.trim_start_matches('.'));
		let bearer = Zeroizing::new(format!("Bearer {device}.{token}"));
		let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| SendError::Refused {
			name: "NoToken".into(),
			message: "the token file holds no token; name the file that the gateway's device token is in".into(),
		})?;
		authorization.set_sensitive(true);
		let url = url.join("/v1/readings").map_err(|_| bad())?;
		Ok(Self {
			client,
			url,
			authorization,
		})
	}

	pub(super) fn url(&self) -> String {
		self.url.to_string()
	}

	pub(super) async fn send(&self, readings: &[Vec<u8>]) -> Result<Vec<Outcome>, Failed> {
		let readings: Vec<_> = readings.iter().map(hex::encode).collect();
		let now = |error: reqwest::Error| Failed::Now(innermost(&error));
		let answer = self
			.client
			.post(self.url.clone())
			.timeout(ANSWERS_WITHIN)
			.header(AUTHORIZATION, self.authorization.clone())
			.header(CONTENT_TYPE, "application/json")
			.body(json!({ "readings": readings }).to_string())
			.send()
			.await
			.map_err(now)?;
		let status = answer.status();
		let body = answer.bytes().await.map_err(now)?;
		read(status, &body, readings.len()).map_err(|failed| match failed {
			Unread::Now(reason) => Failed::Now(reason),
			Unread::Refused(error) => Failed::ForGood(error),
			Unread::Unknown(reason) => Failed::ForGood(SendError::Unreadable {
				url: self.url(),
				reason,
			}),
		})
	}
}

/// Why an answer has no outcomes.
#[derive(Debug)]
enum Unread {
	Now(String),
	Refused(SendError),
	Unknown(String),
}

/// What a gateway's answer says of so many readings.
fn read(status: StatusCode, body: &[u8], count: usize) -> Result<Vec<Outcome>, Unread> {
	let answer: Option<Value> = serde_json::from_slice(body).ok();
	let unknown = || Unread::Unknown(format!("status {status}"));
	if !status.is_success() {
		let (name, message) = answer.as_ref().and_then(error).ok_or_else(unknown)?;
		return Err(match status {
			StatusCode::SERVICE_UNAVAILABLE => Unread::Now(message),
			_ => Unread::Refused(SendError::Refused { name, message }),
		});
	}
	let results = answer
		.as_ref()
		.and_then(|answer| answer.get("results")?.as_array())
		.filter(|results| results.len() == count)
		.ok_or_else(unknown)?;
	let outcome = |result: &Value| match result.as_str() {
		Some("kept") => Some(Outcome::Kept),
		Some("keptBefore") => Some(Outcome::KeptBefore),
		Some(_) => None,
		None => error(result).map(|(name, _)| match name.as_str() {
			"Full" | "NotKept" | "NotReady" | "CodesNotOpened" | "OtherCodes" | "Unsettled" | "Crowded" => {
				Outcome::Later(name)
			}
			_ => Outcome::Refused(name),
		}),
	};
	results.iter().map(outcome).collect::<Option<_>>().ok_or_else(unknown)
}

/// Name and message of an error.
fn error(value: &Value) -> Option<(String, String)> {
	let error = value.get("error")?;
	let text = |field: &str| Some(error.get(field)?.as_str()?.to_string());
	Some((text("name")?, text("message")?))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	fn of(status: u16, body: Value, count: usize) -> Result<Vec<Outcome>, Unread> {
		read(
			StatusCode::from_u16(status).unwrap(),
			body.to_string().as_bytes(),
			count,
		)
	}

	fn refusal(name: &str) -> Value {
		json!({ "error": { "name": name, "message": "because" } })
	}

	#[test]
	fn each_reading_has_its_outcome() {
		let later = [
			"Full",
			"NotKept",
			"NotReady",
			"CodesNotOpened",
			"OtherCodes",
			"Unsettled",
			"Crowded",
		];
		for name in later {
			let results = json!({ "results": [refusal(name)] });
			assert_eq!(of(200, results, 1).unwrap(), [Outcome::Later(name.into())]);
		}
		let results = json!({ "results": ["kept", "keptBefore", refusal("Closed"), refusal("CodeNotPermitted")] });
		assert_eq!(
			of(200, results, 4).unwrap(),
			[
				Outcome::Kept,
				Outcome::KeptBefore,
				Outcome::Refused("Closed".into()),
				Outcome::Refused("CodeNotPermitted".into()),
			]
		);
	}

	#[test]
	fn a_request_that_is_refused_is_refused_for_good_unless_the_gateway_is_full() {
		assert!(matches!(of(503, refusal("Full"), 1), Err(Unread::Now(reason)) if reason == "because"));
		for (status, name) in [
			(401, "NoToken"),
			(400, "NotReadings"),
			(413, "TooLong"),
			(404, "NotFound"),
		] {
			let found = of(status, refusal(name), 1).unwrap_err();
			assert!(matches!(found, Unread::Refused(SendError::Refused { name: found, .. }) if found == name));
		}
	}

	#[test]
	fn what_is_no_gateway_is_told() {
		for (status, body) in [
			(200, json!({})),
			(200, json!({ "results": ["kept", "kept"] })),
			(200, json!({ "results": ["lost"] })),
			(200, json!({ "results": [7] })),
			(200, Value::Null),
			(502, json!("bad gateway")),
			(404, json!({ "error": "none" })),
		] {
			assert!(matches!(of(status, body.clone(), 1), Err(Unread::Unknown(_))), "{body}");
		}
	}
}
