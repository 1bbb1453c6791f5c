//! What the rules know of a device.

use salus_primitives::Moment;
use salus_vitals::thresholds::Thresholds;

/// A device that is heard of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
	/// How often it reports; silence is no alert where nobody said so.
	pub every: Option<Moment>,
	/// When it was heard last, or its watch began.
	pub heard: Moment,
	/// Under which binding.
	pub binding: Option<u64>,
	/// Its own limits, for patients without.
	pub limits: Thresholds,
}
