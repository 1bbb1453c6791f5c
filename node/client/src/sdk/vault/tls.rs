//! How a vault is spoken to: in clear on this machine only, else over TLS with a certificate that is trusted.

use std::{error::Error as Cause, fs, io, path::Path, time::Duration};

use reqwest::{redirect::Policy, Certificate, Url};

use crate::sdk::{client::innermost, Error, FileError, VaultError};

const CONNECT: Duration = Duration::from_secs(10);

/// A client for this URL. With `roots`, a file of PEM certificates, exactly these sign the vault's certificate; without,
/// those the system trusts.
///
/// # Errors
/// `NoVault` for a URL that is none, `Plain`, `BadRoots`; `File` when the roots can't be read.
pub(crate) fn client(url: &str, roots: Option<&Path>) -> Result<reqwest::Client, Error> {
	let no_vault = |reason: String| VaultError::NoVault {
		url: url.to_string(),
		reason,
	};
	let parsed = Url::parse(url).map_err(|error| no_vault(error.to_string()))?;
	match parsed.scheme() {
		"https" => {}
		"http" if is_loopback(&parsed) => {}
		"http" => return Err(VaultError::Plain(url.to_string()).into()),
		_ => return Err(no_vault("it is neither an https:// nor an http:// URL".into()).into()),
	}
	// Fails when the program has chosen a provider of its own, which is then used.
	rustls::crypto::ring::default_provider().install_default().ok();
	// A release request is for this vault alone: no proxy of the environment sees it, and no redirection takes it
	// elsewhere.
	let mut builder = reqwest::Client::builder()
		.no_proxy()
		.redirect(Policy::none())
		.connect_timeout(CONNECT);
	// The system's roots are not looked for where none is needed.
	let roots = roots.filter(|_| parsed.scheme() == "https");
	if parsed.scheme() == "http" {
		builder = builder.tls_certs_only([]);
	} else if let Some(path) = roots {
		builder = builder.tls_certs_only(read(path)?);
	}
	let failed = |error: reqwest::Error| match roots {
		Some(path) => VaultError::BadRoots(path.to_owned()),
		None => no_vault(innermost(&error)),
	};
	Ok(builder.build().map_err(failed)?)
}

fn read(path: &Path) -> Result<Vec<Certificate>, Error> {
	let pem = fs::read(path).map_err(FileError::at(path))?;
	let roots = Certificate::from_pem_bundle(&pem)
		.ok()
		.filter(|roots| !roots.is_empty());
	roots.ok_or_else(|| VaultError::BadRoots(path.to_owned()).into())
}

/// Whether a URL leads to this machine itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
	use std::net::IpAddr;
	url.host_str().is_some_and(|host| {
		let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
		address.map_or(host == "localhost", |address| address.is_loopback())
	})
}

/// Why the vault's certificate is not trusted, where that is what failed.
pub(super) fn distrust(error: &reqwest::Error) -> Option<String> {
	let mut next = error.source();
	while let Some(cause) = next {
		// An input error keeps what it wraps out of its own chain.
		let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
		let found = match wrapped {
			Some(wrapped) => wrapped.downcast_ref::<rustls::Error>(),
			None => cause.downcast_ref::<rustls::Error>(),
		};
		if let Some(rustls::Error::InvalidCertificate(reason)) = found {
			return Some(reason.to_string());
		}
		next = match wrapped {
			Some(wrapped) => Some(wrapped as &(dyn Cause + 'static)),
			None => cause.source(),
		};
	}
	None
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use crate::sdk::exit;

	fn refused(url: &str) -> (String, u8) {
		let error = client(url, None).unwrap_err();
		(error.name(), error.exit_code())
	}

	#[test]
	fn in_clear_only_this_machine_is_spoken_to() {
		for url in [
			"http://127.0.0.1:9946",
			"http://127.8.9.1",
			"http://localhost:1",
			"http://[::1]:9946",
		] {
			assert!(client(url, None).is_ok(), "{url}");
		}
		for url in [
			"http://10.0.0.1:9946",
			"http://hospital.example",
			"http://localhost.example",
			"http://127.0.0.1.example",
			"http://[2001:db8::1]",
		] {
			assert_eq!(refused(url), ("Plain".into(), exit::USAGE), "{url}");
		}
		for url in ["127.0.0.1:9946", "ws://127.0.0.1", ""] {
			assert_eq!(refused(url), ("NoVault".into(), exit::UNREACHABLE), "{url}");
		}
	}

	#[test]
	fn roots_that_are_none_have_an_error_of_their_own() {
		let file = tempfile::NamedTempFile::new().unwrap();
		for text in [
			"",
			"no certificate",
			"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		] {
			fs::write(file.path(), text).unwrap();
			let error = client("https://127.0.0.1", Some(file.path())).unwrap_err();
			assert_eq!(error.exit_code(), exit::LOCAL, "{text}: {error}");
		}
		let missing = client("https://127.0.0.1", Some(Path::new("/nonexistent"))).unwrap_err();
		assert_eq!((missing.name().as_str(), missing.exit_code()), ("File", exit::LOCAL));
	}
}
