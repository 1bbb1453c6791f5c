//! Why the gateway cannot go on. None of these names a contact, a licence number or a code.

use std::{io, net::SocketAddr, path::PathBuf};

use salus::{ConnectionError, Hash, KeyError};
use salus_vault::keystore::KeystoreError;
use salus_vitals::DeviceCodesError;

/// Why the gateway, or one of its commands, refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
	/// The configuration cannot be read.
	#[error("{}: {reason}; see `salus-gateway init --help`", .path.display())]
	Config {
		/// The file.
		path: PathBuf,
		/// What is wrong with it.
		reason: String,
	},
	/// Something would be spoken in clear over a network.
	#[error("`{setting}` is not encrypted and not on this machine; {instead}")]
	Plain {
		/// The setting.
		setting: &'static str,
		/// What to do.
		instead: &'static str,
	},
	/// What is for development is configured without saying so.
	#[error("`{0}` is for development; remove it, or say `development = true` where the chain is one for development")]
	NeedsDevelopment(&'static str),
	/// The chain is no development chain.
	#[error("{0} is no development chain, so `development = true` is refused; remove it and what needs it")]
	NotDevelopment(String),
	/// A part of the configuration is missing for what was asked.
	#[error("the configuration has no [{0}]; add it")]
	Missing(&'static str),
	/// The broker has nothing to know the gateway by.
	#[error(
		"[telemetry.mqtt] has no user; give user and password, by which the broker tells the gateway from devices"
	)]
	NoBrokerUser,
	/// A secret file cannot be used.
	#[error(transparent)]
	Secret(#[from] KeystoreError),
	/// A secret file holds no secret.
	#[error("{} holds no key; give 64 to 256 hexadecimal digits, for example from `openssl rand -hex 32`", .0.display())]
	BadSecret(PathBuf),
	/// The registrar's key cannot be used.
	#[error(transparent)]
	Key(#[from] KeyError),
	/// The system has no randomness.
	#[error("the system has no randomness; try again")]
	NoRandomness,
	/// A file.
	#[error("{}: {source}; check the path and its permissions", .path.display())]
	File {
		/// The file.
		path: PathBuf,
		/// What failed.
		source: io::Error,
	},
	/// Certificate or key of the listener cannot be used.
	#[error("{} is no usable certificate or key ({reason}); give PEM files that belong together", .path.display())]
	Tls {
		/// The file.
		path: PathBuf,
		/// What is wrong with it.
		reason: String,
	},
	/// Nobody can listen there.
	#[error("the gateway cannot listen on {address}: {source}; choose another address")]
	Listen {
		/// Where.
		address: SocketAddr,
		/// What failed.
		source: io::Error,
	},
	/// Another gateway works on this folder.
	#[error("another salus-gateway works on {}; end it first", .0.display())]
	Busy(PathBuf),
	/// The database's version is another.
	#[error("the gateway's database has version {0}, this program reads {version}; update it", version = crate::store::VERSION)]
	UnsupportedVersion(i64),
	/// The database is another chain's.
	#[error("the gateway's database is of the chain {found:?}, the configuration names {expected:?}; give the gateway another data folder")]
	ForeignGenesis {
		/// The genesis hash in the file.
		found: Hash,
		/// The configuration's.
		expected: Hash,
	},
	/// The last handled block is not on the chain.
	#[error("block {number}, the last whose events were handled, is not on the node's chain; connect to a node of your consortium, or move the gateway's database away")]
	CursorNotOnChain {
		/// The block.
		number: u32,
	},
	/// A row is not what was written.
	#[error("the gateway's database is damaged; restore it from a backup")]
	Damaged,
	/// The database failed.
	#[error("the gateway's database failed: {0}")]
	Sql(#[from] sqlx::Error),
	/// The node can't be used.
	#[error(transparent)]
	Node(#[from] ConnectionError),
	/// The vault cannot be spoken to as it is configured.
	#[error(transparent)]
	Vault(Box<salus::Error>),
	/// The broker cannot be spoken to as it is configured.
	#[error(transparent)]
	Broker(#[from] salus::BrokerError),
	/// A register file has a wrong row.
	#[error("line {line}: {reason}; correct the file and import it again (nothing was imported)")]
	Row {
		/// The line, from 1.
		line: u64,
		/// What is wrong with it, without what it says.
		reason: &'static str,
	},
	/// A register file has too many rows.
	#[error("the register has more than {0} rows; split it by institution (nothing was imported)")]
	TooManyRows(u64),
	/// A salt file of a device is none.
	#[error("{}: {reason}", .path.display())]
	Codes {
		/// The file.
		path: PathBuf,
		/// What is wrong with it, and what to do.
		reason: DeviceCodesError,
	},
	/// A contact is none.
	#[error(transparent)]
	Contact(#[from] crate::BadContact),
	/// Nobody consented to be written to.
	#[error("nobody is written to without her consent; confirm that she gave it with --consent")]
	NoConsent,
	/// There is no such thing.
	#[error("there is no {what} {id}")]
	NotFound {
		/// What.
		what: &'static str,
		/// Which.
		id: String,
	},
	/// Something about early warning.
	#[error(transparent)]
	Alarm(#[from] crate::alarms::AlarmError),
	/// A part of the gateway panicked.
	#[error("a part of the gateway died of a mistake in it; start it again, and report this with its log")]
	Died,
	/// Output failed.
	#[error("the answer could not be written: {0}")]
	Output(io::Error),
}

impl GatewayError {
	/// Names the file that an operation failed on.
	pub(crate) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
		let path = path.into();
		move |source| Self::File { path, source }
	}

	/// Its name, for scripts.
	pub(crate) fn name(&self) -> &'static str {
		match self {
			Self::Config { .. } => "Config",
			Self::Plain { .. } => "Plain",
			Self::NeedsDevelopment(_) => "NeedsDevelopment",
			Self::NotDevelopment(_) => "NotDevelopment",
			Self::Missing(_) => "Missing",
			Self::NoBrokerUser => "NoBrokerUser",
			Self::Secret(_) => "Secret",
			Self::BadSecret(_) => "BadSecret",
			Self::Key(_) => "Key",
			Self::NoRandomness => "NoRandomness",
			Self::File { .. } => "File",
			Self::Tls { .. } => "Tls",
			Self::Listen { .. } => "Listen",
			Self::Busy(_) => "Busy",
			Self::UnsupportedVersion(_) => "UnsupportedVersion",
			Self::ForeignGenesis { .. } => "ForeignGenesis",
			Self::CursorNotOnChain { .. } => "CursorNotOnChain",
			Self::Damaged => "Damaged",
			Self::Sql(_) => "Sql",
			Self::Node(_) => "Node",
			Self::Vault(_) => "Vault",
			Self::Broker(_) => "Broker",
			Self::Row { .. } => "Row",
			Self::TooManyRows(_) => "TooManyRows",
			Self::Codes { .. } => "Codes",
			Self::Contact(_) => "Contact",
			Self::NoConsent => "NoConsent",
			Self::NotFound { .. } => "NotFound",
			Self::Alarm(error) => error.name(),
			Self::Died => "Died",
			Self::Output(_) => "Output",
		}
	}
}
