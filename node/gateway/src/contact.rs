//! Where a person is reached. It is never shown: neither `Debug` nor any error prints it.

use lettre::Address;

/// RFC 5321, 4.5.3.1.3: a path has at most 256 bytes, its brackets included.
const MAX_MAIL: usize = 254;
/// E.164: at most 15 digits; no national number with its country code is shorter than 7.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A mail address or a telephone number.
#[derive(Clone, PartialEq, Eq)]
pub enum Contact {
	/// A mail address.
	Mail(Address),
	/// A telephone number, `+` and digits (E.164).
	Phone(String),
}

/// What a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
	/// A mail address.
	Mail,
	/// A telephone number.
	Phone,
}

/// The text is no contact. It does not say which text: that would be somebody's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is neither a mail address (ASCII, without a name or quotes) nor a telephone number such as +4930123456")]
pub struct BadContact;

impl Contact {
	/// Reads a contact. What could end a header line, name a second recipient or quote is no part of one.
	///
	/// # Errors
	/// `BadContact`
	pub fn parse(text: &str) -> Result<Self, BadContact> {
		let text = text.trim_matches(' ');
		if let Some(digits) = text.strip_prefix('+') {
			let all = digits.bytes().all(|byte| byte.is_ascii_digit());
			return match all && PHONE_DIGITS.contains(&digits.len()) && !digits.starts_with('0') {
				true => Ok(Self::Phone(text.to_string())),
				false => Err(BadContact),
			};
		}
		let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"(),:;<>[\\]".contains(&byte);
		if text.len() > MAX_MAIL || !text.bytes().all(plain) {
			return Err(BadContact);
		}
		text.parse().map(Self::Mail).map_err(|_| BadContact)
	}

	/// What it is.
	pub fn kind(&self) -> Kind {
		match self {
			Self::Mail(_) => Kind::Mail,
			Self::Phone(_) => Kind::Phone,
		}
	}

	/// The contact itself, for whoever delivers to it and for the gateway's own file.
	pub(crate) fn reveal(&self) -> &str {
		match self {
			Self::Mail(address) => address.as_ref(),
			Self::Phone(number) => number,
		}
	}
}

impl Kind {
	/// Both.
	pub const ALL: [Self; 2] = [Self::Mail, Self::Phone];

	/// In the database, in metrics and in `--json`.
	pub fn name(self) -> &'static str {
		match self {
			Self::Mail => "mail",
			Self::Phone => "phone",
		}
	}

	pub(crate) fn of(name: &str) -> Option<Self> {
		Self::ALL.into_iter().find(|kind| kind.name() == name)
	}
}

impl std::fmt::Debug for Contact {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "Contact({})", self.kind().name())
	}
}
