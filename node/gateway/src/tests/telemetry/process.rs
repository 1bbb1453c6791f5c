//! The gateway as a process of its own: this test program again, with all parts of a gateway between devices and chain.

use std::{
	collections::HashMap,
	fs::{self, File},
	path::PathBuf,
	process::{Child, Command},
	time::Duration,
};

use axum::{routing::get, Router};
use serde::{Deserialize, Serialize};
use tokio::{sync::Notify, time::sleep};

use super::{hospital::Remote, *};
use crate::{
	config::{Mqtt, Protocol},
	listener,
	telemetry::{anchor::Anchorer, chain::Chain, deposit::Depositor, listen, routes},
};

const SETTINGS: &str = "SALUS_GATEWAY_PROCESS";

/// What such a gateway is told.
#[derive(Serialize, Deserialize)]
pub struct Settings {
	/// Where chain and vault are.
	pub hospital: String,
	/// How many devices there are.
	pub devices: u64,
	/// Its rules: readings of a batch, and milliseconds.
	pub readings: usize,
	pub age: Moment,
	/// An open broker, if it listens at one.
	pub broker: Option<u16>,
}

/// Not a test: the process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is the process that tests beside it start"]
async fn gateway_process() {
	rustls::crypto::ring::default_provider().install_default().ok();
	let settings: Settings = serde_json::from_str(&std::env::var(SETTINGS).unwrap()).unwrap();
	let folder = std::env::current_dir().unwrap();
	let remote = Remote::new(settings.hospital);
	let log = open(&folder, 1_000_000).await;
	let (ledger, tokens) = (log.ledger(), log.tokens(Secret::read(&folder.join("secret")).unwrap()));
	let devices = Devices::default();
	devices.replace(known(&remote, settings.devices).await);
	devices.see(Moment::MAX);
	let metrics = Arc::new(Metrics::new().unwrap());
	let rules = Rules {
		readings: settings.readings,
		age: settings.age,
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
	)
	.await
	.unwrap();
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
		metrics: Arc::clone(&metrics),
		stored,
	};
	let (_end, ended) = watch::channel(false);
	if let Some(port) = settings.broker {
		let mqtt = Mqtt {
			host: "127.0.0.1".into(),
			port,
			protocol: Protocol::V5,
			client: "gateway".into(),
			prefix: "salus".into(),
			user: None,
			password: None,
			ca: None,
		};
		tokio::spawn(listen(mqtt, intake.clone(), Arc::clone(&metrics), ended.clone()));
	}
	let listener = listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
	let port = listener.local_addr().unwrap().port().to_string();
	fs::write(folder.join("port.new"), port).unwrap();
	fs::rename(folder.join("port.new"), folder.join("port")).unwrap();
	let counted = get(|| async move { metrics.text().unwrap() });
	let served = Router::new().route("/metrics", counted).merge(routes(intake, tokens));
	let (worked, stored, anchored, ()) = tokio::join!(
		worker.work(ended.clone()),
		depositor.work(ended.clone()),
		anchorer.work(ended),
		listener::serve(listener, None, served, 64),
	);
	panic!("the gateway ended: {worked:?}, {stored:?}, {anchored:?}");
}

/// The devices as the chain has them.
async fn known(chain: &Remote, count: u64) -> Vec<Device> {
	let signers: Vec<_> = (0..count).map(numbered).collect();
	let ids: Vec<_> = signers.iter().map(id).collect();
	let standing = chain.standing(&ids).await.unwrap();
	(0..)
		.zip(signers.iter().zip(standing))
		.map(|(binding, (signer, standing))| {
			let mut device = device(signer);
			device.next_seq = standing.unwrap().next_seq;
			device.bindings = HashMap::from([(binding, device.bindings[&BINDING])]);
			device
		})
		.collect()
}

/// Such a gateway; it works in a folder, and what it says is in `log` there.
pub struct Process {
	child: Child,
	folder: PathBuf,
}

impl Drop for Process {
	fn drop(&mut self) {
		self.child.kill().ok();
		self.child.wait().ok();
	}
}

impl Process {
	pub fn start(folder: &Path, settings: &Settings) -> Self {
		fs::remove_file(folder.join("port")).ok();
		let log = File::create(folder.join("log")).unwrap();
		let child = Command::new(std::env::current_exe().unwrap())
			.args([
				"--exact",
				"tests::telemetry::process::gateway_process",
				"--ignored",
				"--nocapture",
			])
			.env(SETTINGS, serde_json::to_string(settings).unwrap())
			.current_dir(folder)
			.stdout(log.try_clone().unwrap())
			.stderr(log)
			.spawn()
			.unwrap();
		let folder = folder.to_owned();
		Self { child, folder }
	}

	/// SIGKILL: nothing is put in order. Only if it did not end by itself.
	pub fn kill(mut self) {
		self.lives();
		self.child.kill().unwrap();
		self.child.wait().unwrap();
	}

	/// The most memory that it had so far, in MiB.
	pub fn peak(&mut self) -> u64 {
		self.lives();
		let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
		let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
		line.split_whitespace()
			.nth(1)
			.unwrap()
			.parse::<u64>()
			.unwrap()
			.div_ceil(1_024)
	}

	fn lives(&mut self) {
		let ended = self.child.try_wait().unwrap();
		let log = || fs::read_to_string(self.folder.join("log")).unwrap();
		assert!(ended.is_none(), "{}", log());
	}
}

/// Where the gateway of this folder listens, once it does.
pub async fn url(folder: &Path) -> String {
	loop {
		match fs::read_to_string(folder.join("port")) {
			Ok(port) => return format!("http://127.0.0.1:{port}"),
			Err(_) => sleep(Duration::from_millis(2)).await,
		}
	}
}
