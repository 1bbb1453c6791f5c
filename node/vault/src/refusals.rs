//! Counts of outcomes by their stable code, for metrics.

use std::{
	collections::BTreeMap,
	sync::atomic::{AtomicU64, Ordering},
};

use parking_lot::Mutex;

/// What the desk and the intake let through and refused since they were opened.
#[derive(Debug, Default)]
pub struct Outcomes {
	passed: AtomicU64,
	refused: Mutex<BTreeMap<&'static str, u64>>,
}

impl Outcomes {
	/// How often it let something through.
	pub fn passed(&self) -> u64 {
		self.passed.load(Ordering::Relaxed)
	}

	/// How often it refused, by the error's code.
	pub fn refused(&self) -> BTreeMap<&'static str, u64> {
		self.refused.lock().clone()
	}

	/// Counts a result and hands it on.
	///
	/// # Errors
	/// The result's own.
	pub fn count<T, E>(&self, result: Result<T, E>, code: impl FnOnce(&E) -> &'static str) -> Result<T, E> {
		match &result {
			Ok(_) => {
				self.passed.fetch_add(1, Ordering::Relaxed);
			}
			Err(error) => {
				let mut refused = self.refused.lock();
				let count = refused.entry(code(error)).or_default();
				*count = count.saturating_add(1);
			}
		}
		result
	}
}
