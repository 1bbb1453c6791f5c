//! Taking a short text to a contact.

mod file;
mod hook;
mod mail;

use zeroize::Zeroizing;

use crate::{
	config::Config,
	contact::{Contact, Kind},
	store::Failure,
	GatewayError,
};
use file::Files;
pub use hook::Hook;
use mail::Mailer;

/// Something to be delivered.
pub struct Message<'a> {
	/// The same for each try of the same message: servers can tell a repetition by it.
	pub id: &'a str,
	/// What it is: `code` or `notice`.
	pub what: &'static str,
	/// Its title.
	pub subject: &'static str,
	/// Its text.
	pub text: Zeroizing<String>,
}

/// Why a message was not delivered. Nothing of it is the server's own text, which may repeat the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
	/// Nothing is configured that reaches such a contact.
	#[error("nothing is configured that reaches a {}: add [mail] or [hook]", .0.name())]
	NoChannel(Kind),
	/// The server was not reached, so that it has nothing.
	#[error("the server cannot be reached; see that it runs")]
	Unreachable,
	/// The server's certificate is not trusted, or it offers no TLS.
	#[error("the server's TLS is missing or not trusted; check its certificate and `ca`")]
	NotTrusted,
	/// The server put it off.
	#[error("the server put the message off ({0})")]
	Deferred(u16),
	/// The server refused it.
	#[error("the server refused the message ({0})")]
	Rejected(u16),
	/// The connection broke: the server may have it or not.
	#[error("the connection broke while the message was sent")]
	Broken,
	/// The message cannot be made.
	#[error("the message cannot be written; check `from`")]
	Unwritable,
	/// The file cannot be written.
	#[error("the message's file cannot be written; check the folder")]
	NoFile,
}

impl DeliveryError {
	/// Whether it is certain that nobody got the message.
	pub fn is_certain(self) -> bool {
		!matches!(self, Self::Broken)
	}

	/// Whether another try is of no use.
	pub fn is_final(self) -> bool {
		matches!(self, Self::NoChannel(_) | Self::Rejected(_) | Self::Unwritable)
	}

	/// Its name and code, for the desk.
	pub fn failure(self) -> Failure {
		let (name, code) = match self {
			Self::NoChannel(_) => ("NoChannel", None),
			Self::Unreachable => ("Unreachable", None),
			Self::NotTrusted => ("NotTrusted", None),
			Self::Deferred(code) => ("Deferred", Some(code)),
			Self::Rejected(code) => ("Rejected", Some(code)),
			Self::Broken => ("Broken", None),
			Self::Unwritable => ("Unwritable", None),
			Self::NoFile => ("NoFile", None),
		};
		Failure { name, code }
	}
}

/// All ways to a contact.
pub struct Courier {
	mail: Option<Mailer>,
	hook: Option<Hook>,
	files: Option<Files>,
}

impl Courier {
	/// The ways that are configured.
	///
	/// # Errors
	/// `Secret`, `BadSecret`, `File`, `Config`
	pub fn new(config: &Config) -> Result<Self, GatewayError> {
		Ok(Self {
			mail: config.mail.as_ref().map(Mailer::new).transpose()?,
			hook: config.hook.as_ref().map(Hook::new).transpose()?,
			files: config.file.as_ref().map(Files::new).transpose()?,
		})
	}

	/// Delivers a message. Mail goes by mail; the rest, and mail where there is no server, to the hook; in development,
	/// what has no other way into files.
	///
	/// # Errors
	/// All of [`DeliveryError`]
	pub async fn deliver(&self, to: &Contact, message: &Message<'_>) -> Result<(), DeliveryError> {
		match (to, &self.mail, &self.hook, &self.files) {
			(Contact::Mail(address), Some(mailer), _, _) => mailer.send(address, message).await,
			(_, _, Some(hook), _) => hook.send(to, message).await,
			(_, _, _, Some(files)) => files.write(to, message).await,
			_ => Err(DeliveryError::NoChannel(to.kind())),
		}
	}
}
