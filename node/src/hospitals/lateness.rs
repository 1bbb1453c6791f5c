//! What is done while nothing becomes final: hospitals that were parted have to come together again by themselves.
//!
//! Nodes that an institution names are never disconnected for what they do: the SDK refuses to. Two things follow, which
//! together left a network apart for good after it had been mended:
//!
//! - Finality asks all peers for the blocks that one side lacks, and a peer that lacks them too loses so much of its
//!   reputation that the third such answer has its own questions refused.
//! - Block synchronisation forgets a request that failed only when its peer disconnects. A peer that stays is not asked
//!   again and its announcements are passed over.

use std::time::{Duration, Instant};

/// Finality takes a second or two: from here on it is late.
const LATE: Duration = Duration::from_secs(10);
/// How long it stands still before the hospitals' nodes are let go of and taken again, and again after that.
const STANDS_STILL: Duration = Duration::from_secs(60);

/// How late finality is.
pub struct Lateness {
	final_at: Instant,
	again_at: Instant,
}

/// What there is to do for finality.
#[derive(Debug, PartialEq, Eq)]
pub enum Remedy {
	/// It is not late.
	None,
	/// Nobody is refused for what was answered meanwhile.
	Forgive,
	/// Connect anew, too.
	Reconnect,
}

impl Lateness {
	/// Something became final now.
	pub fn new(now: Instant) -> Self {
		Self {
			final_at: now,
			again_at: now,
		}
	}

	/// What to do now. A node that catches up with the chain keeps its connections: it downloads over them.
	pub fn remedy(&mut self, now: Instant, catches_up: bool) -> Remedy {
		if now.duration_since(self.final_at) < LATE {
			return Remedy::None;
		}
		if catches_up {
			self.again_at = now;
		}
		if now.duration_since(self.again_at) < STANDS_STILL {
			return Remedy::Forgive;
		}
		self.again_at = now;
		Remedy::Reconnect
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// What is done in each of so many seconds.
	fn seconds(lateness: &mut Lateness, start: Instant, range: std::ops::Range<u64>, catches_up: bool) -> Vec<Remedy> {
		range
			.map(|second| lateness.remedy(start + Duration::from_secs(second), catches_up))
			.collect()
	}

	#[test]
	fn finality_in_time_needs_nothing() {
		let start = Instant::now();
		let mut lateness = Lateness::new(start);
		let done = seconds(&mut lateness, start, 0..10, false);
		assert!(done.iter().all(|remedy| *remedy == Remedy::None), "{done:?}");
	}

	#[test]
	fn late_finality_forgives_and_connects_anew_each_minute() {
		let start = Instant::now();
		let mut lateness = Lateness::new(start);
		let done = seconds(&mut lateness, start, 0..185, false);
		let at = |wanted: Remedy| {
			let found = done.iter().enumerate().filter(|(_, remedy)| **remedy == wanted);
			found.map(|(second, _)| second).collect::<Vec<_>>()
		};
		assert_eq!(at(Remedy::None), (0..10).collect::<Vec<_>>());
		assert_eq!(at(Remedy::Reconnect), [60, 120, 180]);
	}

	#[test]
	fn a_node_that_catches_up_keeps_its_connections() {
		let start = Instant::now();
		let mut lateness = Lateness::new(start);
		let done = seconds(&mut lateness, start, 10..300, true);
		assert!(done.iter().all(|remedy| *remedy == Remedy::Forgive), "{done:?}");
		let done = seconds(&mut lateness, start, 300..359, false);
		assert!(done.iter().all(|remedy| *remedy == Remedy::Forgive), "{done:?}");
		assert_eq!(seconds(&mut lateness, start, 359..360, false), [Remedy::Reconnect]);
	}
}
