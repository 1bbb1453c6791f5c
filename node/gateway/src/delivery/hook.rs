//! Messages by HTTP: to an SMS gateway, or whatever the hospital writes to people with.
//!
//! The body is JSON. `salus-signature` is HMAC-SHA256, hexadecimal, over `salus-timestamp` (milliseconds since the Unix
//! epoch), a full stop, and the body; `idempotency-key` is the same for each try of a message.

use std::time::Duration;

use reqwest::{redirect::Policy, Client, Response, Url};
use salus::words;
use serde_json::{json, Value};

use super::{DeliveryError, Message};
use crate::{config, keyed::Secret, Contact, GatewayError};

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(15);

/// An endpoint that knows a secret of ours.
pub struct Hook {
	url: Url,
	secret: Secret,
	client: Client,
}

impl Hook {
	/// The endpoint of this configuration.
	///
	/// # Errors
	/// `Secret`, `BadSecret`, `Config`
	pub fn new(config: &config::Hook) -> Result<Self, GatewayError> {
		let client = Client::builder()
			.connect_timeout(CONNECT)
			.timeout(ANSWER)
			// Where a secret was agreed on is where the message goes, and nowhere else.
			.redirect(Policy::none())
			.no_proxy()
			.build();
		Ok(Self {
			url: config.url.clone(),
			secret: Secret::read(&config.secret)?,
			client: client.map_err(|error| GatewayError::Config {
				path: config.secret.clone(),
				reason: format!("no HTTP client can be made for this hook: {error}"),
			})?,
		})
	}

	pub async fn send(&self, to: &Contact, message: &Message<'_>) -> Result<(), DeliveryError> {
		let body = json!({
			"what": message.what,
			"to": to.reveal(),
			"kind": to.kind().name(),
			"subject": message.subject,
			"text": message.text.as_str(),
		});
		let answer = self.post(message.id, &body).await?;
		match answer.status().as_u16() {
			200..=299 => Ok(()),
			code @ (408 | 425 | 429 | 500..=599) => Err(DeliveryError::Deferred(code)),
			code => Err(DeliveryError::Rejected(code)),
		}
	}

	/// A signed request.
	pub(crate) async fn post(&self, id: &str, body: &Value) -> Result<Response, DeliveryError> {
		let body = body.to_string();
		let timestamp = words::now().to_string();
		let signed = [timestamp.as_bytes(), b".", body.as_bytes()].concat();
		let signature = self.secret.sign(&signed).ok_or(DeliveryError::Unwritable)?;
		let request = self
			.client
			.post(self.url.clone())
			.header("content-type", "application/json")
			.header("idempotency-key", id)
			.header("salus-timestamp", timestamp)
			.header("salus-signature", signature)
			.body(body);
		request.send().await.map_err(|error| match error.is_connect() {
			true => DeliveryError::Unreachable,
			false => DeliveryError::Broken,
		})
	}
}
