//! Out of the outbox, to those who are reached.

use std::{sync::Arc, time::Duration};

use salus::{words, Hash};
use salus_primitives::Moment;
use tokio::sync::{watch, Notify};

use super::{text, SUBJECT};
use crate::{
	config::Notices,
	contact::Kind,
	delivery::{Courier, Message},
	keyed::{Secret, Use},
	metrics::Metrics,
	store::{names, Claim, Ended, Store},
	GatewayError,
};

/// How often the outbox is looked at without being told.
const GLANCE: Duration = Duration::from_secs(1);

/// Delivers the notices of one kind of contact: a slow mail server holds up no telephone.
pub struct Deliverer {
	/// Where the outbox is.
	pub store: Store,
	/// How notices are delivered.
	pub courier: Arc<Courier>,
	/// Of which kind of contact.
	pub kind: Kind,
	/// How often.
	pub config: Notices,
	/// The chain's genesis hash.
	pub genesis: Hash,
	/// The key of notices' names.
	pub secret: Secret,
	/// What is counted.
	pub metrics: Arc<Metrics>,
	/// Told when the outbox has more.
	pub handed_over: Arc<Notify>,
}

impl Deliverer {
	/// Delivers until told to end.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn work(self, mut end: watch::Receiver<bool>) -> Result<(), GatewayError> {
		while !*end.borrow() {
			if !self.next(words::now()).await? {
				tokio::select! {
					() = self.handed_over.notified() => {}
					() = tokio::time::sleep(GLANCE) => {}
					_ = end.changed() => {}
				}
			}
		}
		Ok(())
	}

	/// Delivers one notice; whether there was one.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn next(&self, now: Moment) -> Result<bool, GatewayError> {
		let Some(claim) = self.store.claim(self.kind, now).await? else {
			return Ok(false);
		};
		let name = self.name(&claim);
		let message = Message {
			id: &name,
			what: "notice",
			subject: SUBJECT,
			text: text(claim.event),
		};
		let outcome = self.courier.deliver(&claim.contact, &message).await;
		self.metrics
			.notice(self.kind, outcome.map_err(|error| error.failure().name));
		let ended = match outcome {
			Ok(()) => Ended::Delivered,
			Err(error) if error.is_final() || claim.attempts >= self.config.attempts => {
				tracing::warn!(notice = claim.id, "the desk has to deliver this notice: {error}");
				Ended::Undelivered(error.failure())
			}
			Err(error) => {
				tracing::info!(notice = claim.id, "a notice is tried again later: {error}");
				let pause = words::milliseconds(self.config.pause_after(claim.attempts));
				Ended::Again(now.saturating_add(pause), error.failure())
			}
		};
		self.store.settle(claim.id, ended).await?;
		Ok(true)
	}

	/// The same for each try, whoever makes it, and opaque.
	pub(crate) fn name(&self, claim: &Claim) -> String {
		let names = names(&self.genesis, claim.patient, claim.event, self.kind);
		let parts: Vec<_> = names.iter().map(Vec::as_slice).collect();
		let hash = self.secret.hash(Use::Notice, &parts);
		hex::encode(hash.get(..16).unwrap_or(&hash))
	}
}
