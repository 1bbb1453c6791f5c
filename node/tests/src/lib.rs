//! A development node and the `salus` command as real processes, for the end-to-end tests.
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

mod command;
mod inputs;
mod node;
mod person;

pub use command::{Answer, Salus};
pub use inputs::{ct_image, fhir_example};
pub use node::{until, Node, RpcError};
pub use person::{account, Patient};
