#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod api;
pub mod cli;
pub mod sdk;

pub use sdk::*;
