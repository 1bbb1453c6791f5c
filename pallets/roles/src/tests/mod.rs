//! Stories, by call.

#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::cast_possible_truncation
)]

mod acts;
mod applications;
mod approve_attested_application;
mod assignments;
mod audit;
mod caregivers;
mod credentials;
mod deaths;
mod decline_application;
mod did;
mod genesis;
mod guardians;
mod institution_acts;
mod institutions;
mod leave;
mod merges;
mod migrations;
mod paper;
mod pool;
mod prune_application;
mod recovery;
mod recovery_contacts;
mod registration;
mod registry;
mod rotate_keys;
mod state_machine;
mod submit_application;
mod transfer;
mod try_state;
mod vouchers;
mod weak_keys;
