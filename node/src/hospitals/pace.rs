//! How often somebody may ask.

use std::{hash::Hash, num::NonZeroU32};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// How many askers are remembered before those who have not asked for a while are forgotten.
const REMEMBERED: usize = 4_096;

/// A limit for each asker.
pub struct Pace<K: Hash + Eq + Clone>(DefaultKeyedRateLimiter<K>);

impl<K: Hash + Eq + Clone> Pace<K> {
	/// So many a second, and twice as many at once.
	pub fn new(each_second: NonZeroU32) -> Self {
		let quota =
			Quota::per_second(each_second).allow_burst(each_second.saturating_mul(NonZeroU32::MIN.saturating_add(1)));
		Self(RateLimiter::keyed(quota))
	}

	/// Whether this one may ask now.
	pub fn allows(&self, key: &K) -> bool {
		if self.0.len() > REMEMBERED {
			self.0.retain_recent();
		}
		self.0.check_key(key).is_ok()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::time::{Duration, Instant};

	#[test]
	fn each_asker_has_a_limit_of_its_own() {
		// Every second it is allowed one more: until three questions come within one.
		let pace = loop {
			let (began, pace) = (Instant::now(), Pace::new(NonZeroU32::MIN));
			assert!(pace.allows(&"a") && pace.allows(&"a"));
			let third = pace.allows(&"a");
			if began.elapsed() < Duration::from_secs(1) {
				assert!(!third);
				break pace;
			}
		};
		assert!(pace.allows(&"b"));
	}
}
