#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod alarms;
mod config;
mod contact;
mod notices;
mod register;
mod registrar;
mod store;
mod submit;
mod telemetry;
mod world;
