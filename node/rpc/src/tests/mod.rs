#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::panic,
	clippy::indexing_slicing,
	clippy::cast_possible_truncation
)]

mod appointments;
mod availability;
mod consent;
mod diary;
mod did;
mod errors;
mod lists;
mod records;
mod roles;
mod vault;
mod world;
