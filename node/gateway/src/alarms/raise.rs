//! Alerts onto the chain, and after it: raised once, followed until somebody acknowledges, passed on at the deadline.

use std::{
	collections::{BTreeSet, VecDeque},
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};

use futures::{stream, TryStreamExt};
use salus::{words, AccountId};
use salus_primitives::{Moment, HOUR, MINUTE, SECOND};
use tokio::sync::{watch, Notify};

use super::{
	alerts::Raised,
	chain::{Chain, ChainError, Found, Standing},
	ledger::Ledger,
	prune::STEP,
};
use crate::{metrics::Metrics, GatewayError};

/// How often work is looked for without being told.
const GLANCE: Duration = Duration::from_secs(1);
/// How many alerts are looked at at a time.
const AT_ONCE: usize = 16;
/// How often an open alert is looked up on chain.
const LOOK: Moment = 3 * SECOND;
/// Pauses after a failure that may pass.
const SHORTEST: Moment = 3 * SECOND;
const LONGEST: Moment = 2 * MINUTE;
/// How long the chain is waited for before the gateway tells by its own clock.
pub const PATIENCE: Moment = MINUTE;
/// Why an alert goes nowhere while nobody is on a ladder.
pub const NO_LADDER: &str = "NoLadder";

/// Brings alerts onto the chain and follows them.
pub struct Raiser<C> {
	/// The alerts.
	pub ledger: Ledger,
	/// The chain.
	pub chain: Arc<C>,
	/// What is counted.
	pub metrics: Arc<Metrics>,
	/// Told when there is an alert.
	pub found: Arc<Notify>,
	/// To tell when somebody is to be told.
	pub waiting: Arc<Notify>,
}

/// What is to be looked at next.
struct Round {
	due: VecDeque<i64>,
	prune_at: Moment,
	end: watch::Receiver<bool>,
}

/// Alerts that are being looked at: none is twice at a time.
#[derive(Default)]
struct Busy(Mutex<BTreeSet<i64>>);

impl Busy {
	fn begin(&self, id: i64) {
		self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
	}

	fn done(&self, id: i64) {
		self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
	}

	fn has(&self, id: i64) -> bool {
		self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
	}
}

impl<C: Chain> Raiser<C> {
	/// Works until told to end, and finishes what it has begun.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn work(self: Arc<Self>, end: watch::Receiver<bool>) -> Result<(), GatewayError> {
		self.run(words::now, end).await
	}

	/// Looks at what is due, several alerts at a time: each waits for the chain on its own.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub(crate) async fn run(
		&self,
		clock: impl Fn() -> Moment + Copy + Send + Sync,
		end: watch::Receiver<bool>,
	) -> Result<(), GatewayError> {
		let busy = Busy::default();
		let round = Round {
			due: VecDeque::new(),
			prune_at: 0,
			end,
		};
		let due = stream::try_unfold(round, |round| self.next(round, &busy, clock));
		due.try_for_each_concurrent(AT_ONCE, |id| {
			let busy = &busy;
			async move {
				self.look(id, clock()).await?;
				busy.done(id);
				Ok(())
			}
		})
		.await
	}

	/// The next alert to look at, once there is one; none when told to end.
	async fn next(
		&self,
		mut round: Round,
		busy: &Busy,
		clock: impl Fn() -> Moment,
	) -> Result<Option<(i64, Round)>, GatewayError> {
		while !*round.end.borrow() {
			if let Some(id) = round.due.pop_front() {
				busy.begin(id);
				return Ok(Some((id, round)));
			}
			let now = clock();
			if round.prune_at <= now {
				let (alerts, shifts) = (self.ledger.prune(now).await?, self.ledger.prune_roster(now).await?);
				let is_more = alerts == STEP || shifts == STEP;
				round.prune_at = if is_more { now } else { now.saturating_add(HOUR) };
			}
			let waking = self.ledger.waking(now).await?.into_iter().map(|alert| alert.id);
			round.due = waking.filter(|id| !busy.has(*id)).collect();
			if round.due.is_empty() {
				tokio::select! {
					() = self.found.notified() => {}
					() = tokio::time::sleep(GLANCE) => {}
					_ = round.end.changed() => {}
				}
			}
		}
		Ok(None)
	}

	/// Keeps the gateway's own clock until told to end: a chain that hangs keeps nobody from being told.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn watch(self: Arc<Self>, mut end: watch::Receiver<bool>) -> Result<(), GatewayError> {
		while !*end.borrow() {
			self.advance(words::now()).await?;
			tokio::select! {
				() = tokio::time::sleep(GLANCE) => {}
				_ = end.changed() => {}
			}
		}
		Ok(())
	}

	/// Tells whoever the chain should have told by now.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn advance(&self, now: Moment) -> Result<(), GatewayError> {
		let counted = self.ledger.advance(now, PATIENCE).await?;
		self.metrics.alerts("escalated", counted.escalated);
		self.metrics.open_alerts(self.ledger.open_alerts().await?);
		self.waiting.notify_waiters();
		Ok(())
	}

	/// Does what there is to do for one alert now.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn look(&self, id: i64, now: Moment) -> Result<(), GatewayError> {
		let alert = self.ledger.refresh_ladder(id, now).await?;
		if alert.state != "open" {
			return Ok(());
		}
		if alert.ladder.is_empty() {
			if alert.error.as_deref() != Some(NO_LADDER) {
				tracing::error!(
					alert = id,
					"nobody is on a ladder for an alert: salus-gateway vitals ladder"
				);
				self.metrics.alert("failed");
			}
			return self
				.ledger
				.postpone(id, now.saturating_add(LOOK), Some(NO_LADDER), false)
				.await;
		}
		match alert.chain {
			Some(number) => self.follow(&alert, number, now).await?,
			None => self.raise(&alert, now).await?,
		}
		self.waiting.notify_waiters();
		Ok(())
	}

	async fn raise(&self, alert: &Raised, now: Moment) -> Result<(), GatewayError> {
		if alert.sent && self.find(alert, now).await? {
			return Ok(());
		}
		// What was sent before may still come: a node that is behind does not know it.
		let may_come = alert.sent;
		// From here on a transaction may be on its way, whatever becomes of this process.
		let Some(alert) = &self.ledger.sending(alert.id, now).await? else {
			return Ok(());
		};
		let rungs: Result<Vec<(AccountId, Moment)>, _> = alert
			.ladder
			.iter()
			.skip(alert.raised_from)
			.map(|rung| rung.account().map(|account| (account, rung.within)))
			.collect();
		let rungs = rungs?;
		match self.chain.raise(alert.patient, alert.commitment, &rungs).await {
			Ok(number) => {
				self.metrics.alert("raised");
				let standing = Standing {
					step: 0,
					due: now.saturating_add(rungs.first().map_or(0, |(_, within)| *within)),
					is_overdue: false,
					acknowledged: None,
				};
				self.ledger.raised(alert.id, (number, standing), now).await
			}
			Err(error) => {
				let is_on_its_way = matches!(error, ChainError::Uncertain(_));
				self.failed(alert, &error, now, is_on_its_way || may_come).await
			}
		}
	}

	/// Whether it is on the chain or on its way there, or nobody can say.
	async fn find(&self, alert: &Raised, now: Moment) -> Result<bool, GatewayError> {
		match self.chain.find(alert.patient, alert.commitment).await {
			Ok(Found::Raised(number, standing)) => {
				self.ledger.raised(alert.id, (number, standing), now).await?;
				Ok(true)
			}
			Ok(Found::OnItsWay) => {
				self.ledger
					.postpone(alert.id, now.saturating_add(LOOK), None, true)
					.await?;
				Ok(true)
			}
			Ok(Found::Nowhere) => Ok(false),
			Err(error) => {
				self.failed(alert, &error, now, true).await?;
				Ok(true)
			}
		}
	}

	async fn follow(&self, alert: &Raised, number: u64, now: Moment) -> Result<(), GatewayError> {
		let mut standing = match self.chain.alert(number).await {
			Ok(Some(standing)) => standing,
			// An alert makes room only once it is acknowledged, or its last addressee's time is up.
			Ok(None) => return self.ended(alert, "ended", now).await,
			Err(error) => return self.failed(alert, &error, now, false).await,
		};
		if standing.acknowledged.is_none() && standing.is_overdue {
			match self.chain.escalate(number).await {
				// Refused: somebody acknowledged it, or passed it on, in between.
				Ok(()) | Err(ChainError::Refused(_)) => {}
				Err(error) => return self.failed(alert, &error, now, false).await,
			}
			standing = match self.chain.alert(number).await {
				Ok(Some(standing)) => standing,
				Ok(None) => return self.ended(alert, "ended", now).await,
				Err(error) => return self.failed(alert, &error, now, false).await,
			};
		}
		if standing.acknowledged.is_some() {
			return self.ended(alert, "acknowledged", now).await;
		}
		let wake = now.saturating_add(LOOK);
		let counted = self.ledger.follow(alert.id, standing, wake, now).await?;
		self.metrics.alerts("escalated", counted.escalated);
		Ok(())
	}

	async fn ended(&self, alert: &Raised, state: &'static str, now: Moment) -> Result<(), GatewayError> {
		if self.ledger.end(alert.id, state, now).await? {
			self.metrics.alert(state);
			tracing::info!(alert = alert.id, "an alert is {state}");
		}
		Ok(())
	}

	async fn failed(&self, alert: &Raised, error: &ChainError, now: Moment, sent: bool) -> Result<(), GatewayError> {
		tracing::warn!(alert = alert.id, "{error}");
		self.metrics.alert("failed");
		let pause = SHORTEST.saturating_mul(1 << alert.attempts.min(8)).min(LONGEST);
		self.ledger
			.postpone(alert.id, now.saturating_add(pause), Some(error.name()), sent)
			.await
	}
}
