//! Ten thousand devices on one gateway: a measurement.
//!
//! `cargo test --release -p salus-gateway --lib ten_thousand -- --ignored --nocapture`

use std::{
	fs,
	time::{Duration, Instant},
};

use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use tokio::{sync::Notify, time::sleep};

use super::{
	broker::{topic, Broker},
	model::{Model, OnChain},
	*,
};
use crate::{
	config::Protocol,
	telemetry::{anchor::Anchorer, deposit::Depositor, listen, State},
};

const DEVICES: u64 = 10_000;
const EACH: u64 = 12;
const MOST: u64 = 512;

fn numbered(number: u64) -> SigningKey {
	let mut seed = [0; 32];
	seed[..8].copy_from_slice(&number.to_le_bytes());
	SigningKey::from_bytes(&seed)
}

/// The most memory that this process had so far, in MiB.
fn peak() -> u64 {
	let status = fs::read_to_string("/proc/self/status").unwrap();
	let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
	line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
}

/// Everything is in this process: what it measures is the gateway, who sends, and the model of chain and vault.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of a minute or two"]
async fn ten_thousand_devices_are_served_within_512_mib() {
	let folder = tempfile::tempdir().unwrap();
	let (_, text) = Secret::generate().unwrap();
	private(&folder, "key", &text);
	let model = Model::default();
	let bound = device(&numbered(0)).bindings[&BINDING];
	for number in 0..DEVICES {
		let mut world = model.world();
		world.state.devices.insert(id(&numbered(number)), OnChain::default());
		world.state.bindings.insert(number, (id(&numbered(number)), bound));
	}
	let devices = model.devices();
	let log = open(folder.path(), 1_000_000).await;
	let ledger = log.ledger();
	let metrics = Arc::new(Metrics::new().unwrap());
	let rules = Rules {
		readings: 1_024,
		age: 10_000,
		..Rules::default()
	};
	let (closed, stored) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
	let (intake, worker) = Intake::new(
		genesis(),
		devices.clone(),
		log,
		Closer::new(rules),
		Arc::clone(&metrics),
		Arc::clone(&closed),
	);
	let depositor = Depositor {
		ledger: ledger.clone(),
		devices,
		vault: model.clone(),
		metrics: Arc::clone(&metrics),
		closed,
		stored: Arc::clone(&stored),
	};
	let anchorer = Anchorer {
		ledger: ledger.clone(),
		chain: model.clone(),
		metrics: Arc::clone(&metrics),
		stored,
	};
	let broker = Broker::new();
	let (_end, ended) = watch::channel(false);
	let began = Instant::now();
	tokio::spawn(worker.work(ended.clone()));
	tokio::spawn(depositor.work(ended.clone()));
	tokio::spawn(anchorer.work(ended.clone()));
	tokio::spawn(listen(broker.config(Protocol::V5), intake, ended));

	let measured = |number: u64, seq: u64| {
		let signer = numbered(number);
		let mut reading = reading(&signer, seq);
		reading.binding = number;
		(topic(&signer), SignedReading::sign(reading, &signer).unwrap().encode())
	};
	// Before the gateway has subscribed, the broker keeps nothing for it.
	let probe = measured(0, 0);
	while ledger.unbatched().await.unwrap().0 == 0 {
		broker.publish(vec![probe.clone()]).await;
	}
	let mut options = MqttOptions::new("devices", "127.0.0.1", broker.port);
	options.set_keep_alive(Duration::from_secs(30)).set_inflight(1_000);
	let (client, mut events) = AsyncClient::new(options, 1_000);
	tokio::spawn(async move {
		for seq in 0..EACH {
			for number in 0..DEVICES {
				let (topic, bytes) = measured(number, seq);
				client.publish(topic, QoS::AtLeastOnce, false, bytes).await.unwrap();
			}
		}
	});
	let mut sent = 0;
	while sent < DEVICES * EACH {
		if let Ok(Event::Incoming(Packet::PubAck(_))) = events.poll().await {
			sent += 1;
		}
	}
	let taken = began.elapsed();
	let anchored = async {
		loop {
			let next: u64 = model.world().state.devices.values().map(|device| device.next_seq).sum();
			if next == DEVICES * EACH {
				return;
			}
			sleep(Duration::from_millis(200)).await;
		}
	};
	tokio::time::timeout(Duration::from_secs(300), anchored).await.unwrap();
	let counts = ledger.counts().await.unwrap();
	let batches = counts
		.iter()
		.find(|count| count.state == State::Anchored)
		.unwrap()
		.batches;
	println!(
		"{DEVICES} devices, {} readings: published in {taken:.1?}, anchored in {batches} batches after {:.1?}; at most {} MiB",
		DEVICES * EACH,
		began.elapsed(),
		peak(),
	);
	assert!(peak() < MOST, "{} MiB", peak());
}
