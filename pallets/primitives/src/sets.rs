//! Sets of small enums, one bit for each variant's codec index.
//!
//! A set is encoded as its little-endian integer; decoding refuses bits that name no variant, so that a set
//! written for a later version is never read as something narrower or wider.

use alloc::vec::Vec;

use crate::{Action, Category, Purpose};
use codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

macro_rules! set {
	($(#[$doc:meta])* $name:ident of $item:ident ($names:literal) in $repr:ty) => {
		$(#[$doc])*
		#[derive(
			Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug, Encode, DecodeWithMemTracking,
			MaxEncodedLen, TypeInfo, Serialize, Deserialize,
		)]
		#[serde(from = $names, into = $names)]
		pub struct $name($repr);

		impl $name {
			/// The set of nothing.
			pub const EMPTY: Self = Self(0);
			/// The set of every variant.
			pub const ALL: Self = Self::of(&$item::ALL);

			/// The set of these items.
			pub const fn of(items: &[$item]) -> Self {
				let mut bits: $repr = 0;
				let mut rest = items;
				while let [first, tail @ ..] = rest {
					bits |= 1 << (*first as $repr);
					rest = tail;
				}
				Self(bits)
			}

			/// Whether the item is in the set.
			pub const fn contains(self, item: $item) -> bool {
				self.0 & (1 << (item as $repr)) != 0
			}

			/// Whether every item of `self` is in `other`.
			pub const fn is_subset(self, other: Self) -> bool {
				self.0 & !other.0 == 0
			}

			/// Whether nothing is in the set.
			pub const fn is_empty(self) -> bool {
				self.0 == 0
			}

			/// What is in both.
			pub const fn intersection(self, other: Self) -> Self {
				Self(self.0 & other.0)
			}

			/// What is in `self` and not in `other`.
			pub const fn without(self, other: Self) -> Self {
				Self(self.0 & !other.0)
			}

			/// The bits, bit `n` for the variant of codec index `n`.
			pub const fn bits(self) -> $repr {
				self.0
			}

			/// The set of these bits, unless one names no variant.
			pub const fn from_bits(bits: $repr) -> Option<Self> {
				if bits & !Self::ALL.0 == 0 { Some(Self(bits)) } else { None }
			}

			/// The items, in the order of the variants.
			pub fn iter(self) -> impl Iterator<Item = $item> {
				$item::ALL.into_iter().filter(move |item| self.contains(*item))
			}
		}

		impl FromIterator<$item> for $name {
			fn from_iter<I: IntoIterator<Item = $item>>(items: I) -> Self {
				items.into_iter().fold(Self::EMPTY, |set, item| Self(set.0 | Self::of(&[item]).0))
			}
		}

		impl Decode for $name {
			fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
				Self::from_bits(<$repr>::decode(input)?)
					.ok_or_else(|| Error::from(concat!(stringify!($name), ": a bit that names nothing")))
			}
		}

		impl From<$name> for Vec<$item> {
			fn from(set: $name) -> Self {
				set.iter().collect()
			}
		}

		impl From<Vec<$item>> for $name {
			fn from(items: Vec<$item>) -> Self {
				items.into_iter().collect()
			}
		}
	};
}

set!(
	/// What may be done.
	ActionSet of Action ("Vec<Action>") in u8
);
set!(
	/// For which purposes.
	PurposeSet of Purpose ("Vec<Purpose>") in u16
);
set!(
	/// On which categories of document.
	CategorySet of Category ("Vec<Category>") in u16
);
