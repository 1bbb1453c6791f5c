//! A gateway that is killed two hundred times, while devices send each reading at least once: what was acknowledged is
//! anchored exactly once.

use std::{
	collections::HashMap,
	sync::Mutex,
	time::{Duration, Instant},
};

use rand::{rngs::StdRng, RngExt, SeedableRng};
use reqwest::Client;
use serde_json::{json, Value};
use tokio::time::{sleep, timeout};

use super::{
	hospital::{serve, Hospital},
	model::opened,
	process::{self, Process, Settings},
	*,
};

const KILLS: usize = 200;
const SEED: u64 = 7_041;
const DEVICES: u64 = 4;
/// A gateway dies while it starts, one in so many, or some milliseconds after it acknowledged some posts: in any step of a
/// batch, however slow the machine is.
const STILLBORN: u32 = 5;
const POSTS: usize = 12;
const AFTER: u64 = 120;
const BLOCK: Duration = Duration::from_millis(20);

/// A device that sends what it has measured until it is acknowledged, and now and then again.
struct Sender {
	signer: SigningKey,
	binding: u64,
	bearer: String,
	measured: Vec<Vec<u8>>,
	acknowledged: usize,
}

struct Feeder {
	random: StdRng,
	http: Client,
	senders: Vec<Sender>,
	posts: usize,
	again: usize,
}

impl Feeder {
	/// Sends from random devices until so many posts are acknowledged; or else, what was measured and is not.
	async fn feed(&mut self, folder: &Path, posts: Option<usize>) {
		let url = format!("{}/v1/readings", process::url(folder).await);
		let (more, mut acknowledged) = (posts.is_some(), 0);
		let all = |senders: &[Sender]| {
			senders
				.iter()
				.all(|sender| sender.acknowledged == sender.measured.len())
		};
		while posts.map_or_else(|| !all(&self.senders), |posts| acknowledged < posts) {
			let place = self.random.random_range(0..self.senders.len());
			let (back, count) = (self.random.random_range(0..4), self.random.random_range(1..10));
			let sender = &mut self.senders[place];
			let from = sender.acknowledged.saturating_sub(back);
			let until = if more {
				from + count
			} else {
				(from + count).min(sender.measured.len())
			};
			if from == until {
				continue;
			}
			sender.measure(until);
			let readings: Vec<_> = sender.measured[from..until].iter().map(hex::encode).collect();
			let request = self
				.http
				.post(&url)
				.header("authorization", &sender.bearer)
				.body(json!({ "readings": readings }).to_string());
			self.posts += 1;
			let Ok(response) = request.send().await else { continue };
			let Ok(text) = response.text().await else { continue };
			let answer: Value = serde_json::from_str(&text).unwrap();
			let results = answer["results"].as_array().unwrap_or_else(|| panic!("{answer}"));
			for result in results {
				assert!(result == "kept" || result == "keptBefore", "{result}");
				self.again += usize::from(result == "keptBefore");
			}
			sender.acknowledged = sender.acknowledged.max(until);
			acknowledged += 1;
		}
	}
}

impl Sender {
	fn measure(&mut self, until: usize) {
		while self.measured.len() < until {
			let mut reading = reading(&self.signer, self.measured.len() as u64);
			reading.binding = self.binding;
			self.measured
				.push(SignedReading::sign(reading, &self.signer).unwrap().encode());
		}
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_anchored_once_though_the_gateway_is_killed_two_hundred_times() {
	rustls::crypto::ring::default_provider().install_default().ok();
	let hospital = Arc::new(Mutex::new(Hospital::new(DEVICES)));
	let settings = Settings {
		hospital: serve(Arc::clone(&hospital), BLOCK).await,
		devices: DEVICES,
		readings: 6,
		age: 200,
		broker: None,
	};
	let folder = tempfile::tempdir().unwrap();
	let (_, text) = Secret::generate().unwrap();
	private(&folder, "key", &text);
	let secret = private(&folder, "secret", &text);
	let log = open(folder.path(), 9).await;
	let tokens = log.tokens(Secret::read(&secret).unwrap());
	let codes: Vec<_> = (0..DEVICES).map(|number| codes(&id(&numbered(number)))).collect();
	log.codes().add(&codes, words::now()).await.unwrap();
	let mut senders = Vec::new();
	for number in 0..DEVICES {
		let signer = numbered(number);
		let token = tokens.make(&id(&signer), words::now()).await.unwrap();
		senders.push(Sender {
			bearer: format!("Bearer {}.{}", hex::encode(id(&signer)), token.as_str()),
			signer,
			binding: number,
			measured: Vec::new(),
			acknowledged: 0,
		});
	}
	drop((log, tokens));
	let mut feeder = Feeder {
		random: StdRng::seed_from_u64(SEED),
		http: Client::new(),
		senders,
		posts: 0,
		again: 0,
	};
	let mut lives = StdRng::seed_from_u64(SEED + 1);
	let began = Instant::now();
	for _ in 0..KILLS {
		let process = Process::start(folder.path(), &settings);
		if lives.random_range(0..STILLBORN) > 0 {
			let fed = feeder.feed(folder.path(), Some(lives.random_range(0..POSTS)));
			timeout(Duration::from_secs(60), fed).await.expect("it takes readings");
		}
		let rest = Duration::from_millis(lives.random_range(0..AFTER));
		let _in_the_middle = timeout(rest, feeder.feed(folder.path(), Some(usize::MAX))).await;
		process.kill();
	}
	let killed = began.elapsed();
	let process = Process::start(folder.path(), &settings);
	timeout(Duration::from_secs(60), feeder.feed(folder.path(), None))
		.await
		.expect("all that was measured is acknowledged");
	let measured: HashMap<DeviceId, &Vec<Vec<u8>>> = feeder
		.senders
		.iter()
		.map(|sender| (id(&sender.signer), &sender.measured))
		.collect();
	let all = async {
		loop {
			let done = {
				let hospital = hospital.lock().unwrap();
				let next = |device: &DeviceId| hospital.finalised.devices[device].next_seq;
				measured
					.iter()
					.all(|(device, measured)| next(device) == measured.len() as u64)
			};
			if done {
				return;
			}
			sleep(Duration::from_millis(20)).await;
		}
	};
	let anchored = timeout(Duration::from_secs(60), all).await;
	process.kill();
	let hospital = hospital.lock().unwrap();
	assert!(
		anchored.is_ok(),
		"not all are anchored: {:?}",
		hospital.finalised.devices
	);

	// Each number once and in its order, and below each root exactly what the device signed.
	let mut next: HashMap<DeviceId, u64> = HashMap::new();
	for anchor in &hospital.finalised.anchors {
		let expected = next.entry(anchor.device).or_default();
		assert_eq!(anchor.first_seq, *expected);
		let file = opened(&hospital.vault[&anchor.sha256]);
		assert_eq!(file.batch().unwrap().tree.root(), anchor.root.0);
		assert_eq!(file.readings.len(), anchor.count as usize);
		for reading in &file.readings {
			assert_eq!(reading.encode(), measured[&anchor.device][*expected as usize]);
			*expected += 1;
		}
	}
	let readings: usize = measured.values().map(|measured| measured.len()).sum();
	assert_eq!(next.values().sum::<u64>(), readings as u64);
	assert!(hospital.finalised.devices.values().all(|device| device.missing == 0));
	let batches = hospital.finalised.anchors.len();
	println!(
		"{KILLS} kills in {killed:.0?}: {readings} readings in {} posts, {} of them again; {batches} batches anchored by {} \
		 calls, {} of which were refused as repetitions; {} envelopes put, {} of them again",
		feeder.posts,
		feeder.again,
		hospital.calls,
		hospital.refused,
		hospital.puts,
		hospital.puts - hospital.envelopes.len(),
	);
	assert!(readings > 1_000 && batches > 200, "the gateway hardly lived");
	assert!(
		hospital.puts > hospital.envelopes.len(),
		"it never died between vault and chain"
	);
}
