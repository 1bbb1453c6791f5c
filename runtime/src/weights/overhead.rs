//! What a block and an extrinsic cost without any call, measured by `scripts/weights` on the real runtime.

use frame_support::weights::{constants::WEIGHT_REF_TIME_PER_NANOS, Weight};

/// A block with its inherents alone.
pub const BLOCK: Weight = Weight::from_parts(164161 * WEIGHT_REF_TIME_PER_NANOS, 0);
/// A signed extrinsic whose call does nothing: the signature and the extensions.
pub const EXTRINSIC: Weight = Weight::from_parts(56525 * WEIGHT_REF_TIME_PER_NANOS, 0);
