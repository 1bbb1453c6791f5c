#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod batch;
pub mod batch_file;
pub mod catalogue;
pub mod code;
pub mod decimal;
pub mod device_codes;
pub mod escalation;
pub mod fhir;
mod hash;
pub mod news2;
pub mod pulse;
pub mod reading;
pub mod signature;
pub mod silence;
pub mod thresholds;
pub mod trends;

pub use batch_file::{BatchFile, BatchFileError};
pub use code::{Loinc, Unit};
pub use decimal::Decimal;
pub use device_codes::{DeviceCodes, DeviceCodesError};
pub use reading::Reading;
pub use signature::{DeviceKey, SignedReading};
