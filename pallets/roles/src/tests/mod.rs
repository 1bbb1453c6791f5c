//! Stories, by call.

#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::cast_possible_truncation
)]

mod applications;
mod assignments;
mod audit;
mod credentials;
mod genesis;
mod institutions;
mod pool;
mod registration;
mod registry;
mod state_machine;
mod try_state;
mod vouchers;
mod weak_keys;
