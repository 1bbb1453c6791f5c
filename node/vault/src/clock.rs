//! Time, given from outside so that tests own it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch.
pub trait Clock: Send + Sync {
	/// Now.
	fn now(&self) -> u64;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
	fn now(&self) -> u64 {
		let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
		u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
	}
}

impl<F: Fn() -> u64 + Send + Sync> Clock for F {
	fn now(&self) -> u64 {
		self()
	}
}
