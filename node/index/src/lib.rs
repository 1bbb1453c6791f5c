#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod error;
mod follow;
mod listings;
mod pruning;
mod schema;
mod source;
mod store;
#[cfg(test)]
mod tests;

pub use error::{IndexError, SourceError};
pub use follow::{Follower, Progress, Signal};
pub use pruning::HeldPruning;
pub use source::{ClientBlocks, FinalisedBlocks};
pub use store::{AuditIndex, BlockEntries, Cursor, IndexedEntry};

/// Accounts as the chain has them.
pub type AccountId = sp_runtime::AccountId32;
