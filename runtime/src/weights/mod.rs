//! Weights, measured on this runtime by `scripts/weights`.

pub mod database;
pub mod extensions;
pub mod frame_system;
pub mod frame_system_extensions;
pub mod overhead;
pub mod pallet_appointments;
pub mod pallet_collective;
pub mod pallet_consent;
pub mod pallet_consortium;
pub mod pallet_records;
pub mod pallet_roles;
pub mod pallet_session;
pub mod pallet_telemetry;
pub mod pallet_timestamp;
// The template imports what it needs for database weights; this pallet has none.
#[allow(unused_imports)]
pub mod pallet_utility;
