//! How an MQTT broker is spoken to: over TLS 1.3 with a certificate that is trusted, or in clear on this machine; and why it
//! cannot be.

use std::{
	fs, io,
	path::{Path, PathBuf},
	sync::Arc,
};

use rumqttc::{
	mqttbytes, v5, v5::mqttbytes::v5::ConnectReturnCode as CodeFive, ConnectReturnCode, TlsConfiguration, TlsError,
	Transport,
};
use rustls::{
	pki_types::{pem::PemObject, CertificateDer},
	ClientConfig, RootCertStore,
};

use super::FileError;

/// Why a broker cannot be spoken to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
	/// The certificates cannot be read.
	#[error(transparent)]
	File(#[from] FileError),
	/// The file holds none that can be trusted.
	#[error("{} holds no certificate to trust ({reason}); name a file of PEM certificates, the broker's CA", .path.display())]
	NoRoots {
		/// The file.
		path: PathBuf,
		/// What is wrong with it.
		reason: String,
	},
	/// The broker's certificate is not trusted.
	#[error("the broker's certificate is not trusted ({0}); check its name, and that the CA's file has who signed it")]
	NotTrusted(String),
	/// There is no TLS 1.3 with this broker.
	#[error("the broker does not speak TLS 1.3 at this port ({0}); check the port, and its `tls_version`")]
	NoTls(String),
	/// The broker does not know user and password.
	#[error("the broker refuses user and password ({0}); check both, and that its password file has the user")]
	Credentials(String),
	/// What the broker has to send is longer than any reading, and it has no way to know.
	#[error("the broker has a message that is longer than any reading; let it take none (`max_packet_size`), and speak MQTT 5 to it, by which it drops what it has")]
	TooLong,
	/// The broker is away, or it ended the connection.
	#[error("{0}; see that the broker runs, and what its log says")]
	Away(String),
}

impl BrokerError {
	/// Its name, for scripts and metrics.
	pub fn name(&self) -> &'static str {
		match self {
			Self::File(_) => "File",
			Self::NoRoots { .. } => "NoRoots",
			Self::NotTrusted(_) => "NotTrusted",
			Self::NoTls(_) => "NoTls",
			Self::Credentials(_) => "Credentials",
			Self::TooLong => "TooLong",
			Self::Away(_) => "Away",
		}
	}

	fn of_tls(error: &TlsError) -> Self {
		let wrapped = match error {
			TlsError::TLS(error) => Some(error),
			TlsError::Io(error) => io::Error::get_ref(error).and_then(|inner| inner.downcast_ref::<rustls::Error>()),
			_ => None,
		};
		match (wrapped, error) {
			(Some(rustls::Error::InvalidCertificate(reason)), _) => Self::NotTrusted(reason.to_string()),
			(Some(other), _) => Self::NoTls(other.to_string()),
			// Who speaks no TLS at all ends the connection, or waits for more.
			(None, TlsError::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
				Self::NoTls(error.to_string())
			}
			(None, error) => Self::Away(error.to_string()),
		}
	}
}

impl From<rumqttc::ConnectionError> for BrokerError {
	fn from(error: rumqttc::ConnectionError) -> Self {
		use rumqttc::{ConnectionError as Broken, StateError};
		match &error {
			Broken::Tls(error) => Self::of_tls(error),
			Broken::ConnectionRefused(
				code @ (ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized),
			) => Self::Credentials(format!("{code:?}")),
			Broken::MqttState(StateError::Deserialization(mqttbytes::Error::PayloadSizeLimitExceeded(_))) => {
				Self::TooLong
			}
			_ => Self::Away(error.to_string()),
		}
	}
}

impl From<v5::ConnectionError> for BrokerError {
	fn from(error: v5::ConnectionError) -> Self {
		use v5::ConnectionError as Broken;
		match &error {
			Broken::Tls(error) => Self::of_tls(error),
			Broken::ConnectionRefused(code @ (CodeFive::BadUserNamePassword | CodeFive::NotAuthorized)) => {
				Self::Credentials(format!("{code:?}"))
			}
			_ => Self::Away(error.to_string()),
		}
	}
}

/// TLS 1.3 with a broker whose certificate these ones sign; in clear without them, which is for this machine only.
///
/// # Errors
/// `File`, `NoRoots`
pub fn broker_transport(ca: Option<&Path>) -> Result<Transport, BrokerError> {
	let Some(path) = ca else { return Ok(Transport::Tcp) };
	let wrong = |reason: String| BrokerError::NoRoots {
		path: path.to_owned(),
		reason,
	};
	let pem = fs::read(path).map_err(FileError::at(path))?;
	let mut roots = RootCertStore::empty();
	for certificate in CertificateDer::pem_slice_iter(&pem) {
		let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
		roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
	}
	if roots.is_empty() {
		return Err(wrong("it has none".into()));
	}
	let provider = Arc::new(rustls::crypto::ring::default_provider());
	let config = ClientConfig::builder_with_provider(provider)
		.with_protocol_versions(&[&rustls::version::TLS13])
		.map_err(|error| wrong(error.to_string()))?
		.with_root_certificates(roots)
		.with_no_client_auth();
	Ok(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))))
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn certificates_that_are_none_are_refused() {
		let file = tempfile::NamedTempFile::new().unwrap();
		for text in [
			"",
			"no certificate",
			"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		] {
			fs::write(file.path(), text).unwrap();
			let error = broker_transport(Some(file.path())).err().unwrap();
			assert_eq!(error.name(), "NoRoots", "{text}");
		}
		let missing = broker_transport(Some(Path::new("/nonexistent"))).err().unwrap();
		assert_eq!(missing.name(), "File");
	}

	#[test]
	fn without_certificates_it_is_in_clear() {
		assert!(matches!(broker_transport(None), Ok(Transport::Tcp)));
	}
}
