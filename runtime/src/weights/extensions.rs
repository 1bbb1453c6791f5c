//! What the transaction extensions declare for their own time, added up by `scripts/weights` from what it measured.

use frame_support::weights::{constants::WEIGHT_REF_TIME_PER_NANOS, Weight};

/// Without the database.
pub const TIME: Weight = Weight::from_parts(26869 * WEIGHT_REF_TIME_PER_NANOS, 0);
