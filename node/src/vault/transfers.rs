//! How many downloads there may be, and how long a transfer may last.

use std::{
	collections::HashMap,
	sync::Arc,
	time::{Duration, Instant},
};

use parking_lot::Mutex;
use salus_vault::chain::AccountId;

/// Downloads of one account at a time; of uploads there are as many.
pub const DOWNLOADS_OF_ONE: usize = 4;
/// What a transfer has besides a second for each so many bytes.
const GRACE: Duration = Duration::from_secs(600);
const SLOWEST: u64 = 16 * 1024;

/// When a transfer of so many bytes is over, done or not.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<Instant>);

impl Deadline {
	/// For a transfer that begins now.
	pub fn of(bytes: u64) -> Self {
		Self::after(GRACE.saturating_add(Duration::from_secs(bytes / SLOWEST)))
	}

	/// After this time from now on.
	pub fn after(time: Duration) -> Self {
		Self(Instant::now().checked_add(time))
	}

	/// Whether it has passed.
	pub fn has_passed(self) -> bool {
		self.0.is_some_and(|end| Instant::now() >= end)
	}
}

/// The downloads under way, by account.
#[derive(Clone, Default)]
pub struct Downloads(Arc<Mutex<HashMap<AccountId, usize>>>);

impl Downloads {
	/// A place among an account's downloads, given back when dropped.
	pub fn claim(&self, account: AccountId) -> Option<Claimed> {
		let mut all = self.0.lock();
		let count = all.entry(account).or_default();
		if *count >= DOWNLOADS_OF_ONE {
			return None;
		}
		*count += 1;
		Some(Claimed {
			all: self.clone(),
			account,
		})
	}
}

/// A place.
pub struct Claimed {
	all: Downloads,
	account: AccountId,
}

impl Drop for Claimed {
	fn drop(&mut self) {
		let mut all = self.all.0.lock();
		if let Some(count) = all.get_mut(&self.account) {
			*count = count.saturating_sub(1);
			if *count == 0 {
				all.remove(&self.account);
			}
		}
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]

	use super::*;

	#[test]
	fn an_account_has_four_downloads_at_a_time() {
		let downloads = Downloads::default();
		let mut claimed: Vec<_> = (0..4).map(|_| downloads.claim([1; 32]).unwrap()).collect();
		assert!(downloads.claim([1; 32]).is_none());
		assert!(downloads.claim([2; 32]).is_some());
		claimed.pop();
		let last = downloads.claim([1; 32]).unwrap();
		assert!(downloads.claim([1; 32]).is_none());
		drop((claimed, last));
		assert!(downloads.0.lock().is_empty());
	}

	#[test]
	fn a_transfer_s_time_grows_with_its_bytes() {
		for (bytes, seconds) in [(0, 600), (1 << 30, 600 + 65_536)] {
			let before = Instant::now();
			let deadline = Deadline::of(bytes).0.unwrap() - Duration::from_secs(seconds);
			assert!(before <= deadline && deadline <= Instant::now(), "{bytes} bytes");
		}
		assert!(!Deadline::of(u64::MAX).has_passed());
		assert!(Deadline::after(Duration::ZERO).has_passed());
		assert!(!Deadline::of(0).has_passed());
	}
}
