#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod authorise_upgrade;
mod genesis;
mod offences;
mod quota;
mod seats;
mod sessions;
mod try_state;
mod validators;
