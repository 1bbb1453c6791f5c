//! A device that is offered on paper: what opens the commitment to the scan, for the second witness.

use salus_primitives::{DeviceKey, PatientId};
use serde::{Deserialize, Serialize};

use super::{
	paper::SCAN,
	salt::{fresh_salt, salted},
	words, DocumentError, Error, Hash,
};

/// The file that the first witness gives to the second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OfferedOnPaper {
	/// The device.
	pub device: String,
	/// To whom it is offered.
	pub patient: PatientId,
	/// 32 random bytes, hex.
	pub scan_salt: String,
}

impl OfferedOnPaper {
	/// An offer with a fresh salt for its scan, and the commitment to it.
	///
	/// # Errors
	/// `NoRandomness`
	pub fn new(device: DeviceKey, patient: PatientId, scan: &[u8]) -> Result<(Self, Hash), Error> {
		let scan_salt = fresh_salt()?;
		let commitment = salted(SCAN, &scan_salt, scan)?;
		let file = Self {
			device: words::hex(device),
			patient,
			scan_salt,
		};
		Ok((file, commitment))
	}

	/// Checks that a file is of this offer and opens its commitment to this scan.
	///
	/// # Errors
	/// `Malformed` for a file of another offer, `OtherScan`
	pub fn open(
		text: &str,
		device: DeviceKey,
		patient: PatientId,
		commitment: Hash,
		scan: &[u8],
	) -> Result<(), DocumentError> {
		let malformed = |reason: String| DocumentError::Malformed {
			what: "salt file of this offer",
			reason,
		};
		let file: Self = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
		if (file.device, file.patient) != (words::hex(device), patient) {
			return Err(malformed("it is of another device or patient".into()));
		}
		if salted(SCAN, &file.scan_salt, scan)? == commitment {
			Ok(())
		} else {
			Err(DocumentError::OtherScan)
		}
	}
}
