//! The medical council's register: who holds a licence, and where she is reached.

mod http;
mod table;

use crate::{
	config::Config,
	delivery::Hook,
	keyed::{Secret, Use, HASH},
	store::{Entry, Store},
	GatewayError,
};

pub use table::import;

/// Longest licence number and speciality.
pub const MAX_WORD: usize = 128;

/// Where licences are looked up.
pub enum Register {
	/// In the register that was imported.
	Imported(Store),
	/// In the council's own service.
	Remote(Hook),
}

/// Why a licence was not looked up.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
	/// The council's service does not answer, or not as agreed.
	#[error("the register does not answer")]
	Unavailable,
	/// The gateway's own database.
	#[error(transparent)]
	Gateway(#[from] GatewayError),
}

impl Register {
	/// The register that is configured.
	///
	/// # Errors
	/// `Secret`, `BadSecret`, `Config`
	pub fn new(config: &Config, store: Store) -> Result<Self, GatewayError> {
		match config
			.registrar
			.as_ref()
			.and_then(|registrar| registrar.register.as_ref())
		{
			Some(register) => Ok(Self::Remote(Hook::new(register)?)),
			None => Ok(Self::Imported(store)),
		}
	}

	/// The entry of a licence; none where there is no such licence.
	///
	/// # Errors
	/// `Unavailable`, `Gateway`
	pub async fn look_up(&self, secret: &Secret, licence: &str) -> Result<Option<Entry>, LookupError> {
		match self {
			Self::Imported(store) => Ok(store.registered(&hash(secret, licence)).await?),
			Self::Remote(service) => http::look_up(service, licence).await,
		}
	}
}

fn hash(secret: &Secret, licence: &str) -> [u8; HASH] {
	secret.hash(Use::Licence, &[licence.as_bytes()])
}
