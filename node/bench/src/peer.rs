//! The peer: a record contract on an EVM development node.

use std::path::Path;

use serde_json::Value;
use tokio::process::Command;

use crate::error::{Error, Result};

/// Its senders, uploads of each, seconds of a block, most uploads on their way: where it is at its best.
pub const ARGUMENTS: [&str; 4] = ["50", "200", "1", "2000"];

/// Runs it once: what it printed.
pub async fn run(folder: &Path, quick: bool) -> Result<Value> {
	let mut arguments = ARGUMENTS;
	if quick {
		arguments[1] = "20";
	}
	let output = Command::new("node")
		.arg("bench.mjs")
		.args(arguments)
		.current_dir(folder)
		.output()
		.await
		.map_err(Error::io("node bench.mjs"))?;
	let failed = || Error::Peer(String::from_utf8_lossy(&output.stderr).trim().to_owned());
	if !output.status.success() {
		return Err(failed());
	}
	let printed = String::from_utf8_lossy(&output.stdout);
	let line = printed
		.lines()
		.last()
		.and_then(|line| serde_json::from_str::<Value>(line).ok());
	line.ok_or_else(failed)
}

/// The bytes of state that a record takes there: slots of the contract, of 32 bytes for the key and 32 for the value.
pub async fn bytes_of_a_record(folder: &Path, script: &Path) -> Result<f64> {
	let output = Command::new("node")
		.arg(script)
		.arg(folder)
		.output()
		.await
		.map_err(Error::io("node bench-peer-state.mjs"))?;
	let printed = String::from_utf8_lossy(&output.stdout);
	let bytes = serde_json::from_str::<Value>(printed.trim())
		.ok()
		.and_then(|said| said.get("bytesEach")?.as_f64());
	bytes.ok_or_else(|| Error::Peer(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// Uploads a second, as it printed them.
pub fn rate(said: &Value) -> Result<f64> {
	let rate = said.get("perSecond").and_then(Value::as_f64);
	rate.ok_or_else(|| Error::Peer("it printed no figure".into()))
}
