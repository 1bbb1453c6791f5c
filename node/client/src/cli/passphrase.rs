//! Passphrases: from a file of mode 0600, from the terminal, and on development chains from the environment. Never from
//! an argument.

use std::path::Path;

use salus_vault::keystore::read_private;
use secrecy::{ExposeSecret, SecretString};

use super::session::Global;
use crate::sdk::KeyError;

const VARIABLE: &str = "SALUS_PASSPHRASE";

/// The passphrase of a file that exists.
pub(crate) fn existing(global: &Global, file: &Path) -> Result<SecretString, KeyError> {
	match given(global)? {
		Some(passphrase) => Ok(passphrase),
		None => prompt(&format!("Passphrase of {}: ", file.display())),
	}
}

/// The passphrase of a file that is to be made: typed twice.
pub(crate) fn chosen(global: &Global) -> Result<SecretString, KeyError> {
	if let Some(passphrase) = given(global)? {
		return Ok(passphrase);
	}
	let first = prompt("New passphrase: ")?;
	let second = prompt("The same again: ")?;
	if first.expose_secret() == second.expose_secret() {
		Ok(first)
	} else {
		Err(KeyError::NoPassphrase("the two are not the same".into()))
	}
}

/// A secret that is asked for on the terminal, or read from a file of mode 0600.
pub(crate) fn secret(file: Option<&Path>, question: &str) -> Result<SecretString, KeyError> {
	match file {
		Some(file) => from_file(file),
		None => prompt(question),
	}
}

pub(crate) fn expose(passphrase: &SecretString) -> &str {
	passphrase.expose_secret()
}

fn given(global: &Global) -> Result<Option<SecretString>, KeyError> {
	if let Some(file) = &global.passphrase_file {
		return from_file(file).map(Some);
	}
	if global.dev {
		return Ok(std::env::var(VARIABLE).ok().map(SecretString::from));
	}
	Ok(None)
}

fn from_file(file: &Path) -> Result<SecretString, KeyError> {
	let text = read_private(file)?;
	Ok(SecretString::from(text.as_str()))
}

/// Asks on the terminal itself, so that standard input may be a pipe.
fn prompt(question: &str) -> Result<SecretString, KeyError> {
	rpassword::prompt_password(question)
		.map(SecretString::from)
		.map_err(|error| KeyError::NoPassphrase(format!("there is no terminal to ask on, {error}")))
}
