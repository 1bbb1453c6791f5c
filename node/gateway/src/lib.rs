#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod alarms;
pub mod cli;
mod config;
mod contact;
mod delivery;
mod error;
mod keyed;
mod listener;
mod metrics;
mod notices;
mod register;
mod registrar;
mod run;
mod store;
mod submit;
mod telemetry;
#[cfg(test)]
mod tests;

pub use config::Config;
pub use contact::{BadContact, Contact, Kind};
pub use error::GatewayError;
