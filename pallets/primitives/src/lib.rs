#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod access;
mod appointments;
mod audit;
mod consent;
mod dry_run;
mod ed25519;
mod emergency;
mod explain;
mod ids;
mod listing;
mod matrix;
mod merkle;
mod payload;
mod records;
mod registry;
mod sets;
mod signing;
mod telemetry;
mod traits;
mod unmarked;

#[cfg(test)]
mod tests;

pub use access::*;
pub use appointments::*;
pub use audit::*;
pub use consent::*;
pub use dry_run::*;
pub use ed25519::*;
pub use emergency::*;
pub use explain::*;
pub use ids::*;
pub use listing::*;
pub use matrix::*;
pub use merkle::*;
pub use payload::*;
pub use records::*;
pub use registry::*;
pub use sets::*;
pub use signing::*;
pub use telemetry::*;
pub use traits::*;
pub use unmarked::*;
