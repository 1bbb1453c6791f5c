//! Telling somebody: an opaque notice to her contact, and, to her key alone, what it is about.

use std::{sync::Arc, time::Duration};

use salus::{alert::armour, words, Hash};
use salus_primitives::{HpkeKey, Moment, SECOND};
use salus_vault::{alert::AlertScope, wrap};
use tokio::sync::{watch, Notify};
use zeroize::Zeroizing;

use super::{
	alerts::Raised,
	chain::Chain,
	ledger::{Addressee, Ledger},
	notices::Claimed,
};
use crate::{
	delivery::{Courier, DeliveryError, Message},
	keyed::{Secret, Use},
	metrics::Metrics,
	store::{Ended, Failure},
	GatewayError,
};

/// How often the outbox is looked at without being told.
const GLANCE: Duration = Duration::from_secs(1);
/// Tries until somebody else is told.
const ATTEMPTS: u32 = 4;
/// Until the second try; each later pause is twice as long.
const PAUSE: Moment = 5 * SECOND;
/// The title of every alert: whoever looks over her shoulder learns nothing.
pub const SUBJECT: &str = "An alert that waits for you";

/// Tells addressees.
pub struct Teller<C> {
	/// The outbox.
	pub ledger: Ledger,
	/// Where patients' keys are looked up.
	pub chain: Arc<C>,
	/// How it leaves.
	pub courier: Arc<Courier>,
	/// The chain's genesis hash.
	pub genesis: Hash,
	/// The key of notices' names.
	pub secret: Secret,
	/// What is counted.
	pub metrics: Arc<Metrics>,
	/// Told when there is somebody to tell.
	pub waiting: Arc<Notify>,
}

impl<C: Chain> Teller<C> {
	/// Tells until told to end.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn work(self: Arc<Self>, mut end: watch::Receiver<bool>) -> Result<(), GatewayError> {
		while !*end.borrow() {
			if !self.next(words::now()).await? {
				tokio::select! {
					() = self.waiting.notified() => {}
					() = tokio::time::sleep(GLANCE) => {}
					_ = end.changed() => {}
				}
			}
		}
		Ok(())
	}

	/// Tells one; whether there was one.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn next(&self, now: Moment) -> Result<bool, GatewayError> {
		let Some(claimed) = self.ledger.claim_notice(now).await? else {
			return Ok(false);
		};
		let alert = self.ledger.alert(claimed.alert).await?;
		let outcome = match self.ledger.addressee(&claimed.account).await? {
			Some(addressee) => {
				let body = self.body(&claimed, &alert, &addressee).await?;
				self.deliver(&claimed, &addressee, body).await
			}
			// Her contact was taken away while she was to be told.
			None => Err(None),
		};
		self.metrics.alert(if outcome.is_ok() { "told" } else { "failed" });
		let ended = match outcome {
			Ok(()) => Ended::Delivered,
			Err(None) => Ended::Undelivered(Failure {
				name: "NoContact",
				code: None,
			}),
			Err(Some(error)) if error.is_final() || claimed.attempts >= ATTEMPTS => {
				tracing::warn!(
					alert = alert.id,
					"somebody was not told of an alert, the next is: {error}"
				);
				Ended::Undelivered(error.failure())
			}
			Err(Some(error)) => {
				tracing::info!(alert = alert.id, "somebody is told of an alert again: {error}");
				let pause = PAUSE.saturating_mul(1 << claimed.attempts.saturating_sub(1).min(8));
				Ended::Again(now.saturating_add(pause), error.failure())
			}
		};
		if let Some(found) = self.ledger.settle_notice(&claimed, ended).await? {
			self.metrics.time_to_tell(now.saturating_sub(found));
		}
		Ok(true)
	}

	async fn deliver(&self, claimed: &Claimed, to: &Addressee, body: String) -> Result<(), Option<DeliveryError>> {
		let name = self.name(claimed);
		let message = Message {
			id: &name,
			what: "alert",
			subject: SUBJECT,
			text: Zeroizing::new(body),
		};
		self.courier.deliver(&to.contact, &message).await.map_err(Some)
	}

	/// What she is sent: the same for each try. What it is about goes to her key, once the chain has taken her as one who may
	/// acknowledge; never to a telephone, and never in clear.
	async fn body(&self, claimed: &Claimed, alert: &Raised, to: &Addressee) -> Result<String, GatewayError> {
		if let Some(body) = &claimed.body {
			return Ok(body.clone());
		}
		let mut body = notice(alert);
		let is_hers = alert.chain.is_some() && to.takes_long();
		let key = match &to.hpke {
			_ if !is_hers => None,
			Some(key) => Some(key.clone()),
			// Without the chain she has the notice alone, now, rather than more later.
			None => self.chain.key(alert.patient, &to.account).await.ok().flatten(),
		};
		if let Some(HpkeKey::X25519(key)) = key {
			let scope = AlertScope {
				genesis: self.genesis.0,
				patient: alert.patient,
				commitment: alert.commitment,
			};
			let said = self.ledger.said(alert.id).await?;
			match scope.seal(&said, &wrap::HpkeKey::X25519(key)) {
				Ok(sealed) => body.push_str(&sealed_part(&sealed)),
				Err(error) => tracing::error!(alert = alert.id, "what an alert says was not sealed: {error}"),
			}
		}
		self.ledger.keep_body(claimed.id, &body).await?;
		Ok(body)
	}

	/// The same for each try, whoever makes it, and opaque.
	pub(crate) fn name(&self, claimed: &Claimed) -> String {
		let parts = [
			claimed.alert,
			claimed.step.try_into().unwrap_or(i64::MAX),
			claimed.repeat.into(),
		];
		let bytes: Vec<_> = parts.iter().flat_map(|part| part.to_be_bytes()).collect();
		let hash = self
			.secret
			.hash(Use::Notice, &[b"alert", self.genesis.as_bytes(), &bytes]);
		hex::encode(hash.get(..16).unwrap_or(&hash))
	}
}

/// No name, no patient, no value, no code: that there is an alert, its number on chain, and until when.
fn notice(alert: &Raised) -> String {
	let what = match alert.chain {
		Some(number) => format!(
			"Alert {number} waits for you until {}. Acknowledge it in your Salus client; after that, somebody else is told.",
			words::show_moment(alert.due)
		),
		None => "An alert waits for you. It has no number yet, since the chain cannot be reached now: call the ward, which sees it."
			.into(),
	};
	format!("{what}\r\n\r\nThis message has no link in it; do not follow one that is said to come from us.\r\n")
}

fn sealed_part(sealed: &[u8]) -> String {
	format!(
		"\r\nWhat it is about, which your Salus client opens with your key (salus alert show --help):\r\n\r\n{}",
		armour(sealed)
	)
}
