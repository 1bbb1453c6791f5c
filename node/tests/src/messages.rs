//! A real mail server and an HTTP hook, which note what they take.

use crate::free_ports;
use serde_json::Value;
use std::{
	fs::{self, File},
	io::{BufRead, BufReader},
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
};

/// How mail is taken.
#[derive(Clone, Copy, Debug)]
pub enum Mode {
	/// After STARTTLS only.
	Starttls,
	/// Over TLS from the first byte.
	Tls,
	/// In clear; it offers no TLS.
	Plain,
}

/// `servers/messages.py` as a process, in a folder of the test's.
pub struct Messages {
	folder: PathBuf,
	child: Option<Child>,
	mode: Mode,
	/// Where mail is taken.
	pub smtp: u16,
	/// Where the hook is.
	pub hook: u16,
}

impl Messages {
	/// Starts it; it listens when this returns.
	pub fn start(folder: &Path, mode: Mode) -> Self {
		let [smtp, hook] = free_ports();
		let mut messages = Self {
			folder: folder.to_owned(),
			child: None,
			mode,
			smtp,
			hook,
		};
		messages.start_again();
		messages
	}

	/// Starts it on the same ports.
	pub fn start_again(&mut self) {
		let python = std::env::var("SALUS_PYTHON").expect("SALUS_PYTHON is not set: source ~/.cache/salus/env");
		let mode = match self.mode {
			Mode::Starttls => "starttls",
			Mode::Tls => "tls",
			Mode::Plain => "plain",
		};
		// It tells of every handshake that a client gave up.
		let log = File::options()
			.create(true)
			.append(true)
			.open(self.folder.join("messages.log"))
			.unwrap();
		let mut child = Command::new(python)
			.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/servers/messages.py"))
			.arg(&self.folder)
			.args([&self.smtp.to_string(), &self.hook.to_string(), mode])
			.stdin(Stdio::null())
			.stdout(Stdio::piped())
			.stderr(log)
			.spawn()
			.unwrap();
		let mut line = String::new();
		BufReader::new(child.stdout.take().unwrap())
			.read_line(&mut line)
			.unwrap();
		assert_eq!(
			line.trim(),
			"ready",
			"is aiosmtpd in SALUS_PYTHON's environment? run scripts/setup; see messages.log"
		);
		self.child = Some(child);
	}

	/// Ends it: nobody listens any more.
	pub fn stop(&mut self) {
		if let Some(mut child) = self.child.take() {
			child.kill().unwrap();
			child.wait().unwrap();
		}
	}

	/// What was taken so far.
	pub fn taken(&self) -> Vec<Value> {
		let text = fs::read_to_string(self.folder.join("taken.jsonl")).unwrap_or_default();
		text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
	}
}

impl Drop for Messages {
	fn drop(&mut self) {
		self.stop();
	}
}
