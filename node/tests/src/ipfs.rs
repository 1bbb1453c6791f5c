//! A private IPFS daemon on loopback.

use std::{
	env, fs,
	io::{BufRead, BufReader},
	path::PathBuf,
	process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

/// `user:password` of the daemon's RPC.
const USER: &str = "salus:secret";

/// A Kubo daemon of a swarm of its own, behind a password.
pub struct Ipfs {
	process: Child,
	repo: TempDir,
}

impl Ipfs {
	/// Starts it; ready when its RPC answers.
	pub fn start() -> Self {
		let repo = tempfile::tempdir().unwrap();
		let run = |args: &[&str]| {
			succeeded(args, command(&repo).args(args).output().unwrap());
		};
		run(&["init", "--profile=test"]);
		let key = format!("/key/swarm/psk/1.0.0/\n/base16/\n{}\n", "5a".repeat(32));
		fs::write(repo.path().join("swarm.key"), key).unwrap();
		run(&["bootstrap", "rm", "--all"]);
		let authorizations = format!(r#"{{"salus": {{"AuthSecret": "basic:{USER}", "AllowedPaths": ["/api/v0"]}}}}"#);
		for (name, value) in [
			("Routing.Type", "\"dht\""),
			("AutoConf.Enabled", "false"),
			("AutoTLS.Enabled", "false"),
			("Routing.DelegatedRouters", "[]"),
			("Ipns.DelegatedPublishers", "[]"),
			("DNS.Resolvers", "{}"),
			("Swarm.Transports.Network.Websocket", "false"),
			("Addresses.API", "\"/ip4/127.0.0.1/tcp/0\""),
			("Addresses.Swarm", "[\"/ip4/127.0.0.1/tcp/0\"]"),
			("Addresses.Gateway", "[]"),
			("API.Authorizations", &authorizations),
		] {
			run(&["config", "--json", name, value]);
		}
		let process = serve(&repo);
		Self { process, repo }
	}

	/// Kills the daemon: it has no time to put anything in order.
	pub fn kill(&mut self) {
		self.process.kill().unwrap();
		self.process.wait().unwrap();
	}

	/// Starts it again on the same repository, where its RPC may get another port; ready when that answers.
	pub fn start_again(&mut self) {
		self.process = serve(&self.repo);
	}

	/// URL of its RPC.
	pub fn url(&self) -> String {
		// /ip4/127.0.0.1/tcp/PORT
		let address = self.address();
		format!("http://127.0.0.1:{}", address.rsplit('/').next().unwrap())
	}

	/// `user:password` of its RPC.
	pub fn credentials(&self) -> &'static str {
		USER
	}

	/// Joins another daemon's swarm.
	pub fn connect(&self, other: &Self) {
		let addresses = other.run(&["id", "--format", "<addrs>"]);
		let address = addresses.lines().next().expect("a daemon has an address");
		self.run(&["swarm", "connect", address]);
	}

	/// Runs a command of `ipfs` against the daemon and returns what it printed.
	pub fn run(&self, args: &[&str]) -> String {
		String::from_utf8(self.output(args)).unwrap()
	}

	/// The bytes that the daemon keeps under a CID.
	pub fn cat(&self, cid: &str) -> Vec<u8> {
		self.output(&["cat", cid])
	}

	fn output(&self, args: &[&str]) -> Vec<u8> {
		let authorization = format!("basic:{USER}");
		let mut command = command(&self.repo);
		command.args(["--api", &self.address(), "--api-auth", &authorization]);
		succeeded(args, command.args(args).output().unwrap())
	}

	fn address(&self) -> String {
		let address = fs::read_to_string(self.repo.path().join("api")).unwrap();
		address.trim().to_owned()
	}
}

impl Drop for Ipfs {
	fn drop(&mut self) {
		let _ = self.process.kill();
		let _ = self.process.wait();
	}
}

fn serve(repo: &TempDir) -> Child {
	let mut process = command(repo)
		.arg("daemon")
		.stdout(Stdio::piped())
		.stderr(Stdio::null())
		.spawn()
		.unwrap();
	let output = BufReader::new(process.stdout.take().unwrap());
	let ready = output
		.lines()
		.map_while(Result::ok)
		.any(|line| line.contains("Daemon is ready"));
	if !ready {
		let _ = process.kill();
		let _ = process.wait();
		panic!("the IPFS daemon did not start");
	}
	process
}

fn command(repo: &TempDir) -> Command {
	let mut command = Command::new(binary());
	command
		.stdin(Stdio::null())
		.env("IPFS_PATH", repo.path())
		.env("IPFS_TELEMETRY", "off")
		.env("LIBP2P_FORCE_PNET", "1");
	command
}

fn succeeded(args: &[&str], output: Output) -> Vec<u8> {
	let error = String::from_utf8_lossy(&output.stderr);
	assert!(output.status.success(), "ipfs {args:?}: {error}");
	output.stdout
}

fn binary() -> PathBuf {
	let named = env::var_os("SALUS_IPFS").map(PathBuf::from);
	let paths = env::var_os("PATH").unwrap_or_default();
	let installed = env::split_paths(&paths).map(|folder| folder.join("ipfs"));
	let built = env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/salus/bin/ipfs"));
	named
		.into_iter()
		.chain(installed)
		.chain(built)
		.find(|path| path.is_file())
		.expect("no ipfs: run scripts/setup, or set SALUS_IPFS to a Kubo binary of 0.36 or newer")
}
