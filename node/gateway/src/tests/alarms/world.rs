//! A gateway with early warning, a chain in memory, and time that the test makes.

use std::{
	collections::HashMap,
	sync::{Arc, Mutex},
};

use ed25519_dalek::SigningKey;
use salus::AccountId;
use salus_primitives::{AlertId, BindingId, HpkeKey, Moment, PatientId, DAY, MINUTE, SECOND};
use salus_vitals::{Reading, SignedReading};
use serde_json::Value;
use tokio::sync::Notify;

use super::super::world::{genesis, once_let_go, private, World, NOW};
use crate::{
	alarms::{
		Addressee, Bound, Chain, ChainError, Content, Engine, Entry, Found, Ledger, Level, Post, Raised, Raiser, Rung,
		Settings, Standing, Subject, Teller,
	},
	telemetry::{Arrivals, Checked, Kept, Log, LogKey},
	Contact,
};

/// What happens to the next transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
	/// It takes effect, and nobody hears of it.
	Unheard,
	/// It is lost, and nobody hears of it.
	Lost,
	/// It waits in the pool until it is let go, and nobody hears of it.
	Pooled,
	/// The chain says no.
	Refused,
	/// It never answers.
	Hangs,
}

/// An alert as the pallet's README has it.
#[derive(Clone, Debug)]
pub struct Sounded {
	pub patient: PatientId,
	pub commitment: [u8; 32],
	pub ladder: Vec<(AccountId, Moment)>,
	pub step: usize,
	pub due: Moment,
	pub acknowledged: Option<Moment>,
}

#[derive(Default)]
struct Inner {
	now: Moment,
	is_away: bool,
	/// It is asked whose a device is, and never answers.
	hangs: bool,
	asked: u32,
	fault: Option<Fault>,
	bindings: HashMap<BindingId, Bound>,
	alerts: Vec<Sounded>,
	pool: Vec<Sounded>,
	keys: HashMap<(PatientId, [u8; 32]), HpkeKey>,
	raises: u32,
	gather: u32,
}

/// A chain in memory.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Inner>>);

fn unavailable() -> ChainError {
	ChainError::Unavailable("NodeUnavailable".into())
}

impl Memory {
	fn with<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
		change(&mut self.0.lock().unwrap())
	}

	fn here<T>(&self, answer: impl FnOnce(&mut Inner) -> T) -> Result<T, ChainError> {
		self.with(|inner| match inner.is_away {
			true => Err(unavailable()),
			false => Ok(answer(inner)),
		})
	}

	pub fn bind(&self, id: BindingId, device: &SigningKey, patient: PatientId) {
		self.bind_until(id, device, patient, NOW + 30 * DAY);
	}

	pub fn bind_until(&self, id: BindingId, device: &SigningKey, patient: PatientId, ends: Moment) {
		let bound = Bound {
			device: device.verifying_key().to_bytes(),
			patient,
			starts: NOW - 30 * DAY,
			ends,
		};
		self.with(|inner| inner.bindings.insert(id, bound));
	}

	pub fn set_away(&self, is_away: bool) {
		self.with(|inner| inner.is_away = is_away);
	}

	/// From now on it never says whose a device is.
	pub fn hang(&self) {
		self.with(|inner| inner.hangs = true);
	}

	/// How often it was asked whose a device is.
	pub fn asked(&self) -> u32 {
		self.with(|inner| inner.asked)
	}

	pub fn fail_next(&self, fault: Fault) {
		self.with(|inner| inner.fault = Some(fault));
	}

	/// What waited in the pool is in a finalised block.
	pub fn finalise(&self) {
		self.with(|inner| {
			let pool = std::mem::take(&mut inner.pool);
			inner.alerts.extend(pool);
		});
	}

	pub fn alerts(&self) -> Vec<Sounded> {
		self.with(|inner| inner.alerts.clone())
	}

	pub fn raises(&self) -> u32 {
		self.with(|inner| inner.raises)
	}

	/// No transaction is final until so many were sent.
	pub fn finalise_together(&self, many: u32) {
		self.with(|inner| inner.gather = many);
	}

	pub fn give_key(&self, patient: PatientId, account: AccountId, key: HpkeKey) {
		self.with(|inner| inner.keys.insert((patient, account.0), key));
	}

	/// Acknowledges as the pallet does: whoever is told, in time; the last late.
	pub fn acknowledge(&self, id: AlertId, who: &AccountId) -> bool {
		self.with(|inner| {
			let now = inner.now;
			let alert = &mut inner.alerts[id as usize];
			let is_last = alert.step + 1 == alert.ladder.len();
			let may =
				alert.acknowledged.is_none() && alert.ladder[alert.step].0 == *who && (now < alert.due || is_last);
			if may {
				alert.acknowledged = Some(now);
			}
			may
		})
	}
}

impl Chain for Memory {
	async fn binding(&self, id: BindingId) -> Result<Option<Bound>, ChainError> {
		self.here(|inner| inner.bindings.get(&id).copied())
	}

	async fn latest(&self, device: [u8; 32]) -> Result<Option<(BindingId, Bound)>, ChainError> {
		if self.with(|inner| {
			inner.asked += 1;
			inner.hangs
		}) {
			return std::future::pending().await;
		}
		self.here(|inner| {
			let of = inner.bindings.iter().filter(|(_, bound)| bound.device == device);
			of.max_by_key(|(id, _)| **id).map(|(id, bound)| (*id, *bound))
		})
	}

	async fn raise(
		&self,
		patient: PatientId,
		commitment: [u8; 32],
		ladder: &[(AccountId, Moment)],
	) -> Result<AlertId, ChainError> {
		tokio::task::yield_now().await;
		let fault = self.here(|inner| {
			inner.raises += 1;
			inner.fault.take()
		})?;
		while self.with(|inner| inner.raises < inner.gather) {
			tokio::task::yield_now().await;
		}
		let alert = self.with(|inner| Sounded {
			patient,
			commitment,
			ladder: ladder.to_vec(),
			step: 0,
			due: inner.now + ladder[0].1,
			acknowledged: None,
		});
		let unheard = Err(ChainError::Uncertain("Unknown".into()));
		match fault {
			None | Some(Fault::Unheard) => {
				let id = self.with(|inner| {
					inner.alerts.push(alert);
					inner.alerts.len() as u64 - 1
				});
				// The block is final before anybody here hears of it.
				tokio::task::yield_now().await;
				if fault.is_some() {
					unheard
				} else {
					Ok(id)
				}
			}
			Some(Fault::Lost) => unheard,
			Some(Fault::Pooled) => {
				self.with(|inner| inner.pool.push(alert));
				unheard
			}
			Some(Fault::Refused) => Err(ChainError::Refused("NotAnAddressee".into())),
			Some(Fault::Hangs) => std::future::pending().await,
		}
	}

	async fn find(&self, patient: PatientId, commitment: [u8; 32]) -> Result<Found, ChainError> {
		self.here(|inner| {
			let is_it = |alert: &&Sounded| alert.patient == patient && alert.commitment == commitment;
			let found = inner.alerts.iter().enumerate().find(|(_, alert)| is_it(alert));
			match found {
				Some((id, alert)) => Found::Raised(id as u64, standing(alert, inner.now)),
				None if inner.pool.iter().any(|alert| is_it(&alert)) => Found::OnItsWay,
				None => Found::Nowhere,
			}
		})
	}

	async fn alert(&self, id: AlertId) -> Result<Option<Standing>, ChainError> {
		self.here(|inner| {
			let now = inner.now;
			inner.alerts.get(id as usize).map(|alert| standing(alert, now))
		})
	}

	async fn escalate(&self, id: AlertId) -> Result<(), ChainError> {
		tokio::task::yield_now().await;
		self.here(|inner| {
			let now = inner.now;
			let alert = &mut inner.alerts[id as usize];
			let next = alert.ladder.get(alert.step + 1).cloned();
			match next {
				_ if alert.acknowledged.is_some() => Err(ChainError::Refused("AlreadyAcknowledged".into())),
				_ if now < alert.due => Err(ChainError::Refused("NotOverdue".into())),
				None => Err(ChainError::Refused("LadderEnded".into())),
				Some((_, within)) => {
					alert.step += 1;
					alert.due = now + within;
					Ok(())
				}
			}
		})?
	}

	async fn key(&self, patient: PatientId, account: &AccountId) -> Result<Option<HpkeKey>, ChainError> {
		self.here(|inner| inner.keys.get(&(patient, account.0)).cloned())
	}
}

fn standing(alert: &Sounded, now: Moment) -> Standing {
	Standing {
		step: alert.step,
		due: alert.due,
		is_overdue: alert.acknowledged.is_none() && alert.due <= now && alert.step + 1 < alert.ladder.len(),
		acknowledged: alert.acknowledged,
	}
}

pub const PATIENT: PatientId = 7;
pub const NURSE: [u8; 32] = [2; 32];
pub const DOCTOR: [u8; 32] = [3; 32];
pub const CAREGIVER: [u8; 32] = [1; 32];

pub fn account(bytes: [u8; 32]) -> AccountId {
	AccountId::from(bytes)
}

pub fn signer(byte: u8) -> SigningKey {
	SigningKey::from_bytes(&[byte; 32])
}

/// A gateway with early warning.
pub struct Warning {
	pub world: World,
	pub chain: Memory,
	pub ledger: Ledger,
	pub engine: Engine<Memory>,
	pub raiser: Raiser<Memory>,
	pub teller: Teller<Memory>,
	pub log: Log,
	pub arrivals: Arrivals,
	settings: Settings,
	pub now: Moment,
	seqs: HashMap<[u8; 32], u64>,
}

impl Warning {
	pub async fn new() -> Self {
		Self::with("[file]\nfolder = \"messages\"\n").await
	}

	pub async fn with(channel: &str) -> Self {
		Self::with_settings(channel, Settings::default()).await
	}

	pub async fn with_settings(channel: &str, settings: Settings) -> Self {
		let world = World::with(channel).await;
		private(&world.folder, "key", &hex::encode([5; 32]));
		let chain = Memory::default();
		chain.with(|inner| inner.now = NOW);
		let (ledger, engine, raiser, teller, log, arrivals) = open(&world, &chain, settings, NOW).await;
		Self {
			world,
			chain,
			ledger,
			engine,
			raiser,
			teller,
			log,
			arrivals,
			settings,
			now: NOW,
			seqs: HashMap::new(),
		}
	}

	/// As after a crash: whatever was not on the disk is gone.
	pub async fn restart(&mut self) {
		// What the process held, it holds no more.
		self.arrivals.close().await;
		self.world.store().pool.close().await;
		self.world.restart().await;
		let (ledger, engine, raiser, teller, log, arrivals) =
			open(&self.world, &self.chain, self.settings, self.now).await;
		(self.ledger, self.engine, self.raiser) = (ledger, engine, raiser);
		(self.teller, self.log, self.arrivals) = (teller, log, arrivals);
		self.ledger.recover().await.unwrap();
	}

	/// Lets time pass, on chain too.
	pub fn pass(&mut self, time: Moment) {
		self.now += time;
		let now = self.now;
		self.chain.with(|inner| inner.now = now);
	}

	/// A device measured this now.
	pub async fn measured(&mut self, device: &SigningKey, binding: BindingId, (code, value, unit): (&str, &str, &str)) {
		self.measured_at(device, binding, (code, value, unit), self.now).await;
	}

	/// A device measured this at a time, and sends it now.
	pub async fn measured_at(
		&mut self,
		device: &SigningKey,
		binding: BindingId,
		value: (&str, &str, &str),
		at: Moment,
	) {
		let signed = self.sign(device, binding, value, at);
		assert_eq!(self.keep(&signed).await, Kept::New);
	}

	/// A device measured all of this now.
	pub async fn measured_all(&mut self, device: &SigningKey, binding: BindingId, values: &[(&str, &str, &str)]) {
		let at = self.now;
		let checked: Vec<_> = values
			.iter()
			.map(|value| Checked {
				signed: self.sign(device, binding, *value, at),
				next_on_chain: 0,
			})
			.collect();
		let kept = self.log.keep(&checked, self.now).await.unwrap();
		assert!(kept.iter().all(|kept| *kept == Ok(Kept::New)));
	}

	pub fn sign(
		&mut self,
		device: &SigningKey,
		binding: BindingId,
		(code, value, unit): (&str, &str, &str),
		at: Moment,
	) -> SignedReading {
		let id = device.verifying_key().to_bytes();
		let seq = self.seqs.entry(id).or_default();
		let reading = Reading {
			genesis: genesis().0,
			device: id,
			binding,
			seq: *seq,
			at,
			code: code.parse().unwrap(),
			value: value.parse::<salus_vitals::Decimal>().unwrap().into(),
			unit: unit.parse().unwrap(),
			group: *seq,
		};
		*seq += 1;
		SignedReading::sign(reading, device).unwrap()
	}

	pub async fn keep(&mut self, signed: &SignedReading) -> Kept {
		let checked = Checked {
			signed: signed.clone(),
			next_on_chain: 0,
		};
		self.log.keep(&[checked], self.now).await.unwrap().remove(0).unwrap()
	}

	/// Somebody enters this now.
	pub async fn enter(&self, entry: Entry) {
		self.ledger.write(&account(NURSE), &entry, self.now).await.unwrap();
	}

	/// The patient is grown up, not pregnant, awake and breathes air.
	pub async fn adult(&self, patient: PatientId) {
		self.enter(Entry::Person {
			patient,
			born: Some("1980-05-17".into()),
			pregnant: Some(false),
		})
		.await;
		self.seen(patient).await;
	}

	/// A nurse looked at her: awake, on air.
	pub async fn seen(&self, patient: PatientId) {
		let level = Level::Alert;
		self.enter(Entry::Consciousness { patient, level }).await;
		let supplemental = false;
		self.enter(Entry::Oxygen { patient, supplemental }).await;
	}

	/// A pulse of more than 120 is too high for the patient, whom the first device measures.
	pub async fn watched(&self) {
		self.chain.bind(1, &signer(1), PATIENT);
		self.enter(Entry::Limits {
			of: Subject::Patient(PATIENT),
			code: "8867-4".into(),
			unit: "/min".into(),
			low: None,
			high: Some("120".into()),
		})
		.await;
	}

	/// Her pulse is too high now, and the rules have seen it: the alert's number.
	pub async fn alarmed(&mut self) -> i64 {
		self.measured(&signer(1), 1, ("8867-4", "139.73", "/min")).await;
		self.judge().await;
		self.found().await.last().unwrap().0.id
	}

	/// Caregiver, nurse, doctor: 5, 10 and 15 minutes.
	pub async fn ladder(&self) {
		for (who, contact) in [
			(CAREGIVER, "kin@example.org"),
			(NURSE, "nurse@example.org"),
			(DOCTOR, "+4930123456"),
		] {
			self.reach(who, contact, None).await;
		}
		self.enter(Entry::Ladder {
			patient: None,
			rungs: rungs(),
		})
		.await;
	}

	pub async fn reach(&self, who: [u8; 32], contact: &str, hpke: Option<HpkeKey>) {
		let addressee = Addressee {
			account: account(who),
			contact: Contact::parse(contact).unwrap(),
			hpke,
			since: self.now,
		};
		self.ledger.reach(&addressee).await.unwrap();
	}

	/// The rules look at everything there is.
	pub async fn judge(&mut self) {
		while self.engine.step(self.now).await.unwrap() {}
	}

	/// One look at everything: rules, chain, clock, messages.
	pub async fn round(&mut self) {
		self.judge().await;
		for alert in self.ledger.waking(self.now).await.unwrap() {
			self.raiser.look(alert.id, self.now).await.unwrap();
		}
		self.raiser.advance(self.now).await.unwrap();
		while self.teller.next(self.now).await.unwrap() {}
	}

	/// Rounds every three seconds for so long.
	pub async fn rounds(&mut self, time: Moment) {
		let end = self.now + time;
		while self.now < end {
			self.pass(3 * SECOND);
			self.round().await;
		}
	}

	/// All alerts, with what they say.
	pub async fn found(&self) -> Vec<(Raised, Content)> {
		let mut found = Vec::new();
		for alert in self.ledger.alerts(false).await.unwrap() {
			let said = self.ledger.said(alert.id).await.unwrap();
			found.push((alert, serde_json::from_slice(&said[32..]).unwrap()));
		}
		found
	}

	/// To whom messages went, in no order, and what they say.
	pub fn messages(&self) -> Vec<(String, String)> {
		let text = |value: &Value| value.as_str().unwrap().to_string();
		let messages = self.world.messages();
		messages
			.iter()
			.map(|message| (text(&message["to"]), text(&message["text"])))
			.collect()
	}

	/// To whom messages went, sorted.
	pub fn told(&self) -> Vec<String> {
		let mut told: Vec<_> = self.messages().into_iter().map(|(to, _)| to).collect();
		told.sort();
		told
	}
}

pub fn rungs() -> Vec<Rung> {
	[
		(Post::Caregiver, CAREGIVER, 5),
		(Post::Nurse, NURSE, 10),
		(Post::DoctorOnCall, DOCTOR, 15),
	]
	.map(|(post, who, minutes)| Rung {
		post,
		account: hex::encode(who),
		within: minutes * MINUTE,
	})
	.to_vec()
}

async fn open(
	world: &World,
	chain: &Memory,
	settings: Settings,
	now: Moment,
) -> (Ledger, Engine<Memory>, Raiser<Memory>, Teller<Memory>, Log, Arrivals) {
	let key = LogKey::read(&world.folder.path().join("key")).unwrap();
	let (config, metrics) = (&world.config, &world.registrar.metrics);
	let arrivals = once_let_go(async || Arrivals::open(&config.data, genesis(), key.clone()).await).await;
	let ledger = Ledger::open(world.store().clone(), key.clone()).await.unwrap();
	let (found, waiting) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
	let shared = Arc::new(chain.clone());
	let engine = Engine::open(
		arrivals.clone(),
		ledger.clone(),
		Arc::clone(&shared),
		Arc::clone(metrics),
		Arc::clone(&found),
		settings,
		now,
	);
	let raiser = Raiser {
		ledger: ledger.clone(),
		chain: Arc::clone(&shared),
		metrics: Arc::clone(metrics),
		found,
		waiting: Arc::clone(&waiting),
	};
	let teller = Teller {
		ledger: ledger.clone(),
		chain: shared,
		courier: Arc::clone(&world.registrar.courier),
		genesis: genesis(),
		secret: world.secret.clone(),
		metrics: Arc::clone(metrics),
		waiting,
	};
	let log = once_let_go(async || Log::open(&config.data, genesis(), key.clone(), 1_000_000).await).await;
	(ledger, engine.await.unwrap(), raiser, teller, log, arrivals)
}
