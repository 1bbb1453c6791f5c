//! Ten thousand devices on one gateway: a measurement, which `scripts/bench --measure devices` runs.

use std::{
	sync::Mutex,
	time::{Duration, Instant},
};

use reqwest::Client;
use rumqttc::v5::{
	mqttbytes::{v5::Packet, QoS},
	AsyncClient, Event, MqttOptions,
};
use tokio::time::{sleep, timeout};

use super::{
	broker::{topic, Broker},
	hospital::{serve, Hospital},
	process::{self, Process, Settings},
	*,
};

const DEVICES: u64 = 10_000;
const EACH: u64 = 12;
/// What a gateway may take, in MiB.
const MOST: u64 = 512;
/// Finality is after three of them, as on the chain.
const BLOCK: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(900);

fn measured(number: u64, seq: u64) -> (String, Vec<u8>) {
	let signer = numbered(number);
	let mut reading = reading(&signer, seq);
	reading.binding = number;
	(topic(&signer), SignedReading::sign(reading, &signer).unwrap().encode())
}

/// How many readings the gateway has answered with success.
async fn taken(http: &Client, url: &str) -> u64 {
	let text = http.get(url).send().await.unwrap().text().await.unwrap();
	let line = "salus_gateway_readings_total{outcome=\"ok\"} ";
	let value = text.lines().find_map(|found| found.strip_prefix(line));
	value.map_or(0, |value| value.parse().unwrap())
}

/// The gateway is a process of its own. Who sends, and the model of chain and vault, are here; the broker is mosquitto.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of some minutes"]
async fn ten_thousand_devices_are_served_within_512_mib() {
	rustls::crypto::ring::default_provider().install_default().ok();
	let folder = tempfile::tempdir().unwrap();
	let (_, text) = Secret::generate().unwrap();
	private(&folder, "key", &text);
	private(&folder, "secret", &text);
	let codes: Vec<_> = (0..DEVICES).map(|number| codes(&id(&numbered(number)))).collect();
	open(folder.path(), 9)
		.await
		.codes()
		.add(&codes, words::now())
		.await
		.unwrap();
	let hospital = Arc::new(Mutex::new(Hospital::new(DEVICES)));
	let broker = Broker::open();
	let rules = Rules::default();
	let settings = Settings {
		hospital: serve(Arc::clone(&hospital), BLOCK).await,
		devices: DEVICES,
		readings: rules.readings,
		age: rules.age,
		broker: Some(broker.port),
	};
	let mut gateway = Process::start(folder.path(), &settings);
	let url = format!("{}/metrics", process::url(folder.path()).await);
	broker.until_subscribed().await;
	let idle = gateway.peak();

	let all: Vec<_> = (0..EACH)
		.flat_map(|seq| (0..DEVICES).map(move |number| measured(number, seq)))
		.collect();
	let count = DEVICES * EACH;
	let began = Instant::now();
	let mut options = MqttOptions::new("devices", "127.0.0.1", broker.port);
	options.set_keep_alive(Duration::from_secs(30));
	let (client, mut events) = AsyncClient::new(options, 1_000);
	tokio::spawn(async move {
		for (topic, bytes) in all {
			client.publish(topic, QoS::AtLeastOnce, false, bytes).await.unwrap();
		}
	});
	let published = async {
		let mut acknowledged = 0;
		while acknowledged < count {
			if let Event::Incoming(Packet::PubAck(_)) = events.poll().await.unwrap() {
				acknowledged += 1;
			}
		}
	};
	timeout(PATIENCE, published).await.unwrap();
	let http = Client::new();
	let all_taken = async {
		while taken(&http, &url).await < count {
			sleep(Duration::from_millis(50)).await;
		}
	};
	timeout(PATIENCE, all_taken).await.unwrap();
	let took = began.elapsed();
	let next = || -> u64 {
		let hospital = hospital.lock().unwrap();
		hospital.finalised.devices.values().map(|device| device.next_seq).sum()
	};
	let anchored = async {
		while next() < count {
			sleep(Duration::from_millis(200)).await;
		}
	};
	timeout(PATIENCE, anchored).await.unwrap();
	let (batches, peak) = (hospital.lock().unwrap().finalised.anchors.len(), gateway.peak());
	gateway.kill();
	println!("devices      {DEVICES}, {EACH} readings of each");
	println!(
		"readings     {count} taken in {took:.1?}, {:.0} a second",
		count as f64 / took.as_secs_f64()
	);
	println!("batches      {batches}, all anchored after {:.0?}", began.elapsed());
	println!("memory       {peak} MiB at most, {idle} before the first reading");
	assert!(peak < MOST, "{peak} MiB");
}
