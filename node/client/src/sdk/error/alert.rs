//! Why what an alert says can't be opened.

use salus_primitives::AlertId;

use super::exit;
use crate::sdk::AccountId;

/// Why what an alert says can't be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AlertError {
	/// The account is not on the alert's ladder.
	#[error("alert {alert} is not addressed to {account}; name the key of one who is told with --key (salus alert show {alert})")]
	NotAddressed {
		/// The alert.
		alert: AlertId,
		/// Whose key was named.
		account: AccountId,
	},
	/// The message is the notice alone.
	#[error(
		"nothing is sealed in this message; what an alert says goes by mail to whose HPKE key the hospital has: give it yours \
		 (salus key hpke), and ask the ward about this alert"
	)]
	NoSealed,
	/// What is between the lines is no sealed alert.
	#[error("what is sealed in this message can't be read; save the message whole, or update this program")]
	Malformed,
	/// It is sealed to somebody else, or as another alert.
	#[error(
		"the message is not sealed to your key as alert {0}; check that it names this alert, that it was sent to you, and that \
		 the hospital has your key of now (salus key hpke)"
	)]
	WrongKey(AlertId),
	/// It is not what was committed to.
	#[error(
		"what the message says is not what stands on chain for alert {0}; do not act on it, and tell the hospital"
	)]
	OtherContent(AlertId),
	/// It is of a later version.
	#[error("what alert {0} says is of another version than this program; update it")]
	Unreadable(AlertId),
}

impl AlertError {
	pub(super) fn exit_code(&self) -> u8 {
		match self {
			Self::OtherContent(_) => exit::UNVERIFIED,
			_ => exit::LOCAL,
		}
	}
}
