//! A real Kubo daemon, private and on loopback, for the tests of the store.

use std::{
	env, fs,
	io::{BufRead, BufReader},
	path::PathBuf,
	process::{Child, Command, Stdio},
	time::Duration,
};

use tempfile::TempDir;

use crate::store::Kubo;

pub(super) struct Daemon {
	process: Child,
	repo: TempDir,
	endpoint: String,
}

impl Daemon {
	pub(super) fn start() -> Self {
		let repo = TempDir::new().unwrap();
		let daemon = |arguments: &[&str]| {
			let mut command = Command::new(binary());
			command
				.args(arguments)
				.env("IPFS_PATH", repo.path())
				.env("IPFS_TELEMETRY", "off")
				.env("LIBP2P_FORCE_PNET", "1");
			command
		};
		let run = |arguments: &[&str]| {
			let output = daemon(arguments).output().unwrap();
			let error = String::from_utf8_lossy(&output.stderr);
			assert!(output.status.success(), "ipfs {arguments:?}: {error}");
		};
		run(&["init", "--profile=test"]);
		let key = format!("/key/swarm/psk/1.0.0/\n/base16/\n{}\n", "5a".repeat(32));
		fs::write(repo.path().join("swarm.key"), key).unwrap();
		run(&["bootstrap", "rm", "--all"]);
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
			(
				"API.Authorizations",
				r#"{"salus": {"AuthSecret": "basic:salus:secret", "AllowedPaths": ["/api/v0"]}}"#,
			),
		] {
			run(&["config", "--json", name, value]);
		}
		let mut process = daemon(&["daemon"])
			.stdout(Stdio::piped())
			.stderr(Stdio::null())
			.spawn()
			.unwrap();
		let output = BufReader::new(process.stdout.take().unwrap());
		let mut lines = output.lines().map_while(Result::ok);
		assert!(
			lines.any(|line| line.contains("Daemon is ready")),
			"the daemon did not start"
		);
		// /ip4/127.0.0.1/tcp/PORT
		let address = fs::read_to_string(repo.path().join("api")).unwrap();
		let port = address.trim().rsplit('/').next().unwrap();
		let endpoint = format!("http://127.0.0.1:{port}");
		Self {
			process,
			repo,
			endpoint,
		}
	}

	pub(super) fn store(&self, deadline: Duration) -> Kubo {
		Kubo::new(&self.endpoint, Some(("salus", "secret")), deadline).unwrap()
	}

	pub(super) fn stranger(&self) -> Kubo {
		Kubo::new(&self.endpoint, None, Duration::from_secs(10)).unwrap()
	}

	/// What `ipfs add` itself computes.
	pub(super) fn add(&self, bytes: &[u8]) -> String {
		let file = self.repo.path().join("to-add");
		fs::write(&file, bytes).unwrap();
		let output = Command::new(binary())
			.args(["add", "--quieter", "--only-hash", "--cid-version", "1", "--raw-leaves"])
			.args(["--chunker", "size-1048576"])
			.arg(&file)
			.env("IPFS_PATH", TempDir::new().unwrap().path().join("none"))
			.env("IPFS_TELEMETRY", "off")
			.args(["--api", &self.multiaddress(), "--api-auth", "basic:salus:secret"])
			.output()
			.unwrap();
		fs::remove_file(&file).unwrap();
		assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
		String::from_utf8(output.stdout).unwrap().trim().to_owned()
	}

	/// Overwrites a block in the daemon's own repository.
	pub(super) fn damage(&self, cid: &cid::Cid) {
		let multihash = cid::Cid::new_v1(0x55, *cid.hash());
		let text = cid::multibase::encode(cid::multibase::Base::Base32Upper, multihash.hash().to_bytes());
		let name = format!("{}.data", &text[1..]);
		let mut damaged = 0;
		for shard in fs::read_dir(self.repo.path().join("blocks")).unwrap() {
			let path = shard.unwrap().path().join(&name);
			if path.exists() {
				let mut bytes = fs::read(&path).unwrap();
				bytes[0] ^= 1;
				fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
				fs::write(&path, bytes).unwrap();
				damaged += 1;
			}
		}
		assert_eq!(damaged, 1, "{name}");
	}

	fn multiaddress(&self) -> String {
		fs::read_to_string(self.repo.path().join("api"))
			.unwrap()
			.trim()
			.to_owned()
	}
}

impl Drop for Daemon {
	fn drop(&mut self) {
		self.process.kill().ok();
		self.process.wait().ok();
	}
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
