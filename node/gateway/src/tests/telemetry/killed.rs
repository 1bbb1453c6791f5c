//! A gateway that is killed two hundred times, while devices send each reading at least once, over HTTP or through a broker:
//! what was acknowledged is anchored exactly once.

use std::{
	collections::HashMap,
	ops::Range,
	sync::Mutex,
	time::{Duration, Instant},
};

use rand::{rngs::StdRng, RngExt, SeedableRng};
use reqwest::Client;
use serde_json::{json, Value};
use tokio::time::{sleep, timeout};

use super::{
	broker::{topic, Broker, Publisher},
	hospital::{serve, Hospital},
	model::opened,
	process::{self, Process, Settings},
	*,
};

const KILLS: usize = 200;
const SEED: u64 = 7_041;
/// Every other one sends over MQTT.
const DEVICES: u64 = 4;
/// A gateway dies while it starts, one in so many, or some milliseconds after it acknowledged some posts: in any step of a
/// batch, however slow the machine is.
const STILLBORN: u32 = 5;
const POSTS: usize = 12;
const AFTER: u64 = 120;
/// Below so many turns to send pass between one gateway's death and the next one's birth.
const AWAY: usize = 4;
const BLOCK: Duration = Duration::from_millis(20);

/// A device that sends what it has measured until it is acknowledged, and now and then again.
struct Sender {
	signer: SigningKey,
	binding: u64,
	way: Way,
	measured: Vec<Vec<u8>>,
	acknowledged: usize,
}

/// How a device sends: who acknowledges is the gateway, or the broker, which is there whether the gateway lives or not.
enum Way {
	Http { http: Client, bearer: String },
	Mqtt(Publisher),
}

#[derive(Default)]
struct Count {
	posts: usize,
	again: usize,
	/// Messages that the broker acknowledged; and those of them while there was no gateway.
	published: usize,
	away: usize,
}

struct Feeder {
	random: StdRng,
	senders: Vec<Sender>,
	count: Count,
}

impl Feeder {
	/// Sends from random devices until the gateway has acknowledged so many posts; or else, what was measured and is not
	/// acknowledged.
	async fn feed(&mut self, folder: &Path, posts: Option<usize>) {
		let more = posts.is_some();
		let url = format!("{}/v1/readings", process::url(folder).await);
		let until = posts.map(|posts| self.count.posts.saturating_add(posts));
		let all = |senders: &[Sender]| {
			senders
				.iter()
				.all(|sender| sender.acknowledged == sender.measured.len())
		};
		while until.map_or_else(|| !all(&self.senders), |until| self.count.posts < until) {
			let (place, range) = self.turn(more);
			self.senders[place].send(Some(&url), range, &mut self.count).await;
		}
	}

	/// Sends from random devices while there is no gateway.
	async fn feed_broker(&mut self) {
		let before = self.count.published;
		for _ in 0..self.random.random_range(0..AWAY) {
			let (place, range) = self.turn(true);
			self.senders[place].send(None, range, &mut self.count).await;
		}
		self.count.away += self.count.published - before;
	}

	/// Who sends next, and which of its readings: some again, and, if it is to measure more, new ones.
	fn turn(&mut self, more: bool) -> (usize, Range<usize>) {
		let place = self.random.random_range(0..self.senders.len());
		let (back, count) = (self.random.random_range(0..4), self.random.random_range(1..10));
		let sender = &mut self.senders[place];
		let from = sender.acknowledged.saturating_sub(back);
		if more {
			sender.measure(from + count);
		}
		(place, from..(from + count).min(sender.measured.len()))
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

	/// Over HTTP only if there is a gateway.
	async fn send(&mut self, gateway: Option<&str>, range: Range<usize>, count: &mut Count) {
		if range.is_empty() {
			return;
		}
		let readings = &self.measured[range.clone()];
		match &mut self.way {
			Way::Http { http, bearer } => {
				let Some(url) = gateway else { return };
				let readings: Vec<_> = readings.iter().map(hex::encode).collect();
				let request = http
					.post(url)
					.header("authorization", bearer.as_str())
					.body(json!({ "readings": readings }).to_string());
				let Ok(response) = request.send().await else { return };
				let Ok(text) = response.text().await else { return };
				let answer: Value = serde_json::from_str(&text).unwrap();
				let results = answer["results"].as_array().unwrap_or_else(|| panic!("{answer}"));
				for result in results {
					assert!(result == "kept" || result == "keptBefore", "{result}");
					count.again += usize::from(result == "keptBefore");
				}
				count.posts += 1;
			}
			Way::Mqtt(publisher) => {
				publisher.publish(&topic(&self.signer), readings).await;
				count.published += readings.len();
			}
		}
		self.acknowledged = self.acknowledged.max(range.end);
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_anchored_once_though_the_gateway_is_killed_two_hundred_times() {
	rustls::crypto::ring::default_provider().install_default().ok();
	let hospital = Arc::new(Mutex::new(Hospital::new(DEVICES)));
	let broker = Broker::talkative();
	let settings = Settings {
		hospital: serve(Arc::clone(&hospital), BLOCK).await,
		devices: DEVICES,
		readings: 6,
		age: 200,
		broker: Some(broker.port),
	};
	let folder = tempfile::tempdir().unwrap();
	let (_, text) = Secret::generate().unwrap();
	private(&folder, "key", &text);
	let secret = private(&folder, "secret", &text);
	let log = open(folder.path(), 9).await;
	let tokens = log.tokens(Secret::read(&secret).unwrap());
	let codes: Vec<_> = (0..DEVICES).map(|number| codes(&id(&numbered(number)))).collect();
	log.codes().add(&codes, words::now()).await.unwrap();
	let (http, mut senders) = (Client::new(), Vec::new());
	for number in 0..DEVICES {
		let signer = numbered(number);
		let way = if number % 2 == 0 {
			let token = tokens.make(&id(&signer), words::now()).await.unwrap();
			Way::Http {
				http: http.clone(),
				bearer: format!("Bearer {}.{}", hex::encode(id(&signer)), token.as_str()),
			}
		} else {
			Way::Mqtt(broker.publisher(&signer))
		};
		senders.push(Sender {
			signer,
			binding: number,
			way,
			measured: Vec::new(),
			acknowledged: 0,
		});
	}
	drop((log, tokens));
	// From then on the broker keeps for the gateway what devices publish.
	let process = Process::start(folder.path(), &settings);
	broker.until_subscribed().await;
	process.kill();

	let mut feeder = Feeder {
		random: StdRng::seed_from_u64(SEED),
		senders,
		count: Count::default(),
	};
	let mut lives = StdRng::seed_from_u64(SEED + 1);
	let began = Instant::now();
	for _ in 0..KILLS {
		feeder.feed_broker().await;
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
	let (count, twice) = (&feeder.count, broker.sent_again());
	println!(
		"{KILLS} kills in {killed:.0?}: {readings} readings in {} posts, {} of them again, and {} messages, {} of them while \
		 there was no gateway, {twice} sent again by the broker; {batches} batches anchored by {} calls, {} of which were refused \
		 as repetitions; {} envelopes put, {} of them again",
		count.posts,
		count.again,
		count.published,
		count.away,
		hospital.calls,
		hospital.refused,
		hospital.puts,
		hospital.puts - hospital.envelopes.len(),
	);
	for sender in &feeder.senders {
		assert!(sender.measured.len() > 250, "the gateway hardly lived");
	}
	assert!(batches > 200, "the gateway hardly lived");
	assert!(
		hospital.puts > hospital.envelopes.len(),
		"it never died between vault and chain"
	);
	assert!(count.away > 0 && twice > 0, "it never died between broker and disk");
}
