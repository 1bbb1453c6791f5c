//! Readings of devices: taken over MQTT and HTTP through one door, checked, kept on the disk before anybody is answered,
//! closed into batches, stored in the vault and anchored on the chain, each once.

pub mod anchor;
mod arrivals;
mod batches;
pub mod broker;
pub mod chain;
mod codes;
mod database;
pub mod deposit;
pub mod devices;
mod early;
pub mod follow;
mod http;
mod intake;
pub mod ledger;
pub mod link;
pub mod log;
mod mqtt;
mod muted;
mod node;
mod refusal;
mod service;
mod token;
mod vault;

pub use arrivals::{Arrivals, Arrived};
pub use batches::{Closed, Closer, Rules};
pub use codes::Codes;
pub use devices::Devices;
pub use http::routes;
pub use intake::{Intake, Kept};
pub use ledger::{Held, Ledger, State};
#[cfg(test)]
pub(crate) use log::Checked;
pub use log::{Log, LogKey};
pub use mqtt::listen;
pub use muted::Mute;
#[cfg(test)]
pub(crate) use muted::{Made, REST};
pub use refusal::Refusal;
pub use service::{desk, start};
pub use token::Tokens;

/// A device's id: its ed25519 public key.
pub type DeviceId = [u8; 32];
