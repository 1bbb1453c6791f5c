//! Nodes as processes: one validator, or the four of the preset `local`.

use std::{
	fs::File,
	net::TcpListener,
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
	time::{Duration, Instant},
};

use salus_vault::hash::sha256;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
	error::{Error, Result},
	rpc::Rpc,
};

/// How long a network may take to finalise its first blocks.
const PATIENCE: Duration = Duration::from_secs(120);
const GLANCE: Duration = Duration::from_millis(100);
/// The hospitals of the presets, by institution.
pub const HOSPITALS: [&str; 4] = ["Alice", "Bob", "Eve", "Ferdie"];
/// What is lifted for the driver, which is one client where a hospital has many: the limit of calls a minute.
pub const LIFTED: [&str; 2] = [
	"--rpc-rate-limit-whitelisted-ips=127.0.0.1/32",
	"--rpc-max-connections=1000",
];

/// What network is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
	/// `--dev`: one validator, two hospitals.
	One,
	/// `--chain local`: four validators and hospitals.
	Four,
}

impl Shape {
	/// Its name in the report.
	pub fn name(self) -> &'static str {
		match self {
			Self::One => "oneValidator",
			Self::Four => "fourValidators",
		}
	}

	/// Institutions, with the node that each is served by.
	pub fn hospitals(self) -> Vec<(u32, &'static str, usize)> {
		let hospitals = (0_u32..).zip(HOSPITALS);
		match self {
			Self::One => hospitals.take(2).map(|(id, name)| (id, name, 0)).collect(),
			Self::Four => hospitals.zip(0..).map(|((id, name), node)| (id, name, node)).collect(),
		}
	}
}

/// A running node; it ends with this.
pub struct Node {
	child: Child,
	/// WebSocket URL of the RPC.
	pub url: String,
	/// Base URL of the vault's listener.
	pub vault: String,
	_base: TempDir,
}

impl Drop for Node {
	fn drop(&mut self) {
		self.child.kill().ok();
		self.child.wait().ok();
	}
}

impl Node {
	/// The most memory it has had resident, in MiB.
	pub fn peak_memory(&self) -> Result<f64> {
		let path = format!("/proc/{}/status", self.child.id());
		let status = std::fs::read_to_string(&path).map_err(Error::io(path))?;
		let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
		let peak = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<f64>().ok());
		peak.map(|kib| kib / 1_024.0).ok_or(Error::Unreadable("/proc's status"))
	}
}

/// What nodes are started with.
pub struct Setup {
	/// The node's binary.
	pub binary: PathBuf,
	/// Arguments besides the driver's own.
	pub extra: Vec<String>,
	/// Where logs are kept when the nodes are gone.
	pub logs: PathBuf,
}

impl Setup {
	/// Starts a network and waits until it finalises.
	pub async fn start(&self, shape: Shape) -> Result<Vec<Node>> {
		let mut nodes = Vec::new();
		match shape {
			Shape::One => nodes.push(self.node("alice", &["--dev"], None).await?),
			Shape::Four => {
				let mut boot = None;
				for (institution, name) in HOSPITALS.iter().enumerate() {
					let name = name.to_lowercase();
					let (flag, key) = (format!("--{name}"), hex::encode(sha256(name.as_bytes())));
					let custodian = format!("--development-custodian={institution}");
					let args = ["--chain=local", "--no-mdns", &flag, "--node-key", &key, &custodian];
					let node = self.node(&name, &args, boot.as_deref()).await?;
					if boot.is_none() {
						boot = Some(address(&node).await?);
					}
					nodes.push(node);
				}
			}
		}
		for node in &nodes {
			finalises(node, nodes.len()).await?;
		}
		Ok(nodes)
	}

	async fn node(&self, name: &str, args: &[&str], boot: Option<&str>) -> Result<Node> {
		let base = tempfile::tempdir().map_err(Error::io("a folder for a node"))?;
		let [p2p, rpc, prometheus, vault] = free_ports()?;
		let log = self.logs.join(format!("{name}.log"));
		let file = File::create(&log).map_err(Error::io(log.display().to_string()))?;
		let errors = file.try_clone().map_err(Error::io(log.display().to_string()))?;
		let mut command = Command::new(&self.binary);
		command
			.arg("--base-path")
			.arg(base.path())
			.args(["--listen-addr", &format!("/ip4/127.0.0.1/tcp/{p2p}")])
			.args(["--rpc-port", &rpc.to_string()])
			.args(["--prometheus-port", &prometheus.to_string()])
			.args(["--vault-port", &vault.to_string()])
			.args(LIFTED)
			.args(args)
			.args(&self.extra)
			.stdin(Stdio::null())
			.stdout(file)
			.stderr(errors);
		if let Some(boot) = boot {
			command.args(["--bootnodes", boot]);
		}
		let child = command.spawn().map_err(Error::io(self.binary.display().to_string()))?;
		let mut node = Node {
			child,
			url: format!("ws://127.0.0.1:{rpc}"),
			vault: format!("http://127.0.0.1:{vault}"),
			_base: base,
		};
		let not_ready = || Error::NotReady {
			name: name.to_owned(),
			log: log.clone(),
		};
		let start = Instant::now();
		while Rpc::connect(&node.url).await.is_err() {
			let ended = node.child.try_wait().map_err(Error::io("a node"))?.is_some();
			if ended || start.elapsed() > PATIENCE {
				return Err(not_ready());
			}
			tokio::time::sleep(GLANCE).await;
		}
		Ok(node)
	}
}

async fn address(node: &Node) -> Result<String> {
	let rpc = Rpc::connect(&node.url).await?;
	let addresses = rpc.call("system_localListenAddresses", &[]).await?;
	let first = addresses.get(0).and_then(Value::as_str);
	Ok(first.ok_or(Error::Unreadable("a node's addresses"))?.to_owned())
}

/// Waits until a node has its peers and has finalised two blocks.
async fn finalises(node: &Node, nodes: usize) -> Result<()> {
	let rpc = Rpc::connect(&node.url).await?;
	let start = Instant::now();
	loop {
		let health = rpc.call("system_health", &[]).await?;
		let peers = health.get("peers").and_then(Value::as_u64).unwrap_or_default();
		let (_, number) = rpc.finalised().await?;
		if number >= 2 && peers.saturating_add(1) >= nodes as u64 {
			return Ok(());
		}
		if start.elapsed() > PATIENCE {
			let waited = start.elapsed();
			return Err(Error::Stalled { missing: 0, waited });
		}
		tokio::time::sleep(GLANCE).await;
	}
}

/// Ports nobody listens on now, all different.
pub fn free_ports<const N: usize>() -> Result<[u16; N]> {
	let mut ports = [0; N];
	let mut held = Vec::new();
	for port in &mut ports {
		let listener = TcpListener::bind("127.0.0.1:0").map_err(Error::io("a free port"))?;
		*port = listener.local_addr().map_err(Error::io("a free port"))?.port();
		held.push(listener);
	}
	Ok(ports)
}

/// A binary beside this one.
pub fn beside(name: &str) -> Result<PathBuf> {
	let own = std::env::current_exe().map_err(Error::io("this program's folder"))?;
	Ok(own.parent().unwrap_or(Path::new(".")).join(name))
}
