//! Hospital A's ward: a patient, the two devices that measure her, their broker and their gateway.

use salus::{open_device_key, words};
use salus_tests::{pulse_wave, text, until, Broker, Gateway, Node, Patient, Proxy, Running, Salus, Worn, PASSPHRASE};
use salus_vault::keystore::Strength;
use salus_vitals::{Decimal, Reading, SignedReading};
use serde_json::{json, Value};
use std::{collections::BTreeSet, path::Path};

/// How many times as fast as they were recorded the pulse waves are played: each takes some twelve seconds.
const SPEED: u32 = 57;
/// What a device measures that plays nothing; no recording has it.
pub const VALUE: Decimal = Decimal::new(250, 0);
/// Devices' password at the broker.
const PASSWORD: &str = "device";
/// A batch is closed after three seconds, so that there are few: an access is an entry in the trail for each.
const BATCHES: &str = "batch = 64\nage = 3";

/// A device, and what it measured.
pub struct Device {
	/// Its key, 64 hexadecimal digits.
	pub id: String,
	/// The file of its key.
	pub key: String,
	/// Its binding to the patient.
	pub binding: u64,
	/// What it sends readings over HTTP with.
	pub bearer: String,
	/// The values that it measured, by number.
	pub values: Vec<String>,
	/// The file of what it authenticates with where it sends to.
	pub secret: String,
	/// The file that opens the codes that it is committed to.
	codes: String,
	to: String,
	recording: String,
}

/// The ward.
pub struct Ward {
	/// The patient, whose client speaks to A's node.
	pub patient: Patient,
	/// The gateway.
	pub gateway: Gateway,
	/// The devices' broker.
	pub broker: Broker,
	/// Sends over HTTP.
	pub monitor: Device,
	/// Sends over MQTT.
	pub watch: Device,
	/// To A's node and its vault, which listen elsewhere each time that they are started.
	node: Proxy,
	vault: Proxy,
	genesis: [u8; 32],
}

impl Ward {
	/// Both devices are bound with the patient's signed consent, and the gateway runs.
	pub async fn opened(alice: &Node) -> Self {
		let patient = Patient::registered(alice);
		let (node, vault) = (Proxy::to(&alice.url).await, Proxy::to(&alice.vault).await);
		let mut monitor = Device::bound(&patient, "monitor", "data3.csv", 1);
		let mut watch = Device::bound(&patient, "watch", "data2.csv", 5);
		let broker = Broker::start(&[("gateway", "gateway"), (&watch.id, PASSWORD)]).await;
		let mqtt = format!(
			"[telemetry.mqtt]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"gateway\"\npassword = \"mqtt.password\"",
			broker.port
		);
		let genesis = alice.genesis().await;
		let mut gateway = Gateway::new(&genesis, &node.url().replace("http", "ws"))
			.telemetry(&vault.url(), &format!("{BATCHES}\n{mqtt}"));
		gateway.write("mqtt.password", "gateway");
		for device in [&mut monitor, &mut watch] {
			device.is_known_to(&gateway);
		}
		let salus = &patient.salus;
		(monitor.to, monitor.secret) = (gateway.devices_url(), salus.write("monitor.token", &monitor.bearer));
		(watch.to, watch.secret) = (broker.url(), salus.write("watch.password", PASSWORD));
		gateway.start().await;
		Self {
			patient,
			gateway,
			broker,
			monitor,
			watch,
			node,
			vault,
			genesis: words::hash(&genesis).unwrap().0,
		}
	}

	/// The devices.
	pub fn devices(&self) -> [&Device; 2] {
		[&self.monitor, &self.watch]
	}

	/// Both devices begin to play what was recorded.
	pub fn streams(&mut self) -> [Running; 2] {
		let salus = &self.patient.salus;
		[&mut self.monitor, &mut self.watch].map(|device| device.streams(salus))
	}

	/// A's node listens elsewhere now.
	pub fn finds(&mut self, alice: &Node) {
		self.node.lead_to(&alice.url);
		self.vault.lead_to(&alice.vault);
		self.patient.salus.speak_to(alice);
	}

	/// A heart rate that a device of the ward measured then.
	pub fn signs(&self, device: &Device, seq: u64, at: u64) -> SignedReading {
		device.signs(Reading {
			genesis: self.genesis,
			device: hex::decode(&device.id).unwrap().try_into().unwrap(),
			binding: device.binding,
			seq,
			at,
			code: "8867-4".parse().unwrap(),
			value: VALUE.into(),
			unit: "/min".parse().unwrap(),
			group: seq,
		})
	}

	/// How many readings the chain has the roots of.
	pub async fn anchored(&self, node: &Node) -> u64 {
		let mut all = 0;
		for device in self.devices() {
			all += device.next(node).await;
		}
		all
	}

	/// How many the devices measured.
	pub fn measured(&self) -> u64 {
		self.devices().iter().map(|device| device.values.len() as u64).sum()
	}

	/// The patient's batches, as the chain has them, oldest first.
	pub async fn batches(&self, node: &Node) -> Vec<Value> {
		let patient: u64 = self.patient.id.parse().unwrap();
		let page = node.asked("telemetry_anchors", json!([patient, null, null, 256])).await;
		assert_eq!(page["next"], Value::Null, "one page is all");
		let mut batches = page["items"].as_array().unwrap().clone();
		batches.reverse();
		batches
	}

	/// Waits until all that was measured is anchored, and fails if a reading is missing or there twice, on the chain, in the
	/// patient's trail or in the gateway's own count.
	pub async fn has_anchored_everything_once(&self, node: &Node) {
		until("all that was measured is anchored", || async {
			(self.anchored(node).await >= self.measured()).then_some(())
		})
		.await;
		let batches = self.batches(node).await;
		for device in self.devices() {
			let mut next = 0;
			for batch in batches
				.iter()
				.filter(|batch| number(&batch["binding"]) == device.binding)
			{
				assert_eq!(number(&batch["firstSeq"]), next, "contiguous: {batches:?}");
				next += number(&batch["count"]);
			}
			assert_eq!(next, device.values.len() as u64, "{batches:?}");
			let found = node.asked("telemetry_device", json!([device.id])).await;
			assert_eq!((number(&found["nextSeq"]), number(&found["missing"])), (next, 0));
		}
		let roots: BTreeSet<_> = batches.iter().map(|batch| text(&batch["root"])).collect();
		assert_eq!(roots.len(), batches.len(), "{batches:?}");
		let trail = node.trail(&self.patient.id).await;
		let told = salus_tests::kinds(&trail)
			.into_iter()
			.filter(|kind| *kind == "BatchAnchored");
		assert_eq!(told.count(), batches.len());
		// It hears of its last call when that is final.
		until("the gateway knows that all is anchored", || async {
			let status = self.gateway.run("telemetry status").ok();
			let done = json!({ "closed": 0, "sealed": 0, "stored": 0, "anchored": batches.len(), "aside": 0 });
			(number(&status["waiting"]) == 0 && status["batches"] == done).then_some(())
		})
		.await;
	}
}

impl Device {
	/// One that the patient wears, and that plays a recording so many times.
	fn bound(patient: &Patient, name: &str, recording: &str, times: u32) -> Self {
		let Worn {
			id,
			key,
			codes,
			binding,
		} = patient.wears(name, &["8867-4"]);
		Self {
			id,
			key,
			binding,
			bearer: String::new(),
			values: Vec::new(),
			secret: String::new(),
			codes,
			to: String::new(),
			recording: format!("--pulse {} --times {times}", pulse_wave(recording).display()),
		}
	}

	/// What the hospital tells its gateway of a device, besides what is on the chain.
	fn is_known_to(&mut self, gateway: &Gateway) {
		gateway.run(&format!("telemetry codes add {}", self.codes)).ok();
		let made = gateway.run(&format!("token new {}", self.id)).ok();
		self.bearer = text(&made["bearer"]);
	}

	/// The command that plays its recording so fast and sends it so.
	pub fn plays(&self, speed: u32, sends: &str) -> String {
		let Self { key, recording, .. } = self;
		format!("--key {key} device simulate {recording} --speed {speed} {sends}")
	}

	fn streams(&mut self, salus: &Salus) -> Running {
		let Self { key, to, secret, .. } = &*self;
		let line = self.plays(SPEED, &format!("--state {key}.state --to {to} --token-file {secret}"));
		let preview = salus.types(&format!("--dry-run {line}")).ok();
		let played = preview["readings"].as_array().unwrap().iter();
		self.values.extend(played.map(|reading| text(&reading["value"])));
		salus.starts(&line)
	}

	/// Signs as the device does.
	pub fn signs(&self, reading: Reading) -> SignedReading {
		let key = open_device_key(Path::new(&self.key), PASSPHRASE, Strength::Development).unwrap();
		SignedReading::sign(reading, &key).unwrap()
	}

	/// The number of the next reading that can be anchored.
	async fn next(&self, node: &Node) -> u64 {
		let found = node.asked("telemetry_device", json!([self.id])).await;
		number(&found["nextSeq"])
	}
}

/// A number, however it was written.
pub fn number(value: &Value) -> u64 {
	text(value).parse().unwrap_or_else(|_| panic!("no number: {value}"))
}
