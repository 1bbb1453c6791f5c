//! `salus-gateway` as a process.

use crate::{
	chain::value_of,
	command::{answer, Answer},
	free_ports,
	node::{binary, http},
	until,
};
use serde_json::{json, Value};
use std::{
	fs::{self, File},
	os::unix::fs::PermissionsExt,
	path::Path,
	process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A gateway of institution 0 in a folder of its own.
pub struct Gateway {
	folder: TempDir,
	child: Option<Child>,
	listen: u16,
	devices: u16,
	metrics: u16,
}

impl Gateway {
	/// For this chain and node; it does not run yet.
	pub fn new(genesis: &str, node: &str) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let [listen, devices, metrics] = free_ports();
		let gateway = Self {
			folder,
			child: None,
			listen,
			devices,
			metrics,
		};
		gateway.write("secret", &"5a".repeat(32));
		gateway.write("hook.secret", &"a5".repeat(32));
		gateway.write(
			"gateway.toml",
			&format!(
				"data = \"data\"\nnode = \"{node}\"\ngenesis = \"{genesis}\"\ninstitution = 0\nsecret = \"secret\"\n\
				 metrics = \"127.0.0.1:{metrics}\"\ndevelopment = true\n"
			),
		);
		gateway
	}

	/// Adds to the configuration.
	pub fn configured(self, rest: &str) -> Self {
		let before = fs::read_to_string(self.folder().join("gateway.toml")).unwrap();
		self.write("gateway.toml", &format!("{before}{rest}\n"));
		self
	}

	/// With a registrar whose key is a well-known one.
	pub fn registrar(self) -> Self {
		let listen = self.listen;
		self.configured(&format!(
			"[registrar]\nlisten = \"127.0.0.1:{listen}\"\ndevelopment_key = \"//Alice//admin\""
		))
	}

	/// With readings of devices over HTTP, which it anchors with a well-known key and keeps in this vault. More settings of
	/// `[telemetry]`, and tables below it.
	pub fn telemetry(self, vault: &str, rest: &str) -> Self {
		self.write("readings.key", &"c3".repeat(32));
		let devices = self.devices;
		self.configured(&format!(
			"[telemetry]\nkey = \"readings.key\"\nvault = \"{vault}\"\naccount = {{ development_key = \"//Alice//admin\" }}\n\
			 {rest}\n[telemetry.http]\nlisten = \"127.0.0.1:{devices}\""
		))
	}

	/// Where devices send readings.
	pub fn devices_url(&self) -> String {
		format!("http://127.0.0.1:{}", self.devices)
	}

	/// Its folder.
	pub fn folder(&self) -> &Path {
		self.folder.path()
	}

	/// Writes a file that only its owner may read; its path.
	pub fn write(&self, name: &str, text: &str) -> String {
		let path = self.folder().join(name);
		fs::write(&path, text).unwrap();
		fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
		path.display().to_string()
	}

	/// Starts it; ready when all that is configured listens.
	pub async fn start(&mut self) {
		let log = File::options()
			.create(true)
			.append(true)
			.open(self.folder().join("log"))
			.unwrap();
		let mut child = self
			.command(&["--log", "debug", "run"])
			.stdin(Stdio::null())
			.stdout(Stdio::null())
			.stderr(log)
			.spawn()
			.unwrap();
		let configured = fs::read_to_string(self.folder().join("gateway.toml")).unwrap();
		let mut ports = vec![self.metrics];
		ports.extend(configured.contains("[registrar]").then_some(self.listen));
		ports.extend(configured.contains("[telemetry.http]").then_some(self.devices));
		until("the gateway listens", || {
			let ended = child.try_wait().unwrap();
			assert!(ended.is_none(), "the gateway ended:\n{}", self.log());
			let ports = ports.clone();
			async move {
				for port in ports {
					http().get(format!("http://127.0.0.1:{port}/")).send().await.ok()?;
				}
				Some(())
			}
		})
		.await;
		self.child = Some(child);
	}

	/// Kills it: it has no time to put anything in order.
	pub fn kill(&mut self) {
		let mut child = self.child.take().unwrap();
		child.kill().unwrap();
		child.wait().unwrap();
	}

	/// Kills it and starts it again.
	pub async fn crash(&mut self) {
		self.kill();
		self.start().await;
	}

	/// Ends it as an operator would.
	pub async fn stop(&mut self) {
		let mut child = self.child.take().unwrap();
		let pid = child.id().to_string();
		assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
		until("the gateway ends", || {
			let ended = child.try_wait().unwrap();
			async move { ended }
		})
		.await;
	}

	/// What it has logged so far, everything it logs at all.
	pub fn log(&self) -> String {
		fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
	}

	/// Runs another command of it on the same configuration.
	pub fn run(&self, line: &str) -> Answer {
		let args: Vec<_> = line.split_whitespace().collect();
		answer(self.command(&args).output().unwrap())
	}

	/// Status and JSON of the answer to a request with this body.
	pub async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> (u16, Value) {
		let request = http()
			.post(format!("http://127.0.0.1:{}{path}", self.listen))
			.body(body);
		read(request.send().await.unwrap()).await
	}

	/// Hands in a signed reading with a device's token: `kept`, `keptBefore`, or the error's name.
	pub async fn hand_in(&self, bearer: &str, signed: &[u8]) -> String {
		let request = http()
			.post(format!("{}/v1/readings", self.devices_url()))
			.header("authorization", format!("Bearer {bearer}"))
			.body(json!({ "readings": [hex::encode(signed)] }).to_string());
		let (_, answer) = read(request.send().await.unwrap()).await;
		let result = &answer["results"][0];
		let names = [result, &result["error"]["name"], &answer["error"]["name"]];
		let name = names.into_iter().find_map(Value::as_str);
		name.unwrap_or_else(|| panic!("no answer of a gateway: {answer}"))
			.to_owned()
	}

	/// Sends so many bytes; the status of the answer, if there was one.
	pub async fn floods(&self, path: &str, bytes: usize) -> Option<u16> {
		let request = http()
			.post(format!("http://127.0.0.1:{}{path}", self.listen))
			.body(vec![b'x'; bytes]);
		request.send().await.ok().map(|answer| answer.status().as_u16())
	}

	/// Status and JSON of what is there.
	pub async fn get(&self, path: &str) -> (u16, Value) {
		let request = http().get(format!("http://127.0.0.1:{}{path}", self.listen));
		read(request.send().await.unwrap()).await
	}

	/// What Prometheus reads.
	pub async fn metrics(&self) -> String {
		let answer = http().get(format!("http://127.0.0.1:{}/metrics", self.metrics));
		let answer = answer.send().await.unwrap();
		String::from_utf8(answer.bytes().await.unwrap().to_vec()).unwrap()
	}

	/// The value of a metric, all its labels that hold these words together; 0 where there is none yet.
	pub async fn metric(&self, name: &str, labels: &[&str]) -> u64 {
		value_of(&self.metrics().await, name, labels)
	}

	fn command(&self, args: &[&str]) -> Command {
		let mut command = Command::new(binary("salus-gateway"));
		command
			.arg("--config")
			.arg(self.folder().join("gateway.toml"))
			.arg("--json")
			.args(args);
		command
	}
}

async fn read(answer: reqwest::Response) -> (u16, Value) {
	let status = answer.status().as_u16();
	(
		status,
		serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default(),
	)
}

impl Drop for Gateway {
	fn drop(&mut self) {
		if std::thread::panicking() {
			eprintln!("the gateway wrote:\n{}", self.log());
		}
		if let Some(mut child) = self.child.take() {
			let _ = child.kill();
			let _ = child.wait();
		}
	}
}
