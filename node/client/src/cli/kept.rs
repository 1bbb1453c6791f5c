//! Files that open what a call commits to: written before it is sent, since a commitment that nobody can open is worse
//! than a file too many.

use std::path::Path;

use serde::Serialize;
use subxt::tx::Payload;

use crate::sdk::{check_new, exit, publish_new, remove, Account, Acknowledgement, Client, Error, FileError};

/// Writes the file, sends the call, and removes the file again where the call took no effect.
pub(crate) async fn submit_keeping(
	client: &Client,
	call: &impl Payload,
	account: &Account,
	path: &Path,
	kept: &impl Serialize,
) -> Result<Acknowledgement, Error> {
	if client.is_dry_run() {
		check_new(path)?;
	} else {
		publish_new(path, &pretty(path, kept)?)?;
	}
	match client.submit(call, account).await.map_err(Error::from) {
		Ok(acknowledgement) => Ok(acknowledgement),
		Err(error) => {
			// There is nothing for it to open, unless nobody knows; and in a dry run there is no file of ours.
			if error.exit_code() != exit::UNKNOWN && !client.is_dry_run() {
				remove(path)?;
			}
			Err(error)
		}
	}
}

/// A file's JSON, for people.
pub(crate) fn pretty(path: &Path, kept: &impl Serialize) -> Result<Vec<u8>, FileError> {
	serde_json::to_vec_pretty(kept).map_err(|error| FileError::at(path)(std::io::Error::other(error)))
}
