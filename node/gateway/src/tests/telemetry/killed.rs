//! A gateway that is killed two hundred times, while devices send each reading at least once: what was acknowledged is
//! anchored exactly once.
//!
//! The gateway is this test program again, as a process of its own. Chain and vault are here, behind a socket: a call that
//! a dead gateway has sent is carried out all the same, and is final some blocks later.

use std::{
	collections::{HashMap, VecDeque},
	fs::{self, File},
	path::PathBuf,
	process::{Child, Command},
	sync::Mutex,
	time::{Duration, Instant},
};

use axum::{body::Bytes, routing::post, Router};
use codec::{Decode, DecodeAll, Encode};
use rand::{rngs::StdRng, RngExt, SeedableRng};
use reqwest::Client;
use salus::Hash;
use salus_primitives::{AnchorId, NewBatch, PatientId};
use salus_vitals::batch_file::BatchFile;
use serde_json::{json, Value};
use tokio::{
	sync::{oneshot, Notify},
	time::{sleep, timeout},
};

use super::{
	model::{away, envelope, opened, Asked, OnChain, Refused, State},
	*,
};
use crate::{
	listener,
	telemetry::{
		anchor::Anchorer,
		chain::{Chain, Failure, NotAnchored, NotStored, Standing, Vault},
		deposit::Depositor,
		ledger::Sealed,
		routes, Closed,
	},
};

const KILLS: usize = 200;
const SEED: u64 = 7_041;
const DEVICES: u8 = 4;
/// A gateway dies while it starts, one in so many, or some milliseconds after it acknowledged some posts: in any step of a
/// batch, however slow the machine is.
const STILLBORN: u32 = 5;
const POSTS: usize = 12;
const AFTER: u64 = 120;
const BLOCK: Duration = Duration::from_millis(20);
/// Blocks that are not final.
const UNFINAL: usize = 2;
const MODEL: &str = "SALUS_KILLED_MODEL";
const FOLDER: &str = "SALUS_KILLED_FOLDER";

type Answer = oneshot::Sender<Result<Vec<AnchorId>, Refused>>;
type Call = (Vec<NewBatch>, Answer);

/// A call of a block, and what became of it.
type Done = (Call, Result<Vec<AnchorId>, Refused>);

/// Chain and vault.
#[derive(Default)]
struct Hospital {
	pool: Vec<Call>,
	best: State,
	finalised: State,
	unfinal: VecDeque<Vec<Done>>,
	vault: HashMap<Hash, Vec<u8>>,
	/// Each batch's envelope, by its root.
	envelopes: HashMap<[u8; 32], Hash>,
	puts: usize,
	calls: usize,
	refused: usize,
}

impl Hospital {
	fn new() -> Self {
		let mut state = State::default();
		for byte in 1..=DEVICES {
			let signer = signer(byte);
			state.devices.insert(id(&signer), OnChain::default());
			let bound = device(&signer).bindings[&BINDING];
			state.bindings.insert(u64::from(byte), (id(&signer), bound));
		}
		Self {
			best: state.clone(),
			finalised: state,
			..Self::default()
		}
	}

	fn block(&mut self) {
		let mut block = Vec::new();
		for call in std::mem::take(&mut self.pool) {
			self.calls += 1;
			let outcome = self.best.anchor(&call.0);
			self.refused += usize::from(outcome.is_err());
			block.push((call, outcome));
		}
		self.unfinal.push_back(block);
		if self.unfinal.len() <= UNFINAL {
			return;
		}
		for ((batches, answer), outcome) in self.unfinal.pop_front().into_iter().flatten() {
			assert_eq!(self.finalised.anchor(&batches), outcome);
			// Who asked may be dead.
			let _gone = answer.send(outcome);
		}
	}

	fn put(&mut self, sha256: Hash, payload: Vec<u8>) {
		let root = opened(&payload).batch().unwrap().tree.root();
		let known = *self.envelopes.entry(root).or_insert(sha256);
		assert_eq!(known, sha256, "a batch has one envelope for ever");
		self.puts += 1;
		self.vault.insert(sha256, payload);
	}
}

async fn answer(hospital: Arc<Mutex<Hospital>>, body: Bytes) -> Vec<u8> {
	match Asked::decode_all(&mut &*body).unwrap() {
		Asked::Standing(ids) => {
			let hospital = hospital.lock().unwrap();
			let next = |id| hospital.finalised.devices.get(id).map(|device| device.next_seq);
			ids.iter().map(next).collect::<Vec<_>>().encode()
		}
		Asked::Find(root) => hospital.lock().unwrap().finalised.find(&root).encode(),
		Asked::Put(sha256, payload) => {
			hospital.lock().unwrap().put(sha256, payload);
			Vec::new()
		}
		Asked::Anchor(batches) => {
			let (answer, answered) = oneshot::channel();
			{
				let mut hospital = hospital.lock().unwrap();
				for batch in &batches {
					assert!(hospital.vault.contains_key(&batch.sha256), "what is anchored is stored");
				}
				hospital.pool.push((batches, answer));
			}
			answered.await.unwrap().encode()
		}
	}
}

/// Serves it; where.
async fn serve(hospital: Arc<Mutex<Hospital>>) -> String {
	let blocks = Arc::clone(&hospital);
	tokio::spawn(async move {
		loop {
			sleep(BLOCK).await;
			blocks.lock().unwrap().block();
		}
	});
	let listener = listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
	let url = format!("http://{}/", listener.local_addr().unwrap());
	let routes = Router::new().route("/", post(move |body: Bytes| answer(Arc::clone(&hospital), body)));
	tokio::spawn(listener::serve(listener, None, routes, 64));
	url
}

/// The gateway's side of it.
#[derive(Clone)]
struct Remote {
	http: Client,
	url: String,
}

impl Remote {
	async fn ask<T: Decode>(&self, asked: Asked) -> Result<T, Failure> {
		let sent = self.http.post(&self.url).body(asked.encode()).send().await;
		let body = sent.map_err(|_| away())?.bytes().await.map_err(|_| away())?;
		T::decode(&mut &*body).map_err(|_| away())
	}
}

impl Chain for Remote {
	async fn standing(&self, devices: &[DeviceId]) -> Result<Vec<Option<Standing>>, Failure> {
		let found: Vec<Option<u64>> = self.ask(Asked::Standing(devices.to_vec())).await?;
		let standing = |next_seq| Standing {
			status: Status::Active,
			next_seq,
		};
		Ok(found.into_iter().map(|next| next.map(standing)).collect())
	}

	async fn binding(&self, _: u64) -> Result<Option<Binding>, Failure> {
		Err(away())
	}

	async fn find(&self, batch: &Closed) -> Result<Option<AnchorId>, Failure> {
		self.ask(Asked::Find(batch.root)).await
	}

	async fn anchor(&self, batches: Vec<NewBatch>) -> Result<Vec<AnchorId>, NotAnchored> {
		let outcome: Result<Vec<AnchorId>, Refused> = self.ask(Asked::Anchor(batches)).await?;
		outcome.map_err(|(place, error)| NotAnchored::Batch {
			place: place.into(),
			error,
		})
	}
}

impl Vault for Remote {
	async fn seal(&self, _: &Closed, _: PatientId, file: BatchFile) -> Result<Sealed, NotStored> {
		Ok(envelope(&file))
	}

	async fn put(&self, sealed: &Sealed) -> Result<(), NotStored> {
		let asked = Asked::Put(sealed.sha256, sealed.sealed.clone());
		self.ask(asked).await.map_err(NotStored::Later)
	}
}

/// Not a test: the gateway that is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is the process that the test beside it kills"]
async fn gateway_process() {
	rustls::crypto::ring::default_provider().install_default().ok();
	let folder = PathBuf::from(std::env::var(FOLDER).unwrap());
	let remote = Remote {
		http: Client::new(),
		url: std::env::var(MODEL).unwrap(),
	};
	let log = open(&folder, 100_000).await;
	let (ledger, tokens) = (log.ledger(), log.tokens(Secret::read(&folder.join("secret")).unwrap()));
	let signers: Vec<_> = (1..=DEVICES).map(signer).collect();
	let ids: Vec<_> = signers.iter().map(id).collect();
	let standing = remote.standing(&ids).await.unwrap();
	let devices = Devices::default();
	devices.replace(
		(1..)
			.zip(signers.iter().zip(standing))
			.map(|(binding, (signer, standing))| {
				let mut device = device(signer);
				device.next_seq = standing.unwrap().next_seq;
				device.bindings = HashMap::from([(binding, device.bindings[&BINDING])]);
				device
			}),
	);
	let metrics = Arc::new(Metrics::new().unwrap());
	let rules = Rules {
		readings: 6,
		age: 200,
		patience: 600_000,
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
		vault: remote.clone(),
		metrics: Arc::clone(&metrics),
		closed,
		stored: Arc::clone(&stored),
	};
	let anchorer = Anchorer {
		ledger,
		chain: remote,
		metrics,
		stored,
	};
	let listener = listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
	fs::write(
		folder.join("port.new"),
		listener.local_addr().unwrap().port().to_string(),
	)
	.unwrap();
	fs::rename(folder.join("port.new"), folder.join("port")).unwrap();
	let (_end, ended) = watch::channel(false);
	let (worked, stored, anchored, ()) = tokio::join!(
		worker.work(ended.clone()),
		depositor.work(ended.clone()),
		anchorer.work(ended),
		listener::serve(listener, None, routes(intake, tokens), 64),
	);
	panic!("the gateway ended: {worked:?}, {stored:?}, {anchored:?}");
}

struct Process(Child);

impl Process {
	fn start(folder: &Path, url: &str) -> Self {
		fs::remove_file(folder.join("port")).ok();
		let log = File::create(folder.join("log")).unwrap();
		let child = Command::new(std::env::current_exe().unwrap())
			.args([
				"--exact",
				"tests::telemetry::killed::gateway_process",
				"--ignored",
				"--nocapture",
			])
			.env(MODEL, url)
			.env(FOLDER, folder)
			.stdout(log.try_clone().unwrap())
			.stderr(log)
			.spawn()
			.unwrap();
		Self(child)
	}

	/// SIGKILL: nothing is put in order. Only if it did not end by itself.
	fn kill(mut self, folder: &Path) {
		let ended = self.0.try_wait().unwrap();
		assert!(ended.is_none(), "{}", fs::read_to_string(folder.join("log")).unwrap());
		self.0.kill().unwrap();
		self.0.wait().unwrap();
	}
}

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
		let port = loop {
			match fs::read_to_string(folder.join("port")) {
				Ok(port) => break port,
				Err(_) => sleep(Duration::from_millis(2)).await,
			}
		};
		let url = format!("http://127.0.0.1:{port}/v1/readings");
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
	let hospital = Arc::new(Mutex::new(Hospital::new()));
	let url = serve(Arc::clone(&hospital)).await;
	let folder = tempfile::tempdir().unwrap();
	let (_, text) = Secret::generate().unwrap();
	private(&folder, "key", &text);
	let secret = private(&folder, "secret", &text);
	let tokens = open(folder.path(), 9).await.tokens(Secret::read(&secret).unwrap());
	let mut senders = Vec::new();
	for byte in 1..=DEVICES {
		let signer = signer(byte);
		let token = tokens.make(&id(&signer), words::now()).await.unwrap();
		senders.push(Sender {
			bearer: format!("Bearer {}.{}", hex::encode(id(&signer)), token.as_str()),
			signer,
			binding: byte.into(),
			measured: Vec::new(),
			acknowledged: 0,
		});
	}
	drop(tokens);
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
		let process = Process::start(folder.path(), &url);
		if lives.random_range(0..STILLBORN) > 0 {
			let fed = feeder.feed(folder.path(), Some(lives.random_range(0..POSTS)));
			timeout(Duration::from_secs(60), fed).await.expect("it takes readings");
		}
		let rest = Duration::from_millis(lives.random_range(0..AFTER));
		let _in_the_middle = timeout(rest, feeder.feed(folder.path(), Some(usize::MAX))).await;
		process.kill(folder.path());
	}
	let killed = began.elapsed();
	let process = Process::start(folder.path(), &url);
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
	process.kill(folder.path());
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
