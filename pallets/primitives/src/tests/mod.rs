#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod audit;
mod ids;
mod indices;
mod keys;
mod matrix;
mod merges;
mod merkle;
mod sets;
mod signing;
mod telemetry;
mod terms;
