//! The codes that a device may report. The chain has a salted commitment to them, which the device signed; codes and salt
//! are in a file that the institution's gateway is given, and nowhere on chain.

use serde_json::{json, Value};

use crate::{
	code::{CodeError, Loinc},
	hash::blake2_256,
	signature::{DeviceKey, SignatureError},
};

/// The most codes of one device.
pub const MAX_CODES: usize = 256;
/// The beginning of whatever the chain has a salted commitment to, and what this one is to.
const TAG: &[u8] = b"salus/commitment/1";
const KIND: &[u8] = b"codes";

/// A device's codes, and the salt that opens the commitment to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCodes {
	device: DeviceKey,
	/// Sorted, each once.
	codes: Vec<Loinc>,
	salt: [u8; 32],
}

/// Why these are no device's codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceCodesError {
	/// The text does not have the form.
	#[error("this is no file of a device's codes ({0}); take the one that `salus device claim --salts` wrote, whole")]
	Malformed(String),
	/// The key is none that a device can have.
	#[error("the device's key: {0}")]
	BadDevice(SignatureError),
	/// One of the codes is none.
	#[error("code {place}: {error}")]
	BadCode {
		/// Which one, from 1.
		place: usize,
		/// What is wrong with it.
		error: CodeError,
	},
	/// The commitment is to sorted codes.
	#[error("code {0} does not come after the one before it; take the file as `salus device claim --salts` wrote it")]
	NotSorted(usize),
	/// There are none, or too many.
	#[error("a device reports 1 to {MAX_CODES} codes and not {0}; name those that it measures")]
	Count(usize),
}

impl DeviceCodes {
	/// Of these codes, in any order. The salt is 32 random bytes, used once.
	///
	/// # Errors
	/// `Count`
	pub fn new(
		device: DeviceKey,
		codes: impl IntoIterator<Item = Loinc>,
		salt: [u8; 32],
	) -> Result<Self, DeviceCodesError> {
		let mut codes: Vec<_> = codes.into_iter().collect();
		codes.sort_unstable();
		codes.dedup();
		if !(1..=MAX_CODES).contains(&codes.len()) {
			return Err(DeviceCodesError::Count(codes.len()));
		}
		Ok(Self { device, codes, salt })
	}

	/// Whose they are.
	pub fn device(&self) -> &DeviceKey {
		&self.device
	}

	/// The codes, sorted as text.
	pub fn codes(&self) -> &[Loinc] {
		&self.codes
	}

	/// Whether the device may report this.
	pub fn contains(&self, code: &Loinc) -> bool {
		self.codes.binary_search(code).is_ok()
	}

	/// What stands on chain: `blake2_256("salus/commitment/1" ++ "codes" ++ salt ++ value)`, the value being the codes,
	/// sorted as text, with commas between them.
	pub fn commitment(&self) -> [u8; 32] {
		let codes: Vec<_> = self.codes.iter().map(Loinc::as_str).collect();
		blake2_256([TAG, KIND, &self.salt, codes.join(",").as_bytes()])
	}

	/// Whether this is what the commitment was made to.
	pub fn opens(&self, commitment: &[u8; 32]) -> bool {
		self.commitment() == *commitment
	}

	/// The file's content: device and salt in hexadecimal, the codes sorted, each once.
	pub fn to_json(&self) -> Value {
		let codes: Vec<_> = self.codes.iter().map(Loinc::as_str).collect();
		let digits = |bytes: &[u8; 32]| format!("0x{}", hex::encode(bytes));
		json!({ "device": digits(self.device.as_bytes()), "codes": codes, "codesSalt": digits(&self.salt) })
	}

	/// Reads a file's text. Nothing but these fields may be in it.
	///
	/// # Errors
	/// All but that it is another commitment's, which [`DeviceCodes::opens`] says.
	pub fn read(text: &str) -> Result<Self, DeviceCodesError> {
		let malformed = |reason: &str| DeviceCodesError::Malformed(reason.into());
		let file: Value = serde_json::from_str(text).map_err(|error| DeviceCodesError::Malformed(error.to_string()))?;
		let fields = file.as_object().ok_or_else(|| malformed("it is no object"))?;
		if let Some(other) = fields
			.keys()
			.find(|name| !["device", "codes", "codesSalt"].contains(&name.as_str()))
		{
			return Err(DeviceCodesError::Malformed(format!("`{other}` is no field of it")));
		}
		let bytes = |name: &str| {
			let digits = fields.get(name).and_then(Value::as_str);
			let digits = digits.ok_or_else(|| malformed(&format!("it has no `{name}`")))?;
			let mut bytes = [0; 32];
			hex::decode_to_slice(digits.strip_prefix("0x").unwrap_or(digits), &mut bytes)
				.map_err(|_| malformed(&format!("`{name}` is not 64 hexadecimal digits")))?;
			Ok(bytes)
		};
		let device = DeviceKey::from_bytes(&bytes("device")?).map_err(DeviceCodesError::BadDevice)?;
		let salt = bytes("codesSalt")?;
		let listed = fields.get("codes").and_then(Value::as_array);
		let listed = listed.ok_or_else(|| malformed("it has no list `codes`"))?;
		if !(1..=MAX_CODES).contains(&listed.len()) {
			return Err(DeviceCodesError::Count(listed.len()));
		}
		let mut codes: Vec<Loinc> = Vec::with_capacity(listed.len());
		for (place, code) in (1..).zip(listed) {
			let code = code.as_str().ok_or_else(|| malformed("`codes` are not texts"))?;
			let code = code
				.parse()
				.map_err(|error| DeviceCodesError::BadCode { place, error })?;
			if codes.last().is_some_and(|before| *before >= code) {
				return Err(DeviceCodesError::NotSorted(place));
			}
			codes.push(code);
		}
		Ok(Self { device, codes, salt })
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
	use super::*;

	fn key(seed: u8) -> DeviceKey {
		let signer = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
		DeviceKey::from_bytes(&signer.verifying_key().to_bytes()).unwrap()
	}

	fn codes(listed: &[&str]) -> Vec<Loinc> {
		listed.iter().map(|code| code.parse().unwrap()).collect()
	}

	#[test]
	fn commitments_are_those_of_the_vectors() {
		let vectors: Value = serde_json::from_str(include_str!("../vectors/device_codes.json")).unwrap();
		let vectors = vectors.as_array().unwrap();
		for vector in vectors {
			let opened = DeviceCodes::read(&vector["file"].to_string()).unwrap();
			assert_eq!(opened.to_json(), vector["file"]);
			assert_eq!(hex::encode(opened.commitment()), vector["commitment"].as_str().unwrap());
			assert!(opened.opens(&opened.commitment()));
			assert!(!opened.opens(&[5; 32]));
		}
		assert_eq!(vectors.len(), 2);
	}

	#[test]
	fn codes_are_sorted_and_each_once_in_whatever_order_they_were_named() {
		let named = |listed: &[&str]| DeviceCodes::new(key(7), codes(listed), [1; 32]).unwrap();
		let opened = named(&["9279-1", "8867-4", "9279-1"]);
		assert_eq!(opened.codes(), codes(&["8867-4", "9279-1"]));
		assert_eq!(opened, named(&["8867-4", "9279-1"]));
		assert_eq!(DeviceCodes::read(&opened.to_json().to_string()), Ok(opened.clone()));
		assert!(opened.contains(&"9279-1".parse().unwrap()));
		assert!(!opened.contains(&"59408-5".parse().unwrap()));
	}

	#[test]
	fn another_salt_or_code_is_another_commitment() {
		let one = DeviceCodes::new(key(7), codes(&["8867-4"]), [1; 32]).unwrap();
		let salted = DeviceCodes::new(key(7), codes(&["8867-4"]), [2; 32]).unwrap();
		let more = DeviceCodes::new(key(7), codes(&["8867-4", "9279-1"]), [1; 32]).unwrap();
		assert!(!salted.opens(&one.commitment()) && !more.opens(&one.commitment()));
	}

	#[test]
	fn a_device_has_some_codes_and_not_too_many() {
		assert_eq!(DeviceCodes::new(key(7), [], [1; 32]), Err(DeviceCodesError::Count(0)));
		let all: Vec<Loinc> = (1..10_000)
			.flat_map(|number: u32| (0..10).filter_map(move |check| format!("{number}-{check}").parse().ok()))
			.collect();
		assert!(DeviceCodes::new(key(7), all[..MAX_CODES].to_vec(), [1; 32]).is_ok());
		let more = DeviceCodes::new(key(7), all[..=MAX_CODES].to_vec(), [1; 32]);
		assert_eq!(more, Err(DeviceCodesError::Count(MAX_CODES + 1)));
	}

	#[test]
	fn what_is_no_such_file_is_refused_by_its_name() {
		let sound = DeviceCodes::new(key(7), codes(&["8867-4", "9279-1"]), [1; 32]).unwrap();
		let refused = |change: &dyn Fn(&mut Value)| {
			let mut file = sound.to_json();
			change(&mut file);
			DeviceCodes::read(&file.to_string()).unwrap_err()
		};
		for text in ["", "[]", "{}", "null", "{\"codes\": ["] {
			assert!(
				matches!(DeviceCodes::read(text), Err(DeviceCodesError::Malformed(_))),
				"{text}"
			);
		}
		for change in [
			(|file: &mut Value| file["more"] = json!(1)) as fn(&mut Value),
			|file| file["codesSalt"] = json!("0x01"),
			|file| file["codesSalt"] = json!(7),
			|file| file["device"] = json!("monitor"),
			|file| file["codes"] = json!("8867-4"),
			|file| file["codes"] = json!([8867]),
		] {
			assert!(matches!(refused(&change), DeviceCodesError::Malformed(_)));
		}
		let weak = refused(&|file| file["device"] = json!("00".repeat(32)));
		assert_eq!(weak, DeviceCodesError::BadDevice(SignatureError::WeakKey));
		let error = CodeError::WrongCheckDigit;
		let unchecked = refused(&|file| file["codes"] = json!(["8867-4", "9279-2"]));
		assert_eq!(unchecked, DeviceCodesError::BadCode { place: 2, error });
		for unsorted in [json!(["9279-1", "8867-4"]), json!(["8867-4", "8867-4"])] {
			let found = refused(&|file| file["codes"] = unsorted.clone());
			assert_eq!(found, DeviceCodesError::NotSorted(2));
		}
		assert_eq!(refused(&|file| file["codes"] = json!([])), DeviceCodesError::Count(0));
	}
}
