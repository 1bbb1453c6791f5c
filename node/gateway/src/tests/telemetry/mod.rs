//! Readings: the door, the log, batches, HTTP, and MQTT with a real broker.

mod anchoring;
mod batches;
mod broker;
mod follow;
mod http;
mod intake;
mod killed;
mod many;
mod model;
mod shared;

use std::{collections::HashMap, path::Path, sync::Arc};

use ed25519_dalek::SigningKey;
use salus::words;
use salus_primitives::{Moment, Status};
use salus_vitals::{signature::DeviceKey, Decimal, Reading, SignedReading};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinHandle};

use super::world::{genesis, private};
use crate::{
	keyed::Secret,
	metrics::Metrics,
	telemetry::{
		devices::{Binding, Device},
		Closer, DeviceId, Devices, Intake, Kept, Log, LogKey, Refusal, Rules, Tokens,
	},
	GatewayError,
};

const DAY: Moment = 24 * 3_600_000;
/// The binding that devices of these tests have.
const BINDING: u64 = 4;

pub fn signer(byte: u8) -> SigningKey {
	SigningKey::from_bytes(&[byte; 32])
}

pub fn id(signer: &SigningKey) -> DeviceId {
	signer.verifying_key().to_bytes()
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
		code: "8867-4".parse().unwrap(),
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

	pub async fn with(most: u64, rules: Rules) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let (_, text) = Secret::generate().unwrap();
		private(&folder, "key", &text);
		private(&folder, "secret", &text);
		let devices = Devices::default();
		devices.replace([device(&signer(1))]);
		let (intake, tokens, end, worker) = start(folder.path(), &devices, most, rules).await;
		Self {
			folder,
			devices,
			intake,
			tokens,
			end,
			worker,
			most,
			rules,
		}
	}

	pub async fn take(&self, signer: &SigningKey, bytes: Vec<u8>) -> Result<Kept, Refusal> {
		self.intake.take(id(signer), bytes).await
	}

	/// As after a crash: whatever was not on the disk is gone.
	pub async fn restart(&mut self) {
		self.worker.abort();
		while !self.intake.is_closed() {
			tokio::task::yield_now().await;
		}
		let (intake, tokens, end, worker) = start(self.folder.path(), &self.devices, self.most, self.rules).await;
		(self.intake, self.tokens, self.end, self.worker) = (intake, tokens, end, worker);
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

async fn start(
	folder: &Path,
	devices: &Devices,
	most: u64,
	rules: Rules,
) -> (
	Intake,
	Tokens,
	watch::Sender<bool>,
	JoinHandle<Result<(), GatewayError>>,
) {
	let log = open(folder, most).await;
	let tokens = log.tokens(Secret::read(&folder.join("secret")).unwrap());
	let metrics = Arc::new(Metrics::new().unwrap());
	let (intake, worker) = Intake::new(
		genesis(),
		devices.clone(),
		log,
		Closer::new(rules),
		metrics,
		Arc::default(),
	);
	let (end, ended) = watch::channel(false);
	(intake, tokens, end, tokio::spawn(worker.work(ended)))
}
