//! Who has not been heard of: three missed intervals are an alert. Time is the gateway's own, not the readings'.

use std::collections::{BTreeMap, BTreeSet};

/// How many intervals may be missed before it is an alert.
pub const MISSED: u64 = 3;

/// A device's public key.
pub type DeviceId = [u8; 32];

/// Watches any number of devices; a look costs only what is due.
#[derive(Clone, Debug, Default)]
pub struct SilenceWatch {
	devices: BTreeMap<DeviceId, Watched>,
	/// By when somebody has to be told.
	due: BTreeSet<(u64, DeviceId)>,
}

#[derive(Clone, Copy, Debug)]
struct Watched {
	interval: u64,
	heard: u64,
	is_silent: bool,
}

impl Watched {
	fn due(&self) -> u64 {
		self.heard.saturating_add(self.interval.saturating_mul(MISSED))
	}
}

/// A device that is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
	/// Which.
	pub device: DeviceId,
	/// When it was heard last, or its watch began.
	pub heard: u64,
	/// How many readings should have come since.
	pub missed: u64,
}

/// An interval of zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a device that reports every 0 ms can't be watched; give the interval that it reports in")]
pub struct NoInterval;

impl SilenceWatch {
	/// Nobody is watched.
	pub fn new() -> Self {
		Self::default()
	}

	/// Begins to watch a device that reports every `interval` milliseconds, or changes its interval. After a restart `now` is
	/// when it was heard last.
	///
	/// # Errors
	/// `NoInterval`.
	pub fn watch(&mut self, device: DeviceId, interval: u64, now: u64) -> Result<(), NoInterval> {
		if interval == 0 {
			return Err(NoInterval);
		}
		let heard = self.end(&device).map_or(now, |watched| watched.heard);
		let watched = Watched {
			interval,
			heard,
			is_silent: false,
		};
		self.due.insert((watched.due(), device));
		self.devices.insert(device, watched);
		Ok(())
	}

	/// Ends the watch of a device that was taken off or revoked.
	pub fn unwatch(&mut self, device: &DeviceId) {
		self.end(device);
	}

	/// Something came of a device. True where it had been silent.
	pub fn heard(&mut self, device: &DeviceId, now: u64) -> bool {
		let Some(watched) = self.devices.get_mut(device) else {
			return false;
		};
		let was_silent = watched.is_silent;
		self.due.remove(&(watched.due(), *device));
		// A clock that was set back makes nobody silent sooner.
		watched.heard = watched.heard.max(now);
		watched.is_silent = false;
		self.due.insert((watched.due(), *device));
		was_silent
	}

	/// Those that fell silent since the last look, each once, longest first.
	pub fn fallen_silent(&mut self, now: u64) -> Vec<Silence> {
		let mut silent = Vec::new();
		while let Some((_, device)) = self.due.first().copied().filter(|(due, _)| *due <= now) {
			self.due.pop_first();
			if let Some(watched) = self.devices.get_mut(&device) {
				watched.is_silent = true;
				let missed = now.saturating_sub(watched.heard) / watched.interval.max(1);
				silent.push(Silence {
					device,
					heard: watched.heard,
					missed,
				});
			}
		}
		silent
	}

	/// When the next one is due: no look is needed before.
	pub fn next_due(&self) -> Option<u64> {
		self.due.first().map(|(due, _)| *due)
	}

	fn end(&mut self, device: &DeviceId) -> Option<Watched> {
		let watched = self.devices.remove(device)?;
		self.due.remove(&(watched.due(), *device));
		Some(watched)
	}
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
	use proptest::prelude::*;

	use super::*;

	const MONITOR: DeviceId = [1; 32];

	fn watch(interval: u64) -> SilenceWatch {
		let mut watch = SilenceWatch::new();
		watch.watch(MONITOR, interval, 1_000).unwrap();
		watch
	}

	fn silent(watch: &mut SilenceWatch, now: u64) -> Vec<(u64, u64)> {
		let fallen = watch.fallen_silent(now);
		fallen.iter().map(|silence| (silence.heard, silence.missed)).collect()
	}

	#[test]
	fn three_missed_intervals_are_an_alert_once() {
		let mut watch = watch(10);
		assert_eq!(watch.next_due(), Some(1_030));
		assert_eq!(silent(&mut watch, 1_029), []);
		assert_eq!(silent(&mut watch, 1_030), [(1_000, 3)]);
		assert_eq!(silent(&mut watch, 2_000), []);
		assert!(watch.heard(&MONITOR, 2_000));
		assert!(!watch.heard(&MONITOR, 2_010));
		assert_eq!(silent(&mut watch, 2_039), []);
		assert_eq!(silent(&mut watch, 2_085), [(2_010, 7)]);
	}

	#[test]
	fn what_was_taken_off_is_not_missed() {
		let mut watch = watch(10);
		watch.unwatch(&MONITOR);
		assert_eq!((silent(&mut watch, u64::MAX), watch.next_due()), (vec![], None));
		assert!(!watch.heard(&MONITOR, 5_000));
		assert_eq!(watch.watch(MONITOR, 0, 1_000), Err(NoInterval));
	}

	#[test]
	fn a_longer_interval_counts_from_what_was_heard_last() {
		let mut watch = watch(10);
		watch.watch(MONITOR, 100, 1_020).unwrap();
		assert_eq!(watch.next_due(), Some(1_300));
		assert!(!watch.heard(&MONITOR, 900));
		assert_eq!(watch.next_due(), Some(1_300), "a clock set back");
	}

	proptest! {
		/// Against the definition: silent at t, if the latest sign of life is three intervals ago.
		#[test]
		fn nobody_silent_is_missed_and_nobody_else_told_of(steps in prop::collection::vec((0u8..5, 0u64..40, any::<bool>()), 1..200)) {
			let mut watch = SilenceWatch::new();
			let intervals = [3u64, 5, 7, 11, 13];
			let mut model = [(0u64, false); 5];
			for (device, interval) in (0u8..).zip(intervals) {
				watch.watch([device; 32], interval, 0).unwrap();
			}
			let mut now = 0;
			for (device, wait, speaks) in steps {
				now += wait;
				if speaks {
					let state = &mut model[usize::from(device)];
					prop_assert_eq!(watch.heard(&[device; 32], now), state.1);
					*state = (now, false);
				}
				let mut told: Vec<_> = watch.fallen_silent(now).iter().map(|silence| silence.device[0]).collect();
				told.sort_unstable();
				let mut expected = Vec::new();
				for (place, (heard, is_silent)) in model.iter_mut().enumerate() {
					if !*is_silent && now >= *heard + 3 * intervals[place] {
						*is_silent = true;
						expected.push(u8::try_from(place).unwrap());
					}
				}
				prop_assert_eq!(told, expected);
			}
		}
	}
}
