//! One development node.

use serde_json::{json, Value};
use std::{
	fs::File,
	future::Future,
	net::TcpListener,
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
	time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long any one condition may take on a loaded machine before the test fails.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(100);

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

/// Ports nobody listens on now, all different.
fn free_ports<const N: usize>() -> [u16; N] {
	let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
	listeners.map(|listener| listener.local_addr().unwrap().port())
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
	args: Vec<String>,
	base: TempDir,
}

impl Node {
	/// A development node on a base path of its own, ready when it has finalised a block.
	pub async fn start() -> Self {
		Self::start_with(&[]).await
	}

	/// The same with further arguments.
	pub async fn start_with(args: &[&str]) -> Self {
		let base = tempfile::tempdir().unwrap();
		let args = args.iter().map(|arg| (*arg).to_owned()).collect();
		Self::launch(base, args).await
	}

	async fn launch(base: TempDir, args: Vec<String>) -> Self {
		let [p2p, rpc, prometheus, vault] = free_ports();
		let log = File::options()
			.create(true)
			.append(true)
			.open(base.path().join("log"))
			.unwrap();
		let child = Command::new(binary("salus-node"))
			.arg("--dev")
			.arg("--base-path")
			.arg(base.path())
			.args(["--port", &p2p.to_string()])
			.args(["--rpc-port", &rpc.to_string()])
			.args(["--prometheus-port", &prometheus.to_string()])
			.args(["--vault-port", &vault.to_string()])
			.args(&args)
			.stdin(Stdio::null())
			.stdout(log.try_clone().unwrap())
			.stderr(log)
			.spawn()
			.unwrap();
		let node = Self {
			child,
			url: format!("ws://127.0.0.1:{rpc}"),
			http: format!("http://127.0.0.1:{rpc}"),
			vault: format!("http://127.0.0.1:{vault}"),
			metrics: format!("http://127.0.0.1:{prometheus}/metrics"),
			args,
			base,
		};
		node.ready().await
	}

	async fn ready(mut self) -> Self {
		let start = Instant::now();
		loop {
			if let Some(status) = self.child.try_wait().unwrap() {
				panic!("the node ended with {status}:\n{}", self.log());
			}
			if self.finalised().await.is_some_and(|number| number > 0) {
				return self;
			}
			assert!(
				start.elapsed() < PATIENCE,
				"the node finalised nothing:\n{}",
				self.log()
			);
			tokio::time::sleep(GLANCE).await;
		}
	}

	/// What the node has written so far.
	pub fn log(&self) -> String {
		std::fs::read_to_string(self.base.path().join("log")).unwrap_or_default()
	}

	/// Ends the node as an operator would and starts it again on the same base path.
	pub async fn restart(mut self) -> Self {
		let pid = self.child.id().to_string();
		assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
		let start = Instant::now();
		while self.child.try_wait().unwrap().is_none() {
			assert!(start.elapsed() < PATIENCE, "the node does not end:\n{}", self.log());
			tokio::time::sleep(GLANCE).await;
		}
		self.again().await
	}

	/// Kills the node and starts it again on the same base path.
	pub async fn crash(mut self) -> Self {
		self.child.kill().unwrap();
		self.child.wait().unwrap();
		self.again().await
	}

	async fn again(mut self) -> Self {
		let args = std::mem::take(&mut self.args);
		let base = std::mem::replace(&mut self.base, tempfile::tempdir().unwrap());
		drop(self);
		Self::launch(base, args).await
	}

	/// Number of the finalised head.
	pub async fn finalised(&self) -> Option<u64> {
		let head = self.rpc("chain_getFinalizedHead", json!([])).await.ok()?;
		let header = self.rpc("chain_getHeader", json!([head])).await.ok()?;
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

	/// A JSON-RPC call over HTTP, as curl would make it.
	pub async fn rpc(&self, method: &str, params: Value) -> Result<Value, RpcError> {
		let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
		let unreachable = |error: reqwest::Error| RpcError {
			code: 0,
			message: error.to_string(),
			data: Value::Null,
		};
		let answer = reqwest::Client::new()
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
		let _ = self.child.kill();
		let _ = self.child.wait();
	}
}
