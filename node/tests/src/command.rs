//! The `salus` command, run as a process.

use crate::{node::binary, Node};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};
use tempfile::TempDir;

/// The passphrase of every key file in the tests.
pub const PASSPHRASE: &str = "correct horse battery staple";

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

	/// The message of a command that must fail with this exit code and error.
	pub fn fails(self, code: i32, name: &str) -> String {
		let message = self.error["message"].as_str().unwrap_or_default().to_owned();
		assert_eq!(self.error["exitCode"], code, "salus: {} {}", self.out, self.stderr);
		assert_eq!(self.error["name"], name, "salus: {message}");
		assert_eq!(self.refused(code), name);
		message
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

	/// A file with a text in it, readable by its owner only; its path, as an argument.
	pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
		let path = self.file(name);
		fs::write(&path, text).unwrap();
		fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
		path
	}

	/// Makes a key file; its path and its account.
	pub fn key(&self, name: &str) -> (String, String) {
		let file = self.file(name);
		let made = self.run(&["key", "new", "--out", &file, "--label", name]).ok();
		(file, made["account"].as_str().unwrap().to_owned())
	}

	/// Runs `salus --dev --json …` to its end.
	pub fn run(&self, args: &[&str]) -> Answer {
		let output = Command::new(binary("salus"))
			.args(["--dev", "--json", "--quiet", "--url", &self.url, "--vault", &self.vault])
			.args(["--data", &self.file("data")])
			.args(args)
			.env("SALUS_PASSPHRASE", PASSPHRASE)
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

	/// Runs a command line as it would be typed: words are parted by spaces.
	pub fn types(&self, line: &str) -> Answer {
		self.run(&line.split_whitespace().collect::<Vec<_>>())
	}

	/// The same, signed by a development account.
	pub fn types_as(&self, uri: &str, line: &str) -> Answer {
		self.types(&format!("--dev-key {uri} {line}"))
	}

	/// [`run`](Self::run), signed by a development account.
	pub fn run_as(&self, uri: &str, args: &[&str]) -> Answer {
		self.run(&[&["--dev-key", uri], args].concat())
	}
}
