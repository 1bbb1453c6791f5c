//! What a device signs before it is provisioned.

use codec::{Decode, Encode};
use ed25519_dalek::{Signer, SigningKey};
use salus_primitives::{tagged, DeviceKey, InstitutionId, DEVICE_TAG};
use salus_vitals::DeviceKey as Verifier;
use serde::{Deserialize, Serialize};

use super::{application::decode, words, DocumentError, Hash};

const WHAT: &str = "claim of a device";

/// What is signed: the SCALE of [`salus_primitives::DeviceClaim`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DeviceClaim {
	/// The genesis hash of the chain it is for.
	pub genesis: Hash,
	/// The institution whose gateway it reports to.
	pub institution: InstitutionId,
	/// Its key.
	pub device: DeviceKey,
	/// Salted commitment to the codes it may report: [`salus_vitals::DeviceCodes::commitment`].
	pub codes: Hash,
}

impl DeviceClaim {
	/// The bytes the device signs.
	pub fn message(&self) -> Vec<u8> {
		let signed = salus_primitives::DeviceClaim {
			genesis: self.genesis,
			institution: self.institution,
			device: self.device,
			codes: self.codes,
		};
		tagged(DEVICE_TAG, &signed)
	}
}

/// The file that goes to the institution's desk. The fields beside the signed ones are for people to read and are checked
/// against them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviceClaimFile {
	/// SCALE of the claim, hex.
	pub claim: String,
	/// The device's ed25519 signature, hex.
	pub signature: String,
	/// The device.
	pub device: String,
	/// To which institution it is to report.
	pub institution: InstitutionId,
}

impl DeviceClaimFile {
	/// Signs a claim, by the device that is named in it.
	pub fn sign(claim: &DeviceClaim, key: &SigningKey) -> Self {
		Self {
			claim: words::hex(claim.encode()),
			signature: words::hex(key.sign(&claim.message()).to_bytes()),
			device: words::hex(claim.device),
			institution: claim.institution,
		}
	}

	/// Reads a file's text and checks all of it: shape, key, signature and chain.
	///
	/// # Errors
	/// `Malformed`, `BadDevice`, `BadDeviceSignature`, `OtherChain`
	pub fn read(text: &str, genesis: &Hash) -> Result<(DeviceClaim, [u8; 64]), DocumentError> {
		let malformed = |reason: String| DocumentError::Malformed { what: WHAT, reason };
		let file: Self = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
		let claim: DeviceClaim = decode(&file.claim).map_err(malformed)?;
		let bytes = words::hex_bytes(&file.signature).map_err(malformed)?;
		let signature: [u8; 64] = bytes
			.try_into()
			.map_err(|_| malformed("its signature has not 64 bytes".into()))?;
		if (file.device, file.institution) != (words::hex(claim.device), claim.institution) {
			return Err(malformed("its readable part is not what was signed".into()));
		}
		Verifier::from_bytes(&claim.device).map_err(DocumentError::BadDevice)?;
		if !is_signed(&claim, &signature) {
			return Err(DocumentError::BadDeviceSignature(Hash::from(claim.device)));
		}
		if claim.genesis != *genesis {
			return Err(DocumentError::OtherChain {
				what: WHAT,
				found: claim.genesis,
			});
		}
		Ok((claim, signature))
	}
}

fn is_signed(claim: &DeviceClaim, signature: &[u8; 64]) -> bool {
	let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(&claim.device) else {
		return false;
	};
	let signature = ed25519_dalek::Signature::from_bytes(signature);
	key.verify_strict(&claim.message(), &signature).is_ok()
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use salus_vitals::DeviceCodes;

	const GENESIS: Hash = Hash::repeat_byte(1);

	fn key() -> SigningKey {
		SigningKey::from_bytes(&[7; 32])
	}

	fn claim() -> DeviceClaim {
		DeviceClaim {
			genesis: GENESIS,
			institution: 3,
			device: key().verifying_key().to_bytes(),
			codes: Hash::repeat_byte(2),
		}
	}

	fn text(file: &DeviceClaimFile) -> String {
		serde_json::to_string(file).unwrap()
	}

	#[test]
	fn a_claim_is_read_as_signed() {
		let file = DeviceClaimFile::sign(&claim(), &key());
		let (read, signature) = DeviceClaimFile::read(&text(&file), &GENESIS).unwrap();
		assert_eq!(read, claim());
		assert_eq!(words::hex(signature), file.signature);
	}

	#[test]
	fn what_is_signed_is_what_the_chain_verifies() {
		let vectors: serde_json::Value =
			serde_json::from_str(include_str!("../../../../pallets/primitives/vectors/telemetry.json")).unwrap();
		let hash = |value: &serde_json::Value| words::hash(value.as_str().unwrap()).unwrap();
		let vector = vectors.get("claim").unwrap();
		let claim = DeviceClaim {
			genesis: hash(vectors.get("genesis").unwrap()),
			institution: u32::try_from(vector.get("institution").unwrap().as_u64().unwrap()).unwrap(),
			device: hash(vectors.get("device").unwrap()).0,
			codes: hash(vector.get("codes").unwrap()),
		};
		assert_eq!(vector.get("bytes").unwrap(), &hex::encode(claim.encode()));
		assert_eq!(vector.get("signed").unwrap(), &hex::encode(claim.message()));
	}

	#[test]
	fn a_claim_of_somebody_or_something_else_has_its_own_error() {
		let read = |text: &str| DeviceClaimFile::read(text, &GENESIS).unwrap_err();
		let file = DeviceClaimFile::sign(&claim(), &key());
		let forged = DeviceClaimFile::sign(&claim(), &SigningKey::from_bytes(&[8; 32]));
		assert!(matches!(read(&text(&forged)), DocumentError::BadDeviceSignature(_)));
		let elsewhere = DeviceClaim {
			genesis: Hash::zero(),
			..claim()
		};
		let elsewhere = DeviceClaimFile::sign(&elsewhere, &key());
		assert!(matches!(read(&text(&elsewhere)), DocumentError::OtherChain { .. }));
		let mut weak = claim();
		weak.device = [0; 32];
		assert!(matches!(
			read(&text(&DeviceClaimFile::sign(&weak, &key()))),
			DocumentError::BadDevice(_)
		));
		for broken in [
			DeviceClaimFile {
				institution: 4,
				..file.clone()
			},
			DeviceClaimFile {
				signature: "0x00".into(),
				..file.clone()
			},
			DeviceClaimFile {
				claim: format!("{}00", file.claim),
				..file
			},
		] {
			assert!(matches!(read(&text(&broken)), DocumentError::Malformed { .. }));
		}
		assert!(matches!(read("{}"), DocumentError::Malformed { .. }));
	}

	#[test]
	fn codes_are_committed_to_as_everything_is() {
		let device = Verifier::from_bytes(&key().verifying_key().to_bytes()).unwrap();
		let codes = ["9279-1", "8867-4"].map(|code| code.parse().unwrap());
		let opening = DeviceCodes::new(device, codes, [9; 32]).unwrap();
		let expected = salus_primitives::commitment(b"codes", &[9; 32], b"8867-4,9279-1");
		assert_eq!(opening.commitment(), expected.0);
	}
}
