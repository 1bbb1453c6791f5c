//! Nodes and the `salus` command as real processes, for the end-to-end tests.
//!
//! ```no_run
//! # async fn shows() {
//! let node = salus_tests::Node::start().await;
//! let head = node.rpc("chain_getFinalizedHead", serde_json::json!([])).await.unwrap();
//! assert!(head.as_str().unwrap().starts_with("0x"));
//! # }
//! ```
//!
//! Ports are free ones, waiting is on conditions, and what is started is ended by its handle.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod broker;
mod chain;
mod command;
pub mod consortium;
mod gateway;
mod hospitals;
mod inputs;
mod ipfs;
mod main_job;
mod messages;
mod node;
mod peer;
mod person;
mod proxy;
mod wires;
mod world;
mod worn;

pub use broker::Broker;
pub use chain::kinds;
pub use command::{Answer, Running, Salus, PASSPHRASE};
pub use gateway::Gateway;
pub use hospitals::{agree, hospitals, started, HOSPITALS};
pub use inputs::{ct_image, fhir_example, pulse_wave};
pub use ipfs::Ipfs;
pub use main_job::MainJob;
pub use messages::{Messages, Mode};
pub use node::{free_ports, printed, salus_node, until, Node, RpcError, Stopped};
pub use peer::{node_key, Answers, NoAnswer, Peer, Protocol, Slot};
pub use person::{account, text, Patient};
pub use proxy::{Fault, Proxy, Way};
pub use wires::{Host, Wires};
pub use world::{files, Files, World};
pub use worn::Worn;
