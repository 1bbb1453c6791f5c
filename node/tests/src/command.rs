//! The `salus` command, run as a process.

use crate::{node::binary, Node};
use serde_json::Value;
use std::{
	fs,
	os::unix::fs::PermissionsExt,
	path::Path,
	process::{Child, Command, Output, Stdio},
};
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

	/// The message of a command of the gateway that must fail with this error: it has one exit code.
	pub fn refused_as(self, name: &str) -> String {
		let message = self.error["message"].as_str().unwrap_or_default().to_owned();
		assert_eq!(self.refused(1), name, "{message}");
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

	/// Speaks to the vault at this URL.
	pub fn vault_at(&mut self, url: &str) {
		url.clone_into(&mut self.vault);
	}

	/// Runs `salus --dev --json …` to its end.
	pub fn run(&self, args: &[&str]) -> Answer {
		answer(self.command(args).output().unwrap())
	}

	/// Starts a command line, signed by a development account.
	pub fn starts_as(&self, uri: &str, line: &str) -> Running {
		self.starts(&format!("--dev-key {uri} {line}"))
	}

	/// Starts a command line.
	pub fn starts(&self, line: &str) -> Running {
		let mut command = self.command(&line.split_whitespace().collect::<Vec<_>>());
		let command = command
			.stdin(Stdio::null())
			.stdout(Stdio::piped())
			.stderr(Stdio::piped());
		Running(Some(command.spawn().unwrap()))
	}

	/// Starts a command line whose answer goes into a file, line by line.
	pub fn starts_into(&self, file: &str, line: &str) -> Running {
		let mut command = self.command(&line.split_whitespace().collect::<Vec<_>>());
		let command = command
			.stdin(Stdio::null())
			.stdout(fs::File::create(file).unwrap())
			.stderr(Stdio::piped());
		Running(Some(command.spawn().unwrap()))
	}

	fn command(&self, args: &[&str]) -> Command {
		let mut command = Command::new(binary("salus"));
		command
			.args(["--dev", "--json", "--quiet", "--url", &self.url, "--vault", &self.vault])
			.args(["--data", &self.file("data")])
			.args(args)
			.env("SALUS_PASSPHRASE", PASSPHRASE);
		command
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

/// A command that was started.
pub struct Running(Option<Child>);

impl Running {
	/// Whether it has ended.
	pub fn has_ended(&mut self) -> bool {
		self.child().try_wait().unwrap().is_some()
	}

	/// Kills it: it has no time to put anything in order.
	pub fn kill(mut self) {
		let child = self.child();
		child.kill().unwrap();
		child.wait().unwrap();
	}

	/// Interrupts it, as Ctrl-C does, and waits for its end.
	pub fn interrupted(mut self) -> Answer {
		let pid = self.child().id().to_string();
		assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
		self.answer()
	}

	/// Waits for its end.
	pub fn answer(mut self) -> Answer {
		answer(self.0.take().unwrap().wait_with_output().unwrap())
	}

	fn child(&mut self) -> &mut Child {
		self.0.as_mut().unwrap()
	}
}

impl Drop for Running {
	fn drop(&mut self) {
		if let Some(child) = &mut self.0 {
			let _ = child.kill();
			let _ = child.wait();
		}
	}
}

pub(crate) fn answer(output: Output) -> Answer {
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
