//! Bars for transfers, on a terminal only.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::session::Session;
use crate::sdk::Progress;

/// A bar on standard error; nothing where that is no terminal.
pub(crate) struct Bar(ProgressBar);

impl Bar {
	/// Of bytes.
	pub(crate) fn new(session: &Session, what: &'static str) -> Self {
		Self::with(session, what, "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}")
	}

	/// Of things.
	pub(crate) fn counting(session: &Session, what: &'static str) -> Self {
		Self::with(session, what, "{msg} {wide_bar} {pos}/{len} {eta}")
	}

	fn with(session: &Session, what: &'static str, template: &str) -> Self {
		if !session.is_talkative() || !std::io::stderr().is_terminal() {
			return Self(ProgressBar::hidden());
		}
		let bar = ProgressBar::new(0).with_message(what);
		if let Ok(style) = ProgressStyle::with_template(template) {
			bar.set_style(style);
		}
		Self(bar)
	}
}

impl Progress for Bar {
	fn at(&self, done: u64, all: u64) {
		self.0.set_length(all);
		self.0.set_position(done);
	}
}

impl Drop for Bar {
	fn drop(&mut self) {
		self.0.finish_and_clear();
	}
}
