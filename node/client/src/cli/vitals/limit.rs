//! Limits that are drawn with a curve.

use std::cmp::Ordering;

use salus_vitals::{Decimal, Loinc};

use crate::cli::device::loinc;

/// Between which values a code is as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limit {
	pub(super) code: Loinc,
	pub(super) low: Option<Decimal>,
	pub(super) high: Option<Decimal>,
}

impl Limit {
	/// `8867-4=50..120`, either end left out.
	pub(super) fn parse(text: &str) -> Result<Self, String> {
		let wrong = || format!("`{text}` is no limit; use CODE=LOW..HIGH, as 8867-4=50..120, either end left out");
		let (code, range) = text.split_once('=').ok_or_else(wrong)?;
		let (low, high) = range.split_once("..").ok_or_else(wrong)?;
		let end = |text: &str| match text {
			"" => Ok(None),
			text => text.parse::<Decimal>().map(Some).map_err(|_| wrong()),
		};
		let limit = Self {
			code: loinc(code)?,
			low: end(low)?,
			high: end(high)?,
		};
		match (&limit.low, &limit.high) {
			(None, None) => Err(wrong()),
			(Some(low), Some(high)) if low.compare(high) != Ordering::Less => {
				Err(format!("the low end of `{text}` is not below the high one"))
			}
			_ => Ok(limit),
		}
	}

	/// Both ends that there are.
	pub(super) fn ends(&self) -> impl Iterator<Item = &Decimal> {
		self.low.iter().chain(&self.high)
	}

	/// How a value stands to it.
	pub(super) fn standing(&self, value: &Decimal) -> &'static str {
		let is = |end: &Option<Decimal>, order| end.as_ref().is_some_and(|end| value.compare(end) == order);
		match () {
			() if is(&self.low, Ordering::Less) => "Low",
			() if is(&self.high, Ordering::Greater) => "High",
			() => "Within",
		}
	}
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn a_limit_has_one_end_or_two_and_both_belong_to_it() {
		let both = Limit::parse("8867-4=50..120").unwrap();
		let stands = |limit: &Limit, value: &str| limit.standing(&value.parse().unwrap());
		for (value, standing) in [("49.9", "Low"), ("50", "Within"), ("120.0", "Within"), ("121", "High")] {
			assert_eq!(stands(&both, value), standing, "{value}");
		}
		let low = Limit::parse("59408-5=92..").unwrap();
		assert_eq!((stands(&low, "91"), stands(&low, "100")), ("Low", "Within"));
		assert_eq!(Limit::parse("8867-4=..120").unwrap().ends().count(), 1);
	}

	#[test]
	fn what_is_no_limit_is_refused_with_the_form() {
		for text in ["", "8867-4", "8867-4=50", "8867-4=..", "8867-4=a..b", "8867-4=5..x"] {
			assert!(Limit::parse(text).unwrap_err().contains("CODE=LOW..HIGH"), "{text}");
		}
		assert!(Limit::parse("8867-4=120..50").unwrap_err().contains("not below"));
		assert!(Limit::parse("8867-5=1..2").is_err(), "its check digit is wrong");
	}
}
