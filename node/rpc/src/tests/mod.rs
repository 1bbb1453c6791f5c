#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::panic,
	clippy::indexing_slicing,
	clippy::cast_possible_truncation
)]

mod appointments;
mod availability;
mod bedside;
mod consent;
mod diary;
mod did;
mod errors;
mod lists;
mod records;
mod roles;
mod telemetry;
mod telemetry_events;
mod vault;
mod world;
