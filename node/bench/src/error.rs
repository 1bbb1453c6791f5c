//! What ends a run.

use std::{io, path::PathBuf, time::Duration};

/// What ends a run. No figure is printed for a run that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// A file or a process.
	#[error("{what}: {error}")]
	Io {
		/// What was done.
		what: String,
		/// Why it failed.
		error: io::Error,
	},
	/// The node has not become ready.
	#[error("the node {name} is not ready; its log is {}", log.display())]
	NotReady {
		/// Which one.
		name: String,
		/// Its log.
		log: PathBuf,
	},
	/// A call of the RPC.
	#[error("{url} {method}: {reason}")]
	Rpc {
		/// Where.
		url: String,
		/// What.
		method: String,
		/// Why.
		reason: String,
	},
	/// The pool took a transaction not.
	#[error("a transaction was refused: {0}; fewer in flight (--window), or a larger pool (--pool-limit), may help")]
	Refused(String),
	/// A call failed.
	#[error("{failed} calls failed in block {block}: the world is not what the driver took it for")]
	Failed {
		/// How many.
		failed: usize,
		/// Where.
		block: u32,
	},
	/// What was sent does not arrive.
	#[error(
		"no transaction became final for {} s, and {missing} are missing: the pool dropped them, or finality stands still",
		waited.as_secs()
	)]
	Stalled {
		/// How many are missing.
		missing: usize,
		/// How long was waited.
		waited: Duration,
	},
	/// Something is not what it should be.
	#[error("{0} can't be read: node and driver are of different versions; build both from one commit")]
	Unreadable(&'static str),
	/// The account or the patient is not there.
	#[error("the world lacks {0}")]
	Missing(String),
	/// The peer.
	#[error("the peer failed: {0}; `npm ci` in its folder, or leave --peer out")]
	Peer(String),
	/// The native engine and the node disagree.
	#[error("the node answers {rpc} where the engine decides {native}")]
	Disagree {
		/// The node's answer.
		rpc: String,
		/// The engine's.
		native: String,
	},
	/// The SDK.
	#[error(transparent)]
	Sdk(Box<salus::Error>),
}

impl<E: Into<salus::Error>> From<E> for Error {
	fn from(error: E) -> Self {
		Self::Sdk(Box::new(error.into()))
	}
}

impl Error {
	/// An input or output error, with what was done.
	pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
		let what = what.into();
		|error| Self::Io { what, error }
	}
}

/// The result of anything here.
pub type Result<T> = std::result::Result<T, Error>;
