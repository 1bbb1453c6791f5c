//! What a command prints: lines for people, or one JSON object.

use std::io::Write;

use serde_json::{json, Map, Value};
use zeroize::{Zeroize, Zeroizing};

use crate::sdk::{words, Acknowledgement, Error, EventView, FileError, Preview};

/// What a command has to say. It may be a secret that is shown once, so that all of it is wiped when it is dropped.
#[derive(Default)]
pub(crate) struct Report {
	fields: Map<String, Value>,
	lines: Vec<String>,
}

impl Report {
	pub(crate) fn new() -> Self {
		Self::default()
	}

	/// Adds a field of the JSON object.
	pub(crate) fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
		self.fields.insert(name.to_string(), value.into());
		self
	}

	/// Adds a line for people.
	pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
		self.lines.push(line.into());
		self
	}

	/// Adds the end of every signing command: in which block, at which index, with which events.
	pub(crate) fn acknowledged(self, acknowledgement: &Acknowledgement) -> Self {
		let Acknowledgement {
			block,
			hash,
			index,
			extrinsic,
			events,
		} = acknowledgement;
		let names: Vec<_> = events
			.iter()
			.map(|event| format!("{}.{}", event.pallet, event.name))
			.collect();
		let line = format!(
			"in block {block} ({}), extrinsic {index}: {}",
			words::hex(hash),
			names.join(", ")
		);
		let events: Vec<_> = events.iter().map(event).collect();
		self.line(line).field(
			"acknowledgement",
			json!({
				"block": words::number(*block),
				"hash": words::hex(hash),
				"index": index,
				"extrinsic": words::hex(extrinsic),
				"events": events,
			}),
		)
	}

	/// Adds the end of a dry run: what would happen, on which block that was tried, and what could not be.
	pub(crate) fn tried(self, preview: &Preview) -> Self {
		let mut report = self.line(preview.to_string());
		for event in &preview.events {
			report = report.line(format!("- {}.{} {}", event.pallet, event.name, event.fields));
		}
		for unchecked in &preview.unchecked {
			report = report.line(format!("not checked: {unchecked}"));
		}
		let events: Vec<_> = preview.events.iter().map(event).collect();
		report.field(
			"dryRun",
			json!({
				"block": words::number(preview.block),
				"hash": words::hex(preview.hash),
				"time": words::number(preview.time),
				"events": events,
				"used": { "time": words::number(preview.used.time), "proof": words::number(preview.used.proof) },
				"unchecked": preview.unchecked,
			}),
		)
	}

	/// The lines for people.
	pub(crate) fn text(&self) -> Zeroizing<String> {
		Zeroizing::new(self.lines.join("\n"))
	}

	/// The JSON object.
	#[cfg(test)]
	pub(crate) fn fields(&self) -> &Map<String, Value> {
		&self.fields
	}

	/// Prints it.
	pub(crate) fn print(self, json: bool) -> Result<(), Error> {
		self.write(&mut std::io::stdout(), "standard output", json)
	}

	/// Prints it on standard error, beside an answer that has a form of its own.
	pub(crate) fn print_beside(self, json: bool) -> Result<(), Error> {
		if self.fields.is_empty() && self.lines.is_empty() {
			return Ok(());
		}
		self.write(&mut std::io::stderr(), "standard error", json)
	}

	fn write(mut self, to: &mut impl Write, name: &'static str, json: bool) -> Result<(), Error> {
		let text = if json {
			let object = Value::Object(std::mem::take(&mut self.fields));
			let text = Zeroizing::new(object.to_string());
			wipe(object);
			text
		} else {
			self.text()
		};
		if text.is_empty() {
			return Ok(());
		}
		match writeln!(to, "{}", *text) {
			// The reader has seen enough, as `head` does.
			Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
			result => result.map_err(FileError::at(name)).map_err(Error::from),
		}
	}
}

impl Drop for Report {
	fn drop(&mut self) {
		self.lines.zeroize();
		std::mem::take(&mut self.fields)
			.into_iter()
			.for_each(|(_, value)| wipe(value));
	}
}

fn event(event: &EventView) -> Value {
	json!({ "pallet": event.pallet, "name": event.name, "fields": event.fields })
}

fn wipe(value: Value) {
	match value {
		Value::String(mut text) => text.zeroize(),
		Value::Array(items) => items.into_iter().for_each(wipe),
		Value::Object(fields) => fields.into_iter().for_each(|(_, value)| wipe(value)),
		_ => {}
	}
}
