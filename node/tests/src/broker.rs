//! mosquitto, set up as the gateway's README says, on this machine and so without TLS.

use crate::{free_ports, until};
use std::{
	fs::{self, File},
	os::unix::fs::PermissionsExt,
	path::PathBuf,
	process::{Child, Command, Stdio},
};
use tempfile::TempDir;
use tokio::net::TcpStream;

/// A broker in a folder of its own: each device writes to its own topic, and nobody but the user `gateway` reads.
pub struct Broker {
	folder: TempDir,
	child: Child,
	/// Where it listens.
	pub port: u16,
}

impl Broker {
	/// Starts it with these users and passwords; it listens when this returns.
	pub async fn start(users: &[(&str, &str)]) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let [port] = free_ports();
		let passwords = write(&folder, "passwords", "");
		for (user, password) in users {
			let added = Command::new("mosquitto_passwd")
				.arg("-b")
				.arg(&passwords)
				.args([user, password])
				.status();
			assert!(added.expect("run scripts/setup: no mosquitto_passwd").success());
		}
		let rights = "pattern write salus/%u/readings\nuser gateway\ntopic read salus/+/readings\n";
		let rights = write(&folder, "rights", rights);
		let settings = format!(
			"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {}\nacl_file {}\nretain_available false\n\
			 persistence true\npersistence_location {}/\nmax_queued_messages 10000000\nlog_dest stderr\nlog_type all\nuser root\n",
			passwords.display(),
			rights.display(),
			folder.path().display()
		);
		let settings = write(&folder, "mosquitto.conf", &settings);
		let log = File::create(folder.path().join("log")).unwrap();
		let child = Command::new("mosquitto")
			.arg("-c")
			.arg(settings)
			.stdin(Stdio::null())
			.stdout(Stdio::null())
			.stderr(log)
			.spawn()
			.expect("run scripts/setup: no mosquitto");
		let mut broker = Self { folder, child, port };
		until("the broker listens", || {
			let ended = broker.child.try_wait().unwrap();
			assert!(ended.is_none(), "the broker ended:\n{}", broker.log());
			async move { TcpStream::connect(("127.0.0.1", port)).await.ok() }
		})
		.await;
		broker
	}

	/// Where devices publish.
	pub fn url(&self) -> String {
		format!("mqtt://127.0.0.1:{}", self.port)
	}

	/// What it has written so far: every packet, without what is in it.
	pub fn log(&self) -> String {
		fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
	}
}

impl Drop for Broker {
	fn drop(&mut self) {
		let _ = self.child.kill();
		let _ = self.child.wait();
		if std::thread::panicking() {
			let log = self.log();
			let last: Vec<_> = log.lines().rev().take(40).collect();
			eprintln!("the broker wrote last, newest first:\n{}", last.join("\n"));
		}
	}
}

/// Writes a file that only its owner may read, as mosquitto wants it.
fn write(folder: &TempDir, name: &str, text: &str) -> PathBuf {
	let path = folder.path().join(name);
	fs::write(&path, text).unwrap();
	fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
	path
}
