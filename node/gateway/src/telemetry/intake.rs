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
	log::{Checked, Log},
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
	closer: Closer,
	metrics: Arc<Metrics>,
	closed: Arc<Notify>,
}

impl Intake {
	/// The door to this log, and who works behind it.
	pub fn new(
		genesis: Hash,
		devices: Devices,
		log: Log,
		closer: Closer,
		metrics: Arc<Metrics>,
		closed: Arc<Notify>,
	) -> (Self, Worker) {
		let (sender, jobs) = mpsc::channel(QUEUE);
		let worker = Worker {
			jobs,
			genesis,
			devices,
			permitted: Permitted::new(log.codes()),
			log,
			closer,
			metrics,
			closed,
		};
		(Self(sender), worker)
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
		let mut answers = Vec::with_capacity(jobs.len());
		let mut found = Vec::with_capacity(jobs.len());
		for job in jobs {
			match self.look(&job, now) {
				Ok((signed, device)) => found.push((signed, device, job.answer)),
				Err(refusal) => answers.push((job.answer, Err(refusal))),
			}
		}
		let pairs: Vec<_> = found.iter().map(|(signed, device, _)| (signed, &device.key)).collect();
		let mut bad = verify_bulk(&pairs).into_iter().peekable();
		let (mut checked, mut waiting) = (Vec::with_capacity(found.len()), Vec::with_capacity(found.len()));
		for (place, (signed, device, answer)) in found.into_iter().enumerate() {
			if bad.next_if_eq(&place).is_some() {
				answers.push((answer, Err(Refusal::BadSignature)));
				continue;
			}
			checked.push(Checked {
				signed,
				next_on_chain: device.next_seq,
			});
			waiting.push(answer);
		}
		let outcomes = self.log.keep(&checked, now).await?;
		for (checked, outcome) in checked.iter().zip(&outcomes) {
			if *outcome == Ok(Kept::New) {
				self.flag(&checked.signed.reading);
			}
		}
		answers.extend(waiting.into_iter().zip(outcomes));
		for (answer, outcome) in answers {
			self.metrics
				.reading(outcome.as_ref().map(|_| ()).map_err(|refusal: &Refusal| refusal.name()));
			// Whoever asked may be gone: it sends the reading again and hears that it was kept before.
			let _gone = answer.send(outcome);
		}
		let touched = checked.iter().map(|checked| checked.signed.reading.device);
		let closed = self
			.closer
			.close_full(&mut self.log, &self.devices, touched, now)
			.await?;
		self.tell(&closed);
		Ok(())
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
	fn look(&mut self, job: &Job, now: Moment) -> Result<(SignedReading, Arc<Device>), Refusal> {
		let signed = SignedReading::decode(&job.bytes).map_err(Refusal::Malformed)?;
		if signed.reading.genesis != self.genesis.0 {
			return Err(Refusal::OtherChain);
		}
		if signed.reading.device != job.from {
			return Err(Refusal::OtherDevice);
		}
		let device = self.devices.sender(&job.from)?;
		device.may(&signed.reading, now)?;
		self.permitted.may(&device, &signed.reading.code)?;
		Ok((signed, device))
	}
}
