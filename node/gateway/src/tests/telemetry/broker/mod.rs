//! MQTT 3.1.1 and 5 with Debian's mosquitto.

mod access;
mod publisher;
mod sessions;
mod tls;
mod torn;

use std::{
	fs::{self, DirBuilder},
	net::{TcpListener, TcpStream},
	path::PathBuf,
	process::{Child, Command, Stdio},
	time::{Duration, Instant},
};

use clap::Parser;
use rumqttc::{
	v5::{
		self,
		mqttbytes::{
			v5::{ConnectReturnCode, Packet, PubAckReason},
			QoS,
		},
		ConnectionError, Event,
	},
	Transport,
};
use salus::broker_transport;
use tokio::time::{sleep, timeout};

pub use self::publisher::Publisher;
use super::*;
use crate::{
	cli::Telemetry,
	config::{Config, Mqtt, Protocol},
	telemetry::{link, listen},
};

/// The user and session that the gateway has at brokers that know it.
const GATEWAY: &str = "gateway";
const PASSWORD: &str = "a password of the gateway's";
/// Those that have a credential at brokers that ask for one.
const DEVICES: [u8; 2] = [1, 2];
/// How long something is waited for that comes, and something that must not come.
const COMES: Duration = Duration::from_secs(60);
const SILENCE: Duration = Duration::from_millis(700);

/// A broker in a folder of its own, which remembers sessions over its end.
pub struct Broker {
	pub folder: TempDir,
	pub port: u16,
	host: &'static str,
	/// What signed the broker's certificate, where it has one.
	ca: Option<PathBuf>,
	process: Child,
}

impl Drop for Broker {
	fn drop(&mut self) {
		self.process.kill().ok();
		self.process.wait().ok();
	}
}

#[derive(Parser)]
struct Line {
	#[command(subcommand)]
	telemetry: Telemetry,
}

impl Broker {
	/// One that asks nobody who she is, as no hospital's should be.
	pub fn open() -> Self {
		Self::open_with("")
	}

	/// Such a one, which saves each change.
	fn saving() -> Self {
		Self::open_with("autosave_interval 1\nautosave_on_changes true\n")
	}

	/// Such a one, which answers at once and notes each message in its log.
	pub fn talkative() -> Self {
		Self::open_with("set_tcp_nodelay true\nlog_type all\n")
	}

	fn open_with(more: &str) -> Self {
		let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
		let told = format!(
			"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 10000000\nmax_inflight_messages {}\n{more}",
			link::IN_FLIGHT
		);
		Self::start(folder, port, None, &told)
	}

	/// As `salus-gateway telemetry broker` tells the operator, on this machine in clear.
	pub async fn as_told() -> Self {
		let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
		let told = told(&folder, port, None).await;
		Self::start(folder, port, None, &told)
	}

	/// The same over TLS, with a certificate for `localhost` of a CA of its own.
	pub async fn with_certificate() -> Self {
		let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
		let ca = tls::certificates(&folder);
		let told = told(&folder, port, Some(&ca)).await;
		Self::start(folder, port, Some(ca), &told)
	}

	fn start(folder: TempDir, port: u16, ca: Option<PathBuf>, told: &str) -> Self {
		fs::create_dir(folder.path().join("conf.d")).unwrap();
		fs::write(folder.path().join("conf.d/salus.conf"), told).unwrap();
		// As Debian's own file; root is not given up because the folder is root's.
		let debian = format!(
			"persistence true\npersistence_location {0}/\nlog_dest file {0}/log\ninclude_dir {0}/conf.d\nuser root\n",
			folder.path().display()
		);
		fs::write(folder.path().join("mosquitto.conf"), debian).unwrap();
		let process = run(&folder, port);
		Self {
			folder,
			port,
			host: if ca.is_some() { "localhost" } else { "127.0.0.1" },
			ca,
			process,
		}
	}

	/// Ends it, and lets it save before.
	fn restart(&mut self) {
		let id = self.process.id().to_string();
		assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
		self.process.wait().unwrap();
		self.process = run(&self.folder, self.port);
	}

	/// SIGKILL, as a power cut ends it.
	fn kill(&mut self) {
		self.process.kill().unwrap();
		self.process.wait().unwrap();
	}

	/// Starts it again, after its end.
	fn begin(&mut self) {
		self.process = run(&self.folder, self.port);
	}

	/// Whether these bytes stand in the file that it keeps messages in.
	fn has_saved(&self, bytes: &[u8]) -> bool {
		let file = fs::read(self.folder.path().join("mosquitto.db")).unwrap_or_default();
		file.windows(bytes.len()).any(|window| window == bytes)
	}

	/// How a gateway reaches it.
	pub fn config(&self, protocol: Protocol) -> Mqtt {
		let password = self.folder.path().join("mqtt.password");
		Mqtt {
			host: self.host.into(),
			port: self.port,
			protocol,
			client: GATEWAY.into(),
			prefix: "salus".into(),
			user: password.exists().then(|| GATEWAY.into()),
			password: password.exists().then_some(password),
			ca: self.ca.clone(),
		}
	}

	/// Publishes these without a credential, and returns once the broker has taken all.
	pub async fn publish(&self, messages: Vec<(String, Vec<u8>)>) {
		let mut party = self.party(&format!("device-{}", messages.len()), None);
		for (topic, payload) in messages {
			assert_eq!(party.publish(&topic, payload).await, Ok(PubAckReason::Success));
		}
	}

	/// Returns once somebody hears what devices publish.
	pub async fn until_subscribed(&self) {
		let mut party = self.party("probe", None);
		let nobody = format!("salus/{}/readings", hex::encode([0; 32]));
		let heard = async {
			loop {
				match party.publish(&nobody, Vec::new()).await {
					Ok(PubAckReason::NoMatchingSubscribers) => sleep(Duration::from_millis(50)).await,
					answer => break assert_eq!(answer, Ok(PubAckReason::Success)),
				}
			}
		};
		timeout(COMES, heard).await.expect("somebody subscribes");
	}

	/// How many messages it sent to the gateway once more, as its log says if it is talkative.
	pub fn sent_again(&self) -> usize {
		let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
		log.matches(&format!("Sending PUBLISH to {GATEWAY} (d1")).count()
	}

	/// A device that publishes without a credential.
	pub fn publisher(&self, signer: &SigningKey) -> Publisher {
		Publisher::start(self.options(&hex::encode(id(signer)), None))
	}

	/// Somebody with this session name, and user and password.
	fn party(&self, name: &str, credential: Option<(&str, &str)>) -> Party {
		let mut options = self.options(name, credential);
		options.set_clean_start(true);
		Party::with(options)
	}

	/// A device with its own credential.
	fn device(&self, signer: &SigningKey) -> Party {
		let name = hex::encode(id(signer));
		self.party(&name, Some((&name, &password_of(signer))))
	}

	fn options(&self, name: &str, credential: Option<(&str, &str)>) -> v5::MqttOptions {
		let mut options = v5::MqttOptions::new(name, self.host, self.port);
		let transport: Transport = broker_transport(self.ca.as_deref()).unwrap();
		// A device that is not asked for its packets for a while stays connected.
		options
			.set_keep_alive(COMES)
			.set_connection_timeout(COMES.as_secs())
			.set_transport(transport);
		if let Some((user, password)) = credential {
			options.set_credentials(user, password);
		}
		options
	}
}

/// Somebody at a broker.
struct Party {
	client: v5::AsyncClient,
	events: v5::EventLoop,
}

impl Party {
	fn with(options: v5::MqttOptions) -> Self {
		let (client, events) = v5::AsyncClient::new(options, 1_000);
		Self { client, events }
	}

	/// The next packet.
	async fn next(&mut self) -> Result<Packet, ConnectionError> {
		loop {
			match self.events.poll().await {
				Ok(Event::Incoming(packet)) => return Ok(packet),
				Ok(Event::Outgoing(_)) => {}
				Err(error) => return Err(error),
			}
		}
	}

	/// Connects; or else, why not.
	async fn connect(&mut self) -> Result<(), ConnectReturnCode> {
		match timeout(COMES, self.next()).await.unwrap() {
			Ok(Packet::ConnAck(_)) => Ok(()),
			Err(ConnectionError::ConnectionRefused(code)) => Err(code),
			other => panic!("{other:?}"),
		}
	}

	/// Publishes, and returns what the broker answers; none where it ends the connection.
	async fn publish(&mut self, topic: &str, payload: Vec<u8>) -> Result<PubAckReason, String> {
		self.client
			.try_publish(topic, QoS::AtLeastOnce, false, payload)
			.unwrap();
		self.answer().await
	}

	async fn answer(&mut self) -> Result<PubAckReason, String> {
		let answered = async {
			loop {
				match self.next().await {
					Ok(Packet::PubAck(ack)) => return Ok(ack.reason),
					Ok(_) => {}
					Err(error) => return Err(error.to_string()),
				}
			}
		};
		timeout(COMES, answered).await.expect("the broker answers")
	}
}

/// A gateway that listens at a broker.
pub struct Listening {
	end: watch::Sender<bool>,
	task: JoinHandle<Result<(), GatewayError>>,
}

impl Listening {
	fn start(taking: &Taking, config: Mqtt) -> Self {
		let (end, ended) = watch::channel(false);
		let task = tokio::spawn(listen(
			config,
			taking.intake.clone(),
			Arc::clone(&taking.metrics),
			ended,
		));
		Self { end, task }
	}

	/// Returns once the broker keeps for the gateway what devices publish.
	pub async fn begin(taking: &Taking, config: Mqtt) -> Self {
		let listening = Self::start(taking, config);
		until("the gateway has subscribed", || {
			taking.counted("broker_connections", "ok") > 0
		})
		.await;
		listening
	}

	/// As in a crash.
	async fn abort(self) {
		self.task.abort();
		assert!(self.task.await.unwrap_err().is_cancelled());
	}

	pub async fn stop(self) {
		self.end.send_replace(true);
		self.task.await.unwrap().unwrap();
	}
}

/// Waits for it.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
	let all = async {
		while !holds() {
			sleep(Duration::from_millis(20)).await;
		}
	};
	timeout(COMES, all).await.unwrap_or_else(|_| panic!("{what}"));
}

/// What the operator writes into mosquitto's files, where the gateway's configuration is what it is.
async fn told(folder: &TempDir, port: u16, ca: Option<&PathBuf>) -> String {
	let mut builder = DirBuilder::new();
	builder.recursive(true);
	builder.create(folder.path().join("certs")).unwrap();
	let (host, ca) = match ca {
		Some(ca) => ("localhost", format!("ca = {ca:?}\n")),
		None => ("127.0.0.1", String::new()),
	};
	let text = format!(
		"data = \"data\"\nnode = \"ws://127.0.0.1:9944\"\ninstitution = 0\nsecret = \"secret\"\ngenesis = \"{:?}\"\n\
		 [telemetry]\nkey = \"key\"\nvault = \"https://vault.example\"\n\
		 account = {{ key = \"account\", passphrase = \"passphrase\" }}\n\
		 [telemetry.mqtt]\nhost = \"{host}\"\nport = {port}\nuser = \"{GATEWAY}\"\npassword = \"mqtt.password\"\n{ca}",
		genesis()
	);
	private(folder, "mqtt.password", PASSWORD);
	let config = Config::read(&private(folder, "gateway.toml", &text)).unwrap();
	password(folder, GATEWAY, PASSWORD);
	for signer in DEVICES.map(signer) {
		password(folder, &hex::encode(id(&signer)), &password_of(&signer));
	}
	let at = folder.path().display().to_string();
	fs::write(
		folder.path().join("salus.acl"),
		printed(&config, &["broker", "--folder", &at, "--acl"]).await,
	)
	.unwrap();
	printed(&config, &["broker", "--folder", &at]).await
}

/// What `salus-gateway telemetry …` prints.
async fn printed(config: &Config, words: &[&str]) -> String {
	let line = Line::try_parse_from([&["telemetry"], words].concat()).unwrap();
	line.telemetry.run(config).await.unwrap().lines().join("\n")
}

fn password(folder: &TempDir, user: &str, password: &str) {
	let file = folder.path().join("salus.passwd");
	let mut command = Command::new("mosquitto_passwd");
	if !file.exists() {
		command.arg("-c");
	}
	let output = command.arg("-b").arg(&file).args([user, password]).output().unwrap();
	assert!(output.status.success(), "{output:?}");
}

fn password_of(signer: &SigningKey) -> String {
	format!("password of {}", hex::encode(&id(signer)[..4]))
}

fn free_port() -> u16 {
	TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Returns once it listens.
fn run(folder: &TempDir, port: u16) -> Child {
	let mut command = Command::new("mosquitto");
	let openssl = folder.path().join("openssl.cnf");
	if openssl.exists() {
		command.env("OPENSSL_CONF", openssl);
	}
	let process = command
		.arg("-c")
		.arg(folder.path().join("mosquitto.conf"))
		.stdout(Stdio::null())
		.stderr(Stdio::null())
		.spawn()
		.expect("mosquitto is there: run scripts/setup");
	let began = Instant::now();
	while TcpStream::connect(("127.0.0.1", port)).is_err() {
		assert!(began.elapsed() < COMES, "mosquitto listens");
		std::thread::sleep(Duration::from_millis(20));
	}
	process
}

pub fn topic(signer: &SigningKey) -> String {
	format!("salus/{}/readings", hex::encode(id(signer)))
}

/// Waits until the gateway has all of these.
async fn until_kept(taking: &Taking, signer: &SigningKey, sent: &[Vec<u8>]) {
	let all = async {
		for bytes in sent {
			while taking.take(signer, bytes.clone()).await != Ok(Kept::Before) {
				sleep(Duration::from_millis(20)).await;
			}
		}
	};
	timeout(COMES, all).await.expect("all are kept");
}

/// Waits, by looking at the log's own file, until so many are kept.
pub async fn until_count(taking: &Taking, count: u64) {
	let all = async {
		while open(taking.folder.path(), 10_000).await.kept() != count {
			sleep(Duration::from_millis(50)).await;
		}
	};
	timeout(COMES, all).await.expect("all came");
}
