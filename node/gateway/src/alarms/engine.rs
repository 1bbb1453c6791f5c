//! Every reading that was kept is looked at once, in the order in which they came; what a person enters comes in between;
//! and silence is looked for by the clock.
//!
//! What the rules know lives in memory and is kept from time to time, together with letting go of the readings it knows of.
//! After a crash the readings since then are looked at again and come to the same findings, whose keys are known. An entry
//! changes what the following readings come to: what is known is kept right before it and right after it.

use std::{
	collections::{BTreeSet, HashMap},
	future::Future,
	sync::Arc,
	time::Duration,
};

use salus::{
	alert::{Content, Rule, Severity},
	words,
};
use salus_primitives::{BindingId, Moment, PatientId, MINUTE, SECOND};
use salus_vitals::{
	news2::Freshness,
	silence::{Silence, SilenceWatch, MISSED},
	Reading,
};
use tokio::sync::{watch, Notify};

use super::{
	chain::{Bound, Chain, ChainError},
	device::{Every, Never, Trouble, Watched},
	entry::{device, set_limits, Entry, Subject, Written},
	error::AlarmError,
	finding::{content, key, Cause, Finding},
	ledger::Ledger,
	patient::Patient,
	saved::{read, write, Name},
};
use crate::{
	metrics::Metrics,
	telemetry::{Arrivals, Arrived, DeviceId, Mute},
	GatewayError,
};

/// How often it is looked for readings.
const GLANCE: Duration = Duration::from_millis(500);
/// Readings that are looked at in one go.
const BULK: u32 = 2_048;
/// Entries that are taken in one go.
const ENTRIES: u32 = 256;
/// How long what is known lives in memory alone.
const KEPT: Moment = MINUTE;
/// How long the chain has to say whose a binding is, and how long it is not asked after it was away.
const ANSWER: Duration = Duration::from_secs(5);
const PAUSE: Moment = 5 * SECOND;

/// The rules of one gateway.
pub struct Engine<C> {
	arrivals: Arrivals,
	ledger: Ledger,
	chain: Arc<C>,
	metrics: Arc<Metrics>,
	/// Told of new alerts.
	found: Arc<Notify>,
	patients: HashMap<PatientId, Patient>,
	devices: HashMap<DeviceId, Watched>,
	silence: SilenceWatch,
	bindings: HashMap<BindingId, Bound>,
	/// Readings whose patient nobody can say while the chain is away, by binding.
	held: HashMap<BindingId, Vec<Arrived>>,
	/// Patients of whom readings came that are not scored yet.
	unsettled: BTreeSet<PatientId>,
	/// The last reading that was looked at, those since it was kept, and what they changed.
	cursor: i64,
	done: Vec<i64>,
	dirty: BTreeSet<Name>,
	/// The last entry that was taken.
	entry: i64,
	kept: Moment,
	/// Devices of which nothing is taken and that measure nobody, and when it is asked again whether they do.
	idle: HashMap<DeviceId, Moment>,
	/// When the chain is asked again after it was away.
	asked_again: Moment,
	/// When it was last looked whether scores were lost.
	checked: Moment,
	settings: Settings,
}

/// What a hospital decides for all its patients and devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
	/// How old the parts of a score may be.
	pub freshness: Freshness,
	/// How often a device reports of which nobody said it, in milliseconds.
	pub interval: Option<Moment>,
}

impl<C: Chain> Engine<C> {
	/// The rules as they stood, to go on with what was not kept.
	///
	/// # Errors
	/// `Sql`, `Damaged`
	pub async fn open(
		arrivals: Arrivals,
		ledger: Ledger,
		chain: Arc<C>,
		metrics: Arc<Metrics>,
		found: Arc<Notify>,
		settings: Settings,
		now: Moment,
	) -> Result<Self, GatewayError> {
		let mut engine = Self {
			arrivals,
			ledger,
			chain,
			metrics,
			found,
			patients: HashMap::new(),
			devices: HashMap::new(),
			silence: SilenceWatch::new(),
			bindings: HashMap::new(),
			held: HashMap::new(),
			unsettled: BTreeSet::new(),
			cursor: 0,
			done: Vec::new(),
			dirty: BTreeSet::new(),
			entry: 0,
			kept: now,
			idle: HashMap::new(),
			asked_again: 0,
			// Whatever was sent while the gateway was down is on its way.
			checked: now,
			settings,
		};
		for (name, state) in engine.arrivals.states().await? {
			match Name::read(&name).ok_or(GatewayError::Damaged)? {
				Name::Entries => engine.entry = read(&state)?,
				Name::Patient(id) => {
					engine
						.patients
						.insert(id, Patient::restore(id, settings.freshness, &state)?);
				}
				Name::Device(id) => {
					let watched = Watched::restore(&state)?;
					engine.watch_again(id, &watched, now);
					engine.devices.insert(id, watched);
				}
				Name::Binding(id) => {
					engine.bindings.insert(id, Bound::restore(&state)?);
				}
			}
		}
		Ok(engine)
	}

	/// Works until told to end.
	///
	/// # Errors
	/// `Sql`, `Damaged`, `NoRandomness`
	pub async fn work(mut self, mut end: watch::Receiver<bool>) -> Result<(), GatewayError> {
		while !*end.borrow() {
			if !self.step(words::now()).await? {
				tokio::select! {
					() = tokio::time::sleep(GLANCE) => {}
					_ = end.changed() => {}
				}
			}
		}
		self.keep(words::now()).await
	}

	/// Takes what there is: entries, readings, silence. Whether there may be more at once.
	///
	/// # Errors
	/// `Sql`, `Damaged`, `NoRandomness`
	pub async fn step(&mut self, now: Moment) -> Result<bool, GatewayError> {
		for written in self.ledger.entries(self.entry, ENTRIES).await? {
			self.enter(&written, now).await?;
		}
		self.release(now).await?;
		let arrived = self.arrivals.after(self.cursor, BULK).await?;
		let is_more = arrived.len() >= usize::try_from(BULK).unwrap_or(usize::MAX);
		let mut findings = Vec::new();
		for arrived in arrived {
			self.cursor = arrived.id;
			let binding = arrived.signed.reading.binding;
			match self.bound(binding, now).await {
				// In their order, behind those that wait.
				Some(bound) if !self.held.contains_key(&binding) => findings.extend(self.take(&arrived, bound)),
				_ => self.held.entry(binding).or_default().push(arrived),
			}
		}
		findings.extend(self.settle());
		findings.extend(self.lost(now));
		findings.extend(self.fallen_silent(now).await);
		let (muted, settled) = self.muted(now).await?;
		findings.extend(muted);
		self.record(&findings, now).await?;
		self.arrivals.told(&settled).await?;
		if !self.dirty.is_empty() && (!self.held.is_empty() || self.kept.saturating_add(KEPT) <= now) {
			self.keep(now).await?;
		}
		Ok(is_more)
	}

	/// Keeps what is known, and lets go of the readings that it knows of.
	///
	/// # Errors
	/// `Sql`, `NoRandomness`
	pub async fn keep(&mut self, now: Moment) -> Result<(), GatewayError> {
		let mut states = Vec::with_capacity(self.dirty.len());
		for name in &self.dirty {
			let state = match name {
				Name::Entries => Some(write(&self.entry)?),
				Name::Patient(id) => self.patients.get(id).map(Patient::save).transpose()?,
				Name::Device(id) => self.devices.get(id).map(Watched::save).transpose()?,
				Name::Binding(id) => self.bindings.get(id).map(Bound::save).transpose()?,
			};
			states.extend(state.map(|state| (name.bytes(), state)));
		}
		self.arrivals.keep(&states, &self.done).await?;
		self.dirty.clear();
		self.done.clear();
		self.kept = now;
		Ok(())
	}

	async fn record(&self, findings: &[Finding], now: Moment) -> Result<(), GatewayError> {
		if self.ledger.record(findings, now).await? > 0 {
			self.found.notify_waiters();
		}
		Ok(())
	}

	/// Takes what a person entered, between the readings before and those after it.
	async fn enter(&mut self, written: &Written, now: Moment) -> Result<(), GatewayError> {
		self.keep(now).await?;
		let findings = self.apply(written).unwrap_or_else(|error| {
			// It was checked when it was entered, by an earlier version.
			tracing::error!(entry = written.id, "an entry counts no more, enter it again: {error}");
			Vec::new()
		});
		self.record(&findings, now).await?;
		self.entry = written.id;
		self.dirty.insert(Name::Entries);
		self.keep(now).await
	}

	fn apply(&mut self, written: &Written) -> Result<Vec<Finding>, AlarmError> {
		Ok(match &written.entry {
			Entry::Person { patient, .. }
			| Entry::Scale { patient, .. }
			| Entry::Consciousness { patient, .. }
			| Entry::Oxygen { patient, .. }
			| Entry::Limits {
				of: Subject::Patient(patient),
				..
			}
			| Entry::NoLimits {
				of: Subject::Patient(patient),
				..
			} => {
				self.dirty.insert(Name::Patient(*patient));
				let freshness = self.settings.freshness;
				let patient = self
					.patients
					.entry(*patient)
					.or_insert_with(|| Patient::new(*patient, freshness));
				patient.enter(written)?
			}
			Entry::Limits {
				of: Subject::Device(of),
				code,
				unit,
				low,
				high,
			} => {
				let limits = &mut self.device(device(of)?, written.at).limits;
				set_limits(limits, code, unit, low.as_deref(), high.as_deref())?;
				Vec::new()
			}
			Entry::NoLimits {
				of: Subject::Device(of),
				code,
			} => {
				let code = code.parse()?;
				self.device(device(of)?, written.at).limits.remove(&code);
				Vec::new()
			}
			Entry::Interval { device: of, every } => {
				let id = device(of)?;
				let watched = self.device(id, written.at);
				watched.every = every.map_or(Every::Never(Never::Never), Every::Interval);
				// Its watch begins now: what was not missed before is not missed at once.
				watched.heard = watched.heard.max(written.at);
				let watched = watched.clone();
				self.silence.unwatch(&id);
				self.watch_again(id, &watched, written.at);
				Vec::new()
			}
			Entry::Ladder { .. } | Entry::Duty { .. } => Vec::new(),
		})
	}

	/// What is known of a device, to be changed.
	fn device(&mut self, id: DeviceId, now: Moment) -> &mut Watched {
		self.dirty.insert(Name::Device(id));
		self.devices.entry(id).or_insert_with(|| Watched {
			heard: now,
			..Watched::default()
		})
	}

	/// Watches a device that is to be heard every so often. After a restart it has an interval to be heard in: whatever it
	/// sent while the gateway was down is on its way.
	fn watch_again(&mut self, id: DeviceId, watched: &Watched, now: Moment) {
		let every = match watched.every {
			Every::Unsaid => self.settings.interval,
			Every::Never(_) => None,
			Every::Interval(every) => Some(every),
		};
		let Some(every) = every else { return };
		let lenient = now.saturating_sub(every.saturating_mul(MISSED.saturating_sub(1)));
		// An interval of none is refused when it is entered.
		let _watched = self.silence.watch(id, every, watched.heard.max(lenient));
	}

	/// Whom a binding's readings are of, nobody where the chain knows of no such binding; none while nobody can be asked.
	async fn bound(&mut self, id: BindingId, now: Moment) -> Option<Option<Bound>> {
		if let Some(bound) = self.bindings.get(&id) {
			return Some(Some(*bound));
		}
		if now < self.asked_again {
			return None;
		}
		match asked(self.chain.binding(id)).await {
			Ok(bound) => {
				if let Some(bound) = bound {
					self.bindings.insert(id, bound);
					self.dirty.insert(Name::Binding(id));
				}
				Some(bound)
			}
			Err(error) => {
				tracing::warn!("readings wait for the rules: {error}");
				self.asked_again = now.saturating_add(PAUSE);
				None
			}
		}
	}

	/// Goes on with the readings of bindings that the chain can be asked about again.
	async fn release(&mut self, now: Moment) -> Result<(), GatewayError> {
		let held: Vec<_> = self.held.keys().copied().collect();
		for binding in held {
			let Some(bound) = self.bound(binding, now).await else {
				return Ok(());
			};
			let readings = self.held.remove(&binding).unwrap_or_default();
			let mut findings: Vec<_> = readings.iter().flat_map(|arrived| self.take(arrived, bound)).collect();
			findings.extend(self.settle());
			self.record(&findings, now).await?;
			self.keep(now).await?;
		}
		Ok(())
	}

	/// Looks at one reading.
	fn take(&mut self, arrived: &Arrived, bound: Option<Bound>) -> Vec<Finding> {
		self.done.push(arrived.id);
		let (reading, received) = (&arrived.signed.reading, arrived.received);
		let Some(bound) = bound.filter(|bound| bound.device == reading.device) else {
			self.metrics.judged("unknownBinding");
			return Vec::new();
		};
		let is_new = !self.devices.contains_key(&reading.device);
		let watched = self.device(reading.device, received);
		watched.heard = watched.heard.max(received);
		// Readings of an earlier patient can come late.
		watched.binding = watched.binding.max(Some(reading.binding));
		let troubles = watched.look(reading, received);
		let limits = watched.limits.clone();
		if is_new {
			let watched = watched.clone();
			self.watch_again(reading.device, &watched, received);
		}
		self.silence.heard(&reading.device, received);
		self.metrics.judged(match reading.flags().is_empty() {
			true => "judged",
			false => "flagged",
		});
		self.dirty.insert(Name::Patient(bound.patient));
		self.unsettled.insert(bound.patient);
		let freshness = self.settings.freshness;
		let patient = self
			.patients
			.entry(bound.patient)
			.or_insert_with(|| Patient::new(bound.patient, freshness));
		let mut findings = patient.read(reading, received, &limits);
		findings.extend(
			troubles
				.into_iter()
				.map(|trouble| troubled(trouble, reading, received, bound.patient)),
		);
		findings
	}

	/// Scores those of whom readings came.
	fn settle(&mut self) -> Vec<Finding> {
		let patients = std::mem::take(&mut self.unsettled).into_iter();
		patients.filter_map(|id| self.patients.get_mut(&id)?.settle()).collect()
	}

	/// Those who had a score and have none any more.
	fn lost(&mut self, now: Moment) -> Vec<Finding> {
		if self.checked.saturating_add(MINUTE) > now {
			return Vec::new();
		}
		self.checked = now;
		let mut findings = Vec::new();
		for (id, patient) in &mut self.patients {
			let was_scored = patient.is_scored;
			findings.extend(patient.lose(now));
			if patient.is_scored != was_scored {
				self.dirty.insert(Name::Patient(*id));
			}
		}
		let scored = self.patients.values().filter(|patient| patient.is_scored).count();
		self.metrics.scored(scored);
		findings
	}

	/// Devices that are bound to somebody and were not heard of for three intervals.
	async fn fallen_silent(&mut self, now: Moment) -> Vec<Finding> {
		let mut findings = Vec::new();
		for silence in self.silence.fallen_silent(now) {
			let Some(watched) = self.devices.get(&silence.device) else {
				continue;
			};
			let heard = watched.heard;
			match self.measured(&silence.device, now).await {
				Some(patient) => findings.push(silent(&silence, heard, patient, now)),
				// It measures nobody: it is looked at again when three more intervals have passed.
				None => {
					self.silence.heard(&silence.device, now);
				}
			}
		}
		findings
	}

	/// Devices that are bound to somebody and of which nothing is taken any more; and all of which nobody is told later.
	async fn muted(&mut self, now: Moment) -> Result<(Vec<Finding>, Vec<Mute>), GatewayError> {
		let (mut findings, mut settled) = (Vec::new(), Vec::new());
		for mute in self.arrivals.mutes().await? {
			if self.idle.get(&mute.device).is_some_and(|again| now < *again) {
				continue;
			}
			let is_over = self
				.devices
				.get(&mute.device)
				.is_some_and(|watched| watched.heard > mute.reached);
			match self.measured(&mute.device, now).await {
				Some(patient) => findings.push(unheard(&mute, patient, now)),
				None if is_over => {}
				None => {
					self.idle.insert(mute.device, now.saturating_add(MINUTE));
					continue;
				}
			}
			self.idle.remove(&mute.device);
			settled.push(mute);
		}
		Ok((findings, settled))
	}

	/// Whom a device measures now. While the chain is away the gateway goes by what it knows, and does not wait for it with
	/// each device.
	async fn measured(&mut self, device: &DeviceId, now: Moment) -> Option<PatientId> {
		let binding = self.devices.get(device).and_then(|watched| watched.binding);
		let known = binding.and_then(|id| Some((id, *self.bindings.get(&id)?)));
		let bound = match now < self.asked_again {
			true => known,
			false => asked(self.chain.latest(*device)).await.unwrap_or_else(|error| {
				tracing::warn!("trouble of devices is judged by what is known here: {error}");
				self.asked_again = now.saturating_add(PAUSE);
				known
			}),
		};
		let (_, bound) = bound?;
		(bound.starts <= now && now < bound.ends).then_some(bound.patient)
	}

	/// What is known of a patient.
	#[cfg(test)]
	pub(crate) fn patient(&self, id: PatientId) -> Option<&Patient> {
		self.patients.get(&id)
	}
}

async fn asked<T>(answer: impl Future<Output = Result<T, ChainError>>) -> Result<T, ChainError> {
	let late = |_| ChainError::Unavailable("Late".into());
	tokio::time::timeout(ANSWER, answer).await.map_err(late)?
}

fn troubled(trouble: Trouble, reading: &Reading, received: Moment, patient: PatientId) -> Finding {
	let device = short(&reading.device);
	let (which, says) = match trouble {
		Trouble::Behind => (
			"behind",
			format!(
				"readings of device {device} come more than an hour after they were measured, and no rule asks them: look at \
				 its clock and at its connection; the last was measured at {} and came at {}",
				words::show_moment(reading.at),
				words::show_moment(received)
			),
		),
		Trouble::Impossible => (
			"impossible",
			format!("device {device} keeps reporting what nobody can have, and the score passes it over: look at its sensor"),
		),
	};
	Finding {
		key: key(Rule::Device, Cause::Reading(reading), which),
		patient,
		content: content(reading, Rule::Device, Severity::Urgent, says),
	}
}

/// The beginning of a device's key, by which people tell devices apart.
fn short(device: &DeviceId) -> String {
	hex::encode(device.get(..4).unwrap_or_default())
}

/// No value is in it: what was refused is nobody's.
fn unheard(mute: &Mute, patient: PatientId, now: Moment) -> Finding {
	Finding {
		key: key(Rule::Device, Cause::Muted(&mute.device, mute.since), ""),
		patient,
		content: Content {
			rule: Rule::Device,
			severity: Severity::Urgent,
			at: now,
			code: None,
			value: None,
			unit: None,
			says: format!(
				"nothing that device {} sends is taken since {}, and no rule asks it ({}): {}",
				short(&mute.device),
				words::show_moment(mute.since),
				mute.refusal.name(),
				mute.refusal
			),
			flags: Vec::new(),
			path: None,
		},
	}
}

fn silent(silence: &Silence, heard: Moment, patient: PatientId, now: Moment) -> Finding {
	Finding {
		key: key(Rule::Silence, Cause::Silence(&silence.device, heard), ""),
		patient,
		content: Content {
			rule: Rule::Silence,
			severity: Severity::Urgent,
			at: now,
			code: None,
			value: None,
			unit: None,
			says: format!(
				"nothing was heard of device {} since {}",
				short(&silence.device),
				words::show_moment(heard)
			),
			flags: Vec::new(),
			path: None,
		},
	}
}
