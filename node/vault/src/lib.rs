#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod alert;
pub mod between;
pub mod chain;
mod checked_body;
mod clock;
pub mod desk;
pub mod envelope;
mod file;
pub mod fingerprint;
pub mod hash;
pub mod holdings;
pub mod intake;
pub mod key_table;
pub mod keystore;
mod refusals;
pub mod request;
mod sealing;
pub mod signing;
pub mod store;
pub mod ticket;
pub mod tree;
pub mod unixfs;
pub mod wrap;

pub use clock::{Clock, SystemClock};
pub use refusals::Outcomes;

#[cfg(test)]
mod tests;
