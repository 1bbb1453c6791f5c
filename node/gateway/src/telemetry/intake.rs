//! The one door for readings, whatever they came by: checked in bulk, kept in one transaction, then answered.

use std::sync::Arc;

use salus::{words, Hash};
use salus_primitives::Moment;
use salus_vitals::{signature::verify_bulk, Reading, SignedReading};
use tokio::{
	sync::{mpsc, oneshot, watch, Notify},
	time::{interval, Duration, MissedTickBehavior},
};

use super::{
	codes::Permitted,
	devices::{Device, Devices},
	early::{Early, Waiting},
	log::{Checked, Log},
	muted::{Made, Runs},
	refusal::Refusal,
	Closed, Closer, DeviceId,
};
use crate::{metrics::Metrics, GatewayError};

/// Readings that may wait for the disk; whoever sends more waits itself.
const QUEUE: usize = 8_192;
/// Readings of one transaction.
const BULK: usize = 2_048;
/// How often it is looked for batches to close.
const GLANCE: Duration = Duration::from_secs(1);

/// What became of a reading that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
	/// It is kept now.
	New,
	/// It was kept before.
	Before,
}

struct Job {
	from: DeviceId,
	bytes: Vec<u8>,
	answer: oneshot::Sender<Result<Kept, Refusal>>,
}

/// Where readings are handed in.
#[derive(Clone)]
pub struct Intake(mpsc::Sender<Job>);

/// What works off the readings that are handed in.
pub struct Worker {
	jobs: mpsc::Receiver<Job>,
	genesis: Hash,
	devices: Devices,
	permitted: Permitted,
	log: Log,
	early: Early,
	/// The chain's time up to which all that waited is settled.
	settled: Moment,
	runs: Runs,
	closer: Closer,
	metrics: Arc<Metrics>,
	closed: Arc<Notify>,
}

/// A reading of a device that is known.
struct Found {
	signed: SignedReading,
	device: Arc<Device>,
	/// What the table of devices and the device's codes say of it.
	verdict: Result<(), Refusal>,
	/// When it came first.
	received: Moment,
}

impl Intake {
	/// The door to this log, and who works behind it.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn new(
		genesis: Hash,
		devices: Devices,
		log: Log,
		closer: Closer,
		metrics: Arc<Metrics>,
		closed: Arc<Notify>,
	) -> Result<(Self, Worker), GatewayError> {
		let (sender, jobs) = mpsc::channel(QUEUE);
		let worker = Worker {
			jobs,
			genesis,
			devices,
			permitted: Permitted::new(log.codes()),
			early: Early::open(log.pool.clone(), log.key().clone()).await?,
			settled: 0,
			runs: Runs::open(log.pool.clone()).await?,
			log,
			closer,
			metrics,
			closed,
		};
		Ok((Self(sender), worker))
	}

	/// Whether nobody works behind the door any more.
	pub fn is_closed(&self) -> bool {
		self.0.is_closed()
	}

	/// Takes a signed reading that this device sent. Once it is taken, it is on the disk.
	///
	/// # Errors
	/// Each says what is wrong with the reading; [`Refusal::passes`] whether it may be taken later.
	pub async fn take(&self, from: DeviceId, bytes: Vec<u8>) -> Result<Kept, Refusal> {
		let (answer, answered) = oneshot::channel();
		let job = Job { from, bytes, answer };
		self.0.send(job).await.map_err(|_| Refusal::NotKept)?;
		answered.await.unwrap_or(Err(Refusal::NotKept))
	}
}

impl Worker {
	/// Works until told to end, or nobody hands in anything more.
	///
	/// # Errors
	/// `Sql`, `Damaged`, `NoRandomness`: what was handed in and not kept is answered so.
	pub async fn work(mut self, mut end: watch::Receiver<bool>) -> Result<(), GatewayError> {
		let mut glance = interval(GLANCE);
		glance.set_missed_tick_behavior(MissedTickBehavior::Delay);
		let mut jobs = Vec::with_capacity(BULK);
		while !*end.borrow() {
			tokio::select! {
				received = self.jobs.recv_many(&mut jobs, BULK) => {
					if received == 0 {
						return Ok(());
					}
					self.take(std::mem::take(&mut jobs), words::now()).await?;
				}
				_ = glance.tick() => {
					self.settle(words::now()).await?;
					let closed = self.closer.close(&mut self.log, &self.devices, words::now()).await?;
					self.tell(&closed);
					self.metrics.kept(self.log.kept());
				}
				_ = end.changed() => {}
			}
		}
		Ok(())
	}

	async fn take(&mut self, jobs: Vec<Job>, now: Moment) -> Result<(), GatewayError> {
		self.permitted.refresh().await?;
		let (mut found, mut asking) = (Vec::with_capacity(jobs.len()), Vec::with_capacity(jobs.len()));
		for job in jobs {
			match self.look(&job, now) {
				Ok(one) => {
					found.push(one);
					asking.push(job.answer);
				}
				Err(refusal) => self.answer(job.answer, Err(refusal)),
			}
		}
		let pairs: Vec<_> = found.iter().map(|found| (&found.signed, &found.device.key)).collect();
		let mut bad = verify_bulk(&pairs).into_iter().peekable();
		let (mut made, mut waiting) = (Vec::with_capacity(found.len()), Vec::with_capacity(found.len()));
		for (place, (found, answer)) in found.into_iter().zip(asking).enumerate() {
			if bad.next_if_eq(&place).is_some() {
				// Anybody may have sent it: it neither waits nor says anything of the device.
				self.answer(answer, Err(found.verdict.err().unwrap_or(Refusal::BadSignature)));
				continue;
			}
			made.push(found);
			waiting.push(answer);
		}
		let devices: Vec<_> = made.iter().map(|found| found.signed.reading.device).collect();
		let outcomes = self.decide(made, now).await?;
		for (answer, outcome) in waiting.into_iter().zip(outcomes) {
			self.answer(answer, outcome);
		}
		self.close_full(devices, now).await
	}

	/// Looks again at what waits for a block, once the gateway knows a later one.
	async fn settle(&mut self, now: Moment) -> Result<(), GatewayError> {
		let seen = self.devices.seen();
		if seen <= self.settled {
			return Ok(());
		}
		self.permitted.refresh().await?;
		let due = self.early.all().filter_map(|Waiting { signed, received }| {
			let reading = &signed.reading;
			let judged = judge(&self.devices, &mut self.permitted, reading, now);
			let is_early = matches!(judged, Ok((_, verdict)) if is_early(verdict, *received, seen));
			(!is_early).then(|| ((reading.device, reading.seq), signed.clone(), *received, judged))
		});
		let due: Vec<_> = due.take(BULK).collect();
		let is_all = due.len() < BULK;
		let mut settled = Vec::with_capacity(due.len());
		let (mut places, mut found) = (Vec::with_capacity(due.len()), Vec::with_capacity(due.len()));
		for (place, signed, received, judged) in due {
			match judged {
				Ok((device, verdict)) => {
					places.push(place);
					found.push(Found {
						signed,
						device,
						verdict,
						received,
					});
				}
				// The chain has no such device any more.
				Err(refusal) => {
					self.count(Err(refusal));
					settled.push((place, true));
				}
			}
		}
		let devices: Vec<_> = places.iter().map(|(device, _)| *device).collect();
		let outcomes = self.decide(found, now).await?;
		for (place, outcome) in places.into_iter().zip(outcomes) {
			self.count(outcome);
			// What there is no room for goes on waiting.
			if outcome != Err(Refusal::Full) {
				settled.push((place, outcome.is_err()));
			}
		}
		if !settled.is_empty() {
			self.early.let_go(&settled).await?;
		}
		if is_all {
			self.settled = seen;
		}
		self.close_full(devices, now).await
	}

	/// Keeps what devices signed, refuses it, or has it wait; says which, in their order.
	async fn decide(&mut self, found: Vec<Found>, now: Moment) -> Result<Vec<Result<Kept, Refusal>>, GatewayError> {
		let seen = self.devices.seen();
		let mut made = Vec::with_capacity(found.len());
		let mut outcomes = Vec::with_capacity(found.len());
		let (mut checked, mut places) = (Vec::with_capacity(found.len()), Vec::with_capacity(found.len()));
		let (mut early, mut early_places) = (Vec::new(), Vec::new());
		for (place, found) in found.into_iter().enumerate() {
			made.push(Made::of(&found.signed.reading, &found.device));
			match found.verdict {
				Ok(()) => {
					checked.push(Checked {
						signed: found.signed,
						next_on_chain: found.device.next_seq,
					});
					places.push(place);
				}
				verdict if is_early(verdict, found.received, seen) && !self.early.was_in_vain(&found.signed) => {
					early.push(found.signed);
					early_places.push(place);
				}
				Err(refusal) => outcomes.push((place, Err(refusal))),
			}
		}
		let kept = self.log.keep(&checked, now).await?;
		for (checked, outcome) in checked.iter().zip(&kept) {
			if *outcome == Ok(Kept::New) {
				self.flag(&checked.signed.reading);
			}
		}
		outcomes.extend(places.into_iter().zip(kept));
		let told = self.early.hold(early, now).await?.into_iter().map(Err);
		outcomes.extend(early_places.into_iter().zip(told));
		outcomes.sort_by_key(|(place, _)| *place);
		let outcomes: Vec<_> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
		let decided = made.into_iter().zip(outcomes.iter().copied());
		self.runs.note(decided, now).await?;
		Ok(outcomes)
	}

	async fn close_full(&mut self, devices: Vec<DeviceId>, now: Moment) -> Result<(), GatewayError> {
		let closed = self
			.closer
			.close_full(&mut self.log, &self.devices, devices.into_iter(), now)
			.await?;
		self.tell(&closed);
		Ok(())
	}

	fn answer(&self, asking: oneshot::Sender<Result<Kept, Refusal>>, outcome: Result<Kept, Refusal>) {
		self.count(outcome);
		// Whoever asked may be gone: it sends the reading again and hears that it was kept before.
		let _gone = asking.send(outcome);
	}

	fn count(&self, outcome: Result<Kept, Refusal>) {
		self.metrics
			.reading(outcome.as_ref().map(|_| ()).map_err(|refusal: &Refusal| refusal.name()));
	}

	fn tell(&self, closed: &[Closed]) {
		self.metrics.batches("closed", closed.len());
		if !closed.is_empty() {
			self.closed.notify_one();
		}
	}

	/// Counts what is odd about a value. It is kept whatever that is.
	fn flag(&self, reading: &Reading) {
		for flag in reading.flags() {
			self.metrics.flagged(flag.name());
		}
	}

	/// What the bytes are, and whose; the signature is checked later, with others.
	fn look(&mut self, job: &Job, now: Moment) -> Result<Found, Refusal> {
		let signed = SignedReading::decode(&job.bytes).map_err(Refusal::Malformed)?;
		if signed.reading.genesis != self.genesis.0 {
			return Err(Refusal::OtherChain);
		}
		if signed.reading.device != job.from {
			return Err(Refusal::OtherDevice);
		}
		let (device, verdict) = judge(&self.devices, &mut self.permitted, &signed.reading, now)?;
		Ok(Found {
			signed,
			device,
			verdict,
			received: now,
		})
	}
}

/// Whether a block that was not seen may say otherwise.
fn is_early(verdict: Result<(), Refusal>, received: Moment, seen: Moment) -> bool {
	seen < received && verdict.is_err_and(|refusal| refusal.may_be_early())
}

/// The device, and whether it may have measured this.
fn judge(
	devices: &Devices,
	permitted: &mut Permitted,
	reading: &Reading,
	now: Moment,
) -> Result<(Arc<Device>, Result<(), Refusal>), Refusal> {
	let device = devices.sender(&reading.device)?;
	let verdict = device
		.may(reading, now)
		.and_then(|()| permitted.may(&device, &reading.code));
	Ok((device, verdict))
}
