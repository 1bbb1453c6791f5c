//! What a key of the state costs in ParityDB, measured by `scripts/weights --database`.
//!
//! 2026-11-21; AMD EPYC; state version 1; trie cache off, proof recorder off, writes in batches of
//! 5000. The weights are each's Median; docs/performance.md says on which state, and why.

use frame_support::{
	parameter_types,
	weights::{constants::WEIGHT_REF_TIME_PER_NANOS, RuntimeDbWeight},
};

parameter_types! {
	/// Reading: average 14_965 ns, median 8_893, 95th percentile 14_802, 99th 18_778.
	/// Writing, with its part of the storage root: average 13_142 ns, median 13_507, greatest 15_195.
	pub const DbWeight: RuntimeDbWeight = RuntimeDbWeight {
		read: 8_893 * WEIGHT_REF_TIME_PER_NANOS,
		write: 13_507 * WEIGHT_REF_TIME_PER_NANOS,
	};
}
