//! Limits, and names for what stands in storage.

use salus_primitives::{Moment, DAY};
use sp_runtime::{traits::ConstU32, BoundedVec};

/// How far ahead a voucher may end.
pub const VOUCHER_LIFETIME: Moment = 30 * DAY;
/// For how many blocks a registration stays in the pool: its checks are as good as the state they read.
pub const REGISTRATION_LONGEVITY: u64 = 64;
/// The fewest officers of an institution.
pub const MIN_OFFICERS: usize = 2;
/// The most used vouchers that one call forgets.
pub const MAX_PRUNED: u32 = 64;

/// The most institutions that one question answers with.
pub const MAX_INSTITUTIONS_PAGE: u32 = 256;

/// A voucher's one-time ed25519 public key.
pub type OneTimeKey = [u8; 32];
/// The one-time keys of the vouchers to be forgotten.
pub type PrunedKeys = BoundedVec<OneTimeKey, ConstU32<MAX_PRUNED>>;
