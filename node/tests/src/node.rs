//! A node as a process.

use crate::{Host, Proxy};
use codec::Encode;
use salus_vault::between::RelayedRequest;
use serde_json::{json, Value};
use std::{
	fs::File,
	future::Future,
	net::TcpListener,
	path::{Path, PathBuf},
	process::{Child, Command, Output, Stdio},
	sync::{
		atomic::{AtomicU32, Ordering},
		Arc,
	},
	time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long any one condition may take on a loaded machine before the test fails.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(100);
/// Lines of its log that are shown of a node whose test failed.
const LAST_WORDS: usize = 40;
/// What makes a node one of the development chain.
const DEVELOPMENT: &str = "--dev";

/// Looks until there is something to see; fails with what was waited for.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
	let start = Instant::now();
	loop {
		if let Some(seen) = look().await {
			return seen;
		}
		assert!(start.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
		tokio::time::sleep(GLANCE).await;
	}
}

/// The folder that holds the binaries: the one the tests were built into.
pub(crate) fn binary(name: &str) -> PathBuf {
	let test = std::env::current_exe().unwrap();
	let folder = test.parent().and_then(Path::parent).unwrap();
	let path = folder.join(name);
	assert!(
		path.exists(),
		"{} is missing: run `cargo build --release --workspace` first",
		path.display()
	);
	path
}

/// Ports that nobody listens on now, all different. They lie below those that the system gives to connections: one of
/// these could be taken before a node has started. Where the search begins differs from program to program.
pub fn free_ports<const N: usize>() -> [u16; N] {
	const LOWEST: u32 = 12_000;
	const PORTS: u32 = 20_000;
	const STEP: u32 = 1_009;
	static ASKED: AtomicU32 = AtomicU32::new(0);
	let begin = std::process::id().wrapping_mul(STEP);
	[(); N].map(|()| {
		(0..PORTS)
			.map(|_| LOWEST + begin.wrapping_add(ASKED.fetch_add(1, Ordering::Relaxed)) % PORTS)
			.filter_map(|port| u16::try_from(port).ok())
			.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
			.expect("no port is free")
	})
}

/// A client for this machine's own URLs.
pub(crate) fn http() -> reqwest::Client {
	// Wanted of every client, though nothing here is spoken to over TLS; the second time it is there already.
	rustls::crypto::ring::default_provider().install_default().ok();
	let builder = reqwest::Client::builder().no_proxy().tls_certs_only([]);
	builder.build().unwrap()
}

/// Runs `salus-node` with these arguments to its end.
pub fn salus_node(args: &[&str]) -> Output {
	Command::new(binary("salus-node"))
		.args(args)
		.stdin(Stdio::null())
		.output()
		.unwrap()
}

/// What such a run printed; it must have succeeded.
pub fn printed(output: &Output) -> String {
	let errors = String::from_utf8_lossy(&output.stderr);
	assert!(output.status.success(), "{}: {errors}", output.status);
	String::from_utf8(output.stdout.clone()).unwrap()
}

/// An error object of JSON-RPC.
#[derive(Debug, Clone)]
pub struct RpcError {
	/// Its code.
	pub code: i64,
	/// Its message.
	pub message: String,
	/// Its data.
	pub data: Value,
}

/// A node that is not running: its base path, and how it is started.
#[derive(Clone)]
pub struct Stopped {
	base: Arc<TempDir>,
	args: Vec<String>,
	port: Option<u16>,
	host: Option<Host>,
}

impl Stopped {
	/// A node that never ran, with these arguments besides ports and base path.
	pub fn new(args: &[&str]) -> Self {
		Self {
			base: Arc::new(tempfile::tempdir().unwrap()),
			args: args.iter().map(|arg| (*arg).to_owned()).collect(),
			port: None,
			host: None,
		}
	}

	/// With these further arguments.
	pub fn and(mut self, args: &[String]) -> Self {
		self.args.extend_from_slice(args);
		self
	}

	/// Listens to its peers on this port, each time it is started.
	pub fn on_port(mut self, port: u16) -> Self {
		self.port = Some(port);
		self
	}

	/// Runs on this host.
	pub fn on_host(mut self, host: &Host) -> Self {
		self.host = Some(host.clone());
		self
	}

	/// Its base path.
	pub fn base(&self) -> &Path {
		self.base.path()
	}

	/// A file or folder of its chain, which has this id.
	pub fn of_chain(&self, chain: &str, name: &str) -> PathBuf {
		self.base().join("chains").join(chain).join(name)
	}

	/// Runs a subcommand on its base path to the end, with `--dev` where the node has it.
	pub fn run(&self, subcommand: &str, args: &[&str]) -> Output {
		let base = self.base().display().to_string();
		let mut all = vec![subcommand, "--base-path", &base];
		all.extend(self.is_development().then_some(DEVELOPMENT));
		all.extend(args);
		salus_node(&all)
	}

	/// Starts it; ready when its RPC answers, and on a development chain when it has finalised a block.
	pub async fn start(self) -> Node {
		self.launch().await.ready().await
	}

	/// Starts its process, which may not answer yet.
	pub async fn launch(self) -> Node {
		let [p2p, rpc, prometheus, vault] = free_ports();
		let p2p = self.port.unwrap_or(p2p);
		let log = File::options()
			.create(true)
			.append(true)
			.open(self.base().join("log"))
			.unwrap();
		let program = binary("salus-node");
		let mut command = match &self.host {
			Some(host) => host.command(&program),
			None => Command::new(&program),
		};
		command.arg("--base-path").arg(self.base());
		match &self.host {
			_ if self.is_development() => command.args(["--port", &p2p.to_string()]),
			Some(host) => command.args(host.listens(p2p)),
			None => command.args(["--listen-addr", &format!("/ip4/127.0.0.1/tcp/{p2p}")]),
		};
		let mut relays = Vec::new();
		for port in [rpc, prometheus, vault] {
			if let Some(host) = &self.host {
				relays.push(Proxy::on(port, &host.at(port)).await);
			}
		}
		let child = command
			.args(["--rpc-port", &rpc.to_string()])
			.args(["--prometheus-port", &prometheus.to_string()])
			.args(["--vault-port", &vault.to_string()])
			.args(&self.args)
			.stdin(Stdio::null())
			.stdout(log.try_clone().unwrap())
			.stderr(log)
			.spawn()
			.unwrap();
		Node {
			child,
			url: format!("ws://127.0.0.1:{rpc}"),
			http: format!("http://127.0.0.1:{rpc}"),
			vault: format!("http://127.0.0.1:{vault}"),
			metrics: format!("http://127.0.0.1:{prometheus}/metrics"),
			stopped: self,
			_relays: relays,
		}
	}

	fn is_development(&self) -> bool {
		self.args.iter().any(|arg| arg == DEVELOPMENT)
	}
}

/// A running node.
pub struct Node {
	child: Child,
	/// WebSocket URL of the RPC.
	pub url: String,
	/// Base URL of the vault's listener.
	pub vault: String,
	http: String,
	/// URL of the metrics.
	pub metrics: String,
	stopped: Stopped,
	/// To a host of its own.
	_relays: Vec<Proxy>,
}

impl Node {
	/// A development node on a base path of its own, ready when it has finalised a block.
	pub async fn start() -> Self {
		Self::start_with(&[]).await
	}

	/// The same with further arguments.
	pub async fn start_with(args: &[&str]) -> Self {
		Stopped::new(&[&[DEVELOPMENT], args].concat()).start().await
	}

	/// Waits until its RPC answers, and on a development chain until it has finalised a block.
	pub async fn ready(mut self) -> Self {
		let least = u64::from(self.stopped.is_development());
		let start = Instant::now();
		loop {
			if let Some(status) = self.child.try_wait().unwrap() {
				panic!("the node ended with {status}:\n{}", self.log());
			}
			if self.finalised().await.is_some_and(|number| number >= least) {
				return self;
			}
			assert!(start.elapsed() < PATIENCE, "the node is not ready:\n{}", self.log());
			tokio::time::sleep(GLANCE).await;
		}
	}

	/// What the node has written so far.
	pub fn log(&self) -> String {
		std::fs::read_to_string(self.base().join("log")).unwrap_or_default()
	}

	/// Its base path.
	pub fn base(&self) -> &Path {
		self.stopped.base()
	}

	/// Its process id.
	pub fn pid(&self) -> u32 {
		self.child.id()
	}

	/// Ends the node as an operator would.
	pub async fn stop(mut self) -> Stopped {
		let pid = self.child.id().to_string();
		assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
		let start = Instant::now();
		while self.child.try_wait().unwrap().is_none() {
			assert!(start.elapsed() < PATIENCE, "the node does not end:\n{}", self.log());
			tokio::time::sleep(GLANCE).await;
		}
		self.stopped.clone()
	}

	/// Ends the node as an operator would and starts it again on the same base path.
	pub async fn restart(self) -> Self {
		self.stop().await.start().await
	}

	/// Kills the node: it has no time to put anything in order.
	pub fn kill(mut self) -> Stopped {
		self.child.kill().unwrap();
		self.child.wait().unwrap();
		self.stopped.clone()
	}

	/// Kills the node and starts it again on the same base path.
	pub async fn crash(self) -> Self {
		self.kill().start().await
	}

	/// Number of the finalised head.
	pub async fn finalised(&self) -> Option<u64> {
		let head = self.rpc("chain_getFinalizedHead", json!([])).await.ok()?;
		self.number(json!([head])).await
	}

	/// Number of the best block.
	pub async fn best(&self) -> Option<u64> {
		self.number(json!([])).await
	}

	async fn number(&self, block: Value) -> Option<u64> {
		let header = self.rpc("chain_getHeader", block).await.ok()?;
		u64::from_str_radix(header["number"].as_str()?.trim_start_matches("0x"), 16).ok()
	}

	/// Waits for so many more finalised blocks.
	pub async fn blocks(&self, more: u64) {
		let from = self.finalised().await.unwrap();
		until("finality", || async {
			self.finalised().await.filter(|number| *number >= from + more)
		})
		.await;
	}

	/// What Prometheus reads.
	pub async fn metrics(&self) -> String {
		let answer = http().get(&self.metrics).send().await.unwrap();
		String::from_utf8(answer.bytes().await.unwrap().to_vec()).unwrap()
	}

	/// The answer to a request as a browser would make it from a page of this origin: its headers.
	pub async fn ask_from(&self, origin: &str) -> reqwest::header::HeaderMap {
		let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "system_chain", "params": [] });
		let answer = http()
			.post(&self.http)
			.header("content-type", "application/json")
			.header("origin", origin)
			.body(request.to_string())
			.send()
			.await
			.unwrap();
		answer.headers().clone()
	}

	/// One request with many calls of a method, each with its own parameters; their answers in the same order.
	pub async fn batch(&self, method: &str, params: &[Value]) -> Vec<Value> {
		let call = |(id, params)| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
		let calls: Vec<_> = params.iter().enumerate().map(call).collect();
		let request = http().post(&self.http).header("content-type", "application/json");
		let answer = request.body(json!(calls).to_string()).send().await.unwrap();
		let mut answers: Vec<Value> = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
		answers.sort_by_key(|answer| answer["id"].as_u64());
		assert_eq!(answers.len(), params.len(), "an answer to each call of {method}");
		answers
	}

	/// The status with which the vault answers a download.
	pub async fn download(&self, cid: &str, relayed: &RelayedRequest) -> u16 {
		let hex = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
		let answer = http()
			.get(format!("{}/v1/payloads/{cid}", self.vault))
			.header("salus-release", hex(&relayed.request.encode()))
			.header("salus-signature", hex(&relayed.signature))
			.send()
			.await
			.unwrap();
		answer.status().as_u16()
	}

	/// A JSON-RPC call over HTTP, as curl would make it.
	pub async fn rpc(&self, method: &str, params: Value) -> Result<Value, RpcError> {
		let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
		let unreachable = |error: reqwest::Error| RpcError {
			code: 0,
			message: error.to_string(),
			data: Value::Null,
		};
		let answer = http()
			.post(&self.http)
			.header("content-type", "application/json")
			.body(request.to_string())
			.send()
			.await
			.map_err(unreachable)?
			.bytes()
			.await
			.map_err(unreachable)?;
		let answer: Value = serde_json::from_slice(&answer).map_err(|error| RpcError {
			code: 0,
			message: error.to_string(),
			data: Value::Null,
		})?;
		match answer.get("error") {
			Some(error) => Err(RpcError {
				code: error["code"].as_i64().unwrap_or_default(),
				message: error["message"].as_str().unwrap_or_default().to_owned(),
				data: error["data"].clone(),
			}),
			None => Ok(answer["result"].clone()),
		}
	}
}

impl Drop for Node {
	fn drop(&mut self) {
		if std::thread::panicking() {
			let log = self.log();
			let lines: Vec<_> = log.lines().collect();
			let last = lines.len().saturating_sub(LAST_WORDS);
			eprintln!("the node at {} wrote last:\n{}", self.url, lines[last..].join("\n"));
		}
		let _ = self.child.kill();
		let _ = self.child.wait();
	}
}
