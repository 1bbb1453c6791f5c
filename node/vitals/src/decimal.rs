//! Decimals as devices write them: 5.40 is not 5.4. Nothing here goes through a float.

use std::{cmp::Ordering, fmt, str::FromStr};

/// `mantissa * 10^exponent`. Equality is of value and precision; [`Decimal::compare`] compares values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
	/// The digits.
	pub mantissa: i64,
	/// Where the point stands.
	pub exponent: i8,
}

/// Why a text is no decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
	/// It is not what JSON and FHIR write as a number.
	#[error("this is no decimal; write it as 36.6 or -4 or 1.5e3")]
	Malformed,
	/// It has more digits than a reading can hold.
	#[error("a decimal holds the digits up to 9223372036854775807; write it with fewer digits")]
	TooManyDigits,
	/// Its exponent is beyond -128 or 127.
	#[error("a decimal's exponent is from -128 to 127; use another unit")]
	ExponentOutOfRange,
	/// A zero has no sign here.
	#[error("zero has no sign here; write 0")]
	NegativeZero,
}

/// A value between the steps of a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nearest {
	/// One step is the nearest.
	Step(i64),
	/// It lies exactly between two.
	Between(i64, i64),
}

impl Decimal {
	/// `mantissa * 10^exponent`.
	pub const fn new(mantissa: i64, exponent: i8) -> Self {
		Self { mantissa, exponent }
	}

	/// How the values compare, whatever their precision.
	pub fn compare(&self, other: &Self) -> Ordering {
		compare(
			i128::from(self.mantissa),
			self.exponent,
			i128::from(other.mantissa),
			other.exponent,
		)
	}

	/// How `self * left` compares with `other * right`. Exact; the factors are below 2^31.
	pub fn compare_scaled(&self, left: u32, other: &Self, right: u32) -> Ordering {
		let scaled = |value: &Self, factor| i128::from(value.mantissa).saturating_mul(i128::from(factor));
		compare(scaled(self, left), self.exponent, scaled(other, right), other.exponent)
	}

	/// The nearest multiple of `10^-places`, counted in those. None where it does not fit.
	pub fn nearest(&self, places: i8) -> Option<Nearest> {
		let shift = i32::from(self.exponent).checked_add(i32::from(places))?;
		let mantissa = i128::from(self.mantissa);
		let power = 10i128.checked_pow(shift.unsigned_abs());
		if shift >= 0 {
			let steps = match (mantissa, power) {
				(0, _) => 0,
				(_, Some(power)) => mantissa.checked_mul(power)?,
				(_, None) => return None,
			};
			return i64::try_from(steps).ok().map(Nearest::Step);
		}
		// A divisor beyond i128 is more than twice any mantissa.
		let Some(power) = power else {
			return Some(Nearest::Step(0));
		};
		let below = mantissa.div_euclid(power);
		let rest = mantissa.rem_euclid(power);
		let above = below.checked_add(1)?;
		let (below, above) = (i64::try_from(below).ok()?, i64::try_from(above).ok()?);
		Some(match rest.checked_mul(2)?.cmp(&power) {
			Ordering::Less => Nearest::Step(below),
			Ordering::Equal => Nearest::Between(below, above),
			Ordering::Greater => Nearest::Step(above),
		})
	}

	/// As a float, for statistics alone.
	pub fn approximate(&self) -> f32 {
		self.to_string().parse().unwrap_or(f32::NAN)
	}
}

fn compare(left: i128, left_exponent: i8, right: i128, right_exponent: i8) -> Ordering {
	let signs = left.signum().cmp(&right.signum());
	if signs != Ordering::Equal || left == 0 {
		return signs;
	}
	// Same sign: the one that reaches further left is the greater in size.
	let reach = |value: i128, exponent: i8| i64::from(value.unsigned_abs().ilog10()) + i64::from(exponent);
	let by_size = reach(left, left_exponent)
		.cmp(&reach(right, right_exponent))
		.then_with(|| aligned(left).cmp(&aligned(right)));
	if left > 0 {
		by_size
	} else {
		by_size.reverse()
	}
}

/// The digits with zeros behind them up to 38, which is what i128 holds: those of at most 29 digits come here.
fn aligned(value: i128) -> u128 {
	let size = value.unsigned_abs();
	let missing = 37u32.saturating_sub(size.checked_ilog10().unwrap_or(0));
	size.saturating_mul(10u128.saturating_pow(missing))
}

impl fmt::Display for Decimal {
	/// As JSON and FHIR write it, in full up to 18 places.
	fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
		let places = match self.exponent {
			0 => return write!(formatter, "{}", self.mantissa),
			-18..=-1 => usize::from(self.exponent.unsigned_abs()),
			_ => return write!(formatter, "{}e{}", self.mantissa, self.exponent),
		};
		let sign = if self.mantissa < 0 { "-" } else { "" };
		let digits = format!("{:0>1$}", self.mantissa.unsigned_abs(), places.saturating_add(1));
		let (whole, part) = digits
			.split_at_checked(digits.len().saturating_sub(places))
			.ok_or(fmt::Error)?;
		write!(formatter, "{sign}{whole}.{part}")
	}
}

impl FromStr for Decimal {
	type Err = DecimalError;

	fn from_str(text: &str) -> Result<Self, DecimalError> {
		let (sign, unsigned) = match text.strip_prefix('-') {
			Some(rest) => ("-", rest),
			None => ("", text),
		};
		let (digits, power) = match unsigned.split_once(['e', 'E']) {
			Some((digits, power)) => (digits, Some(power)),
			None => (unsigned, None),
		};
		let (whole, part) = match digits.split_once('.') {
			Some((whole, part)) => (whole, Some(part)),
			None => (digits, None),
		};
		let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
		let leads_with_zero = whole.len() > 1 && whole.starts_with('0');
		if !are_digits(whole) || leads_with_zero || !part.is_none_or(are_digits) {
			return Err(DecimalError::Malformed);
		}
		let part = part.unwrap_or_default();
		let power = match power {
			Some(power) => {
				let size = power.strip_prefix(['+', '-']).unwrap_or(power);
				if !are_digits(size) {
					return Err(DecimalError::Malformed);
				}
				power.parse::<i32>().map_err(|_| DecimalError::ExponentOutOfRange)?
			}
			None => 0,
		};
		let mantissa: i64 = format!("{sign}{whole}{part}")
			.parse()
			.map_err(|_| DecimalError::TooManyDigits)?;
		if mantissa == 0 && !sign.is_empty() {
			return Err(DecimalError::NegativeZero);
		}
		let exponent = i32::try_from(part.len())
			.ok()
			.and_then(|places| power.checked_sub(places))
			.and_then(|exponent| i8::try_from(exponent).ok())
			.ok_or(DecimalError::ExponentOutOfRange)?;
		Ok(Self { mantissa, exponent })
	}
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
	use proptest::prelude::*;

	use super::*;

	fn decimal(text: &str) -> Decimal {
		text.parse().unwrap()
	}

	#[test]
	fn precision_is_kept() {
		assert_eq!(decimal("5.40"), Decimal::new(540, -2));
		assert_ne!(decimal("5.40"), decimal("5.4"));
		for text in [
			"5.40",
			"0",
			"0.00",
			"-0.05",
			"36.6",
			"66.89999999999999",
			"5e3",
			"1e-19",
			"-9223372036854775808",
		] {
			assert_eq!(decimal(text).to_string(), text);
		}
		// The same value to the same digit, written with another power.
		assert_eq!(decimal("1.50E+3"), Decimal::new(150, 1));
	}

	#[test]
	fn what_is_no_number_in_json_is_refused() {
		for text in [
			"", "-", "+1", "01", ".5", "5.", "1e", "1e+", "0x1", "NaN", " 1", "1 ", "1_0", "1.2.3", "--1", "1e5e5", "٣",
		] {
			assert_eq!(text.parse::<Decimal>(), Err(DecimalError::Malformed), "{text}");
		}
		assert_eq!("-0.0".parse::<Decimal>(), Err(DecimalError::NegativeZero));
		assert_eq!(
			"9223372036854775808".parse::<Decimal>(),
			Err(DecimalError::TooManyDigits)
		);
		for text in ["1e128", "1e-129", "1e99999999999"] {
			assert_eq!(text.parse::<Decimal>(), Err(DecimalError::ExponentOutOfRange), "{text}");
		}
	}

	#[test]
	fn values_compare_whatever_their_precision() {
		use Ordering::*;
		let cases = [
			("5.40", "5.4", Equal),
			("0", "0e9", Equal),
			("0", "-1e-128", Greater),
			("9223372036854775807", "9223372036854775807e-1", Greater),
			("1e127", "9223372036854775807", Greater),
			("-1e127", "9223372036854775807", Less),
			("-1", "-2", Greater),
			("35.05", "35.1", Less),
			("1000", "1e3", Equal),
		];
		for (left, right, expected) in cases {
			assert_eq!(decimal(left).compare(&decimal(right)), expected, "{left} {right}");
			assert_eq!(
				decimal(right).compare(&decimal(left)),
				expected.reverse(),
				"{right} {left}"
			);
		}
		// 100 mg/dL is 5.5507 mmol/L: 180.156 g/mol.
		assert_eq!(
			decimal("100").compare_scaled(10_000, &decimal("5.55"), 180_156),
			Greater
		);
		assert_eq!(decimal("100").compare_scaled(10_000, &decimal("5.551"), 180_156), Less);
		assert_eq!(
			decimal("180.156").compare_scaled(10_000, &decimal("10.0"), 180_156),
			Equal
		);
	}

	#[test]
	fn the_nearest_step_is_exact() {
		assert_eq!(decimal("35.04").nearest(1), Some(Nearest::Step(350)));
		assert_eq!(decimal("35.05").nearest(1), Some(Nearest::Between(350, 351)));
		assert_eq!(decimal("35.0500000001").nearest(1), Some(Nearest::Step(351)));
		assert_eq!(decimal("-0.5").nearest(0), Some(Nearest::Between(-1, 0)));
		assert_eq!(decimal("9e1").nearest(0), Some(Nearest::Step(90)));
		assert_eq!(decimal("1e-128").nearest(0), Some(Nearest::Step(0)));
		assert_eq!(decimal("0e127").nearest(1), Some(Nearest::Step(0)));
		assert_eq!(decimal("1e127").nearest(0), None);
	}

	proptest! {
		#[test]
		fn what_is_written_reads_the_same(mantissa: i64, exponent: i8) {
			let value = Decimal::new(mantissa, exponent);
			prop_assert_eq!(value.to_string().parse::<Decimal>(), Ok(value));
		}

		#[test]
		fn no_text_panics(text in "[-+0-9.eE]{0,24}|.{0,12}") {
			if let Ok(value) = text.parse::<Decimal>() {
				prop_assert_eq!(value.to_string().parse::<Decimal>(), Ok(value));
			}
		}

		#[test]
		fn comparison_agrees_with_whole_numbers(left in -1_000_000i64..1_000_000, right in -1_000_000i64..1_000_000, up in 0i8..6) {
			let wide = Decimal::new(left * 10i64.pow(u32::from(up.unsigned_abs())), -up);
			prop_assert_eq!(wide.compare(&Decimal::new(right, 0)), left.cmp(&right));
		}
	}
}
