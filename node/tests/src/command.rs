//! The `salus` command, run as a process.

use crate::{node::binary, Node};
use serde_json::Value;
use std::{path::Path, process::Command};
use tempfile::TempDir;

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
	/// Its exit code.
	pub code: i32,
	/// The JSON object on standard output, `Null` where there is none.
	pub out: Value,
	/// The JSON error on standard error, `Null` where there is none.
	pub error: Value,
	/// All of standard error.
	pub stderr: String,
}

impl Answer {
	/// The answer of a command that must succeed.
	pub fn ok(self) -> Value {
		assert_eq!(self.code, 0, "salus failed: {}", self.stderr);
		self.out
	}

	/// The error's name of a command that must fail with this exit code.
	pub fn refused(self, code: i32) -> String {
		assert_eq!(self.code, code, "salus: {} {}", self.out, self.stderr);
		self.error["name"].as_str().unwrap_or_default().to_owned()
	}
}

/// A person's client: its data folder and the node it speaks to.
pub struct Salus {
	folder: TempDir,
	url: String,
	vault: String,
}

impl Salus {
	/// A client of this node.
	pub fn new(node: &Node) -> Self {
		Self {
			folder: tempfile::tempdir().unwrap(),
			url: node.url.clone(),
			vault: node.vault.clone(),
		}
	}

	/// Speaks to another node, or to the same after a restart.
	pub fn speak_to(&mut self, node: &Node) {
		self.url.clone_from(&node.url);
		self.vault.clone_from(&node.vault);
	}

	/// The folder this client's files are in.
	pub fn folder(&self) -> &Path {
		self.folder.path()
	}

	/// A file in that folder, as an argument.
	pub fn file(&self, name: &str) -> String {
		self.folder.path().join(name).display().to_string()
	}

	/// Runs `salus --dev --json …` to its end.
	pub fn run(&self, args: &[&str]) -> Answer {
		let output = Command::new(binary("salus"))
			.args(["--dev", "--json", "--quiet", "--url", &self.url, "--vault", &self.vault])
			.args(["--data", &self.file("data")])
			.args(args)
			.env("SALUS_PASSPHRASE", "correct horse battery staple")
			.output()
			.unwrap();
		let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
		let error = stderr
			.lines()
			.rev()
			.find_map(|line| serde_json::from_str::<Value>(line).ok())
			.unwrap_or_default();
		Answer {
			code: output.status.code().unwrap_or(-1),
			out: serde_json::from_slice(&output.stdout).unwrap_or_default(),
			error: error["error"].clone(),
			stderr,
		}
	}

	/// The same, signed by a development account.
	pub fn run_as(&self, uri: &str, args: &[&str]) -> Answer {
		self.run(&[&["--dev-key", uri], args].concat())
	}
}
