//! One measured value as its device signs it: canonical bytes, read strictly.

use crate::{
	code::{CodeError, Loinc, Unit, MAX_CODE, MAX_UNIT},
	decimal::Decimal,
};

/// The version of readings written here.
pub const VERSION: u8 = 1;
/// The longest reading, in bytes.
pub const MAX_LEN: usize = 89 + 1 + MAX_CODE + 33 + 1 + MAX_UNIT + 8;

/// One value that a device measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
	/// The genesis hash of the chain it is for.
	pub genesis: [u8; 32],
	/// The device: its ed25519 public key.
	pub device: [u8; 32],
	/// The binding of the device to a patient under which it was measured.
	pub binding: u64,
	/// Its place among the device's readings.
	pub seq: u64,
	/// When it was measured, in milliseconds since the Unix epoch.
	pub at: u64,
	/// What was measured.
	pub code: Loinc,
	/// The value.
	pub value: Value,
	/// The unit.
	pub unit: Unit,
	/// Equal for all readings of one measurement, such as the two of a blood pressure: the first one's `seq`.
	pub group: u64,
}

/// What was measured: a number, or a curve whose samples are kept elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
	/// A number with its precision.
	Decimal(Decimal),
	/// SHA-256 of the samples of a waveform.
	Waveform([u8; 32]),
}

impl From<Decimal> for Value {
	fn from(value: Decimal) -> Self {
		Self::Decimal(value)
	}
}

/// Why bytes are no reading. Nothing of them was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadingError {
	/// They end in the middle.
	#[error("the reading ends before its {0}; send it whole")]
	Truncated(&'static str),
	/// Something follows.
	#[error("{0} bytes follow the reading; send each reading by itself")]
	Trailing(usize),
	/// Another version.
	#[error("this is a reading of version {0}, and {VERSION} is known; update the gateway or the device")]
	UnknownVersion(u8),
	/// The code is none.
	#[error("the reading's code: {0}")]
	Code(CodeError),
	/// The unit is none.
	#[error("the reading's unit: {0}")]
	Unit(CodeError),
	/// A length or a choice is not written in a form that there is.
	#[error("the reading's {0} is not written in its canonical form; correct the device's encoder")]
	NotCanonical(&'static str),
	/// The first reading of its measurement would come after it.
	#[error("the reading's group is after its own number; name the first reading of the measurement")]
	GroupAhead,
}

impl Reading {
	/// The canonical bytes.
	pub fn encode(&self) -> Vec<u8> {
		let mut bytes = Vec::with_capacity(MAX_LEN);
		bytes.push(VERSION);
		bytes.extend_from_slice(&self.genesis);
		bytes.extend_from_slice(&self.device);
		for number in [self.binding, self.seq, self.at] {
			bytes.extend_from_slice(&number.to_le_bytes());
		}
		text(&mut bytes, self.code.as_str());
		match &self.value {
			Value::Decimal(Decimal { mantissa, exponent }) => {
				bytes.push(0);
				bytes.extend_from_slice(&mantissa.to_le_bytes());
				bytes.extend_from_slice(&exponent.to_le_bytes());
			}
			Value::Waveform(samples) => {
				bytes.push(1);
				bytes.extend_from_slice(samples);
			}
		}
		text(&mut bytes, self.unit.as_str());
		bytes.extend_from_slice(&self.group.to_le_bytes());
		bytes
	}

	/// The number, where it is one.
	pub fn number(&self) -> Option<&Decimal> {
		match &self.value {
			Value::Decimal(number) => Some(number),
			Value::Waveform(_) => None,
		}
	}

	/// The reading that these bytes are, all of them.
	///
	/// # Errors
	/// Each says what is wrong; whatever decodes encodes to the same bytes.
	pub fn decode(bytes: &[u8]) -> Result<Self, ReadingError> {
		let mut cursor = Cursor(bytes);
		let reading = cursor.reading()?;
		match cursor.0.len() {
			0 => Ok(reading),
			more => Err(ReadingError::Trailing(more)),
		}
	}
}

/// SCALE of a short text: below 64 bytes its compact length is one byte.
fn text(bytes: &mut Vec<u8>, text: &str) {
	bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX) << 2);
	bytes.extend_from_slice(text.as_bytes());
}

/// What is left to read.
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

impl<'a> Cursor<'a> {
	pub(crate) fn reading(&mut self) -> Result<Reading, ReadingError> {
		match self.array("version")? {
			[VERSION] => {}
			[other] => return Err(ReadingError::UnknownVersion(other)),
		}
		let reading = Reading {
			genesis: self.array("genesis hash")?,
			device: self.array("device")?,
			binding: u64::from_le_bytes(self.array("binding")?),
			seq: u64::from_le_bytes(self.array("sequence number")?),
			at: u64::from_le_bytes(self.array("time")?),
			code: self
				.text("code", MAX_CODE, ReadingError::Code)?
				.parse()
				.map_err(ReadingError::Code)?,
			value: match self.array("value")? {
				[0] => Value::Decimal(Decimal {
					mantissa: i64::from_le_bytes(self.array("value")?),
					exponent: i8::from_le_bytes(self.array("value")?),
				}),
				[1] => Value::Waveform(self.array("value")?),
				_ => return Err(ReadingError::NotCanonical("value")),
			},
			unit: self
				.text("unit", MAX_UNIT, ReadingError::Unit)?
				.parse()
				.map_err(ReadingError::Unit)?,
			group: u64::from_le_bytes(self.array("group")?),
		};
		match reading.group <= reading.seq {
			true => Ok(reading),
			false => Err(ReadingError::GroupAhead),
		}
	}

	pub(crate) fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], ReadingError> {
		let (array, rest) = self.0.split_first_chunk().ok_or(ReadingError::Truncated(field))?;
		self.0 = rest;
		Ok(*array)
	}

	fn text(
		&mut self,
		field: &'static str,
		most: usize,
		error: impl Fn(CodeError) -> ReadingError,
	) -> Result<&'a str, ReadingError> {
		let [prefix] = self.array(field)?;
		let len = usize::from(prefix >> 2);
		match prefix & 3 {
			0 if len <= most => {}
			// Its compact length takes two bytes or more: too long, or a short one in a long form.
			0..=2 => return Err(error(CodeError::TooLong)),
			_ => return Err(ReadingError::NotCanonical(field)),
		}
		let (text, rest) = self.0.split_at_checked(len).ok_or(ReadingError::Truncated(field))?;
		self.0 = rest;
		std::str::from_utf8(text).map_err(|_| error(CodeError::Malformed))
	}
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests {
	use codec::Encode;
	use proptest::prelude::*;

	use super::*;

	/// A systolic blood pressure, the second reading of its device.
	pub(crate) fn systolic() -> Reading {
		Reading {
			genesis: [1; 32],
			device: [2; 32],
			binding: 7,
			seq: 1,
			at: 1_795_000_000_000,
			code: "8480-6".parse().unwrap(),
			value: Decimal::new(120, 0).into(),
			unit: "mm[Hg]".parse().unwrap(),
			group: 1,
		}
	}

	/// The same by the chain's own codec.
	fn scale(reading: &Reading) -> Vec<u8> {
		let head = (
			VERSION,
			reading.genesis,
			reading.device,
			reading.binding,
			reading.seq,
			reading.at,
		);
		let value = match reading.value {
			Value::Decimal(Decimal { mantissa, exponent }) => (0u8, mantissa, exponent).encode(),
			Value::Waveform(samples) => (1u8, samples).encode(),
		};
		let tail = (reading.unit.as_str(), reading.group).encode();
		[head.encode(), reading.code.as_str().encode(), value, tail].concat()
	}

	fn any_value() -> impl Strategy<Value = Value> {
		let number = (any::<i64>(), any::<i8>()).prop_map(|(mantissa, exponent)| Decimal { mantissa, exponent });
		prop_oneof![
			number.prop_map(Value::Decimal),
			any::<[u8; 32]>().prop_map(Value::Waveform)
		]
	}

	pub(crate) fn any_reading() -> impl Strategy<Value = Reading> {
		let ids = (
			any::<[u8; 32]>(),
			any::<[u8; 32]>(),
			any::<u64>(),
			any::<u64>(),
			any::<u64>(),
		);
		let code = prop::sample::select(vec!["8480-6", "8867-4", "59408-5", "15074-8", "2339-0"]);
		(ids, code, any_value(), "[!-~]{1,32}", any::<u64>()).prop_map(
			|((genesis, device, binding, seq, at), code, value, unit, group)| Reading {
				genesis,
				device,
				binding,
				seq,
				at,
				code: code.parse().unwrap(),
				value,
				unit: unit.parse().unwrap(),
				group: group.min(seq),
			},
		)
	}

	#[test]
	fn the_bytes_are_those_of_the_vectors() {
		let vectors: serde_json::Value = serde_json::from_str(include_str!("../vectors/reading.json")).unwrap();
		let plain = vectors["readings"][0]["bytes"].as_str().unwrap();
		assert_eq!(hex::encode(systolic().encode()), plain);
		let (_, readme) = include_str!("../README.md").split_once("120 mm[Hg], systolic").unwrap();
		let block = readme.split("```").nth(1).unwrap().trim_start_matches("text");
		assert_eq!(block.split_whitespace().collect::<String>(), plain);
		let glucose = Reading {
			seq: u64::MAX,
			code: "15074-8".parse().unwrap(),
			value: Decimal::new(540, -2).into(),
			unit: "mmol/L".parse().unwrap(),
			..systolic()
		};
		let waveform = Reading {
			value: Value::Waveform([3; 32]),
			..systolic()
		};
		for (place, reading) in [(1, glucose), (2, waveform)] {
			let bytes = vectors["readings"][place]["bytes"].as_str().unwrap();
			assert_eq!(hex::encode(reading.encode()), bytes);
			assert_eq!(Reading::decode(&hex::decode(bytes).unwrap()), Ok(reading));
		}
	}

	#[test]
	fn other_versions_codes_values_units_and_groups_are_refused() {
		let bytes = systolic().encode();
		let with = |at: usize, byte: u8| {
			let mut bytes = bytes.clone();
			*bytes.get_mut(at).unwrap() = byte;
			Reading::decode(&bytes)
		};
		assert_eq!(with(0, 2), Err(ReadingError::UnknownVersion(2)));
		assert_eq!(with(89, 11 << 2), Err(ReadingError::Code(CodeError::TooLong)));
		assert_eq!(with(89, (6 << 2) | 1), Err(ReadingError::Code(CodeError::TooLong)));
		assert_eq!(with(89, 3), Err(ReadingError::NotCanonical("code")));
		assert_eq!(with(90, b'9'), Err(ReadingError::Code(CodeError::WrongCheckDigit)));
		assert_eq!(with(90, 0xff), Err(ReadingError::Code(CodeError::Malformed)));
		assert_eq!(with(96, 2), Err(ReadingError::NotCanonical("value")));
		let unit = 89 + 1 + 6 + 10;
		assert_eq!(with(unit, 33 << 2), Err(ReadingError::Unit(CodeError::TooLong)));
		assert_eq!(with(unit + 1, b' '), Err(ReadingError::Unit(CodeError::Malformed)));
		assert_eq!(with(bytes.len() - 1, 1), Err(ReadingError::GroupAhead));
		assert_eq!(with(bytes.len() - 8, 2), Err(ReadingError::GroupAhead));
		assert_eq!(with(bytes.len() - 8, 0).unwrap().group, 0);
	}

	#[test]
	fn the_longest_reading_is_no_longer_than_said() {
		let longest = Reading {
			code: "12345678-2".parse().unwrap(),
			unit: "m".repeat(MAX_UNIT).parse().unwrap(),
			value: Value::Waveform([0; 32]),
			..systolic()
		};
		assert_eq!(longest.encode().len(), MAX_LEN);
	}

	proptest! {
		#[test]
		fn bytes_are_scale_and_read_back(reading in any_reading()) {
			let bytes = reading.encode();
			prop_assert_eq!(&bytes, &scale(&reading));
			prop_assert_eq!(Reading::decode(&bytes), Ok(reading));
		}

		#[test]
		fn no_bytes_panic_and_what_decodes_is_canonical(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
			if let Ok(reading) = Reading::decode(&bytes) {
				prop_assert_eq!(reading.encode(), bytes);
			}
		}

		#[test]
		fn a_damaged_reading_is_refused_or_another(reading in any_reading(), place: prop::sample::Index, flip in 1u8..) {
			let mut bytes = reading.encode();
			let place = place.index(bytes.len());
			bytes[place] ^= flip;
			if let Ok(other) = Reading::decode(&bytes) {
				prop_assert_eq!(other.encode(), bytes);
			}
		}

		#[test]
		fn no_part_of_it_and_nothing_more_is_a_reading(reading in any_reading(), cut: prop::sample::Index, more in prop::collection::vec(any::<u8>(), 1..40)) {
			let bytes = reading.encode();
			let short = Reading::decode(&bytes[..cut.index(bytes.len())]);
			prop_assert!(matches!(short, Err(ReadingError::Truncated(_))), "{:?}", short);
			let long = [bytes, more.clone()].concat();
			prop_assert_eq!(Reading::decode(&long), Err(ReadingError::Trailing(more.len())));
		}
	}
}
