//! Readings: the door, the log, batches, HTTP, and MQTT with a real broker.

mod anchoring;
mod batches;
mod broker;
mod codes;
mod early;
mod follow;
mod hospital;
mod http;
mod intake;
mod killed;
mod many;
mod model;
mod muted;
mod process;
mod shared;

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use ed25519_dalek::SigningKey;
use salus::words;
use salus_primitives::{Moment, Status};
use salus_vitals::{signature::DeviceKey, Decimal, DeviceCodes, Reading, SignedReading};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinHandle, time::timeout};

use super::world::{genesis, private};
use crate::{
	keyed::Secret,
	metrics::Metrics,
	telemetry::{
		devices::{Binding, Device},
		Closer, Codes, DeviceId, Devices, Intake, Kept, Log, LogKey, Refusal, Rules, Tokens,
	},
	GatewayError,
};

const DAY: Moment = 24 * 3_600_000;
/// The binding that devices of these tests have.
const BINDING: u64 = 4;
/// What they are committed to: this code, under this salt.
const CODE: &str = "8867-4";
const SALT: u8 = 9;
/// Devices whose codes are opened: 1 and so on.
const OPENED: u8 = 9;

pub fn signer(byte: u8) -> SigningKey {
	SigningKey::from_bytes(&[byte; 32])
}

/// The device of such a number.
pub fn numbered(number: u64) -> SigningKey {
	let mut seed = [0; 32];
	seed[..8].copy_from_slice(&number.to_le_bytes());
	SigningKey::from_bytes(&seed)
}

pub fn id(signer: &SigningKey) -> DeviceId {
	signer.verifying_key().to_bytes()
}

/// What a device of these tests is committed to.
pub fn codes(device: &DeviceId) -> DeviceCodes {
	let key = DeviceKey::from_bytes(device).unwrap();
	DeviceCodes::new(key, [CODE.parse().unwrap()], [SALT; 32]).unwrap()
}

/// A device that is bound since yesterday until tomorrow.
pub fn device(signer: &SigningKey) -> Device {
	let now = words::now();
	let binding = Binding {
		patient: 7,
		starts: now - DAY,
		ends: now + DAY,
	};
	Device {
		key: DeviceKey::from_bytes(&id(signer)).unwrap(),
		status: Status::Active,
		codes: codes(&id(signer)).commitment(),
		next_seq: 0,
		anchored: None,
		bindings: HashMap::from([(BINDING, binding)]),
	}
}

pub fn reading(signer: &SigningKey, seq: u64) -> Reading {
	Reading {
		genesis: genesis().0,
		device: id(signer),
		binding: BINDING,
		seq,
		at: words::now(),
		code: CODE.parse().unwrap(),
		value: Decimal::new(72, 0).into(),
		unit: "/min".parse().unwrap(),
		group: seq,
	}
}

pub fn signed(signer: &SigningKey, seq: u64) -> Vec<u8> {
	SignedReading::sign(reading(signer, seq), signer).unwrap().encode()
}

/// A gateway that takes readings.
pub struct Taking {
	pub folder: TempDir,
	pub devices: Devices,
	pub intake: Intake,
	pub tokens: Tokens,
	pub codes: Codes,
	pub metrics: Arc<Metrics>,
	end: watch::Sender<bool>,
	worker: JoinHandle<Result<(), GatewayError>>,
	most: u64,
	rules: Rules,
}

/// Batches that are never due by themselves.
pub fn never() -> Rules {
	Rules {
		readings: 65_536,
		age: Moment::MAX,
		patience: Moment::MAX,
	}
}

impl Taking {
	pub async fn new() -> Self {
		Self::with(1_000, never()).await
	}

	/// One that knows all that the chain will ever say.
	pub async fn with(most: u64, rules: Rules) -> Self {
		let taking = Self::early(most, rules).await;
		taking.devices.see(Moment::MAX);
		taking
	}

	/// One that has seen no block yet.
	pub async fn early(most: u64, rules: Rules) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let (_, text) = Secret::generate().unwrap();
		private(&folder, "key", &text);
		private(&folder, "secret", &text);
		let devices = Devices::default();
		devices.replace([device(&signer(1))]);
		let log = open(folder.path(), most).await;
		let opened: Vec<_> = (1..=OPENED).map(|byte| codes(&id(&signer(byte)))).collect();
		log.codes().add(&opened, words::now()).await.unwrap();
		let metrics = Arc::new(Metrics::new().unwrap());
		Self::over(folder, log, devices, metrics, most, rules).await
	}

	async fn over(folder: TempDir, log: Log, devices: Devices, metrics: Arc<Metrics>, most: u64, rules: Rules) -> Self {
		let (tokens, codes) = (
			log.tokens(Secret::read(&folder.path().join("secret")).unwrap()),
			log.codes(),
		);
		let (intake, worker) = Intake::new(
			genesis(),
			devices.clone(),
			log,
			Closer::new(rules),
			Arc::clone(&metrics),
			Arc::default(),
		)
		.await
		.unwrap();
		let (end, ended) = watch::channel(false);
		Self {
			folder,
			devices,
			intake,
			tokens,
			codes,
			metrics,
			end,
			worker: tokio::spawn(worker.work(ended)),
			most,
			rules,
		}
	}

	pub async fn take(&self, signer: &SigningKey, bytes: Vec<u8>) -> Result<Kept, Refusal> {
		self.intake.take(id(signer), bytes).await
	}

	/// How many of such a name were counted with this outcome.
	pub fn counted(&self, name: &str, outcome: &str) -> u64 {
		let start = format!("salus_gateway_{name}_total{{outcome=\"{outcome}\"}} ");
		let text = self.metrics.text().unwrap();
		let value = text.lines().find_map(|line| line.strip_prefix(&start));
		value.map_or(0, |value| value.parse().unwrap())
	}

	/// Waits until so many of such a name were counted with this outcome.
	pub async fn until_counted(&self, outcome: &str, count: u64) {
		let counted = async {
			while self.counted("readings", outcome) != count {
				tokio::time::sleep(Duration::from_millis(20)).await;
			}
		};
		timeout(Duration::from_secs(60), counted).await.expect(outcome);
	}

	/// As after a crash: whatever was not on the disk is gone.
	pub async fn restart(self) -> Self {
		let Self {
			folder,
			devices,
			intake,
			metrics,
			worker,
			most,
			rules,
			..
		} = self;
		worker.abort();
		while !intake.is_closed() {
			tokio::task::yield_now().await;
		}
		let log = open(folder.path(), most).await;
		Self::over(folder, log, devices, metrics, most, rules).await
	}

	/// Ends the gateway and opens its log.
	pub async fn stop(self) -> (TempDir, Log) {
		self.end.send_replace(true);
		self.worker.await.unwrap().unwrap();
		let log = open(self.folder.path(), self.most).await;
		(self.folder, log)
	}
}

pub async fn open(folder: &Path, most: u64) -> Log {
	let key = LogKey::read(&folder.join("key")).unwrap();
	Log::open(&folder.join("data"), genesis(), key, most).await.unwrap()
}
