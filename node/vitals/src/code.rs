//! What was measured (LOINC) and in which unit (UCUM): checked for form, not for being known.

use std::{fmt, str::FromStr};

/// The most characters of a LOINC code.
pub const MAX_CODE: usize = 10;
/// The most characters of a unit.
pub const MAX_UNIT: usize = 32;

/// Why a text is no code or no unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
	/// It is longer than any.
	#[error("a LOINC code has at most {MAX_CODE} characters, a unit {MAX_UNIT}; check that it is one")]
	TooLong,
	/// It does not have the form.
	#[error("a LOINC code is digits, a hyphen and a check digit, as 8867-4; a unit is UCUM, as mm[Hg]; correct it")]
	Malformed,
	/// Its check digit is another's.
	#[error("the last digit of a LOINC code checks those before it, and here it does not; correct the code")]
	WrongCheckDigit,
}

/// A LOINC code, with the right check digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Loinc(Box<str>);

impl Loinc {
	/// The code.
	pub fn as_str(&self) -> &str {
		&self.0
	}
}

impl FromStr for Loinc {
	type Err = CodeError;

	fn from_str(text: &str) -> Result<Self, CodeError> {
		if text.len() > MAX_CODE {
			return Err(CodeError::TooLong);
		}
		let (number, check) = text.split_once('-').ok_or(CodeError::Malformed)?;
		let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
		if number.is_empty() || check.len() != 1 || !are_digits(number) || !are_digits(check) {
			return Err(CodeError::Malformed);
		}
		if mod10(number) != check.bytes().next().map(|digit| u32::from(digit.wrapping_sub(b'0'))) {
			return Err(CodeError::WrongCheckDigit);
		}
		Ok(Self(text.into()))
	}
}

/// Mod 10 of the LOINC Users' Guide (Luhn): every other digit from the right is doubled.
fn mod10(number: &str) -> Option<u32> {
	let sum = number
		.chars()
		.rev()
		.enumerate()
		.map(|(place, digit)| {
			let digit = digit.to_digit(10)?;
			Some(match (place % 2, digit) {
				(0, 5..) => digit * 2 - 9,
				(0, _) => digit * 2,
				_ => digit,
			})
		})
		.sum::<Option<u32>>()?;
	Some((10 - sum % 10) % 10)
}

impl fmt::Display for Loinc {
	fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
		formatter.write_str(&self.0)
	}
}

/// A unit in UCUM's case sensitive form: printable ASCII without blanks (UCUM, section 2.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(Box<str>);

impl Unit {
	/// The unit.
	pub fn as_str(&self) -> &str {
		&self.0
	}
}

impl FromStr for Unit {
	type Err = CodeError;

	fn from_str(text: &str) -> Result<Self, CodeError> {
		if text.len() > MAX_UNIT {
			return Err(CodeError::TooLong);
		}
		if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
			return Err(CodeError::Malformed);
		}
		Ok(Self(text.into()))
	}
}

impl fmt::Display for Unit {
	fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
		formatter.write_str(&self.0)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn codes_carry_their_check_digit() {
		for code in [
			"8867-4", "2708-6", "59408-5", "9279-1", "8310-5", "8480-6", "8462-4", "2339-0", "15074-8", "85354-9",
		] {
			assert!(code.parse::<Loinc>().is_ok(), "{code}");
		}
		assert_eq!("8867-5".parse::<Loinc>(), Err(CodeError::WrongCheckDigit));
		assert_eq!("8876-4".parse::<Loinc>(), Err(CodeError::WrongCheckDigit));
		assert_eq!("123456789-0".parse::<Loinc>(), Err(CodeError::TooLong));
		for code in [
			"", "-", "8867", "8867-", "-4", "8867-44", "88a7-4", "8867-4-", "８867-4",
		] {
			let error = code.parse::<Loinc>().err();
			assert_eq!(error, Some(CodeError::Malformed), "{code}");
		}
	}

	#[test]
	fn units_are_ascii_without_blanks() {
		for unit in ["mm[Hg]", "%", "/min", "{beats}/min", "Cel", "10*3/uL"] {
			assert!(unit.parse::<Unit>().is_ok(), "{unit}");
		}
		for unit in ["", "mm Hg", "µg", "a\n", "\u{7f}"] {
			assert_eq!(unit.parse::<Unit>(), Err(CodeError::Malformed), "{unit}");
		}
		assert_eq!("m".repeat(33).parse::<Unit>(), Err(CodeError::TooLong));
	}
}
